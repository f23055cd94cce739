"""In CI nothing is skipped: the rule of tests/conftest.py, tried on a small suite of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parent / "conftest.py"
SUITE = """
import pytest

def test_passes(): pass
def test_skips(): pytest.skip("no such tool")
@pytest.mark.skip(reason="marked")
def test_marked(): pass
@pytest.mark.xfail(reason="known", strict=True)
def test_known(): assert False
"""
MODULE = """
import pytest
pytest.importorskip("no_such_module_at_all")
def test_never(): pass
"""


def _run(folder: Path, ci: bool) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text(CONFTEST.read_text())
    (folder / "test_suite.py").write_text(SUITE)
    (folder / "test_module.py").write_text(MODULE)
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("BRINGUP_", "PYTEST_"))
    }
    if ci:
        environment["BRINGUP_CI"] = "1"
    options = ["-p", "no:cacheprovider", "-n", "0", "-c", os.devnull, "--continue-on-collection-errors"]
    command = [sys.executable, "-m", "pytest", *options, str(folder)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)


def test_a_skip_is_a_failure_in_ci_and_says_why(tmp_path: Path) -> None:
    done = _run(tmp_path, ci=True)
    assert done.returncode != 0
    for why in ("no such tool", "marked", "no_such_module_at_all"):
        assert any("nothing may be" in line and why in line for line in done.stdout.splitlines()), done.stdout
    assert "skipped" not in done.stdout.splitlines()[-1]
    assert "1 passed" in done.stdout.splitlines()[-1]
    assert "1 xfailed" in done.stdout.splitlines()[-1]


def test_elsewhere_a_skip_is_a_skip(tmp_path: Path) -> None:
    done = _run(tmp_path, ci=False)
    assert done.returncode == 0
    assert "1 passed, 3 skipped, 1 xfailed" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize("name", ["Makefile", ".ci/run", "pyproject.toml"])
def test_what_builds_the_project_names_no_index_and_no_place_of_one_machine(name: str) -> None:
    text = (CONFTEST.parent.parent / name).read_text()
    assert "index-url" not in text.replace("--no-emit-index-url", "")
    assert "://" not in text
    assert "/root" not in text
