"""The same hosts, the same command, by a whole run: `hosts_ours FOLDER PLAYBOOK INVENTORY`.

Timed from the plan to the closed record: events with evidence and verdicts on the disk, checkpoints signed,
the durable events printed (to nowhere). What is before is not: imports, and reading playbook and inventory.
"""

from __future__ import annotations

import importlib
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from benchmarks.watch import Stopwatch
from bringup.cli._prepare import Inputs, Request, read_inputs
from bringup.cli._start import begin

LOADED = (
    "asyncssh",
    "bringup.cli._apart",
    "bringup.cli._foreground",
    "bringup.cli._resume",
    "bringup.cli._show",
    "bringup.cli._text",
    "bringup.driver.platform.sonic",
    "bringup.engine.runner",
    "bringup.journal.follow",
    "bringup.journal.machine",
    "bringup.transport.links",
    "bringup.transport.ssh",
    "bringup.view.text",
)
"""What the run would import while the watch is running."""


def run(request: Request, inputs: Inputs) -> int:
    """The exit code of the run; its events go nowhere."""
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        return begin(request, inputs)


if __name__ == "__main__":
    wanted = Request(
        playbook=sys.argv[2], inventory=sys.argv[3], runs=Path(sys.argv[1]) / "runs", form="jsonl"
    )
    read = read_inputs(wanted)
    for name in LOADED:
        importlib.import_module(name)
    watch = Stopwatch()
    code = run(wanted, read)
    print(watch.report())
    sys.exit(code)
