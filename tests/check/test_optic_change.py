"""Lanes are held against what the run first read of them, by the same module and by no other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bringup.input import load_envelopes
from bringup.model.baseline import note_baseline
from bringup.model.event import Measured
from bringup.model.facts import Lane, Optic
from bringup.model.inventory import Inventory
from bringup.model.measurement import ABSENT, DARK, NOT_AVAILABLE, Read, Scalar, value
from bringup.model.state import RunState
from bringup.model.verdict import Reading
from tests.check.trial import StillClock, written
from tests.engine import stand as engine_stand
from tests.engine.stand import Stand, verdicts

PORT = "leaf-1/Ethernet0"
LEVELS = {"check": "optic.levels", "on": {"device": ["leaf-1"]}}
CHANGE = {"check": "optic.change", "on": {"device": ["leaf-1"]}}


class Cage:
    """A module whose first reading is `before`, and every later one `after`; lane 2 is what changes."""

    def __init__(self, before: Read, after: Read, *, serial: str = "SN-A", later: str = "SN-A") -> None:
        self._light, self._serials, self._looks = (before, after), (serial, later), 0

    def told(self) -> tuple[Optic, ...]:
        at = min(self._looks, 1)
        self._looks += 1
        lanes = tuple(
            Lane(
                index=index,
                tx_power_dbm=value(-1.0),
                rx_power_dbm=self._light[at] if index == 2 else value(-2.0),
            )
            for index in range(1, 5)
        )
        return (Optic(port="Ethernet0", present=value(True), serial=value(self._serials[at]), lanes=lanes),)


def stand_of(folder: Path, cage: Cage, monkeypatch: pytest.MonkeyPatch) -> Stand:
    folder.mkdir()
    stand = Stand(folder)
    stand.inventory = Inventory.model_validate(
        {
            "schema": "bringup.inventory/1",
            "device": [written("leaf-1")],
            "port": [{"device": "leaf-1", "name": "Ethernet0", "optic": "400GBASE-DR4"}],
        }
    )
    stand.table["leaf-1", "optics"] = cage.told
    stand.limits = load_envelopes(("base", "optics"))
    monkeypatch.setattr(engine_stand, "WorldClock", lambda speed: StillClock())
    return stand


def stages(*steps: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"name": f"s{at}", "needs": [f"s{at - 1}"] if at else [], "step": [step]}
        for at, step in enumerate(steps)
    ]


LATER: dict[str, tuple[Cage, str]] = {
    "as before": (Cage(value(-2.0), value(-2.0)), "PASS"),
    "better": (Cage(value(-4.0), value(-2.0)), "PASS"),
    "half a dB less is the monitor's own": (Cage(value(-2.0), value(-2.4)), "PASS"),
    "a little less": (Cage(value(-2.0), value(-2.7)), "MARGINAL"),
    "much less": (Cage(value(-2.0), value(-3.5)), "FAIL"),
    "no number now": (Cage(value(-2.0), NOT_AVAILABLE), "UNKNOWN no_data"),
    "absent now": (Cage(value(-2.0), ABSENT), "UNKNOWN no_data"),
    "words now": (Cage(value(-2.0), value("-2.0")), "UNKNOWN no_data"),
    "no number before": (Cage(NOT_AVAILABLE, value(-2.0)), "UNKNOWN no_data"),
    "another module": (Cage(value(-2.0), value(-2.0), later="SN-B"), "FAIL"),
}


@pytest.mark.parametrize("name", sorted(LATER))
async def test_a_lane_is_held_against_its_own_first_reading(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cage, expected = LATER[name]
    stand = stand_of(tmp_path / "run", cage, monkeypatch)
    steps = stages(LEVELS, CHANGE)
    steps[1]["needs"] = []
    session = await stand.open(steps[0])
    await session.run()
    before = await stand.state()
    again = stand_of(tmp_path / "again", cage, monkeypatch)
    session = await again.open(steps[1], state=before)
    await session.run()
    assert verdicts(await again.state())[f"s1/optic.change@{PORT}"] == expected


async def test_a_lane_that_has_gone_dark_is_no_change_that_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand = stand_of(tmp_path / "run", Cage(value(-2.0), DARK), monkeypatch)
    state = await stand.run(*stages(LEVELS, CHANGE))
    assert not verdicts(state)[f"s1/optic.change@{PORT}"].startswith(("PASS", "MARGINAL"))


async def test_within_one_run_the_second_step_compares_with_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand = stand_of(tmp_path / "run", Cage(value(-2.0), value(-3.5)), monkeypatch)
    state: RunState = await stand.run(*stages(LEVELS, CHANGE))
    assert verdicts(state)[f"s1/optic.change@{PORT}"] == "FAIL"


async def test_without_a_first_reading_there_is_nothing_to_compare(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand = stand_of(tmp_path / "run", Cage(value(-2.0), value(-2.0)), monkeypatch)
    state = await stand.run(*stages(CHANGE))
    assert not verdicts(state)[f"s0/optic.change@{PORT}"].startswith(("PASS", "MARGINAL"))


def read(subject: str, quantity: str, told: Scalar | None) -> Measured:
    return Measured(
        stage="s",
        step="t",
        subject=subject,
        attempt=1,
        quantity=quantity,
        unit="",
        value=told,
        reading=Reading.VALUE if told is not None else Reading.DARK,
    )


@pytest.mark.parametrize(
    ("events", "left"),
    [
        ([("#lane-1", "rx_power_dbm", -2.0), ("#lane-1", "rx_power_dbm", -3.0)], -2.0),
        ([("#lane-1", "rx_power_dbm", None), ("#lane-1", "rx_power_dbm", -3.0)], -3.0),
        ([("", "optic_serial", "A"), ("#lane-1", "rx_power_dbm", -2.0), ("", "optic_serial", "A")], -2.0),
        ([("", "optic_serial", "A"), ("#lane-1", "rx_power_dbm", -2.0), ("", "optic_serial", "B")], None),
        ([("#lane-1", "rx_power_dbm", "-2.0")], None),
    ],
)
def test_the_first_number_counts_until_the_module_is_another(
    events: list[tuple[str, str, Scalar | None]], left: float | None
) -> None:
    known: dict[str, Scalar] = {}
    for part, quantity, told in events:
        note_baseline(known, read(f"{PORT}{part}", quantity, told))
    assert known.get(f"{PORT}#lane-1 rx_power_dbm") == left
