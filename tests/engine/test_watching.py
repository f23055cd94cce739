"""A port watched live: every look is in the record, and none of it judges anything."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from bringup.model.errors import Unreachable
from bringup.model.facts import Lane, Optic, Port
from bringup.model.inventory import Inventory
from bringup.model.measurement import DARK, Read, value
from tests.engine.person import Person, events, until
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
    assert (chunk["count"], chunk["minimum"], chunk["maximum"], chunk["unit"]) == (5, -3.0, -3.0, "dBm")
    state = await stand.state()
    blob = gzip.decompress(stand.folder.blob(chunk["sha256"]).read_bytes())
    samples = [json.loads(line) for line in blob.splitlines()]
    assert len([one for one in samples if one["subject"] == f"{PORT}#lane-2"]) == 10
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
    assert len(looks(stand)) == 1 and len(events(stand, "SeriesChunk")) == 5


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
