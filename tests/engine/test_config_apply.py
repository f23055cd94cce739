"""A change of configuration on trial: kept only when nothing else has moved, and taken back when it has."""

from __future__ import annotations

from typing import Any

import pytest

from bringup.driver.trial import NoTimer
from bringup.journal.sign import KeySigner
from bringup.model.errors import Refused, Unreachable
from bringup.model.facts import Identity, Port, Trial
from bringup.model.inventory import Inventory
from bringup.model.measurement import value
from tests.engine.person import events
from tests.engine.stand import Stand, device, verdicts
from tests.engine.test_actions import DONE

pytestmark = pytest.mark.usefixtures("still_clock")
LINES = ["interface Ethernet1/1", "mtu 4096"]
ROW = "change/it@leaf-1"


class Switch:
    """One switch with two ports; `hurts` names what a change does beside what it says."""

    def __init__(self, hurts: str = "", timer: bool = True) -> None:
        self.hurts = hurts
        self.timer = timer
        self.state = "none"
        self.did: list[str] = []
        self.looks = 0

    def trial(self, name: str) -> Trial:
        self.looks += 1
        if self.hurts == "ports" and self.looks > 6:
            self.state = "none"  # its own timer
        return Trial(name=name, state=value(self.state))

    def begin(self, name: str, lines: tuple[str, ...], revert_after_s: float) -> None:
        if revert_after_s and not self.timer:
            raise NoTimer("leaf-1: no systemd")
        if self.hurts == "refused":
            raise Refused("leaf-1: no such line")
        self.did.append("try" if revert_after_s else "try without a way back")
        self.state = "pending" if revert_after_s else "kept"

    def keep(self, name: str, save: bool) -> None:
        self.did.append("keep")
        if self.hurts == "path":
            self.state = "none"
            raise Unreachable("leaf-1: gone")
        self.state = "kept"

    def revert(self, name: str) -> None:
        self.did.append("revert")
        self.state = "none"

    def ports(self) -> tuple[Port, ...]:
        changed = self.state != "none"
        if changed and self.hurts == "ports":
            raise Unreachable("leaf-1: gone")
        mtu = 4096 if changed else 9216
        other = {"oper_up": value(not (changed and self.hurts == "link")), "mtu": value(9216)}
        other["mtu"] = value(1500 if changed and self.hurts == "mtu" else 9216)
        return (
            Port(name="Ethernet1/1", admin_up=value(True), oper_up=value(not changed), mtu=value(mtu)),
            Port(name="Ethernet2/1", admin_up=value(True), **other),
        )


async def apply(stand: Stand, switch: Switch, **more: Any) -> str:
    stand.inventory = Inventory.model_validate(
        {"schema": "bringup.inventory/1", "device": [device("leaf-1", platform="eos")]}
    )
    stand.limits = (DONE,)
    stand.approver = KeySigner.throwaway()
    stand.table[("leaf-1", "identity")] = Identity(serial=value("SN-leaf-1"))
    stand.table[("leaf-1", "ports")] = switch.ports
    stand.table[("leaf-1", "bundles")] = ()
    stand.table[("leaf-1", "config_trial")] = switch.trial
    stand.table[("leaf-1", "config_trials")] = ()
    stand.table[("leaf-1", "config_try")] = switch.begin
    stand.table[("leaf-1", "config_keep")] = switch.keep
    stand.table[("leaf-1", "config_revert")] = switch.revert
    step = {"action": "config.apply", "id": "it", "on": {"role": "leaf"}, "every_s": 1.0}
    step["with"] = {"lines": LINES, "revert_after_s": 60.0, **more}
    return verdicts(await stand.run({"name": "change", "step": [step]}))[ROW]


async def test_a_change_that_moves_only_what_it_names_is_kept(stand: Stand) -> None:
    switch = Switch()
    assert await apply(stand, switch) == "PASS"
    assert switch.did == ["try", "keep"]


@pytest.mark.parametrize("hurts", ["link", "mtu"])
async def test_field_09_a_change_that_moves_another_port_is_taken_back_at_once(
    stand: Stand, hurts: str
) -> None:
    switch = Switch(hurts)
    assert await apply(stand, switch) == "FAIL"
    assert switch.did == ["try", "revert"]
    (failed,) = events(stand, "ActionFailed")
    assert "it changed more than it names" in failed["message"]
    assert [each["restored"] for each in events(stand, "AlteredState")] == [False, True]


async def test_field_09_what_nobody_can_look_at_is_not_kept(stand: Stand) -> None:
    switch = Switch("ports")
    assert await apply(stand, switch) == "FAIL"
    assert switch.did == ["try"]


async def test_field_09_a_path_that_is_cut_is_left_to_the_devices_timer(stand: Stand) -> None:
    switch = Switch("path")
    assert await apply(stand, switch) == "FAIL"
    assert switch.did == ["try", "keep"]


async def test_field_09_without_a_timer_nothing_is_done_unless_its_console_is_named(stand: Stand) -> None:
    switch = Switch(timer=False)
    assert await apply(stand, switch) == "UNKNOWN refused"
    assert "try" not in " ".join(switch.did)


async def test_field_09_with_its_console_named_a_device_without_a_timer_is_changed_when_approved(
    stand: Stand,
) -> None:
    switch = Switch(timer=False)
    assert await apply(stand, switch, console="ts-1 port 7") == "PASS"
    assert switch.did == ["try without a way back"]
    (asked,) = events(stand, "Asked")
    assert any("else the console ts-1 port 7" in each for each in asked["changes"])


async def test_a_line_that_is_refused_is_told_and_what_came_before_it_taken_back(
    stand: Stand,
) -> None:
    switch = Switch("refused")
    assert await apply(stand, switch) == "UNKNOWN refused"
    assert switch.did == ["revert"]


@pytest.mark.parametrize("line", ["interface Management1", "interface ma1", "config vrf add mgmt"])
async def test_field_06_lines_about_the_management_path_are_refused_before_anything(
    stand: Stand, line: str
) -> None:
    switch = Switch()
    assert await apply(stand, switch, lines=[line]) == "UNKNOWN skipped"
    assert switch.did == [] and events(stand, "Asked") == []
