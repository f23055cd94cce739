"""Link bring-up as a measurement: a port is shut and opened, and each state of its link is timed until the
far end is named; then the link is watched for as long as it must stay up.
"""

from __future__ import annotations

import msgspec
from pydantic import Field

from bringup.action.bounce import POLL_S, RESERVE_S, Both, Bounce
from bringup.check.base import At
from bringup.check.light_up import Milestones, budget_s
from bringup.check.link import seen_by
from bringup.check.optic import find_optic
from bringup.driver.capability import HasOptics, SeesNeighbors
from bringup.model.catalogue import Requires, Spec
from bringup.model.facts import Neighbor, Optic
from bringup.model.inventory import Written
from bringup.model.measurement import Measurement, measured
from bringup.model.subject import parse_subject
from bringup.model.verdict import Reading


class BringUpArgs(Written):
    """Without a link `up_within_s` after the opening, or a neighbour `named_within_s` after the link, the
    test has failed. Then the link is watched for `stable_s`; when it goes down the watch begins anew.
    """

    up_within_s: float = Field(default=300.0, gt=0.0, le=3600.0)
    named_within_s: float = Field(default=150.0, gt=0.0, le=3600.0)
    stable_s: float = Field(default=60.0, ge=0.0, le=7200.0)
    falls_at_most: int = Field(default=3, ge=0, le=100)


class BringUp(Bounce):
    """Shut, open, then one look after the other: what is up, lit, coded, named; then stable."""

    def __init__(self) -> None:
        super().__init__()
        self._args = BringUpArgs()
        self._subject = ""
        self._seen = Milestones()
        self._budget_s: float | None = None
        self._opened_s = 0.0
        self._stable_from_s = 0.0
        self._stable_s: float | None = None
        self._came_up: bool | None = None
        self._falls = 0

    def take(self, args: BringUpArgs) -> None:
        self._args = args
        watch_s = (args.falls_at_most + 1) * (args.stable_s + args.up_within_s)
        self.budget_s = args.up_within_s + args.named_within_s + watch_s
        self.settles_s = self.budget_s + RESERVE_S

    async def begin(self, at: At, subject: str, both: Both) -> bool:
        self._subject = subject
        modules = [await self._optic(at, end) for end in (subject, at.inventory.far_ends[subject])]
        self._budget_s = budget_s(*modules, poll_s=POLL_S)
        return await self.shut(at, subject, both)

    async def opened(self, at: At, subject: str, both: Both) -> bool:
        self._opened_s = self.since_s
        return self.next(self._come_up)

    async def _come_up(self, at: At, subject: str, both: Both) -> bool:
        await self._look_on(at, subject, both)
        after_s = both.at_s - self._opened_s
        if self._seen.both_up_s is None:
            if after_s > self._args.up_within_s:
                self._came_up = False
                return self.complete()
            return False
        self._came_up = True
        if not both.up:
            return self._fell(both)
        waited_s = after_s - self._seen.both_up_s
        if self._seen.neighbor_s is None and waited_s <= self._args.named_within_s:
            return False
        self._stable_from_s = self._opened_s + self._seen.both_up_s if not self._falls else both.at_s
        return self.next(self._stay_up)

    async def _stay_up(self, at: At, subject: str, both: Both) -> bool:
        if not both.up:
            return self._fell(both)
        self._stable_s = both.at_s - self._stable_from_s
        return self.complete() if self._stable_s >= self._args.stable_s else False

    def _fell(self, both: Both) -> bool:
        self._falls += 1
        self._stable_s = 0.0
        if self._falls > self._args.falls_at_most:
            return self.complete()
        return self.next(self._come_up)

    async def _look_on(self, at: At, subject: str, both: Both) -> None:
        """One look at all that is not seen yet; each state keeps the time at which it was first seen."""
        seen, after_s = self._seen, round(both.at_s - self._opened_s, 3)
        here, far = both.here, both.far
        if seen.admin_s is None and here is not None and here.admin_up.value is True:
            seen = msgspec.structs.replace(seen, admin_s=after_s)
        if seen.carrier_s is None and here is not None and here.oper_up.value is True:
            seen = msgspec.structs.replace(seen, carrier_s=after_s)
        if seen.both_up_s is None and both.up:
            seen = msgspec.structs.replace(seen, both_up_s=after_s)
        coded = all(port is not None and port.fec_mode.reading is Reading.VALUE for port in (here, far))
        if seen.fec_s is None and both.up and coded:
            seen = msgspec.structs.replace(seen, fec_s=after_s)
        if seen.light_s is None:
            seen = _lit(seen, await self._optic(at, subject), after_s)
        if seen.neighbor_s is None and seen.both_up_s is not None and await self._named(at, subject):
            seen = msgspec.structs.replace(seen, neighbor_s=after_s)
        self._seen = seen

    async def _optic(self, at: At, subject: str) -> Optic | None:
        if not at.can(parse_subject(subject).device, HasOptics):
            return None
        return await find_optic(at, subject)

    async def _named(self, at: At, subject: str) -> bool:
        end = parse_subject(subject)
        told: tuple[Neighbor, ...] = (await at.read(end.device, SeesNeighbors, "neighbors")).facts
        read = seen_by(at, [one for one in told if one.local_port == end.component])
        return read.value == at.inventory.far_ends[subject]

    def found(self) -> tuple[Measurement, ...]:
        if self._came_up is None:
            return ()
        seen, subject = self._seen, self._subject
        told: dict[str, float | str | bool | None] = {
            "link_came_up": self._came_up,
            "unasked_flaps": self._falls,
            "state_sequence": seen.sequence,
            "link_up_s": seen.both_up_s,
            "first_light_s": seen.light_s,
            "fec_lock_s": seen.fec_s,
            "stable_s": None if self._stable_s is None else round(self._stable_s, 3),
            "link_up_budget_s": self._budget_s,
        }
        if seen.both_up_s is not None:
            if self._budget_s is not None:
                told["link_up_share"] = round(seen.both_up_s / self._budget_s, 4)
            if seen.neighbor_s is not None:
                told["lldp_after_link_s"] = round(seen.neighbor_s - seen.both_up_s, 3)
        return tuple(measured(subject, name, value) for name, value in told.items() if value is not None)


def _lit(seen: Milestones, optic: Optic | None, after_s: float) -> Milestones:
    """Light counts from when it was first seen, where it was seen to be gone before."""
    if optic is None or not optic.lanes:
        return seen
    sending = all(isinstance(lane.tx_power_dbm.value, int | float) for lane in optic.lanes)
    if not sending:
        return msgspec.structs.replace(seen, dark=True)
    return msgspec.structs.replace(seen, light_s=after_s) if seen.dark else seen


SPECS = (
    Spec(
        name="link.bring_up",
        kind="action",
        title="Link bring-up time",
        about="Shuts a port and opens it again, and times each state of its link: light, carrier, coding, the"
        " neighbour named; then sees whether it stays up.",
        over="port",
        args=BringUpArgs,
        dangerous=True,
        requires=(
            Requires("outcome"),
            Requires("link_came_up"),
            Requires("link_up_s"),
            Requires("lldp_after_link_s"),
            Requires("stable_s"),
        ),
        reports=(
            "link_up_share",
            "link_up_budget_s",
            "first_light_s",
            "fec_lock_s",
            "state_sequence",
            "unasked_flaps",
        ),
        run=BringUp,
    ),
)
