"""Measurement x limit -> verdict (contracts, sections 1 and 2). Pure: no clock, no device, no file.

A limit is judged here whatever its standing; a contract adopts a site limit by stating the same (measure,
when) with the standing `contract` in a later envelope, so adoption needs no word of its own.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fnmatch import fnmatchcase

import msgspec

from bringup.model.envelope import Limit
from bringup.model.judgement import Judgement
from bringup.model.measurement import Measurement, Scalar
from bringup.model.units import QUANTITIES
from bringup.model.verdict import Reading, Reason, Standing, Verdict, worst

RECEIVED_LIGHT = frozenset({"rx_power_dbm"})
"""Quantities whose darkness may be the far end's doing."""
TRANSMITTER_OFF_DBM = -15.0
"""A transmitter of 100 Gb/s lanes that is off sends at most this (IEEE 802.3 cl. 124, average power of an off
transmitter; the 4 x 100G wavelength types allow less, -20 dBm)."""
STALE_POLLS = 2.0
NEEDS_BETTER = "within the instrument's accuracy ({accuracy:g}{unit}): measure again with a better instrument"


class Finding(msgspec.Struct, frozen=True):
    """A verdict with what goes with it, before it is bound to a measurement."""

    verdict: Verdict
    reason: Reason | None = None
    within_accuracy: bool = False
    note: str | None = None


def judge(
    measurement: Measurement,
    limits: Sequence[Limit],
    *,
    required: bool = True,
    contract: bool = False,
    far_end_lit: bool | None = None,
    poll_period_s: float | None = None,
    floor: float | None = None,
) -> tuple[Judgement, ...]:
    """One judgement for each limit of `limits` (all those that match); the subject's verdict is the worst.

    Limits of a group (`same_across`, `peer_mad`) are left to `judge_group` and `bringup.peers`, so a measured
    value with only such limits gives an empty tuple here, as does a quantity that nobody requires and no
    limit speaks of: recorded, not judged. A reading that is not a value, or is stale, gives one judgement,
    whatever the limits.

    Args:
        contract: under a contract profile a site limit gives MARGINAL where it would give FAIL.
        far_end_lit: whether the transmitter at the other end is proven on; None and False are both "not
            proven".
        poll_period_s: how often this is read; a reading older than twice that is stale. None: not polled.
        floor: what the quantity would have been with no error at all in this window; a maximum below it
            can't be proven by the window, whatever was seen.
    """
    if not limits and not required:
        return ()
    nothing = _not_a_value(measurement, far_end_lit, poll_period_s)
    if nothing is not None:
        return (bind(measurement, _foremost(limits), nothing),)
    if not any(bounded(limit) or limit.grouped for limit in limits):
        return (bind(measurement, None, Finding(Verdict.UNKNOWN, Reason.NO_LIMIT)),) if required else ()
    return tuple(
        bind(measurement, limit, soften(limit, _against(measurement, limit, floor), contract))
        for limit in limits
        if bounded(limit)
    )


def judge_missing(subject: str, quantity: str, limits: Sequence[Limit] = ()) -> Judgement:
    """What must be there and was not told: UNKNOWN `no_data`."""
    measurement = Measurement(subject=subject, quantity=quantity, reading=Reading.ABSENT)
    return judge(measurement, limits)[0]


def judge_group(
    members: Sequence[Measurement], limit: Limit, *, expected: int | None = None, contract: bool = False
) -> tuple[Judgement, ...]:
    """Uniformity: one judgement for each member of a group that must have the same value.

    `expected` counts the members that the inventory names, measured or not (default: those given). With a
    strict majority of measured members the others are the ones that differ; without one, nobody can say which
    is right and all FAIL. A member without a value is UNKNOWN `no_data`. A group that the inventory names one
    member of agrees with itself, and the note says so; one measured out of several expected has shown
    nothing: UNKNOWN `no_data`.
    """
    counts = Counter(_identity(member.value) for member in members if usable(member))
    measured = sum(counts.values())
    wanted = max(expected if expected is not None else 0, len(members))
    common, votes = counts.most_common(1)[0] if counts else (None, 0)
    found = []
    for member in members:
        if not usable(member):
            finding = Finding(Verdict.UNKNOWN, Reason.NO_DATA, note=f"reading: {member.reading}")
        elif measured == 1 and wanted > 1:
            finding = Finding(
                Verdict.UNKNOWN, Reason.NO_DATA, note=f"1 of {wanted} measured: none to compare"
            )
        elif wanted == 1:
            finding = Finding(Verdict.PASS, note="the only member of its group")
        elif votes * 2 > measured and _identity(member.value) == common:
            finding = Finding(Verdict.PASS)
        else:
            finding = Finding(Verdict.FAIL, note=_split(members, member, measured))
        found.append(bind(member, limit, soften(limit, finding, contract), words=_same_words(limit)))
    return tuple(found)


def overall(judgements: Iterable[Judgement]) -> tuple[Verdict, Reason | None]:
    """The worst verdict, and the reason of the first judgement that has it.

    Nothing judged is UNKNOWN `no_data`.
    """
    found = list(judgements)
    verdict = worst(each.verdict for each in found)
    first = next((each for each in found if each.verdict is verdict), None)
    return verdict, first.reason if first is not None else Reason.NO_DATA


def transmitter_proven_on(measurement: Measurement | None) -> bool | None:
    """Whether a `tx_power_dbm` reading proves that the lane sends:

    True, False, or None when it says nothing.
    """
    if measurement is None or measurement.quantity != "tx_power_dbm":
        return None
    if measurement.reading is Reading.DARK:
        return False
    value = measurement.value
    if not usable(measurement) or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value > TRANSMITTER_OFF_DBM


def _not_a_value(
    measurement: Measurement, far_end_lit: bool | None, poll_period_s: float | None
) -> Finding | None:
    """What a reading says by itself, or None when it is a fresh value to be held against limits."""
    reading, age_s = measurement.reading, measurement.age_s
    if reading not in (Reading.VALUE, Reading.DARK):
        return Finding(Verdict.UNKNOWN, Reason.NO_DATA, note=f"reading: {reading}")
    if age_s is not None and poll_period_s is not None and not age_s <= STALE_POLLS * poll_period_s:
        note = f"{age_s:g} s old; read every {poll_period_s:g} s"
        return Finding(Verdict.UNKNOWN, Reason.STALE, note=note)
    if reading is Reading.DARK:
        if measurement.quantity in RECEIVED_LIGHT and far_end_lit is not True:
            return Finding(Verdict.UNKNOWN, Reason.FAR_END_NOT_LIT)
        return Finding(Verdict.FAIL, note="dark where light is expected")
    if measurement.value is None:
        return Finding(Verdict.UNKNOWN, Reason.NO_DATA)
    if isinstance(measurement.value, float) and not math.isfinite(measurement.value):
        return Finding(Verdict.UNKNOWN, Reason.UNPARSABLE, note="not a finite number")
    return None


def _against(measurement: Measurement, limit: Limit, floor: float | None) -> Finding:
    """A value against all bounds of one limit; the worst of them."""
    value = measurement.value
    found = []
    if limit.min is not None or limit.max is not None:
        found.append(_range(measurement, limit, floor))
    if limit.equals is not None:
        found.append(_member(measurement, (limit.equals,)))
    if limit.one_of is not None:
        found.append(_member(measurement, limit.one_of))
    if limit.matches is not None and isinstance(value, str):
        found.append(Finding(Verdict.PASS if fnmatchcase(value, limit.matches) else Verdict.FAIL))
    elif limit.matches is not None:
        found.append(_wrong_type(value, "text"))
    return max(found, key=lambda finding: finding.verdict.severity)


def _range(measurement: Measurement, limit: Limit, floor: float | None) -> Finding:
    value = measurement.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _wrong_type(value, "a number")
    if limit.max is not None and floor is not None and floor > limit.max:
        note = (
            f"this window can prove no less than {floor:.1e}: it must be {floor / limit.max:.1f} times longer"
        )
        return Finding(Verdict.UNKNOWN, Reason.NO_DATA, note=note)
    if (limit.min is not None and value < limit.min) or (limit.max is not None and value > limit.max):
        outside = max(
            _distance(limit.min, value) if limit.min is not None else Decimal(0),
            _distance(value, limit.max) if limit.max is not None else Decimal(0),
        )
        return _outside(measurement, outside)
    return _inside(measurement, value, limit)


def _inside(measurement: Measurement, value: float, limit: Limit) -> Finding:
    """Inside or on the bounds: how near to an edge."""
    room = min(
        _distance(value, limit.min) if limit.min is not None else Decimal("Infinity"),
        _distance(limit.max, value) if limit.max is not None else Decimal("Infinity"),
    )
    accuracy = _accuracy(measurement)
    if accuracy is not None and room <= accuracy:
        return Finding(Verdict.MARGINAL, within_accuracy=True, note=_better(measurement))
    if limit.marginal is not None and room <= Decimal(repr(limit.marginal)):
        return Finding(Verdict.MARGINAL)
    factor = limit.marginal_factor
    if factor is not None and factor > 1:
        near_min = limit.min is not None and limit.min > 0 and value <= limit.min * factor
        near_max = limit.max is not None and limit.max > 0 and value >= limit.max / factor
        if near_min or near_max:
            return Finding(Verdict.MARGINAL)
    return Finding(Verdict.PASS)


def _outside(measurement: Measurement, by: Decimal) -> Finding:
    accuracy = _accuracy(measurement)
    if accuracy is not None and by <= accuracy:
        return Finding(Verdict.FAIL, within_accuracy=True, note=_better(measurement))
    return Finding(Verdict.FAIL)


def _member(measurement: Measurement, allowed: Sequence[Scalar]) -> Finding:
    """The value among `allowed`, types kept apart: True is not 1, and "1" is not 1."""
    value = measurement.value
    alike = [each for each in allowed if _kind(each) == _kind(value)]
    if not alike:
        return _wrong_type(value, " or ".join(sorted({_kind(each) for each in allowed})))
    numbers = [each for each in alike if isinstance(each, int | float) and not isinstance(each, bool)]
    accuracy = _accuracy(measurement)
    if value in alike:
        if accuracy is not None and numbers:
            return Finding(Verdict.MARGINAL, within_accuracy=True, note=_better(measurement))
        return Finding(Verdict.PASS)
    if numbers and isinstance(value, int | float):
        return _outside(measurement, min(abs(_distance(value, each)) for each in numbers))
    return Finding(Verdict.FAIL)


def soften(limit: Limit, finding: Finding, contract: bool) -> Finding:
    if contract and limit.standing is Standing.SITE and finding.verdict is Verdict.FAIL:
        words = "outside a site limit, which the contract has not adopted"
        note = f"{words}; {finding.note}" if finding.note else words
        return msgspec.structs.replace(finding, verdict=Verdict.MARGINAL, note=note)
    return finding


def bind(
    measurement: Measurement, limit: Limit | None, finding: Finding, words: str | None = None
) -> Judgement:
    return Judgement(
        subject=measurement.subject,
        quantity=measurement.quantity,
        reading=measurement.reading,
        value=measurement.value,
        limit=(words or limit.words) if limit is not None else None,
        source=limit.source if limit is not None else None,
        standing=limit.standing if limit is not None else None,
        verdict=finding.verdict,
        reason=finding.reason,
        within_accuracy=finding.within_accuracy,
        note=finding.note,
    )


def bounded(limit: Limit) -> bool:
    """Whether the limit bounds one value by itself."""
    return any(
        bound is not None for bound in (limit.min, limit.max, limit.equals, limit.one_of, limit.matches)
    )


def _foremost(limits: Sequence[Limit]) -> Limit | None:
    """The limit to show beside a reading that is no value: the first that is not just the site's."""
    return next((limit for limit in limits if limit.standing is not Standing.SITE), next(iter(limits), None))


def _same_words(limit: Limit) -> str:
    return f"the same across {limit.same_across}"


def _wrong_type(value: Scalar | None, wanted: str) -> Finding:
    return Finding(Verdict.UNKNOWN, Reason.UNPARSABLE, note=f"{wanted} is needed, not {_kind(value)}")


def _kind(value: Scalar | None) -> str:
    if isinstance(value, bool):
        return "yes or no"
    return "a number" if isinstance(value, int | float) else "text"


def _identity(value: Scalar | None) -> tuple[str, Scalar | None]:
    return _kind(value), value


def usable(member: Measurement) -> bool:
    return (
        member.reading is Reading.VALUE
        and member.value is not None
        and not (isinstance(member.value, float) and not math.isfinite(member.value))
    )


def _split(members: Sequence[Measurement], member: Measurement, measured: int) -> str:
    alike = sum(usable(each) and _identity(each.value) == _identity(member.value) for each in members)
    return f"{alike} of {measured} measured have this value"


def _accuracy(measurement: Measurement) -> Decimal | None:
    """The instrument's accuracy, where it is stated and is one."""
    stated = measurement.accuracy
    if stated is None or not math.isfinite(stated) or stated <= 0:
        return None
    return Decimal(repr(stated))


def _better(measurement: Measurement) -> str:
    known = QUANTITIES.get(measurement.quantity)
    unit = f" {known.unit}" if known is not None and known.unit else ""
    return NEEDS_BETTER.format(accuracy=measurement.accuracy, unit=unit)


def _distance(upper: float, lower: float) -> Decimal:
    """`upper - lower` in the decimals that people write, so that 1.0 dB off is 1.0 and not 0.99..."""
    return Decimal(repr(upper)) - Decimal(repr(lower))
