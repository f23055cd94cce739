"""`this-host`, for real: the machine one sits at, and a processor that is made to be wrong."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.e2e.here import INVENTORY, LOAD, REACH, Here, verdicts
from tests.e2e.runs import Done, Nursery, events_of, only_run

BURN_IN = ("--only", "burn-in/cpu")


def this_host(nursery: Nursery, runs: Path, *more: str, inject: str = "") -> Done:
    env = {"BRINGUP_INJECT": inject}
    return nursery.run(["run", "this-host", "--runs", str(runs), "--headless", *more], env=env)


def test_this_machine_is_accepted_and_its_record_verifies(nursery: Nursery, tmp_path: Path) -> None:
    done = this_host(nursery, tmp_path)
    assert done.status == 0, done.output
    run = only_run(tmp_path)
    assert done.output.startswith(f"run: {run}\n")
    assert set(verdicts(events_of(run)).values()) == {"PASS"}
    assert nursery.run(["log", "verify", str(run)]).status == 0
    measured = {event["quantity"] for event in events_of(run) if event["kind"] == "Measured"}
    assert {"cpu_count", "memory_gib", "burnin_rounds", "memory_pattern_blocks"} <= measured


def assert_caught(run: Path, inject: str) -> None:
    first, *events = events_of(run)
    assert (first["kind"], first["inject"]) == ("RunStarted", inject)
    assert list(verdicts(events).values()) == ["FAIL"]
    (judged,) = [
        event for event in events if event["kind"] == "Judged" and event["quantity"] == "burnin_errors"
    ]
    assert judged["value"] > 0 and judged["limit"] == "<= 0" and judged["source"]


def test_wrong_arithmetic_is_caught_and_the_hook_stands_in_the_first_event(
    nursery: Nursery, tmp_path: Path
) -> None:
    done = this_host(nursery, tmp_path, *BURN_IN, inject="bitflip")
    assert done.status == 1, done.output
    assert_caught(only_run(tmp_path), "bitflip")


@pytest.mark.parametrize("inject", ["bitflip", "nan"])
def test_the_shortest_load_catches_it_too(nursery: Nursery, tmp_path: Path, inject: str) -> None:
    here = Here(nursery, tmp_path, LOAD % 0.2)
    assert here.run("--headless", env={"BRINGUP_INJECT": inject}).status == 1
    assert_caught(here.path, inject)


def alone(tmp_path: Path, *more: str, shell: str = "") -> subprocess.CompletedProcess[str]:
    """As a program calls it: both streams apart."""
    words = [
        "run",
        "this-host",
        "--headless",
        "--only",
        "management",
        "--runs",
        str(tmp_path / "runs"),
        *more,
    ]
    command = shlex.join([sys.executable, "-m", "bringup", *words]) + shell
    env = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    return subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=env, cwd=ROOT)


def test_under_json_and_jsonl_standard_output_is_data_only(tmp_path: Path) -> None:
    done = alone(tmp_path, "--format", "jsonl")
    run = only_run(tmp_path / "runs")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert lines == events_of(run)
    assert lines[0]["path"] == str(run)
    one = json.loads(alone(tmp_path, "--format", "json").stdout)
    assert (one["verdict"], one["exit_code"], one["partial"]) == ("PASS", 0, True)


def test_a_reader_of_standard_output_that_leaves_does_not_end_the_run(tmp_path: Path) -> None:
    done = alone(tmp_path, shell=" | head -n 1")
    run = only_run(tmp_path / "runs")
    assert done.stdout == f"run: {run}\n"
    assert "Traceback" not in done.stderr
    assert events_of(run)[-1]["kind"] == "RunClosed"


def test_an_unknown_hook_is_refused(nursery: Nursery, tmp_path: Path) -> None:
    done = this_host(nursery, tmp_path / "runs", *BURN_IN, inject="gremlins")
    assert done.status == 2 and "bitflip" in done.output
    assert not (tmp_path / "runs").exists()


def test_the_hook_is_refused_on_real_devices(nursery: Nursery, tmp_path: Path) -> None:
    here = Here(nursery, tmp_path, REACH)
    ssh = '[device.ssh]\nuser = "kim"\nkey = "~/.ssh/none"\n'
    here.inventory.write_text(INVENTORY.replace("this_host = true\n", "") + ssh)
    done = here.run("--headless", env={"BRINGUP_INJECT": "bitflip"})
    assert done.status == 2 and "real devices" in done.output
    assert not here.runs.exists()


def test_the_hook_can_not_be_begun_in_the_middle_of_a_run(nursery: Nursery, tmp_path: Path) -> None:
    here = Here(nursery, tmp_path, LOAD % 0.1)
    assert here.run("--headless").status == 0
    words = ["resume", str(here.path), "--headless", "--retest", "work/load"]
    assert nursery.run(words, env={"BRINGUP_INJECT": "bitflip"}).status == 2
    assert nursery.run(words).status == 0
