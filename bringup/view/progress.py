"""Plain headless output: one line for each step that is finished, its bad subjects below it, one for each
stage.

Keeps counts of its own from the events that it is shown, so that a line costs no snapshot of the state.
"""

from __future__ import annotations

from collections import Counter

from bringup.model.event import (
    ActionDone,
    ActionFailed,
    ActionIntended,
    Answered,
    Asked,
    CablePut,
    EvidenceAttached,
    Judged,
    Known,
    PartReplaced,
    PlanFixed,
    RunClosed,
    StageEnded,
    StageStarted,
    StepEnded,
    Superseded,
    Unknown,
    Watched,
)
from bringup.model.verdict import Reason, Verdict, worst
from bringup.model.watch import Phase
from bringup.view.link_live import line_of
from bringup.view.mark import ASK, RUNNING, UNKNOWN, Cell, Row, Tier, mark_of
from bringup.view.put import line_of as line_of_put
from bringup.view.text import amount, visible

BAD_SHOWN = 5
LINE_CELLS = 200
Step = tuple[str, str]


class Progress:
    """`rows(event)` gives what one event adds to the screen, often nothing."""

    def __init__(self, tier: Tier = "unicode") -> None:
        self._tier = tier
        self._planned: Counter[Step] = Counter()
        self._ended: dict[Step, dict[str, StepEnded]] = {}
        self._worst: dict[tuple[str, str, str], Judged] = {}
        self._watched: dict[str, Phase] = {}

    def rows(self, event: Known | Unknown) -> tuple[Row, ...]:
        match event:
            case PlanFixed():
                self._planned.update((stage, step) for stage, step, _ in event.planned)
            case StageStarted():
                return ((("", "plain"), (f"{visible(event.title or event.stage)}", "title")),)
            case Judged():
                self._keep(event)
            case StepEnded():
                return self._step_ended(event)
            case StageEnded():
                mark = mark_of(event.verdict)
                return ((mark.cell(self._tier), (f"  {visible(event.stage)}", "title")),)
            case Asked():
                text = f"  {event.question}: {visible(event.text, LINE_CELLS)}"
                return ((ASK.cell(self._tier), (text, "advice")),)
            case Answered():
                by = f" by {visible(event.by)}" + (" (simulated)" if event.simulated else "")
                signed = ", signed" if event.signature else ""
                return ((("       ", "plain"), (f"  {visible(event.value, 60)}{by}{signed}", "dim")),)
            case ActionIntended() | ActionDone() | ActionFailed():
                return (self._action(event),)
            case PartReplaced():
                words = f"  {visible(event.subject)}: {visible(event.old)} replaced by {visible(event.new)}"
                return ((("       ", "plain"), (words, "plain")),)
            case Superseded():
                row = f"  {event.stage}/{event.step}  {visible(event.subject)}"
                return ((("  again", "dim"), (row, "plain"), (f"  {visible(event.why, 80)}", "dim")),)
            case Watched() if self._watched.get(event.subject) is not event.live.phase:
                self._watched[event.subject] = event.live.phase
                return ((("  watch", "dim"), ("  ", "plain"), *line_of(event.live)),)
            case EvidenceAttached():
                told = event.result or event.told or event.outcome
                words = f"  {visible(event.subject)}: {event.form} {visible(event.name, 60)}"
                return ((("attached", "dim"), (words, "plain"), (f"  {visible(told, 80)}", "dim")),)
            case CablePut():
                return ((("    put", "dim"), ("  ", "plain"), *line_of_put(event)),)
            case RunClosed():
                return ((mark_of(event.verdict).cell(self._tier), ("  run closed", "title")),)
        return ()

    def _keep(self, event: Judged) -> None:
        if not event.verdict.good:
            place = (event.stage, event.step, event.subject)
            known = self._worst.get(place)
            if known is None or event.verdict.severity >= known.verdict.severity:
                self._worst[place] = event

    def _step_ended(self, event: StepEnded) -> tuple[Row, ...]:
        step = (event.stage, event.step)
        ended = self._ended.setdefault(step, {})
        again = event.subject in ended
        ended[event.subject] = event
        if len(ended) < self._planned[step]:
            return ()
        if again:
            return (self._subject(event),)
        return self._finished(step, list(ended.values()))

    def _finished(self, step: Step, ended: list[StepEnded]) -> tuple[Row, ...]:
        verdict = worst(each.verdict for each in ended)
        bad = [each for each in ended if not each.verdict.good]
        blocked = [each for each in bad if each.reason == Reason.BLOCKED]
        told = [each for each in bad if each.reason != Reason.BLOCKED]
        reasons = {each.reason for each in bad}
        mark = mark_of(verdict, next(iter(reasons)) if len(reasons) == 1 else None)
        good = sum(each.verdict.good for each in ended)
        words = f"  {step[0]}/{step[1]}"
        count = f"  {good} of {len(ended)}" + (f", {len(blocked)} blocked" if blocked else "")
        rows: list[Row] = [(mark.cell(self._tier), (words, "plain"), (count, "dim"))]
        rows += [self._subject(each) for each in told[:BAD_SHOWN]]
        if len(told) > BAD_SHOWN:
            rows.append(((f"         and {len(told) - BAD_SHOWN} more", "dim"),))
        self._worst = {place: one for place, one in self._worst.items() if place[:2] != step}
        return tuple(rows)

    def _subject(self, event: StepEnded) -> Row:
        mark = mark_of(event.verdict, event.reason)
        glyph, role = mark.cell(self._tier)
        cells: list[Cell] = [(f"    {glyph}", role), (f"  {visible(event.subject)}", "plain")]
        judged = self._judged(event)
        if judged is not None:
            value = amount(judged.value, judged.unit, judged.reading)
            limit = f" (limit {judged.limit})" if judged.limit else ""
            cells.append((f"  {judged.quantity} {value}{limit}", "value"))
        if event.reason:
            cells.append((f"  {event.reason}", "unknown"))
        if event.message:
            cells.append((f"  {visible(event.message, LINE_CELLS)}", "dim"))
        return tuple(cells)

    def _judged(self, event: StepEnded) -> Judged | None:
        """The worst judgement of the subject or of a part or an end of it."""
        found = [
            judged
            for (stage, step, subject), judged in self._worst.items()
            if (stage, step) == (event.stage, event.step) and _about(subject, event.subject)
        ]
        return max(found, key=lambda each: each.verdict.severity, default=None)

    def _action(self, event: ActionIntended | ActionDone | ActionFailed) -> Row:
        what = f"  {event.action} {visible(event.subject)}"
        match event:
            case ActionIntended():
                return (RUNNING.cell(self._tier), (what, "plain"))
            case ActionDone():
                told = "found done" if event.inferred else "done" if event.changed else "nothing to do"
                return (mark_of(Verdict.PASS).cell(self._tier), (what, "plain"), (f"  {told}", "dim"))
        return (UNKNOWN.cell(self._tier), (what, "plain"), (f"  {visible(event.message, LINE_CELLS)}", "dim"))


def _about(measured: str, planned: str) -> bool:
    ends = planned.split("<->")
    return any(measured == end or measured.startswith((f"{end}#", f"{end}/")) for end in ends)
