"""A wall clock that is set back by 30 days under the real runner, by libfaketime; the monotonic one goes on.

Without the stage that compares clocks: it would say, rightly, that every device is off.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from tests.e2e.hostile import Trial, all_passed, events, reached
from tests.e2e.runs import DEADLINE_S, Nursery, Rack, until

DAY_S = 86_400
STAGES = ("power", "management", "hosts", "switches", "optics", "links", "nics", "sign-off")
LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)

needs_faketime = pytest.mark.skipif(LIBRARY is None, reason="needs libfaketime")


def faked(stamp: Path) -> dict[str, str]:
    return {
        "LD_PRELOAD": str(LIBRARY),
        "FAKETIME_TIMESTAMP_FILE": str(stamp),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


@needs_faketime
def test_a_clock_set_back_in_the_middle_of_a_run_is_an_event_and_changes_no_verdict(
    nursery: Nursery, rack: Rack, tmp_path: Path
) -> None:
    trial = Trial(nursery, rack, tmp_path / "runs")
    stamp, later = tmp_path / "stamp", tmp_path / "later"
    stamp.write_text("+0\n")
    later.write_text("-30d\n")
    only = [word for name in STAGES for word in ("--only", name)]
    with trial.started(trial.command(*only), faked(stamp)) as runner:
        # Early, and while it waits: it is sure to have something left to write after the jump.
        until(lambda: reached(trial.run, "StageStarted", "power"))
        assert nursery.run(["tell", str(trial.run), "pause"]).status == 0
        later.rename(stamp)
        assert nursery.run(["tell", str(trial.run), "continue"]).status == 0
        output, _ = runner.communicate(timeout=DEADLINE_S)
    assert runner.returncode == 0, output.decode()
    told = events(trial.run)
    (jump,) = [event for event in told if event["kind"] == "ClockJumped"]
    assert jump["by_s"] == pytest.approx(-30 * DAY_S, abs=1)
    assert [event["seq"] for event in told] == list(range(len(told)))
    assert all(a["mono_ns"] <= b["mono_ns"] for a, b in itertools.pairwise(told))
    assert max(event["at"] for event in told[jump["seq"] :]) < min(
        event["at"] for event in told[: jump["seq"]]
    )
    assert all_passed(trial.run)
    shown = nursery.run(["log", "show", str(trial.run), "--format", "jsonl"]).output
    assert shown.encode() == b"".join(path.read_bytes() for path in sorted(trial.run.glob("journal/*.jsonl")))
    verified = trial.verify()
    assert verified.status == 0, verified.output


@needs_faketime
def test_a_run_killed_before_the_jump_goes_on_after_it(nursery: Nursery, rack: Rack, tmp_path: Path) -> None:
    trial = Trial(nursery, rack, tmp_path / "runs")
    words = rack.run_words("--runs", str(trial.runs), "--only", "power")
    died = nursery.run(words, die_after_event=12)
    assert died.status == -9, died.output
    (trial.run,) = trial.runs.iterdir()
    stamp = tmp_path / "stamp"
    stamp.write_text("-30d\n")
    python = trial.command()[0]
    resumed = trial.execute([python, "-m", "bringup", *trial.resume_words], faked(stamp))
    assert resumed.status == 0, resumed.output
    told = events(trial.run)
    assert [event["kind"] for event in told[13:15]] == ["ClockJumped", "Recovered"]
    assert told[13]["by_s"] == pytest.approx(-30 * DAY_S, abs=1)
    assert all_passed(trial.run)
    assert trial.verify().status == 0
