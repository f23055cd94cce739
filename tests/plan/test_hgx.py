"""The shipped HGX rack: what its plan must hold."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from bringup.check.catalogue import load_catalogue
from bringup.engine.waiving import NEVER_WAIVED_QUANTITIES
from bringup.input import find_file, load_envelopes, load_inventory, load_playbook
from bringup.model.envelope import Limit
from bringup.model.intent import Intent
from bringup.model.inventory import Inventory
from bringup.model.plan import Plan, Task
from bringup.model.select import applies, context_of
from bringup.model.verdict import Standing
from bringup.plan import make_plan, needs_of

NAME = "hgx-h100"
GIB8 = 8 * 2**30
STAGES = (
    "power",
    "management",
    "hosts",
    "switches",
    "optics",
    "links",
    "nics",
    "accelerators",
    "collectives",
    "sign-off",
)


@pytest.fixture(scope="module")
def inventory() -> Inventory:
    return load_inventory(find_file("inventory", NAME))


@pytest.fixture(scope="module")
def limits() -> tuple[Limit, ...]:
    return load_envelopes(["base", NAME])


@pytest.fixture(scope="module")
def plan(inventory: Inventory, limits: tuple[Limit, ...]) -> Plan:
    catalogue = load_catalogue()
    return make_plan(
        load_playbook(find_file("playbook", NAME), catalogue=catalogue), inventory, limits, catalogue
    )


def tasks(plan: Plan, stage: str, step: str) -> list[Task]:
    found = [task for task in plan.tasks if (task.stage, task.step) == (stage, step)]
    assert found, f"{stage}/{step}"
    return found


def test_everything_that_must_be_measured_has_a_limit_with_a_source(plan: Plan) -> None:
    expected = [(task, each) for task in plan.tasks for each in task.expected]
    bare = [(task.step, each.subject, each.quantity) for task, each in expected if not each.limits]
    assert bare == []
    assert all(limit.source for _, each in expected for limit in each.limits)


def test_every_device_port_link_and_accelerator_is_looked_at(plan: Plan, inventory: Inventory) -> None:
    subjects = {subject for _, _, subject in plan.planned}
    gpus = {gpu for device in inventory.device for gpu in Intent(inventory).gpus(device)}
    assert len(gpus) == 32
    assert gpus | set(inventory.devices) | set(inventory.ports) <= subjects
    ends = {end for cable in inventory.cable for end in (cable.a, cable.b, cable.subject)}
    assert all({cable.a, cable.b, cable.subject} & subjects for cable in inventory.cable)
    assert len(ends & subjects) > 2 * 32


def test_the_order_is_that_of_the_field(plan: Plan) -> None:
    order = [stage.name for stage in plan.stages]
    assert [name for name in order if name in STAGES] == list(STAGES)


def test_leaks_are_read_before_a_host_is_powered_and_hold_everything_back(plan: Plan) -> None:
    power = next(stage for stage in plan.stages if stage.name == "power")
    assert power.gate
    assert "leak" in {task.step for task in power.tasks}
    assert "power_on" not in {task.step for task in power.tasks}


def test_field_05_no_host_is_powered_before_its_management_cabling_is_proven(plan: Plan) -> None:
    needs = needs_of(load_playbook(find_file("playbook", NAME)))
    assert needs["hosts"] == ("management",)
    ends = {subject for task in tasks(plan, "management", "cabling") for subject in task.subjects}
    later = {subject for task in tasks(plan, "hosts", "cabling") for subject in task.subjects}
    assert (len(ends), len(later)) == (8, 4)
    assert not ends & later


def test_a_bad_link_holds_back_what_spans_nodes_and_nothing_on_one_node(
    plan: Plan, inventory: Inventory
) -> None:
    (across,) = tasks(plan, "collectives", "all_reduce")
    (subject,) = across.subjects
    waits = set(across.prerequisites[subject])
    assert {cable.subject for cable in inventory.cable if "400G" in cable.medium} <= waits
    for task in tasks(plan, "collectives", "node_all_reduce"):
        (node,) = task.subjects
        assert set(Intent(inventory).gpus(inventory.devices[node])) <= set(task.prerequisites[node])
        assert not any("Ethernet" in each for each in task.prerequisites[node])


def test_a_bad_gpu_holds_back_its_node_and_no_other(plan: Plan) -> None:
    for task in tasks(plan, "collectives", "node_all_reduce"):
        (node,) = task.subjects
        gpus = [each for each in task.prerequisites[node] if "/gpu-" in each]
        assert len(gpus) == 8
        assert all(each.startswith(f"{node}/") for each in gpus)


def test_serials_models_drivers_and_numbers_come_from_the_inventory(plan: Plan, inventory: Inventory) -> None:
    wanted = inventory.devices["node-03"].expect
    stated = {
        (each.subject, each.quantity): limit.equals
        for task in (*tasks(plan, "accelerators", "identity"), *tasks(plan, "accelerators", "count"))
        for each in task.expected
        for limit in each.limits
        if limit.standing is Standing.CONTRACT
    }
    assert stated["node-03", "gpu_count"] == 8
    assert stated["node-03/gpu-5", "gpu_serial"] == wanted.gpu_serials[5]
    assert stated["node-03/gpu-5", "gpu_driver"] == "550.127.05"


def test_a_floor_of_bandwidth_is_for_one_model_collective_number_and_size(
    inventory: Inventory, limits: tuple[Limit, ...]
) -> None:
    floors = [limit for limit in limits if limit.measure == "busbw_gbyte_s"]
    args = load_catalogue()["collectives.all_reduce"].args
    intent = Intent(inventory)

    def found(subject: str, **given: object) -> list[float | None]:
        context = context_of(intent, subject, args.model_validate({"algorithm": "RING", **given}))
        return [limit.min for limit in floors if applies(limit.when, context, "s", "s")]

    assert found("node-01") == [450.0]
    assert found("hgx-1") == [300.0]
    assert found("hgx-1", size="4G") == []
    assert found("hgx-1", collective="all_gather") == []
    assert found("hgx-1", algorithm="TREE") == []
    other = inventory.model_copy(update={"device": inventory.device[:6]})  # one node of the four
    assert context_of(Intent(other), "hgx-1", args.model_validate({})).ranks == 8


def test_a_limit_of_an_accelerator_is_not_one_of_the_adapters_beside_it(plan: Plan) -> None:
    for task in tasks(plan, "nics", "pcie"):
        sources = {limit.source for each in task.expected for limit in each.limits}
        assert all(source.startswith("inventory: ") for source in sources)


def test_memory_errors_are_read_again_after_the_load(plan: Plan) -> None:
    steps = list(dict.fromkeys(task.step for task in plan.tasks if task.stage == "accelerators"))
    assert steps.index("ecc") < steps.index("burn_in") < steps.index("ecc_after") < steps.index("xid")


def test_field_26_wrong_results_and_uncorrectable_memory_errors_are_never_waived() -> None:
    for quantity in ("wrong_results", "ecc_uncorrected", "remap_failure", "remap_pending", "gpu_serial"):
        assert any(fnmatchcase(quantity, pattern) for pattern in NEVER_WAIVED_QUANTITIES), quantity
    for quantity in ("busbw_gbyte_s", "nvlink_count", "gpu_temperature_c", "ecc_corrected"):
        assert not any(fnmatchcase(quantity, pattern) for pattern in NEVER_WAIVED_QUANTITIES), quantity
