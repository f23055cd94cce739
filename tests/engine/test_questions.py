"""Approvals: a dangerous action waits for a person's signed yes, and takes a no for a no."""

from __future__ import annotations

import asyncio

import pytest

from bringup.engine.desk import Question
from bringup.engine.questions import check_answer
from bringup.model.answer import Answers
from bringup.model.errors import InputError
from tests.engine.person import Person, events, until
from tests.engine.stand import Stand, verdicts
from tests.engine.test_actions import CYCLE, ON, ROW, Pdu, with_pdu

QUESTION = f"{ROW}/approve"


async def at_the_question(stand: Stand) -> tuple[Pdu, Person, asyncio.Task[None]]:
    """A session that waits for an approval at the desk: nobody's key is at hand."""
    pdu = Pdu()
    with_pdu(stand, pdu)
    stand.approver = None
    stand.headless = False
    session = await stand.open(ON)
    person = Person(stand, session)
    running = asyncio.create_task(session.run())
    assert await person.asked() == (QUESTION,)
    return pdu, person, running


async def test_a_person_approves_with_their_own_key(stand: Stand) -> None:
    pdu, person, running = await at_the_question(stand)
    assert pdu.commands == []
    signed = await person.sign(QUESTION, "approve")
    assert (await person.answer(QUESTION, "approve", **signed)).ok
    await running
    assert pdu.commands == ["on"]
    state = await stand.state()
    assert verdicts(state) == {ROW: "PASS"}
    assert state.answers[0].signer is not None and not state.answers[0].simulated


@pytest.mark.parametrize("value", ["approve", "yes", "APPROVE", "ok"])
async def test_an_unsigned_yes_approves_nothing(stand: Stand, value: str) -> None:
    pdu, person, running = await at_the_question(stand)
    assert not (await person.answer(QUESTION, value)).ok
    assert stand.desk.open_questions == (QUESTION,)
    assert (await person.answer(QUESTION, "refuse")).ok
    await running
    assert pdu.commands == []
    assert verdicts(await stand.state()) == {ROW: "UNKNOWN skipped"}


async def test_an_approval_that_is_skipped_changes_nothing(stand: Stand) -> None:
    pdu, person, running = await at_the_question(stand)
    assert (await person.tell("skip", "too early", step="power/power.outlet_on")).ok
    await running
    assert pdu.commands == []
    state = await stand.state()
    assert verdicts(state) == {ROW: "UNKNOWN skipped"}
    assert "too early" in str(state.steps)


async def test_a_stop_at_the_question_changes_nothing(stand: Stand) -> None:
    pdu, person, running = await at_the_question(stand)
    assert (await person.tell("abort")).ok
    await running
    assert pdu.commands == []
    assert verdicts(await stand.state()) == {ROW: "UNKNOWN aborted"}


async def test_an_answers_file_approves_nothing(stand: Stand) -> None:
    pdu = Pdu()
    with_pdu(stand, pdu)
    stand.approver = None
    stand.answers = Answers.model_validate(
        {
            "schema": "bringup.answers/1",
            "answer": [{"step": "power/power.outlet_on", "value": "approve", "by": "kim"}],
        }
    )
    state = await stand.run(ON)
    assert pdu.commands == []
    assert verdicts(state) == {ROW: "UNKNOWN no_data"}


async def test_the_question_says_what_will_change_and_what_drops(stand: Stand) -> None:
    pdu = Pdu("on")
    with_pdu(stand, pdu)
    await stand.run(CYCLE)
    _, asked = events(stand, "Asked")  # the first is whether the cord leads there
    assert asked["form"] == "approve"
    assert "outlet_state is on" in asked["changes"]
    assert any(each.startswith("drops leaf-1") for each in asked["changes"])


async def test_an_unanswerable_question_is_not_left_open(stand: Stand) -> None:
    _, person, running = await at_the_question(stand)
    assert (await person.answer(QUESTION, "refuse")).ok
    await until(running.done)
    assert stand.desk.open_questions == ()
    assert not (await person.answer(QUESTION, "refuse")).ok


def q(form: str, *choices: str) -> Question:
    return Question("a/q@run", 1, ("a", "q", "run"), form, choices)


@pytest.mark.parametrize(
    ("question", "value"),
    [
        (q("confirm"), "yes"),
        (q("confirm"), " No "),
        (q("confirm", "yes", "no"), "no"),
        (q("choose", "good", "bad"), "bad"),
        (q("scan"), "anything"),
        (q("measure"), "-2.5"),
        (q("approve"), "refuse"),
    ],
)
def test_an_answer_of_its_form_is_taken(question: Question, value: str) -> None:
    check_answer(question, value)


@pytest.mark.parametrize(
    ("question", "value"),
    [
        (q("confirm"), "maybe"),
        (q("confirm", "yes", "no"), "Yes"),
        (q("choose", "good", "bad"), "Good"),
        (q("approve"), "yes"),
    ],
)
def test_a_slip_of_the_pen_is_no_answer(question: Question, value: str) -> None:
    with pytest.raises(InputError, match="It takes"):
        check_answer(question, value)
