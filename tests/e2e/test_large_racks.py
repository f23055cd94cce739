"""The larger racks whole: nothing happens to the wrong node; a first look at many links is four causes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.e2e.runs import Nursery, Rack, events_of, only_run

SPEED = 100
OFF = [f"far-end-off@host-{number:02d}" for number in range(1, 17)]
DIRTY = [f"dirty-connector@leaf-1/Ethernet{136 + 8 * number}" for number in range(8)]


def hosts_in(folder: Path) -> dict[str, dict[str, Any]]:
    """Node -> its host power, as the lab has saved its world."""
    world = json.loads((folder / "world.json").read_bytes())
    return {device["name"]: device["host"] for device in world["devices"] if device["host"]}


def test_field_05_behind_a_crossed_management_cable_no_power_action_happens(
    nursery: Nursery, make_rack: Callable[..., Rack], tmp_path: Path
) -> None:
    rack = make_rack("crossed-management@bmc-02=bmc-03", profile="hgx-h100", speed=SPEED)
    only = [word for stage in ("power", "management", "hosts") for word in ("--only", stage)]
    done = nursery.run(rack.run_words("--runs", str(tmp_path / "runs"), *only))
    assert done.status == 1, done.output
    resets = {name: host["resets"] for name, host in hosts_in(rack.folder).items()}
    assert resets == {"node-01": 1, "node-02": 0, "node-03": 0, "node-04": 1}
    begun = [event for event in events_of(only_run(tmp_path / "runs")) if event["kind"] == "ActionIntended"]
    assert {event["subject"] for event in begun if event["action"] == "host.power_on"} == {
        "node-01",
        "node-04",
    }


def test_first_light_is_four_causes_those_of_a_keyboard_first_and_one_walk_of_eight(
    nursery: Nursery, make_rack: Callable[..., Rack], tmp_path: Path
) -> None:
    faults = (*OFF, "wrong-breakout", "crossed-trunk", *DIRTY)
    rack = make_rack(*faults, profile="first-light", speed=SPEED)
    done = nursery.run(rack.run_words("--format", "json", "--runs", str(tmp_path / "runs")))
    said = json.loads(done.output[done.output.index("{") :])
    remedies = [cause["remedy"] for cause in said["causes"]]
    assert done.status == 1
    assert len(remedies) == 4, [cause["title"] for cause in said["causes"]]
    assert set(remedies[:2]) == {"power-far-end", "check-port-name-and-breakout"}
    assert set(remedies[2:]) == {"clean-both-ends", "move-cables-round"}
    walk = next(cause for cause in said["causes"] if cause["remedy"] == "clean-both-ends")["walk"]
    assert {stop["subject"].partition("#")[0] for stop in walk} == {each.partition("@")[2] for each in DIRTY}
