"""Reach, identity, firmware and clock, good and bad."""

from __future__ import annotations

from typing import Any

from bringup.model.facts import Clock, Identity
from bringup.model.measurement import ABSENT, DARK, NOT_AVAILABLE, UNSUPPORTED, Read, value
from tests.check.trial import FALSE, NOON, TRUE, Table, World, answering, case, nothing_told, written

SERIAL, MODEL, NAME, RELEASE = value("SN-1"), value("M-1"), value("leaf-1"), value("202411.3")


def identity_world(
    name: str,
    *,
    expect: dict[str, Any] | None = None,
    serial: Read = SERIAL,
    model: Read = MODEL,
    hostname: Read = NAME,
    release: Read = RELEASE,
    firmware: dict[str, Read] | None = None,
    answers: dict[str, Any] | None = None,
) -> World:
    told = Identity(
        serial=serial, model=model, hostname=hostname, os_version=release, firmware=firmware or {}
    )
    table: dict[Any, Any] = {(name, "identity"): told}
    answering(table, answers)
    stated = {"serial": "SN-1", "model": "M-?", "hostname": "leaf-1", "os": "202411.*"}
    return World(
        subject=name,
        devices=[written(name, expect=stated if expect is None else expect)],
        table=table,
    )


REACH = Table(
    check="management.reach",
    world=identity_world,
    reads=("identity",),
    cases=(
        case("it answers", "PASS"),
        case("it tells its name alone", "PASS", serial=ABSENT, model=ABSENT, release=ABSENT),
        case(
            "it answers and tells nothing",
            "UNKNOWN no_data",
            serial=ABSENT,
            model=ABSENT,
            hostname=ABSENT,
            release=ABSENT,
        ),
    ),
)

IDENTITY = Table(
    check="management.identity",
    world=identity_world,
    reads=("identity",),
    cases=(
        case("as expected", "PASS"),
        case("another serial", "FAIL", serial=value("SN-2")),
        case("a serial in small letters", "FAIL", serial=value("sn-1")),
        case("an empty serial", "FAIL", serial=value("")),
        case("a serial with a tail", "FAIL", serial=value("SN-1\n")),
        case("another model", "FAIL", model=value("N-1")),
        case("another name", "FAIL", hostname=value("leaf-2")),
        case("no serial expected", "UNKNOWN no_limit", expect={"model": "M-1", "hostname": "leaf-1"}),
        case("no model expected and none told", "PASS", expect={"serial": "SN-1"}, model=ABSENT),
        *nothing_told("serial", "text", lambda read: {"serial": read}),
        *nothing_told("model", "text", lambda read: {"model": read}),
        *nothing_told("hostname", "text", lambda read: {"hostname": read}),
    ),
)

FIRMWARE = Table(
    check="management.firmware",
    world=identity_world,
    reads=("identity",),
    cases=(
        case("as expected", "PASS"),
        case("another release", "FAIL", release=value("202405.3")),
        case("an empty release", "FAIL", release=value("")),
        case("no release expected", "UNKNOWN no_limit", expect={"serial": "SN-1"}),
        case("components are recorded", "PASS", firmware={"bios": value("1.2"), "cpld": NOT_AVAILABLE}),
        *nothing_told("release", "text", lambda read: {"release": read}),
    ),
)


def clock_world(
    name: str,
    *,
    off_s: float = 0.0,
    unix: Read | None = None,
    synchronized: Read = ABSENT,
    answers: dict[str, Any] | None = None,
) -> World:
    told = Clock(unix_s=value(NOON + off_s) if unix is None else unix, synchronized=synchronized)
    table: dict[Any, Any] = {(name, "clock"): told}
    answering(table, answers)
    return World(subject=name, devices=[written(name)], table=table)


CLOCK = Table(
    check="management.clock",
    world=clock_world,
    reads=("clock",),
    cases=(
        case("right", "PASS"),
        case("just inside the bar", "PASS", off_s=0.99),
        case("at the bar", "MARGINAL", off_s=1.0),
        case("behind the bar", "MARGINAL", off_s=-1.5),
        case("at the limit", "MARGINAL", off_s=5.0),
        case("slow by the limit", "MARGINAL", off_s=-5.0),
        case("just outside", "FAIL", off_s=5.001),
        case("slow", "FAIL", off_s=-5.001),
        case("an hour off", "FAIL", off_s=3600.0),
        case("never set", "FAIL", unix=value(0)),
        case("whole seconds are enough", "PASS", unix=value(int(NOON))),
        case("absurd", "FAIL", unix=value(1e308)),
        case("minus absurd", "FAIL", unix=value(-1e308)),
        case("a word", "UNKNOWN unparsable", unix=value("noon")),
        case("a number in words", "UNKNOWN unparsable", unix=value(str(NOON))),
        case("absent", "UNKNOWN no_data", unix=ABSENT),
        case("not available", "UNKNOWN no_data", unix=NOT_AVAILABLE),
        case("unsupported", "UNKNOWN no_data", unix=UNSUPPORTED),
        case("dark", "FAIL", unix=DARK),
        case("following a source", "PASS", synchronized=TRUE),
        case("following nothing", "FAIL", synchronized=FALSE),
        case("nobody knows what it follows", "UNKNOWN no_data", synchronized=NOT_AVAILABLE),
        case("follows in words", "UNKNOWN unparsable", synchronized=value("yes")),
    ),
)

TABLES = (REACH, IDENTITY, FIRMWARE, CLOCK)
