"""The bench: each device opened once, and no more asked of it at once than it can bear."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, cast

import pytest

from bringup.driver.capability import HasOutlets, Identifies, SwitchesOutlets
from bringup.driver.registry import Platform
from bringup.engine import bench as bench_module
from bringup.engine.bench import Bench, Bounds
from bringup.engine.clock import WorldClock
from bringup.engine.desk import Desk
from bringup.engine.round import Round
from bringup.model.errors import NoData, TimedOut, Unreachable
from bringup.model.facts import Identity
from bringup.model.inventory import Device, Inventory
from bringup.transport.base import Links, Transcript
from tests.engine.stand import device

ROLES = {"leaf-1": "leaf", "leaf-2": "leaf", "bmc-1": "bmc", "pdu-1": "pdu"}
INVENTORY = Inventory.model_validate(
    {"schema": "bringup.inventory/1", "device": [device(name, role=role) for name, role in ROLES.items()]}
)


class Busy:
    """Drivers that answer when told to, and count how many are at it."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.closed: list[str] = []
        self.now: dict[str, int] = {}
        self.most: dict[str, int] = {}
        self.go = asyncio.Event()
        self.hangs_on_close = False

    def enter(self, name: str) -> None:
        for key in (name, "all"):
            self.now[key] = self.now.get(key, 0) + 1
            self.most[key] = max(self.most.get(key, 0), self.now[key])

    def leave(self, name: str) -> None:
        for key in (name, "all"):
            self.now[key] -= 1

    def open(self, device: Device, links: Links) -> object:
        self.opened.append(device.name)
        return BusyDriver(self, device.name)

    def links(self, device: Device) -> Links:
        return cast(Links, BusyLinks(self, device.name))


class BusyDriver:
    def __init__(self, busy: Busy, name: str) -> None:
        self._busy = busy
        self._name = name

    async def identity(self) -> Identity:
        self._busy.enter(self._name)
        try:
            await self._busy.go.wait()
        finally:
            self._busy.leave(self._name)
        return Identity()


class BusyLinks:
    def __init__(self, busy: Busy, name: str) -> None:
        self._busy = busy
        self._name = name
        self.transcript = Transcript()

    async def close(self) -> None:
        if self._busy.hangs_on_close:
            await asyncio.Event().wait()
        self._busy.closed.append(self._name)


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Busy]:
    made = Busy()
    platform = Platform(name="sonic", title="", transports=("ssh",), open=made.open)
    monkeypatch.setattr(bench_module, "find_platform", lambda name: platform)
    yield made


def calls(bench: Bench, name: str, number: int) -> list[asyncio.Task[Any]]:
    return [asyncio.create_task(bench.call(name, Identifies, "identity")) for _ in range(number)]


async def settle() -> None:
    for _ in range(30):
        await asyncio.sleep(0)


async def test_a_device_is_opened_once_and_not_before_it_is_asked(busy: Busy) -> None:
    busy.go.set()
    bench = Bench(INVENTORY, busy.links, Bounds())
    assert busy.opened == []
    await asyncio.gather(*calls(bench, "leaf-1", 5))
    assert busy.opened == ["leaf-1"]
    await bench.close()
    assert busy.closed == ["leaf-1"]


@pytest.mark.parametrize(("name", "most"), [("leaf-1", 4), ("bmc-1", 2), ("pdu-1", 1)])
async def test_each_kind_of_device_is_asked_no_more_at_once_than_it_bears(
    busy: Busy, name: str, most: int
) -> None:
    bench = Bench(INVENTORY, busy.links, Bounds())
    tasks = calls(bench, name, 8)
    await settle()
    busy.go.set()
    await asyncio.gather(*tasks)
    assert busy.most[name] == most


@pytest.mark.parametrize("bounds", [Bounds(total=3), Bounds(transport=3)])
async def test_the_whole_run_is_bounded_too(busy: Busy, bounds: Bounds) -> None:
    bench = Bench(INVENTORY, busy.links, bounds)
    tasks = [task for name in ROLES for task in calls(bench, name, 4)]
    await settle()
    busy.go.set()
    await asyncio.gather(*tasks)
    assert busy.most["all"] == 3


async def test_a_call_that_fails_or_is_cancelled_gives_its_place_back(busy: Busy) -> None:
    bench = Bench(INVENTORY, busy.links, Bounds(device=1))
    (stuck,) = calls(bench, "leaf-1", 1)
    await settle()
    stuck.cancel()
    await asyncio.gather(stuck, return_exceptions=True)
    busy.go.set()
    async with asyncio.timeout(60):
        await asyncio.gather(*calls(bench, "leaf-1", 2))


async def test_waiting_for_ones_turn_is_not_held_against_a_device(busy: Busy) -> None:
    """Its deadline runs from when it is asked: a queue of slow neighbours says nothing about it."""
    bench = Bench(INVENTORY, busy.links, Bounds(total=1))
    (first,) = calls(bench, "leaf-1", 1)
    await settle()
    second = asyncio.create_task(bench.call("leaf-2", Identifies, "identity", deadline_s=0.2))
    await asyncio.wait([second], timeout=0.4)
    assert not second.done()
    busy.go.set()
    await asyncio.gather(first, second)


async def test_a_device_that_takes_longer_than_its_deadline_is_a_timeout(busy: Busy) -> None:
    bench = Bench(INVENTORY, busy.links, Bounds())
    round_ = Round(bench, WorldClock(), Desk(), deadline_s=0.01)
    with pytest.raises(TimedOut, match="leaf-1: identity took longer"):
        await round_.read("leaf-1", Identifies, "identity", "now", ())
    assert busy.now["leaf-1"] == 0
    await round_.close()


async def test_what_a_platform_can_not_tell_is_no_data(busy: Busy) -> None:
    bench = Bench(INVENTORY, busy.links, Bounds())
    assert bench.can("leaf-1", Identifies) and not bench.can("leaf-1", HasOutlets)
    with pytest.raises(NoData, match="does not tell outlets"):
        await bench.call("leaf-1", HasOutlets, "outlets")
    with pytest.raises(NoData, match="no device 'leaf-9'"):
        await bench.call("leaf-9", Identifies, "identity")


async def test_a_link_that_does_not_let_go_is_left(busy: Busy, monkeypatch: pytest.MonkeyPatch) -> None:
    busy.go.set()
    busy.hangs_on_close = True
    bench = Bench(INVENTORY, busy.links, Bounds())
    await asyncio.gather(*calls(bench, "leaf-1", 1), *calls(bench, "leaf-2", 1))
    now = asyncio.timeout
    monkeypatch.setattr(asyncio, "timeout", lambda seconds: now(0.01))
    await bench.close()
    assert busy.closed == []


# --- rounds -------------------------------------------------------------------------------------------------


async def test_in_one_round_a_table_is_read_once(busy: Busy) -> None:
    busy.go.set()
    bench = Bench(INVENTORY, busy.links, Bounds())
    round_ = Round(bench, WorldClock(), Desk(), deadline_s=5)
    one, two, later = await asyncio.gather(
        round_.read("leaf-1", Identifies, "identity", "now", ()),
        round_.read("leaf-1", Identifies, "identity", "now", ()),
        round_.read("leaf-1", Identifies, "identity", "after", ()),
    )
    assert one is two and later is not one
    await round_.close()


async def test_one_reader_that_gives_up_does_not_take_the_reading_from_the_others(busy: Busy) -> None:
    bench = Bench(INVENTORY, busy.links, Bounds())
    round_ = Round(bench, WorldClock(), Desk(), deadline_s=5)
    hasty, patient = (
        asyncio.create_task(round_.read("leaf-1", Identifies, "identity", "now", ())) for _ in range(2)
    )
    await settle()
    hasty.cancel()
    busy.go.set()
    assert (await patient).facts == Identity()
    await round_.close()


async def test_a_change_makes_every_reading_before_it_worthless(busy: Busy) -> None:
    busy.go.set()

    async def switched(index: int, to: str) -> None:
        raise Unreachable("leaf-1: the answer was lost")

    bench = Bench(INVENTORY, busy.links, Bounds())
    round_ = Round(bench, WorldClock(), Desk(), deadline_s=5)
    before = await round_.read("leaf-1", Identifies, "identity", "now", ())
    bench.driver("leaf-1").switch_outlet = switched  # type: ignore[attr-defined]
    with pytest.raises(Unreachable):
        await round_.change("leaf-1", SwitchesOutlets, "switch_outlet", 3, "on")
    after = await round_.read("leaf-1", Identifies, "identity", "now", ())
    assert after is not before
    await round_.close()


async def test_the_end_of_a_round_ends_what_still_reads(busy: Busy) -> None:
    bench = Bench(INVENTORY, busy.links, Bounds())
    round_ = Round(bench, WorldClock(), Desk(), deadline_s=500)
    reading = asyncio.create_task(round_.read("leaf-1", Identifies, "identity", "now", ()))
    await settle()
    reading.cancel()
    await round_.close()
    assert busy.now["leaf-1"] == 0


async def test_an_exclusive_read_has_its_device_to_itself(busy: Busy) -> None:
    bench = Bench(INVENTORY, busy.links, Bounds())
    shared = calls(bench, "leaf-1", 2)
    await settle()
    alone = [asyncio.create_task(bench.call("leaf-1", Identifies, "identity", alone=True)) for _ in range(2)]
    late = calls(bench, "leaf-1", 2)
    elsewhere = calls(bench, "leaf-2", 2)
    await settle()
    assert (busy.now["leaf-1"], busy.now["leaf-2"]) == (2, 2)
    seen: list[int] = []
    entering = busy.enter

    def enter(name: str) -> None:
        entering(name)
        seen.append(busy.now["leaf-1"])

    busy.enter = enter  # type: ignore[method-assign]
    busy.go.set()
    await asyncio.gather(*shared, *alone, *late, *elsewhere)
    assert len(seen) == 4 and seen[:2] == [1, 1]
