"""People at one run: who is there, who works on what, a line to the rack (field rules 17 to 19)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from bringup.journal.folder import RunFolder
from bringup.model import event as ev
from bringup.model.people import Present
from bringup.model.verdict import Verdict
from bringup.tui.effect import Bell, Send
from bringup.tui.feed import Feed
from bringup.tui.outside import Outside
from bringup.tui.palette import ENTRIES
from bringup.tui.plain import PlainConsole
from bringup.tui.scan import Scan
from bringup.view.frame import Size
from bringup.view.scene import Scene
from bringup.view.screen_work import items
from tests.tui.scenes import HOSTILE, asked, console, dirty, good, keys, scene, text

NEAR, FAR = "leaf-1/Ethernet0", "node-01/enp65s0np0"
QUESTION = "sign-off/walk@run"
TECH = Present(1, "tech-1", 1000, "pts/1", screen="ask", about=QUESTION, size="80x24", since="03:01:55Z")
YOU = Present(2, "eng-2", 1000, "pts/2", attached=True, screen="company", size="200x60", since="03:04:00Z")
CLERK = Present(3, "eng-3", 1001, None, attached=True, sends=False, screen="run", since="03:02:00Z")
SIZES = [Size(80, 24), Size(60, 20), Size(200, 60), Size(59, 19), Size(1, 1)]


def command(verb: str, what: str, who: Present = TECH) -> ev.CommandReceived:
    return ev.CommandReceived(
        verb=verb, arguments={"what": what}, by=who.by, via="socket", uid=who.uid, terminal=who.terminal
    )


def note(words: str, to: str | None = "rack", by: str = "eng-2") -> ev.Noted:
    return ev.Noted(text=words, by=by, to=to)


def crowd(*more: object, people: tuple[Present, ...] = (TECH, YOU, CLERK), **how: Any) -> Scene:
    return scene(dirty(), asked(), *more, people=people, you=2, **how)


def sends(effects: Sequence[object]) -> list[tuple[str, dict[str, str]]]:
    return [(each.verb, each.arguments) for each in effects if isinstance(each, Send)]


def test_the_screen_says_who_is_at_the_rack_what_they_see_and_who_else_is_here() -> None:
    one, _ = console(crowd(command("claim", NEAR)))
    keys(one, "a")
    shown = text(one, Size(120, 30))
    for words in (
        "AT THE RACK  tech-1, pts/1 80x24, at question",
        "since 03:01:55Z",
        "ALSO HERE    you: eng-2",
        "eng-3, no terminal, at the run since 03:02:00Z (watching)",
        "WHAT THE RACK SEES",
        "? LOOK AND CONFIRM",
        "Is the blank fitted?",
        "WHO WORKS ON WHAT",
        f"tech-1 (pts/1)  {NEAR}",
        "EVIDENCE",
    ):
        assert words in shown


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("screen", [("a",), ("A",), ("A", "T"), ("greater_than_sign",)], ids=str)
@pytest.mark.parametrize("many", [0, 1, 40])
def test_every_crowd_fits_every_size(size: Size, screen: tuple[str, ...], many: int) -> None:
    people = tuple(
        msgspec.structs.replace(TECH, number=number, attached=number > 1, by=HOSTILE)
        for number in range(many)
    )
    claims = [command("claim", f"leaf-{number}") for number in range(many)]
    notes = [note(HOSTILE) for _ in range(many)]
    one, _ = console(crowd(*claims, *notes, people=people))
    keys(one, *screen)
    rows = one.rows(size)
    assert [sum(len(words) for words, _ in row) for row in rows] == [size.width] * size.height
    assert all(char.isprintable() for row in rows for words, _ in row for char in words)


def test_nobody_is_made_up_where_no_runner_tells() -> None:
    for shown, words in (
        (crowd(people=()), "not known"),
        (crowd(people=(YOU,)), "nobody's console is open there"),
        (crowd(ev.RunClosed(verdict=Verdict.FAIL, exit_code=1)), "the run is closed: nobody"),
    ):
        one, _ = console(shown)
        keys(one, "a")
        assert words in text(one)


def test_who_only_watches_is_told_so_and_sends_nothing() -> None:
    one, _ = console(crowd(watching=True))
    assert "WATCHING ONLY" in text(one)
    keys(one, "a")
    assert "not started with --share" in text(one)
    assert sends(keys(one, "greater_than_sign", "h", "i", "enter")) == []
    keys(one, "A", "T")
    assert one.look.screen == "work" and "only watching" in text(one)


def test_a_line_for_the_rack_is_sent_by_enter_alone() -> None:
    one, _ = console(crowd())
    assert sends(keys(one, "greater_than_sign", "enter")) == []
    assert sends(keys(one, "h", "i", "!")) == []
    assert sends(keys(one, "enter")) == [("note", {"text": "hi!", "to": "rack"})]
    assert one.look.screen == "run"


def test_a_line_for_the_rack_stands_above_the_keys_and_rings_and_no_key_takes_it_away_at_once() -> None:
    one, clock = console(crowd())
    one.show(crowd())
    assert one.show(crowd(note("try port 17"))) == [Bell()]
    assert "NEXT  eng-2: try port 17" in text(one)
    clock.s += 1
    keys(one, "A")
    assert "try port 17" in text(one)
    clock.s += 10
    keys(one, "j")
    assert "try port 17" not in text(one)


def test_a_line_for_nobody_or_from_long_ago_takes_no_ones_eyes() -> None:
    one, _ = console(crowd())
    one.show(crowd())
    assert one.show(crowd(note("cleaned", to=None))) == []
    assert "cleaned" not in text(one)
    late, _ = console(scene(good(), live="READING 0"))
    late.show(crowd(note("an hour ago"), live="READING 5"))
    late.show(crowd(note("an hour ago")))
    assert "an hour ago" not in text(late)


def test_field_17_both_ends_of_a_link_are_work_of_their_own_and_each_sees_the_other() -> None:
    shown = crowd(command("claim", NEAR, TECH), command("claim", FAR, YOU))
    assert {item.what for item in items(shown)} == {QUESTION, NEAR, FAR}
    one, _ = console(shown)
    keys(one, "A")
    lines = text(one, Size(120, 30)).splitlines()
    (near,) = [line for line in lines if "port Ethernet0" in line]
    (far,) = [line for line in lines if "port enp65s0np0" in line]
    assert "tech-1 (pts/1)" in near and "far end: yours" in near
    assert "yours" in far and "far end: tech-1 (pts/1)" in far
    assert any("2, 2 taken" in line for line in lines)


def test_work_is_taken_by_its_number_and_enter() -> None:
    one, _ = console(crowd())
    keys(one, "A", "j")
    assert sends(keys(one, "T")) == []
    assert "nobody has taken it" in text(one)
    assert sends(keys(one, "1")) == []
    assert sends(keys(one, "enter")) == [("claim", {"what": NEAR})]
    assert one.look.screen == "work"


def test_a_batch_is_taken_at_once() -> None:
    one, _ = console(crowd())
    assert sends(keys(one, "A", "j", "T", "2", "enter")) == [
        ("claim", {"what": NEAR}),
        ("claim", {"what": FAR}),
    ]


def test_what_is_yours_is_given_back_and_what_is_anothers_is_not_yours_to_take() -> None:
    one, _ = console(crowd(command("claim", NEAR, YOU), command("claim", QUESTION, TECH)))
    assert sends(keys(one, "A", "j", "T", "1", "enter")) == [("release", {"what": NEAR})]
    keys(one, "g", "T")
    assert "taken: tech-1 (pts/1)" in text(one)
    assert sends(keys(one, "1", "enter")) == []


def test_a_question_says_who_else_has_it() -> None:
    one, _ = console(crowd(command("claim", QUESTION, TECH)))
    keys(one, "space")
    assert "taken: tech-1 (pts/1); tech-1 looks at it too" in text(one)
    alone, _ = console(crowd(people=(YOU,)))
    keys(alone, "space")
    assert "taken" not in text(alone) and "too" not in text(alone)


def test_what_is_done_meanwhile_can_not_be_taken() -> None:
    one, _ = console(crowd())
    keys(one, "A", "j", "T")
    one.show(scene(good(), people=(YOU,), you=2))
    assert "done meanwhile" in text(one)
    assert sends(keys(one, "1", "enter")) == []


@pytest.mark.parametrize("label", ["C-001", "c-001", NEAR, "leaf-1"])
def test_field_17_a_scanned_label_finds_its_piece_of_work(label: str) -> None:
    one, _ = console(crowd())
    keys(one, "A")
    assert one.scanned(Scan(label, True, 0)) == []
    assert items(one.scene)[one.look.cursor].what == NEAR


def test_a_label_of_nothing_that_is_to_be_done_moves_nothing() -> None:
    one, _ = console(crowd())
    keys(one, "A")
    one.scanned(Scan("C-999", True, 0))
    assert one.look.cursor == 0 and "nothing is asking for it" in text(one)


def test_what_tell_sends_the_console_sends_too() -> None:
    from bringup.cli.tell import WORDS

    elsewhere = {
        "answer": "a question's own screen",
        "watch": "the watch screen",
        "who": "the screen of who is here",
        "waive": "the waiver's form",
        "put": "the screen of a cable in hand",
    }
    typed = {entry.name for entry in ENTRIES if not entry.opens}
    assert set(WORDS) == typed | set(elsewhere)


class Lines:
    """The console as lines, and what it sent."""

    def __init__(self, folder: Path, shown: Scene, *, watching: bool = False) -> None:
        self.told: list[str] = []
        self.sent: list[tuple[str, dict[str, str]]] = []

        async def send(verb: str, arguments: dict[str, str], why: str | None) -> str:
            self.sent.append((verb, arguments))
            return "done"

        outside = cast(Outside, SimpleNamespace(send=send, hand=None, diagnose=lambda *_: (), here=None))
        feed = cast(Feed, SimpleNamespace(folder=RunFolder(folder), state=shown.state))
        self.console = PlainConsole(feed, shown.inventory, outside, self.told.append, watching=watching)
        self.console.company.people, self.console.company.you = shown.people, shown.you

    async def type(self, *lines: str) -> str:
        self.told.clear()
        for line in lines:
            await self.console.line(line)
        return "\n".join(self.told)


async def test_the_console_as_lines_tells_who_is_there_and_who_works_on_what(tmp_path: Path) -> None:
    lines = Lines(tmp_path, crowd(command("claim", NEAR)))
    told = await lines.type("who")
    for words in ("tech-1, pts/1 80x24", "eng-2", ", you", f"tech-1 (pts/1) works on {NEAR}"):
        assert words in told
    assert "not known" in await Lines(tmp_path, crowd(people=())).type("who")


async def test_the_console_as_lines_takes_gives_back_and_writes_to_the_rack(tmp_path: Path) -> None:
    lines = Lines(tmp_path, crowd())
    lines.console.event(asked())
    await lines.type("take 1", "give 1", "rack try port 17", "1 yes", ": claim leaf-1")
    assert [verb for verb, _ in lines.sent] == ["claim", "release", "note", "answer", "claim"]
    assert lines.sent[2][1] == {"text": "try port 17", "to": "rack"}
    await lines.type("take", "take 2", "take one", "rack")
    assert len(lines.sent) == 5


async def test_the_console_as_lines_tells_what_others_take_and_write(tmp_path: Path) -> None:
    lines = Lines(tmp_path, crowd(), watching=True)
    for event in (command("claim", NEAR), command("release", NEAR), note(HOSTILE), note("mine", to=None)):
        lines.console.event(event)
    assert lines.told[0] == f"tech-1 (pts/1) has taken {NEAR}"
    assert lines.told[1] == f"tech-1 (pts/1) has given back {NEAR}"
    assert lines.told[2].startswith("TO THE RACK, from eng-2: ") and lines.told[2].isprintable()
    assert len(lines.told) == 3
    await lines.type("take 1", "rack hi")
    assert lines.sent == []
