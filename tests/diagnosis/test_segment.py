"""What is told of a link that was taken apart: by loopbacks, test patterns and tones."""

from __future__ import annotations

from typing import Any

import pytest

from bringup.diagnosis import diagnose
from bringup.model import event as ev
from bringup.model.cause import Cause
from bringup.model.fold import fold_events
from bringup.model.measurement import Scalar
from bringup.model.verdict import Reading, Verdict
from tests.diagnosis.record import C1, inventory


def causes(part: str, quantity: str, value: Scalar, limit: str) -> tuple[Cause, ...]:
    """Of one action on a port with one bad reading, judged."""
    step: dict[str, Any] = {"stage": "apart", "step": "test", "attempt": 1}
    where = {**step, "subject": f"{C1[0]}{part}"}
    told: dict[str, Any] = {"quantity": quantity, "unit": "", "value": value, "reading": Reading.VALUE}
    events: list[ev.Known] = [
        ev.StepStarted(**step, subject=C1[0], does="link.loopbacks"),
        ev.Measured(**where, **told),
        ev.Judged(**where, **told, limit=limit, source="site", standing="site", verdict=Verdict.FAIL),
        ev.StepEnded(**step, subject=C1[0], verdict=Verdict.FAIL),
    ]
    return diagnose(fold_events(events), inventory())


@pytest.mark.parametrize(
    ("part", "quantity", "value", "limit", "remedy", "words"),
    [
        ("", "bad_segment", "this end's module", "= none", "check-signal-quality", "this end's module"),
        ("#lane-2", "prbs_locked", False, "= True", "clean-both-ends", "#lane-2"),
        ("#lane-2", "prbs_far_ber_upper", 3e-4, "<= 1e-5", "clean-both-ends", "0.0003"),
        ("", "tone_as_planned", False, "= True", "trace-cable", "cable list"),
        ("", "tone_lanes_straight", False, "= True", "check-plug-and-polarity", "lanes of the same number"),
    ],
)
def test_what_a_test_of_a_link_found_has_a_cause_and_a_remedy(
    part: str, quantity: str, value: Scalar, limit: str, remedy: str, words: str
) -> None:
    (cause,) = causes(part, quantity, value, limit)
    assert cause.remedy == remedy
    assert words in cause.title and C1[0] in cause.title
    assert cause.next_test
