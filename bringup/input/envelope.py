"""Loads envelopes: what is good enough, each limit with its source and standing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bringup.input.document import Document, read_document
from bringup.input.positions import Key
from bringup.input.problem import PROBLEM_CAP, Problem, give_up, nearest
from bringup.input.shipped import find_file
from bringup.input.validate import validated
from bringup.model.envelope import Envelope, Limit
from bringup.model.units import QUANTITIES

BOUNDS = ("min", "max", "equals", "one_of", "matches", "same_across", "peer_mad")
GROUPS = ("role", "rack", "medium", "run")
Table = tuple[tuple[Key, ...], dict[str, Any]]


def load_envelope(path: Path) -> Envelope:
    """One file.

    Raises:
        InputError: with every problem found.
    """
    envelope, problems = _read(path)
    if problems or envelope is None:
        raise give_up(problems)
    return envelope


def load_envelopes(names: Sequence[str], relative_to: Path | None = None) -> tuple[Limit, ...]:
    """Limits of all files, in order; the same (`measure`, `when`) in a later file replaces an earlier's.

    Args:
        names: shipped names, or paths relative to `relative_to` (the playbook's folder).

    Raises:
        InputError: with every problem of every file.
    """
    problems: list[Problem] = []
    merged: dict[tuple[str, str], tuple[Limit, ...]] = {}
    for name in names:
        envelope, found = _read(find_file("envelope", name, relative_to))
        problems += found
        if envelope is None:
            continue
        own: dict[tuple[str, str], tuple[Limit, ...]] = {}
        for limit in envelope.limit:
            key = (limit.measure, limit.when.model_dump_json(exclude_none=True))
            own[key] = (*own.get(key, ()), limit)
        merged |= own
    if problems:
        raise give_up(problems)
    return tuple(limit for limits in merged.values() for limit in limits)


def _read(path: Path) -> tuple[Envelope | None, list[Problem]]:
    document, problems = read_document(path, "envelope")
    if document is None:
        return None, problems
    envelope, found = validated(Envelope, document)
    problems += found
    seen: dict[tuple[str, ...], tuple[Key, ...]] = {}
    for table in document.tables("limit"):
        problems += _limit_faults(document, table)
        problems += _twice(document, table, seen)
        if len(problems) >= PROBLEM_CAP:
            break
    return envelope, problems


def _twice(
    document: Document, table: Table, seen: dict[tuple[str, ...], tuple[Key, ...]]
) -> Iterator[Problem]:
    """Of one standing there is one limit for one (measure, when): a standard may stand beside a vendor's, and
    a comparison with peers beside a bound.
    """
    path, limit = table
    when = limit.get("when")
    keys = repr(sorted(when.items())) if isinstance(when, dict) else ""
    key = (str(limit.get("measure")), keys, str(limit.get("standing")), str("peer_mad" in limit))
    before = seen.setdefault(key, path)
    if before != path:
        wrong = f"line {document.line(before)} has such a limit for the same `when` already"
        yield document.problem((*path, "measure"), wrong, "put both bounds into one limit")


def _limit_faults(document: Document, table: Table) -> Iterator[Problem]:
    path, limit = table
    measure = limit.get("measure")
    if isinstance(measure, str) and measure not in QUANTITIES:
        wrong = f"no quantity is called {measure!r}"
        yield document.problem((*path, "measure"), wrong, nearest(measure, QUANTITIES))
    if not any(bound in limit for bound in BOUNDS):
        yield document.problem(path, "this limit bounds nothing", f"give one of {', '.join(BOUNDS)}")
    source = limit.get("source")
    if isinstance(source, str) and not source.strip():
        yield document.problem((*path, "source"), "is empty", "say where this limit comes from")
    for key in ("same_across", "peers"):
        group = limit.get(key)
        if isinstance(group, str) and group not in GROUPS:
            yield document.problem((*path, key), f"no group is called {group!r}", nearest(group, GROUPS))
    yield from _peer_faults(document, path, limit)
    if limit.get("one_of") == []:
        yield document.problem((*path, "one_of"), "is empty, so that nothing could pass", "list what is good")
    yield from _range_faults(document, path, limit)


PEER_KEYS = ("peers", "peer_floor", "peer_factor", "peer_from", "side")


def _peer_faults(document: Document, path: tuple[Key, ...], limit: dict[str, Any]) -> Iterator[Problem]:
    """An outlier needs a group, and an effect floor: in a very uniform group harmless differences look large
    (physics reference, section 3).
    """
    if "peer_mad" not in limit:
        for key in PEER_KEYS:
            if key in limit:
                yield document.problem((*path, key), "says nothing without peer_mad", "give peer_mad as well")
        return
    if "same_across" in limit:
        wrong = "stands beside same_across: alike and nearly alike are two limits"
        yield document.problem((*path, "peer_mad"), wrong, "give a limit for each")
    if "peers" not in limit:
        yield document.problem((*path, "peer_mad"), "has no peers", f"give peers, one of {', '.join(GROUPS)}")
    if ("peer_floor" in limit) == ("peer_factor" in limit):
        wrong = "needs one effect floor: differences below it are harmless however alike the peers are"
        yield document.problem((*path, "peer_mad"), wrong, "give either peer_floor or peer_factor")


def _range_faults(document: Document, path: tuple[Key, ...], limit: dict[str, Any]) -> Iterator[Problem]:
    low, high = _number(limit.get("min")), _number(limit.get("max"))
    if low is not None and high is not None and low > high:
        yield document.problem(
            (*path, "min"), f"{low:g} is more than max = {high:g}", "min is the lower bound"
        )
    for key in ("marginal", "marginal_factor"):
        if key in limit and "min" not in limit and "max" not in limit:
            wrong = "has no edge to be near to: there is neither min nor max"
            yield document.problem((*path, key), wrong, "leave it out, or give min or max")
    margin, factor = _number(limit.get("marginal")), _number(limit.get("marginal_factor"))
    if margin is not None and margin < 0:
        yield document.problem((*path, "marginal"), "is less than nothing", "give a distance from the edge")
    if factor is not None and factor <= 1:
        yield document.problem((*path, "marginal_factor"), "does nothing", "give a ratio above 1, such as 10")
    if factor is not None and factor > 1 and any(edge is not None and edge <= 0 for edge in (low, high)):
        wrong = "has no meaning at an edge of zero or less"
        yield document.problem((*path, "marginal_factor"), wrong, "use `marginal`, in the quantity's unit")


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
