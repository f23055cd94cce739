"""Streams of gNMI updates in tens, beside a bare grpc.aio client with protobuf's generated messages: 100,000
of one target, and as many of 64 targets at once, one subscription each.

`gnmi_updates ours|bare TARGETS FOLDER` is one measurement, from the subscriptions to the last update; the
bare client takes each message apart (path elements, JSON value) and keeps nothing. The targets send what they
have made ready before, from one process of their own. Of 64 targets it is the updates in a second of CPU that
count, and how many threads the program has at the end of the streams.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
from collections.abc import AsyncIterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.child import worker
from benchmarks.figure import Benchmark, Figure, PeerMissing, interleaved
from benchmarks.served import ready, served, until_closed
from benchmarks.table import alone
from benchmarks.watch import Stopwatch

UPDATES, TOGETHER = 100_000, 10
ONE, MANY = 1, 64
REACH, THREADS = 0.8, 10
ROUNDS = 5
SECOND_NS = 1_000_000_000
ADDRESS = "127.0.0.1"
WANTED = "/interfaces/interface[name=*]/state/counters"


def measure(folder: Path, rounds: int) -> Sequence[Figure]:
    if importlib.util.find_spec("pygnmi") is None:
        raise PeerMissing("not installed: pygnmi, whose messages the bare client uses")
    with served("gnmi_updates", folder):
        one = _both(ONE, folder, rounds)
        many = _both(MANY, folder, rounds)
    peer = "bare grpc.aio client"
    return [
        Figure(
            what=f"gNMI, {UPDATES:,} updates in tens",
            unit="updates/s",
            ours=tuple(UPDATES / each["wall_s"] for each in one[0]),
            peer=tuple(UPDATES / each["wall_s"] for each in one[1]),
            peer_name=peer,
            at_least=REACH,
        ),
        Figure(
            what=f"gNMI, {MANY} subscriptions at once",
            unit="updates/s of CPU",
            ours=tuple(each["updates"] / each["cpu_s"] for each in many[0]),
            peer=tuple(each["updates"] / each["cpu_s"] for each in many[1]),
            peer_name=peer,
            at_least=REACH,
        ),
        Figure(
            what=f"gNMI, {MANY} subscriptions at once, threads",
            unit="threads",
            ours=tuple(each["threads"] for each in many[0]),
            peer_name=f"({peer}: {max(each['threads'] for each in many[1])})",
            at_most=THREADS,
        ),
    ]


def _both(targets: int, folder: Path, rounds: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    words = [str(targets), str(folder)]
    return interleaved(
        rounds,
        partial(worker, "gnmi_updates", ["ours", *words], folder),
        partial(worker, "gnmi_updates", ["bare", *words], folder),
    )


async def serve(folder: Path) -> None:
    import grpc
    import grpc.aio
    from pygnmi.spec.v080 import gnmi_pb2 as messages

    def update(port: int, counter: int) -> Any:
        elements = [
            messages.PathElem(name="interface", key={"name": f"Ethernet{port}"}),
            messages.PathElem(name="state"),
            messages.PathElem(name="counters"),
            messages.PathElem(name=f"counter-{counter}"),
        ]
        value = messages.TypedValue(json_ietf_val=json.dumps(str(port * counter)).encode())
        return messages.Update(path=messages.Path(elem=elements), val=value)

    prefix = messages.Path(origin="openconfig", elem=[messages.PathElem(name="interfaces")])
    notifications = [
        messages.SubscribeResponse(
            update=messages.Notification(
                timestamp=1_800_000_000_000_000_000 + number,
                prefix=prefix,
                update=[update(number % 64, counter) for counter in range(TOGETHER)],
            )
        ).SerializeToString()
        for number in range(64)
    ]
    sync = messages.SubscribeResponse(sync_response=True).SerializeToString()

    async def capabilities(raw: bytes, context: Any) -> bytes:
        answer: bytes = messages.CapabilityResponse(supported_encodings=[4]).SerializeToString()
        return answer

    async def subscribe(requests: AsyncIterator[bytes], context: Any) -> AsyncIterator[bytes]:
        """How many updates: the interval of the subscription says it, which a target may read as it likes."""
        request = messages.SubscribeRequest.FromString(await anext(aiter(requests)))
        count = request.subscribe.subscription[0].sample_interval // SECOND_NS
        for number in range(count // TOGETHER):
            yield notifications[number % 64]
        yield sync

    server = grpc.aio.server()
    handlers = {
        "Capabilities": grpc.unary_unary_rpc_method_handler(capabilities),
        "Subscribe": grpc.stream_stream_rpc_method_handler(subscribe),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("gnmi.gNMI", handlers),))
    ports = [server.add_insecure_port(f"{ADDRESS}:0") for _ in range(MANY)]
    await server.start()
    (folder / "ports.json").write_text(json.dumps(ports))
    ready({"ports": ports})
    await until_closed()
    await server.stop(None)


def _ports(folder: Path, targets: int) -> list[int]:
    ports: list[int] = json.loads((folder / "ports.json").read_text())
    return ports[:targets]


def _each(targets: int) -> int:
    """Updates of one target, in whole notifications."""
    return UPDATES // targets // TOGETHER * TOGETHER


def _told(watch: Stopwatch, updates: int) -> str:
    threads = len(list(Path("/proc/self/task").iterdir()))
    return json.dumps({**json.loads(watch.report()), "updates": updates, "threads": threads})


async def ours(targets: int, folder: Path) -> None:
    from bringup.model.inventory import Device
    from bringup.transport.credentials import resolve
    from bringup.transport.links import Wiring

    devices = [
        Device.model_validate(
            {
                "name": f"leaf-{number}",
                "role": "leaf",
                "platform": "sonic",
                "address": ADDRESS,
                "gnmi": {"port": port, "tls": False},
            }
        )
        for number, port in enumerate(_ports(folder, targets))
    ]
    wiring = Wiring(resolve(devices, folder), folder)
    sessions = [await wiring.links(device).gnmi() for device in devices]
    each = _each(targets)

    async def follow(gnmi: Any) -> None:
        count = 0
        async for update in gnmi.stream([WANTED], sample_interval_s=float(each)):
            if update == "sync":
                break
            count += 1
        assert count == each

    watch = Stopwatch()
    await asyncio.gather(*map(follow, sessions))
    print(_told(watch, each * targets))
    await wiring.close()


async def bare(targets: int, folder: Path) -> None:
    import grpc.aio
    from pygnmi.spec.v080 import gnmi_pb2 as messages
    from pygnmi.spec.v080.gnmi_pb2_grpc import gNMIStub

    each = _each(targets)
    path = messages.Path(elem=[messages.PathElem(name="interfaces")])
    wanted = messages.Subscription(path=path, sample_interval=each * SECOND_NS)
    channels = [grpc.aio.insecure_channel(f"{ADDRESS}:{port}") for port in _ports(folder, targets)]
    stubs = [gNMIStub(channel) for channel in channels]
    for stub in stubs:
        await stub.Capabilities(messages.CapabilityRequest())

    async def follow(stub: Any) -> None:
        count = 0
        call = stub.Subscribe()
        listed = messages.SubscriptionList(subscription=[wanted])
        await call.write(messages.SubscribeRequest(subscribe=listed))
        async for response in call:
            if response.sync_response:
                break
            begun = [(element.name, dict(element.key)) for element in response.update.prefix.elem]
            for update in response.update.update:
                elements = [*begun, *((element.name, dict(element.key)) for element in update.path.elem)]
                value = json.loads(update.val.json_ietf_val)
                count += bool(elements) and value is not None
        assert count == each
        call.cancel()

    watch = Stopwatch()
    await asyncio.gather(*map(follow, stubs))
    print(_told(watch, each * targets))
    for channel in channels:
        await channel.close()


BENCHMARK = Benchmark(name="gnmi", title="a stream of gNMI updates", measure=measure)


def main(arguments: Sequence[str]) -> int:
    """1 when the reach is missed."""
    if arguments:
        if arguments[0] == "serve":
            asyncio.run(serve(Path(arguments[1])))
        else:
            asyncio.run({"ours": ours, "bare": bare}[arguments[0]](int(arguments[1]), Path(arguments[2])))
        return 0
    return alone(measure, ROUNDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
