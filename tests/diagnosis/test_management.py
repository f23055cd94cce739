"""Leaks and crossed management cables: the right cause, once."""

from __future__ import annotations

import pytest

from bringup.diagnosis import REMEDIES
from bringup.diagnosis.rules_single import NO_DETECTOR
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read
from bringup.model.verdict import Verdict
from tests.diagnosis.record import C1, C3, C4, Record, assert_ends

FRONT = "node-01/leak-front"


@pytest.mark.parametrize("state", ["Warning", "Critical"])
def test_a_detector_that_is_not_dry_stops_everything(state: str) -> None:
    record = Record()
    record.step("power", "leak", FRONT, [(FRONT, "leak_state", state)])
    cause = record.only_cause
    assert (cause.remedy, cause.verdict) == ("stop-and-find-leak", Verdict.FAIL)
    assert state in cause.title and FRONT in cause.title


@pytest.mark.parametrize("told", [ABSENT, NOT_AVAILABLE])
def test_a_detector_that_is_missing_or_silent_is_to_be_connected(told: Read) -> None:
    record = Record()
    record.step("power", "leak", FRONT, [(FRONT, "leak_state", told)])
    cause = record.only_cause
    assert (cause.remedy, cause.verdict) == (NO_DETECTOR.remedy, Verdict.UNKNOWN)
    assert NO_DETECTOR.remedy in REMEDIES


def test_two_wet_detectors_are_two_causes() -> None:
    record = Record()
    for name in ("leak-front", "leak-rear"):
        record.step("power", "leak", f"node-01/{name}", [(f"node-01/{name}", "leak_state", "Critical")])
    assert [cause.remedy for cause in record.causes] == ["stop-and-find-leak"] * 2


def test_crossed_cables_that_one_switch_alone_sees_are_one_cause_at_both_ports() -> None:
    record = Record()
    for here, seen in ((C3[0], C4[1]), (C4[0], C3[1])):
        record.step("management", "cabling", here, [(here, "neighbor", seen)])
    cause = record.only_cause
    assert (cause.remedy, cause.verdict) == ("swap-cables-back", Verdict.FAIL)
    assert_ends(cause, *C3, *C4)


def crossed(role: str) -> Record:
    """Two cables of one switch lead to each other's devices, and these are not who they should be."""
    record = Record()
    devices = tuple(
        device.model_copy(update={"role": role}) if device.name == "leaf-1" else device
        for device in record.inventory.device
    )
    record.inventory = record.inventory.model_copy(update={"device": devices})
    record.step("management", "identity", "node-01", [("node-01", "serial", "SN-other")])
    for here, seen in ((C1[0], C4[1]), (C4[0], C1[1])):
        record.step("management", "cabling", here, [(here, "neighbor", seen)])
    return record


def test_who_answers_behind_crossed_management_cables_is_part_of_the_one_cause() -> None:
    cause = crossed("mgmt-switch").only_cause
    assert (cause.remedy, cause.stage, cause.step) == ("swap-cables-back", "management", "cabling")
    assert len(cause.explains) == 3


def test_crossed_fabric_cables_do_not_explain_who_a_device_is() -> None:
    assert {cause.remedy for cause in crossed("leaf").causes} == {"swap-cables-back", "check-device-identity"}
