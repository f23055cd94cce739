"""This machine's own shell keeps the same deadlines and caps as SSH."""

from __future__ import annotations

import asyncio
import contextlib
import os
from pathlib import Path

import pytest

from bringup.model.errors import TimedOut, Unparsable
from bringup.transport.base import Shell, Transcript
from bringup.transport.local import LocalShell
from tests.transport.peers import device, poll, wiring


@pytest.fixture
def transcript() -> Transcript:
    return Transcript()


@pytest.fixture
def shell(transcript: Transcript) -> Shell:
    return LocalShell("this-host", transcript)


def gone(pid: int) -> bool:
    """Ended, or a zombie whose parent has not looked yet."""
    with contextlib.suppress(FileNotFoundError):
        return ") Z" in Path(f"/proc/{pid}/stat").read_text()
    return True


async def test_a_local_command_brings_both_outputs_and_its_status(
    shell: Shell, transcript: Transcript
) -> None:
    result = await shell.run(r"printf '\377'; printf err >&2; exit 3")
    assert (result.stdout, result.stderr, result.exit_status) == (b"\xff", b"err", 3)
    (kept,) = transcript.take()
    assert (kept.transport, kept.reply, kept.stderr, kept.status) == ("local", b"\xff", b"err", 3)


async def test_a_local_command_reads_an_empty_input_and_a_signal_is_minus_one(shell: Shell) -> None:
    assert (await shell.run("cat; echo end", deadline_s=5)).stdout == b"end\n"
    assert (await shell.run("kill -9 $$")).exit_status == -1


async def test_the_deadline_ends_the_whole_process_group(shell: Shell, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    with pytest.raises(TimedOut, match="did not end"):
        await shell.run(f"sleep 60 & echo $! > {pids}; echo $$ >> {pids}; wait", deadline_s=0.5)
    for pid in map(int, pids.read_text().split()):
        poll(lambda pid=pid: gone(pid), f"the end of {pid}")  # type: ignore[misc]


def runs(marker: str) -> bool:
    """Whether some process has this in its command line."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if marker.encode() in path.read_bytes():
                return True
    return False


@pytest.mark.parametrize("turns", [0, 1, 2, 3, 4, 50], ids="after {} turns of the loop".format)
async def test_a_cancelled_read_ends_its_command(shell: Shell, tmp_path: Path, turns: int) -> None:
    """Also one that has begun other commands before the loop knows that it was made."""
    fifo = tmp_path / "pid"
    os.mkfifo(fifo)
    task = asyncio.create_task(shell.run(f"sleep 300 & echo $! > {fifo}; wait", deadline_s=300))
    for _ in range(turns):
        await asyncio.sleep(0)
    pid = int(fifo.read_text()) if runs(str(fifo)) else None  # meanwhile the loop stands still
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    poll(lambda: not runs(str(fifo)), "the end of the shell")
    if pid is not None:
        poll(lambda: gone(pid), f"the end of {pid}")


async def test_endless_local_output_is_cut_off(transcript: Transcript) -> None:
    shell = LocalShell("this-host", transcript, cap_bytes=100_000)
    with pytest.raises(Unparsable, match="longer than 100,000 bytes"):
        await shell.run("yes", deadline_s=20)
    (kept,) = transcript.take()
    assert kept.error is not None and len(kept.reply) <= 100_000


async def test_exactly_the_cap_is_allowed(transcript: Transcript) -> None:
    shell = LocalShell("this-host", transcript, cap_bytes=1000)
    assert len((await shell.run("head -c 1000 /dev/zero")).stdout) == 1000
    with pytest.raises(Unparsable):
        await shell.run("head -c 1001 /dev/zero")


async def test_links_of_this_machine_give_its_own_shell(tmp_path: Path) -> None:
    made = wiring(device(), tmp_path)
    peer = made.links(device(), this_machine=True)
    assert peer.has("ssh") and not peer.has("snmp")
    assert (await (await peer.shell()).run("echo $PPID")).stdout == f"{os.getpid()}\n".encode()
    await made.close()
