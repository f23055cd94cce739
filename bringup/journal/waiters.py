"""Who waits for the disk: for an event to be durable, or for room in the backlog. One event loop's own."""

from __future__ import annotations

import asyncio
from collections import deque


class Waiters:
    """Each waiter has a future of its own: cancelling one must not cancel the others."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._durable: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._room: deque[asyncio.Future[None]] = deque()

    def durable(self, seq: int) -> asyncio.Future[None]:
        """To await until `settle` says that event `seq` is durable. Raises what `fail` is given."""
        future: asyncio.Future[None] = self._loop.create_future()
        self._durable.append((seq, future))
        return future

    def room(self) -> asyncio.Future[None]:
        """To await until `make_room`. Raises what `fail` is given."""
        future: asyncio.Future[None] = self._loop.create_future()
        self._room.append(future)
        return future

    def settle(self, events: int) -> None:
        """The first `events` events are durable."""
        waiting, self._durable = self._durable, deque()
        for entry in waiting:
            if entry[0] >= events:
                self._durable.append(entry)
            elif not entry[1].done():
                entry[1].set_result(None)

    def make_room(self) -> None:
        """There is room again: all who wait look for themselves, in their order."""
        waiting, self._room = self._room, deque()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    def fail(self, error: Exception) -> None:
        """Nothing more will be durable."""
        waiting = [future for _, future in self._durable] + list(self._room)
        self._durable.clear()
        self._room.clear()
        for future in waiting:
            if not future.done():
                future.set_exception(error)
