"""A cause while it is put together, and the board of findings that are still without one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bringup.diagnosis.observed import Finding, worst_first
from bringup.diagnosis.place import places
from bringup.diagnosis.remedies import REMEDIES
from bringup.diagnosis.rule import Facts, Rule, fill, suspects
from bringup.model.cause import Cause, Stop, Suspect
from bringup.model.inventory import Inventory
from bringup.model.judgement import Judgement
from bringup.model.progress import Key
from bringup.model.verdict import worst

SHOWN_AT_MOST = 8
MESSAGES_AT_MOST = 3


@dataclass(kw_only=True)
class Case:
    """One cause with the findings that it has claimed. Those that judge `lead` say where it is told."""

    rule: str
    title: str
    subjects: tuple[str, ...]
    remedy: str
    likely: tuple[Suspect, ...] = ()
    next_test: str = ""
    shows: tuple[str, ...] = ()
    source: str = ""
    place_of: tuple[str, ...] = ()
    lead: str | None = None
    walk: tuple[Stop, ...] = ()
    members: tuple[Case, ...] = ()
    """Those that are told together in this one."""
    findings: list[Finding] = field(default_factory=list)
    blocked: list[Finding] = field(default_factory=list)

    @classmethod
    def of(cls, rule: Rule, facts: Facts, subjects: tuple[str, ...]) -> Case:
        return cls(
            rule=rule.id,
            title=fill(rule.title, facts),
            subjects=subjects,
            remedy=rule.remedy,
            likely=suspects(rule, facts),
            next_test=fill(rule.next_test, facts),
            shows=rule.shows,
            source=rule.source,
        )

    def cause(self, inventory: Inventory) -> Cause:
        """The frozen result."""
        found = self.findings or self.blocked
        where = self.place_of or self.subjects
        remedy = REMEDIES[self.remedy]
        return Cause(
            rule=self.rule,
            verdict=worst(finding.verdict for finding in found),
            title=self.title,
            subjects=self.subjects,
            explains=tuple(finding.key for finding in found),
            blocked=tuple(finding.key for finding in self.blocked) if self.findings else (),
            reasons=_unique(finding.reason for finding in found),
            shown=self._shown(),
            messages=_unique(_message(finding) for finding in found)[:MESSAGES_AT_MOST],
            likely=self.likely,
            next_test=self.next_test,
            remedy=remedy.id,
            remedy_words=remedy.words,
            places=tuple(dict.fromkeys(place for each in where for place in places(inventory, each))),
            source=self.source,
            automatic=remedy.remote,
            walk=self.walk,
        )

    def _shown(self) -> tuple[Judgement, ...]:
        """The judgements that speak most:

        Of the quantities that the rule shows, in that order, the worst first.
        """
        bad = [each for finding in self.findings for each in finding.bad]
        order = {quantity: place for place, quantity in enumerate(self.shows)}
        chosen = sorted(worst_first(bad), key=lambda each: order.get(each.quantity, len(order)))
        return tuple(dict.fromkeys(chosen))[:SHOWN_AT_MOST]


class Board:
    """Findings without a cause, in the order of the plan, and the cases so far."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        every = list(findings)
        self._order = {finding.key: place for place, finding in enumerate(every)}
        self.open: dict[Key, Finding] = {each.key: each for each in every if not each.blocked}
        self.blocked: list[Finding] = [each for each in every if each.blocked]
        self.cases: list[Case] = []

    def claim(self, case: Case, wanted: Iterable[Finding]) -> bool:
        """Give `case` those findings; a case that gets none is no case, and False is returned."""
        taken = list(wanted)
        for finding in taken:
            del self.open[finding.key]
        case.findings += taken
        if taken and case not in self.cases:
            self.cases.append(case)
        return bool(taken)

    def in_order(self) -> list[Case]:
        """What a keyboard can put right first, then by where each shows first in the plan; what each
        explains likewise.
        """
        for case in self.cases:
            case.findings.sort(
                key=lambda each: (
                    case.lead is not None and case.lead not in each.quantities,
                    self._order[each.key],
                )
            )
            case.blocked.sort(key=lambda each: self._order[each.key])
        return sorted(self.cases, key=self._rank)

    def _rank(self, case: Case) -> tuple[bool, int]:
        """Work of hands comes last (field rule 18)."""
        return not REMEDIES[case.remedy].remote, self._order[(case.findings or case.blocked)[0].key]


def _unique(words: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(word) for word in words if word))


def _message(finding: Finding) -> str | None:
    """What a failed read said; the message of a verdict that was judged is only about how it was read."""
    if finding.bad:
        return None
    if finding.message and finding.advice:
        return f"{finding.message}. {finding.advice}"
    return finding.message
