"""NVUE's REST interface: the same trees as `nv show … -o json`, by path.

Read only: changes go over SSH, where the way back can be proven by a new session. Source: NVUE reference,
REST (`/nvue_v1/…`; port 8765 on Cumulus Linux, 443 on NVOS).
"""

from __future__ import annotations

from types import MappingProxyType
from urllib.parse import quote

from bringup.decode.registry import Format
from bringup.driver.reading import facts_of
from bringup.model.errors import NoData, Unparsable
from bringup.model.facts import Decoded
from bringup.transport.base import HttpExchange

ROOT = "/nvue_v1"
DEADLINE_S = 60.0
OK, NOT_FOUND = 200, 404
PATHS = MappingProxyType(
    {
        "system": f"{ROOT}/system",
        "platform": f"{ROOT}/platform",
        "supplies": f"{ROOT}/platform/environment/psu",
        "fans": f"{ROOT}/platform/environment/fan",
        "sensors": f"{ROOT}/platform/environment/temperature",
        "interfaces": f"{ROOT}/interface?rev=operational",
        "phy": f"{ROOT}/interface/{{port}}/link/phy-detail",
    }
)


async def get(http: HttpExchange, what: str, made: Format, *, device: str, port: str = "") -> Decoded:
    """One tree, decoded.

    Raises:
        NoData: the switch has no such tree, or this is not told by REST.
        Unparsable: what came is none.
        DeviceError: the transport's own.
    """
    if what not in PATHS:
        raise NoData(
            f"{device}: {what.replace('_', ' ')} is not read by NVUE's REST",
            "Give the device an [device.ssh], too.",
        )
    path = PATHS[what].format(port=quote(port, safe=""))
    reply = await http.request("GET", path, deadline_s=DEADLINE_S)
    if reply.status == NOT_FOUND:
        raise NoData(f"{device}: it has no {path}", "Its release may not have that yet.")
    if reply.status != OK:
        raise Unparsable(f"{device}: GET {path} was answered with HTTP {reply.status}", "Try it by hand.")
    return facts_of(made, reply.body, device=device, request=path)
