"""What can be started from the list of runs: found in a folder, shown as its command, begun by two Enters."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from bringup.cli._offers import offers
from bringup.tui.home import Home, HomeApp
from bringup.tui.scan import Key, Scan
from bringup.view.frame import Size
from bringup.view.screen_start import Offer
from bringup.view.summary import plain
from tests.tui.records import folder_of
from tests.tui.scenes import CRASH_CART, ESC, Clock

DEMO = Offer("SIMULATED", "demo mini", "nothing real is touched", ("demo", "--profile", "mini"))
RACK = Offer("RACKS", "r07", "mini on rack.toml: 5 devices", ("run", "mini", "-i", "my rack.toml"))
WAIT_S = 90


def home(*found: Offer) -> tuple[Home, Clock]:
    clock = Clock()
    one = Home((), clock=lambda: "", now_s=clock)
    one.offer(found)
    return one, clock


def press(one: Home, clock: Clock, *names: str) -> None:
    for name in names:
        clock.s += 1.0
        one.press(Key(name, name if len(name) == 1 else None))


def shown(one: Home, size: Size = CRASH_CART) -> str:
    return "\n".join(plain(row) for row in one.rows(size))


def test_what_can_be_started_is_listed_with_its_command() -> None:
    one, clock = home(RACK, DEMO)
    press(one, clock, "plus")
    assert "RACKS" in shown(one)
    assert "SIMULATED" in shown(one)
    assert "bringup run mini -i 'my rack.toml'" in shown(one)
    press(one, clock, "j")
    assert "bringup demo --profile mini" in shown(one)


def test_it_begins_by_a_second_enter_that_is_meant() -> None:
    one, clock = home(RACK, DEMO)
    press(one, clock, "plus", "j", "enter")
    assert one.start is not None
    assert one.start.chosen is None
    assert "as if you had typed" in shown(one)
    clock.s += 0.1
    one.press(Key("enter", "\r"))
    assert one.start.chosen is None
    assert "nothing was started yet" in shown(one)
    press(one, clock, "enter")
    assert one.start.chosen == DEMO


def test_escape_goes_back_step_by_step_and_starts_nothing() -> None:
    one, clock = home(RACK)
    press(one, clock, "plus", "enter", "escape")
    assert "RACKS" in shown(one)
    press(one, clock, "escape")
    assert "no run was started here yet" in shown(one)
    press(one, clock, "plus", "enter", "Q")
    assert one.leave


def test_a_scan_starts_nothing() -> None:
    one, clock = home(RACK)
    press(one, clock, "plus", "enter")
    one.scanned(Scan("R07-C0117", True, 0))
    assert one.start is not None
    assert one.start.chosen is None
    assert "nothing is asking for it" in shown(one)


def test_the_chosen_one_stays_chosen_when_more_is_found() -> None:
    one, clock = home(DEMO)
    press(one, clock, "plus")
    one.offer((RACK, DEMO))
    assert one.start is not None
    assert one.start.offers[one.start.cursor] == DEMO


@pytest.mark.parametrize("size", [CRASH_CART, Size(60, 20), Size(200, 60), Size(20, 5), Size(1, 1)], ids=str)
def test_hostile_names_are_harmless_and_every_size_is_filled(size: Size) -> None:
    nasty = Offer("RACKS", f"{ESC}[2J\u202e", f"{ESC}]0;x\x07", ("run", f"{ESC}[31m"))
    one, clock = home(*[nasty] * 70)
    for names in ((), ("plus",), ("G",), ("enter",)):
        press(one, clock, *names)
        rows = one.rows(size)
        assert [sum(len(words) for words, _ in row) for row in rows] == [size.width] * size.height
        assert not set(shown(one, size)) & {ESC, "\x07", "\u202e"}


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def commands(here: Path, group: str) -> list[tuple[str, ...]]:
    return [each.words for each in offers(here, here / "runs") if each.group == group]


def test_a_rack_is_offered_with_the_playbook_of_its_profile(tmp_path: Path) -> None:
    rack = '[[rack]]\nname = "r07"\nprofile = "mini"\n'
    write(tmp_path / "one.toml", f'schema = "bringup.inventory/1"\n{rack}')
    assert commands(tmp_path, "RACKS") == [("run", "mini", "-i", str(tmp_path / "one.toml"))]
    second = '[[rack]]\nname = "r08"\nprofile = "own"\n[[rack]]\nname = "r09"\nprofile = "unheard-of"\n'
    write(tmp_path / "inventory" / "two.toml", f'schema = "bringup.inventory/1"\n{rack}{second}')
    write(tmp_path / "playbooks" / "mine.toml", 'schema = "bringup.playbook/1"\nname = "own"\n')
    two = str(tmp_path / "inventory" / "two.toml")
    assert commands(tmp_path, "RACKS")[1:] == [
        ("run", "mini", "-i", two, "--rack", "r07"),
        ("run", str(tmp_path / "playbooks" / "mine.toml"), "-i", two, "--rack", "r08"),
    ]


@pytest.mark.parametrize(
    "text", ["", "= broken", "schema = 3", 'schema = "bringup.inventory/1"\nrack = 3', "[[[[", "\x00"]
)
def test_files_that_are_no_inventory_offer_nothing_and_break_nothing(tmp_path: Path, text: str) -> None:
    write(tmp_path / "x.toml", text)
    (tmp_path / "folder.toml").mkdir()
    assert commands(tmp_path, "RACKS") == []
    assert commands(tmp_path, "THIS HOST") == [("run", "this-host")]
    assert ("demo", "--profile", "mini") in commands(tmp_path, "SIMULATED")


async def test_the_app_gives_the_words_of_what_was_chosen() -> None:
    app = HomeApp(tuple, offers=lambda: [RACK, DEMO])
    async with app.run_test(size=(80, 24)) as pilot:

        async def until(words: str) -> None:
            end = time.monotonic() + WAIT_S
            while words not in shown(app.home):
                assert time.monotonic() < end, shown(app.home)
                await pilot.pause()
                await asyncio.sleep(0)

        await until("0 runs here")
        await pilot.press("plus")
        await until("bringup run mini")
        await pilot.press("down", "enter")
        await until("as if you had typed")
        app.home.start._asked_s -= 1.0  # type: ignore[union-attr]
        await pilot.press("enter")
    assert app.return_value == DEMO.words


def test_a_run_without_a_runner_can_be_gone_on_with(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "runs")
    folder.write_run_json({"playbook": "mini"})
    found = offers(tmp_path, tmp_path / "runs")
    assert [each.words for each in found if each.group == "GO ON"] == [("resume", folder.run_id)]
