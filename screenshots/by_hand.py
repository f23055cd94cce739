"""One bring-up in a terminal, keys pressed one by one: what the record `by-hand` is made of. Needs tmux."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.terminal import Terminal, Terminals
from tests.e2e.test_console import CROSSED, TOO_DARK, answer, approve_all, close, open_cause, swap


def by_hand(place: Path, faults: list[str]) -> None:
    """A demo with these faults in `place`, to the signature: its run lies in `place/runs` then."""
    own = {name: str(place / name.lower()) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME")}
    terminals = Terminals(place, own)
    try:
        _work(terminals.open("demo", *faults))
    finally:
        terminals.end()


def _work(terminal: Terminal) -> None:
    approve_all(terminal)
    swap(terminal, CROSSED, moves=4)
    _watched(terminal)
    for _ in range(2):
        terminal.wait("1 question is waiting")
        terminal.go("Space", "? ASK", " > ")
        answer(terminal, "yes")
    terminal.wait("Every stage has its verdict")
    close(terminal, "mini")
    terminal.go("Q", "leave?")
    terminal.press("Enter")
    terminal.status()


def _watched(terminal: Terminal) -> None:
    """The dirty connector: what the port says before and after, then the verdict."""
    open_cause(terminal, TOO_DARK)
    terminal.go("Escape", "failure ")
    terminal.go("w", "U N P L U G", "still low", "▁▁▁▁▁")
    terminal.go("Enter", "G O O D   PROVISIONAL")
    terminal.back("EVIDENCE")
    open_cause(terminal, TOO_DARK)
    terminal.press("1")
    terminal.wait("> 1_")
    terminal.go("Enter", "THIS CAUSE IS GONE")
    terminal.back("EVIDENCE")
