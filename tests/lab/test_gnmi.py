"""gNMI as a public client (pygnmi) and a bare gRPC client see it."""

from __future__ import annotations

import asyncio
import json
import threading
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc
import grpc.aio
import pytest
from google.protobuf.message import DecodeError

from bringup.gnmi_messages import SERVICE, messages
from bringup.lab.gnmi_server import MAX_REQUEST_BYTES, GnmiServer
from bringup.lab.world import World
from tests.lab.small_world import PASSWORD, USER, forward, serving, small_world

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pygnmi.client import gNMIclient

LOGIN = (("username", USER), ("password", PASSWORD))
GNMI = messages()
JSON_IETF = GNMI.enum("Encoding", "JSON_IETF")
QUIET = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
"""pygnmi's reading thread ends with an exception when its channel is closed."""


@pytest.fixture
def world() -> World:
    return small_world()


async def by_pygnmi(port: int, use: Callable[[Any], Any], **options: Any) -> Any:
    """What `use` makes of a pygnmi client, which blocks and so runs in a thread."""

    def blocking() -> Any:
        given = {"username": USER, "password": PASSWORD, "insecure": True, **options}
        try:
            with gNMIclient(target=("127.0.0.1", str(port)), gnmi_timeout=5, **given) as client:
                return use(client)
        finally:
            for thread in threading.enumerate():
                if "enqueue_updates" in thread.name:
                    thread.join(5)

    return await asyncio.to_thread(blocking)


class Bare:
    """gRPC calls with our own messages."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._channel = channel

    async def unary(self, method: str, request: Any, login: Any = LOGIN) -> Any:
        call = self._channel.unary_unary(
            f"/{SERVICE}/{method}", GNMI.request_bytes(method), GNMI.response_from(method)
        )
        return await call(request, metadata=login, timeout=5)

    def subscribe(self) -> Any:
        """A call with `write(request)` and `read()`."""
        method = "Subscribe"
        return self._channel.stream_stream(
            f"/{SERVICE}/{method}", GNMI.request_bytes(method), GNMI.response_from(method)
        )(metadata=LOGIN, timeout=20)


@asynccontextmanager
async def bare(server: GnmiServer) -> AsyncIterator[Bare]:
    async with serving(server) as port, grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield Bare(channel)


def path(text: str, origin: str = "openconfig") -> Any:
    """`/a/b[k=v]/c` as a message."""
    found = GNMI.Path(origin=origin)
    for part in text.strip("/").split("/") if text.strip("/") else []:
        name, _, keys = part.partition("[")
        elem = found.elem.add(name=name)
        for pair in keys.removesuffix("]").split("][") if keys else []:
            key, _, value = pair.partition("=")
            elem.key[key] = value.replace("|", "/")
    return found


def subscription(*paths: str, mode: str = "ONCE", kind: str = "SAMPLE", **fields: Any) -> Any:
    request = GNMI.SubscribeRequest()
    request.subscribe.mode = GNMI.enum("SubscriptionList.Mode", mode)
    request.subscribe.encoding = JSON_IETF
    for each in paths:
        request.subscribe.subscription.add(
            path=path(each), mode=GNMI.enum("SubscriptionMode", kind), **fields
        )
    return request


def joined(notification: Any) -> dict[str, Any]:
    """Full path -> value of a notification's updates."""
    return {
        "/".join(part.name for part in (*notification.prefix.elem, *update.path.elem)): json.loads(
            update.val.json_ietf_val
        )
        for update in notification.update
    }


async def until_sync(call: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    while not (response := await call.read()).sync_response:
        found |= joined(response.update)
    return found


def ethernet(port: str) -> str:
    return f"/interfaces/interface[name={port.replace('/', '|')}]"


# a public client


@pytest.mark.parametrize("tls", [False, True])
async def test_pygnmi_reads_capabilities_and_state(world: World, tls: bool) -> None:
    secure = {"insecure": False, "skip_verify": True} if tls else {}
    async with serving(GnmiServer(world, "leaf-2", tls=tls)) as port:
        capabilities = await by_pygnmi(port, lambda client: client.capabilities(), **secure)
        state = await by_pygnmi(
            port,
            lambda client: client.get(
                path=["openconfig:/interfaces/interface[name=Ethernet2/1]/state"], encoding="json_ietf"
            ),
            **secure,
        )
    assert "json_ietf" in capabilities["supported_encodings"]
    assert "openconfig-interfaces" in {model["name"] for model in capabilities["supported_models"]}
    value = state["notification"][0]["update"][0]["val"]
    assert value["openconfig-interfaces:oper-status"] == "UP"
    assert isinstance(value["openconfig-interfaces:last-change"], str)
    assert isinstance(value["openconfig-interfaces:counters"]["carrier-transitions"], str)


@QUIET
async def test_pygnmi_subscribes_once(world: World) -> None:
    wanted = {
        "subscription": [{"path": "openconfig:/lldp/interfaces/interface[name=*]/neighbors"}],
        "mode": "once",
        "encoding": "json_ietf",
    }

    def use(client: Any) -> list[Any]:
        stream, found = client.subscribe2(subscribe=wanted), []
        while not found or "sync_response" not in found[-1]:
            found.append(stream.get_update(timeout=5))
        return found

    async with serving(GnmiServer(world, "leaf-1")) as port:
        found = await by_pygnmi(port, use)
    names = [
        update["val"]
        for response in found
        for update in response.get("update", {}).get("update", [])
        if update["path"].endswith("system-name")
    ]
    assert names == ["leaf-2", "leaf-2"]
    assert found[-1].get("sync_response") is True


@QUIET
async def test_pygnmi_streams_samples(world: World) -> None:
    wanted = {
        "subscription": [
            {
                "path": "openconfig:/interfaces/interface[name=Ethernet8]/ethernet/state/pre-fec-ber",
                "mode": "sample",
                "sample_interval": 20_000_000,
            }
        ],
        "mode": "stream",
        "encoding": "json_ietf",
    }

    def use(client: Any) -> int:
        stream = client.subscribe2(subscribe=wanted)
        got = [next(stream) for _ in range(5)]
        stream.close()
        return len([response for response in got if response["update"]["update"]])

    async with serving(GnmiServer(world, "leaf-1")) as port:
        assert await by_pygnmi(port, use) == 5


async def test_pygnmi_with_a_wrong_password_is_unauthenticated(world: World) -> None:
    async with serving(GnmiServer(world, "leaf-1")) as port:
        with pytest.raises(Exception, match="authentication failed"):
            await by_pygnmi(port, lambda client: None, password="wrong")


# Get


async def test_json_ietf_writes_wide_numbers_as_strings_and_names_modules(world: World) -> None:
    request = GNMI.GetRequest(encoding=JSON_IETF, path=[path(ethernet("Ethernet8"))])
    async with bare(GnmiServer(world, "leaf-1")) as client:
        answer = await client.unary("Get", request)
        request.encoding = GNMI.enum("Encoding", "JSON")
        plain = await client.unary("Get", request)
    value = json.loads(answer.notification[0].update[0].val.json_ietf_val)
    state = value["openconfig-if-ethernet:ethernet"]["state"]
    assert state["port-speed"] == "openconfig-if-ethernet:SPEED_400GB"
    assert state["fec-mode"] == "openconfig-if-ethernet:FEC_RS544"
    ber = world.pre_fec_ber("leaf-1/Ethernet8")
    assert ber is not None
    assert state["pre-fec-ber"]["instant"] == f"{ber:.18f}"
    corrected = world.counters("leaf-1/Ethernet8").corrected_codewords
    assert state["counters"]["fec-corrected-blocks"] == str(corrected)
    assert value["openconfig-interfaces:state"]["mtu"] == world.port("leaf-1/Ethernet8").mtu
    bare_state = json.loads(plain.notification[0].update[0].val.json_val)["ethernet"]["state"]
    assert bare_state["port-speed"] == "SPEED_400GB"
    assert bare_state["counters"]["fec-corrected-blocks"] == corrected


async def test_a_prefix_and_a_wildcard_are_joined_and_expanded(world: World) -> None:
    request = GNMI.GetRequest(
        prefix=path("/interfaces"), path=[path("/interface[name=*]/state/oper-status")], encoding=JSON_IETF
    )
    async with bare(GnmiServer(world, "leaf-2")) as client:
        answer = await client.unary("Get", request)
    updates = answer.notification[0].update
    values = {update.path.elem[1].key["name"]: json.loads(update.val.json_ietf_val) for update in updates}
    assert values == {
        "Ethernet1/1": "DOWN",
        "Ethernet2/1": "UP",
        "Ethernet3/1": "UP",
        "Ethernet4/1": "NOT_PRESENT",
    }


async def test_get_of_settings_and_of_state_are_told_apart(world: World) -> None:
    request = GNMI.GetRequest(path=[path(ethernet("Ethernet8"))], encoding=JSON_IETF)
    async with bare(GnmiServer(world, "leaf-1")) as client:
        request.type = GNMI.enum("GetRequest.DataType", "CONFIG")
        config = json.loads((await client.unary("Get", request)).notification[0].update[0].val.json_ietf_val)
        request.type = GNMI.enum("GetRequest.DataType", "STATE")
        state = json.loads((await client.unary("Get", request)).notification[0].update[0].val.json_ietf_val)
    assert "openconfig-interfaces:state" not in config
    assert config["openconfig-if-ethernet:ethernet"]["config"]["fec-mode"].endswith("FEC_RS544")
    assert "openconfig-interfaces:config" not in state


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"path": [path("/interfaces/interface[name=Ethernet99]/state")]}, "NOT_FOUND"),
        ({"path": [path("/no-such-thing")]}, "NOT_FOUND"),
        ({"path": [path("/interfaces", origin="eos_native")]}, "INVALID_ARGUMENT"),
        ({"path": [GNMI.Path(element=["interfaces"])]}, "INVALID_ARGUMENT"),
        ({"encoding": GNMI.enum("Encoding", "PROTO")}, "UNIMPLEMENTED"),
    ],
)
async def test_get_of_what_is_not_there_ends_with_the_right_status(
    world: World, change: dict[str, Any], code: str
) -> None:
    request = GNMI.GetRequest(**{"path": [path("/system")], "encoding": JSON_IETF, **change})
    async with bare(GnmiServer(world, "leaf-1")) as client:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await client.unary("Get", request)
    assert refused.value.code() is grpc.StatusCode[code]


@pytest.mark.parametrize("login", [None, (("username", USER),), (("username", "x"), ("password", PASSWORD))])
async def test_no_call_is_answered_without_the_login(world: World, login: Any) -> None:
    async with bare(GnmiServer(world, "leaf-1")) as client:
        for method in ("Capabilities", "Get"):
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                request = GNMI.CapabilityRequest() if method == "Capabilities" else GNMI.GetRequest()
                await client.unary(method, request, login)
            assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED


async def test_set_is_unimplemented_and_an_oversized_request_is_refused(world: World) -> None:
    async with bare(GnmiServer(world, "leaf-1")) as client:
        with pytest.raises(grpc.aio.AioRpcError) as unknown:
            await client.unary("Set", GNMI.SetRequest())
        huge = GNMI.GetRequest(path=[GNMI.Path(target="x" * (MAX_REQUEST_BYTES + 1))])
        with pytest.raises(grpc.aio.AioRpcError) as oversized:
            await client.unary("Get", huge)
    assert unknown.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert oversized.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


# what the platforms do differently


async def test_a_dark_lane_is_a_lane_on_both_platforms(world: World) -> None:
    with world.changing():
        cable = next(cable for cable in world.cables if cable.label == "C-003")
        cable.a_to_b_db[1] = 60.0
        cable.b_to_a_db[1] = 60.0
    found = {}
    for device, port in (("leaf-1", "Ethernet8"), ("leaf-2", "Ethernet2/1")):
        channel = (
            f"/components/component[name={port.replace('/', '|')}]/transceiver/physical-channels/channel"
        )
        request = GNMI.GetRequest(path=[path(f"{channel}[index=*]/state")], encoding=JSON_IETF)
        async with bare(GnmiServer(world, device)) as client:
            updates = (await client.unary("Get", request)).notification[0].update
        states = [json.loads(update.val.json_ietf_val) for update in updates]
        prefix = "openconfig-platform-transceiver"
        found[device] = [
            (each[f"{prefix}:index"], each[f"{prefix}:input-power"]["instant"]) for each in states
        ]
        assert [each[f"{prefix}:rx-los"] for each in states] == [False, True, False, False]
    assert [index for index, _ in found["leaf-1"]] == [1, 2, 3, 4]
    assert [index for index, _ in found["leaf-2"]] == [0, 1, 2, 3]
    assert found["leaf-1"][1][1] == "-inf"
    assert found["leaf-2"][1][1] == "-30.00"


async def test_an_empty_cage_is_not_present_on_one_and_no_component_on_the_other(world: World) -> None:
    async with bare(GnmiServer(world, "leaf-1")) as client:
        asked = GNMI.GetRequest(path=[path("/components/component[name=Ethernet24]")], encoding=JSON_IETF)
        cage = json.loads((await client.unary("Get", asked)).notification[0].update[0].val.json_ietf_val)
    assert cage["openconfig-platform-transceiver:transceiver"]["state"]["present"] == "NOT_PRESENT"
    async with bare(GnmiServer(world, "leaf-2")) as client:
        asked = GNMI.GetRequest(path=[path("/components/component[name=Ethernet4|1]")], encoding=JSON_IETF)
        with pytest.raises(grpc.aio.AioRpcError) as missing:
            await client.unary("Get", asked)
    assert missing.value.code() is grpc.StatusCode.NOT_FOUND


# Subscribe


async def test_once_sends_all_then_sync_then_ends(world: World) -> None:
    for device in ("leaf-1", "leaf-2"):
        async with bare(GnmiServer(world, device)) as client:
            call = client.subscribe()
            await call.write(subscription("/interfaces/interface[name=*]/state", "/nowhere"))
            found = await until_sync(call)
            assert await call.read() is grpc.aio.EOF
        assert found["interfaces/interface/state/admin-status"] == "UP"


async def test_on_change_is_silent_until_something_changes(world: World) -> None:
    async with bare(GnmiServer(world, "leaf-1")) as client:
        call = client.subscribe()
        await call.write(subscription(f"{ethernet('Ethernet8')}/state", mode="STREAM", kind="ON_CHANGE"))
        first = await until_sync(call)
        reading = asyncio.ensure_future(call.read())
        done, _ = await asyncio.wait([reading], timeout=0.4)
        assert not done
        world.set_admin("leaf-1/Ethernet8", up=False)
        forward(world, 0.5)
        changed = joined((await reading).update)
        call.cancel()
    assert first["interfaces/interface/state/oper-status"] == "UP"
    assert changed["interfaces/interface/state/admin-status"] == "DOWN"
    assert "interfaces/interface/state/mtu" not in changed


async def test_what_vanishes_is_deleted_and_a_heartbeat_breaks_the_silence(world: World) -> None:
    wanted = subscription(
        "/components/component[name=Ethernet8]/transceiver", mode="STREAM", kind="ON_CHANGE"
    )
    wanted.subscribe.subscription.add(
        path=path("/system/state/hostname"), mode=1, heartbeat_interval=200_000_000
    )
    async with bare(GnmiServer(world, "leaf-1")) as client:
        call = client.subscribe()
        await call.write(wanted)
        await until_sync(call)
        beat = joined((await call.read()).update)
        with world.changing():
            world.port("leaf-1/Ethernet8").optic = None
        gone: list[str] = []
        while not gone:
            update = (await call.read()).update
            gone = [
                "/".join(elem.name for elem in (*update.prefix.elem, *each.elem)) for each in update.delete
            ]
        call.cancel()
    assert beat == {"system/state/hostname": "leaf-1"}
    assert "components/component/transceiver/state/serial-no" in gone


async def test_polls_are_answered_with_the_whole_set_each(world: World) -> None:
    async with bare(GnmiServer(world, "leaf-1")) as client:
        call = client.subscribe()
        await call.write(subscription("/system/state/hostname", mode="POLL"))
        assert len(await until_sync(call)) == 1
        await call.write(GNMI.SubscribeRequest(poll=GNMI.Poll()))
        assert len(await until_sync(call)) == 1
        await call.done_writing()
        assert await call.read() is grpc.aio.EOF


async def test_updates_only_starts_with_the_sync(world: World) -> None:
    wanted = subscription("/system/state/hostname", mode="STREAM", sample_interval=20_000_000)
    wanted.subscribe.updates_only = True
    async with bare(GnmiServer(world, "leaf-1")) as client:
        call = client.subscribe()
        await call.write(wanted)
        assert (await call.read()).sync_response
        assert joined((await call.read()).update) == {"system/state/hostname": "leaf-1"}
        call.cancel()


@pytest.mark.parametrize(
    "request_",
    [
        GNMI.SubscribeRequest(poll=GNMI.Poll()),
        GNMI.SubscribeRequest(),
        GNMI.SubscribeRequest(subscribe=GNMI.SubscriptionList(encoding=JSON_IETF)),
        subscription("/system", mode="STREAM", sample_interval=1),
    ],
)
async def test_a_broken_subscription_is_an_invalid_argument(world: World, request_: Any) -> None:
    async with bare(GnmiServer(world, "leaf-1")) as client:
        call = client.subscribe()
        await call.write(request_)
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            while await call.read() is not grpc.aio.EOF:
                pass
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT


# devices that misbehave


async def test_a_device_gone_mad_answers_bytes_that_are_no_message(world: World) -> None:
    world.device("leaf-1").answers = "garbage"
    async with (
        serving(GnmiServer(world, "leaf-1")) as port,
        grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel,
    ):
        call = channel.unary_unary(f"/{SERVICE}/Get", GNMI.request_bytes("Get"))
        raw = await call(GNMI.GetRequest(path=[path("/system")]), metadata=LOGIN, timeout=5)
    with pytest.raises(DecodeError):
        GNMI.response_from("Get")(raw)


async def test_a_silent_device_never_answers_and_can_be_stopped(world: World) -> None:
    world.device("leaf-1").answers = "silent"
    server = GnmiServer(world, "leaf-1")
    port = await server.start("127.0.0.1", 0)
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        asked = asyncio.ensure_future(Bare(channel).unary("Capabilities", GNMI.CapabilityRequest()))
        done, _ = await asyncio.wait([asked], timeout=0.3)
        assert not done
        async with asyncio.timeout(60):
            await server.stop()
        with pytest.raises(grpc.aio.AioRpcError):
            await asked


async def test_a_stopped_server_starts_again_on_the_same_port(world: World) -> None:
    server = GnmiServer(world, "leaf-1")
    port = await server.start("127.0.0.1", 0)
    other = GnmiServer(world, "leaf-2")
    with pytest.raises(OSError, match="cannot listen"):
        await other.start("127.0.0.1", port)
    await server.stop()
    assert await server.start("127.0.0.1", port) == port
    await server.stop()
