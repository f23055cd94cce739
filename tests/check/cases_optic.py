"""Modules, their temperature and the light on their lanes, good and bad."""

from __future__ import annotations

from typing import Any

from bringup.model.facts import Lane, Optic
from bringup.model.measurement import ABSENT, DARK, NOT_AVAILABLE, UNSUPPORTED, Read, value
from bringup.model.verdict import Reading
from tests.check.trial import FALSE, TRUE, Case, Table, World, answering, case, nothing_told, written

PORT, FAR_PORT, MEDIUM = "Ethernet0", "Ethernet8", "400GBASE-DR4"
DR4 = value(MEDIUM)


def module_world(
    name: str,
    *,
    optics: tuple[Optic, ...] | None = None,
    present: Read = TRUE,
    medium: Read = DR4,
    temperature: float | Read = 45.0,
    volts: float | Read = 3.3,
    optic: str | None = MEDIUM,
    answers: dict[str, Any] | None = None,
) -> World:
    told = Optic(
        port=PORT,
        present=present,
        medium=medium,
        part_number=value("LO-400G-DR4"),
        firmware=value("1.2"),
        temperature_c=temperature if isinstance(temperature, Read) else value(temperature),
        supply_voltage_v=volts if isinstance(volts, Read) else value(volts),
    )
    table: dict[Any, Any] = {(name, "optics"): (told,) if optics is None else optics}
    answering(table, answers)
    return World(
        subject=f"{name}/{PORT}",
        devices=[written(name)],
        ports=[{"device": name, "name": PORT, "optic": optic}],
        table=table,
    )


PRESENCE = Table(
    check="optic.presence",
    world=module_world,
    reads=("optics",),
    cases=(
        case("fitted", "PASS"),
        case("not fitted", "FAIL", present=FALSE, medium=ABSENT),
        case("no module listed", "FAIL", optics=()),
        case("only another port listed", "FAIL",
             optics=(Optic(port="Ethernet00", present=TRUE, medium=DR4),)),
        case("another medium", "FAIL", medium=value("400GBASE-FR4")),
        case("a medium in other words", "FAIL", medium=value("400G-DR4")),
        case("an empty medium", "FAIL", medium=value("")),
        case("no medium expected", "UNKNOWN no_limit", optic=None),
        case("fitted, says it is there, and nothing else", "UNKNOWN no_data",
             optics=(Optic(port=PORT, present=TRUE),)),
        case("listed twice", "UNKNOWN unparsable",
             optics=(Optic(port=PORT, present=FALSE), Optic(port=PORT, present=TRUE, medium=DR4))),
        *nothing_told("presence", "yes or no", lambda read: {"present": read}),
        *nothing_told("medium", "text", lambda read: {"medium": read}),
    ),
)  # fmt: skip

TEMPERATURE = Table(
    check="optic.temperature",
    world=module_world,
    reads=("optics",),
    cases=(
        case("warm", "PASS"),
        case("just under the bar", "PASS", temperature=64.9),
        case("at the bar", "MARGINAL", temperature=65.0),
        case("at the rating", "MARGINAL", temperature=70.0),
        case("over the rating", "FAIL", temperature=70.1),
        case("cold", "MARGINAL", temperature=5.0),
        case("just not cold", "PASS", temperature=5.1),
        case("freezing", "MARGINAL", temperature=0.0),
        case("freezing from below", "MARGINAL", temperature=-0.0),
        case("below freezing", "FAIL", temperature=-0.1),
        case("whole degrees", "PASS", temperature=45),
        case("absurd", "FAIL", temperature=1e308),
        case("minus absurd", "FAIL", temperature=-1e308),
        case("beyond every integer", "FAIL", temperature=2**60),
        case("no module listed", "UNKNOWN no_data", optics=()),
        case("listed twice", "UNKNOWN unparsable",
             optics=tuple(Optic(port=PORT, temperature_c=value(degrees)) for degrees in (90.0, 45.0))),
        case("supply at its upper edge", "PASS", volts=3.465),
        case("supply at its lower edge", "PASS", volts=3.135),
        case("supply too high", "FAIL", volts=3.466),
        case("supply too low", "FAIL", volts=3.134),
        case("supply not told", "PASS", volts=ABSENT),
        case("supply not available", "UNKNOWN no_data", volts=NOT_AVAILABLE),
        case("supply unsupported", "UNKNOWN no_data", volts=UNSUPPORTED),
        case("supply in words", "UNKNOWN unparsable", volts=value("3.3")),
        *nothing_told("temperature", "number", lambda read: {"temperature": read}),
    ),
)  # fmt: skip

GOOD_RX, GOOD_TX = -1.5, 0.5
Power = float | Read


def lanes(
    count: int = 4, *, rx: Power = GOOD_RX, tx: Power = GOOD_TX, **one: dict[int, Power]
) -> tuple[Lane, ...]:
    """`count` lanes alike, but for those in `one_rx` and `one_tx`: lane -> power in dBm."""
    powers = {
        index: {"rx": one.get("one_rx", {}).get(index, rx), "tx": one.get("one_tx", {}).get(index, tx)}
        for index in range(1, count + 1)
    }
    return tuple(
        Lane(index=index, rx_power_dbm=_read(both["rx"]), tx_power_dbm=_read(both["tx"]))
        for index, both in powers.items()
    )


def _read(power: Power) -> Read:
    return power if isinstance(power, Read) else value(power)


def light_world(
    name: str,
    *,
    near: tuple[Lane, ...] | None = None,
    far: tuple[Lane, ...] | str | None = "",
    port: dict[str, Any] | None = None,
    optics: tuple[Optic, ...] | None = None,
    cable: bool = True,
    answers: dict[str, Any] | None = None,
) -> World:
    """`far` None: the far end tells of no module; a word: it is lit."""
    far_lanes = lanes() if isinstance(far, str) else far
    there = () if far_lanes is None else (Optic(port=FAR_PORT, present=TRUE, lanes=far_lanes),)
    here = (Optic(port=PORT, present=TRUE, serial=value("LQ1"), lanes=lanes() if near is None else near),)
    table: dict[Any, Any] = {
        (name, "optics"): here if optics is None else optics,
        (f"{name}-far", "optics"): there,
    }
    answering(table, answers)
    stated = {"optic": MEDIUM} if port is None else port
    ends = {"a_device": name, "a_port": PORT, "b_device": f"{name}-far", "b_port": FAR_PORT}
    return World(
        subject=f"{name}/{PORT}",
        devices=[written(name), written(f"{name}-far")],
        ports=[
            {"device": name, "name": PORT, **stated},
            {"device": f"{name}-far", "name": FAR_PORT, "optic": MEDIUM},
        ],
        cables=[ends] if cable else [],
        table=table,
        beside=(f"{name}-far",),
    )


def one_dark(name: str, expected: str, **over: Any) -> Case:
    return case(name, expected, near=lanes(one_rx={3: DARK}), **over)


LEVELS = Table(
    check="optic.levels",
    world=light_world,
    reads=("optics",),
    cases=(
        case("lit", "PASS"),
        # received
        case("all at the bar above the weakest", "MARGINAL", near=lanes(rx=-4.9)),
        case("all just above the bar", "PASS", near=lanes(rx=-4.89)),
        case("all at the weakest", "MARGINAL", near=lanes(rx=-5.9)),
        case("all too weak", "FAIL", near=lanes(rx=-5.91)),
        case("one too weak", "FAIL", near=lanes(one_rx={4: -5.91})),
        case("all near too strong", "MARGINAL", near=lanes(rx=3.0)),
        case("all at the strongest", "MARGINAL", near=lanes(rx=4.0)),
        case("all too strong", "FAIL", near=lanes(rx=4.01)),
        case("one too strong", "FAIL", near=lanes(one_rx={1: 4.01})),
        case("a floor printed as a number", "FAIL", near=lanes(one_rx={2: -40.0})),
        case("a milliwatt", "PASS", near=lanes(rx=0.0)),
        case("minus nothing", "PASS", near=lanes(rx=-0.0)),
        case("absurd", "FAIL", near=lanes(one_rx={2: 1e308})),
        case("absurd both ways", "FAIL", near=lanes(one_rx={2: 1e308, 3: -1e308})),
        case("beyond every integer", "FAIL", near=lanes(one_rx={2: 2**60})),
        # lanes against each other
        case("apart by less than the bar", "PASS", near=lanes(one_rx={2: -3.49})),
        case("apart by the bar", "MARGINAL", near=lanes(one_rx={2: -3.5})),
        case("apart by the most", "MARGINAL", near=lanes(one_rx={2: -4.5})),
        case("too far apart", "FAIL", near=lanes(one_rx={2: -4.51})),
        # sent
        case("sent at the bar", "MARGINAL", near=lanes(tx=-2.4)),
        case("sent just above the bar", "PASS", near=lanes(tx=-2.39)),
        case("sent at the weakest", "MARGINAL", near=lanes(tx=-2.9)),
        case("one sent too weak", "FAIL", near=lanes(one_tx={1: -2.91})),
        case("sent at the strongest", "MARGINAL", near=lanes(tx=4.0)),
        case("one sent too strong", "FAIL", near=lanes(one_tx={1: 4.01})),
        case("one own laser dark", "FAIL", near=lanes(one_tx={1: DARK})),
        # old monitors
        case("two minutes old", "PASS", near=lanes(rx=value(-1.0, age_s=120.0))),
        case("older", "UNKNOWN stale", near=lanes(one_rx={2: value(-1.0, age_s=120.5)})),
        case("what was sent is older", "UNKNOWN stale", near=lanes(one_tx={1: value(-1.0, age_s=121)})),
        case("old and too weak", "UNKNOWN stale", near=lanes(rx=value(-9.0, age_s=500.0))),
        case("an old darkness", "UNKNOWN stale",
             near=lanes(one_rx={2: Read(Reading.DARK, age_s=500.0)})),
        one_dark("one dark, far end lit two minutes ago", "FAIL", far=lanes(tx=value(-1.0, age_s=120.0))),
        one_dark("one dark, far end lit before that", "UNKNOWN far_end_not_lit",
                 far=lanes(tx=value(-1.0, age_s=121.0))),
        # dark, and the far end
        one_dark("one dark, far end lit", "FAIL"),
        case("all dark, far end lit", "FAIL", near=lanes(rx=DARK)),
        one_dark("one dark, far end just proven", "FAIL", far=lanes(tx=-14.9)),
        one_dark("one dark, far end dark", "UNKNOWN far_end_not_lit", far=lanes(tx=DARK)),
        case("all dark, far end dark", "UNKNOWN far_end_not_lit", near=lanes(rx=DARK), far=lanes(tx=DARK)),
        one_dark("one dark, one far lane dark", "UNKNOWN far_end_not_lit", far=lanes(one_tx={1: DARK})),
        one_dark("one dark, far end as good as off", "UNKNOWN far_end_not_lit", far=lanes(tx=-15.0)),
        one_dark("one dark, far end not available", "UNKNOWN far_end_not_lit", far=lanes(tx=NOT_AVAILABLE)),
        one_dark("one dark, far end absent", "UNKNOWN far_end_not_lit", far=lanes(tx=ABSENT)),
        one_dark("one dark, far end in words", "UNKNOWN far_end_not_lit", far=lanes(tx=value("0.5"))),
        one_dark("one dark, far end tells no lane", "UNKNOWN far_end_not_lit", far=()),
        one_dark("one dark, far end tells no module", "UNKNOWN far_end_not_lit", far=None),
        one_dark("one dark, no cable known", "UNKNOWN far_end_not_lit", cable=False),
        case("one dark and one too weak, far end dark", "FAIL",
             near=lanes(one_rx={1: DARK, 2: -9.0}), far=lanes(tx=DARK)),
        # lanes that are not there
        case("a lane less", "UNKNOWN no_data", near=lanes(3)),
        case("no lane", "UNKNOWN no_data", near=()),
        case("lanes counted from nought", "UNKNOWN no_data",
             near=tuple(Lane(index=at, rx_power_dbm=value(0.0), tx_power_dbm=value(0.0)) for at in range(4))),
        case("no module listed", "UNKNOWN no_data", optics=()),
        case("only another port listed", "UNKNOWN no_data", optics=(Optic(port="Eth1", lanes=lanes()),)),
        case("a lane less, and the others too weak", "FAIL", near=lanes(3, rx=-9.0)),
        case("a lane more than the medium has", "PASS", near=lanes(5)),
        case("a lane more than the medium has, and dark", "FAIL", near=lanes(5, one_rx={5: DARK})),
        case("a lane told twice", "UNKNOWN unparsable",
             near=(*lanes(3), Lane(index=4, rx_power_dbm=DARK, tx_power_dbm=value(0.0)), *lanes()[3:])),
        case("a module told twice", "UNKNOWN unparsable",
             optics=(Optic(port=PORT, lanes=lanes(rx=-9.0)), Optic(port=PORT, lanes=lanes()))),
        # what is stated
        case("a medium without limits", "UNKNOWN no_limit", port={"optic": "400GBASE-LR4"}),
        case("lanes without a medium", "UNKNOWN no_limit", port={"lanes": 4}),
        case("an eight-lane medium with four lanes", "UNKNOWN no_data", port={"optic": "800GBASE-DR8"}),
        case("an eight-lane medium", "PASS", port={"optic": "800GBASE-DR8"}, near=lanes(8)),
        case("another medium's limits", "PASS", port={"optic": "400GBASE-FR4"}, near=lanes(rx=-6.2)),
        *nothing_told("received on one lane", "number", lambda read: {"near": lanes(one_rx={4: read})}),
        *nothing_told("received on all lanes", "number", lambda read: {"near": lanes(rx=read)}),
        *nothing_told("sent on one lane", "number", lambda read: {"near": lanes(one_tx={4: read})}),
    ),
)  # fmt: skip

TABLES = (PRESENCE, TEMPERATURE, LEVELS)
