"""What events add up to."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bringup.model import event as ev
from bringup.model.fold import Fold, fold, fold_events
from bringup.model.progress import Key
from bringup.model.state import RunState, run_verdict
from bringup.model.verdict import Reading, Reason, Verdict

LINK = "leaf-1/Ethernet0<->node-01/eth0"
PLANNED = (
    ("management", "reach", "leaf-1"),
    ("optics", "levels", "leaf-1/Ethernet0"),
    ("links", "state", LINK),
)
AT: dict[str, Any] = {"stage": "optics", "step": "levels", "attempt": 1}


def number(events: Iterable[Any], first: int = 0) -> list[Any]:
    return [msgspec.structs.replace(one, seq=first + place) for place, one in enumerate(events)]


def plan(*planned: tuple[str, str, str]) -> ev.PlanFixed:
    return ev.PlanFixed(files={"playbook.toml": "00"}, planned=planned or PLANNED)


def started(stage: str, step: str, subject: str, attempt: int = 1) -> ev.StepStarted:
    return ev.StepStarted(stage=stage, step=step, subject=subject, attempt=attempt, does=f"{stage}.{step}")


def ended(
    stage: str, step: str, subject: str, verdict: Verdict = Verdict.PASS, attempt: int = 1, **more: Any
) -> ev.StepEnded:
    return ev.StepEnded(stage=stage, step=step, subject=subject, attempt=attempt, verdict=verdict, **more)


def measured(subject: str, value: Any = -2.0, quantity: str = "rx_power_dbm", **more: Any) -> ev.Measured:
    where = AT | more
    return ev.Measured(
        subject=subject,
        quantity=quantity,
        unit="dBm",
        value=value,
        reading=Reading.VALUE if value is not None else Reading.DARK,
        **where,
    )


def judged(
    subject: str, verdict: Verdict, value: Any = -2.0, limit: str = ">= -5.9", **more: Any
) -> ev.Judged:
    where = AT | more
    return ev.Judged(
        subject=subject,
        quantity="rx_power_dbm",
        unit="dBm",
        value=value,
        reading=Reading.VALUE if value is not None else Reading.DARK,
        limit=limit,
        source="802.3",
        standing="standard",
        verdict=verdict,
        **where,
    )


def run(*events: Any) -> RunState:
    return fold_events(number([plan(), *events]))


def all_ended(verdict: Verdict = Verdict.PASS) -> list[Any]:
    return [ended(*row, verdict=verdict) for row in PLANNED]


def test_an_empty_state_is_unknown() -> None:
    assert run_verdict(RunState.empty()) is Verdict.UNKNOWN
    assert RunState.empty().exit_code == 3
    assert not RunState.empty().coverage.complete


def test_every_planned_row_is_there_before_anything_ran() -> None:
    state = run()
    assert [tuple(key) for key in state.steps] == list(PLANNED)
    assert state.coverage.planned == 3
    assert len(state.coverage.unfinished) == 3
    assert state.verdict is Verdict.UNKNOWN


def test_a_run_passes_only_when_every_row_has_passed() -> None:
    assert run(*all_ended()).verdict is Verdict.PASS
    assert run(*all_ended()).coverage.complete
    assert run(*all_ended()[:2]).verdict is Verdict.UNKNOWN


def test_a_step_that_started_and_never_ended_is_unfinished() -> None:
    state = run(*all_ended()[:2], started(*PLANNED[2]))
    assert state.coverage.unfinished == (Key(*PLANNED[2]),)
    step = state.step(*PLANNED[2])
    assert step is not None
    assert step.running
    assert (step.verdict, step.counts_as) == (None, Verdict.UNKNOWN)


def test_the_worst_wins() -> None:
    events = all_ended()
    events[1] = ended(*PLANNED[1], verdict=Verdict.FAIL)
    assert run(*events).verdict is Verdict.FAIL
    assert run(*events).exit_code == 1


def test_a_row_that_nobody_planned_counts_when_it_is_bad() -> None:
    state = run(*all_ended(), ended("optics", "levels", "leaf-9/Ethernet0", Verdict.FAIL))
    assert state.verdict is Verdict.FAIL
    assert state.coverage.planned == 3


def test_the_latest_attempt_counts_and_all_stay() -> None:
    state = run(
        *all_ended(Verdict.FAIL)[1:2],
        started(*PLANNED[1], attempt=2),
        ended(*PLANNED[1], attempt=2),
    )
    step = state.step(*PLANNED[1])
    assert step is not None
    assert [attempt.verdict for attempt in step.attempts] == [Verdict.FAIL, Verdict.PASS]
    assert step.verdict is Verdict.PASS


def test_a_retest_that_is_running_takes_the_old_pass_away() -> None:
    state = run(*all_ended(), started(*PLANNED[1], attempt=2))
    assert state.verdict is Verdict.UNKNOWN


def test_a_new_attempt_starts_without_the_old_measurements() -> None:
    old = [
        started(*PLANNED[1]),
        measured("leaf-1/Ethernet0#lane-1"),
        ended(*PLANNED[1], verdict=Verdict.FAIL),
    ]
    state = run(*old, started(*PLANNED[1], attempt=2))
    step = state.step(*PLANNED[1])
    assert step is not None
    assert step.measurements == ()


def test_a_late_reading_of_an_old_attempt_is_not_the_new_ones() -> None:
    state = run(started(*PLANNED[1], attempt=2), measured("leaf-1/Ethernet0#lane-1", attempt=1))
    step = state.step(*PLANNED[1])
    assert step is not None
    assert step.measurements == ()


def test_a_lane_belongs_to_its_port_and_an_end_to_its_link() -> None:
    state = run(
        started(*PLANNED[1]),
        measured("leaf-1/Ethernet0#lane-1"),
        judged("leaf-1/Ethernet0#lane-1", Verdict.PASS),
        measured("node-01/eth0", True, "oper_up", stage="links", step="state"),
    )
    optics, links = state.step(*PLANNED[1]), state.step(*PLANNED[2])
    assert optics is not None
    assert links is not None
    assert [one.subject for one in optics.measurements] == ["leaf-1/Ethernet0#lane-1"]
    assert [one.verdict for one in optics.judgements] == [Verdict.PASS]
    assert [one.subject for one in links.measurements] == ["node-01/eth0"]


def test_a_later_reading_takes_the_judgement_of_the_earlier_with_it() -> None:
    lane = "leaf-1/Ethernet0#lane-1"
    state = run(
        measured(lane, -9.0),
        judged(lane, Verdict.FAIL, -9.0),
        judged(lane, Verdict.FAIL, -9.0, limit=">= -4"),
        measured(lane, -2.0),
        judged(lane, Verdict.PASS, -2.0),
    )
    step = state.step(*PLANNED[1])
    assert step is not None
    assert [(one.value, one.verdict) for one in step.judgements] == [(-2.0, Verdict.PASS)]


def test_evidence_of_a_device_stands_behind_its_ports_and_links() -> None:
    kept = ev.EvidenceKept(
        stage="links",
        step="state",
        subject="node-01",
        attempt=1,
        name="ports",
        sha256="ab",
        size=1,
        media_type="text/plain",
    )
    step = run(started(*PLANNED[2]), kept).step(*PLANNED[2])
    assert step is not None
    assert [one.sha256 for one in step.evidence] == ["ab"]


def waived(row: tuple[str, str, str]) -> ev.Waived:
    stage, step, subject = row
    return ev.Waived(stage=stage, step=step, subject=subject, by="ann", why="spare is ordered")


def test_a_waiver_covers_the_attempt_it_was_given_for() -> None:
    bad = [*all_ended()[:1], ended(*PLANNED[1], verdict=Verdict.FAIL), *all_ended()[2:]]
    state = run(*bad, waived(PLANNED[1]))
    assert (state.verdict, state.exit_code) == (Verdict.WAIVED, 5)
    again = run(*bad, waived(PLANNED[1]), ended(*PLANNED[1], verdict=Verdict.FAIL, attempt=2))
    assert again.verdict is Verdict.FAIL


def test_a_waiver_makes_a_pass_no_worse_and_a_missing_verdict_no_better() -> None:
    assert run(*all_ended(), waived(PLANNED[1])).verdict is Verdict.PASS
    assert run(*all_ended()[1:], waived(PLANNED[0])).verdict is Verdict.UNKNOWN


def test_what_is_superseded_is_unknown_and_its_waiver_is_void() -> None:
    gone = ev.Superseded(
        stage="optics", step="levels", subject="leaf-1/Ethernet0", why="the optic was replaced"
    )
    state = run(*all_ended(), waived(PLANNED[1]), gone)
    step = state.step(*PLANNED[1])
    assert step is not None
    assert (step.verdict, step.reason) == (Verdict.UNKNOWN, Reason.SUPERSEDED)
    assert run(*all_ended(), gone, ended(*PLANNED[1], attempt=2)).verdict is Verdict.PASS


def asked(question: str = "q1") -> ev.Asked:
    return ev.Asked(subject="leaf-1/Ethernet0", question=question, form="confirm", text="Clean?", **AT)


def test_an_ask_is_open_until_it_is_answered_or_its_step_ends() -> None:
    answer = ev.Answered(subject="leaf-1/Ethernet0", question="q1", value="yes", by="ann", **AT)
    assert [ask.question for ask in run(asked()).asks] == ["q1"]
    assert run(asked(), answer).asks == ()
    assert [one.value for one in run(asked(), answer).answers] == ["yes"]
    assert run(asked(), ended(*PLANNED[1], verdict=Verdict.UNKNOWN)).asks == ()


def intended() -> ev.ActionIntended:
    return ev.ActionIntended(
        subject="pdu-1/outlet-5",
        action="outlet.on",
        before={"outlet_state": "off"},
        identity={},
        drops=(),
        probe="read the outlet",
        undo="outlet.off",
        dangerous=True,
        **AT,
    )


def test_an_intention_without_an_outcome_is_in_doubt_and_forbids_a_pass() -> None:
    done = ev.ActionDone(subject="pdu-1/outlet-5", action="outlet.on", changed=True, after={}, **AT)
    assert run(*all_ended(), intended()).verdict is Verdict.UNKNOWN
    assert len(run(intended()).in_doubt) == 1
    assert run(*all_ended(), intended(), msgspec.structs.replace(done, attempt=2)).in_doubt == ()
    failed = ev.ActionFailed(
        subject="pdu-1/outlet-5", action="outlet.on", message="", outcome="not_done", **AT
    )
    assert run(intended(), failed).in_doubt == ()


def test_what_is_altered_stays_on_the_list_until_it_is_restored() -> None:
    altered = ev.AlteredState(subject="leaf-1/Ethernet0", what="laser off", undo="laser on")
    assert [one.what for one in run(altered).altered] == ["laser off"]
    assert run(altered, msgspec.structs.replace(altered, restored=True)).altered == ()


def test_a_stage_has_a_verdict_when_all_its_steps_have() -> None:
    assert run(*all_ended()[:1]).stage_verdict("management") is Verdict.PASS
    assert run(*all_ended()[:1]).stage_verdict("optics") is None
    state = run(ev.StageStarted(stage="optics"), ev.StageEnded(stage="optics", verdict=Verdict.UNKNOWN))
    assert state.stage_verdict("optics") is Verdict.UNKNOWN


def test_unknown_kinds_are_counted_and_ignored() -> None:
    state = run(*all_ended(), ev.Unknown(seq=0, kind="Dreamt"))
    assert state.unknown_kinds == {"Dreamt": 1}
    assert (state.verdict, state.problems) == (Verdict.PASS, ())


def test_a_gap_a_repetition_and_a_late_epoch_contradict_the_record() -> None:
    events = number([plan(), *all_ended()])
    assert fold_events(events).problems == ()
    for broken in ([*events[:1], *events[2:]], [*events[:2], *events[1:]]):
        assert fold_events(broken).exit_code == 4
    late = [msgspec.structs.replace(one, epoch=2 - place) for place, one in enumerate(events[:2])]
    assert "epoch" in fold_events(late).problems[0]


def test_a_close_that_flatters_the_events_contradicts_them() -> None:
    flattering = ev.RunClosed(verdict=Verdict.PASS, exit_code=0)
    assert run(*all_ended(), flattering).exit_code == 0
    assert run(*all_ended()[:2], flattering).exit_code == 4


def test_an_interrupted_run_keeps_its_exit_code() -> None:
    closed = ev.RunClosed(verdict=Verdict.UNKNOWN, exit_code=130, interrupted=True)
    assert run(*all_ended()[:2], closed).exit_code == 130


def test_work_after_the_close_opens_the_run_again() -> None:
    closed = ev.RunClosed(verdict=Verdict.PASS, exit_code=0)
    assert run(*all_ended(), closed).closed is not None
    assert run(*all_ended(), closed, started(*PLANNED[1], attempt=2)).closed is None


def test_what_explains_a_blocked_row_can_be_found() -> None:
    blocked = ended(
        *PLANNED[1], verdict=Verdict.UNKNOWN, reason="blocked", because=1, cause="leaf-1", message="m"
    )
    state = run(ended(*PLANNED[0], verdict=Verdict.FAIL), blocked)
    assert state.by_seq[1] == Key(*PLANNED[0])


def test_one_step_of_the_fold_leaves_the_state_before_as_it_was() -> None:
    before = run(*all_ended()[:2])
    after = fold(before, msgspec.structs.replace(ended(*PLANNED[2]), seq=3))
    assert before.verdict is Verdict.UNKNOWN
    assert after.verdict is Verdict.PASS


EVENTS: list[Any] = [
    plan(),
    *(started(*row, attempt=attempt) for row in PLANNED for attempt in (1, 2)),
    *(ended(*row, verdict=verdict, attempt=1) for row in PLANNED for verdict in Verdict),
    measured("leaf-1/Ethernet0#lane-1"),
    judged("leaf-1/Ethernet0#lane-1", Verdict.FAIL),
    measured("leaf-1/Ethernet0#lane-1", None, attempt=2),
    waived(PLANNED[1]),
    ev.Superseded(stage="optics", step="levels", subject="leaf-1/Ethernet0", why="moved"),
    asked(),
    intended(),
    ev.RunClosed(verdict=Verdict.UNKNOWN, exit_code=3),
    ev.Noted(text="!", by="ann"),
]


@given(st.lists(st.sampled_from(EVENTS), max_size=25), st.integers(0, 25))
def test_folding_in_two_parts_is_folding_at_once(events: list[Any], cut: int) -> None:
    events = number(events)
    assert fold_events(events[cut:], fold_events(events[:cut])) == fold_events(events)


@given(st.lists(st.sampled_from(EVENTS), max_size=25))
def test_no_row_passes_without_an_ended_step(events: list[Any]) -> None:
    state = fold_events(number([plan(), *events]))
    passed = {tuple(key) for key, step in state.steps.items() if step.verdict is Verdict.PASS}
    told = {
        (one.stage, one.step, one.subject)
        for one in events
        if isinstance(one, ev.StepEnded) and one.verdict is Verdict.PASS
    }
    assert passed <= told


@pytest.mark.parametrize("subject", ["", "#", "a<->", "<->", "/x"])
def test_a_subject_that_is_none_harms_nothing(subject: str) -> None:
    kept = ev.EvidenceKept(subject=subject, name="n", sha256="s", size=0, media_type="text/plain", **AT)
    state = run(measured(subject), judged(subject, Verdict.FAIL), kept, started("optics", "levels", subject))
    assert state.verdict is Verdict.UNKNOWN


def test_a_hundred_thousand_events_fold_within_the_budget() -> None:
    ports = [f"leaf-{leaf}/Ethernet{port}" for leaf in range(64) for port in range(64)]
    reader = ev.EventReader()
    encode = msgspec.json.encode
    events: list[Any] = [plan(*(("optics", "levels", port) for port in ports))]
    for port in ports:
        events.append(started("optics", "levels", port))
        for lane in range(1, 12):
            events += (measured(f"{port}#lane-{lane}"), judged(f"{port}#lane-{lane}", Verdict.PASS))
        events.append(ended("optics", "levels", port))
    lines = [encode(one) for one in number(events)]
    del events
    assert len(lines) > 95_000
    tracemalloc.start()
    began = time.process_time()
    folded = Fold()
    for line in lines:
        folded.add(reader.read(line))
    state = folded.state
    spent_s = time.process_time() - began
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert state.verdict is Verdict.PASS
    assert held < 90 * 2**20
    assert len(lines) / spent_s > 5_000  # traced, and beside other tests; untraced it is many times that
