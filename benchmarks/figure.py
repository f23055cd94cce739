"""What a benchmark hands back: raw numbers of ours and its peer by round, and how far it must reach."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

Measured = TypeVar("Measured")


class PeerMissing(Exception):
    """A peer that a benchmark is measured against is not there: without it there is no number."""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table.

    `ours[i]` and `peer[i]` come from the same round, in `unit`. With a peer the value is the median of the
    rounds' ratios ours/peer, for machines drift between rounds; without one (`peer` empty) it is the median
    of ours. Exactly one of `at_most` and `at_least` is set, for that value.
    """

    what: str
    unit: str
    ours: tuple[float, ...]
    peer: tuple[float, ...] = ()
    peer_name: str = ""
    at_most: float | None = None
    at_least: float | None = None

    @property
    def value(self) -> float:
        if self.peer:
            return statistics.median(a / b for a, b in zip(self.ours, self.peer, strict=True))
        return statistics.median(self.ours)

    @property
    def missed(self) -> bool:
        """Whether it does not reach; a value that is no number does not."""
        if self.at_most is not None:
            return not self.value <= self.at_most
        return self.at_least is None or not self.value >= self.at_least


class Benchmark(msgspec.Struct, frozen=True, kw_only=True):
    """One benchmark: its name for `--only`, the programs that it needs, and what measures it.

    `measure(folder, rounds)` may write below `folder` only.
    """

    name: str
    title: str
    needs: tuple[str, ...] = ()
    measure: Callable[[Path, int], Sequence[Figure]]


def require(*programs: str) -> None:
    """Raises `PeerMissing`, naming every program that is not in the path."""
    absent = [name for name in programs if find(name) is None]
    if absent:
        raise PeerMissing(f"not installed: {', '.join(absent)}")


def find(program: str) -> str | None:
    """The program's path; servers lie where an ordinary user's path does not lead."""
    return shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin:/usr/local/sbin")


def interleaved(
    rounds: int, ours: Callable[[], Measured], peer: Callable[[], Measured]
) -> tuple[list[Measured], list[Measured]]:
    """Run both in every round, each first in every other one, so that neither always finds a warm machine."""
    found: tuple[list[Measured], list[Measured]] = ([], [])
    for number in range(rounds):
        for which in (0, 1) if number % 2 else (1, 0):
            found[which].append((ours, peer)[which]())
    return found
