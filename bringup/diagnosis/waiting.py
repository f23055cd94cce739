"""What only waits: what is blocked, or can't be judged before others are, goes to the cause of that."""

from __future__ import annotations

import msgspec

from bringup.diagnosis.case import Board, Case
from bringup.diagnosis.observed import Finding
from bringup.model.progress import Key
from bringup.model.state import RunState
from bringup.model.verdict import Reason

GROUP = "the same across "


def wait_for_members(board: Board) -> None:
    """A member of a group that found none to compare with waits for what blocks the others of its group."""
    for finding in list(board.open.values()):
        if not _compares(finding):
            continue
        same = [one for one in board.blocked if _step(one) == _step(finding)]
        if same:
            keeper = same[0]
            del board.open[finding.key]
            board.blocked.append(msgspec.structs.replace(finding, because=keeper.because, cause=keeper.cause))


def _compares(finding: Finding) -> bool:
    return bool(finding.bad) and all(
        one.reason is Reason.NO_DATA and (one.limit or "").startswith(GROUP) and one.value is not None
        for one in finding.bad
    )


def _step(finding: Finding) -> tuple[str, str]:
    return finding.key.stage, finding.key.step


def lay_blocked(board: Board, state: RunState) -> None:
    """Blocked verdicts go to the cause of what blocks them, through any chain of others that are blocked."""
    owner: dict[Key, Case] = {finding.key: case for case in board.cases for finding in case.findings}
    chain = {finding.key: finding for finding in board.blocked}
    alone: dict[str, Case] = {}
    for finding in board.blocked:
        case = _blocker(finding, chain, owner, state) or _by_subject(finding, board.cases)
        if case is None:
            name = finding.cause or "what it needs"
            case = alone.setdefault(
                name,
                Case(
                    rule="blocked",
                    title=f"waits for {name}",
                    subjects=(finding.cause or finding.key.subject,),
                    remedy="retest",
                ),
            )
        case.blocked.append(finding)
    board.cases += alone.values()


def _blocker(
    finding: Finding, chain: dict[Key, Finding], owner: dict[Key, Case], state: RunState
) -> Case | None:
    seen: set[Key] = set()
    while finding.because is not None:
        key = state.by_seq.get(finding.because)
        if key is None or key in seen:
            return None
        if key in owner:
            return owner[key]
        if key not in chain:
            return None
        seen.add(key)
        finding = chain[key]
    return None


def _by_subject(finding: Finding, cases: list[Case]) -> Case | None:
    """The case that names what the finding blames, where no event does."""
    if finding.cause is None:
        return None
    return next((case for case in cases if case.findings and finding.cause in case.subjects), None)
