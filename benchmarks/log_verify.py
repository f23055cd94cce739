"""`log verify` against the rate at which 64 producers append, on the same disk, in the same run.

Reach: at least 5 times as many events a second. Exit 1 where that is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from bringup.journal.folder import RunFolder
from bringup.journal.sign import CHECKPOINT, KeySigner
from bringup.journal.verify import verify
from bringup.journal.write import Journal

PRODUCERS = 64
REACH = 5.0


class Measured(msgspec.Struct, frozen=True, tag_field="kind", tag=True):
    """An event like most in a run."""

    value: float
    stage: str = "optics"
    step: str = "optic.levels"
    subject: str = "leaf-1/Ethernet0#lane-3"
    attempt: int = 1
    quantity: str = "rx_power_dbm"
    unit: str = "dBm"
    reading: str = "value"


async def append(folder: Path, each: int) -> tuple[RunFolder, KeySigner, float]:
    """A record with a checkpoint at its end; events a second that its producers reached."""
    run, signer = RunFolder.create(folder), KeySigner.throwaway(identity="bench", label="file")
    journal = await Journal.create(run, signer=signer)

    async def produce(number: int) -> None:
        for count in range(each):
            await journal.append(Measured(value=-2.0 - number / 64 - count / 1e6))

    start = time.perf_counter()
    await asyncio.gather(*(produce(number) for number in range(PRODUCERS)))
    rate = PRODUCERS * each / (time.perf_counter() - start)
    await journal.close()
    return run, signer, rate


def check(run: RunFolder, signers: Path) -> float:
    """Events a second, from the first byte to the report."""
    start = time.perf_counter()
    report = verify(run.path, signers)
    taken = time.perf_counter() - start
    if {found.id for found in report.findings} != {"no-start", "not-closed"}:
        raise SystemExit(report.text())
    return report.events / taken


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument(
        "--dir", type=Path, default=None, help="on which disk; default: the current folder's"
    )
    given = options.parse_args()
    appended: list[float] = []
    verified: list[float] = []
    with tempfile.TemporaryDirectory(dir=given.dir or Path.cwd(), prefix=".bench-") as name:
        for _ in range(max(5, given.rounds)):
            run, signer, rate = asyncio.run(append(Path(name), 500))
            signers = Path(name) / "signers"
            signers.write_text(f'bench namespaces="{CHECKPOINT}" {signer.public_key}\n')
            appended.append(rate)
            verified.append(check(run, signers))
    ratio = statistics.median(a / b for a, b in zip(verified, appended, strict=True))
    print(f"{'what':<14} {'events/s':>10} {'appends/s':>10} {'ratio':>6}  reach")
    word = "≥" if ratio >= REACH else "MISSED"
    raw, peer = statistics.median(verified), statistics.median(appended)
    print(f"{'log verify':<14} {raw:>10.0f} {peer:>10.0f} {ratio:>6.2f}  {word} {REACH}")
    return int(ratio < REACH)


if __name__ == "__main__":
    sys.exit(main())
