"""A walk of 5,000 variables beside net-snmp's `snmpbulkwalk`: CPU, v2c and v3.

The peer's number is the CPU of a `snmpbulkwalk` process, its start included; ours is that of one walk within
a running program, as a bring-up makes it, without Python's start. Both ask for 25 repetitions.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from functools import partial
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.child import launch
from benchmarks.figure import Benchmark, Figure, find, interleaved
from benchmarks.table import alone
from bringup.model.inventory import Device
from bringup.transport.credentials import resolve
from bringup.transport.links import Wiring

VARIABLES = 5000
REACH = 1.5
ROUNDS = 5
WALKS = 5
"""Walks a round. The round's number is the least: what else the machine does only adds to CPU time."""
UNDER = "1.3.6.1.4.1.8072.9999.9999"
USER, AUTH, PRIV = "bench", "bench-auth-key", "bench-priv-key"
READY_S = 60.0
V2C = ("-v2c", "-cpublic")
V3 = ("-v3", "-u", USER, "-l", "authPriv", "-a", "SHA-256", "-A", AUTH, "-x", "AES", "-X", PRIV)


def measure(folder: Path, rounds: int) -> Sequence[Figure]:
    """Two figures, in milliseconds of CPU."""
    with _agent(folder) as port:
        return [
            _figure(folder, port, rounds, "v2c", V2C, {"version": "2c", "community": "public"}),
            _figure(folder, port, rounds, "v3", V3, _user(folder)),
        ]


def _figure(
    folder: Path, port: int, rounds: int, version: str, options: Sequence[str], settings: dict[str, str]
) -> Figure:
    device = Device.model_validate(
        {
            "name": "agent",
            "role": "switch",
            "platform": "snmp-switch",
            "address": "127.0.0.1",
            "snmp": {"port": port, **settings},
        }
    )
    ours = partial(_ours_ms, device, folder)
    theirs = partial(_theirs_ms, folder, port, options)
    ours()
    mine, peer = interleaved(rounds, ours, theirs)
    return Figure(
        what=f"SNMP walk of {VARIABLES:,} variables, {version}, CPU",
        unit="ms",
        ours=tuple(mine),
        peer=tuple(peer),
        peer_name="snmpbulkwalk",
        at_most=REACH,
    )


def _ours_ms(device: Device, folder: Path) -> float:
    return asyncio.run(_walks_ms(device, folder))


async def _walks_ms(device: Device, folder: Path) -> float:
    wiring = Wiring(resolve([device], folder), folder)
    links = wiring.links(device)
    session = await links.snmp()
    await session.get([f"{UNDER}.1"])
    took: list[float] = []
    for _ in range(WALKS):
        begun = time.process_time()
        found = await session.walk(UNDER, deadline_s=60.0)
        took.append((time.process_time() - begun) * 1e3)
        if len(found) != VARIABLES:
            raise RuntimeError(f"the walk found {len(found)} variables")
        links.transcript.take()
    await wiring.close()
    return min(took)


def _theirs_ms(folder: Path, port: int, options: Sequence[str]) -> float:
    where = f"127.0.0.1:{port}"
    walk = ["snmpbulkwalk", *options, "-m", "", "-Cr25", "-On", where, UNDER]
    walks = [launch(walk, folder) for _ in range(WALKS)]
    for took in walks:
        if took.exit_code != 0 or took.output.count(b"\n") != VARIABLES:
            raise RuntimeError(f"snmpbulkwalk ended with {took.exit_code}")
    return min(took.cpu_s for took in walks) * 1e3


def _user(folder: Path) -> dict[str, str]:
    for name, secret in (("auth", AUTH), ("priv", PRIV)):
        (folder / name).write_text(secret)
    keys = {"auth": "sha256", "auth_key": "file:auth", "priv": "aes128", "priv_key": "file:priv"}
    return {"version": "3", "user": USER, **keys}


@contextlib.contextmanager
def _agent(folder: Path) -> Generator[int, None, None]:
    """snmpd with the variables, on a free port of the loopback; its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
    lines = ["rocommunity public 127.0.0.1", f'createUser {USER} SHA-256 "{AUTH}" AES "{PRIV}"']
    lines += [f"rouser {USER} priv"]
    lines += [f"override .{UNDER}.{number} integer {number * 1000}" for number in range(1, VARIABLES + 1)]
    (folder / "snmpd.conf").write_text("\n".join(lines) + "\n")
    log = folder / "snmpd.log"
    command = [find("snmpd") or "snmpd", "-f", "-Lo", "-C", "-m", "", "-c", str(folder / "snmpd.conf")]
    with log.open("wb") as file:
        agent = subprocess.Popen(
            [*command, f"udp:127.0.0.1:{port}"],
            stdout=file,
            stderr=file,
            env={"SNMP_PERSISTENT_DIR": str(folder / "state")},
        )
    try:
        end = time.monotonic() + READY_S
        while b"NET-SNMP version" not in log.read_bytes():
            if agent.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"snmpd did not start: {log.read_text(errors='replace')[-500:]}")
            time.sleep(0.05)
        yield port
    finally:
        agent.terminate()
        agent.wait()


BENCHMARK = Benchmark(name="snmp", title="SNMP bulk walk", needs=("snmpd", "snmpbulkwalk"), measure=measure)


def main() -> int:
    """1 when the reach is missed, 2 when a peer is missing."""
    from benchmarks.figure import PeerMissing, require

    try:
        require(*BENCHMARK.needs)
    except PeerMissing as error:
        print(f"peer missing: {error}", file=sys.stderr)
        return 2
    return alone(measure, ROUNDS)


if __name__ == "__main__":
    sys.exit(main())
