"""Runs programs in processes of their own and measures what they take."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.figure import PeerMissing, find

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
DEADLINE_S = 300.0


class Took(msgspec.Struct, frozen=True, kw_only=True):
    """What one process took; `cpu_s` is user and system, with the children that it waited for."""

    exit_code: int
    wall_s: float
    cpu_s: float
    rss_mb: float
    output: bytes
    errors: bytes


def bringup() -> list[str]:
    """The installed command; from a tree that is not installed, the module."""
    beside = Path(sys.executable).parent / "bringup"
    return [str(beside)] if beside.exists() else [sys.executable, "-m", "bringup"]


def environment(folder: Path) -> dict[str, str]:
    """An environment whose home lies below `folder`: no configuration or key of the person's is used."""
    for name in ("home", "run"):
        (folder / name).mkdir(exist_ok=True, mode=0o700)
    kept = {
        name: text for name, text in os.environ.items() if not name.startswith(("XDG_", "BRINGUP_", "SSH_"))
    }
    return {
        **kept,
        "HOME": str(folder / "home"),
        "XDG_RUNTIME_DIR": str(folder / "run"),
        "PYTHONPATH": str(ROOT),
        "LC_ALL": "C.UTF-8",
    }


def launch(command: Sequence[str], folder: Path, *, env: Mapping[str, str] | None = None) -> Took:
    """Run `command` to its end, in `folder`.

    Raises:
        PeerMissing: there is no such program.
        subprocess.TimeoutExpired: it did not end.
    """
    program = find(command[0])
    if program is None:
        raise PeerMissing(f"not installed: {command[0]}")
    output = folder / "output"
    starter = [sys.executable, "-I", "-S", str(HERE / "launch.py"), str(output), program, *command[1:]]
    done = subprocess.run(
        starter,
        check=True,
        capture_output=True,
        cwd=folder,
        env=environment(folder) if env is None else env,
        stdin=subprocess.DEVNULL,
        timeout=DEADLINE_S,
    )
    code, wall_s, cpu_s, rss_kib = done.stdout.split()
    return Took(
        exit_code=int(code),
        wall_s=float(wall_s),
        cpu_s=float(cpu_s),
        rss_mb=int(rss_kib) * 1024 / 1e6,
        output=output.read_bytes(),
        errors=done.stderr,
    )


def worker(module: str, arguments: Sequence[str], folder: Path) -> dict[str, Any]:
    """Run one of the scripts here in a fresh interpreter; it prints one JSON object.

    Raises:
        RuntimeError: it failed.
    """
    command = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
    took = launch(command, folder)
    if took.exit_code != 0:
        said_last = took.errors[-2000:].decode(errors="replace")
        raise RuntimeError(f"{module} ended with {took.exit_code}: {said_last}")
    said: dict[str, Any] = json.loads(took.output)
    return said
