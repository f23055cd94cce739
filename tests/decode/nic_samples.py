"""One reply of each tool that tells of network adapters, in the shapes of documented ones."""

from __future__ import annotations

import json


def _encoded(held: object) -> bytes:
    return json.dumps(held).encode() + b"\n"


DEVLINK_INFO = _encoded(
    {
        "info": {
            "pci/0000:41:00.0": {
                "driver": "mlx5_core",
                "serial_number": "MT2244X01234",
                "versions": {
                    "fixed": {"fw.psid": "MT_0000000838"},
                    "running": {"fw.version": "28.43.1014", "fw": "28.43.1014"},
                    "stored": {"fw.version": "28.43.2026", "fw": "28.43.2026"},
                },
            },
            "pci/0000:22:00.0": {
                "driver": "bnxt_en",
                "serial_number": "00-0A-F7-FF-FE-01-02-03",
                "board.serial_number": "P1400G0001",
                "versions": {
                    "fixed": {"board.id": "BCM57608-P1400G", "asic.id": "1760"},
                    "running": {"fw": "231.2.63.0", "fw.mgmt": "231.2.63"},
                    "stored": {"fw": "231.2.63.0"},
                },
            },
            "netdevsim/netdevsim10": {"driver": "netdevsim"},
        }
    }
)
DEVLINK_HEALTH = _encoded(
    {
        "health": {
            "pci/0000:41:00.0": [
                {"reporter": "fw", "state": "healthy", "error": 0, "recover": 0, "auto_dump": True},
                {"reporter": "fw_fatal", "state": "error", "error": 2, "recover": 1, "grace_period": 60000},
            ],
            "pci/0000:41:00.0/1": [{"reporter": "tx", "state": "healthy", "error": 0, "recover": 0}],
        }
    }
)
NICCLI = b"""\
----------------------------------------------------------------------------
Scrutiny NIC CLI v231.0.1.0 - Broadcom Inc. (c) 2024
----------------------------------------------------------------------------
     BoardId     MAC Address        FwVersion    PCIAddr      Type   Mode
  1) BCM57608    84:16:0A:3E:0E:20  231.2.63.0   00:22:00:00  NIC    PCI
  2) BCM57608    84:16:0A:3E:0E:21  231.2.63.0   00:22:00:01  NIC    PCI
"""
NICCTL = _encoded(
    {
        "nic": [
            {
                "id": "42424650-4c32-3530-3330-304131000000",
                "product_name": "POLLARA-1Q400P",
                "serial_number": "FPL0000001",
                "pcie_bus_device_function": "0000:06:00.0",
            }
        ]
    }
)
SAMPLES = {
    "linux.devlink-info": DEVLINK_INFO,
    "linux.devlink-health": DEVLINK_HEALTH,
    "linux.niccli-list": NICCLI,
    "linux.nicctl-card": NICCTL,
}
