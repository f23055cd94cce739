"""Loopbacks, pattern tests and their results: CMIS pages 13h and 14h."""

from __future__ import annotations

from struct import unpack_from

from bringup.decode.module import scale
from bringup.decode.module.facts import Diagnostics
from bringup.decode.module.memory import Ledger, Memory, page_key
from bringup.model.measurement import NOT_AVAILABLE, Read, value

_LOOPBACKS = ("media_output", "media_input", "host_output", "host_input")
_PATTERNS = (
    (16, "host_generator"),
    (24, "media_generator"),
    (32, "host_checker"),
    (40, "media_checker"),
)
"""(byte of page 13h less 128, what it enables on the lanes of its bits)."""
BER, SNR = 1, 6
_SELECTORS = {BER: "ber", SNR: "snr_db"}
POSSIBLE_SNR_DB = (1.0, 60.0)


def diagnostics(memory: Memory, ledger: Ledger) -> Diagnostics | None:
    """What the pages of bank 0 hold; None where page 13h was not captured."""
    control, results = memory.half(page_key(0x13)), memory.half(page_key(0x14))
    if control is None:
        return None
    selected = _SELECTORS.get(results[0]) if results is not None else None
    host: tuple[Read, ...] = ()
    media: tuple[Read, ...] = ()
    if results is not None and selected == "ber":
        host, media = _ratios(results, 64, "host", ledger), _ratios(results, 80, "media", ledger)
    elif results is not None and selected == "snr_db":
        host, media = _snr(results, 80, "host", ledger), _snr(results, 112, "media", ledger)
    return Diagnostics(
        loopbacks_supported=tuple(name for bit, name in enumerate(_LOOPBACKS) if control[0] >> bit & 1),
        loopbacks_on={
            name: _lanes(control[52 + at]) for at, name in enumerate(_LOOPBACKS) if control[52 + at]
        },
        patterns_on={name: _lanes(control[at]) for at, name in _PATTERNS if control[at]},
        selected=selected,
        host=host,
        media=media,
    )


def _lanes(bits: int) -> tuple[int, ...]:
    return tuple(lane + 1 for lane in range(8) if bits >> lane & 1)


def _ratios(page: bytes, at: int, side: str, ledger: Ledger) -> tuple[Read, ...]:
    """Bit error ratios. One of 0 may be a checker that does not run: it is no ratio."""
    return tuple(
        ratio(raw, f"{side} lane {lane} ber", ledger)
        for lane, raw in enumerate(unpack_from(">8H", page, at), start=1)
    )


def ratio(raw: int, field: str, ledger: Ledger) -> Read:
    """A bit error ratio as F16; 0 may stand for "none seen" or for "not running", so it is not available."""
    read = scale.f16(raw)
    if read > 1.0:
        return ledger.impossible(field, f"a ratio of {read:g}")
    return value(read) if raw else NOT_AVAILABLE


def _snr(page: bytes, at: int, side: str, ledger: Ledger) -> tuple[Read, ...]:
    """Signal to noise in dB: U16 of 1/256, little-endian on this page alone; 0 is not measured."""
    found: list[Read] = []
    for lane, raw in enumerate(unpack_from("<8H", page, at), start=1):
        decibel = raw / 256
        if not raw:
            found.append(NOT_AVAILABLE)
        elif POSSIBLE_SNR_DB[0] <= decibel <= POSSIBLE_SNR_DB[1]:
            found.append(value(decibel))
        else:
            found.append(ledger.impossible(f"{side} lane {lane} snr_db", f"{decibel:.1f} dB"))
    return tuple(found)
