"""`bringup demo`: a rack beside the run, marked as simulated from the first event to the verdict."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

from tests.e2e.here import alive, whole_events
from tests.e2e.runs import Nursery, events_of, only_run, until


def demo(nursery: Nursery, runs: Path, *more: str) -> tuple[int, Path]:
    return nursery.start(["demo", "--speed", "1000", "--runs", str(runs), *more])


def lab_of(run: Path) -> int:
    """The process of the lab that lives in this run's folder."""
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except OSError:
            continue
        if str(run / "lab").encode() in words and b"bringup.lab" in words:
            return int(entry.parent.name)
    return 0


def test_headless_it_is_accepted_as_simulated_and_verifies(nursery: Nursery, tmp_path: Path) -> None:
    pid, output = demo(nursery, tmp_path / "runs", "--headless")
    assert nursery.wait(pid) == 0, output.read_text()
    run = only_run(tmp_path / "runs")
    text = output.read_text()
    assert text.startswith(f"run: {run}\n")
    assert "SIMULATED" in text and f"bringup log verify {run}" in text
    first, *events = events_of(run)
    assert (first["simulated"], first["speed"]) == (True, 1000.0)
    signed = [event for event in events if event["kind"] in ("Signed", "Answered")]
    assert signed and all(event["simulated"] for event in signed)
    assert nursery.run(["log", "verify", str(run)]).status == 0
    assert not lab_of(run)


def test_what_it_can_not_be_is_exit_2_and_leaves_nothing(nursery: Nursery, tmp_path: Path) -> None:
    for words in (["--fault", "gremlins"], ["--profile", "maxi"], ["--only", "opticks"], ["--key", "/none"]):
        pid, output = demo(nursery, tmp_path / "runs", "--headless", *words)
        assert nursery.wait(pid) == 2, output.read_text()
        assert "Traceback" not in output.read_text()
        assert not list((tmp_path / "runs").glob("*"))


def test_apart_the_lab_lives_as_long_as_its_runner(nursery: Nursery, tmp_path: Path) -> None:
    """Whoever started it leaves; the rack must not go with them."""
    runs = tmp_path / "runs"
    follower, output = demo(nursery, runs, "--only", "power")
    assert nursery.wait(follower) == 0, output.read_text()
    run = only_run(runs)
    lab, runner = lab_of(run), json.loads((run / "runner.json").read_bytes())["pid"]
    assert alive(lab) and alive(runner)
    words = ["--runs", str(runs)]
    began = time.monotonic()
    second = nursery.run(["resume", run.name, *words])
    assert second.status == 3 and f"pid {runner}" in second.output
    assert time.monotonic() - began < 2
    assert nursery.run(["tell", run.name, "retest", "power/reach", *words]).status == 0
    until(lambda: [event for event in whole_events(run) if event["kind"] == "StepEnded"][-1]["attempt"] == 2)
    assert nursery.run(["tell", run.name, "close", *words]).status == 0
    until(lambda: not alive(runner) and not alive(lab))
    assert events_of(run)[-1]["verdict"] == "PASS"


def test_killed_and_resumed_it_starts_its_lab_again(nursery: Nursery, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    pid, _ = demo(nursery, runs, "--headless", "--only", "power", "--only", "management")
    until(lambda: list(runs.glob("*/journal/00000001.jsonl")))
    run = only_run(runs)
    until(lambda: any(event["kind"] == "StepEnded" for event in whole_events(run)))
    os.kill(pid, signal.SIGKILL)
    nursery.wait(pid)
    until(lambda: not lab_of(run))
    done = nursery.run(["resume", str(run), "--headless"])
    assert done.status == 0, done.output
    assert nursery.run(["log", "verify", str(run)]).status == 0


def test_a_frozen_demo_is_taken_over_with_its_rack(nursery: Nursery, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    follower, output = demo(nursery, runs, "--only", "power")
    assert nursery.wait(follower) == 0, output.read_text()
    run = only_run(runs)
    frozen = json.loads((run / "runner.json").read_bytes())["pid"]
    os.kill(frozen, signal.SIGSTOP)
    done = nursery.run(["resume", str(run), "--take-over", "--headless", "--retest", "power/reach"])
    os.kill(frozen, signal.SIGCONT)
    assert done.status == 0, done.output
    until(lambda: not alive(frozen) and not lab_of(run))
    assert nursery.run(["log", "verify", str(run)]).status == 0
