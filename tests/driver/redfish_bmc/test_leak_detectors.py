"""Leak detectors over Redfish: every place where firmware keeps them, and never dry by accident."""

from __future__ import annotations

from typing import Any

import pytest

from bringup.driver.capability import DetectsLeaks
from bringup.driver.platform.redfish_bmc import RedfishBmcDriver
from bringup.lab.render_redfish import RedfishTree
from bringup.lab.world import World
from bringup.model.errors import DeviceError, NoData, TimedOut, Unparsable
from bringup.model.measurement import NOT_AVAILABLE, Read, value
from bringup.transport.base import HttpReply
from tests.driver.canned_wires import CannedHttp, CannedWires, wired
from tests.driver.redfish_bmc.resources import CHASSIS, THERMAL, V1, collection, healthy, link
from tests.lab.hgx_world import booted_world

LEAKS = f"{THERMAL}/LeakDetection"
MEMBERS = f"{LEAKS}/LeakDetectors"
FRONT, ROPE = f"{MEMBERS}/1", f"{MEMBERS}/2"
OK, CRITICAL = value("OK"), value("Critical")


def resource(path: str, name: str, state: object, **more: Any) -> dict[str, Any]:
    return {
        "@odata.type": "#LeakDetector.v1_1_0.LeakDetector",
        "@odata.id": path,
        "Id": path.rpartition("/")[2],
        "Name": name,
        "DetectorState": state,
        "Status": {"State": "Enabled", "Health": "OK"},
        **more,
    }


def groups(*detectors: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"GroupName": "tray", "Detectors": list(detectors)}]


def plumbed(**changed: Any) -> dict[str, Any]:
    """A chassis whose subsystem has a group of two detectors, one of which is a resource of its own, too."""
    table = healthy()
    table[THERMAL] = {**table[THERMAL], "LeakDetection": link(LEAKS)}
    table[LEAKS] = {
        "@odata.type": "#LeakDetection.v1_0_0.LeakDetection",
        "Id": "LeakDetection",
        "LeakDetectorGroups": groups(
            {"DeviceName": "Leak Front", "DetectorState": "OK", "DataSourceUri": FRONT},
            {"DeviceName": "Rope", "DetectorState": "OK"},
        ),
        "LeakDetectors": link(MEMBERS),
    }
    table[MEMBERS] = collection(FRONT)
    table[FRONT] = resource(FRONT, "Front", "OK")
    return table | changed


class LabHttp(CannedHttp):
    """The lab's BMC behind the HTTP protocol, without a wire."""

    def __init__(self, world: World) -> None:
        super().__init__({})
        self._tree = RedfishTree(world, "bmc-01")

    async def request(self, method: Any, path: str, **how: Any) -> HttpReply:
        bare = path.rstrip("/")
        self.replies = {path: self._tree.root() if bare == V1 else self._tree.get(bare)}
        return await super().request(method, path, **how)


async def read(table: dict[str, Any] | CannedHttp) -> dict[str, Read]:
    http = table if isinstance(table, CannedHttp) else CannedHttp(table)
    driver = RedfishBmcDriver(wired("redfish-bmc", "bmc-01"), CannedWires(redfish=http))
    assert isinstance(driver, DetectsLeaks)
    return {name: one.state for one in await driver.leak_detectors() for name in one.names}


async def test_a_detector_told_twice_is_one_with_both_names() -> None:
    assert await read(plumbed()) == {"leak-front": OK, "front": OK, "1": OK, "rope": OK}


@pytest.mark.parametrize("group", ["OK", "Critical"])
async def test_told_twice_the_worse_counts(group: str) -> None:
    entry = {"DeviceName": "Leak Front", "DetectorState": group, "DataSourceUri": FRONT}
    table = plumbed(**{FRONT: resource(FRONT, "Front", "Critical" if group == "OK" else "OK")})
    table[LEAKS] = {**table[LEAKS], "LeakDetectorGroups": groups(entry)}
    assert (await read(table))["front"] == CRITICAL


@pytest.mark.parametrize("state", [None, "Absent", "Unavailable", "", "fine"])
async def test_a_detector_that_says_nothing_is_not_dry(state: object) -> None:
    found = await read(plumbed(**{FRONT: resource(FRONT, "Front", state)}))
    assert (found["front"], found["rope"]) == (NOT_AVAILABLE, OK)


@pytest.mark.parametrize(
    "status",
    [{"State": "Absent"}, {"State": "Disabled"}, {"State": "UnavailableOffline"}, {"Health": "Critical"}],
)
async def test_a_dry_reading_of_a_detector_out_of_use_is_none(status: dict[str, str]) -> None:
    found = await read(plumbed(**{FRONT: resource(FRONT, "Front", "OK", Status=status)}))
    assert found["front"] == NOT_AVAILABLE


async def test_a_wet_reading_counts_whatever_the_status() -> None:
    wet = resource(FRONT, "Front", "Critical", Status={"State": "Disabled"})
    assert (await read(plumbed(**{FRONT: wet})))["front"] == CRITICAL


async def test_detectors_right_below_the_chassis_are_found_too() -> None:
    table = healthy()
    table[CHASSIS] = {**table[CHASSIS], "LeakDetectors": link(f"{CHASSIS}/LeakDetectors")}
    table[f"{CHASSIS}/LeakDetectors"] = collection(ROPE)
    table[ROPE] = resource(ROPE, "Rope", "Warning")
    assert await read(table) == {"rope": value("Warning"), "2": value("Warning")}


async def test_a_chassis_without_any_is_no_data() -> None:
    with pytest.raises(NoData) as caught:
        await read(healthy())
    assert caught.value.advice


async def test_a_detector_that_is_linked_and_not_there_is_no_data_for_all() -> None:
    table = plumbed()
    del table[FRONT]
    with pytest.raises(NoData):
        await read(table)


async def test_what_the_transport_says_is_passed_on() -> None:
    with pytest.raises(TimedOut):
        await read(plumbed(**{LEAKS: TimedOut("bmc-01: no answer", "x")}))


@pytest.mark.parametrize("wrong", [5, True, [], {}, "x", None, [5], [{"Detectors": 5}], [{"Detectors": [5]}]])
async def test_a_wrong_type_is_an_error_and_never_a_crash(wrong: object) -> None:
    for path in (LEAKS, FRONT):
        for key in plumbed()[path]:
            table = plumbed()
            table[path] = {**table[path], key: wrong}
            try:
                found = await read(table)
            except DeviceError as error:
                assert isinstance(error, Unparsable | NoData)
            else:
                assert set(found.values()) <= {OK, NOT_AVAILABLE}


async def test_the_lab_s_detectors_are_those_of_its_world_and_one_that_is_unplugged_is_not_dry() -> None:
    world = booted_world()
    node = world.device("node-01")
    names = [each.name for each in node.leak_detectors]
    found = await read(LabHttp(world))
    assert {name: found[name] for name in names} == dict.fromkeys(names, OK)
    node.leak_detectors[0].wet = True
    node.leak_detectors[1].fitted = False
    found = await read(LabHttp(world))
    assert [found[name] for name in names] == [CRITICAL, NOT_AVAILABLE]
