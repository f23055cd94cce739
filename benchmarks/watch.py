"""A stopwatch for the scripts that run in a process of their own."""

from __future__ import annotations

import json
import os
import time


class Stopwatch:
    """Runs from when it is made; tells the wall and this process's CPU (user and system, all threads)."""

    def __init__(self) -> None:
        self._wall_s, self._cpu_s = time.perf_counter(), _cpu_s()

    def report(self) -> str:
        """Both as a JSON object."""
        return json.dumps({"wall_s": time.perf_counter() - self._wall_s, "cpu_s": _cpu_s() - self._cpu_s})


def _cpu_s() -> float:
    times = os.times()
    return times.user + times.system
