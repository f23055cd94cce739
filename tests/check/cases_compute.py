"""What the burn-in agent finds, good and bad."""

from __future__ import annotations

from typing import Any

from bringup.model.facts import Exercise
from tests.check.trial import Case, Table, World, answering, case, written

SURVEY: dict[str, object] = {
    "processors": 64,
    "memory_bytes": 256 * 2**30,
    "root_free_bytes": 100 * 2**30,
    "disks": [{"name": "nvme0n1"}],
    "nics": ["eth0"],
}
CPU: dict[str, object] = {"rounds": 5000, "errors": 0}
PATTERN: dict[str, object] = {"blocks": 262_144, "errors": 0}
BANDWIDTH: dict[str, object] = {"gbyte_s": 20.0, "same": True}
GOOD = {"survey": SURVEY, "cpu": CPU, "memory-pattern": PATTERN, "memory-bandwidth": BANDWIDTH}
LEFT_OUT = object()


def host_world(name: str, *, answers: dict[str, Any] | None = None, **found: object) -> World:
    """`found` is what the agent finds other than a sound machine; `LEFT_OUT` is not in its answer."""

    def exercise(test: str, number: float) -> Exercise:
        told = {key: each for key, each in {**GOOD[test], **found}.items() if each is not LEFT_OUT}
        return Exercise(test=test, injected=None, found=told)

    table: dict[Any, Any] = {(name, "exercise"): exercise}
    answering(table, answers)
    return World(subject=name, devices=[written(name)], table=table)


def no_number(key: str) -> tuple[Case, ...]:
    """Everything that is no number: nothing passes by it, least of all a count of errors."""
    nothing: dict[str, object] = {
        "left out": LEFT_OUT,
        "null": None,
        "in words": "0",
        "yes": True,
        "no": False,
        "a list": [0],
        "less than nothing": -1,
        "not a number": float("nan"),
        "without end": float("inf"),
        "beyond every float": 10**400,
    }
    return tuple(Case(f"{key} {word}", "UNKNOWN no_data", {key: each}) for word, each in nothing.items())


def compute(check: str, *cases: Case, **step: Any) -> Table:
    return Table(
        check=check,
        world=host_world,
        reads=("exercise",),
        cases=(case("sound", "PASS"), *cases),
        step=step,
        envelope=("base", "this-host"),
    )


TABLES = (
    compute(
        "compute.survey",
        case("no processor", "FAIL", processors=0),
        case("starved of memory", "FAIL", memory_bytes=2**20),
        case("full", "FAIL", root_free_bytes=0),
        case("nearly full", "MARGINAL", root_free_bytes=2**30),
        case("beyond every integer", "PASS", memory_bytes=2**60),
        case("neither disk nor interface", "PASS", disks=[], nics=[]),
        case("disks and interfaces not told", "PASS", disks=LEFT_OUT, nics="many"),
        *no_number("processors"),
        *no_number("memory_bytes"),
        *no_number("root_free_bytes"),
    ),
    compute(
        "compute.burnin",
        case("one wrong result", "FAIL", errors=1),
        case("wrong without end", "FAIL", errors=1e308),
        case("part of an error", "FAIL", errors=0.5),
        case("it did nothing", "FAIL", rounds=0),
        case("minus nothing wrong", "PASS", errors=-0.0),
        *no_number("rounds"),
        *no_number("errors"),
        **{"with": {"seconds": 1.0}},
    ),
    compute(
        "compute.memory_pattern",
        case("one wrong block", "FAIL", errors=1),
        case("it wrote nothing", "FAIL", blocks=0),
        *no_number("blocks"),
        *no_number("errors"),
    ),
    compute(
        "compute.memory_bandwidth",
        case("starved", "FAIL", gbyte_s=0.1),
        case("at the floor", "PASS", gbyte_s=0.5),
        case("fast, and what was copied is not the same", "UNKNOWN no_data", same=False),
        case("fast, and nobody compared", "UNKNOWN no_data", same=LEFT_OUT),
        case("fast, and the same in words", "UNKNOWN no_data", same="true"),
        *no_number("gbyte_s"),
    ),
)
