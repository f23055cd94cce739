"""Optics, noise and error correction, as textbook formulas (additive white Gaussian noise, Gray-coded PAM4,
RS(544,514) over 10-bit symbols). Pure functions; powers in dBm, losses and ratios in dB.
"""

from __future__ import annotations

import math
from functools import lru_cache

from bringup.model.media import family_of

DARK_DBM = -30.0
"""A receiver monitor sees nothing below this."""

CODEWORD_BITS = 5440
CODEWORD_SYMBOLS = 544
CORRECTABLE_SYMBOLS = 15
LINE_RATE_FACTOR = 1.0625
"""Line bits for each payload bit at 100G a lane: 106.25 of 100 (RS(544,514) and 256b/257b)."""

RX_DBM_AT_CORRECTION_LIMIT = -6.4
"""Where thermal noise alone leaves PAM4 at 53 GBd with 17.66 dB, i.e. at 2.4e-4."""
SNR_DB_AT_CORRECTION_LIMIT = 17.66
SNR_CEILING_DB = 24.0
"""What transmitter noise and equaliser residue leave, however much light arrives."""
PAM4_OVER_NRZ_DB = 6.99
"""What four levels need more than two for the same distance between them: a factor of five."""
LOCK_SNR_DB = 12.5
"""Below this a receiver finds no alignment and reports the link down."""

CLEAN_PAIR_DB = (0.10, 0.30)
"""Loss of one clean mated pair, from and to."""
FIBRE_DB_PER_KM = 0.4
COPPER_DB, COPPER_DB_PER_M = 3.5, 6.4
"""Loss of a cable of twinax at 26.6 GHz: its two paddle cards, and a metre of it."""
INSIDE_DB = (0.8, 1.2)
"""Loss from laser to receiver inside an active optical cable, from and to."""
BROKEN_FIBRE_DB = 60.0


def q(x: float) -> float:
    """The upper tail of the normal distribution."""
    return 0.5 * math.erfc(x / math.sqrt(2.0))


def ratio(db: float) -> float:
    """Power ratio of `db`."""
    return math.pow(10.0, db / 10.0)


def decibel(power_ratio: float) -> float:
    """`power_ratio` (positive) in dB."""
    return 10.0 * math.log10(power_ratio)


def milliwatt(dbm: float) -> float:
    return ratio(dbm)


def pam4_ber(snr_db: float) -> float:
    """Bit error ratio of Gray-coded PAM4."""
    return 0.75 * q(math.sqrt(ratio(snr_db) / 5.0))


def nrz_ber(snr_db: float) -> float:
    """Bit error ratio of NRZ."""
    return q(math.sqrt(ratio(snr_db)))


def snr_db(
    rx_power_dbm: float,
    ceiling_db: float = SNR_CEILING_DB,
    limit_dbm: float = RX_DBM_AT_CORRECTION_LIMIT,
    slope: float = 2.0,
) -> float:
    """Electrical SNR behind a receiver: 2 dB a dB of light, under a ceiling that light can't lift.

    A dB of copper (`slope` 1) is one of SNR.
    """
    thermal = SNR_DB_AT_CORRECTION_LIMIT + slope * (rx_power_dbm - limit_dbm)
    return -decibel(ratio(-thermal) + ratio(-ceiling_db))


def symbol_error_probability(ber: float) -> float:
    """That a 10-bit symbol is wrong."""
    return -math.expm1(10.0 * math.log1p(-min(ber, 0.5)))


@lru_cache(maxsize=4096)
def uncorrectable_probability(ber: float) -> float:
    """That a codeword of RS(544,514) holds more wrong symbols than it can correct."""
    p = symbol_error_probability(ber)
    if p <= 0.0:
        return 0.0
    total = 0.0
    for wrong in range(CORRECTABLE_SYMBOLS + 1, CODEWORD_SYMBOLS + 1):
        term = math.exp(
            math.lgamma(CODEWORD_SYMBOLS + 1)
            - math.lgamma(wrong + 1)
            - math.lgamma(CODEWORD_SYMBOLS - wrong + 1)
            + wrong * math.log(p)
            + (CODEWORD_SYMBOLS - wrong) * math.log1p(-p)
        )
        total += term
        if wrong > CODEWORD_SYMBOLS * p and term < total * 1e-9:
            break
    return min(1.0, total)


@lru_cache(maxsize=4096)
def codeword_bins(ber: float) -> tuple[float, ...]:
    """That a codeword holds 0, 1, … 15 wrong symbols: a binomial of 544."""
    p = symbol_error_probability(ber)
    if p <= 0.0:
        return (1.0,) + (0.0,) * CORRECTABLE_SYMBOLS
    return tuple(
        math.comb(CODEWORD_SYMBOLS, wrong) * p**wrong * math.exp((CODEWORD_SYMBOLS - wrong) * math.log1p(-p))
        for wrong in range(CORRECTABLE_SYMBOLS + 1)
    )


def touched_probability(ber: float) -> float:
    """That a codeword holds any wrong symbol."""
    return -math.expm1(CODEWORD_BITS * math.log1p(-min(ber, 0.5)))


def line_rate_bps(speed_gbps: float) -> float:
    return speed_gbps * 1e9 * LINE_RATE_FACTOR


def codewords_per_s(speed_gbps: float) -> float:
    return line_rate_bps(speed_gbps) / CODEWORD_BITS


def warmed(inlet_c: float, rise_c: float, since_s: float, time_constant_s: float = 90.0) -> float:
    """Temperature of a part `since_s` after it was switched on: first order towards inlet plus rise."""
    return inlet_c + rise_c * -math.expm1(-max(0.0, since_s) / time_constant_s)


@lru_cache(maxsize=256)
def fibre_of(medium: str) -> str:
    """The kind of fibre and plug that a medium is for: `DR` of 400GBASE-DR4-2 and 800G-DR8-LPO, `FR` of
    400GBASE-FR4. A cable assembly fits nothing but itself.
    """
    if family_of(medium) in ("copper", "sealed"):
        return medium
    kind = medium.upper().rpartition("BASE-")[2] or medium.upper()
    return kind.partition("G-")[2][:2] if "G-" in kind else kind.lstrip("0123456789X")[:2]
