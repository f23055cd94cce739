"""`bringup compare A B`: what is worse, what moved, what can't be compared; never a flattering exit code."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from bringup.journal.folder import RunFolder
from bringup.journal.machine import machine_signer
from bringup.journal.write import Journal
from bringup.model import event as ev
from tests.cli.rack import Desk
from tests.diagnosis.record import C1, Record, light
from tests.tui.scenes import started


async def write(folder: RunFolder, record: Record, config: Path) -> None:
    """A signed record of these events."""
    digest = folder.write_run_json({"run": folder.run_id})
    journal = await Journal.create(folder, signer=machine_signer(config))
    await journal.append(started(run_json=digest, run=folder.run_id))
    await journal.append(ev.PlanFixed(files={}, planned=tuple(record._planned)))
    for event in record.events:
        await journal.append(event)
    await journal.close()


def run(folder: Path, *received: float, broken: bool = False) -> str:
    """A run of one port that received so much."""
    record = Record()
    if broken:
        record.broken("optics", "levels", C1[0], "timeout", "no reply", "leaf-1")
    else:
        record.step("optics", "levels", C1[0], light(C1[0], rx=received))
    made = RunFolder.create(folder / "runs")
    asyncio.run(write(made, record, folder / "config"))
    return str(made.path)


@pytest.fixture
def good(tmp_path: Path) -> str:
    return run(tmp_path, -1.4, -1.5)


def test_a_run_that_got_worse_exits_1_and_says_by_how_much(desk: Desk, tmp_path: Path, good: str) -> None:
    bad = run(tmp_path, -1.4, -6.3)
    said = desk.do("compare", good, bad)
    assert said.code == 1
    assert "-4.8 dB" in said.out
    assert "1 worse, 0 better" in said.out
    told = json.loads(desk.do("compare", good, bad, "--format", "json").out)
    (regression,) = told["regressions"]
    assert (regression["subject"], regression["quantity"]) == (f"{C1[0]}#lane-2", "rx_power_dbm")
    assert (regression["a"]["value"], regression["b"]["value"]) == (-1.5, -6.3)
    assert told["changes"] == []


def test_a_run_that_got_better_or_stayed_exits_0(desk: Desk, tmp_path: Path, good: str) -> None:
    bad = run(tmp_path, -1.4, -6.3)
    said = desk.do("compare", bad, good, "--format", "json")
    told = json.loads(said.out)
    assert (said.code, told["regressions"]) == (0, [])
    assert [each["kind"] for each in told["changes"]] == ["better"]
    assert desk.do("compare", good, run(tmp_path, -1.4, -1.6)).code == 0


def test_what_one_of_them_did_not_measure_is_no_regression_and_no_success(
    desk: Desk, tmp_path: Path, good: str
) -> None:
    silent = run(tmp_path, broken=True)
    for pair in ((good, silent), (silent, good)):
        said = desk.do("compare", *pair, "--format", "json")
        told = json.loads(said.out)
        assert said.code == 3
        assert told["regressions"] == []
        assert [each["kind"] for each in told["changes"]] == ["not comparable"]
    assert desk.do("compare", silent, silent).code == 3


def test_a_record_that_contradicts_itself_exits_4(desk: Desk, tmp_path: Path, good: str) -> None:
    bent = Path(run(tmp_path, -1.4, -1.5))
    segment = next((bent / "journal").iterdir())
    segment.write_bytes(segment.read_bytes().replace(b"-1.5", b"-1.4"))
    said = desk.do("compare", good, str(bent))
    assert said.code == 4
    assert "CONTRADICTS" in said.out


def test_a_run_that_is_not_there_is_bad_input(desk: Desk, good: str) -> None:
    said = desk.do("compare", good, "20990101", "--runs", str(desk.runs))
    assert (said.code, said.out) == (2, "")
    assert "no run" in said.err
