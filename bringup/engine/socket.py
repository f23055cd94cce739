"""The Unix socket of a runner: commands come in, one JSON line each; the kernel says who sent them."""

from __future__ import annotations

import asyncio
import os
import pwd
import socket
import stat
import struct
from pathlib import Path

from bringup.engine.desk import Handler, Reply, Sender, read_command, reply_line
from bringup.model.errors import BringupError, InputError

LINE_CAP_BYTES = 1024 * 1024
REPLY_DEADLINE_S = 30.0


def socket_folder() -> Path:
    """`$XDG_RUNTIME_DIR/bringup`, else `/tmp/bringup-UID`: 0700 and ours (contracts, section 5).

    Raises:
        InputError: the folder belongs to somebody else, or others can write to it.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    folder = Path(runtime) / "bringup" if runtime else Path(f"/tmp/bringup-{os.getuid()}")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise InputError(
            f"{folder} is not a folder of yours alone",
            "Remove it, or set XDG_RUNTIME_DIR to a folder that is (mode 0700).",
        )
    return folder


def peer_name(connection: socket.socket) -> str:
    """The user at the other end of a Unix socket, as the kernel knows it."""
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, uid, _ = struct.unpack("3i", raw)
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


class CommandSocket:
    """Serves commands until closed. Only its owner can connect."""

    def __init__(self, path: Path, handler: Handler) -> None:
        self.path = path
        self._handler = handler
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self.path.unlink(missing_ok=True)
        old = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._serve, str(self.path), limit=LINE_CAP_BYTES)
        finally:
            os.umask(old)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sender = Sender(peer_name(writer.get_extra_info("socket")), "socket")
        try:
            while line := await reader.readline():
                writer.write(reply_line(await self._reply(line, sender)))
                await writer.drain()
        except (ConnectionError, ValueError):
            pass  # the peer went away, or sent a line beyond the cap: it is the only one that loses by it
        finally:
            writer.close()

    async def _reply(self, line: bytes, sender: Sender) -> Reply:
        try:
            return await self._handler(read_command(line), sender)
        except BringupError as error:
            return Reply(ok=False, error=str(error))

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self.path.unlink(missing_ok=True)


async def send(path: Path, line: bytes) -> bytes:
    """Send one command and wait for its reply.

    Raises:
        InputError: nobody listens there.
    """
    try:
        reader, writer = await asyncio.open_unix_connection(str(path), limit=LINE_CAP_BYTES)
    except OSError as error:
        raise InputError(
            f"no runner listens at {path}: {error.strerror}",
            "The run has ended or its runner was killed: `bringup resume RUN` goes on with it.",
        ) from error
    try:
        writer.write(line + b"\n")
        await writer.drain()
        async with asyncio.timeout(REPLY_DEADLINE_S):
            return await reader.readline()
    finally:
        writer.close()
