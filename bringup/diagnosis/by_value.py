"""Bad values that explain themselves, those alike told once."""

from __future__ import annotations

from bringup.diagnosis.case import Board, Case
from bringup.diagnosis.observed import Finding, worst_first
from bringup.diagnosis.rules_single import IDENTITY, SINGLES
from bringup.diagnosis.words import Single
from bringup.model.cause import Suspect
from bringup.model.judgement import Judgement
from bringup.model.subject import ends, parse_subject
from bringup.model.verdict import Verdict

Group = tuple[str, str]
NAMED_AT_MOST = 4


def by_value(board: Board) -> None:
    """Every open finding with a FAIL of a quantity that has words of its own."""
    groups: dict[Group, tuple[Single, Judgement, list[Finding]]] = {}
    for finding in board.open.values():
        judgement = _telling(finding)
        if judgement is not None:
            single = SINGLES[judgement.quantity]
            group = (single.remedy, _together(single, judgement))
            groups.setdefault(group, (single, judgement, []))[2].append(finding)
    for (_, together), (single, judgement, members) in groups.items():
        subjects = tuple(dict.fromkeys(_blamed(finding, single) for finding in members))
        of_all = {"device": together, "value": _listed(subjects)}
        named = {"subject": of_all.get(single.together, judgement.subject), "value": _value(judgement)}
        case = Case(
            rule=f"value-of-{judgement.quantity}",
            title=single.title.format(**named),
            subjects=subjects,
            remedy=single.remedy,
            likely=tuple(Suspect(words) for words in single.likely),
            next_test=single.next_test,
            shows=(judgement.quantity,),
        )
        if single is IDENTITY:
            members = [*members, *_refused_for(board, subjects)]
        board.claim(case, members)
    _refused(board)


def _listed(subjects: tuple[str, ...]) -> str:
    more = f" and {len(subjects) - NAMED_AT_MOST} more" if len(subjects) > NAMED_AT_MOST else ""
    return ", ".join(subjects[:NAMED_AT_MOST]) + more


def _refused_for(board: Board, devices: tuple[str, ...]) -> list[Finding]:
    """Actions that were not begun, because one of `devices` is not the one expected."""
    return [one for one in board.open.values() if _not_begun(one) and one.cause in devices]


def _refused(board: Board) -> None:
    """Actions that were not begun on a device whose identity no other step read."""
    for finding in [one for one in board.open.values() if _not_begun(one)]:
        case = Case(
            rule="action-not-begun",
            title=f"an action was not begun: {finding.message}",
            subjects=(finding.cause or finding.key.subject,),
            remedy=IDENTITY.remedy,
            likely=tuple(Suspect(words) for words in IDENTITY.likely),
            next_test=IDENTITY.next_test,
        )
        board.claim(case, [finding])


def _not_begun(finding: Finding) -> bool:
    """A FAIL without a judgement: identity, read again before a change, was not the expected one."""
    return finding.verdict is Verdict.FAIL and not finding.bad and finding.message is not None


def _telling(finding: Finding) -> Judgement | None:
    """The first FAIL of a quantity that has words of its own."""
    failed = (each for each in worst_first(finding.bad) if each.verdict is Verdict.FAIL)
    return next((each for each in failed if each.quantity in SINGLES), None)


def _together(single: Single, judgement: Judgement) -> str:
    match single.together:
        case "device":
            return parse_subject(judgement.subject).device
        case "value":
            return f"{judgement.quantity} {judgement.value} {judgement.limit}"
        case _:
            return judgement.subject


def _blamed(finding: Finding, single: Single) -> str:
    subject = finding.key.subject
    return parse_subject(ends(subject)[0]).device if single.remedy == "check-device-identity" else subject


def _value(judgement: Judgement) -> str:
    if judgement.value is None:
        return str(judgement.reading)
    number = judgement.value
    return f"{number:g}" if isinstance(number, float) else str(number)
