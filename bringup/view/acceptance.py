"""Units of acceptance (field rule 25): which nodes, or racks, are accepted, rejected, unknown or not reached,
and why. A cause that several share is told once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from bringup.model.cause import Cause
from bringup.model.dependence import HOST_ROLES
from bringup.model.intent import outlet_subject
from bringup.model.inventory import Device, Inventory
from bringup.model.progress import Key, StepState
from bringup.model.select import RUN
from bringup.model.state import RunState
from bringup.model.subject import ancestors, ends, parse_subject
from bringup.model.verdict import Reason, Verdict, worst
from bringup.view.mark import CUTS, Role, Row, Tier
from bringup.view.text import visible

Standing = Literal["accepted", "rejected", "unknown", "not_reached"]
STANDINGS: tuple[Standing, ...] = ("accepted", "rejected", "unknown", "not_reached")
ROLES: Mapping[Standing, Role] = {
    "accepted": "good",
    "rejected": "bad",
    "unknown": "unknown",
    "not_reached": "unknown",
}
NOT_REACHED = frozenset({Reason.BLOCKED, Reason.ABORTED, Reason.SKIPPED})
DEFAULT = "rack"
NAMES_SHOWN = 6
REASONS_SHOWN = 4


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """One unit. `reasons` are titles of causes, or what its first bad verdict says; `waived` counts rows;
    `retest` are those that `resume RUN --retest failed` runs again.
    """

    name: str
    standing: Standing
    verdict: Verdict
    reasons: tuple[str, ...] = ()
    waived: int = 0
    retest: tuple[Key, ...] = ()


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """A cause of several units, or of something that is part of none."""

    title: str
    units: tuple[str, ...]


class Acceptance(msgspec.Struct, frozen=True, kw_only=True):
    unit: str
    units: tuple[Unit, ...]
    shared: tuple[Shared, ...] = ()

    def of(self, standing: Standing) -> tuple[Unit, ...]:
        return tuple(unit for unit in self.units if unit.standing == standing)

    def record(self) -> dict[str, object]:
        """As the JSON summary has it."""
        found: dict[str, object] = {"unit": self.unit}
        found |= {standing: self.of(standing) for standing in STANDINGS}
        return {**found, "shared": self.shared}


def acceptance(
    state: RunState, inventory: Inventory, causes: Sequence[Cause], unit: str | None = None
) -> Acceptance:
    """The lists, in the inventory's order. Without `unit` what the playbook names, else racks."""
    kind = unit or (state.run.accept if state.run is not None else None) or DEFAULT
    rows = _rows(state, inventory, kind)
    units = tuple(_unit(name, [state.steps[key] for key in keys], causes) for name, keys in rows.items())
    return Acceptance(unit=kind, units=units, shared=tuple(_shared(rows, causes)))


def _rows(state: RunState, inventory: Inventory, kind: str) -> dict[str, list[Key]]:
    """The planned rows of each unit; a row of a link between two units is one of both."""
    owners = _owners(inventory, kind)
    names = dict.fromkeys(name for owned in owners.values() for name in owned)
    rows: dict[str, list[Key]] = {name: [] for name in names}
    for key, step in state.steps.items():
        if step.planned:
            for name in _owning(key.subject, owners, inventory, tuple(names), kind):
                rows[name].append(key)
    return {name: keys for name, keys in rows.items() if keys}


def _owners(inventory: Inventory, kind: str) -> dict[str, tuple[str, ...]]:
    """Device or outlet -> the units that it is a part of."""
    owners: dict[str, tuple[str, ...]] = {}
    if kind == "rack":
        for device in inventory.device:
            owners[device.name] = (device.rack,) if device.rack else ()
        return owners
    for device in inventory.device:
        if device.role in HOST_ROLES:
            for part in _parts_of(device):
                owners[part] = (*owners.get(part, ()), device.name)
    return owners


def _parts_of(device: Device) -> Iterator[str]:
    yield device.name
    if device.bmc is not None:
        yield device.bmc
    for feed in device.feed:
        yield outlet_subject(feed.pdu, feed.outlet)


def _owning(
    subject: str,
    owners: Mapping[str, tuple[str, ...]],
    inventory: Inventory,
    names: tuple[str, ...],
    kind: str,
) -> tuple[str, ...]:
    """A switch's port belongs to the host at the other end of its cable; the run as a whole to its racks."""
    if kind == "rack" and subject in (RUN, *names):
        return names if subject == RUN else (subject,)
    found: dict[str, None] = {}
    for end in ends(subject):
        near = [name for part in _chain(end) for name in owners.get(part, ())]
        far = inventory.far_ends.get(end)
        if not near and far is not None:
            near = [name for part in _chain(far) for name in owners.get(part, ())]
        found |= dict.fromkeys(near)
    return tuple(found)


def _chain(subject: str) -> tuple[str, ...]:
    try:
        parse_subject(subject)
    except ValueError:
        return (subject,)
    return ancestors(subject)


def _unit(name: str, steps: list[StepState], causes: Sequence[Cause]) -> Unit:
    bad = [step for step in steps if not step.counts_as.good]
    standing = _standing(steps, bad)
    return Unit(
        name=name,
        standing=standing,
        verdict=worst(step.counts_as for step in steps),
        reasons=_reasons(bad, causes),
        waived=sum(step.verdict is Verdict.WAIVED for step in steps),
        retest=tuple(step.key for step in bad),
    )


def _standing(steps: list[StepState], bad: list[StepState]) -> Standing:
    if not bad:
        return "accepted" if steps else "not_reached"
    if any(step.verdict is Verdict.FAIL for step in bad):
        return "rejected"
    if all(step.verdict is None or step.reason in NOT_REACHED for step in bad):
        return "not_reached"
    return "unknown"


def _reasons(bad: list[StepState], causes: Sequence[Cause]) -> tuple[str, ...]:
    keys = {step.key for step in bad}
    titles = [cause.title for cause in causes if not keys.isdisjoint((*cause.explains, *cause.blocked))]
    if titles or not bad:
        return tuple(dict.fromkeys(titles))
    first = bad[0]
    why = first.reason or (first.verdict.value if first.verdict is not None else "never begun")
    return (f"{first.key.stage}/{first.key.step} {first.key.subject}: {why}",)


def _shared(rows: Mapping[str, list[Key]], causes: Sequence[Cause]) -> Iterator[Shared]:
    of: dict[Key, list[str]] = {}
    for name, keys in rows.items():
        for key in keys:
            of.setdefault(key, []).append(name)
    for cause in causes:
        found = dict.fromkeys(name for key in (*cause.explains, *cause.blocked) for name in of.get(key, ()))
        if len(found) != 1:
            yield Shared(title=cause.title, units=tuple(found))


def acceptance_rows(found: Acceptance, *, width: int, tier: Tier = "unicode") -> Iterator[Row]:
    """The four lists, those without a member left out; units with the same reasons share a line."""

    def line(words: str, role: Role) -> Row:
        return ((visible(words, width, cut=CUTS[tier]), role),)

    for standing in STANDINGS:
        units = found.of(standing)
        if not units:
            continue
        yield ()
        yield line(f"{standing.replace('_', ' ')}: {len(units)} ({found.unit})", ROLES[standing])
        groups: dict[tuple[str, ...], list[Unit]] = {}
        for unit in units:
            groups.setdefault(unit.reasons, []).append(unit)
        for reasons, members in groups.items():
            yield line(f"  {_names(members)}", "plain")
            for reason in reasons[:REASONS_SHOWN]:
                yield line(f"      {reason}", "dim")
            if len(reasons) > REASONS_SHOWN:
                yield line(f"      and {len(reasons) - REASONS_SHOWN} more causes", "dim")
    alone = [shared for shared in found.shared if not shared.units]
    if alone:
        yield ()
        yield line(f"of no {found.unit}: {len(alone)}", "warn")
        for shared in alone:
            yield line(f"  {shared.title}", "plain")


def _names(units: Sequence[Unit]) -> str:
    words = [unit.name + (f" ({unit.waived} waived)" if unit.waived else "") for unit in units]
    more = f" and {len(words) - NAMES_SHOWN} more" if len(words) > NAMES_SHOWN else ""
    return ", ".join(words[:NAMES_SHOWN]) + more
