"""What a step over ends of cables, or over leak detectors, expands to: always from the inventory."""

from __future__ import annotations

from typing import Any

from bringup.model.catalogue import Over
from bringup.model.intent import Intent
from bringup.model.inventory import Inventory
from bringup.model.playbook import Selector
from bringup.model.select import select


def device(name: str, role: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "role": role, "platform": "human", "address": "192.0.2.1", **more}


INVENTORY = Inventory.model_validate(
    {
        "schema": "bringup.inventory/1",
        "device": [
            device("mgmt-1", "mgmt-switch"),
            device("bmc-01", "bmc"),
            device("bmc-02", "bmc"),
            device("node-01", "node", expect={"leak_detectors": ["leak-front", "leak-rear"]}),
        ],
        "cable": [
            {"a_device": "mgmt-1", "a_port": "1/1", "b_device": "bmc-01", "b_port": "mgmt"},
            {"a_device": "bmc-02", "a_port": "mgmt", "b_device": "mgmt-1", "b_port": "1/2"},
        ],
    }
)


def selected(over: Over, **on: Any) -> tuple[str, ...]:
    return select(Intent(INVENTORY), over, Selector.model_validate(on))


def test_an_end_of_a_cable_needs_no_description_as_a_port() -> None:
    assert selected("end", role="mgmt-switch") == ("mgmt-1/1/1", "mgmt-1/1/2")
    assert selected("end", device="bmc-02") == ("bmc-02/mgmt",)
    assert selected("end", role="mgmt-switch", port="1/2") == ("mgmt-1/1/2",)


def test_every_expected_leak_detector_is_a_subject() -> None:
    assert selected("leak", role="node") == ("node-01/leak-front", "node-01/leak-rear")
    assert selected("leak", port="leak-rear") == ("node-01/leak-rear",)
    assert selected("leak", role="bmc") == ()
