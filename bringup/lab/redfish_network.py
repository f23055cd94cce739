"""The management port of a BMC in Redfish: EthernetInterfaces below its manager."""

from __future__ import annotations

from collections.abc import Callable

from bringup.lab.redfish_shape import Json, collection
from bringup.lab.state_rack import Jack


def interface_resources(manager: str, jack: Jack) -> dict[str, Callable[[], Json]]:
    """Path -> maker, below a manager."""
    top = f"{manager}/EthernetInterfaces"
    alone = f"{top}/{jack.name}"
    return {
        top: lambda: collection("EthernetInterface", "Ethernet Interfaces", [alone]),
        alone: lambda: {
            "@odata.type": "#EthernetInterface.v1_9_0.EthernetInterface",
            "Id": jack.name,
            "Name": "Manager Ethernet Interface",
            "InterfaceEnabled": True,
            "PermanentMACAddress": jack.mac.upper(),
            "MACAddress": jack.mac.upper(),
            "Status": {"State": "Enabled", "Health": "OK"},
        },
    }
