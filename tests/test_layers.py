"""The layers of DESIGN section 3 hold, and the contracts that hold them do bite."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", LINT, "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=100)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package's sources and its contracts, to be spoiled."""
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    shutil.copytree(ROOT / "bringup", tmp_path / "bringup", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_layers_hold() -> None:
    done = _lint(ROOT)
    assert done.returncode == 0, done.stdout[-3000:]


SPOILS = {
    "bringup/plan.py": ("bringup.driver.registry", "dependencies point one way"),
    "bringup/model/subject.py": ("bringup.input", "dependencies point one way"),
    "bringup/journal/spoilt.py": ("bringup.model.event", "the journal knows nothing of racks"),
    "bringup/lab/spoilt.py": ("bringup.transport.base", "the lab imports only the model"),
    "bringup/driver/spoilt.py": ("bringup.lab", "only the command line knows"),
    "bringup/export/spoilt.py": ("bringup.driver.registry", "console and exports read"),
}


def test_an_import_against_the_layers_is_named(copy: Path) -> None:
    for path, (imported, _) in SPOILS.items():
        target = copy / path
        target.parent.mkdir(exist_ok=True)
        (target.parent / "__init__.py").touch()
        before = target.read_text() if target.exists() else ""
        target.write_text(f"{before}\nimport {imported}\n")
    (copy / "bringup/lab").mkdir(exist_ok=True)
    (copy / "bringup/lab/__init__.py").touch()
    done = _lint(copy)
    assert done.returncode != 0
    for path, (_, contract) in SPOILS.items():
        module = path.removesuffix(".py").replace("/", ".")
        assert module in done.stdout, done.stdout[-3000:]
        assert any(contract in line and "BROKEN" in line for line in done.stdout.splitlines())
