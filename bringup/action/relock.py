"""The re-lock test: a link is made to lock anew several times, its errors compared from lock to lock."""

from __future__ import annotations

import msgspec
from pydantic import Field

from bringup.action.bounce import POLL_S, RESERVE_S, Both, Bounce
from bringup.check.base import At
from bringup.check.link import line_bits
from bringup.check.relock import Errors, Lock, errors_between, factor
from bringup.check.watching import Look, look
from bringup.model.catalogue import Requires, Spec
from bringup.model.facts import Port
from bringup.model.inventory import Written
from bringup.model.measurement import Measurement, measured

SPOILT_AT_MOST = 3


class RelockArgs(Written):
    """`bounces`: how often the port is shut and opened. After each lock `adapt_s` are left to the receivers
    (they adapt for 10 to 30 s), then errors are counted for `measure_s`. Without a link `up_within_s` after
    it was opened the test has failed.
    """

    bounces: int = Field(default=3, ge=1, le=20)
    adapt_s: float = Field(default=15.0, ge=0.0, le=600.0)
    measure_s: float = Field(default=15.0, gt=0.0, le=3600.0)
    up_within_s: float = Field(default=180.0, gt=0.0, le=3600.0)


class Relock(Bounce):
    """Lock 0 is the one that was found; then each time: shut, open, up, adapted, measured."""

    def __init__(self) -> None:
        super().__init__()
        self._args = RelockArgs()
        self._subject = ""
        self._locks: list[Lock] = []
        self._lock = Lock(0)
        self._down_s: float | None = None
        self._looks: tuple[Look, Look] | None = None
        self._came_up = True
        self._lost = 0
        self._spoilt = 0

    def take(self, args: RelockArgs) -> None:
        self._args = args
        a_lock = args.adapt_s + args.measure_s + 4 * POLL_S
        self.budget_s = (args.bounces + 1) * (2 * a_lock + args.up_within_s)
        self.settles_s = self.budget_s + RESERVE_S

    async def begin(self, at: At, subject: str, both: Both) -> bool:
        self._subject = subject
        self.since_s = both.at_s
        return self.next(self._come_up)

    async def _come_up(self, at: At, subject: str, both: Both) -> bool:
        if not both.up:
            self._down_s = both.at_s
            if both.at_s - self.since_s > self._args.up_within_s:
                self._came_up = False
                return self.complete()
            return False
        if self._lock.number and self._lock.up_s is None:
            least = 0.0 if self._down_s is None else max(0.0, self._down_s - self.since_s)
            self._lock = msgspec.structs.replace(
                self._lock, up_s=round(both.at_s - self.since_s, 3), up_least_s=round(least, 3)
            )
        self.since_s = both.at_s
        return self.next(self._adapt)

    async def _adapt(self, at: At, subject: str, both: Both) -> bool:
        if not both.up:
            return self._fell(both)
        if both.at_s - self.since_s < self._args.adapt_s:
            return False
        return await self._count_from_now(at, subject)

    async def _count_from_now(self, at: At, subject: str) -> bool:
        self._looks = await self._counters(at, subject)
        return self.next(self._measure)

    async def _measure(self, at: At, subject: str, both: Both) -> bool:
        if not both.up or both.here is None or both.far is None:
            return self._fell(both)
        assert self._looks is not None
        if both.at_s - self._looks[0].at_s < self._args.measure_s:
            return False
        last = await self._counters(at, subject)
        here = self._errors(at, both.here, subject, self._looks[0], last[0])
        far = self._errors(at, both.far, self._far(at, subject), self._looks[1], last[1])
        if here is None and far is None:
            self._spoilt += 1
            if self._spoilt < SPOILT_AT_MOST:
                return await self._count_from_now(at, subject)
        self._locks.append(msgspec.structs.replace(self._lock, here=here, far=far))
        if self._lock.number >= self._args.bounces:
            return self.complete()
        return await self.shut(at, subject, both)

    async def opened(self, at: At, subject: str, both: Both) -> bool:
        self._lock, self._down_s = Lock(self._lock.number + 1), None
        return self.next(self._come_up)

    def _fell(self, both: Both) -> bool:
        """A link that goes down by itself while it is measured: counted, and waited for."""
        self._lost += 1
        self.since_s = both.at_s
        return self.next(self._come_up)

    def _far(self, at: At, subject: str) -> str:
        return at.inventory.far_ends[subject]

    async def _counters(self, at: At, subject: str) -> tuple[Look, Look]:
        """Both ends, read anew: the round of a look is its own."""
        return await look(at, subject, "now"), await look(at, self._far(at, subject), "now")

    def _errors(self, at: At, port: Port, end: str, first: Look, last: Look) -> Errors | None:
        bits = line_bits(at, port, end, last.at_s - first.at_s)
        return errors_between(first.counters, last.counters, bits)

    def found(self) -> tuple[Measurement, ...]:
        """Each lock's own figures on a part of the port (`#lock-0` is the one found), and what they say."""
        told: list[Measurement] = []
        for lock in self._locks:
            name = f"{self._subject}#lock-{lock.number}"
            for quantity, errors in (("lock_ber", lock.here), ("lock_far_ber", lock.far)):
                if errors is not None:
                    told.append(measured(name, quantity, errors.ber))
            if lock.up_s is not None and lock.up_least_s is not None:
                told.append(measured(name, "relock_up_s", lock.up_s))
                told.append(measured(name, "relock_up_least_s", lock.up_least_s))
        if self._locks or not self._came_up:
            told.append(measured(self._subject, "link_came_up", self._came_up))
            told.append(measured(self._subject, "unasked_flaps", self._lost))
        whole = len(self._locks) == self._args.bounces + 1
        for quantity, windows in (
            ("relock_ber_factor", [lock.here for lock in self._locks]),
            ("relock_far_ber_factor", [lock.far for lock in self._locks]),
        ):
            read = factor(windows) if whole else None
            if read is not None:
                told.append(measured(self._subject, quantity, read))
        return tuple(told)


SPECS = (
    Spec(
        name="link.relock",
        kind="action",
        title="Re-lock test",
        about="Shuts a port and opens it again, several times, and compares the errors of both receivers from"
        " lock to lock: a receiver that adapts badly now and then shows.",
        over="port",
        args=RelockArgs,
        dangerous=True,
        requires=(Requires("outcome"), Requires("relock_ber_factor"), Requires("relock_far_ber_factor")),
        reports=(
            "link_came_up",
            "lock_ber",
            "lock_far_ber",
            "relock_up_s",
            "relock_up_least_s",
            "unasked_flaps",
        ),
        run=Relock,
    ),
)
