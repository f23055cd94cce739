"""Runs of the simulated rack in a hostile world: under strace, on full disks, with clocks that lie."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.runs import DEADLINE_S, Done, Nursery, Rack

CHILD = Path(__file__).with_name("runner_child.py")
RUN_ID = "20260101-000000-test"


class Trial:
    """One rack and one run on it, whose folder is known before it begins."""

    def __init__(self, nursery: Nursery, rack: Rack, runs: Path) -> None:
        self.nursery = nursery
        self.rack = rack
        self.runs = runs
        self.run = runs / RUN_ID

    def command(self, *more: str, **how: Any) -> list[str]:
        """The command line of a new run, to be started bare or under another program."""
        words = self.rack.run_words("--runs", str(self.runs), *more)
        return [sys.executable, str(CHILD), json.dumps({"run": RUN_ID, **how}), *words]

    @property
    def resume_words(self) -> list[str]:
        answers, key = self.rack.folder / "answers.toml", self.rack.folder / "approve-key"
        return [
            *("resume", str(self.run), "--headless"),
            *("--answers", str(answers), "--approve-with", str(key)),
        ]

    def resume(self, *more: str) -> Done:
        return self.nursery.run([*self.resume_words, *more])

    def verify(self, *more: str) -> Done:
        return self.nursery.run(["log", "verify", str(self.run), *more])

    def execute(self, command: Sequence[str], env: Mapping[str, str] | None = None) -> Done:
        """Run a command line to its end."""
        done = subprocess.run(
            command,
            env={**os.environ, **self.nursery.environment, **(env or {})},
            cwd=self.nursery.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=DEADLINE_S,
            check=False,
        )
        return Done(done.returncode, done.stdout.decode(errors="replace"))

    @contextmanager
    def started(
        self, command: Sequence[str], env: Mapping[str, str] | None = None
    ) -> Generator[subprocess.Popen[bytes], None, None]:
        """A command for the length of a block; killed at its end if it is still there."""
        with subprocess.Popen(
            command,
            env={**os.environ, **self.nursery.environment, **(env or {})},
            cwd=self.nursery.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()


def is_frozen(pid: int) -> bool:
    """Whether the process was stopped by SIGSTOP: `T` in proc(5)."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def stopped_plainly(done: Done, *words: str) -> None:
    """It ended as incomplete, and its last line is a sentence for people that holds `words`."""
    assert done.status == 3, done.output
    assert "Traceback" not in done.output, done.output
    last = done.output.splitlines()[-1]
    assert last.startswith("bringup: "), done.output
    for word in words:
        assert word in last, last


def whole_lines(run: Path) -> list[bytes]:
    """The record's lines as they lie on the disk, without one that has no end."""
    data = b"".join(path.read_bytes() for path in sorted((run / "journal").glob("*.jsonl")))
    return data.split(b"\n")[:-1]


def events(run: Path) -> list[dict[str, Any]]:
    """The events of a record that may be damaged: up to the first line that is none."""
    found: list[dict[str, Any]] = []
    for line in whole_lines(run):
        try:
            event = json.loads(line)
        except ValueError:
            break
        if not isinstance(event, dict) or event.get("seq") != len(found):
            break
        found.append(event)
    return found


def reached(run: Path, *words: str) -> bool:
    """Whether the record has a line that holds all these values; cheap enough to be asked often."""
    wanted = [f'"{word}"'.encode() for word in words]
    return any(all(word in line for word in wanted) for line in whole_lines(run))


def all_passed(run: Path) -> bool:
    """Whether every planned row has ended, and well: what an undisturbed run of this rack comes to. A clock
    that a busy machine reads is marginal, for the reading is only as exact as it was quick.
    """
    told = events(run)
    planned = next(event["planned"] for event in told if event["kind"] == "PlanFixed")
    last = {
        (event["stage"], event["step"], event["subject"]): event["verdict"]
        for event in told
        if event["kind"] == "StepEnded"
    }
    ended = {tuple(row): last.get(tuple(row)) for row in planned}
    others = {
        row: verdict
        for row, verdict in ended.items()
        if verdict != "PASS" and (verdict, row[:2]) != ("MARGINAL", ("clocks", "clock"))
    }
    print("not passed:", others)  # pytest shows it where the test fails
    return bool(planned) and not others
