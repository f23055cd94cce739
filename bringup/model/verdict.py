"""Readings, verdicts, reasons and standings: the closed lists of the contracts (section 1)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Reading(StrEnum):
    """What kind of answer a device gave. Only `value` carries a value; zero is a value."""

    VALUE = "value"
    DARK = "dark"
    NOT_AVAILABLE = "not_available"
    UNSUPPORTED = "unsupported"
    ABSENT = "absent"


class Verdict(StrEnum):
    """Ordered by `severity`: PASS < MARGINAL < WAIVED < UNKNOWN < FAIL."""

    PASS = "PASS"
    MARGINAL = "MARGINAL"
    WAIVED = "WAIVED"
    UNKNOWN = "UNKNOWN"
    FAIL = "FAIL"

    @property
    def severity(self) -> int:
        return _SEVERITY[self]

    @property
    def good(self) -> bool:
        """Whether what depends on it may go on."""
        return self.severity <= _SEVERITY[Verdict.WAIVED]


_SEVERITY = {verdict: rank for rank, verdict in enumerate(Verdict)}


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of `verdicts`; an empty set is UNKNOWN, never PASS."""
    return max(verdicts, key=lambda verdict: verdict.severity, default=Verdict.UNKNOWN)


class Reason(StrEnum):
    """Why a verdict is UNKNOWN."""

    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    UNPARSABLE = "unparsable"
    NO_DATA = "no_data"
    NO_LIMIT = "no_limit"
    FAR_END_NOT_LIT = "far_end_not_lit"
    STALE = "stale"
    BLOCKED = "blocked"
    SUPERSEDED = "superseded"
    SKIPPED = "skipped"
    ABORTED = "aborted"
    CRASHED = "crashed"


class Standing(StrEnum):
    """What gives a limit its force."""

    CONTRACT = "contract"
    STANDARD = "standard"
    VENDOR = "vendor"
    SITE = "site"


class Nature(StrEnum):
    """What a read does to the device (field rule 8)."""

    PURE = "pure"
    CONSUMING = "consuming"
    EXCLUSIVE = "exclusive"


EXIT_ACCEPTED = 0
EXIT_FAIL = 1
EXIT_USAGE = 2
EXIT_UNKNOWN = 3
EXIT_CONTRADICTION = 4
EXIT_WAIVED = 5
EXIT_INTERRUPTED = 130


def exit_code(verdict: Verdict) -> int:
    """The exit code of a run that ended with `verdict` (contracts, section 3)."""
    return {
        Verdict.PASS: EXIT_ACCEPTED,
        Verdict.MARGINAL: EXIT_ACCEPTED,
        Verdict.WAIVED: EXIT_WAIVED,
        Verdict.UNKNOWN: EXIT_UNKNOWN,
        Verdict.FAIL: EXIT_FAIL,
    }[verdict]
