"""Starts `writer_child` as a process, bare or under another program (strace, unshare), and reads what it
says.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bringup.journal.folder import RunFolder
from bringup.journal.sign import CHECKPOINT, KeySigner
from tests.conftest import ROOT

DEADLINE_S = 180


class Place:
    """A folder for one run, with a key on disk and a list of signers that knows it."""

    def __init__(self, base: Path) -> None:
        self.key = base / "key"
        self.signers = base / "signers"
        self.folder = RunFolder(base / "20260101-000000-test")
        signer = KeySigner.throwaway(identity="tester", label="file")
        self.key.write_bytes(signer.private_text())
        self.key.chmod(0o600)
        self.signers.write_text(f'tester namespaces="{CHECKPOINT}" {signer.public_key}\n')
        for name in ("plan", "journal", "blobs", "checkpoints", "epoch"):
            (self.folder.path / name).mkdir(parents=True)

    def command(self, how: str, count: int, *more: str) -> list[str]:
        where = [str(self.folder.path), str(self.key), how, str(count), *more]
        return [sys.executable, "-m", "tests.journal.writer_child", *where]


class Said:
    """What a child wrote on stdout."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = list(lines)
        self.durable = [int(line.split()[1]) for line in lines if line.startswith("durable ")]
        self.errors = [line.split(" ", 2)[1:] for line in lines if line.startswith("error ")]
        self.closed = "closed" in lines


def run_child(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Said:
    """Run to the end; what it said. Its stderr must hold no traceback."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Said(done.stdout.splitlines())


class Running:
    """A child that lives, spoken to line by line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def until(self, beginning: str) -> str:
        while not (line := self.line()).startswith(beginning):
            assert line, f"the child ended before it said {beginning!r}"
        return line

    def go_on(self) -> None:
        """Let a `--hold` child do its next append."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def rest(self) -> Said:
        out, err = self.process.communicate(timeout=DEADLINE_S)
        assert "Traceback" not in err, err
        return Said(out.splitlines())


def holding_sync(number: int) -> list[str]:
    """What stands before a command whose sync of that number is held, for as long as strace lives: a SIGKILL
    is for strace alone, and lets the command go on.
    """
    found = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync"]
    return [*found, "-e", f"inject=fdatasync:delay_enter=300000000:when={number}"]


@contextmanager
def running(command: Sequence[str]) -> Generator[Running, None, None]:
    """A child for the length of a block; killed at its end if it is still there."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield Running(process)
        finally:
            if process.poll() is None:
                process.kill()
