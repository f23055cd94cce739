"""Outlets and supplies, good and bad."""

from __future__ import annotations

from typing import Any

from bringup.model.facts import Environment, Outlet, Supply
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value
from tests.check.trial import FALSE, TRUE, Table, World, answering, case, nothing_told, written

ON, DRAWN = value("on"), value(120.0)


def outlet_world(
    name: str,
    *,
    outlets: tuple[Outlet, ...] | None = None,
    state: Read = ON,
    power: Read = DRAWN,
    answers: dict[str, Any] | None = None,
) -> World:
    told = (Outlet(index=4, state=value("on")), Outlet(index=5, state=state, power_w=power))
    table: dict[Any, Any] = {(f"{name}-pdu", "outlets"): told if outlets is None else outlets}
    answering(table, answers)
    return World(
        subject=f"{name}-pdu/outlet-5",
        devices=[written(f"{name}-pdu"), written(name, feed=[{"pdu": f"{name}-pdu", "outlet": 5}])],
        table=table,
    )


OUTLETS = Table(
    check="power.outlets",
    world=outlet_world,
    reads=("outlets",),
    cases=(
        case("on", "PASS"),
        case("on and drawing nothing", "PASS", power=value(0.0)),
        case("on and nobody knows what it draws", "PASS", power=NOT_AVAILABLE),
        case("off", "FAIL", state=value("off")),
        case("neither on nor off", "FAIL", state=value("rebooting")),
        case("ON is not on", "FAIL", state=value("ON")),
        case("an empty word", "FAIL", state=value("")),
        case("no outlet listed", "UNKNOWN no_data", outlets=()),
        case("another outlet listed", "UNKNOWN no_data", outlets=(Outlet(index=50, state=value("on")),)),
        case(
            "listed twice",
            "UNKNOWN unparsable",
            outlets=(Outlet(index=5, state=value("off")), Outlet(index=5, state=value("on"))),
        ),
        *nothing_told("state", "text", lambda read: {"state": read}),
    ),
)


def supply_world(
    name: str,
    *,
    supplies: tuple[Supply, ...] | None = None,
    present: Read = TRUE,
    ok: Read = TRUE,
    told_by: str = "",
    answers: dict[str, Any] | None = None,
) -> World:
    """`told_by` is what is put behind the name of the device that tells: nothing, or `-bmc`."""
    good = Supply(name="psu-2", present=TRUE, ok=TRUE)
    listed = (Supply(name="psu-1", present=present, ok=ok), good) if supplies is None else supplies
    table: dict[Any, Any] = {(f"{name}{told_by}", "environment"): Environment(supplies=listed)}
    answering(table, answers)
    bmc = {"bmc": f"{name}-bmc"} if told_by else {}
    return World(
        subject=f"{name}/psu-1",
        devices=[
            written(name, expect={"supplies": ["psu-1"]}, **bmc),
            *([written(f"{name}-bmc")] if told_by else []),
        ],
        table=table,
    )


SUPPLIES = Table(
    check="power.supplies",
    world=supply_world,
    reads=("environment",),
    cases=(
        case("fitted and delivering", "PASS"),
        case("told by the bmc", "PASS", told_by="-bmc"),
        case("told bad by the bmc", "FAIL", told_by="-bmc", ok=FALSE),
        case("not fitted", "FAIL", present=FALSE, ok=ABSENT),
        case("fitted and not delivering", "FAIL", ok=FALSE),
        case("nothing listed", "UNKNOWN no_data", supplies=()),
        case(
            "only the other one listed",
            "UNKNOWN no_data",
            supplies=(Supply(name="psu-2", present=TRUE, ok=TRUE),),
        ),
        case(
            "a name that only begins alike",
            "UNKNOWN no_data",
            supplies=(Supply(name="psu-10", present=TRUE, ok=TRUE),),
        ),
        case(
            "listed twice",
            "UNKNOWN unparsable",
            supplies=(
                Supply(name="psu-1", present=TRUE, ok=FALSE),
                Supply(name="psu-1", present=TRUE, ok=TRUE),
            ),
        ),
        *nothing_told("presence", "yes or no", lambda read: {"present": read}),
        *nothing_told("state", "yes or no", lambda read: {"ok": read}),
    ),
)

TABLES = (OUTLETS, SUPPLIES)
