"""Juniper Junos and Junos Evolved over SSH, OpenConfig over gNMI for FEC counters where there is gNMI.

Tables that recordings prove are read as text, trees as XML. One command a table, one after the other. A user
needs the command line as login shell (a root login has another). Keys and traps: `bringup.decode.junos_*`.
"""

from __future__ import annotations

import re
from types import MappingProxyType

import msgspec

from bringup.decode import junos_interface, junos_optics, junos_system, junos_text
from bringup.driver import junos_trial, lossless, openconfig
from bringup.driver.on_trial import ConfigOnTrial, over_shell
from bringup.driver.port_plan import plan_of
from bringup.driver.reading import Command, read
from bringup.driver.registry import Platform
from bringup.driver.told import fact, facts
from bringup.model.errors import InputError
from bringup.model.facts import (
    Bundle,
    Clock,
    Decoded,
    Environment,
    FecCounters,
    Identity,
    Neighbor,
    Optic,
    Port,
)
from bringup.model.facts_flow import FlowControl
from bringup.model.facts_port import PortPlan
from bringup.model.inventory import Device
from bringup.transport.base import Links, Shell

COMMANDS = MappingProxyType(
    {
        "version": Command(text="show version | no-more", format=junos_text.VERSION),
        "hardware": Command(
            text="show chassis hardware | no-more", format=junos_text.HARDWARE, deadline_s=40.0
        ),
        "uptime": Command(text="show system uptime | display xml | no-more", format=junos_system.UPTIME),
        "environment": Command(text="show chassis environment | no-more", format=junos_text.ENVIRONMENT),
        "interfaces": Command(
            text="show interfaces extensive | display xml | no-more",
            format=junos_interface.INTERFACES,
            deadline_s=60.0,
        ),
        "optics": Command(
            text="show interfaces diagnostics optics | display xml | no-more",
            format=junos_optics.OPTICS,
            deadline_s=60.0,
        ),
        "lacp": Command(text="show lacp interfaces | display xml | no-more", format=junos_interface.LACP),
        "neighbors": Command(text="show lldp neighbors | no-more", format=junos_text.WHOLE_LLDP),
    }
)
COLLECTING = "collecting distributing"
_PORT_NAME = re.compile(r"(?:et|xe|ge|mge|fe)-[0-9]{1,3}/[0-9]{1,3}/[0-9]{1,3}(?::[0-9]{1,2})?")


class JunosDriver(ConfigOnTrial[Shell]):
    """Reads and changes one Junos switch. Makes no connection until it is asked for something."""

    def __init__(self, device: Device, links: Links) -> None:
        super().__init__(junos_trial, over_shell)
        self._device = device
        self._links = links

    async def _read(self, what: str) -> Decoded:
        return await self._read_command(COMMANDS[what])

    async def _read_command(self, command: Command) -> Decoded:
        return await read(await self._links.shell(), command, device=self._device.name)

    async def identity(self) -> Identity:
        found = fact(await self._read("version"), "identity", Identity)
        chassis = fact(await self._read("hardware"), "identity", Identity)
        uptime = fact(await self._read("uptime"), "identity", Identity).uptime_s
        return msgspec.structs.replace(found, serial=chassis.serial, uptime_s=uptime)

    async def clock(self) -> Clock:
        return fact(await self._read("uptime"), "clock", Clock)

    async def environment(self) -> Environment:
        return fact(await self._read("environment"), "environment", Environment)

    async def ports(self) -> tuple[Port, ...]:
        """Ports with a cage or a jack, and what they are channelised into; no logical interfaces."""
        found = facts(await self._read("interfaces"), "ports", Port)
        return tuple(port for port in found if _PORT_NAME.fullmatch(port.name))

    async def fec_counters(self) -> tuple[FecCounters, ...]:
        if self._links.has("gnmi"):
            return await openconfig.fec_counters(await self._links.gnmi())
        found = facts(await self._read("interfaces"), "fec_counters", FecCounters)
        return tuple(entry for entry in found if _PORT_NAME.fullmatch(entry.port))

    async def flow_control(self) -> tuple[FlowControl, ...]:
        """Pause frames by priority; for which of them PFC is in force that table does not tell."""
        found = await lossless.of_junos(self._read_command)
        return tuple(each for each in found if _PORT_NAME.fullmatch(each.port))

    async def optics(self) -> tuple[Optic, ...]:
        """Monitors by the diagnostics, the module's identity by the chassis' hardware: by place, so that the
        channels of one cage (`et-0/0/1:0`) share its module.
        """
        modules = {optic.port: optic for optic in facts(await self._read("hardware"), "optics", Optic)}
        read_out = facts(await self._read("optics"), "optics", Optic)
        told = {_place(optic.port) for optic in read_out}
        joined = [_joined(optic, modules.get(_place(optic.port))) for optic in read_out]
        others = [
            msgspec.structs.replace(optic, port=f"et-{place}")
            for place, optic in modules.items()
            if place not in told
        ]
        return tuple(joined + others)

    async def neighbors(self) -> tuple[Neighbor, ...]:
        """Every LLDP neighbour.

        Raises:
            NoData: the switch names none: whether it listens is not told by that table.
        """
        if self._links.has("gnmi") and not self._links.has("ssh"):
            return await openconfig.neighbors(await self._links.gnmi())
        return facts(await self._read("neighbors"), "neighbors", Neighbor)

    async def port_plan(self, port: str, what: str, to: str) -> PortPlan:
        if not _PORT_NAME.fullmatch(port):
            raise InputError(
                f"{port[:40]!r} is no front port's name", "Names are as in `show interfaces terse`."
            )
        return plan_of("junos", port, what, to, await self.ports())

    async def bundles(self) -> tuple[Bundle, ...]:
        """Aggregates by what the ports say, static ones too. A member carries traffic where its link is up,
        and, where LACP knows it, where that collects and distributes.
        """
        decoded = await self._read("interfaces")
        states = (await self._read("lacp")).facts["states"]
        bundle_of = decoded.facts["bundle_of"]
        assert isinstance(states, dict) and isinstance(bundle_of, dict)
        up = {port.name for port in facts(decoded, "ports", Port) if port.oper_up.value is True}
        working = {port for port in up if str(states.get(port, COLLECTING)).lower() == COLLECTING}
        names = dict.fromkeys(str(name) for name in bundle_of.values())
        return tuple(
            Bundle(
                name=name,
                members=tuple(port for port, bundle in bundle_of.items() if bundle == name),
                active=tuple(
                    port for port, bundle in bundle_of.items() if bundle == name and port in working
                ),
            )
            for name in names
        )

    async def set_admin(self, port: str, up: bool) -> None:
        """Start or shut a port. Junos has one configuration: it is what the switch starts with, too.

        Raises:
            InputError: `port` is no port's name.
            Refused: the switch would not.
        """
        if not _PORT_NAME.fullmatch(port):
            raise InputError(f"{port[:40]!r} is no port's name", "Names are as in `show interfaces terse`.")
        await junos_trial.set_disabled(await self._links.shell(), port, not up, device=self._device.name)


def _place(port: str) -> str:
    """`0/0/1` of et-0/0/1:0."""
    return port.partition("-")[2].partition(":")[0]


def _joined(optic: Optic, module: Optic | None) -> Optic:
    if module is None:
        return optic
    return msgspec.structs.replace(
        optic,
        present=module.present,
        medium=module.medium,
        part_number=module.part_number,
        serial=module.serial,
    )


PLATFORM = Platform(
    name="junos",
    title="Juniper Junos (SSH, gNMI)",
    transports=("ssh", "gnmi"),
    open=JunosDriver,
)
