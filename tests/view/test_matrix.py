"""The grid counts as good only what was measured and is not old."""

from __future__ import annotations

from bringup.model.envelope import Limit
from bringup.model.verdict import Standing
from bringup.view import screen_matrix
from bringup.view.frame import Size
from bringup.view.scene import Look
from bringup.view.summary import plain
from tests.diagnosis.record import C1, Record, healthy, light
from tests.tui.scenes import good, scene

CART = Size(80, 24)


class Sound(Record):
    """A record in which everything that is counted should be nought."""

    def _limits(self, subject: str, quantity: str) -> tuple[Limit, ...]:
        return (Limit(measure=quantity, equals=0, source="a datasheet", standing=Standing.STANDARD),)


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


def test_gpus_are_a_grid_of_nodes_by_number() -> None:
    record = Sound()
    for number in range(4):
        told = [(f"node-01/gpu-{number}", "ecc_uncorrected", 3 if number == 2 else 0)]
        record.step("accelerators", "health", f"node-01/gpu-{number}", told)
    shown = scene(record)
    (grid,) = screen_matrix.grids(shown)
    assert (grid.kind, grid.rows, grid.columns) == ("gpu", ("node-01",), ("0", "1", "2", "3"))
    assert [not grid.cells["node-01", column].verdict.good for column in grid.columns] == [
        False,
        False,
        True,
        False,
    ]
    assert "1 bad" in row_of(shown, "node-01")


def test_collectives_are_a_grid_of_what_they_ran_on_by_what_was_measured() -> None:
    record = Sound()
    record.step("collectives", "node", "node-01", [("node-01", "wrong_results", 0)])
    spoilt = [("rack", "wrong_results", 5), ("rack", "collective_exit_status", 0)]
    record.step("collectives", "rack", "rack", spoilt)
    shown = scene(record)
    (grid,) = screen_matrix.grids(shown)
    assert (grid.kind, grid.columns) == ("collective", ("ex", "er"))
    assert "1 ok" in row_of(shown, "node-01")
    assert "1 bad" in row_of(shown, "rack")
    about = "\n".join(map(plain, screen_matrix.body(shown, Look(screen="matrix"), CART)))
    assert "er wrong results" in about and "suspect" not in about


def test_light_comes_before_other_quantities_and_a_new_one_changes_nothing_of_what_is_shown() -> None:
    record = Sound()
    record.step("optics", "levels", C1[0], [(f"{C1[0]}#lane-{n}", "bias_ma", 0) for n in (1, 2)])
    shown = scene(record)
    look = Look(screen="matrix", about=screen_matrix.worst(shown))
    assert look.about == "lane x bias_ma"
    record.step("optics", "more", C1[0], [(f"{C1[0]}#lane-{n}", "rx_power_dbm", 0) for n in (1, 2)])
    later = scene(record)
    assert [grid.quantity for grid in screen_matrix.grids(later)] == ["rx_power_dbm", "bias_ma"]
    one = screen_matrix.picked(later, look)
    assert one is not None and one.quantity == "bias_ma"
    assert screen_matrix.after(later, look) == "lane x rx_power_dbm"


def test_the_grid_that_holds_something_bad_opens_first() -> None:
    record = Sound()
    record.step("optics", "levels", C1[0], [(f"{C1[0]}#lane-1", "rx_power_dbm", 0)])
    record.step("optics", "more", C1[0], [(f"{C1[0]}#lane-1", "bias_ma", 7)])
    assert screen_matrix.worst(scene(record)) == "lane x bias_ma"
    assert screen_matrix.worst(scene(Record())) == ""
