"""One dead host among many: until all others have their verdicts, beside the same run where it lives.

The dead host takes connections and never says a word, as a hung device does. Its own verdict comes when the
deadline is over, and is no part of this.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from benchmarks.child import worker
from benchmarks.figure import Benchmark, Figure, interleaved
from benchmarks.hosts import ADDRESS, hosts
from benchmarks.many_hosts import HOSTS, host_ports, inputs

ROUNDS = 15
"""The two differ by less than seven of them can tell."""


def measure(folder: Path, rounds: int) -> Sequence[Figure]:
    with hosts(folder, HOSTS), closing(socket.create_server((ADDRESS, 0))) as dead:
        ports = host_ports(folder)
        playbook, alive = inputs(folder, ports)
        _, hung = inputs(folder, [dead.getsockname()[1], *ports[1:]], "hung")
        ours, peer = interleaved(
            max(ROUNDS, rounds),
            partial(worker, "hosts_verdicts", [str(folder), str(playbook), str(hung)], folder),
            partial(worker, "hosts_verdicts", [str(folder), str(playbook), str(alive)], folder),
        )
    if any(each["good"] != HOSTS - 1 for each in ours):
        raise RuntimeError("the hosts that live did not all pass")
    return [
        Figure(
            what=f"{HOSTS - 1} SSH hosts beside a dead one, until the last of their verdicts",
            unit="s",
            ours=tuple(each["wall_s"] for each in ours),
            peer=tuple(each["wall_s"] for each in peer),
            peer_name=f"all {HOSTS} alive",
            at_most=1.05,
        )
    ]


BENCHMARK = Benchmark(
    name="dead-host", title="one dead host among many", needs=("sshd", "ssh-keygen"), measure=measure
)
