"""What is told of fibre that nobody has inspected, and of fibre that is not fit."""

from __future__ import annotations

from typing import Any

import pytest

from bringup.diagnosis import diagnose
from bringup.model import event as ev
from bringup.model.cause import Cause
from bringup.model.fold import fold_events
from bringup.model.verdict import Reading, Verdict
from tests.diagnosis.record import C1, C3, inventory, link


def ended(subject: str, verdict: Verdict, does: str, **more: Any) -> list[ev.Known]:
    where: dict[str, Any] = {"stage": "fibre", "step": does, "subject": subject, "attempt": 1}
    return [ev.StepStarted(**where, does=does), ev.StepEnded(**where, verdict=verdict, **more)]


def unproven(reason: str, message: str, does: str = "fibre.end_face") -> list[ev.Known]:
    """The same of two cables."""
    return [
        event
        for ends in (C1, C3)
        for event in ended(link(*ends), Verdict.UNKNOWN, does, reason=reason, message=message, cause=ends[0])
    ]


def causes(events: list[ev.Known]) -> tuple[Cause, ...]:
    return diagnose(fold_events(events), inventory())


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        ("no_data", "no end face result is attached to leaf-1/Ethernet0"),
        ("stale", "the plug of leaf-1/Ethernet0 came out after its end face result was attached"),
        ("unparsable", "'a.png' of leaf-1/Ethernet0 can't be read: no known instrument writes like this"),
    ],
)
def test_what_nobody_has_attached_is_told_once_and_laid_to_no_device(reason: str, message: str) -> None:
    (cause,) = causes(unproven(reason, message))
    assert cause.remedy == "attach-fibre-evidence"
    assert set(cause.subjects) == {link(*C1), link(*C3)}


def test_an_end_face_that_a_scope_fails_is_cleaned_at_both_ends() -> None:
    where: dict[str, Any] = {"stage": "fibre", "step": "fibre.end_face", "subject": C1[1], "attempt": 1}
    told = {"quantity": "end_face", "unit": "", "value": "fail", "reading": Reading.VALUE}
    judged = ev.Judged(
        **where, **told, limit="= pass", source="IEC 61300-3-35", standing="standard", verdict=Verdict.FAIL
    )
    start, end = ended(link(*C1), Verdict.FAIL, "fibre.end_face")
    (cause,) = causes([start, ev.Measured(**where, **told), judged, end])
    assert cause.remedy == "clean-both-ends" and C1[1] in cause.title
