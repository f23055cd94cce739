"""Leak detectors: only one that says that it is dry passes."""

from __future__ import annotations

from typing import Any

from bringup.model.facts import LeakDetector
from bringup.model.measurement import NOT_AVAILABLE, Read, value
from tests.check.trial import Table, World, answering, case, nothing_told, written

OK, WARNING, CRITICAL = value("OK"), value("Warning"), value("Critical")


def detector(name: str, state: Read, *others: str) -> LeakDetector:
    return LeakDetector(names=(name, *others), state=state)


def leak_world(
    name: str,
    *,
    state: Read = OK,
    told: tuple[LeakDetector, ...] | None = None,
    own: bool = False,
    written_as: str = "leak-front",
    answers: dict[str, Any] | None = None,
) -> World:
    """One expected detector beside one that nobody asks for; `own`: the device tells by itself."""
    source = name if own else f"{name}-bmc"
    front, rear = detector("leak-front", state), detector("leak-rear", OK)
    table: dict[Any, Any] = {(source, "leak_detectors"): (rear, front) if told is None else told}
    answering(table, answers)
    return World(
        subject=f"{name}/{written_as}",
        devices=[
            written(name, bmc=f"{name}-bmc", expect={"leak_detectors": [written_as]}),
            written(f"{name}-bmc"),
        ],
        table=table,
    )


TABLES = (
    Table(
        check="power.leak",
        world=leak_world,
        reads=("leak_detectors",),
        cases=(
            case("dry", "PASS"),
            case("the device tells by itself", "PASS", own=True),
            case("written as the front panel has it", "PASS", written_as="Leak Front"),
            case("known by its second name", "PASS", told=(detector("x", OK, "leak-front"),)),
            case("damp", "FAIL", state=WARNING),
            case("wet", "FAIL", state=CRITICAL),
            case("a word that nobody knows", "FAIL", state=value("Fine")),
            case("not in the reply", "UNKNOWN no_data", told=(detector("leak-rear", OK),)),
            case("no detector at all", "UNKNOWN no_data", told=()),
            case("there and silent", "UNKNOWN no_data", state=NOT_AVAILABLE),
            case("listed twice", "UNKNOWN unparsable", told=(detector("leak-front", OK),) * 2),
            case("listed twice and wet once", "FAIL",
                 told=(detector("leak-front", OK), detector("leak-front", CRITICAL))),
            case("one that nobody expects is wet", "FAIL",
                 told=(detector("leak-front", OK), detector("rope-9", CRITICAL))),
            case("one that nobody expects is silent", "PASS",
                 told=(detector("leak-front", OK), detector("rope-9", NOT_AVAILABLE))),
            case("one that nobody expects and nobody names is wet", "FAIL",
                 told=(detector("leak-front", OK), LeakDetector(names=(), state=WARNING))),
            *nothing_told("state", "text", lambda read: {"state": read}),
        ),
    ),
)  # fmt: skip
