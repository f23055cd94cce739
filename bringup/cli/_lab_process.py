"""The simulated rack beside a run: a process of its own that ends when ours does."""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bringup.model.errors import InputError

READY_DEADLINE_S = 60.0
STOP_DEADLINE_S = 10.0


@contextmanager
def lab_beside(
    folder: Path,
    options: Sequence[str] = (),
    *,
    stays: bool = False,
    meanwhile: Callable[[], object] = lambda: None,
) -> Iterator[dict[str, Any]]:
    """A lab in `folder`, new or the one that lived there before; yields what it says of itself.

    It holds the other end of a pipe of ours, so it ends when this process and its children do, however they
    do. With `stays` a runner apart may need it longer than we do: it then ends with that one. `meanwhile` is
    called while it starts.

    Raises:
        InputError: it can't stand.
    """
    command = [sys.executable, "-m", "bringup.lab", "--dir", str(folder), "--with-parent", *options]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
    left = False
    try:
        meanwhile()
        yield _ready(process)
        left = stays
    finally:
        assert process.stdin is not None
        process.stdin.close()
        if left:
            process.returncode = 0  # it has another to live for: no longer ours to wait for
        else:
            _wait(process)


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(STOP_DEADLINE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _ready(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    assert process.stdout is not None
    readable, _, _ = select.select([process.stdout], [], [], READY_DEADLINE_S)
    line = process.stdout.readline() if readable else b""
    try:
        said: dict[str, Any] = json.loads(line)
    except ValueError:
        raise InputError("the simulated rack did not start", "`bringup lab up` shows why.") from None
    if not said.get("ready"):
        raise InputError(
            str(said.get("error", "the simulated rack did not start")), str(said.get("advice", ""))
        )
    return said
