"""Put all back: one command, each thing by its own checked action; nobody signs before (field rule 11)."""

from __future__ import annotations

import asyncio

import pytest

from bringup.journal.sign import KeySigner
from bringup.model.answer import Answer, Answers
from bringup.model.event import AlteredState
from bringup.model.facts import Identity, Port
from bringup.model.inventory import Inventory
from bringup.model.measurement import value
from bringup.model.state import RunState
from bringup.model.verdict import Verdict
from tests.engine.person import Person, events
from tests.engine.stand import Stand, device, verdicts
from tests.engine.test_session import IS_REACHABLE, REACH, identity, limit

DOWN = {"name": "work", "step": [{"action": "port.down", "id": "shut", "until_s": 5.0, "every_s": 1.0}]}
SIGN = {"name": "end", "step": [{"ask": "attest", "id": "sign", "with": {"text": "?"}}]}
SIGN_ROW = "end/sign@run"
DONE = limit("outcome", equals="done")


class Switch:
    """One port, and every command that it was ever given."""

    def __init__(self, *, up: bool = True) -> None:
        self.up = up
        self.obeys = True
        self.commands: list[bool] = []

    def ports(self) -> tuple[Port, ...]:
        return (Port(name="Ethernet0", admin_up=value(self.up), oper_up=value(False)),)

    def set_admin(self, name: str, up: bool) -> None:
        self.commands.append(up)
        if self.obeys:
            self.up = up


async def signed_off(stand: Stand, switch: Switch) -> Person:
    """A person at a run that has shut a port and come to its sign-off."""
    stand.inventory = Inventory.model_validate(
        {
            "schema": "bringup.inventory/1",
            "device": [device("leaf-1")],
            "port": [{"device": "leaf-1", "name": "Ethernet0"}],
        }
    )
    stand.limits = (DONE, limit("answer", equals="yes"))
    stand.table[("leaf-1", "identity")] = Identity(serial=value("SN-leaf-1"))
    stand.table[("leaf-1", "ports")] = switch.ports
    stand.table[("leaf-1", "bundles")] = stand.table[("leaf-1", "neighbors")] = ()
    stand.table[("leaf-1", "set_admin")] = switch.set_admin
    stand.approver = KeySigner.throwaway()
    stand.answers = Answers(answer=(Answer(step="end/sign", value="yes", by="kim"),))
    session = await stand.open(DOWN, SIGN)
    await session.run()
    return Person(stand, session)


async def test_field_11_nobody_signs_for_a_rack_that_is_left_altered(stand: Stand) -> None:
    await signed_off(stand, Switch())
    state = await stand.state()
    assert verdicts(state)[SIGN_ROW] == "UNKNOWN blocked"
    step = state.step("end", "sign", "run")
    assert step is not None and step.latest is not None
    assert step.latest.because == state.altered[0].seq
    assert "port is shut" in (step.latest.message or "")
    assert "put-back" in (step.latest.advice or "")
    assert not state.signatures


async def test_field_11_put_all_back_runs_each_undo_and_the_sign_off_is_due_again(stand: Stand) -> None:
    switch = Switch()
    person = await signed_off(stand, switch)
    assert (await person.tell("put-back")).ok
    assert stand.restoring.wanted
    assert await stand.restoring.put_all_back() == ()
    assert switch.commands == [False, True]
    assert not stand.session.complete
    await stand.session.run()
    assert stand.session.verdict is Verdict.PASS
    state = await stand.state()
    assert state.altered == () and verdicts(state)[SIGN_ROW] == "PASS"
    assert state.verdict is Verdict.PASS and not state.problems
    intents = [event["action"] for event in events(stand, "ActionIntended")]
    assert intents == ["port.down", "port.up"]


async def test_field_11_what_can_not_be_put_back_stays_on_the_list_and_blocks_the_sign_off(
    stand: Stand,
) -> None:
    switch = Switch()
    person = await signed_off(stand, switch)
    switch.obeys = False
    assert (await person.tell("put-back")).ok
    (left,) = await stand.restoring.put_all_back()
    assert left.what == "the port is shut"
    verdict = stand.session.verdict
    state = await stand.state()
    assert verdicts(state)[SIGN_ROW] == "UNKNOWN blocked"
    assert len(state.altered) == 1
    assert verdict is state.verdict is Verdict.FAIL


async def left_by_hand(stand: Stand) -> Person:
    """A run in which something is altered that no action can put back."""
    stand.headless = False
    stand.inventory = Inventory.model_validate(
        {"schema": "bringup.inventory/1", "device": [device("leaf-1")]}
    )
    stand.limits = (IS_REACHABLE,)
    stand.table[("leaf-1", "identity")] = identity("leaf-1")
    left = AlteredState(subject="leaf-1/Ethernet0", what="a laser is off", undo="Switch it on")
    session = await stand.open({"name": "a", "step": [REACH]}, state=RunState(altered=(left,)))
    await session.run()
    return Person(stand, session)


@pytest.mark.parametrize(("value", "expected", "left"), [("yes", "PASS", 0), ("no", "UNKNOWN no_data", 1)])
async def test_field_11_what_no_action_can_put_back_is_asked_of_a_person(
    stand: Stand, value: str, expected: str, left: int
) -> None:
    person = await left_by_hand(stand)
    assert (await person.tell("put-back")).ok
    putting = asyncio.create_task(stand.restoring.put_all_back())
    (question,) = await person.asked()
    assert (await person.answer(question, value)).ok
    assert len(await putting) == left
    assert verdicts(await stand.state())["put-back/by-hand@leaf-1/Ethernet0"] == expected


async def test_put_back_is_refused_when_nothing_is_altered(stand: Stand) -> None:
    person = await signed_off(stand, Switch(up=False))
    reply = await person.tell("put-back")
    assert not reply.ok and "nothing is left altered" in (reply.error or "")
