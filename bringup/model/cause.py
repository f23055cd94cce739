"""What a diagnosis says: one cause with everything it explains, told once (field rules 18 to 20)."""

from __future__ import annotations

import msgspec

from bringup.model.judgement import Judgement
from bringup.model.progress import Key
from bringup.model.verdict import Verdict


class Suspect(msgspec.Struct, frozen=True):
    """One likely cause in words, with what speaks for and against it. Never a percentage."""

    words: str
    reasons_for: tuple[str, ...] = ()
    reasons_against: tuple[str, ...] = ()


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """One cause. `rule` names how it was found, `unexplained` where no rule fits: then the raw values are
    all.

    `explains` are the bad verdicts that it stands for, `blocked` those that only wait for it. `shown` are the
    judgements worth reading, the worst first. `likely` is in order. `places` say where, as eyes see it.
    """

    rule: str
    verdict: Verdict
    title: str
    subjects: tuple[str, ...]
    explains: tuple[Key, ...]
    blocked: tuple[Key, ...] = ()
    reasons: tuple[str, ...] = ()
    shown: tuple[Judgement, ...] = ()
    messages: tuple[str, ...] = ()
    likely: tuple[Suspect, ...] = ()
    next_test: str = ""
    remedy: str = ""
    remedy_words: str = ""
    places: tuple[str, ...] = ()
    source: str = ""

    @property
    def stage(self) -> str:
        """Where it showed first, in the order of the plan."""
        return self.explains[0].stage

    @property
    def step(self) -> str:
        return self.explains[0].step

    @property
    def count(self) -> int:
        """Verdicts that this cause stands for, blocked ones included."""
        return len(self.explains) + len(self.blocked)

    @property
    def unexplained(self) -> bool:
        return self.rule == "unexplained"
