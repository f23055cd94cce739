"""The newest scene of a run, made again only when something in it has changed: an event that came, causes
that were found, a second that went by.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from bringup.model.cause import Cause
from bringup.model.inventory import Inventory
from bringup.model.people import Present
from bringup.tui.feed import Feed, told
from bringup.tui.outside import Outside, Verified
from bringup.tui.pulse import Pulse
from bringup.view.mark import Tier
from bringup.view.record_page import Page
from bringup.view.scene import Scene

DIAGNOSE_EVERY_S = 1.0
VERIFY_EVERY_S = 60.0
DIGITS = 8
"""Of a digest, where there is room for no more."""
RESTS = 10
"""A long record takes a while to diagnose: that many times as long is then waited."""


def utc() -> str:
    """As in the record: hours, minutes and seconds of UTC."""
    return time.strftime("%H:%M:%SZ", time.gmtime())


class Picture:
    """`scene` is what is shown; the same object as long as nothing has changed."""

    def __init__(
        self,
        feed: Feed,
        inventory: Inventory,
        outside: Outside,
        *,
        tier: Tier = "unicode",
        watching: bool = False,
        clock: Callable[[], str] = utc,
    ) -> None:
        self.verified = Verified("not verified here yet: v")
        self.pace = ""
        self.page = Page()
        self._feed, self._inventory, self._outside = feed, inventory, outside
        self._run_id = feed.folder.run_id
        self._tier: Tier = tier
        self._watching = watching
        self._clock = clock
        self._causes: tuple[Cause, ...] = ()
        self._diagnosed = 0
        self._next_s = 0.0
        self._pulse = Pulse(outside.lives, now_s=time.monotonic)
        self._verified_of: tuple[int, bool] | None = None
        self._verify_next_s = 0.0
        self._made: Scene | None = None
        self.people: tuple[Present, ...] = ()
        self.you: int | None = None

    def scene(self) -> Scene:
        state, made = self._feed.state, self._made
        alarm = self._alarm()
        same = made is not None and (
            made.state is state
            and made.causes is self._causes
            and made.page is self.page
            and (made.verified, made.alarm) == (self.verified.words, alarm)
            and (made.people, made.you) == (self.people, self.you)
        )
        live, clock = self._live(), self._clock()
        if made is not None and same:
            if (made.live, made.clock, made.pace) != (live, clock, self.pace):
                self._made = made.at(live, clock, self.pace)
            return self._made or made
        self._made = Scene(
            run_id=self._run_id,
            state=state,
            inventory=self._inventory,
            causes=self._causes,
            recent=tuple(self._feed.recent),
            live=live,
            clock=clock,
            watching=self._watching,
            verified=self.verified.words,
            digests=(self.verified.said, self.verified.found) if self.verified.said else (),
            pace=self.pace,
            alarm=alarm,
            page=self.page,
            people=self.people,
            you=self.you,
            tier=self._tier,
        )
        return self._made

    def _alarm(self) -> str:
        """Why nothing can be built on what stands here; empty as long as it can. The folder, which is longer
        than a line, is left out.
        """
        if self._feed.trouble is not None:
            return told(self._feed.trouble)[1].replace(f"{self._feed.folder.path}/", "")
        found = self.verified
        if not found.contradicts:
            return ""
        both = f" said {found.said[:DIGITS]}, found {found.found[:DIGITS]}" if found.said else ""
        return f"RECORD DOES NOT VERIFY: {found.contradicts}{both}"

    def verify_due(self) -> bool:
        """Whether the record is to be verified by itself: once when all is read, then when there is a new
        checkpoint, with a rest between.
        """
        feed, now = self._feed, time.monotonic()
        marks = (feed.state.checkpoints, feed.state.closed is not None)
        if not feed.caught_up or marks == self._verified_of or now < self._verify_next_s:
            return False
        self._verified_of, self._verify_next_s = marks, now + VERIFY_EVERY_S
        return True

    def verifying_took(self, seconds: float) -> None:
        """A long record takes a while each time, and is looked at less often."""
        self._verify_next_s = max(self._verify_next_s, time.monotonic() + RESTS * seconds)

    def _live(self) -> str:
        """How fresh the screen is: a run that is closed is read back, one without a runner is lost."""
        if self._feed.trouble is not None:
            return told(self._feed.trouble)[0]
        closed = self._feed.state.closed is not None
        if not self._feed.caught_up or not (closed or self._pulse.looked):
            return f"READING {self._feed.read}"
        if closed:
            return "REPLAY"
        lost_s = self._pulse.lost_s
        return "LIVE" if lost_s is None else f"LOST {int(lost_s) // 60:02}:{int(lost_s) % 60:02}"

    def look_soon(self) -> None:
        self._pulse.look_soon()

    async def look(self) -> None:
        """Whether somebody does the run, beside the loop."""
        if self._feed.caught_up and self._feed.state.closed is None:
            await self._pulse.look()

    async def diagnose(self) -> None:
        """The causes, beside the loop, when something has ended since the last time."""
        feed, began_s = self._feed, time.monotonic()
        if not feed.caught_up or feed.ended == self._diagnosed or began_s < self._next_s:
            return
        self._diagnosed = feed.ended
        found = await asyncio.to_thread(self._outside.diagnose, feed.state, self._inventory)
        now = time.monotonic()
        self._next_s = now + max(DIAGNOSE_EVERY_S, RESTS * (now - began_s))
        if found != self._causes:
            self._causes = found
