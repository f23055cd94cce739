"""The one fold of events into a `RunState`.

    folded = Fold()
    for event in events:
        folded.add(event)
    folded.state                # a frozen snapshot, made when asked for, kept until the next event

`fold_events(events)` is the same in one call; `fold(state, event)` is one step of it and leaves `state` as it
is. Unknown kinds are counted and ignored. Nothing here reads a clock, a file or a device.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, cast

import msgspec

from bringup.model.baseline import OF_A_BASELINE, SERIAL, note_baseline
from bringup.model.dependence import BY_HAND, Identities, identity, is_identity
from bringup.model.event import (
    ActionDone,
    ActionFailed,
    ActionIntended,
    AlteredState,
    Answered,
    Asked,
    CablePut,
    Checkpointed,
    ClockJumped,
    CommandReceived,
    EvidenceAttached,
    EvidenceKept,
    Judged,
    Known,
    Measured,
    Noted,
    OfStep,
    PartReplaced,
    PlanFixed,
    Recovered,
    RunClosed,
    RunStarted,
    Signed,
    StageEnded,
    StageStarted,
    StepEnded,
    StepStarted,
    Superseded,
    Unknown,
    Waived,
    Watched,
)
from bringup.model.fold_step import Step
from bringup.model.mating import note_mating
from bringup.model.people import Claim
from bringup.model.progress import Key, PortSeen, StageState, StepState
from bringup.model.state import RunState
from bringup.model.subject import ancestors, ends
from bringup.model.verdict import Reading

QUIET_AFTER_CLOSE = (Checkpointed, Signed, Noted, RunClosed, CommandReceived)
"""What may follow the close of a run without opening it again."""
PROBLEMS_KEPT = 100
OF_A_PLUG = ("oper_up", "neighbor")
"""What shows that a plug was moved."""
OF_A_MATING = ("oper_up", "optic_present")
"""What shows that a plug came out, or is in again."""
NOT_SEEN = PortSeen()


class Fold:
    """Mutable while it reads; `state` is frozen. About 100,000 events a second, and memory by what stands: of
    each (subject, quantity) the last reading of the latest attempt.
    """

    def __init__(self, state: RunState | None = None) -> None:
        state = state if state is not None else RunState.empty()
        self._state = state
        self._stale = False
        self._whole: dict[str, Any] = {}
        self._stages = dict(state.stages)
        self._frozen: dict[Key, StepState] = dict(state.steps)
        self._steps: dict[Key, Step] = {key: Step.thawed(step) for key, step in state.steps.items()}
        self._dirty: set[Key] = set()
        self._within: dict[tuple[str, str], dict[str, list[Step]]] = {}
        self._owners: dict[tuple[str, str, str], Step | None] = {}
        self._names: dict[str, str] = {}
        self._unknown = dict(state.unknown_kinds)
        self._identities = Identities(state.identities)
        self._ports = dict(state.ports)
        self._matings = dict(state.matings)
        self._baseline, self._baseline_shown = dict(state.baseline), state.baseline
        self._baseline_changed = False
        self._waivers_end = min(
            filter(None, (each.waived_until for each in self._steps.values())), default=""
        )
        self._events, self._last_seq, self._last_at = state.events, state.last_seq, state.last_at
        self._epoch = state.epoch
        for step in self._steps.values():
            self._index(step)
        self._handlers = self._make_handlers()

    @property
    def state(self) -> RunState:
        if self._stale:
            if len(self._baseline_shown) != len(self._baseline) or self._baseline_changed:
                self._baseline_shown, self._baseline_changed = MappingProxyType(dict(self._baseline)), False
            self._frozen.update((key, self._steps[key].frozen()) for key in self._dirty)
            self._dirty.clear()
            self._state = msgspec.structs.replace(
                self._state,
                **self._whole,
                stages=MappingProxyType(dict(self._stages)),
                steps=MappingProxyType(dict(self._frozen)),
                unknown_kinds=MappingProxyType(dict(self._unknown)),
                identities=MappingProxyType(dict(self._identities.known)),
                ports=MappingProxyType(dict(self._ports)),
                matings=MappingProxyType(dict(self._matings)),
                baseline=self._baseline_shown,
                events=self._events,
                last_seq=self._last_seq,
                last_at=self._last_at,
                epoch=self._epoch,
            )
            self._whole = {}
            self._stale = False
        return self._state

    def add(self, event: Known | Unknown) -> None:
        """Take in one event."""
        self._stale = True
        self._events += 1
        self._check_order(event)
        self._last_at = event.at
        handler = self._handlers.get(type(event))
        if handler is None:
            self._unknown[event.kind] = self._unknown.get(event.kind, 0) + 1
            return
        if self._get("closed") is not None and not isinstance(event, QUIET_AFTER_CLOSE):
            self._set(closed=None)
        if self._waivers_end and event.at[:10] > self._waivers_end:
            self._expire(event)
        handler(event)

    def _check_order(self, event: Known | Unknown) -> None:
        seq, last = event.seq, self._last_seq
        if seq >= 0:
            if last is not None and seq != last + 1:
                what = "is missing" if seq > last + 1 else "comes twice"
                self._problem(f"event {last + 1 if seq > last + 1 else seq} {what}: {seq} follows {last}")
            self._last_seq = seq if last is None else max(seq, last)
        if event.epoch < self._epoch:
            self._problem(f"event {seq} of epoch {event.epoch} stands after epoch {self._epoch} began")
        self._epoch = max(self._epoch, event.epoch)

    # --- parts that are replaced whole --------------------------------------------------------------------

    def _get(self, name: str) -> Any:
        return self._whole[name] if name in self._whole else getattr(self._state, name)

    def _set(self, **changed: Any) -> None:
        self._whole.update(changed)

    def _append(self, name: str, item: object) -> None:
        self._set(**{name: (*self._get(name), item)})

    def _keep(self, name: str, wanted: Callable[[Any], bool]) -> None:
        self._set(**{name: tuple(item for item in self._get(name) if wanted(item))})

    def _problem(self, words: str) -> None:
        if len(self._get("problems")) < PROBLEMS_KEPT:
            self._append("problems", words)

    # --- steps --------------------------------------------------------------------------------------------

    def _index(self, step: Step) -> None:
        """A planned link is found by its ends, every step by itself."""
        index = self._within.setdefault((step.key.stage, step.key.step), {})
        for name in {step.key.subject, *ends(step.key.subject)}:
            index.setdefault(name, []).append(step)

    def _step(self, stage: str, step: str, subject: str) -> Step:
        """The step of that very key; one that nobody planned is added, and counts."""
        key = Key(stage, step, subject)
        found = self._steps.get(key)
        if found is None:
            found = self._steps[key] = Step(key, planned=False)
            self._index(found)
            self._owners.clear()
            if stage not in self._stages:
                self._stages[stage] = StageState(name=stage)
        self._dirty.add(key)
        return found

    def _owner(self, event: Measured | Judged) -> Step | None:
        """The planned subject that a measured one belongs to: itself, what it is a part of, or its link."""
        asked = (event.stage, event.step, event.subject)
        try:
            return self._owners[asked]
        except KeyError:
            index = self._within.get(asked[:2], {})
            names = (name for name in _chain(event.subject) if name in index)
            found = next((index[name][0] for name in names), None)
            if found is None:
                only = {id(step): step for steps in index.values() for step in steps}
                found = next(iter(only.values())) if len(only) == 1 else None
            self._owners[asked] = found
            return found

    def _plan_fixed(self, event: PlanFixed) -> None:
        self._set(plan_files=MappingProxyType(dict(event.files)))
        for stage, step, subject in event.planned:
            key = Key(stage, step, subject)
            if key not in self._steps:
                self._steps[key] = Step(key, planned=True)
                self._index(self._steps[key])
            self._steps[key].planned = True
            self._dirty.add(key)
            if stage not in self._stages:
                self._stages[stage] = StageState(name=stage)
        self._frozen = {key: step.frozen() for key, step in self._steps.items()}
        self._owners.clear()

    def _stage_started(self, event: StageStarted) -> None:
        old = self._stages.get(event.stage, StageState(name=event.stage))
        self._stages[event.stage] = msgspec.structs.replace(
            old, title=event.title or old.title, started=True, declared=None
        )

    def _stage_ended(self, event: StageEnded) -> None:
        old = self._stages.get(event.stage, StageState(name=event.stage))
        self._stages[event.stage] = msgspec.structs.replace(old, started=True, declared=event.verdict)

    def _step_started(self, event: StepStarted) -> None:
        self._step(event.stage, event.step, event.subject).start(event)
        self._close_asks(event)

    def _step_ended(self, event: StepEnded) -> None:
        self._step(event.stage, event.step, event.subject).end(event)
        self._close_asks(event)

    def _measured(self, event: Measured) -> None:
        owner = self._owner(event)
        if event.reading is Reading.VALUE:
            if is_identity(event.quantity):
                self._seen(event, owner.does if owner is not None else "")
            if event.quantity in OF_A_MATING:
                note_mating(self._matings, event, event.seq)
            if event.quantity in OF_A_BASELINE:
                note_baseline(self._baseline, event)
                self._baseline_changed |= event.quantity == SERIAL
            if event.quantity in OF_A_PLUG:
                self._ports[event.subject] = _port_seen(self._ports.get(event.subject, NOT_SEEN), event)
        if owner is not None and owner.measure(event, self._names):
            self._dirty.add(owner.key)

    def _seen(self, event: Measured, does: str) -> None:
        if does not in BY_HAND:
            step = f"{event.stage}/{event.step}"
            self._identities.see(event.quantity, event.subject, str(event.value), event.seq, step)

    def _judged(self, event: Judged) -> None:
        owner = self._owner(event)
        if owner is not None and owner.judge(event, self._names):
            self._dirty.add(owner.key)

    def _evidence(self, event: EvidenceKept) -> None:
        """Evidence of a device stands behind every planned subject of that step that lies within it."""
        for steps in self._within.get((event.stage, event.step), {}).values():
            for step in steps:
                planned = step.key.subject
                if event.subject in _chain(planned) or planned in _chain(event.subject):
                    step.keep(event)
                    self._dirty.add(step.key)

    def _superseded(self, event: Superseded) -> None:
        self._step(event.stage, event.step, event.subject).supersede(event)

    def _replaced(self, event: PartReplaced) -> None:
        if event.quantity:
            if identity(event.quantity, event.subject) not in self._identities.known:
                self._identities.see(event.quantity, event.subject, event.old, -1)
            self._identities.see(event.quantity, event.subject, event.new, event.seq, event.proven_by)
        self._append("replaced", event)

    def _waived(self, event: Waived) -> None:
        self._step(event.stage, event.step, event.subject).waive(event)
        self._append("waivers", event)
        if event.until is not None:
            self._waivers_end = min(self._waivers_end or event.until, event.until)

    def _expire(self, event: Known | Unknown) -> None:
        """Waivers whose last day is over, by the event's own time; what may follow a close ends none."""
        if isinstance(event, QUIET_AFTER_CLOSE):
            return
        self._dirty |= {key for key, step in self._steps.items() if step.expire(event.at[:10])}
        self._waivers_end = min(
            filter(None, (each.waived_until for each in self._steps.values())), default=""
        )

    # --- people, actions, the record ----------------------------------------------------------------------

    def _asked(self, event: Asked) -> None:
        self._keep("asks", lambda ask: ask.question != event.question)
        self._append("asks", event)

    def _answered(self, event: Answered) -> None:
        self._keep("asks", lambda ask: ask.question != event.question)
        self._unclaim(event.question)
        self._append("answers", event)

    def _close_asks(self, event: OfStep) -> None:
        if self._get("asks"):
            mine = (event.stage, event.step, event.subject)
            for ask in self._get("asks"):
                if (ask.stage, ask.step, ask.subject) == mine:
                    self._unclaim(ask.question)
            self._keep("asks", lambda ask: (ask.stage, ask.step, ask.subject) != mine)

    def _commanded(self, event: CommandReceived) -> None:
        self._append("commands", event)
        if event.accepted and event.verb in ("claim", "release"):
            what = str(event.arguments.get("what") or "")
            self._unclaim(what)
            if event.verb == "claim":
                self._append("claims", Claim(what, event.by, event.terminal, event.at, event.seq))

    def _unclaim(self, what: str) -> None:
        if self._get("claims"):
            self._keep("claims", lambda one: one.what != what)

    def _recovered(self, event: Recovered) -> None:
        """The consoles of those who held something were another runner's."""
        self._set(recoveries=self._get("recoveries") + 1, claims=())

    def _watched(self, event: Watched) -> None:
        note_mating(self._matings, event, event.seq)

    def _put(self, event: CablePut) -> None:
        note_mating(self._matings, event, event.seq)
        self._set(put=MappingProxyType({**self._get("put"), event.subject: event}))

    def _intended(self, event: ActionIntended) -> None:
        self._outcome(event)
        self._append("in_doubt", event)

    def _outcome(self, event: ActionIntended | ActionDone | ActionFailed) -> None:
        mine = (event.stage, event.step, event.subject, event.action)
        self._keep("in_doubt", lambda one: (one.stage, one.step, one.subject, one.action) != mine)

    def _altered(self, event: AlteredState) -> None:
        self._keep("altered", lambda one: (one.subject, one.what) != (event.subject, event.what))
        if not event.restored:
            self._append("altered", event)

    def _checkpointed(self, event: Checkpointed) -> None:
        self._set(
            checkpoints=self._get("checkpoints") + 1,
            checkpoint_size=event.size,
            checkpoint_root=event.root,
        )

    def _counted(self, name: str) -> Callable[[Any], None]:
        return lambda event: self._set(**{name: self._get(name) + 1})

    def _collected(self, name: str) -> Callable[[Any], None]:
        return lambda event: self._append(name, event)

    def _make_handlers(self) -> Mapping[type, Callable[[Any], None]]:
        def ignored(event: Any) -> None:
            """Known, and of no weight here: series are summaries of samples that lie in blobs."""

        handlers: dict[type, Callable[[Any], None]] = {
            RunStarted: lambda event: self._set(run=event),
            PlanFixed: self._plan_fixed,
            StageStarted: self._stage_started,
            StageEnded: self._stage_ended,
            StepStarted: self._step_started,
            StepEnded: self._step_ended,
            Measured: self._measured,
            Judged: self._judged,
            EvidenceKept: self._evidence,
            Superseded: self._superseded,
            Waived: self._waived,
            Asked: self._asked,
            Answered: self._answered,
            ActionIntended: self._intended,
            ActionDone: self._outcome,
            ActionFailed: self._outcome,
            AlteredState: self._altered,
            Checkpointed: self._checkpointed,
            ClockJumped: self._counted("clock_jumps"),
            Recovered: self._recovered,
            CommandReceived: self._commanded,
            PartReplaced: self._replaced,
            Noted: self._collected("notes"),
            CablePut: self._put,
            Watched: self._watched,
            EvidenceAttached: self._collected("attached"),
            Signed: self._collected("signatures"),
            RunClosed: lambda event: self._set(closed=event),
        }
        return {kind: handlers.get(kind, ignored) for kind in cast(Any, Known).__args__}


def _port_seen(before: PortSeen, event: Measured) -> PortSeen:
    """What is known of a port after one more reading of its link or its neighbour."""
    if event.quantity == "neighbor":
        return msgspec.structs.replace(before, neighbor=str(event.value), neighbor_seq=event.seq)
    if event.value is True:
        return msgspec.structs.replace(before, up=True, up_seq=event.seq)
    lost_seq = event.seq if before.up else before.lost_seq
    return msgspec.structs.replace(before, up=False, up_seq=event.seq, down_seq=event.seq, lost_seq=lost_seq)


def _chain(subject: str) -> tuple[str, ...]:
    """What a subject is a part of, itself first; a text that is no subject is a part of nothing else."""
    try:
        return ancestors(subject)
    except ValueError:
        return (subject,)


def fold_events(events: Iterable[Known | Unknown], state: RunState | None = None) -> RunState:
    """All of `events` on top of `state`."""
    folded = Fold(state)
    for event in events:
        folded.add(event)
    return folded.state


def fold(state: RunState, event: Known | Unknown) -> RunState:
    """One event on top of `state`, which stays as it is.

    For many events keep a `Fold`: this copies the state.
    """
    return fold_events((event,), state)
