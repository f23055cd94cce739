"""The package as a whole: pins, what travels in the wheel, licence."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PINS = ("core.txt", "dev.txt")


def _project() -> dict[str, object]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert isinstance(project, dict)
    return project


def _names(lines: list[str]) -> set[str]:
    """Names of requirements, without versions, comments and `-r` lines."""
    stripped = (line.split("#")[0].strip() for line in lines)
    return {
        re.split(r"[<>=!~;\[ ]", line)[0].lower() for line in stripped if line and not line.startswith("-")
    }


def _pinned(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / name).read_text()
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", text, re.MULTILINE))


def test_requirements_name_the_same_packages_as_pyproject() -> None:
    project = _project()
    core = _names((ROOT / "requirements/core.in").read_text().splitlines())
    assert core == _names(project["dependencies"])  # type: ignore[arg-type]
    dev = _names((ROOT / "requirements/dev.in").read_text().splitlines())
    assert dev == _names(project["optional-dependencies"]["dev"])  # type: ignore[index]


@pytest.mark.parametrize("name", PINS)
def test_every_pin_has_hashes_and_no_address(name: str) -> None:
    lines = (ROOT / "requirements" / name).read_text().splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#"))
    blocks = re.split(r"\n(?=\S)", text.strip())
    for block in blocks:
        assert re.match(r"[a-z0-9._-]+==\S+ \\\n", block), block[:80]
        assert "--hash=sha256:" in block, block[:80]
    assert not re.search(r"://|index-url|find-links|trusted-host|\s/", text)


def test_every_named_package_is_pinned_and_the_two_files_agree() -> None:
    core, dev = _pinned("core.txt"), _pinned("dev.txt")
    assert _names((ROOT / "requirements/core.in").read_text().splitlines()) <= set(core)
    assert _names((ROOT / "requirements/dev.in").read_text().splitlines()) <= set(dev)
    assert core.items() <= dev.items()


def test_the_licence_is_apache_2() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=100)
    (built,) = out.glob("*.whl")
    return built


def test_the_wheel_holds_playbooks_inventories_and_envelopes(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    for kind in ("playbooks", "inventory"):
        for path in (ROOT / kind).rglob("*"):
            if path.is_file():
                assert f"bringup/_shipped/{kind}/{path.relative_to(ROOT / kind).as_posix()}" in held
    assert "bringup/envelopes/base.toml" in held
    assert not [name for name in held if name.startswith(("tests/", "benchmarks/", "docs/"))]


def test_the_wheel_finds_what_it_ships_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    command = [sys.executable, "-P", "-m", "bringup", "playbook", "list"]
    environment = {**os.environ, "PYTHONPATH": str(site)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert str(site) in done.stdout
    assert "mini" in done.stdout
