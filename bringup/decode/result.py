"""What the formats share: how a parser says that its input is damaged or holds nothing, and strict readers
of text.

A parser returns `Found`, or raises `Damaged` (can't be read: cut, garbage, an error message) or `Nothing` (a
clean answer that holds none of what was asked for). `Format.decode` turns each into an outcome.
"""

from __future__ import annotations

import json
import math
import re

import msgspec

from bringup.model.facts import Fact
from bringup.model.measurement import ABSENT, DARK, NOT_AVAILABLE, Measurement, Read, Scalar, value

FactValue = Fact | tuple[Fact, ...] | list[object] | dict[str, object] | Scalar | None

MAX_DIGITS = 25
MAX_INTEGER = 2**64 - 1
"""No counter of a device is longer; a text with many more digits is garbage, and slow to convert."""

_PLAIN_DIGITS = 19
"""Any number of so many digits is less than `MAX_INTEGER`."""

MAX_LINES = 500_000
MAX_JSON_VALUES = 500_000
"""Sixteen megabytes of `[],` become a gigabyte of lists, and seconds in which nothing else is done."""

MISSING_WORDS = frozenset(
    {"n/a", "na", "-", "--", "none", "not available", "not reported", "unknown!", "unknown"}
)
"""Spellings of "there is none now", lower case."""

_DECIMAL = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,9}(?:[eE][+-]?[0-9]{1,2})?)?\s*")
"""What most measured fields hold; never out of range, and `float` takes the blanks after it."""
NO_LIGHT_DBM = -40.0
_FRACTION = frozenset(".eE")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,4})?")
_INFINITE = frozenset({"-inf", "- inf"})
_ERROR_LINE = re.compile(
    r"(?:error\b|fatal\b|traceback \(most recent call last\)|usage:|try .{1,60} for help"
    r"|permission denied|sudo: |(?:ba|da|z)?sh: |cannot connect to the docker daemon"
    r"|[^\n]{0,120}: (?:command not found|no such file or directory|permission denied|not found)\s*$)",
    re.IGNORECASE,
)
_ERROR_SCAN_CHARS = 65_536
_ERROR_WORDS = (
    *("error", "fatal", "traceback", "usage:", "for help", "permission denied", "sudo:", "sh:"),
    *("cannot connect", "not found", "no such file"),
)
"""A text without any of these, in small letters, has no such line: what most texts are told apart by."""


class Empty(Exception):
    """Base of what a parser raises. `facts` are the few that it can tell all the same: a code, a message."""

    def __init__(self, why: str, facts: dict[str, FactValue] | None = None) -> None:
        super().__init__(why)
        self.facts = facts or {}


class Damaged(Empty):
    """The input can't be read as this format; the text says why, in words."""


class Nothing(Empty):
    """The input is whole and clean, and holds none of what it was asked for."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a parser found. `facts` maps the names that its `Format.facts` declares."""

    facts: dict[str, FactValue]
    measurements: tuple[Measurement, ...] = ()
    warnings: tuple[str, ...] = ()


def text_of(data: bytes, *, max_lines: int = MAX_LINES) -> tuple[str, tuple[str, ...]]:
    """The text of `data` and what had to be warned of. Bytes that are no UTF-8 become U+FFFD.

    Args:
        max_lines: for tools that print far fewer than any: each line costs several times its length.

    Raises:
        Damaged: it has more lines than any device prints, which would only cost memory.
    """
    if data.count(b"\n") > max_lines:
        raise Damaged(f"more than {max_lines} lines")
    try:
        text = data.decode("utf-8")
        warnings: tuple[str, ...] = ()
    except UnicodeDecodeError as error:
        text = data.decode("utf-8", errors="replace")
        warnings = (f"byte {error.start} is no valid UTF-8; such bytes are shown as U+FFFD",)
    return text.replace("\r\n", "\n").removeprefix("\ufeff"), warnings


def whole_lines(text: str, *, longest: int | None = None) -> list[str]:
    """The lines of `text`, whose last one must be complete.

    Raises:
        Damaged: the text does not end with a newline, so its last line may be cut; or a line has more than
            `longest` characters.
    """
    refuse_open_line(text)
    lines = text[:-1].split("\n")
    if longest is not None and max(map(len, lines)) > longest:
        raise Damaged(f"a line has more than {longest} characters")
    return lines


def refuse_open_line(text: str) -> None:
    """Refuse a text whose last line may be cut.

    Raises:
        Damaged: it does not end with a newline.
    """
    if not text.endswith("\n"):
        raise Damaged("the last line has no end: the text may be cut")


def refuse_error_text(text: str) -> None:
    """Refuse output that is an error message, whatever the exit status said.

    Raises:
        Damaged: a line says that the command failed. Only the first 64 Ki characters are looked at.
    """
    head = text[:_ERROR_SCAN_CHARS]
    low = head.lower()
    if not any(word in low for word in _ERROR_WORDS):
        return
    for line in head.splitlines():
        stripped = line.strip()[:400]
        if stripped and _ERROR_LINE.match(stripped):
            raise Damaged(f"the output is an error message: {stripped[:120]!r}")


def too_many_values(data: bytes) -> bool:
    """Whether JSON holds more than any device tells, counted by its marks (those inside texts, too)."""
    return sum(map(data.count, (b"[", b"{", b","))) > MAX_JSON_VALUES


def json_of(data: bytes) -> object:
    """The one JSON value in `data`. NaN and infinities are refused, as JSON has none; so are repeated keys.

    Raises:
        Damaged: no JSON, cut JSON, something after it, nested too deeply, or too many values.
    """
    if too_many_values(data):
        raise Damaged(f"more than {MAX_JSON_VALUES:,} values")
    try:
        return json.loads(data, parse_constant=_no_constant, object_pairs_hook=_no_repeats, parse_int=_int)
    except (ValueError, RecursionError) as error:
        raise Damaged(f"no whole JSON: {str(error)[:120] or type(error).__name__}") from error


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON number")


def _no_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key occurs twice in one object")
    return made


def _int(text: str) -> int:
    if len(text) > MAX_DIGITS or abs(int(text)) > MAX_INTEGER:
        raise ValueError("an integer is more than 64 bits hold")
    return int(text)


def number(text: str) -> int | float:
    """One number: `1,234` (thousands in threes only), `-0.5`, `1.2E-08`. An integer stays one.

    Raises:
        Damaged: it is none, not finite, or an integer of more than 64 bits.
    """
    stripped = text.strip()
    if _is_plain(stripped):
        return int(stripped)
    if len(stripped) > 2 * MAX_DIGITS or not _NUMBER.fullmatch(stripped):
        raise Damaged(f"{stripped[:40]!r} is no number")
    plain = stripped.replace(",", "") if "," in stripped else stripped
    if not _FRACTION.intersection(plain):
        if len(plain) > MAX_DIGITS or abs(int(plain)) > MAX_INTEGER:
            raise Damaged(f"{stripped[:40]!r} is more than 64 bits hold")
        return int(plain)
    read = float(plain)
    if not math.isfinite(read):
        raise Damaged(f"{stripped[:40]!r} is out of range")
    return read


def _is_plain(text: str) -> bool:
    """Digits alone, and few enough for 64 bits: what most fields of most tables hold."""
    return len(text) <= _PLAIN_DIGITS and text.isascii() and text.isdigit()


def counter(text: str) -> int:
    """A whole, non-negative number.

    Raises:
        Damaged: it is not one.
    """
    if _is_plain(text):
        return int(text)
    read = number(text)
    if not isinstance(read, int) or read < 0:
        raise Damaged(f"{text.strip()[:40]!r} is no count")
    return read


def is_missing(text: str) -> bool:
    """Whether a field says in words that it has no value now (`N/A`, `-`, `Unknown!` …)."""
    return text.strip().lower() in MISSING_WORDS


def read_number(text: str | None, unit: str = "") -> Read:
    """A field as a `Read`: a float after `unit` is taken off, `N/A` and the like, or absent (None, or blank).

    Raises:
        Damaged: something else.
    """
    if text is not None and text.endswith(unit):
        bare = text[: -len(unit)] if unit else text
        if _DECIMAL.fullmatch(bare):
            return value(float(bare))
    return _read(text, unit, lambda field: float(number(field)))


def read_count(text: str | None) -> Read:
    """A counter field as a `Read`; see `read_number`."""
    if text is not None and _is_plain(text):
        return value(int(text))
    return _read(text, "", counter)


def read_power_dbm(text: str | None) -> Read:
    """Optical power: `-2.5dBm`, `-inf dBm` (dark), `N/A`, absent.

    Modules count in 0.1 µW, which is -40 dBm: at or below that the receiver was read and saw nothing.

    Raises:
        Damaged: something else.
    """
    if text is not None:
        if text.endswith("dBm") and _DECIMAL.fullmatch(bare := text[:-3]):
            level_dbm = float(bare)
            return DARK if level_dbm <= NO_LIGHT_DBM else value(level_dbm)
        if text.strip().removesuffix("dBm").rstrip().lower() in _INFINITE:
            return DARK
    read = read_number(text, "dBm")
    if isinstance(read.value, float) and read.value <= NO_LIGHT_DBM:
        return DARK
    return read


def read_word(text: str | None) -> Read:
    """A text field as a `Read`: `N/A` and the like are not available, blank is absent."""
    bare = "" if text is None else text.strip()
    if not bare:
        return ABSENT
    return NOT_AVAILABLE if bare.lower() in MISSING_WORDS else value(bare)


def _read(text: str | None, unit: str, convert: object) -> Read:
    bare = "" if text is None else text.strip()
    if not bare:
        return ABSENT
    if not bare[0].isdigit() and is_missing(bare):
        return NOT_AVAILABLE
    if unit:
        cut = bare.removesuffix(unit).rstrip()
        if is_missing(cut):
            return NOT_AVAILABLE
        if cut == bare:
            raise Damaged(f"{bare[:40]!r} lacks its unit {unit}")
        bare = cut
    assert callable(convert)
    return value(convert(bare))
