"""The plan: every subject comes from the inventory, with its limits and what stands before it."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Any

import pytest

from bringup.model.catalogue import Catalogue, Requires, Spec
from bringup.model.envelope import Limit, When
from bringup.model.errors import InputError
from bringup.model.inventory import Cable, Device, Expect, Feed, Inventory, Port, Rack, Written
from bringup.model.plan import Plan, Task
from bringup.model.playbook import Playbook, Selector, Stage, Step
from bringup.model.verdict import Standing
from bringup.plan import make_plan


class MeasureArgs(Written):
    text: str
    quantity: str


def _spec(name: str, over: Any, **more: Any) -> Spec:
    return Spec(name=name, kind=more.pop("kind", "check"), title="", about="", over=over, **more)


CATALOGUE = Catalogue(
    MappingProxyType(
        {
            spec.name: spec
            for spec in (
                _spec("reach", "device", requires=(Requires("reachable"),)),
                _spec(
                    "identity",
                    "device",
                    requires=(Requires("serial"), Requires("hostname", if_expected=True)),
                ),
                _spec("firmware", "device", requires=(Requires("os_version"),)),
                _spec("fans", "device", requires=(Requires("fan_ok"),)),
                _spec("powered", "device", device_of="bmc", requires=(Requires("power_state"),)),
                _spec(
                    "levels",
                    "port",
                    requires=(Requires("rx_power_dbm", per="lane"),),
                    reports=("rx_power_spread_db",),
                ),
                _spec("ports", "port", requires=(Requires("port_present"),)),
                _spec(
                    "state",
                    "link",
                    device_of="both",
                    requires=(
                        Requires("oper_up", per="end"),
                        Requires("speed_gbps", per="end", if_expected=True),
                        Requires("neighbor", per="end"),
                    ),
                ),
                _spec("errors", "link", device_of="both", needs_window=True),
                _spec("outlets", "outlet", device_of="pdu", requires=(Requires("outlet_state"),)),
                _spec("supplies", "supply", requires=(Requires("supply_ok"),)),
                _spec("meter", "run", kind="ask", device_of="none", args=MeasureArgs),
            )
        }
    )
)


def _device(name: str, role: str, **more: Any) -> Device:
    return Device(
        name=name, role=role, platform=more.pop("platform", role), address=f"{name}.example", **more
    )


INVENTORY = Inventory(
    rack=(Rack(name="r1"), Rack(name="r2")),
    device=(
        _device("pdu-1", "pdu", rack="r1"),
        _device(
            "leaf-1",
            "leaf",
            rack="r1",
            feed=(Feed(pdu="pdu-1", outlet=1, supply="psu-1"), Feed(pdu="pdu-1", outlet=2, supply="psu-2")),
            expect=Expect(serial="A1", os="202411.*", supplies=("psu-1", "psu-2")),
        ),
        _device("leaf-2", "leaf", rack="r2", platform="eos", expect=Expect(serial="B2", hostname="leaf-2")),
        _device(
            "node-01",
            "node",
            rack="r1",
            bmc="bmc-01",
            feed=(Feed(pdu="pdu-1", outlet=3),),
            expect=Expect(serial="N1"),
        ),
        _device("bmc-01", "bmc", rack="r1", expect=Expect(serial="M1")),
    ),
    port=(
        Port(device="leaf-1", name="Ethernet0", speed_gbps=400, optic="400GBASE-DR4", fec="rs544"),
        Port(device="leaf-1", name="Ethernet8", speed_gbps=800, optic="800GBASE-DR8"),
        Port(device="leaf-2", name="Ethernet1/1", optic="800GBASE-DR8", lanes=2),
        Port(device="node-01", name="eth0", optic="400GBASE-DR4", firmware="28.*"),
    ),
    cable=(
        Cable(a_device="leaf-1", a_port="Ethernet0", b_device="node-01", b_port="eth0", label="C-1"),
        Cable(a_device="leaf-1", a_port="Ethernet8", b_device="leaf-2", b_port="Ethernet1/1"),
    ),
)


def _limit(measure: str, **more: Any) -> Limit:
    more.setdefault("standing", Standing.SITE)
    return Limit(measure=measure, source="a test", **more)


def _step(does: str, **more: Any) -> Step:
    kind = CATALOGUE[does].kind if does in CATALOGUE else "check"
    return Step(id=more.pop("id", does), **{kind: does}, **more)


def _plan(*steps: Step, limits: Iterable[Limit] = (), inventory: Inventory = INVENTORY, **more: Any) -> Plan:
    playbook = Playbook(name="test", stage=(Stage(name="only", step=steps),))
    return make_plan(playbook, inventory, tuple(limits), CATALOGUE, **more)


def _task(plan: Plan, subject: str) -> Task:
    return next(task for stage in plan.stages for task in stage.tasks if subject in task.subjects)


def _subjects(plan: Plan) -> list[str]:
    return [subject for _, _, subject in plan.planned]


@pytest.mark.parametrize(
    ("does", "on", "expected"),
    [
        ("reach", {}, ["pdu-1", "leaf-1", "leaf-2", "node-01", "bmc-01"]),
        ("reach", {"role": ("leaf", "pdu")}, ["pdu-1", "leaf-1", "leaf-2"]),
        ("reach", {"platform": "eos"}, ["leaf-2"]),
        ("reach", {"device": "leaf-*"}, ["leaf-1", "leaf-2"]),
        ("reach", {"medium": "400GBASE-DR4"}, ["leaf-1", "node-01"]),
        ("levels", {"role": "leaf"}, ["leaf-1/Ethernet0", "leaf-1/Ethernet8", "leaf-2/Ethernet1/1"]),
        ("levels", {"port": "Ethernet?", "device": "leaf-1"}, ["leaf-1/Ethernet0", "leaf-1/Ethernet8"]),
        ("levels", {"medium": "400GBASE-DR4"}, ["leaf-1/Ethernet0", "node-01/eth0"]),
        ("state", {"device": "node-01"}, ["leaf-1/Ethernet0<->node-01/eth0"]),
        ("state", {"port": "Ethernet8"}, ["leaf-1/Ethernet8<->leaf-2/Ethernet1/1"]),
        ("outlets", {}, ["pdu-1/outlet-1", "pdu-1/outlet-2", "pdu-1/outlet-3"]),
        ("outlets", {"role": "pdu"}, ["pdu-1/outlet-1", "pdu-1/outlet-2", "pdu-1/outlet-3"]),
        ("outlets", {"role": "node"}, ["pdu-1/outlet-3"]),
        ("outlets", {"port": "outlet-2"}, ["pdu-1/outlet-2"]),
        ("supplies", {}, ["leaf-1/psu-1", "leaf-1/psu-2"]),
        ("supplies", {"port": "psu-2"}, ["leaf-1/psu-2"]),
    ],
)
def test_a_step_expands_over_the_inventory(does: str, on: dict[str, Any], expected: list[str]) -> None:
    assert _subjects(_plan(_step(does, on=Selector(**on)))) == expected


def test_a_rack_leaves_out_the_others_but_not_a_link_with_one_end_in_it() -> None:
    assert _subjects(_plan(_step("reach"), rack="r2")) == ["leaf-2"]
    assert _subjects(_plan(_step("state"), rack="r2")) == ["leaf-1/Ethernet8<->leaf-2/Ethernet1/1"]


def test_tasks_are_one_for_each_connection() -> None:
    plan = _plan(_step("outlets"), _step("powered", on=Selector(role="node")), _step("state"))
    assert [(task.step, task.device) for task in plan.stages[0].tasks] == [
        ("outlets", "pdu-1"),
        ("powered", "bmc-01"),
        ("state", "leaf-1/Ethernet0<->node-01/eth0"),
        ("state", "leaf-1/Ethernet8<->leaf-2/Ethernet1/1"),
    ]


def test_lanes_come_from_the_port_else_from_its_medium() -> None:
    plan = _plan(_step("levels"))
    counts = {
        subject: sum(each.subject.startswith(f"{subject}#lane-") for each in _task(plan, subject).expected)
        for subject in _subjects(plan)
    }
    assert counts == {
        "leaf-1/Ethernet0": 4,
        "leaf-1/Ethernet8": 8,
        "leaf-2/Ethernet1/1": 2,
        "node-01/eth0": 4,
    }
    assert _task(plan, "node-01/eth0").expected[0].subject == "node-01/eth0#lane-1"


def test_limits_apply_where_every_key_of_when_matches() -> None:
    limits = [
        _limit("rx_power_dbm", when=When(medium="400GBASE-DR4"), min=-5.9),
        _limit("rx_power_dbm", when=When(medium=("400GBASE-DR4", "800GBASE-DR8"), role="node"), min=-5.0),
        _limit("rx_power_dbm", when=When(speed_gbps=800.0), min=-4.0),
        _limit("rx_power_dbm", when=When(stage="elsewhere"), min=-3.0),
        _limit("rx_power_dbm", when=When(step="levels", platform="eos"), min=-2.0),
        _limit("rx_power_dbm", when=When(model="X"), min=-1.0),
    ]
    plan = _plan(_step("levels"), limits=limits)
    found = {
        each.subject: [limit.min for limit in each.limits]
        for task in plan.stages[0].tasks
        for each in task.expected
        if each.subject.endswith("#lane-1")
    }
    assert found == {
        "leaf-1/Ethernet0#lane-1": [-5.9],
        "leaf-1/Ethernet8#lane-1": [-4.0],
        "leaf-2/Ethernet1/1#lane-1": [-2.0],
        "node-01/eth0#lane-1": [-5.9, -5.0],
    }


def test_what_the_inventory_demands_is_a_contract_limit_that_says_where_it_stands() -> None:
    task = _task(_plan(_step("identity"), _step("firmware")), "leaf-1")
    (serial,) = task.limits_for("leaf-1", "serial")
    assert (serial.equals, serial.standing) == ("A1", Standing.CONTRACT)
    assert serial.source == "inventory: device leaf-1, expect.serial"


def test_a_pattern_in_the_inventory_becomes_a_limit_that_matches() -> None:
    task = _task(_plan(_step("firmware", on=Selector(device="leaf-1"))), "leaf-1")
    (limit,) = task.limits_for("leaf-1", "os_version")
    assert (limit.matches, limit.equals) == ("202411.*", None)
    assert limit.words == "like 202411.*"


def test_what_nobody_expects_is_required_without_a_limit_so_that_it_can_only_be_unknown() -> None:
    task = _task(_plan(_step("firmware", on=Selector(device="leaf-2"))), "leaf-2")
    assert [(each.quantity, each.limits) for each in task.expected] == [("os_version", ())]


def test_what_is_only_required_if_expected_is_left_out_elsewhere() -> None:
    plan = _plan(_step("identity", on=Selector(role="leaf")))
    quantities = {
        subject: [each.quantity for each in _task(plan, subject).expected] for subject in _subjects(plan)
    }
    assert quantities == {"leaf-1": ["serial"], "leaf-2": ["serial", "hostname"]}


def test_each_end_of_a_link_is_judged_by_its_own_port_and_the_far_end() -> None:
    task = _task(_plan(_step("state")), "leaf-1/Ethernet0<->node-01/eth0")
    assert [(each.subject, each.quantity) for each in task.expected] == [
        ("leaf-1/Ethernet0", "oper_up"),
        ("node-01/eth0", "oper_up"),
        ("leaf-1/Ethernet0", "speed_gbps"),
        ("leaf-1/Ethernet0", "neighbor"),
        ("node-01/eth0", "neighbor"),
    ]
    (far,) = task.limits_for("leaf-1/Ethernet0", "neighbor")
    assert (far.equals, far.source) == ("node-01/eth0", "inventory: cable C-1, far end")


def test_an_outlet_that_feeds_something_is_to_be_on() -> None:
    (limit,) = _task(_plan(_step("outlets")), "pdu-1/outlet-2").limits_for("pdu-1/outlet-2", "outlet_state")
    assert (limit.equals, limit.standing) == ("on", Standing.CONTRACT)
    assert "leaf-1/psu-2" in limit.source


def test_limits_reach_what_a_check_reports_unasked_and_parts_of_a_subject() -> None:
    limits = [
        _limit("rx_power_spread_db", max=3.0),
        _limit("fan_ok", equals=True),
        _limit("answer", equals="yes"),
    ]
    plan = _plan(_step("levels"), _step("fans"), limits=limits)
    levels = _task(plan, "node-01/eth0")
    assert [limit.max for limit in levels.limits_for("node-01/eth0", "rx_power_spread_db")] == [3.0]
    assert not levels.requires("node-01/eth0", "rx_power_spread_db")
    fans = next(task for task in plan.stages[0].tasks if task.step == "fans" and task.device == "leaf-1")
    assert [limit.equals for limit in fans.limits_for("leaf-1/fan-2", "fan_ok")] == [True]
    assert fans.limits_for("leaf-2/fan-2", "fan_ok") == ()
    assert fans.limits_for("leaf-1", "answer") == ()


def test_a_serial_expected_of_a_device_is_not_expected_of_its_parts() -> None:
    task = _task(_plan(_step("identity")), "leaf-1")
    assert task.limits_for("leaf-1/psu-1", "serial") == ()


def test_uniformity_is_passed_on() -> None:
    plan = _plan(_step("ports"), limits=[_limit("port_present", same_across="role")])
    assert all(
        each.limits[0].same_across == "role" for task in plan.stages[0].tasks for each in task.expected
    )


@pytest.mark.parametrize(
    ("does", "subject", "expected"),
    [
        ("reach", "leaf-1", {"leaf-1"}),
        ("reach", "node-01", {"node-01", "bmc-01", "pdu-1/outlet-3"}),
        ("levels", "leaf-1/Ethernet0", {"leaf-1/Ethernet0", "leaf-1"}),
        ("outlets", "pdu-1/outlet-1", {"pdu-1/outlet-1", "pdu-1"}),
        ("supplies", "leaf-1/psu-2", {"leaf-1/psu-2", "leaf-1", "pdu-1/outlet-2"}),
        (
            "state",
            "leaf-1/Ethernet8<->leaf-2/Ethernet1/1",
            {
                "leaf-1/Ethernet8<->leaf-2/Ethernet1/1",
                "leaf-1/Ethernet8",
                "leaf-1",
                "leaf-2/Ethernet1/1",
                "leaf-2",
            },
        ),
    ],
)
def test_a_subject_waits_for_what_it_is_part_of_and_what_feeds_it(
    does: str, subject: str, expected: set[str]
) -> None:
    assert set(_task(_plan(_step(does)), subject).prerequisites[subject]) == expected


def test_a_redundant_outlet_does_not_stand_in_the_way_of_its_device() -> None:
    assert not any(
        "outlet" in each for each in _task(_plan(_step("reach")), "leaf-1").prerequisites["leaf-1"]
    )


def test_a_number_read_by_a_person_is_required_and_judged() -> None:
    args = {"text": "Read the meter.", "quantity": "power_w"}
    plan = _plan(_step("meter", **{"with": args}), limits=[_limit("power_w", max=900)], rack="r1")
    task = _task(plan, "r1")
    assert [(each.subject, each.quantity, each.limits[0].max) for each in task.expected] == [
        ("r1", "power_w", 900)
    ]


def _staged(*stages: tuple[str, tuple[str, ...] | None], only: tuple[str, ...] = ()) -> Plan:
    playbook = Playbook(
        name="test",
        stage=tuple(
            Stage(name=name, needs=needs, step=(_step("reach"), _step("ports"))) for name, needs in stages
        ),
    )
    return make_plan(playbook, INVENTORY, (), CATALOGUE, only=only)


def test_stages_come_after_what_they_need_and_else_in_the_playbooks_order() -> None:
    plan = _staged(("c", ("a",)), ("b", ()), ("a", ()), ("d", None))
    assert [(stage.name, stage.needs) for stage in plan.stages] == [
        ("b", ()),
        ("a", ()),
        ("c", ("a",)),
        ("d", ("a",)),
    ]


def test_only_keeps_order_through_what_was_left_out() -> None:
    plan = _staged(("a", ()), ("b", None), ("c", None), only=("a/ports", "c"))
    assert [(stage.name, stage.needs, len({task.step for task in stage.tasks})) for stage in plan.stages] == [
        ("a", (), 1),
        ("c", ("a",), 2),
    ]


def _refused(*steps: Step, **more: Any) -> tuple[str, ...]:
    with pytest.raises(InputError) as caught:
        _plan(*steps, **more)
    return caught.value.problems


def test_a_step_that_selects_nothing_is_refused() -> None:
    (problem,) = _refused(_step("reach", on=Selector(role="spine")))
    assert problem == "only/reach: selects nothing: the inventory has no device that matches `on`"


def test_a_step_for_what_may_not_be_there_is_left_out_where_nothing_matches() -> None:
    nobody = Selector(role="spine")
    plan = _plan(_step("reach", on=nobody, if_any=True), _step("ports"))
    assert {task.step for stage in plan.stages for task in stage.tasks} == {"ports"}
    told = _plan(_step("reach", if_any=True), _step("ports"))
    assert {task.step for stage in told.stages for task in stage.tasks} == {"reach", "ports"}


def test_a_stage_of_which_no_step_is_left_passes_on_what_it_needed() -> None:
    maybe = _step("reach", on=Selector(role="spine"), if_any=True)
    stages = (
        Stage(name="a", step=(_step("reach"),)),
        Stage(name="b", step=(maybe,)),
        Stage(name="c", step=(_step("ports"),)),
    )
    plan = make_plan(Playbook(name="test", stage=stages), INVENTORY, (), CATALOGUE)
    assert [(stage.name, stage.needs) for stage in plan.stages] == [("a", ()), ("c", ("a",))]


def test_an_unknown_stage_or_rack_is_refused_with_what_there_is() -> None:
    problems = _refused(_step("reach"), only=("other",), rack="r9")
    assert "--rack r9: no such rack; there are r1, r2" in problems
    assert "--only other: no such stage or step; there are only, only/reach" in problems


def test_a_port_whose_lanes_nobody_states_is_refused() -> None:
    ports = (
        Port(device="leaf-1", name="Ethernet0", optic="400G-NEW9"),
        Port(device="leaf-1", name="Ethernet8"),
    )
    bare = Inventory(device=INVENTORY.device, port=ports)
    first, second = _refused(_step("levels"), inventory=bare)
    assert first.startswith(
        "only/levels: leaf-1/Ethernet0: how many lanes? medium '400G-NEW9' is not known; "
    )
    assert "neither `optic` nor a cable's medium is given" in second


def test_a_missing_window_unknown_check_and_bad_argument_are_refused() -> None:
    meter = _step("meter", **{"with": {"text": 3}})
    problems = _refused(_step("errors"), _step("no.such"), meter)
    assert [problem.split(":")[0] for problem in problems] == ["only/errors", "only/no.such", "only/meter"]


def test_stages_that_wait_for_each_other_are_refused() -> None:
    playbook = Playbook(name="test", stage=(Stage(name="a", needs=("b",)), Stage(name="b", needs=("a",))))
    with pytest.raises(InputError) as caught:
        make_plan(playbook, INVENTORY, (), CATALOGUE)
    assert "each waits for another" in caught.value.problems[0]


def test_every_planned_row_stands_once() -> None:
    planned = _plan(_step("reach"), _step("ports"), _step("state"), _step("outlets")).planned
    assert len(planned) == len(set(planned))
