"""The Redfish driver against canned resources: what it reads, what it sends, and what it must refuse."""

from __future__ import annotations

from typing import Any

import pytest

from bringup.driver.capability import HasEnvironment, Identifies, PowersHost, TellsTime
from bringup.driver.platform.redfish_bmc import PLATFORM, RedfishBmcDriver
from bringup.driver.redfish import EXPAND
from bringup.driver.registry import find_platform
from bringup.model.errors import DeviceError, InputError, NoData, Refused, TimedOut, Unparsable
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, value
from tests.driver.canned_wires import CannedHttp, CannedWires, json_reply, raw_reply, wired
from tests.driver.redfish_bmc.resources import (
    CHASSIS,
    MANAGER,
    POWER,
    RESET,
    SYSTEM,
    THERMAL,
    V1,
    collection,
    healthy,
    link,
)

READS = ("identity", "clock", "host_power", "environment")


def made(http: CannedHttp) -> RedfishBmcDriver:
    return RedfishBmcDriver(wired("redfish-bmc", "bmc-01"), CannedWires(redfish=http))


def driver(changed: dict[str, Any] | None = None) -> RedfishBmcDriver:
    return made(CannedHttp(healthy() | (changed or {})))


def without(*paths: str) -> RedfishBmcDriver:
    return made(CannedHttp({path: held for path, held in healthy().items() if path not in paths}))


def system(**changed: Any) -> dict[str, Any]:
    return {SYSTEM: healthy()[SYSTEM] | changed}


def test_the_platform_is_found_by_its_name_and_opens_without_io() -> None:
    wires = CannedWires(redfish=CannedHttp({}))
    assert find_platform("redfish-bmc") is PLATFORM
    opened = PLATFORM.open(wired("redfish-bmc", "bmc-01"), wires)
    assert wires.opened == []
    for capability in (Identifies, PowersHost, HasEnvironment, TellsTime):
        assert isinstance(opened, capability)


async def test_identity_joins_the_bmc_and_the_host_that_it_is_built_into() -> None:
    found = await driver().identity()
    assert (found.model, found.serial) == (value("AR-BMC"), value("AR25000001"))
    assert (found.hostname, found.os_version) == (value("bmc-01"), value("2.14.1"))
    assert found.firmware == {"cpld-1": value("0x17"), "bios": value("3.4.1")}
    assert found.uptime_s == value(3600.0)


async def test_a_bmc_with_a_serial_of_its_own_is_known_by_that() -> None:
    manager = healthy()[MANAGER] | {"SerialNumber": "BMC-1"}
    assert (await driver({MANAGER: manager}).identity()).serial == value("BMC-1")


async def test_a_bmc_without_a_name_in_its_services_has_that_of_its_interface() -> None:
    found = await without(f"{MANAGER}/NetworkProtocol").identity()
    assert found.hostname == value("bmc-01-e0")


async def test_a_service_without_an_inventory_of_software_has_an_identity() -> None:
    found = await without(f"{V1}/UpdateService").identity()
    assert found.firmware == {"bios": value("3.4.1")}


EXPANDS = {"ProtocolFeaturesSupported": {"ExpandQuery": {"NoLinks": True}}}
INVENTORY = f"{V1}/UpdateService/FirmwareInventory"


async def test_an_inventory_of_software_is_read_in_one_request_where_the_service_can_do_that() -> None:
    member = healthy()[f"{INVENTORY}/CPLD%201"] | {"Id": "FPGA", "Version": "7"}
    root = healthy()[f"{V1}/"] | EXPANDS
    http = CannedHttp(healthy() | {f"{V1}/": root, f"{INVENTORY}{EXPAND}": {"Members": [member]}})
    found = await made(http).identity()
    assert found.firmware["fpga"] == value("7")
    assert not any(path.startswith(f"{INVENTORY}/") for _, path, _ in http.asked)


@pytest.mark.parametrize(
    "reply", [None, {"Members": [link(f"{INVENTORY}/CPLD%201")]}, {"error": {"code": "x"}}]
)
async def test_a_service_that_can_not_do_what_it_says_is_read_member_by_member(reply: object) -> None:
    root = healthy()[f"{V1}/"] | EXPANDS
    found = await driver({f"{V1}/": root, f"{INVENTORY}{EXPAND}": reply}).identity()
    assert found.firmware["cpld-1"] == value("0x17")


async def test_the_clock_is_compared_in_utc() -> None:
    assert (await driver().clock()).unix_s == value(1750086400.0)


@pytest.mark.parametrize(
    ("told", "offset", "found"),
    [
        ("2025-06-16T15:06:40Z", None, 1750086400.0),
        ("2025-06-16T17:06:40", "+02:00", 1750086400.0),
        ("2025-06-16T15:06:40", None, None),
        (None, "+00:00", None),
    ],
)
async def test_a_time_without_an_offset_is_no_time(
    told: str | None, offset: str | None, found: float | None
) -> None:
    manager = healthy()[MANAGER] | {"DateTime": told, "DateTimeLocalOffset": offset}
    if found is None:
        with pytest.raises(NoData):
            await driver({MANAGER: manager}).clock()
    else:
        assert (await driver({MANAGER: manager}).clock()).unix_s == value(found)


@pytest.mark.parametrize("told", ["yesterday", "2025-13-40T00:00:00Z", "9" * 50])
async def test_a_time_that_is_none_is_unparsable(told: str) -> None:
    with pytest.raises(Unparsable):
        await driver({MANAGER: healthy()[MANAGER] | {"DateTime": told}}).clock()


async def test_power_and_what_the_reset_takes_are_read() -> None:
    found = await driver().host_power()
    assert found.power_state == value("Off")
    assert found.allowed_resets == ("On", "ForceOff", "GracefulShutdown")


async def test_what_the_reset_takes_may_stand_in_a_resource_of_its_own() -> None:
    info = f"{SYSTEM}/ResetActionInfo"
    actions = {"#ComputerSystem.Reset": {"target": RESET, "@Redfish.ActionInfo": info}}
    parameters = [{"Name": "Other"}, {"Name": "ResetType", "AllowableValues": ["On", "PowerCycle"]}]
    found = await driver(system(Actions=actions) | {info: {"Parameters": parameters}}).host_power()
    assert found.allowed_resets == ("On", "PowerCycle")


@pytest.mark.parametrize("told", [None, "", "Sideways", 1, ["On"]])
async def test_a_power_state_that_nobody_knows_is_never_on(told: object) -> None:
    try:
        found = await driver(system(PowerState=told)).host_power()
    except Unparsable:
        return
    assert found.power_state == NOT_AVAILABLE


async def test_a_reset_is_sent_once_to_where_the_system_says() -> None:
    http = CannedHttp(healthy() | {f"POST {RESET}": raw_reply(b"", 204)})
    await made(http).reset_host("On")
    assert [each for each in http.asked if each[0] != "GET"] == [("POST", RESET, {"ResetType": "On"})]


async def test_a_reset_that_the_bmc_does_not_take_is_never_sent() -> None:
    http = CannedHttp(healthy() | {f"POST {RESET}": raw_reply(b"", 204)})
    with pytest.raises(Refused) as caught:
        await made(http).reset_host("PowerCycle")
    assert "GracefulShutdown" in caught.value.advice
    assert all(each[0] == "GET" for each in http.asked)


@pytest.mark.parametrize("reset", ["", "Explode", "On\r\n", "on"])
async def test_what_is_no_reset_of_redfish_is_never_sent(reset: str) -> None:
    http = CannedHttp(healthy())
    with pytest.raises(InputError):
        await made(http).reset_host(reset)
    assert http.asked == []


@pytest.mark.parametrize("status", [400, 404, 405, 409, 500, 503])
async def test_a_reset_that_is_refused_says_why(status: int) -> None:
    error = {"error": {"code": "Base.1.0.General", "message": "Host is in transition\x1b[2J"}}
    with pytest.raises(Refused, match="Host is in transition") as caught:
        await driver({f"POST {RESET}": json_reply(error, status)}).reset_host("On")
    assert caught.value.message.isprintable()


@pytest.mark.parametrize(
    "target",
    [
        "http://evil.example/redfish/v1/x",
        "//evil.example/x",
        "/redfish/v1/../../x",
        "/x",
        "/redfish/v1/a\r\nb",
    ],
)
async def test_a_link_that_leads_elsewhere_is_never_followed(target: str) -> None:
    actions = {"#ComputerSystem.Reset": {"target": target}}
    http = CannedHttp(healthy() | system(Actions=actions))
    with pytest.raises(Unparsable):
        await made(http).reset_host("On")
    assert all(each[0] == "GET" for each in http.asked)


async def test_supplies_have_their_metrics_and_null_health_is_not_ok() -> None:
    supplies = {each.name: each for each in (await driver().environment()).supplies}
    assert (supplies["psu-1"].ok, supplies["psu-1"].input_v) == (value(True), value(229.5))
    assert supplies["psu-1"].output_w == value(0.0)
    assert (supplies["psu-2"].present, supplies["psu-2"].ok) == (value(True), value(False))
    assert (supplies["psu-3"].present, supplies["psu-3"].ok) == (value(False), ABSENT)
    assert (supplies["psu-4"].present, supplies["psu-4"].ok) == (value(True), NOT_AVAILABLE)


async def test_fans_and_temperatures_come_from_the_subsystem() -> None:
    found = await driver().environment()
    assert [(fan.name, fan.ok, fan.speed_rpm) for fan in found.fans] == [
        ("chassis-fan-1", value(True), value(5600.0))
    ]
    assert [(sensor.name, sensor.temperature_c) for sensor in found.sensors] == [
        ("inlet", value(24.5)),
        ("cpu1temp", NOT_AVAILABLE),
    ]


async def test_a_service_without_subsystems_has_the_older_resources() -> None:
    found = await without(POWER, THERMAL).environment()
    assert [(each.name, each.input_v, each.output_w) for each in found.supplies] == [
        ("psu-1", value(230.0), value(310.0))
    ]
    assert [(fan.name, fan.ok) for fan in found.fans] == [("fan-1", value(False))]
    assert [(sensor.temperature_c, sensor.high_c) for sensor in found.sensors] == [
        (NOT_AVAILABLE, ABSENT),
        (value(24.0), value(45.0)),
    ]


async def test_a_chassis_without_either_is_no_data() -> None:
    with pytest.raises(NoData):
        await driver({CHASSIS: {"@odata.type": "#Chassis.v1_0_0.Chassis"}}).environment()


async def test_two_supplies_of_one_name_are_unparsable() -> None:
    resources = healthy()
    resources[f"{POWER}/PowerSupplies/2"]["Name"] = "Power Supply 1"
    with pytest.raises(Unparsable):
        await made(CannedHttp(resources)).environment()


async def test_a_baseboard_with_a_system_of_its_own_is_not_the_host() -> None:
    other = f"{V1}/Systems/HGX_Baseboard_0"
    board = {
        "@odata.type": "#ComputerSystem.v1_20_0.ComputerSystem",
        "SystemType": "Physical",
        "PowerState": "On",
    }
    found = await driver({f"{V1}/Systems": collection(other, SYSTEM), other: board}).host_power()
    assert found.power_state == value("Off")


async def test_two_systems_that_could_be_the_host_are_neither() -> None:
    other = f"{V1}/Systems/second"
    resources = {f"{V1}/Systems": collection(SYSTEM, other), other: healthy()[SYSTEM]}
    with pytest.raises(NoData, match="2 systems"):
        await driver(resources).host_power()


async def test_a_collection_is_read_over_all_its_pages() -> None:
    first = collection() | {"Members@odata.nextLink": f"{V1}/Systems?page=2"}
    found = await driver({f"{V1}/Systems": first, f"{V1}/Systems?page=2": collection(SYSTEM)}).host_power()
    assert found.power_state == value("Off")


async def test_pages_in_a_circle_end() -> None:
    first = collection(SYSTEM) | {"Members@odata.nextLink": f"{V1}/Systems"}
    with pytest.raises(Unparsable, match="circle"):
        await driver({f"{V1}/Systems": first}).host_power()


async def test_a_collection_without_an_end_is_given_up() -> None:
    many = collection(*(f"{V1}/Systems/{at}" for at in range(300)))
    with pytest.raises(Unparsable):
        await driver({f"{V1}/Systems": many}).host_power()


@pytest.mark.parametrize("read", READS)
async def test_a_service_without_systems_is_no_data(read: str) -> None:
    with pytest.raises(NoData) as caught:
        await getattr(driver({f"{V1}/Systems": collection()}), read)()
    assert caught.value.advice


BAD = {
    "empty": raw_reply(b""),
    "cut": raw_reply(b'{"Systems": {"@odata.id": "/redf'),
    "html": raw_reply(b"<html></html>"),
    "array": raw_reply(b"[]"),
    "twice": raw_reply(b'{"Systems": {}, "Systems": {}}'),
    "nan": raw_reply(b'{"Systems": NaN}'),
    "bomb": raw_reply(b'{"a":' * 200_000),
    "error-with-200": json_reply({"error": {"code": "Base.1.0.GeneralError", "message": "no\x1b[2J"}}),
    "server-error": json_reply({"error": {"message": "no"}}, 500),
    "links-are-texts": json_reply({"Systems": "/redfish/v1/Systems", "Chassis": 3}),
    "link-elsewhere": json_reply({"Systems": link("https://evil.example/redfish/v1/")}),
}


@pytest.mark.parametrize("kind", sorted(BAD))
@pytest.mark.parametrize("read", READS)
async def test_a_bad_root_is_never_facts(read: str, kind: str) -> None:
    with pytest.raises(Unparsable) as caught:
        await getattr(driver({f"{V1}/": BAD[kind]}), read)()
    assert caught.value.advice
    assert caught.value.message.isprintable()


@pytest.mark.parametrize("status", [404, 503])
async def test_a_service_that_is_not_there_yet_is_no_data(status: int) -> None:
    with pytest.raises(NoData):
        await driver({f"{V1}/": raw_reply(b"", status)}).host_power()


@pytest.mark.parametrize("read", READS)
async def test_what_the_transport_says_is_passed_on(read: str) -> None:
    with pytest.raises(TimedOut):
        await getattr(driver({SYSTEM: TimedOut("bmc-01: no answer", "wait")}), read)()


WRONG: tuple[object, ...] = (None, [], {}, "text", -1, True, 1e308, [[]], {"@odata.id": 5}, "\x1b[31mred")


@pytest.mark.parametrize("read", READS)
async def test_a_wrong_type_anywhere_is_an_error_or_no_value_and_never_a_crash(read: str) -> None:
    for path, resource in healthy().items():
        for member in resource:
            for wrong in WRONG:
                try:
                    await getattr(driver({path: resource | {member: wrong}}), read)()
                except DeviceError as error:
                    assert error.reason in ("unparsable", "no_data"), (path, member, wrong)
                    assert error.message.isprintable()
