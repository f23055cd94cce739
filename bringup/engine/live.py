"""What a link is at this moment, judged by the limits of the steps that a run judges it by.

The verdicts here are a look's, not the run's: they enter no step. Steps that count are those of `JUDGED` that
are planned for the port, its far end or their link; what none of them speaks of is not known to be good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from bringup.engine.hands import Glance, Hands
from bringup.engine.judging import Judging
from bringup.engine.link_end import EndNow, LinkEnd
from bringup.engine.looking import Looking
from bringup.engine.trouble import UNPLANNED, trouble
from bringup.judge import transmitter_proven_on
from bringup.model.facts import Port
from bringup.model.inventory import Inventory
from bringup.model.judgement import Judgement
from bringup.model.measurement import Measurement
from bringup.model.plan import Task
from bringup.model.subject import link, parse_subject
from bringup.model.verdict import Reading, Verdict, worst
from bringup.model.watch import Gauge, Live, LiveEnd, LiveLane

HOLD_S = 30.0
"""For how long all must be good before a pass is shown, which is provisional even then."""
JUDGED = ("optic.presence", "optic.levels", "optic.temperature", "link.state", "link.errors")
SHOWN = (
    "optic_present",
    "admin_up",
    "oper_up",
    "speed_gbps",
    "fec_mode",
    "pre_fec_ber_upper",
    "uncorrectable_codewords",
    "flap_count",
    "temperature_c",
    "optic_medium",
    "port_present",
)
"""Quantities of a port, in the order in which light becomes traffic."""
STATES = ("light", "link", "link at both ends", "clean")
BY_HAND = 2
"""More ports than that going down at once is no hand's doing."""
Key = tuple[str, str]


def of_link(tasks: Iterable[Task], port: str, far: str | None) -> tuple[Task, ...]:
    """The tasks that judge a link, cut down to it."""
    wanted = {port, far} | ({link(port, far)} if far is not None else set())
    found = []
    for task in tasks:
        mine = tuple(subject for subject in task.subjects if subject in wanted)
        if task.does in JUDGED and mine:
            found.append(msgspec.structs.replace(task, subjects=mine))
    return tuple(found)


class LinkLive:
    """One watched link. `elsewhere` names the ports that somebody else has in hand."""

    def __init__(
        self,
        port: str,
        inventory: Inventory,
        looking: Looking,
        tasks: Sequence[Task],
        *,
        judging: Judging,
        now_s: float,
        hold_s: float = HOLD_S,
        elsewhere: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self.port, self.far = port, inventory.far_ends.get(port)
        self._inventory = inventory
        self._looking = looking
        self._tasks = of_link(tasks, port, self.far)
        self._judging = judging
        self._elsewhere = elsewhere
        self._hands = Hands(hold_s, now_s)
        speed = inventory.lab.speed if inventory.lab is not None else 1.0
        names = (port, self.far) if self.far is not None else (port,)
        self._ends = [
            LinkEnd(name, looking, inventory, window_s=hold_s, speed=speed) for name in names if name
        ]
        self._best: dict[str, float] = {}
        self._up: set[str] = set()
        self._states: dict[str, float] = {}
        self._looks = 0

    def look(self, now_s: float) -> tuple[Live, tuple[EndNow, ...]]:
        """How it is now, and the readings behind it."""
        self._looks += 1
        now = tuple(end.now(now_s) for end in self._ends)
        judged = self._judged(now)
        verdict = worst(each.verdict for each in judged) if self._tasks else Verdict.UNKNOWN
        wrong = self._wrong_port(now[0])
        plugged_s = self._hands.plugged_s
        phase = self._hands.take(now_s, self._glance(now, verdict, wrong))
        if self._hands.plugged_s != plugged_s or now[0].dark:
            self._best.clear()
        self._climb(now_s, now, verdict)
        by_key: dict[Key, list[Judgement]] = {}
        for each in judged:
            by_key.setdefault((each.subject, each.quantity), []).append(each)
        shown = tuple(self._end(end, by_key) for end in now)
        hands = self._hands
        light_s = now[0].light_s
        live = Live(
            subject=self.port,
            far_end=self.far,
            look=self._looks,
            phase=phase,
            phase_s=round(now_s - hands.phase_s, 3),
            held_s=round(hands.held_s, 3),
            hold_s=hands.hold_s,
            measured_s=round(hands.measured_s(now_s), 3),
            plugged_s=None if hands.plugged_s is None else round(max(0.0, now_s - hands.plugged_s), 3),
            newest_s=None if light_s is None else round(max(0.0, now_s - light_s), 3),
            verdict=verdict,
            marginal=any(each.verdict is Verdict.MARGINAL for each in judged),
            trouble=trouble(self.port, self.far, now, judged) if self._tasks else UNPLANNED,
            wrong=wrong,
            states=tuple((state, round(since_s, 3)) for state, since_s in self._states.items()),
            ends=shown,
        )
        return live, now

    def _climb(self, now_s: float, now: Sequence[EndNow], verdict: Verdict) -> None:
        """The states that the link is in, from light to clean; one that is lost takes those above with it."""
        up = [end.read("oper_up") for end in now]
        links = [each is not None and each.value is True for each in up]
        # A plug without monitors of light is in where anything at all is told of it.
        lit = now[0].dark is False or not (now[0].lanes("rx_power_dbm") or now[0].absent)
        steps = ((STATES[0], lit), (STATES[1], links[0]), (STATES[2], all(links)))
        there = True
        for state, reached in (*steps, (STATES[3], verdict.good)):
            there = there and reached
            if not there:
                self._states.pop(state, None)
            elif state not in self._states:
                self._states[state] = self._hands.measured_s(now_s)

    # Judging

    def _judged(self, now: Sequence[EndNow]) -> list[Judgement]:
        """Every judgement of every task, what is missing among them with the reason why."""
        fresh = [one for end in now for one in end.fresh]
        gone = {end.subject: end for end in now}
        found: list[Judgement] = []
        for task in self._tasks:
            for outcome in self._judging.outcomes(fresh, [task]).values():
                found += outcome.judgements
                found += [self._why(each, gone) for each in outcome.missing]
        return list(dict.fromkeys(found))

    def _why(self, missing: Judgement, ends_now: dict[str, EndNow]) -> Judgement:
        end = ends_now.get(missing.subject.partition("#")[0])
        _, reason = end.old.get((missing.subject, missing.quantity), (None, None)) if end else (None, None)
        reason = reason or (end.error if end is not None else None)
        return msgspec.structs.replace(missing, reason=reason) if reason else missing

    def _glance(self, now: Sequence[EndNow], verdict: Verdict, wrong: str | None) -> Glance:
        near = now[0]
        sampled = [end.sampled_s for end in now]
        return Glance(
            gone=True if near.absent else self._dark(near),
            absent=bool(near.absent),
            far_sends=self._far_sends(now),
            sampled_s=None if None in sampled else min(each for each in sampled if each is not None),
            light_s=near.light_s,
            verdict=verdict,
            wrong=wrong,
            answers=near.error is None,
        )

    def _dark(self, near: EndNow) -> bool | None:
        """Whether the fibre, or the plug of a copper cable, seems to be out."""
        if near.lanes("rx_power_dbm"):
            return near.dark
        present, up = near.read("optic_present"), near.read("oper_up")
        if up is None or not isinstance(up.value, bool):
            return None
        # Without monitors of light only the module itself tells that it is out.
        return False if up.value or (present is not None and present.value is True) else None

    def _far_sends(self, now: Sequence[EndNow]) -> bool | None:
        if len(now) < 2:
            return None
        lanes = [transmitter_proven_on(one) for one in now[1].lanes("tx_power_dbm")]
        return bool(lanes) and all(lane is True for lane in lanes)

    def _wrong_port(self, near: EndNow) -> str | None:
        """A port of the same device that was up and has gone down while this one still has its light."""
        device = parse_subject(self.port).device
        told = self._looking.told(device, "ports")
        if told is None or told.reason is not None:
            return None
        spared = {self.port, *self._elsewhere()}
        down = []
        for one in (fact for fact in told.facts if isinstance(fact, Port)):
            name = f"{device}/{one.name}"
            if one.oper_up.value is True:
                self._up.add(name)
            elif one.oper_up.value is False and name in self._up and name not in spared:
                down.append(name)
        known = self._inventory.far_ends.keys() | self._inventory.ports.keys()
        down = [name for name in down if name in known]
        return down[0] if 0 < len(down) <= BY_HAND and not (near.dark or near.absent) else None

    # Showing

    def _end(self, end: EndNow, judged: dict[Key, list[Judgement]]) -> LiveEnd:
        readings = {(one.subject, one.quantity): one for one in end.fresh}
        lanes = {
            key[0] for key in (*readings, *judged, *end.old) if key[0].startswith(f"{end.subject}#lane-")
        }
        ports = (self._gauge(end, (end.subject, quantity), readings, judged) for quantity in SHOWN)
        low, marginal = self._edges(end.subject)
        return LiveEnd(
            subject=end.subject,
            error=end.error,
            told=end.told,
            silent_s=None if end.silent_s is None else round(end.silent_s, 3),
            module=end.module,
            gauges=tuple(each for each in ports if each is not None),
            lanes=tuple(
                self._lane(end, lane, readings, judged)
                for lane in sorted(lanes, key=_number)
                if _number(lane)
            ),
            low_dbm=low,
            marginal_dbm=marginal,
            every_s=end.every_s,
        )

    def _lane(
        self, end: EndNow, lane: str, readings: dict[Key, Measurement], judged: dict[Key, list[Judgement]]
    ) -> LiveLane:
        rx = self._gauge(end, (lane, "rx_power_dbm"), readings, judged)
        if rx is not None and rx.reason is None and isinstance(rx.value, int | float):
            self._best[lane] = max(self._best.get(lane, float(rx.value)), float(rx.value))
        tx = self._gauge(end, (lane, "tx_power_dbm"), readings, judged)
        return LiveLane(index=_number(lane), rx=rx, tx=tx, best_dbm=self._best.get(lane))

    def _gauge(
        self,
        end: EndNow,
        key: Key,
        readings: dict[Key, Measurement],
        judged: dict[Key, list[Judgement]],
    ) -> Gauge | None:
        one, reason = readings.get(key), None
        if one is None and key in end.old:
            one, reason = end.old[key]
        said = max(judged.get(key, ()), key=lambda each: each.verdict.severity, default=None)
        if one is None and said is None:
            return None
        told = said if said is not None and said.verdict is not Verdict.PASS else None
        return Gauge(
            quantity=key[1],
            reading=one.reading if one is not None else Reading.ABSENT,
            value=one.value if one is not None else None,
            age_s=one.age_s if one is not None else None,
            verdict=Verdict.UNKNOWN if reason else said.verdict if said is not None else None,
            reason=reason or (said.reason if said is not None else None),
            limit=said.limit if said is not None else None,
            source=told.source if told is not None else None,
            standing=told.standing if told is not None else None,
        )

    def _edges(self, subject: str) -> tuple[float | None, float | None]:
        """The highest floor under a receiver of that end, and the top of what is marginal above it."""
        limits = [
            each
            for task in self._tasks
            for each in task.limits_for(f"{subject}#lane-1", "rx_power_dbm")
            if each.min is not None
        ]
        if not limits:
            return None, None
        low = max(limits, key=lambda each: each.min or 0.0)
        assert low.min is not None
        return low.min, low.min + low.marginal if low.marginal is not None else None


def _number(lane: str) -> int:
    """The number of `DEVICE/PORT#lane-3`; 0 for what is no lane."""
    number = lane.rpartition("#lane-")[2]
    return int(number) if number.isdecimal() and len(number) < 4 else 0
