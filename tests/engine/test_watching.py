"""A port watched live: every look is in the record, and none of it judges anything."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import Any

import pytest

from bringup.engine.desk import Command, Sender
from bringup.engine.watching import LEASE_S
from bringup.model.envelope import Limit
from bringup.model.errors import Unreachable
from bringup.model.facts import Lane, Optic, Port
from bringup.model.inventory import Inventory
from bringup.model.measurement import DARK, Read, value
from bringup.model.verdict import Standing
from tests.engine.person import WHO, Person, events, until
from tests.engine.stand import Stand, device
from tests.engine.test_session import IS_REACHABLE, REACH, identity

PORT = "leaf-1/Ethernet0"


def module(received: Read) -> tuple[Optic, ...]:
    lanes = (
        Lane(index=1, rx_power_dbm=value(-2.0), tx_power_dbm=value(1.0)),
        Lane(index=2, rx_power_dbm=received, tx_power_dbm=value(1.5)),
    )
    return (Optic(port="Ethernet0", temperature_c=value(40.0), lanes=lanes), Optic(port="Ethernet8"))


@pytest.fixture
async def person(stand: Stand) -> Person:
    stand.inventory = Inventory.model_validate(
        {
            "schema": "bringup.inventory/1",
            "device": [device("leaf-1")],
            "port": [{"device": "leaf-1", "name": "Ethernet0"}],
        }
    )
    stand.limits = (IS_REACHABLE,)
    stand.table[("leaf-1", "identity")] = identity("leaf-1")
    stand.table[("leaf-1", "ports")] = (Port(name="Ethernet0", oper_up=value(True)),)
    stand.table[("leaf-1", "optics")] = lambda: module(value(-3.0))
    session = await stand.open({"name": "a", "step": [REACH]})
    await session.run()
    return Person(stand, session)


def looks(stand: Stand, quantity: str = "rx_power_dbm", subject: str = f"{PORT}#lane-2") -> list[Any]:
    found = [event for event in events(stand, "Measured") if event["stage"] == "watch"]
    return [event for event in found if (event["quantity"], event["subject"]) == (quantity, subject)]


async def test_every_look_is_an_event_and_each_chunk_has_its_samples_in_a_blob(
    stand: Stand, person: Person
) -> None:
    reply = await person.tell("watch", port=PORT, for_s="86400")
    assert reply.ok and stand.watching.active == (PORT,)
    await until(lambda: len(events(stand, "SeriesChunk")) >= 7)
    assert (await person.tell("watch", port=PORT, stop="yes")).ok
    assert stand.watching.active == ()
    assert {event["value"] for event in looks(stand)} == {-3.0}
    chunk = next(
        event
        for event in events(stand, "SeriesChunk")
        if (event["subject"], event["quantity"]) == (f"{PORT}#lane-2", "rx_power_dbm")
    )
    assert chunk["count"] > 0
    assert (chunk["minimum"], chunk["maximum"], chunk["unit"]) == (-3.0, -3.0, "dBm")
    state = await stand.state()
    blob = gzip.decompress(stand.folder.blob(chunk["sha256"]).read_bytes())
    samples = [json.loads(line) for line in blob.splitlines()]
    mine = [one for one in samples if (one["subject"], one["quantity"]) == (f"{PORT}#lane-2", "rx_power_dbm")]
    assert len(mine) == chunk["count"]
    assert state.verdict == "PASS" and len(state.steps) == 1, "a watch judges nothing"


async def test_a_dark_lane_is_a_look_too(stand: Stand, person: Person) -> None:
    stand.table[("leaf-1", "optics")] = lambda: module(DARK)
    assert (await person.tell("watch", port=PORT)).ok
    await until(lambda: looks(stand))
    assert {(event["reading"], event["value"]) for event in looks(stand)} == {("dark", None)}
    await stand.watching.close()


async def test_a_device_that_does_not_answer_ends_no_watch(stand: Stand, person: Person) -> None:
    stand.table[("leaf-1", "optics")] = Unreachable("leaf-1: no route")
    assert (await person.tell("watch", port=PORT)).ok
    await until(lambda: looks(stand, "oper_up", PORT))
    stand.table[("leaf-1", "optics")] = lambda: module(value(-3.0))
    await until(lambda: looks(stand))
    await stand.watching.close()


async def test_a_watch_ends_when_its_time_is_up(stand: Stand, person: Person) -> None:
    assert (await person.tell("watch", port=PORT, for_s="1")).ok
    await until(lambda: not stand.watching.active)
    await stand.state()
    assert looks(stand) and events(stand, "SeriesChunk")
    assert events(stand, "Watched")[-1]["live"]["phase"] == "ended"


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"port": "leaf-1/Ethernet9"},
        {"port": "leaf-9/Ethernet0"},
        {"port": PORT, "for_s": "0"},
        {"port": PORT, "for_s": "nan"},
        {"port": PORT, "for_s": "a day"},
        {"port": PORT, "for_s": "1e9"},
        {"port": PORT, "stop": "yes"},
    ],
)
async def test_what_can_not_be_watched_is_refused(person: Person, arguments: dict[str, str]) -> None:
    assert not (await person.tell("watch", **arguments)).ok
    assert person.stand.watching.active == ()


async def here(person: Person, about: str = PORT, *, screen: str = "watch", attached: bool = False) -> None:
    """A console says where it looks, as it does each second."""
    told = {"screen": screen, "about": about, "size": "80x24"}
    await person.inbox.handle(Command("here", told, attached=attached), Sender(WHO, "socket", peer=7))


def shown(stand: Stand) -> list[dict[str, Any]]:
    return [event["live"] for event in events(stand, "Watched")]


async def test_a_port_that_an_operators_console_looks_at_is_watched_and_no_key_asked_for_it(
    stand: Stand, person: Person
) -> None:
    await here(person)
    assert not stand.watching.active, "a screen that was opened by mistake begins nothing"
    await here(person)
    assert PORT in stand.watching.active
    await until(lambda: len(shown(stand)) > 3)
    assert not events(stand, "CommandReceived")
    assert {one["subject"] for one in shown(stand)} == {PORT}
    await stand.watching.close()


async def test_once_nobody_looks_any_more_it_is_read_no_longer(stand: Stand, person: Person) -> None:
    real_s = [1000.0]
    stand.watching._real_s = lambda: real_s[0]
    await here(person)
    await here(person)
    await until(lambda: shown(stand))
    await here(person, screen="run", about="")
    real_s[0] += LEASE_S + 1.0
    await until(lambda: not stand.watching.active)
    await until(lambda: shown(stand)[-1]["phase"] == "ended")


@pytest.mark.parametrize(
    ("about", "screen", "attached"),
    [
        (PORT, "watch", True),
        (PORT, "failure", False),
        ("leaf-9/Ethernet0", "watch", False),
        ("", "watch", False),
        ("\x1b[2J" * 40, "watch", False),
    ],
    ids=["who only watches", "another screen", "no such port", "no port", "nonsense"],
)
async def test_what_is_looked_at_otherwise_begins_no_watch(
    person: Person, about: str, screen: str, attached: bool
) -> None:
    for _ in range(4):
        await here(person, about, screen=screen, attached=attached)
    assert not person.stand.watching.active


async def test_a_watch_that_two_want_goes_on_until_the_second_lets_go(stand: Stand, person: Person) -> None:
    await stand.watching.start(PORT, 86400.0, "kim", "kim@1")
    await stand.watching.start(PORT, 86400.0, "lee", "lee@2")
    assert not await stand.watching.stop(PORT, "kim@1")
    assert PORT in stand.watching.active
    assert await stand.watching.stop(PORT, "lee@2")
    assert not stand.watching.active


async def test_no_verdict_is_made_of_a_port_while_hands_are_on_it(stand: Stand) -> None:
    stand.inventory = Inventory.model_validate(
        {
            "schema": "bringup.inventory/1",
            "device": [device("leaf-1"), device("leaf-2")],
            "port": [
                {"device": name, "name": "Ethernet0", "optic": "100GBASE-DR1"}
                for name in ("leaf-1", "leaf-2")
            ],
        }
    )
    stand.limits = (Limit(measure="temperature_c", max=70.0, source="a rating", standing=Standing.VENDOR),)
    in_hand = {PORT}
    for name in ("leaf-1", "leaf-2"):
        stand.table[name, "optics"] = lambda: module(value(-3.0))
    stand.at_work = lambda subjects: next((one for one in subjects if one in in_hand), None)
    session = await stand.open({"name": "a", "step": [{"check": "optic.temperature"}]})
    running = asyncio.create_task(session.run())
    await until(lambda: events(stand, "StepEnded"))
    await until(lambda: sum(name == "leaf-1" for name, *_ in stand.bench.calls) > 2)
    assert [event["subject"] for event in events(stand, "StepEnded")] == ["leaf-2/Ethernet0"]
    in_hand.clear()
    await running
    assert {(each["subject"], each["verdict"]) for each in events(stand, "StepEnded")} == {
        (PORT, "PASS"),
        ("leaf-2/Ethernet0", "PASS"),
    }
