"""Ctrl-C: once is a clean stop, twice is at once; either way the record is whole and goes on."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.e2e.here import CONFIRM, INVENTORY, LOAD, REACH, Here, alive, verdicts
from tests.e2e.runs import Nursery, until

AFTER = 'check = "management.reach"\nid = "after"'
POLLS = 'check = "management.reach"\nid = "polls"\nuntil = "10m"\nevery = "1s"'


def children_of(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(child) for child in (task / "children").read_text().split()]
    return found


def test_once_stops_after_what_is_under_way_and_resume_completes(nursery: Nursery, tmp_path: Path) -> None:
    here = Here(nursery, tmp_path, LOAD % 1, AFTER)
    pid, output = here.start("--headless")
    here.wait_for("StepStarted")
    os.kill(pid, signal.SIGINT)
    assert nursery.wait(pid) == 130
    text = output.read_text()
    assert "once more to stop at once" in text
    assert f"bringup resume {here.path.name}" in text
    assert verdicts(here.events()) == {"load": "PASS"}
    verified = nursery.run(["log", "verify", str(here.path)])
    assert verified.status == 3 and "never closed" in verified.output
    assert nursery.run(["resume", str(here.path), "--headless"]).status == 0
    started = [event["step"] for event in here.events() if event["kind"] == "StepStarted"]
    assert started == ["load", "after"]
    assert nursery.run(["log", "verify", str(here.path)]).status == 0


def test_twice_stops_at_once_and_leaves_no_load_behind(nursery: Nursery, tmp_path: Path) -> None:
    here = Here(nursery, tmp_path, LOAD % 600, AFTER)
    pid, output = here.start("--headless")
    here.wait_for("StepStarted")
    load = until(lambda: children_of(pid))
    os.kill(pid, signal.SIGINT)
    until(lambda: "once more" in output.read_text())
    os.kill(pid, signal.SIGINT)
    assert nursery.wait(pid) == 130
    until(lambda: not any(alive(each) for each in load))
    assert verdicts(here.events()) == {}
    assert nursery.run(["log", "verify", str(here.path)]).status == 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_poll_that_waits_stops_without_a_verdict(
    nursery: Nursery, tmp_path: Path, number: signal.Signals
) -> None:
    here = Here(nursery, tmp_path, POLLS)
    ssh = 'ssh = { user = "kim", password = "env:NONE_NEEDED", port = 1 }\n'
    here.inventory.write_text(
        INVENTORY.replace("this_host = true\n", "").replace("localhost", "127.0.0.1") + ssh
    )
    pid, output = here.start("--headless", env={"NONE_NEEDED": "x"})
    here.wait_for("StepStarted")
    os.kill(pid, number)
    assert nursery.wait(pid) == 130, output.read_text()
    assert verdicts(here.events()) == {}


def test_a_runner_apart_that_is_asked_to_end_does_so_cleanly(nursery: Nursery, tmp_path: Path) -> None:
    here = Here(nursery, tmp_path, REACH, CONFIRM)
    follower, output = here.start()
    here.wait_for("Asked")
    os.kill(here.runner, signal.SIGTERM)
    assert nursery.wait(follower) == 130
    assert "was stopped before the run was complete" in output.read_text()
    assert here.events()[-1]["kind"] == "Checkpointed"
    assert nursery.run(["log", "verify", str(here.path)]).status == 3


def test_what_was_told_to_ignore_a_hang_up_ignores_it(nursery: Nursery, tmp_path: Path) -> None:
    """`nohup bringup run … --headless &`"""
    here = Here(nursery, tmp_path, LOAD % 1)
    pid, _ = nursery.start(here.words("--headless"), ignore=[signal.SIGHUP])
    here.wait_for("StepStarted")
    os.kill(pid, signal.SIGHUP)
    assert nursery.wait(pid) == 0
