"""`kill -9` at every event boundary of `mini`, and between a change and its outcome: no loss, none twice.

The kill points come from the undisturbed journal, one per event. Each is a trial of its own: a fresh rack, a
run that dies in the moment in which that event has become durable, a `resume`. The trials are dealt out in
shares, so that they run side by side.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.runs import Nursery, Rack, events_of, only_run, until

SHARES = 16
FEWEST_EVENTS = 700
"""`mini` writes more than this; a sweep over fewer has not seen the whole run."""
CHANGES = ("power.outlet_on", "host.power_on")


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


class Undisturbed:
    """What the run comes to when nobody kills it; made once, shared by all shares of the sweep."""

    def __init__(self, nursery: Nursery, folder: Path) -> None:
        rack = Rack(nursery, folder / "lab")
        done = nursery.run(rack.run_words("--runs", str(folder / "runs")))
        assert done.status == 0, done.output
        run = only_run(folder / "runs")
        self.events = len(events_of(run))
        self.outcome = outcome_of(run)
        rack.end()
        self.commands = commands_given(rack)
        assert self.events >= FEWEST_EVENTS
        assert self.commands == {"pdu-1/5": 1, "node-01": 1}


@pytest.fixture(scope="module")
def undisturbed(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return Undisturbed(nursery, tmp_path_factory.mktemp("undisturbed"))


def trial(nursery: Nursery, folder: Path, undisturbed: Undisturbed, **killed: int) -> None:
    """One death and one resume."""
    rack = Rack(nursery, folder / "lab")
    try:
        died = nursery.run(rack.run_words("--runs", str(folder / "runs")), **killed)
        assert died.status == -9, died.output
        run = only_run(folder / "runs")
        before = b"".join(path.read_bytes() for path in sorted((run / "journal").glob("*.jsonl")))
        if "die_after_event" in killed:
            assert before.count(b"\n") == killed["die_after_event"] + 1
        words = ["resume", str(run), "--headless"]
        words += ["--answers", str(rack.folder / "answers.toml")]
        words += ["--approve-with", str(rack.folder / "approve-key")]
        resumed = nursery.run(words)
        assert resumed.status == 0, resumed.output
    finally:
        rack.end()
    after = b"".join(path.read_bytes() for path in sorted((run / "journal").glob("*.jsonl")))
    assert after.startswith(before), "a durable event was lost"
    assert outcome_of(run) == undisturbed.outcome
    assert commands_given(rack) == undisturbed.commands, "something dangerous was done twice"
    verified = nursery.run(["log", "verify", str(run)])
    assert verified.status == 0, verified.output


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("share", range(SHARES))
def test_a_kill_at_any_event_boundary_loses_nothing_and_repeats_nothing(
    share: int,
    nursery: Nursery,
    undisturbed: Undisturbed,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    points = range(share, undisturbed.events - 1, SHARES)
    for point in points:
        folder = tmp_path / str(point)
        trial(nursery, folder, undisturbed, die_after_event=point)
        shutil.rmtree(folder)
    with capsys.disabled():
        print(f"\nkill sweep, share {share + 1} of {SHARES}: {len(points)} kill points tried", end="")
    assert len(points) >= FEWEST_EVENTS // SHARES


@pytest.mark.parametrize("change", range(1, len(CHANGES) + 1))
def test_a_kill_between_a_change_and_its_outcome_is_settled_by_the_probe(
    change: int, nursery: Nursery, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    trial(nursery, tmp_path, undisturbed, die_after_change=change)
    events = events_of(only_run(tmp_path / "runs"))
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
    words.remove(str(rack.folder / "answers.toml"))
    words.remove("--answers")
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
