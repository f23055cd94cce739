"""The `mini` rack as a table: one PDU, two leaves, one node with its BMC, four links."""

from __future__ import annotations

from bringup.lab.blueprint import (
    Nic,
    Row,
    apc_pdu,
    assemble,
    bmc,
    eos_switch,
    outlets,
    server,
    sonic_switch,
)
from bringup.lab.parts import Builder
from bringup.lab.state import Plant

FED = ("leaf-1 psu-1", "leaf-1 psu-2", "leaf-2 psu-1", "leaf-2 psu-2", "node-01 psu-1", "node-01 psu-2")
OFF = (5,)
OUTLETS = 8
LEAF_1 = ("Ethernet0", "Ethernet8", "Ethernet16", "Ethernet24")
LEAF_2 = ("Ethernet1/1", "Ethernet2/1", "Ethernet3/1", "Ethernet4/1")
NICS = (Nic("enp65s0np0", "0000:41:00.0"), Nic("enp193s0np0", "0000:c1:00.0"))
CABLES = (
    Row("C-001", "leaf-1/Ethernet0", "node-01/enp65s0np0", 3.0),
    Row("C-002", "leaf-2/Ethernet1/1", "node-01/enp193s0np0", 3.0),
    Row("C-003", "leaf-1/Ethernet8", "leaf-2/Ethernet2/1", 5.0),
    Row("C-004", "leaf-1/Ethernet16", "leaf-2/Ethernet3/1", 5.0),
)


def mini(seed: int, speed: float, origin_unix_s: float) -> Plant:
    """The healthy `mini` rack: node-01 is off, and outlet 5 with it."""
    build = Builder(seed)
    devices = [
        apc_pdu(build, "pdu-1", "AP8853", outlets(FED, OFF, OUTLETS)),
        sonic_switch(build, "leaf-1", 1, LEAF_1, (("pdu-1", 1), ("pdu-1", 2))),
        eos_switch(build, "leaf-2", 2, LEAF_2, (("pdu-1", 3), ("pdu-1", 4))),
        server(build, "node-01", 3, NICS, (("pdu-1", 5), ("pdu-1", 6)), "bmc-01"),
        bmc(build, "bmc-01", "node-01"),
    ]
    return assemble(build, "mini", speed, origin_unix_s, devices, CABLES)
