"""gNMI: against a target of our own that a public client accepts, and against targets that misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import warnings
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import grpc
import msgspec
import pytest

from bringup.gnmi_messages import messages
from bringup.model.errors import DeviceError, NoData, Refused, TimedOut, Unparsable
from bringup.model.inventory import Device
from bringup.transport.base import GnmiUpdate
from bringup.transport.failure import CredentialRefused
from bringup.transport.gnmi_value import UnreadableError, typed_value, updates_of
from bringup.transport.recorded import updates_from_bytes
from tests.transport.gnmi_target import PASSWORD, USER, Target, serving
from tests.transport.peers import Certificate, device, free_port, links, listener, reset, self_signed

PORT = "/interfaces/interface[name=Ethernet1/1]/state"
STATE: dict[str, object] = {
    PORT: {"oper-status": "UP", "counters": {"in-octets": "18446744073709551615"}},
    "/interfaces/interface[name=Ethernet2/1]/state": {"oper-status": "DOWN"},
    "/lldp/state": {"enabled": True},
}


@pytest.fixture
def target() -> Target:
    return Target(dict(STATE))


def with_gnmi(port: int, folder: Path, *, password: str = PASSWORD, **more: object) -> Device:
    (folder / "password").write_text(password + "\n")
    settings = {"port": port, "tls": False, "user": USER, "password": "file:password", **more}
    return device(gnmi=settings)


async def test_capabilities_get_and_once_bring_what_the_target_has(target: Target, tmp_path: Path) -> None:
    async with serving(target) as port, links(with_gnmi(port, tmp_path), tmp_path) as peer:
        session = await peer.gnmi()
        told = await session.capabilities()
        assert told["version"] == "0.8.0" and told["encodings"] == ["JSON_IETF"]
        ports = await session.get(["/interfaces"])
        assert ports == tuple(
            GnmiUpdate(path=path, value=value, timestamp_ns=7)
            for path, value in STATE.items()
            if path.startswith("/interfaces")
        )
        everything = await session.once(["/interfaces", "/lldp"])
        assert [update.path for update in everything] == list(STATE)
        requests = [exchange.request for exchange in peer.transcript.take()]
    assert requests == ["capabilities", "capabilities", "get /interfaces", "subscribe once /interfaces /lldp"]
    get, subscribe = target.asked
    assert (get.prefix.origin, get.encoding) == ("openconfig", messages().enum("Encoding", "JSON_IETF"))
    assert subscribe.subscribe.mode == messages().enum("SubscriptionList.Mode", "ONCE")


async def test_the_transcript_holds_the_updates_and_no_secret(target: Target, tmp_path: Path) -> None:
    async with serving(target) as port, links(with_gnmi(port, tmp_path), tmp_path) as peer:
        found = await (await peer.gnmi()).get([PORT])
        exchanges = peer.transcript.take()
        assert updates_from_bytes(exchanges[-1].reply) == found
        assert PASSWORD not in f"{exchanges}{peer!r}{await peer.gnmi()!r}"


async def test_a_target_that_has_only_json_is_asked_for_json(target: Target, tmp_path: Path) -> None:
    target.encodings = ("JSON", "PROTO")
    async with serving(target) as port, links(with_gnmi(port, tmp_path), tmp_path) as peer:
        await (await peer.gnmi()).get([PORT])
    assert target.asked[0].encoding == messages().enum("Encoding", "JSON")


async def test_a_stream_brings_the_state_then_sync_then_changes(target: Target, tmp_path: Path) -> None:
    async def change(context: Any) -> AsyncIterator[bytes]:
        found = target.messages
        yield target.update(PORT, {"oper-status": "UP"})
        yield target.sync()
        yield target.update(PORT, {"oper-status": "DOWN"})
        gone = found.Notification(timestamp=9, delete=[found.Path(elem=[found.PathElem(name="lldp")])])
        yield found.SubscribeResponse(update=gone).SerializeToString()
        await asyncio.Event().wait()

    target.respond = change
    async with serving(target) as port, links(with_gnmi(port, tmp_path), tmp_path) as peer:
        session = await peer.gnmi()
        seen: list[Any] = []
        async with contextlib.aclosing(session.stream([PORT], sample_interval_s=2.5)) as stream:  # type: ignore[type-var]
            async for item in stream:
                seen.append("sync" if item == "sync" else (item.path, item.value))
                if len(seen) == 4:
                    break
        kept = peer.transcript.take()[-1]
    assert seen == [(PORT, {"oper-status": "UP"}), "sync", (PORT, {"oper-status": "DOWN"}), ("/lldp", None)]
    assert kept.request == f"subscribe stream SAMPLE {PORT}"
    (subscription,) = target.asked[0].subscribe.subscription
    assert (subscription.mode, subscription.sample_interval) == (2, 2_500_000_000)


async def test_without_an_interval_a_stream_is_on_change(target: Target, tmp_path: Path) -> None:
    async with serving(target) as port, links(with_gnmi(port, tmp_path), tmp_path) as peer:
        with pytest.raises(Unparsable, match="ended the stream"):
            async for _ in (await peer.gnmi()).stream([PORT]):
                pass
    assert target.asked[0].subscribe.subscription[0].mode == messages().enum("SubscriptionMode", "ON_CHANGE")


# pygnmi's reading thread complains when its channel is closed.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_public_client_accepts_the_messages(target: Target, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pygnmi.client import gNMIclient

    def ask(port: int) -> tuple[Any, Any, Any]:
        with gNMIclient(
            target=("127.0.0.1", port), username=USER, password=PASSWORD, insecure=True, gnmi_timeout=10
        ) as client:
            wanted = {"subscription": [{"path": PORT}], "mode": "once", "encoding": "json_ietf"}
            told, got = client.capabilities(), client.get(path=[PORT], encoding="json_ietf")
            return told, got, list(client.subscribe2(subscribe=wanted))

    async with serving(target) as port:
        told, got, streamed = await asyncio.to_thread(ask, port)
    assert told["gnmi_version"] == "0.8.0" and told["supported_encodings"] == ["json_ietf"]
    (update,) = got["notification"][0]["update"]
    assert update["val"] == STATE[PORT]
    assert streamed[0]["update"]["update"][0]["val"] == STATE[PORT]
    assert streamed[-1] == {"sync_response": True}


async def test_a_wrong_password_reaches_the_target_once_a_run(target: Target, tmp_path: Path) -> None:
    async with serving(target) as port:
        wrong = with_gnmi(port, tmp_path, password="wrong-but-secret")
        async with links(wrong, tmp_path) as peer:
            errors = await asyncio.gather(peer.gnmi(), peer.gnmi(), return_exceptions=True)
            assert all(isinstance(error, CredentialRefused) for error in errors)
            with pytest.raises(CredentialRefused, match="not tried again") as caught:
                await peer.gnmi()
            seen = f"{errors}{caught.value!r}{peer.transcript.take()}"
    assert target.logins == [False]
    assert "wrong-but-secret" not in seen


async def test_a_certificate_in_the_file_is_pinned_whatever_its_name(target: Target, tmp_path: Path) -> None:
    own = self_signed(tmp_path, "192.0.2.77")
    other = self_signed(tmp_path)
    async with serving(target, own) as port:
        pinned = with_gnmi(port, tmp_path, tls=True, ca=own.certificate.name)
        async with links(pinned, tmp_path) as peer:
            assert len(await (await peer.gnmi()).get([PORT])) == 1
        strange = with_gnmi(port, tmp_path, tls=True, ca=other.certificate.name)
        async with links(strange, tmp_path) as peer:
            with pytest.raises(Refused, match="not trusted"):
                await peer.gnmi()
        async with links(with_gnmi(port, tmp_path, tls=True), tmp_path) as peer:
            with pytest.raises(Refused, match="not trusted"):
                await peer.gnmi()
    assert all(target.logins)


async def test_an_authority_that_is_no_certificate_is_refused(target: Target, tmp_path: Path) -> None:
    certificate: Certificate = self_signed(tmp_path)
    (tmp_path / "empty.pem").write_text("")
    async with (
        serving(target, certificate) as port,
        links(with_gnmi(port, tmp_path, tls=True, ca="empty.pem"), tmp_path) as peer,
    ):
        with pytest.raises(Refused, match="can't be used"):
            await peer.gnmi()


async def test_a_target_without_tls_where_tls_belongs_is_unparsable(target: Target, tmp_path: Path) -> None:
    async with serving(target) as port, links(with_gnmi(port, tmp_path, tls=True), tmp_path) as peer:
        with pytest.raises(Unparsable, match="does not speak TLS"):
            await peer.gnmi()


STATUSES: dict[str, tuple[type[DeviceError], str]] = {
    "PERMISSION_DENIED": (Refused, "forbids"),
    "UNAVAILABLE": (Refused, "closed or reset"),
    "RESOURCE_EXHAUSTED": (Unparsable, ""),
    "INTERNAL": (Unparsable, "internal error"),
    "DATA_LOSS": (Unparsable, "lost"),
    "UNIMPLEMENTED": (NoData, "does not know this call"),
    "NOT_FOUND": (NoData, "no such path"),
    "INVALID_ARGUMENT": (NoData, "path or encoding"),
    "DEADLINE_EXCEEDED": (TimedOut, "no whole answer"),
    "UNKNOWN": (Refused, "answered with UNKNOWN"),
}


@pytest.mark.parametrize("status", STATUSES)
async def test_each_status_has_its_reason_and_its_text_is_not_shown(
    target: Target, tmp_path: Path, status: str
) -> None:
    async def refuse(context: Any) -> AsyncIterator[bytes]:
        await context.abort(getattr(grpc.StatusCode, status), "device text \x1b[31m")
        yield b""

    kind, what = STATUSES[status]
    target.respond = refuse
    async with serving(target) as port, links(with_gnmi(port, tmp_path), tmp_path) as peer:
        session = await peer.gnmi()
        with pytest.raises(DeviceError, match=what or "leaf-1") as caught:
            await session.once([PORT])
        assert type(caught.value) is kind
        with pytest.raises(DeviceError) as streamed:
            async for _ in session.stream([PORT]):
                pass
    assert type(streamed.value) is kind
    assert "device text" not in f"{caught.value}{streamed.value}"


Respond = Callable[[Target, Any], AsyncIterator[bytes]]


async def _no_sync(target: Target, context: Any) -> AsyncIterator[bytes]:
    yield target.update(PORT, {})


async def _garbage(target: Target, context: Any) -> AsyncIterator[bytes]:
    yield b"\xff\xff\xff no protobuf"


async def _broken_json(target: Target, context: Any) -> AsyncIterator[bytes]:
    yield target.update(PORT, {"a": 1}).replace(b'{"a":1}', b'{"a":1\xff')
    yield target.sync()


async def _endless(target: Target, context: Any) -> AsyncIterator[bytes]:
    while True:
        yield target.update(PORT, "x" * 1_000_000)


async def _oversize(target: Target, context: Any) -> AsyncIterator[bytes]:
    yield target.update(PORT, "x" * 17 * 1024 * 1024)


async def _silent(target: Target, context: Any) -> AsyncIterator[bytes]:
    yield target.update(PORT, {})
    await asyncio.Event().wait()


BROKEN: dict[str, tuple[Respond, type[DeviceError], str]] = {
    "an end before sync_response": (_no_sync, Unparsable, "before it was whole"),
    "bytes that are no protobuf": (_garbage, Unparsable, "no protobuf"),
    "a value that is no JSON": (_broken_json, Unparsable, "no JSON"),
    "updates without end": (_endless, Unparsable, "longer than 16,777,216"),
    "one message over the cap": (_oversize, Unparsable, "more than is taken"),
    "silence in the middle": (_silent, TimedOut, "no whole answer"),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_answer_is_an_error_and_never_a_part(
    target: Target, tmp_path: Path, name: str
) -> None:
    respond, kind, what = BROKEN[name]
    target.respond = lambda context: respond(target, context)
    async with serving(target) as port, links(with_gnmi(port, tmp_path), tmp_path) as peer:
        session = await peer.gnmi()
        with pytest.raises(DeviceError, match=what) as caught:
            await session.once([PORT], deadline_s=0.5 if kind is TimedOut else 15)
        assert type(caught.value) is kind
        assert peer.transcript.take()[-1].error == caught.value.message
        target.respond = None
        assert len(await session.once([PORT])) == len(STATE)


async def test_a_get_that_is_no_protobuf_is_unparsable(target: Target, tmp_path: Path) -> None:
    target.get_answer = lambda request: b"\xff\xff garbage"
    async with serving(target) as port, links(with_gnmi(port, tmp_path), tmp_path) as peer:
        with pytest.raises(Unparsable, match="no protobuf"):
            await (await peer.gnmi()).get([PORT])


async def test_a_target_that_goes_away_in_the_middle_is_refused(target: Target, tmp_path: Path) -> None:
    going = asyncio.Event()

    async def wait(context: Any) -> AsyncIterator[bytes]:
        yield target.update(PORT, {})
        going.set()
        await asyncio.Event().wait()

    target.respond = wait
    async with contextlib.AsyncExitStack() as stack:
        lifetime = serving(target)
        port = await lifetime.__aenter__()
        peer = await stack.enter_async_context(links(with_gnmi(port, tmp_path), tmp_path))
        session = await peer.gnmi()
        asking = asyncio.create_task(session.once([PORT]))
        await going.wait()
        await lifetime.__aexit__(None, None, None)
        with pytest.raises(Refused):
            await asking


async def test_a_closed_port_is_refused(tmp_path: Path) -> None:
    for tls in (False, True):
        async with links(with_gnmi(free_port(), tmp_path, tls=tls), tmp_path) as peer:
            with pytest.raises(Refused, match="nothing listens"):
                await peer.gnmi()


@pytest.mark.parametrize("tls", [False, True])
async def test_a_listener_that_never_speaks_is_a_timeout(tmp_path: Path, tls: bool) -> None:
    released = asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await released.wait()

    async with listener(hold) as port:
        waiting = with_gnmi(port, tmp_path, tls=tls)
        async with links(waiting, tmp_path, connect_deadline_s=0.4, login_deadline_s=0.4) as peer:
            with pytest.raises(TimedOut):
                await peer.gnmi()
        released.set()


async def test_a_peer_that_resets_or_speaks_something_else_is_refused_or_unparsable(tmp_path: Path) -> None:
    async def rst(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        reset(writer)

    async def web(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    for answer in (rst, web):
        async with listener(answer) as port, links(with_gnmi(port, tmp_path), tmp_path) as peer:
            with pytest.raises((Refused, Unparsable)):
                await peer.gnmi()


async def test_a_device_without_gnmi_says_so(tmp_path: Path) -> None:
    async with links(device(), tmp_path) as peer:
        with pytest.raises(NoData, match=r"no \[device.gnmi\]"):
            await peer.gnmi()


def test_every_kind_of_value_is_read() -> None:
    found = messages()
    leaves = [found.TypedValue(uint_val=1), found.TypedValue(string_val="a")]
    values = {
        "string_val": ("text", "text"),
        "int_val": (-1, -1),
        "uint_val": (2**64 - 1, 2**64 - 1),
        "bool_val": (False, False),
        "bytes_val": (b"\xff", b"\xff"),
        "double_val": (0.5, 0.5),
        "float_val": (0.25, 0.25),
        "ascii_val": ("up", "up"),
        "decimal_val": (found.Decimal64(digits=-352, precision=2), -3.52),
        "leaflist_val": (found.ScalarArray(element=leaves), [1, "a"]),
        "json_val": (b'{"a": [1, null]}', {"a": [1, None]}),
        "json_ietf_val": (b'"1.5"', "1.5"),
        "proto_bytes": (b"\x01", b"\x01"),
    }
    for kind, (sent, read) in values.items():
        assert typed_value(found.TypedValue(**{kind: sent})) == read


@pytest.mark.parametrize("raw", [b'"\xff\xfe"', b"[" * 100_000, b"[" + b"[]," * 500_000 + b"[]]", b"", b"{"])
def test_json_that_can_not_be_read_is_said_so(raw: bytes) -> None:
    with pytest.raises(UnreadableError):
        typed_value(messages().TypedValue(json_ietf_val=raw))


def test_an_update_of_the_old_form_is_read_and_an_empty_one_is_not() -> None:
    found = messages()
    old = found.Update(path=found.Path(element=["a", "b"]), value=found.Value(value=b"1"))
    (update,) = updates_of(found.Notification(timestamp=3, update=[old]))
    assert update == GnmiUpdate(path="/a/b", value=1, timestamp_ns=3)
    with pytest.raises(UnreadableError):
        list(updates_of(found.Notification(update=[found.Update()])))
    with pytest.raises(UnreadableError):
        typed_value(found.TypedValue())


def test_the_table_is_that_of_a_public_client() -> None:
    from pygnmi.spec.v080 import gnmi_pb2

    ours, left_out = messages(), {"extension", "aliases", "use_aliases"}
    for name in (
        "Path",
        "TypedValue",
        "Notification",
        "GetRequest",
        "SetRequest",
        "SubscriptionList",
        "Subscription",
    ):
        theirs = {
            (field.name, field.number, field.type)
            for field in getattr(gnmi_pb2, name).DESCRIPTOR.fields
            if field.name not in left_out
        }
        assert theirs == {(f.name, f.number, f.type) for f in getattr(ours, name).DESCRIPTOR.fields}
    assert (
        msgspec.json.encode(sorted(ours.Path.DESCRIPTOR.fields_by_name))
        == b'["elem","element","origin","target"]'
    )
