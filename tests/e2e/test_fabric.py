"""An 800G fabric: five makes of switch, plain and linear optics, active cables and copper, real protocols."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bringup.lab.faults import fault_kinds
from tests.e2e.runs import Nursery, Rack
from tests.e2e.troubles import bring_up

FAULTS = {
    "missing-optic@leaf-1/Ethernet144": ("leaf-1/Ethernet144", "spine-1/Ethernet1/1"),
    "dirty-connector@leaf-1/Ethernet40": ("leaf-1/Ethernet40", "node-06/enp26s0np0"),
    "counters-reset@leaf-1/Ethernet24": ("leaf-1/Ethernet24", "node-04/enp26s0np0"),
    "slow-speed@leaf-1/Ethernet8": ("leaf-1/Ethernet8", "node-02/enp26s0np0"),
    "speed-mismatch@leaf-1/Ethernet296": ("leaf-1/Ethernet296", "spine-2/et-0/0/3"),
    "low-power-stuck@leaf-1/Ethernet168": ("leaf-1/Ethernet168", "spine-1/Ethernet4/1"),
    "psu-out@leaf-2/psu-1": ("leaf-2/psu-1",),
    "fec-mismatch@leaf-2/Ethernet1/1": ("leaf-2/Ethernet1/1", "node-01/enp77s0np0"),
    "flapping@leaf-2/Ethernet2/1": ("leaf-2/Ethernet2/1", "node-02/enp77s0np0"),
    "low-power-stuck@leaf-2/Ethernet3/1": ("leaf-2/Ethernet3/1", "node-03/enp77s0np0"),
    "dark-lane@leaf-2/Ethernet20/1#lane-3": ("leaf-2/Ethernet20/1", "spine-1/Ethernet18/1"),
    "dead-laser@leaf-2/Ethernet30/1#lane-2": ("leaf-2/Ethernet30/1", "spine-1/Ethernet28/1"),
    "swapped-cables@leaf-3/swp3=swp4": ("leaf-3/swp3", "node-03/enp156s0np0", "leaf-3/swp4"),
    "ber-rise@leaf-3/swp14": ("leaf-3/swp14", "node-06/enp188s0np0"),
    "wrong-optic@leaf-3/swp20": ("leaf-3/swp20", "spine-1/Ethernet34/1"),
    "port-shut@leaf-3/swp30": ("leaf-3/swp30", "spine-1/Ethernet44/1"),
    "hot-optic@leaf-4/Ethernet1/6": ("leaf-4/Ethernet1/6",),
    "three-way-swap@leaf-4/Ethernet1/20=Ethernet1/21,Ethernet1/22": (
        "leaf-4/Ethernet1/20",
        "spine-1/Ethernet50/1",
    ),
    "fibre-out@leaf-4/Ethernet1/30": ("leaf-4/Ethernet1/30", "spine-1/Ethernet60/1"),
    "crossed-trunk@T-42B": ("leaf-4/Ethernet1/43", "spine-2/et-0/0/56"),
    "half-width-nic@node-08/enp26s0np0": ("node-08/enp26s0np0",),
    "clock-skew@node-02": ("node-02",),
}
"""What is wrong, and the ends that its cause must name: on copper, active cables, linear and plain optics; on
SONiC, EOS, Cumulus, NX-OS and Junos.
"""
TELLS_ITS_STATE = "leaf-1/Ethernet168"
"""The switch of this module tells its state machine; others tell no more than that it is dark."""


def test_every_fault_of_a_mixed_fabric_is_named_once_with_both_its_ends_and_nothing_else_is(
    nursery: Nursery, make_rack: Callable[..., Rack], tmp_path: Path
) -> None:
    status, said = bring_up(nursery, make_rack, tmp_path, "fabric-800g", *FAULTS)
    assert status == 1
    told = {
        cause["remedy"]
        + " "
        + " ".join(end for subject in cause["subjects"] for end in subject.split("<->")): cause
        for cause in said["causes"]
    }
    assert len(told) == len(FAULTS), sorted(told)
    for text, ends in FAULTS.items():
        kind = fault_kinds()[text.partition("@")[0]]
        (cause,) = (each for words, each in told.items() if set(ends) | {kind.remedy} <= set(words.split()))
        assert (cause["explains"][0][:2], cause["verdict"]) == ([kind.stage, kind.step], kind.verdict), text
    (asleep,) = (cause for cause in said["causes"] if TELLS_ITS_STATE in cause["subjects"])
    assert (asleep["rule"], asleep["ladders"][0]["stops_at"]) == ("module-not-ready", "state machine")
    assert ["modules", "ready", TELLS_ITS_STATE] in asleep["explains"]
