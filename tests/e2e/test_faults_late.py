"""Faults that come while a window is open: counted in it, or said to have spoilt it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.e2e.runs import Done, Nursery, Rack, events_of, only_run, until
from tests.e2e.test_world import long_window, summary_of

SPEED = 100
COUNTED = {"leaf-1", "leaf-2", "node-01"}
NEAR, LINK = "leaf-1/Ethernet8", "leaf-1/Ethernet8<->leaf-2/Ethernet2/1"


class Late(NamedTuple):
    """A fault that is added while errors are counted, and what the run must end with."""

    fault: str
    remedy: str
    status: int
    verdict: str
    links: int = 1


LATE = (
    Late(f"flapping@{NEAR}=50", "reseat-and-measure-again", 1, "FAIL"),
    Late(f"ber-rise@{NEAR}=4e-5", "reseat-and-measure-again", 1, "FAIL"),
    Late(f"counters-reset@{NEAR}=40", "stop-clearing-counters", 3, "UNKNOWN"),
    Late("stale-samples@leaf-2", "restart-sampling", 3, "UNKNOWN", 3),
)


def counted_from(run: Path) -> set[str]:
    """The devices whose totals were read at the beginning of the window: what comes now is inside it."""
    written = b"".join(path.read_bytes() for path in sorted(run.glob("journal/*.jsonl")))
    whole = written[: written.rfind(b"\n") + 1]  # the last line may be on its way
    return {
        event["subject"]
        for event in map(json.loads, whole.splitlines())
        if event["kind"] == "EvidenceKept" and event["name"].startswith("fec_counters (before)")
    }


def during_the_window(
    nursery: Nursery, make_rack: Callable[..., Rack], folder: Path, fault: str
) -> tuple[int, dict[str, Any], Path]:
    rack, runs = make_rack(speed=SPEED), folder / "runs"
    words = ["run", long_window(folder), *rack.run_words()[2:], "--format", "json", "--runs", str(runs)]
    pid, output = nursery.start(words)
    until(lambda: runs.exists() and any((each / "journal").exists() for each in runs.iterdir()))
    run = only_run(runs)
    until(lambda: counted_from(run) == COUNTED)
    added = nursery.run(["lab", "fault", "add", fault, "--dir", str(rack.folder)])
    assert added.status == 0, added.output
    status = nursery.wait(pid)
    return status, summary_of(Done(status, output.read_text())), run


@pytest.mark.parametrize("late", LATE, ids=lambda late: late.fault)
def test_what_begins_inside_the_window_is_told_of_its_links_alone(
    late: Late, nursery: Nursery, make_rack: Callable[..., Rack], tmp_path: Path
) -> None:
    status, said, _ = during_the_window(nursery, make_rack, tmp_path, late.fault)
    assert status == late.status
    (cause,) = said["causes"]
    assert (cause["remedy"], cause["verdict"]) == (late.remedy, late.verdict)
    assert {(stage, step) for stage, step, _ in cause["explains"]} == {("links", "errors")}
    assert len(cause["explains"]) == late.links


def test_field_07_a_window_that_somebody_spoilt_once_is_measured_again_and_the_record_says_so(
    nursery: Nursery, make_rack: Callable[..., Rack], tmp_path: Path
) -> None:
    status, said, run = during_the_window(nursery, make_rack, tmp_path, f"counters-reset@{NEAR}=86400")
    assert (status, said["causes"]) == (0, [])
    measured = [
        event for event in events_of(run) if event["kind"] == "Measured" and event["step"] == "errors"
    ]
    told = [event for event in measured if event["quantity"] == "counters_cleared"]
    assert [(event["subject"], event["value"]) for event in told] == [(NEAR, True)]
    bounds = [event for event in measured if event["quantity"] == "pre_fec_ber_upper"]
    assert NEAR in {event["subject"] for event in bounds}
