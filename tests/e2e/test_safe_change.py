"""Whole runs that must not touch the wrong thing, and that put back what they altered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.runs import Done, Nursery, Rack, events_of, only_run, until
from tests.e2e.test_kill_sweep import commands_given
from tests.peers.stand import Lab

ON_AND_OFF = """
[[stage]]
name = "on"
[[stage.step]]
id = "outlets"
action = "power.outlet_on"
on = { role = "node" }
settle = "10s"
[[stage.step]]
id = "host"
action = "host.power_on"
on = { role = "node" }
[[stage]]
name = "off"
needs = ["on"]
[[stage.step]]
id = "outlet"
action = "power.outlet_off"
on = { role = "node" }
"""


@pytest.fixture
def make_lab(nursery: Nursery, tmp_path: Path) -> Iterator[Callable[[int], Lab]]:
    made: list[Lab] = []

    def make(speed: int) -> Lab:
        made.append(Lab(nursery, tmp_path / "lab", speed=speed))
        return made[-1]

    yield make
    for each in made:
        each.end()


def playbook(folder: Path, stages: str) -> Path:
    path = folder / "change.toml"
    path.write_text(f'schema = "bringup.playbook/1"\nname = "change"\nenvelope = ["base"]\n{stages}')
    return path


def run(nursery: Nursery, lab: Path, path: Path, *more: str) -> Done:
    words = ["run", str(path), "-i", str(lab / "inventory.toml"), "--runs", str(lab / "runs"), "--headless"]
    return nursery.run([*words, "--approve-with", str(lab / "approve-key"), *more])


def of_kind(lab: Path, kind: str) -> list[dict[str, Any]]:
    return [event for event in events_of(only_run(lab / "runs")) if event["kind"] == kind]


def ended(lab: Path) -> dict[tuple[str, str, str], str]:
    return {(one["stage"], one["step"], one["subject"]): one["verdict"] for one in of_kind(lab, "StepEnded")}


def test_field_05_a_load_step_binds_outlets_and_one_feed_of_a_healthy_pair_is_dropped(
    make_lab: Callable[[int], Lab], tmp_path: Path
) -> None:
    lab = make_lab(100)
    done = run(lab.nursery, lab.folder, playbook(tmp_path, ON_AND_OFF))
    assert done.status == 3, done.output
    assert ended(lab.folder)[("off", "outlet", "pdu-1/outlet-5")] == "PASS"
    assert ended(lab.folder)[("off", "outlet", "pdu-1/outlet-6")] == "UNKNOWN", "never both of a pair"
    assert lab.real("node-01")["host"]["on"]


def test_field_05_a_wrong_outlet_binding_is_caught_before_anything_is_dropped(
    make_lab: Callable[[int], Lab], tmp_path: Path
) -> None:
    lab = make_lab(100)

    def cross(world: dict[str, Any]) -> None:
        """Two cords exchanged, and nobody has moved the labels."""
        supplies = {
            (device["name"], supply["name"]): supply
            for device in world["devices"]
            for supply in device.get("supplies", ())
        }
        supplies["leaf-2", "psu-2"]["outlet"], supplies["node-01", "psu-2"]["outlet"] = 6, 4

    lab.with_hands(cross)
    done = run(lab.nursery, lab.folder, playbook(tmp_path, ON_AND_OFF))
    assert done.status == 1, done.output
    found = ended(lab.folder)
    assert found["off", "outlet", "pdu-1/outlet-5"] == found["off", "outlet", "pdu-1/outlet-6"] == "FAIL"
    outlets = {each["index"]: each for each in lab.real("pdu-1")["outlets"]}
    assert all(outlets[index]["commanded_on"] for index in (1, 2, 3, 4, 5, 6))


def test_a_crossed_management_cable_leads_no_power_action_to_the_wrong_node(
    nursery: Nursery, tmp_path: Path
) -> None:
    rack = Rack(nursery, tmp_path / "lab", ("crossed-management@bmc-01=bmc-02",), "hgx-h100", 100)
    try:
        stages = (
            '[[stage]]\nname = "hosts"\n[[stage.step]]\nid = "outlets"\naction = "power.outlet_on"\n'
            'on = { role = "node" }\nsettle = "10s"\n'
            '[[stage.step]]\nid = "on"\naction = "host.power_on"\non = { role = "node" }\n'
        )
        done = run(nursery, rack.folder, playbook(tmp_path, stages))
        assert done.status == 1, done.output
        found = {
            subject: verdict for (_, step, subject), verdict in ended(rack.folder).items() if step == "on"
        }
        assert found == {"node-01": "FAIL", "node-02": "FAIL", "node-03": "PASS", "node-04": "PASS"}
        told = {name: count for name, count in commands_given(rack).items() if name.startswith("node")}
        assert told == {"node-03": 1, "node-04": 1}
    finally:
        rack.end()


def put_back(lab: Lab) -> Done:
    run_folder = str(only_run(lab.folder / "runs"))
    key = str(lab.folder / "approve-key")
    return lab.nursery.run(["resume", run_folder, "--headless", "--put-back", "--approve-with", key])


def test_field_11_a_port_and_a_configuration_are_put_back_by_one_command(
    make_lab: Callable[[int], Lab], tmp_path: Path
) -> None:
    lab = make_lab(15)
    stages = (
        '[[stage]]\nname = "change"\n[[stage.step]]\nid = "port"\naction = "port.down"\n'
        'on = { device = "leaf-2", port = "Ethernet3/1" }\n'
        '[[stage.step]]\nid = "mtu"\naction = "config.apply"\non = { device = "leaf-1" }\n'
        'with = { lines = ["config interface mtu Ethernet8 4096"] }\n'
    )
    done = run(lab.nursery, lab.folder, playbook(tmp_path, stages))
    assert done.status == 0, done.output
    ports = {port["name"]: port for port in lab.real("leaf-2")["ports"]}
    assert ports["Ethernet3/1"]["admin_up"] is False
    done = put_back(lab)
    assert done.status == 0, done.output
    ports = {port["name"]: port for name in ("leaf-1", "leaf-2") for port in lab.real(name)["ports"]}
    assert ports["Ethernet3/1"]["admin_up"] is True
    assert until(lambda: ports["Ethernet8"]["mtu"]) == 9216
    last = {
        (event["subject"], event["what"]): event["restored"] for event in of_kind(lab.folder, "AlteredState")
    }
    assert len(last) == 3 and all(last.values()), last
