"""What the engine remembers, and what it makes of a record that a crash cut short."""

from __future__ import annotations

from bringup.engine.ledger import Ledger
from bringup.model.event import Known, Measured, PlanFixed, StepEnded, StepStarted, Superseded
from bringup.model.fold import fold_events
from bringup.model.verdict import Reading, Verdict

ROW = ("a", "q", "leaf-1")


def ended(seq: int, attempt: int, verdict: Verdict, **more: object) -> StepEnded:
    fields = {"stage": "a", "step": "q", "subject": "leaf-1"} | more
    return StepEnded(seq=seq, attempt=attempt, verdict=verdict, **fields)  # type: ignore[arg-type]


def started(seq: int, attempt: int) -> StepStarted:
    return StepStarted(seq=seq, stage="a", step="q", subject="leaf-1", attempt=attempt, does="x")


PLAN = PlanFixed(seq=0, files={}, planned=(ROW,))


def ledger(*events: Known) -> Ledger:
    """As after a crash: from what the record says."""
    return Ledger(fold_events((PLAN, *events)))


def test_the_latest_attempt_counts_also_when_an_earlier_one_ends_after_it() -> None:
    live = Ledger()
    for seq, event in enumerate(
        (started(1, 1), ended(2, 2, Verdict.UNKNOWN, reason="skipped"), ended(3, 1, Verdict.PASS))
    ):
        live.note(event, seq + 1)
    assert live.ended[ROW].verdict is Verdict.UNKNOWN
    assert live.next_attempt(ROW) == 3


def test_an_attempt_without_an_end_is_counted_and_runs_again() -> None:
    after = ledger(started(1, 1))
    assert ROW not in after.ended
    assert after.next_attempt(ROW) == 2


def test_a_verdict_stands_after_a_crash() -> None:
    after = ledger(started(1, 1), ended(2, 1, Verdict.FAIL, cause="pdu-1"))
    assert (after.ended[ROW].verdict, after.ended[ROW].seq, after.ended[ROW].cause) == (
        Verdict.FAIL,
        2,
        "pdu-1",
    )


def test_a_retest_that_a_crash_cut_short_is_still_due() -> None:
    after = ledger(
        started(1, 1),
        ended(2, 1, Verdict.FAIL),
        Superseded(seq=3, stage="a", step="q", subject="leaf-1", why="a retest was asked for"),
    )
    assert ROW not in after.ended
    assert after.next_attempt(ROW) == 2


def test_what_was_blocked_by_a_row_is_found_through_others_and_nothing_else() -> None:
    live = Ledger()
    for event in (
        ended(1, 1, Verdict.FAIL),
        ended(2, 1, Verdict.UNKNOWN, step="r", reason="blocked", because=1),
        ended(3, 1, Verdict.UNKNOWN, step="s", reason="blocked", because=2),
        ended(4, 1, Verdict.UNKNOWN, step="t", reason="no_data", because=1),
        ended(5, 1, Verdict.UNKNOWN, step="u", reason="blocked", because=99),
    ):
        live.note(event, event.seq)
    found = live.with_blocked([ROW])
    assert [step for _, step, _ in found] == ["q", "r", "s"]
    assert live.with_blocked([("a", "never", "ran")]) == (("a", "never", "ran"),)


def test_a_reading_counts_for_no_verdict() -> None:
    live = Ledger()
    live.note(
        Measured(
            stage="a",
            step="q",
            subject="leaf-1",
            attempt=1,
            quantity="reachable",
            unit="",
            value=True,
            reading=Reading.VALUE,
        ),
        1,
    )
    assert not live.ended and live.next_attempt(ROW) == 2
