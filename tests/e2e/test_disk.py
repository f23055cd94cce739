"""A disk that fails under the real runner: by strace, by a file-size limit, by a tmpfs that is full.

Whatever the disk does, the runner ends with a plain message and no action is started that the record does not
have; what is there verifies; with a good disk `resume` comes to the undisturbed verdict.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bringup.journal.epoch import latest_epoch
from tests.e2e.hostile import Trial, all_passed, events, is_frozen, stopped_plainly
from tests.e2e.runs import Done, Nursery, Rack, until
from tests.e2e.test_kill_sweep import commands_given

ONLY_POWER = ("--only", "power")
OUTLET = {"pdu-1/5": 1}

needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")


@pytest.fixture
def trial(nursery: Nursery, rack: Rack, tmp_path: Path) -> Trial:
    return Trial(nursery, rack, tmp_path / "runs")


def under_strace(log: Path, fault: str, path: Path | None, command: list[str]) -> list[str]:
    call = fault.partition(":")[0]
    only = ["-P", str(path)] if path is not None else []
    options = ["-f", "--seccomp-bpf", "-qq", "-o", str(log), "-e", f"trace={call}", *only]
    return ["strace", *options, "-e", f"inject={fault}", *command]


def nothing_was_done_without_an_intent(trial: Trial) -> None:
    """What the runner was told is durable stands in its epoch's mark: only such an intent may be acted on."""
    _, epoch = latest_epoch(trial.run / "epoch")
    confirmed = events(trial.run)[: epoch.mark.events if epoch is not None else 0]
    if all(event["kind"] != "ActionIntended" for event in confirmed):
        assert commands_given(trial.rack) == {}


def goes_on_well(trial: Trial, commands: dict[str, int]) -> None:
    """With a good disk: the undisturbed verdict, nothing lost, every change intended and none made twice."""
    before = events(trial.run)
    resumed = trial.resume()
    assert resumed.status == 0, resumed.output
    assert events(trial.run)[: len(before)] == before, "what was there is no longer there"
    assert all_passed(trial.run)
    assert commands_given(trial.rack) == commands
    verified = trial.verify()
    assert verified.status == 0, verified.output


FAULTS = [
    # the journal's own syncs, in whatever they cover
    *((f"fdatasync:error=EIO:when={number}", False, "can't be written") for number in (1, 2, 5, 6, 7, 8)),
    ("fdatasync:error=ENOSPC:when=6", False, "full"),
    # writes to the live segment only
    ("write:error=EIO:when=1", True, "can't be written"),
    ("write:error=EIO:when=6", True, "can't be written"),
    ("write:error=ENOSPC:when=4", True, "full"),
    ("write:error=ENOSPC:when=6+", True, "full"),
    # the mark that tells readers how far the disk has got
    ("pwrite64:error=EIO:when=6", False, "can't be written"),
]


@needs_strace
@pytest.mark.parametrize(("fault", "segment_only", "says"), FAULTS)
def test_a_disk_error_ends_the_run_before_its_next_action(
    fault: str, segment_only: bool, says: str, trial: Trial, tmp_path: Path
) -> None:
    segment = trial.run / "journal" / "00000001.jsonl" if segment_only else None
    log = tmp_path / "strace"
    done = trial.execute(under_strace(log, fault, segment, trial.command(*ONLY_POWER)))
    assert "INJECTED" in log.read_text(), "the fault never came about"
    stopped_plainly(done, says)
    nothing_was_done_without_an_intent(trial)
    verified = trial.verify()
    assert verified.status == 3, verified.output
    assert "intact as far as it goes" in verified.output
    goes_on_well(trial, OUTLET)


@needs_strace
@pytest.mark.parametrize("taken", [0, 1, 100])
def test_a_write_that_claims_bytes_it_did_not_take_ends_the_run(
    taken: int, trial: Trial, tmp_path: Path
) -> None:
    """No honest kernel does this. What it leaves behind the last confirmed event is a line that is none: the
    verifier can't tell it from one that was spoilt; the next runner sets it aside and names it.
    """
    segment = trial.run / "journal" / "00000001.jsonl"
    fault = f"write:retval={taken}:when=6"
    done = trial.execute(under_strace(tmp_path / "strace", fault, segment, trial.command(*ONLY_POWER)))
    stopped_plainly(done, "can't be written")
    nothing_was_done_without_an_intent(trial)
    assert trial.verify().status in (3, 4)
    goes_on_well(trial, OUTLET)
    if taken:
        recovered = next(event for event in events(trial.run) if event["kind"] == "Recovered")
        assert (trial.run / recovered["torn_file"]).stat().st_size == recovered["torn_bytes"] > 0


def test_a_write_cut_short_by_the_kernel_leaves_a_torn_line_that_is_named(trial: Trial) -> None:
    """A file-size limit: the next write is taken only in part, the one after it is refused."""
    words = trial.rack.run_words("--runs", str(trial.runs))
    pid, output = trial.nursery.start(words)
    segment = until(lambda: next(iter(trial.runs.glob("*/journal/00000001.jsonl")), None))
    until(lambda: segment.stat().st_size > 60_000)
    os.kill(pid, signal.SIGSTOP)
    size = segment.stat().st_size
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size + 40, resource.RLIM_INFINITY))
    os.kill(pid, signal.SIGCONT)
    done = Done(trial.nursery.wait(pid), output.read_text())
    stopped_plainly(done, "can't be written: File too large")
    trial.run = segment.parent.parent
    verified = trial.verify()
    assert verified.status == 3
    assert "[torn-line]" in verified.output
    goes_on_well(trial, {"pdu-1/5": 1, "node-01": 1})
    recovered = next(event for event in events(trial.run) if event["kind"] == "Recovered")
    assert recovered["torn_bytes"] == 40
    assert len((trial.run / recovered["torn_file"]).read_bytes()) == 40


def test_a_run_that_lost_only_its_last_checkpoint_gets_it_by_resume(trial: Trial) -> None:
    """Its closing line is durable; the disk, or the runner, fails before the checkpoint that covers it."""
    with trial.started(trial.command(*ONLY_POWER, freeze=["RunClosed", "after"])) as runner:
        until(lambda: is_frozen(runner.pid))
        runner.kill()
        runner.wait()
    assert trial.verify().status == 3
    assert trial.resume().status == 0
    verified = trial.verify()
    assert verified.status == 0, verified.output


class SmallDisk:
    """A tmpfs of a few KiB over the folder of runs, in a mount namespace of its own."""

    def __init__(self, trial: Trial, size: str) -> None:
        self._trial = trial
        trial.runs.mkdir()
        mount = f"mount -t tmpfs -o size={size} none '{trial.runs}' && echo ready && exec cat"
        self._holder = subprocess.Popen(
            ["unshare", "-m", "sh", "-c", mount], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._holder.stdout is not None
        assert self._holder.stdout.readline() == "ready\n"
        self._outside = trial.run
        trial.run = Path(f"/proc/{self._holder.pid}/root{trial.run}")

    def inside(self, *command: str) -> Done:
        """The command, where the small disk is the one that is there."""
        return self._trial.execute(["nsenter", "-t", str(self._holder.pid), "-m", "--wd=/", *command])

    def resume(self) -> Done:
        """`resume` of the run by its own path."""
        words = [word.replace(str(self._trial.run), str(self._outside)) for word in self._trial.resume_words]
        return self.inside(self._trial.command()[0], "-m", "bringup", *words)

    def grow(self) -> None:
        done = self.inside("mount", "-o", "remount,size=16m", str(self._trial.runs))
        assert done.status == 0, done.output

    def end(self) -> None:
        assert self._holder.stdin is not None and self._holder.stdout is not None
        self._holder.stdin.close()
        self._holder.wait()
        self._holder.stdout.close()


def may_mount() -> bool:
    if not all(map(shutil.which, ("unshare", "nsenter"))):
        return False
    return subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode == 0


needs_mounts = pytest.mark.skipif(not may_mount(), reason="needs a mount namespace of its own (root)")


@pytest.fixture
def small_disks(trial: Trial) -> Iterator[list[SmallDisk]]:
    made: list[SmallDisk] = []
    yield made
    for disk in made:
        disk.end()


@needs_mounts
@pytest.mark.parametrize("size", ["68k", "76k", "88k"])
def test_a_disk_that_is_full_at_once_stops_the_run_and_with_room_it_goes_on(
    size: str, trial: Trial, small_disks: list[SmallDisk]
) -> None:
    disk = SmallDisk(trial, size)
    small_disks.append(disk)
    stopped_plainly(disk.inside(*trial.command(*ONLY_POWER)))
    nothing_was_done_without_an_intent(trial)
    verified = trial.verify()
    assert verified.status == 3
    assert "intact as far as it goes" in verified.output
    disk.grow()
    before = events(trial.run)
    resumed = disk.resume()
    assert resumed.status == 0, resumed.output
    assert events(trial.run)[: len(before)] == before
    assert all_passed(trial.run)
    assert commands_given(trial.rack) == OUTLET
    assert trial.verify().status == 0


@needs_mounts
def test_a_disk_that_fills_up_in_the_middle_stops_the_run_and_with_room_it_goes_on(
    trial: Trial, small_disks: list[SmallDisk]
) -> None:
    disk = SmallDisk(trial, "512k")
    small_disks.append(disk)
    stopped_plainly(disk.inside(*trial.command()), "is full", "resume")
    before = events(trial.run)
    assert len(before) > 100
    assert all(event["kind"] != "RunClosed" for event in before)
    verified = trial.verify()
    assert verified.status == 3
    assert f"{len(before)} events, {len(before)} under" in verified.output, "the end of it is not signed"
    stopped_plainly(disk.resume(), "full")
    assert trial.verify().status == 3
    disk.grow()
    resumed = disk.resume()
    assert resumed.status == 0, resumed.output
    assert events(trial.run)[: len(before)] == before
    assert all_passed(trial.run)
    assert commands_given(trial.rack) == {"pdu-1/5": 1, "node-01": 1}
    assert trial.verify().status == 0


@needs_mounts
def test_a_disk_without_room_for_the_plan_is_said_plainly(trial: Trial, small_disks: list[SmallDisk]) -> None:
    disk = SmallDisk(trial, "16k")
    small_disks.append(disk)
    stopped_plainly(disk.inside(*trial.command(*ONLY_POWER)))
    assert commands_given(trial.rack) == {}
