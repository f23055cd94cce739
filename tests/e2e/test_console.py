"""The console on real terminals: a whole bring-up by hand, two people at one run, and whoever leaves."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.here import ATTEST, CONFIRM, REACH, Here, alive
from tests.e2e.runs import Nursery, events_of, only_run, until
from tests.e2e.terminal import Terminal, Terminals, gone, needs_tmux

pytestmark = needs_tmux
DIRTY = "dirty-connector@leaf-1/Ethernet0"
SWAPPED = "swapped-cables@leaf-1/Ethernet8=leaf-1/Ethernet16"
TOO_DARK, CROSSED = "leaf-1/Ethernet0 receives too little light", "cables C-003"
SIZES = [(80, 24), (200, 50)]


@pytest.fixture
def terminals(nursery: Nursery, tmp_path: Path) -> Iterator[Terminals]:
    made = Terminals(tmp_path, nursery.environment)
    yield made
    made.end()


def question(screen: str) -> str:
    """The id of the question on the screen."""
    found = re.search(r"\? ASK +(\S+)", screen)
    assert found is not None, screen
    return found[1]


def answer(terminal: Terminal, value: str) -> None:
    """Type it and press Enter until the question is gone from the screen."""
    asked = question(terminal.screen)
    terminal.type(value)
    terminal.wait(f"> {value}_")
    terminal.until_gone("Enter", asked)


def approve_all(terminal: Terminal) -> None:
    """Every change by its device's name, until nothing but the walk round the rack is asked."""
    while True:
        terminal.wait("question", "waiting:")
        shown = terminal.go("Space", "? ASK", " > ")
        if "approve it" not in shown:
            terminal.go("Escape", "EVIDENCE")
            return
        device = re.search(r"@([^/]+)", question(shown))
        assert device is not None
        answer(terminal, device[1])


def mend(terminal: Terminal, words: str) -> None:
    """A cause: read it, have it done by the simulated technician, see it gone from the list."""
    terminal.go("f", "CAUSES", "WHY, AND WHAT TO DO", words)
    while words not in terminal.screen.partition("WHY, AND WHAT TO DO")[2]:
        terminal.press("j")
    shown = terminal.go("Enter", "failure ", "limit ")
    assert words in " ".join(shown.split())
    terminal.go("Enter", "simulated technician", " > _")
    terminal.press("3")
    terminal.wait("> 3_")
    terminal.press("Enter")
    terminal.go("f", "failures ", "CAUSES")
    terminal.wait_for(lambda screen: words not in screen, f"no {words}")
    terminal.go("Escape", "EVIDENCE")


def close(terminal: Terminal, rack: str) -> None:
    terminal.go(":", "put-back")
    terminal.type("close")
    terminal.wait("close_")
    terminal.go("Enter", f"type {rack} and Enter")
    terminal.type(rack)
    terminal.wait(f"{rack}_")
    terminal.press("Enter")
    terminal.wait("the run is closed: PASS")


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_whole_bring_up_by_hand(
    terminals: Terminals, nursery: Nursery, tmp_path: Path, width: int, height: int
) -> None:
    words = ["demo", "--speed", "1000", "--fault", DIRTY, "--fault", SWAPPED]
    terminal = terminals.open(*words, width=width, height=height)
    approve_all(terminal)
    terminal.go("f", "CAUSES 1 of 2", TOO_DARK, CROSSED)
    terminal.go("Escape", "EVIDENCE")
    mend(terminal, TOO_DARK)
    mend(terminal, CROSSED)
    terminal.go("f", "Nothing failed so far")
    terminal.go("Escape", "EVIDENCE")
    for _ in range(2):
        terminal.wait("1 question is waiting")
        terminal.go("Space", "? ASK", " > ")
        answer(terminal, "yes")
    terminal.wait("Every stage has its verdict")
    close(terminal, "mini")
    terminal.press("Q")
    assert terminal.status() == 0
    run = only_run(tmp_path / "runs")
    assert nursery.run(["log", "verify", str(run)]).status == 0
    check_record(run)


def check_record(run: Path) -> None:
    """What the record must hold of it: found, mended, measured again, answered by a person, signed."""
    events = events_of(run)
    ended = [
        (each["step"], each["subject"], each["verdict"]) for each in events if each["kind"] == "StepEnded"
    ]
    for step, subject in (
        ("levels", "leaf-1/Ethernet0"),
        ("neighbors", "leaf-1/Ethernet8<->leaf-2/Ethernet2/1"),
    ):
        verdicts = [verdict for at, about, verdict in ended if (at, about) == (step, subject)]
        assert (verdicts[0], verdicts[-1]) == ("FAIL", "PASS"), (step, subject, verdicts)
    answers = [each for each in events if each["kind"] == "Answered"]
    assert answers
    assert not [each for each in answers if each["by"] == "simulated"]
    assert {each["kind"] for each in events} >= {"CommandReceived", "Signed"}
    assert events[-1]["verdict"] == "PASS"
