"""Before anything is changed (field rules 4 to 7): each rule as a refusal, and as the good case beside it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import bringup
from bringup.engine.guard import Refusal, guard, management_path
from bringup.journal.sign import KeySigner
from bringup.model.answer import Answer, Answers
from bringup.model.errors import Unreachable
from bringup.model.facts import Bundle, Environment, HostPower, Identity, Neighbor, Outlet, Port, Supply
from bringup.model.inventory import Inventory
from bringup.model.measurement import value
from bringup.model.state import RunState
from tests.engine.person import events
from tests.engine.stand import Stand, device, verdicts
from tests.engine.test_actions import DONE

pytestmark = pytest.mark.usefixtures("still_clock")
OFF = {"action": "power.outlet_off", "until_s": 10.0, "every_s": 1.0}
ON = {"action": "power.outlet_on", "until_s": 10.0, "every_s": 1.0}
HOST_ON = {"action": "host.power_on", "until_s": 10.0, "every_s": 1.0}


class Plant:
    """A PDU, and what really hangs on its outlets: device and share of its load, whatever is written."""

    def __init__(self, cords: dict[int, str]) -> None:
        self.cords = cords
        self.on = dict.fromkeys(cords, True)
        self.load_w = {"node-1": 20.0, "leaf-1": 200.0, "leaf-2": 240.0}
        self.host_on = False
        self.commands: list[tuple[int, str]] = []

    def _alive(self, name: str) -> list[int]:
        return [index for index, fed in self.cords.items() if fed.startswith(f"{name}/") and self.on[index]]

    def outlets(self) -> tuple[Outlet, ...]:
        found = []
        for index, fed in self.cords.items():
            name = fed.partition("/")[0]
            watts = self.load_w.get(name, 0.0) / len(self._alive(name)) if self.on[index] else 0.0
            label = value(f"{LABELS[index]}")
            state = value("on" if self.on[index] else "off")
            found.append(Outlet(index=index, label=label, state=state, power_w=value(watts)))
        return tuple(found)

    def switch(self, index: int, to: str) -> None:
        self.commands.append((index, to))
        self.on[index] = to != "off"

    def environment(self, name: str) -> Callable[[], Environment]:
        def told() -> Environment:
            live = {self.cords[index] for index in self._alive(name)}
            return Environment(
                supplies=tuple(
                    Supply(
                        name=supply,
                        ok=value(f"{name}/{supply}" in live),
                        input_v=value(230.0 if f"{name}/{supply}" in live else 0.0),
                    )
                    for supply in ("psu-1", "psu-2")
                )
            )

        return told

    def reset(self, kind: str) -> None:
        self.host_on = kind == "On"
        self.load_w["node-1"] = 640.0 if self.host_on else 20.0


LABELS = {1: "leaf-1 psu-1", 2: "leaf-1 psu-2", 3: "leaf-2 psu-1", 5: "node-1 psu-1", 6: "node-1 psu-2"}
AS_PLANNED = {1: "leaf-1/psu-1", 2: "leaf-1/psu-2", 3: "leaf-2/psu-1", 5: "node-1/psu-1", 6: "node-1/psu-2"}
CROSSED = {**AS_PLANNED, 2: "node-1/psu-2", 6: "leaf-1/psu-2"}


def set_up(stand: Stand, plant: Plant, answers: dict[str, str] | None = None, **more: Any) -> None:
    def feed(*outlets: int) -> list[dict[str, Any]]:
        return [
            {"pdu": "pdu-1", "outlet": outlet, "supply": f"psu-{number}"}
            for number, outlet in enumerate(outlets, 1)
        ]

    stand.inventory = Inventory.model_validate(
        {
            "schema": "bringup.inventory/1",
            "device": [
                device("pdu-1", role="pdu", platform="apc-pdu"),
                device("leaf-1", feed=feed(1, 2)),
                device("leaf-2", feed=feed(3)),
                device("node-1", role="node", platform="linux", feed=feed(5, 6), bmc="bmc-1"),
                device("bmc-1", role="bmc", platform="redfish-bmc"),
            ],
            **more,
        }
    )
    stand.limits = (DONE,)
    stand.approver = KeySigner.throwaway()
    stand.answers = Answers(
        answer=tuple(Answer(step=step, value=said, by="kim") for step, said in (answers or {}).items())
    )
    stand.table[("pdu-1", "outlets")] = plant.outlets
    stand.table[("pdu-1", "switch_outlet")] = plant.switch
    stand.table[("bmc-1", "host_power")] = lambda: HostPower(
        power_state=value("On" if plant.host_on else "Off")
    )
    stand.table[("bmc-1", "reset_host")] = plant.reset
    for name, told_by in (("leaf-1", "leaf-1"), ("leaf-2", "leaf-2"), ("node-1", "bmc-1")):
        stand.table[(told_by, "environment")] = plant.environment(name)
    for name in ("pdu-1", "bmc-1", "leaf-1", "leaf-2"):
        stand.table[(name, "identity")] = lambda name=name: Identity(serial=value(f"SN-{name}"))  # type: ignore[misc]


def stage(name: str, step: dict[str, Any], on: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "step": [{**step, "id": "it", "on": on}], **more}


NODE = {"device": "node-1"}
COME_ON = stage("on", HOST_ON, NODE)


# field rule 5


async def test_field_05_identity_is_read_again_before_each_dangerous_action(stand: Stand) -> None:
    plant = Plant(AS_PLANNED)
    set_up(stand, plant, {"off/it": "SN-leaf-2"})
    reads = 0

    def identity() -> Identity:
        nonlocal reads
        reads += 1
        return Identity(serial=value("SN-pdu-1" if reads == 1 else "SN-of-another"))

    stand.table[("pdu-1", "identity")] = identity
    state = await stand.run(stage("off", OFF, {"device": "leaf-2"}))
    assert verdicts(state) == {"off/it@pdu-1/outlet-3": "FAIL"}
    assert plant.commands == []
    assert reads == 2, "once before anybody is asked, and once at the moment of danger"


async def test_field_05_a_load_step_in_this_run_proves_which_outlets_feed_a_host(stand: Stand) -> None:
    plant = Plant(AS_PLANNED)
    set_up(stand, plant)
    state = await stand.run(COME_ON, stage("off", OFF, NODE, needs=["on"]))
    assert verdicts(state)["off/it@pdu-1/outlet-5"] == "PASS"
    feeds = [each for each in events(stand, "Measured") if each["quantity"] == "feeds"]
    assert {each["subject"]: each["value"] for each in feeds} == {
        "pdu-1/outlet-5": "node-1",
        "pdu-1/outlet-6": "node-1",
    }
    assert [each["form"] for each in events(stand, "Asked")] == ["approve", "approve"]


async def test_field_05_a_cord_that_is_crossed_is_seen_before_anything_is_dropped(stand: Stand) -> None:
    plant = Plant(CROSSED)
    set_up(stand, plant, {"off/it": "SN-node-1"})
    state = await stand.run(COME_ON, stage("off", OFF, NODE, needs=["on"]))
    found = verdicts(state)
    assert (found["off/it@pdu-1/outlet-5"], found["off/it@pdu-1/outlet-6"]) == ("FAIL", "FAIL")
    assert plant.commands == []
    (ended,) = [each for each in events(stand, "StepEnded") if each["subject"] == "pdu-1/outlet-6"]
    assert "does not feed node-1" in ended["message"]


async def test_field_05_without_a_proof_a_person_scans_the_other_end_and_nobody_else_will_do(
    stand: Stand,
) -> None:
    plant = Plant(AS_PLANNED)
    set_up(stand, plant)
    state = await stand.run(stage("off", OFF, {"device": "leaf-2"}))
    assert verdicts(state) == {"off/it@pdu-1/outlet-3": "UNKNOWN no_data"}
    (asked,) = events(stand, "Asked")
    assert asked["form"] == "scan" and "Follow its cord" in asked["text"]
    assert plant.commands == []


@pytest.mark.parametrize(
    ("scanned", "ended", "commands"), [("SN-leaf-2", "PASS", [(3, "off")]), ("SN-leaf-1", "FAIL", [])]
)
async def test_field_05_a_scan_binds_the_outlet_or_stops_the_action(
    stand: Stand, scanned: str, ended: str, commands: list[tuple[int, str]]
) -> None:
    plant = Plant(AS_PLANNED)
    set_up(stand, plant, {"off/it": scanned})
    state = await stand.run(stage("off", OFF, {"device": "leaf-2"}))
    assert verdicts(state) == {"off/it@pdu-1/outlet-3": ended}
    assert plant.commands == commands


async def test_field_05_a_supply_that_comes_to_life_with_its_outlet_is_bound_to_it(stand: Stand) -> None:
    plant = Plant(AS_PLANNED)
    plant.on[2] = False
    set_up(stand, plant)
    prove = {**ON, "with": {"prove": True}}
    leaf = {"device": "leaf-1"}
    state = await stand.run(stage("on", prove, leaf), stage("off", OFF, leaf, needs=["on"]))
    assert verdicts(state)["off/it@pdu-1/outlet-2"] == "PASS"
    assert verdicts(state)["off/it@pdu-1/outlet-1"] == "UNKNOWN no_data", "that one was on all the time"


async def test_field_05_what_an_earlier_part_of_the_run_has_shown_is_still_known(stand: Stand) -> None:
    from bringup.engine.precaution import bindings_of

    plant = Plant(AS_PLANNED)
    set_up(stand, plant)
    state = await stand.run(COME_ON)
    assert bindings_of(state) == {"pdu-1/outlet-5": "node-1", "pdu-1/outlet-6": "node-1"}
    assert bindings_of(None) == {}


# field rule 4


async def test_field_04_the_second_feed_of_a_pair_is_not_dropped_after_the_first(stand: Stand) -> None:
    plant = Plant(AS_PLANNED)
    set_up(stand, plant, {"off/it": "SN-leaf-1"})
    state = await stand.run(stage("off", OFF, {"device": "leaf-1"}))
    assert verdicts(state) == {
        "off/it@pdu-1/outlet-1": "PASS",
        "off/it@pdu-1/outlet-2": "UNKNOWN skipped",
    }
    assert plant.commands == [(1, "off")]


async def test_field_04_a_feed_whose_other_went_bad_while_a_person_thought_is_not_dropped(
    stand: Stand,
) -> None:
    plant = Plant(AS_PLANNED)
    set_up(stand, plant, {"off/it": "SN-leaf-1"})
    session = await stand.open(stage("off", OFF, {"device": "leaf-1"}))
    approve = stand.session._acting._questions.approve

    async def meanwhile(*arguments: Any) -> None:
        await approve(*arguments)
        plant.on[2] = False

    stand.session._acting._questions.approve = meanwhile  # type: ignore[method-assign]
    await session.run()
    assert verdicts(await stand.state())["off/it@pdu-1/outlet-1"] == "UNKNOWN skipped"
    assert plant.commands == []


GROUP = {"name": "A", "kind": "breaker", "outlets": ["pdu-1/outlet-1", "pdu-1/outlet-2", "pdu-1/outlet-3"]}


async def test_field_04_power_actions_of_one_pdu_are_done_one_at_a_time_over_all_stages(stand: Stand) -> None:
    plant = Plant(AS_PLANNED)
    plant.on.update({1: False, 3: False})
    set_up(stand, plant)
    at_once = most = 0

    async def switch(index: int, to: str) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.02)
        plant.switch(index, to)
        at_once -= 1

    stand.table[("pdu-1", "switch_outlet")] = switch
    stages = [stage(name, ON, {"device": name}, needs=[]) for name in ("leaf-1", "leaf-2")]
    state = await stand.run(*stages)
    assert most == 1
    order = [each["subject"] for each in events(stand, "ActionIntended")]
    done = [each["subject"] for each in events(stand, "ActionDone") if each["changed"]]
    assert sorted(order) == sorted(done) == ["pdu-1/outlet-1", "pdu-1/outlet-3"]
    kinds = [kind for kind in stand.kinds() if kind.startswith("Action")]
    assert "ActionIntended ActionIntended" not in " ".join(kinds), "the next began before the first was done"
    assert set(verdicts(state).values()) == {"PASS"}


@pytest.mark.parametrize(("max_w", "ended"), [(1000.0, "PASS"), (440.0, "UNKNOWN skipped")])
async def test_field_04_no_load_is_added_to_a_group_that_carries_all_it_may(
    stand: Stand, max_w: float, ended: str
) -> None:
    plant = Plant(AS_PLANNED)
    plant.on[1] = False
    set_up(stand, plant, power_group=[{**GROUP, "max_w": max_w}])
    state = await stand.run(stage("on", ON, {"device": "leaf-1"}))
    assert verdicts(state)["on/it@pdu-1/outlet-1"] == ended
    assert plant.commands == ([(1, "on")] if ended == "PASS" else [])


async def test_field_04_no_load_is_added_to_a_load_that_nobody_measures(stand: Stand) -> None:
    plant = Plant(AS_PLANNED)
    plant.on[1] = False
    group = {**GROUP, "outlets": ["pdu-1/outlet-1", "pdu-1/outlet-9"], "max_w": 5000.0}
    set_up(stand, plant, power_group=[group])
    state = await stand.run(stage("on", ON, {"device": "leaf-1"}))
    assert verdicts(state)["on/it@pdu-1/outlet-1"] == "UNKNOWN skipped"
    assert plant.commands == []


async def test_field_04_the_next_waits_until_the_groups_load_has_settled(stand: Stand) -> None:
    plant = Plant(AS_PLANNED)
    plant.on[1] = False
    set_up(stand, plant, power_group=[{**GROUP, "max_w": 5000.0}])
    inrush = [900.0, 600.0, 300.0]
    looks: list[float] = []
    told = plant.outlets

    def outlets() -> tuple[Outlet, ...]:
        if plant.commands and inrush:
            plant.load_w["leaf-1"] = inrush.pop(0)
        looks.append(plant.load_w["leaf-1"])
        return told()

    stand.table[("pdu-1", "outlets")] = outlets
    state = await stand.run(stage("on", ON, {"device": "leaf-1"}))
    assert verdicts(state)["on/it@pdu-1/outlet-1"] == "PASS"
    assert looks[-2:] == [300.0, 300.0], "the last two looks agree"


# field rule 6

PATH = Inventory.model_validate(
    {
        "schema": "bringup.inventory/1",
        "device": [
            device("mgmt-1", role="mgmt-switch", feed=[{"pdu": "pdu-1", "outlet": 8}]),
            device("leaf-1", feed=[{"pdu": "pdu-1", "outlet": 1}]),
            device("jump-1", role="host", feed=[{"pdu": "pdu-1", "outlet": 7}]),
            device("node-1", ssh={"user": "admin", "jump": "admin@jump-1"}),
            device("pdu-1", role="pdu"),
        ],
        "cable": [
            {"a_device": "mgmt-1", "a_port": "3", "b_device": "leaf-1", "b_port": "eth0"},
            {"a_device": "leaf-1", "a_port": "Ethernet0", "b_device": "node-1", "b_port": "eth1"},
        ],
    }
)


@pytest.mark.parametrize(
    ("subject", "drops"),
    [
        ("mgmt-1/3", ("mgmt-1/3", "leaf-1/eth0", "leaf-1/eth0<->mgmt-1/3")),
        ("leaf-1/eth0", ("leaf-1/eth0", "mgmt-1/3", "leaf-1/eth0<->mgmt-1/3")),
        ("pdu-1/outlet-8", ()),
        ("pdu-1/outlet-8", ("mgmt-1", "mgmt-1/3", "leaf-1/eth0")),
        ("pdu-1/outlet-7", ("jump-1",)),
        ("mgmt-1", ()),
    ],
)
def test_field_06_the_management_path_of_this_run_is_spared(subject: str, drops: tuple[str, ...]) -> None:
    with pytest.raises(Refusal, match="management path"):
        guard(PATH, subject, subject.partition("/")[0], drops)
    guard(PATH, subject, subject.partition("/")[0], (), only_adds=True)


def test_field_06_a_device_may_go_dark_with_its_own_management_cable() -> None:
    drops = ("leaf-1", "leaf-1/eth0", "mgmt-1/3", "leaf-1/eth0<->mgmt-1/3", "leaf-1/Ethernet0")
    guard(PATH, "pdu-1/outlet-1", "pdu-1", drops)
    guard(PATH, "leaf-1/Ethernet0", "leaf-1", ("leaf-1/Ethernet0", "node-1/eth1"))
    assert "leaf-1/Ethernet0" not in management_path(PATH)


DOWN = {"action": "port.down", "until_s": 10.0, "every_s": 1.0}


def with_ports(stand: Stand, **told: Any) -> list[bool]:
    """A switch with four ports, of which the first two are cabled; what it was told to do to the first."""
    stand.inventory = Inventory.model_validate(
        {
            "schema": "bringup.inventory/1",
            "device": [device("leaf-1"), device("leaf-2")],
            "port": [
                {"device": "leaf-1", "name": "Ethernet0", "cage": "1"},
                {"device": "leaf-1", "name": "Ethernet4", "cage": "1"},
                {"device": "leaf-2", "name": "Ethernet1/1"},
            ],
            "cable": [
                {"a_device": "leaf-1", "a_port": "Ethernet0", "b_device": "leaf-2", "b_port": "Ethernet1/1"}
            ],
        }
    )
    stand.limits = (DONE,)
    stand.approver = KeySigner.throwaway()
    did: list[bool] = []
    stand.table[("leaf-1", "identity")] = Identity(serial=value("SN-leaf-1"))
    stand.table[("leaf-1", "ports")] = lambda: tuple(
        Port(name=name, admin_up=value(not (did and name == "Ethernet0")), oper_up=value(True))
        for name in ("Ethernet0", "Ethernet4")
    )
    stand.table[("leaf-1", "set_admin")] = lambda port, up: did.append(up)
    stand.table[("leaf-1", "bundles")] = told.get("bundles", ())
    stand.table[("leaf-1", "neighbors")] = told.get("neighbors", ())
    return did


async def shut(stand: Stand, port: str = "Ethernet0") -> RunState:
    return await stand.run(stage("down", DOWN, {"device": "leaf-1", "port": port}))


def heard(system: str, port: str, on: str = "Ethernet0") -> tuple[Neighbor, ...]:
    return (Neighbor(local_port=on, system_name=value(system), port_id=value(port)),)


async def test_field_06_every_port_and_link_that_will_drop_is_listed_before_it_asks(stand: Stand) -> None:
    did = with_ports(stand, neighbors=heard("leaf-2", "Ethernet1/1"))
    assert verdicts(await shut(stand)) == {"down/it@leaf-1/Ethernet0": "PASS"}
    (asked,) = events(stand, "Asked")
    dropped = ("leaf-1/Ethernet0", "leaf-2/Ethernet1/1", "leaf-1/Ethernet0<->leaf-2/Ethernet1/1")
    assert set(asked["changes"]) >= {f"drops {each}" for each in dropped}
    (intended,) = events(stand, "ActionIntended")
    assert set(intended["drops"]) == set(dropped), "a port is not its cage: the other half keeps its link"
    assert did == [False]


@pytest.mark.parametrize(
    "told",
    [
        {"bundles": (Bundle(name="Po1", members=("Ethernet0", "Ethernet9"), active=("Ethernet0",)),)},
        {"neighbors": heard("stranger", "x")},
    ],
)
async def test_field_06_the_last_member_of_a_bundle_and_a_stranger_at_the_far_end_are_left_alone(
    stand: Stand, told: dict[str, Any]
) -> None:
    did = with_ports(stand, **told)
    assert verdicts(await shut(stand)) == {"down/it@leaf-1/Ethernet0": "UNKNOWN skipped"}
    assert did == [] and events(stand, "Asked") == []


async def test_field_06_what_is_not_known_of_bundles_is_asked_apart_from_the_approval(stand: Stand) -> None:
    did = with_ports(stand, bundles=Unreachable("leaf-1: gone"))
    assert verdicts(await shut(stand)) == {"down/it@leaf-1/Ethernet0": "UNKNOWN no_data"}
    assert [each["form"] for each in events(stand, "Asked")] == ["choose"]
    assert did == []


async def test_field_06_a_far_end_that_is_seen_elsewhere_than_planned_counts_too(stand: Stand) -> None:
    did = with_ports(stand, neighbors=heard("leaf-1", "Ethernet4"))
    assert verdicts(await shut(stand)) == {"down/it@leaf-1/Ethernet0": "PASS"}
    (intended,) = events(stand, "ActionIntended")
    assert "leaf-1/Ethernet4" in intended["drops"]
    assert did == [False]


async def test_field_06_a_link_to_nobody_knows_whom_is_not_dropped_without_a_person(stand: Stand) -> None:
    did = with_ports(stand)
    assert verdicts(await shut(stand, "Ethernet4")) == {"down/it@leaf-1/Ethernet4": "UNKNOWN no_data"}
    assert "nobody knows to what" in events(stand, "Asked")[0]["text"]
    assert did == []


# field rule 7


def test_field_07_nothing_that_this_program_sends_clears_a_counter() -> None:
    """Differences are judged instead (`check/link.py`); no driver and no action has a word for clearing."""
    clears = re.compile(r"""["'](?:sudo )?(?:sonic-)?clear |portstat -c|--reset-counters|"clear counters""")
    package = Path(bringup.__file__).parent
    texts = [
        path for part in ("driver", "action", "check", "engine") for path in (package / part).rglob("*.py")
    ]
    assert len(texts) > 50
    assert [str(path) for path in texts if clears.search(path.read_text())] == []


async def test_field_04_a_supply_that_has_just_come_back_is_waited_for(stand: Stand) -> None:
    plant = Plant(AS_PLANNED)
    set_up(stand, plant, {"off/it": "SN-leaf-1"})
    told, looks = plant.environment("leaf-1"), 0

    def slow() -> Environment:
        nonlocal looks
        looks += 1
        if looks > 3:
            return told()
        return Environment(supplies=(told().supplies[0], Supply(name="psu-2", ok=value(False))))

    stand.table[("leaf-1", "environment")] = slow
    state = await stand.run(stage("off", OFF, {"device": "leaf-1"}))
    assert verdicts(state)["off/it@pdu-1/outlet-1"] == "PASS"
    assert looks > 3
