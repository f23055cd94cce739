"""An InfiniBand fabric, read in-band from a host that is part of it, by infiniband-diags over SSH.

The device is that host; its ports are those of every adapter and switch that it sees, `NODE/PORT`: by the
node's description where one node alone bears it, else by its GUID. There is no LLDP: who is linked with whom
the subnet manager knows. Counters are read, never cleared. Keys and traps: `bringup.decode.ib_*`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from bringup.decode import ib_counters, ib_ports, linux_line
from bringup.driver.reading import Command, NotPermitted, read
from bringup.driver.registry import Platform
from bringup.driver.told import fact, facts
from bringup.model.errors import NoData
from bringup.model.facts import Clock, Decoded, FecCounters, Identity, Neighbor, Port
from bringup.model.inventory import Device
from bringup.model.measurement import NOT_AVAILABLE, value
from bringup.transport.base import Links

COMMANDS = MappingProxyType(
    {
        "hostname": Command(text="hostname", format=linux_line.HOSTNAME),
        "kernel": Command(text="uname -srm", format=linux_line.UNAME),
        "uptime": Command(text="cat /proc/uptime", format=linux_line.UPTIME),
        "boot_id": Command(text="cat /proc/sys/kernel/random/boot_id", format=linux_line.BOOT_ID),
        "clock": Command(text="date +%s.%N", format=linux_line.DATE),
        "links": Command(text="iblinkinfo -l", format=ib_ports.LINKINFO, deadline_s=60.0),
    }
)
COUNTERS = "perfquery -x {lid} {port}"
MAX_COUNTED = 512
"""Ports whose counters are read one by one in one reading; of a larger fabric, the first."""
_ODD = re.compile(r"[^A-Za-z0-9._/:-]+")


class InfinibandDriver:
    """Reads one fabric. Makes no connection until it is asked for something."""

    def __init__(self, device: Device, links: Links) -> None:
        self._device = device
        self._links = links

    async def _read(self, command: Command) -> Decoded:
        """As it stands, and with `sudo -n` where the tool may not open the adapter."""
        shell = await self._links.shell()
        try:
            return await read(shell, command, device=self._device.name)
        except NotPermitted:
            as_root = msgspec.structs.replace(command, text=f"sudo -n {command.text}")
            return await read(shell, as_root, device=self._device.name)

    async def identity(self) -> Identity:
        """Of the host: the fabric has none."""
        kernel = fact(await self._read(COMMANDS["kernel"]), "identity", Identity)
        return msgspec.structs.replace(
            kernel,
            hostname=fact(await self._read(COMMANDS["hostname"]), "identity", Identity).hostname,
            uptime_s=fact(await self._read(COMMANDS["uptime"]), "identity", Identity).uptime_s,
            boot_id=fact(await self._read(COMMANDS["boot_id"]), "identity", Identity).boot_id,
        )

    async def clock(self) -> Clock:
        return fact(await self._read(COMMANDS["clock"]), "clock", Clock)

    async def ports(self) -> tuple[Port, ...]:
        """Every port that the fabric's links are told of. The rate is that of all lanes in use."""
        told = await self._told()
        names = _names(told)
        return tuple(
            Port(
                name=_port_name(port, names),
                oper_up=value(port["state"] == "Active" and port["linked"] is True),
                speed_gbps=value(speed) if isinstance(speed := port["speed_gbps"], float) else NOT_AVAILABLE,
                fec_mode=NOT_AVAILABLE,
            )
            for port in told
        )

    async def neighbors(self) -> tuple[Neighbor, ...]:
        """The far end of each link, as the subnet manager knows it."""
        told = await self._told()
        names = _names(told)
        return tuple(
            Neighbor(
                local_port=_port_name(port, names),
                system_name=value(str(peer["name"])),
                chassis_id=value(str(peer["guid"])),
                port_id=value(str(peer["port"])),
            )
            for port in told
            if isinstance(peer := port["peer"], dict)
        )

    async def fec_counters(self) -> tuple[FecCounters, ...]:
        """Symbol errors and links lost of every port that is linked."""
        told = await self._told()
        names = _names(told)
        return tuple(
            [
                await self._counted(port, _port_name(port, names))
                for port in told[:MAX_COUNTED]
                if port["linked"] is True
            ]
        )

    async def _counted(self, port: Mapping[str, object], name: str) -> FecCounters:
        text = COUNTERS.format(lid=port["lid"], port=port["port"])
        decoded = await self._read(Command(text=text, format=ib_counters.PERFQUERY))
        entries = facts(decoded, "fec_counters", FecCounters)
        if len(entries) != 1 or entries[0].port != f"{port['lid']}/{port['port']}":
            raise NoData(f"{self._device.name}: `{text}` tells of another port than it was asked for")
        return msgspec.structs.replace(entries[0], port=name)

    async def _told(self) -> tuple[dict[str, object], ...]:
        found = (await self._read(COMMANDS["links"])).facts["ports"]
        assert isinstance(found, list)
        return tuple(port for port in found if isinstance(port, dict))


def _names(told: tuple[dict[str, object], ...]) -> dict[object, str]:
    """GUID -> what its node is called: its description, where no other node bears it."""
    bearers: dict[object, set[object]] = {}
    for port in told:
        bearers.setdefault(port["name"], set()).add(port["guid"])
    return {
        port["guid"]: str(port["name"])
        if port["name"] and len(bearers[port["name"]]) == 1
        else str(port["guid"])
        for port in told
    }


def _port_name(port: Mapping[str, object], names: Mapping[object, str]) -> str:
    node = _ODD.sub("-", names[port["guid"]]).strip("-")
    return f"{node}/{port['port']}"


PLATFORM = Platform(
    name="infiniband",
    title="InfiniBand fabric, from a host in it (SSH)",
    transports=("ssh",),
    open=InfinibandDriver,
)
