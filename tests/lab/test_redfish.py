"""The BMC's Redfish service under a public client (sushy) and a bare HTTP client."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import warnings
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from bringup.lab.redfish_server import RedfishServer
from bringup.lab.redfish_sessions import IDLE_LIMIT_S
from bringup.lab.web_server import MAX_REQUEST_BYTES
from bringup.lab.world import World
from tests.lab.small_world import PASSWORD, USER, forward, serving, small_world

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import sushy
    import sushy.auth

ROOT = "/redfish/v1/"
SESSIONS = "/redfish/v1/SessionService/Sessions"
BASIC = {"Authorization": "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()}


class Bmc:
    """A bare client; `walk` follows links as a client that knows no id must."""

    def __init__(self, http: aiohttp.ClientSession, port: int) -> None:
        self._http = http
        self.base = f"https://127.0.0.1:{port}"
        self.headers: dict[str, str] = BASIC

    async def ask(
        self, method: str, path: str, body: object = None, *, raw: bytes | io.BytesIO | None = None
    ) -> tuple[int, Any, Mapping[str, str]]:
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        async with self._http.request(
            method, self.base + path, data=data, headers=self.headers, ssl=False
        ) as reply:
            text = await reply.text(errors="replace")
            found = json.loads(text) if text and reply.content_type == "application/json" else text
            return reply.status, found, reply.headers

    async def get(self, path: str) -> Any:
        status, found, _ = await self.ask("GET", path)
        assert status == 200, (path, status, found)
        return found

    async def first(self, collection: str) -> Any:
        members = (await self.get(collection))["Members"]
        return await self.get(members[0]["@odata.id"])

    async def system(self) -> Any:
        root = await self.get(ROOT)
        return await self.first(root["Systems"]["@odata.id"])

    async def reset(self, body: object) -> tuple[int, Any]:
        target = (await self.system())["Actions"]["#ComputerSystem.Reset"]["target"]
        status, found, _ = await self.ask("POST", target, body)
        return status, found


@asynccontextmanager
async def redfish(world: World, **options: Any) -> AsyncIterator[Bmc]:
    async with serving(RedfishServer(world, "bmc-01", **options)) as port, aiohttp.ClientSession() as http:
        yield Bmc(http, port)


@pytest.fixture
def world() -> World:
    return small_world()


async def by_sushy(
    port: int, use: Callable[[Any], Any], *, session: bool = True, password: str = PASSWORD
) -> Any:
    """What `use` makes of a sushy root, which blocks and so runs in a thread."""

    def blocking() -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # urllib3 says that the certificate is not verified
            kind = sushy.auth.SessionAuth if session else sushy.auth.BasicAuth
            auth = kind(username=USER, password=password)
            root = sushy.Sushy(f"https://127.0.0.1:{port}{ROOT}", auth=auth, verify=False)
            found = use(root)
            if session:
                auth.close()
            return found

    return await asyncio.to_thread(blocking)


# a public client


@pytest.mark.parametrize("session", [True, False])
async def test_sushy_logs_in_and_reads_the_system(world: World, session: bool) -> None:
    def use(root: Any) -> tuple[Any, ...]:
        (system,) = root.get_system_collection().get_members()
        (manager,) = root.get_manager_collection().get_members()
        (chassis,) = root.get_chassis_collection().get_members()
        return (
            (system.serial_number, system.power_state, system.model, chassis.serial_number),
            (manager.firmware_version, [unit.line_input_voltage for unit in chassis.power.power_supplies]),
            len(chassis.thermal.fans),
            sorted(image.identity for image in root.get_update_service().firmware_inventory.get_members()),
        )

    node, bmc = world.device("node-01"), world.device("bmc-01")
    async with serving(RedfishServer(world, "bmc-01")) as port:
        identity, hardware, fans, images = await by_sushy(port, use, session=session)
    assert identity == (node.serial, sushy.PowerState.OFF, node.model, node.serial)
    assert hardware == (bmc.os_version, [0.0, 230.0])
    assert fans == len(node.fans)
    assert {"BMC", "BIOS", "NIC_2", "NIC_3"} <= set(images)


async def test_sushy_switches_the_node_on_and_it_boots_in_its_own_time(world: World) -> None:
    def reset(kind: Any) -> Callable[[Any], Any]:
        def use(root: Any) -> Any:
            (system,) = root.get_system_collection().get_members()
            system.reset_system(kind)
            system.refresh(force=True)
            return system.power_state

        return use

    async with serving(RedfishServer(world, "bmc-01")) as port:
        after = await by_sushy(port, reset(sushy.ResetType.ON))
        assert after in (sushy.PowerState.POWERING_ON, sushy.PowerState.ON)
        assert not world.running("node-01")
        forward(world, 600.0)
        assert world.running("node-01")
        assert await by_sushy(port, reset(sushy.ResetType.FORCE_OFF)) == sushy.PowerState.OFF
    assert not world.running("node-01")


async def test_sushy_with_a_wrong_password_is_refused(world: World) -> None:
    async with serving(RedfishServer(world, "bmc-01")) as port:
        for session in (True, False):
            with pytest.raises(sushy.exceptions.AccessError):
                await by_sushy(
                    port, lambda root: root.get_system_collection(), session=session, password="wrong"
                )


# sessions


async def test_a_session_has_a_token_and_a_location_and_ends_when_deleted(world: World) -> None:
    async with redfish(world) as bmc:
        bmc.headers = {}
        login = {"UserName": USER, "Password": PASSWORD}
        status, shown, headers = await bmc.ask("POST", SESSIONS, login)
        assert status == 201
        assert shown["@odata.id"] == headers["Location"]
        assert PASSWORD not in json.dumps(shown)
        bmc.headers = {"X-Auth-Token": headers["X-Auth-Token"]}
        assert (await bmc.get(SESSIONS))["Members"] == [{"@odata.id": headers["Location"]}]
        assert (await bmc.get(headers["Location"]))["UserName"] == USER
        assert (await bmc.ask("DELETE", headers["Location"]))[0] == 204
        status, found, _ = await bmc.ask("GET", SESSIONS)
    assert status == 401
    assert found["error"]["@Message.ExtendedInfo"][0]["MessageId"].endswith("NoValidSession")


async def test_sessions_are_few_and_are_forgotten_when_idle(world: World) -> None:
    async with redfish(world, slots=2) as bmc:
        login = {"UserName": USER, "Password": PASSWORD}
        tokens = [(await bmc.ask("POST", SESSIONS, login))[2]["X-Auth-Token"] for _ in range(2)]
        status, found, headers = await bmc.ask("POST", SESSIONS, login)
        assert (status, headers["Retry-After"]) == (503, "30")
        assert "SessionLimitExceeded" in found["error"]["code"]
        forward(world, IDLE_LIMIT_S - 60.0)
        bmc.headers = {"X-Auth-Token": tokens[0]}
        assert (await bmc.ask("GET", SESSIONS))[0] == 200
        forward(world, 120.0)
        assert (await bmc.ask("GET", SESSIONS))[0] == 200
        bmc.headers = {"X-Auth-Token": tokens[1]}
        assert (await bmc.ask("GET", SESSIONS))[0] == 401


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"{", 400, "MalformedJSON"),
        (b"[]", 400, "MalformedJSON"),
        (b"\xff", 400, "MalformedJSON"),
        (b'{"UserName": "admin"}', 400, "PropertyMissing"),
        (b'{"UserName": "admin", "Password": 7}', 400, "PropertyMissing"),
        (b'{"UserName": "admin", "Password": "wrong"}', 401, "ResourceAtUriUnauthorized"),
    ],
)
async def test_a_login_that_is_wrong_says_how(world: World, raw: bytes, status: int, code: str) -> None:
    async with redfish(world) as bmc:
        bmc.headers = {}
        got, found, headers = await bmc.ask("POST", SESSIONS, raw=raw)
    assert (got, "X-Auth-Token" in headers) == (status, False)
    assert found["error"]["code"].endswith(code)


# resources


async def test_only_the_root_is_shown_without_a_login(world: World) -> None:
    async with redfish(world) as bmc:
        bmc.headers = {}
        assert (await bmc.get("/redfish"))["v1"] == ROOT
        assert (await bmc.get(ROOT))["RedfishVersion"].startswith("1.")
        assert (await bmc.get(ROOT.rstrip("/")))["Id"] == "RootService"
        for path in ("/redfish/v1/Systems", "/redfish/v1/Managers", "/redfish/v1/nothing"):
            status, found, headers = await bmc.ask("GET", path)
            assert status == 401
            assert "error" in found
            assert "Basic" in headers["WWW-Authenticate"]


async def test_every_link_leads_to_a_resource_that_names_itself(world: World) -> None:
    async with redfish(world) as bmc:
        waiting, seen = [ROOT], set[str]()
        while waiting:
            path = waiting.pop()
            if path in seen:
                continue
            seen.add(path)
            status, found, headers = await bmc.ask("GET", path)
            assert (status, headers["OData-Version"]) == (200, "4.0"), path
            assert found["@odata.id"] == path
            assert found["@odata.type"].startswith("#")
            assert found["Name"]
            waiting += [each for each in _links(found) if "#" not in each]
    assert len(seen) > 25
    assert not any(path.rstrip("/").endswith("/1") and "Fans" not in path for path in seen)


def _links(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [node["@odata.id"]] if isinstance(node.get("@odata.id"), str) else []
        return own + [link for child in node.values() for link in _links(child)]
    return [link for child in node for link in _links(child)] if isinstance(node, list) else []


async def test_supplies_tell_absent_unfed_and_working_apart(world: World) -> None:
    world.set_outlet("pdu-1", 5, on=True)
    with world.changing():
        world.supply("node-01", "psu-2").healthy = False
    async with redfish(world) as bmc:
        chassis = await bmc.first("/redfish/v1/Chassis")
        subsystem = await bmc.get(chassis["PowerSubsystem"]["@odata.id"])
        members = (await bmc.get(subsystem["PowerSupplies"]["@odata.id"]))["Members"]
        one, two = [await bmc.get(member["@odata.id"]) for member in members]
        metrics = await bmc.get(one["Metrics"]["@odata.id"])
        with world.changing():
            world.supply("node-01", "psu-2").fitted = False
        gone = await bmc.get(two["@odata.id"])
        status, _, _ = await bmc.ask("GET", two["Metrics"]["@odata.id"])
    assert one["Status"] == {"State": "Enabled", "Health": "OK"}
    assert metrics["InputVoltage"]["Reading"] == 230.0
    assert two["Status"] == {"State": "Enabled", "Health": "Critical"}
    assert chassis["Status"]["Health"] == "Warning"
    assert gone["Status"] == {"State": "Absent"}
    assert "SerialNumber" not in gone
    assert status == 404


async def test_the_managers_clock_is_real_time_with_its_skew(world: World) -> None:
    async with redfish(world) as bmc:
        before = await bmc.first("/redfish/v1/Managers")
        with world.changing():
            world.device("bmc-01").clock_skew_s = 3600.0
        after = await bmc.first("/redfish/v1/Managers")
    assert before["DateTime"].endswith("+00:00")
    assert after["DateTime"][:13] != before["DateTime"][:13]


async def test_an_etag_saves_the_body_until_the_resource_changes(world: World) -> None:
    async with redfish(world) as bmc:
        path = (await bmc.system())["@odata.id"]
        _, _, headers = await bmc.ask("GET", path)
        bmc.headers = {**BASIC, "If-None-Match": headers["ETag"]}
        unchanged, _, _ = await bmc.ask("GET", path)
        world.reset_host("node-01", "On")
        changed, _, _ = await bmc.ask("GET", path)
    assert (unchanged, changed) == (304, 200)


# what is refused


async def test_a_reset_that_can_not_be_done_changes_nothing_and_says_why(world: World) -> None:
    async with redfish(world) as bmc:
        for body, status, code in (
            ({"ResetType": "Sideways"}, 400, "ActionParameterValueNotInList"),
            ({}, 400, "ActionParameterMissing"),
            ([], 400, "MalformedJSON"),
            ({"ResetType": "ForceRestart"}, 409, "ActionNotSupported"),
        ):
            got, found = await bmc.reset(body)
            assert (got, found["error"]["code"].rpartition(".")[2]) == (status, code)
        target = (await bmc.system())["Actions"]["#ComputerSystem.Reset"]["target"]
        bmc.headers = {}
        assert (await bmc.ask("POST", target, {"ResetType": "On"}))[0] == 401
    assert world.power_state("node-01") == "Off"


async def test_strange_paths_methods_and_sizes_are_refused(world: World) -> None:
    async with redfish(world) as bmc:
        assert (await bmc.ask("GET", "/redfish/v1/Systems/1"))[0] == 404
        assert (await bmc.ask("GET", "/redfish/v1/Systems/..%2f..%2fetc"))[0] == 404
        assert (await bmc.ask("DELETE", f"{SESSIONS}/s9999"))[0] == 404
        status, _, headers = await bmc.ask("PATCH", "/redfish/v1/Systems", {})
        assert (status, headers["Allow"]) == (405, "GET, HEAD")
        huge = io.BytesIO(b" " * (MAX_REQUEST_BYTES + 1))
        assert (await bmc.ask("POST", SESSIONS, raw=huge))[0] == 413


async def test_a_node_without_standby_power_takes_its_bmc_with_it(world: World) -> None:
    for outlet in (5, 6):
        world.set_outlet("pdu-1", outlet, on=False)
    assert not world.answering("bmc-01")


async def test_a_bmc_gone_mad_logs_in_and_then_talks_nonsense(world: World) -> None:
    world.device("bmc-01").answers = "garbage"
    async with serving(RedfishServer(world, "bmc-01")) as port, aiohttp.ClientSession() as http:
        base = f"https://127.0.0.1:{port}"
        login = {"UserName": USER, "Password": PASSWORD}
        async with http.post(base + SESSIONS, json=login, ssl=False) as reply:
            assert (reply.status, len(reply.headers["X-Auth-Token"])) == (201, 32)
        async with http.get(f"{base}/redfish/v1/Systems", headers=BASIC, ssl=False) as reply:
            body = await reply.read()
    with pytest.raises(ValueError):
        json.loads(body)
