"""Conditions of links, modules and devices made by hand, at other ports and depths: named just as well.

No fault is asked for: the world's own records are changed while the lab stands still.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.e2e.runs import Nursery
from tests.e2e.test_world import World, cable, device, optic, run_words, summary_of
from tests.peers.stand import Lab

SPEED = 500


@pytest.fixture
def lab(nursery: Nursery, tmp_path: Path) -> Iterator[Lab]:
    made = Lab(nursery, tmp_path / "lab", speed=SPEED)
    yield made
    made.end()


def port(world: World, name: str, of: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in device(world, of)["ports"] if each["name"] == name)
    return found


def unlatch_the_plug_at_the_node(world: World) -> None:
    plug = cable(world, "C-002")["b"]
    plug["parts_every_s"], plug["parts_for_s"] = 31.0, 1.1


def turn_three_plugs_the_other_way_at_leaf_2(world: World) -> None:
    ends = [cable(world, "C-002")["a"], cable(world, "C-003")["b"], cable(world, "C-004")["b"]]
    was = [end["port"] for end in ends]
    for end, name in zip(ends, (was[2], was[0], was[1]), strict=True):
        end["port"] = name


def fit_a_multimode_module_in_the_node(world: World) -> None:
    """Another kind of fibre: nothing passes either way."""
    module = optic(world, "node-01", "enp193s0np0")
    module["medium"], module["part_number"] = "400GBASE-SR4", "LO-400G-SR4"


def hold_the_nodes_module_asleep(world: World) -> None:
    optic(world, "node-01", "enp65s0np0")["low_power"] = True


def warm_a_module_of_leaf_1(world: World) -> None:
    optic(world, "leaf-1", "Ethernet16")["rise_c"] = 43.5


def warm_most_of_leaf_2(world: World) -> None:
    for name in ("Ethernet1/1", "Ethernet2/1", "Ethernet3/1"):
        optic(world, "leaf-2", name)["rise_c"] = 47.0


def slow_a_link_down(world: World) -> None:
    port(world, "Ethernet16", "leaf-1")["speed_gbps"] = 100.0
    port(world, "Ethernet3/1", "leaf-2")["speed_gbps"] = 100.0


def slow_one_end_down(world: World) -> None:
    port(world, "Ethernet16", "leaf-1")["speed_gbps"] = 200.0


def adapt_a_receiver_badly(world: World) -> None:
    port(world, "Ethernet2/1", "leaf-2")["adapted_db"] = 3.1


def clear_counters_all_the_time(world: World) -> None:
    port(world, "Ethernet8", "leaf-1")["cleared_every_s"] = 33.0


def hang_the_counters_of_leaf_1(world: World) -> None:
    for each in device(world, "leaf-1")["ports"]:
        each["held_counters"] = {
            "since": world["at"] - 500.0,
            "counters": dict(each.get("counters", {})),
            "pre_fec_ber": 2e-9,
        }


def hang_the_monitors_of_leaf_2(world: World) -> None:
    lane = {"rx_power_dbm": -1.5, "tx_power_dbm": -1.0, "bias_ma": 61.0}
    for each in device(world, "leaf-2")["ports"]:
        each["held_module"] = {"since": world["at"] - 90.0, "lanes": [lane] * 4, "temperature_c": 51.0}


def install_another_release_on_the_bmc(world: World) -> None:
    device(world, "bmc-01")["os_version"] = "2.13.0"


def stop_two_fans(world: World) -> None:
    for fan in device(world, "leaf-2")["fans"][1:3]:
        fan["turning"] = False


def quarter_an_adapter(world: World) -> None:
    port(world, "enp193s0np0", "node-01")["adapter"]["width"] = 4


def set_a_clock_back(world: World) -> None:
    device(world, "node-01")["clock_skew_s"] = -3600.0


class Hands(NamedTuple):
    """What was done, and the one cause that must come of it."""

    change: Callable[[World], None]
    remedy: str
    step: str
    subject: str
    verdict: str = "FAIL"
    reason: str | None = None


AT_WORK = (
    Hands(unlatch_the_plug_at_the_node, "reseat-and-measure-again", "links/errors", "node-01/enp193s0np0"),
    Hands(
        turn_three_plugs_the_other_way_at_leaf_2,
        "move-cables-round",
        "links/neighbors",
        "leaf-2/Ethernet2/1",
    ),
    Hands(fit_a_multimode_module_in_the_node, "fit-expected-optic", "optics/presence", "node-01/enp193s0np0"),
    Hands(hold_the_nodes_module_asleep, "reset-or-replace-optic", "optics/levels", "node-01/enp65s0np0"),
    Hands(warm_a_module_of_leaf_1, "check-module-cooling", "optics/temperature", "leaf-1/Ethernet16"),
    Hands(warm_most_of_leaf_2, "check-airflow", "optics/temperature", "leaf-2/Ethernet2/1"),
    Hands(slow_a_link_down, "set-same-speed", "links/state", "leaf-2/Ethernet3/1"),
    Hands(slow_one_end_down, "set-same-speed", "links/state", "leaf-1/Ethernet16"),
    Hands(adapt_a_receiver_badly, "check-signal-quality", "links/errors", "leaf-2/Ethernet2/1"),
    Hands(
        clear_counters_all_the_time,
        "stop-clearing-counters",
        "links/errors",
        "leaf-1/Ethernet8",
        "UNKNOWN",
        "no_data",
    ),
    Hands(hang_the_counters_of_leaf_1, "restart-sampling", "links/errors", "leaf-1", "UNKNOWN", "stale"),
    Hands(
        hang_the_monitors_of_leaf_2, "restart-sampling", "optics/temperature", "leaf-2", "UNKNOWN", "stale"
    ),
    Hands(install_another_release_on_the_bmc, "install-expected-release", "management/firmware", "bmc-01"),
    Hands(stop_two_fans, "check-fan-tray", "switches/environment", "leaf-2/fan-2/1"),
    Hands(quarter_an_adapter, "reseat-card", "nics/pcie", "node-01/enp193s0np0"),
    Hands(set_a_clock_back, "set-clock", "clocks/clock", "node-01"),
)


@pytest.mark.parametrize("hands", AT_WORK, ids=lambda hands: hands.change.__name__)
def test_a_condition_made_by_hand_is_named_like_the_fault_and_nothing_else_is_blamed(
    hands: Hands, nursery: Nursery, lab: Lab
) -> None:
    lab.with_hands(hands.change)
    assert json.loads(lab.command("status", "--format", "json"))["faults"] == []
    done = nursery.run(run_words(lab))
    said = summary_of(done)
    (cause,) = said["causes"]
    assert done.status == (1 if hands.verdict == "FAIL" else 3)
    stage, step, _ = cause["explains"][0]
    assert (cause["remedy"], f"{stage}/{step}") == (hands.remedy, hands.step)
    assert cause["verdict"] == hands.verdict
    assert hands.reason is None or hands.reason in cause["reasons"]
    assert hands.subject in {end for each in cause["subjects"] for end in each.split("<->")}
    rows = [row for row in said["steps"] if row["verdict"] not in ("PASS", "MARGINAL")]
    told = {(row["stage"], row["step"], row["subject"]) for row in rows}
    assert told == {tuple(row) for row in (*cause["explains"], *cause["blocked"])}
