"""Arista EOS: eAPI for everything, OpenConfig over gNMI for FEC counters where there is gNMI, and for all
that OpenConfig tells where there is gNMI alone.

What one reading needs goes in one request. Keys and traps: `bringup.decode.eos_*`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from bringup.decode import (
    eos_environment,
    eos_interfaces,
    eos_lldp,
    eos_phy,
    eos_system,
    eos_transceiver,
)
from bringup.decode.registry import Format
from bringup.driver import bundles, eapi, eos_trial, lossless, openconfig
from bringup.driver.monitored import age_of, aged
from bringup.driver.on_trial import ConfigOnTrial, over_eapi
from bringup.driver.port_plan import plan_of
from bringup.driver.reading import facts_of
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
    Supply,
)
from bringup.model.facts_flow import FlowControl
from bringup.model.facts_port import PortPlan
from bringup.model.inventory import Device
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value
from bringup.transport.base import HttpExchange, Links

VERSION, HOSTNAME, CLOCK = "show version", "show hostname", "show clock"
INVENTORY = "show inventory"
INTERFACES, STATUS = "show interfaces", "show interfaces status"
ERROR_CORRECTION = "show interfaces error-correction"
TRANSCEIVERS = "show interfaces transceiver dom thresholds"
PHYS, NEIGHBORS = "show interfaces phy detail", "show lldp neighbors detail"
POWER = "show system environment power"
COOLING = "show system environment cooling"
TEMPERATURE = "show system environment temperature"
FORMAT_OF: Mapping[str, Format] = MappingProxyType(
    {
        VERSION: eos_system.VERSION,
        HOSTNAME: eos_system.HOSTNAME,
        CLOCK: eos_system.CLOCK,
        INVENTORY: eos_system.INVENTORY,
        INTERFACES: eos_interfaces.INTERFACES,
        STATUS: eos_interfaces.INTERFACES_STATUS,
        ERROR_CORRECTION: eos_interfaces.ERROR_CORRECTION,
        TRANSCEIVERS: eos_transceiver.TRANSCEIVER,
        PHYS: eos_phy.PHY_DETAIL,
        NEIGHBORS: eos_lldp.LLDP_DETAIL,
        POWER: eos_environment.POWER,
        COOLING: eos_environment.COOLING,
        TEMPERATURE: eos_environment.TEMPERATURE,
    }
)
_PORT_NAME = re.compile(r"Ethernet[0-9]{1,3}(?:/[0-9]{1,3}){0,3}")


class EosDriver(ConfigOnTrial[HttpExchange]):
    """Reads and changes one EOS switch. Makes no connection until it is asked for something."""

    def __init__(self, device: Device, links: Links) -> None:
        super().__init__(eos_trial, over_eapi)
        self._device = device
        self._links = links

    def _by_gnmi_alone(self) -> bool:
        return self._links.has("gnmi") and not self._links.has("eapi")

    async def _raw(self, *commands: str) -> list[bytes]:
        return await eapi.run(await self._links.eapi(), commands, device=self._device.name)

    def _decoded(self, command: str, reply: bytes) -> Decoded:
        return facts_of(FORMAT_OF[command], reply, device=self._device.name, request=command)

    async def _read(self, *commands: str) -> list[Decoded]:
        replies = await self._raw(*commands)
        return [self._decoded(command, reply) for command, reply in zip(commands, replies, strict=True)]

    async def identity(self) -> Identity:
        version, hostname = await self._read(VERSION, HOSTNAME)
        found = fact(version, "identity", Identity)
        return msgspec.structs.replace(found, hostname=fact(hostname, "identity", Identity).hostname)

    async def clock(self) -> Clock:
        return fact((await self._read(CLOCK))[0], "clock", Clock)

    async def environment(self) -> Environment:
        """What the switch has of supplies, fans and sensors. Each is asked for by itself, since one that a
        model lacks would end the request.

        Raises:
            NoData: it has none of the three.
        """
        parts: list[Environment] = []
        missing: NoData | None = None
        for command in (POWER, COOLING, TEMPERATURE):
            try:
                parts.append(fact((await self._read(command))[0], "environment", Environment))
            except NoData as none:
                missing = none
        if missing is not None and not parts:
            raise missing
        supplies = tuple(supply for part in parts for supply in part.supplies)
        return Environment(
            supplies=supplies + await self._empty_bays(supplies),
            fans=tuple(fan for part in parts for fan in part.fans),
            sensors=tuple(sensor for part in parts for sensor in part.sensors),
        )

    async def _empty_bays(self, listed: tuple[Supply, ...]) -> tuple[Supply, ...]:
        """Bays that `show inventory` says are empty; the power table leaves them out."""
        try:
            bays = (await self._read(INVENTORY))[0].facts["supplies"]
        except NoData:
            return ()
        assert isinstance(bays, dict)
        known = {supply.name for supply in listed}
        return tuple(
            Supply(name=f"{eos_environment.SUPPLY}{bay}", present=value(False))
            for bay, supply in bays.items()
            if supply is None and f"{eos_environment.SUPPLY}{bay}" not in known
        )

    async def ports(self) -> tuple[Port, ...]:
        """All interfaces, with the FEC that each uses where its rate and module tell which Reed-Solomon."""
        if self._by_gnmi_alone():
            return await openconfig.ports(await self._links.gnmi())
        interfaces, status = await self._read(INTERFACES, STATUS)
        try:
            fec = (await self._read(ERROR_CORRECTION))[0].facts["fec"]
        except NoData:  # no port of this switch has error correction
            fec = {}
        assert isinstance(fec, dict)
        media = {port.name: port.medium for port in facts(status, "ports", Port)}
        return tuple(
            _completed(port, media.get(port.name, ABSENT), fec.get(port.name))
            for port in facts(interfaces, "ports", Port)
        )

    async def fec_counters(self) -> tuple[FecCounters, ...]:
        """Over gNMI where the inventory gives it; else of the PHYs that face the line, with the flaps that
        the interface counts."""
        if self._links.has("gnmi"):
            return await openconfig.fec_counters(await self._links.gnmi())
        phys, interfaces = await self._read(PHYS, INTERFACES)
        flaps = {port.name: port.flap_count for port in facts(interfaces, "ports", Port)}
        return tuple(
            msgspec.structs.replace(entry, flap_count=flaps.get(entry.port, ABSENT))
            for entry in facts(phys, "fec_counters", FecCounters)
        )

    async def flow_control(self) -> tuple[FlowControl, ...]:
        return await lossless.of_eos(await self._links.eapi(), device=self._device.name)

    async def optics(self) -> tuple[Optic, ...]:
        """Presence by `show inventory`, monitors by the transceiver table: a port without monitors has its
        name there only, with or without a module. Over gNMI where the inventory gives nothing else.
        """
        if self._by_gnmi_alone():
            return await openconfig.optics(await self._links.gnmi())
        inventory_reply, table_reply, clock_reply, status_reply = await self._raw(
            INVENTORY, TRANSCEIVERS, CLOCK, STATUS
        )
        slots = self._decoded(INVENTORY, inventory_reply).facts["slots"]
        assert isinstance(slots, dict)
        decoded = FORMAT_OF[TRANSCEIVERS].decode(table_reply)
        if decoded.outcome == "unparsable" or "optics" not in decoded.facts:
            decoded = self._decoded(TRANSCEIVERS, table_reply)
        now = fact(self._decoded(CLOCK, clock_reply), "clock", Clock).unix_s.value
        details = decoded.facts["details"]
        assert isinstance(details, dict)
        # A module without monitors has its name in the table and nothing else; what it is the status tells.
        media = {port.name: port.medium for port in facts(self._decoded(STATUS, status_reply), "ports", Port)}
        return tuple(
            aged(_fitted(_named(optic, media), slots), age_of(now, _sampled_unix_s(details.get(optic.port))))
            for optic in facts(decoded, "optics", Optic)
        )

    async def neighbors(self) -> tuple[Neighbor, ...]:
        """Every LLDP neighbour with its age by the switch's own clock; none where LLDP listens and hears
        nobody.

        Raises:
            NoData: LLDP listens on no port.
        """
        if self._by_gnmi_alone():
            return await openconfig.neighbors(await self._links.gnmi())
        told, clock = await self._read(NEIGHBORS, CLOCK)
        now = fact(clock, "clock", Clock).unix_s.value
        contacts = told.facts["last_contacts_unix_s"]
        assert isinstance(contacts, list)
        return tuple(
            msgspec.structs.replace(neighbor, age_s=_age(now, contact), heard_ago_s=_age(now, contact))
            for neighbor, contact in zip(facts(told, "neighbors", Neighbor), contacts, strict=True)
        )

    async def set_admin(self, port: str, up: bool) -> None:
        """Start or shut a port, in the running configuration only: it is not saved.

        Raises:
            InputError: `port` is no front port's name.
            Refused: the switch would not.
        """
        if not _PORT_NAME.fullmatch(port):
            raise InputError(
                f"{port[:40]!r} is no front port's name", "Names are as in `show interfaces status`."
            )
        commands = ("enable", "configure", f"interface {port}", "no shutdown" if up else "shutdown")
        await eapi.change(await self._links.eapi(), commands, device=self._device.name)

    async def port_plan(self, port: str, what: str, to: str) -> PortPlan:
        if not _PORT_NAME.fullmatch(port):
            raise InputError(
                f"{port[:40]!r} is no front port's name", "Names are as in `show interfaces status`."
            )
        return plan_of("eos", port, what, to, await self.ports())

    async def bundles(self) -> tuple[Bundle, ...]:
        return await bundles.of_eos(await self._links.eapi(), device=self._device.name)


def _completed(port: Port, medium: Read, fec_word: object) -> Port:
    mode = eos_interfaces.resolve_fec(fec_word, port.speed_gbps.value, medium.value)
    return msgspec.structs.replace(port, medium=medium, fec_mode=ABSENT if fec_word is None else mode)


def slot_of(port: str, slots: Mapping[str, object]) -> str | None:
    """The slot of a port, the longest that fits: `49` for Ethernet49/1, `3/1` for Ethernet3/1/4."""
    parts = port.removeprefix("Ethernet").split("/")
    for length in range(len(parts), 0, -1):
        slot = "/".join(parts[:length])
        if slot in slots:
            return slot
    return None


def _named(optic: Optic, media: Mapping[str, Read]) -> Optic:
    """`optic` with the medium that the port's status tells, where the module's own entry tells none."""
    if optic.medium is not ABSENT or optic.port not in media:
        return optic
    return msgspec.structs.replace(optic, medium=media[optic.port])


def _fitted(optic: Optic, slots: Mapping[str, object]) -> Optic:
    """`optic` with what the inventory says of its cage."""
    slot = slot_of(optic.port, slots)
    if slot is None:
        return optic
    module = slots[slot]
    if not isinstance(module, dict):
        # Monitors without a module: it was pulled or put in between the two tables. The next reading tells.
        return msgspec.structs.replace(optic, present=NOT_AVAILABLE if optic.present.value else value(False))
    return msgspec.structs.replace(
        optic,
        present=value(True),
        vendor=_word(module.get("vendor")),
        part_number=_word(module.get("model")),
        serial=optic.serial if optic.serial.value is not None else _word(module.get("serial")),
    )


def _sampled_unix_s(details: object) -> object:
    return details.get("updated_unix_s") if isinstance(details, dict) else None


def _word(text: object) -> Read:
    return value(text) if isinstance(text, str) else ABSENT


def _age(now: object, contact: object) -> Read:
    if not isinstance(now, int | float) or not isinstance(contact, int | float) or contact > now:
        return ABSENT
    return value(round(float(now - contact), 3))


PLATFORM = Platform(
    name="eos",
    title="Arista EOS (eAPI, gNMI)",
    transports=("eapi", "gnmi"),
    open=EosDriver,
)
