"""A simulated rack at speed 100, lab included: wall time, and the memory of all its processes."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks.child import DEADLINE_S, bringup, environment
from benchmarks.figure import Benchmark, Figure

LOOK_EVERY_S = 0.02


def measure(profile: str, wall_s: float, memory_mb: float, folder: Path, rounds: int) -> Sequence[Figure]:
    took = [_demo(profile, folder) for _ in range(rounds)]
    return [
        Figure(
            what=f"`{profile}` at speed 100, lab included, wall",
            unit="s",
            ours=tuple(wall for wall, _ in took),
            at_most=wall_s,
        ),
        Figure(
            what=f"`{profile}` at speed 100, lab included, memory",
            unit="MB",
            ours=tuple(rss for _, rss in took),
            at_most=memory_mb,
        ),
    ]


def _demo(profile: str, folder: Path) -> tuple[float, float]:
    """Seconds, and MB: the sum of the peaks of the runner and of every process that it started."""
    command = [*bringup(), "demo", "--headless", "--profile", profile, "--speed", "100"]
    command += ["--runs", str(folder / "runs")]
    with (folder / "output").open("wb") as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, cwd=folder, env=environment(folder)
        )
        peaks: dict[int, int] = {}
        while process.poll() is None:
            for pid in _family(process.pid):
                # The last one: between fork and exec a child shows its parent's.
                peaks[pid] = _peak_kib(pid) or peaks.get(pid, 0)
            if time.perf_counter() - began > DEADLINE_S:
                process.kill()
            time.sleep(LOOK_EVERY_S)
        took_s = time.perf_counter() - began
    if process.returncode != 0:
        raise RuntimeError(
            f"the demo ended with {process.returncode}:\n{(folder / 'output').read_text()[-2000:]}"
        )
    return took_s, sum(peaks.values()) * 1024 / 1e6


def _family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found = [pid]
    for each in found:
        try:
            for thread in Path(f"/proc/{each}/task").iterdir():
                found += [int(child) for child in (thread / "children").read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def _peak_kib(pid: int) -> int:
    """The largest resident size so far; 0 when the process has just gone."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    except (FileNotFoundError, ProcessLookupError):
        pass
    return 0


MINI = Benchmark(name="mini", title="the mini rack", measure=partial(measure, "mini", 8, 250))
HGX = Benchmark(name="hgx", title="the hgx-h100 rack", measure=partial(measure, "hgx-h100", 30, 400))
