"""The console as lines: a whole session on the record of a lab run, as a screen reader would tell it.

`python tests/tui/test_plain.py` writes the transcript anew; then read it aloud.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from bringup.diagnosis import diagnose
from bringup.journal.folder import RunFolder
from bringup.model.cause import Cause
from bringup.model.inventory import Inventory
from bringup.model.state import RunState
from bringup.tui.feed import Feed
from bringup.tui.outside import Outside
from bringup.tui.plain import PlainConsole
from bringup.view.mark import Tier
from tests.tui.records import World

RECORDS = Path(__file__).resolve().parents[2] / "screenshots" / "records"
TRANSCRIPT = Path(__file__).resolve().parent / "plain-session.txt"
DEADLINE_S = 60.0
SESSION: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Outlet on", ("?", "1", "1 yes", "1 pdu-1")),
    ("Power on", ("1 pdu-1", "s", "2 node-01")),
    (
        "Walk round",
        ("f", "hand 1", "hand 7", "skip 3", "skip 3 no ladder here", "3 yes", "jump", ": frobnicate"),
    ),
    ("sign for", (": close", "r07", ": close", "mini", "4 yes")),
)
"""What a person types once a question with these words is there."""


class Folder:
    """A run's folder that grows as a lab run's did."""

    def __init__(self, place: Path) -> None:
        self.run = RunFolder(place / "20260102-030405-abcd")
        self.run.journal.mkdir(parents=True)
        self._lines = gzip.decompress((RECORDS / "faults.jsonl.gz").read_bytes()).splitlines(keepends=True)
        self.written = 0

    def grow(self, words: str) -> None:
        """To the next question that holds these words, or to the end."""
        with self.run.segment(1).open("ab") as file:
            while self.written < len(self._lines):
                line = self._lines[self.written]
                file.write(line)
                self.written += 1
                event = json.loads(line)
                if words and event["kind"] == "Asked" and words in event["text"]:
                    return


def outside(world: World) -> Outside:
    def causes(state: RunState, inventory: Inventory) -> tuple[Cause, ...]:
        return tuple(diagnose(state, inventory))

    return msgspec.structs.replace(
        world.outside(), diagnose=causes, hand=lambda cause: f"the hand has mended: {cause.remedy}"
    )


async def session(place: Path, *, tier: Tier = "unicode", watching: bool = False) -> tuple[list[str], World]:
    """What stands on the terminal, what was typed among it behind `> `; and what was sent."""
    folder, world, lines = Folder(place), World(), list[str]()
    inventory = Inventory.model_validate_json((RECORDS / "inventory.json").read_bytes())
    feed = Feed(folder.run)
    told = outside(world)
    if watching:
        told = msgspec.structs.replace(told, send=None, hand=None)
    folder.grow(SESSION[0][0])
    console = PlainConsole(feed, inventory, told, lines.append, tier=tier, watching=watching)
    following = asyncio.create_task(console.follow())
    try:
        for words, typed in SESSION:
            if words != SESSION[0][0]:
                folder.grow(words)
            await _read_to(feed, folder.written)
            for line in typed:
                lines.append(f"> {line}")
                await console.line(line)
        folder.grow("")
        async with asyncio.timeout(DEADLINE_S):
            await following
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
    return [*lines, *console.last_words()], world


async def _read_to(feed: Feed, count: int) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while feed.read < count:  # noqa: ASYNC110 (the feed tells nobody)
            await asyncio.sleep(0.01)


async def test_a_session_reads_as_it_did_when_somebody_last_read_it(tmp_path: Path) -> None:
    lines, _ = await session(tmp_path)
    told = "".join(f"{line}\n" for line in lines)
    assert told == TRANSCRIPT.read_text(encoding="utf-8"), "read it, then: python tests/tui/test_plain.py"


async def test_only_what_is_an_answer_is_sent(tmp_path: Path) -> None:
    _, world = await session(tmp_path)
    sent = [
        (verb, arguments.get("value") or arguments.get("step", ""), why)
        for verb, arguments, why in world.sent
    ]
    assert [each for each in sent if each[0] != "retest"] == [
        ("answer", "approve", None),
        ("answer", "approve", None),
        ("skip", "sign-off/walk", "no ladder here"),
        ("answer", "yes", None),
        ("close", "", None),
        ("answer", "yes", None),
    ]


async def test_who_only_watches_sends_nothing_by_lines(tmp_path: Path) -> None:
    lines, world = await session(tmp_path, watching=True)
    assert world.sent == []
    assert "you are only watching: nothing is sent" in lines


async def test_lines_hold_no_escape_and_no_frame(tmp_path: Path) -> None:
    lines, _ = await session(tmp_path, tier="ascii")
    for line in lines:
        assert line.isprintable(), line
        assert line.isascii(), line
        assert len(line) <= 400


def renew() -> Iterator[str]:
    with TemporaryDirectory() as place:
        lines, _ = asyncio.run(session(Path(place)))
    TRANSCRIPT.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    yield from lines


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in renew())
