"""What all tests share: the corpus's folder, and the rule that nothing is skipped in CI."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

IN_CI = os.environ.get("BRINGUP_CI") == "1"
ROOT = Path(__file__).resolve().parent.parent

# No time limits: a busy machine is no failure. In CI the same examples each time, so that a change is judged
# by itself; elsewhere new ones.
settings.register_profile(
    "bringup", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=IN_CI
)
settings.load_profile("bringup")


def _must_not_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """In CI `.ci/run` installs what tests need, so that a skip would hide a test that never ran."""
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, where nothing may be: {why}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _must_not_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _must_not_skip(report)
    return report


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Recorded outputs of real devices; read in place."""
    folder = Path(os.environ.get("BRINGUP_CORPUS", ROOT.parent / "shared" / "corpus"))
    if not folder.is_dir():
        pytest.skip(f"no corpus in {folder}: set BRINGUP_CORPUS")
    return folder
