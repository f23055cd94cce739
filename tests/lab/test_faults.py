"""Faults are changes of the world's state: nothing else knows their names, and a hand can take each back."""

import ast
import re
from pathlib import Path

import msgspec
import pytest

import bringup
from bringup.lab.faults import FaultBook, describe, fault_kinds
from bringup.lab.world import World
from bringup.model.errors import InputError
from bringup.model.verdict import Reason, Verdict
from tests.lab.mini_world import CABLED, make_booted_world, make_world

ASKED_FOR = {
    "dirty-connector": "clean-both-ends",
    "dark-lane": "inspect-fibre-lane",
    "far-end-off": "power-far-end",
    "swapped-cables": "swap-cables-back",
    "missing-optic": "insert-optic",
    "wrong-serial": "check-device-identity",
    "fec-mismatch": "set-same-fec",
    "psu-out": "check-supply-and-cord",
    "outlet-off": "check-breaker-and-outlet",
    "device-unreachable": "check-management-path",
    "device-garbage": "capture-and-report-firmware",
    "device-hangs": "check-device-load-or-reset",
    "wrong-password": "check-credentials",
    "changed-host-key": "verify-host-key",
    "three-way-swap": "move-cables-round",
    "wrong-optic": "fit-expected-optic",
    "fibre-out": "check-plug-and-polarity",
    "dead-laser": "replace-optic",
    "port-shut": "switch-on-port",
    "speed-mismatch": "set-same-speed",
    "low-power-stuck": "reset-or-replace-optic",
    "hot-optic": "check-module-cooling",
    "slow-speed": "set-same-speed",
    "wrong-firmware": "install-expected-release",
    "fan-stopped": "check-fan-tray",
    "half-width-nic": "reseat-card",
    "clock-skew": "set-clock",
    "flapping": "reseat-and-measure-again",
    "ber-rise": "check-signal-quality",
    "counters-reset": "stop-clearing-counters",
    "stale-samples": "restart-sampling",
}
PACKAGE = Path(bringup.__file__).parent
VOLATILE = (
    "at",
    "draws",
    "counters",
    "heard",
    "changed_at",
    "up_at",
    "up",
    "ready_at",
    "boots",
    "boot_id",
    "boot_started_at",
    "resets",
    "cleared_at",
    "latched",
)
"""What time and consequences write; the rest is what hands can change."""


def hands_see(world: World) -> object:
    """The state without what follows from it or from time."""

    def strip(value: object) -> object:
        if isinstance(value, dict):
            return {key: strip(each) for key, each in value.items() if key not in VOLATILE}
        return [strip(each) for each in value] if isinstance(value, list) else value

    return strip(msgspec.to_builtins(world.plant))


def as_a_word(name: str, text: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None


def book(world: World, seed: int = 1) -> FaultBook:
    return FaultBook(world, seed)


@pytest.mark.parametrize(("name", "remedy"), ASKED_FOR.items())
def test_each_fault_declares_a_verdict_and_its_remedy(name: str, remedy: str) -> None:
    record = next(each for each in describe() if each["name"] == name)
    assert record["remedy"] == remedy
    assert record["verdict"] in {Verdict.FAIL, Verdict.UNKNOWN}
    assert (record["reason"] in set(Reason)) == (record["verdict"] == Verdict.UNKNOWN)
    assert record["stage"] and record["step"] and record["subject_kind"]
    assert isinstance(record["masks"], bool)
    assert isinstance(record["args"], dict)


@pytest.mark.parametrize("name", list(ASKED_FOR))
def test_each_fault_changes_the_world_and_its_repair_puts_it_back(name: str) -> None:
    world, clock = make_booted_world()
    before = hands_see(world)
    faults = book(world)
    faults.add(name)
    assert hands_see(world) != before
    clock.forward(30.0)
    assert [each.name for each in faults.repair()] == [name]
    assert faults.applied == []
    clock.forward(300.0)
    world.now()
    if name == "far-end-off":
        world.reset_host("node-01", "On")
        clock.forward(300.0)
        world.now()
    assert hands_see(world) == before
    for port in CABLED:
        assert world.port(port).up, port


@pytest.mark.parametrize("name", list(ASKED_FOR))
def test_one_seed_picks_one_subject(name: str) -> None:
    one, same = make_booted_world()[0], make_booted_world()[0]
    assert book(one, 5).add(name).subject == book(same, 5).add(name).subject


def test_seeds_pick_different_subjects() -> None:
    picked = {book(make_booted_world()[0], seed).add("dark-lane").subject for seed in range(12)}
    assert len(picked) > 3


def test_the_same_dirt_again_for_the_same_seed() -> None:
    lanes = []
    for _ in range(2):
        world, _clock = make_booted_world()
        book(world, 3).add("dirty-connector@leaf-1/Ethernet8=4")
        lanes.append(world.lanes("leaf-1/Ethernet8"))
    assert lanes[0] == lanes[1]


def test_one_dirty_plug_costs_light_at_both_ends() -> None:
    world, _ = make_booted_world()
    near, far = "leaf-1/Ethernet8", "leaf-2/Ethernet2/1"
    before = {port: world.lanes(port) for port in (near, far)}
    book(world).add(f"dirty-connector@{near}")
    for port in (near, far):
        lost = [
            was.rx_power_dbm - now.rx_power_dbm
            for was, now in zip(before[port], world.lanes(port), strict=True)
            if was.rx_power_dbm is not None and now.rx_power_dbm is not None
        ]
        assert max(lost) > 4.0
        assert min(lost) < 2.0
        assert min(now.rx_power_dbm or 0.0 for now in world.lanes(port)) < -5.9
        assert [now.tx_power_dbm for now in world.lanes(port)] == [was.tx_power_dbm for was in before[port]]


def test_dirt_laid_by_hand_is_the_same_dirt() -> None:
    by_name, _ = make_booted_world()
    by_hand, _ = make_booted_world()
    memo = book(by_name).add("dirty-connector@leaf-1/Ethernet16=3").memo
    cable = next(each for each in by_name.cables if each.label == memo["cable"])
    told = cable.a if memo["a"] else cable.b
    same = next(each for each in by_hand.cables if each.label == memo["cable"])
    with by_hand.changing():
        end = same.a if memo["a"] else same.b
        end.in_db, end.out_db = list(told.in_db), list(told.out_db)
    for port in CABLED:
        assert by_hand.lanes(port) == by_name.lanes(port)


def test_faults_compose_and_can_come_late() -> None:
    world, clock = make_booted_world()
    faults = book(world)
    faults.add("psu-out@leaf-1/psu-2")
    clock.forward(100.0)
    faults.add("dark-lane@leaf-2/Ethernet3/1#lane-2")
    assert not world.supply_ok("leaf-1", "psu-2")
    assert world.lanes("leaf-2/Ethernet3/1")[1].rx_power_dbm is None
    assert [each.text for each in faults.repair("dark-lane")] == ["dark-lane@leaf-2/Ethernet3/1#lane-2"]
    assert not world.supply_ok("leaf-1", "psu-2")


def test_dirt_goes_with_the_plug_when_cables_are_exchanged_and_comes_off_that_plug() -> None:
    world, _ = make_booted_world()
    before = hands_see(world)
    faults = book(world)
    faults.add("dirty-connector@leaf-1/Ethernet8")
    faults.add("swapped-cables@leaf-1/Ethernet8=Ethernet16")
    faults.repair("dirty-connector")
    faults.repair("swapped-cables")
    assert hands_see(world) == before


def test_swapped_cables_lead_to_each_others_far_ends() -> None:
    world, clock = make_booted_world()
    book(world).add("swapped-cables@leaf-1/Ethernet8=leaf-1/Ethernet16")
    clock.forward(200.0)
    assert [seen.port_id for seen in world.neighbors("leaf-1/Ethernet8")] == ["Ethernet3/1"]
    assert [seen.port_id for seen in world.neighbors("leaf-1/Ethernet16")] == ["Ethernet2/1"]
    assert world.port("leaf-1/Ethernet8").up


def test_a_node_that_is_held_off_leaves_its_switches_in_the_dark() -> None:
    world, clock = make_world()
    book(world).add("far-end-off")
    world.set_outlet("pdu-1", 5, True)
    world.reset_host("node-01", "On")
    clock.forward(600.0)
    assert world.power_state("node-01") == "Off"
    assert [lane.rx_power_dbm for lane in world.lanes("leaf-1/Ethernet0")] == [None] * 4


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("dirt", "no fault is called"),
        ("dirty-connector@leaf-9/Ethernet0", "can't happen"),
        ("dirty-connector@leaf-1/Ethernet24", "can't happen"),
        ("dirty-connector=deep", "out of range"),
        ("dirty-connector=-3", "out of range"),
        ("dirty-connector=nan", "out of range"),
        ("dark-lane@leaf-1/Ethernet0#lane-5", "can't happen"),
        ("dark-lane=3", "takes no value"),
        ("psu-out=melted", "means nothing"),
        ("fec-mismatch@leaf-1/Ethernet0=rs544", "already"),
        ("swapped-cables@leaf-1/Ethernet0=Ethernet24", "no other cabled port"),
        ("", "no fault is called"),
    ],
)
def test_what_can_not_be_is_refused_and_changes_nothing(text: str, complaint: str) -> None:
    world, _ = make_booted_world()
    before = hands_see(world)
    with pytest.raises(InputError, match=complaint):
        book(world).add(text)
    assert hands_see(world) == before


def test_the_same_fault_twice_is_refused() -> None:
    world, _ = make_booted_world()
    faults = book(world)
    faults.add("psu-out@leaf-1/psu-1")
    with pytest.raises(InputError, match="there already"):
        faults.add("psu-out@leaf-1/psu-1")


def test_repairing_what_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="Faults that are: none"):
        book(make_world()[0]).repair("psu-out")


def test_no_name_of_a_fault_stands_outside_the_files_that_define_them() -> None:
    """Servers, renderers, drivers, checks and the diagnosis see what is; none may know why."""
    defining = set((PACKAGE / "lab").glob("faults_*.py"))
    names = set(fault_kinds())
    found = []
    for path in PACKAGE.rglob("*.py"):
        if path in defining or path.parent.name == "cli":  # a command line may show its user an example
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found += [(path.name, name) for name in names if as_a_word(name, node.value)]
    assert found == []
