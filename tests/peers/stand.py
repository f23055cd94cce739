"""What these tests stand on: `bringup lab up` as its own process, and inventories for servers of others."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import tomli_w

from tests.e2e.runs import Done, Nursery, until
from tests.transport.peers import free_port, process, tool


class Lab:
    """A lab that `bringup lab up` started. What it knows of itself is read from the files that it writes."""

    def __init__(self, nursery: Nursery, folder: Path, *, speed: int) -> None:
        self.folder = folder
        self.nursery = nursery
        self._words = ["lab", "up", "--dir", str(folder), "--format", "json", "--speed", str(speed)]
        self._pid = self._start()

    def _start(self) -> int:
        pid, output = self.nursery.start(self._words)
        told = until(lambda: output.read_text() if output.exists() and "\n" in output.read_text() else "")
        assert json.loads(told)["inventory"] == str(self.inventory), told
        return pid

    def end(self) -> None:
        """Ctrl-C, as the person at its terminal ends it."""
        os.kill(self._pid, signal.SIGINT)
        assert self.nursery.wait(self._pid) == 0

    def with_hands(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Change the world itself, which is a file while nobody stands in it; then let it stand again."""
        self.end()
        world = self.world()
        change(world)
        (self.folder / "world.json").write_text(json.dumps(world))
        self._pid = self._start()

    @property
    def inventory(self) -> Path:
        return self.folder / "inventory.toml"

    def expected(self, name: str) -> dict[str, Any]:
        """A device of the inventory that it wrote."""
        devices = tomllib.loads(self.inventory.read_text())["device"]
        found: dict[str, Any] = next(device for device in devices if device["name"] == name)
        return found

    def secret(self, reference: str) -> str:
        """What `file:PATH` refers to."""
        return (self.folder / reference.removeprefix("file:")).read_text().strip()

    def login(self, name: str, transport: str) -> tuple[int, str, str]:
        """Port, user and password of a device's transport."""
        found = self.expected(name)[transport]
        return found["port"], found["user"], self.secret(found["password"])

    def world(self) -> dict[str, Any]:
        """What is physically so, as it was saved at the last change."""
        found: dict[str, Any] = json.loads((self.folder / "world.json").read_bytes())
        return found

    def real(self, name: str) -> dict[str, Any]:
        """A device of the world."""
        devices: list[dict[str, Any]] = self.world()["devices"]
        return next(device for device in devices if device["name"] == name)

    def command(self, *words: str) -> str:
        """`bringup lab …`; what it said."""
        done = self.nursery.run(["lab", *words, "--dir", str(self.folder)])
        assert done.status == 0, done.output
        return done.output


class Answer(NamedTuple):
    """What `bringup probe` printed, its exit status, and all that came out of it (both outputs)."""

    status: int
    record: dict[str, Any]
    text: str

    @property
    def facts(self) -> Any:
        return self.record["facts"]

    @property
    def outcome(self) -> str:
        found: str = self.record["outcome"]
        return found


def answer_of(done: Done) -> Answer:
    """`probe` prints one JSON object and nothing else, on either output."""
    assert "Traceback" not in done.output
    (line,) = done.output.splitlines()
    return Answer(done.status, json.loads(line), done.output)


def write_inventory(folder: Path, platform: str, *, name: str = "inventory", **more: Any) -> Path:
    """An inventory, `NAME.toml`, with one device, `peer`, on loopback."""
    device = {"name": "peer", "role": "any", "platform": platform, "address": "127.0.0.1", **more}
    document = {"schema": "bringup.inventory/1", "site": "peers", "device": [device]}
    path = folder / f"{name}.toml"
    path.write_text(tomli_w.dumps(document))
    return path


def value(read: Mapping[str, Any]) -> Any:
    """The value of a reading that has one."""
    assert read["reading"] == "value", read
    return read["value"]


SNMPD_LINES = """\
rocommunity {community} 127.0.0.1
sysName spine-7
sysDescr a switch that others wrote
createUser reader SHA-256 "{auth}" AES "{priv}"
rouser reader priv
"""


@contextlib.contextmanager
def snmpd(folder: Path, **secrets: str) -> Iterator[int]:
    """net-snmp's agent on a free port; `secrets`: community, auth, priv, each put in a file of its name."""
    for name, secret in secrets.items():
        (folder / name).write_text(f"{secret}\n")
    (folder / "snmpd.conf").write_text(SNMPD_LINES.format(**secrets))
    port, log = free_port(socket.SOCK_DGRAM), folder / "snmpd.log"
    command = [tool("env"), "MIBS=", f"SNMP_PERSISTENT_DIR={folder / 'state'}", tool("snmpd")]
    command += ["-f", "-Lo", "-C", "-c", str(folder / "snmpd.conf"), f"udp:127.0.0.1:{port}"]
    with process(command, log, lambda: b"NET-SNMP version" in log.read_bytes()):
        yield port


def spoken(*command: str, **more: Any) -> str:
    """What a tool that others wrote printed; it must have been content."""
    done = subprocess.run(
        [tool(command[0]), *command[1:]], capture_output=True, text=True, timeout=60, check=False, **more
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout
