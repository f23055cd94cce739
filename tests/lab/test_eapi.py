"""eAPI over HTTPS: JSON-RPC, sessions, configuration, and what the show commands say of the world."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from bringup.decode.eos_flow import PFC_COUNTERS
from bringup.lab.eapi_server import EapiServer
from bringup.lab.keys import certificate_fingerprint, make_certificate
from bringup.lab.web_server import MAX_REQUEST_BYTES
from bringup.lab.world import World
from tests.lab.small_world import PASSWORD, USER, forward, serving, small_world


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


GOOD = basic(USER, PASSWORD)


class Eapi:
    """A client that pins the device's certificate."""

    def __init__(self, http: aiohttp.ClientSession, port: int, pinned: str) -> None:
        self.http = http
        self.url = f"https://127.0.0.1:{port}/command-api"
        self.tls = aiohttp.Fingerprint(bytes.fromhex(pinned))

    async def post(self, body: bytes | io.BytesIO, auth: str | None = GOOD) -> tuple[int, bytes]:
        headers = {} if auth is None else {"Authorization": auth}
        async with self.http.post(self.url, data=body, headers=headers, ssl=self.tls) as reply:
            return reply.status, await reply.read()

    async def call(self, *commands: Any, **params: Any) -> dict[str, Any]:
        asked = {"version": 1, "cmds": list(commands), "format": "json", **params}
        request = {"jsonrpc": "2.0", "id": "t-1", "method": "runCmds", "params": asked}
        status, body = await self.post(json.dumps(request).encode())
        assert status == 200
        answer = json.loads(body)
        assert (answer["jsonrpc"], answer["id"]) == ("2.0", "t-1")
        return dict(answer)

    async def show(self, command: str) -> dict[str, Any]:
        return dict((await self.call(command))["result"][0])


@asynccontextmanager
async def eapi(world: World) -> AsyncIterator[Eapi]:
    pinned = certificate_fingerprint(world.device("leaf-2").access.tls_certificate)
    async with serving(EapiServer(world, "leaf-2")) as port, aiohttp.ClientSession() as http:
        yield Eapi(http, port, pinned)


@pytest.fixture
def world() -> World:
    return small_world()


async def test_show_version_and_hostname_say_who_it_is(world: World) -> None:
    device = world.device("leaf-2")
    async with eapi(world) as switch:
        answer = await switch.call("show version", "show hostname")
    version, hostname = answer["result"]
    assert (version["modelName"], version["serialNumber"]) == (device.model, device.serial)
    assert version["version"] == device.os_version
    assert version["uptime"] > 86_400
    assert hostname["hostname"] == "leaf-2"


async def test_a_healthy_link_is_seen_alike_by_every_command(world: World) -> None:
    async with eapi(world) as switch:
        status = await switch.show("show interfaces status")
        whole = await switch.show("show interfaces")
        fec = await switch.show("show interfaces error-correction")
        phy = await switch.show("show interfaces phy detail")
        dom = await switch.show("show interfaces transceiver detail")
    port = "Ethernet2/1"
    assert status["interfaceStatuses"][port]["linkStatus"] == "connected"
    assert status["interfaceStatuses"][port]["bandwidth"] == 400_000_000_000
    assert status["interfaceStatuses"][port]["interfaceType"] == "400GBASE-DR4"
    assert whole["interfaces"][port]["interfaceCounters"]["linkStatusChanges"] >= 1
    assert fec["interfaceErrCorrStatuses"][port]["errCorrEncodingStatus"] == "reedSolomon"
    line = [chip for chip in phy["interfacePhyStatuses"][port]["phyStatuses"]
            if chip["description"].get("location") == "line"]  # fmt: skip
    assert len(line) == 1
    assert line[0]["preFecBer"]["value"] == world.pre_fec_ber(f"leaf-2/{port}")
    assert (
        line[0]["fec"]["correctedCodewords"]["value"] == world.counters(f"leaf-2/{port}").corrected_codewords
    )
    channels = dom["interfaces"][port]["parameters"]["rxPower"]["channels"]
    assert channels == {str(lane.index): lane.rx_power_dbm for lane in world.lanes(f"leaf-2/{port}")}


async def test_the_link_to_a_node_that_is_off_is_dark_and_has_no_error_ratio(world: World) -> None:
    async with eapi(world) as switch:
        status = await switch.show("show interfaces status")
        phy = await switch.show("show interfaces phy detail")
        dom = await switch.show("show interfaces transceiver dom thresholds")
    port = "Ethernet1/1"
    assert status["interfaceStatuses"][port]["linkStatus"] == "notconnect"
    assert all("preFecBer" not in chip or chip["description"]["location"] == "system"
               for chip in phy["interfacePhyStatuses"][port]["phyStatuses"])  # fmt: skip
    assert set(dom["interfaces"][port]["parameters"]["rxPower"]["channels"].values()) == {-30.0}
    assert min(dom["interfaces"][port]["parameters"]["txPower"]["channels"].values()) > -5.0


async def test_an_empty_cage_is_not_present_and_has_only_its_name(world: World) -> None:
    async with eapi(world) as switch:
        inventory = await switch.show("show inventory")
        dom = await switch.show("show interfaces transceiver detail")
        status = await switch.show("show interfaces Ethernet4/1 status")
    assert inventory["xcvrSlots"]["4"]["mfgName"] == "Not Present"
    assert inventory["xcvrSlots"]["1"]["serialNum"] == world.port("leaf-2/Ethernet1/1").optic.serial  # type: ignore[union-attr]
    assert dom["interfaces"]["Ethernet4/1"] == {"displayName": "Ethernet4/1"}
    assert list(status["interfaceStatuses"]) == ["Ethernet4/1"]
    assert status["interfaceStatuses"]["Ethernet4/1"]["interfaceType"] == "Not Present"


async def test_lldp_quotes_the_interface_id_and_lists_ports_without_neighbours(world: World) -> None:
    async with eapi(world) as switch:
        found = (await switch.show("show lldp neighbors detail"))["lldpNeighbors"]
        now = (await switch.show("show clock"))["utcTime"]
    (info,) = found["Ethernet2/1"]["lldpNeighborInfo"]
    assert info["systemName"] == "leaf-1"
    assert info["neighborInterfaceInfo"]["interfaceId"] == '"etp2"'
    assert info["neighborInterfaceInfo"]["interfaceId_v2"] == "etp2"
    assert 0 <= now - info["lastContactTime"] <= 30
    assert found["Ethernet1/1"]["lldpNeighborInfo"] == []


async def test_environment_follows_outlets_bays_and_fans(world: World) -> None:
    world.set_outlet("pdu-1", 3, on=False)
    with world.changing():
        world.device("leaf-2").fans[0].turning = False
    async with eapi(world) as switch:
        power = await switch.show("show system environment power")
        cooling = await switch.show("show system environment cooling")
        heat = await switch.show("show system environment temperature")
        with world.changing():
            world.supply("leaf-2", "psu-2").fitted = False
            world.supply("leaf-2", "psu-1").pdu = None
        pulled = await switch.show("show system environment power")
    assert power["powerSupplies"]["1"]["state"] == "powerLoss"
    assert power["powerSupplies"]["1"]["inputVoltage"] == 0.0
    assert power["powerSupplies"]["2"]["state"] == "ok"
    assert power["powerSupplies"]["2"]["outputPower"] == pytest.approx(world.device("leaf-2").load_w)
    assert list(pulled["powerSupplies"]) == ["1"]
    assert cooling["systemStatus"] != "coolingOk"
    assert [tray["status"] for tray in cooling["fanTraySlots"]][:2] == ["failed", "ok"]
    assert 20 < heat["tempSensors"][0]["currentTemperature"] < heat["tempSensors"][0]["overheatThreshold"]


async def test_shutdown_takes_the_link_down_and_no_shutdown_brings_it_back(world: World) -> None:
    async with eapi(world) as switch:
        answer = await switch.call("enable", "configure", "interface Ethernet2/1", "shutdown")
        assert answer["result"] == [{}, {}, {}, {}]
        forward(world, 1.0)
        off = await switch.show("show interfaces status")
        await switch.call(
            {"cmd": "enable", "input": ""}, "configure terminal", "interface Ethernet2/1", "no shutdown"
        )
        forward(world, 60.0)
        on = await switch.show("show interfaces status")
    assert off["interfaceStatuses"]["Ethernet2/1"]["linkStatus"] == "disabled"
    assert on["interfaceStatuses"]["Ethernet2/1"]["linkStatus"] == "connected"
    assert world.port("leaf-1/Ethernet8").counters.transitions == 3


async def test_a_refused_command_ends_the_request_and_keeps_what_came_before(world: World) -> None:
    async with eapi(world) as switch:
        answer = await switch.call("show hostname", "show nonsense", "show version")
    error = answer["error"]
    assert error["code"] == 1002
    assert error["message"] == "CLI command 2 of 3 'show nonsense' failed: invalid command"
    assert error["data"][0]["hostname"] == "leaf-2"
    assert "nonsense" in error["data"][1]["errors"][0]
    assert len(error["data"]) == 2


@pytest.mark.parametrize(
    "commands",
    [
        ("configure",),
        ("shutdown",),
        ("enable", "shutdown"),
        ("enable", "configure", "shutdown"),
        ("enable", "configure", "interface Ethernet99/1", "shutdown"),
        ("enable", "interface Ethernet2/1"),
        ("enable", "configure", "interface Ethernet2/1", "end", "shutdown"),
        ("show interfaces Ethernet99/1 status",),
        ("",),
        ("reload now",),
    ],
)
async def test_nothing_is_shut_outside_interface_mode(world: World, commands: tuple[str, ...]) -> None:
    async with eapi(world) as switch:
        answer = await switch.call(*commands)
    assert answer["error"]["code"] == 1002
    assert all(port.admin_up for port in world.ports("leaf-2"))


async def test_text_is_given_where_there_is_text_and_refused_elsewhere(world: World) -> None:
    async with eapi(world) as switch:
        text = await switch.call("show hostname", format="text")
        piped = await switch.call("show hostname | json", format="text")
        refused = await switch.call("show inventory", format="text")
    assert "leaf-2" in text["result"][0]["output"]
    assert piped["result"][0]["hostname"] == "leaf-2"
    assert refused["error"]["code"] == 1003


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"jsonrpc": "2.0", "method"', -32700),
        (b"\xff\xfe", -32700),
        (b"[" * 100_000, -32700),
        (b"[]", -32600),
        (b'{"jsonrpc": "1.0", "method": "runCmds"}', -32600),
        (b'{"jsonrpc": "2.0", "method": "getCmds", "id": 1}', -32601),
        (b'{"jsonrpc": "2.0", "method": "runCmds", "id": 1}', -32602),
        (b'{"jsonrpc": "2.0", "method": "runCmds", "params": {"version": 7, "cmds": []}}', -32602),
        (
            b'{"jsonrpc": "2.0", "method": "runCmds", "params": {"version": 1, "cmds": "show version"}}',
            -32602,
        ),
        (b'{"jsonrpc": "2.0", "method": "runCmds", "params": {"version": 1, "cmds": [3]}}', -32602),
        (
            b'{"jsonrpc": "2.0", "method": "runCmds", "params": {"version": 1, "cmds": [], "format": "xml"}}',
            -32602,
        ),
    ],
)
async def test_broken_requests_get_the_json_rpc_error_of_their_kind(
    world: World, body: bytes, code: int
) -> None:
    async with eapi(world) as switch:
        status, answer = await switch.post(body)
    assert (status, json.loads(answer)["error"]["code"]) == (200, code)


@pytest.mark.parametrize(
    "auth", [None, "Basic !!", "Bearer x", basic(USER, "wrong"), basic("root", PASSWORD)]
)
async def test_a_wrong_or_missing_password_is_401(world: World, auth: str | None) -> None:
    async with eapi(world) as switch:
        status, body = await switch.post(b"{}", auth)
    assert status == 401
    assert b"SERIAL" not in body


async def test_an_oversized_request_is_refused(world: World) -> None:
    async with eapi(world) as switch:
        status, _ = await switch.post(io.BytesIO(b" " * (MAX_REQUEST_BYTES + 1)))
    assert status == 413


async def test_another_certificate_is_not_the_pinned_one_and_may_come_while_it_runs(world: World) -> None:
    access = world.device("leaf-2").access
    async with eapi(world) as switch:
        assert "result" in await switch.call("show hostname")
        with world.changing():
            access.tls_key, access.tls_certificate = make_certificate("leaf-2")
        await switch.http.close()
        async with aiohttp.ClientSession() as http:
            switch.http = http
            with pytest.raises(aiohttp.ServerFingerprintMismatch):
                await switch.call("show hostname")


async def test_a_device_gone_mad_answers_200_with_no_json(world: World) -> None:
    world.device("leaf-2").answers = "garbage"
    async with eapi(world) as switch:
        status, body = await switch.post(b"{}")
        refused, _ = await switch.post(b"{}", None)
    assert (status, refused) == (200, 401)
    with pytest.raises(ValueError):
        json.loads(body)


async def test_a_silent_device_takes_the_request_and_never_replies_and_can_be_stopped(world: World) -> None:
    world.device("leaf-2").answers = "silent"
    server = EapiServer(world, "leaf-2")
    port = await server.start("127.0.0.1", 0)
    pinned = certificate_fingerprint(world.device("leaf-2").access.tls_certificate)
    async with aiohttp.ClientSession() as http:
        asked = asyncio.ensure_future(Eapi(http, port, pinned).post(b"{}"))
        done, _ = await asyncio.wait([asked], timeout=0.3)
        assert not done
        async with asyncio.timeout(60):
            await server.stop()
        with pytest.raises(aiohttp.ClientError):
            _, _ = await asked
            raise aiohttp.ClientError


async def test_a_stopped_server_starts_again_on_the_same_port(world: World) -> None:
    server = EapiServer(world, "leaf-2")
    port = await server.start("127.0.0.1", 0)
    await server.stop()
    assert await server.start("127.0.0.1", port) == port
    await server.stop()


async def test_the_switch_tells_its_pause_frames_as_a_table_and_the_driver_reads_it(world: World) -> None:
    async with eapi(world) as switch:
        answer = await switch.call("show priority-flow-control counters", format="text")
    told = PFC_COUNTERS.decode(answer["result"][0]["output"].encode())
    assert told.outcome == "ok", told.warnings
    flow: Any = told.facts["flow"]
    assert [each.port for each in flow] == [port.name for port in world.ports("leaf-2")]
    assert {(each.rx_pause_frames.value, each.tx_pause_frames.value) for each in flow} == {(0, 0)}
