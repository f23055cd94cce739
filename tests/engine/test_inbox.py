"""Commands at the desk: who may say what, when; each is in the record, refused ones too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bringup.journal.sign import CHECKPOINT, KeySigner
from bringup.model.errors import InputError, Unreachable
from bringup.model.verdict import Verdict
from tests.engine.person import Person, events, until
from tests.engine.stand import Stand, verdicts
from tests.engine.test_session import IS_REACHABLE, REACH, both_answer, limit

YES = limit("answer", equals="yes")
CONFIRM = {"name": "a", "step": [{"ask": "confirm", "id": "q", "with": {"text": "?"}}]}
ATTEST = {"name": "a", "step": [{"ask": "attest", "id": "q", "with": {"text": "?"}}]}
IDENTITY = {"name": "a", "step": [{"check": "management.identity", "id": "who", "on": {"role": "leaf"}}]}


@asynccontextmanager
async def at_desk(stand: Stand, *stages: dict[str, Any], wait: int = 1) -> AsyncIterator[Person]:
    """A person at a session that runs, once `wait` questions are open; the session ends with the block."""
    stand.headless = False
    stand.limits = (*stand.limits, YES, IS_REACHABLE)
    session = await stand.open(*stages)
    person = Person(stand, session)
    running = asyncio.create_task(session.run())
    await person.asked(wait)
    try:
        yield person
    finally:
        stand.desk.interrupt()
        await running


async def finished(stand: Stand, *stages: dict[str, Any]) -> Person:
    """A person at a session that has come to its end."""
    stand.limits = (*stand.limits, YES, IS_REACHABLE)
    session = await stand.open(*stages)
    await session.run()
    return Person(stand, session)


async def test_a_command_says_who_and_why_and_the_way_it_came(stand: Stand) -> None:
    person = await finished(stand, CONFIRM)
    reply = await person.tell("note", "the buyer asked", text="cleaned both ends")
    (event,) = events(stand, "CommandReceived")
    assert reply.ok and reply.seq == event["seq"]
    assert (event["by"], event["via"], event["why"], event["accepted"]) == (
        "kim",
        "socket",
        "the buyer asked",
        True,
    )
    assert events(stand, "Noted")[0]["text"] == "cleaned both ends"


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        ("answer", {"question": "a/q@nobody", "value": "yes"}),
        ("answer", {"question": "a/q@run"}),
        ("answer", {"value": "yes"}),
        ("answer", {"question": "a/q@run", "value": "maybe"}),
        ("skip", {"step": "nowhere/q"}),
        ("skip", {"step": "q@leaf-9"}),
        ("retest", {"step": "failed"}),
        ("replace", {"old": "SN-leaf-1"}),
        ("replace", {"old": "SN-leaf-1", "new": "SN-new"}),
        ("put-back", {}),
        ("skip", {"step": "a/q", "subject": "leaf-9"}),
        ("skip", {}),
        ("retest", {"step": "a/q"}),
        ("waive", {"step": "a/q"}),
        ("note", {}),
        ("note", {"text": ""}),
    ],
)
async def test_what_can_not_be_done_is_refused_and_recorded_as_refused(
    stand: Stand, verb: str, arguments: dict[str, str]
) -> None:
    async with at_desk(stand, CONFIRM) as person:
        reply = await person.tell(verb, "because", **arguments)
        assert not reply.ok and reply.error
        (event,) = events(stand, "CommandReceived")
        assert event["accepted"] is False
        assert event["refusal"] == reply.error
        assert person.stand.desk.open_questions == ("a/q@run",)


async def test_the_second_of_two_answers_at_once_is_refused(stand: Stand) -> None:
    async with at_desk(stand, CONFIRM) as person:
        first, second = await asyncio.gather(person.answer("a/q@run", "yes"), person.answer("a/q@run", "no"))
        assert first.ok and not second.ok
        await until(lambda: person.stand.book.ledger.ended)
    assert [event["accepted"] for event in events(stand, "CommandReceived")] == [True, False]
    assert [event["value"] for event in events(stand, "Answered")] == ["yes"]


async def test_an_answered_question_is_closed(stand: Stand) -> None:
    async with at_desk(stand, CONFIRM) as person:
        assert (await person.answer("a/q@run", "yes")).ok
        await until(lambda: person.stand.book.ledger.ended)
        assert not (await person.answer("a/q@run", "no")).ok
    assert verdicts(await stand.state()) == {"a/q@run": "PASS"}


async def test_text_that_no_record_can_hold_harms_nobody(stand: Stand) -> None:
    person = await finished(stand, CONFIRM)
    try:
        reply = await person.tell("note", text="\ud800")
    except InputError:
        return
    assert reply.ok is False or events(stand, "Noted")


# --- signatures ---------------------------------------------------------------------------------------------


async def test_a_sign_off_is_signed_with_ones_own_key(stand: Stand) -> None:
    async with at_desk(stand, ATTEST) as person:
        signed = await person.sign("a/q@run", "yes")
        assert (await person.answer("a/q@run", "yes", **signed)).ok
        await until(lambda: person.stand.book.ledger.ended)
    state = await stand.state()
    assert verdicts(state) == {"a/q@run": "PASS"}
    assert state.signatures[0].by == "kim"


async def test_a_sign_off_without_a_signature_is_refused_and_the_question_stays(stand: Stand) -> None:
    async with at_desk(stand, ATTEST) as person:
        reply = await person.answer("a/q@run", "yes")
        assert not reply.ok and "signed" in (reply.error or "")
        assert person.stand.desk.open_questions == ("a/q@run",)


@pytest.mark.parametrize(
    "wrong",
    [
        {"run": "20260101-000000-aaaa"},
        {"by": "somebody"},
        {"namespace": CHECKPOINT},
        {"namespace": "file"},
        {"question": "a/other@run"},
        {"value": "no"},
    ],
    ids=str,
)
async def test_a_signature_of_something_else_is_refused(stand: Stand, wrong: dict[str, str]) -> None:
    async with at_desk(stand, ATTEST) as person:
        meant = {"question": "a/q@run", "value": "yes"} | wrong
        signed = await person.sign(meant.pop("question"), meant.pop("value"), **meant)
        assert not (await person.answer("a/q@run", "yes", **signed)).ok
        assert person.stand.desk.open_questions == ("a/q@run",)


async def test_a_signature_by_another_key_than_it_says_is_refused(stand: Stand) -> None:
    async with at_desk(stand, ATTEST) as person:
        mine = await person.sign("a/q@run", "yes")
        other = await person.sign("a/q@run", "yes", key=KeySigner.throwaway())
        mixed = mine["signature"].splitlines()[:2] + other["signature"].splitlines()[2:]
        signed = {**mine, "signature": "\n".join(mixed) + "\n"}
        assert not (await person.answer("a/q@run", "yes", **signed)).ok


@pytest.mark.parametrize(
    "head", ["head 1 AAAA", "head 99999999999999999999 x", "head -1 x", "head", "head 5", "", "head ٣ x"]
)
async def test_a_head_that_this_runner_has_not_told_is_refused(stand: Stand, head: str) -> None:
    async with at_desk(stand, ATTEST) as person:
        signed = await person.sign("a/q@run", "yes")
        lines = signed["signed_text"].splitlines()[:-1]
        text = "\n".join([*lines, head]) + "\n"
        armor = person.key.sign(text.encode(), "bringup-approve@v1").decode()
        reply = await person.answer("a/q@run", "yes", signed_text=text, signature=armor)
        assert not reply.ok


async def test_half_a_signature_is_refused(stand: Stand) -> None:
    async with at_desk(stand, ATTEST) as person:
        signed = await person.sign("a/q@run", "yes")
        for part in signed:
            assert not (await person.answer("a/q@run", "yes", **{part: signed[part]})).ok


async def test_a_signature_given_before_the_question_was_asked_is_refused(stand: Stand) -> None:
    """An old yes, played back when the same is asked again."""
    first = {"ask": "confirm", "id": "first", "with": {"text": "?"}}
    second = {"ask": "attest", "id": "q", "with": {"text": "?"}}
    async with at_desk(stand, {"name": "a", "step": [first, second]}) as person:
        early = await person.sign("a/q@run", "yes")
        assert (await person.answer("a/first@run", "yes")).ok
        await until(lambda: "a/q@run" in person.stand.desk.open_questions)
        reply = await person.answer("a/q@run", "yes", **early)
        assert not reply.ok and "before" in (reply.error or "")


# --- skip, pause, abort, close ------------------------------------------------------------------------------


async def test_a_skipped_question_is_skipped_and_the_run_goes_on(stand: Stand) -> None:
    both_answer(stand)
    next_stage = {"name": "b", "needs": [], "step": [REACH]}
    async with at_desk(stand, CONFIRM, next_stage) as person:
        assert (await person.tell("skip", "no ladder here", step="a/q")).ok
        await until(lambda: ("a", "q", "run") in person.stand.book.ledger.ended)
    state = await stand.state()
    assert verdicts(state)["a/q@run"] == "UNKNOWN skipped"
    (step,) = state.by_stage["a"]
    assert step.latest is not None and step.latest.message == "skipped by kim: no ladder here"
    assert len(step.attempts) == 1


async def test_what_is_skipped_while_it_runs_stays_skipped_in_the_record_and_in_the_verdict(
    stand: Stand,
) -> None:
    """The reading that was under way comes in later, and must not turn the verdict that closes the run."""
    both_answer(stand)
    gate = asyncio.Event()
    found = stand.table[("leaf-1", "identity")]

    async def slow() -> Any:
        await gate.wait()
        return found

    stand.table[("leaf-1", "identity")] = slow
    stand.limits = (IS_REACHABLE,)
    session = await stand.open({"name": "a", "step": [REACH]})
    person = Person(stand, session)
    running = asyncio.create_task(session.run())
    await stand.bench.wait_for(2)
    assert (await person.tell("skip", step="a/management.reach", subject="leaf-1")).ok
    gate.set()
    await running
    verdict = session.verdict
    state = await stand.state()
    assert verdicts(state)["a/management.reach@leaf-1"] == "UNKNOWN skipped"
    assert verdict is state.verdict is Verdict.UNKNOWN
    assert not state.problems


async def test_what_is_skipped_while_it_polls_is_polled_no_more(stand: Stand) -> None:
    both_answer(stand)
    stand.table[("leaf-1", "identity")] = Unreachable("leaf-1: not yet")
    stand.limits = (IS_REACHABLE,)
    session = await stand.open({"name": "a", "step": [{**REACH, "until_s": 1e9, "every_s": 1.0}]})
    person = Person(stand, session)
    running = asyncio.create_task(session.run())
    await stand.bench.wait_for(4)
    assert (await person.tell("skip", step="a/management.reach", subject="leaf-1")).ok
    await running
    assert session.complete


async def test_an_abort_ends_open_questions_as_aborted(stand: Stand) -> None:
    async with at_desk(stand, CONFIRM) as person:
        assert (await person.tell("abort", "the buyer has left")).ok
        await until(lambda: person.stand.book.ledger.ended)
    assert verdicts(await stand.state()) == {"a/q@run": "UNKNOWN aborted"}


async def test_a_paused_run_with_work_left_is_not_closed(stand: Stand) -> None:
    async with at_desk(stand, CONFIRM) as person:
        assert (await person.tell("pause")).ok
        reply = await person.tell("close")
        assert not reply.ok and "paused" in (reply.error or "")
        assert (await person.tell("continue")).ok
        assert (await person.tell("close")).ok
        assert person.stand.desk.closing.is_set()


# --- waivers ------------------------------------------------------------------------------------------------


async def failed(stand: Stand, *stages: dict[str, Any]) -> Person:
    both_answer(stand)
    stand.table[("leaf-1", "identity")] = Unreachable("leaf-1: no route")
    return await finished(stand, *stages)


STEP = "a/management.reach"


async def test_a_waiver_changes_what_stands_in_the_way_and_nothing_else(stand: Stand) -> None:
    person = await failed(stand, {"name": "a", "step": [REACH]})
    assert (await person.waive("spare on order", step=STEP, until="2030-01-31")).ok
    verdict = stand.session.verdict
    state = await stand.state()
    assert verdicts(state) == {"a/management.reach@leaf-1": "WAIVED", "a/management.reach@leaf-2": "PASS"}
    assert verdict is state.verdict is Verdict.WAIVED
    (waiver,) = state.waivers
    assert (waiver.subject, waiver.by, waiver.why, waiver.until) == (
        "leaf-1",
        "kim",
        "spare on order",
        "2030-01-31",
    )
    assert waiver.signature is not None


@pytest.mark.parametrize("why", [None, "", "   "])
async def test_a_waiver_needs_a_reason(stand: Stand, why: str | None) -> None:
    person = await failed(stand, {"name": "a", "step": [REACH]})
    reply = await person.waive(why, step=STEP, until="2099-01-31")
    assert not reply.ok and "reason" in (reply.error or "")
    assert not events(stand, "Waived")


async def test_a_waiver_needs_a_signature(stand: Stand) -> None:
    person = await failed(stand, {"name": "a", "step": [REACH]})
    reply = await person.tell("waive", "spare on order", step=STEP, until="2099-01-31")
    assert not reply.ok and "signed" in (reply.error or "")


@pytest.mark.parametrize("until", [None, "whenever", "2099-02-30", "2099-1-31", "20990131", "2026-06-30"])
async def test_a_waiver_needs_a_last_day_that_is_to_come(stand: Stand, until: str | None) -> None:
    stand.today = lambda: "2026-07-01"
    person = await failed(stand, {"name": "a", "step": [REACH]})
    more = {} if until is None else {"until": until}
    reply = await person.waive("spare on order", step=STEP, **more)
    assert not reply.ok and not events(stand, "Waived")


async def test_the_signature_of_a_waiver_covers_its_end_date(stand: Stand) -> None:
    person = await failed(stand, {"name": "a", "step": [REACH]})
    signed = await person.sign(f"waive {STEP}@* until 2030-01-31", "spare")
    assert not (await person.tell("waive", "spare", step=STEP, until="2099-12-31", **signed)).ok
    assert not (await person.waive("spare", step=STEP, until="whenever")).ok


async def test_an_old_waiver_does_not_cover_a_new_failure(stand: Stand) -> None:
    person = await failed(stand, {"name": "a", "step": [REACH]})
    signed = await person.sign(f"waive {STEP}@* until 2099-01-31", "spare")
    assert (await person.tell("waive", "spare", step=STEP, until="2099-01-31", **signed)).ok
    assert (await person.tell("retest", step=STEP, subject="leaf-1")).ok
    await stand.session.run()
    assert not (await person.tell("waive", "spare", step=STEP, until="2099-01-31", **signed)).ok
    assert verdicts(await stand.state())["a/management.reach@leaf-1"] == "UNKNOWN unreachable"


async def test_a_wrong_identity_is_never_waived(stand: Stand) -> None:
    both_answer(stand)
    stand.table[("leaf-1", "identity")] = Unreachable("leaf-1: no route")
    person = await finished(stand, IDENTITY)
    reply = await person.waive("we know it", step="a/who", until="2099-01-31")
    assert not reply.ok and "never waived" in (reply.error or "")


async def test_an_action_that_met_the_wrong_device_is_never_waived(stand: Stand) -> None:
    from tests.engine.test_actions import ON, Pdu, with_pdu

    with_pdu(stand, Pdu(serial="SN-of-another"))
    session = await stand.open(ON)
    await session.run()
    person = Person(stand, session)
    assert session.verdict is Verdict.FAIL
    reply = await person.waive("it is fine", step="power/power.outlet_on", until="2099-01-31")
    assert not reply.ok and "identity" in (reply.error or "")


async def test_what_has_no_verdict_or_a_good_one_is_not_waived(stand: Stand) -> None:
    both_answer(stand)
    async with at_desk(stand, {"name": "b", "step": [REACH]}, {**CONFIRM, "needs": ["b"]}) as person:
        for step in ("a/q", "b/management.reach"):
            assert not (await person.waive("why not", step=step, until="2099-01-31")).ok


# --- retest -------------------------------------------------------------------------------------------------


async def test_a_retest_runs_it_again_and_all_attempts_stay(stand: Stand) -> None:
    person = await failed(stand, {"name": "a", "step": [REACH]})
    both_answer(stand)
    assert (await person.tell("retest", step=STEP, subject="leaf-1")).ok
    assert not stand.session.complete
    await stand.session.run()
    state = await stand.state()
    assert verdicts(state) == {"a/management.reach@leaf-1": "PASS", "a/management.reach@leaf-2": "PASS"}
    step = state.step("a", "management.reach", "leaf-1")
    assert step is not None and [each.verdict for each in step.attempts] == ["UNKNOWN", "PASS"]


async def test_a_retest_also_runs_what_was_blocked_by_it(stand: Stand) -> None:
    again = {**REACH, "id": "again"}
    last = {**REACH, "id": "last"}
    person = await failed(
        stand, {"name": "a", "step": [REACH]}, {"name": "b", "step": [again]}, {"name": "c", "step": [last]}
    )
    both_answer(stand)
    assert (await person.tell("retest", step=STEP)).ok
    await stand.session.run()
    assert set(verdicts(await stand.state()).values()) == {"PASS"}


async def test_a_retest_of_what_is_running_is_refused(stand: Stand) -> None:
    """Else its verdict would be declared outdated before it is there."""
    async with at_desk(stand, CONFIRM) as person:
        assert not (await person.tell("retest", step="a/q")).ok
        assert (await person.answer("a/q@run", "yes")).ok
        await until(lambda: person.stand.book.ledger.ended)
    assert verdicts(await stand.state()) == {"a/q@run": "PASS"}
