"""The lab's control socket: one JSON object a line in, one out. For the command line, not for devices.

Requests: `{"do": "status"}`, `{"do": "add", "fault": TEXT}`, `{"do": "repair", "fault": TEXT | null}`,
`{"do": "unplug", "port": PORT}`, `{"do": "plug", "cable": LABEL, "port": PORT}`, `{"do": "stop"}`. Replies
hold `ok`, or `error` and `advice`.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import socket
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

from bringup.lab.hand import put_in, take_out
from bringup.lab.rack import LabRack
from bringup.model.errors import InputError

MAX_LINE_BYTES = 64 * 1024
ASK_TIMEOUT_S = 10.0
PREFIX, SUFFIX = "lab-", ".sock"
LONGEST_FOLDER_BYTES = 107 - len(f"/{PREFIX}{16 * 'x'}{SUFFIX}")


def socket_folder() -> Path:
    """`$XDG_RUNTIME_DIR/bringup`, else `/tmp/bringup-UID`: ours alone. Also where the first is not there, or
    longer than a socket's address may be (107 bytes, unix(7)).

    Raises:
        InputError: somebody else owns it or may enter.
    """
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    folder = runtime / "bringup"
    if not (runtime.is_absolute() and runtime.is_dir() and len(os.fsencode(folder)) <= LONGEST_FOLDER_BYTES):
        folder = Path(f"/tmp/bringup-{os.getuid()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise InputError(
            f"{folder} is not a folder of yours alone", "Remove it, or set XDG_RUNTIME_DIR to one that is."
        )
    return folder


def socket_path(folder: Path) -> Path:
    """The control socket of the lab in `folder`."""
    digest = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    return socket_folder() / f"{PREFIX}{digest}{SUFFIX}"


class Control:
    """Serves one rack's control socket."""

    def __init__(self, rack: LabRack, stopped: asyncio.Event) -> None:
        self._rack = rack
        self._stopped = stopped
        self.path = socket_path(rack.folder)
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Take the socket over: the rack holds the folder's lock, so whoever had it is gone."""
        self.path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, self.path, limit=MAX_LINE_BYTES)
        self.path.chmod(0o600)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self.path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, ValueError, asyncio.IncompleteReadError):
            while line := await reader.readline():
                writer.write(json.dumps(await self._reply(line)).encode() + b"\n")
                await writer.drain()
        writer.close()

    async def _reply(self, line: bytes) -> dict[str, Any]:
        try:
            request = json.loads(line)
            return {"ok": await self._do(request)}
        except InputError as error:
            return {"error": error.message, "advice": error.advice}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return {"error": f"not a request: {error}", "advice": ""}

    async def _do(self, request: dict[str, Any]) -> Any:
        verb = request["do"]
        if verb == "add":
            added = self._rack.faults.add(str(request["fault"]))
            self._rack.save()
            await self._rack.follow()
            return added.text
        if verb == "repair":
            mended = self._rack.faults.repair(request.get("fault"))
            self._rack.save()
            await self._rack.follow()
            return [each.text for each in mended]
        if verb in ("unplug", "plug"):
            return await self._plug(request)
        if verb == "status":
            return status(self._rack)
        if verb == "stop":
            self._stopped.set()
            return True
        raise ValueError(f"{verb!r} is nothing that a lab does")

    async def _plug(self, request: dict[str, Any]) -> str:
        """One plug; a fault that this has put right is no longer one."""
        rack, port = self._rack, str(request["port"])
        label = str(request.get("cable", ""))
        if request["do"] == "unplug":
            label = take_out(rack.world, port)
        else:
            put_in(rack.world, label, port)
        rack.faults.let_go()
        rack.save()
        await rack.follow()
        return label


def status(rack: LabRack) -> dict[str, Any]:
    """What a lab tells about itself."""
    world = rack.world
    world.now()
    return {
        "folder": str(rack.folder),
        "inventory": str(rack.inventory),
        "profile": world.plant.name,
        "seed": world.plant.seed,
        "speed": world.clock.speed,
        "pid": os.getpid(),
        "faults": [each.text for each in rack.faults.applied],
        "devices": {device.name: _device_status(rack, device.name) for device in world.devices},
    }


def _device_status(rack: LabRack, name: str) -> dict[str, Any]:
    return {
        "running": rack.world.running(name),
        "services": {each.name: each.port for each in rack.services if each.device == name},
        "requests": rack.world.tally.told(name),
    }


def ask(folder: Path, request: dict[str, Any]) -> Any:
    """One request to the lab in `folder`, blocking.

    Raises:
        InputError: no lab stands there, or it refuses.
    """
    return ask_socket(socket_path(folder), request)


def ask_socket(path: Path, request: dict[str, Any]) -> Any:
    """One request to the lab behind a control socket. Raises: InputError."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(ASK_TIMEOUT_S)
        try:
            connection.connect(str(path))
            connection.sendall(json.dumps(request).encode() + b"\n")
            with connection.makefile("rb") as lines:
                reply = json.loads(lines.readline(MAX_LINE_BYTES * 4))
        except (OSError, ValueError) as error:
            raise InputError(f"no lab answers at {path}", "`bringup lab up` starts one.") from error
    if "error" in reply:
        raise InputError(reply["error"], reply.get("advice", ""))
    return reply["ok"]


def running_labs() -> list[dict[str, Any]]:
    """The status of every lab of this user that answers."""
    found = []
    for path in sorted(socket_folder().glob(f"{PREFIX}*{SUFFIX}")):
        with suppress(InputError):
            found.append(ask_socket(path, {"do": "status"}))
    return found
