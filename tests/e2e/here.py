"""Runs on this very machine, without a rack: small playbooks, real runners, a desk to talk to."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from tests.e2e.runs import Done, Nursery, events_of, only_run, until

INVENTORY = """
schema = "bringup.inventory/1"
this_host = true
[[device]]
name = "here"
role = "node"
platform = "linux"
address = "localhost"
"""
REACH = 'check = "management.reach"'
CONFIRM = 'ask = "confirm"\nid = "look"\nwith = { text = "Is it so?" }'
ATTEST = 'ask = "attest"\nid = "sign"\nwith = { text = "I have seen it." }'
LOAD = 'check = "compute.burnin"\nid = "load"\nwith = { seconds = %s }'
QUESTION = "work/look@run"


class Here:
    """A folder with a playbook of one stage, `work`, an inventory, and the runs that are made of them."""

    def __init__(self, nursery: Nursery, folder: Path, *steps: str) -> None:
        self.nursery = nursery
        self.folder = folder
        self.runs = folder / "runs"
        self.inventory = folder / "inventory.toml"
        self.inventory.write_text(INVENTORY)
        self.playbook = folder / "playbook.toml"
        head = 'schema = "bringup.playbook/1"\nname = "work"\nenvelope = ["base", "this-host"]\n'
        body = "".join(f"[[stage.step]]\n{step}\n" for step in steps)
        self.playbook.write_text(f'{head}[[stage]]\nname = "work"\n{body}')

    def words(self, *more: str) -> list[str]:
        paths = [str(self.playbook), "-i", str(self.inventory), "--runs", str(self.runs)]
        return ["run", *paths, *more]

    def run(self, *more: str, env: dict[str, str] | None = None) -> Done:
        return self.nursery.run(self.words(*more), env=env or {})

    def start(self, *more: str, env: dict[str, str] | None = None) -> tuple[int, Path]:
        return self.nursery.start(self.words(*more), env=env or {})

    def do(self, *words: str, env: dict[str, str] | None = None) -> Done:
        """Another command about these runs."""
        return self.nursery.run([*words, "--runs", str(self.runs)], env=env or {})

    def tell(self, *words: str) -> Done:
        return self.do("tell", self.path.name, *words)

    @property
    def path(self) -> Path:
        """The one run."""
        return only_run(self.runs)

    def events(self) -> list[dict[str, Any]]:
        return events_of(self.path)

    def wait_for(self, kind: str, number: int = 1) -> dict[str, Any]:
        """The `number`-th event of a kind, once it is there."""

        def found() -> dict[str, Any] | None:
            if not list(self.runs.glob("*/journal/00000001.jsonl")):
                return None
            mine = [event for event in whole_events(self.path) if event["kind"] == kind]
            return mine[number - 1] if len(mine) >= number else None

        event: dict[str, Any] = until(found)
        return event

    @property
    def runner(self) -> int:
        """The process that does the run."""
        pid: int = until(lambda: json.loads((self.path / "runner.json").read_bytes()))["pid"]
        return pid

    def wait_for_runner(self) -> None:
        """Return once the runner is gone. It is nobody's child here, so its number is looked for."""
        pid = self.runner
        until(lambda: not alive(pid))

    def contents(self) -> dict[str, tuple[int, bytes]]:
        """Every file of the run: when it was changed, and what is in it."""
        files = (path for path in sorted(self.path.rglob("*")) if path.is_file())
        return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def whole_events(run: Path) -> list[dict[str, Any]]:
    """As `events_of`, of a record that is being written: without a line that has no end yet."""
    data = b"".join(path.read_bytes() for path in sorted((run / "journal").glob("*.jsonl")))
    return [json.loads(line) for line in data.split(b"\n")[:-1]]


def alive(pid: int) -> bool:
    """Whether the process runs; one that waits for its parent to notice does not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def verdicts(events: list[dict[str, Any]]) -> dict[str, str]:
    """The last verdict of each step."""
    return {event["step"]: event["verdict"] for event in events if event["kind"] == "StepEnded"}
