"""gNMI Set with a way back, TLS pinned by fingerprint, and streams on change; the target's messages are
pygnmi's.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import tracemalloc
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest
from pygnmi.spec.v080 import gnmi_pb2, gnmi_pb2_grpc

from bringup.model.errors import DeviceError, NoData, Refused, TimedOut, Unparsable
from bringup.model.inventory import Device
from bringup.transport.base import GnmiChange
from tests.transport.gnmi_target import PASSWORD, USER, Target, serving
from tests.transport.peers import device, links, self_signed

CONFIG = "/interfaces/interface[name=Ethernet0]/config"
MTU, TEXT = f"{CONFIG}/mtu", f"{CONFIG}/description"
WRONG = "0" * 64


class ConfigTarget(gnmi_pb2_grpc.gNMIServicer):  # type: ignore[misc]
    """A tree of configuration, leaf by leaf, and what the target does with a Set besides obeying."""

    def __init__(self) -> None:
        self.leaves: dict[str, object] = {MTU: 9100, TEXT: "to spine"}
        self.sets: list[Any] = []
        self.habit = "good"

    async def Capabilities(self, request: Any, context: Any) -> Any:
        return gnmi_pb2.CapabilityResponse(supported_encodings=[4], gNMI_version="0.8.0")

    async def Get(self, request: Any, context: Any) -> Any:
        assert request.type == gnmi_pb2.GetRequest.CONFIG
        (wanted,) = (_text(path) for path in request.path)
        found = {path: value for path, value in self.leaves.items() if path.startswith(wanted)}
        if not found:
            await context.abort(grpc.StatusCode.NOT_FOUND, "no such path")
        if self.habit == "unreadable" and self.sets:
            await context.abort(grpc.StatusCode.INTERNAL, "went wrong")
        if self.habit == "subtree" and wanted == CONFIG:
            inner = {f"oc-if:{path.rpartition('/')[2]}": value for path, value in found.items()}
            return gnmi_pb2.GetResponse(notification=[_notification(CONFIG, inner)])
        return gnmi_pb2.GetResponse(notification=[_notification(*leaf) for leaf in found.items()])

    async def Set(self, request: Any, context: Any) -> Any:
        self.sets.append(request)
        if self.habit == "refusing":
            await context.abort(grpc.StatusCode.ABORTED, f"no, {PASSWORD}")
        if self.habit == "silent":
            await asyncio.sleep(30)
        if self.habit == "stuck" and len(self.sets) > 1:
            await context.abort(grpc.StatusCode.INTERNAL, "stuck")
        if self.habit in ("deaf", "stuck") and len(self.sets) == 1:
            return gnmi_pb2.SetResponse()
        for path in request.delete:
            self._remove(_text(path))
        for update in request.replace:
            self._remove(_text(update.path))
            self._put(_text(update.path), json.loads(update.val.json_ietf_val))
        for update in request.update:
            self._put(_text(update.path), json.loads(update.val.json_ietf_val))
        if self.habit == "rounding" and len(self.sets) == 1:
            self.leaves[MTU] = 1500
        return gnmi_pb2.SetResponse()

    def _remove(self, path: str) -> None:
        self.leaves = {each: value for each, value in self.leaves.items() if not each.startswith(path)}

    def _put(self, path: str, value: Any) -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                self._put(f"{path}/{name.rpartition(':')[2]}", inner)
        else:
            self.leaves[path] = value


def _text(path: Any) -> str:
    return "".join(
        f"/{element.name}" + "".join(f"[{key}={value}]" for key, value in element.key.items())
        for element in path.elem
    )


def _path(text: str) -> Any:
    elements = []
    for word in text.strip("/").split("/"):
        name, _, keys = word.partition("[")
        pair = dict([keys.rstrip("]").split("=")]) if keys else {}
        elements.append(gnmi_pb2.PathElem(name=name, key=pair))
    return gnmi_pb2.Path(elem=elements)


def _notification(path: str, value: object) -> Any:
    typed = gnmi_pb2.TypedValue(json_ietf_val=json.dumps(value).encode())
    return gnmi_pb2.Notification(timestamp=7, update=[gnmi_pb2.Update(path=_path(path), val=typed)])


@contextlib.asynccontextmanager
async def configured(habit: str = "good") -> AsyncGenerator[tuple[ConfigTarget, int], None]:
    target = ConfigTarget()
    target.habit = habit
    server = grpc.aio.server(options=(("grpc.so_reuseport", 0),))
    gnmi_pb2_grpc.add_gNMIServicer_to_server(target, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        yield target, port
    finally:
        await server.stop(None)


def at(folder: Path, port: int, **more: object) -> Device:
    (folder / "password").write_text(PASSWORD)
    settings = {"port": port, "tls": False, "user": USER, "password": "file:password"}
    return device(gnmi={**settings, **more})


CHANGES = (
    GnmiChange(kind="delete", path=TEXT),
    GnmiChange(kind="replace", path=MTU, value=1400),
    GnmiChange(kind="update", path=CONFIG, value={"oc-if:loopback-mode": True}),
)


@pytest.mark.parametrize("habit", ["good", "subtree"])
async def test_a_set_is_one_transaction_that_is_read_back_and_can_be_undone(
    tmp_path: Path, habit: str
) -> None:
    async with configured(habit) as (target, port), links(at(tmp_path, port), tmp_path) as peer:
        before = dict(target.leaves)
        gnmi = await peer.gnmi()
        undo = await gnmi.set(CHANGES)
        assert target.leaves == {MTU: 1400, f"{CONFIG}/loopback-mode": True}
        (request,) = target.sets
        assert (len(request.delete), len(request.replace), len(request.update)) == (1, 1, 1)
        await gnmi.set(undo)
        assert target.leaves == before
        assert "secret" not in str(peer.transcript.take()) and PASSWORD not in str(undo)


@pytest.mark.parametrize("habit", ["deaf", "rounding", "unreadable"])
async def test_what_does_not_read_back_is_put_back(tmp_path: Path, habit: str) -> None:
    async with configured(habit) as (target, port), links(at(tmp_path, port), tmp_path) as peer:
        before = dict(target.leaves)
        with pytest.raises(Refused, match="was put back"):
            await (await peer.gnmi()).set([GnmiChange(kind="update", path=MTU, value=1400)])
        assert target.leaves == before and len(target.sets) == 2


async def test_an_undo_that_fails_is_told_as_that(tmp_path: Path) -> None:
    async with configured("stuck") as (_, port), links(at(tmp_path, port), tmp_path) as peer:
        with pytest.raises(Refused, match="putting it back failed") as caught:
            await (await peer.gnmi()).set([GnmiChange(kind="update", path=MTU, value=1400)])
        assert "not as it was" in caught.value.advice


async def test_a_set_that_is_refused_changes_nothing(tmp_path: Path) -> None:
    async with configured("refusing") as (target, port), links(at(tmp_path, port), tmp_path) as peer:
        before = dict(target.leaves)
        with pytest.raises(Refused, match="nothing of it was done") as caught:
            await (await peer.gnmi()).set(CHANGES)
        assert target.leaves == before and len(target.sets) == 1
        assert PASSWORD not in f"{caught.value}{peer.transcript.take()}"


async def test_a_set_without_an_answer_is_a_timeout_and_sent_once(tmp_path: Path) -> None:
    async with configured("silent") as (target, port), links(at(tmp_path, port), tmp_path) as peer:
        with pytest.raises(TimedOut):
            await (await peer.gnmi()).set(CHANGES, deadline_s=0.5)
        assert len(target.sets) == 1


async def test_what_cant_be_put_back_as_one_value_is_not_changed(tmp_path: Path) -> None:
    async with configured() as (target, port), links(at(tmp_path, port), tmp_path) as peer:
        with pytest.raises(Refused, match="it was not changed"):
            await (await peer.gnmi()).set([GnmiChange(kind="delete", path="/interfaces")])
        assert target.sets == []


async def test_a_target_without_set_says_so(tmp_path: Path) -> None:
    target = Target({MTU: 9100})
    async with serving(target) as port, links(at(tmp_path, port), tmp_path) as peer:
        with pytest.raises(NoData):
            await (await peer.gnmi()).set([GnmiChange(kind="replace", path=MTU, value=1)])


async def test_a_pinned_certificate_is_taken_whatever_its_name_and_a_changed_one_refused(
    tmp_path: Path,
) -> None:
    certificate = self_signed(tmp_path, "192.0.2.9")
    target = Target({MTU: 9100})
    async with serving(target, certificate) as port:
        pinned = at(tmp_path, port, tls=True, fingerprint=certificate.fingerprint)
        async with links(pinned, tmp_path) as peer:
            assert [update.value for update in await (await peer.gnmi()).get([MTU])] == [9100]
        changed = at(tmp_path, port, tls=True, fingerprint=WRONG)
        seen = len(target.logins)
        async with links(changed, tmp_path) as peer:
            with pytest.raises(Refused, match="CHANGED") as caught:
                await peer.gnmi()
        assert certificate.fingerprint in caught.value.message
        # No credential went to who showed the wrong certificate.
        assert len(target.logins) == seen


async def test_an_authority_stands_for_names_that_fit_and_a_stranger_is_refused(tmp_path: Path) -> None:
    good, stranger = self_signed(tmp_path), self_signed(tmp_path, "192.0.2.9")
    target = Target({MTU: 9100})
    async with serving(target, good) as port:
        for ca, gets_in in ((good, True), (stranger, False)):
            trusting = at(tmp_path, port, tls=True, ca=str(ca.certificate))
            async with links(trusting, tmp_path, connect_deadline_s=3, login_deadline_s=3) as peer:
                if gets_in:
                    assert await (await peer.gnmi()).get([MTU])
                    continue
                with pytest.raises(DeviceError):
                    await peer.gnmi()


async def test_a_stream_on_change_asks_for_heartbeats_and_brings_each_change(tmp_path: Path) -> None:
    target = Target({})
    more = asyncio.Event()

    async def respond(context: Any) -> AsyncIterator[bytes]:
        yield target.update(MTU, 9100)
        yield target.sync()
        await more.wait()
        yield target.update(MTU, 1400)

    target.respond = respond
    async with serving(target) as port, links(at(tmp_path, port), tmp_path) as peer:
        stream = (await peer.gnmi()).stream([MTU], heartbeat_s=30)
        got: list[object] = [await anext(stream), await anext(stream)]
        more.set()
        got.append(await anext(stream))
        assert [each if each == "sync" else each.value for each in got] == [9100, "sync", 1400]  # type: ignore[attr-defined]
        (request,) = target.asked
        (asked,) = request.subscribe.subscription
        assert (asked.mode, asked.heartbeat_interval) == (1, 30 * 10**9)
        # The target ended it: that is an error, and not the end of the changes.
        with pytest.raises(Unparsable, match="ended the stream"):
            await anext(stream)


async def test_a_stream_whose_heartbeats_stay_out_is_a_timeout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bringup.transport.gnmi._GAP_S", 0.1)
    target = Target({})

    async def respond(context: Any) -> AsyncIterator[bytes]:
        yield target.sync()
        await asyncio.sleep(30)

    target.respond = respond
    async with serving(target) as port, links(at(tmp_path, port), tmp_path) as peer:
        stream = (await peer.gnmi()).stream([MTU], heartbeat_s=0.05)
        assert await anext(stream) == "sync"
        with pytest.raises(TimedOut):
            await anext(stream)


async def test_endless_new_paths_of_a_stream_fill_no_memory(tmp_path: Path) -> None:
    target = Target({})
    count = 40
    names = (f"/interfaces/interface[name={'x' * 100_000}{number}]/state" for number in range(count))
    sent = [*(target.update(name, 1) for name in names), target.sync()]

    async def respond(context: Any) -> AsyncIterator[bytes]:
        for raw in sent:
            yield raw

    target.respond = respond
    async with serving(target) as port, links(at(tmp_path, port), tmp_path) as peer:
        gnmi = await peer.gnmi()
        tracemalloc.start()
        try:
            seen = 0
            async for update in gnmi.stream(["/interfaces"], sample_interval_s=10):
                if update == "sync":
                    break
                seen += 1
            held_bytes = tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()
    assert seen == count
    assert held_bytes < 4_000_000  # all of the paths would be more, kept once as bytes and once as text
