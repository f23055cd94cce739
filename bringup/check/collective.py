"""Collectives over accelerators: right results, proven by checking them, and bandwidth at the planned size.

The average that the tool prints covers every size that was run, and its own verdict forgives a tenth: neither
is looked at. A run whose results were not checked has shown nothing about them.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from statistics import median
from typing import Literal

from pydantic import Field

from bringup.check.base import At, expected_device
from bringup.driver.capability import RunsCollectives
from bringup.model.catalogue import Requires, Spec
from bringup.model.errors import NoData
from bringup.model.facts_gpu import Collective
from bringup.model.intent import Intent
from bringup.model.inventory import Device, Written
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Measurement, Read, measured, value
from bringup.model.verdict import Nature

UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30}
_SIZE = re.compile(r"([0-9]{1,15})([KMG]?)")


class CollectiveArgs(Written):
    """`size` is the planned one, up from `smallest` in powers of two; bandwidth is judged at it alone."""

    collective: Literal["all_reduce", "all_gather", "reduce_scatter", "all_to_all", "broadcast", "reduce"] = (
        "all_reduce"
    )
    smallest: str = Field(default="8M", pattern=r"^[0-9]{1,15}[KMG]?$")
    size: str = Field(default="8G", pattern=r"^[0-9]{1,15}[KMG]?$")
    iterations: int = Field(default=20, ge=1, le=100_000)
    repeats: int = Field(default=1, ge=1, le=20)
    algorithm: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_^,]{1,60}$")

    @property
    def size_bytes(self) -> int:
        match = _SIZE.fullmatch(self.size)
        assert match is not None
        return int(match[1]) * UNITS[match[2]]


async def on_each_node(at: At) -> AsyncIterator[Measurement]:
    args = at.args
    for subject in at.subjects:
        gpus = float(expected_device(at, subject).expect.gpus or 0)
        if not gpus:
            continue
        asked = (args.collective, args.smallest, args.size, float(args.iterations), gpus)
        runs = [await _run(at, subject, "collective", number, asked) for number in range(args.repeats)]
        for measurement in told(subject, runs, args.size_bytes):
            yield measurement


async def across_nodes(at: At) -> AsyncIterator[Measurement]:
    """Asked of the first node; the others are its peers, by their own names."""
    args = at.args
    for subject in at.subjects:
        nodes = Intent(at.inventory).computing(subject)
        if len(nodes) < 2:
            raise NoData(
                f"{subject}: fewer than two devices with accelerators",
                "Leave the step out where there is nothing to span.",
            )
        peers = ",".join(f"{host_name(node)}:{node.expect.gpus}" for node in nodes)
        asked = (
            args.collective,
            args.smallest,
            args.size,
            float(args.iterations),
            peers,
            args.algorithm or "",
        )
        first = nodes[0].name
        runs = [await _run(at, first, "collective_across", number, asked) for number in range(args.repeats)]
        for measurement in told(subject, runs, args.size_bytes):
            yield measurement
        hosts = {host for run in runs for host in run.hosts}
        yield measured(subject, "collective_hosts", len(hosts) if hosts else NOT_AVAILABLE)


def host_name(node: Device) -> str:
    return node.expect.hostname or node.name


async def _run(at: At, device: str, method: str, number: int, asked: tuple[str | float, ...]) -> Collective:
    sample = await at.read(device, RunsCollectives, method, moment=f"run {number + 1}", arguments=asked)
    run: Collective = sample.facts
    return run


def told(subject: str, runs: Sequence[Collective], size_bytes: int) -> Iterator[Measurement]:
    """What all repeats say together: the worst of what must be right, the median of what is measured."""
    yield measured(subject, "wrong_results", worst_of([wrong_results(run) for run in runs]))
    bandwidths = [bandwidth(run, size_bytes) for run in runs]
    speeds = [read.value for read in bandwidths if isinstance(read.value, float)]
    if len(speeds) == len(runs):
        middle = median(speeds)
        yield measured(subject, "busbw_gbyte_s", middle)
        if len(runs) > 1 and middle > 0:
            yield measured(subject, "busbw_spread", (max(speeds) - min(speeds)) / middle)
    else:
        yield measured(subject, "busbw_gbyte_s", next(one for one in bandwidths if one.value is None))
    ranks = {run.ranks for run in runs}
    yield measured(subject, "collective_ranks", ranks.pop() if len(ranks) == 1 else NOT_AVAILABLE)
    statuses = [run.exit_status for run in runs]
    yield measured(subject, "collective_exit_status", worst_of(statuses))
    if runs[0].nccl_version.value is not None:
        yield measured(subject, "nccl_version", runs[0].nccl_version)


def worst_of(reads: Sequence[Read]) -> Read:
    """The largest in size of several counts, where any is not zero; else the first that is none."""
    counts = [read.value for read in reads if isinstance(read.value, int | float)]
    bad = [each for each in counts if each != 0]
    if bad:
        return value(max(bad, key=abs))
    return next((read for read in reads if read.value is None), value(0))


def wrong_results(run: Collective) -> Read:
    """Wrong values over all sizes and both halves, as rows and closing line count them: the more of the two.

    Not available where not every value was checked, unless some are wrong all the same.
    """
    rows = [read.value for row in run.rows for read in row.wrongs]
    counted = run.out_of_bounds.value
    most = sum(each for each in rows if isinstance(each, int | float))
    if isinstance(counted, int | float):
        most = max(most, counted)
    if run.out_of_bounds_ok.value is False:
        most = max(most, 1)
    if most > 0:
        return value(most)
    checked = run.validation.value is True and run.finished and bool(run.rows)
    return value(0) if checked and run.out_of_bounds.value == 0 else NOT_AVAILABLE


def bandwidth(run: Collective, size_bytes: int) -> Read:
    """At the planned size, the slower of the two halves; absent where that size was not run."""
    row = run.row(size_bytes)
    halves = (
        [half for half in (row.out_of_place, row.in_place) if half is not None] if row is not None else []
    )
    reads = [half.busbw_gbyte_s for half in halves]
    if not reads:
        return ABSENT
    missing = next((read for read in reads if not isinstance(read.value, float)), None)
    return missing or min(reads, key=lambda read: float(read.value or 0.0))


REQUIRES = (
    Requires("wrong_results"),
    Requires("busbw_gbyte_s"),
    Requires("collective_ranks"),
    Requires("collective_exit_status"),
)
REPORTS = ("busbw_spread", "nccl_version")

SPECS = (
    Spec(
        name="collectives.node_all_reduce",
        kind="check",
        title="Collective on each node",
        about="A collective over each node's accelerators: right results, bandwidth at the planned size.",
        over="device",
        args=CollectiveArgs,
        transport="ssh",
        nature=Nature.EXCLUSIVE,
        rests_on="gpus",
        requires=REQUIRES,
        reports=REPORTS,
        run=on_each_node,
    ),
    Spec(
        name="collectives.all_reduce",
        kind="check",
        title="Collective across nodes",
        about="A collective over the accelerators of all nodes, through the network, as one run.",
        over="rack",
        args=CollectiveArgs,
        transport="ssh",
        nature=Nature.EXCLUSIVE,
        rests_on="fabric",
        requires=(*REQUIRES, Requires("collective_hosts")),
        reports=REPORTS,
        run=across_nodes,
    ),
)
