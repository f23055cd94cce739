"""What a count of errors in a window proves, and what RS(544,514) makes of a bit error ratio. Pure.

Formulas are textbook: the exact (Garwood) bounds of a Poisson mean, and binomial symbol errors in a codeword.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

CONFIDENCE = 0.95
CODEWORD_SYMBOLS = 544
SYMBOL_BITS = 10
CORRECTABLE_SYMBOLS = 15
RANDOM_NOISE_FLOOR_BER = 1e-4
"""Below this pre-FEC BER random errors fill no codeword within a lifetime (one in 149 years at 800G)."""
EXACT_UP_TO = 20_000
"""Counts above this use the Wilson-Hilferty approximation, which is then right to better than 1e-6 of the
bound.
"""


class Interval(NamedTuple):
    """Bounds of a mean count, inclusive."""

    low: float
    high: float


def poisson_upper(count: int, confidence: float = CONFIDENCE) -> float:
    """One-sided upper bound of the mean of a Poisson count: 2.996 for none seen (the 3/N rule), 4.744 for
    one.

    Raises:
        ValueError: a negative count, or a confidence outside 0..1.
    """
    _check(count, confidence)
    return _mean_with_tail(count, 1.0 - confidence)


def poisson_lower(count: int, confidence: float = CONFIDENCE) -> float:
    """One-sided lower bound of the mean of a Poisson count; 0 for none seen."""
    _check(count, confidence)
    return 0.0 if count == 0 else _mean_with_tail(count - 1, confidence)


def poisson_interval(count: int, confidence: float = CONFIDENCE) -> Interval:
    """Two-sided Garwood interval: half of what is left over on each side."""
    side = 1.0 - (1.0 - confidence) / 2.0
    return Interval(poisson_lower(count, side), poisson_upper(count, side))


def windows_differ(count_a: int, bits_a: float, count_b: int, bits_b: float) -> bool:
    """Whether two windows' error ratios differ:

    Their 95 % intervals don't overlap. 3 against 0 proves nothing.
    """
    a, b = poisson_interval(count_a), poisson_interval(count_b)
    return a.low / bits_a > b.high / bits_b or b.low / bits_b > a.high / bits_a


def ber_upper(errors: int, bits: float) -> float:
    """95 % upper bound of the bit error ratio after `errors` in `bits`.

    Raises:
        ValueError: no bits.
    """
    if bits <= 0:
        raise ValueError("a window without bits proves nothing")
    return poisson_upper(errors) / bits


def bits_to_prove(limit: float) -> float:
    """Bits that must pass without an error to prove an error ratio of `limit` at 95 %: 3 / limit."""
    if limit <= 0:
        raise ValueError("no window proves an error ratio of zero")
    return poisson_upper(0) / limit


def window_to_prove_s(limit: float, bits_per_s: float) -> float:
    """Seconds that prove `limit` when no error is seen: 28 s for 1e-12 on a lane of 106.25 Gb/s."""
    return bits_to_prove(limit) / bits_per_s


def symbol_error_probability(ber: float) -> float:
    """Probability that a ten-bit symbol holds at least one wrong bit, errors being independent."""
    return -math.expm1(SYMBOL_BITS * math.log1p(-ber)) if ber < 1 else 1.0


def uncorrectable_probability(ber: float) -> float:
    """Probability that an RS(544,514) codeword has 16 or more wrong symbols, errors being independent."""
    wrong = symbol_error_probability(ber)
    if wrong <= 0.0:
        return 0.0
    if wrong >= 1.0:
        return 1.0
    return min(
        1.0, math.fsum(_exactly(k, wrong) for k in range(CORRECTABLE_SYMBOLS + 1, CODEWORD_SYMBOLS + 1))
    )


def mean_symbol_errors(ber: float) -> float:
    """Wrong symbols expected in one codeword."""
    return CODEWORD_SYMBOLS * symbol_error_probability(ber)


def uncorrectable_not_noise(uncorrectable: int, ber: float) -> bool:
    """Uncorrectable codewords at a pre-FEC BER below 1e-4 are not random noise.

    They are bursts, re-training, an intermittent contact, crosstalk, or a counter that lies.
    """
    return uncorrectable > 0 and ber < RANDOM_NOISE_FLOOR_BER


def _exactly(symbols: int, wrong: float) -> float:
    ways = (
        math.lgamma(CODEWORD_SYMBOLS + 1)
        - math.lgamma(symbols + 1)
        - math.lgamma(CODEWORD_SYMBOLS - symbols + 1)
    )
    return math.exp(ways + symbols * math.log(wrong) + (CODEWORD_SYMBOLS - symbols) * math.log1p(-wrong))


def _check(count: int, confidence: float) -> None:
    if count < 0:
        raise ValueError(f"a count can't be negative: {count}")
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"a confidence lies between 0 and 1: {confidence}")


def _mean_with_tail(count: int, tail: float) -> float:
    """The Poisson mean at which `count` or fewer events have the probability `tail`."""
    guess = _wilson_hilferty(count, tail)
    if count > EXACT_UP_TO:
        return guess
    low, high = 0.0, max(1.0, 2.0 * guess)
    while _at_most(count, high) > tail:
        high *= 2.0
    for _ in range(200):
        middle = (low + high) / 2.0
        if middle in (low, high):
            break
        if _at_most(count, middle) > tail:
            low = middle
        else:
            high = middle
    return high


def _wilson_hilferty(count: int, tail: float) -> float:
    shape = count + 1.0
    z = NormalDist().inv_cdf(1.0 - tail)
    return float(shape * (1.0 - 1.0 / (9.0 * shape) + z / (3.0 * math.sqrt(shape))) ** 3)


def _at_most(count: int, mean: float) -> float:
    """P(X <= count), X Poisson:

    Terms from the largest down, scaled by the largest so that none underflows.
    """
    if mean == 0.0:
        return 1.0
    mode = min(count, int(mean))
    total, term = 0.0, 1.0
    for k in range(mode, -1, -1):
        total += term
        term *= k / mean
        if term < 1e-17 * total:
            break
    term = 1.0
    for k in range(mode + 1, count + 1):
        term *= mean / k
        total += term
        if term < 1e-17 * total:
            break
    peak = mode * math.log(mean) - mean - math.lgamma(mode + 1)
    return total * math.exp(peak)
