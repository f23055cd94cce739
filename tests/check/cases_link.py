"""Links: state, neighbours and errors, good and bad. One end is judged with the other; either may be bad."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from bringup.check.watching import LOOKS
from bringup.model.facts import FecCounters, Neighbor, Port
from bringup.model.measurement import ABSENT, DARK, NOT_AVAILABLE, UNSUPPORTED, Read, value
from bringup.model.subject import link
from tests.check.trial import FALSE, NOON, TRUE, Table, World, answering, case, nothing_told, written

NEAR, FAR, SPARE = "Ethernet0", "Ethernet4/1", "Ethernet5/1"
STATED = {"speed_gbps": 400, "fec": "rs544"}
SPEED, RS544, RS528 = value(400.0), value("rs544"), value("rs528")


def cabled(name: str, table: dict[Any, Any], stated: dict[str, Any] | None, **more: Any) -> World:
    """Two devices and the cable between them; the row is the link's."""
    far = f"{name}-far"
    want = STATED if stated is None else stated
    return World(
        subject=link(f"{name}/{NEAR}", f"{far}/{FAR}"),
        devices=[written(name), written(far, **more)],
        ports=[{"device": name, "name": NEAR, **want}, {"device": far, "name": FAR, **want}],
        cables=[{"a_device": name, "a_port": NEAR, "b_device": far, "b_port": FAR}],
        table=table,
        beside=(far,),
    )


def up(name: str, **over: Read) -> Port:
    good: dict[str, Any] = {"admin_up": TRUE, "oper_up": TRUE, "speed_gbps": SPEED, "fec_mode": RS544}
    return Port(name=name, **{**good, **over})


def state_world(
    name: str,
    *,
    ports: tuple[Port, ...] | None = None,
    far: dict[str, Read] | None = None,
    stated: dict[str, Any] | None = None,
    answers: dict[str, Any] | None = None,
    **near: Read,
) -> World:
    """`near` and `far` are what differs at the two ends; `ports` all that the near end lists."""
    table: dict[Any, Any] = {
        (name, "ports"): (up("Ethernet00"), up(NEAR, **near)) if ports is None else ports,
        (f"{name}-far", "ports"): (up(FAR, **(far or {})),),
    }
    answering(table, answers)
    return cabled(name, table, stated)


STATE = Table(
    check="link.state",
    world=state_world,
    reads=("ports",),
    cases=(
        case("up as expected", "PASS"),
        case("whole gigabits", "PASS", speed_gbps=value(400)),
        case("down", "FAIL", oper_up=FALSE),
        case("down at the far end", "FAIL", far={"oper_up": FALSE}),
        case("slower", "FAIL", speed_gbps=value(200.0)),
        case("slower at the far end", "FAIL", far={"speed_gbps": value(200.0)}),
        case("faster", "FAIL", speed_gbps=value(800.0)),
        case("no speed", "FAIL", speed_gbps=value(0)),
        case("another fec", "FAIL", fec_mode=RS528),
        case("another fec at the far end", "FAIL", far={"fec_mode": RS528}),
        case("no fec", "FAIL", fec_mode=value("none")),
        case("port not listed", "FAIL", ports=()),
        case("only another port listed", "FAIL", ports=(up("Ethernet00"),)),
        case("listed twice", "UNKNOWN unparsable", ports=(up(NEAR, oper_up=FALSE), up(NEAR))),
        case("neither speed nor fec expected", "PASS", stated={}, speed_gbps=ABSENT, fec_mode=ABSENT),
        case("down, and nothing expected", "FAIL", stated={}, oper_up=FALSE),
        case("down, and set to another speed and fec", "FAIL", oper_up=FALSE,
             speed_gbps=ABSENT, fec_mode=ABSENT, speed_set_gbps=value(200.0), fec_set=value("none")),
        case("set as expected, and nobody knows what runs", "UNKNOWN no_data",
             speed_gbps=ABSENT, fec_mode=ABSENT, speed_set_gbps=value(400.0), fec_set=value("rs544")),
        case("far end tells nothing", "UNKNOWN no_data",
             far={"oper_up": ABSENT, "speed_gbps": ABSENT, "fec_mode": ABSENT}),
        case("down here, and nothing told there", "FAIL", oper_up=FALSE, far={"oper_up": ABSENT}),
        *nothing_told("state", "yes or no", lambda read: {"oper_up": read}),
        *nothing_told("speed", "number", lambda read: {"speed_gbps": read}),
        *nothing_told("fec", "text", lambda read: {"fec_mode": read}),
        *nothing_told("state of the far end", "yes or no", lambda read: {"far": {"oper_up": read}}),
    ),
)  # fmt: skip


def neighbor(port: str, system: str | Read, seen_port: str | Read, **more: Read) -> Neighbor:
    return Neighbor(
        local_port=port,
        system_name=system if isinstance(system, Read) else value(system),
        port_id=seen_port if isinstance(seen_port, Read) else value(seen_port),
        **more,
    )


def cabling_world(
    name: str,
    *,
    near: tuple[tuple[str | Read, str | Read], ...] | None = None,
    far: tuple[tuple[str | Read, str | Read], ...] | None = None,
    hostname: str | None = None,
    spare: bool = False,
    answers: dict[str, Any] | None = None,
    **more: Read,
) -> World:
    """`near` and `far`: (system name, port) of all that each end sees; `@` is the other device's own name.
    With `spare` a second cable, of which no link is asked, ends in the far device.
    """

    def seen(port: str, other: str, told: tuple[tuple[str | Read, str | Read], ...]) -> tuple[Neighbor, ...]:
        return tuple(
            neighbor(port, who.replace("@", other) if isinstance(who, str) else who, where, **more)
            for who, where in told
        )

    table: dict[Any, Any] = {
        (name, "neighbors"): (
            neighbor("Ethernet00", "stranger", "1"),
            *seen(NEAR, f"{name}-far", near if near is not None else (("@", FAR),)),
        ),
        (f"{name}-far", "neighbors"): seen(FAR, name, far if far is not None else (("@", NEAR),)),
    }
    answering(table, answers)
    world = cabled(name, table, None, expect={"hostname": hostname} if hostname else {})
    if spare:
        world.devices.append(written(f"{name}-third"))
        second = {"a_device": f"{name}-third", "a_port": NEAR, "b_device": f"{name}-far", "b_port": SPARE}
        world.cables.append(second)
        world.ports.extend(
            {"device": second[f"{side}_device"], "name": second[f"{side}_port"]} for side in "ab"
        )
    return world


NEIGHBORS = Table(
    check="link.neighbors",
    world=cabling_world,
    reads=("neighbors",),
    cases=(
        case("both see each other", "PASS"),
        case("with a domain", "PASS", near=(("@.rack.example", FAR),)),
        case("in capitals", "PASS", near=(("IN-CAPITALS-FAR", FAR),)),
        case("by the host name expected", "PASS", near=(("tor7", FAR),), hostname="tor7"),
        case("by an alias, and its name as the description", "PASS",
             near=(("@", "etp1"),), port_description=value(FAR)),
        case("by its name, described in words", "PASS", port_description=value("uplink of row 7")),
        case("by an alias, and another name as the description", "FAIL",
             near=(("@", "etp1"),), port_description=value("Ethernet4/2")),
        case("by a name and another one as the description, both cabled", "UNKNOWN no_data",
             near=(("@", FAR),), port_description=value(SPARE), spare=True),
        case("heard a minute ago", "PASS", heard_ago_s=value(60.0)),
        case("not heard for longer", "UNKNOWN stale", heard_ago_s=value(61)),
        case("somebody else, not heard for longer", "UNKNOWN stale",
             near=(("stranger", FAR),), heard_ago_s=value(61)),
        case("an entry that is old and says no more", "PASS", age_s=value(9e6)),
        case("an old entry, heard just now", "PASS", age_s=value(9e6), heard_ago_s=value(3)),
        case("another port", "FAIL", near=(("@", "Ethernet4/2"),)),
        case("another port at the far end", "FAIL", far=(("@", "Ethernet8"),)),
        case("a port in capitals", "FAIL", near=(("@", FAR.upper()),)),
        case("another device", "FAIL", near=(("stranger", FAR),)),
        case("a name that only begins alike", "FAIL", near=(("@9", FAR),)),
        case("itself", "FAIL", near=(("itself", FAR),)),
        case("nobody", "FAIL", near=()),
        case("nobody at the far end", "FAIL", far=()),
        case("two", "FAIL", near=(("@", FAR), ("stranger", "1"))),
        case("two of one name", "FAIL", near=(("@", FAR), ("@", "Ethernet4/2"))),
        case("two and one of them without a name", "FAIL", near=(("@", FAR), (ABSENT, ABSENT))),
        case("an empty name", "FAIL", near=(("", FAR),)),
        case("a name that is a number", "FAIL", near=((value(7), FAR),)),
        case("an arrow for a name", "FAIL", near=(("a<->b", FAR),)),
        case("somebody without a name", "UNKNOWN no_data", near=((ABSENT, FAR),)),
        case("somebody whose name is not available", "UNKNOWN no_data", near=((NOT_AVAILABLE, FAR),)),
        case("somebody whose name is unsupported", "UNKNOWN no_data", near=((UNSUPPORTED, FAR),)),
        case("somebody whose name is dark", "UNKNOWN no_data", near=((DARK, FAR),)),
        case("the right one without a port", "UNKNOWN no_data", near=(("@", ABSENT),)),
    ),
)  # fmt: skip

NOTHING = FecCounters(port=NEAR)
TOTALS = ("corrected_codewords", "uncorrectable_codewords", "symbol_errors", "flap_count")
Counts = dict[str, Any]


def counters(port: str, counts: Counts) -> FecCounters:
    told = {name: each if isinstance(each, Read) else value(each) for name, each in counts.items()}
    return FecCounters(port=port, **told)


BEFORE: Counts = dict.fromkeys(TOTALS, 1000)
CLEAN: Counts = {**BEFORE, "corrected_codewords": 1_900_000, "symbol_errors": 2_000_000}
"""After 120 s at 400 Gb/s, in which 5.1e13 bits pass: a ratio of 4e-8."""


def errors_world(
    name: str,
    *,
    first: Counts | None = None,
    last: Counts | None = None,
    only: tuple[Counts, Counts] | None = None,
    far: tuple[Counts, Counts] | None = None,
    ports: tuple[tuple[Port, ...], tuple[Port, ...]] | None = None,
    rows: tuple[tuple[FecCounters, ...], tuple[FecCounters, ...]] | None = None,
    looks: Sequence[Counts] = (),
    stated: dict[str, Any] | None = None,
    answers: dict[str, Any] | None = None,
) -> World:
    """`first` and `last` are added to what a clean port counts; `only` and `far` are all that it counts.

    `looks` are what each look sees instead, added to what stood at the beginning.
    """
    near = (
        tuple({**BEFORE, **each} for each in looks)
        or only
        or ({**BEFORE, **(first or {})}, {**CLEAN, **(last or {})})
    )
    told = rows or tuple((counters("Ethernet00", CLEAN), counters(NEAR, each)) for each in near)
    table: dict[Any, Any] = {
        (name, "fec_counters"): in_turn(told),
        (f"{name}-far", "fec_counters"): in_turn(
            tuple((counters(FAR, each),) for each in (far or (BEFORE, CLEAN)))
        ),
        (name, "ports"): in_turn(ports or ((up(NEAR),), (up(NEAR),))),
        (f"{name}-far", "ports"): in_turn(((up(FAR),), (up(FAR),))),
    }
    answering(table, answers)
    return cabled(name, table, stated)


def in_turn(told: tuple[Any, ...]) -> Any:
    """An answer for the beginning of the window and one for every look after it."""
    left = list(told)
    return lambda: left.pop(0) if len(left) > 1 else left[0]


def since(first: Counts, last: Counts) -> dict[str, Any]:
    return {"only": ({**NO_LOSS, **first}, {**NO_LOSS, **last})}


NO_LOSS: Counts = {"uncorrectable_codewords": 0}
DOWN = (up(NEAR, oper_up=FALSE),)
UP = (up(NEAR),)
STILL = BEFORE

ERRORS = Table(
    check="link.errors",
    world=errors_world,
    reads=("fec_counters", "ports"),
    step={"window_s": 120.0},
    cases=(
        case("clean", "PASS"),
        case("no error at all", "PASS", last=STILL),
        case("huge totals that grow by little", "PASS",
             first=dict.fromkeys(TOTALS, 2**60), last=dict.fromkeys(TOTALS, 2**60)),
        # codewords and flaps
        case("one uncorrectable codeword", "FAIL", last={"uncorrectable_codewords": 1001}),
        case("part of one, where the totals are no integers", "FAIL",
             first={"uncorrectable_codewords": 0.0}, last={"uncorrectable_codewords": 0.5}),
        case("one at the far end", "FAIL", far=(BEFORE, {**CLEAN, "uncorrectable_codewords": 1001})),
        case("one flap", "FAIL", last={"flap_count": 1001}),
        case("nobody counts flaps", "PASS", first={"flap_count": ABSENT}, last={"flap_count": ABSENT}),
        # ratio
        case("some errors", "MARGINAL", last={"symbol_errors": 50_000_000}),
        case("many errors", "FAIL", last={"symbol_errors": 5_000_000_000}),
        case("many errors at the far end", "FAIL", far=(BEFORE, {**CLEAN, "symbol_errors": 5 * 10**9})),
        case("absurdly many errors", "FAIL", first={"symbol_errors": 0.0}, last={"symbol_errors": 1e308}),
        case("beyond every integer", "FAIL", last={"symbol_errors": 2**60}),
        case("nothing, and minus nothing", "PASS",
             first={"symbol_errors": 0.0}, last={"symbol_errors": -0.0}),
        case("bits count more than symbols: few", "PASS",
             **since({"corrected_bits": 0, "symbol_errors": 0},
                     {"corrected_bits": 2_000_000, "symbol_errors": 5 * 10**9})),
        case("bits count more than symbols: many", "FAIL",
             **since({"corrected_bits": 0, "symbol_errors": 0},
                     {"corrected_bits": 5 * 10**9, "symbol_errors": 2_000_000})),
        case("bits not available, symbols few", "PASS",
             **since({"symbol_errors": 0}, {"corrected_bits": NOT_AVAILABLE, "symbol_errors": 2_000_000})),
        case("bits not available, symbols many", "FAIL",
             **since({"symbol_errors": 0}, {"corrected_bits": NOT_AVAILABLE, "symbol_errors": 5 * 10**9})),
        case("codewords alone, few", "PASS",
             **since({"corrected_codewords": 0}, {"corrected_codewords": 2_000_000})),
        case("codewords alone, many", "FAIL",
             **since({"corrected_codewords": 0}, {"corrected_codewords": 5 * 10**9})),
        case("codewords alone, and a worse ratio of its own", "FAIL",
             **since({"corrected_codewords": 0}, {"corrected_codewords": 2_000_000, "pre_fec_ber": 1e-4})),
        case("codewords alone, and a better ratio of its own", "FAIL",
             **since({"corrected_codewords": 0}, {"corrected_codewords": 5 * 10**9, "pre_fec_ber": 1e-9})),
        case("more codewords than can have passed", "UNKNOWN no_data",
             **since({"corrected_codewords": 0}, {"corrected_codewords": 10**13})),
        # the port's own ratio
        case("a ratio of its own beside counts is only recorded", "PASS", last={"pre_fec_ber": 1e-3}),
        case("nothing but a good ratio of its own", "UNKNOWN no_data", **since({}, {"pre_fec_ber": 1e-12})),
        case("nothing but a ratio of nought", "UNKNOWN no_data", **since({}, {"pre_fec_ber": 0.0})),
        case("nothing but a bad ratio of its own", "UNKNOWN no_data", **since({}, {"pre_fec_ber": 1e-3})),
        # windows that prove nothing
        *(case(f"{total} cleared again and again", "UNKNOWN no_data",
               looks=[{total: count} for count in (9, 0) * LOOKS])
          for total in TOTALS),
        *(case(f"{total} cleared once, then a window without error", "PASS", looks=({}, {total: 0}))
          for total in TOTALS),
        case("bits cleared once, then a window without error", "PASS",
             first={"corrected_bits": 7}, last={"corrected_bits": 0}),
        case("cleared once, then many errors", "FAIL",
             looks=[{}, *([{"symbol_errors": 0}] * LOOKS), {"symbol_errors": 5 * 10**9}]),
        case("cleared again and again, and a good ratio of its own", "UNKNOWN no_data",
             looks=[{"symbol_errors": errors, "pre_fec_ber": 1e-12} for errors in (1000, 0) * LOOKS]),
        case("cleared, and a codeword lost before", "FAIL",
             last={"symbol_errors": 0, "uncorrectable_codewords": 1001}),
        case("cleared, and codewords lost since", "FAIL", last={"uncorrectable_codewords": 999}),
        case("cleared, and flaps since", "FAIL", last={"flap_count": 999}),
        case("the device tells of a clearing that no total shows, each time", "UNKNOWN no_data",
             looks=[{"cleared_unix_s": NOON + step} for step in range(2 * LOOKS + 1)]),
        case("the device tells of one clearing that no total shows", "PASS",
             looks=({"cleared_unix_s": NOON}, {"cleared_unix_s": NOON + 60.0})),
        case("the device tells of a clearing long ago", "PASS",
             first={"cleared_unix_s": NOON - 1e6}, last={"cleared_unix_s": NOON - 1e6}),
        # old samples
        case("the device has taken no new sample", "UNKNOWN stale",
             first={"sampled_unix_s": NOON - 500.0}, last={"sampled_unix_s": NOON - 500.0}),
        case("no new sample, and a codeword lost", "UNKNOWN stale",
             first={"sampled_unix_s": NOON - 500.0},
             last={"sampled_unix_s": NOON - 500.0, "uncorrectable_codewords": 1001}),
        case("the device stopped sampling half a minute into the window", "UNKNOWN stale",
             first={"sampled_unix_s": NOON - 30.0}, last={"sampled_unix_s": NOON}),
        case("its samples come each half minute", "PASS",
             first={"sampled_unix_s": NOON - 1.0}, last={"sampled_unix_s": NOON + 90.0}),
        case("its clock was set back", "UNKNOWN stale",
             first={"sampled_unix_s": NOON}, last={"sampled_unix_s": NOON - 3600.0}),
        case("its clock is a year ahead", "PASS",
             first={"sampled_unix_s": NOON + 3e7}, last={"sampled_unix_s": NOON + 3e7 + 120.0}),
        case("only one look is stamped", "PASS", last={"sampled_unix_s": NOON - 1e6}),
        case("it corrects errors and no total moves", "UNKNOWN stale", last={**STILL, "pre_fec_ber": 1e-9}),
        case("nothing to correct and no total moves", "PASS", last={**STILL, "pre_fec_ber": 0.0}),
        case("down at the end", "FAIL", ports=(UP, DOWN), last=STILL),
        case("down at the beginning", "FAIL", ports=(DOWN, UP), last=STILL),
        case("down all the time, its totals standing still", "FAIL", ports=(DOWN, DOWN), last=STILL),
        case("nobody knows whether it was up", "UNKNOWN no_data", ports=((up(NEAR, oper_up=ABSENT),), UP)),
        case("nobody knows whether it is up", "UNKNOWN no_data",
             ports=(UP, (up(NEAR, oper_up=NOT_AVAILABLE),))),
        case("up in words", "UNKNOWN unparsable", ports=(UP, (up(NEAR, oper_up=value("up")),))),
        case("the port is gone at the end", "UNKNOWN no_data", ports=(UP, ())),
        case("the port was not there at the beginning", "UNKNOWN no_data", ports=((), UP)),
        case("the port is listed twice", "UNKNOWN unparsable", ports=((*UP, *UP), UP)),
        # what is not told
        case("no counter listed", "UNKNOWN no_data", rows=((), ())),
        case("only another port's counters listed", "UNKNOWN no_data",
             rows=((counters("Ethernet00", BEFORE),), (counters("Ethernet00", CLEAN),))),
        case("counters gone at the end", "UNKNOWN no_data", rows=((counters(NEAR, BEFORE),), ())),
        case("counters only at the end", "UNKNOWN no_data", rows=((), (counters(NEAR, CLEAN),))),
        case("counters told twice", "UNKNOWN unparsable",
             rows=((counters(NEAR, BEFORE), counters(NEAR, CLEAN)), (counters(NEAR, CLEAN),))),
        case("a port without any counter", "UNKNOWN no_data", rows=((NOTHING,), (NOTHING,))),
        case("uncorrectable only told at the end", "UNKNOWN no_data",
             first={"uncorrectable_codewords": NOT_AVAILABLE}),
        case("less than nothing", "UNKNOWN no_data",
             first={"uncorrectable_codewords": -1}, last={"uncorrectable_codewords": -1}),
        case("symbols less than nothing", "UNKNOWN no_data",
             **since({"symbol_errors": -1}, {"symbol_errors": -1})),
        case("symbols in words", "UNKNOWN unparsable", last={"symbol_errors": value("1001")}),
        case("symbols in words at first", "UNKNOWN unparsable", first={"symbol_errors": value("1000")}),
        case("no speed expected", "UNKNOWN no_data", stated={"fec": "rs544"}),
        *nothing_told("uncorrectable", "number", lambda read: {"last": {"uncorrectable_codewords": read}}),
        *nothing_told("symbols and nothing else", "number",
                      lambda read: since({"symbol_errors": 0}, {"symbol_errors": read})),
    ),
)  # fmt: skip

TABLES = (STATE, NEIGHBORS, ERRORS)


def with_port(world: World, **facts: Read) -> World:
    """`world`, with the near port otherwise than told at the end of the window."""
    key = next(key for key in world.table if key[1] == "ports")
    table = {**world.table, key: in_turn((UP, (up(NEAR, **facts),)))}
    return msgspec.structs.replace(world, table=table)
