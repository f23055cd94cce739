"""Cisco NX-OS over SSH, OpenConfig over gNMI for FEC counters, which its command line tells differently on
each ASIC.

One command a table as JSON. LLDP tells ports short (`Eth1/1`): here they are as all other tables have them.
Keys and traps: `bringup.decode.nxos_*`.
"""

from __future__ import annotations

import re
from types import MappingProxyType

import msgspec

from bringup.decode import nxos_system, nxos_text, nxos_transceiver
from bringup.driver import lossless, nxos_trial, openconfig
from bringup.driver.on_trial import ConfigOnTrial, over_shell
from bringup.driver.port_plan import plan_of
from bringup.driver.reading import Command, read
from bringup.driver.registry import Platform
from bringup.driver.told import fact, facts
from bringup.model.errors import InputError, NoData
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
        "version": Command(text="show version | json", format=nxos_system.VERSION),
        "clock": Command(text="show clock", format=nxos_text.CLOCK),
        "environment": Command(text="show environment | json", format=nxos_system.ENVIRONMENT),
        "interfaces": Command(text="show interface | json", format=nxos_system.INTERFACES, deadline_s=60.0),
        "optics": Command(
            text="show interface transceiver details | json",
            format=nxos_transceiver.TRANSCEIVER,
            deadline_s=60.0,
        ),
        "bundles": Command(text="show port-channel summary | json", format=nxos_system.CHANNELS),
        "neighbors": Command(text="show lldp neighbors detail | json", format=nxos_system.LLDP),
    }
)
_PORT_NAME = re.compile(r"Ethernet[0-9]{1,3}(?:/[0-9]{1,3}){1,3}")
_SHORT = re.compile(r"Eth([0-9/]+)")


class NxosDriver(ConfigOnTrial[Shell]):
    """Reads and changes one NX-OS switch. Makes no connection until it is asked for something."""

    def __init__(self, device: Device, links: Links) -> None:
        super().__init__(nxos_trial, over_shell)
        self._device = device
        self._links = links

    async def _read(self, what: str) -> Decoded:
        return await self._read_command(COMMANDS[what])

    async def _read_command(self, command: Command) -> Decoded:
        return await read(await self._links.shell(), command, device=self._device.name)

    async def identity(self) -> Identity:
        return fact(await self._read("version"), "identity", Identity)

    async def clock(self) -> Clock:
        """Raises `NoData` where the switch tells a time that is not UTC."""
        return fact(await self._read("clock"), "clock", Clock)

    async def environment(self) -> Environment:
        return fact(await self._read("environment"), "environment", Environment)

    async def ports(self) -> tuple[Port, ...]:
        """Front ports; no logical interfaces."""
        found = facts(await self._read("interfaces"), "ports", Port)
        return tuple(port for port in found if _PORT_NAME.fullmatch(port.name))

    async def fec_counters(self) -> tuple[FecCounters, ...]:
        """Raises `NoData` without gNMI."""
        if not self._links.has("gnmi"):
            raise NoData(
                f"{self._device.name}: the command line of NX-OS has no table of FEC counters for all ASICs",
                "Give the device a [device.gnmi], and switch on `feature grpc` there.",
            )
        return await openconfig.fec_counters(await self._links.gnmi())

    async def flow_control(self) -> tuple[FlowControl, ...]:
        """Front ports. Pause frames are told of all priorities together."""
        found = await lossless.of_nxos(self._read_command)
        named = [msgspec.structs.replace(each, port=long_name(each.port)) for each in found]
        return tuple(each for each in named if _PORT_NAME.fullmatch(each.port))

    async def optics(self) -> tuple[Optic, ...]:
        return facts(await self._read("optics"), "optics", Optic)

    async def neighbors(self) -> tuple[Neighbor, ...]:
        """Every LLDP neighbour.

        Raises:
            NoData: the switch hears nobody: whether it listens is not told by that table.
        """
        found = facts(await self._read("neighbors"), "neighbors", Neighbor)
        return tuple(msgspec.structs.replace(each, local_port=long_name(each.local_port)) for each in found)

    async def port_plan(self, port: str, what: str, to: str) -> PortPlan:
        if not _PORT_NAME.fullmatch(port):
            raise InputError(f"{port[:40]!r} is no front port's name", "Names are as in `show interface`.")
        return plan_of("nxos", port, what, to, await self.ports())

    async def bundles(self) -> tuple[Bundle, ...]:
        """Port channels.

        Raises:
            NoData: the switch lists none, which it also does where the feature is off.
        """
        found = facts(await self._read("bundles"), "bundles", Bundle)
        return tuple(
            Bundle(
                name=bundle.name,
                members=tuple(long_name(port) for port in bundle.members),
                active=tuple(long_name(port) for port in bundle.active),
            )
            for bundle in found
        )

    async def set_admin(self, port: str, up: bool) -> None:
        """Start or shut a port, in the running configuration only: it is not saved.

        Raises:
            InputError: `port` is no front port's name.
            Refused: the switch would not.
        """
        if not _PORT_NAME.fullmatch(port):
            raise InputError(f"{port[:40]!r} is no front port's name", "Names are as in `show interface`.")
        lines = (f"interface {port}", "no shutdown" if up else "shutdown")
        await nxos_trial.configure(await self._links.shell(), lines, device=self._device.name)


def long_name(port: str) -> str:
    """`Ethernet1/1` for `Eth1/1`; others as they are."""
    match = _SHORT.fullmatch(port)
    return f"Ethernet{match[1]}" if match else port


PLATFORM = Platform(
    name="nxos",
    title="Cisco NX-OS (SSH, gNMI)",
    transports=("ssh", "gnmi"),
    open=NxosDriver,
)
