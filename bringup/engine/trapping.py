"""Traps into the record, while a run lasts: what devices say by themselves, without being asked."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bringup.engine.book import Book
from bringup.model.errors import DeviceError, JournalError
from bringup.model.event import Noted, TrapReceived

if TYPE_CHECKING:
    from bringup.transport.snmp_trap import Trap, TrapListener

TRAPS_A_RUN = 10_000
"""A link that flaps for hours must not fill the disk; what comes beyond is counted."""
TEXT_CHARS = 500


class Trapping:
    """Takes what a listener receives. Without one it does nothing."""

    def __init__(self, listener: TrapListener | None, book: Book) -> None:
        self._listener = listener
        self._book = book
        self._task: asyncio.Task[None] | None = None
        self._written = 0

    async def open(self) -> None:
        """Listen. A port that can't be had is written down, and the run goes on without.

        Raises:
            JournalError: that can't be written down.
        """
        if self._listener is None:
            return
        try:
            await self._listener.open()
        except DeviceError as error:
            await self._book.offer(Noted(text=str(error), by="bringup"))
            return
        self._task = asyncio.create_task(self._take(self._listener))

    async def close(self) -> None:
        """Raises nothing."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        if self._listener is not None:
            await self._listener.close()

    async def _take(self, listener: TrapListener) -> None:
        while True:
            trap = await listener.next()
            if self._written >= TRAPS_A_RUN:
                listener.dropped["more than a run takes"] += 1
                continue
            self._written += 1
            try:
                await self._book.offer(_event(trap, sum(listener.dropped.values())))
            except JournalError:
                return  # whoever works with the record says so


def _event(trap: Trap, dropped: int) -> TrapReceived:
    return TrapReceived(
        devices=trap.devices,
        trap=trap.trap_oid,
        version=trap.version,
        inform=trap.inform,
        authenticated=trap.authenticated,
        uptime_s=trap.uptime_s,
        variables={oid: _text(value) for oid, value in trap.variables},
        dropped=dropped,
    )


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")[:TEXT_CHARS]
    return "" if value is None else str(value)[:TEXT_CHARS]
