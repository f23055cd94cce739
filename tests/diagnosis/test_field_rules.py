"""Rules of the field that the diagnosis must not break."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import bringup
from bringup.model.measurement import DARK, value
from bringup.model.subject import link
from bringup.model.verdict import Reason, Verdict
from tests.diagnosis.record import C1, C2, Record, light, up

FIBRE_WORK = {
    "clean-both-ends",
    "inspect-fibre-lane",
    "check-plug-and-polarity",
    "swap-cables-back",
    "trace-cable",
    "replace-optic",
    "reseat-and-measure-again",
}
PACKAGE = Path(bringup.__file__).parent


def test_field_02_a_dark_receiver_is_unknown_and_no_fibre_is_touched_before_its_far_end_is_proven_on() -> (
    None
):
    record = Record()
    record.step("optics", "levels", C1[0], light(C1[0], rx=(DARK,) * 4), lit=None)
    cause = record.only_cause
    assert cause.verdict is Verdict.UNKNOWN
    assert cause.reasons == (Reason.FAR_END_NOT_LIT,)
    assert cause.remedy == "prove-far-transmitter"
    assert cause.remedy not in FIBRE_WORK


def test_field_02_a_host_that_is_off_explains_the_dark_at_its_switches() -> None:
    record = Record()
    record.step("hosts", "power_on", "node-01", [("node-01", "outcome", "not_done")])
    for near, far in (C1, C2):
        record.step("optics", "levels", near, light(near, rx=(DARK,) * 4), lit=None)
        record.step("links", "state", link(near, far), [*up(near, oper_up=False)])
    cause = record.only_cause
    assert (cause.remedy, cause.subjects) == ("power-far-end", ("node-01",))
    assert len(cause.explains) == 5


def test_field_02_a_dark_receiver_whose_far_end_is_proven_on_is_a_matter_of_fibre() -> None:
    record = Record()
    record.step("optics", "levels", C1[0], light(C1[0], rx=(DARK,) * 4), lit=True)
    record.step("optics", "levels", C1[1], light(C1[1]))
    cause = record.only_cause
    assert (cause.verdict, cause.remedy) == (Verdict.FAIL, "check-plug-and-polarity")


def test_field_07_no_driver_check_or_action_clears_a_counter() -> None:
    """A baseline and a difference: no command that would clear stands anywhere in what talks to devices."""
    clearing = re.compile(r"\b(sonic-clear|clear (counters|hardware|interface)|-c clear|--pc\b|portstat -c)")
    for folder in ("driver", "check", "action", "transport"):
        for path in (PACKAGE / folder).rglob("*.py"):
            assert not clearing.search(path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize("end", C1)
def test_field_07_counters_that_somebody_else_cleared_are_said_so_and_nothing_is_concluded(end: str) -> None:
    record = Record()
    other = C1[1] if end == C1[0] else C1[0]
    clean = [(other, "pre_fec_ber_upper", value(1e-8)), (other, "uncorrectable_codewords", value(0))]
    record.cleared("links", "errors", link(*C1), end, clean)
    cause = record.only_cause
    assert (cause.verdict, cause.remedy) == (Verdict.UNKNOWN, "stop-clearing-counters")
    assert cause.reasons == (Reason.NO_DATA,)
    assert end in cause.title and "cleared" in cause.title


def test_field_07_a_lost_codeword_beside_cleared_counters_is_what_is_told() -> None:
    record = Record()
    lost = [(C1[1], "pre_fec_ber_upper", value(1e-8)), (C1[1], "uncorrectable_codewords", value(7))]
    record.cleared("links", "errors", link(*C1), C1[0], lost)
    cause = record.only_cause
    assert cause.verdict is Verdict.FAIL
    assert cause.remedy == "reseat-and-measure-again"
