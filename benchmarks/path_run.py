"""A whole run whose wire only waits: `path_run FOLDER LEAVES READ_MS`. Prints its time and its critical path.

Inventory, plan, engine, drivers, decoders, checks, judge and journal are the real ones; a command on a leaf
sleeps for READ_MS and answers with what the simulated rack's leaf says, rendered before the clock starts. The
leaves are read side by side, the commands at one leaf one after the other (it is looked whether that is so):
the critical path is the number of commands at one leaf times READ_MS.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
import tomllib
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from typing import cast

import tomli_w

import bringup.driver.platform.sonic
from bringup.cli import _foreground
from bringup.cli._prepare import Request, new_job, read_inputs, wire
from bringup.cli._show import make_show
from bringup.engine import runner
from bringup.journal.folder import RunFolder
from bringup.journal.machine import machine_signer
from bringup.lab.clock import WorldClock
from bringup.lab.inventory import write_inventory
from bringup.lab.profile import mini
from bringup.lab.render_sonic import SonicShell
from bringup.lab.world import World
from bringup.model.errors import NoData
from bringup.model.inventory import Device
from bringup.transport.base import DEFAULT_DEADLINE_S, CommandResult, Exchange, Links, Transcript

LOADED = (bringup.driver.platform.sonic, runner)
BOOTED_S = 3600.0
LEAF = "leaf-1"
PLAYBOOK = """\
schema = "bringup.playbook/1"
name = "leaves"
version = "1"
envelope = ["base"]
"""
STAGES = {
    "management": ("management.reach", "management.identity", "management.firmware", "management.clock"),
    "switches": ("switch.environment", "switch.ports"),
    "optics": ("optic.presence", "optic.temperature", "optic.levels"),
}


class Wire:
    """What each command answers, and which leaf is being asked."""

    def __init__(self, read_s: float) -> None:
        self.read_s = read_s
        self.asked: dict[str, int] = {}
        self._busy: set[str] = set()
        self._shell = SonicShell(_standing(), LEAF)
        self._answers: dict[str, bytes] = {}

    async def ask(self, leaf: str, command: str) -> bytes:
        assert leaf not in self._busy, "two commands at one leaf at once: the critical path is another"
        self._busy.add(leaf)
        await asyncio.sleep(self.read_s)
        self._busy.remove(leaf)
        self.asked[leaf] = self.asked.get(leaf, 0) + 1
        return self.answer(command)

    def answer(self, command: str) -> bytes:
        """The leaf's answer; rendered once. The clock's is this machine's time."""
        if command.startswith("date "):
            return f"{time.time():.9f}\n".encode()
        if command not in self._answers:
            self._answers[command] = self._shell.run(command).out.encode()
        return self._answers[command]


class WaitingShell:
    """The shell of one leaf."""

    def __init__(self, leaf: str, wire: Wire, transcript: Transcript) -> None:
        self._leaf = leaf
        self._wire = wire
        self._transcript = transcript

    async def run(self, command: str, *, deadline_s: float = DEFAULT_DEADLINE_S) -> CommandResult:
        answer = await self._wire.ask(self._leaf, command)
        self._transcript.keep(Exchange(transport="ssh", request=command, reply=answer, status=0))
        return CommandResult(command=command, stdout=answer, stderr=b"", exit_status=0)

    async def close(self) -> None: ...


class WaitingLinks:
    """The links of one leaf: a shell, and nothing else."""

    def __init__(self, wire: Wire, device: Device) -> None:
        self.transcript = Transcript()
        self._shell = WaitingShell(device.name, wire, self.transcript)

    def has(self, transport: str) -> bool:
        return transport == "ssh"

    async def shell(self) -> WaitingShell:
        return self._shell

    async def other(self) -> None:
        raise NoData("there is only a shell here")

    snmp = redfish = eapi = gnmi = other

    async def close(self) -> None: ...


def _links(wire: Wire) -> Callable[[Device], Links]:
    """Their `other` raises what an inventory without these transports would: no check here asks for them."""
    return cast("Callable[[Device], Links]", partial(WaitingLinks, wire))


def _standing() -> World:
    """The small rack an hour after everything was switched on."""
    now_s = [0.0]
    begun = time.time() - 2 * BOOTED_S
    world = World(mini(1, 1.0, begun), WorldClock(begun, monotonic=lambda: now_s[0]))
    for device in world.devices:
        for outlet in device.outlets:
            world.set_outlet(device.name, outlet.index, True)
    now_s[0] = BOOTED_S
    world.now()
    world.reset_host("node-01", "On")
    now_s[0] = 2 * BOOTED_S
    world.now()
    return world


def write_inputs(folder: Path, leaves: int) -> tuple[Path, Path]:
    """Playbook, and an inventory of that many leaves, each expected to be what the rack's leaf is."""
    stages = "".join(
        f'\n[[stage]]\nname = "{name}"\ntitle = "{name}"\n'
        + "".join(f'\n[[stage.step]]\nid = "{check}"\ncheck = "{check}"\n' for check in checks)
        for name, checks in STAGES.items()
    )
    playbook, inventory = folder / "leaves.toml", folder / "rack.toml"
    playbook.write_text(PLAYBOOK + stages)
    lab = folder / "lab"
    lab.mkdir(exist_ok=True)
    given = tomllib.loads(write_inventory(lab, mini(1, 1.0, time.time()), {}).read_text())
    leaf = next(device for device in given["device"] if device["name"] == LEAF)
    ports = [port for port in given["port"] if port["device"] == LEAF]
    kept = {key: leaf[key] for key in ("role", "platform", "expect")}
    names = [f"leaf-{number}" for number in range(1, leaves + 1)]
    document = {
        "schema": given["schema"],
        "device": [
            {**kept, "name": name, "address": "192.0.2.1", "ssh": {"user": "admin"}} for name in names
        ],
        "port": [{**port, "device": name} for name in names for port in ports],
    }
    inventory.write_text(tomli_w.dumps(document))
    return playbook, inventory


def run(folder: Path, leaves: int, read_s: float) -> dict[str, float]:
    playbook, inventory = write_inputs(folder, leaves)
    request = Request(playbook=str(playbook), inventory=str(inventory), runs=folder / "runs", form="jsonl")
    inputs = read_inputs(request)
    signer = machine_signer()
    waiting = Wire(read_s)
    for command in bringup.driver.platform.sonic.COMMANDS.values():
        waiting.answer(command.text)
    _, wiring = wire(inputs.inventory, folder)
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        begun = time.perf_counter()
        record = RunFolder.create(request.runs)
        job, _ = new_job(request, inputs, record, (_links(waiting), wiring))
        show = make_show(request.form, record, inputs.inventory)
        code = _foreground.run_foreground(job, wiring, signer, show)
        took_s = time.perf_counter() - begun
    if code != 0:
        raise SystemExit(f"the run ended with {code}: {record.path}")
    return {"wall_s": took_s, "path_s": max(waiting.asked.values()) * read_s}


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]) / 1e3)))
