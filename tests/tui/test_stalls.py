"""What keeps the console's loop from the keyboard is counted, and written down where it was its own doing."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from bringup.tui.stalls import LONGEST_S, OFTEN_ENOUGH, Stalls
from tests.tui.records import World, app, folder_of
from tests.tui.test_app import SIZE, opened, until


def test_a_stall_that_others_caused_is_counted_and_not_told() -> None:
    told: list[float] = []
    stalls = Stalls(told.append)
    stalls.stalled(0.3, 0.01)
    stalls.stalled(0.2, 0.15)
    assert (stalls.count, stalls.longest_s, told) == (2, 0.3, [0.2])


def test_the_log_is_not_filled() -> None:
    told: list[float] = []
    stalls = Stalls(told.append)
    for _ in range(3 * OFTEN_ENOUGH):
        stalls.stalled(0.2, 0.2)
    assert (stalls.count, len(told)) == (3 * OFTEN_ENOUGH, OFTEN_ENOUGH)


async def test_work_that_blocks_the_loop_is_noticed() -> None:
    told: list[float] = []
    stalls = Stalls(told.append)
    watching = asyncio.create_task(stalls.watch())
    async with asyncio.timeout(60):
        while not told:
            await asyncio.sleep(0)
            began_s = time.thread_time()
            while time.thread_time() - began_s < 3 * LONGEST_S:
                pass
            await asyncio.sleep(0.001)
    watching.cancel()
    assert stalls.longest_s >= told[0] > LONGEST_S


async def test_a_stall_of_the_console_stands_in_its_log(tmp_path: Path) -> None:
    one = app(folder_of(tmp_path), World())
    async with one.run_test(size=SIZE) as pilot:
        await opened(pilot, one)
        one.stalls.stalled(0.2, 0.2)
        await until(pilot, one._log_place.exists)
    assert "LoopStalled: for 200 ms" in one._log_place.read_text()
