"""One lock per device between all runs on this machine: two runs that share a spine take turns in changing
it.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path

from bringup.model.errors import Refused, TimedOut
from bringup.model.inventory import Inventory

LOCK_DEADLINE_S = 60.0
POLL_S = 0.05
HOLDER_BYTES = 200


def lock_folder() -> Path:
    """`$XDG_STATE_HOME/bringup/locks`, else `~/.local/state/bringup/locks`."""
    state = os.environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "bringup" / "locks"


class DeviceLocks:
    """Locks by platform and address, since two inventories may name one device differently. Freed by the
    kernel when the runner dies.

    `void_when` is a file whose appearance voids the locks of this runner: the epoch after its own. A runner
    that is frozen inside a change would else keep its successor, and all others, from that device for good.
    `holder` says in a few words who this is, to whoever waits.
    """

    def __init__(
        self,
        inventory: Inventory,
        folder: Path,
        deadline_s: float = LOCK_DEADLINE_S,
        void_when: Path | None = None,
        holder: str = "another run on this machine",
    ) -> None:
        self._inventory = inventory
        self._folder = folder
        self._deadline_s = deadline_s
        void = b"" if void_when is None else os.fsencode(void_when.absolute())
        self._written = void + b"\n" + holder.encode()[:HOLDER_BYTES]

    @asynccontextmanager
    async def hold(self, *names: str) -> AsyncIterator[None]:
        """Hold the locks of all these devices, taken in one order by all: else two would wait for ever.

        Raises:
            TimedOut: another run held one of them for too long.
            Refused: no lock can be kept here.
        """
        locks = {self._lock_of(name): name for name in names}
        with ExitStack() as held:
            for lock in sorted(locks):
                held.callback(os.close, await self._take(lock, locks[lock]))
            yield

    def _lock_of(self, name: str) -> str:
        """The lock's file: one for all names of the same platform at the same place."""
        device = self._inventory.devices[name]
        ports = [
            str(transport.port)
            for transport in (device.ssh, device.snmp, device.gnmi, device.redfish, device.eapi, device.nvue)
            if transport is not None
        ]
        key = "\n".join((device.platform, device.address, *ports))
        return hashlib.sha256(key.encode()).hexdigest()

    def _open(self, name: str) -> int:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.open(self._folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise Refused(
                f"no lock can be kept in {self._folder}, and nothing is changed without: {error.strerror}",
                "Make that folder yours, or set XDG_STATE_HOME.",
            ) from error

    async def _take(self, lock: str, name: str) -> int:
        try:
            async with asyncio.timeout(self._deadline_s):
                while True:
                    fd = self._try(lock)
                    if fd >= 0:
                        return fd
                    await asyncio.sleep(POLL_S)
        except TimeoutError:
            raise TimedOut(
                f"{name}: {self._holder_of(lock)} is changing it",
                "Wait for that run, or stop it: `bringup list` shows what runs.",
            ) from None

    def _holder_of(self, lock: str) -> str:
        """Who wrote themselves into the lock's file, as plain text."""
        try:
            written = (self._folder / lock).read_bytes()[: 4096 + HOLDER_BYTES]
        except OSError:
            written = b""
        holder = written.partition(b"\n")[2].decode("ascii", errors="replace")
        return holder if holder and holder.isprintable() else "another run on this machine"

    def _try(self, lock: str) -> int:
        """The lock's descriptor, or -1 while another holds it. One at a time looks, by a lock of its own: who
        takes a file must not have it replaced in that moment.
        """
        guard = self._open("guard")
        fd = -1
        try:
            fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fd = self._open(lock)
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with suppress(OSError):  # on a full disk the lock holds all the same
                os.ftruncate(fd, 0)
                os.pwrite(fd, self._written, 0)
        except BlockingIOError:
            if fd >= 0:
                void_when = os.pread(fd, 4096, 0).partition(b"\n")[0]
                if void_when and os.access(void_when, os.F_OK):
                    (self._folder / lock).unlink(missing_ok=True)
                os.close(fd)
            return -1
        finally:
            os.close(guard)
        return fd
