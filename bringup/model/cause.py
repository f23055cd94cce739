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


class History(msgspec.Struct, frozen=True):
    """Counts from this site's own earlier runs: how often causes of that kind were met, in how many of the
    runs that were looked at, and how many of these passed later in the same run.
    """

    times: int
    runs: int
    passed: int
    of_runs: int

    @property
    def words(self) -> str:
        looked = f"{self.of_runs} earlier run{'s' * (self.of_runs != 1)} of this site"
        if not self.times:
            return f"not met in {looked}"
        times = "once" if self.times == 1 else f"{self.times} times"
        return f"met {times} in {self.runs} of {looked}; {self.passed} passed at a retest"


class Rung(msgspec.Struct, frozen=True):
    """One rung: what was read at either end of a link, in words, empty where nothing was; `verdict` is the
    worst of what was judged there, None where nothing was.
    """

    name: str
    verdict: Verdict | None = None
    near: str = ""
    far: str = ""

    @property
    def read(self) -> bool:
        return bool(self.near or self.far)


class Ladder(msgspec.Struct, frozen=True, kw_only=True):
    """One link that is not good, climbed rung by rung from power to configuration, as far as its first cause.

    `near` is the end where that stands, `far` empty where nothing is cabled to it. `stops_at` names its rung:
    what was read behind it is kept, and proves nothing.
    """

    near: str
    far: str
    label: str
    title: str
    link: str
    stops_at: str
    next_test: str
    remedy: str
    rungs: tuple[Rung, ...]

    @property
    def climbed(self) -> tuple[Rung, ...]:
        """The rungs up to its first cause; those of which nothing was read are left out."""
        found: list[Rung] = []
        for rung in self.rungs:
            if rung.read or rung.name == self.stops_at:
                found.append(rung)
            if rung.name == self.stops_at:
                break
        return tuple(found)


class Stop(msgspec.Struct, frozen=True):
    """One stop of a walk: what to do, and where, as eyes find it."""

    subject: str
    place: str
    does: str


class PlugMove(msgspec.Struct, frozen=True):
    """One plug of a work order: out of the port `from_`, into the port `to`, while its cable's other plug
    stays at `stays`. `group` counts rings and rows of moves that hang together. Empty: nobody has seen it; an
    empty `to` is a cable too many. `assumed`: nobody has seen that cable at both of its ends.
    """

    group: int
    label: str
    from_: str
    to: str
    stays: str = ""
    assumed: bool = False
    too_short_m: float | None = None


class PlugTurn(msgspec.Struct, frozen=True):
    """One turn of a hand: the plug in `port` comes out, or with `label` that cable's loose plug goes in."""

    port: str
    label: str = ""


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
    automatic: bool = False
    """Nobody has to go to the rack for it: the program or a keyboard can put it right."""
    walk: tuple[Stop, ...] = ()
    """Clean-up work of one kind, in the order in which feet find it."""
    history: History | None = None
    ladders: tuple[Ladder, ...] = ()
    """Each link that it stands for, rung by rung."""
    moves: tuple[PlugMove, ...] = ()
    """The fewest plugs to move; in this order each finds its place free, or frees it (field rule 21)."""

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
