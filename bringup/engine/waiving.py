"""What may be waived, and what a waiver is bound to (field rule 26)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fnmatch import fnmatchcase

from bringup.engine.ledger import Ledger, Row
from bringup.model.dependence import is_serial
from bringup.model.envelope import Limit
from bringup.model.errors import InputError
from bringup.model.event import Covered
from bringup.model.plan import Task
from bringup.model.verdict import Verdict

NEVER_WAIVED = {
    "management.identity": "identity",
    "scan": "identity",
    "compute.burnin": "wrong arithmetic",
    "compute.memory_pattern": "uncorrectable memory errors",
    "leak.*": "leak",
    "*.leak*": "leak",
    "coolant.*": "leak",
}
"""Checks, by their name, whose bad verdict nobody may accept."""
NEVER_WAIVED_QUANTITIES = {
    "*serial": "identity",
    "*leak*": "leak",
    "supply_input_v": "electrical",
    "*_ground*": "electrical",
    "residual_current*": "electrical",
    "burnin_errors": "wrong arithmetic",
    "*arithmetic*": "wrong arithmetic",
    "*wrong*": "wrong collective result",
    "*out_of_bounds*": "wrong collective result",
    "*validation*": "wrong collective result",
    "memory_pattern_errors": "uncorrectable memory errors",
    "*ecc*uncorr*": "uncorrectable memory errors",
    "*uncorr*ecc*": "uncorrectable memory errors",
    "remap*": "uncorrectable memory errors",
    "*double_bit*": "uncorrectable memory errors",
}
"""The same of quantities, in whatever check they were read."""


def last_day(text: str | None, today: str) -> str:
    """The last day of a waiver, `YYYY-MM-DD`, UTC.

    Raises:
        InputError: there is none, or it is no day to come.
    """
    if text is None:
        raise InputError("a waiver needs an end date", "Add --until YYYY-MM-DD, its last day.")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise InputError(f"{text!r} is no end date of a waiver", "Write YYYY-MM-DD.")
    if text < today:
        raise InputError(f"{text} lies in the past", "A waiver's end date is its last day.")
    return text


def waivable(rows: Iterable[Row], ledger: Ledger, does: Mapping[tuple[str, str], str]) -> list[Row]:
    """The rows that a waiver would change: those whose verdict stands in the way.

    Args:
        does: what each (stage, step) is, in the catalogue.

    Raises:
        InputError: one of them has no verdict yet, may never be waived, or none needs it.
    """
    rows = list(rows)
    for row in rows:
        where = f"{row[0]}/{row[1]} on {row[2]}"
        if row not in ledger.ended:
            raise InputError(f"{where} has no verdict yet to waive")
        if ledger.ended[row].verdict.good:
            continue
        why = _never(row, ledger, does[row[:2]])
        if why is not None:
            raise InputError(f"{where}: {why} is never waived", "Repair it and `retest`.")
    bad = [row for row in rows if not ledger.ended[row].verdict.good]
    if not bad:
        raise InputError("nothing of that needs a waiver")
    return bad


def _never(row: Row, ledger: Ledger, does: str) -> str | None:
    # The engine fails a step over another subject only where that is not the device it should be.
    ended = ledger.ended[row]
    if ended.own is Verdict.FAIL and ended.cause is not None:
        return "a wrong identity"
    found = _like(does, NEVER_WAIVED)
    if found is not None:
        return found
    reasons = (_like(each.quantity, NEVER_WAIVED_QUANTITIES) for each in ledger.bad(row))
    return next((reason for reason in reasons if reason is not None), None)


def _like(name: str, table: Mapping[str, str]) -> str | None:
    return next((why for pattern, why in table.items() if fnmatchcase(name, pattern)), None)


def covered(row: Row, ledger: Ledger, tasks: Iterable[Task]) -> tuple[Covered, ...]:
    """What a waiver of this row is bound to: every limit that it misses, with the value that misses it.

    Empty where something of it is no value at all: such a waiver ends with the attempt.
    """
    task = next((each for each in tasks if row[2] in each.subjects), None)
    found: list[Covered] = []
    for each in ledger.bad(row):
        if each.verdict is not Verdict.FAIL or each.value is None or each.limit is None or task is None:
            return ()
        limits = task.limits_for(each.subject, each.quantity)
        limit = next((one for one in limits if one.words == each.limit), None)
        found.append(Covered(each.subject, each.quantity, each.limit, each.value, _worse(limit, each.value)))
    return tuple(found)


def _worse(limit: Limit | None, value: object) -> str:
    if limit is None or isinstance(value, bool | str):
        return ""
    if limit.min is not None and isinstance(value, int | float) and value < limit.min:
        return "lower"
    if limit.max is not None and isinstance(value, int | float) and value > limit.max:
        return "higher"
    return ""


def serials(depends: Mapping[str, str]) -> Iterator[str]:
    """The serials among what a verdict was measured on, the inmost part's first."""
    keys = sorted((key for key in depends if is_serial(key)), key=lambda key: -key.count("/"))
    return (depends[key] for key in keys)
