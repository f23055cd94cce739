"""From a state and an inventory to causes: each scene up the ladder claims the bad verdicts that it explains.

power, hosts, devices that can't be read, what is too old, cages, crossed cables of unlike kinds, one cable
after the other, cabling as a whole, warm modules, single values, bare reasons; what is left is named
`unexplained`. What was only blocked is laid to the cause that blocks it; then what belongs together is made
one, and each link is climbed rung by rung. Pure: it sees measurements, judgements and the inventory, and
nothing of what made them so.
"""

from __future__ import annotations

import msgspec

from bringup.diagnosis import cabling
from bringup.diagnosis.assembly import unlike_ends
from bringup.diagnosis.by_accelerator import by_accelerator, failed_runs
from bringup.diagnosis.by_reason import by_reason, unexplained
from bringup.diagnosis.by_value import by_value
from bringup.diagnosis.cages import broken_out
from bringup.diagnosis.case import Board, Case
from bringup.diagnosis.cooling import cooling
from bringup.diagnosis.grouping import grouped
from bringup.diagnosis.observed import Finding, Observed, findings
from bringup.diagnosis.rule import Facts, Rule, blamed_first, first_match
from bringup.diagnosis.rules_device import DEVICE_RULES
from bringup.diagnosis.rules_light import FROM_LIGHT, UNPROVEN
from bringup.diagnosis.rules_link import LINK_RULES
from bringup.diagnosis.rules_power import FEED_RULES, HOST_RULES
from bringup.diagnosis.rungs import Climber
from bringup.diagnosis.scene_device import (
    ERROR_REASONS,
    device_facts,
    device_of,
    feed_points,
    host_facts,
)
from bringup.diagnosis.scene_link import link_facts
from bringup.diagnosis.staleness import stale_readings
from bringup.diagnosis.unlike import unlike_cables_crossed
from bringup.diagnosis.waiting import lay_blocked, wait_for_members
from bringup.model.cause import Cause
from bringup.model.inventory import Inventory
from bringup.model.state import RunState
from bringup.model.subject import ends, parse_subject
from bringup.model.verdict import Reason, Verdict

NEIGHBOR = frozenset({"neighbor"})
CROSSED = frozenset({"neighbor", "ends_alike"})
IDENTITY = frozenset({"serial", "model", "hostname"})


def diagnose(state: RunState, inventory: Inventory) -> tuple[Cause, ...]:
    """Every FAIL and UNKNOWN of `state` that has ended, grouped by cause, in the order of the plan."""
    observed = Observed(state)
    board = Board(findings(state))
    scenes = _Scenes(observed, inventory, board)
    scenes.power()
    scenes.hosts()
    failed_runs(board)
    scenes.devices()
    stale_readings(board)
    broken_out(board, observed, inventory)
    unlike_cables_crossed(board, observed, inventory)
    scenes.links()
    scenes.cables()
    unlike_ends(board, inventory)
    cooling(board, observed)
    by_accelerator(board, observed, inventory)
    by_value(board)
    wait_for_members(board)
    by_reason(board)
    unexplained(board)
    lay_blocked(board, state)
    board.cases = grouped(board.in_order(), inventory)
    climber = Climber(observed, inventory)
    return tuple(
        msgspec.structs.replace(case.cause(inventory), ladders=climber.ladders(case))
        for case in board.in_order()
    )


class _Scenes:
    def __init__(self, observed: Observed, inventory: Inventory, board: Board) -> None:
        self._observed = observed
        self._inventory = inventory
        self._board = board

    def power(self) -> None:
        """Every place where a supply hangs on an outlet.

        A device that has lost all of its feeds is explained by it too.
        """
        for point in feed_points(self._observed, self._inventory):
            subjects = tuple(str(point[name]) for name in ("outlet", "supply") if point[name] is not None)
            case = self._judged_case(FEED_RULES, point, subjects)
            if case is not None and point["feeds_off"]:
                self._board.claim(case, self._failures_of(str(point["device"])))

    def hosts(self) -> None:
        """A host that is off explains itself, and the dark far ends of its cables."""
        for device in self._inventory.device:
            case = self._judged_case(HOST_RULES, host_facts(self._observed, device), (device.name,))
            if case is not None:
                self._board.claim(case, self._failures_of(device.name))
                self._board.claim(case, self._dark_for(device.name, light=True))

    def devices(self) -> None:
        """One cause for each device and way of failing; what it leaves dark or untold goes with it."""
        groups: dict[tuple[str, str], list[Finding]] = {}
        for finding in self._board.open.values():
            device = self._failing(finding)
            if device is not None:
                facts = device_facts(self._observed, self._inventory, device, finding)
                groups.setdefault((device, f"{facts['reason']} {facts['kind']}"), []).append(finding)
        for (device, _), members in groups.items():
            facts = device_facts(self._observed, self._inventory, device, members[0])
            matched = first_match(DEVICE_RULES, (facts,))
            if matched is not None:
                case = Case.of(*matched, (device,))
                self._board.claim(case, members)
                self._board.claim(case, self._dark_for(device, light=False))

    def links(self) -> None:
        """Each cable, seen from both ends, up the ladder; a port without a cable by itself."""
        cabled = {end for cable in self._inventory.cable for end in (cable.a, cable.b)}
        pairs: list[tuple[str, str | None]] = [(cable.a, cable.b) for cable in self._inventory.cable]
        pairs += [(port.subject, None) for port in self._inventory.port if port.subject not in cabled]
        for near, far in pairs:
            if self._on(near, far):
                scenes = self._seen_from(near, far)
                self._link(LINK_RULES, scenes, near, far)
                self._wait_for_far_ends(near, far)
                self._link((UNPROVEN,), scenes, near, far)

    def _wait_for_far_ends(self, near: str, far: str | None) -> None:
        """What is dark, or hears nobody, because its far end is itself blocked waits for the same cause."""
        for finding in [one for one in self._on(near, far) if _waits(one)]:
            others = {self._inventory.far_ends.get(_port(each)) for each in ends(finding.key.subject)}
            names = {
                name for each in others if each is not None for name in (each, parse_subject(each).device)
            }
            keeper = next((one for one in self._board.blocked if one.key.subject in names), None)
            if keeper is not None:
                del self._board.open[finding.key]
                self._board.blocked.append(
                    msgspec.structs.replace(finding, because=keeper.because, cause=keeper.cause)
                )

    def _seen_from(self, near: str, far: str | None) -> list[Facts]:
        """One scene from each end of a cable."""
        ends_of_it = [(near, far)] if far is None else [(near, far), (far, near)]
        return [link_facts(self._observed, self._inventory, here, there) for here, there in ends_of_it]

    def _link(self, rules: tuple[Rule, ...], scenes: list[Facts], near: str, far: str | None) -> None:
        """The first rule that holds claims what it explains; what is left may have another cause."""
        for rule in rules:
            matched = first_match((rule,), blamed_first(rule, scenes))
            if matched is not None and self._on(near, far):
                facts = matched[1]
                subjects = tuple(str(facts[name]) for name in ("near", "far") if facts[name] is not None)
                explained = [one for one in self._on(near, far) if _only(one, rule.explains)]
                self._board.claim(Case.of(rule, facts, subjects), explained)

    def cables(self) -> None:
        """Neighbours that differ from the cable list, over all cables together.

        Behind a management switch each of the crossed devices answers for the other: that explains who they
        are not, too.
        """
        for crossing in cabling.crossings(self._observed, self._inventory):
            case = Case(
                rule="cable-not-of-the-plan" if crossing.foreign else "cables-swapped",
                title=cabling.title(crossing),
                subjects=tuple(cable.subject for cable in crossing.cables),
                remedy=cabling.remedy(crossing),
                likely=cabling.suspects(crossing),
                next_test=cabling.next_test(crossing, self._inventory.far_ends),
                shows=("neighbor", "ends_alike"),
                source="network reference, section 8.3",
                place_of=cabling.where_to_move(crossing),
                lead="neighbor",
            )
            about = [one for cable in crossing.cables for one in self._on(cable.a, cable.b)]
            wrong = [one for one in about if _only(one, CROSSED)]
            others = cabling.mistaken(crossing, self._inventory) if wrong else frozenset()
            wrong += [
                one
                for one in self._board.open.values()
                if one.key.subject in others and _only(one, IDENTITY) and one.verdict is Verdict.FAIL
            ]
            self._board.claim(case, wrong)

    def _judged_case(self, rules: tuple[Rule, ...], facts: Facts, subjects: tuple[str, ...]) -> Case | None:
        """The first rule's case, with the findings on `subjects` that it explains; None where it has none."""
        matched = first_match(rules, (facts,))
        if matched is None:
            return None
        rule, _ = matched
        case = Case.of(rule, facts, subjects)
        about = [one for one in self._board.open.values() if one.key.subject in subjects]
        return case if self._board.claim(case, [one for one in about if _only(one, rule.explains)]) else None

    def _failing(self, finding: Finding) -> str | None:
        return device_of(finding, self._inventory) if finding.reason in ERROR_REASONS else None

    def _failures_of(self, device: str) -> list[Finding]:
        return [one for one in self._board.open.values() if self._failing(one) == device]

    def _dark_for(self, device: str, *, light: bool) -> list[Finding]:
        """Verdicts on cables to `device` that a dark or silent far end accounts for.

        `light`: the device is surely off, so that any lack of light or link there is its doing.
        """
        return [
            one
            for one in self._board.open.values()
            if self._leads_to(one, device)
            and (one.reason == Reason.FAR_END_NOT_LIT or (light and _only(one, FROM_LIGHT)))
        ]

    def _leads_to(self, finding: Finding, device: str) -> bool:
        far = [self._inventory.far_ends.get(_port(each)) for each in ends(finding.key.subject)]
        return any(each is not None and parse_subject(each).device == device for each in far)

    def _on(self, near: str, far: str | None) -> list[Finding]:
        """Open findings about this cable: its link, an end of it, or a lane of an end."""
        return [
            one
            for one in self._board.open.values()
            if all(_port(each) in (near, far) for each in ends(one.key.subject))
        ]


def _waits(finding: Finding) -> bool:
    """Whether a far end that has not begun yet would account for it."""
    silent = finding.reason == Reason.NO_DATA and _only(finding, NEIGHBOR)
    return silent or finding.reason == Reason.FAR_END_NOT_LIT


def _only(finding: Finding, explains: frozenset[str]) -> bool:
    """Whether every bad judgement of it is about what is explained; one without any judgement is not."""
    return bool(finding.bad) and finding.quantities <= explains


def _port(subject: str) -> str:
    return subject.partition("#")[0]
