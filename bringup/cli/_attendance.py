"""A console's own connection to the runner: it is counted, others see where it looks, and it sees them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from bringup.journal.folder import RunFolder
    from bringup.model.people import Present

DEADLINE_S = 10.0
EVERY_S = 1.0


class Attendance:
    """Nothing of it is recorded. Where no runner listens there is nobody, and nothing fails."""

    def __init__(self, folder: RunFolder, *, attached: bool) -> None:
        self._folder = folder
        self._attached = attached
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def here(self, screen: str, about: str, size: str) -> tuple[tuple[Present, ...], int | None]:
        """Say where this console looks; all who are there, and which of them this one is."""
        from bringup.engine.desk import Command, Reply

        said = Command("here", {"screen": screen, "about": about, "size": size}, attached=self._attached)
        try:
            async with asyncio.timeout(DEADLINE_S):
                reader, writer = await self._connected()
                writer.write(msgspec.json.encode(said) + b"\n")
                await writer.drain()
                reply = msgspec.json.decode(await reader.readline(), type=Reply)
        except (OSError, ValueError):  # no runner, another one by now, or one that hangs: TimeoutError too
            self.leave()
            return (), None
        except asyncio.CancelledError:
            self.leave()  # half an exchange: what comes next would be taken for the next one's reply
            raise
        return reply.people, reply.you

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        from bringup.engine.socket import connected, owner_of, told_socket

        if self._streams is None:
            where = told_socket(self._folder.read_runner())
            if where is None:
                raise FileNotFoundError("no runner is known")
            self._streams = await connected(where, owner_of(self._folder.path))
        return self._streams

    def leave(self) -> None:
        """Close the connection; `here` opens another."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


@asynccontextmanager
async def attended(folder: RunFolder, *, attached: bool) -> AsyncIterator[None]:
    """Be counted, and seen, among the readers of the run, of its next runner too. Nothing waits for it, and
    where no runner listens nothing fails.
    """
    attendance = Attendance(folder, attached=attached)

    async def stay() -> None:
        while True:
            await attendance.here("lines", "", "")
            await asyncio.sleep(EVERY_S)

    staying = asyncio.create_task(stay())
    try:
        yield
    finally:
        staying.cancel()
        await asyncio.wait({staying})
        attendance.leave()


def may_send(folder: RunFolder) -> bool:
    """Whether an attached console of this user may send commands: the run was started with --share, and is
    this user's, or with --share-group, and they are of that group. The runner decides; this is what is shown.
    """
    from bringup.engine.peer import group_id
    from bringup.engine.socket import owner_of
    from bringup.model.errors import InputError

    try:
        said = msgspec.json.decode(folder.run_json.read_bytes())
    except (OSError, ValueError):
        return False
    if not isinstance(said, dict) or not said.get("share"):
        return False
    if owner_of(folder.path) == os.getuid() or os.getuid() == 0:
        return True
    name = said.get("share_group")
    try:
        return isinstance(name, str) and group_id(name) in (os.getgid(), *os.getgroups())
    except InputError:
        return False
