"""Two runners of one run: the second is refused; over a frozen one it goes on, and the one that wakes starts
nothing, reaches no reader, and ends with a plain message.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tests.e2e.hostile import Trial, all_passed, events, is_frozen, reached, stopped_plainly
from tests.e2e.runs import DEADLINE_S, Done, Nursery, Rack, until
from tests.e2e.test_kill_sweep import commands_given

OUTLET = {"pdu-1/5": 1}


@pytest.fixture
def trial(nursery: Nursery, rack: Rack, tmp_path: Path) -> Trial:
    return Trial(nursery, rack, tmp_path / "runs")


def freeze(pid: int) -> None:
    os.kill(pid, signal.SIGSTOP)
    until(lambda: is_frozen(pid))


def woken(runner: subprocess.Popen[bytes]) -> Done:
    """Let a frozen runner go on, to its own end."""
    runner.send_signal(signal.SIGCONT)
    output, _ = runner.communicate(timeout=DEADLINE_S)
    return Done(runner.returncode, output.decode(errors="replace"))


def seen(trial: Trial) -> bytes:
    """All that a reader of the run gets to see."""
    shown = trial.nursery.run(["attach", str(trial.run), "--format", "jsonl"])
    assert shown.status == 0, shown.output
    return shown.output.encode()


def test_a_second_runner_is_refused_at_once_and_the_first_goes_on(trial: Trial) -> None:
    with trial.started(trial.command()) as first:
        until(lambda: reached(trial.run, "StageEnded", "power"))
        began = time.monotonic()
        refused = trial.resume()
        took_s = time.monotonic() - began
        stopped_plainly(refused, "held by another runner", f"host {socket.gethostname()}", f"pid {first.pid}")
        assert took_s < 2
        output, _ = first.communicate(timeout=DEADLINE_S)
    assert first.returncode == 0, output.decode()
    assert all_passed(trial.run)
    assert {event["epoch"] for event in events(trial.run)} == {1}
    assert commands_given(trial.rack) == {**OUTLET, "node-01": 1}
    assert trial.verify().status == 0


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    "kind",
    [
        "StepStarted",
        "Answered",
        "ActionIntended",
        "ActionDone",
        "Checkpointed",
    ],
)
def test_a_runner_woken_after_a_takeover_starts_nothing_and_reaches_no_reader(
    kind: str, when: str, trial: Trial
) -> None:
    with trial.started(trial.command("--only", "power", freeze=[kind, when])) as old:
        until(lambda: is_frozen(old.pid))
        stopped_plainly(trial.resume(), f"pid {old.pid}")
        resumed = trial.resume("--take-over")
        assert resumed.status == 0, resumed.output
        before, commands = seen(trial), commands_given(trial.rack)
        stopped_plainly(woken(old), "taken over")
    assert commands == OUTLET
    assert commands_given(trial.rack) == commands, "the old runner did something"
    assert seen(trial) == before, "a reader saw something of the old runner"
    told = events(trial.run)
    assert {event["epoch"] for event in told} == {1, 2}
    assert [event["epoch"] for event in told] == sorted(event["epoch"] for event in told)
    assert sum(event["kind"] == "TakenOver" for event in told) == 1
    assert all_passed(trial.run)
    verified = trial.verify()
    assert verified.status == 0, verified.output


def test_a_runner_frozen_in_the_middle_of_its_work_is_replaced(trial: Trial) -> None:
    """At no moment of our choosing, with many reads under way; woken while its successor works."""
    with trial.started(trial.command()) as old:
        until(lambda: reached(trial.run, "StageStarted", "optics"))
        freeze(old.pid)
        with trial.started([trial.command()[0], "-m", "bringup", *trial.resume_words, "--take-over"]) as new:
            until(lambda: reached(trial.run, "TakenOver"))
            stopped_plainly(woken(old), "taken over")
            output, _ = new.communicate(timeout=DEADLINE_S)
    assert new.returncode == 0, output.decode()
    told = events(trial.run)
    taken = next(event for event in told if event["kind"] == "TakenOver")
    assert str(old.pid) in taken["holder"]
    assert all(event["epoch"] == (1 if event["seq"] < taken["seq"] else 2) for event in told)
    assert all_passed(trial.run)
    assert commands_given(trial.rack) == {**OUTLET, "node-01": 1}
    assert trial.verify().status == 0


def test_what_a_woken_runner_wrote_lies_aside_and_is_named(trial: Trial) -> None:
    with trial.started(trial.command("--only", "power", freeze=["ActionDone", "before"])) as old:
        until(lambda: is_frozen(old.pid))
        assert trial.resume("--take-over").status == 0
        stopped_plainly(woken(old), "taken over")
    taken = next(event for event in events(trial.run) if event["kind"] == "TakenOver")
    late = (trial.run / taken["set_aside"]).read_bytes()
    assert b'"kind":"ActionDone"' in late, "its last line was written, to nobody"
    assert trial.verify().status == 0
