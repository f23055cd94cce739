"""Power shelves, rack PDUs and cooling units over Redfish: services that have no host, and what they say of
themselves below `PowerEquipment` and `ThermalEquipment`.

A service may stand for several units: what they have is told of all of them, who it is only where it is one.
Resources: `bringup.decode.redfish_equipment`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeVar

import msgspec

from bringup.decode.json_field import Json, text_in
from bringup.decode.part_name import part_name
from bringup.decode.redfish_equipment import (
    control_of,
    inlet_of,
    outlet_of,
    sensors_of,
    unit_identity,
)
from bringup.decode.redfish_power import distinct, measured_by, supply_of
from bringup.driver.redfish import ROOT, RedfishReader
from bringup.driver.redfish_leak import leak_detectors
from bringup.driver.registry import Platform
from bringup.model.errors import InputError, NoData
from bringup.model.facts import Environment, Identity, Inlet, LeakDetector, Outlet, Sensor, Supply
from bringup.model.inventory import Device
from bringup.transport.base import Links

POWER, THERMAL = "PowerEquipment", "ThermalEquipment"
KINDS = {
    POWER: ("PowerShelves", "RackPDUs", "FloorPDUs", "TransferSwitches"),
    THERMAL: ("CDUs", "CoolingLoops", "HeatExchangers", "ImmersionUnits"),
}
MAX_UNITS = 32
COMMANDS = {"on": "On", "off": "Off", "cycle": "PowerCycle"}
Fact = TypeVar("Fact")


class RedfishEquipmentDriver:
    """Reads one service, and switches outlets of its PDUs. Every id is found by following links."""

    def __init__(self, device: Device, links: Links) -> None:
        self._device = device
        self._links = links

    async def _reader(self) -> RedfishReader:
        return RedfishReader(await self._links.redfish(), self._device.name)

    async def _units(self, reader: RedfishReader, *families: str) -> list[Json]:
        """Raises:
        NoData: the service has none.
        """
        root = await reader.get(ROOT)
        found: list[Json] = []
        for family in families:
            holder = await reader.linked(root, family)
            for kind in KINDS[family] if holder is not None else ():
                found += await reader.linked_members(holder or {}, kind)
        if not found:
            raise NoData(
                f"{self._device.name}: the service has no {' and no '.join(families)}",
                "Is it a power shelf's, a rack PDU's or a cooling unit's controller? A BMC is `redfish-bmc`.",
            )
        return found[:MAX_UNITS]

    async def identity(self) -> Identity:
        """Raises:
        NoData: there are several units, so that nobody can say which is meant.
        """
        reader = await self._reader()
        units = await self._units(reader, POWER, THERMAL)
        if len(units) > 1:
            raise NoData(
                f"{self._device.name}: the service stands for {len(units)} units",
                "Name each unit's own controller in the inventory.",
            )
        with reader.reading("the unit"):
            return unit_identity(units[0])

    async def environment(self) -> Environment:
        """Supplies and temperatures of all units.

        Raises:
            NoData: none has any.
        """
        reader = await self._reader()
        supplies: list[Supply] = []
        sensors: list[Sensor] = []
        units = await self._units(reader, POWER, THERMAL)
        for unit in units:
            with reader.reading("a unit"):
                name = part_name(text_in(unit, "Name") or text_in(unit, "Id") or "unit")
            listed = await reader.linked_members(unit, "PowerSupplies")
            own = [await self._supply(reader, held) for held in listed]
            # the first supply of each of several shelves has the number 1
            supplies += [
                each if len(units) == 1 else msgspec.structs.replace(each, name=f"{name}-{each.name}")
                for each in own
            ]
            metrics = await reader.linked(unit, "Metrics") or await reader.linked(unit, "EnvironmentMetrics")
            with reader.reading("a unit's metrics"):
                sensors += () if metrics is None else sensors_of(name, metrics)
        if not supplies and not sensors:
            raise NoData(
                f"{self._device.name}: no unit tells of supplies or temperatures",
                "Leave the step out for it.",
            )
        with reader.reading("the power supplies"):
            return Environment(supplies=distinct(tuple(supplies)), sensors=tuple(sensors))

    async def _supply(self, reader: RedfishReader, held: Json) -> Supply:
        with reader.reading("a power supply"):
            supply = supply_of(held)
        metrics = None if supply.present.value is False else await reader.linked(held, "Metrics")
        with reader.reading("a power supply's metrics"):
            return supply if metrics is None else measured_by(supply, metrics)

    async def inlets(self) -> tuple[Inlet, ...]:
        """What comes in, by the mains circuits of all units."""
        return await self._of_units("Mains", inlet_of, "mains circuit")

    async def outlets(self) -> tuple[Outlet, ...]:
        return await self._of_units("Outlets", outlet_of, "outlet")

    async def _of_units(self, link: str, made: Callable[[Json], Fact], what: str) -> tuple[Fact, ...]:
        """Raises:
        NoData: no unit has any.
        """
        reader = await self._reader()
        held = [
            one
            for unit in await self._units(reader, POWER)
            for one in await reader.linked_members(unit, link)
        ]
        with reader.reading(f"a {what}"):
            found = tuple(made(one) for one in held)
        if not found:
            raise NoData(f"{self._device.name}: no unit tells of a {what}", "Leave the step out for it.")
        return found

    async def switch_outlet(self, index: int, to: Literal["on", "off", "cycle"]) -> None:
        """Start the action of the one outlet of that number, once.

        Raises:
            InputError: there is none, or more than one, or it can't be switched.
            Refused: the service would not.
        """
        reader = await self._reader()
        targets: list[str | None] = []
        for unit in await self._units(reader, POWER):
            for held in await reader.linked_members(unit, "Outlets"):
                with reader.reading("an outlet"):
                    if outlet_of(held).index == index:
                        targets.append(control_of(held))
        if len(targets) != 1 or targets[0] is None:
            raise InputError(
                f"{self._device.name}: {len(targets)} outlets of the number {index}, or it can't be switched",
                "See `bringup probe DEVICE outlets`.",
            )
        await reader.post(targets[0], {"PowerState": COMMANDS[to]})

    async def leak_detectors(self) -> tuple[LeakDetector, ...]:
        """Those of the units, and of the chassis where the service has any.

        Raises:
            NoData: nobody tells of one.
        """
        reader = await self._reader()
        units = await self._units(reader, POWER, THERMAL)
        chassis = await reader.linked_members(await reader.get(ROOT), "Chassis")
        found = await leak_detectors(reader, [*units, *chassis[:MAX_UNITS]])
        if not found:
            raise NoData(
                f"{self._device.name}: no unit tells of a leak detector",
                "Are the detectors plugged in, and does this firmware know them?",
            )
        return found


PLATFORM = Platform(
    name="redfish-equipment",
    title="Power shelf, rack PDU or cooling unit (Redfish)",
    transports=("redfish",),
    open=RedfishEquipmentDriver,
)
