"""The ladder of a link: each rung with what was read at both ends, up to the rung of its first cause."""

from __future__ import annotations

from typing import Any

import pytest

from bringup.diagnosis.rules_light import UNPROVEN
from bringup.diagnosis.rules_link import LINK_RULES
from bringup.diagnosis.rules_power import FEED_RULES, HOST_RULES
from bringup.diagnosis.rung_table import QUANTITIES, RUNGS, STOPS
from bringup.model.cause import Ladder
from bringup.model.measurement import DARK, NOT_AVAILABLE
from bringup.model.subject import link
from bringup.model.units import QUANTITIES as KNOWN
from bringup.model.verdict import Verdict
from tests.diagnosis.record import C1, C3, C4, Record, errors, healthy, light, up
from tests.diagnosis.test_relock import More


def only_ladder(record: Record) -> Ladder:
    (ladder,) = record.only_cause.ladders
    return ladder


def test_the_rungs_are_those_of_the_ladder_in_their_order() -> None:
    assert ", ".join(RUNGS) == (
        "power, presence, state machine, light, lane, FEC, BER, protocol, cabling, configuration"
    )


def test_each_rule_about_a_link_its_host_or_its_feed_stands_on_a_rung_of_the_ladder() -> None:
    rules = {rule.id for rule in (*LINK_RULES, UNPROVEN, *HOST_RULES, *FEED_RULES)}
    assert rules <= set(STOPS)
    assert {name for names in STOPS.values() for name in names} <= set(RUNGS)
    assert set(QUANTITIES) < set(RUNGS)
    assert {quantity for quantities in QUANTITIES.values() for quantity in quantities} <= set(KNOWN)


def test_a_dirty_lane_is_told_rung_by_rung_up_to_that_lane() -> None:
    near, far = C1
    record = Record()
    healthy(record, but=[C1])
    record.step("switches", "ports", near, [(near, "port_present", True), (near, "admin_up", True)])
    for end in C1:
        record.step(
            "optics", "presence", end, [(end, "optic_present", True), (end, "optic_medium", "400GBASE-DR4")]
        )
        record.step("optics", "temperature", end, [(end, "temperature_c", 41.0)])
    record.step("optics", "levels", near, light(near, rx=(-1.4, -6.3, -1.5, -1.6)))
    record.step("optics", "levels", far, light(far))
    ladder = only_ladder(record)
    assert (ladder.near, ladder.far, ladder.label) == (near, far, "C-001")
    assert ladder.stops_at == "lane"
    assert [rung.name for rung in ladder.climbed] == ["presence", "state machine", "light", "lane"]
    presence, state, lit, lane = ladder.climbed
    assert (presence.near, presence.far) == ("400GBASE-DR4", "400GBASE-DR4")
    assert state.near == "switched on, 41 °C"
    assert lit.near == "sends -1.1 to -0.8 dBm, receives -6.3 to -1.4 dBm"
    assert [rung.verdict for rung in (presence, state, lit)] == [Verdict.PASS] * 3
    assert (lane.verdict, lane.near) == (Verdict.FAIL, "lane 2 receives -6.3 dBm")
    assert ladder.next_test == record.only_cause.next_test != ""
    assert ladder.remedy == "clean-both-ends"


def test_light_is_bad_only_where_no_lane_is_good() -> None:
    record = Record()
    healthy(record, but=[C1])
    record.step("optics", "levels", C1[0], light(C1[0], rx=(-7.0, -7.1, -7.2, -7.0)))
    record.step("optics", "levels", C1[1], light(C1[1]))
    assert only_ladder(record).stops_at == "light"


def test_what_is_dark_is_said_to_be_dark_and_what_was_not_told_not() -> None:
    record = Record()
    healthy(record, but=[C1])
    record.step("optics", "levels", C1[0], light(C1[0], rx=(DARK, DARK, DARK, NOT_AVAILABLE)), lit=True)
    record.step("optics", "levels", C1[1], light(C1[1]))
    lane = only_ladder(record).climbed[-1]
    assert "lane 1 receives nothing" in lane.near
    assert "lane 4 receives not told" in lane.near


@pytest.mark.parametrize(
    ("told", "stops", "said"),
    [
        ({"fec_mode": "none", "oper_up": False}, "FEC", ("none", "rs544")),
        ({"speed_gbps": 200, "oper_up": False}, "configuration", ("200 Gb/s", "400 Gb/s")),
    ],
)
def test_unlike_ends_stand_on_their_own_rung_though_the_link_is_down(
    told: dict[str, Any], stops: str, said: tuple[str, str]
) -> None:
    record = Record()
    healthy(record, but=[C3])
    for end in C3:
        record.step("optics", "levels", end, light(end))
    record.step("links", "state", link(*C3), [*up(C3[0], **told), *up(C3[1], oper_up=False)])
    ladder = only_ladder(record)
    assert (ladder.stops_at, ladder.link) == (stops, "link down")
    by_name = {rung.name: rung for rung in ladder.rungs}
    assert (by_name[stops].near, by_name[stops].far) == said
    assert by_name["light"].verdict is Verdict.PASS


def test_errors_are_told_with_both_ends_and_the_rungs_below_them_are_good() -> None:
    record = Record()
    healthy(record, but=[C4])
    for end in C4:
        record.step("optics", "levels", end, light(end))
    record.step("links", "state", link(*C4), [*up(C4[0]), *up(C4[1])])
    record.step("links", "errors", link(*C4), [*errors(C4[0], 4e-5), *errors(C4[1])])
    ladder = only_ladder(record)
    assert (ladder.stops_at, ladder.link) == ("BER", "link up")
    assert ladder.climbed[-1].near == "BER at most 4.0e-05, 0 codewords lost"
    assert ladder.climbed[-1].far == "BER at most 1.0e-08, 0 codewords lost"
    assert all(rung.verdict is Verdict.PASS for rung in ladder.climbed[:-1])


def test_crossed_cables_have_a_ladder_each_that_stops_at_the_cabling() -> None:
    record = Record()
    healthy(record, but=[C3, C4])
    for (near, far), (_, other) in ((C3, C4), (C4, C3)):
        record.step("links", "state", link(near, far), [*up(near), *up(far)])
        record.step(
            "links",
            "neighbors",
            link(near, far),
            [(near, "neighbor", other), (far, "neighbor", C4[0] if near == C3[0] else C3[0])],
        )
    ladders = record.only_cause.ladders
    assert {ladder.label for ladder in ladders} == {"C-003", "C-004"}
    assert {ladder.stops_at for ladder in ladders} == {"cabling"}
    by_name = {rung.name: rung for rung in ladders[0].rungs}
    assert by_name["cabling"].near == f"leads to {C4[1]}"
    assert by_name["protocol"].near == "hears its neighbour"


def test_each_link_of_causes_that_are_told_together_keeps_its_own_first_cause() -> None:
    record = Record()
    healthy(record, but=[C1, C3])
    record.step("optics", "levels", C1[0], light(C1[0], rx=(-1.4, -6.3, -1.5, -1.6)))
    record.step("optics", "levels", C3[0], light(C3[0], rx=(-7.0, -7.1, -7.2, -7.0)))
    ladders = {ladder.label: ladder for ladder in record.only_cause.ladders}
    assert (ladders["C-001"].stops_at, ladders["C-003"].stops_at) == ("lane", "light")
    assert "C-001" in ladders["C-001"].title
    assert "C-003" in ladders["C-003"].title


def test_the_links_of_a_host_that_is_off_stop_at_its_power() -> None:
    record = Record()
    off = record.step("hosts", "powered", "node-01", [("node-01", "power_state", "Off")])
    record.blocked("hosts", "booted", "node-01", off, "node-01")
    for near in (C1[0], "leaf-2/Ethernet1/1"):
        record.step("optics", "levels", near, light(near, rx=(DARK,) * 4), lit=False)
    ladders = record.only_cause.ladders
    assert len(ladders) == 2
    for ladder in ladders:
        assert ladder.stops_at == "power"
        assert [rung.name for rung in ladder.climbed] == ["power"]
        assert "powered Off" in (ladder.climbed[0].near, ladder.climbed[0].far)


def test_a_cause_that_is_about_no_link_has_no_ladder() -> None:
    record = Record()
    record.step("switches", "environment", "leaf-1", [("leaf-1", "fan_ok", False)])
    assert record.only_cause.ladders == ()


def test_the_rung_of_a_device_that_can_not_be_read_is_its_power_and_is_as_bad_as_that() -> None:
    record = Record()
    record.broken("optics", "levels", C1[0], "unreachable", "leaf-1 can't be reached: no route", "leaf-1")
    ladder = only_ladder(record)
    assert ladder.stops_at == "power"
    assert ladder.climbed[-1].verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("part", "quantity", "value", "stops", "said"),
    [
        ("#lane-2", "rx_alarm_room_db", -0.5, "lane", "lane 2 light -0.50 dB from the module's alarm"),
        ("#lane-4", "lane_locked", False, "lane", "lane 4 lock: no"),
        ("", "temperature_c", 75.0, "state machine", "75 °C"),
    ],
)
def test_what_is_wrong_with_a_module_by_itself_stands_on_a_rung_too(
    part: str, quantity: str, value: float | bool, stops: str, said: str
) -> None:
    record = More()
    healthy(record)
    record.step("optics", "acceptance", C1[0], [(C1[0] + part, quantity, value)])
    ladder = only_ladder(record)
    assert ladder.stops_at == stops
    assert said in ladder.climbed[-1].near
