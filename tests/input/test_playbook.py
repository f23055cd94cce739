"""Playbooks: durations, needs, what steps do; each mistake with its line and what would be right."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

import pytest
from pydantic import Field

from bringup.input import find_file, list_shipped, load_playbook
from bringup.input.duration import seconds
from bringup.model.catalogue import Catalogue, Spec
from bringup.model.errors import InputError
from bringup.model.inventory import Written
from bringup.model.playbook import Playbook
from tests.input.examples import PLAYBOOK, Write, problems_of


class AskArgs(Written):
    text: str
    times: int = Field(default=1, ge=1)


SPECS = (
    Spec(name="management.reach", kind="check", title="", about="", over="device"),
    Spec(name="link.state", kind="check", title="", about="", over="link"),
    Spec(name="link.errors", kind="check", title="", about="", over="link", needs_window=True),
    Spec(name="power.outlet_on", kind="action", title="", about="", over="outlet", dangerous=True),
    Spec(name="confirm", kind="ask", title="", about="", over="run", args=AskArgs),
)
CATALOGUE = Catalogue(MappingProxyType({spec.name: spec for spec in SPECS}))


def test_a_good_playbook_loads_with_seconds_and_default_ids(write: Write) -> None:
    playbook = load_playbook(write("p.toml", PLAYBOOK), catalogue=CATALOGUE)
    reach, state = playbook.stage[0].step[0], playbook.stage[1].step[0]
    assert (reach.id, reach.deadline_s, reach.until_s, reach.every_s) == ("management.reach", 10.0, None, 2.0)
    assert (state.until_s, state.settle_s, state.window_s) == (120.0, 0.0, None)
    assert playbook.envelope == ("base",)
    assert playbook.stage[1].needs is None


@pytest.mark.parametrize("unit", ["node", "rack"])
def test_a_playbook_names_its_unit_of_acceptance(write: Write, unit: str) -> None:
    text = PLAYBOOK.replace("[[stage]]", f'accept = "{unit}"\n\n[[stage]]', 1)
    assert load_playbook(write("p.toml", text), catalogue=CATALOGUE).accept == unit
    assert load_playbook(write("p.toml", PLAYBOOK), catalogue=CATALOGUE).accept is None


@pytest.mark.parametrize("unit", ['"nodes"', '""', "7", '["node"]'])
def test_a_unit_of_acceptance_that_is_none_is_refused(write: Write, unit: str) -> None:
    text = PLAYBOOK.replace("[[stage]]", f"accept = {unit}\n\n[[stage]]", 1)
    with pytest.raises(InputError) as refused:
        load_playbook(write("p.toml", text), catalogue=CATALOGUE)
    assert "accept" in str(refused.value.problems)


@pytest.mark.parametrize(
    ("text", "expected"), [("500ms", 0.5), ("20s", 20.0), ("1.5m", 90.0), ("1h", 3600.0), ("0s", 0.0)]
)
def test_durations_carry_their_unit(text: str, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["20", "s", "-1s", "1e3s", "20 s", "1d", "", "20S", "999999h", "٣s"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no duration|longer than 30 days"):
        seconds(text)


# what is changed into what -> line and field, what is wrong, what would be right
MISTAKES: dict[str, tuple[tuple[str, str], str, str, str]] = {
    "a duration without a unit": (
        ('"10s"', '"10"'),
        "9 stage[management].step[1].deadline",
        "'10' is no duration",
        "write a number with its unit: 500ms, 20s, 2m or 1h",
    ),
    "a duration that is a number": (
        ('"10s"', "10"),
        "9 stage[management].step[1].deadline",
        "must be text",
        "put it in double quotes",
    ),
    "a deadline of nothing": (
        ('"10s"', '"0s"'),
        "9 stage[management].step[1].deadline",
        "'0s' leaves no time at all",
        "give more than zero",
    ),
    "seconds under the model's own name": (
        ('deadline = "10s"', "deadline_s = 10"),
        "9 stage[management].step[1].deadline_s",
        "is no key that is known here",
        "did you mean 'deadline'?",
    ),
    "an unknown check": (
        ('"link.state"', '"link.sate"'),
        "15 stage[links].step[1].check",
        "no check is called 'link.sate'",
        "did you mean 'link.state' or 'link.errors'?",
    ),
    "an action called a check": (
        ('check = "link.state"', 'check = "power.outlet_on"'),
        "15 stage[links].step[1].check",
        "'power.outlet_on' is an action, not a check",
        'write `action = "power.outlet_on"`',
    ),
    "an ask called an action": (
        ('check = "link.state"', 'action = "confirm"'),
        "15 stage[links].step[1].action",
        "'confirm' is an ask, not an action",
        'write `ask = "confirm"`',
    ),
    "a check and an ask": (
        ('check = "link.state"', 'check = "link.state"\nask = "confirm"\nwith = { text = "?" }'),
        "14 stage[links].step[1]",
        "has check and ask",
        "give exactly one of `check`, `action` and `ask`",
    ),
    "a step that does nothing": (
        ('check = "link.state"\n', ""),
        "14 stage[links].step[1]",
        "has none of check, action and ask",
        "give exactly one of `check`, `action` and `ask`",
    ),
    "a step twice": (
        ('until = "2m"', 'until = "2m"\n[[stage.step]]\ncheck = "link.state"'),
        "17 stage[links].step[2].id",
        "'link.state' stands in line 14 already",
        "give this step an `id` of its own",
    ),
    "a stage twice": (
        ('name = "links"', 'name = "management"'),
        "12 stage[management].name",
        "'management' stands in line 4 already",
        "each stage has a name of its own",
    ),
    "a slash in a step's id": (
        ('check = "link.state"', 'check = "link.state"\nid = "a/b"'),
        "16 stage[links].step[a/b].id",
        "a name here can't hold '/'",
        "steps are written STAGE/STEP",
    ),
    "an unknown need": (
        ('name = "links"', 'name = "links"\nneeds = ["managment"]'),
        "13 stage[links].needs",
        "no stage is called 'managment'",
        "did you mean 'management'?",
    ),
    "a stage that needs itself": (
        ('name = "links"', 'name = "links"\nneeds = ["links"]'),
        "13 stage[links].needs",
        "a stage can't need itself",
        "leave it out",
    ),
    "a cycle": (
        ('name = "management"', 'name = "management"\nneeds = ["links"]'),
        "6 stage[management].needs",
        "stages wait for each other: management needs links needs management",
        "take one of these needs away",
    ),
    "a stage without steps": (
        ('[[stage.step]]\ncheck = "link.state"\nuntil = "2m"\n', ""),
        "11 stage[links].step",
        "this stage does nothing",
        "add a [[stage.step]]",
    ),
    "no window where one is needed": (
        ("link.state", "link.errors"),
        "14 stage[links].step[1].window",
        "is missing",
        'link.errors judges differences: give one, such as `window = "60s"`',
    ),
    "a missing argument": (
        ('check = "link.state"', 'ask = "confirm"'),
        "14 stage[links].step[1].with.text",
        "is missing",
        "give `text = ...`",
    ),
    "an unknown argument": (
        ('check = "link.state"', 'ask = "confirm"\nwith = { text = "Is it so?", times = 1, color = "red" }'),
        "16 stage[links].step[1].with.color",
        "is no key that is known here",
        "there are: text, times",
    ),
    "an argument of the wrong type": (
        ('check = "link.state"', 'ask = "confirm"\nwith = { text = "Is it so?", times = "1" }'),
        "16 stage[links].step[1].with.times",
        "must be a whole number",
        "write it without quotes and decimals",
    ),
    "an argument out of range": (
        ('check = "link.state"', 'ask = "confirm"\nwith = { text = "Is it so?", times = 0 }'),
        "16 stage[links].step[1].with.times",
        "0 is out of range",
        "give at least 1",
    ),
    "arguments for a check that takes none": (
        ('check = "link.state"', 'check = "link.state"\nwith = { lanes = 4 }'),
        "16 stage[links].step[1].with.lanes",
        "is no key that is known here",
        "there are none",
    ),
    "an unknown selector": (
        ('check = "link.state"', 'check = "link.state"\non = { rol = "leaf" }'),
        "16 stage[links].step[1].on.rol",
        "is no key that is known here",
        "did you mean 'role'?",
    ),
    "a selector of the wrong type": (
        ('check = "link.state"', 'check = "link.state"\non = { role = 3 }'),
        "16 stage[links].step[1].on.role",
        "must be text or a list",
        "put it in double quotes",
    ),
    "an unknown envelope": (
        ('name = "small"', 'name = "small"\nenvelope = ["bases"]'),
        "3 envelope",
        "no envelope is called 'bases'",
        "did you mean 'base'?",
    ),
    "an envelope file that is not there": (
        ('name = "small"', 'name = "small"\nenvelope = ["base", "mine.toml"]'),
        "3 envelope",
        "there is no file 'mine.toml' beside this one",
        "the path is relative to this file",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_one_mistake_gives_one_problem_with_line_and_advice(mistake: str, write: Write) -> None:
    change, place, wrong, right = MISTAKES[mistake]
    line, field = place.split()
    path = write("p.toml", PLAYBOOK, change)
    found = problems_of(lambda: load_playbook(path, catalogue=CATALOGUE))
    assert found == [f"p.toml:{line}: {field}: {wrong}; {right}"]


def test_a_ring_of_stages_is_told_once(write: Write) -> None:
    ring = "".join(
        f'[[stage]]\nname = "{name}"\nneeds = ["{needs}"]\n[[stage.step]]\ncheck = "link.state"\n'
        for name, needs in (("a", "c"), ("b", "a"), ("c", "b"), ("d", "a"))
    )
    path = write("p.toml", f'schema = "bringup.playbook/1"\nname = "ring"\n{ring}')
    (found,) = problems_of(lambda: load_playbook(path, catalogue=CATALOGUE))
    assert found.startswith(
        "p.toml:5: stage[a].needs: stages wait for each other: a needs c needs b needs a; "
    )


def test_a_playbook_without_stages_is_refused(write: Write) -> None:
    path = write("p.toml", 'schema = "bringup.playbook/1"\nname = "none"\n')
    assert problems_of(lambda: load_playbook(path)) == [
        "p.toml:1: stage: there is no stage; add a [[stage]] with its steps"
    ]


def test_all_mistakes_are_told_at_once_in_the_order_of_lines(write: Write) -> None:
    path = write(
        "p.toml",
        PLAYBOOK,
        ('"10s"', '"10"'),
        ('name = "links"', 'name = "links"\nneeds = ["x"]'),
        ("link.state", "link.sate"),
    )
    found = problems_of(lambda: load_playbook(path, catalogue=CATALOGUE))
    assert [problem.split(": ")[0] for problem in found] == ["p.toml:9", "p.toml:13", "p.toml:16"]


def test_every_shipped_playbook_is_good() -> None:
    from bringup.check.catalogue import load_catalogue

    catalogue = load_catalogue()
    for name in list_shipped("playbook"):
        assert load_playbook(find_file("playbook", name), catalogue=catalogue).name == name


def test_a_file_is_found_by_path_or_shipped_name(write: Write, tmp_path: Path) -> None:
    path = write("p.toml", PLAYBOOK)
    assert find_file("playbook", str(path)) == path
    assert find_file("playbook", "p.toml", tmp_path) == path
    assert find_file("playbook", "mini").name == "mini.toml"


def test_a_playbook_survives_being_kept_as_json(write: Write) -> None:
    playbook = load_playbook(write("p.toml", PLAYBOOK), catalogue=CATALOGUE)
    assert Playbook.model_validate_json(playbook.model_dump_json(by_alias=True)) == playbook
