"""Commands over SSH: one connection a device, one channel a command, a deadline and a cap on each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import asyncssh

from bringup.model.errors import DeviceError, Refused, TimedOut, Unparsable
from bringup.transport.base import (
    DEFAULT_DEADLINE_S,
    EVIDENCE_OF_FAILURE_BYTES,
    REPLY_CAP_BYTES,
    CommandResult,
    Exchange,
    Transcript,
)
from bringup.transport.failure import Peer, over_long, silent
from bringup.transport.ssh_login import hang_up

SESSIONS_AT_ONCE = 4
"""Channels open at once on one connection. OpenSSH admits 10; some switches admit fewer."""
SIGNALLED = -1

Connect = Callable[[], Awaitable[asyncssh.SSHClientConnection]]


class SshShell:
    """The `Shell` of one device. Reconnects when the connection was lost between two commands.

    A command that was under way when the connection broke is never sent again: it may have run.
    """

    def __init__(
        self, peer: Peer, connect: Connect, transcript: Transcript, *, cap_bytes: int = REPLY_CAP_BYTES
    ) -> None:
        self._peer = peer
        self._connect = connect
        self._transcript = transcript
        self._cap_bytes = cap_bytes
        self._connection: asyncssh.SSHClientConnection | None = None
        self._connecting = asyncio.Lock()
        self._sessions = asyncio.Semaphore(SESSIONS_AT_ONCE)

    async def open(self) -> asyncssh.SSHClientConnection:
        """The connection, made if there is none. Raises `DeviceError`s."""
        async with self._connecting:
            if self._connection is None or self._connection.is_closed():
                self._connection = await self._connect()
            return self._connection

    async def run(self, command: str, *, deadline_s: float = DEFAULT_DEADLINE_S) -> CommandResult:
        """Run one command with an empty standard input. Raises `DeviceError`s; a non-zero status is none."""
        async with self._sessions:
            output = _Output(self._cap_bytes)
            try:
                connection = await self.open()
                async with asyncio.timeout(deadline_s):
                    await self._execute(connection, command, output)
            except TimeoutError:
                what = f"`{command}` did not end (it printed {output.received_bytes:,} bytes)"
                self._fail(command, output, silent(self._peer, what, deadline_s))
            except DeviceError as error:
                self._fail(command, output, error)
            finally:
                output.cut()
        result = output.result(command)
        self._transcript.keep(
            Exchange(
                transport="ssh",
                request=command,
                reply=result.stdout,
                stderr=result.stderr,
                status=result.exit_status,
            )
        )
        return result

    async def close(self) -> None:
        """Close the connection. Raises nothing."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await hang_up(connection)

    async def _execute(self, connection: asyncssh.SSHClientConnection, command: str, output: _Output) -> None:
        try:
            await connection.create_session(lambda: output, command, encoding=None)
        except asyncssh.ChannelOpenError:
            if connection.is_closed():
                raise self._lost(command, output) from None
            raise Refused(
                f"{self._peer} would not open a session for `{command}`",
                "It may limit sessions or what this user may run",
            ) from None
        except (asyncssh.Error, OSError):
            raise self._lost(command, output) from None
        await output.ended
        if output.over_long:
            raise over_long(self._peer, f"the output of `{command}`", self._cap_bytes)
        if not output.complete:
            raise self._lost(command, output)

    def _lost(self, command: str, output: _Output) -> DeviceError:
        """The connection went away before the command's end was seen."""
        unanswered = isinstance(output.broke, asyncssh.ConnectionLost) and "keepalive" in str(output.broke)
        reset = isinstance(output.broke, ConnectionResetError)
        how = "went silent" if unanswered else "reset the connection" if reset else "closed the connection"
        before = f"after {output.received_bytes:,} bytes of `{command}`, before it ended"
        advice = "Whether the command took effect is not known; did the device restart?"
        kind = TimedOut if unanswered else Unparsable if output.received_bytes else Refused
        return kind(f"{self._peer} {how} {before}", advice)

    def _fail(self, command: str, output: _Output, error: DeviceError) -> None:
        part = bytes(output.stdout[:EVIDENCE_OF_FAILURE_BYTES])
        self._transcript.keep(
            Exchange(transport="ssh", request=command, reply=part, error=error.message, reason=error.reason)
        )
        raise error from None


class _Output(asyncssh.SSHClientSession[bytes]):
    """Collects what one command prints, and cuts it off past the cap."""

    def __init__(self, cap_bytes: int) -> None:
        self.stdout = bytearray()
        self.stderr = bytearray()
        self.received_bytes = 0
        self.over_long = False
        self.complete = False
        self.broke: Exception | None = None
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._cap_bytes = cap_bytes
        self._exit_status: int | None = None
        self._channel: asyncssh.SSHClientChannel[bytes] | None = None

    def connection_made(self, chan: asyncssh.SSHClientChannel[bytes]) -> None:
        self._channel = chan

    def session_started(self) -> None:
        if self._channel is not None:
            self._channel.write_eof()

    def data_received(self, data: bytes, datatype: int | None) -> None:
        if self.over_long:
            return
        self.received_bytes += len(data)
        if self.received_bytes > self._cap_bytes:
            self.over_long = True
            self._end()
            self.cut()
            return
        (self.stderr if datatype == asyncssh.EXTENDED_DATA_STDERR else self.stdout).extend(data)

    def exit_status_received(self, status: int) -> None:
        self._exit_status = status

    def exit_signal_received(self, signal: str, core_dumped: bool, msg: str, lang: str) -> None:
        self._exit_status = SIGNALLED

    def connection_lost(self, exc: Exception | None) -> None:
        """The channel is closed. Some devices never send a status: a clean close is an end then, too."""
        self.broke = exc
        self.complete = self._exit_status is not None or exc is None
        self._channel = None
        self._end()

    def cut(self) -> None:
        """Close the channel, whatever the peer still sends."""
        channel, self._channel = self._channel, None
        if channel is not None:
            channel.abort()

    def result(self, command: str) -> CommandResult:
        status = SIGNALLED if self._exit_status is None else self._exit_status
        return CommandResult(
            command=command, stdout=bytes(self.stdout), stderr=bytes(self.stderr), exit_status=status
        )

    def _end(self) -> None:
        if not self.ended.done():
            self.ended.set_result(None)
