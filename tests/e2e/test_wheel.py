"""The built wheel, alone in a bare environment, run from another folder: nothing of the source tree is near.

What it depends on is lent by the environment of these tests, so that no package index is needed: that folder
is put on the path by a plain line, which activates none of its own `.pth` files, the editable install among
them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def done_well(*command: str, **more: str) -> str:
    """What a tool printed; it must have been content."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False, **more)  # type: ignore[call-overload]
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    said: str = done.stdout
    return said


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel in it, and a way to its dependencies."""
    folder = tmp_path_factory.mktemp("bare")
    build = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT))
    done_well(*build)
    (wheel,) = folder.glob("*.whl")
    made = folder / "env"
    done_well(sys.executable, "-m", "venv", "--without-pip", str(made))
    python = str(made / "bin" / "python")
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index")
    done_well(*pip, "--no-compile", str(wheel))
    (site,) = made.glob("lib/python3*/site-packages")
    lent = dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    (site / "lent.pth").write_text("".join(f"{path}\n" for path in lent))
    return made


@pytest.fixture
def bringup(bare: Path, tmp_path: Path) -> Run:
    """The installed command, from an empty folder, with an empty home."""
    elsewhere, runtime = tmp_path / "elsewhere", tmp_path / "runtime"
    elsewhere.mkdir()
    runtime.mkdir(mode=0o700)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(runtime)}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(bare / "bin" / "bringup"), *words],
            cwd=elsewhere, env=environment, capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip

    return run


def test_the_installed_wheel_brings_a_demo_up_and_verifies_its_record(bringup: Run, tmp_path: Path) -> None:
    done = bringup("demo", "--headless", "--speed", "500")
    assert done.returncode == 0, done.stdout + done.stderr
    first = done.stdout.splitlines()[0]
    run = tmp_path / "elsewhere" / first.removeprefix("run: ")
    assert run.is_dir() and run.is_relative_to(tmp_path)
    verified = bringup("log", "verify", str(run))
    assert verified.returncode == 0, verified.stdout + verified.stderr
    events = bringup("log", "show", str(run), "--format", "jsonl").stdout.splitlines()
    assert json.loads(events[-1])["verdict"] == "PASS"


@pytest.mark.parametrize(
    ("kind", "name"),
    [("playbook", "mini"), ("inventory", "this-host"), ("envelope", "base")],
)
def test_what_is_shipped_is_found_inside_the_installed_package(
    bringup: Run, bare: Path, kind: str, name: str
) -> None:
    listed = bringup(kind, "list")
    assert listed.returncode == 0, listed.stderr
    (row,) = [line for line in listed.stdout.splitlines() if line.split()[:1] == [name]]
    (path,) = [word for word in row.split() if word.endswith(".toml")]
    assert Path(path).is_relative_to(bare) and Path(path).is_file()


def test_the_manual_page_is_installed_where_man_looks(bare: Path) -> None:
    assert (bare / "share" / "man" / "man1" / "bringup.1").read_bytes() == (
        ROOT / "docs/bringup.1"
    ).read_bytes()


def test_nothing_of_the_source_tree_is_imported(bare: Path, tmp_path: Path) -> None:
    script = "import sys, bringup.cli.main, bringup.lab.rack; print('\\n'.join(sys.path), bringup.__file__)"
    said = done_well(str(bare / "bin" / "python"), "-c", script, cwd=str(tmp_path))
    assert said.splitlines()[-1].split()[-1].startswith(str(bare))
    assert str(ROOT) not in [line.split()[0] for line in said.splitlines() if line.strip()]
