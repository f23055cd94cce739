"""NVIDIA Cumulus Linux and NVOS by NVUE: over SSH, by REST where the inventory gives that alone, and
OpenConfig over gNMI for FEC counters where there is gNMI.

Both are a Linux with `nv` beside it: clock, boot and LLDP are read as on a host. Modules and PHYs are asked
one by one, as NVUE tells them. Keys and traps: `bringup.decode.nvue_*`.
"""

from __future__ import annotations

import re
import shlex
from types import MappingProxyType

import msgspec

from bringup.decode import (
    linux_bond,
    linux_line,
    lldp_interfaces,
    lldp_json0,
    nvue_interface,
    nvue_system,
    nvue_transceiver,
)
from bringup.driver import lldpd, lossless, nvue_rest, nvue_trial, openconfig
from bringup.driver.module_memory import ByEthtool, ModuleMemory, read_memory
from bringup.driver.on_trial import ConfigOnTrial, over_shell
from bringup.driver.port_plan import plan_of
from bringup.driver.reading import Command, NotPermitted, read
from bringup.driver.registry import Platform
from bringup.driver.told import fact, facts
from bringup.model.errors import InputError, NoData, Unparsable
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
from bringup.model.measurement import NOT_AVAILABLE, UNSUPPORTED
from bringup.transport.base import Links, Shell

ENVIRONMENT = "nv show platform environment"
COMMANDS = MappingProxyType(
    {
        "system": Command(text="nv show system -o json", format=nvue_system.SYSTEM),
        "platform": Command(text="nv show platform -o json", format=nvue_system.PLATFORM),
        "uptime": Command(text="cat /proc/uptime", format=linux_line.UPTIME),
        "boot_id": Command(text="cat /proc/sys/kernel/random/boot_id", format=linux_line.BOOT_ID),
        "clock": Command(text="date +%s.%N", format=linux_line.DATE),
        "supplies": Command(text=f"{ENVIRONMENT} psu -o json", format=nvue_system.SUPPLIES),
        "fans": Command(text=f"{ENVIRONMENT} fan -o json", format=nvue_system.FANS),
        "sensors": Command(text=f"{ENVIRONMENT} temperature -o json", format=nvue_system.TEMPERATURES),
        "interfaces": Command(
            text="nv show interface --rev operational -o json",
            format=nvue_interface.INTERFACES,
            deadline_s=60.0,
        ),
        "bundles": Command(text="ip -j -d link", format=linux_bond.BONDS),
        "neighbors": Command(text="sudo -n lldpcli show neighbors -f json0", format=lldp_json0.TABLE),
        "lldp_interfaces": Command(
            text="sudo -n lldpcli show interfaces -f json0", format=lldp_interfaces.INTERFACES
        ),
    }
)
PER_PORT = MappingProxyType(
    {
        "transceiver": Command(
            text="nv show interface {port} transceiver", format=nvue_transceiver.TRANSCEIVER
        ),
        "platform_transceiver": Command(
            text="nv show platform transceiver {port}", format=nvue_transceiver.TRANSCEIVER
        ),
        "phy": Command(
            text="nv show interface {port} link phy-detail -o json", format=nvue_interface.PHY_DETAIL
        ),
    }
)
FRONT = re.compile(r"(?:swp|sw)[0-9]{1,3}(?:p[0-9]{1,2})?(?:s[0-9]{1,2})?")
"""swp1, swp1s0 (Cumulus), sw1p1s1 (NVOS): ports with a cage. acp and fnm ports have none."""
MAX_PORTS = 512


class NvueDriver(ConfigOnTrial[Shell]):
    """Reads and changes one switch. Makes no connection until it is asked for something."""

    def __init__(self, device: Device, links: Links) -> None:
        super().__init__(nvue_trial, over_shell)
        self._device = device
        self._links = links

    def _by_rest_alone(self) -> bool:
        return self._links.has("nvue") and not self._links.has("ssh")

    async def _told(self, what: str, port: str = "") -> Decoded:
        command = _of_port(what, port) if port else COMMANDS[what]
        if self._by_rest_alone():
            made, name = command.format, self._device.name
            return await nvue_rest.get(await self._links.nvue(), what, made, device=name, port=port)
        return await self._read(command)

    async def _read(self, command: Command) -> Decoded:
        return await read(await self._links.shell(), command, device=self._device.name)

    async def identity(self) -> Identity:
        found = fact(await self._told("platform"), "identity", Identity)
        system = fact(await self._told("system"), "identity", Identity)
        if not self._by_rest_alone():
            uptime = fact(await self._told("uptime"), "identity", Identity)
            boot = fact(await self._told("boot_id"), "identity", Identity)
            system = msgspec.structs.replace(system, uptime_s=uptime.uptime_s, boot_id=boot.boot_id)
        return msgspec.structs.replace(
            found,
            hostname=system.hostname,
            os_version=system.os_version,
            uptime_s=system.uptime_s,
            boot_id=system.boot_id,
        )

    async def clock(self) -> Clock:
        return fact(await self._told("clock"), "clock", Clock)

    async def environment(self) -> Environment:
        """What the switch has of supplies, fans and sensors.

        Raises:
            NoData: it has none of the three.
        """
        parts: list[Environment] = []
        missing: NoData | None = None
        for what in ("supplies", "fans", "sensors"):
            try:
                parts.append(fact(await self._told(what), "environment", Environment))
            except NoData as none:
                missing = none
        if missing is not None and not parts:
            raise missing
        return Environment(
            supplies=tuple(supply for part in parts for supply in part.supplies),
            fans=tuple(fan for part in parts for fan in part.fans),
            sensors=tuple(sensor for part in parts for sensor in part.sensors),
        )

    async def ports(self) -> tuple[Port, ...]:
        """Front ports; no logical interfaces."""
        found = facts(await self._told("interfaces"), "ports", Port)
        return tuple(port for port in found if FRONT.fullmatch(port.name))[:MAX_PORTS]

    async def fec_counters(self) -> tuple[FecCounters, ...]:
        """By the PHY of each port that is up, with its interface's flaps; Spectrum 1 has no such table."""
        if self._links.has("gnmi"):
            return await openconfig.fec_counters(await self._links.gnmi())
        return tuple([await self._fec(port) for port in await self.ports()])

    async def _fec(self, port: Port) -> FecCounters:
        if port.oper_up.value is not True:
            return FecCounters(port=port.name, pre_fec_ber=NOT_AVAILABLE, flap_count=port.flap_count)
        try:
            found = fact(await self._told("phy", port.name), "fec", FecCounters)
        except NoData:
            return FecCounters(port=port.name, pre_fec_ber=UNSUPPORTED, flap_count=port.flap_count)
        return msgspec.structs.replace(found, port=port.name, flap_count=port.flap_count)

    async def flow_control(self) -> tuple[FlowControl, ...]:
        """Ports that are up: NVUE tells each by itself, and a port that is down holds nobody up.

        Raises:
            NoData: there is REST alone, or no port is up.
        """
        if self._by_rest_alone():
            raise NoData(f"{self._device.name}: flow control is read over SSH", "Give it a [device.ssh].")
        up = [port.name for port in await self.ports() if port.oper_up.value is True]
        if not up:
            raise NoData(f"{self._device.name}: no port is up", "Bring the links up first.")
        return tuple([await lossless.of_nvue(self._read, port) for port in up])

    async def optics(self) -> tuple[Optic, ...]:
        """One for each front port: by the platform, which tells the module's own limits, too; on earlier
        releases, and where that tells of no lanes, by the interface.

        Raises:
            NoData: there is REST alone.
        """
        if self._by_rest_alone():
            await self._told("transceiver", "swp1")
        return tuple([await self._optic(port.name) for port in await self.ports()])

    async def _optic(self, port: str) -> Optic:
        none, without_lanes = NOT_AVAILABLE, None
        for what in ("platform_transceiver", "transceiver"):
            try:
                found = fact(await self._told(what, port), "optic", Optic)
            except NoData:
                none = UNSUPPORTED
            except (NotPermitted, Unparsable):
                none = NOT_AVAILABLE
            else:
                if found.lanes or found.present.value is False:
                    return msgspec.structs.replace(found, port=port)
                without_lanes = without_lanes or found
        if without_lanes is not None:
            return msgspec.structs.replace(without_lanes, port=port)
        return Optic(port=port, present=none, medium=none, serial=none, temperature_c=none)

    async def module_memory(self, port: str) -> ModuleMemory:
        """By the kernel of the switch, over SSH.

        Raises:
            InputError: `port` is no front port's name.
        """
        if not FRONT.fullmatch(port):
            raise InputError(f"{port[:40]!r} is no front port's name", "Names are as in `nv show interface`.")
        name = self._device.name
        return await read_memory(ByEthtool(self._as_root, port, name), port, device=name)

    async def _as_root(self, command: Command) -> Decoded:
        return await self._read(msgspec.structs.replace(command, text=f"sudo -n {command.text}"))

    async def neighbors(self) -> tuple[Neighbor, ...]:
        """Raises `NoData` where there is REST alone."""
        if self._by_rest_alone():
            await self._told("neighbors")
        return await lldpd.neighbors(
            self._read, COMMANDS["neighbors"], COMMANDS["lldp_interfaces"], device=self._device.name
        )

    async def port_plan(self, port: str, what: str, to: str) -> PortPlan:
        if not FRONT.fullmatch(port):
            raise InputError(f"{port[:40]!r} is no front port's name", "Names are as in `nv show interface`.")
        return plan_of("nvue", port, what, to, await self.ports())

    async def bundles(self) -> tuple[Bundle, ...]:
        """Bonds, as the kernel has them."""
        return facts(await self._told("bundles"), "bundles", Bundle)

    async def set_admin(self, port: str, up: bool) -> None:
        """Start or shut a port. Cumulus saves what is applied (from 5.9 on), NVOS does not.

        Raises:
            InputError: `port` is no front port's name.
            Refused: the switch would not.
        """
        if not FRONT.fullmatch(port):
            raise InputError(f"{port[:40]!r} is no front port's name", "Names are as in `nv show interface`.")
        line = f"set interface {port} link state {'up' if up else 'down'}"
        await nvue_trial.apply_at_once(await self._links.shell(), line, device=self._device.name)


def _of_port(what: str, port: str) -> Command:
    command = PER_PORT[what]
    return msgspec.structs.replace(command, text=command.text.format(port=shlex.quote(port)))


PLATFORM = Platform(
    name="nvue",
    title="NVIDIA Cumulus Linux and NVOS (SSH, REST, gNMI)",
    transports=("ssh", "nvue", "gnmi"),
    open=NvueDriver,
)
