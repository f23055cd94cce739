"""Tests of modules that are written down as what happens one after the other, and always put everything back.

A script is a generator that is handed a new look at each step; where it ends, fails or takes too long, what
it may have changed at both ends is put back and read back, and only then the test is over. What can't be put
back stays on the list of what is altered. A run that dies in the middle finds the list, puts everything back
and begins anew: half of a test shows nothing.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator

from bringup.action.base import Alteration, Outcome, State
from bringup.action.bounce import POLL_S
from bringup.action.feeding import Bindings
from bringup.action.modules import (
    KINDS,
    NORMAL,
    NORMAL_WORDS,
    TESTED,
    Kind,
    ends_of,
    make_usual,
    unusual,
)
from bringup.action.safety import Doubt, Unsafe
from bringup.action.two_ends import TwoEnds
from bringup.check.base import At, Sample, the_one
from bringup.driver.capability import HasPorts
from bringup.model.errors import DeviceError
from bringup.model.facts import Port
from bringup.model.measurement import Measurement
from bringup.model.subject import parse_subject

PATIENCE_S = 60.0
"""How long it is tried to put back what does not go back at once."""
Script = AsyncGenerator[None, At]


class Scripted(TwoEnds):
    """`kinds` is what the test changes; `budget_s` what it may take, in world time."""

    kinds: tuple[Kind, ...] = ()
    probe_words = "read whether the modules of both ends are as they work"
    final = True
    finishes_after_s: float | None = POLL_S
    budget_s = 600.0

    def __init__(self) -> None:
        self.subject = ""
        self._script: Script | None = None
        self._began_s: float | None = None
        self._ended_s: float | None = None
        self._complete = self._resumed = self._clean = False
        self._trouble: DeviceError | None = None
        self._why: str | None = None

    def script(self) -> Script:
        """What is done. Its first `yield` gives it the first look."""
        raise NotImplementedError

    def found(self) -> tuple[Measurement, ...]:
        return ()

    def why(self) -> str | None:
        return self._why

    def lasts(self, seconds: float) -> None:
        """How long the test may take."""
        self.budget_s = seconds
        self.settles_s = seconds + 3 * PATIENCE_S

    def undo(self, before: State) -> str | None:
        return NORMAL_WORDS

    def meanwhile(self, before: State) -> tuple[Alteration, ...]:
        return (Alteration(TESTED, NORMAL_WORDS, NORMAL),)

    async def before(self, at: At, subject: str) -> State:
        self.subject = subject
        odd = [each for end in ends_of(at, subject) for each in await unusual(at, end, self.kinds)]
        return {"unusual": "; ".join(odd)}

    def already(self, at: At, before: State) -> bool:
        return False

    async def precautions(self, at: At, subject: str, bindings: Bindings) -> tuple[Doubt, ...]:
        """Raises `Unsafe` where somebody else has a test on these modules, or holds them dark, another run
        maybe: only what this test itself left behind is not in its way.
        """
        doubts = await super().precautions(at, subject, bindings)
        own = self.kinds if self._resumed else ()
        others = tuple(kind for kind in KINDS if kind not in own)
        odd = [each for end in ends_of(at, subject) for each in await self._in_the_way(at, end, others)]
        if odd:
            raise Unsafe(
                f"not as it works: {'; '.join(odd)}; who set it may have had a reason",
                f"See that nobody looks into the fibre, put it back (`{NORMAL}`), then run the test.",
                cause=subject,
            )
        return doubts

    async def _in_the_way(self, at: At, end: str, kinds: tuple[Kind, ...]) -> tuple[str, ...]:
        port = (await self.port(at, end))[0]
        shut = () if port is None or port.admin_up.value is True else (f"{end}: not seen switched on",)
        return (*shut, *await unusual(at, end, kinds))

    async def apply(self, at: At, subject: str) -> None:
        """What an earlier run left is put back first; the test itself begins with looking."""
        if self._resumed:
            await self._put_back(at, subject)

    async def finish(self, at: At, subject: str) -> bool:
        now_s = (await self.port(at, subject))[1]
        if self._began_s is None:
            self._began_s = now_s
        if self._ended_s is None:
            await self._go_on(at, now_s)
        if self._ended_s is None:
            return False
        try:
            await self._put_back(at, subject)
            left = [each for end in ends_of(at, subject) for each in await unusual(at, end, self.kinds)]
        except DeviceError as error:
            self._trouble = self._trouble or error
            left = [str(error)]
        self._clean = not left
        if left and now_s - self._ended_s <= PATIENCE_S:
            return False
        if left:
            self._why = f"not put back: {'; '.join(left)}"
        if self._trouble is not None:
            raise self._trouble
        return True

    async def _go_on(self, at: At, now_s: float) -> None:
        """One more step of the script; it is over where it ends, fails, or takes too long."""
        assert self._began_s is not None
        try:
            if self._script is None:
                self._script = self.script()
                await self._script.asend(None)  # type: ignore[arg-type]
            await self._script.asend(at)
        except StopAsyncIteration:
            self._complete, self._ended_s = True, now_s
        except DeviceError as error:
            self._trouble, self._ended_s = error, now_s
        else:
            if now_s - self._began_s > self.budget_s:
                self._why, self._ended_s = f"it was not through after {self.budget_s:g} s", now_s
                await self._script.aclose()

    async def _put_back(self, at: At, subject: str) -> None:
        for end in ends_of(at, subject):
            await make_usual(at, end, self.kinds)

    async def arrived(self, at: At, subject: str) -> Outcome:
        odd = [each for end in ends_of(at, subject) for each in await unusual(at, end, self.kinds)]
        if odd:
            self._why = f"not put back: {'; '.join(odd)}"
            return "unknown"
        return "done" if self._complete else "not_done"

    async def probe(self, at: At, subject: str, before: State) -> Outcome:
        self._resumed = True
        return "not_done"

    async def port(self, at: At, end: str) -> tuple[Port | None, float]:
        """A port as its device tells it now, and when (seconds of the engine's clock)."""
        place = parse_subject(end)
        sample: Sample[tuple[Port, ...]] = await at.read(place.device, HasPorts, "ports")
        return the_one([port for port in sample.facts if port.name == place.component], end), sample.at_s

    async def now_s(self, at: At) -> float:
        """Now, by the engine's clock, as of a look at the port."""
        return (await self.port(at, self.subject))[1]
