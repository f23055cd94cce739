"""First causes over many links at once: `python benchmarks/blame_links.py --seed N`.

A simulated rack with faults of fifteen kinds on different links, a headless run over the real protocols, and
the causes that it names beside what was injected. Exit status 0: at least 98 % of the faulted links are named
right with both ends, none is called good, and no sound link is accused.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.blame_trial import Blame, Injected, blamed, draw, healthy, playbook, table
from benchmarks.child import environment
from bringup.cli._lab_process import lab_beside

LEAST_SHARE = 0.98
SPEED = 50
RUN_DEADLINE_S = 900.0


def trial(
    profile: str, seed: int, count: int, folder: Path, *, hosts_off: int, swaps: int, shared: bool, speed: int
) -> Blame:
    """One rack, one run."""
    faults = draw(healthy(profile), seed, count, hosts_off=hosts_off, swaps=swaps, shared=shared)
    said = run(profile, faults, folder, speed)
    return blamed(said, faults, healthy(profile))


def run(profile: str, faults: Sequence[Injected], folder: Path, speed: int) -> dict[str, Any]:
    """The summary of an unattended run."""
    lab = folder / "lab"
    lab.mkdir(parents=True)
    book = folder / f"{profile}-links.toml"
    book.write_text(playbook(profile))
    words = ["--speed", str(speed), "--profile", profile]
    for text in (text for each in faults for text in each.texts):
        words += ["--fault", text]
    with lab_beside(lab, words) as ready:
        if not ready.get("ready", True):
            raise RuntimeError(str(ready))
        command = [sys.executable, "-m", "bringup", "run", str(book), "-i", str(lab / "inventory.toml")]
        command += ["--headless", "--answers", str(lab / "answers.toml")]
        command += ["--approve-with", str(lab / "approve-key"), "--format", "json"]
        command += ["--runs", str(folder / "runs")]
        done = subprocess.run(
            command, stdout=subprocess.PIPE, timeout=RUN_DEADLINE_S, env=environment(folder), check=False
        )
    summary: dict[str, Any] = json.loads(done.stdout)
    return summary


def main(argv: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=0, help="which faults where")
    options.add_argument("--trials", type=int, default=1, help="so many seeds, from --seed on")
    options.add_argument("--profile", default="fabric-800g")
    options.add_argument(
        "--faults", type=int, default=100, help="on so many links, beside hosts that are off"
    )
    options.add_argument("--hosts-off", type=int, default=1)
    options.add_argument("--swaps", type=int, default=4)
    options.add_argument(
        "--shared",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="a trunk out and a switch set wrongly, too",
    )
    options.add_argument("--speed", type=int, default=SPEED, help="of the lab's world")
    options.add_argument("--keep", type=Path, help="leave the runs in this folder")
    given = options.parse_args(argv)
    bad = 0
    for seed in range(given.seed, given.seed + given.trials):
        with tempfile.TemporaryDirectory(prefix="blame-") as name:
            folder = (given.keep or Path(name)) / f"seed-{seed}"
            began = time.perf_counter()
            blame = trial(
                given.profile,
                seed,
                given.faults,
                folder,
                hosts_off=given.hosts_off,
                swaps=given.swaps,
                shared=given.shared,
                speed=given.speed,
            )
            print(f"{given.profile}, seed {seed}, {time.perf_counter() - began:.0f} s")
            print(table(blame), flush=True)
        bad += not good_enough(blame)
    return 1 if bad else 0


def good_enough(blame: Blame) -> bool:
    return blame.share >= LEAST_SHARE and not blame.called_good and not blame.accused


if __name__ == "__main__":
    sys.exit(main())
