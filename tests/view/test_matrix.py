"""The grid counts as good only what was measured and is not old."""

from __future__ import annotations

from bringup.view import screen_matrix
from bringup.view.frame import Size
from bringup.view.scene import Look
from bringup.view.summary import plain
from tests.diagnosis.record import C1, Record, healthy, light
from tests.tui.scenes import good, scene

CART = Size(80, 24)


def row_of(shown: object, name: str) -> str:
    rows = screen_matrix.body(shown, Look(screen="matrix"), CART)  # type: ignore[arg-type]
    return next(line for line in map(plain, rows) if line.strip().startswith(name))


def test_a_row_without_a_lane_is_not_told_as_good() -> None:
    record = Record()
    healthy(record, but=[C1])
    record.step("optics", "levels", C1[0], light(C1[0], rx=(-1.4, -1.5, -1.6)))
    record.step("optics", "levels", C1[1], light(C1[1]))
    assert "3/4" in row_of(scene(record), C1[0])
    assert "4 ok" in row_of(scene(record), C1[1])


def test_what_is_old_is_not_told_as_good() -> None:
    told = row_of(scene(good(), live="LOST 00:41"), C1[0])
    assert "4 old" in told
    assert "ok" not in told
