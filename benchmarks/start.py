"""What `bringup --version` and `--help` take, beside an interpreter that does nothing."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks.child import Took, bringup, launch
from benchmarks.figure import Benchmark, Figure, interleaved

STARTS = 10
"""Starts a round; the round's number is their median."""
PEER = "python -c pass"


def measure(folder: Path, rounds: int) -> Sequence[Figure]:
    figures: list[Figure] = []
    idle = [sys.executable, "-c", "pass"]
    for option in ("--version", "--help"):
        command = [*bringup(), option]
        ours, peer = interleaved(rounds, partial(_starts, command, folder), partial(_starts, idle, folder))
        figures.append(
            Figure(
                what=f"`bringup {option}`, wall",
                unit="ms",
                ours=tuple(wall for wall, _ in ours),
                peer=tuple(wall for wall, _ in peer),
                peer_name=PEER,
                at_most=3,
            )
        )
        figures.append(
            Figure(
                what=f"`bringup {option}`, memory",
                unit="MB",
                ours=tuple(rss for _, rss in ours),
                peer_name=f"({PEER}: {peer[0][1]:.1f} MB)",
                at_most=20,
            )
        )
    return figures


def _starts(command: Sequence[str], folder: Path) -> tuple[float, float]:
    """Median milliseconds on the wall, and the largest resident size in MB."""
    took = [_start(command, folder) for _ in range(STARTS)]
    return statistics.median(each.wall_s for each in took) * 1e3, max(each.rss_mb for each in took)


def _start(command: Sequence[str], folder: Path) -> Took:
    took = launch(command, folder)
    if took.exit_code != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {took.exit_code}")
    return took


BENCHMARK = Benchmark(name="start", title="starting the program", measure=measure)
