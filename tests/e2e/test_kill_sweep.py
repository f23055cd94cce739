"""`kill -9` at every event boundary of `mini`, and between a change and its outcome: no loss, none twice.

The kill points come from the undisturbed journal, one per event. A trial is a fresh rack and a run that dies
many times, each time in the moment in which one of those events has become durable, and is resumed each
time; the points of one trial lie far apart. The trials are dealt out in shares, so that they run side by
side.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.runs import Nursery, Rack, events_of, only_run, until

SHARES = 16
DEATHS = 30
"""Kill points in one trial."""
FEWEST_EVENTS = 700
"""`mini` writes more than this; a sweep over fewer has not seen the whole run."""
CHANGES = ("power.outlet_on", "host.power_on")
OF_A_STEP = ("kind", "stage", "step", "subject", "quantity", "limit")


def outcome_of(run: Path) -> dict[tuple[str, str, str], str]:
    """The last verdict of each planned row, read from the lines alone."""
    return {
        (event["stage"], event["step"], event["subject"]): event["verdict"]
        for event in events_of(run)
        if event["kind"] == "StepEnded"
    }


def commands_given(rack: Rack) -> dict[str, int]:
    """How often each outlet and host of the rack was told something, as the rack itself counted."""
    told: dict[str, int] = {}
    for device in json.loads((rack.folder / "world.json").read_bytes())["devices"]:
        for outlet in device.get("outlets", ()):
            told[f"{device['name']}/{outlet['index']}"] = outlet.get("commands", 0)
        if device.get("host"):
            told[device["name"]] = device["host"].get("resets", 0)
    return {name: count for name, count in told.items() if count}


def serial_of(rack: Rack, name: str) -> str:
    """What somebody scans at the other end of a cord that leads there."""
    devices = json.loads((rack.folder / "world.json").read_bytes())["devices"]
    return str(next(device["serial"] for device in devices if device["name"] == name))


class Undisturbed:
    """What the run comes to when nobody kills it; made once, shared by all shares of the sweep."""

    def __init__(self, nursery: Nursery, folder: Path) -> None:
        rack = Rack(nursery, folder / "lab")
        done = nursery.run(rack.run_words("--runs", str(folder / "runs")))
        assert done.status == 0, done.output
        run = only_run(folder / "runs")
        self.journal = events_of(run)
        self.events = len(self.journal)
        self.outcome = outcome_of(run)
        rack.end()
        self.commands = commands_given(rack)
        assert self.events >= FEWEST_EVENTS
        assert self.commands == {"pdu-1/5": 1, "node-01": 1}

    def like(self, point: int) -> dict[str, Any]:
        """How a run that was resumed, and numbers its events otherwise, knows this kill point.

        By the event itself where it belongs to a step, else by the last one before it that does, and the
        events between.
        """
        place = point
        while self.journal[place]["kind"] not in ("StepStarted", "StepEnded", "Measured", "Judged"):
            place -= 1
        event = self.journal[place]
        like = {name: event[name] for name in OF_A_STEP if name in event}
        return {"die_like": like, "die_more": point - place}


@pytest.fixture(scope="module")
def undisturbed(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return Undisturbed(nursery, tmp_path_factory.mktemp("undisturbed"))


class Trial:
    """One rack, one run, and its deaths."""

    def __init__(self, nursery: Nursery, folder: Path) -> None:
        self._nursery = nursery
        self._folder = folder
        self.rack = Rack(nursery, folder / "lab")
        self._durable = b""

    @property
    def run(self) -> Path:
        return only_run(self._folder / "runs")

    def go_on(self, **killed: Any) -> int:
        """Start or resume; the exit status. What was durable before stands unchanged."""
        if not self._durable:
            words = self.rack.run_words("--runs", str(self._folder / "runs"))
        else:
            words = ["resume", str(self.run), "--headless"]
            words += ["--answers", str(self.rack.folder / "answers.toml")]
            words += ["--approve-with", str(self.rack.folder / "approve-key")]
        done = self._nursery.run(words, **killed)
        assert done.status in (-9, 0), done.output
        lines = b"".join(path.read_bytes() for path in sorted((self.run / "journal").glob("*.jsonl")))
        assert lines.startswith(self._durable), "a durable event was lost"
        self._durable = lines
        return done.status

    def judge(self, undisturbed: Undisturbed) -> None:
        """At the end all is as if nothing had happened."""
        self.rack.end()
        assert outcome_of(self.run) == undisturbed.outcome
        assert commands_given(self.rack) == undisturbed.commands, "something dangerous was done twice"
        verified = self._nursery.run(["log", "verify", str(self.run)])
        assert verified.status == 0, verified.output


def sweep(nursery: Nursery, folder: Path, undisturbed: Undisturbed, points: list[int]) -> Iterator[int]:
    """Die at each of `points`; yields those at which it did.

    Stages run side by side, so a later point may already lie behind a run that died at an earlier one: it is
    not yielded, and has to be tried in another trial.
    """
    trial = Trial(nursery, folder)
    ended = trial.go_on(die_after_event=points[0])
    yield from points[:1] if ended == -9 else ()
    for point in points[1:]:
        if ended == -9:
            ended = trial.go_on(**undisturbed.like(point))
            yield from [point] if ended == -9 else ()
    if ended == -9:
        assert trial.go_on() == 0
    trial.judge(undisturbed)
    shutil.rmtree(folder)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("share", range(SHARES))
def test_a_kill_at_any_event_boundary_loses_nothing_and_repeats_nothing(
    share: int,
    nursery: Nursery,
    undisturbed: Undisturbed,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    points = list(range(share, undisturbed.events, SHARES))
    tried: list[int] = []
    left = points
    while left:
        # What an earlier death left behind is tried again, first or after others: each trial tries its first.
        trials = -(-len(left) // DEATHS)
        for first in range(trials):
            tried += sweep(nursery, tmp_path / f"{len(left)}-{first}", undisturbed, left[first::trials])
        left = sorted({*points} - {*tried})
    with capsys.disabled():
        print(f"\nkill sweep, share {share + 1} of {SHARES}: {len(tried)} kill points tried", end="")
    assert sorted(tried) == sorted(points)
    assert len(tried) >= FEWEST_EVENTS // SHARES


@pytest.mark.parametrize("change", range(1, len(CHANGES) + 1))
def test_a_kill_between_a_change_and_its_outcome_is_settled_by_the_probe(
    change: int, nursery: Nursery, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    trial = Trial(nursery, tmp_path)
    assert trial.go_on(die_after_change=change) == -9
    assert trial.go_on() == 0
    trial.judge(undisturbed)
    events = events_of(trial.run)
    inferred = [event["action"] for event in events if event["kind"] == "ActionDone" and event["inferred"]]
    assert inferred == [CHANGES[change - 1]]


def test_a_change_that_no_reading_can_settle_ends_in_a_question(
    nursery: Nursery, make_rack: Callable[..., Rack], tmp_path: Path
) -> None:
    rack = make_rack()
    playbook = tmp_path / "cycle.toml"
    playbook.write_text(
        'schema = "bringup.playbook/1"\nname = "cycle"\n[[stage]]\nname = "power"\n'
        '[[stage.step]]\nid = "cycle"\naction = "power.outlet_cycle"\non = { device = "leaf-1" }\n'
    )
    words = ["run", str(playbook), *rack.run_words("--runs", str(tmp_path / "runs"))[2:]]
    answers = tmp_path / "answers.toml"
    answers.write_text(
        'schema = "bringup.answers/1"\n[[answer]]\nstep = "power/cycle"\nby = "kim"\n'
        f'value = "{serial_of(rack, "leaf-1")}"\n'
    )
    words[words.index("--answers") + 1] = str(answers)
    died = nursery.run(words, die_after_change=1)
    assert died.status == -9, died.output
    run = only_run(tmp_path / "runs")
    resumed = nursery.run(
        ["resume", str(run), "--headless", "--approve-with", str(rack.folder / "approve-key")]
    )
    assert resumed.status == 3, resumed.output
    asked = [event for event in events_of(run) if event["kind"] == "Asked" and event["form"] == "confirm"]
    assert len(asked) == 1 and "did it happen?" in asked[0]["text"]
    told = until(lambda: commands_given(rack).get("pdu-1/1"))
    assert told == 1, "the outlet was cycled again"
