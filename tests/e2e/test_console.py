"""The console on real terminals: a whole bring-up by hand, two people at one run, and whoever leaves."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.here import CONFIRM, REACH, Here, alive
from tests.e2e.runs import Nursery, events_of, only_run, until
from tests.e2e.terminal import DEADLINE_S, Terminal, Terminals, gone, needs_tmux

pytestmark = [needs_tmux, pytest.mark.timeout(600)]
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
            terminal.back("EVIDENCE")
            return
        device = re.search(r"@([^/]+)", question(shown))
        assert device is not None
        answer(terminal, device[1])


def cursor(screen: str) -> str:
    """Which of the causes is chosen."""
    return "".join(re.findall(r"CAUSES (\d+) of", screen))


def open_cause(terminal: Terminal, words: str) -> None:
    """From the run to what can be said of the remedy of a cause."""
    shown = terminal.go("f", "CAUSES", "WHY, AND WHAT TO DO", words)
    while words not in told(shown):
        at = cursor(shown)
        terminal.press("j")
        shown = terminal.wait_for(lambda screen, at=at: words in told(screen) or cursor(screen) != at, words)
    shown = terminal.go("Enter", "failure ", "limit ")
    assert words in " ".join(shown.split())
    terminal.go("Enter", "simulated technician", " > _")


def choose(terminal: Terminal, number: str) -> None:
    """Type it into the field; Enter is left to the caller."""
    terminal.press(number)
    terminal.wait(f"> {number}_")


def mend(terminal: Terminal, words: str) -> None:
    """A cause: read it, have it done by the simulated technician, see it gone from the list."""
    open_cause(terminal, words)
    choose(terminal, "3")
    terminal.go("Enter", "retest: event")
    terminal.go("f", "failures ")
    terminal.wait_for(lambda screen: words not in screen, f"no {words}")
    terminal.back("EVIDENCE")


def swap(terminal: Terminal, words: str, moves: int) -> None:
    """Crossed cables: one plug at a time as the guide says, each turn by the simulated technician, and the
    next one told only when the run has seen the last.
    """
    open_cause(terminal, words)
    choose(terminal, "4")
    terminal.go("Enter", "T A K E   O U T", "not begun", f"{moves} turns")
    terminal.go("Enter", f"move 1 of {moves}", "waiting for it")
    for number in range(1, moves + 1):
        terminal.go("Enter", "let the simulated technician do this turn", " > _")
        choose(terminal, "4")
        after = f"move {number + 1} of {moves}" if number < moves else "A L L   I N   P L A C E"
        terminal.go("Enter", after)
    # What hangs on the cables is measured by itself.
    terminal.wait("the cables are as planned", "6 of 6 good")
    # The watch ends, and the guide with it.
    terminal.go("Enter", "EVIDENCE")


def told(screen: str) -> str:
    """What stands there about the chosen cause."""
    return screen.partition("WHY, AND WHAT TO DO")[2]


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
    terminal.back("EVIDENCE")
    mend(terminal, TOO_DARK)
    swap(terminal, CROSSED, moves=4)
    terminal.go("f", "Nothing is failing now")
    terminal.back("EVIDENCE")
    for _ in range(2):
        terminal.wait("1 question is waiting")
        terminal.go("Space", "? ASK", " > ")
        answer(terminal, "yes")
    terminal.wait("Every stage has its verdict")
    close(terminal, "mini")
    terminal.go("Q", "leave?")
    terminal.press("Enter")
    assert terminal.status() == 0
    run = only_run(tmp_path / "runs")
    runner = json.loads((run / "runner.json").read_bytes())["pid"]
    until(lambda: not alive(runner))
    assert nursery.run(["log", "verify", str(run)]).status == 0
    check_signature(run)
    check_record(run)


def test_the_same_by_lines_for_who_can_not_see_a_screen(
    terminals: Terminals, nursery: Nursery, tmp_path: Path
) -> None:
    words = ["demo", "--speed", "1000", "--fault", DIRTY]
    terminal = terminals.open(*words, width=120, height=70, ACCESSIBLE="1")
    for typed, *told in (
        ("1 pdu-1", "QUESTION 1: Outlet on"),
        ("2 node-01", "QUESTION 2: Power on"),
        ("f", "QUESTION 3: Walk round", "f tells what is wrong"),
        ("hand 1", "FAILURE 1", TOO_DARK),
        ("3 yes", "done by the simulated technician", "PASS  optics\n", "PASS  links\n"),
        ("4 yes", "QUESTION 4: I have seen"),
        (": close", "PASS  sign-off\n"),
        ("mini", "To do it, type mini"),
    ):
        terminal.wait(*told)
        terminal.type(typed)
        terminal.press("Enter")
    assert terminal.status() == 0
    assert nursery.run(["log", "verify", str(only_run(tmp_path / "runs"))]).status == 0


def check_signature(run: Path) -> None:
    """The last checkpoint by stock ssh-keygen; an altered one it refuses."""
    checkpoint = max((run / "checkpoints").glob("*.txt"), key=lambda place: int(place.stem))
    text = checkpoint.read_bytes()
    assert int(text.splitlines()[1]) == len(events_of(run))
    words = ["ssh-keygen", "-Y", "verify", "-f", str(run / "signers"), "-I", "machine"]
    words += ["-n", "bringup-checkpoint@v1", "-s", str(checkpoint.with_suffix(".sig"))]
    for given, good in ((text, True), (text.replace(b"\n", b"\n1", 1), False)):
        done = subprocess.run(words, input=given, capture_output=True, check=False)
        assert (done.returncode == 0) is good, done.stderr


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


@pytest.fixture
def here(nursery: Nursery, tmp_path: Path) -> Iterator[Here]:
    """A run of this machine that asks one thing; whatever is left of it is ended."""
    made = Here(nursery, tmp_path, REACH, CONFIRM)
    yield made
    if made.runs.exists() and alive(made.runner):
        made.tell("abort")
        made.wait_for_runner()


def same(one: Terminal, other: Terminal) -> None:
    """Both show the same below their own first row, as soon as both have painted."""
    until(lambda: one.body == other.body, DEADLINE_S)


def test_two_terminals_show_the_same_and_neither_needs_the_other(terminals: Terminals, here: Here) -> None:
    first = terminals.open(*here.words(), width=80, height=24)
    first.wait("1 question is waiting", "LIVE")
    attach = ["attach", here.path.name, "--runs", str(here.runs)]
    second, third = terminals.open(*attach), terminals.open(*attach, width=200, height=50)
    for each in (second, third):
        each.wait("1 question is waiting", "WATCHING ONLY")
    for terminal in (second, third):
        terminal.go("J", "EVENTS", "Asked")
    second.back("EVIDENCE")
    # An answer given elsewhere shows at all of them.
    third.back("EVIDENCE")
    fourth = terminals.open(*attach)
    fourth.wait("1 question is waiting")
    same(second, fourth)
    os.kill(second.pid, signal.SIGKILL)
    gone_by_now(second)
    assert alive(here.runner)
    assert here.tell("note", "seen by all").status == 0
    here.wait_for("Noted")
    for each in (third, fourth):
        each.go("h", "NOTES: 1", "seen by all")
        each.back("EVIDENCE")
    os.kill(first.pid, signal.SIGKILL)
    again = terminals.open(*attach)
    again.wait("1 question is waiting", "LIVE")
    same(again, fourth)
    assert here.tell("answer", "work/look@run", "yes").status == 0
    for each in (again, third, fourth):
        each.wait("Every stage has its verdict")
    same(again, fourth)


def gone_by_now(terminal: Terminal) -> None:
    terminal.wait("EXIT 137")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_console_that_is_ended_leaves_the_terminal_clean_and_the_run_alone(
    terminals: Terminals, here: Here, number: signal.Signals
) -> None:
    terminal = terminals.open(*here.words())
    terminal.wait("1 question is waiting", "LIVE")
    assert terminal.alternate
    os.kill(terminal.pid, number)
    assert terminal.status() == 3
    assert alive(here.runner)


def test_a_closed_window_ends_the_console_and_not_the_run(terminals: Terminals, here: Here) -> None:
    terminal = terminals.open(*here.words())
    terminal.wait("1 question is waiting", "LIVE")
    pid = terminal.pid
    terminals.open("list")  # so that the server has another window to live for
    terminal.close()
    gone(pid)
    assert alive(here.runner)


def test_the_list_of_runs_opens_the_run_again_as_it_was(terminals: Terminals, here: Here) -> None:
    terminal = terminals.open(*here.words())
    terminal.wait("1 question is waiting", "LIVE")
    terminal.go("Q", "leave?")
    terminal.press("Enter")
    assert terminal.status() == 3
    home = terminals.open()
    home.wait(here.path.name, "? ASK")
    home.go("Enter", "1 question is waiting", "LIVE")
    home.go("Space", "? ASK", " > _")
    answer(home, "yes")
    home.wait("Every stage has its verdict")
    home.go("H", "1 run here")
    home.press("Q")
    assert home.status() == 0


def test_every_size_takes_an_answer_and_a_resize_loses_nothing(terminals: Terminals, here: Here) -> None:
    terminal = terminals.open(*here.words())
    terminal.wait("1 question is waiting", "LIVE")
    for width, height in ((200, 50), (60, 20), (81, 25), (60, 20)):
        terminal.resize(width, height)
        terminal.wait_for(lambda screen, cells=width: framed(screen, cells), (width, height))
    terminal.resize(59, 19)
    terminal.wait("too small: 59x19, needs 60x20", "Is it so?")
    terminal.resize(80, 24)
    terminal.go("Space", "? ASK", " > _")
    terminal.resize(40, 8)
    terminal.wait("too small: 40x8", "Is it so?")
    terminal.type("yes")
    terminal.wait("> yes")
    terminal.until_gone("Enter", "Is it so?")
    terminal.resize(80, 24)
    terminal.wait("Every stage has its verdict")


def framed(screen: str, width: int) -> bool:
    """Whether the last picture is that wide: its rules reach from edge to edge."""
    return any(len(line) == width and "─" in line for line in screen.splitlines()) and "Space ask" in screen
