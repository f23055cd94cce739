"""A library that blocks, in a thread of its own: with a deadline, a cap on what it reads, and a way to stop
it.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

GRACE_S = 1.0
"""How much later than the thread itself the loop looks for it."""

Answer = TypeVar("Answer")


class StoppedError(Exception):
    """The caller gave up, or the deadline has passed."""


class Until:
    """When a piece of work has to end; asked by the thread, set by the loop."""

    def __init__(self, deadline_s: float) -> None:
        self._end = time.monotonic() + deadline_s
        self._stopped = threading.Event()

    def stop(self) -> None:
        self._stopped.set()

    def left_s(self) -> float:
        """More than zero. Raises `StoppedError`."""
        left_s = self._end - time.monotonic()
        if left_s <= 0 or self._stopped.is_set():
            raise StoppedError
        return left_s


class Metered:
    """A socket that a library reads from, up to an allowance; `None` is no bound."""

    def __init__(self, sock: socket.socket, allowance_bytes: int | None) -> None:
        self._sock = sock
        self.allowance_bytes = allowance_bytes
        self.overdrawn = False
        self.received_bytes = 0
        # paramiko asks for this before it waits for its own thread to end.
        self._closed = False

    def recv(self, size: int) -> bytes:
        """As a socket's; its end, once the allowance is spent."""
        if self.allowance_bytes is not None and self.received_bytes > self.allowance_bytes:
            self.overdrawn = True
            return b""
        got = self._sock.recv(size)
        self.received_bytes += len(got)
        return got

    def send(self, data: bytes) -> int:
        return self._sock.send(data)

    def settimeout(self, timeout_s: float | None) -> None:
        self._sock.settimeout(timeout_s)

    def close(self) -> None:
        """Wakes whoever waits in `recv`, too."""
        self._closed = True
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()


class Worker:
    """One thread, started by its first work. Not the loop's pool: what hangs there would hold up others."""

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    async def run(
        self, work: Callable[[Until], Answer], deadline_s: float, cut: Callable[[], None]
    ) -> Answer:
        """What `work` returns or raises. `cut` makes it end at once: it is called when the caller is
        cancelled or the deadline passes while it blocks.

        Raises:
            TimeoutError: the deadline has passed.
        """
        until = Until(deadline_s)
        future = asyncio.get_running_loop().run_in_executor(self._pool, work, until)
        try:
            async with asyncio.timeout(deadline_s + GRACE_S):
                return await asyncio.shield(future)
        except StoppedError:
            cut()
            raise TimeoutError from None
        except (TimeoutError, asyncio.CancelledError):
            until.stop()
            cut()
            future.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
            await asyncio.wait([future], timeout=GRACE_S)
            raise

    def close(self) -> None:
        """Waits for nothing: what still runs was cut."""
        self._pool.shutdown(wait=False)
