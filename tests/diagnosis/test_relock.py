"""Links made to lock anew, ports beside their peers, modules by their own limits: the right cause, once."""

from __future__ import annotations

from typing import Any

import pytest

from bringup.judge import overall
from bringup.model.envelope import Limit
from bringup.model.judgement import Judgement
from bringup.model.measurement import measured
from bringup.model.subject import link
from bringup.model.verdict import Standing, Verdict
from bringup.peers import judge_peers
from tests.diagnosis.record import C1, C3, LIMITS, Record, Told, _judged, _measured, errors, healthy
from tests.judge.test_peers import BER, HEALTHY

MORE: dict[str, dict[str, Any]] = {
    "relock_ber_factor": {"max": 5.0},
    "relock_far_ber_factor": {"max": 5.0},
    "unasked_flaps": {"max": 0},
    "link_came_up": {"equals": True},
    "link_up_s": {"max": 180.0},
    "link_up_share": {"max": 1.0},
    "lldp_after_link_s": {"max": 125.0},
    "lock_ber": {"max": 1e-5},
    "rx_alarm_room_db": {"min": 0.0},
    "bias_off_median": {"max": 0.3},
    "module_temperature_c": {"max": 70.0},
    "ends_alike": {"equals": True},
    "laser_source_ok": {"equals": True},
    "lane_locked": {"equals": True},
}


class More(Record):
    """A record whose envelope knows these quantities too."""

    def found(self, stage: str, step: str, subject: str, judgements: list[Judgement]) -> None:
        """One subject is judged by somebody else than a record's own limits."""
        where = {"stage": stage, "step": step, "attempt": 1}
        self._open(stage, step, subject)
        for each in judgements:
            one = measured(each.subject, each.quantity, each.value or 0.0)
            self._events += [_measured(where, one), _judged(where, each)]
        verdict, _ = overall(judgements)
        self._end(where, subject, verdict)

    def _limits(self, subject: str, quantity: str) -> tuple[Limit, ...]:
        if quantity in MORE and quantity not in LIMITS:
            return (Limit(measure=quantity, source="a datasheet", standing=Standing.SITE, **MORE[quantity]),)
        return super()._limits(subject, quantity)


def after_test(port: str, *told: Told) -> More:
    record = More()
    healthy(record)
    record.step("relock", "relock", port, [(port, "outcome", "done"), *told])
    return record


@pytest.mark.parametrize(
    ("told", "rule", "remedy"),
    [
        ([("relock_far_ber_factor", 9.5)], "far-receiver-adapts-unlike", "relock-and-guard"),
        ([("relock_ber_factor", 9.5)], "receiver-adapts-unlike", "relock-and-guard"),
        ([("link_came_up", False)], "link-does-not-come-back", "check-link-training"),
        ([("unasked_flaps", 2)], "comes-and-goes-under-test", "reseat-and-measure-again"),
        ([("unasked_flaps", 2), ("relock_ber_factor", 90.0)], "comes-and-goes-under-test",
         "reseat-and-measure-again"),
        ([("link_up_s", 200.0)], "comes-up-slowly", "check-link-training"),
        ([("link_up_share", 1.5)], "comes-up-slowly", "check-link-training"),
        ([("lldp_after_link_s", 126.0)], "named-too-late", "check-lldp"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("port", [C1[0], C3[1]])
def test_what_a_test_of_a_link_finds_has_a_cause(
    told: list[tuple[str, Any]], rule: str, remedy: str, port: str
) -> None:
    cause = after_test(port, *((port, quantity, value) for quantity, value in told)).only_cause
    assert (cause.rule, cause.remedy, cause.verdict) == (rule, remedy, Verdict.FAIL)


def test_the_receiver_is_named_that_adapts_unlike_and_not_the_port_that_was_shut() -> None:
    far = after_test(C1[0], (C1[0], "relock_far_ber_factor", 12.5)).only_cause
    near = after_test(C1[0], (C1[0], "relock_ber_factor", 12.5)).only_cause
    assert far.title.startswith(f"the receiver at {C1[1]} adapts") and "12.5" in far.title
    assert near.title.startswith(f"the receiver at {C1[0]} adapts")


def test_bad_locks_are_told_with_what_they_show() -> None:
    port = C1[0]
    lock = f"{port}#lock-1"
    cause = after_test(port, (port, "relock_ber_factor", 90.0), (lock, "lock_ber", 3e-5)).only_cause
    assert (cause.rule, cause.remedy) == ("receiver-adapts-unlike", "relock-and-guard")
    assert [each.quantity for each in cause.shown] == ["relock_ber_factor", "lock_ber"]


def test_a_port_that_is_bad_only_beside_its_peers_is_told_so() -> None:
    record = More()
    healthy(record, but=[C3])
    told = [
        measured(f"p/{at}" if at else C3[0], BER.measure, number)
        for at, number in enumerate((1e-8, *HEALTHY[1:]))
    ]
    (outlier,) = [one for one in judge_peers(told, BER) if one.verdict is Verdict.FAIL]
    record.found("links", "errors", link(*C3), [outlier])
    cause = record.only_cause
    assert (cause.rule, cause.remedy) == ("more-errors-than-peers", "relock-and-guard")
    assert C3[0] in cause.title
    assert "8.7 times above the median" in str(cause.shown[0].note)


def test_errors_above_a_limit_are_no_matter_of_peers() -> None:
    record = More()
    healthy(record, but=[C3])
    record.step("links", "errors", link(*C3), [*errors(C3[0], ber=2e-5), *errors(C3[1])])
    assert record.only_cause.rule == "errors-in-good-light"


@pytest.mark.parametrize(
    ("part", "quantity", "value", "remedy"),
    [
        ("#lane-2", "rx_alarm_room_db", -0.5, "clean-both-ends"),
        ("#lane-2", "bias_off_median", 0.5, "replace-optic"),
        ("", "module_temperature_c", 75.0, "check-module-cooling"),
        ("", "ends_alike", False, "trace-cable"),
        ("", "laser_source_ok", False, "replace-laser-source"),
        ("#lane-4", "lane_locked", False, "reset-or-replace-optic"),
    ],
)
def test_what_is_wrong_with_a_module_has_a_remedy(
    part: str, quantity: str, value: float | bool, remedy: str
) -> None:
    record = More()
    healthy(record)
    record.step("optics", "acceptance", C1[0], [(C1[0] + part, quantity, value)])
    assert (record.only_cause.remedy, record.only_cause.verdict) == (remedy, Verdict.FAIL)
