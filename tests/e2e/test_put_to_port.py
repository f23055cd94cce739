"""A cable put to its port in a simulated rack, over its devices' protocols: a wrong port, then the right."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bringup.cli._prepare import wire
from bringup.driver.registry import platform_names
from bringup.engine.bench import Bench, Bounds
from bringup.engine.book import Book
from bringup.engine.clock import WorldClock
from bringup.engine.ledger import Ledger
from bringup.engine.putting import Putting
from bringup.input import load_inventory
from bringup.journal.folder import RunFolder
from bringup.journal.follow import read
from bringup.journal.sign import KeySigner
from bringup.journal.write import Journal
from bringup.lab import hand
from bringup.lab.rack import LabRack
from bringup.model.event import CablePut, EventReader

LABEL, HERE, FAR = "C-003", "leaf-1/Ethernet8", "leaf-2/Ethernet2/1"
OTHER, OTHER_LABEL, OTHER_FAR = "leaf-1/Ethernet16", "C-004", "leaf-2/Ethernet3/1"
SPEED = 20.0
DEADLINE_S = 90.0


class Work:
    """A lab, and a runner's parts that look at it. Both live in one loop."""

    def __init__(self, rack: LabRack, putting: Putting, folder: RunFolder) -> None:
        self.rack, self.putting, self._folder = rack, putting, folder
        self._reader = EventReader()

    @property
    def told(self) -> list[CablePut]:
        events = (self._reader.read(entry.line) for entry in read(self._folder))
        return [event for event in events if isinstance(event, CablePut)]

    async def until(self, holds: Callable[[CablePut], bool]) -> CablePut:
        """The last that the record says, once it says so."""
        async with asyncio.timeout(DEADLINE_S):
            while not (told := self.told) or not holds(told[-1]):  # noqa: ASYNC110 (the journal tells nobody)
                await asyncio.sleep(0.02)
        return told[-1]

    def out(self, port: str) -> None:
        hand.take_out(self.rack.world, port)

    def into(self, port: str, label: str) -> None:
        hand.put_in(self.rack.world, label, port)


@pytest.fixture
async def work(tmp_path: Path) -> AsyncIterator[Work]:
    rack = LabRack(tmp_path / "lab", speed=SPEED)
    await rack.start()
    inventory = load_inventory(rack.inventory, platforms=platform_names())
    links, wiring = wire(inventory, rack.folder)
    bench = Bench(inventory, links, Bounds())
    folder = RunFolder.create(tmp_path / "run")
    journal = await Journal.create(folder, signer=KeySigner.throwaway())
    putting = Putting(bench, Book(journal, Ledger()), WorldClock(SPEED), inventory, speed=SPEED)
    yield Work(rack, putting, folder)
    await putting.close()
    await bench.close()
    await wiring.close()
    await journal.close()
    await rack.stop()


async def test_a_plug_is_told_from_one_in_another_port_and_proven_by_its_far_end(work: Work) -> None:
    work.out(HERE)
    work.out(OTHER)
    await work.putting.start(work.putting.find(LABEL, HERE), LABEL, "kim", "kim@1")
    waiting = await work.until(lambda told: told.state == "waiting" and told.blind == ("node-01",))
    assert waiting.subject == HERE  # the node is off, and the record says that a plug there is not seen
    work.into(OTHER, LABEL)
    wrong = await work.until(lambda told: told.state == "wrong_port")
    assert (wrong.observed, wrong.belongs) == (OTHER, HERE)
    work.out(OTHER)
    await work.until(lambda told: told.state == "waiting")
    work.into(HERE, LABEL)
    seen = await work.until(lambda told: told.state in ("in_place", "proven"))
    assert seen.observed == HERE
    assert seen.within_s is not None
    assert (await work.until(lambda told: told.state == "proven")).named == FAR
    assert [told.state for told in work.told].count("proven") == 1
