"""What a scanned label means."""

from __future__ import annotations

import pytest

from bringup.model.inventory import Inventory
from bringup.model.label import connector_of, ends_named


def cable(label: str, a: str, b: str) -> dict[str, str]:
    (a_device, a_port), (b_device, b_port) = a.split("/", 1), b.split("/", 1)
    return {"a_device": a_device, "a_port": a_port, "b_device": b_device, "b_port": b_port, "label": label}


def port(subject: str, cage: str) -> dict[str, str]:
    device, name = subject.split("/", 1)
    return {"device": device, "name": name, "cage": cage}


PLANNED = Inventory.model_validate(
    {
        "schema": "bringup.inventory/1",
        "port": [port("leaf-1/swp1s0", "1"), port("leaf-1/swp1s1", "1"), port("leaf-1/swp10", "10")],
        "cable": [
            cable("C-001", "leaf-1/swp2", "leaf-2/swp2"),
            cable("C-002-B", "leaf-1/swp3", "leaf-2/swp3"),
            cable("H-7", "leaf-1/swp1s0", "node-01/eth0"),
            cable("H-7", "leaf-1/swp1s1", "node-02/eth0"),
        ],
    }
)


@pytest.mark.parametrize(
    ("scan", "ports"),
    [
        ("C-001", ["leaf-1/swp2", "leaf-2/swp2"]),
        ("  c-001 ", ["leaf-1/swp2", "leaf-2/swp2"]),
        ("C-001-A", ["leaf-1/swp2"]),
        ("C-001/b", ["leaf-2/swp2"]),
        ("C-002-B", ["leaf-1/swp3", "leaf-2/swp3"]),
        ("leaf-2:swp3", ["leaf-2/swp3"]),
        ("LEAF-2/SWP3", ["leaf-2/swp3"]),
        ("H-7", ["leaf-1/swp1s0", "node-01/eth0", "node-02/eth0"]),
        ("C-003", []),
        ("", []),
        ("-A", []),
        ("\x00", []),
    ],
)
def test_a_label_names_the_plugs_of_its_cable(scan: str, ports: list[str]) -> None:
    assert [end.port for end in ends_named(PLANNED, scan)] == ports


def test_a_cable_without_a_label_is_not_named_by_an_empty_scan() -> None:
    bare = Inventory.model_validate({"schema": "bringup.inventory/1", "cable": [cable("", "a/1", "b/1")]})
    assert ends_named(bare, " ") == ()


def test_a_cage_of_two_connectors_says_which_one() -> None:
    assert connector_of(PLANNED, "leaf-1/swp1s1") == (2, 2)
    assert connector_of(PLANNED, "leaf-1/swp10") is None
    assert connector_of(PLANNED, "leaf-2/swp2") is None
