"""RunState: what the events of one run add up to, as a frozen snapshot. `bringup.model.fold` makes it.

Every reader (console, headless text, exports, resume) uses it, and keeps no truth of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType

import msgspec

from bringup.model.dependence import Seen
from bringup.model.event import (
    ActionIntended,
    AlteredState,
    Answered,
    Asked,
    CablePut,
    CommandReceived,
    EvidenceAttached,
    Noted,
    PartReplaced,
    RunClosed,
    RunStarted,
    Signed,
    Waived,
)
from bringup.model.mating import Mating
from bringup.model.measurement import Scalar
from bringup.model.people import Claim
from bringup.model.progress import Coverage, Key, PortSeen, StageState, StepState
from bringup.model.verdict import EXIT_CONTRADICTION, Verdict, exit_code, worst


class RunState(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A frozen snapshot. `steps` holds every planned key from the start, in the order of the plan.

    `in_doubt` are actions intended without an outcome. `altered` is what is left other than it was found.
    `problems` are contradictions of the record: gaps, duplicates, an old epoch's late event. `identities` is
    what every part was last seen, or declared, to be, by `QUANTITY@SUBJECT`. `claims` is who works on what.
    """

    run: RunStarted | None = None
    plan_files: Mapping[str, str] = MappingProxyType({})
    stages: Mapping[str, StageState] = MappingProxyType({})
    steps: Mapping[Key, StepState] = MappingProxyType({})
    asks: tuple[Asked, ...] = ()
    answers: tuple[Answered, ...] = ()
    commands: tuple[CommandReceived, ...] = ()
    claims: tuple[Claim, ...] = ()
    altered: tuple[AlteredState, ...] = ()
    waivers: tuple[Waived, ...] = ()
    notes: tuple[Noted, ...] = ()
    replaced: tuple[PartReplaced, ...] = ()
    identities: Mapping[str, Seen] = MappingProxyType({})
    ports: Mapping[str, PortSeen] = MappingProxyType({})
    put: Mapping[str, CablePut] = MappingProxyType({})
    """The last of each plug that was put into its port, by the port that it belongs into."""
    attached: tuple[EvidenceAttached, ...] = ()
    matings: Mapping[str, Mating] = MappingProxyType({})
    """When plugs came out, as far as it was seen, by port."""
    baseline: Mapping[str, Scalar] = MappingProxyType({})
    """What each lane was first read with, by `bringup.model.baseline.key_of`."""
    signatures: tuple[Signed, ...] = ()
    in_doubt: tuple[ActionIntended, ...] = ()
    epoch: int = 0
    events: int = 0
    last_seq: int | None = None
    last_at: str = ""
    checkpoints: int = 0
    checkpoint_size: int | None = None
    checkpoint_root: str = ""
    clock_jumps: int = 0
    recoveries: int = 0
    unknown_kinds: Mapping[str, int] = MappingProxyType({})
    problems: tuple[str, ...] = ()
    closed: RunClosed | None = None

    @classmethod
    def empty(cls) -> RunState:
        return cls()

    @property
    def partial(self) -> bool:
        """Judged only on what `--only` selected."""
        return self.run is not None and bool(self.run.only)

    @cached_property
    def by_stage(self) -> Mapping[str, tuple[StepState, ...]]:
        """The steps of each stage, in the order of the plan."""
        found: dict[str, list[StepState]] = {name: [] for name in self.stages}
        for key, step in self.steps.items():
            found.setdefault(key.stage, []).append(step)
        return {name: tuple(steps) for name, steps in found.items()}

    @cached_property
    def by_seq(self) -> Mapping[int, Key]:
        """Which step an event that explains another (`because`) belongs to:

        Its end, or one of its judgements.
        """
        found: dict[int, Key] = {}
        for key, step in self.steps.items():
            found |= {judgement.seq: key for judgement in step.judgements}
            found |= {each.ended_seq: key for each in step.attempts if each.ended_seq is not None}
        return found

    @cached_property
    def counts(self) -> Mapping[Verdict, int]:
        """How many steps have each verdict; what is unfinished is not in it."""
        return Counter(step.verdict for step in self.steps.values() if step.verdict is not None)

    @cached_property
    def coverage(self) -> Coverage:
        """Every planned (subject, check) has a verdict or is unfinished."""
        planned = [(key, step) for key, step in self.steps.items() if step.planned]
        unfinished = tuple(key for key, step in planned if step.verdict is None)
        return Coverage(len(planned), len(planned) - len(unfinished), unfinished)

    @cached_property
    def verdict(self) -> Verdict:
        """Worst of all; what is unfinished or in doubt is UNKNOWN, and so is a run without a plan."""
        found = [step.counts_as for step in self.steps.values()]
        if self.in_doubt:
            found.append(Verdict.UNKNOWN)
        return worst(found)

    @property
    def exit_code(self) -> int:
        """4 when the record contradicts itself;

        What the run was closed with; else what it amounts to so far.
        """
        if self.problems:
            return EXIT_CONTRADICTION
        if self.closed is not None:
            flatters = self.closed.verdict.severity < self.verdict.severity
            return EXIT_CONTRADICTION if flatters else self.closed.exit_code
        return exit_code(self.verdict)

    def stage_verdict(self, name: str) -> Verdict | None:
        """The worst of a stage's steps; None while one of them is unfinished and the stage was not ended."""
        steps = self.by_stage.get(name, ())
        stage = self.stages.get(name)
        ended = stage is not None and stage.declared is not None
        if not ended and any(step.verdict is None for step in steps):
            return None
        found = [step.counts_as for step in steps]
        return worst(found)

    def step(self, stage: str, step: str, subject: str) -> StepState | None:
        return self.steps.get(Key(stage, step, subject))


def run_verdict(state: RunState) -> Verdict:
    """The verdict of the run as far as it has gone."""
    return state.verdict
