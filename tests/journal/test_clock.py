"""A clock that jumps is an event; order is by sequence number alone."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from bringup.journal.clock import Stamper, SystemClock, utc_text
from bringup.journal.folder import RunFolder
from bringup.journal.sign import KeySigner
from bringup.journal.verify import verify
from bringup.journal.write import Journal
from tests.journal.child import Place, running
from tests.journal.records import Clock, closed, lines, note

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
DAY_S = 86_400


def jumps(folder: RunFolder) -> list[float]:
    events = [json.loads(line) for line in lines(folder)]
    return [event["by_s"] for event in events if event["kind"] == "ClockJumped"]


async def test_a_jump_is_written_before_the_event_that_shows_it(tmp_path: Path) -> None:
    clock, folder = Clock(), RunFolder.create(tmp_path)
    journal = await Journal.create(folder, signer=KeySigner.throwaway(), clock=clock)
    await journal.append(note("before"))
    clock.pass_s(5)
    await journal.append(note("no jump"))
    clock.wall -= int(30 * DAY_S * 1e9)
    seq = await journal.append(note("after"))
    clock.wall += int(2e9)
    await journal.close(closed())
    events = [json.loads(line) for line in lines(folder)]
    assert [event["kind"] for event in events] == [
        "Noted",
        "Noted",
        "ClockJumped",
        "Noted",
        "ClockJumped",
        "RunClosed",
    ]
    assert events[seq]["text"] == "after"
    assert jumps(folder) == [-30.0 * DAY_S, 2.0]
    assert events[3]["at"] < events[0]["at"]


async def test_what_network_time_corrects_slowly_is_no_jump(tmp_path: Path) -> None:
    clock, folder = Clock(), RunFolder.create(tmp_path)
    journal = await Journal.create(folder, signer=KeySigner.throwaway(), clock=clock)
    for _ in range(5):
        clock.pass_s(10)
        clock.wall += 400_000_000
        await journal.append(note())
    await journal.close(closed())
    assert jumps(folder) == []


async def test_a_jump_between_two_runners_of_one_boot_is_seen(tmp_path: Path) -> None:
    clock, folder, signer = Clock(), RunFolder.create(tmp_path), KeySigner.throwaway()
    journal = await Journal.create(folder, signer=signer, clock=clock)
    await journal.append(note())
    await journal.close()
    clock.pass_s(60)
    clock.wall -= int(3600e9)
    journal = await Journal.reopen(folder, signer=signer, clock=clock)
    await journal.close(closed())
    assert jumps(folder) == [-3600.0]


async def test_after_a_reboot_only_a_clock_that_went_back_can_be_known(tmp_path: Path) -> None:
    clock, signer = Clock(), KeySigner.throwaway()
    for name, moved_s, expected in (("on", DAY_S, []), ("back", -DAY_S, [-1.0 * DAY_S])):
        folder = RunFolder(tmp_path / name)
        journal = await Journal.create(folder, signer=signer, clock=clock)
        await journal.append(note())
        await journal.close()
        stored = folder.segment(1).read_bytes()
        boot = json.loads(stored)["boot"].encode()
        folder.segment(1).write_bytes(stored.replace(boot, b"0" * 36))
        for path in folder.checkpoints.iterdir():
            path.unlink()  # they sign the boot that was just rewritten
        rebooted = Clock(clock.wall + int(moved_s * 1e9), 5)
        journal = await Journal.reopen(folder, signer=signer, clock=rebooted)
        await journal.close(closed())
        assert jumps(folder) == expected


def test_a_real_clock_set_back_thirty_days_under_a_living_runner(tmp_path: Path) -> None:
    """libfaketime re-reads its offset from a file before each look at the clock; monotonic time is real."""
    assert FAKETIME.exists(), "install libfaketime"
    place, offset = Place(tmp_path), tmp_path / "offset"
    offset.write_text("+0\n")
    fake = {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
    command = ["env", *(f"{name}={value}" for name, value in fake.items())]
    with running([*command, *place.command("create", 4, "--hold")]) as child:
        child.until("durable 0")
        child.go_on()
        child.until("durable 1")
        offset.write_text("-30d\n")
        for _ in range(3):
            child.go_on()
            child.until("durable")
        child.until("closed")
    moved = jumps(place.folder)
    assert len(moved) == 1
    assert moved[0] == pytest.approx(-30 * DAY_S, abs=5)
    events = [json.loads(line) for line in lines(place.folder)]
    assert [event["seq"] for event in events] == list(range(len(events)))
    assert events[-1]["at"] < events[0]["at"]
    assert verify(place.folder.path, place.signers).code == 0


@pytest.mark.parametrize(
    ("wall_ns", "text"),
    [
        (0, "1970-01-01T00:00:00.000000Z"),
        (1_000_000_999, "1970-01-01T00:00:01.000000Z"),
        (1_800_000_000_123_456_789, "2027-01-15T08:00:00.123456Z"),
    ],
)
def test_times_are_utc_with_microseconds(wall_ns: int, text: str) -> None:
    assert utc_text(wall_ns) == text
    stamper = Stamper()
    assert [stamper.text(wall_ns), stamper.text(wall_ns)] == [text, text]


def test_the_systems_clocks_are_the_default() -> None:
    clock = SystemClock()
    first, second = clock.mono_ns(), clock.mono_ns()
    assert second >= first
    assert clock.wall_ns() > 1_700_000_000_000_000_000
    assert sys.platform != "linux" or os.path.exists("/proc/sys/kernel/random/boot_id")  # noqa: PTH110
