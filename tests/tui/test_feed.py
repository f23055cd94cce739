"""A record that can't be read on: what was good stays, and it is read again once it has changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bringup.journal.folder import RunFolder
from bringup.model import event as ev
from bringup.model.fold import Fold, fold_events
from bringup.tui import feed as feed_module
from bringup.tui.feed import Feed, told
from tests.tui.records import folder_of
from tests.tui.scenes import asked

DEADLINE_S = 60.0


@asynccontextmanager
async def kept(folder: RunFolder) -> AsyncIterator[Feed]:
    feed = Feed(folder)
    task = asyncio.create_task(feed.keep())
    try:
        yield feed
    finally:
        task.cancel()
        await asyncio.wait({task})


async def until(holds: Callable[[], Any]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "FIRST_WAIT_S", 0.01)


def lines(folder: RunFolder) -> list[bytes]:
    return folder.segment(1).read_bytes().splitlines(keepends=True)


async def test_a_gap_is_named_and_what_stands_before_it_stays(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    whole = lines(folder)
    folder.segment(1).write_bytes(b"".join([*whole[:20], *whole[25:]]))
    async with kept(folder) as feed:
        await until(lambda: feed.trouble)
        assert feed.trouble is not None
        assert told(feed.trouble)[0] == "GAP 20-24"
        assert "events 20 to 24 are missing" in told(feed.trouble)[1]
        assert (feed.state.events, feed.state.last_seq) == (20, 19)
        assert feed.caught_up


async def test_a_gap_that_is_filled_is_read_again_from_the_first_event(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, None, asked())
    whole = lines(folder)
    folder.segment(1).write_bytes(b"".join([*whole[:20], *whole[25:]]))
    async with kept(folder) as feed:
        await until(lambda: feed.trouble)
        before = feed.state
        folder.segment(1).write_bytes(b"".join(whole))
        await until(lambda: feed.trouble is None)
        assert feed.state.events == len(whole)
        assert feed.state.problems == ()
        assert len(feed.state.asks) == 1 and not before.asks


async def test_until_a_new_reading_has_come_as_far_the_old_one_stands(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    whole = lines(folder)
    folder.segment(1).write_bytes(b"".join([*whole[:20], *whole[25:]]))
    async with kept(folder) as feed:
        await until(lambda: feed.trouble)
        first = feed.trouble
        folder.segment(1).write_bytes(b"".join([*whole[:9], *whole[12:]]))
        await until(lambda: feed.trouble is not first)
        assert feed.state.events == 20, "a worse record must not take away what was read"


async def test_a_broken_record_that_does_not_change_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []
    follow = Feed.follow

    def counted(self: Feed) -> Any:
        begun.append(1)
        return follow(self)

    monkeypatch.setattr(Feed, "follow", counted)
    monkeypatch.setattr(feed_module, "LONGEST_WAIT_S", 0.01)
    looked: list[int] = []
    looks = Feed._looks

    def look(self: Feed) -> Any:
        looked.append(1)
        return looks(self)

    monkeypatch.setattr(Feed, "_looks", look)
    folder = folder_of(tmp_path)
    with folder.segment(1).open("ab") as file:
        file.write(b"{\n")
    async with kept(folder):
        await until(lambda: len(looked) > 5)
    assert begun == [1]


async def test_an_event_that_can_not_be_taken_in_leaves_the_run_as_it_was_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = folder_of(tmp_path, None, asked(), asked(question="other"))
    take = Fold.add

    def breaks(self: Fold, event: Any) -> None:
        take(self, event)  # it has gone in already when it goes wrong
        if isinstance(event, ev.Asked):
            raise ZeroDivisionError("by nothing")

    number = len(lines(folder)) - 2
    good = fold_events([ev.EventReader().read(line.strip()) for line in lines(folder)[:number]])
    monkeypatch.setattr(Fold, "add", breaks)
    async with kept(folder) as feed:
        await until(lambda: feed.trouble)
        assert f"event {number} (Asked) can't be taken in: ZeroDivisionError" in str(feed.trouble)
        assert "log export" in str(feed.trouble)
        assert feed.state.asks == ()
        assert (feed.state.events, feed.state.steps) == (good.events, good.steps)


async def test_what_comes_later_is_read_without_reading_again(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, None, asked(), asked(question="other"))
    whole = lines(folder)
    folder.segment(1).write_bytes(b"".join(whole[:-2]))
    async with kept(folder) as feed:
        await until(lambda: feed.caught_up)
        reading = feed._reading
        with folder.segment(1).open("ab") as file:
            file.write(b"".join(whole[-2:]))
        await until(lambda: len(feed.state.asks) == 2)
        assert feed._reading is reading
