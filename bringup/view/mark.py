"""How a state is shown: glyph, word and colour role, always all three (console design, section 2).

Three tiers of glyphs: `unicode`, `cp437` for a Linux virtual console, `ascii`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from bringup.model.verdict import Reason, Verdict

Tier = Literal["unicode", "cp437", "ascii"]
Role = Literal[
    "good",
    "warn",
    "bad",
    "unknown",
    "waived",
    "running",
    "ask",
    "dim",
    "plain",
    "title",
    "advice",
    "value",
    "chosen",
]
Cell = tuple[str, Role]
Row = tuple[Cell, ...]


class Mark(NamedTuple):
    """`glyph(tier)`, a word of at most four letters, and the role that gives it its colour."""

    unicode: str
    cp437: str
    ascii: str
    word: str
    role: Role

    def glyph(self, tier: Tier) -> str:
        return {"unicode": self.unicode, "cp437": self.cp437, "ascii": self.ascii}[tier]

    def cell(self, tier: Tier) -> Cell:
        """Glyph and word, padded so that columns stand in line."""
        return f"{self.glyph(tier)} {self.word:<4}", self.role


PASS = Mark("✓", "√", "+", "PASS", "good")
FAIL = Mark("✗", "X", "X", "FAIL", "bad")
MARGINAL = Mark("▲", "▲", "!", "MARG", "warn")
RUNNING = Mark("►", "►", ">", "RUN", "running")
ASK = Mark("?", "?", "?", "ASK", "ask")
WAITING = Mark("·", "·", ".", "WAIT", "dim")
SKIPPED = Mark("-", "-", "-", "SKIP", "dim")
WAIVED = Mark("◆", "♦", "W", "WAIV", "waived")
STALE = Mark("~", "~", "~", "STALE", "unknown")
NONE = Mark("ø", "ø", "0", "NONE", "unknown")
UNKNOWN = Mark("ø", "ø", "0", "UNKN", "unknown")

_VERDICTS = MappingProxyType(
    {
        Verdict.PASS: PASS,
        Verdict.MARGINAL: MARGINAL,
        Verdict.WAIVED: WAIVED,
        Verdict.UNKNOWN: UNKNOWN,
        Verdict.FAIL: FAIL,
    }
)
_REASONS: Mapping[str, Mark] = MappingProxyType(
    {Reason.SKIPPED: SKIPPED, Reason.STALE: STALE, Reason.NO_DATA: NONE}
)
RULES = MappingProxyType({"unicode": "─", "cp437": "─", "ascii": "-"})
CUTS = MappingProxyType({"unicode": "…", "cp437": "~", "ascii": "~"})


def mark_of(verdict: Verdict | None, reason: str | None = None, *, running: bool = False) -> Mark:
    """The mark of a verdict;

    None is what has none yet. An UNKNOWN is drawn by its reason where that has a mark.
    """
    if verdict is None:
        return RUNNING if running else WAITING
    drawn = _REASONS.get(reason) if verdict is Verdict.UNKNOWN and reason is not None else None
    if drawn is not None:
        return drawn
    return _VERDICTS[verdict]
