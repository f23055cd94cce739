"""Commands over SSH by paramiko, for old gear: the `Shell` of SSH, one command at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import paramiko

from bringup.model.errors import DeviceError, Refused, Unparsable
from bringup.transport.base import (
    DEFAULT_DEADLINE_S,
    EVIDENCE_OF_FAILURE_BYTES,
    REPLY_CAP_BYTES,
    CommandResult,
    Exchange,
    Transcript,
)
from bringup.transport.failure import Peer, over_long, silent
from bringup.transport.ssh_legacy_login import LegacyConnection
from bringup.transport.worker import StoppedError, Until

SIGNALLED = -1
CHUNK_BYTES = 64 * 1024
LOOK_EVERY_S = 0.1
"""How often the thread looks whether it should stop, while nothing comes."""

Connect = Callable[[], Awaitable[LegacyConnection]]


class LegacyShell:
    """The `Shell` of one device. What was under way when the connection broke is never sent again."""

    def __init__(
        self, peer: Peer, connect: Connect, transcript: Transcript, *, cap_bytes: int = REPLY_CAP_BYTES
    ) -> None:
        self._peer = peer
        self._connect = connect
        self._transcript = transcript
        self._cap_bytes = cap_bytes
        self._connection: LegacyConnection | None = None
        self._turn = asyncio.Lock()

    async def open(self) -> None:
        """Connect, if it is not. Raises `DeviceError`s."""
        async with self._turn:
            await self._connected()

    async def run(self, command: str, *, deadline_s: float = DEFAULT_DEADLINE_S) -> CommandResult:
        """Run one command with an empty standard input. Raises `DeviceError`s; a non-zero status is none."""
        kept = Kept(self._cap_bytes)
        failure: DeviceError
        async with self._turn:
            try:
                connection = await self._connected()
                status = await connection.worker.run(
                    lambda until: self._work(connection, command, kept, until), deadline_s, connection.cut
                )
            except TimeoutError:
                what = f"`{command}` did not end (it printed {kept.received_bytes:,} bytes)"
                failure = silent(self._peer, what, deadline_s)
            except DeviceError as error:
                failure = error
            else:
                stdout, stderr = bytes(kept.stdout), bytes(kept.stderr)
                self._transcript.keep(
                    Exchange(transport="ssh", request=command, reply=stdout, stderr=stderr, status=status)
                )
                return CommandResult(command=command, stdout=stdout, stderr=stderr, exit_status=status)
        part = bytes(kept.stdout[:EVIDENCE_OF_FAILURE_BYTES])
        self._transcript.keep(
            Exchange(
                transport="ssh", request=command, reply=part, error=failure.message, reason=failure.reason
            )
        )
        raise failure from None

    async def close(self) -> None:
        """Close the connection. Raises nothing."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _connected(self) -> LegacyConnection:
        if self._connection is not None and not self._connection.alive:
            await self.close()
        if self._connection is None:
            self._connection = await self._connect()
        return self._connection

    def _work(self, connection: LegacyConnection, command: str, kept: Kept, until: Until) -> int:
        """In the thread: the command's exit status. Raises `DeviceError`s and `StoppedError`."""
        assert connection.transport is not None
        try:
            return self._execute(connection.transport, command, kept, until)
        except OverLongError:
            connection.cut()
            raise over_long(self._peer, f"the output of `{command}`", self._cap_bytes) from None
        except (DeviceError, StoppedError):
            raise
        except paramiko.ChannelException:
            raise Refused(
                f"{self._peer} would not open a session for `{command}`",
                "It may limit sessions or what this user may run",
            ) from None
        except Exception:
            # paramiko raises many kinds, some of them bare; each means that the connection is of no use.
            until.left_s()
            connection.cut()
            raise lost(self._peer, command, kept) from None

    def _execute(self, transport: paramiko.Transport, command: str, kept: Kept, until: Until) -> int:
        return _execute(transport, command, kept, until)


class OverLongError(Exception):
    """More came than is taken."""


class Kept:
    """Both outputs of one command, up to the cap together."""

    def __init__(self, cap_bytes: int) -> None:
        self.stdout = bytearray()
        self.stderr = bytearray()
        self.received_bytes = 0
        self._cap_bytes = cap_bytes

    def add(self, data: bytes, *, to_stderr: bool = False) -> None:
        """Raises `OverLongError`."""
        self.received_bytes += len(data)
        if self.received_bytes > self._cap_bytes:
            raise OverLongError
        (self.stderr if to_stderr else self.stdout).extend(data)


def lost(peer: Peer, command: str, kept: Kept) -> DeviceError:
    """The connection went away before the command's end was seen."""
    kind = Unparsable if kept.received_bytes else Refused
    return kind(
        f"{peer} closed the connection after {kept.received_bytes:,} bytes of `{command}`, before it ended",
        "Whether the command took effect is not known; did the device restart?",
    )


def _execute(transport: paramiko.Transport, command: str, kept: Kept, until: Until) -> int:
    channel = transport.open_session(timeout=until.left_s())
    try:
        channel.settimeout(until.left_s())
        channel.exec_command(command)
        channel.shutdown_write()
        channel.settimeout(LOOK_EVERY_S)
        ended = False
        while not ended:
            until.left_s()
            ended = _take(channel, kept)
        while not channel.exit_status_ready():
            channel.status_event.wait(min(LOOK_EVERY_S, until.left_s()))
        if channel.exit_status == SIGNALLED and not transport.is_active():
            raise EOFError
        return channel.exit_status
    finally:
        channel.close()


def _take(channel: paramiko.Channel, kept: Kept) -> bool:
    """Whatever has come on both outputs; whether that was all."""
    try:
        data = channel.recv(CHUNK_BYTES)
        kept.add(data)
    except TimeoutError:
        data = None
    while channel.recv_stderr_ready():
        kept.add(channel.recv_stderr(CHUNK_BYTES), to_stderr=True)
    return data == b""
