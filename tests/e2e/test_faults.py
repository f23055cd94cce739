"""Each fault alone: the named stage and step, the named verdict and remedy, nothing else blamed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bringup.lab.faults import fault_kinds
from tests.e2e.runs import Nursery, Rack
from tests.e2e.troubles import bring_up, singles


@pytest.mark.parametrize(("profile", "name"), singles())
def test_a_fault_alone_is_named_right_and_nothing_else_is_blamed(
    profile: str, name: str, nursery: Nursery, make_rack: Callable[..., Rack], tmp_path: Path
) -> None:
    declared = fault_kinds()[name]
    status, said = bring_up(nursery, make_rack, tmp_path, profile, name)
    assert status == (1 if declared.verdict == "FAIL" else 3)
    assert [cause["remedy"] for cause in said["causes"]] == [declared.remedy]
    stage, step, _ = said["causes"][0]["explains"][0]
    assert (stage, step) == (declared.stage, declared.step)
    assert said["causes"][0]["verdict"] == declared.verdict
    assert declared.reason is None or declared.reason in said["causes"][0]["reasons"]
