"""Puts the last table into `docs/benchmarks.md`, with the machine and the date."""

from __future__ import annotations

import datetime
import os
import platform
from pathlib import Path

from benchmarks.child import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- last run: begin -->", "<!-- last run: end -->"


def write(table: str, page: Path = PAGE) -> None:
    """Replace what stands between the page's two marks."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n\n{machine()}\n\n{table}\n\n{END}{after}", encoding="utf-8")


def machine() -> str:
    """When, on what processor, how many of its cores this process may use, and with which Python."""
    today = datetime.datetime.now(datetime.UTC).date()
    cores = len(os.sched_getaffinity(0))
    system = f"Linux {platform.release()} · Python {platform.python_version()}"
    return f"{today} · {_processor()}, {cores} cores · {system}"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
