"""Firmware by whole runs: staged, activated, verified; gone on with after a death, never flashed twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.runs import Done, Nursery, events_of, until
from tests.peers.stand import Lab

SPEED = 15
IMAGE = "https://files.example/LT-BMC2-2.15.0.bin"


@pytest.fixture
def lab(nursery: Nursery, tmp_path: Path) -> Iterator[Lab]:
    made = Lab(nursery, tmp_path / "lab", speed=SPEED)
    yield made
    made.end()


def playbook(folder: Path, step: str) -> Path:
    path = folder / "change.toml"
    path.write_text(
        'schema = "bringup.playbook/1"\nname = "change"\nenvelope = ["base"]\n'
        f'[[stage]]\nname = "change"\n[[stage.step]]\nid = "it"\n{step}\n'
    )
    return path


def update(folder: Path, more: str = "", image: str = IMAGE) -> Path:
    return playbook(
        folder,
        'action = "firmware.update"\non = { role = "bmc" }\n'
        f'with = {{ component = "BMC", version = "2.15.0", image = "{image}"{more} }}',
    )


def run(lab: Lab, path: Path, name: str = "runs", **more: Any) -> Done:
    words = ["run", str(path), "-i", str(lab.inventory), "--runs", str(lab.folder / name), "--headless"]
    return lab.nursery.run([*words, "--approve-with", str(lab.folder / "approve-key")], **more)


def resume(lab: Lab, *more: str) -> Done:
    (folder,) = (lab.folder / "runs").iterdir()
    key = str(lab.folder / "approve-key")
    return lab.nursery.run(["resume", str(folder), "--headless", "--approve-with", key, *more])


def writes(lab: Lab) -> int:
    found: int = lab.real("bmc-01")["firmware_work"]["writes"].get("BMC", 0)
    return found


def of_kind(lab: Lab, kind: str, name: str = "runs") -> list[dict[str, Any]]:
    (folder,) = (lab.folder / name).iterdir()
    return [event for event in events_of(folder) if event["kind"] == kind]


def test_field_10_an_update_is_staged_activated_and_verified(lab: Lab, tmp_path: Path) -> None:
    done = run(lab, update(tmp_path))
    assert done.status == 0, done.output
    assert (lab.real("bmc-01")["os_version"], writes(lab)) == ("2.15.0", 1)
    again = run(lab, update(tmp_path), "again")
    assert again.status == 0, again.output
    assert writes(lab) == 1


def test_field_10_what_is_staged_still_reports_the_old_version_and_is_not_flashed_again(
    lab: Lab, tmp_path: Path
) -> None:
    done = run(lab, update(tmp_path, ", activate = false"))
    assert done.status == 0, done.output
    assert lab.real("bmc-01")["os_version"] == "2.14.1"
    (left,) = of_kind(lab, "AlteredState")
    assert left["what"] == "firmware waits in its slot: BMC 2.15.0"
    done = run(lab, update(tmp_path), "again")
    assert done.status == 0, done.output
    assert (lab.real("bmc-01")["os_version"], writes(lab)) == ("2.15.0", 1)


@pytest.mark.parametrize("change", [1, 2])
def test_field_10_a_run_that_died_goes_on_with_its_task_and_never_flashes_twice(
    lab: Lab, change: int, tmp_path: Path
) -> None:
    died = run(lab, update(tmp_path), die_after_change=change)
    assert died.status == -9, died.output
    # A BMC that restarts answers nobody for a while.
    assert resume(lab).status == 0 or until(lambda: resume(lab, "--retest", "change/it").status == 0)
    assert (lab.real("bmc-01")["os_version"], writes(lab)) == ("2.15.0", 1)


UPDATE_ELSE = (
    'action = "firmware.update"\non = { role = "bmc" }\nwith = { component = "BMC", version = "2.16.0", '
    'image = "https://files.example/x-2.16.0.bin" }'
)


@pytest.mark.parametrize(
    "step",
    [
        'action = "host.power"\non = { role = "node" }\nwith = { reset = "ForceOff" }',
        UPDATE_ELSE,
    ],
)
def test_field_10_no_power_cut_and_no_other_update_while_a_task_runs(
    lab: Lab, step: str, tmp_path: Path
) -> None:
    on = run(lab, playbook(tmp_path, 'action = "host.power_on"\non = { role = "node" }'), "on")
    assert on.status == 0, on.output

    def slow(world: dict[str, Any]) -> None:
        for device in world["devices"]:
            device["firmware_work"]["task_s"] = 3600.0

    lab.with_hands(slow)
    died = run(lab, update(tmp_path), die_after_change=1)
    assert died.status == -9, died.output
    done = run(lab, playbook(tmp_path, step), "other")
    assert done.status == 3, done.output
    (ended,) = of_kind(lab, "StepEnded", "other")
    assert ended["reason"] == "skipped" and "bmc-01 is at work" in ended["message"]
    assert of_kind(lab, "ActionIntended", "other") == []


def test_field_10_an_image_that_is_write_protected_or_not_there_is_not_flashed(
    lab: Lab, tmp_path: Path
) -> None:
    done = run(lab, update(tmp_path, image="https://files.example/readme.txt"), "nothing-there")
    assert done.status == 3, done.output

    def lock(world: dict[str, Any]) -> None:
        next(each for each in world["devices"] if each["name"] == "bmc-01")["firmware_work"]["protected"] = [
            "BMC"
        ]

    lab.with_hands(lock)
    done = run(lab, update(tmp_path))
    assert done.status == 3, done.output
    (ended,) = of_kind(lab, "StepEnded")
    assert "write-protected" in ended["message"]
    assert writes(lab) == 0
