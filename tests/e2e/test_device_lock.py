"""Two whole runs that share a device: they take turns in changing it, and a dead one keeps nobody waiting."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.e2e.hostile import Trial, is_frozen, reached
from tests.e2e.runs import Nursery, Rack, events_of, only_run, until
from tests.e2e.test_kill_sweep import commands_given

ONLY = ("--only", "power")


@pytest.fixture
def trial(nursery: Nursery, rack: Rack, tmp_path: Path) -> Trial:
    return Trial(nursery, rack, tmp_path / "runs")


def changed(run: Path) -> list[bool]:
    """Whether the run changed the outlet that both of them were to switch on."""
    done = [event for event in events_of(run) if event["kind"] == "ActionDone"]
    return [event["changed"] for event in done if event["subject"] == "pdu-1/outlet-5"]


def second_run(trial: Trial, folder: Path) -> int:
    """Another run on the same rack, up to where it wants to change the device that the first one holds."""
    words = trial.rack.run_words("--runs", str(folder), *ONLY)
    pid, _ = trial.nursery.start(words)
    until(lambda: folder.is_dir() and list(folder.iterdir()) and reached(only_run(folder), "Answered"))
    return pid


def test_two_runs_take_turns_and_do_not_do_the_same_thing_twice(trial: Trial, tmp_path: Path) -> None:
    other = tmp_path / "other"
    with trial.started(trial.command(*ONLY, freeze=["ActionIntended", "after"])) as first:
        until(lambda: is_frozen(first.pid))
        pid = second_run(trial, other)
        locks = Path(trial.nursery.environment["XDG_STATE_HOME"]) / "bringup" / "locks"
        assert any(trial.run.name.encode() in each.read_bytes() for each in locks.iterdir()), (
            "no holder named"
        )
        assert not reached(only_run(other), "ActionIntended")
        first.send_signal(signal.SIGCONT)
        first.communicate()
        assert first.returncode == 0
    assert trial.nursery.wait(pid) == 0
    assert changed(only_run(other)) == [False]
    assert commands_given(trial.rack) == {"pdu-1/5": 1}


def test_the_lock_of_a_run_that_died_in_a_change_is_taken(trial: Trial, tmp_path: Path) -> None:
    other = tmp_path / "other"
    with trial.started(trial.command(*ONLY, freeze=["ActionIntended", "after"])) as first:
        until(lambda: is_frozen(first.pid))
        pid = second_run(trial, other)
        os.kill(first.pid, signal.SIGKILL)
        assert trial.nursery.wait(pid) == 0
    assert changed(only_run(other)) == [True]
    assert commands_given(trial.rack) == {"pdu-1/5": 1}
