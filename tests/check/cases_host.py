"""Hosts and the ports of hosts and switches, good and bad."""

from __future__ import annotations

from typing import Any

from bringup.model.facts import Environment, Fan, HostPower, Identity, Port, Sensor
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value
from tests.check.trial import FALSE, LACKING, TRUE, Table, World, answering, case, nothing_told, written

ON = value("On")


def power_world(
    name: str, *, state: Read = ON, bmc: bool = True, answers: dict[str, Any] | None = None
) -> World:
    teller = f"{name}-bmc" if bmc else name
    table: dict[Any, Any] = {(teller, "host_power"): HostPower(power_state=state)}
    answering(table, answers)
    own = {"bmc": teller} if bmc else {}
    return World(
        subject=name, devices=[written(name, **own), *([written(teller)] if bmc else [])], table=table
    )


POWERED = Table(
    check="host.powered",
    world=power_world,
    reads=("host_power",),
    cases=(
        case("on", "PASS"),
        case("on, as it tells itself", "PASS", bmc=False),
        case("off", "FAIL", state=value("Off")),
        case("on its way", "FAIL", state=value("PoweringOn")),
        case("on its way down", "FAIL", state=value("PoweringOff")),
        case("small letters", "FAIL", state=value("on")),
        case("no bmc, and none needed to ask", "UNKNOWN no_data", bmc=False, answers={"host_power": LACKING}),
        *nothing_told("state", "text", lambda read: {"state": read}),
    ),
)  # fmt: skip


def boot_world(name: str, *, told: Identity | None = None, answers: dict[str, Any] | None = None) -> World:
    booted = Identity(boot_id=value("b-1"), uptime_s=value(12.5))
    table: dict[Any, Any] = {(name, "identity"): booted if told is None else told}
    answering(table, answers)
    return World(subject=name, devices=[written(name)], table=table)


BOOTED = Table(
    check="host.booted",
    world=boot_world,
    reads=("identity",),
    cases=(
        case("it answers", "PASS"),
        case("it answers without a boot id", "PASS", told=Identity(hostname=value("node-1"))),
        case("it answers and tells nothing", "UNKNOWN no_data", told=Identity()),
        case(
            "it tells of nothing but what it has not",
            "UNKNOWN no_data",
            told=Identity(hostname=NOT_AVAILABLE),
        ),
    ),
)


def port_world(
    name: str,
    *,
    ports: tuple[Port, ...] | None = None,
    admin: Read = TRUE,
    answers: dict[str, Any] | None = None,
) -> World:
    told = (Port(name="Ethernet1/1", admin_up=admin), Port(name="Ethernet1", admin_up=TRUE))
    table: dict[Any, Any] = {(name, "ports"): told if ports is None else ports}
    answering(table, answers)
    return World(
        subject=f"{name}/Ethernet1/1",
        devices=[written(name)],
        ports=[{"device": name, "name": "Ethernet1/1"}],
        table=table,
    )


PORT_CASES = (
    case("there and on", "PASS"),
    case("there and off", "FAIL", admin=FALSE),
    case("no port listed", "FAIL", ports=()),
    case("another port listed", "FAIL", ports=(Port(name="Ethernet1", admin_up=TRUE),)),
    case("a name in capitals", "FAIL", ports=(Port(name="ETHERNET1/1", admin_up=TRUE),)),
    case(
        "listed twice",
        "UNKNOWN unparsable",
        ports=tuple(Port(name="Ethernet1/1", admin_up=value(up)) for up in (True, False)),
    ),
    case("there and nothing else told", "UNKNOWN no_data", ports=(Port(name="Ethernet1/1"),)),
    *nothing_told("state", "yes or no", lambda read: {"admin": read}),
)
HOST_PORTS = Table(check="host.ports", world=port_world, reads=("ports",), cases=PORT_CASES)
SWITCH_PORTS = Table(check="switch.ports", world=port_world, reads=("ports",), cases=PORT_CASES)


def fan(name: str, ok: Read = TRUE) -> Fan:
    return Fan(name=name, ok=ok, speed_rpm=value(6000))


def air_world(
    name: str,
    *,
    fans: tuple[Fan, ...] | None = None,
    last: Read = TRUE,
    sensors: tuple[Sensor, ...] = (Sensor(name="cpu", temperature_c=value(50.0)),),
    expect: tuple[str, ...] = (),
    told_by: str = "",
    answers: dict[str, Any] | None = None,
) -> World:
    listed = (fan("fan-1"), fan("fan-2", last)) if fans is None else fans
    told = Environment(fans=listed, sensors=sensors)
    table: dict[Any, Any] = {(f"{name}{told_by}", "environment"): told}
    answering(table, answers)
    bmc = {"bmc": f"{name}-bmc"} if told_by else {}
    return World(
        subject=name,
        devices=[
            written(name, expect={"fans": expect}, **bmc),
            *([written(f"{name}-bmc")] if told_by else []),
        ],
        table=table,
    )


ENVIRONMENT = Table(
    check="switch.environment",
    world=air_world,
    reads=("environment",),
    cases=(
        case("all turn", "PASS"),
        case("all turn, the bmc tells", "PASS", told_by="-bmc"),
        case("all turn, and all expected are there", "PASS", expect=("fan-1", "fan-2")),
        case("one stands still", "FAIL", last=FALSE),
        case("one stands still, the bmc tells", "FAIL", told_by="-bmc", last=FALSE),
        case("none turns", "FAIL", fans=(fan("fan-1", FALSE),)),
        case("one stands still and one is not known", "FAIL",
             fans=(fan("fan-1", FALSE), fan("fan-2", NOT_AVAILABLE))),
        case("one of two of one name stands still", "FAIL",
             fans=(fan("fan", FALSE), fan("fan"))),
        case("an expected one is not listed", "UNKNOWN no_data", expect=("fan-1", "fan-2", "fan-3")),
        case("another is listed in its place", "UNKNOWN no_data", expect=("fan-9",)),
        case("an expected one is not listed and one stands still", "FAIL",
             expect=("fan-3",), last=FALSE),
        case("no fan listed", "UNKNOWN no_data", fans=()),
        case("nothing listed", "UNKNOWN no_data", fans=(), sensors=()),
        case("no fan listed where some are expected", "UNKNOWN no_data", fans=(), expect=("fan-1",)),
        case("no sensor", "PASS", sensors=()),
        case("a sensor that is not read is only recorded", "PASS",
             sensors=(Sensor(name="cpu", temperature_c=ABSENT),)),
        *nothing_told("state", "yes or no", lambda read: {"last": read}),
    ),
)  # fmt: skip

TABLES = (POWERED, BOOTED, HOST_PORTS, SWITCH_PORTS, ENVIRONMENT)
