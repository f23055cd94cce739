"""A cable in a person's hand: its label is scanned, its port told, and where the plug goes in is observed."""

from __future__ import annotations

from typing import Any, cast

import pytest

from bringup.engine.bench import Bench
from bringup.engine.clock import WorldClock
from bringup.engine.inbox import Inbox
from bringup.engine.putting import (
    FAR_PACE_S,
    LASTS_S,
    NEAR_PACE_S,
    SEEN_WITHIN_S,
    TABLE_PACE_S,
    Putting,
)
from bringup.model.errors import Refused, Unreachable
from bringup.model.facts import Lane, Neighbor, Optic, Port
from bringup.model.inventory import Inventory
from bringup.model.measurement import DARK, value
from tests.engine.person import Person, events, until
from tests.engine.stand import FAST, Stand, device
from tests.engine.test_session import IS_REACHABLE, REACH, identity

HERE, FAR, NEXT = "leaf-1/Ethernet0", "leaf-2/Ethernet0", "leaf-1/Ethernet8"
CABLES = [
    {"a_device": "leaf-1", "a_port": port, "b_device": "leaf-2", "b_port": port, "label": label}
    for port, label in (("Ethernet0", "C-001"), ("Ethernet8", "C-002"))
]


class Rack:
    """Two leaves, whose ports are up where a test says so, and a person at the desk."""

    def __init__(self, stand: Stand, person: Person, putting: Putting) -> None:
        self.stand, self.person, self.putting = stand, person, putting
        self.up: set[str] = set()
        self.lit: set[str] = set()
        self.names: dict[str, str] = {}
        self.real_s = 0.0
        for name in ("leaf-1", "leaf-2"):
            stand.table[name, "ports"] = lambda name=name: self._ports(name)
            stand.table[name, "optics"] = lambda name=name: self._optics(name)
            stand.table[name, "neighbors"] = lambda name=name: self._neighbors(name)

    def _ports(self, name: str) -> tuple[Port, ...]:
        ports = ("Ethernet0", "Ethernet8")
        return tuple(Port(name=port, oper_up=value(f"{name}/{port}" in self.up)) for port in ports)

    def _optics(self, name: str) -> tuple[Optic, ...]:
        lit = [(port, f"{name}/{port}" in self.lit) for port in ("Ethernet0", "Ethernet8")]
        return tuple(
            Optic(
                port=port,
                present=value(True),
                lanes=(Lane(index=1, rx_power_dbm=value(-2.0) if is_lit else DARK),),
            )
            for port, is_lit in lit
        )

    def _neighbors(self, name: str) -> tuple[Neighbor, ...]:
        return tuple(
            Neighbor(
                local_port=port.partition("/")[2],
                system_name=value(far.partition("/")[0]),
                port_id=value(far.partition("/")[2]),
            )
            for port, far in self.names.items()
            if port.startswith(f"{name}/")
        )

    async def put(self, label: str = "C-001", **more: str) -> Any:
        return await self.person.tell("put", label=label, **more)

    def told(self) -> list[dict[str, Any]]:
        return events(self.stand, "CablePut")

    async def until(self, state: str) -> dict[str, Any]:
        """The record says so."""
        await until(lambda: any(each["state"] == state for each in self.told()))
        return next(each for each in reversed(self.told()) if each["state"] == state)


@pytest.fixture
async def rack(stand: Stand) -> Rack:
    stand.inventory = Inventory.model_validate(
        {
            "schema": "bringup.inventory/1",
            "device": [device("leaf-1", rack="r1", unit=40), device("leaf-2", rack="r1", unit=39)],
            "cable": CABLES,
        }
    )
    stand.limits = (IS_REACHABLE,)
    stand.table[("leaf-1", "identity")] = identity("leaf-1")
    stand.table[("leaf-2", "identity")] = identity("leaf-2")
    session = await stand.open({"name": "a", "step": [REACH]})
    made: list[Rack] = []
    putting = Putting(
        cast(Bench, stand.bench),
        stand.book,
        WorldClock(FAST),
        stand.inventory,
        real_s=lambda: made[0].real_s,
    )
    person = Person(stand, session)
    person.inbox = Inbox(
        stand.book,
        stand.desk,
        session._plan,
        run_id=stand.folder.run_id,
        people=person.people,
        putting=putting,
    )
    made.append(Rack(stand, person, putting))
    return made[0]


async def test_the_record_holds_scan_and_expected_and_observed_place_and_time(rack: Rack) -> None:
    assert (await rack.put("c-001-a")).ok
    assert rack.putting.active == (HERE,)
    await rack.until("waiting")
    rack.up |= {HERE, FAR}
    seen = await rack.until("in_place")
    assert (seen["scan"], seen["label"], seen["subject"]) == ("c-001-a", "C-001", HERE)
    assert (seen["observed"], seen["witness"], seen["by"]) == (HERE, "oper_up", "kim")
    assert seen["within_s"] > 0 and seen["at"]
    rack.names[HERE] = FAR
    assert (await rack.until("proven"))["named"] == FAR
    await until(lambda: not rack.putting.active)


async def test_field_19_a_plug_that_went_in_elsewhere_says_wrong_port_and_where_it_belongs(
    rack: Rack,
) -> None:
    assert (await rack.put()).ok
    await rack.until("waiting")
    rack.lit |= {NEXT}
    wrong = await rack.until("wrong_port")
    assert (wrong["observed"], wrong["belongs"], wrong["witness"]) == (NEXT, HERE, "rx_power_dbm")
    rack.lit.clear()
    await until(lambda: rack.told()[-1]["state"] == "waiting")
    await rack.putting.close()
    assert rack.told()[-1]["state"] == "ended"


async def test_a_device_that_tells_nothing_is_named_blind_and_ends_nothing(rack: Rack) -> None:
    rack.stand.table["leaf-2", "ports"] = Unreachable("leaf-2: no route")
    assert (await rack.put()).ok
    assert (await rack.until("waiting"))["blind"] == ["leaf-2"]
    rack.up |= {HERE}
    assert (await rack.until("in_place"))["blind"] == ["leaf-2"]
    await rack.putting.close()


async def test_who_takes_the_next_cable_has_the_one_before_in_hand_no_longer(rack: Rack) -> None:
    assert (await rack.put()).ok
    assert (await rack.put("C-002")).ok
    assert rack.putting.active == (NEXT,)
    assert {each["subject"]: each["state"] for each in rack.told()}[HERE] == "ended"
    assert (await rack.put("C-002", stop="yes")).ok
    assert rack.putting.active == ()


async def test_what_a_person_states_is_written_as_stated(rack: Rack) -> None:
    assert not (await rack.put(stated="yes")).ok, "it was not in hand"
    assert (await rack.put()).ok
    assert (await rack.put(stated="yes")).ok
    assert rack.told()[-1]["state"] == "stated" and rack.told()[-1]["observed"] is None


def test_every_table_is_asked_for_twice_in_the_time_in_which_a_plug_must_be_seen() -> None:
    assert 2 * max(NEAR_PACE_S, FAR_PACE_S, TABLE_PACE_S) <= SEEN_WITHIN_S


@pytest.mark.parametrize(
    "arguments",
    [{"label": "C-009"}, {"label": "C-001", "port": "leaf-9/Ethernet0"}, {"label": ""}, {"label": "\x1b]0;"}],
)
async def test_a_label_that_nobody_wrote_is_refused(rack: Rack, arguments: dict[str, str]) -> None:
    assert not (await rack.person.tell("put", **arguments)).ok
    assert rack.putting.active == () and rack.told() == []


async def test_the_light_of_the_port_is_on_where_it_has_one_and_what_goes_wrong_with_it_is_told(
    rack: Rack,
) -> None:
    asked: list[tuple[object, ...]] = []
    rack.stand.table["leaf-1", "locate"] = lambda *said: asked.append(said)
    assert (await rack.put()).ok
    await until(lambda: rack.told()[-1]["light"].startswith("blinks"))
    assert asked and asked[0][0] == "Ethernet0"
    rack.stand.table["leaf-1", "locate"] = Refused("leaf-1: no such lamp")
    assert (await rack.put("C-002")).ok
    await until(lambda: "no such lamp" in rack.told()[-1]["light"])
    await rack.putting.close()


async def test_a_cable_that_nobody_puts_anywhere_is_let_go(rack: Rack) -> None:
    assert (await rack.put()).ok
    await rack.until("waiting")
    rack.real_s += LASTS_S
    await rack.until("ended")
    assert rack.putting.active == ()


async def test_what_is_put_judges_nothing_and_a_reader_knows_the_last_of_it(rack: Rack) -> None:
    assert (await rack.put()).ok
    await rack.until("waiting")
    await rack.putting.close()
    state = await rack.stand.state()
    assert state.put[HERE].state == "ended" and len(state.steps) == 2
    assert not state.problems
