"""What was left altered is put back by an action like any other, one thing at a time (field rule 11)."""

from __future__ import annotations

import pytest

from bringup.model.event import AlteredState
from tests.engine.stand import Stand, verdicts
from tests.engine.test_actions import ON, Pdu, with_pdu

pytestmark = pytest.mark.usefixtures("still_clock")
OFF = {"name": "down", "step": [{"action": "power.outlet_off", "until_s": 30.0}]}


async def test_field_11_what_an_action_left_altered_is_put_back_by_the_action_that_it_names(
    stand: Stand,
) -> None:
    pdu = Pdu("on")
    with_pdu(stand, pdu)
    session = await stand.open(OFF)
    await session.run()
    acting = session._acting
    (left,) = acting.altered
    assert (left.action, left.undo) == ("power.outlet_on", "switch the outlet on")
    assert await acting.undo(left) == "PASS"
    assert pdu.commands == ["off", "on"]
    assert acting.altered == ()
    state = await stand.state()
    assert state.altered == ()
    assert verdicts(state)["put-back/power.outlet_on@pdu-1/outlet-3"] == "PASS"
    assert [answer.question for answer in state.answers][-1].startswith("put-back/power.outlet_on@")


async def test_field_11_what_does_not_obey_stays_on_the_list(stand: Stand) -> None:
    pdu = Pdu("on")
    with_pdu(stand, pdu)
    session = await stand.open(OFF)
    await session.run()
    pdu.obeys = False
    acting = session._acting
    assert await acting.undo(acting.altered[0]) == "FAIL"
    assert len(acting.altered) == 1
    assert [each.what for each in (await stand.state()).altered] == ["the outlet is off"]


async def test_field_11_what_nobody_knows_how_to_put_back_is_a_persons_work(stand: Stand) -> None:
    with_pdu(stand, Pdu("on"))
    session = await stand.open(ON)
    left = AlteredState(subject="leaf-1/Ethernet0", what="a laser is off", undo="")
    assert await session._acting.undo(left) == "UNKNOWN"
    state = await stand.state()
    assert verdicts(state)["put-back/by-hand@leaf-1/Ethernet0"] == "UNKNOWN no_data"


async def test_field_11_what_a_hand_has_put_back_is_off_the_list_once_it_is_seen(stand: Stand) -> None:
    pdu = Pdu("on")
    with_pdu(stand, pdu)
    session = await stand.open(OFF)
    await session.run()
    pdu.state = "on"
    acting = session._acting
    assert await acting.undo(acting.altered[0]) == "PASS"
    assert pdu.commands == ["off"]
    assert (await stand.state()).altered == ()
