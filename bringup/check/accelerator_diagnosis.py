"""The vendor's own diagnosis of accelerators: in seconds (health), and under load (burn-in).

A pass counts where it is said of an expected test on an expected accelerator, without a warning. What was
skipped, not run, or not spoken of has shown nothing; the tool's exit status alone shows nothing either.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from types import MappingProxyType
from typing import Literal

from pydantic import Field

from bringup.check.accelerator import bound, listed
from bringup.check.base import At, expected_device
from bringup.driver.capability import RunsDiagnoses
from bringup.model.catalogue import Requires, Spec
from bringup.model.facts_gpu import Diagnosis, DiagnosisResult
from bringup.model.intent import gpu_subject
from bringup.model.inventory import Written
from bringup.model.measurement import NOT_AVAILABLE, Measurement, Read, measured, value
from bringup.model.verdict import Nature

TESTS = MappingProxyType(
    {
        1: ("software",),
        2: ("software", "pcie", "memory"),
        3: ("software", "pcie", "memory", "diagnostic", "targeted_stress"),
        4: ("software", "pcie", "memory", "diagnostic", "targeted_stress", "memtest"),
    }
)
"""Tests that each level runs on every GPU of a data centre (DCGM user guide, table of plugins)."""
NAMES = MappingProxyType(
    {
        "pcie": "pcie",
        "gpu memory": "memory",
        "memory": "memory",
        "diagnostic": "diagnostic",
        "targeted stress": "targeted_stress",
        "memtest": "memtest",
        "software": "software",
    }
)
SOFTWARE_CATEGORY = "deployment"
"""Where DCGM 2 and 3 list the parts of what DCGM 4 calls `software`, often without a GPU."""


class HealthArgs(Written):
    """`tests` overrides what the level is known to run."""

    level: Literal[1, 2, 3, 4] = 1
    tests: tuple[str, ...] = Field(default=())


class BurnInArgs(HealthArgs):
    """Level 2 takes minutes, 3 a quarter of an hour."""

    level: Literal[1, 2, 3, 4] = 2


def name_of(result: DiagnosisResult) -> str:
    """The name that DCGM 4 gives a test."""
    if result.category.lower() == SOFTWARE_CATEGORY:
        return "software"
    plain = result.test.strip().lower()
    return NAMES.get(plain, plain.replace(" ", "_"))


def is_clean(result: DiagnosisResult) -> bool:
    return result.status == "pass" and not result.warnings


def is_failure(result: DiagnosisResult) -> bool:
    """A pass with warnings is none, a warning is none, and a word that nobody knows is none."""
    return result.status in ("fail", "warn", "unknown") or (result.status == "pass" and bool(result.warnings))


def passed(results: Sequence[DiagnosisResult], tests: Sequence[str], gpu: int) -> Read:
    """Whether all of `tests` have passed on a GPU; not available where one has neither passed nor failed."""
    clean = []
    for name in tests:
        mine = [one for one in results if name_of(one) == name and _speaks_of(one, gpu)]
        if not any(is_clean(one) or is_failure(one) for one in mine):
            return NOT_AVAILABLE
        clean.append(not any(is_failure(one) for one in mine))
    return value(all(clean)) if clean else NOT_AVAILABLE


def _speaks_of(result: DiagnosisResult, gpu: int) -> bool:
    """A part of the software test is about the host where it names no GPU."""
    if result.entity is None:
        return name_of(result) == "software"
    return _is_of(result, gpu)


def _is_of(result: DiagnosisResult, gpu: int) -> bool:
    """Whether it names that GPU; a result of DCGM 3 names no group."""
    return (result.entity_group or "GPU").upper() == "GPU" and result.entity == gpu


async def run(at: At) -> AsyncIterator[Measurement]:
    for subject in at.subjects:
        there = bound(at, subject, await listed(at, subject))
        sample = await at.read(subject, RunsDiagnoses, "diagnose", arguments=(float(at.args.level),))
        told: Diagnosis = sample.facts
        tests = at.args.tests or TESTS[at.args.level]
        each: list[Read] = []
        for number in range(expected_device(at, subject).expect.gpus or 0):
            one = there.get(number)
            read = passed(told.results, tests, one.index) if one is not None else NOT_AVAILABLE
            each.append(read)
            failed = sum(is_failure(each) for each in told.results if one and _is_of(each, one.index))
            part = gpu_subject(subject, number)
            yield measured(part, "diag_passed", read)
            yield measured(part, "diag_failures", failed)
        failures = sum(map(is_failure, told.results))
        if told.overall.value is not None and str(told.overall.value).strip().lower() != "pass":
            failures = max(failures, 1)
        yield measured(subject, "diag_failures", failures)
        yield measured(subject, "diag_passed", _all_of(each))
        if not failures:
            yield measured(subject, "diag_exit_status", told.exit_status)


def _all_of(each: Sequence[Read]) -> Read:
    """Worst of all: not told, then no, then yes."""
    missing = next((read for read in each if read.value is None), None)
    return missing or (value(all(read.value is True for read in each)) if each else NOT_AVAILABLE)


def _spec(name: str, title: str, about: str, args: type[Written]) -> Spec:
    return Spec(
        name=f"accelerators.{name}",
        kind="check",
        title=title,
        about=about,
        over="device",
        args=args,
        transport="ssh",
        nature=Nature.EXCLUSIVE,
        requires=(Requires("diag_failures"), Requires("diag_passed")),
        reports=("diag_exit_status",),
        run=run,
    )


SPECS = (
    _spec(
        "health",
        "Accelerators' health",
        "The vendor's diagnosis in its first level (DCGM): seconds, no load.",
        HealthArgs,
    ),
    _spec(
        "burn_in",
        "Accelerators' burn-in",
        "The vendor's diagnosis under load (DCGM): memory, slots and links are worked.",
        BurnInArgs,
    ),
)
