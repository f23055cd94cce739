"""Actions: no change without guard, approval, identity and a durable intent; nothing happens twice."""

from __future__ import annotations

from typing import Any

import pytest

from bringup.journal.sign import APPROVE, KeySigner
from bringup.journal.verify.sshsig import check_signature
from bringup.model.answer import Answer, Answers
from bringup.model.envelope import Limit
from bringup.model.errors import TimedOut, Unreachable
from bringup.model.event import ActionIntended, AlteredState, Event
from bringup.model.facts import Identity, Outlet
from bringup.model.inventory import Inventory
from bringup.model.measurement import value
from bringup.model.verdict import Standing
from tests.engine.stand import Stand, device, verdicts

DONE = Limit(measure="outcome", equals="done", source="this test", standing=Standing.CONTRACT)
ON = {"name": "power", "step": [{"action": "power.outlet_on", "until_s": 30.0, "every_s": 1.0}]}
ROW = "power/power.outlet_on@pdu-1/outlet-3"
CYCLE = {"name": "power", "step": [{"action": "power.outlet_cycle", "until_s": 5.0, "every_s": 1.0}]}
CYCLE_ROW = ("power", "power.outlet_cycle", "pdu-1/outlet-3")


class Pdu:
    """One outlet, and every command that it was ever given."""

    def __init__(self, state: str = "off", *, obeys: bool = True, serial: str = "SN-pdu-1") -> None:
        self.state = state
        self.obeys = obeys
        self.serial = serial
        self.label = "leaf-1 psu-1"
        self.commands: list[str] = []
        self.loses_the_answer = False

    def outlets(self) -> tuple[Outlet, ...]:
        return (Outlet(index=3, label=value(self.label), state=value(self.state)),)

    def switch(self, index: int, to: str) -> None:
        assert index == 3
        self.commands.append(to)
        if self.obeys:
            self.state = "on" if to == "cycle" else to
        if self.loses_the_answer:
            raise TimedOut("pdu-1: no answer")


def with_pdu(stand: Stand, pdu: Pdu, **of_pdu: Any) -> None:
    stand.inventory = Inventory.model_validate(
        {
            "schema": "bringup.inventory/1",
            "device": [
                device("pdu-1", role="pdu", platform="apc-pdu", **of_pdu),
                device("leaf-1", feed=[{"pdu": "pdu-1", "outlet": 3, "supply": "psu-1"}]),
            ],
        }
    )
    stand.limits = (DONE,)
    stand.approver = KeySigner.throwaway()
    stand.table[("pdu-1", "identity")] = lambda: Identity(serial=value(pdu.serial))
    stand.table[("pdu-1", "outlets")] = pdu.outlets
    stand.table[("pdu-1", "switch_outlet")] = pdu.switch
    stand.table[("leaf-1", "environment")] = Unreachable("leaf-1: no answer")
    stand.table[("leaf-1", "neighbors")] = ()
    stand.answers = Answers(
        answer=tuple(
            Answer(step=step, value="SN-leaf-1", by="kim")
            for step in ("down/power.outlet_off", "power/power.outlet_cycle")
        )
    )


async def test_an_outlet_is_switched_on_after_a_signed_approval_and_a_durable_intent(stand: Stand) -> None:
    pdu = Pdu()
    with_pdu(stand, pdu)
    state = await stand.run(ON)
    assert verdicts(state) == {ROW: "PASS"}
    assert pdu.commands == ["on"]
    kinds = [kind for kind in stand.kinds() if kind.startswith(("Action", "Ask", "Answer"))]
    assert kinds == ["Asked", "Answered", "ActionIntended", "ActionDone"]
    answer = state.answers[0]
    assert answer.signature is not None and answer.signed_text is not None
    assert check_signature(answer.signature.encode(), answer.signed_text.encode(), APPROVE)


async def test_what_is_on_already_is_left_alone_and_nobody_is_asked(stand: Stand) -> None:
    pdu = Pdu("on")
    with_pdu(stand, pdu)
    state = await stand.run(ON)
    assert verdicts(state) == {ROW: "PASS"}
    assert pdu.commands == []
    assert state.asks == () and state.answers == ()


async def test_without_an_approver_nothing_is_changed(stand: Stand) -> None:
    pdu = Pdu()
    with_pdu(stand, pdu)
    stand.approver = None
    state = await stand.run(ON)
    assert verdicts(state) == {ROW: "UNKNOWN no_data"}
    assert pdu.commands == []


async def test_a_read_only_run_changes_nothing(stand: Stand) -> None:
    pdu = Pdu()
    with_pdu(stand, pdu)
    stand.read_only = True
    state = await stand.run(ON)
    assert verdicts(state) == {ROW: "UNKNOWN skipped"}
    assert stand.bench.calls == []


@pytest.mark.parametrize("mark", ["protected", "in_service"])
async def test_what_is_protected_or_in_service_is_not_touched(stand: Stand, mark: str) -> None:
    pdu = Pdu()
    with_pdu(stand, pdu, **{mark: True})
    state = await stand.run(ON)
    assert verdicts(state) == {ROW: "UNKNOWN skipped"}
    assert pdu.commands == []


async def test_a_device_with_another_serial_is_not_touched(stand: Stand) -> None:
    pdu = Pdu(serial="SN-of-the-neighbour")
    with_pdu(stand, pdu)
    state = await stand.run(ON)
    assert verdicts(state) == {ROW: "FAIL"}
    assert pdu.commands == []
    assert "ActionIntended" not in stand.kinds()


async def test_a_device_whose_serial_nobody_expects_is_not_touched(stand: Stand) -> None:
    pdu = Pdu()
    with_pdu(stand, pdu, expect={})
    state = await stand.run(ON)
    assert verdicts(state) == {ROW: "FAIL"}
    assert pdu.commands == []


@pytest.mark.parametrize("label", ["spare", "leaf-10 psu-1", ""])
async def test_an_outlet_whose_label_does_not_name_its_device_is_not_touched(
    stand: Stand, label: str
) -> None:
    pdu = Pdu()
    pdu.label = label
    with_pdu(stand, pdu)
    state = await stand.run(ON)
    assert verdicts(state) == {ROW: "FAIL"}
    assert pdu.commands == []


async def test_an_outlet_that_does_not_obey_fails(stand: Stand) -> None:
    pdu = Pdu(obeys=False)
    with_pdu(stand, pdu)
    state = await stand.run(ON)
    assert verdicts(state) == {ROW: "FAIL"}
    assert pdu.commands == ["on"]
    assert "ActionFailed" in stand.kinds() and "ActionDone" not in stand.kinds()


async def test_a_lost_answer_is_settled_by_the_probe(stand: Stand) -> None:
    pdu = Pdu()
    pdu.loses_the_answer = True
    with_pdu(stand, pdu)
    state = await stand.run(ON)
    assert verdicts(state) == {ROW: "PASS"}
    assert pdu.commands == ["on"]


def intent(step: str, before: str) -> ActionIntended:
    return ActionIntended(
        stage="power",
        step=step,
        subject="pdu-1/outlet-3",
        attempt=1,
        action=step,
        before={"outlet_state": before},
        identity={},
        drops=(),
        probe="",
        undo=None,
        dangerous=True,
    )


async def test_after_a_crash_what_was_done_is_inferred_and_not_done_again(stand: Stand) -> None:
    pdu = Pdu("on")
    with_pdu(stand, pdu)
    stand.unfinished[("power", "power.outlet_on", "pdu-1/outlet-3")] = intent("power.outlet_on", "off")
    state = await stand.run(ON)
    assert verdicts(state) == {ROW: "PASS"}
    assert pdu.commands == []
    assert "ActionDone" in stand.kinds()


async def test_after_a_crash_what_surely_was_not_done_is_done(stand: Stand) -> None:
    pdu = Pdu("off")
    with_pdu(stand, pdu)
    stand.unfinished[("power", "power.outlet_on", "pdu-1/outlet-3")] = intent("power.outlet_on", "off")
    state = await stand.run(ON)
    assert verdicts(state) == {ROW: "PASS"}
    assert pdu.commands == ["on"]


async def test_after_a_crash_what_no_reading_can_tell_is_asked_and_never_repeated(stand: Stand) -> None:
    pdu = Pdu("on")
    with_pdu(stand, pdu)
    stand.unfinished[CYCLE_ROW] = intent("power.outlet_cycle", "on")
    state = await stand.run(CYCLE)
    assert verdicts(state) == {"power/power.outlet_cycle@pdu-1/outlet-3": "UNKNOWN no_data"}
    assert pdu.commands == []
    assert [kind for kind in stand.kinds() if kind == "Asked"] == ["Asked"]


async def test_actions_are_done_one_at_a_time(stand: Stand) -> None:
    pdu = Pdu()
    with_pdu(stand, pdu)
    await stand.run(ON)
    assert stand.bench.most_at_once == 1


async def test_a_cycle_that_was_surely_sent_is_done_once_the_outlet_is_on_again(stand: Stand) -> None:
    pdu = Pdu("on")
    with_pdu(stand, pdu)
    state = await stand.run(CYCLE)
    assert verdicts(state) == {"power/power.outlet_cycle@pdu-1/outlet-3": "PASS"}
    assert pdu.commands == ["cycle"]


async def test_what_is_on_already_on_another_device_than_the_one_meant_fails(stand: Stand) -> None:
    pdu = Pdu("on", serial="SN-of-the-neighbour")
    with_pdu(stand, pdu)
    state = await stand.run(ON)
    assert verdicts(state) == {ROW: "FAIL"}
    assert pdu.commands == []


async def test_an_outlet_left_off_is_on_the_list_of_what_is_altered_until_it_is_on_again(
    stand: Stand,
) -> None:
    pdu = Pdu("on")
    with_pdu(stand, pdu)
    off = {"name": "down", "step": [{"action": "power.outlet_off", "until_s": 30.0}]}
    session = await stand.open(off, {**ON, "needs": ["down"]})
    events: list[AlteredState] = []
    append = stand.book.append

    async def watched(event: Event, **how: Any) -> int:
        if isinstance(event, AlteredState):
            events.append(event)
        return await append(event, **how)

    stand.book.append = watched  # type: ignore[method-assign]
    await session.run()
    assert pdu.commands == ["off", "on"]
    assert [(event.subject, event.what, event.undo, event.restored) for event in events] == [
        ("pdu-1/outlet-3", "the outlet is off", "switch the outlet on", False),
        ("pdu-1/outlet-3", "the outlet is off", "switch the outlet on", True),
    ]
    assert (await stand.state()).altered == ()


async def test_an_outlet_that_stays_off_is_still_on_that_list_at_the_end(stand: Stand) -> None:
    with_pdu(stand, Pdu("on"))
    state = await stand.run({"name": "down", "step": [{"action": "power.outlet_off", "until_s": 30.0}]})
    assert [(each.subject, each.what) for each in state.altered] == [("pdu-1/outlet-3", "the outlet is off")]
