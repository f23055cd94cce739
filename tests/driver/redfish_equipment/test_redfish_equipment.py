"""Power shelves, rack PDUs and cooling units over Redfish: what is read, sent and refused."""

from __future__ import annotations

from typing import Any

import pytest

from bringup.driver.capability import DetectsLeaks, HasEnvironment, HasInlets, HasOutlets, SwitchesOutlets
from bringup.driver.platform.redfish_equipment import PLATFORM, RedfishEquipmentDriver
from bringup.driver.registry import find_platform
from bringup.model.errors import InputError, NoData, Refused, TimedOut, Unparsable
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, value
from tests.driver.canned_wires import CannedHttp, CannedWires, json_reply, raw_reply, wired
from tests.driver.redfish_bmc.resources import RESOURCES, V1, collection
from tests.driver.redfish_equipment.resources import (
    CONTROL,
    COOLING,
    OUTLET,
    PDU,
    POWER_SHELF,
    RACK_PDU,
    SHELF,
    SHELF_HELD,
)


def driver(*services: dict[str, Any], **changed: Any) -> tuple[RedfishEquipmentDriver, CannedHttp]:
    held = {path: resource for service in services for path, resource in service.items()}
    http = CannedHttp(held | changed)
    return RedfishEquipmentDriver(wired("redfish-equipment", "shelf-1"), CannedWires(redfish=http)), http


def test_the_platform_is_found_by_its_name_and_opens_without_io() -> None:
    wires = CannedWires(redfish=CannedHttp({}))
    assert find_platform("redfish-equipment") is PLATFORM
    opened = PLATFORM.open(wired("redfish-equipment", "shelf-1"), wires)
    assert wires.opened == []
    for capability in (HasEnvironment, HasInlets, HasOutlets, SwitchesOutlets, DetectsLeaks):
        assert isinstance(opened, capability)


async def test_a_shelf_tells_who_it_is_its_supplies_and_what_comes_in() -> None:
    shelf, _ = driver(POWER_SHELF)
    found = await shelf.identity()
    assert (found.model, found.serial, found.os_version) == (value("PS-33K"), value("PS0001"), value("1.4.2"))
    environment = await shelf.environment()
    told = [(each.name, each.present.value, each.ok.value) for each in environment.supplies]
    assert told == [("psu-1", True, True), ("psu-2", True, False), ("psu-3", False, None)]
    assert (environment.supplies[0].input_v, environment.supplies[0].output_w) == (
        value(277.1), value(4100.0)
    )  # fmt: skip
    assert [sensor.temperature_c for sensor in environment.sensors] == [value(31.5)]
    (inlet,) = await shelf.inlets()
    assert (inlet.current_a, inlet.power_w, inlet.energy_wh) == (value(30.5), value(8440.0), value(12500.0))
    assert (inlet.apparent_va, inlet.frequency_hz) == (value(8500.0), NOT_AVAILABLE)


async def test_supplies_of_several_shelves_keep_their_own_names_and_nobody_says_which_is_meant() -> None:
    other = f"{SHELF}2"
    more = {
        f"{V1}/PowerEquipment/PowerShelves": collection(SHELF, other),
        other: {**SHELF_HELD, "@odata.id": other, "Name": "Shelf 2"},
    }
    shelves, _ = driver(POWER_SHELF, more)
    names = [each.name for each in (await shelves.environment()).supplies]
    assert names[0] != names[3]
    assert len(set(names)) == 6
    with pytest.raises(NoData, match="2 units"):
        await shelves.identity()


async def test_two_supplies_of_one_name_are_refused() -> None:
    path = f"{SHELF}/PowerSupplies/2"
    twice = {path: {**POWER_SHELF[path], "Id": "bay1", "Name": "Power Supply 1"}}
    shelf, _ = driver(POWER_SHELF, twice)
    with pytest.raises(Unparsable):
        await shelf.environment()


async def test_outlets_of_a_pdu_are_told_and_switched_once() -> None:
    pdu, http = driver(RACK_PDU, **{f"POST {CONTROL}": json_reply({}, 204)})
    one, other = await pdu.outlets()
    assert (one.index, one.label, one.state, one.power_w) == (3, value("node-03"), value("on"), value(512.5))
    # on its way is neither on nor off
    assert (other.index, other.label, other.state) == (4, value("Outlet A4"), NOT_AVAILABLE)
    assert other.power_w == ABSENT
    await pdu.switch_outlet(3, "off")
    assert [each for each in http.asked if each[0] == "POST"] == [("POST", CONTROL, {"PowerState": "Off"})]


@pytest.mark.parametrize("index", [4, 5, 0])
async def test_an_outlet_that_is_none_or_cant_be_switched_is_left_alone(index: int) -> None:
    pdu, http = driver(RACK_PDU)
    with pytest.raises(InputError):
        await pdu.switch_outlet(index, "off")
    assert all(method == "GET" for method, _, _ in http.asked)


async def test_two_outlets_of_one_number_are_never_switched() -> None:
    twin = f"{PDU}/Outlets/B3"
    held = {f"{PDU}/Outlets": collection(OUTLET, twin), twin: {**RACK_PDU[OUTLET], "Id": "B3"}}
    pdu, http = driver(RACK_PDU, held)
    with pytest.raises(InputError, match="2 outlets"):
        await pdu.switch_outlet(3, "off")
    assert all(method == "GET" for method, _, _ in http.asked)


async def test_a_refusal_to_switch_is_one() -> None:
    pdu, _ = driver(RACK_PDU, **{f"POST {CONTROL}": json_reply({"error": {"message": "no"}}, 403)})
    with pytest.raises(Refused):
        await pdu.switch_outlet(3, "on")


async def test_a_cooling_unit_s_leak_is_told() -> None:
    unit, _ = driver(COOLING)
    (leak,) = await unit.leak_detectors()
    assert leak.state == value("Critical")
    quiet, _ = driver(POWER_SHELF)
    with pytest.raises(NoData):
        await quiet.leak_detectors()


async def test_a_bmc_is_no_equipment() -> None:
    bmc, _ = driver(RESOURCES)
    for read in (bmc.identity, bmc.environment, bmc.inlets, bmc.outlets):
        with pytest.raises(NoData):
            await read()


@pytest.mark.parametrize(
    "damaged",
    [
        raw_reply(b'{"Id": "s", "Name"'),
        raw_reply(b"<html>busy</html>"),
        json_reply({"error": {"code": "x", "message": "no"}}),
        json_reply({**SHELF_HELD, "PowerSupplies": {"@odata.id": "http://elsewhere/"}}),
        json_reply({**SHELF_HELD, "PowerSupplies": {"@odata.id": "/redfish/v1/../../etc"}}),
        TimedOut("shelf-1: silent"),
    ],
)
async def test_a_damaged_shelf_is_never_well(damaged: Any) -> None:
    shelf, _ = driver(POWER_SHELF, **{SHELF: damaged})
    with pytest.raises((Unparsable, TimedOut, NoData)):
        await shelf.environment()
