"""A whole run on many hosts, timed by its record from the start of the stage to the last good verdict.

`hosts_verdicts FOLDER PLAYBOOK INVENTORY`
"""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.hosts_ours import LOADED, run
from bringup.cli._prepare import Request, read_inputs


def main(folder: Path, playbook: str, inventory: str) -> int:
    with tempfile.TemporaryDirectory(dir=folder) as runs:
        wanted = Request(playbook=playbook, inventory=inventory, runs=Path(runs), form="jsonl")
        read = read_inputs(wanted)
        for name in LOADED:
            importlib.import_module(name)
        run(wanted, read)
        (record,) = Path(runs).glob("*/journal/00000001.jsonl")
        events = [json.loads(line) for line in record.read_bytes().splitlines()]
    began = next(event["mono_ns"] for event in events if event["kind"] == "StageStarted")
    good = [event for event in events if event["kind"] == "StepEnded" and event["verdict"] == "PASS"]
    print(json.dumps({"wall_s": (good[-1]["mono_ns"] - began) / 1e9, "good": len(good)}))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:4]))
