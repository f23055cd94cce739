"""What is read before a change, damaged in every way: an error that says so, and never a good answer."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bringup.driver import bundles, eos_trial, redfish_update, sonic_trial
from bringup.driver.redfish import RedfishReader
from bringup.model.errors import DeviceError
from bringup.model.facts import Bundle
from bringup.transport.base import CommandResult, HttpReply
from tests.driver.canned import CannedShell
from tests.driver.canned_wires import CannedHttp, raw_reply

EOS_BUNDLES = {"portChannels": {"Port-Channel1": {"activePorts": {"Ethernet1/1": {}}, "inactivePorts": {}}}}
EOS_SESSIONS = {"sessions": {"bringup-1": {"state": "completed"}}, "maxOpenSessions": 5}
SONIC_BUNDLES = (
    b"Flags: A - active, I - inactive, Up - up, Dw - Down\n"
    b"  No.  Team Dev         Protocol     Ports\n"
    b"-----  ---------------  -----------  --------------------------\n"
    b" 0001  PortChannel0001  LACP(A)(Up)  Ethernet0(S) Ethernet8(D)\n"
)
IMAGES = {"Members": [{"@odata.id": "/redfish/v1/UpdateService/FirmwareInventory/BMC"}]}
FIRMWARE: dict[str, object] = {
    "/redfish/v1/": {
        "UpdateService": {"@odata.id": "/redfish/v1/UpdateService"},
        "Tasks": {"@odata.id": "/redfish/v1/TaskService"},
    },
    "/redfish/v1/UpdateService": {
        "ServiceEnabled": True,
        "FirmwareInventory": {"@odata.id": "/redfish/v1/UpdateService/FirmwareInventory"},
    },
    "/redfish/v1/UpdateService/FirmwareInventory": IMAGES,
    "/redfish/v1/UpdateService/FirmwareInventory/BMC": {
        "@odata.id": "/redfish/v1/UpdateService/FirmwareInventory/BMC",
        "Id": "BMC",
        "Version": "1",
        "Updateable": True,
    },
    "/redfish/v1/TaskService": {"Tasks": {"@odata.id": "/redfish/v1/TaskService/Tasks"}},
    "/redfish/v1/TaskService/Tasks": {"Members": [{"@odata.id": "/redfish/v1/TaskService/Tasks/1"}]},
    "/redfish/v1/TaskService/Tasks/1": {"Name": "Update", "TaskState": "Running", "PercentComplete": 5},
}


class Eapi(CannedHttp):
    """One body, whatever is asked."""

    def __init__(self, body: bytes) -> None:
        super().__init__({})
        self._body = body

    async def request(
        self,
        method: Literal["GET", "POST", "PATCH", "DELETE"],
        path: str,
        *,
        json: object | None = None,
        deadline_s: float = 20.0,
    ) -> HttpReply:
        return raw_reply(self._body)


def eapi_body(result: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": "bringup", "result": [result]}).encode()


def damaged(whole: bytes) -> st.SearchStrategy[bytes]:
    """Cut at any byte, or with some bytes others."""
    cut = st.integers(0, len(whole) - 1).map(lambda at: whole[:at])
    flips = st.lists(st.tuples(st.integers(0, len(whole) - 1), st.integers(0, 255)), min_size=1, max_size=4)

    def flip(places: list[tuple[int, int]]) -> bytes:
        changed = bytearray(whole)
        for at, byte in places:
            changed[at] = byte
        return bytes(changed)

    return st.one_of(cut, flips.map(flip))


def outcome(reading: Any) -> Any:
    """What comes of a reading: its facts, or the error that a person reads."""
    try:
        return asyncio.run(reading)
    except DeviceError as error:
        return error


GOOD_EOS = (Bundle(name="Port-Channel1", members=("Ethernet1/1",), active=("Ethernet1/1",)),)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_answer_about_eos_bundles_is_no_answer_that_there_are_none(data: st.DataObject) -> None:
    whole = eapi_body(EOS_BUNDLES)
    assert outcome(bundles.of_eos(Eapi(whole), device="leaf-2")) == GOOD_EOS
    found = outcome(bundles.of_eos(Eapi(data.draw(damaged(whole))), device="leaf-2"))
    assert isinstance(found, DeviceError) or found != ()


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(SONIC_BUNDLES) - 1), st.binary(min_size=1, max_size=3))
def test_a_damaged_table_of_sonic_bundles_is_whole_lines_or_no_table(at: int, noise: bytes) -> None:
    cut = SONIC_BUNDLES[:at]
    found = outcome(bundles.of_sonic(CannedShell({bundles.SONIC: cut}), device="leaf-1"))
    assert (
        isinstance(found, DeviceError) or (found == () and cut.endswith(b"-\n")) or cut.endswith(b"Ports\n")
    )
    flipped = cut + noise + SONIC_BUNDLES[at + len(noise) :]
    outcome(bundles.of_sonic(CannedShell({bundles.SONIC: flipped}), device="leaf-1"))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_answer_never_says_that_a_change_was_kept(data: st.DataObject) -> None:
    whole = eapi_body(EOS_SESSIONS)
    assert outcome(eos_trial.read_trial(Eapi(whole), "bringup-1", device="leaf-2")).state.value == "kept"
    whole = eapi_body({"sessions": {"bringup-1": {"state": "pendingCommitTimer"}}})
    found = outcome(eos_trial.read_trial(Eapi(data.draw(damaged(whole))), "bringup-1", device="leaf-2"))
    assert isinstance(found, DeviceError) or found.state.value in ("pending", "none")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_list_of_checkpoints_never_says_that_a_change_was_kept(data: st.DataObject) -> None:
    word = data.draw(st.sampled_from([b"inactive\n", b"active\n", b"", b"\xff\xfe", b"unknown\n"]))
    listed = data.draw(damaged(b'[\n    "bringup-1"\n]\n'))
    shell = CannedShell(
        {
            "systemctl is-active bringup-1.timer": CommandResult(
                command="", stdout=word, stderr=b"", exit_status=3
            ),
            sonic_trial.LIST: listed,
        }
    )
    found = outcome(sonic_trial.read_trial(shell, "bringup-1", device="leaf-1"))
    assert isinstance(found, DeviceError) or found.state.value in ("pending", "none")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_service_never_hides_a_task_that_runs(data: st.DataObject) -> None:
    replies = dict(FIRMWARE)
    path = data.draw(st.sampled_from(sorted(replies)))
    replies[path] = raw_reply(data.draw(damaged(json.dumps(replies[path]).encode())))
    reader = RedfishReader(CannedHttp(replies), "bmc-01")
    found = outcome(redfish_update.read_firmware(reader, "bmc-01"))
    if isinstance(found, DeviceError) or path in ("/redfish/v1/", "/redfish/v1/TaskService"):
        return
    assert len(found.tasks) == 1


@pytest.mark.parametrize("size", [1, 10, 200])
def test_a_table_without_end_is_refused_in_time(size: int) -> None:
    for filler in (b"a", b" ", b"\n", b"Ethernet0(S", b"PortChannel"):
        text = SONIC_BUNDLES[:96] + filler * (size * 1024)
        outcome(bundles.of_sonic(CannedShell({bundles.SONIC: text}), device="leaf-1"))
