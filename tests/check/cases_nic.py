"""Network adapters, good and bad. Each case is a role of its own: firmware must be the same across a role."""

from __future__ import annotations

from typing import Any

from bringup.model.facts import Adapter
from bringup.model.measurement import Read, value
from tests.check.trial import Table, World, answering, case, nothing_told, written

PORT, OTHER = "eth0", "eth1"
WIDE, FAST, RELEASE = value(16), value(32.0), value("28.42.1000")
STATED = {"pcie_width_lanes": 16, "pcie_speed_gt_s": 32.0, "firmware": "28.42.*"}


def adapter(port: str, **over: Read) -> Adapter:
    good: dict[str, Any] = {"pcie_width_lanes": WIDE, "pcie_speed_gt_s": FAST, "firmware": RELEASE}
    good["model"] = value("ConnectX-7")
    return Adapter(port=port, **{**good, **over})


def nic_world(
    name: str,
    *,
    adapters: tuple[Adapter, ...] | None = None,
    stated: dict[str, Any] | None = None,
    other: Read = RELEASE,
    answers: dict[str, Any] | None = None,
    **over: Read,
) -> World:
    """`over` is of the adapter that is judged; `other` the firmware of its only peer."""
    told = (adapter(PORT, **over), adapter(OTHER, firmware=other))
    table: dict[Any, Any] = {(name, "adapters"): told if adapters is None else adapters}
    answering(table, answers)
    want = STATED if stated is None else stated
    return World(
        subject=f"{name}/{PORT}",
        devices=[written(name)],
        ports=[{"device": name, "name": PORT, **want}, {"device": name, "name": OTHER, **want}],
        table=table,
    )


PCIE = Table(
    check="nic.pcie",
    world=nic_world,
    reads=("adapters",),
    cases=(
        case("as expected", "PASS"),
        case("whole gigatransfers", "PASS", pcie_speed_gt_s=value(32)),
        case("half as wide", "FAIL", pcie_width_lanes=value(8)),
        case("no lane", "FAIL", pcie_width_lanes=value(0)),
        case("a generation slower", "FAIL", pcie_speed_gt_s=value(16.0)),
        case("slower by a hair", "FAIL", pcie_speed_gt_s=value(31.9)),
        case("narrow, though it can do more", "FAIL",
             pcie_width_lanes=value(4), pcie_width_max_lanes=value(16)),
        case("no width expected", "UNKNOWN no_limit", stated={"pcie_speed_gt_s": 32.0}),
        case("no speed expected", "UNKNOWN no_limit", stated={"pcie_width_lanes": 16}),
        case("no adapter listed", "UNKNOWN no_data", adapters=()),
        case("only another listed", "UNKNOWN no_data", adapters=(adapter(OTHER),)),
        case("listed twice", "UNKNOWN unparsable",
             adapters=(adapter(PORT, pcie_width_lanes=value(1)), adapter(PORT))),
        *nothing_told("width", "number", lambda read: {"pcie_width_lanes": read}),
        *nothing_told("speed", "number", lambda read: {"pcie_speed_gt_s": read}),
    ),
)  # fmt: skip

FIRMWARE = Table(
    check="nic.firmware",
    world=nic_world,
    reads=("adapters",),
    cases=(
        case("as expected and alike", "PASS"),
        case("alike, and none expected", "PASS", stated={}),
        case("another release", "FAIL", firmware=value("28.41.1000"), other=value("28.41.1000")),
        case("fits, but its peer has another", "FAIL", firmware=value("28.42.1002")),
        case("an empty release", "FAIL", firmware=value(""), other=value("")),
        case("its peer tells none", "UNKNOWN no_data", adapters=(adapter(PORT), Adapter(port=OTHER))),
        case("its peer is not listed", "UNKNOWN no_data", adapters=(adapter(PORT),)),
        case("no adapter listed", "UNKNOWN no_data", adapters=()),
        case("listed twice", "UNKNOWN unparsable",
             adapters=(adapter(PORT, firmware=value("1")), adapter(PORT), adapter(OTHER))),
        *nothing_told("release", "text", lambda read: {"firmware": read, "other": read}),
    ),
)  # fmt: skip

TABLES = (PCIE, FIRMWARE)
