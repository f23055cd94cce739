"""Fields as NVIDIA's tools print them: words for "there is none", units, `Active`, `16x`.

A word where a number is due is never zero: it is not available, and a warning names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from bringup.decode.result import Damaged, counter, is_missing, number
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, UNSUPPORTED, Read, Scalar, value

BLANK_FROM = 0x7FFFFFFFFFFFFFF0
"""From here on an integer of DCGM says which kind of nothing it is (dcgm_structs.h): blank, not found, not
supported, not permitted."""
UNSUPPORTED_WORDS = frozenset(
    {"not supported", "requested functionality has been deprecated", "<<<not_supported>>>"}
)
NONE_NOW_WORDS = frozenset(
    {
        "unknown error",
        "gpu requires reset",
        "insufficient permissions",
        "gpu is lost",
        "not found",
        "no data",
        "err!",
        "<<<null>>>",
        "<<<not_found>>>",
        "<<<not_permissioned>>>",
    }
)
YES = frozenset({"yes", "enabled", "active", "on", "true"})
NO = frozenset({"no", "disabled", "not active", "off", "false"})
UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_WARNINGS_AT_MOST = 20


class Fields:
    """Reads fields of one GPU, and gathers what could not be read."""

    def __init__(self, where: str) -> None:
        self._where = where
        self.warnings: list[str] = []

    def word(self, text: str | None) -> Read:
        """Any text that is a value."""
        return self._read(text, str)

    def whole(self, text: str | None, unit: str = "") -> Read:
        """A count, after `unit` is taken off."""
        return self._read(text, lambda bare: _count(_without(bare, unit)))

    def real(self, text: str | None, unit: str) -> Read:
        """A number, after `unit` is taken off."""
        return self._read(text, lambda bare: float(number(_without(bare, unit))))

    def flag(self, text: str | None) -> Read:
        """`Yes`, `Enabled`, `Active` and their contraries."""
        return self._read(text, _flag)

    def _read(self, text: str | None, convert: Callable[[str], Scalar | None]) -> Read:
        if text is None or not text.strip():
            return ABSENT
        missing = missing_of(text)
        if missing is not None:
            return missing
        try:
            read = convert(text.strip())
        except Damaged:
            self.warn(f"{text.strip()[:60]!r} is not what is due there: not available")
            return NOT_AVAILABLE
        return NOT_AVAILABLE if read is None else value(read)

    def warn(self, words: str) -> None:
        if len(self.warnings) < _WARNINGS_AT_MOST:
            self.warnings.append(f"{self._where}: {words}")


def missing_of(text: str) -> Read | None:
    """Which kind of nothing a field says in words; None where it says something."""
    bare = text.strip().removeprefix("[").removesuffix("]").strip().lower()
    if bare in UNSUPPORTED_WORDS:
        return UNSUPPORTED
    return NOT_AVAILABLE if bare in NONE_NOW_WORDS or is_missing(bare) else None


def total(reads: Iterable[Read]) -> Read:
    """The sum of counters: a value where each of them is one, or where those that are show errors already.

    One that was not told could be anything: then no sum is zero.
    """
    every = list(reads)
    told = [read.value for read in every if isinstance(read.value, int) and not isinstance(read.value, bool)]
    if every and (len(told) == len(every) or sum(told) > 0):
        return value(sum(told))
    return next((read for read in every if read.value is None), ABSENT)


def _without(text: str, unit: str) -> str:
    bare = text.removesuffix(unit).rstrip() if unit else text
    if unit and bare == text:
        raise Damaged(f"{text[:40]!r} lacks its unit {unit}")
    return bare


def _count(text: str) -> int | None:
    read = counter(text)
    return None if read >= BLANK_FROM else read


def _flag(text: str) -> bool:
    word = text.lower()
    if word not in YES | NO:
        raise Damaged(f"{text[:40]!r} is neither yes nor no")
    return word in YES
