"""What works on this machine, as `bringup doctor` finds it."""

from __future__ import annotations

import msgspec


class Finding(msgspec.Struct, frozen=True):
    """`good` None means: optional, and not there."""

    what: str
    good: bool | None
    says: str
    advice: str = ""


class Examination(msgspec.Struct, frozen=True):
    """All findings, what is missing first."""

    findings: tuple[Finding, ...]

    @property
    def missing(self) -> int:
        return sum(each.good is False for each in self.findings)
