"""Two runs that share a device take turns in changing it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bringup.engine.lock import DeviceLocks, lock_folder
from bringup.model.errors import Refused, TimedOut
from bringup.model.inventory import Inventory
from tests.engine.stand import device

INVENTORY = Inventory.model_validate(
    {
        "schema": "bringup.inventory/1",
        "device": [
            device("spine-1", address="192.0.2.7"),
            device("also-spine-1", address="192.0.2.7"),
            device("spine-2", address="192.0.2.8"),
        ],
    }
)

HOLDER = """
import asyncio, sys
from pathlib import Path
from bringup.engine.lock import DeviceLocks
from bringup.model.inventory import Inventory

async def main():
    void_when = Path(sys.argv[3]) if sys.argv[3] else None
    locks = DeviceLocks(
        Inventory.model_validate_json(sys.argv[1]), Path(sys.argv[2]), void_when=void_when, holder="run A (7)"
    )
    async with locks.hold("spine-1"):
        print("held", flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""


@contextmanager
def another_run(folder: Path, void_when: str = "") -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock of spine-1 until its standard input ends, or it dies."""
    inventory = INVENTORY.model_dump_json(by_alias=True)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, inventory, str(folder), void_when],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


async def test_two_processes_take_turns(tmp_path: Path) -> None:
    with another_run(tmp_path) as other:
        impatient = DeviceLocks(INVENTORY, tmp_path, deadline_s=0.1)
        with pytest.raises(TimedOut, match=r"spine-1: run A \(7\) is changing it"):
            async with impatient.hold("spine-1"):
                raise AssertionError("both hold it")
        async with impatient.hold("spine-2"):
            pass
        assert other.stdin is not None
        other.stdin.close()
        async with DeviceLocks(INVENTORY, tmp_path, deadline_s=30).hold("spine-1"):
            pass


async def test_the_lock_of_a_killed_runner_is_free(tmp_path: Path) -> None:
    with another_run(tmp_path) as other:
        other.kill()
        async with DeviceLocks(INVENTORY, tmp_path, deadline_s=30).hold("spine-1"):
            pass


async def test_the_lock_of_a_runner_that_was_taken_over_is_void(tmp_path: Path) -> None:
    """It may be frozen in the middle of a change: whoever comes must not wait for it to wake."""
    epoch = tmp_path / "2"
    with another_run(tmp_path / "locks", str(epoch)):
        locks = DeviceLocks(INVENTORY, tmp_path / "locks", deadline_s=0.3)
        with pytest.raises(TimedOut):
            async with locks.hold("spine-1"):
                raise AssertionError("both hold it, and nobody was taken over")
        epoch.touch()
        async with locks.hold("spine-1"):
            with pytest.raises(TimedOut):
                async with DeviceLocks(INVENTORY, tmp_path / "locks", deadline_s=0.1).hold("spine-1"):
                    raise AssertionError("the new lock excludes nobody")


async def test_it_is_the_device_that_is_locked_not_its_name(tmp_path: Path) -> None:
    locks = DeviceLocks(INVENTORY, tmp_path, deadline_s=0.1)
    async with locks.hold("spine-1"):
        with pytest.raises(TimedOut):
            async with locks.hold("also-spine-1"):
                raise AssertionError("both hold it")


async def test_a_lock_is_freed_by_a_failure(tmp_path: Path) -> None:
    locks = DeviceLocks(INVENTORY, tmp_path, deadline_s=0.1)
    with pytest.raises(RuntimeError):
        async with locks.hold("spine-1"):
            raise RuntimeError
    async with asyncio.timeout(60), locks.hold("spine-1"):
        pass


async def test_nothing_is_changed_where_no_lock_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / "locks").write_text("in the way")
    with pytest.raises(Refused, match="no lock can be kept"):
        async with DeviceLocks(INVENTORY, tmp_path / "locks").hold("spine-1"):
            raise AssertionError("held")


def test_locks_lie_in_the_state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert lock_folder() == tmp_path / "bringup" / "locks"
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert lock_folder() == tmp_path / ".local" / "state" / "bringup" / "locks"
