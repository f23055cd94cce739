"""One command on 128 SSH hosts: a whole run with events and verdicts, beside a bare asyncssh loop."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.child import environment, worker
from benchmarks.figure import Benchmark, Figure, interleaved
from benchmarks.hosts_server import ADDRESS, USER
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
    with _hosts(folder):
        playbook, inventory = _inputs(folder)
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


@contextmanager
def _hosts(folder: Path) -> Iterator[None]:
    """The hosts are up."""
    command = [sys.executable, "-m", "benchmarks.hosts_server", str(folder), str(HOSTS)]
    env = environment(folder)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            if process.stdout.readline() != b"ready\n":
                raise RuntimeError("the SSH hosts did not start")
            yield
        finally:
            process.stdin.close()


def _inputs(folder: Path) -> tuple[Path, Path]:
    """Playbook and inventory; the hosts' keys are trusted as `bringup trust` would have it."""
    ports = json.loads((folder / "hosts.json").read_text())
    devices = [
        DEVICE.format(number=number, address=ADDRESS, user=USER, port=port, key=folder / "key")
        for number, port in enumerate(ports, 1)
    ]
    playbook, inventory = folder / "clocks.toml", folder / "hosts.toml"
    playbook.write_text(PLAYBOOK)
    inventory.write_text('schema = "bringup.inventory/1"\n' + "".join(devices))
    trusted = folder / "home" / ".config" / "bringup"
    trusted.mkdir(parents=True)
    (trusted / "known_hosts").write_text((folder / "known_hosts").read_text())
    return playbook, inventory


BENCHMARK = Benchmark(name="ssh", title="one command on many SSH hosts", measure=measure)
