"""The only way device text gets on a screen: what could move a cursor, hide or reorder is written out.

Kept are characters that take one cell and mean only themselves. All else (control and escape characters,
right-to-left letters and overrides, zero-width and combining characters, wide characters, surrogates, private
and unassigned ones, spaces other than the plain one) is shown as `\\x1b`, `\\u202e`: harmless in any
terminal, and honest. The result holds no markup: whoever draws it must not read it as any.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from types import MappingProxyType

from bringup.model.measurement import Scalar
from bringup.model.verdict import Reading

CUT = "…"
_HARMLESS = frozenset("LNPS")
"""Letters, numbers, punctuation, symbols: first letters of the Unicode categories."""
_WIDE = frozenset("WF")
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_JOINING_JAMO = range(0x1160, 0x1200)
_HALFWIDTH_FILLER = 0xFFA0
_LAST_CODE = 0xFFFF
"""Above it lie scripts and pictures whose width terminals disagree about."""
NOTHING_READ = MappingProxyType(
    {
        Reading.DARK: "dark",
        Reading.NOT_AVAILABLE: "not available now",
        Reading.UNSUPPORTED: "not supported",
        Reading.ABSENT: "not told",
    }
)


def visible(text: str, width: int | None = None, *, cut: str = CUT) -> str:
    """`text` on one line, at most `width` cells; what does not fit is cut, and `cut` (one cell) says so."""
    if width is not None and width <= 0:
        return ""
    if text.isascii() and text.isprintable():  # nearly all of it, and a frame has hundreds
        return text if width is None or len(text) <= width else text[: width - 1] + cut
    shown: list[str] = []
    used = 0
    fits = 0  # how many pieces leave a cell for the cut mark
    for piece in _pieces(text):
        if width is not None and used + len(piece) > width:
            return "".join(shown[:fits]) + cut
        shown.append(piece)
        used += len(piece)
        if width is None or used + 1 <= width:
            fits = len(shown)
    return "".join(shown)


def lines(text: str, width: int, most: int) -> tuple[str, ...]:
    """Device text of many lines, each made visible; a last line says how many were left out."""
    found = text.replace("\r\n", "\n").split("\n")
    while found and not found[-1].strip():
        found.pop()
    shown = tuple(visible(line, width) for line in found[:most])
    left = len(found) - len(shown)
    return (*shown, f"({left} more lines)") if left else shown


def _pieces(text: str) -> Iterator[str]:
    for character in text:
        if " " <= character <= "~" or _harmless(character):
            yield character
        else:
            yield _written_out(character)


def _harmless(character: str) -> bool:
    code = ord(character)
    if code > _LAST_CODE or code in _JOINING_JAMO or code == _HALFWIDTH_FILLER:
        return False
    return (
        unicodedata.category(character)[0] in _HARMLESS
        and unicodedata.east_asian_width(character) not in _WIDE
        and unicodedata.bidirectional(character) not in _RIGHT_TO_LEFT
    )


def _written_out(character: str) -> str:
    code = ord(character)
    if character in "\n\r\t":
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[character]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def amount(value: Scalar | None, unit: str = "", reading: Reading = Reading.VALUE) -> str:
    """A value with its unit, as people read it; what is no value says which kind of nothing it is."""
    if reading is not Reading.VALUE:
        return NOTHING_READ[reading]
    if value is None:
        return "?"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = visible(value) if isinstance(value, str) else number(value)
    return f"{text} {unit}" if unit else text


def number(value: float) -> str:
    """Four significant digits for a measured number, all digits of a count."""
    if isinstance(value, int):
        return str(value)
    if value == 0 or 1e-3 <= abs(value) < 1e6:
        return f"{value:.4g}" if abs(value) < 1e4 else f"{value:.0f}"
    return f"{value:.2e}"
