"""The SSH transport alone: one command on 128 hosts through `DeviceLinks`, beside the bare asyncssh loop.

`many_hosts` measures the same with a whole run around it; what the two differ by is the engine's and the
record's. Run by itself it prints the table; `ssh_fanout FOLDER AT_ONCE` is one measurement of ours, in a
process of its own.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.child import worker
from benchmarks.figure import Figure, interleaved
from benchmarks.hosts import ADDRESS, COMMAND, hosts, user
from benchmarks.many_hosts import HOSTS
from benchmarks.table import alone
from benchmarks.watch import Stopwatch
from bringup.model.inventory import Device
from bringup.transport.credentials import resolve
from bringup.transport.links import Wiring

AT_ONCE = 32
ROUNDS = 5
WALL_REACH, CPU_REACH_MS = 1.15, 6


async def ours(folder: Path, at_once: int) -> None:
    """Every host's clock, each over a connection of its own."""
    devices = [
        Device.model_validate(
            {
                "name": f"host-{number}",
                "role": "leaf",
                "platform": "sonic",
                "address": ADDRESS,
                "ssh": {"user": user(), "port": port, "key": str(folder / "key")},
            }
        )
        for number, port in enumerate(json.loads((folder / "hosts.json").read_text()), 1)
    ]
    wiring = Wiring(resolve(devices, folder), folder, known_hosts=folder / "known_hosts")
    room = asyncio.Semaphore(at_once)

    async def one(device: Device) -> bytes:
        async with room:
            links = wiring.links(device)
            done = await (await links.shell()).run(COMMAND)
            await links.close()
            return done.stdout

    answers = await asyncio.gather(*(one(device) for device in devices))
    await wiring.close()
    assert all(float(answer) > 0 for answer in answers)


def measure(folder: Path, rounds: int) -> Sequence[Figure]:
    with hosts(folder, HOSTS):
        arguments = [str(folder), str(AT_ONCE)]
        mine, bare = interleaved(
            rounds,
            partial(worker, "ssh_fanout", arguments, folder),
            partial(worker, "hosts_bare", arguments, folder),
        )
    what = f"one command on {HOSTS} SSH hosts, {AT_ONCE} at a time, transport alone"
    return [
        Figure(
            what=f"{what}, wall",
            unit="s",
            ours=tuple(each["wall_s"] for each in mine),
            peer=tuple(each["wall_s"] for each in bare),
            peer_name="bare asyncssh loop",
            at_most=WALL_REACH,
        ),
        Figure(
            what=f"{what}, CPU a host",
            unit="ms",
            ours=tuple(each["cpu_s"] / HOSTS * 1e3 for each in mine),
            peer_name=f"(bare asyncssh loop: {min(each['cpu_s'] for each in bare) / HOSTS * 1e3:.2f} ms)",
            at_most=CPU_REACH_MS,
        ),
    ]


def main(arguments: Sequence[str]) -> int:
    """1 when the reach is missed."""
    if arguments:
        import bringup.transport.ssh  # noqa: F401 - what is imported before is not timed, as in the bare loop

        watch = Stopwatch()
        asyncio.run(ours(Path(arguments[0]), int(arguments[1])))
        print(watch.report())
        return 0
    return alone(measure, ROUNDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
