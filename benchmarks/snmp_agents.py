"""1,000 SNMP agents asked from one process: 20 counters of each, v2c, sessions opened included.

`snmp_agents ours FOLDER` is one measurement of ours; the agents stand in one process of their own, each on a
port of the loopback. The peer is what an administrator's script does: net-snmp's `snmpget`, a process for
each agent, one after the other; its CPU is that of 50 of them, their start included. Ours keeps every answer
as evidence.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import cast

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.child import launch, worker
from benchmarks.figure import Benchmark, Figure, interleaved
from benchmarks.served import ready, served, until_closed
from benchmarks.table import alone
from benchmarks.watch import Stopwatch

AGENTS, COUNTERS = 1000, 20
AT_ONCE = 64
"""How many are asked at the same time: more than a program's bound for one kind of transport."""
PEERS = 50
REACH, WALL_S, MEMORY_MB = 0.5, 10.0, 150.0
ROUNDS = 5
ADDRESS = "127.0.0.1"
OIDS = tuple(f"1.3.6.1.2.1.31.1.1.1.6.{port}" for port in range(1, COUNTERS + 1))
"""ifHCInOctets."""
SEQUENCE, RESPONSE, COUNTER64 = 0x30, 0xA2, 0x46


def measure(folder: Path, rounds: int) -> Sequence[Figure]:
    with served("snmp_agents", folder):
        ours, peer = interleaved(
            rounds, partial(worker, "snmp_agents", ["ours", str(folder)], folder), partial(_peer_ms, folder)
        )
    what = f"{AGENTS:,} SNMP agents, {COUNTERS} counters of each"
    return [
        Figure(
            what=f"{what}, CPU an agent",
            unit="ms",
            ours=tuple(each["cpu_s"] / AGENTS * 1e3 for each in ours),
            peer=tuple(peer),
            peer_name="snmpget",
            at_most=REACH,
        ),
        Figure(what=f"{what}, wall", unit="s", ours=tuple(each["wall_s"] for each in ours), at_most=WALL_S),
        Figure(
            what=f"{what}, memory", unit="MB", ours=tuple(each["rss_mb"] for each in ours), at_most=MEMORY_MB
        ),
    ]


def _peer_ms(folder: Path) -> float:
    """CPU of one `snmpget`, in ms."""
    spent_s = 0.0
    for port in _ports(folder)[:PEERS]:
        options = ("-v2c", "-cpublic", "-m", "", "-On", f"{ADDRESS}:{port}")
        took = launch(["snmpget", *options, *OIDS], folder)
        if took.exit_code != 0 or took.output.count(b"Counter64") != COUNTERS:
            raise RuntimeError(f"snmpget ended with {took.exit_code}: {took.output[-300:]!r}")
        spent_s += took.cpu_s
    return spent_s / PEERS * 1e3


def _ports(folder: Path) -> list[int]:
    ports: list[int] = json.loads((folder / "ports.json").read_text())
    return ports


async def ours(folder: Path) -> None:
    from bringup.model.inventory import Device
    from bringup.transport.credentials import resolve
    from bringup.transport.links import Wiring

    devices = [
        Device.model_validate(
            {
                "name": f"agent-{number}",
                "role": "switch",
                "platform": "snmp-switch",
                "address": ADDRESS,
                "snmp": {"version": "2c", "port": port, "community": "public"},
            }
        )
        for number, port in enumerate(_ports(folder))
    ]
    wiring = Wiring(resolve(devices, folder), folder)
    room = asyncio.Semaphore(AT_ONCE)
    read = 0

    async def one(device: Device) -> None:
        nonlocal read
        async with room:
            links = wiring.links(device)
            found = await (await links.snmp()).get(OIDS)
            read += len([number for number in found.values() if isinstance(number, int)])
            assert len(links.transcript.take()) == 1
            await links.close()

    watch = Stopwatch()
    await asyncio.gather(*map(one, devices))
    told = json.loads(watch.report())
    await wiring.close()
    assert read == AGENTS * COUNTERS, f"{read} counters were read"
    print(json.dumps({**told, "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6}))


class Agent(asyncio.DatagramProtocol):
    """Answers a GET: for every variable a large counter."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, peer: tuple[str, int]) -> None:
        self._transport.sendto(answer(data), peer)


def answer(request: bytes) -> bytes:
    ((_, message),) = _parts(request)
    version, community, (_, pdu) = _parts(message)
    request_id, error, index, (_, asked) = _parts(pdu)
    names = [next(_parts(pair)) for _, pair in _parts(asked)]
    told = b"".join(
        _part(SEQUENCE, _part(*name) + _part(COUNTER64, (10**15 + at).to_bytes(8, "big")))
        for at, name in enumerate(names)
    )
    head = b"".join(_part(*each) for each in (request_id, error, index))
    body = _part(RESPONSE, head + _part(SEQUENCE, told))
    return _part(SEQUENCE, _part(*version) + _part(*community) + body)


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(tag, content) of what stands one after the other (BER, definite lengths)."""
    at = 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length & 0x80:
            more = length & 0x7F
            length, at = int.from_bytes(data[at : at + more], "big"), at + more
        yield tag, data[at : at + length]
        at += length


def _part(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    return bytes((tag, 0x82)) + length.to_bytes(2, "big") + content


async def serve(folder: Path) -> None:
    loop = asyncio.get_running_loop()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    ends = [await loop.create_datagram_endpoint(Agent, (ADDRESS, 0)) for _ in range(AGENTS)]
    ports = [transport.get_extra_info("sockname")[1] for transport, _ in ends]
    (folder / "ports.json").write_text(json.dumps(ports))
    ready({"agents": len(ports)})
    await until_closed()


BENCHMARK = Benchmark(name="snmp-agents", title="many SNMP agents", needs=("snmpget",), measure=measure)


def main(arguments: Sequence[str]) -> int:
    """1 when the reach is missed."""
    if arguments:
        asyncio.run({"serve": serve, "ours": ours}[arguments[0]](Path(arguments[1])))
        return 0
    return alone(measure, ROUNDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
