"""The host itself: processors, memory, disks, interfaces, and arithmetic under load with known answers."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Mapping

from pydantic import Field

from bringup.check.base import At
from bringup.driver.capability import RunsExercises
from bringup.model.catalogue import Requires, Spec
from bringup.model.facts import Exercise
from bringup.model.inventory import Written
from bringup.model.measurement import NOT_AVAILABLE, Measurement, Read, measured, value

GIB = 2**30


class SecondsArgs(Written):
    """How long all processors are loaded."""

    seconds: float = Field(default=10.0, gt=0, le=86400)


class MemoryArgs(Written):
    """How much memory is written and read back."""

    mib: int = Field(default=256, gt=0, le=1024 * 1024)


async def _exercise(at: At, device: str, test: str, number: float) -> Mapping[str, object]:
    sample = await at.read(device, RunsExercises, "exercise", arguments=(test, number))
    told: Exercise = sample.facts
    return told.found


def number_of(found: Mapping[str, object], name: str, *, per: float = 1.0) -> Read:
    """A number of the agent's, which counts or measures: anything else, or less than nothing, is not
    available.
    """
    told = found.get(name)
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 <= told <= sys.float_info.max:
        return NOT_AVAILABLE
    return value(told / per if per != 1.0 else told)


def count_of(found: Mapping[str, object], name: str) -> Read:
    """How many entries a list of the agent's has."""
    told = found.get(name)
    return value(len(told)) if isinstance(told, list) else NOT_AVAILABLE


async def survey(at: At) -> AsyncIterator[Measurement]:
    for subject in at.subjects:
        found = await _exercise(at, subject, "survey", 0.0)
        yield measured(subject, "cpu_count", number_of(found, "processors"))
        yield measured(subject, "memory_gib", number_of(found, "memory_bytes", per=GIB))
        yield measured(subject, "disk_free_gib", number_of(found, "root_free_bytes", per=GIB))
        yield measured(subject, "disk_count", count_of(found, "disks"))
        yield measured(subject, "nic_count", count_of(found, "nics"))


async def burnin(at: At) -> AsyncIterator[Measurement]:
    for subject in at.subjects:
        found = await _exercise(at, subject, "cpu", at.args.seconds)
        yield measured(subject, "burnin_rounds", number_of(found, "rounds"))
        yield measured(subject, "burnin_errors", number_of(found, "errors"))


async def pattern(at: At) -> AsyncIterator[Measurement]:
    for subject in at.subjects:
        found = await _exercise(at, subject, "memory-pattern", float(at.args.mib))
        yield measured(subject, "memory_pattern_blocks", number_of(found, "blocks"))
        yield measured(subject, "memory_pattern_errors", number_of(found, "errors"))


async def bandwidth(at: At) -> AsyncIterator[Measurement]:
    for subject in at.subjects:
        found = await _exercise(at, subject, "memory-bandwidth", float(at.args.mib))
        copied = found.get("same") is True
        speed = number_of(found, "gbyte_s") if copied else NOT_AVAILABLE
        yield measured(subject, "memory_bandwidth_gbyte_s", speed)


SPECS = (
    Spec(
        name="compute.survey",
        kind="check",
        title="Hardware",
        about="Processors, memory and disk space; disks and interfaces are counted.",
        over="device",
        transport="ssh",
        requires=(Requires("cpu_count"), Requires("memory_gib"), Requires("disk_free_gib")),
        reports=("disk_count", "nic_count"),
        run=survey,
    ),
    Spec(
        name="compute.burnin",
        kind="check",
        title="CPU burn-in",
        about="Loads every processor with integer, floating-point and hash work whose answers are known.",
        over="device",
        args=SecondsArgs,
        transport="ssh",
        requires=(Requires("burnin_rounds"), Requires("burnin_errors")),
        run=burnin,
    ),
    Spec(
        name="compute.memory_pattern",
        kind="check",
        title="Memory pattern",
        about="Writes four patterns to memory and reads them back.",
        over="device",
        args=MemoryArgs,
        transport="ssh",
        requires=(Requires("memory_pattern_blocks"), Requires("memory_pattern_errors")),
        run=pattern,
    ),
    Spec(
        name="compute.memory_bandwidth",
        kind="check",
        title="Memory bandwidth",
        about="Best of five copies of a buffer that no cache holds; bytes read and written are counted.",
        over="device",
        args=MemoryArgs,
        transport="ssh",
        requires=(Requires("memory_bandwidth_gbyte_s"),),
        run=bandwidth,
    ),
)
