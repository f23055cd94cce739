"""The shipped mini rack: what its plan must hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import bringup.check
from bringup.check.catalogue import load_catalogue
from bringup.input import find_file, load_envelopes, load_inventory, load_playbook
from bringup.model.inventory import Inventory
from bringup.model.plan import Plan
from bringup.model.units import QUANTITIES
from bringup.model.verdict import Standing
from bringup.plan import make_plan, needs_of


@pytest.fixture(scope="module")
def inventory() -> Inventory:
    return load_inventory(find_file("inventory", "mini"))


@pytest.fixture(scope="module")
def plan(inventory: Inventory) -> Plan:
    catalogue = load_catalogue()
    playbook = load_playbook(find_file("playbook", "mini"), catalogue=catalogue)
    return make_plan(playbook, inventory, load_envelopes(playbook.envelope), catalogue)


def test_everything_that_must_be_measured_has_a_limit(plan: Plan) -> None:
    bare = [
        (task.stage, task.step, each.subject, each.quantity)
        for stage in plan.stages
        for task in stage.tasks
        for each in task.expected
        if not each.limits
    ]
    assert bare == []


def test_every_limit_names_its_source_and_what_is_required_is_no_sites_whim(plan: Plan) -> None:
    for stage in plan.stages:
        for task in stage.tasks:
            for each in task.expected:
                assert all(limit.source for limit in each.limits)
    sited = {
        each.quantity
        for stage in plan.stages
        for task in stage.tasks
        for each in task.expected
        if all(limit.standing is Standing.SITE for limit in each.limits)
    }
    assert sited == {"clock_offset_s"}


def test_every_device_port_lane_and_link_is_looked_at(plan: Plan, inventory: Inventory) -> None:
    subjects = {subject for _, _, subject in plan.planned}
    assert set(inventory.devices) <= subjects
    assert set(inventory.ports) <= subjects
    assert {cable.subject for cable in inventory.cable} <= subjects
    lanes = {
        each.subject
        for stage in plan.stages
        for task in stage.tasks
        for each in task.expected
        if each.quantity == "rx_power_dbm"
    }
    assert len(lanes) == 4 * len(inventory.ports)


def test_the_order_is_that_of_any_rack(plan: Plan) -> None:
    order = [stage.name for stage in plan.stages]
    field = ["power", "management", "hosts", "switches", "optics", "links", "nics", "sign-off"]
    assert [name for name in order if name in field] == field


def test_a_dirty_fibre_hides_no_slow_slot() -> None:
    needs = needs_of(load_playbook(find_file("playbook", "mini")))
    assert needs["nics"] == ("hosts",)
    assert set(needs["sign-off"]) >= {"links", "nics"}


CHECKS = sorted(Path(bringup.check.__path__[0]).glob("*.py"))


@pytest.mark.parametrize("path", CHECKS, ids=[path.stem for path in CHECKS])
def test_a_check_declares_every_quantity_that_it_speaks_of(path: Path) -> None:
    """Limits are planned for what a check requires or reports; what it told besides would go unjudged."""
    spoken = set(re.findall(r'(?:measured\([^")]*, |found\[)"([a-z0-9_]+)"', path.read_text())) & set(
        QUANTITIES
    )
    declared = {
        quantity
        for spec in load_catalogue().specs.values()
        for quantity in (*(need.quantity for need in spec.requires), *spec.reports)
    }
    assert spoken <= declared
