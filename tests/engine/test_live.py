"""A watched link, judged live: good only by what was read, at both ends, after the plug went in."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bringup.model.errors import Refused, TimedOut, Unparsable
from bringup.model.facts import Optic
from bringup.model.measurement import ABSENT, DARK, NOT_AVAILABLE, Read, value
from bringup.model.verdict import Verdict
from bringup.model.watch import Phase
from tests.engine.link_stand import FAR, NEAR, OTHER, LinkStand, inventory, module, up
from tests.engine.stand import device

LOW, HIGH = value(-9.0), value(-2.0)


async def test_field_14_a_dirty_fibre_cleaned_by_hand_goes_from_not_good_to_good() -> None:
    link = LinkStand()
    link.receives(LOW)
    live = await link.look(3)
    assert (live.phase, live.trouble, live.comes_to) == (Phase.NOT_GOOD, "lane 1 still low", Verdict.FAIL)
    link.receives(DARK)
    live = await link.look(2)
    assert (live.phase, live.comes_to, live.plugged_s) == (Phase.UNPLUGGED, Verdict.UNKNOWN, None)
    link.receives(HIGH)
    live = await link.look(2)
    assert live.phase is Phase.HANDS_OFF and live.plugged_s == 1.0
    live = await link.look(29)
    assert (live.phase, live.comes_to, live.held_s) == (Phase.GOOD, Verdict.PASS, 30.0)
    assert [end.subject for end in live.ends] == [NEAR, FAR]


async def test_every_look_has_both_ends_with_lanes_limits_and_the_best_level() -> None:
    link = LinkStand()
    link.receives(value(-3.0))
    await link.look()
    link.receives(value(-5.5))
    live = await link.look()
    near, far = live.ends
    (lane,) = near.lanes
    assert lane.rx is not None and (lane.rx.value, lane.rx.verdict) == (-5.5, Verdict.MARGINAL)
    assert lane.best_dbm == -3.0 and lane.rx.source == "a standard"
    assert (near.low_dbm, near.marginal_dbm) == (-5.9, -4.9)
    ber = near.gauge("pre_fec_ber_upper")
    assert ber is not None and isinstance(ber.value, float) and ber.verdict is Verdict.PASS
    assert far.gauge("oper_up") is not None and live.marginal


async def test_the_best_level_is_that_since_the_plug() -> None:
    link = LinkStand()
    await link.look()
    link.receives(DARK)
    await link.look()
    link.receives(value(-4.0))
    live = await link.look()
    assert live.ends[0].lanes[0].best_dbm == -4.0


async def test_a_module_that_is_taken_out_is_unplugged() -> None:
    link = LinkStand()
    await link.look()
    link.table["leaf-1", "optics"] = (
        Optic(port="Ethernet0", present=value(False)),
        module("Ethernet8", HIGH),
    )
    live = await link.look()
    assert live.phase is Phase.UNPLUGGED and live.trouble == "no module"
    link.table["leaf-1", "optics"] = (module("Ethernet8", HIGH),)
    assert (await link.look()).phase is Phase.UNPLUGGED, "a port that is not listed holds no module"


@pytest.mark.parametrize(
    "received",
    [value("loud and clear"), value("-2.0"), value(True), NOT_AVAILABLE, ABSENT],
    ids=["text", "a number as text", "yes", "not available", "absent"],
)
async def test_what_is_no_level_is_never_good(received: Read) -> None:
    link = LinkStand(hold_s=3.0)
    link.receives(received)
    live = await link.look(10)
    assert live.verdict is Verdict.UNKNOWN and live.held_s == 0.0
    assert live.phase in (Phase.READING, Phase.NOT_MEASURED)
    assert live.comes_to is Verdict.UNKNOWN


async def test_a_lane_that_is_not_told_is_missed() -> None:
    link = LinkStand(inventory(medium="400GBASE-DR4"), hold_s=3.0)
    for name in ("leaf-1", "leaf-2"):
        link.receives(HIGH, HIGH, HIGH, device_name=name, medium="400GBASE-DR4")
    live = await link.look(10)
    assert live.comes_to is Verdict.UNKNOWN and "lane 4 not known" in live.trouble
    assert [lane.index for lane in live.ends[0].lanes] == [1, 2, 3, 4]


@pytest.mark.parametrize("doubled", ["port", "lane"])
async def test_what_is_listed_twice_holds_nothing(doubled: str) -> None:
    link = LinkStand(hold_s=3.0)
    one = module("Ethernet0", HIGH)
    twice = Optic(port="Ethernet0", present=value(True), lanes=(*one.lanes, *one.lanes))
    link.table["leaf-1", "optics"] = (one, one) if doubled == "port" else (twice,)
    live = await link.look(10)
    assert live.comes_to is Verdict.UNKNOWN and "unparsable" in live.trouble


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Unparsable("leaf-1: cut in the middle"), "unparsable"),
        (TimedOut("leaf-1: no answer"), "timeout"),
        (Refused("leaf-1: no"), "refused"),
        (ZeroDivisionError("ours"), "crashed"),
    ],
)
async def test_a_read_that_fails_is_unknown_with_its_reason_and_the_old_value_proves_nothing(
    error: Exception, reason: str
) -> None:
    link = LinkStand(hold_s=3.0)
    assert (await link.look(5)).phase is Phase.GOOD
    link.table["leaf-1", "optics"] = error
    live = await link.look()
    assert live.phase is not Phase.GOOD and live.verdict is Verdict.UNKNOWN and live.held_s == 0.0
    rx = live.ends[0].lanes[0].rx
    assert rx is not None and (rx.value, rx.verdict, rx.reason) == (-2.0, Verdict.UNKNOWN, reason)
    assert reason in live.trouble


async def test_a_device_that_dies_is_lost_and_found_again() -> None:
    link = LinkStand(hold_s=3.0)
    assert (await link.look(5)).phase is Phase.GOOD
    kept = dict(link.table)
    for method in ("optics", "ports", "fec_counters"):
        link.table["leaf-1", method] = TimedOut("leaf-1: no answer")
    live = await link.look(4)
    assert (live.phase, live.comes_to) == (Phase.LOST, Verdict.UNKNOWN)
    assert live.ends[0].error == "timeout" and live.ends[0].silent_s == 3.0
    link.table.update(kept)
    live = await link.look()
    assert live.phase is Phase.HANDS_OFF and live.held_s == 0.0
    assert (await link.look(4)).phase is Phase.GOOD


async def test_a_far_end_that_does_not_answer_leaves_the_near_one_shown_and_nothing_good() -> None:
    link = LinkStand(hold_s=3.0)
    for method in ("optics", "ports", "fec_counters"):
        link.table["leaf-2", method] = TimedOut("leaf-2: no answer")
    live = await link.look(10)
    assert live.phase is Phase.NOT_MEASURED and live.trouble == "far end: leaf-2 does not answer (timeout)"
    assert live.ends[0].lanes[0].rx is not None


async def test_a_reading_that_is_not_renewed_is_stale() -> None:
    link = LinkStand(hold_s=3.0)
    assert (await link.look(5)).phase is Phase.GOOD
    link.clock.s += 300.0
    live, _ = link.live.look(link.clock.s)
    assert live.verdict is Verdict.UNKNOWN and live.held_s == 0.0
    rx = live.ends[0].lanes[0].rx
    assert rx is not None and rx.reason == "stale"


async def test_a_sample_that_the_device_itself_calls_old_is_stale() -> None:
    link = LinkStand(hold_s=3.0)
    link.receives(value(-2.0, age_s=500.0))
    live = await link.look(10)
    assert live.comes_to is Verdict.UNKNOWN and "stale" in live.trouble


async def test_field_14_a_sample_from_before_the_plug_does_not_count() -> None:
    link = LinkStand(hold_s=3.0)
    link.receives(DARK)
    assert (await link.look()).phase is Phase.UNPLUGGED
    for _ in range(10):
        # Each answer tells what was sampled once, at the moment of the plug.
        link.receives(value(-2.0, age_s=link.clock.s + 1.0 - 5001.0))
        live = await link.look()
    assert live.phase is not Phase.GOOD and live.held_s == 0.0


async def test_field_02_dark_where_the_far_end_is_not_proven_on_is_no_light() -> None:
    link = LinkStand()
    link.receives(DARK)
    link.receives(HIGH, device_name="leaf-2", sent=DARK)
    live = await link.look()
    assert live.phase is Phase.NO_LIGHT and live.comes_to is Verdict.UNKNOWN


async def test_a_far_end_that_nobody_names_is_said() -> None:
    link = LinkStand(inventory(cabled=False), hold_s=3.0)
    live = await link.look(10)
    assert live.far_end is None and len(live.ends) == 1
    assert live.phase is Phase.GOOD and live.trouble == "the inventory names no far end"
    link.receives(DARK)
    assert (await link.look()).phase is Phase.UNPLUGGED


async def test_a_far_device_that_the_inventory_lacks_is_not_asked_and_not_good() -> None:
    link = LinkStand(inventory(device=[device("leaf-1")]), hold_s=3.0)
    for method in ("optics", "ports", "fec_counters"):
        del link.table["leaf-2", method]
    live = await link.look(6)
    assert live.comes_to is Verdict.UNKNOWN and live.trouble.startswith("far end: ")
    assert live.ends[0].lanes[0].rx is not None


async def test_field_19_another_port_that_goes_down_is_the_wrong_one() -> None:
    link = LinkStand()
    link.receives(LOW)
    await link.look()
    link.table["leaf-1", "ports"] = (up("Ethernet0"), up("Ethernet8", is_up=False))
    live = await link.look()
    assert (live.phase, live.wrong, live.comes_to) == (Phase.WRONG_PORT, OTHER, Verdict.FAIL)
    link.table["leaf-1", "ports"] = (up("Ethernet0"), up("Ethernet8"))
    live = await link.look()
    assert live.phase is Phase.NOT_GOOD and live.wrong is None


async def test_a_port_that_was_down_all_the_time_is_not_called_wrong() -> None:
    link = LinkStand()
    link.table["leaf-1", "ports"] = (up("Ethernet0"), up("Ethernet8", is_up=False))
    assert (await link.look(3)).wrong is None


async def test_codewords_that_are_lost_after_the_plug_are_bad_and_those_before_it_are_not() -> None:
    link = LinkStand(hold_s=3.0)
    link.table["leaf-1", "fec_counters"] = (link.counters(10, lost=5),)
    assert (await link.look(6)).phase is Phase.GOOD
    link.table["leaf-1", "fec_counters"] = (link.counters(20, lost=9),)
    live = await link.look()
    assert live.comes_to is Verdict.FAIL and live.trouble == "codewords are lost"


async def test_a_link_that_no_step_judges_is_never_good() -> None:
    link = LinkStand(hold_s=3.0)
    link.live._tasks = ()
    live = await link.look(10)
    assert live.comes_to is Verdict.UNKNOWN and "no step" in live.trouble


async def test_each_state_is_told_with_its_time_since_the_plug_and_is_lost_with_what_it_stands_on() -> None:
    link = LinkStand(hold_s=3.0)
    link.receives(DARK)
    link.table["leaf-1", "ports"] = (up("Ethernet0", is_up=False), up("Ethernet8"))
    assert (await link.look()).states == ()
    link.receives(HIGH)
    assert (await link.look()).states == (("light", 0.0),)
    link.table["leaf-2", "ports"] = (up("Ethernet0", is_up=False),)
    link.table["leaf-1", "ports"] = (up("Ethernet0"), up("Ethernet8"))
    assert (await link.look(2)).states == (("light", 0.0), ("link", 1.0))
    link.table["leaf-2", "ports"] = (up("Ethernet0"),)
    live = await link.look(3)
    assert dict(live.states)["link at both ends"] == 3.0 and dict(live.states)["clean"] >= 3.0
    link.table["leaf-1", "ports"] = (up("Ethernet0", is_up=False), up("Ethernet8"))
    assert (await link.look()).states == (("light", 0.0),)


READS = st.one_of(
    st.sampled_from([DARK, NOT_AVAILABLE, ABSENT, value("-2.0"), value(True), value("\x1b[2J")]),
    st.floats(min_value=-60.0, max_value=10.0).map(value),
    st.integers(min_value=-(2**70), max_value=2**70).map(value),
    st.tuples(st.just(-2.0), st.floats(min_value=0.0, max_value=1e6)).map(
        lambda pair: value(pair[0], age_s=pair[1])
    ),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(READS, READS, READS, st.booleans()), min_size=4, max_size=6))
def test_nothing_damaged_is_ever_good(looks: list[tuple[Read, Read, Read, bool]]) -> None:
    async def watch() -> None:
        link = LinkStand(hold_s=3.0)
        for near, far, sent, is_up in looks:
            link.receives(near)
            link.receives(far, device_name="leaf-2", sent=sent)
            link.table["leaf-1", "ports"] = (up("Ethernet0", is_up), up("Ethernet8"))
            live = await link.look()
        if live.phase is not Phase.GOOD:
            return
        for near, far, sent, is_up in looks[-4:]:
            levels = [near.value, far.value, sent.value]
            assert is_up and all(type(each) in (int, float) for each in levels)
            assert all(isinstance(each, int | float) and each >= -5.9 for each in levels)
            assert all((each.age_s or 0.0) <= 120.0 for each in (near, far, sent))

    asyncio.run(watch())
