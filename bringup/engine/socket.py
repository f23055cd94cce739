"""The Unix socket of a runner: commands come in, one JSON line each; the kernel says who sent them."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import itertools
import os
import pwd
import socket
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bringup.engine.desk import Handler, Reply, Sender, read_command, reply_line
from bringup.engine.peer import may_enter, peer_of, terminal_of
from bringup.model.errors import BringupError, InputError

LINE_CAP_BYTES = 256 * 1024
REPLY_DEADLINE_S = 30.0
TURNED_AWAY_S = 30.0
"""How long a stranger may take to say what they want, which is refused in any case."""
MOST_PEERS = 128
"""Open connections at once; the oldest one gives way. A crowd must not eat the runner's file descriptors."""
LONGEST_PATH_BYTES = 107
"""`sun_path` holds 108 bytes with the zero at its end (unix(7))."""


def socket_path(run: Path, run_id: str, gid: int | None = None) -> Path:
    """Where the runner of the run in the folder `run` listens; two copies of one run have two places. With
    `gid` it is a place that this group can enter.

    Raises:
        InputError: as `own_folder`.
    """
    told = run_id if run_id.isascii() and run_id.replace("-", "").isalnum() and len(run_id) <= 40 else "run"
    name = f"{told}.{hashlib.sha256(os.fsencode(run.resolve())).hexdigest()[:8]}.sock"
    if gid is not None:
        return group_place(gid) / name
    place = socket_folder(longest=LONGEST_PATH_BYTES - len(name) - 1)
    return own_folder(place) / name


def socket_folder(longest: int = LONGEST_PATH_BYTES) -> Path:
    """`$XDG_RUNTIME_DIR/bringup`, else `/tmp/bringup-UID` (contracts, section 5): also where the first is
    relative, not there, or longer than `longest` bytes, which no socket's address can hold.
    """
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    folder = runtime / "bringup"
    if runtime.is_absolute() and runtime.is_dir() and len(os.fsencode(folder)) <= longest:
        return folder
    return Path(f"/tmp/bringup-{os.getuid()}")


def own_folder(folder: Path) -> Path:
    """The folder, made if need be: 0700, ours, and no symbolic link.

    Raises:
        InputError: it is somebody else's, others can enter it, or it can't be made.
    """
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise InputError(
            f"no place for the runner's socket: {folder}: {error.strerror}",
            "Set XDG_RUNTIME_DIR to a folder of yours (mode 0700).",
        ) from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise InputError(
            f"{folder} is not a folder of yours alone",
            "Remove it, or set XDG_RUNTIME_DIR to a folder that is (mode 0700).",
        )
    return folder


def user_name(uid: int) -> str:
    """The user's name, or `uid N` where this machine knows none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def peer_uid(connection: socket.socket) -> int:
    """The user at the other end of a Unix socket, as the kernel knows it."""
    return peer_of(connection)[1]


def group_place(gid: int) -> Path:
    """Where the runner of a run that is shared with a group listens: the group may come in, and nobody else.

    Raises:
        InputError: it is somebody else's, or can't be made.
    """
    folder = Path(f"/tmp/bringup-{os.getuid()}-group-{gid}")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            raise InputError(f"{folder} is not a folder of yours", "Remove it.")
        os.chown(folder, -1, gid)
        folder.chmod(0o710)
    except OSError as error:
        raise InputError(f"no place for the runner's socket: {folder}: {error.strerror}") from error
    return folder


class CommandSocket:
    """Serves commands until closed. Only its owner, and root, can connect; with `gid` members of that group
    too. `gone` hears the number of each connection that has ended.
    """

    def __init__(
        self,
        path: Path,
        handler: Handler,
        *,
        gid: int | None = None,
        gone: Callable[[int], None] = lambda peer: None,
    ) -> None:
        self.path = path
        self._handler = handler
        self._gid = gid
        self._gone = gone
        self._numbers = itertools.count(1)
        self._server: asyncio.Server | None = None
        self._peers: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._made: tuple[int, int] | None = None
        self._left_s = time.monotonic()

    @property
    def alone_s(self) -> float:
        """Seconds since the last peer left, 0 while one is connected: a command's sender, or who watches."""
        return 0.0 if self._peers else time.monotonic() - self._left_s

    async def start(self) -> None:
        """
        Raises:
            InputError: the socket can't be made.
        """
        old = os.umask(0o177)
        try:
            self.path.unlink(missing_ok=True)
            self._server = await asyncio.start_unix_server(self._serve, str(self.path), limit=LINE_CAP_BYTES)
            self._made = self._identity()
            if self._gid is not None:
                os.chown(self.path, -1, self._gid)
                self.path.chmod(0o660)
        except OSError as error:
            raise InputError(
                f"the runner's socket {self.path} can't be made: {error.strerror or error}",
                "Set XDG_RUNTIME_DIR to a folder of yours (mode 0700).",
            ) from error
        finally:
            os.umask(old)

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = self.path.lstat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._peers[task] = writer
        number = next(self._numbers)
        if len(self._peers) > MOST_PEERS:
            next(iter(self._peers.values())).transport.abort()
        try:
            await self._talk(reader, writer, number)
        except (OSError, ValueError, asyncio.CancelledError):
            # The peer went away, or sent a line beyond the cap, or the runner ends: nobody else loses by it.
            return
        finally:
            del self._peers[task]
            self._left_s = time.monotonic()
            self._gone(number)
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        connection = writer.get_extra_info("socket")
        pid, uid = peer_of(connection)
        own = uid in (0, os.getuid())
        if not own and not may_enter(connection, self._gid):
            await self._turn_away(reader, writer, user_name(uid))
            return
        sender = Sender(user_name(uid), "socket", uid, terminal_of(pid), attached=not own, peer=number)
        while (line := await reader.readline()).endswith(b"\n"):
            writer.write(reply_line(await self._reply(line, sender)))
            await writer.drain()

    async def _turn_away(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, who: str) -> None:
        """Say why. Their line is read first: who writes into a closed socket reads nothing any more."""
        try:
            async with asyncio.timeout(TURNED_AWAY_S):
                await reader.readline()
        except TimeoutError:
            return
        words = f"this run is {user_name(os.getuid())}'s and not shared with {who}"
        writer.write(reply_line(Reply(ok=False, error=words)))
        await writer.drain()

    async def _reply(self, line: bytes, sender: Sender) -> Reply:
        try:
            return await self._handler(read_command(line), sender)
        except BringupError as error:
            return Reply(ok=False, error=str(error))
        except Exception as error:
            # A fault of ours in one command must not end a bring-up; whoever sent it is told.
            print(f"a command failed: {type(error).__name__}: {error}", file=sys.stderr)
            return Reply(ok=False, error=f"the runner could not do that: {type(error).__name__}")

    async def close(self) -> None:
        """Stop listening. A socket that another runner has put in our place stays."""
        if self._server is None:
            return
        self._server.close()
        if self._made is not None and self._identity() == self._made:
            self.path.unlink(missing_ok=True)
        peers = list(self._peers)
        for peer in peers:
            peer.cancel()
        await asyncio.gather(*peers, return_exceptions=True)


async def send(path: Path, line: bytes, owner: int | None = None) -> bytes:
    """Send one command and wait for its reply. `owner` is the user whose run it is, where that is another.

    Raises:
        InputError: nobody listens there, or nobody answers.
    """
    gone = "The run has ended or its runner was killed: `bringup resume RUN` goes on with it."
    try:
        async with asyncio.timeout(REPLY_DEADLINE_S):
            return await _exchange(path, line, owner)
    except TimeoutError as error:
        raise InputError(
            f"the runner at {path} does not answer within {REPLY_DEADLINE_S:g} s",
            "It may be frozen: `bringup resume RUN --take-over` goes on without it.",
        ) from error
    except (OSError, ValueError, EOFError) as error:
        what = getattr(error, "strerror", None) or str(error)
        raise InputError(f"no runner listens at {path}: {what}", gone) from error


def owner_of(run: Path) -> int | None:
    """The user whose run lies in that folder."""
    try:
        return run.stat().st_uid
    except OSError:
        return None


def told_socket(said: dict[str, object]) -> Path | None:
    """Where runner.json says that the runner listens."""
    where = said.get("socket")
    return Path(where) if isinstance(where, str) else None


async def connected(path: Path, owner: int | None) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to the runner at `path`, which must be this user's, or that of `owner`.

    Raises:
        OSError: nobody listens there, or somebody else.
    """
    reader, writer = await asyncio.open_unix_connection(str(path), limit=LINE_CAP_BYTES)
    # A runner.json that somebody else wrote may name a socket of theirs: signatures are not for them.
    if peer_uid(writer.get_extra_info("socket")) not in (os.getuid(), 0, owner):
        writer.close()
        raise OSError(errno.EPERM, "it belongs to another user")
    return reader, writer


async def _exchange(path: Path, line: bytes, owner: int | None) -> bytes:
    reader, writer = await connected(path, owner)
    try:
        writer.write(line + b"\n")
        await writer.drain()
        reply = await reader.readline()
    finally:
        writer.close()
    if not reply.endswith(b"\n"):
        raise EOFError("it ended without an answer")
    return reply
