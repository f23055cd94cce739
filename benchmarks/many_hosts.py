"""One command on 128 SSH hosts: a whole run with events and verdicts, beside a bare asyncssh loop."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks.child import worker
from benchmarks.figure import Benchmark, Figure, interleaved
from benchmarks.hosts import ADDRESS, hosts, user
from bringup.engine.bench import Bounds

HOSTS = 128
ROUNDS = 11
"""At least so many: a second on two busy cores tells little."""
PLAYBOOK = """\
schema = "bringup.playbook/1"
name = "clocks"
version = "1"
envelope = ["base"]

[[stage]]
name = "clocks"
title = "Clocks"

[[stage.step]]
id = "clock"
check = "management.clock"
"""
# The platform `sonic` reads its clock with exactly one command.
DEVICE = """
[[device]]
name = "host-{number}"
role = "leaf"
platform = "sonic"
address = "{address}"
ssh = {{ user = "{user}", port = {port}, key = "{key}" }}
"""


def measure(folder: Path, rounds: int) -> Sequence[Figure]:
    at_once = Bounds().transport
    with hosts(folder, HOSTS):
        playbook, inventory = inputs(folder, host_ports(folder))
        ours, peer = interleaved(
            max(ROUNDS, rounds),
            partial(worker, "hosts_ours", [str(folder), str(playbook), str(inventory)], folder),
            partial(worker, "hosts_bare", [str(folder), str(at_once)], folder),
        )
    loop = "bare asyncssh loop"
    return [
        Figure(
            what=f"one command on {HOSTS} SSH hosts, {at_once} at a time, wall",
            unit="s",
            ours=tuple(each["wall_s"] for each in ours),
            peer=tuple(each["wall_s"] for each in peer),
            peer_name=loop,
            at_most=1.15,
        ),
        Figure(
            what=f"one command on {HOSTS} SSH hosts, CPU a host",
            unit="ms",
            ours=tuple(each["cpu_s"] / HOSTS * 1e3 for each in ours),
            peer_name=f"({loop}: {min(each['cpu_s'] for each in peer) / HOSTS * 1e3:.2f} ms)",
            at_most=6,
        ),
    ]


def host_ports(folder: Path) -> list[int]:
    """Where the hosts of `folder` listen."""
    ports: list[int] = json.loads((folder / "hosts.json").read_text())
    return ports


def inputs(folder: Path, ports: Sequence[int], name: str = "hosts") -> tuple[Path, Path]:
    """Playbook and inventory; the hosts' keys are trusted as `bringup trust` would have it."""
    devices = [
        DEVICE.format(number=number, address=ADDRESS, user=user(), port=port, key=folder / "key")
        for number, port in enumerate(ports, 1)
    ]
    playbook, inventory = folder / "clocks.toml", folder / f"{name}.toml"
    playbook.write_text(PLAYBOOK)
    inventory.write_text('schema = "bringup.inventory/1"\n' + "".join(devices))
    trusted = folder / "home" / ".config" / "bringup"
    trusted.mkdir(parents=True, exist_ok=True)
    (trusted / "known_hosts").write_text((folder / "known_hosts").read_text())
    return playbook, inventory


BENCHMARK = Benchmark(
    name="ssh", title="one command on many SSH hosts", needs=("sshd", "ssh-keygen"), measure=measure
)
