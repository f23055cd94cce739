"""What a whole bring-up asks of each device, as the devices see it; a BMC never two things more at once.

One run of the `hgx-h100` rack: the numbers are listed, the bound is on how many requests a BMC had at once.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.child import DEADLINE_S, bringup, environment
from benchmarks.figure import Benchmark, Figure

PROFILE = "hgx-h100"
MOST_AT_A_BMC = 2


def measure(folder: Path, rounds: int) -> Sequence[Figure]:
    told = _asked(folder)
    lines = [
        f"  {name:<10} " + ", ".join(f"{protocol} {count}" for protocol, count in sorted(seen.items()))
        for name, seen in told.items()
    ]
    print("requests that each device saw:", *lines, sep="\n", file=sys.stderr)
    total = sum(count for seen in told.values() for name, count in seen.items() if name != "most_at_once")
    busiest = max(seen["most_at_once"] for name, seen in told.items() if name.startswith("bmc-"))
    return [
        Figure(
            what=f"`{PROFILE}`: requests at the busiest BMC at the same time",
            unit="",
            ours=(float(busiest),),
            peer_name=f"({total} requests to {len(told)} devices in all)",
            at_most=MOST_AT_A_BMC,
        )
    ]


def _asked(folder: Path) -> dict[str, dict[str, int]]:
    """Device -> what it saw: requests by protocol, and `most_at_once`."""
    lab = folder / "lab"
    env = environment(folder)
    up = [
        *bringup(),
        "lab",
        "up",
        "--profile",
        PROFILE,
        "--dir",
        str(lab),
        "--speed",
        "100",
        "--format",
        "json",
    ]
    with subprocess.Popen(up, stdout=subprocess.PIPE, cwd=folder, env=env) as process:
        assert process.stdout is not None
        try:
            process.stdout.readline()
            run = [*bringup(), "run", PROFILE, "-i", str(lab / "inventory.toml"), "--headless"]
            run += ["--answers", str(lab / "answers.toml"), "--approve-with", str(lab / "approve-key")]
            done = subprocess.run(
                [*run, "--runs", str(folder / "runs")],
                cwd=folder,
                env=env,
                capture_output=True,
                timeout=DEADLINE_S,
                check=False,
            )
            if done.returncode != 0:
                raise RuntimeError(f"the run ended with {done.returncode}: {done.stdout[-2000:].decode()}")
            status = [*bringup(), "lab", "status", "--dir", str(lab), "--format", "json"]
            said = subprocess.run(status, cwd=folder, env=env, capture_output=True, check=True)
        finally:
            process.terminate()
    return {name: device["requests"] for name, device in json.loads(said.stdout)["devices"].items()}


BENCHMARK = Benchmark(name="requests", title="what each device is asked", measure=measure)
