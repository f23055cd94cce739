"""Runs the benchmarks, prints their table and says what was missed."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import (
    cabling,
    console,
    dead_host,
    engine,
    gnmi_updates,
    held_ssh,
    many_hosts,
    module_decode,
    racks,
    record,
    redfish_gets,
    requests,
    snmp_agents,
    snmp_walk,
    start,
    switch_sweep,
    text_parsers,
)
from benchmarks.figure import Benchmark, Figure, PeerMissing, require
from benchmarks.report import write
from benchmarks.table import render

BENCHMARKS: tuple[Benchmark, ...] = (
    start.BENCHMARK,
    many_hosts.BENCHMARK,
    dead_host.BENCHMARK,
    held_ssh.BENCHMARK,
    snmp_walk.BENCHMARK,
    snmp_agents.BENCHMARK,
    redfish_gets.BENCHMARK,
    gnmi_updates.BENCHMARK,
    switch_sweep.BENCHMARK,
    text_parsers.BENCHMARK,
    module_decode.BENCHMARK,
    record.APPEND,
    record.VERIFY,
    engine.BENCHMARK,
    racks.MINI,
    racks.HGX,
    requests.BENCHMARK,
    cabling.BENCHMARK,
    console.BENCHMARK,
)
LEAST_ROUNDS = 5
MISSED, PEER_MISSING = 1, 2


def main(argv: Sequence[str] | None = None, benchmarks: Sequence[Benchmark] = BENCHMARKS) -> int:
    """0: every target reached; 1: one was missed; 2: a peer is missing (nothing is measured then)."""
    given = _options(benchmarks).parse_args(argv)
    chosen = [each for each in benchmarks if not given.only or each.name in given.only]
    if missing := _missing(chosen):
        for line in missing:
            print(f"peer missing: {line}", file=sys.stderr)
        return PEER_MISSING
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(dir=(given.dir or Path.cwd()).resolve(), prefix=".bench-") as name:
        for each in chosen:
            print(f"{each.name}: {each.title}", file=sys.stderr, flush=True)
            folder = Path(name) / each.name
            folder.mkdir()
            try:
                figures += each.measure(folder, max(LEAST_ROUNDS, given.rounds))
            except PeerMissing as error:
                print(f"peer missing: {each.name}: {error}", file=sys.stderr)
                return PEER_MISSING
    table = render(figures)
    print(table)
    if given.write and not given.only:
        write(table)
    missed = [figure.what for figure in figures if figure.missed]
    for what in missed:
        print(f"missed: {what}", file=sys.stderr)
    return MISSED if missed else 0


def _options(benchmarks: Sequence[Benchmark]) -> argparse.ArgumentParser:
    names = [each.name for each in benchmarks]
    options = argparse.ArgumentParser(description="Every benchmark beside its peer, in one run.")
    options.add_argument("--only", action="append", choices=names, metavar="NAME", help=", ".join(names))
    options.add_argument("--rounds", type=int, default=LEAST_ROUNDS, help=f"at least {LEAST_ROUNDS}")
    options.add_argument("--dir", type=Path, help="on which disk; default: the current folder's")
    options.add_argument("--write", action="store_true", help="put the table of all into docs/benchmarks.md")
    return options


def _missing(chosen: Sequence[Benchmark]) -> list[str]:
    """What the chosen benchmarks need and this machine has not."""
    found: list[str] = []
    for each in chosen:
        try:
            require(*each.needs)
        except PeerMissing as error:
            found.append(f"{each.name}: {error}")
    return found
