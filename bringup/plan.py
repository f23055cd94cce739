"""Playbook x inventory x limits -> plan. Pure: the subjects that must answer come from the inventory alone.

Whoever starts a run hands in the catalogue of checks, actions and asks; nothing here imports one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pydantic import ValidationError

from bringup.model.catalogue import Catalogue, Requires, Spec
from bringup.model.envelope import Limit
from bringup.model.errors import InputError
from bringup.model.intent import Intent, outlet_subject
from bringup.model.inventory import Device, Inventory
from bringup.model.plan import Expected, Plan, PlannedStage, Task
from bringup.model.playbook import Playbook, Stage, Step
from bringup.model.select import Context, applies, context_of, select
from bringup.model.subject import LINK, ancestors, ends, parse_subject


def make_plan(
    playbook: Playbook,
    inventory: Inventory,
    limits: Sequence[Limit],
    catalogue: Catalogue,
    *,
    only: Sequence[str] = (),
    rack: str | None = None,
) -> Plan:
    """Every step on every subject, with the limits that apply and what stands before it.

    Args:
        limits: of all envelopes, merged (`bringup.input.load_envelopes`).
        only: `STAGE` or `STAGE/STEP`; what is left out is not planned, and order holds among the rest.
        rack: only devices of this rack (and links with an end there).

    Raises:
        InputError: everything that is wrong: an unknown rack, stage or step, a step that selects nothing and
            is not `if_any`, a lane count that nobody states.
    """
    problems: list[str] = []
    planner = _Planner(inventory, limits, catalogue, rack, problems)
    problems.extend(_unknown_only(playbook, only))
    stages = []
    for stage, needs in _ordered(playbook, problems):
        steps = [step for step in stage.step if _chosen(stage, step, only)]
        if only and not steps:
            continue
        tasks = tuple(task for step in steps for task in planner.tasks(stage, step))
        if steps and not tasks and all(step.if_any for step in steps):
            continue
        stages.append(
            PlannedStage(name=stage.name, title=stage.title, needs=needs, gate=stage.gate, tasks=tasks)
        )
    if problems:
        raise InputError(f"playbook {playbook.name} does not fit this inventory", problems=tuple(problems))
    return Plan(playbook=playbook.name, stages=_without_dropped(playbook, stages))


def needs_of(playbook: Playbook) -> dict[str, tuple[str, ...]]:
    """What each stage waits for: what it says, or the stage above."""
    found: dict[str, tuple[str, ...]] = {}
    above: tuple[str, ...] = ()
    for stage in playbook.stage:
        found[stage.name] = above if stage.needs is None else stage.needs
        above = (stage.name,)
    return found


def _ordered(playbook: Playbook, problems: list[str]) -> list[tuple[Stage, tuple[str, ...]]]:
    """Stages, each after those that it needs; the playbook's own order where that leaves a choice."""
    needs = needs_of(playbook)
    left = list(playbook.stage)
    done: list[tuple[Stage, tuple[str, ...]]] = []
    while left:
        placed = {stage.name for stage, _ in done}
        ready = next((stage for stage in left if placed.issuperset(needs[stage.name])), None)
        if ready is None:
            names = ", ".join(stage.name for stage in left)
            problems.append(f"stages {names}: each waits for another of them, or for one that does not exist")
            return done
        left.remove(ready)
        done.append((ready, needs[ready.name]))
    return done


def _without_dropped(playbook: Playbook, stages: list[PlannedStage]) -> tuple[PlannedStage, ...]:
    """Needs of the kept stages, where one that was left out passes on what it needed itself."""
    kept = {stage.name for stage in stages}
    needs = needs_of(playbook)

    def reach(name: str) -> Iterator[str]:
        for needed in needs[name]:
            if needed in kept:
                yield needed
            else:
                yield from reach(needed)

    return tuple(
        PlannedStage(
            name=stage.name,
            title=stage.title,
            needs=tuple(dict.fromkeys(reach(stage.name))),
            gate=stage.gate,
            tasks=stage.tasks,
        )
        for stage in stages
    )


def _chosen(stage: Stage, step: Step, only: Sequence[str]) -> bool:
    return not only or stage.name in only or f"{stage.name}/{step.id}" in only


def _unknown_only(playbook: Playbook, only: Sequence[str]) -> list[str]:
    names = {stage.name for stage in playbook.stage}
    names |= {f"{stage.name}/{step.id}" for stage in playbook.stage for step in stage.step}
    return [
        f"--only {each}: no such stage or step; there are {_listed(names)}"
        for each in only
        if each not in names
    ]


class _Planner:
    """Expands one step after the other; collects what is wrong in `problems`."""

    def __init__(
        self,
        inventory: Inventory,
        limits: Sequence[Limit],
        catalogue: Catalogue,
        rack: str | None,
        problems: list[str],
    ) -> None:
        self._inventory = inventory
        self._intent = Intent(inventory)
        self._limits = limits
        self._catalogue = catalogue
        self._rack = rack
        self._problems = problems
        self._envelopes: dict[tuple[str, str, Context], dict[str, tuple[Limit, ...]]] = {}
        racks = {each.name for each in inventory.rack} | {each.rack for each in inventory.device if each.rack}
        if rack is not None and rack not in racks:
            problems.append(f"--rack {rack}: no such rack; there are {_listed(racks)}")

    def tasks(self, stage: Stage, step: Step) -> Iterator[Task]:
        """One task for each device whose connection is used; each link and the run is a task by itself."""
        where = f"{stage.name}/{step.id}"
        if step.does not in self._catalogue:
            self._problems.append(f"{where}: {step.does!r} is no check, action or ask")
            return
        spec = self._catalogue[step.does]
        try:
            args = spec.args.model_validate(step.with_)
        except ValidationError as error:
            self._problems.append(f"{where}: with: {error.errors()[0]['msg']}")
            return
        if spec.needs_window and step.window_s is None:
            self._problems.append(
                f'{where}: {spec.name} judges differences: give a window (`window = "60s"`)'
            )
            return
        subjects = select(self._intent, spec.over, step.on, self._rack)
        if not subjects and step.if_any:
            return
        if not subjects:
            self._problems.append(
                f"{where}: selects nothing: the inventory has no {spec.over} that matches `on`"
            )
            return
        groups: dict[str, list[str]] = {}
        for subject in subjects:
            groups.setdefault(self._connection(spec, subject), []).append(subject)
        for device, members in groups.items():
            yield self._task(stage, step, spec, args, device, members)

    def _task(
        self, stage: Stage, step: Step, spec: Spec, args: object, device: str, subjects: list[str]
    ) -> Task:
        requires = spec.requires
        by_hand = getattr(args, "quantity", None)
        if spec.kind == "ask" and isinstance(by_hand, str):
            requires = (*requires, Requires(by_hand))
        told = {need.quantity for need in requires} | set(spec.reports)
        elsewhere = {need.quantity for need in requires if need.per != "subject"}
        expected: list[Expected] = []
        also: list[Expected] = []
        parts: list[Expected] = []
        for subject in subjects:
            required = tuple(self._required(stage, step, requires, subject, args))
            expected.extend(required)
            named = {(each.subject, each.quantity) for each in required}
            for measured in dict.fromkeys((subject, *ends(subject))):
                general = {
                    quantity: found
                    for quantity, found in self._envelope(stage, step, measured, args).items()
                    if quantity in told
                }
                own = self._intent.limits(measured)
                also.extend(
                    Expected(measured, quantity, self._all(general, measured, quantity))
                    for quantity in dict.fromkeys((*own, *general))
                    if quantity in told - elsewhere and (measured, quantity) not in named
                )
                parts.extend(Expected(measured, quantity, found) for quantity, found in general.items())
        return Task(
            stage=stage.name,
            step=step.id,
            does=spec.name,
            device=device,
            subjects=tuple(subjects),
            expected=tuple(expected),
            also=tuple(also),
            for_parts=tuple(parts),
            prerequisites={subject: self._prerequisites(spec, subject) for subject in subjects},
            args=args,
            deadline_s=step.deadline_s,
            until_s=step.until_s,
            every_s=step.every_s,
            settle_s=step.settle_s,
            window_s=step.window_s,
        )

    def _connection(self, spec: Spec, subject: str) -> str:
        """The device that is talked to; for a link or the run, the subject itself."""
        if spec.over == "run" or LINK in subject:
            return subject
        device = parse_subject(subject).device
        if spec.device_of == "bmc":
            return self._inventory.devices[device].bmc or device
        return device

    def _required(
        self, stage: Stage, step: Step, requires: Iterable[Requires], subject: str, args: object
    ) -> Iterator[Expected]:
        for need in requires:
            for measured in self._measured(stage, step, need, subject):
                own = self._intent.limits(measured)
                if need.if_expected and need.quantity not in own:
                    continue
                general = self._envelope(stage, step, measured, args)
                yield Expected(measured, need.quantity, self._all(general, measured, need.quantity))

    def _measured(self, stage: Stage, step: Step, need: Requires, subject: str) -> Sequence[str]:
        if need.per == "end":
            return ends(subject)
        if need.per == "subject":
            return (subject,)
        lanes = self._intent.lanes(subject)
        if lanes is None:
            medium = self._intent.medium(subject)
            said = (
                f"medium {medium!r} is not known"
                if medium
                else "neither `optic` nor a cable's medium is given"
            )
            self._problems.append(
                f"{stage.name}/{step.id}: {subject}: how many lanes? {said}; give `lanes` or `optic`"
            )
            return ()
        return tuple(f"{subject}#lane-{number}" for number in range(1, lanes + 1))

    def _all(self, general: dict[str, tuple[Limit, ...]], subject: str, quantity: str) -> tuple[Limit, ...]:
        own = self._intent.limits(subject).get(quantity)
        return ((own,) if own is not None else ()) + general.get(quantity, ())

    def _envelope(self, stage: Stage, step: Step, subject: str, args: object) -> dict[str, tuple[Limit, ...]]:
        """The envelopes' limits that apply to a subject in this step, by quantity."""
        context = context_of(self._intent, subject, args)
        key = (stage.name, step.id, context)
        found = self._envelopes.get(key)
        if found is None:
            found = self._envelopes[key] = {}
            for limit in self._limits:
                if applies(limit.when, context, stage.name, step.id):
                    found[limit.measure] = (*found.get(limit.measure, ()), limit)
        return found

    def _prerequisites(self, spec: Spec, subject: str) -> tuple[str, ...]:
        """The subject, what it is part of, a host's BMC, the outlet of a supply or of an only feed."""
        found = list(ancestors(subject))
        for end in ends(subject):
            device = self._intent.device(end)
            if device is None:
                continue
            component = parse_subject(end).component
            if device.bmc is not None and (component is None or spec.over in ("supply", "leak")):
                found.append(device.bmc)
            found.extend(
                outlet_subject(feed.pdu, feed.outlet)
                for feed in device.feed
                if len(device.feed) == 1 or (component is not None and feed.supply == component)
            )
        if spec.rests_on != "self":
            computing = self._intent.computing(subject)
            found += [each for device in computing for each in (device.name, *self._intent.gpus(device))]
            if spec.rests_on == "fabric":
                found += self._plugs(computing)
        return tuple(dict.fromkeys(found))

    def _plugs(self, devices: Sequence[Device]) -> list[str]:
        """Every cable with an end at one of `devices`, and that end."""
        names = {device.name for device in devices}
        return [
            each
            for cable in self._inventory.cable
            for end in (cable.a, cable.b)
            if parse_subject(end).device in names
            for each in (cable.subject, end)
        ]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"
