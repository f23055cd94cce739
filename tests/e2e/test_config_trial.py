"""Changes of configuration by whole runs: kept over a new session, or taken back by the device itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.runs import Nursery, events_of, only_run, until
from tests.peers.stand import Lab

SPEED = 15
REVERT_S = 120
"""Eight seconds for a person who waits; enough for a new SSH session on a busy machine."""
MTU = {
    "leaf-1": ["config interface mtu Ethernet8 4096"],
    "leaf-2": ["interface Ethernet2/1", "mtu 4096"],
}
CUTS = {
    "leaf-1": ["config interface mtu Ethernet8 4096", "config route add prefix 0.0.0.0/0 nexthop 192.0.2.99"],
    "leaf-2": ["interface Ethernet2/1", "mtu 4096", "ip access-list standard NOBODY", "deny any",
               "system control-plane", "ip access-group NOBODY in"],
}  # fmt: skip
PORTS = {"leaf-1": "Ethernet8", "leaf-2": "Ethernet2/1"}


@pytest.fixture
def lab(nursery: Nursery, tmp_path: Path) -> Iterator[Lab]:
    made = Lab(nursery, tmp_path / "lab", speed=SPEED)
    yield made
    made.end()


def playbook(folder: Path, leaf: str, lines: list[str], more: str = "") -> Path:
    path = folder / "change.toml"
    path.write_text(
        f'schema = "bringup.playbook/1"\nname = "change"\nenvelope = ["base"]\n[[stage]]\nname = "change"\n'
        f'[[stage.step]]\nid = "apply"\naction = "config.apply"\non = {{ device = "{leaf}" }}\n'
        f"with = {{ lines = {lines!r}, revert_after_s = {REVERT_S}{more} }}\n"
    )
    return path


def words(lab: Lab, path: Path) -> list[str]:
    runs = str(lab.folder / "runs")
    key = str(lab.folder / "approve-key")
    return ["run", str(path), "-i", str(lab.inventory), "--runs", runs, "--headless", "--approve-with", key]


def mtu(lab: Lab, leaf: str) -> int:
    found: int = next(port["mtu"] for port in lab.real(leaf)["ports"] if port["name"] == PORTS[leaf])
    return found


def of_kind(run: Path, kind: str) -> list[dict[str, Any]]:
    return [event for event in events_of(run) if event["kind"] == kind]


@pytest.mark.parametrize("leaf", ["leaf-1", "leaf-2"])
def test_field_09_a_change_is_kept_over_a_new_session(lab: Lab, leaf: str, tmp_path: Path) -> None:
    done = lab.nursery.run(words(lab, playbook(tmp_path, leaf, MTU[leaf])))
    assert done.status == 0, done.output
    run = only_run(lab.folder / "runs")
    (intended,) = of_kind(run, "ActionIntended")
    assert f"{leaf}/{PORTS[leaf]}" in intended["drops"]
    trial = intended["before"]["trial"]
    left = [(event["what"], event["restored"]) for event in of_kind(run, "AlteredState")]
    armed = f"a change is on trial, and the device will take it back ({trial})"
    assert left[:2] == [(armed, False), (armed, True)]
    assert left[2:] == [(f"a change is in force, not saved ({trial})", False)]
    lab.nursery.run(["lab", "list", "--dir", str(lab.folder)])
    assert until(lambda: mtu(lab, leaf)) == 4096
    assert not lab.real(leaf)["configuration"]["timers"]


@pytest.mark.parametrize("leaf", ["leaf-1", "leaf-2"])
def test_field_09_a_change_that_cuts_its_own_path_comes_back_by_the_devices_own_timer(
    lab: Lab, leaf: str, tmp_path: Path
) -> None:
    done = lab.nursery.run(words(lab, playbook(tmp_path, leaf, CUTS[leaf])))
    assert done.status == 1, done.output
    run = only_run(lab.folder / "runs")
    (failed,) = of_kind(run, "ActionFailed")
    assert failed["outcome"] == "not_done"
    assert "takes it back by its own timer" in failed["message"]
    assert [event["restored"] for event in of_kind(run, "AlteredState")] == [False, True]
    reached = lab.nursery.run(["probe", leaf, "identity", "-i", str(lab.inventory)])
    assert reached.status == 0, reached.output


def test_field_09_a_runner_that_died_on_trial_goes_on_by_keeping_and_does_not_begin_twice(
    lab: Lab, tmp_path: Path
) -> None:
    died = lab.nursery.run(words(lab, playbook(tmp_path, "leaf-2", MTU["leaf-2"])), die_after_change=1)
    assert died.status == -9, died.output
    run = only_run(lab.folder / "runs")
    resumed = lab.nursery.run(
        ["resume", str(run), "--headless", "--approve-with", str(lab.folder / "approve-key")]
    )
    assert resumed.status == 0, resumed.output
    names = {event["before"]["trial"] for event in of_kind(run, "ActionIntended")}
    assert len(names) == 1, "it was begun twice"
    assert until(lambda: mtu(lab, "leaf-2")) == 4096


@pytest.mark.parametrize(
    "lines",
    [
        ["interface Management1", "shutdown"],
        ["reload"],
        ["interface Ethernet2/1", "commit"],
        ["no such line"],
    ],
)
def test_field_09_lines_that_no_timer_takes_back_or_that_end_this_runs_path_are_not_applied(
    lab: Lab, lines: list[str], tmp_path: Path
) -> None:
    done = lab.nursery.run(words(lab, playbook(tmp_path, "leaf-2", lines)))
    assert done.status == 3, done.output
    held = lab.real("leaf-2")["configuration"]
    assert held["sessions"] == {} and held["settings"] == {}


@pytest.mark.parametrize("leaf", ["leaf-1", "leaf-2"])
def test_field_09_nothing_else_is_changed_while_the_device_may_take_a_change_back(
    lab: Lab, leaf: str, tmp_path: Path
) -> None:
    died = lab.nursery.run(words(lab, playbook(tmp_path, leaf, MTU[leaf])), die_after_change=1)
    assert died.status == -9, died.output
    port = tmp_path / "port.toml"
    port.write_text(
        'schema = "bringup.playbook/1"\nname = "port"\nenvelope = ["base"]\n[[stage]]\nname = "down"\n'
        '[[stage.step]]\nid = "it"\naction = "port.down"\n'
        f'on = {{ device = "{leaf}", port = "{PORTS[leaf]}" }}\n'
    )
    other = words(lab, port)
    other[other.index("--runs") + 1] = str(lab.folder / "other")
    done = lab.nursery.run(other)
    assert done.status == 3, done.output
    (ended,) = of_kind(only_run(lab.folder / "other"), "StepEnded")
    assert f"a change is on trial on {leaf}" in ended["message"]
