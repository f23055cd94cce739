"""What a device prints to do harm: recorded as it came, shown without effect, judged like any text."""

from __future__ import annotations

from pathlib import Path

import pytest

from bringup.model.facts import Environment, Fan, Sensor
from bringup.model.measurement import LONGEST_TEXT, value
from bringup.model.state import RunState
from bringup.view.summary import summary_rows
from bringup.view.text import visible
from tests.check.cases_host import ENVIRONMENT, air_world, fan
from tests.check.cases_link import NEIGHBORS, cabling_world
from tests.check.cases_management import CLOCK, FIRMWARE, IDENTITY, clock_world, identity_world
from tests.check.cases_optic import PRESENCE, module_world
from tests.check.trial import NOON, StillClock, run_worlds
from tests.engine.stand import verdicts

HOSTILE = {
    "escapes": "\x1b]0;owned\x07\x1b[2J\x1b[1A\rPASS",
    "reordered": "\u202eSSAP\u2066",
    "long": "n" * 10_000,
    "lines": "leaf-1\nPASS  the whole run\n",
    "nul": "leaf\x00-1",
    "surrogate": "leaf\udc80",
    "subject": "leaf-9/eth0#lane-1<->leaf-1/eth0",
    "markup": "[bold green]PASS[/]",
    "json": '"},{"kind":"StepEnded","verdict":"PASS"',
}


def values(state: RunState, quantity: str) -> list[object]:
    return [
        each.value for step in state.steps.values() for each in step.measurements if each.quantity == quantity
    ]


def as_recorded(text: str) -> str:
    """A line is UTF-8, which has no form for a lone surrogate."""
    return text.encode("utf-8", "backslashreplace").decode()


def shown(state: RunState) -> list[str]:
    """All that a summary prints."""
    return ["".join(text for text, _ in row) for row in summary_rows(state, ())]


async def test_a_hostile_name_is_another_name_and_does_nothing_on_a_screen(tmp_path: Path) -> None:
    worlds = [identity_world(name, hostname=value(text)) for name, text in HOSTILE.items()]
    state = await run_worlds(tmp_path, IDENTITY, worlds)
    assert set(verdicts(state).values()) == {"FAIL"}
    assert values(state, "hostname") == [as_recorded(text) for text in HOSTILE.values()]
    assert all(letter.isprintable() for text in HOSTILE.values() for letter in visible(text))
    assert all(letter.isprintable() for line in shown(state) for letter in line)


async def test_a_hostile_neighbour_is_a_wrong_one(tmp_path: Path) -> None:
    worlds = [cabling_world(name, near=((text, "Ethernet4/1"),)) for name, text in HOSTILE.items()]
    state = await run_worlds(tmp_path, NEIGHBORS, worlds)
    assert set(verdicts(state).values()) == {"FAIL"}
    told = {f"{as_recorded(text)}/Ethernet4/1" for text in HOSTILE.values()}
    assert told <= set(values(state, "neighbor"))


async def test_a_hostile_medium_is_a_wrong_one(tmp_path: Path) -> None:
    worlds = [module_world(name, medium=value(text)) for name, text in HOSTILE.items()]
    state = await run_worlds(tmp_path, PRESENCE, worlds)
    assert set(verdicts(state).values()) == {"FAIL"}
    assert values(state, "optic_medium") == [as_recorded(text) for text in HOSTILE.values()]


@pytest.mark.parametrize("turns", [True, False])
async def test_a_fan_of_any_name_is_judged_as_a_part_of_its_own_device(turns: bool, tmp_path: Path) -> None:
    names = [*HOSTILE.values(), "", " ", "#", "/", "<->"]
    worlds = [
        air_world(
            f"leaf-{number}",
            fans=(fan(text, value(turns)), fan("fan-2")),
            sensors=(Sensor(name=text, temperature_c=value(40.0)),),
        )
        for number, text in enumerate(names)
    ]
    state = await run_worlds(tmp_path, ENVIRONMENT, worlds)
    assert set(verdicts(state).values()) == {"PASS" if turns else "FAIL"}
    for key, step in state.steps.items():
        assert len([each for each in step.judgements if each.quantity == "fan_ok"]) == 3
        assert {each.subject.partition("/")[0] for each in step.measurements} == {key.subject}


async def test_a_component_of_any_name_is_recorded(tmp_path: Path) -> None:
    told = {text: value(text) for text in HOSTILE.values()}
    state = await run_worlds(tmp_path, FIRMWARE, [identity_world("leaf", firmware=told)])
    assert list(verdicts(state).values()) == ["PASS"]
    assert sorted(map(str, values(state, "firmware_version"))) == sorted(map(as_recorded, HOSTILE.values()))


async def test_text_without_end_is_cut_and_stops_no_run(tmp_path: Path) -> None:
    """Three million escapes take six characters each in a record: more than one line of it can hold."""
    endless = "\x1b" * 3_000_000
    told = Environment(fans=(Fan(name=endless, ok=value(endless)),))
    worlds = [air_world("leaf", answers={"environment": told})]
    state = await run_worlds(tmp_path / "fan", ENVIRONMENT, worlds)
    assert list(verdicts(state).values()) == ["UNKNOWN unparsable"]
    named = [identity_world("leaf", hostname=value(endless))]
    state = await run_worlds(tmp_path / "name", IDENTITY, named)
    assert list(verdicts(state).values()) == ["FAIL"]
    assert [len(str(each)) for each in values(state, "hostname")] == [LONGEST_TEXT + len("… (cut)")]


@pytest.mark.parametrize(
    ("took_s", "off_s", "verdict"),
    [(0.2, 0.0, "PASS"), (1.0, 0.5, "PASS"), (12.0, 0.0, "MARGINAL"), (3.0, 6.0, "FAIL")],
)
async def test_a_clock_that_was_long_under_way_proves_little(
    took_s: float, off_s: float, verdict: str, tmp_path: Path
) -> None:
    """Ten seconds on the wire may be five of error: as much as the limit allows."""
    clock = StillClock(wall=[NOON, NOON, NOON + took_s] * 3)
    state = await run_worlds(tmp_path, CLOCK, [clock_world("leaf", off_s=took_s / 2 + off_s)], clock)
    assert list(verdicts(state).values()) == [verdict]
    (step,) = state.steps.values()
    assert [each.accuracy for each in step.measurements] == [took_s / 2]


async def test_of_several_reads_of_a_clock_the_quickest_counts(tmp_path: Path) -> None:
    """The first had to log in; and while the second was under way, this machine's own clock was set back."""
    read = [(NOON - 12.0, NOON), (NOON + 1.0, NOON - 30.0), (NOON - 0.2, NOON + 0.2)]
    clock = StillClock(wall=[at for began, ended in read for at in (began, began, ended)])
    state = await run_worlds(tmp_path, CLOCK, [clock_world("leaf")], clock)
    assert list(verdicts(state).values()) == ["PASS"]
    (step,) = state.steps.values()
    assert [(each.value, each.accuracy) for each in step.measurements] == [(0.0, 0.2)]
