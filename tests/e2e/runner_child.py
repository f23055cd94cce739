"""The program as `python -m bringup` starts it, with a run whose folder is known, or that stops at a moment.

    python runner_child.py '{"run": ID, "freeze": [KIND, "before" | "after"]}' WORD...

`run` is the id of the run that it begins, so that strace can be told its files beforehand. With `freeze` it
sends itself SIGSTOP, once, `before` the first event of that kind is written, or `after` that event became
durable and before anybody was told.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

from bringup.cli.main import main
from bringup.journal import folder
from bringup.journal.writer import Writer


def freeze_at(kind: str, when: str) -> None:
    commit = Writer._commit
    wanted = f'"kind":"{kind}"'.encode()
    frozen = False

    def freezing(self: Writer, blobs: list[Any], lines: list[Any]) -> None:
        nonlocal frozen
        at = next((number for number, line in enumerate(lines) if wanted in line.data), None)
        if frozen or at is None:
            commit(self, blobs, lines)
            return
        frozen = True
        first = at if when == "before" else at + 1
        commit(self, blobs, lines[:first])
        os.kill(os.getpid(), signal.SIGSTOP)
        if lines[first:]:
            commit(self, [], lines[first:])

    Writer._commit = freezing  # type: ignore[method-assign]


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    if "run" in asked:
        folder.new_run_id = lambda clock=None: str(asked["run"])
    if "freeze" in asked:
        freeze_at(*asked["freeze"])
    sys.exit(main(sys.argv[2:]))
