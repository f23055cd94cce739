"""What a waiver covers (field rule 26). The engine and the fold ask the same function."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from bringup.model.dependence import is_serial
from bringup.model.event import Covered, Waived
from bringup.model.measurement import Scalar
from bringup.model.verdict import Verdict


class Judged(Protocol):
    """A judgement, as an event or as a reader holds it."""

    @property
    def subject(self) -> str: ...
    @property
    def quantity(self) -> str: ...
    @property
    def limit(self) -> str | None: ...
    @property
    def value(self) -> Scalar | None: ...
    @property
    def verdict(self) -> Verdict: ...


def ended(waiver: Waived, day: str) -> bool:
    """Whether its last day lies before `day` (both `YYYY-MM-DD`, UTC). An empty day is before all others."""
    return waiver.until is not None and day > waiver.until


def still_covers(
    waiver: Waived, judgements: Iterable[Judged], depends: Mapping[str, str], day: str = ""
) -> bool:
    """Whether a waiver that was given for an earlier attempt holds for a later bad one.

    Args:
        judgements: of the later attempt; every bad one must be covered, and there must be one: what could not
            be measured is worse than anything that was.
        depends: what the later attempt was measured on: another serial is another part.
    """
    bad = [each for each in judgements if not each.verdict.good]
    return (
        not ended(waiver, day)
        and not new_part(waiver, depends)
        and bool(bad)
        and all(any(_covers(one, each) for one in waiver.covers) for each in bad)
    )


def new_part(waiver: Waived, depends: Mapping[str, str]) -> bool:
    """Whether one of the serials that the waiver is bound to is another now."""
    return any(depends.get(key, value) != value for key, value in waiver.depends.items() if is_serial(key))


def _covers(covered: Covered, judged: Judged) -> bool:
    same = (covered.subject, covered.quantity, covered.limit) == (
        judged.subject,
        judged.quantity,
        judged.limit,
    )
    if not same or judged.verdict is not Verdict.FAIL:
        return False
    then, now = covered.value, judged.value
    if covered.worse and _number(then) and _number(now):
        return now >= then if covered.worse == "lower" else now <= then  # type: ignore[operator]
    return type(now) is type(then) and now == then


def _number(value: Scalar | None) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
