"""The bytes that reach a real pseudo-terminal: nothing that a device has said moves a cursor or a colour,
nothing is sent while nothing changes, and the terminal is as it was whichever way the console ends.
"""

from __future__ import annotations

import os
import re
import signal
import sys
from pathlib import Path

import pytest

from bringup.model import event as ev
from bringup.tui.screens import SCREENS
from tests.tui import scenes
from tests.tui.glass import Glass
from tests.tui.pseudo import DEADLINE_S, LEAVES, Pty, console
from tests.tui.records import folder_of
from tests.tui.scenes import asked, dirty

HOSTILE = scenes.HOSTILE.replace("\ud800", "")
"""As a record can hold it: UTF-8 has no lone surrogates."""
MORE = (
    "\x1bP+q544e\x1b\\ \x1b_Ga=T;AAAA\x1b\\ \x1b]8;;http://x\x07 \x1b[?1049l\x1b[6n\x1bc \x9d52;c;AAAA\x9c"
    " \x0e\x0f \x1b[>31u \u2028 \u2066 \ufeff e" + "\u0301" * 50 + " [/bold][@click=app.quit]x[/]"
)
LONG = "\x1b[31m" + "A" * 10_000
BAD = ("\u202e", "\u2066", "\u200b", "\u2028", "\ufeff", "漢", "\u0301", "\x9b", "\x9d", "\x0e")
QUESTIONS = {"\x1b[?2026$p", "\x1b[?2048$p"}
"""What the toolkit asks a terminal in a window."""


def hostile_run(place: Path) -> Path:
    """Everything that a device, a file or a person may have said holds it."""
    record = dirty()
    for text in (HOSTILE, MORE, LONG):
        record.step("management", "identity", "leaf-1", [("leaf-1", "serial", text)])
        record.broken("management", "reach", "leaf-2", "timeout", text, "leaf-2", text)
    where = {"stage": "sign-off", "step": "walk", "subject": "run", "attempt": 1}
    said = (
        ev.Noted(by=HOSTILE, text=MORE),
        ev.CommandReceived(verb=HOSTILE, by=MORE, arguments={"text": HOSTILE}, via="socket"),
        ev.AlteredState(subject="leaf-1", what=HOSTILE, undo=MORE),
        ev.Answered(**where, question="other", value=HOSTILE, by=MORE),
        asked(f"{HOSTILE} {MORE} {LONG}", choices=(HOSTILE, MORE), changes=(HOSTILE, LONG)),
    )
    return folder_of(place, record, *said).path


@pytest.mark.parametrize(("width", "height"), [(80, 24), (200, 60)])
def test_no_sequence_of_a_device_reaches_the_terminal_on_any_screen(
    tmp_path: Path, width: int, height: int
) -> None:
    told = tmp_path / "shown"
    words = [sys.executable, "-m", "tests.tui.tour_child", str(hostile_run(tmp_path)), str(told)]
    one = Pty(words, width, height, {**os.environ, "TERM": "xterm-256color", "PYTHONUTF8": "1"})
    try:
        assert one.end() == 0
    finally:
        one.close()
    assert told.read_text().splitlines() == list(SCREENS)
    only_our_own(one)
    text = one.seen.decode("utf-8", "replace")
    assert "\\x1b[2J" in text, "the hostile text was not shown at all"
    for bad in BAD:
        assert bad not in text


def only_our_own(one: Pty) -> None:
    """Modes are switched as the toolkit does by itself; the rest is places and colours."""
    own = Glass()
    own.feed(b"".join(re.findall(rb"\x1b\[[?<>][^a-zA-Z]*[a-zA-Z]", one.seen)))
    assert set(one.glass.strange) <= QUESTIONS
    rest = {word for word in one.glass.sequences if not re.fullmatch(r"\x1b\[[0-9;]*[Hm]", word)}
    known = {f"\x1b[?{mode}{how}" for mode in (25, 7, 1004, 1049, 2004) for how in "hl"}
    assert rest <= known | QUESTIONS | {"\x1b[>31u", "\x1b[>25u", "\x1b[<u"}
    assert one.seen.count(b"\x1b[?1049l") == 1
    assert one.glass.bells <= 1, "one bell rings for the question"


@pytest.mark.parametrize(
    ("more", "colours", "frame"),
    [
        ({"TERM": "xterm-256color"}, True, "─│"),
        ({"TERM": "xterm-16color"}, True, "─│"),
        ({"TERM": "screen"}, True, "─│"),
        ({"TERM": "linux"}, True, "─│"),
        ({"TERM": "vt100"}, False, "─│"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, False, "─│"),
        ({"TERM": "linux", "PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}, True, "-|"),
    ],
    ids=lambda value: "-".join(value.values()) if isinstance(value, dict) else None,
)
def test_every_kind_of_terminal_gets_a_whole_first_frame(
    tmp_path: Path, more: dict[str, str], colours: bool, frame: str
) -> None:
    with console(folder_of(tmp_path).path, **more) as one:
        one.until(
            "EVIDENCE", "LIVE", "help", "FAIL" if frame == "-|" else "✗" if more["TERM"] != "linux" else "X"
        )
        rows = one.glass.text.splitlines()
        assert len(rows) == 24
        assert rows[0].startswith(" r07") and rows[0].endswith("Z")
        assert rows[-1].endswith("? help") or "? help" in rows[-1]
        assert all(glyph in one.glass.text for glyph in frame)
        if frame == "-|":
            assert one.glass.text.isascii()
        if more["TERM"] == "linux":
            one.glass.text.encode("cp437")
        if more["TERM"] in ("linux", "vt100"):
            assert one.glass.strange == [], "it would print these"
        else:
            assert set(one.glass.strange) <= QUESTIONS
        if more["TERM"] == "xterm-16color":
            assert not any(re.search(r"[34]8;[25];", word) for word in one.glass.sequences)
        assert bool(one.glass.colours) is colours
        assert one.leave() == 0
        given_back(one)


def given_back(one: Pty) -> None:
    """The terminal is as it was: its settings, and every mode that was switched on."""
    one.until_it(lambda: not one.glass.modes - {"25", "7"} and one.settings_now() == one.settings)
    assert one.glass.modes == {"25", "7"}, "the cursor shows, long lines wrap, nothing else is on"
    assert one.glass.keyboard <= 0
    assert b"Traceback" not in one.seen


@pytest.mark.parametrize("number", ["TERM", "HUP", "KILL", "SEGV"])
def test_a_console_that_is_ended_gives_the_terminal_back(tmp_path: Path, number: str) -> None:
    with console(folder_of(tmp_path).path, PYTHONFAULTHANDLER="") as one:
        one.until("EVIDENCE", "LIVE")
        assert one.settings_now() != one.settings
        one.process.send_signal(getattr(signal, f"SIG{number}"))
        assert one.end() == (0 if number in ("TERM", "HUP") else -getattr(signal, f"SIG{number}"))
        given_back(one)
    assert LEAVES in one.seen


def test_a_console_that_goes_wrong_inside_gives_the_terminal_back(tmp_path: Path) -> None:
    with console(folder_of(tmp_path).path, BREAKS="1") as one:
        one.end()
        one.until_it(lambda: one.settings_now() == one.settings and "1049" not in one.glass.modes)


def test_a_console_whose_terminal_has_gone_ends_though_it_hears_no_signal(tmp_path: Path) -> None:
    with console(folder_of(tmp_path).path, DEAF="1") as one:
        one.until("EVIDENCE", "LIVE")
        one.hang_up()
        assert one.process.wait(DEADLINE_S) == 3


def test_while_nothing_visible_changes_no_byte_is_sent(tmp_path: Path) -> None:
    with console(folder_of(tmp_path).path, STILL="1") as one:
        one.until("EVIDENCE", "LIVE")
        one.until_it(lambda: not one.read(4.0))
        one.press(b"k")  # it moves nothing here
        one.until_it(lambda: not one.read(4.0))
        assert one.leave() == 0
