"""Any part of a long record on the journal screen, and the events that hold a word."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from bringup.journal.error import JournalError
from bringup.journal.folder import RunFolder
from bringup.model import event as ev
from bringup.model.event import EventReader
from bringup.tui import pages as pages_module
from bringup.tui.pages import Pages
from bringup.view.record_page import Page
from bringup.view.scene import Look
from bringup.view.screen_journal import matches
from tests.tui.records import World, app, lines_of
from tests.tui.scenes import console, keys, scene, started, text
from tests.tui.test_app import SIZE, opened, until

MANY = 12_345
NEVER = 10**9


def note(number: int) -> ev.Noted:
    return ev.Noted(by="tech-1", text=f"number {number}" + (" NEEDLE" if number % 1000 == 7 else ""))


def record(path: Path, *cuts: int) -> RunFolder:
    """A record of notes, in segments that end before these events."""
    folder = RunFolder(path / "20260102-030405-abcd")
    folder.journal.mkdir(parents=True)
    lines = lines_of([started(), *(note(number) for number in range(1, MANY))]).splitlines(keepends=True)
    ends = (0, *cuts, len(lines))
    for segment, (first, end) in enumerate(pairwise(ends), 1):
        folder.segment(segment).write_bytes(b"".join(lines[first:end]))
    return folder


def look(cursor: int | None, word: str = "") -> Look:
    return Look(screen="journal", cursor=cursor or 0, follow=cursor is None, filter=word)


async def whole(pages: Pages, at: Look, events: int = MANY) -> Page:
    page = Page()
    while page.word != at.filter or page.searched < events:
        page = await pages.page(at, events, NEVER, page)
    return page


@pytest.mark.parametrize("cuts", [(), (1,), (255, 256, 257), (5000, 9000), (MANY - 1,)])
@pytest.mark.parametrize("cursor", [0, 1, 255, 256, 4999, 5000, 9001, MANY - 1])
async def test_every_part_of_the_record_can_be_looked_at(
    tmp_path: Path, cuts: tuple[int, ...], cursor: int
) -> None:
    page = await whole(Pages(record(tmp_path, *cuts), matches), look(cursor))
    assert page.total == MANY
    assert page.holds(max(0, cursor - 60), min(MANY, cursor + 60))
    assert [event.seq for event in page.events] == list(range(page.first, page.first + len(page.events)))


async def test_a_record_read_in_small_pieces_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_module, "READ_BYTES", 100)  # shorter than a line
    folder = record(tmp_path, 300)
    page = await Pages(folder, matches).page(look(290), 600, NEVER, Page())
    assert [event.seq for event in page.events] == list(range(page.first, 600))


async def test_only_what_was_folded_is_given_out(tmp_path: Path) -> None:
    page = await Pages(record(tmp_path), matches).page(look(99), 100, NEVER, Page())
    assert (page.total, page.events[-1].seq) == (100, 99)


async def test_what_is_at_hand_is_not_fetched(tmp_path: Path) -> None:
    folder = record(tmp_path)
    have = Page()
    pages = Pages(folder, matches)
    folder.segment(1).unlink()
    assert await pages.page(look(None), MANY, MANY - 5000, have) is have
    assert await pages.page(look(MANY - 1000), MANY, MANY - 5000, have) is have


@pytest.mark.parametrize("word", ["needle", "NEEDLE", "text=number 7", "Needle"])
async def test_a_word_is_looked_for_in_the_whole_record(tmp_path: Path, word: str) -> None:
    folder = record(tmp_path, 3000)
    page = await whole(Pages(folder, matches), look(None, word))
    reader = EventReader()
    lines = b"".join(folder.segment(number).read_bytes() for number in (1, 2)).splitlines()
    expected = [event.seq for line in lines if matches(event := reader.read(line), word.lower())]
    assert page.total == len(expected) > 0
    assert [event.seq for event in page.events] == expected[page.first : page.first + len(page.events)]


async def test_what_comes_later_is_searched_too_and_the_search_begins_anew_with_another_word(
    tmp_path: Path,
) -> None:
    pages = Pages(record(tmp_path), matches)
    assert (await whole(pages, look(None, "needle"), 5000)).total == 5
    assert (await whole(pages, look(None, "needle"), 6010)).total == 7
    assert (await whole(pages, look(None, "nothing of this"), 6010)).total == 0
    assert (await whole(pages, look(None, "needle"), MANY)).total == 13


async def test_what_is_kept_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages_module, "MOST_FOUND", 100)
    pages = Pages(record(tmp_path), matches)
    for cursor in range(0, MANY, 500):
        page = await pages.page(look(cursor), MANY, NEVER, Page())
        assert len(page.events) <= 2 * pages_module.AROUND
    assert len(pages._blocks) <= pages_module.BLOCKS_KEPT
    page = await whole(pages, look(None, "number"))
    assert 100 <= page.total < MANY
    assert len(page.events) <= 2 * pages_module.AROUND_FOUND


async def test_a_record_that_became_another_is_an_error_and_then_read_anew(tmp_path: Path) -> None:
    folder = record(tmp_path)
    pages = Pages(folder, matches)
    await whole(pages, look(MANY - 1))
    kept = folder.segment(1).read_bytes()
    folder.segment(1).write_bytes(kept[:10_000])
    with pytest.raises(JournalError, match="can't be read"):
        await pages.page(look(6000), MANY, NEVER, Page())
    folder.segment(1).write_bytes(kept)
    assert (await whole(pages, look(6000))).holds(5900, 6100)


def test_what_is_not_fetched_yet_says_so_and_has_its_place() -> None:
    shown = scene()
    shown = msgspec.structs.replace(shown, recent=shown.recent[-5:])
    one, _ = console(shown)
    keys(one, "J", "g")
    assert "reading ..." in text(one)
    assert f"{shown.state.events} EVENTS" in text(one)
    keys(one, "G")
    assert f"EVENT {shown.state.events - 1}" in text(one)


async def test_the_first_event_of_a_long_record_is_a_key_away(tmp_path: Path) -> None:
    one = app(record(tmp_path, 7000), World())
    async with one.run_test(size=SIZE) as pilot:
        await opened(pilot, one, "LIVE")
        await pilot.press("J", "g")
        await opened(pilot, one, "RunStarted", "EVENT 0", f"{MANY} EVENTS")
        await pilot.press("pagedown", "j")
        await opened(pilot, one, "EVENT 11", "text=number 11")


async def test_the_filter_finds_what_stands_far_from_the_end(tmp_path: Path) -> None:
    one = app(record(tmp_path, 7000), World())
    async with one.run_test(size=SIZE) as pilot:
        await opened(pilot, one, "LIVE")
        await pilot.press("J", "slash", *"needle", "enter")
        await opened(pilot, one, f"13 OF {MANY} EVENTS", "EVENT 12007")
        await pilot.press("g")
        await opened(pilot, one, "EVENT 7", "text=number 7 NEEDLE")
        assert one.console_view.scene.page.events[0].seq == 7
        await until(pilot, lambda: "searching" not in text(one.console_view))
