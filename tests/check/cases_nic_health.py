"""Watches of adapters' drivers and counts of RDMA ports, good and bad."""

from __future__ import annotations

from typing import Any

from bringup.model.facts_nic import NicHealth, RdmaPort, Reporter
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value
from tests.check.cases_link import in_turn
from tests.check.trial import FALSE, TRUE, Table, World, answering, case, nothing_told, written

PORT = "eth0"


def reporter(name: str, healthy: Read = TRUE) -> Reporter:
    return Reporter(name=name, healthy=healthy)


def health_world(
    name: str,
    *,
    reporters: tuple[Reporter, ...] | None = None,
    adapters: tuple[NicHealth, ...] | None = None,
    answers: dict[str, Any] | None = None,
) -> World:
    good = (reporter("fw"), reporter("fw_fatal"))
    told = NicHealth(port=PORT, reporters=good if reporters is None else reporters)
    other = NicHealth(port="eth00", reporters=(reporter("fw", FALSE),))
    table: dict[Any, Any] = {(name, "nic_health"): (other, told) if adapters is None else adapters}
    answering(table, answers)
    return World(
        subject=f"{name}/{PORT}",
        devices=[written(name)],
        ports=[{"device": name, "name": PORT}],
        table=table,
    )


HEALTH = Table(
    check="nic.health",
    world=health_world,
    reads=("nic_health",),
    cases=(
        case("all well", "PASS"),
        case("firmware at fault", "FAIL", reporters=(reporter("fw", FALSE), reporter("tx"))),
        case("the last one at fault", "FAIL", reporters=(reporter("fw"), reporter("tx", FALSE))),
        case("one that nobody knows, one at fault", "FAIL",
             reporters=(reporter("fw", NOT_AVAILABLE), reporter("tx", FALSE))),
        case("one that nobody knows", "UNKNOWN no_data",
             reporters=(reporter("fw"), reporter("tx", NOT_AVAILABLE))),
        case("no watches at all", "UNKNOWN no_data", reporters=()),
        case("not listed", "UNKNOWN no_data", adapters=()),
        case("listed twice", "UNKNOWN unparsable",
             adapters=(NicHealth(port=PORT), NicHealth(port=PORT, reporters=(reporter("fw"),)))),
        *nothing_told("health", "yes or no", lambda read: {"reporters": (reporter("fw", read),)}),
    ),
)  # fmt: skip


def rdma(**over: Any) -> RdmaPort:
    counts = dict.fromkeys(("timeouts", "failures", "drops", "retransmits"), value(7))
    good: dict[str, Any] = {"name": "mlx5_0/1", "interface": PORT, "active": TRUE, **counts}
    return RdmaPort(**{**good, **over})


OTHER = rdma(name="mlx5_1/1", interface="eth00", active=FALSE)


def rdma_world(
    name: str,
    *,
    first: dict[str, Any] | None = None,
    last: dict[str, Any] | None = None,
    rows: tuple[tuple[RdmaPort, ...], tuple[RdmaPort, ...]] | None = None,
    port: str = PORT,
    answers: dict[str, Any] | None = None,
) -> World:
    told = rows or tuple((OTHER, rdma(**(each or {}))) for each in (first, last))
    table: dict[Any, Any] = {(name, "rdma_ports"): in_turn(told)}
    answering(table, answers)
    return World(
        subject=f"{name}/{port}",
        devices=[written(name)],
        ports=[{"device": name, "name": port}],
        table=table,
    )


def both(**each: Any) -> dict[str, Any]:
    return {"first": each, "last": each}


EFA: dict[str, Any] = {"name": "rdmap0s6/1", "interface": None, "drops": ABSENT}
RDMA = Table(
    check="nic.rdma",
    world=rdma_world,
    reads=("rdma_ports",),
    step={"window_s": 60.0},
    cases=(
        case("nothing lost", "PASS"),
        case("an efa by its own name", "PASS", port="rdmap0s6", **both(**EFA)),
        case("some sent again", "PASS", last={"retransmits": value(900)}),
        case("a timeout", "FAIL", last={"timeouts": value(8)}),
        case("a failure", "FAIL", last={"failures": value(8)}),
        case("a drop", "FAIL", last={"drops": value(8)}),
        case("down at the end", "FAIL", last={"active": FALSE}),
        case("down at the beginning", "FAIL", first={"active": FALSE}),
        case("counts that went backwards", "UNKNOWN no_data", last={"timeouts": value(3)}),
        case("no timeouts counted", "UNKNOWN no_data", **both(timeouts=ABSENT)),
        case("not listed", "UNKNOWN no_data", rows=((OTHER,), (OTHER,))),
        case("gone in the meantime", "UNKNOWN no_data", rows=((rdma(),), (OTHER,))),
        case("listed twice", "UNKNOWN unparsable", rows=((rdma(), rdma()), (rdma(), rdma()))),
        *nothing_told("activity", "yes or no", lambda read: both(active=read)),
    ),
)  # fmt: skip
TABLES = (HEALTH, RDMA)
