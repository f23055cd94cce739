"""Durable appends against a bare write+fdatasync loop, on the same disk, in the same run.

Both write lines of the same length. A lone producer awaits each append; 64 producers share group commits.
Reach: lone at least 0.5 of the bare loop, 64 producers at least 3 times it. Exit 1 where that is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from bringup.journal.folder import RunFolder
from bringup.journal.sign import KeySigner
from bringup.journal.write import Journal

PRODUCERS = 64


class Measured(msgspec.Struct, frozen=True, tag_field="kind", tag=True):
    """An event like most in a run."""

    stage: str = "optics"
    step: str = "optic.levels"
    subject: str = "leaf-1/Ethernet0#lane-3"
    attempt: int = 1
    quantity: str = "rx_power_dbm"
    unit: str = "dBm"
    value: float = -2.345
    reading: str = "value"


def bare(folder: Path, line: bytes, count: int) -> float:
    """Appends a second of the plainest durable loop there is."""
    path = folder / "bare"
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_TRUNC)
    start = time.perf_counter()
    for _ in range(count):
        os.write(fd, line)
        os.fdatasync(fd)
    taken = time.perf_counter() - start
    os.close(fd)
    path.unlink()
    return count / taken


async def ours(folder: Path, producers: int, each: int) -> tuple[float, int]:
    """Durable appends a second, and the length of a line."""
    run = RunFolder.create(folder)
    journal = await Journal.create(run, signer=KeySigner.throwaway())
    event = Measured()

    async def produce() -> None:
        for _ in range(each):
            await journal.append(event)

    start = time.perf_counter()
    await asyncio.gather(*(produce() for _ in range(producers)))
    taken = time.perf_counter() - start
    await journal.close()
    return producers * each / taken, len(run.segment(1).read_bytes().splitlines()[-1]) + 1


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument(
        "--dir", type=Path, default=None, help="on which disk; default: the current folder's"
    )
    given = options.parse_args()
    rows: dict[str, list[float]] = {"bare": [], "lone": [], "64 producers": []}
    with tempfile.TemporaryDirectory(dir=given.dir or Path.cwd(), prefix=".bench-") as name:
        folder = Path(name)
        _, length = asyncio.run(ours(folder, 1, 10))
        line = b"x" * (length - 1) + b"\n"
        for _ in range(max(5, given.rounds)):
            rows["bare"].append(bare(folder, line, 1000))
            rows["lone"].append(asyncio.run(ours(folder, 1, 1000))[0])
            rows["64 producers"].append(asyncio.run(ours(folder, PRODUCERS, 200))[0])
    return _table(rows)


def _table(rows: dict[str, list[float]]) -> int:
    """Both raw numbers, and the median of the ratios within a round: disks drift between rounds."""
    missed = 0
    print(f"{'what':<14} {'appends/s':>10} {'bare/s':>10} {'ratio':>6}  reach")
    for what, reach in (("lone", 0.5), ("64 producers", 3.0)):
        ratio = statistics.median(a / b for a, b in zip(rows[what], rows["bare"], strict=True))
        missed |= ratio < reach
        raw, peer = statistics.median(rows[what]), statistics.median(rows["bare"])
        word = "≥" if ratio >= reach else "MISSED"
        print(f"{what:<14} {raw:>10.0f} {peer:>10.0f} {ratio:>6.2f}  {word} {reach}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
