"""A link watched while it is mended: both ends over their own protocols, in a simulated rack."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bringup.lab.control import ask
from tests.e2e.runs import Nursery, Rack, until

PORT, FAR = "leaf-1/Ethernet8", "leaf-2/Ethernet2/1"
CABLE = "C-003"
OTHER, OTHER_CABLE = "leaf-1/Ethernet16", "C-004"


def looks(output: Path) -> list[dict[str, Any]]:
    """What was printed so far, whole lines only."""
    text = output.read_text()
    lines = text[: text.rfind("\n") + 1].splitlines()
    return [json.loads(line)["live"] for line in lines if line.startswith("{")]


def phases(output: Path) -> list[str]:
    """Each phase once for as long as it lasted."""
    found: list[str] = []
    for live in looks(output):
        if not found or found[-1] != live["phase"]:
            found.append(live["phase"])
    return found


def test_a_dirty_connector_that_is_cleaned_while_it_is_watched_turns_good(
    nursery: Nursery, make_rack: Callable[..., Rack]
) -> None:
    rack = make_rack(f"dirty-connector@{PORT}=6", speed=100)
    words = ["watch", PORT.replace("/", ":", 1), "-i", str(rack.folder / "inventory.toml")]
    pid, output = nursery.start([*words, "--format", "jsonl", "--until-good"])
    until(lambda: "not_good" in phases(output))
    bad = next(live for live in looks(output) if live["phase"] == "not_good")
    assert "low" in bad["trouble"] and [end["subject"] for end in bad["ends"]] == [PORT, FAR]
    assert nursery.run(["lab", "repair", "--dir", str(rack.folder)]).status == 0
    assert nursery.wait(pid) == 0
    last = looks(output)[-1]
    assert last["phase"] == "good" and last["held_s"] >= last["hold_s"] == 30.0
    lanes = [lane for end in last["ends"] for lane in end["lanes"]]
    assert len(lanes) == 8 and {lane["rx"]["verdict"] for lane in lanes} <= {"PASS", "MARGINAL"}
    assert "good" not in phases(output)[: phases(output).index("not_good")]


def after(output: Path, phase: str) -> list[str]:
    """The phases since the last time that it was `phase`; empty where it never was."""
    found = phases(output)
    return found[len(found) - found[::-1].index(phase) :] if phase in found else []


def test_field_14_and_19_a_plug_out_of_the_wrong_port_stops_the_work_and_out_of_the_right_one_begins_it(
    nursery: Nursery, make_rack: Callable[..., Rack], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", nursery.environment["XDG_RUNTIME_DIR"])  # there the lab listens
    rack = make_rack(speed=100)
    inventory = str(rack.folder / "inventory.toml")
    pid, output = nursery.start(["watch", PORT.replace("/", ":", 1), "-i", inventory, "--format", "jsonl"])
    until(lambda: "good" in phases(output))
    label = ask(rack.folder, {"do": "unplug", "port": OTHER})
    until(lambda: "wrong_port" in phases(output))
    stopped = next(live for live in looks(output) if live["phase"] == "wrong_port")
    assert stopped["wrong"] == OTHER
    ask(rack.folder, {"do": "plug", "cable": OTHER_CABLE, "port": OTHER})
    until(lambda: "good" in after(output, "wrong_port"))
    ask(rack.folder, {"do": "unplug", "port": PORT})
    until(lambda: "unplugged" in phases(output))
    assert "good" not in after(output, "unplugged")
    ask(rack.folder, {"do": "plug", "cable": CABLE, "port": PORT})
    until(lambda: "good" in after(output, "unplugged"))
    last = next(live for live in reversed(looks(output)) if live["phase"] == "good")
    assert last["plugged_s"] >= last["held_s"] >= last["hold_s"]
    os.kill(pid, signal.SIGINT)
    assert nursery.wait(pid) == 130
    assert OTHER_CABLE in str(label)
