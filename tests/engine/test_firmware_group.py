"""Firmware of several units: one first, then the others; never both of a pair (field rule 10)."""

from __future__ import annotations

from typing import Any

import pytest

from bringup.journal.sign import KeySigner
from bringup.model.errors import Unreachable
from bringup.model.facts import BmcTask, FirmwareState, Identity, Image
from bringup.model.inventory import Inventory
from bringup.model.measurement import value
from tests.engine.person import events
from tests.engine.stand import Stand, device, verdicts
from tests.engine.test_actions import DONE

pytestmark = pytest.mark.usefixtures("still_clock")
PATH = "/redfish/v1/UpdateService/FirmwareInventory/BMC"
WANTED = {"component": "BMC", "version": "2", "image": "https://files.example/bmc-2.bin", "takes_s": 60.0}


class Unit:
    """A BMC's firmware: a task that runs for some looks, a slot, and what runs. `spoils`: the task fails."""

    def __init__(self, *, spoils: bool = False, running: str = "1") -> None:
        self.running = running
        self.slot: str | None = None
        self.spoils = spoils
        self.left = 0
        self.tasks: list[str] = []
        self.writes = 0

    def firmware(self) -> FirmwareState:
        if self.left:
            self.left -= 1
            if not self.left:
                self.tasks[-1] = "Exception" if self.spoils else "Completed"
                self.slot = None if self.spoils else "2"
        images = [Image(path=PATH, name="BMC", version=value(self.running), updateable=value(True))]
        if self.slot is not None:
            images.append(Image(path=f"{PATH}_staged", name="BMC", version=value(self.slot), staged=True))
        tasks = tuple(
            BmcTask(path=f"/redfish/v1/TaskService/Tasks/{number}", name="Update", state=value(state))
            for number, state in enumerate(self.tasks)
        )
        return FirmwareState(enabled=value(True), images=tuple(images), tasks=tasks)

    def stage(self, path: str, image: str) -> None:
        assert (path, image) == (PATH, WANTED["image"])
        self.writes += 1
        self.tasks.append("Running")
        self.left = 3

    def activate(self, path: str) -> None:
        assert self.slot is not None and path == PATH
        self.running, self.slot = self.slot, None


def units(stand: Stand, *made: Unit, **more: Any) -> None:
    names = [f"bmc-{number}" for number in range(1, len(made) + 1)]
    stand.inventory = Inventory.model_validate(
        {
            "schema": "bringup.inventory/1",
            "device": [device(name, role="bmc", platform="redfish-bmc", **more) for name in names],
        }
    )
    stand.limits = (DONE,)
    stand.approver = KeySigner.throwaway()
    for name, unit in zip(names, made, strict=True):
        stand.table[(name, "identity")] = Identity(serial=value(f"SN-{name}"))
        stand.table[(name, "firmware")] = unit.firmware
        stand.table[(name, "tasks")] = lambda unit=unit: unit.firmware().tasks  # type: ignore[misc]
        stand.table[(name, "stage_firmware")] = unit.stage
        stand.table[(name, "activate_firmware")] = unit.activate


async def update(stand: Stand, on: dict[str, Any] | None = None) -> list[str]:
    step = {"action": "firmware.update", "id": "it", "on": on or {"role": "bmc"}, "with": WANTED}
    return list(verdicts(await stand.run({"name": "fw", "step": [step]})).values())


async def test_field_10_one_unit_first_then_the_group(stand: Stand) -> None:
    made = Unit(), Unit(), Unit(running="2")
    units(stand, *made)
    assert await update(stand) == ["PASS", "PASS", "PASS"]
    assert [unit.writes for unit in made] == [1, 1, 0]
    order = [
        (each["kind"], each["subject"])
        for kind in ("ActionIntended", "ActionDone")
        for each in events(stand, kind)
        if each.get("changed", True)
    ]
    assert len(order) == 4
    kinds = [kind for kind in stand.kinds() if kind in ("ActionIntended", "ActionDone")]
    assert kinds == ["ActionIntended", "ActionDone", "ActionIntended", "ActionDone", "ActionDone"]


async def test_field_10_the_group_waits_for_nothing_when_the_first_is_not_good(stand: Stand) -> None:
    made = Unit(spoils=True), Unit()
    units(stand, *made)
    assert await update(stand) == ["FAIL", "UNKNOWN blocked"]
    assert [unit.writes for unit in made] == [1, 0]
    (failed,) = events(stand, "ActionFailed")
    assert "its task ended as Exception" in failed["message"]


@pytest.mark.parametrize("trouble", ["silent", "at work"])
async def test_field_10_one_of_a_pair_is_left_alone_while_the_other_is_not_well(
    stand: Stand, trouble: str
) -> None:
    made = Unit(), Unit()
    units(stand, *made, pair="leaves")
    if trouble == "silent":
        stand.table[("bmc-2", "identity")] = Unreachable("bmc-2: gone")
    else:
        made[1].stage(PATH, "https://files.example/bmc-2.bin")
        made[1].left = 1000
    assert await update(stand, {"device": "bmc-1"}) == ["UNKNOWN skipped"]
    assert made[0].writes == 0


async def test_field_10_both_of_a_pair_are_updated_one_after_the_other(stand: Stand) -> None:
    made = Unit(), Unit()
    units(stand, *made, pair="leaves")
    assert await update(stand) == ["PASS", "PASS"]
    assert [unit.writes for unit in made] == [1, 1]


async def test_field_10_what_waits_in_its_slot_is_activated_and_not_flashed(stand: Stand) -> None:
    unit = Unit()
    unit.slot = "2"
    units(stand, unit)
    assert await update(stand) == ["PASS"]
    assert (unit.writes, unit.running) == (0, "2")


async def test_field_10_no_update_begins_beside_a_task_that_runs(stand: Stand) -> None:
    unit = Unit()
    unit.stage(PATH, "https://files.example/bmc-2.bin")
    unit.left = 1000
    units(stand, unit)
    assert await update(stand) == ["UNKNOWN skipped"]
    assert unit.writes == 1
