"""UNKNOWNs that only their reason explains, those alike told once; and what nothing explains."""

from __future__ import annotations

from bringup.diagnosis.case import Board, Case
from bringup.diagnosis.observed import Finding
from bringup.diagnosis.rules_fibre import CHECKS, NO_EVIDENCE
from bringup.diagnosis.rules_single import NO_ANSWER, NO_DETECTOR, REASONS, Why
from bringup.model.cause import Suspect
from bringup.model.subject import ends, parse_subject
from bringup.model.verdict import Reason, Verdict

UNPROVEN = frozenset({Reason.NO_DATA, Reason.STALE, Reason.UNPARSABLE})
"""Reasons for which a file of an instrument proves nothing."""
RUN_WIDE = frozenset({Reason.SKIPPED, Reason.ABORTED, Reason.NO_LIMIT, Reason.SUPERSEDED})
"""Reasons that lie in the run and not in a device: told once over all devices."""


def by_reason(board: Board) -> None:
    groups: dict[tuple[str, ...], tuple[Why, list[Finding]]] = {}
    for finding in board.open.values():
        why = _why(finding)
        if why is not None:
            groups.setdefault(_group(finding, why), (why, []))[1].append(finding)
    for why, members in groups.values():
        quantities = sorted({quantity for finding in members for quantity in finding.quantities})
        case = Case(
            rule=f"reason-{members[0].reason}",
            title=why.title.format(quantity=", ".join(quantities) or "what is required", cause="?"),
            subjects=tuple(dict.fromkeys(finding.key.subject for finding in members)),
            remedy=why.remedy,
            likely=tuple(Suspect(words) for words in why.likely),
            next_test=why.next_test,
        )
        board.claim(case, members)


def unexplained(board: Board) -> None:
    """One case for each step and device: its raw values, and no guess."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in board.open.values():
        groups.setdefault((finding.key.stage, finding.key.step, _device(finding)), []).append(finding)
    for (stage, step, _), members in groups.items():
        quantities = sorted({quantity for finding in members for quantity in finding.quantities})
        what = ", ".join(quantities) or "no value was judged"
        case = Case(
            rule="unexplained",
            title=f"unexplained: {stage}/{step} ({what})",
            subjects=tuple(dict.fromkeys(finding.key.subject for finding in members)),
            remedy="report-unexplained",
        )
        board.claim(case, members)


def _why(finding: Finding) -> Why | None:
    if finding.verdict is not Verdict.UNKNOWN or finding.reason is None:
        return None
    if finding.does in CHECKS and finding.reason in UNPROVEN:
        return Why(*NO_EVIDENCE)
    if finding.reason == Reason.NO_DATA and finding.quantities == {"leak_state"}:
        return NO_DETECTOR
    nobody_spoke = finding.quantities == {"answer"} or (finding.cause is None and not finding.bad)
    return NO_ANSWER if finding.reason == Reason.NO_DATA and nobody_spoke else REASONS.get(finding.reason)


def _group(finding: Finding, why: Why) -> tuple[str, ...]:
    reason = str(finding.reason)
    if finding.does in CHECKS:
        return (reason, finding.does)
    if why is NO_ANSWER or finding.reason in RUN_WIDE:
        return (reason, why.title if why is NO_ANSWER else ",".join(sorted(finding.quantities)))
    return (reason, _device(finding), ",".join(sorted(finding.quantities)))


def _device(finding: Finding) -> str:
    try:
        return parse_subject(ends(finding.key.subject)[0]).device
    except ValueError:
        return finding.key.subject
