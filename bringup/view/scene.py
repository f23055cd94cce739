"""What the console draws from: one run as it is now, and where a person is looking. Both are frozen.

A screen is a function of these two and a size; it holds no truth and ranks nothing itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import msgspec

from bringup.model.cause import Cause
from bringup.model.event import Judged, Known, Unknown
from bringup.model.inventory import Inventory
from bringup.model.judgement import Judgement
from bringup.model.people import Present
from bringup.model.progress import StepState
from bringup.model.state import RunState
from bringup.model.subject import ends, parse_subject
from bringup.model.verdict import Reason, Verdict
from bringup.view.comparison import Comparison
from bringup.view.examination import Examination
from bringup.view.mark import ASK, FAIL, RUNNING, STALE, WAITING, Mark, Tier, mark_of
from bringup.view.record_page import Page

SILENT = frozenset({Reason.UNREACHABLE, Reason.REFUSED, Reason.TIMEOUT})
NOT_ASKED = frozenset({Reason.BLOCKED, Reason.SKIPPED, Reason.ABORTED, Reason.SUPERSEDED})
"""A step that ended so says nothing of whether its device answers."""
LINK = "<->"


class Look(msgspec.Struct, frozen=True):
    """Where a person is looking. `cursor` is the chosen row of the list, `typed` what stands in the field,
    `note` the line that answers the last key. `entered` are the fields of a form that are filled, `text` what
    was fetched to be read, `behind` what stood there when a menu opened over it. `jump`: labels stand on what
    can be chosen. `everything`: all, not only what differs.
    """

    screen: str = "run"
    cursor: int = 0
    about: str = ""
    typed: str = ""
    note: str = ""
    follow: bool = True
    filter: str = ""
    entered: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    behind: Look | None = None
    jump: bool = False
    everything: bool = False
    column: int = -1
    """The chosen cell of the chosen row; -1 is the row as a whole."""
    found: Comparison | Examination | None = None
    """What was found out for the screen, beside the run; `failed` is why it was not."""
    failed: str = ""


class Scene(msgspec.Struct, frozen=True, dict=True):
    """One run. `recent` are its last durable events, oldest first. `live` says how fresh this is."""

    run_id: str
    state: RunState
    inventory: Inventory
    causes: tuple[Cause, ...] = ()
    recent: tuple[Known | Unknown, ...] = ()
    live: str = "LIVE"
    clock: str = ""
    watching: bool = False
    verified: str = "not verified here"
    tier: Tier = "unicode"
    pace: str = ""
    """How much slower than usual the screen is painted, where it is."""
    alarm: str = ""
    """Why the record can't be trusted, where it can't: stands on every screen, and nothing is signed."""

    page: Page = Page()
    """The part of the record that is looked at."""
    digests: tuple[str, ...] = ()
    """Of a record that does not verify: the digest that was said, and the one that was found (hex)."""
    people: tuple[Present, ...] = ()
    """All who are at the run, as its runner knows them; `you` is the number of this console among them."""
    you: int | None = None

    def at(self, live: str, clock: str, pace: str = "") -> Scene:
        """The same run a moment later, with all that was worked out for this one."""
        later = msgspec.structs.replace(self, live=live, clock=clock, pace=pace)
        later.__dict__.update(self.__dict__)
        return later

    def same_as(self, other: Scene) -> bool:
        """Whether all but the time is the same: the state is, for it is made anew by each event."""
        return (
            self.state is other.state
            and self.causes is other.causes
            and self.inventory is other.inventory
            and self.page is other.page
            and (self.verified, self.watching, self.tier) == (other.verified, other.watching, other.tier)
            and (self.lost, self.alarm) == (other.lost, other.alarm)
            and (self.people, self.you) == (other.people, other.you)
        )

    @property
    def lost(self) -> bool:
        """The run is not closed and nobody does it."""
        return self.live.startswith("LOST")

    @cached_property
    def of_device(self) -> Mapping[str, tuple[StepState, ...]]:
        """The steps that are about each device; a link's about both of its ends."""
        found: dict[str, list[StepState]] = {name: [] for name in self.inventory.devices}
        for step in self.state.steps.values():
            for name in dict.fromkeys(parse_subject(end).device for end in ends(step.key.subject)):
                if name in found:
                    found[name].append(step)
        return {name: tuple(steps) for name, steps in found.items()}

    @cached_property
    def silent(self) -> Mapping[str, int]:
        """The devices that have stopped answering: by name the event that says so. What was read of them
        before is old; what answers again is not among them.
        """
        found: dict[str, int] = {}
        for name, steps in self.of_device.items():
            if not any(step.attempts and step.attempts[-1].reason in SILENT for step in steps):
                continue
            own = [
                (step.latest.ended_seq, step.latest.reason in SILENT)
                for step in steps
                if step.latest is not None and step.latest.ended_seq is not None
                if LINK not in step.key.subject and step.latest.reason not in NOT_ASKED
            ]
            seq, silent = max(own, default=(-1, False))
            if silent:
                found[name] = seq
        return found

    def stale(self, subject: str, seq: int) -> bool:
        """Whether a reading of it is too old to count: nobody does the run, or its device stopped answering
        after this event.
        """
        if self.lost:
            return True
        if not self.silent:
            return False
        return any(seq < self.silent.get(parse_subject(end).device, -1) for end in ends(subject))

    def reading_mark(self, judged: Judged | Judgement) -> Mark:
        """The mark of a judged reading, unless that is too old to count."""
        if self.stale(judged.subject, judged.seq):
            return STALE
        return mark_of(judged.verdict, judged.reason)

    @cached_property
    def stage(self) -> str:
        """The stage that is under way: the first that has begun and has no verdict yet, else the next."""
        begun = [name for name in self.state.stages if self.state.stage_verdict(name) is None]
        running = [name for name in begun if any(step.running for step in self.state.by_stage.get(name, ()))]
        return next(iter(running or begun), "")

    def device_mark(self, name: str) -> tuple[Mark, int]:
        """The worst of a device, and how many of its verdicts are FAIL."""
        steps = self.of_device.get(name, ())
        known = self._device_marks.get(name)
        if known is None:
            failed = sum(step.verdict is Verdict.FAIL for step in steps)
            known = self._device_marks[name] = (mark_of_steps(steps, self.asks_about(name)), failed)
        if (self.lost and any(step.attempts for step in steps)) or name in self.silent:
            return STALE, known[1]
        return known

    def stage_mark(self, name: str) -> Mark:
        known = self._stage_marks.get(name)
        if known is None:
            asked = any(each.stage == name for each in self.state.asks)
            verdict = self.state.stage_verdict(name)
            steps = self.state.by_stage.get(name, ())
            known = mark_of(verdict) if verdict is not None else mark_of_steps(steps, asked)
            self._stage_marks[name] = known
        return known

    @cached_property
    def _device_marks(self) -> dict[str, tuple[Mark, int]]:
        """As far as they were asked for: one picture asks for each several times."""
        return {}

    @cached_property
    def _stage_marks(self) -> dict[str, Mark]:
        return {}

    def asks_about(self, device: str) -> bool:
        return any(
            parse_subject(end).device == device for each in self.state.asks for end in ends(each.subject)
        )


def mark_of_steps(steps: tuple[StepState, ...], asked: bool) -> Mark:
    """What many steps look like as one: what failed first, then what waits for a person, then what runs."""
    done = [(verdict, step) for step in steps if (verdict := step.verdict) is not None]
    if any(verdict is Verdict.FAIL for verdict, _ in done):
        return FAIL
    if asked:
        return ASK
    if any(step.running for step in steps):
        return RUNNING
    if not done:
        return WAITING
    worst, its = max(done, key=lambda each: each[0].severity)
    if worst.good and len(done) < len(steps):
        return RUNNING
    return mark_of(worst, its.reason)


def rack_name(scene: Scene) -> str:
    """What must be typed before something ends or changes the whole run."""
    run = scene.state.run
    return (run.rack or run.playbook) if run is not None else scene.run_id
