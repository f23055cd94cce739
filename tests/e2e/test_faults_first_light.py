"""First light on twenty hosts: what is dark is told as few causes, and hands get one list."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.e2e.runs import Nursery, Rack
from tests.e2e.troubles import bring_up

HOSTS_OFF = tuple(f"far-end-off@host-{number:02d}" for number in range(1, 17))
DIRTY = tuple(f"dirty-connector@leaf-1/Ethernet{136 + 8 * number}" for number in range(8))
REST = ("wrong-breakout@leaf-1/etp17", "crossed-trunk@T-1")


def test_field_18_four_causes_are_four_however_many_ports_are_dark(
    nursery: Nursery, make_rack: Callable[..., Rack], tmp_path: Path
) -> None:
    """16 hosts off, one wrong breakout, one crossed trunk, 8 dirty ends: automatic ones first, one walk."""
    status, said = bring_up(nursery, make_rack, tmp_path, "first-light", *HOSTS_OFF, *DIRTY, *REST)
    assert status == 1
    causes = said["causes"]
    assert [cause["remedy"] for cause in causes] == [
        "power-far-end",
        "check-port-name-and-breakout",
        "clean-both-ends",
        "move-cables-round",
    ]
    assert [cause["automatic"] for cause in causes] == [True, True, False, False]
    hosts, cage, dirt, trunk = causes
    assert "16 hosts" in hosts["title"]
    assert len(set(hosts["subjects"])) == 16
    assert cage["subjects"][0] == "leaf-1/etp17"
    assert [stop["subject"] for stop in dirt["walk"]] == [
        f"leaf-1/Ethernet{136 + 8 * number}" for number in range(8)
    ]
    assert "trunk T-1" in trunk["title"]
    assert not any(cause["walk"] for cause in (hosts, cage, trunk))
    rows = [row for row in said["steps"] if row["verdict"] not in ("PASS", "MARGINAL")]
    told = [tuple(key) for cause in causes for key in (*cause["explains"], *cause["blocked"])]
    assert sorted(told) == sorted((row["stage"], row["step"], row["subject"]) for row in rows)
    assert len(told) > 150
