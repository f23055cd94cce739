"""From readings to causes: the right one, once, with everything that hangs on it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bringup.diagnosis
from bringup.diagnosis import REMEDIES
from bringup.diagnosis.remedies import as_markdown
from bringup.diagnosis.rules_device import DEVICE_RULES
from bringup.diagnosis.rules_light import UNPROVEN
from bringup.diagnosis.rules_link import LINK_RULES
from bringup.diagnosis.rules_power import FEED_RULES, HOST_RULES
from bringup.diagnosis.rules_single import NO_ANSWER, REASONS, SINGLES
from bringup.lab.faults import fault_kinds
from bringup.model.measurement import ABSENT, DARK, NOT_AVAILABLE
from bringup.model.subject import link
from bringup.model.verdict import Verdict
from tests.diagnosis.record import C1, C3, C4, CABLES, Record, assert_ends, errors, healthy, light, up

LINK_1, LINK_3, LINK_4 = link(*C1), link(*C3), link(*C4)


def test_a_healthy_record_has_no_cause() -> None:
    record = Record()
    healthy(record)
    assert record.state.verdict is Verdict.PASS
    assert record.causes == ()


# --- light ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("near", [C1[0], C1[1]])
@pytest.mark.parametrize("rx", [(-1.4, -6.3, -1.5, -1.6), (-6.1, -9.8, -6.5, -7.0), (-1.4, -6.0, DARK, -9.0)])
def test_low_lanes_under_a_good_transmitter_are_a_dirty_end_face(near: str, rx: tuple[float, ...]) -> None:
    far = C1[1] if near == C1[0] else C1[0]
    record = Record()
    healthy(record, but=[C1])
    low = record.step("optics", "levels", near, light(near, rx=rx))
    record.step("optics", "levels", far, light(far))
    record.blocked("links", "state", LINK_1, low, near)
    record.blocked("links", "errors", LINK_1, low, near)
    cause = record.only_cause
    assert (cause.remedy, cause.verdict) == ("clean-both-ends", Verdict.FAIL)
    assert (cause.stage, cause.step) == ("optics", "levels")
    assert_ends(cause, *C1)
    assert len(cause.blocked) == 2
    assert cause.shown[0].limit == ">= -5.9 and <= 4"
    assert cause.shown[0].source == "a datasheet"
    assert "C-001" in cause.title
    assert any("sends on every lane" in why for why in cause.likely[0].reasons_for)
    assert "rack r07, U40, leaf-1, port Ethernet0" in cause.places


def test_one_cable_that_is_bad_at_both_ends_is_one_cause() -> None:
    record = Record()
    healthy(record, but=[C3])
    for end in C3:
        record.step("optics", "levels", end, light(end, rx=(-6.2, -1.5, -6.9, -1.5)))
    record.step("links", "state", LINK_3, [*up(C3[0], oper_up=False), *up(C3[1], oper_up=False)])
    cause = record.only_cause
    assert cause.remedy == "clean-both-ends"
    assert len(cause.explains) == 3


def test_errors_with_a_lossy_lane_in_limits_are_a_dirty_end_face_too() -> None:
    record = Record()
    healthy(record, but=[C4])
    for end in C4:
        record.step("optics", "levels", end, light(end, rx=(-1.4, -5.0, -1.5, -1.6)))
    record.step("links", "errors", LINK_4, [*errors(C4[0], 4e-5), *errors(C4[1])])
    cause = record.only_cause
    assert (cause.remedy, cause.stage, cause.step) == ("clean-both-ends", "links", "errors")


def test_errors_in_good_light_are_not_laid_to_the_fibre() -> None:
    record = Record()
    healthy(record, but=[C4])
    for end in C4:
        record.step("optics", "levels", end, light(end))
    record.step("links", "errors", LINK_4, [*errors(C4[0], 4e-5), *errors(C4[1])])
    assert record.only_cause.remedy == "check-signal-quality"


def test_lost_codewords_on_a_clean_line_are_bursts() -> None:
    record = Record()
    healthy(record, but=[C4])
    record.step("links", "errors", LINK_4, [*errors(C4[0], 1e-8, lost=3), *errors(C4[1])])
    cause = record.only_cause
    assert cause.rule == "bursts"
    assert "not random noise" in cause.title


@pytest.mark.parametrize("lane", [1, 4])
def test_one_dark_lane_under_a_lit_far_end_is_that_fibre(lane: int) -> None:
    rx = [-1.4, -1.5, -1.4, -1.6]
    told = [DARK if place == lane else value for place, value in enumerate(rx, 1)]
    record = Record()
    healthy(record, but=[C1])
    record.step("optics", "levels", C1[0], light(C1[0], rx=told), lit=True)
    record.step("optics", "levels", C1[1], light(C1[1]))
    cause = record.only_cause
    assert cause.remedy == "inspect-fibre-lane"
    assert f"lane {lane} of {C1[0]}" in cause.title
    assert cause.verdict is Verdict.FAIL


def test_a_lane_that_its_own_sender_leaves_dark_is_the_senders_fault() -> None:
    record = Record()
    healthy(record, but=[C1])
    record.step("optics", "levels", C1[0], light(C1[0], rx=(-1.4, DARK, -1.5, -1.6)), lit=False)
    record.step("optics", "levels", C1[1], light(C1[1], tx=(-0.9, DARK, -1.0, -1.0)))
    cause = record.only_cause
    assert cause.remedy == "replace-optic"
    assert cause.subjects[0] == C1[1]


def test_a_dark_receiver_with_an_unproven_far_end_gets_no_fibre_remedy() -> None:
    record = Record()
    healthy(record, but=[C1])
    record.step("optics", "levels", C1[0], light(C1[0], rx=(DARK,) * 4), lit=None)
    cause = record.only_cause
    assert (cause.verdict, cause.reasons) == (Verdict.UNKNOWN, ("far_end_not_lit",))
    assert cause.remedy == "prove-far-transmitter"


def test_a_host_that_is_off_explains_the_dark_ports_that_lead_to_it() -> None:
    record = Record()
    off = record.step("hosts", "powered", "node-01", [("node-01", "power_state", "Off")])
    record.blocked("hosts", "booted", "node-01", off, "node-01")
    for near in (C1[0], "leaf-2/Ethernet1/1"):
        record.step("optics", "levels", near, light(near, rx=(DARK,) * 4), lit=False)
        record.step("links", "state", link(near, record.inventory.far_ends[near]), up(near, oper_up=False))
    cause = record.only_cause
    assert cause.remedy == "power-far-end"
    assert cause.subjects == ("node-01",)
    assert cause.count == 6


def test_a_host_that_does_not_come_on_is_the_cause_of_what_it_blocks() -> None:
    record = Record()
    failed = record.step("hosts", "power_on", "node-01", [("node-01", "outcome", "not_done")])
    record.blocked("hosts", "booted", "node-01", failed, "node-01")
    record.step("optics", "levels", C1[0], light(C1[0], rx=(DARK,) * 4), lit=False)
    cause = record.only_cause
    assert (cause.remedy, cause.count) == ("power-far-end", 3)


def test_a_port_whose_far_device_is_blocked_waits_for_the_same_cause() -> None:
    record = Record()
    bad = record.broken("management", "reach", "bmc-01", "timeout", "bmc-01 did not answer", "bmc-01")
    record.blocked("hosts", "power_on", "node-01", bad, "bmc-01")
    record.step("optics", "levels", C1[0], light(C1[0], rx=(DARK,) * 4), lit=None)
    cause = record.only_cause
    assert (cause.remedy, cause.count, cause.step) == ("check-device-load-or-reset", 3, "reach")


def test_a_far_port_that_is_switched_off_is_the_cause_not_the_fibre() -> None:
    record = Record()
    healthy(record, but=[C3])
    record.step("switches", "ports", C3[1], [(C3[1], "port_present", True), (C3[1], "admin_up", False)])
    record.step("optics", "levels", C3[1], light(C3[1], tx=(DARK,) * 4))
    record.step("optics", "levels", C3[0], light(C3[0], rx=(DARK,) * 4), lit=False)
    cause = record.only_cause
    assert cause.remedy == "switch-on-port"
    assert cause.subjects == (C3[1], C3[0])


def test_no_light_either_way_between_two_senders_is_a_matter_of_plugs() -> None:
    record = Record()
    healthy(record, but=[C3])
    for end in C3:
        record.step("optics", "levels", end, light(end, rx=(DARK,) * 4), lit=True)
    assert record.only_cause.rule == "dark-both-ways"


def test_a_receiver_that_tells_nothing_is_not_called_dark() -> None:
    record = Record()
    healthy(record, but=[C3])
    record.step("optics", "levels", C3[0], light(C3[0], rx=(NOT_AVAILABLE,) * 4))
    cause = record.only_cause
    assert (cause.verdict, cause.remedy) == (Verdict.UNKNOWN, "enable-optical-monitoring")


# --- presence, coding, cabling ----------------------------------------------------------------------------


def test_an_empty_cage_explains_its_own_and_the_far_ends_darkness() -> None:
    record = Record()
    healthy(record, but=[C4])
    gone = record.step("optics", "presence", C4[0], [(C4[0], "optic_present", False)])
    record.step(
        "optics", "presence", C4[1], [(C4[1], "optic_present", True), (C4[1], "optic_medium", "400GBASE-DR4")]
    )
    record.blocked("optics", "levels", C4[0], gone, C4[0])
    record.step("optics", "levels", C4[1], light(C4[1], rx=(DARK,) * 4), lit=None)
    record.blocked("links", "state", LINK_4, gone, C4[0])
    cause = record.only_cause
    assert (cause.remedy, cause.count) == ("insert-optic", 4)
    assert (cause.stage, cause.step) == ("optics", "presence")


def test_a_host_that_tells_no_presence_and_sends_no_light_has_an_empty_cage_to_look_at() -> None:
    record = Record()
    healthy(record, but=[C1])
    untold = [(C1[1], "optic_present", NOT_AVAILABLE), (C1[1], "optic_medium", ABSENT)]
    untold_seq = record.step("optics", "presence", C1[1], untold)
    record.blocked("optics", "levels", C1[1], untold_seq, C1[1])
    record.step("optics", "levels", C1[0], light(C1[0], rx=(DARK,) * 4), lit=None)
    cause = record.only_cause
    assert (cause.verdict, cause.remedy, cause.count) == (Verdict.UNKNOWN, "insert-optic", 3)
    assert cause.likely[0].reasons_for == (f"no light arrives from it at {C1[0]}",)


def test_an_end_that_hides_its_fec_while_the_link_is_down_is_to_be_compared() -> None:
    record = Record()
    healthy(record, but=[C1])
    for end in C1:
        record.step("optics", "levels", end, light(end))
    told = [
        *up(C1[0], oper_up=False),
        *up(C1[1], oper_up=False, fec_mode=NOT_AVAILABLE, speed_gbps=NOT_AVAILABLE),
    ]
    record.step("links", "state", LINK_1, told)
    cause = record.only_cause
    assert (cause.verdict, cause.remedy) == (Verdict.FAIL, "set-same-fec")


def test_a_module_that_can_not_be_read_is_to_be_seated() -> None:
    record = Record()
    record.step(
        "optics", "presence", C4[0], [(C4[0], "optic_present", True), (C4[0], "optic_medium", NOT_AVAILABLE)]
    )
    assert record.only_cause.remedy == "seat-optic"


def test_a_module_of_another_kind_is_named() -> None:
    record = Record()
    told = [(C4[0], "optic_present", True), (C4[0], "optic_medium", "400GBASE-FR4")]
    record.step("optics", "presence", C4[0], told)
    cause = record.only_cause
    assert cause.remedy == "fit-expected-optic"
    assert "400GBASE-FR4" in cause.title


@pytest.mark.parametrize("odd", [0, 1])
def test_two_kinds_of_fec_on_one_cable_are_named_with_both(odd: int) -> None:
    record = Record()
    healthy(record, but=[C3])
    for end in C3:
        record.step("optics", "levels", end, light(end))
    told = [
        up(end, oper_up=False, **({"fec_mode": "none"} if place == odd else {}))
        for place, end in enumerate(C3)
    ]
    bad = record.step("links", "state", LINK_3, [*told[0], *told[1]])
    record.blocked("links", "errors", LINK_3, bad, LINK_3)
    cause = record.only_cause
    assert (cause.remedy, cause.count) == ("set-same-fec", 2)
    assert "none" in cause.title
    assert "rs544" in cause.title


def test_good_light_without_a_link_is_a_matter_of_configuration() -> None:
    record = Record()
    healthy(record, but=[C3])
    for end in C3:
        record.step("optics", "levels", end, light(end))
    record.step("links", "state", LINK_3, [*up(C3[0], oper_up=False), *up(C3[1], oper_up=False)])
    assert record.only_cause.remedy == "check-link-training"


def crossed(record: Record, one: tuple[str, str], two: tuple[str, str], *, silent: str | None = None) -> None:
    seen = {one[0]: two[1], two[1]: one[0], two[0]: one[1], one[1]: two[0]}
    for pair in (one, two):
        told = [(end, "neighbor", "none" if end == silent else seen[end]) for end in pair]
        record.step("links", "neighbors", link(*pair), told)


@pytest.mark.parametrize(("one", "two"), [(C3, C4), (C1, C3), (C1, C4)])
def test_two_crossed_cables_are_one_cause_that_names_both(one: tuple[str, str], two: tuple[str, str]) -> None:
    record = Record()
    healthy(record, but=[one, two])
    crossed(record, one, two)
    cause = record.only_cause
    assert cause.remedy == "swap-cables-back"
    assert_ends(cause, *one, *two)
    assert len(cause.explains) == 2
    assert len(cause.places) == 2
    assert all("leaf-1" in place for place in cause.places)


def test_two_pairs_of_crossed_cables_are_two_causes() -> None:
    record = Record()
    crossed(record, C3, C4)
    crossed(record, *CABLES[:2])
    assert [cause.remedy for cause in record.causes] == ["swap-cables-back"] * 2


def test_three_cables_in_a_ring_are_one_cause() -> None:
    record = Record()
    record.step("links", "neighbors", LINK_1, [(C1[0], "neighbor", C3[1])])
    record.step("links", "neighbors", LINK_3, [(C3[0], "neighbor", C4[1])])
    record.step("links", "neighbors", LINK_4, [(C4[0], "neighbor", C1[1])])
    cause = record.only_cause
    assert cause.rule == "cables-swapped"
    assert_ends(cause, *C1, *C3, *C4)


def test_a_neighbour_outside_the_plan_is_a_foreign_cable() -> None:
    record = Record()
    record.step(
        "links", "neighbors", LINK_3, [(C3[0], "neighbor", "spine-9/Ethernet4"), (C3[1], "neighbor", C3[0])]
    )
    cause = record.only_cause
    assert cause.remedy == "trace-cable"
    assert "spine-9/Ethernet4" in cause.title


def test_a_dirty_cable_and_two_crossed_ones_are_two_causes() -> None:
    record = Record()
    healthy(record, but=[C1, C3, C4])
    record.step("optics", "levels", C1[0], light(C1[0], rx=(-7.0, -1.5, -1.4, -1.5)))
    record.step("optics", "levels", C1[1], light(C1[1]))
    crossed(record, C3, C4)
    assert [cause.remedy for cause in record.causes] == ["clean-both-ends", "swap-cables-back"]


# --- power and management -----------------------------------------------------------------------------------


def test_an_outlet_that_is_off_explains_the_supply_on_it() -> None:
    record = Record()
    record.step("power", "outlets", "pdu-1/outlet-2", [("pdu-1/outlet-2", "outlet_state", "off")])
    told = [("leaf-1/psu-2", "supply_present", True), ("leaf-1/psu-2", "supply_ok", False)]
    record.step("power", "supplies", "leaf-1/psu-2", told)
    cause = record.only_cause
    assert cause.remedy == "check-breaker-and-outlet"
    assert len(cause.explains) == 2
    assert "leaf-1/psu-2" in cause.title


@pytest.mark.parametrize("told", [{"supply_present": False}, {"supply_present": True, "supply_ok": False}])
def test_a_supply_without_output_on_a_good_outlet_is_the_supplys_own(told: dict[str, bool]) -> None:
    record = Record()
    record.step("power", "outlets", "pdu-1/outlet-1", [("pdu-1/outlet-1", "outlet_state", "on")])
    record.step(
        "power", "supplies", "leaf-1/psu-1", [("leaf-1/psu-1", name, value) for name, value in told.items()]
    )
    cause = record.only_cause
    assert cause.remedy == "check-supply-and-cord"
    assert cause.step == "supplies"


def test_a_device_that_lost_both_feeds_is_not_blamed_on_its_management_port() -> None:
    record = Record()
    for outlet in ("pdu-1/outlet-1", "pdu-1/outlet-2"):
        record.step("power", "outlets", outlet, [(outlet, "outlet_state", "off")])
    record.broken("management", "reach", "leaf-1", "unreachable", "leaf-1 (SSH) did not answer", "leaf-1")
    assert {cause.remedy for cause in record.causes} == {"check-breaker-and-outlet"}


@pytest.mark.parametrize(
    ("reason", "message", "remedy"),
    [
        ("unreachable", "leaf-1 (SSH at 192.0.2.1:22) did not answer", "check-management-path"),
        (
            "refused",
            "leaf-1 (SSH at 192.0.2.1:22) refused the connection (nothing listens there)",
            "check-management-path",
        ),
        ("refused", "leaf-1 (SSH at 192.0.2.1:22) refused user admin with the password", "check-credentials"),
        (
            "refused",
            "leaf-1 (SSH): its host key has CHANGED: recorded SHA256:a, presented SHA256:b",
            "verify-host-key",
        ),
        ("refused", "leaf-1 (SSH): its host key ssh-ed25519 SHA256:b is not known", "verify-host-key"),
        ("timeout", "leaf-1 (SSH): no answer to `show version` within 20 s", "check-device-load-or-reset"),
        (
            "unparsable",
            "leaf-1: the reply to `show version` can't be read as x",
            "capture-and-report-firmware",
        ),
        ("no_data", "leaf-1: `show fan` gave nothing", "check-platform-and-release"),
        ("crashed", "the check itself failed in levels (line 3): KeyError: 1", "report-program-fault"),
    ],
)
def test_a_device_that_can_not_be_read_is_told_once_with_its_dependents(
    reason: str, message: str, remedy: str
) -> None:
    record = Record()
    healthy(record, but=[C1])
    bad = record.broken(
        "management", "reach", "leaf-1", reason, message, "leaf-1" if reason != "crashed" else None
    )
    second = record.blocked("management", "identity", "leaf-1", bad, "leaf-1")
    record.blocked("optics", "levels", C1[0], second, "leaf-1")
    record.step("optics", "levels", C1[1], light(C1[1], rx=(DARK,) * 4), lit=None)
    causes = record.causes
    cause = next(cause for cause in causes if cause.remedy == remedy)
    assert cause.subjects == ("leaf-1",)
    assert len(cause.blocked) == 2
    assert len(causes) == 1 or reason == "crashed"


def test_the_message_and_the_advice_are_shown() -> None:
    record = Record()
    record.broken(
        "management", "reach", "pdu-1", "timeout", "pdu-1 did not answer", "pdu-1", "Check the community"
    )
    cause = record.only_cause
    assert cause.messages == ("pdu-1 did not answer. Check the community",)
    assert any("community" in suspect.words and suspect.reasons_for for suspect in cause.likely)


def test_a_link_that_could_not_be_read_is_laid_to_the_device_that_failed() -> None:
    record = Record()
    record.broken("links", "state", LINK_3, "timeout", "leaf-2 (eAPI at x:443): no reply within 20 s", LINK_3)
    assert record.only_cause.subjects == ("leaf-2",)


def test_a_wrong_serial_names_the_device() -> None:
    record = Record()
    wrong = record.step("management", "identity", "leaf-2", [("leaf-2", "serial", "XX")])
    record.blocked("switches", "ports", C3[1], wrong, "leaf-2")
    cause = record.only_cause
    assert (cause.remedy, cause.subjects, cause.count) == ("check-device-identity", ("leaf-2",), 2)
    assert cause.shown[0].value == "XX"


def test_an_action_that_was_not_begun_for_a_wrong_serial_is_that_devices_identity() -> None:
    record = Record()
    refused = "nothing was changed: pdu-1 reports serial XX"
    record.broken("power", "outlet_on", "pdu-1/outlet-5", None, refused, "pdu-1", verdict=Verdict.FAIL)
    assert record.only_cause.remedy == "check-device-identity"
    record.step("management", "identity", "pdu-1", [("pdu-1", "serial", "XX")])
    cause = record.only_cause
    assert (cause.remedy, cause.count, cause.subjects) == ("check-device-identity", 2, ("pdu-1",))


@pytest.mark.parametrize(
    "message", ["nobody approved this action, so nothing was changed", "nobody answered"]
)
def test_a_question_without_an_answer_asks_for_one(message: str) -> None:
    record = Record()
    record.broken("sign-off", "walk", "run", "no_data", message, None)
    cause = record.only_cause
    assert (cause.remedy, cause.messages) == ("answer-the-question", (message,))


# --- single values, reasons, and what nobody can explain ---------------------------------------------------


def test_a_warm_module_is_not_the_cables_fault() -> None:
    record = Record()
    healthy(record)
    record.step("optics", "temperature", C1[0], [(C1[0], "temperature_c", 81.5)])
    cause = record.only_cause
    assert (cause.remedy, cause.subjects) == ("check-module-cooling", (C1[0],))


def test_two_warm_modules_among_cool_ones_are_two_causes_and_most_of_a_device_is_its_air() -> None:
    def warm(*ports: str) -> list[str]:
        record = Record()
        for a, b in CABLES:
            for end in (a, b):
                hot = end in ports
                record.step("optics", "temperature", end, [(end, "temperature_c", 81.5 if hot else 52.0)])
        return [cause.remedy for cause in record.causes]

    assert warm(C1[0], C3[0]) == ["check-module-cooling"] * 2
    assert warm(C1[0], C3[0], C4[0]) == ["check-airflow"]
    assert warm(C1[0], C3[0], C4[0], C4[1]) == ["check-airflow", "check-module-cooling"]


def test_a_fan_that_stands_accounts_for_the_warm_modules_of_its_device_only() -> None:
    record = Record()
    record.step(
        "switches", "environment", "leaf-1", [("leaf-1/FAN-2", "fan_ok", False), ("leaf-1", "fan_ok", False)]
    )
    record.step("optics", "temperature", C1[0], [(C1[0], "temperature_c", 81.5)])
    record.step("optics", "temperature", C3[1], [(C3[1], "temperature_c", 81.5)])
    fan, module = record.causes
    assert (fan.remedy, fan.subjects, len(fan.explains)) == ("check-fan-tray", ("leaf-1/FAN-2",), 2)
    assert (module.remedy, module.subjects) == ("check-module-cooling", (C3[1],))


@pytest.mark.parametrize("turned", [1, -1])
def test_three_plugs_in_a_ring_are_one_cause_that_tells_each_move(turned: int) -> None:
    """At leaf-1 each of three plugs stands in the next one's port; the moves name where each belongs."""
    record = Record()
    ring = [C1, C3, C4]
    healthy(record, but=ring)
    for place, cable in enumerate(ring):
        now = ring[(place + turned) % 3]
        record.step(
            "links",
            "neighbors",
            link(*cable),
            [(cable[0], "neighbor", now[1]), (now[1], "neighbor", cable[0])],
        )
    cause = record.only_cause
    assert cause.remedy == "move-cables-round"
    assert_ends(cause, *C1, *C3, *C4)
    for place, cable in enumerate(ring):
        belongs = ring[(place + turned) % 3][0]
        assert f"the plug in {cable[0]} belongs in {belongs}" in cause.next_test


def test_a_member_with_none_left_to_compare_with_waits_for_what_blocks_the_others() -> None:
    record = Record()
    narrow, wide = "node-01/enp65s0np0", "node-01/enp193s0np0"
    slow = record.step("nics", "pcie", narrow, [(narrow, "pcie_width_lanes", 8)])
    record.blocked("nics", "firmware", narrow, slow, narrow)
    record.alone("nics", "firmware", wide, "nic_firmware", "28.42.1000")
    cause = record.only_cause
    assert (cause.remedy, len(cause.explains), len(cause.blocked)) == ("reseat-card", 1, 2)


def test_a_member_with_none_to_compare_with_and_nothing_blocked_is_no_ones_doing_but_its_own() -> None:
    record = Record()
    record.alone("nics", "firmware", "node-01/enp65s0np0", "nic_firmware", "28.42.1000")
    assert record.only_cause.remedy == "check-platform-and-release"


def test_a_value_without_a_limit_asks_for_one() -> None:
    record = Record()
    record.broken("x", "y", "leaf-1", "no_limit", "", None)
    assert record.only_cause.remedy == "state-a-limit"


def test_what_was_stopped_is_told_once() -> None:
    record = Record()
    for device in ("leaf-1", "leaf-2", "node-01"):
        record.broken("management", "reach", device, "aborted", "the run was stopped", None)
    cause = record.only_cause
    assert (cause.remedy, cause.count) == ("resume-the-run", 3)


def test_a_missing_quantity_is_unknown_and_named() -> None:
    record = Record()
    record.step("management", "clock", "leaf-1", [("leaf-1", "clock_offset_s", ABSENT)])
    cause = record.only_cause
    assert (cause.verdict, cause.remedy) == (Verdict.UNKNOWN, "check-platform-and-release")
    assert "clock_offset_s" in cause.title


def test_a_failure_without_a_rule_is_called_unexplained_with_its_raw_values() -> None:
    record = Record()
    record.step("links", "state", LINK_4, [(C4[0], "oper_up", False)])
    cause = record.only_cause
    assert cause.unexplained
    assert cause.likely == ()
    assert (cause.shown[0].quantity, cause.shown[0].value) == ("oper_up", False)


def test_a_blocker_that_is_good_by_now_leaves_a_retest() -> None:
    record = Record()
    good = record.step("management", "reach", "leaf-1", [("leaf-1", "reachable", True)])
    record.blocked("switches", "ports", C3[0], good, "leaf-1")
    cause = record.only_cause
    assert (cause.rule, cause.remedy) == ("blocked", "retest")


def test_a_circle_of_blocked_verdicts_ends() -> None:
    record = Record()
    record.blocked("a", "b", "leaf-1", 2, "leaf-2")
    record.blocked("a", "b", "leaf-2", 1, "leaf-1")
    assert sum(cause.count for cause in record.causes) == 2


POWER = st.sampled_from([-1.5, -5.2, -6.5, -12.0, 4.5, DARK, NOT_AVAILABLE])
SENT = st.sampled_from([-1.0, -3.5, DARK, NOT_AVAILABLE])


@given(
    st.lists(st.tuples(*[POWER] * 4), min_size=8, max_size=8),
    st.lists(st.tuples(*[SENT] * 4), min_size=8, max_size=8),
    st.lists(st.sampled_from([True, False]), min_size=4, max_size=4),
    st.lists(st.sampled_from(["rs544", "none"]), min_size=8, max_size=8),
    st.sampled_from([True, False, None]),
)
def test_every_bad_verdict_has_exactly_one_cause(
    rx: list[tuple[float, ...]],
    tx: list[tuple[float, ...]],
    link_up: list[bool],
    fec: list[str],
    lit: bool | None,
) -> None:
    record = Record()
    for place, pair in enumerate(CABLES):
        for side, end in enumerate(pair):
            told = light(end, rx=rx[place * 2 + side], tx=tx[place * 2 + side])
            record.step("optics", "levels", end, told, lit=lit)
        told = [
            up(end, oper_up=link_up[place], fec_mode=fec[place * 2 + side]) for side, end in enumerate(pair)
        ]
        record.step("links", "state", link(*pair), [*told[0], *told[1]])
    bad = {key for key, step in record.state.steps.items() if not step.counts_as.good}
    causes = record.causes
    told_of = [key for cause in causes for key in (*cause.explains, *cause.blocked)]
    assert sorted(told_of) == sorted(bad)
    for cause in causes:
        if cause.verdict is Verdict.UNKNOWN and "far_end_not_lit" in cause.reasons:
            assert cause.remedy not in ("clean-both-ends", "inspect-fibre-lane", "check-plug-and-polarity")


def test_no_fibre_is_blamed_on_a_proof_that_the_judge_did_not_have() -> None:
    record = Record()
    record.step("optics", "levels", C1[0], light(C1[0], rx=(-1.4, DARK, -1.5, -1.6)), lit=None)
    record.step("optics", "levels", C1[1], light(C1[1]))
    assert record.only_cause.remedy == "prove-far-transmitter"


# --- the catalogue -----------------------------------------------------------------------------------------


def test_every_rule_has_a_remedy_that_the_catalogue_knows() -> None:
    rules = [
        *LINK_RULES,
        UNPROVEN,
        *FEED_RULES,
        *HOST_RULES,
        *DEVICE_RULES,
        *SINGLES.values(),
        *REASONS.values(),
        NO_ANSWER,
    ]
    assert {rule.remedy for rule in rules} | {"swap-cables-back", "trace-cable", "report-unexplained"} <= set(
        REMEDIES
    )


def test_every_rule_says_where_it_is_from_and_what_to_test_next() -> None:
    for rule in (*LINK_RULES, UNPROVEN, *FEED_RULES, *HOST_RULES, *DEVICE_RULES):
        assert rule.source, rule.id
        assert rule.next_test, rule.id
        assert rule.likely, rule.id


def test_rule_ids_are_unique() -> None:
    ids = [rule.id for rule in (*LINK_RULES, UNPROVEN, *FEED_RULES, *HOST_RULES, *DEVICE_RULES)]
    assert len(ids) == len(set(ids))


def test_the_diagnosis_imports_the_model_and_statistics_alone() -> None:
    allowed = ("bringup.model", "bringup.diagnosis", "bringup.statistics")
    for path in Path(bringup.diagnosis.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [each.name for each in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert not name.startswith("bringup") or name.startswith(allowed), (path.name, name)


def test_the_page_of_remedies_is_the_catalogues() -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "remedies.md"
    assert page.read_text(encoding="utf-8") == as_markdown()


def test_every_remedy_has_words_that_stand_on_one_line() -> None:
    for remedy in REMEDIES.values():
        assert remedy.words
        assert len(remedy.words) <= 110, remedy.id


def test_no_name_of_a_lab_fault_stands_in_the_diagnosis() -> None:
    sources = [
        path.read_text(encoding="utf-8") for path in Path(bringup.diagnosis.__file__).parent.glob("*.py")
    ]
    for name in fault_kinds():
        assert not any(name in source for source in sources), name


def test_a_read_that_failed_at_the_far_end_is_laid_to_the_far_end() -> None:
    record = Record()
    record.broken("optics", "assembly", C1[0], "unreachable", "node-01 (ssh) did not accept", "leaf-1")
    assert record.only_cause.subjects == ("node-01",)
