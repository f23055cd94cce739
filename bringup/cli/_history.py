"""How often this site has met a cause before: counts from its own earlier runs, never percentages (field 20).

Looked at are the newest runs beside this one that are of the same site and as real as it, within a bound of
number, size and time: it is a help, and holds nobody up.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from bringup.model.cause import Cause, History
from bringup.model.errors import BringupError

if TYPE_CHECKING:
    from bringup.journal.folder import RunFolder
    from bringup.model.inventory import Inventory
    from bringup.model.state import RunState

MOST_RUNS = 30
LARGEST_BYTES = 32 * 1024 * 1024
BUDGET_S = 2.0
SNAPSHOTS = 10
"""In one run: its end, and before each of the first retests."""

Kind = tuple[str, str]


class Seen(msgspec.Struct, frozen=True):
    """One earlier run: how often each kind of cause was met in it, and how many of these passed later on."""

    met: Counter[Kind]
    passed: Counter[Kind]


def with_history(
    causes: Sequence[Cause], folder: RunFolder, inventory: Inventory, state: RunState
) -> tuple[Cause, ...]:
    """The causes with what this site has seen of their kind before. Without earlier runs, as they are."""
    if not causes or state.run is None:
        return tuple(causes)
    seen = list(_earlier(folder, inventory.site, state.run.simulated))
    if not seen:
        return tuple(causes)
    return tuple(msgspec.structs.replace(cause, history=_history(cause, seen)) for cause in causes)


def _history(cause: Cause, seen: Sequence[Seen]) -> History:
    kind = (cause.rule, cause.remedy)
    return History(
        times=sum(each.met[kind] for each in seen),
        runs=sum(1 for each in seen if each.met[kind]),
        passed=sum(each.passed[kind] for each in seen),
        of_runs=len(seen),
    )


def _earlier(folder: RunFolder, site: str, simulated: bool) -> Iterator[Seen]:
    from bringup.journal.folder import list_runs

    ends_at = time.monotonic() + BUDGET_S
    runs = [run for run in list_runs(folder.path.absolute().parent) if run.path.name < folder.path.name]
    for run in list(reversed(runs))[:MOST_RUNS]:
        if time.monotonic() > ends_at:
            return
        try:
            found = _look(run, site, simulated)
        except (
            BringupError,
            OSError,
            ValueError,
        ):  # a damaged record helps nobody; msgspec's errors are ValueErrors
            continue
        if found is not None:
            yield found


def _look(run: RunFolder, site: str, simulated: bool) -> Seen | None:
    """What one earlier run met; None for another site, for one simulated where ours is not, or too large."""
    from bringup.diagnosis import diagnose
    from bringup.model.inventory import Inventory

    if sum(run.segment(number).stat().st_size for number in run.segments()) > LARGEST_BYTES:
        return None
    inventory = Inventory.model_validate_json((run.plan / "inventory.json").read_bytes())
    if inventory.site != site:
        return None
    states = list(_snapshots(run))
    end = states[-1]
    if end.run is None or end.run.simulated is not simulated:
        return None
    met: dict[tuple[Kind, tuple[str, ...]], Cause] = {}
    for state in states:
        for cause in diagnose(state, inventory):
            met.setdefault(((cause.rule, cause.remedy), cause.subjects), cause)
    passed = [
        kind
        for (kind, _), cause in met.items()
        if all(end.steps[key].counts_as.good for key in cause.explains)
    ]
    return Seen(Counter(kind for kind, _ in met), Counter(passed))


def _snapshots(run: RunFolder) -> Iterator[RunState]:
    """What was so before each of its retests, and at its end."""
    from bringup.journal.follow import read
    from bringup.model.event import EventReader, Superseded
    from bringup.model.fold import Fold

    reader, fold, taken, before = EventReader(), Fold(), 0, False
    for entry in read(run):
        event = reader.read(entry.line)
        again = isinstance(event, Superseded)
        if again and not before and taken < SNAPSHOTS:
            taken += 1
            yield fold.state
        before = again
        fold.add(event)
    yield fold.state
