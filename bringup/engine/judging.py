"""Brings measurements, limits and what is known of the far end before the judge, and sorts the results by
subject.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec

from bringup.judge import (
    RECEIVED_LIGHT,
    STALE_POLLS,
    judge,
    judge_group,
    judge_missing,
    overall,
    transmitter_proven_on,
)
from bringup.model.envelope import Limit
from bringup.model.intent import Intent
from bringup.model.inventory import Inventory
from bringup.model.judgement import Judgement
from bringup.model.measurement import Measurement
from bringup.model.plan import Expected, Task
from bringup.model.subject import ancestors, ends, parse_subject
from bringup.model.units import SAMPLED
from bringup.model.verdict import Reason, Verdict
from bringup.peers import judge_peers

FLOORS = {"pre_fec_ber_upper": "pre_fec_ber_floor"}
"""Quantities whose value can't be below what the window would show without any error."""


class Outcome(msgspec.Struct, frozen=True):
    """All that a round says of one planned subject. `missing` are required, and not measured."""

    verdict: Verdict
    reason: Reason | None
    measurements: tuple[Measurement, ...]
    judgements: tuple[Judgement, ...]
    missing: tuple[Judgement, ...]

    @property
    def hopeless(self) -> bool:
        """Another look can't help: there is no limit to judge by."""
        return any(each.reason is Reason.NO_LIMIT for each in self.judgements)


def belongs(measured: str, planned: str) -> bool:
    """Whether what was measured on `measured` counts for `planned` (itself, a part, an end of it)."""
    chain = ancestors(measured)
    return any(end in chain for end in (planned, *ends(planned)))


About = TypeVar("About", Measurement, Expected)


def _indexed(things: Iterable[About]) -> dict[str, list[About]]:
    """Things by their own subject and all that it is a part of."""
    found: dict[str, list[About]] = defaultdict(list)
    for thing in things:
        for name in ancestors(thing.subject):
            found[name].append(thing)
    return found


def _of(index: dict[str, list[About]], planned: str) -> list[About]:
    """What counts for `planned`: as `belongs` says."""
    return [thing for name in dict.fromkeys((planned, *ends(planned))) for thing in index.get(name, ())]


class Judging:
    """Holds what does not change during a run."""

    def __init__(self, inventory: Inventory, *, contract: bool = False) -> None:
        self._inventory = inventory
        self._intent = Intent(inventory)
        self._contract = contract

    def outcomes(
        self, measurements: Sequence[Measurement], tasks: Iterable[Task], planned: Iterable[Task] = ()
    ) -> dict[str, Outcome]:
        """The outcome of every subject of `tasks`, from all that is known of their step.

        `planned` are all tasks of that step, with every subject that belongs to a group, whether it is read
        now or not: a group is what the inventory says, not what happened to be read.
        """
        tasks = list(tasks)
        known = {(each.subject, each.quantity): each for each in measurements}
        grouped = self._grouped(list(planned) or tasks, known)
        by_subject = _indexed(known.values())
        return {
            subject: self._outcome(task, subject, known, by_subject, expected, grouped)
            for task in tasks
            for expected in [_indexed(task.expected)]
            for subject in task.subjects
        }

    def _outcome(
        self,
        task: Task,
        planned: str,
        known: dict[tuple[str, str], Measurement],
        by_subject: dict[str, list[Measurement]],
        by_expected: dict[str, list[Expected]],
        grouped: dict[tuple[str, str], list[Judgement]],
    ) -> Outcome:
        expected = {(each.subject, each.quantity): each for each in _of(by_expected, planned)}
        mine = {(each.subject, each.quantity): each for each in _of(by_subject, planned)}
        judgements: list[Judgement] = []
        for key, measurement in mine.items():
            judgements += self._judged(task, measurement, expected.get(key), known)
            judgements += grouped.get(key, [])
        missing = tuple(
            judge_missing(each.subject, each.quantity, each.limits)
            for key, each in expected.items()
            if key not in mine
        )
        verdict, reason = overall((*judgements, *missing))
        return Outcome(verdict, reason, tuple(mine.values()), tuple(judgements), missing)

    def _judged(
        self,
        task: Task,
        measurement: Measurement,
        expected: Expected | None,
        known: dict[tuple[str, str], Measurement],
    ) -> tuple[Judgement, ...]:
        limits = task.limits_for(measurement.subject, measurement.quantity)
        floor = known.get((measurement.subject, FLOORS.get(measurement.quantity, "")))
        return judge(
            measurement,
            limits,
            required=expected is not None,
            contract=self._contract,
            far_end_lit=self._far_end_lit(measurement, known),
            poll_period_s=_sampled_every_s(measurement),
            floor=float(floor.value) if floor is not None and isinstance(floor.value, int | float) else None,
        )

    def _far_end_lit(
        self, measurement: Measurement, known: dict[tuple[str, str], Measurement]
    ) -> bool | None:
        """Whether every lane of the far end's transmitter was proven on in this round.

        All of them, because which far lane lights a near one depends on polarity; one dark far lane proves
        nothing.
        """
        if measurement.quantity not in RECEIVED_LIGHT:
            return None
        near = parse_subject(measurement.subject)
        far = self._inventory.far_ends.get(str(near._replace(part=None)))
        if far is None:
            return None
        lanes = [
            transmitter_proven_on(one)
            for (subject, quantity), one in known.items()
            if quantity == "tx_power_dbm" and subject.startswith(f"{far}#") and not _stale(one)
        ]
        expected = self._intent.lanes(far)
        whole = bool(lanes) if expected is None else len(lanes) >= expected
        return whole and all(lane is True for lane in lanes)

    def _grouped(
        self, tasks: list[Task], known: dict[tuple[str, str], Measurement]
    ) -> dict[tuple[str, str], list[Judgement]]:
        """Judgements by limits of uniformity, by measured (subject, quantity)."""
        groups: dict[tuple[str, Limit, str], list[Expected]] = defaultdict(list)
        for task in tasks:
            for each in task.expected:
                for limit in each.limits:
                    if limit.same_across is not None:
                        name = self._group_name(limit.same_across, each.subject)
                        groups[(each.quantity, limit, name)].append(each)
                    elif limit.peer_mad is not None and limit.peers is not None:
                        name = self._group_name(limit.peers, each.subject)
                        if name or limit.peers == "run":  # of what kind nobody states has no peers
                            groups[(each.quantity, limit, name)].append(each)
        found: dict[tuple[str, str], list[Judgement]] = defaultdict(list)
        for (quantity, limit, _), members in groups.items():
            measured = [known[key] for each in members if (key := (each.subject, quantity)) in known]
            for judgement in self._of_group(measured, limit, members):
                found[(judgement.subject, quantity)].append(judgement)
        return found

    def _of_group(
        self, measured: Sequence[Measurement], limit: Limit, members: Sequence[Expected]
    ) -> tuple[Judgement, ...]:
        if limit.peer_mad is None:
            return judge_group(measured, limit, expected=len(members), contract=self._contract)
        others = [one for one in members[0].limits if one != limit]
        fresh = [one for one in measured if not _stale(one)]
        return judge_peers(fresh, limit, others, contract=self._contract)

    def _group_name(self, across: str, subject: str) -> str:
        """Which group a subject is in: its rack, its role, its port's medium, or the one group of the run."""
        end = parse_subject(subject)
        device = self._inventory.devices.get(end.device)
        port = self._inventory.ports.get(str(end._replace(part=None)))
        match across:
            case "rack":
                return (device.rack if device else None) or ""
            case "role":
                return device.role if device else ""
            case "medium":
                return (port.optic if port else None) or ""
            case _:
                return ""


def _sampled_every_s(measurement: Measurement) -> float | None:
    """How often its device reads such a quantity, at the slowest; None where no age makes it stale."""
    sampled = SAMPLED.get(measurement.quantity)
    return sampled.every_s if sampled is not None else None


def _stale(measurement: Measurement) -> bool:
    """Whether a reading is too old to prove anything."""
    every_s = _sampled_every_s(measurement)
    if measurement.age_s is None or every_s is None:
        return False
    return not measurement.age_s <= STALE_POLLS * every_s
