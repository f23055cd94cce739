"""Three plugs in a ring, worked one by one by the guide: in a real demo, over a console that is killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.runs import Nursery, events_of, only_run
from tests.e2e.terminal import Terminal, Terminals, needs_tmux
from tests.e2e.test_console import approve_all, close

pytestmark = [needs_tmux, pytest.mark.timeout(600)]
RING = "three-way-swap@leaf-1/Ethernet0=Ethernet8,Ethernet16"
TURNS = 6
READ, HAND = "1", "4"
ALL = "A L L   I N   P L A C E"


@pytest.fixture
def terminals(nursery: Nursery, tmp_path: Path) -> Iterator[Terminals]:
    made = Terminals(tmp_path, nursery.environment)
    yield made
    made.end()


def chosen(terminal: Terminal, number: str) -> None:
    """One of the choices for the turn that is next."""
    terminal.go("Enter", "not yet", " > ")
    terminal.type(number)
    terminal.wait(f"> {number}_")
    terminal.go("Enter", "verify")


def turn(terminal: Terminal, number: int) -> None:
    """The simulated technician does the turn; then the port is read until the run has seen it."""
    here = f"move {number} of {TURNS}"
    terminal.wait(here)
    chosen(terminal, HAND)
    for _ in range(10):
        try:
            terminal.wait_for(lambda screen: here not in screen or ALL in screen, here, deadline_s=30.0)
            return
        except AssertionError:
            if here in terminal.screen and ALL not in terminal.screen:
                chosen(terminal, READ)
    pytest.fail(f"the run has not seen turn {number}:\n{terminal.screen}")


def guide(terminal: Terminal, *words: str) -> None:
    """The guide, by its name."""
    terminal.go(":", "put-back")
    terminal.type("swap")
    terminal.wait("swap_")
    terminal.go("Enter", "find", "verify", *words)


def test_field_21_three_crossed_plugs_are_worked_one_by_one(
    terminals: Terminals, nursery: Nursery, tmp_path: Path
) -> None:
    terminal = terminals.open("demo", "--speed", "300", "--fault", RING)
    approve_all(terminal)
    terminal.go("f", "CAUSES 1 of 1", "3 cables are in each other's places")
    terminal.go("Enter", "failure ", "limit ")
    terminal.go("Enter", "4  guide me", " > _")
    terminal.press("4")
    terminal.wait("> 4_")
    terminal.go("Enter", "Enter begins: 6 turns", "T A K E   O U T")
    terminal.go("Enter", f"move 1 of {TURNS}")
    turn(terminal, 1)
    turn(terminal, 2)
    terminal.wait(f"move 3 of {TURNS}", "P U T   I N")
    # The order stands in the record: a console that is killed takes nothing with it.
    os.kill(terminal.pid, signal.SIGKILL)
    terminal.wait("EXIT 137")
    again = terminals.open()
    again.wait(only_run(tmp_path / "runs").name[-4:])
    again.go("Enter", "Space ask", "LIVE")
    guide(again, f"move 3 of {TURNS}", "P U T   I N")
    for number in range(3, TURNS + 1):
        turn(again, number)
    again.wait(ALL, "PASS", "of these cables: 9 of 9 good")
    again.go("Enter", "EVIDENCE")
    again.go("f", "CAUSES", " Nothing ")
    again.go("Escape", "EVIDENCE")
    for _ in range(2):
        again.wait("1 question is waiting")
        again.go("Space", "? ASK", " > ")
        again.type("yes")
        again.wait("> yes_")
        again.until_gone("Enter", "> yes_")
    again.wait("Every stage has its verdict")
    close(again, "mini")
    run = only_run(tmp_path / "runs")
    notes = [each["text"] for each in events_of(run) if each["kind"] == "Noted"]
    (order,) = [text for text in notes if text.startswith("cable order: ")]
    assert order.count(" > ") == 3
    assert not [text for text in notes if "not observed" in text]
    assert nursery.run(["log", "verify", str(run)]).status == 0
