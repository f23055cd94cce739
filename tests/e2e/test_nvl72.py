"""Trays of an NVL72 rack over real protocols: NVLinks, and the links of the scale-out fabric beside them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.e2e.runs import Nursery, Rack
from tests.e2e.troubles import bring_up

FAULTS = {
    "nvlink-down@tray-03/gpu-1#nvlink-4": ("reseat-gpu-baseboard-nvlink", "tray-03/gpu-1"),
    "dark-lane@leaf-1/Ethernet0#lane-5": ("inspect-fibre-lane", "leaf-1/Ethernet0"),
    "missing-optic@leaf-1/Ethernet32": ("insert-optic", "leaf-1/Ethernet32"),
    "half-width-nic@tray-04/enp3s0np0": ("reseat-card", "tray-04/enp3s0np0"),
    "psu-out@leaf-1/psu-2": ("check-supply-and-cord", "leaf-1/psu-2"),
}


def test_what_is_wrong_in_trays_and_between_them_is_told_apart(
    nursery: Nursery, make_rack: Callable[..., Rack], tmp_path: Path
) -> None:
    status, said = bring_up(nursery, make_rack, tmp_path, "nvl72-fabric", *FAULTS)
    assert status == 1
    told = {cause["remedy"]: cause["subjects"] for cause in said["causes"]}
    assert told.keys() == {remedy for remedy, _ in FAULTS.values()}
    for remedy, subject in FAULTS.values():
        assert any(subject in each for each in told[remedy]), (remedy, told[remedy])
