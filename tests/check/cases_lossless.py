"""Lossless traffic: flow control at both ends, pauses, storms and drops, good and bad."""

from __future__ import annotations

from typing import Any

from bringup.model.facts import Port
from bringup.model.facts_flow import FlowControl, Pause
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, UNSUPPORTED, Read, value
from tests.check.cases_link import FAR, NEAR, cabled, in_turn, up
from tests.check.trial import FALSE, TRUE, Table, World, answering, case, nothing_told

BEGIN = 1000
ENOUGH = 14_305
"""Frames in 120 s at 400 Gb/s that could hold a link for one hundredth of it."""


def flow(port: str, *, rx: int | Read = BEGIN, of: int = 3, **over: Any) -> FlowControl:
    """What a port tells, with pauses of one priority beside those of an idle one."""
    good: dict[str, Any] = {
        "enabled": value("3"),
        "watchdog": TRUE,
        "storms": value(BEGIN),
        "drops": value(BEGIN),
        "ecn_marked_packets": value(BEGIN),
        "pauses": (
            Pause(priority=0, rx_frames=value(0)),
            Pause(priority=of, rx_frames=rx if isinstance(rx, Read) else value(rx)),
        ),
    }
    return FlowControl(port=port, **{**good, **over})


def lossless_world(
    name: str,
    *,
    first: dict[str, Any] | None = None,
    last: dict[str, Any] | None = None,
    far: dict[str, Any] | None = None,
    rows: tuple[tuple[FlowControl, ...], tuple[FlowControl, ...]] | None = None,
    ports: tuple[tuple[Port, ...], ...] = (),
    stated: dict[str, Any] | None = None,
    answers: dict[str, Any] | None = None,
) -> World:
    """`first` and `last` are what differs here before and after the window, `far` there at both moments."""
    told = rows or tuple((flow("Ethernet00"), flow(NEAR, **(each or {}))) for each in (first, last))
    table: dict[Any, Any] = {
        (name, "flow_control"): in_turn(told),
        (f"{name}-far", "flow_control"): (flow(FAR, **(far or {})),),
        (name, "ports"): in_turn(ports or ((up(NEAR),),)),
        (f"{name}-far", "ports"): (up(FAR),),
    }
    answering(table, answers)
    return cabled(name, table, stated)


def both(**each: Any) -> dict[str, Any]:
    return {"first": each, "last": each}


TOTALS = both(pauses=(), rx_pause_frames=value(BEGIN))
LOSSLESS = Table(
    check="link.lossless",
    world=lossless_world,
    reads=("flow_control", "ports"),
    step={"window_s": 120.0},
    cases=(
        case("nobody held up", "PASS"),
        case("a few pauses", "PASS", last={"rx": BEGIN + 1000}),
        case("nearly too many", "MARGINAL", last={"rx": BEGIN + 10_000}),
        case("too many", "FAIL", last={"rx": BEGIN + ENOUGH + 1}),
        case("held all the time", "FAIL", last={"rx": BEGIN + 2**50}),
        case("totals alone", "PASS", **TOTALS),
        case("too many in total", "FAIL", first=TOTALS["first"],
             last={"pauses": (), "rx_pause_frames": value(BEGIN + ENOUGH + 1)}),
        case("as many at half the speed", "FAIL", last={"rx": BEGIN + ENOUGH // 2 + 1},
             ports=((up(NEAR, speed_gbps=value(200.0)),),)),
        case("counters cleared", "UNKNOWN no_data", last={"rx": 5}),
        case("no speed known", "UNKNOWN no_data", stated={}, ports=((up(NEAR, speed_gbps=ABSENT),),)),
        case("no pauses told", "UNKNOWN no_data", **both(pauses=(), rx_pause_frames=ABSENT)),
        case("pauses not available", "UNKNOWN no_data", **both(rx=NOT_AVAILABLE)),
        case("pauses unsupported", "UNKNOWN no_data", **both(rx=UNSUPPORTED)),
        # flow control
        case("two priorities", "PASS", **both(enabled=value("3,4")), far={"enabled": value("3,4")}),
        case("another priority there", "FAIL", far={"enabled": value("4")}),
        case("more priorities here", "FAIL", **both(enabled=value("3,4"))),
        case("off here", "FAIL", **both(enabled=value("none"))),
        case("off at both ends", "FAIL", **both(enabled=value("none")), far={"enabled": value("none")}),
        case("not told there", "UNKNOWN no_data", far={"enabled": ABSENT}),
        case("not told here, off there", "FAIL", **both(enabled=ABSENT), far={"enabled": value("none")}),
        case("not available at both", "UNKNOWN no_data",
             **both(enabled=NOT_AVAILABLE), far={"enabled": NOT_AVAILABLE}),
        # what is reported beside
        case("a storm", "FAIL", last={"storms": value(BEGIN + 1)}),
        case("a storm there before", "PASS", far={"storms": value(9)}),
        case("nobody counts storms", "PASS", **both(storms=ABSENT)),
        case("a drop", "FAIL", last={"drops": value(BEGIN + 1)}),
        case("nobody counts drops", "PASS", **both(drops=ABSENT, ecn_marked_packets=ABSENT)),
        case("marks", "PASS", last={"ecn_marked_packets": value(10**12)}),
        case("watchdog off", "FAIL", **both(watchdog=FALSE)),
        # the link, and what is listed
        case("down before", "FAIL", ports=((up(NEAR, oper_up=FALSE),), (up(NEAR),))),
        case("down after", "FAIL", ports=((up(NEAR),), (up(NEAR, oper_up=FALSE),))),
        case("not listed", "UNKNOWN no_data", rows=((flow("Ethernet00"),), (flow("Ethernet00"),))),
        case("listed twice", "UNKNOWN unparsable",
             rows=((flow(NEAR), flow(NEAR)), (flow(NEAR), flow(NEAR)))),
        case("gone in the meantime", "UNKNOWN no_data", rows=((flow(NEAR),), ())),
        *nothing_told("state", "yes or no", lambda read: {"ports": ((up(NEAR, oper_up=read),),)}),
    ),
)  # fmt: skip
TABLES = (LOSSLESS,)
