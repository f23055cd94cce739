"""A stream of 100,000 gNMI updates in tens, beside a bare grpc.aio client with protobuf's generated messages.

`gnmi_updates ours|bare FOLDER` is one measurement, from the subscription to the last update; the bare client
takes each message apart (path elements, JSON value) and keeps nothing. The target sends what it has made
ready before, from a process of its own.
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
from benchmarks.table import render
from benchmarks.watch import Stopwatch

UPDATES, TOGETHER = 100_000, 10
REACH = 0.8
ROUNDS = 5
ADDRESS = "127.0.0.1"
WANTED = "/interfaces/interface[name=*]/state/counters"


def measure(folder: Path, rounds: int) -> Sequence[Figure]:
    if importlib.util.find_spec("pygnmi") is None:
        raise PeerMissing("not installed: pygnmi, whose messages the bare client uses")
    with served("gnmi_updates", folder):
        ours, bare = interleaved(
            rounds,
            partial(worker, "gnmi_updates", ["ours", str(folder)], folder),
            partial(worker, "gnmi_updates", ["bare", str(folder)], folder),
        )
    return [
        Figure(
            what=f"gNMI, {UPDATES:,} updates in tens",
            unit="updates/s",
            ours=tuple(UPDATES / each["wall_s"] for each in ours),
            peer=tuple(UPDATES / each["wall_s"] for each in bare),
            peer_name="bare grpc.aio client",
            at_least=REACH,
        )
    ]


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
        await anext(aiter(requests))
        for number in range(UPDATES // TOGETHER):
            yield notifications[number % 64]
        yield sync

    server = grpc.aio.server()
    handlers = {
        "Capabilities": grpc.unary_unary_rpc_method_handler(capabilities),
        "Subscribe": grpc.stream_stream_rpc_method_handler(subscribe),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("gnmi.gNMI", handlers),))
    port = server.add_insecure_port(f"{ADDRESS}:0")
    await server.start()
    (folder / "port").write_text(str(port))
    ready({"port": port})
    await until_closed()
    await server.stop(None)


async def ours(folder: Path) -> None:
    from bringup.model.inventory import Device
    from bringup.transport.credentials import resolve
    from bringup.transport.links import Wiring

    device = Device.model_validate(
        {
            "name": "leaf-1",
            "role": "leaf",
            "platform": "sonic",
            "address": ADDRESS,
            "gnmi": {"port": int((folder / "port").read_text()), "tls": False},
        }
    )
    wiring = Wiring(resolve([device], folder), folder)
    gnmi = await wiring.links(device).gnmi()
    count = 0
    watch = Stopwatch()
    async for update in gnmi.stream([WANTED], sample_interval_s=10.0):
        if update == "sync":
            break
        count += 1
    print(watch.report())
    assert count == UPDATES
    await wiring.close()


async def bare(folder: Path) -> None:
    import grpc.aio
    from pygnmi.spec.v080 import gnmi_pb2 as messages
    from pygnmi.spec.v080.gnmi_pb2_grpc import gNMIStub

    async with grpc.aio.insecure_channel(f"{ADDRESS}:{(folder / 'port').read_text()}") as channel:
        stub = gNMIStub(channel)
        await stub.Capabilities(messages.CapabilityRequest())
        path = messages.Path(elem=[messages.PathElem(name="interfaces")])
        listed = messages.SubscriptionList(subscription=[messages.Subscription(path=path)])
        count = 0
        watch = Stopwatch()
        call = stub.Subscribe()
        await call.write(messages.SubscribeRequest(subscribe=listed))
        async for response in call:
            if response.sync_response:
                break
            begun = [(element.name, dict(element.key)) for element in response.update.prefix.elem]
            for update in response.update.update:
                elements = [*begun, *((element.name, dict(element.key)) for element in update.path.elem)]
                value = json.loads(update.val.json_ietf_val)
                count += bool(elements) and value is not None
        print(watch.report())
        assert count == UPDATES
        call.cancel()


BENCHMARK = Benchmark(name="gnmi", title="a stream of gNMI updates", measure=measure)


def main(arguments: Sequence[str]) -> int:
    """1 when the reach is missed."""
    if arguments:
        asyncio.run({"serve": serve, "ours": ours, "bare": bare}[arguments[0]](Path(arguments[1])))
        return 0
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        figures = measure(Path(name), ROUNDS)
    print(render(figures))
    return int(any(figure.missed for figure in figures))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
