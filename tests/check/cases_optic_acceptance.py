"""Modules accepted by their own limits, by their like and by medium, good and bad."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from bringup.model.facts import Lane, Optic, Threshold
from bringup.model.measurement import ABSENT, DARK, NOT_AVAILABLE, Read, value
from bringup.model.subject import link
from tests.check.cases_optic import FAR_PORT, PORT
from tests.check.trial import FALSE, TRUE, Table, World, answering, case, nothing_told, written


def limits(quantity: str, low: float, high: float) -> Threshold:
    """Alarms, with warnings a little inside."""
    return Threshold(
        quantity=quantity,
        low_alarm=value(low),
        low_warning=value(low + 0.1),
        high_warning=value(high - 0.1),
        high_alarm=value(high),
    )


OWN = (
    limits("rx_power_dbm", -8.0, 5.0),
    limits("tx_power_dbm", -5.0, 5.0),
    limits("bias_ma", 30.0, 110.0),
    limits("temperature_c", -5.0, 75.0),
)
ZERO = tuple(limits(each.quantity, 0.0, 0.0) for each in OWN)
TURNED = (limits("rx_power_dbm", 5.0, -8.0),)
Level = float | Read


def read(level: Level) -> Read:
    return level if isinstance(level, Read) else value(level)


def four(
    rx: Sequence[Level] = (-1.5,) * 4, tx: Sequence[Level] = (0.5,) * 4, bias: Sequence[Level] = (60.0,) * 4
) -> tuple[Lane, ...]:
    return tuple(
        Lane(index=index, rx_power_dbm=read(one), tx_power_dbm=read(two), bias_ma=read(three))
        for index, (one, two, three) in enumerate(zip(rx, tx, bias, strict=True), 1)
    )


def accepted_world(
    name: str,
    *,
    medium: str = "400GBASE-DR4",
    told: Read | None = None,
    lanes: tuple[Lane, ...] | None = None,
    thresholds: tuple[Threshold, ...] = OWN,
    temperature: Level = 45.0,
    optics: tuple[Optic, ...] | None = None,
    far: tuple[Optic, ...] | None = None,
    serial: Read = ABSENT,
    laser: Read = ABSENT,
    cabled: bool = True,
    answers: dict[str, Any] | None = None,
) -> World:
    here = Optic(
        port=PORT,
        present=TRUE,
        medium=value(medium) if told is None else told,
        serial=serial,
        temperature_c=read(temperature),
        thresholds=thresholds,
        lanes=four() if lanes is None else lanes,
        laser_source_ok=laser,
    )
    other = f"{name}-far"
    table: dict[Any, Any] = {
        (name, "optics"): (here,) if optics is None else optics,
        (other, "optics"): (Optic(port=FAR_PORT, lanes=four()),) if far is None else far,
    }
    answering(table, answers)
    cable = {"a_device": name, "a_port": PORT, "b_device": other, "b_port": FAR_PORT, "medium": medium}
    return World(
        subject=f"{name}/{PORT}",
        devices=[written(name), written(other)],
        ports=[{"device": name, "name": PORT, "optic": medium, "lanes": 4}],
        cables=[cable] if cabled else [],
        table=table,
    )


DARK_LANE = four(rx=(-1.5, DARK, -1.5, -1.5))
LPO, AOC = "400G-DR4-LPO", "400G-AOC"
ACCEPTANCE = Table(
    check="optic.acceptance",
    world=accepted_world,
    reads=("optics",),
    envelope=("base", "optics"),
    cases=(
        case("within its own alarms", "PASS"),
        case("field 16 average minima of the standard prove nothing by themselves", "PASS",
             lanes=four(rx=(-5.95, -5.9, -5.9, -5.9))),
        case("near its lower alarm", "MARGINAL", lanes=four(rx=(-6.1, -5.9, -5.9, -5.9))),
        case("below its lower alarm", "FAIL", lanes=four(rx=(-8.1, -7.9, -7.9, -7.9))),
        case("sends too much by its own alarm", "FAIL", lanes=four(tx=(5.1, 5.0, 5.0, 5.0))),
        case("bias over its own alarm", "FAIL", lanes=four(bias=(111.0, 110.0, 110.0, 110.0))),
        case("temperature near its own alarm", "MARGINAL", temperature=69.9, medium="400GBASE-FR4"),
        case("warmer than its like", "FAIL", temperature=58.0),
        case("not much warmer than its like", "PASS", temperature=54.0),
        case("temperature over its own alarm", "FAIL", thresholds=(limits("temperature_c", -5.0, 60.0),),
             temperature=61.0),
        case("temperature over its rating", "FAIL", temperature=70.5),
        case("sent lanes apart", "MARGINAL", lanes=four(tx=(0.5, 0.5, 0.5, -1.1))),
        case("sent lanes far apart", "FAIL", lanes=four(tx=(0.5, 0.5, 0.5, -1.6))),
        case("received lanes far apart", "FAIL", lanes=four(rx=(0.5, 0.5, 0.5, -2.6))),
        case("one laser works harder", "MARGINAL", lanes=four(bias=(60.0, 60.0, 60.0, 74.0))),
        case("one laser works much harder", "FAIL", lanes=four(bias=(60.0, 60.0, 60.0, 79.0))),
        case("no limits of its own", "PASS", thresholds=()),
        case("limits of zero are none", "PASS", thresholds=ZERO),
        case("limits the wrong way round are none", "PASS", thresholds=TURNED),
        case("two sets of limits are none", "PASS", thresholds=(*OWN, *OWN)),
        case("a dark lane", "UNKNOWN no_data", lanes=DARK_LANE),
        case("three of four lanes", "UNKNOWN no_data", lanes=four()[:3]),
        case("a lane twice", "UNKNOWN unparsable", lanes=(*four(), four()[3])),
        case("a level in words", "UNKNOWN no_data", lanes=four(rx=(value("-1.5"), -1.5, -1.5, -1.5))),
        case("linear, by its own limits", "PASS", medium=LPO),
        case("linear without limits", "UNKNOWN no_data", medium=LPO, thresholds=()),
        case("linear with limits of zero", "UNKNOWN no_data", medium=LPO, thresholds=ZERO),
        case("linear with dark lane", "UNKNOWN no_data", medium=LPO, lanes=DARK_LANE),
        case("linear without lanes", "UNKNOWN no_data", medium=LPO, lanes=()),
        case("sealed, by its own limits", "PASS", medium=AOC),
        case("sealed without limits", "UNKNOWN no_data", medium=AOC, thresholds=()),
        case("copper carries no light", "PASS", medium="400GBASE-CR4", lanes=(), thresholds=()),
        case("no module listed", "UNKNOWN no_data", optics=()),
        case("another medium", "FAIL", told=value("400GBASE-FR4")),
        case("no cable", "PASS", cabled=False),
        case("far end lists nothing", "PASS", far=()),
        *nothing_told("medium", "text", lambda one: {"told": one}),
        *nothing_told("temperature", "number", lambda one: {"temperature": one}),
    ),
)  # fmt: skip


def sealed(serial: Read | None) -> tuple[Optic, ...]:
    return () if serial is None else (Optic(port=FAR_PORT, serial=serial),)


def assembly_world(name: str, **more: Any) -> World:
    """The same, of which the cable is the row."""
    world, far = accepted_world(name, **more), f"{name}-far"
    subject = link(f"{name}/{PORT}", f"{far}/{FAR_PORT}")
    return msgspec.structs.replace(world, subject=subject, beside=(far,))


ASSEMBLY = Table(
    check="optic.assembly",
    world=assembly_world,
    reads=("optics",),
    envelope=("base", "optics"),
    begin={"medium": "400GBASE-CR4", "serial": value("AB1234"), "far": sealed(value("AB1234"))},
    cases=(
        case("one serial", "PASS"),
        case("one serial with blanks", "PASS", far=sealed(value("AB1234  "))),
        case("a letter for each end", "PASS", serial=value("AB1234A"), far=sealed(value("AB1234B"))),
        case("another serial at the far end", "FAIL", far=sealed(value("AB1235"))),
        case("a letter at one end only", "FAIL", serial=value("AB1234A")),
        case("letters that differ in more than one", "FAIL", serial=value("ABA"), far=sealed(value("ACB"))),
        case("sealed cables too", "PASS", medium=AOC),
        case("no serial here", "UNKNOWN no_data", serial=NOT_AVAILABLE),
        case("an empty serial at both ends", "UNKNOWN no_data", serial=value(" "), far=sealed(value(" "))),
        case("a number for a serial", "UNKNOWN no_data", far=sealed(value(1234))),
        case("far end lists no module", "UNKNOWN no_data", far=()),
        case("not a cable assembly", "UNKNOWN no_data", medium="400GBASE-DR4"),
    ),
)  # fmt: skip


def locked(*held: Read) -> tuple[Lane, ...]:
    return tuple(
        Lane(index=index, locked=one, rx_power_dbm=value(-4.0), tx_power_dbm=value(-2.0))
        for index, one in enumerate(held, 1)
    )


def replaced(lanes: tuple[Lane, ...], index: int, **what: Read) -> tuple[Lane, ...]:
    return tuple(msgspec.structs.replace(one, **what) if one.index == index else one for one in lanes)


OCI = "200G-OCI"
EXTERNAL = Table(
    check="optic.external",
    world=accepted_world,
    reads=("optics",),
    envelope=("base", "optics"),
    begin={"medium": OCI, "laser": TRUE, "lanes": locked(TRUE, TRUE, TRUE, TRUE)},
    cases=(
        case("no public limit of its light", "UNKNOWN no_limit"),
        case("one wavelength without a lock", "FAIL", lanes=locked(TRUE, TRUE, FALSE, TRUE)),
        case("external laser with a fault", "FAIL", laser=FALSE),
        case("external laser not told", "UNKNOWN no_limit", laser=ABSENT),
        case("three of four wavelengths", "UNKNOWN no_limit", lanes=locked(TRUE, TRUE, TRUE)),
        case("lock in words", "UNKNOWN no_limit", lanes=locked(TRUE, value("yes"), TRUE, TRUE)),
        case("no module listed", "UNKNOWN no_data", optics=()),
    ),
)  # fmt: skip
LIT = locked(TRUE, TRUE, TRUE, TRUE)
BY_PROFILE = Table(
    check="optic.external",
    world=accepted_world,
    reads=("optics",),
    envelope=("base", "optics", str(Path(__file__).with_name("oci-profile.toml"))),
    begin={"medium": OCI, "laser": TRUE, "lanes": LIT},
    cases=(
        case("within what a profile says", "PASS"),
        case("one wavelength too weak", "FAIL", lanes=replaced(LIT, 2, rx_power_dbm=value(-8.1))),
        case("one wavelength sent too weak", "FAIL", lanes=replaced(LIT, 2, tx_power_dbm=value(-4.1))),
        case("one wavelength without a lock", "FAIL", lanes=locked(TRUE, TRUE, FALSE, TRUE)),
        case("external laser with a fault", "FAIL", laser=FALSE),
        case("external laser not told", "UNKNOWN no_data", laser=ABSENT),
        case("locks not told", "UNKNOWN no_data", lanes=locked(ABSENT, ABSENT, ABSENT, ABSENT)),
        case("lock in words", "UNKNOWN unparsable", lanes=locked(TRUE, value("yes"), TRUE, TRUE)),
        case("three of four wavelengths", "UNKNOWN no_data", lanes=LIT[:3]),
    ),
)  # fmt: skip
TABLES = (ACCEPTANCE, ASSEMBLY, BY_PROFILE)
