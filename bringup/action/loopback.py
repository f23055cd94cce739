"""The ladder of loopbacks: a port's own signal is given back nearer and farther along its link, until the
first place where it comes back bad, which names the segment behind the last good one.

Rungs, from this end on: this end's module gives the signal back at its host side (the host, and the lanes
between it and the module), and behind its signal processor (the module); the far end's module gives received
light back (light and fibre, both ways), and behind its signal processor (the far module); at last no loopback
at all (the far host). What a module can't do is left out, and its segment is told together with the next.
Source: OIF-CMIS-05.2 page 13h, and the failure table of the network reference (tests `loop-host`,
`loop-fibre`).
"""

from __future__ import annotations

from typing import NamedTuple

from pydantic import Field

from bringup.action.bounce import POLL_S
from bringup.action.modules import Kind, ends_of
from bringup.action.scripted import Script, Scripted
from bringup.check.base import At, Sample
from bringup.check.link import line_bits
from bringup.check.relock import Errors, errors_between
from bringup.check.watching import Look, look, was_cleared
from bringup.driver.capability import LoopsModules
from bringup.model.catalogue import Requires, Spec
from bringup.model.errors import Refused
from bringup.model.facts_module import Loopback, Loopbacks
from bringup.model.inventory import Written
from bringup.model.measurement import NOT_AVAILABLE, Measurement, Read, measured, value
from bringup.model.subject import parse_subject

NONE_BAD = "none"
SPOILT_AT_MOST = 3


class Rung(NamedTuple):
    """`end` is whose module gives the signal back; None: nobody's. `segment` is what it adds to the rung
    before.
    """

    name: str
    end: str | None
    where: Loopback | None
    segment: str


RUNGS = (
    Rung("host-loop", "here", "host-side-input", "this end's host and its lanes to the module"),
    Rung("module-loop", "here", "media-side-output", "this end's module"),
    Rung("fibre-loop", "far", "media-side-input", "light and fibre between the modules"),
    Rung("far-module-loop", "far", "host-side-output", "the far end's module"),
    Rung("end-to-end", None, None, "the far end's host and its lanes to the module"),
)


class LadderArgs(Written):
    """A rung is bad where the port has no link `up_within_s` after the loopback was set, or where its errors
    show a ratio above `ber_at_most`. After each lock `adapt_s` are left to the receiver, then errors are
    counted for `measure_s`.
    """

    up_within_s: float = Field(default=120.0, gt=0.0, le=3600.0)
    adapt_s: float = Field(default=15.0, ge=0.0, le=600.0)
    measure_s: float = Field(default=15.0, gt=0.0, le=3600.0)
    ber_at_most: float = Field(default=1e-5, gt=0.0, lt=1.0)


class Climbed(NamedTuple):
    """What one rung has shown; `bad` None: it could not be measured."""

    rung: Rung
    up: bool
    errors: Errors | None
    bad: bool | None


class Ladder(Scripted):
    """From this end to the far end, stopping at the first bad rung."""

    kinds: tuple[Kind, ...] = ("loopback",)

    def __init__(self) -> None:
        super().__init__()
        self._args = LadderArgs()
        self._climbed: list[Climbed] = []
        self._suspects: list[str] = []
        self._first: Look | None = None
        self._last: Look | None = None
        self._spoilt = 0
        self.take(self._args)

    def take(self, args: LadderArgs) -> None:
        self._args = args
        a_rung = args.up_within_s + args.adapt_s + SPOILT_AT_MOST * (args.measure_s + 4 * POLL_S)
        self.lasts(len(RUNGS) * a_rung)

    async def script(self) -> Script:
        at = yield
        for rung in RUNGS:
            self._suspects.append(rung.segment)
            if not await self._begin(at, rung):
                continue
            began_s = since_s = await self.now_s(at)
            up, now_s = False, began_s
            while now_s - began_s <= self._args.up_within_s + self._args.adapt_s:
                at = yield
                now_s = await self.now_s(at)
                up = await self._linked(at, rung)
                since_s = since_s if up else now_s
                if up and now_s - since_s >= self._args.adapt_s:
                    break
            errors, self._spoilt, self._first, self._last = None, 0, None, None
            while up and errors is None and self._spoilt < SPOILT_AT_MOST:
                at = yield
                errors = await self._counted(at)
                up = await self._linked(at, rung)
            self._note(rung, up, errors)
            await self._set(at, rung, on=False)
            if self._climbed[-1].bad is not False:
                return

    async def _begin(self, at: At, rung: Rung) -> bool:
        """Whether the rung can be stepped on; then its loopback is set, and read back.

        Raises:
            Refused: the module takes the command and does not do it.
        """
        if rung.end is None:
            return True
        end = self._end(at, rung)
        if not at.can(parse_subject(end).device, LoopsModules):
            return False
        if rung.where not in (await self._loopbacks(at, end)).supported:
            return False
        await self._set(at, rung, on=True)
        if rung.where not in (await self._loopbacks(at, end)).on:
            raise Refused(f"{end}: the module does not do the {rung.where} loopback that it offers")
        return True

    def _end(self, at: At, rung: Rung) -> str:
        return self.subject if rung.end == "here" else at.inventory.far_ends[self.subject]

    async def _loopbacks(self, at: At, end: str) -> Loopbacks:
        place = parse_subject(end)
        name = place.component or ""
        sample: Sample[Loopbacks] = await at.read(place.device, LoopsModules, "loopbacks", arguments=(name,))
        return sample.facts

    async def _set(self, at: At, rung: Rung, *, on: bool) -> None:
        if rung.end is not None:
            place = parse_subject(self._end(at, rung))
            await at.change(place.device, LoopsModules, "set_loopback", place.component, rung.where, on)

    async def _linked(self, at: At, rung: Rung) -> bool:
        """Whether the port has a link; without a loopback, whether both ends have."""
        ends = (self.subject,) if rung.end is not None else ends_of(at, self.subject)
        ports = [(await self.port(at, end))[0] for end in ends]
        return all(port is not None and port.oper_up.value is True for port in ports)

    async def _counted(self, at: At) -> Errors | None:
        """The errors of a window that is over; a window in which somebody cleared the counters is none, which
        only looks in between can show.
        """
        now, before = await look(at, self.subject, "now"), self._last
        self._last = now
        if self._first is None or before is None:
            self._first = now
        elif _cleared(before, now):
            self._first, self._spoilt = now, self._spoilt + 1
        seconds = now.at_s - self._first.at_s
        port = (await self.port(at, self.subject))[0]
        if seconds < self._args.measure_s or port is None:
            return None
        bits = line_bits(at, port, self.subject, seconds)
        errors = errors_between(self._first.counters, now.counters, bits)
        self._first, self._spoilt = now, self._spoilt + 1
        return errors

    def _note(self, rung: Rung, up: bool, errors: Errors | None) -> None:
        bad = True if not up else None if errors is None else errors.least > self._args.ber_at_most
        self._climbed.append(Climbed(rung, up, errors, bad))
        if bad is False:
            self._suspects.clear()

    def found(self) -> tuple[Measurement, ...]:
        """Each rung on a part of the port of its name, and which segment is bad."""
        told: list[Measurement] = []
        for each in self._climbed:
            name = f"{self.subject}#{each.rung.name}"
            told.append(measured(name, "rung_up", each.up))
            if each.errors is not None:
                told.append(measured(name, "rung_ber", each.errors.ber))
        told.append(measured(self.subject, "bad_segment", self._verdict()))
        tried = ", ".join(each.rung.name for each in self._climbed)
        return (*told, measured(self.subject, "rungs_tried", tried or "none"))

    def _verdict(self) -> Read:
        """The segments behind the last good rung, where one was bad; no word where the ladder was not
        climbed to its end, or where no loopback told its rungs apart.
        """
        last = self._climbed[-1] if self._climbed else None
        if last is None or last.bad is None:
            return NOT_AVAILABLE
        if last.bad:
            return value(" or ".join(self._suspects))
        return value(NONE_BAD) if last.rung is RUNGS[-1] else NOT_AVAILABLE


def _cleared(before: Look, now: Look) -> bool:
    if before.counters is None or now.counters is None:
        return False
    return was_cleared(before.counters, now.counters)


SPECS = (
    Spec(
        name="link.loopbacks",
        kind="action",
        title="Ladder of loopbacks",
        about="Has a port's signal given back at its own module, then at the far end's, then not at all, and"
        " says which segment of the link the first bad rung is behind.",
        over="port",
        args=LadderArgs,
        dangerous=True,
        requires=(Requires("outcome"), Requires("bad_segment")),
        reports=("rung_up", "rung_ber", "rungs_tried"),
        run=Ladder,
    ),
)
