"""The console under Textual's pilot: keys, paste, resize, bell, leaving, and what goes wrong."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.events import MouseEvent, MouseScrollDown, MouseScrollUp
from textual.pilot import Pilot

from bringup.model import event as ev
from bringup.tui.app import ConsoleApp
from bringup.tui.keys import BINDINGS, FORBIDDEN
from tests.tui.records import World, app, folder_of, lines_of, shown, written
from tests.tui.scenes import asked, dirty, started

SIZE = (80, 24)
DEADLINE_S = 90.0


async def until(pilot: Pilot[Any], holds: Callable[[], Any]) -> None:
    """Let the app work until it holds."""
    ends_at = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < ends_at, shown(pilot.app)  # type: ignore[arg-type]
        await asyncio.sleep(0.02)


async def opened(pilot: Pilot[Any], one: ConsoleApp, *words: str) -> None:
    await until(pilot, lambda: all(word in shown(one) for word in words or ("EVIDENCE", "LIVE")))


async def test_a_letter_goes_through_the_gate_and_opens_its_screen(tmp_path: Path) -> None:
    one = app(folder_of(tmp_path), World())
    async with one.run_test(size=SIZE) as pilot:
        await opened(pilot, one)
        await pilot.press("f")
        await opened(pilot, one, "CAUSES 1 of 1", "dirty")
        await pilot.press("escape")
        await opened(pilot, one, "EVIDENCE")


async def test_a_burst_of_keys_is_a_scan_and_no_key(tmp_path: Path) -> None:
    world = World()
    one = app(folder_of(tmp_path), world)
    async with one.run_test(size=SIZE) as pilot:
        await opened(pilot, one)
        for character in "fQmJ":
            pilot.app.post_message(key(character))
        pilot.app.post_message(key("enter", "\r"))
        await opened(pilot, one, "scanned fQmJ, nothing is asking for it")
        assert one.console_view.look.screen == "run"
        assert one.is_running
    assert world.sent == []


def key(name: str, character: str | None = None) -> Any:
    from textual.events import Key

    return Key(name, character if character is not None else name)


async def test_what_is_pasted_reaches_no_key_and_fills_an_open_field(tmp_path: Path) -> None:
    from textual.events import Paste

    world = World()
    one = app(folder_of(tmp_path, None, asked(form="scan")), world)
    async with one.run_test(size=SIZE) as pilot:
        await opened(pilot, one)
        pilot.app.post_message(Paste("Q\n"))
        await opened(pilot, one, "nothing is asking for it")
        await pilot.press("space")
        await opened(pilot, one, "S C A N")
        pilot.app.post_message(Paste("R07-C0117-B\n"))
        await opened(pilot, one, "> R07-C0117-B_", "Enter confirms")
        assert world.sent == []
        await asyncio.sleep(0.7)  # a question that has just come is deaf: its own rule, not a race
        await pilot.press("enter")
        await until(pilot, lambda: world.sent)
    ((verb, arguments, _),) = world.sent
    assert (verb, arguments["question"], arguments["value"]) == ("answer", "sign-off/walk@run", "R07-C0117-B")


@pytest.mark.parametrize("size", [(200, 60), (60, 20), (59, 19), (20, 4), (3, 1)])
async def test_every_size_is_drawn_at_once(tmp_path: Path, size: tuple[int, int]) -> None:
    one = app(folder_of(tmp_path, None, asked()), World())
    async with one.run_test(size=SIZE) as pilot:
        await opened(pilot, one)
        await pilot.resize_terminal(*size)
        await until(pilot, lambda: len(one._lines._rows) == size[1])
        assert {sum(len(text) for text, _ in row) for row in one._lines._rows} == {size[0]}
        await pilot.resize_terminal(*SIZE)
        await opened(pilot, one)


async def test_a_question_that_comes_rings_once_unless_the_sound_is_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[int] = []
    monkeypatch.setattr(ConsoleApp, "bell", lambda self: rung.append(1))
    folder = folder_of(tmp_path)
    one = app(folder, World())
    async with one.run_test(size=SIZE) as pilot:
        await opened(pilot, one)
        number = one._feed.read
        add(folder.segment(1), number, asked())
        await opened(pilot, one, "1 question is waiting")
        assert rung == [1]
        await pilot.press("b")
        await opened(pilot, one, "sound off")
        await pilot.press("escape")
        add(folder.segment(1), number + 1, asked(question="other", step="other"))
        await opened(pilot, one, "2 questions are waiting")
    assert rung == [1]


def add(segment: Path, seq: int, *events: ev.Known) -> None:
    """More events at the end of the record."""
    whole = lines_of([*[started()] * seq, *events]).splitlines(keepends=True)[seq:]
    with segment.open("ab") as file:
        file.write(b"".join(whole))


@pytest.mark.parametrize("name", ["Q", "ctrl+c"])
async def test_leaving_ends_the_console_and_sends_nothing(tmp_path: Path, name: str) -> None:
    world = World()
    one = app(folder_of(tmp_path), world)
    async with one.run_test(size=SIZE) as pilot:
        await opened(pilot, one)
        await pilot.press(name)
        await opened(pilot, one, "THE RUN GOES ON")
        await pilot.press("enter")
        await until(pilot, lambda: not one.is_running)
    assert one.return_value is None
    assert world.sent == []


async def test_home_leaves_for_the_list(tmp_path: Path) -> None:
    one = app(folder_of(tmp_path), World())
    async with one.run_test(size=SIZE) as pilot:
        await opened(pilot, one)
        await pilot.press("H")
        await until(pilot, lambda: not one.is_running)
    assert one.return_value == ""


async def test_every_key_but_those_that_leave_keeps_the_console(tmp_path: Path) -> None:
    world = World()
    one = app(folder_of(tmp_path, None, asked()), world)
    leaving = {"H", "plus"}
    names = [each.key for each in BINDINGS if each.key not in leaving] + sorted(FORBIDDEN)
    async with one.run_test(size=SIZE) as pilot:
        await opened(pilot, one)
        for name in names:
            await pilot.press("escape", "escape", name)
            assert one.is_running, name
            assert one.focused is one._lines, name
        await pilot.press("escape", "escape", "escape")
        await until(pilot, lambda: one.console_view.look.screen == "run")
    assert world.sent == []
    assert "stumbled" not in one.console_view.look.note


async def test_a_broken_record_shows_its_error_and_what_stood_before_it(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    with folder.segment(1).open("ab") as file:
        file.write(b'{"kind": "Judged"\n')
    one = app(folder, World())
    async with one.run_test(size=SIZE) as pilot:
        await opened(pilot, one, "RECORD BROKEN", "can't be read")
        await pilot.press("f")
        await opened(pilot, one, "CAUSES")
        assert "Traceback" not in shown(one)


async def test_an_event_that_can_not_be_taken_in_is_named_and_what_was_good_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bringup.model.fold import Fold

    folder = folder_of(tmp_path, None, asked())
    take = Fold.add

    def breaks(self: Fold, event: Any) -> None:
        if isinstance(event, ev.Asked):
            raise ZeroDivisionError("by nothing")
        take(self, event)

    monkeypatch.setattr(Fold, "add", breaks)
    one = app(folder, World())
    async with one.run_test(size=SIZE) as pilot:
        await opened(pilot, one, "RECORD BROKEN", "(Asked) can't be taken in", "EVIDENCE")


async def test_a_screen_that_can_not_be_drawn_leaves_the_last_good_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bringup.view import screen_journal

    def breaks(*_: Any) -> Any:
        raise ZeroDivisionError("by nothing")

    one = app(folder_of(tmp_path), World())
    async with one.run_test(size=SIZE) as pilot:
        await opened(pilot, one)
        monkeypatch.setattr(screen_journal, "body", breaks)
        await pilot.press("J")
        await opened(pilot, one, "EVIDENCE", "the console stumbled at event", "ZeroDivisionError")
        assert "Traceback" not in shown(one)
        await pilot.press("escape")
        await until(pilot, lambda: "stumbled" not in shown(one))
    assert "ZeroDivisionError: by nothing" in one._log_place.read_text()


async def test_a_run_whose_runner_is_gone_is_lost(tmp_path: Path) -> None:
    world = World(lives=False)
    one = app(folder_of(tmp_path), world)
    async with one.run_test(size=SIZE) as pilot:
        await opened(pilot, one, "LOST 00:0")
        world.lives = True
        await opened(pilot, one, "LIVE")


async def test_nothing_is_made_again_while_nothing_changes(tmp_path: Path) -> None:
    one = app(folder_of(tmp_path), World())
    async with one.run_test(size=SIZE) as pilot:
        await opened(pilot, one)
        await until(pilot, lambda: one.console_view.scene.causes)
        await pilot.pause(0.2)
        rows = one._lines._rows
        await pilot.pause(0.3)
        assert all(old is new for old, new in zip(rows[1:], one._lines._rows[1:], strict=True))
        assert one._lines.put(one._lines._rows) == 0


async def test_a_second_that_goes_by_paints_the_corner_alone(tmp_path: Path) -> None:
    one = app(folder_of(tmp_path), World())
    async with one.run_test(size=SIZE) as pilot:
        await opened(pilot, one)
        assert one._corner._strip.text.strip() == "03:04:05Z"
        rows = one._lines._rows
        later = tuple((text.replace("03:04:05Z", "03:04:06Z"), role) for text, role in rows[0])
        assert one._lines.put([later, *rows[1:]]) == 0
        assert one._corner._strip.text.strip() == "03:04:06Z"
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: len(one._lines._rows) == 40)
        assert one._corner._strip.text.strip() == "03:04:05Z"


async def test_a_run_of_a_hundred_thousand_events_takes_keys_while_it_is_read(tmp_path: Path) -> None:
    one = app(written(tmp_path, long_run()), World())
    async with one.run_test(size=SIZE) as pilot:
        await opened(pilot, one, "READING")
        reading: list[bool] = []
        press = one.console_view.press
        one.console_view.press = lambda key: (reading.append(not one._feed.caught_up), press(key))[1]  # type: ignore[method-assign]
        one.post_message(key("J"))
        await opened(pilot, one, "EVENTS", "VERIFY")
        assert reading == [True]
        await until(pilot, lambda: one._feed.caught_up)
        await opened(pilot, one, "100025 EVENTS")


def long_run() -> list[ev.Known]:
    """One bring-up whose readings were taken again and again, up to 100,000 events and a few."""
    record = dirty()
    first = [started(), ev.PlanFixed(files={}, planned=tuple(record._planned)), *record.events]
    measured = [each for each in record.events if isinstance(each, ev.Measured | ev.Judged)]
    return [*first, *(measured * (100_000 // len(measured) + 1))][:100_025]


async def test_a_copy_lies_in_a_file_that_the_screen_names(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    one = app(folder, World())
    async with one.run_test(size=SIZE) as pilot:
        await opened(pilot, one, "EVIDENCE")
        await pilot.press("f")
        await opened(pilot, one, "CAUSES 1 of", "receives too little light")
        await pilot.press("y")
        await opened(pilot, one, "Copy what?")
        await pilot.press("3")
        await until(pilot, lambda: one.console_view.look.cursor == 2)
        await pilot.press("enter")
        await until(pilot, lambda: "sent to clipboard (" in one.console_view.look.note)
    file = tmp_path / f"{folder.run_id}.copy.txt"
    assert "rx_power_dbm -6.3 dBm" in file.read_text()
    assert not list(folder.path.rglob("*copy*"))


async def test_a_click_and_the_wheel_move_in_a_list_and_open_nothing(tmp_path: Path) -> None:
    world = World()
    one = app(folder_of(tmp_path), world)
    async with one.run_test(size=SIZE) as pilot:
        await opened(pilot, one, "EVIDENCE")
        await pilot.press("J")
        await opened(pilot, one, "EVENTS")
        await until(
            pilot, lambda: one.console_view.screen.last(one.console_view.scene, one.console_view.look) > 20
        )
        last = one.console_view.screen.last(one.console_view.scene, one.console_view.look)
        await pilot.click(offset=(10, 6))
        await until(pilot, lambda: not one.console_view.look.follow)
        at = one.console_view.look.cursor
        assert at < last
        one._lines.post_message(wheel(one, MouseScrollUp))
        await until(pilot, lambda: one.console_view.look.cursor == at - 1)
        one._lines.post_message(wheel(one, MouseScrollDown))
        await until(pilot, lambda: one.console_view.look.cursor == at)
    assert one.console_view.look.screen == "journal"
    assert world.sent == []


def wheel(one: ConsoleApp, kind: type[MouseScrollUp] | type[MouseScrollDown]) -> MouseEvent:
    return kind(one._lines, 5, 5, 0, 0, 0, False, False, False)
