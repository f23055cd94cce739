"""The optics and links of a 64-port 800G switch (512 lanes), as a bring-up reads them: SONiC over SSH, EOS
over eAPI and EOS over gNMI, each from login to typed facts.

`switch_sweep ours|bare WAY FOLDER` is one measurement. The switches are those of the simulated rack, in a
process of their own; a command takes 100 ms there, which is quick for a switch (gNMI has no command: what it
takes to render the answer is all). The bare client sends the very requests that ours sent, in the same order
over one connection, and throws the replies away. Besides, it is counted how often one table is asked for.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.child import worker
from benchmarks.figure import Benchmark, Figure, interleaved
from benchmarks.served import ready, served, until_closed
from benchmarks.table import alone
from benchmarks.watch import Stopwatch

PORTS, LANES = 64, 8
REACH, ASKED = 1.2, 2
ROUNDS = 5
COMMAND_S = 0.1
ADDRESS = "127.0.0.1"
SONIC, EOS = "leaf-1", "leaf-2"
WAYS = {
    "sonic-ssh": (SONIC, "ssh", "SONiC over SSH"),
    "eos-eapi": (EOS, "eapi", "EOS over eAPI"),
    "eos-gnmi": (EOS, "gnmi", "EOS over gNMI"),
}
ONCE = "subscribe once "
CAPABILITIES = ("optics", "ports", "fec_counters", "neighbors")


def measure(folder: Path, rounds: int) -> Sequence[Figure]:
    with served("switch_sweep", folder):
        return [figure for way in WAYS for figure in _figures(way, folder, rounds)]


def _figures(way: str, folder: Path, rounds: int) -> list[Figure]:
    first = worker("switch_sweep", ["ours", way, str(folder)], folder)  # tells the bare client what to ask
    (folder / f"{way}.json").write_text(json.dumps(first["asked"]))
    ours, bare = interleaved(
        rounds,
        partial(worker, "switch_sweep", ["ours", way, str(folder)], folder),
        partial(worker, "switch_sweep", ["bare", way, str(folder)], folder),
    )
    what = f"{PORTS} ports, {PORTS * LANES} lanes, {WAYS[way][2]}"
    return [
        Figure(
            what=f"{what}, wall",
            unit="s",
            ours=tuple(each["wall_s"] for each in ours),
            peer=tuple(each["wall_s"] for each in bare),
            peer_name="the same requests, unread",
            at_most=REACH,
        ),
        Figure(
            what=f"{what}, one table asked for",
            unit="times",
            ours=tuple(each["most"] for each in ours),
            peer_name=f"({len(first['asked'])} requests in all)",
            at_most=ASKED,
        ),
    ]


async def serve(folder: Path) -> None:
    """Both switches, cabled port to port, as they are after they have been up for long."""
    from bringup.lab.blueprint import BUILDING, Row, assemble, eos_switch, sonic_switch
    from bringup.lab.clock import WorldClock
    from bringup.lab.inventory import write_inventory
    from bringup.lab.parts import DR8, Builder
    from bringup.lab.world import World

    build, begun = Builder(1), time.time()
    names = ([f"Ethernet{8 * at}" for at in range(PORTS)], [f"Ethernet{at}/1" for at in range(1, PORTS + 1)])
    plugs = (BUILDING, BUILDING)
    devices = [
        sonic_switch(build, SONIC, 1, names[0], plugs),
        eos_switch(build, EOS, 2, names[1], plugs),
    ]
    for port in (port for device in devices for port in device.ports):
        port.speed_gbps, port.lane_count = 100.0 * LANES, LANES
    rows = [
        Row(f"C-{at}", f"{SONIC}/{here}", f"{EOS}/{there}", 30.0, DR8)
        for at, (here, there) in enumerate(zip(*names, strict=True))
    ]
    plant = assemble(build, "sweep", 1.0, begun, devices, rows)
    world = World(plant, WorldClock(begun, elapsed_s=7200.0))
    world.now()
    servers = _servers(world)
    endpoints = {key: (ADDRESS, await server.start(ADDRESS, 0)) for key, server in servers.items()}
    write_inventory(folder, world.plant, endpoints)
    ready({"servers": len(endpoints)})
    await until_closed()


def _servers(world: Any) -> dict[tuple[str, str], Any]:
    from aiohttp import web

    from bringup.lab.eapi_server import EapiServer
    from bringup.lab.gnmi_server import GnmiServer
    from bringup.lab.render_sonic import SonicShell
    from bringup.lab.ssh_server import SshServer

    class SlowShell(SonicShell):
        def run(self, command: str) -> Any:
            time.sleep(COMMAND_S)  # the one switch behind it has nobody else to serve
            return super().run(command)

    class SlowEapi(EapiServer):
        def routes(self) -> list[Any]:
            return [web.post("/command-api", self._slow)]

        async def _slow(self, request: web.Request) -> web.Response:
            await asyncio.sleep(COMMAND_S * len(json.loads(await request.read())["params"]["cmds"]))
            return await self._command_api(request)

    return {
        (SONIC, "ssh"): SshServer(world, SONIC, SlowShell(world, SONIC)),
        (EOS, "eapi"): SlowEapi(world, EOS),
        (EOS, "gnmi"): GnmiServer(world, EOS),
    }


def _device(way: str, folder: Path) -> Any:
    """The device with that one transport only."""
    from bringup.input.inventory import load_inventory

    name, kept, _ = WAYS[way]
    device = load_inventory(folder / "inventory.toml").devices[name]
    dropped = {"ssh", "gnmi", "eapi"} - {kept}
    return device.model_copy(update=dict.fromkeys(dropped))


async def ours(way: str, folder: Path) -> None:
    import bringup.transport.gnmi
    import bringup.transport.http
    import bringup.transport.ssh  # noqa: F401 - what is imported before is not timed, as in the bare loop
    from bringup.driver.registry import find_platform
    from bringup.transport.credentials import resolve
    from bringup.transport.links import Wiring

    device = _device(way, folder)
    wiring = Wiring(resolve([device], folder), folder)
    platform = find_platform(device.platform)
    watch = Stopwatch()
    links = wiring.links(device)
    driver: Any = platform.open(device, links)
    found = {name: await getattr(driver, name)() for name in CAPABILITIES}
    report = json.loads(watch.report())
    asked = [exchange.request for exchange in links.transcript.take()]
    await wiring.close()
    lanes = [lane for optic in found["optics"] for lane in optic.lanes]
    assert sum(lane.rx_power_dbm.value is not None for lane in lanes) == PORTS * LANES, "a lane was not read"
    assert all(len(found[name]) >= PORTS for name in CAPABILITIES), "a port was not read"
    tables = Counter(table for request in asked for table in tables_of(request))
    print(json.dumps({**report, "asked": asked, "most": max(tables.values())}))


def tables_of(request: str) -> list[str]:
    """What one request asks for: a command, the commands of an eAPI request, the paths of a subscription."""
    if request.startswith("POST "):
        commands: list[str] = _body(request)["params"]["cmds"]
        return commands
    return request.removeprefix(ONCE).split() if request.startswith(ONCE) else [request]


def _body(request: str) -> Any:
    return json.loads(request.split(" ", 2)[2])


async def bare_ssh(device: Any, password: str, asked: Sequence[str]) -> None:
    import asyncssh

    ssh, taken = device.ssh, 0
    watch = Stopwatch()
    async with asyncssh.connect(
        device.address, ssh.port, username=ssh.user, password=password, known_hosts=None, config=None
    ) as connection:
        for command in asked:
            taken += len((await connection.run(command, encoding=None)).stdout)
        print(watch.report())
    assert taken > PORTS * LANES


async def bare_eapi(device: Any, password: str, asked: Sequence[str]) -> None:
    import aiohttp

    pin = aiohttp.Fingerprint(bytes.fromhex(device.eapi.fingerprint.replace(":", "")))
    login = aiohttp.BasicAuth(device.eapi.user, password)
    where, bodies, taken = f"https://{device.address}:{device.eapi.port}/command-api", map(_body, asked), 0
    watch = Stopwatch()
    async with aiohttp.ClientSession(auth=login) as session:
        for body in bodies:
            async with session.post(where, json=body, ssl=pin) as reply:
                taken += len(await reply.read())
        print(watch.report())
    assert taken > PORTS * LANES


async def bare_gnmi(device: Any, password: str, asked: Sequence[str]) -> None:
    """The messages are taken in, for that is when they are there; none is taken apart."""
    import grpc.aio
    from pygnmi.spec.v080 import gnmi_pb2 as messages
    from pygnmi.spec.v080.gnmi_pb2_grpc import gNMIStub

    requests = [_once(messages, request) for request in asked if request.startswith(ONCE)]
    login = (("username", device.gnmi.user), ("password", password))
    assert not device.gnmi.tls, "the lab's gNMI is plain"
    watch = Stopwatch()
    async with grpc.aio.insecure_channel(f"{device.address}:{device.gnmi.port}") as channel:
        stub, taken = gNMIStub(channel), 0
        await stub.Capabilities(messages.CapabilityRequest(), metadata=login)
        for request in requests:
            call = stub.Subscribe(metadata=login)
            await call.write(request)
            await call.done_writing()
            async for response in call:
                taken += 1
                if response.sync_response:
                    break
        print(watch.report())
    assert taken > len(requests)


def _once(messages: Any, request: str) -> Any:
    """ONCE, as JSON_IETF, of the paths that ours asked for."""
    paths = [
        messages.Path(
            elem=[
                messages.PathElem(name=element.partition("[")[0], key={"name": "*"} if "[" in element else {})
                for element in path.strip("/").split("/")
            ]
        )
        for path in tables_of(request)
    ]
    listed = [messages.Subscription(path=path) for path in paths]
    return messages.SubscribeRequest(
        subscribe=messages.SubscriptionList(subscription=listed, mode="ONCE", encoding="JSON_IETF")
    )


async def bare(way: str, folder: Path) -> None:
    device = _device(way, folder)
    password = (folder / "secrets" / f"{device.name}.password").read_text().strip()
    asked = json.loads((folder / f"{way}.json").read_text())
    by: dict[str, Callable[[Any, str, Sequence[str]], Awaitable[None]]] = {
        "ssh": bare_ssh,
        "eapi": bare_eapi,
        "gnmi": bare_gnmi,
    }
    await by[WAYS[way][1]](device, password, asked)


BENCHMARK = Benchmark(name="switch-sweep", title="a 64-port switch read whole", measure=measure)


def main(arguments: Sequence[str]) -> int:
    """1 when the reach is missed."""
    if arguments:
        what, *more, folder = arguments
        asyncio.run({"serve": serve, "ours": ours, "bare": bare}[what](*more, Path(folder)))  # type: ignore[operator]
        return 0
    return alone(measure, ROUNDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
