"""Asks: nobody's silence, nor a slip of the pen, is a yes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bringup.engine.desk import Command, Sender
from bringup.journal.sign import KeySigner
from bringup.model.answer import Answers
from bringup.model.envelope import Limit
from bringup.model.state import RunState
from tests.engine.person import Person, events, until
from tests.engine.stand import Stand, verdicts
from tests.engine.test_session import limit

YES = limit("answer", equals="yes")


def ask(form: str, **arguments: Any) -> dict[str, Any]:
    on = {"device": "leaf-1"} if form == "scan" else {}
    return {"name": "a", "step": [{"ask": form, "id": "q", "on": on, "with": {"text": "?", **arguments}}]}


async def answered(
    stand: Stand, stage: dict[str, Any], value: str | None, *limits: Limit
) -> tuple[str, RunState]:
    """The verdict of the one row of `stage`, with that answer in the answers file; None for no answer."""
    stand.limits = limits
    if value is not None:
        stand.answers = Answers.model_validate(
            {
                "schema": "bringup.answers/1",
                "answer": [{"step": "a/q", "value": value, "by": "kim"}],
            }
        )
    state = await stand.run(stage)
    (verdict,) = verdicts(state).values()
    return verdict, state


async def test_headless_without_an_answer_is_no_data_and_says_how_to_answer(stand: Stand) -> None:
    verdict, state = await answered(stand, ask("confirm"), None, YES)
    assert verdict == "UNKNOWN no_data"
    (step,) = state.steps.values()
    assert step.latest is not None and "answers file" in (step.latest.advice or "")


@pytest.mark.parametrize(
    ("form", "value", "expected"),
    [
        ("confirm", "yes", "PASS"),
        ("confirm", " Yes ", "PASS"),
        ("confirm", "no", "FAIL"),
        ("confirm", "maybe", "FAIL"),
        ("instruct", "done", "PASS"),
        ("instruct", "not yet", "FAIL"),
    ],
)
async def test_only_a_yes_is_a_yes(stand: Stand, form: str, value: str, expected: str) -> None:
    verdict, state = await answered(stand, ask(form), value, YES)
    assert verdict == expected
    assert state.answers[0].by == "kim"


@pytest.mark.parametrize(
    ("value", "expected"), [("good", "PASS"), ("yes", "FAIL"), ("bad", "FAIL"), ("", "FAIL")]
)
async def test_a_choice_passes_only_where_the_playbook_says_so(
    stand: Stand, value: str, expected: str
) -> None:
    """Also one that happens to be called `yes`, where that is the bad one (`is anything dirty?`)."""
    stage = ask("choose", choices=["good", "yes", "bad"], passes=["good"])
    assert (await answered(stand, stage, value, YES))[0] == expected


@pytest.mark.parametrize(
    ("value", "expected"), [("SN-leaf-1", "PASS"), (" SN-leaf-1\n", "PASS"), ("X", "FAIL")]
)
async def test_a_scanned_serial_must_be_the_expected_one(stand: Stand, value: str, expected: str) -> None:
    assert (await answered(stand, ask("scan"), value))[0] == expected


LOSS = limit("supply_input_v", min=200.0, max=250.0)
VOLTS = ask("measure", quantity="supply_input_v")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("230", "PASS"),
        (" 230.5 ", "PASS"),
        ("2.3e2", "PASS"),
        ("-230", "FAIL"),
        ("0", "FAIL"),
        ("about 230", "UNKNOWN unparsable"),
        ("230 V", "UNKNOWN unparsable"),
        ("nan", "UNKNOWN unparsable"),
        ("inf", "UNKNOWN unparsable"),
        ("1e999", "UNKNOWN unparsable"),
        ("2_30", "UNKNOWN unparsable"),
        ("٢٣٠", "UNKNOWN unparsable"),
    ],
)
async def test_a_measured_number_is_judged_by_the_limits_of_its_quantity(
    stand: Stand, value: str, expected: str
) -> None:
    assert (await answered(stand, VOLTS, value, LOSS))[0] == expected


async def test_a_measured_number_without_a_limit_is_no_limit(stand: Stand) -> None:
    assert (await answered(stand, VOLTS, "230"))[0] == "UNKNOWN no_limit"


async def test_a_sign_off_without_a_signature_signs_nothing(stand: Stand) -> None:
    verdict, state = await answered(stand, ask("attest"), "yes", YES)
    assert verdict == "UNKNOWN no_data"
    assert not state.signatures


async def test_a_sign_off_with_a_key_is_signed_and_says_in_which_role(stand: Stand) -> None:
    stand.approver = KeySigner.throwaway(identity="kim")
    verdict, state = await answered(stand, ask("attest", role="buyer"), "yes", YES)
    assert verdict == "PASS"
    assert [(each.role, each.by) for each in state.signatures] == [("buyer", "kim")]


@pytest.mark.parametrize(
    ("second", "own_key", "expected"),
    [("alex", True, "PASS"), ("alex", False, "UNKNOWN no_data"), ("kim", True, "UNKNOWN no_data")],
    ids=["another person", "the same key in another name", "the same person with another key"],
)
async def test_two_roles_are_signed_by_two_people(
    stand: Stand, second: str, own_key: bool, expected: str
) -> None:
    stand.headless = False
    stand.limits = (YES,)
    steps = [
        {"ask": "attest", "id": role, "with": {"text": "?", "role": role}}
        for role in ("technician", "engineer")
    ]
    session = await stand.open({"name": "a", "step": steps})
    person = Person(stand, session)
    running = asyncio.create_task(session.run())
    await person.asked()
    signed = await person.sign("a/technician@run", "yes")
    assert (await person.answer("a/technician@run", "yes", **signed)).ok
    await until(lambda: "a/engineer@run" in stand.desk.open_questions)
    key = KeySigner.throwaway() if own_key else person.key
    signed = await person.sign("a/engineer@run", "yes", by=second, key=key)
    command = Command("answer", {"question": "a/engineer@run", "value": "yes", **signed})
    assert (await person.inbox.handle(command, Sender(second, "socket"))).ok
    await running
    state = await stand.state()
    assert verdicts(state) == {"a/technician@run": "PASS", "a/engineer@run": expected}
    assert [each.role for each in state.signatures] == ["technician", "engineer"][: 1 + (expected == "PASS")]


async def test_all_questions_of_a_step_are_open_at_once_and_each_is_answered_by_itself(stand: Stand) -> None:
    stand.headless = False
    session = await stand.open(
        {"name": "a", "step": [{"ask": "scan", "id": "q", "on": {"role": "leaf"}, "with": {"text": "?"}}]}
    )
    person = Person(stand, session)
    running = asyncio.create_task(session.run())
    assert await person.asked(2) == ("a/q@leaf-1", "a/q@leaf-2")
    assert (await person.answer("a/q@leaf-2", "SN-leaf-2")).ok
    assert (await person.answer("a/q@leaf-1", "SN-leaf-9")).ok
    await running
    assert verdicts(await stand.state()) == {"a/q@leaf-1": "FAIL", "a/q@leaf-2": "PASS"}


async def test_a_question_is_durable_before_its_answer_and_the_answer_before_the_verdict(
    stand: Stand,
) -> None:
    stand.headless = False
    stand.limits = (YES,)
    session = await stand.open(ask("confirm"))
    person = Person(stand, session)
    running = asyncio.create_task(session.run())
    (question,) = await person.asked()
    assert (await person.answer(question, "yes")).ok
    await running
    order = ("Asked", "CommandReceived", "Answered", "StepEnded")
    assert [kind for kind in stand.kinds() if kind in order] == list(order)


async def test_an_answer_can_come_as_soon_as_the_question_can_be_read(stand: Stand) -> None:
    """A script that follows the record answers in the moment in which the question stands there."""
    stand.headless = False
    stand.limits = (YES,)
    session = await stand.open(ask("confirm"))
    person = Person(stand, session)
    running = asyncio.create_task(session.run())
    while not events(stand, "Asked"):  # noqa: ASYNC110 (a reader looks)
        await asyncio.sleep(0)
    assert (await person.answer("a/q@run", "yes")).ok
    await running


async def test_a_stop_leaves_every_open_question_without_a_verdict(stand: Stand) -> None:
    stand.headless = False
    session = await stand.open(
        {"name": "a", "step": [{"ask": "scan", "id": "q", "on": {"role": "leaf"}, "with": {"text": "?"}}]}
    )
    person = Person(stand, session)
    running = asyncio.create_task(session.run())
    await person.asked(2)
    stand.desk.interrupt()
    await running
    assert not session.complete
    state = await stand.state()
    assert set(verdicts(state).values()) == {""}


async def test_field_17_questions_of_a_step_are_open_at_once_and_answered_in_any_order(stand: Stand) -> None:
    """A batch that one person works through by scanning, and no queue."""
    stand.headless = False
    scan = {"name": "a", "step": [{"ask": "scan", "id": "label", "with": {"text": "Scan it."}}]}
    session = await stand.open(scan)
    person = Person(stand, session)
    running = asyncio.create_task(session.run())
    assert set(await person.asked(2)) == {"a/label@leaf-1", "a/label@leaf-2"}
    assert (await person.answer("a/label@leaf-2", "SN-leaf-2")).ok
    await until(lambda: ("a", "label", "leaf-2") in stand.book.ledger.ended)
    assert stand.desk.open_questions == ("a/label@leaf-1",)
    assert (await person.answer("a/label@leaf-1", "SN-leaf-1")).ok
    await running
    assert verdicts(await stand.state()) == {"a/label@leaf-1": "PASS", "a/label@leaf-2": "PASS"}
