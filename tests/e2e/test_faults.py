"""Each fault alone: the named stage and step, the named verdict and remedy, nothing else blamed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bringup.lab.faults import fault_kinds
from tests.e2e.runs import Nursery, Rack


@pytest.mark.parametrize("name", sorted(fault_kinds()))
def test_a_fault_alone_is_named_right_and_nothing_else_is_blamed(
    name: str, nursery: Nursery, make_rack: Callable[..., Rack], tmp_path: Path
) -> None:
    declared = fault_kinds()[name]
    rack = make_rack(name)
    done = nursery.run(rack.run_words("--format", "json", "--runs", str(tmp_path / "runs")))
    said = json.loads(done.output[done.output.index("{") :])
    assert done.status == (1 if declared.verdict == "FAIL" else 3)
    assert [cause["remedy"] for cause in said["causes"]] == [declared.remedy]
    stage, step, _ = said["causes"][0]["explains"][0]
    assert (stage, step) == (declared.stage, declared.step)
    assert said["causes"][0]["verdict"] == declared.verdict
