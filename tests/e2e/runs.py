"""Whole runs: real processes, a simulated rack on loopback, the command line as a user types it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

DEADLINE_S = 240.0
SPEED = 500


class Done(NamedTuple):
    """How a command ended, and all that it printed."""

    status: int
    output: str


class Nursery:
    """The client of nursery.py. `environment` keeps keys, locks and sockets of these runs to themselves."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_RUNTIME_DIR": str(folder / "runtime"),
        }
        (folder / "runtime").mkdir(mode=0o700)
        script = Path(__file__).with_name("nursery.py")
        self._process = subprocess.Popen(
            [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._ask(None)["ready"]
        self._started = 0

    def _ask(self, request: dict[str, Any] | None) -> dict[str, Any]:
        assert self._process.stdin is not None and self._process.stdout is not None
        if request is not None:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def start(self, words: list[str], **more: Any) -> tuple[int, Path]:
        """A process; returns its pid and the file that its output goes to."""
        self._started += 1
        output = self.folder / f"output-{self._started}"
        output.touch()
        env = {**self.environment, **more.pop("env", {})}
        request = {"start": words, "output": str(output), "cwd": str(self.folder), "env": env, **more}
        pid: int = self._ask(request)["pid"]
        return pid, output

    def wait(self, pid: int) -> int:
        """Its exit status, negative for a signal."""
        status: int = self._ask({"wait": pid})["status"]
        return status

    def run(self, words: list[str], **more: Any) -> Done:
        """Start it and wait for its end."""
        pid, output = self.start(words, **more)
        return Done(self.wait(pid), output.read_text(errors="replace"))

    def end(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(DEADLINE_S)
        self._process.stdout.close()


class Rack:
    """A simulated rack that stands until the test ends."""

    def __init__(
        self,
        nursery: Nursery,
        folder: Path,
        faults: tuple[str, ...] = (),
        profile: str = "mini",
        speed: int = SPEED,
    ) -> None:
        self.folder = folder
        self.profile = profile
        self._nursery = nursery
        words = ["--dir", str(folder), "--speed", str(speed), "--profile", profile]
        for fault in faults:
            words += ["--fault", fault]
        self.pid, output = nursery.start(words, lab=True)
        line = until(lambda: output.read_text() if output.exists() and "\n" in output.read_text() else "")
        said = json.loads(line.splitlines()[0])
        assert said["ready"], said

    def run_words(self, *more: str) -> list[str]:
        """The words of an unattended run against this rack."""
        return [
            "run",
            self.profile,
            "-i",
            str(self.folder / "inventory.toml"),
            "--headless",
            "--answers",
            str(self.folder / "answers.toml"),
            "--approve-with",
            str(self.folder / "approve-key"),
            *more,
        ]

    def end(self) -> None:
        os.kill(self.pid, signal.SIGTERM)
        self._nursery.wait(self.pid)


def until(found: Callable[[], Any], deadline_s: float = DEADLINE_S) -> Any:
    """Wait for a condition: looks again until it holds, and fails at the deadline."""
    ends_at = time.monotonic() + deadline_s
    while not (value := found()):
        assert time.monotonic() < ends_at, "it did not come about in time"
        time.sleep(0.01)
    return value


def events_of(run: Path) -> list[dict[str, Any]]:
    """The events of a run, read with nothing but the standard library."""
    segments = sorted((run / "journal").glob("*.jsonl"))
    return [json.loads(line) for path in segments for line in path.read_bytes().splitlines()]


def only_run(runs: Path) -> Path:
    """The one run in a folder of runs."""
    (run,) = (each for each in runs.iterdir() if each.is_dir())  # a console's log and copies lie beside it
    return run
