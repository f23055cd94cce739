"""Commands on this very machine, for `run this-host`: the `Shell` of SSH, with its deadlines and caps."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal

from bringup.model.errors import DeviceError, NoData
from bringup.transport.base import (
    DEFAULT_DEADLINE_S,
    EVIDENCE_OF_FAILURE_BYTES,
    REPLY_CAP_BYTES,
    CommandResult,
    Exchange,
    Transcript,
)
from bringup.transport.failure import Peer, over_long, silent

_CHUNK_BYTES = 64 * 1024
_SIGNALLED = -1


class LocalShell:
    """Runs commands by `sh -c`, each in a process group of its own that is killed at the deadline."""

    def __init__(self, device: str, transcript: Transcript, *, cap_bytes: int = REPLY_CAP_BYTES) -> None:
        self._peer = Peer(device=device, address="this machine", port=0, service="local")
        self._transcript = transcript
        self._cap_bytes = cap_bytes

    async def run(self, command: str, *, deadline_s: float = DEFAULT_DEADLINE_S) -> CommandResult:
        """Run one command with an empty standard input. Raises `DeviceError`s; a non-zero status is none."""
        kept = _Kept(self._cap_bytes)
        try:
            status = await self._execute(command, kept, deadline_s)
        except DeviceError as error:
            part = bytes(kept.stdout[:EVIDENCE_OF_FAILURE_BYTES])
            self._transcript.keep(
                Exchange(
                    transport="local", request=command, reply=part, error=error.message, reason=error.reason
                )
            )
            raise
        stdout, stderr = bytes(kept.stdout), bytes(kept.stderr)
        self._transcript.keep(
            Exchange(transport="local", request=command, reply=stdout, stderr=stderr, status=status)
        )
        return CommandResult(command=command, stdout=stdout, stderr=stderr, exit_status=status)

    async def close(self) -> None:
        """Nothing stays open between commands."""

    async def _execute(self, command: str, kept: _Kept, deadline_s: float) -> int:
        try:
            process = await _start(command)
        except OSError as error:
            raise NoData(f"{self._peer.device}: `{command}` can't be started ({error.strerror})") from None
        try:
            async with asyncio.timeout(deadline_s):
                await kept.read(process)
                status = await process.wait()
        except TimeoutError:
            what = f"`{command}` did not end (it printed {kept.received_bytes:,} bytes)"
            raise silent(self._peer, what, deadline_s) from None
        finally:
            await _end(process)
        if kept.over_long:
            raise over_long(self._peer, f"the output of `{command}`", self._cap_bytes)
        return status if status >= 0 else _SIGNALLED


class _Kept:
    """Both outputs of one command, up to the cap together."""

    def __init__(self, cap_bytes: int) -> None:
        self.stdout = bytearray()
        self.stderr = bytearray()
        self.received_bytes = 0
        self._cap_bytes = cap_bytes

    @property
    def over_long(self) -> bool:
        return self.received_bytes > self._cap_bytes

    async def read(self, process: asyncio.subprocess.Process) -> None:
        """Until both outputs end, or the cap is passed (then the command is killed)."""
        assert process.stdout is not None and process.stderr is not None
        await asyncio.gather(
            self._drain(process, process.stdout, self.stdout),
            self._drain(process, process.stderr, self.stderr),
        )

    async def _drain(
        self, process: asyncio.subprocess.Process, source: asyncio.StreamReader, into: bytearray
    ) -> None:
        while chunk := await source.read(_CHUNK_BYTES):
            room = self._cap_bytes - self.received_bytes
            self.received_bytes += len(chunk)
            if len(chunk) <= room:
                into.extend(chunk)
            elif room >= 0:
                _kill(process)


async def _start(command: str) -> asyncio.subprocess.Process:
    """The process, whole: a cancellation in the middle of its making would end the shell and wait, as long as
    they please, for the commands that it has begun already.
    """
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            "sh",
            "-c",
            command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    )
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        with contextlib.suppress(OSError):
            await _end(await starting)
        raise


def _kill(process: asyncio.subprocess.Process) -> None:
    # The group may be gone, or hold only children that outlived their shell.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


async def _end(process: asyncio.subprocess.Process) -> None:
    """No process of the group outlives the command, on a deadline or a cancellation either."""
    if process.returncode is None:
        _kill(process)
        await process.wait()
    transport = getattr(process, "_transport", None)
    if transport is not None:
        transport.close()
