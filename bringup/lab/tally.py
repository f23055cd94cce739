"""How much a device has been asked, as it sees it: requests by protocol, and how many at the same time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Tally:
    """One lab's. It changes nothing in the world."""

    def __init__(self) -> None:
        self._requests: dict[str, Counter[str]] = defaultdict(Counter)
        self._now: Counter[str] = Counter()
        self._most: Counter[str] = Counter()

    @contextmanager
    def taking(self, device: str, protocol: str) -> Iterator[None]:
        """One request is handled for the length of the block."""
        self._requests[device][protocol] += 1
        self._now[device] += 1
        self._most[device] = max(self._most[device], self._now[device])
        try:
            yield
        finally:
            self._now[device] -= 1

    def told(self, device: str) -> dict[str, int]:
        """Requests by protocol, and under `most_at_once` how many there were at the same time."""
        return {**self._requests[device], "most_at_once": self._most[device]}
