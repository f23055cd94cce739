"""BMCs over Redfish, whatever their make. Where services differ: `bringup.decode.redfish_*`.

The host is the one physical system of the service (where a baseboard of accelerators has a system of its own,
the one with a BIOS); the BMC is the manager that the host names.
"""

from __future__ import annotations

import msgspec

from bringup.decode.json_field import Json, object_in, objects_in, read_text, text_in
from bringup.decode.part_name import part_name
from bringup.decode.redfish_power import distinct, measured_by, supplies_of, supply_of
from bringup.decode.redfish_resource import link_in, links_in
from bringup.decode.redfish_system import (
    RESET,
    clock_of,
    manager_identity,
    power_of,
    software_version,
    system_identity,
    words_in,
)
from bringup.decode.redfish_thermal import fan_of, temperatures_of, thermal_of
from bringup.driver import redfish_update
from bringup.driver.redfish import ROOT, RedfishReader
from bringup.driver.redfish_account import keeper, mac_addresses
from bringup.driver.redfish_leak import leak_detectors
from bringup.driver.registry import Platform
from bringup.model.account import Account, Label
from bringup.model.errors import InputError, NoData, Refused
from bringup.model.facts import (
    BmcTask,
    Clock,
    Environment,
    FirmwareState,
    HostPower,
    Identity,
    LeakDetector,
    Supply,
)
from bringup.model.inventory import Device
from bringup.model.measurement import ABSENT, Read
from bringup.transport.base import Links

MAX_CHASSIS = 16
_RESETS = frozenset(
    {
        "On",
        "ForceOff",
        "GracefulShutdown",
        "GracefulRestart",
        "ForceRestart",
        "ForceOn",
        "PowerCycle",
        "PushPowerButton",
        "Nmi",
    }
)


class RedfishBmcDriver:
    """Reads one BMC and powers its host. Every id is found by following links from the root."""

    def __init__(self, device: Device, links: Links) -> None:
        self._device = device
        self._links = links

    async def _reader(self) -> RedfishReader:
        return RedfishReader(await self._links.redfish(), self._device.name)

    async def identity(self) -> Identity:
        """The BMC: its own serial and model where it tells them, else those of the host that it is built
        into. `os_version` is the BMC's firmware; `firmware` also has the host's BIOS and the service's
        software inventory.
        """
        reader = await self._reader()
        root = await reader.get(ROOT)
        system = await self._system(reader, root)
        manager = await self._manager(reader, root, system)
        with reader.reading("the system or its manager"):
            host, bmc = system_identity(system), manager_identity(manager)
        software = await self._software(reader, root)
        return msgspec.structs.replace(
            bmc,
            hostname=await self._hostname(reader, manager),
            vendor=_first(bmc.vendor, host.vendor),
            model=_first(bmc.model, host.model),
            serial=_first(bmc.serial, host.serial),
            firmware={**software, **host.firmware},
        )

    async def _software(self, reader: RedfishReader, root: Json) -> dict[str, Read]:
        service = await reader.linked(root, "UpdateService")
        if service is None:
            return {}
        try:
            items = await reader.expanded_members(root, service, "FirmwareInventory")
        except NoData:
            return {}
        with reader.reading("the software inventory"):
            told = [software_version(item) for item in items]
        return {part_name(name): version for name, version in told}

    async def _hostname(self, reader: RedfishReader, manager: Json) -> Read:
        """The BMC's own name: of its network services, else of its first interface that has one."""
        network = await reader.linked(manager, "NetworkProtocol")
        with reader.reading("the network protocols"):
            if network is not None and text_in(network, "HostName"):
                return read_text(network, "HostName")
        try:
            interfaces = await reader.linked_members(manager, "EthernetInterfaces")
        except NoData:
            return ABSENT
        with reader.reading("a network interface"):
            names = [read_text(one, "HostName") for one in interfaces if text_in(one, "HostName")]
        return names[0] if names else ABSENT

    async def clock(self) -> Clock:
        """The manager's time.

        Raises:
            NoData: the BMC tells no time.
        """
        reader = await self._reader()
        root = await reader.get(ROOT)
        manager = await self._manager(reader, root, await self._system(reader, root))
        with reader.reading("the manager's clock"):
            found = clock_of(manager)
        if found.unix_s.value is None:
            raise NoData(
                f"{self._device.name}: the manager tells no time that can be compared with UTC",
                "Set the BMC's time source and offset from UTC.",
            )
        return found

    async def label(self) -> Label:
        """The serial as `identity` tells it, and the manager's MAC addresses."""
        reader = await self._reader()
        root = await reader.get(ROOT)
        manager = await self._manager(reader, root, await self._system(reader, root))
        macs = await mac_addresses(reader, manager)
        return Label(serial=(await self.identity()).serial, mac_addresses=macs)

    async def account(self) -> Account:
        return await keeper(await self._links.redfish(), self._device.name).account()

    async def proven_account(self) -> Account:
        return await keeper(await self._links.redfish(), self._device.name).account(prove=True)

    async def rotate_password(self) -> None:
        """Raises: Refused: it does not take the new one, whose text is shown nowhere."""
        await keeper(await self._links.redfish(), self._device.name).rotate()

    async def restore_password(self) -> None:
        await keeper(await self._links.redfish(), self._device.name).put_back()

    async def host_power(self) -> HostPower:
        reader = await self._reader()
        system = await self._system(reader, await reader.get(ROOT))
        return await self._power(reader, system)

    async def _power(self, reader: RedfishReader, system: Json) -> HostPower:
        """The allowable resets stand beside the action, or in a resource that the action links to."""
        with reader.reading("the system's power state"):
            power = power_of(system)
            path = text_in(_reset_action(system), "@Redfish.ActionInfo")
        if power.allowed_resets or path is None:
            return power
        info = await reader.get(path)
        with reader.reading("what the reset action takes"):
            return msgspec.structs.replace(power, allowed_resets=_allowed_by(info))

    async def reset_host(self, reset_type: str) -> None:
        """Change the host's power. What the BMC takes is read first, and nothing else is sent to it.

        Raises:
            InputError: Redfish has no such reset.
            Refused: this BMC does not take it, or would not.
            NoData: the system has no reset action.
        """
        if reset_type not in _RESETS:
            raise InputError(
                f"{reset_type[:40]!r} is no Redfish reset", f"There are: {', '.join(sorted(_RESETS))}."
            )
        reader = await self._reader()
        system = await self._system(reader, await reader.get(ROOT))
        allowed = (await self._power(reader, system)).allowed_resets
        if allowed and reset_type not in allowed:
            raise Refused(
                f"{self._device.name}: this BMC does not take the reset {reset_type}",
                f"It takes: {', '.join(word[:40] for word in allowed[:20])}.",
            )
        with reader.reading("the reset action"):
            target = text_in(_reset_action(system), "target")
        if target is None:
            raise NoData(
                f"{self._device.name}: the system has no reset action", "Does the user have the right to it?"
            )
        await reader.post(target, {"ResetType": reset_type})

    async def tasks(self) -> tuple[BmcTask, ...]:
        reader = await self._reader()
        return await redfish_update.read_tasks(reader, await reader.get(ROOT))

    async def firmware(self) -> FirmwareState:
        return await redfish_update.read_firmware(await self._reader(), self._device.name)

    async def stage_firmware(self, path: str, image: str) -> str:
        return await redfish_update.stage(await self._reader(), path, image, self._device.name)

    async def activate_firmware(self, path: str) -> None:
        await redfish_update.activate(await self._reader(), path, self._device.name)

    async def environment(self) -> Environment:
        """Supplies, fans and temperatures of the host's chassis: from the subsystems, else from the older
        resources.

        Raises:
            NoData: no chassis tells any.
        """
        reader = await self._reader()
        root = await reader.get(ROOT)
        parts = [await self._chassis(reader, held) for held in await self._all_chassis(reader, root)]
        found = Environment(
            supplies=tuple(supply for part in parts for supply in part.supplies),
            fans=tuple(fan for part in parts for fan in part.fans),
            sensors=tuple(sensor for part in parts for sensor in part.sensors),
        )
        if not found.supplies and not found.fans and not found.sensors:
            raise NoData(
                f"{self._device.name}: no chassis tells of supplies, fans or temperatures",
                "Some BMCs tell them only once the host is on.",
            )
        with reader.reading("the power supplies"):
            distinct(found.supplies)
        return found

    async def leak_detectors(self) -> tuple[LeakDetector, ...]:
        """Leak detectors of the host's chassis.

        Raises:
            NoData: no chassis tells of any.
        """
        reader = await self._reader()
        root = await reader.get(ROOT)
        found = await leak_detectors(reader, await self._all_chassis(reader, root))
        if not found:
            raise NoData(
                f"{self._device.name}: no chassis tells of a leak detector",
                "Are the detectors plugged in, and does this firmware know them?",
            )
        return found

    async def _all_chassis(self, reader: RedfishReader, root: Json) -> list[Json]:
        system = await self._system(reader, root)
        with reader.reading("the links to the chassis"):
            paths = links_in(object_in(system, "Links"), "Chassis")
            collection = link_in(root, "Chassis")
        if not paths and collection is not None:
            paths = await reader.members(collection)
        return await reader.get_all(paths[:MAX_CHASSIS])

    async def _chassis(self, reader: RedfishReader, chassis: Json) -> Environment:
        supplies = await self._supplies(reader, chassis)
        thermal = await self._thermal(reader, chassis)
        return msgspec.structs.replace(thermal, supplies=supplies)

    async def _supplies(self, reader: RedfishReader, chassis: Json) -> tuple[Supply, ...]:
        subsystem = await reader.linked(chassis, "PowerSubsystem")
        listed = [] if subsystem is None else await reader.linked_members(subsystem, "PowerSupplies")
        if listed:
            return tuple([await self._supply(reader, held) for held in listed])
        power = await reader.linked(chassis, "Power")
        with reader.reading("the power resource"):
            return () if power is None else supplies_of(power)

    async def _supply(self, reader: RedfishReader, held: Json) -> Supply:
        with reader.reading("a power supply"):
            supply = supply_of(held)
        metrics = None if supply.present.value is False else await reader.linked(held, "Metrics")
        with reader.reading("a power supply's metrics"):
            return supply if metrics is None else measured_by(supply, metrics)

    async def _thermal(self, reader: RedfishReader, chassis: Json) -> Environment:
        subsystem = await reader.linked(chassis, "ThermalSubsystem")
        if subsystem is not None:
            fans = await reader.linked_members(subsystem, "Fans")
            metrics = await reader.linked(subsystem, "ThermalMetrics")
            with reader.reading("the thermal subsystem"):
                sensors = () if metrics is None else temperatures_of(metrics)
                if fans or sensors:
                    return Environment(fans=tuple(fan_of(fan) for fan in fans), sensors=sensors)
        thermal = await reader.linked(chassis, "Thermal")
        with reader.reading("the thermal resource"):
            return Environment() if thermal is None else thermal_of(thermal)

    async def _system(self, reader: RedfishReader, root: Json) -> Json:
        """The host. Several systems are told apart by what they are, never by their ids.

        Raises:
            NoData: there is none, or more than one that could be it.
        """
        systems = await reader.linked_members(root, "Systems")
        for likely in (_is_physical, _has_bios):
            if len(systems) > 1:
                systems = [held for held in systems if likely(held)]
        if len(systems) != 1:
            raise NoData(
                f"{self._device.name}: the service has {len(systems)} systems that could be the host",
                "Is this address the host's BMC?",
            )
        return systems[0]

    async def _manager(self, reader: RedfishReader, root: Json, system: Json) -> Json:
        """The manager that the host names first, else the only one, else the one of type BMC.

        Raises:
            NoData: there is none, or more than one that could be it.
        """
        with reader.reading("the system's links"):
            named = links_in(object_in(system, "Links"), "ManagedBy")
        if named:
            return await reader.get(named[0])
        managers = await reader.linked_members(root, "Managers")
        if len(managers) > 1:
            managers = [held for held in managers if held.get("ManagerType") == "BMC"]
        if len(managers) != 1:
            raise NoData(
                f"{self._device.name}: the service has {len(managers)} managers that could be the BMC",
                "Is this address the host's BMC?",
            )
        return managers[0]


def _reset_action(system: Json) -> Json:
    return object_in(object_in(system, "Actions"), RESET)


def _is_physical(system: Json) -> bool:
    return system.get("SystemType", "Physical") == "Physical"


def _has_bios(system: Json) -> bool:
    return "Bios" in system or bool(system.get("BiosVersion"))


def _allowed_by(info: Json) -> tuple[str, ...]:
    for parameter in objects_in(info, "Parameters"):
        if text_in(parameter, "Name") == "ResetType":
            return words_in(parameter, "AllowableValues")
    return ()


def _first(first: Read, second: Read) -> Read:
    return first if first.value is not None else second


PLATFORM = Platform(
    name="redfish-bmc",
    title="BMC (Redfish)",
    transports=("redfish",),
    open=RedfishBmcDriver,
)
