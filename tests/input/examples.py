"""Small good files, and what is said of bad ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bringup.model.errors import InputError

INVENTORY = """\
schema = "bringup.inventory/1"
cables = "cables.csv"

[[rack]]
name = "r07"

[[device]]
name = "pdu-1"
role = "pdu"
platform = "apc-pdu"
address = "pdu-1.example"
snmp = { community = "public" }

[[device]]
name = "leaf-1"
rack = "r07"
role = "leaf"
platform = "sonic"
address = "leaf-1.example"
expect = { serial = "A1", supplies = ["psu-1", "psu-2"] }
feed = [{ pdu = "pdu-1", outlet = 1, supply = "psu-1" }, { pdu = "pdu-1", outlet = 2, supply = "psu-2" }]

[device.ssh]
user = "admin"
password = "env:LEAF_PASSWORD"

[[device]]
name = "node-01"
rack = "r07"
role = "node"
platform = "linux"
address = "node-01.example"

[[port]]
device = "leaf-1"
name = "Ethernet0"
speed_gbps = 400
optic = "400GBASE-DR4"

[[port]]
device = "node-01"
name = "eth0"
"""
CABLES = """\
a_device,a_port,b_device,b_port,medium,length_m,label
leaf-1,Ethernet0,node-01,eth0,400GBASE-DR4,3,C-1
"""
PLAYBOOK = """\
schema = "bringup.playbook/1"
name = "small"

[[stage]]
name = "management"

[[stage.step]]
check = "management.reach"
deadline = "10s"

[[stage]]
name = "links"

[[stage.step]]
check = "link.state"
until = "2m"
"""
ENVELOPE = """\
schema = "bringup.envelope/1"
name = "mine"

[[limit]]
measure = "rx_power_dbm"
when = { medium = "400GBASE-DR4" }
min = -5.9
max = 4.0
marginal = 1.0
standing = "standard"
source = "IEEE 802.3 clause 124"
"""
PLATFORMS = ("apc-pdu", "linux", "sonic")

Write = Callable[..., Path]


def problems_of(load: Callable[[], object]) -> list[str]:
    """What is wrong, each without the folder in front."""
    with pytest.raises(InputError) as caught:
        load()
    found = []
    for problem in caught.value.problems:
        path, colon, rest = problem.partition(":")
        found.append(f"{Path(path).name}{colon}{rest}")
    return found
