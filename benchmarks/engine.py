"""The engine's own time: a whole run of reads, beside the plan's critical path on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.child import worker
from benchmarks.figure import Benchmark, Figure

LEAVES = 8
READ_MS = 100
"""What one command takes on the wire; the command line of a switch takes longer."""


def measure(folder: Path, rounds: int) -> Sequence[Figure]:
    arguments = [str(folder), str(LEAVES), str(READ_MS)]
    took = [worker("path_run", arguments, folder) for _ in range(rounds)]
    return [
        Figure(
            what=f"a run on {LEAVES} switches that answer in {READ_MS} ms",
            unit="s",
            ours=tuple(each["wall_s"] for each in took),
            peer=tuple(each["path_s"] for each in took),
            peer_name="the plan's critical path",
            at_most=1.1,
        )
    ]


BENCHMARK = Benchmark(name="engine", title="the engine's own time", measure=measure)
