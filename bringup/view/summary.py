"""The last word of a run: its stages, then one block for each cause, then what is still open."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence

from bringup.model.cause import Cause
from bringup.model.event import Waived
from bringup.model.judgement import Judgement
from bringup.model.progress import Key
from bringup.model.state import RunState
from bringup.model.verdict import Verdict
from bringup.view.acceptance import Acceptance, acceptance_rows
from bringup.view.climb import ladder_rows
from bringup.view.mark import CUTS, RULES, Cell, Role, Row, Tier, mark_of
from bringup.view.text import amount, visible
from bringup.view.worklist import Batch, work_rows

WIDTH = 80
LABEL_CELLS = 10
VALUES_SHOWN = 3
SUSPECTS_SHOWN = 3
PLACES_SHOWN = 4
LADDERS_SHOWN = 1
LISTED = 8
TITLE_CELLS = 400


def summary_rows(
    state: RunState,
    causes: Sequence[Cause],
    *,
    width: int = WIDTH,
    tier: Tier = "unicode",
    accepted: Acceptance | None = None,
    work: Sequence[Batch] = (),
) -> tuple[Row, ...]:
    """Rows of cells, none wider than `width`; device text in them was made visible. With `accepted` the lists
    of what is accepted and what is not, with `work` what hands have to do.
    """
    draw = _Draw(width, tier)
    rows: list[Row] = [((RULES[tier] * width, "dim"),)]
    rows += [stage_row(state, name, tier=tier) for name in state.stages]
    for cause in causes:
        rows.append(())
        rows += draw.cause(cause)
    rows += draw.leftovers(state)
    rows += work_rows(work, width=width, tier=tier)
    if accepted is not None:
        rows += acceptance_rows(accepted, width=width, tier=tier)
    rows.append(())
    rows.append(_verdict(state, causes, tier))
    return tuple(rows)


def cause_rows(
    cause: Cause, *, width: int = WIDTH, tier: Tier = "unicode", ladders: int = LADDERS_SHOWN
) -> tuple[Row, ...]:
    """One cause with everything that it says; of its links so many, rung by rung."""
    return tuple(_Draw(width, tier, ladders).cause(cause))


def stage_row(state: RunState, name: str, *, tier: Tier = "unicode") -> Row:
    """One stage: mark, title, and how many of its verdicts are what."""
    steps = state.by_stage.get(name, ())
    verdict = state.stage_verdict(name)
    mark = mark_of(verdict, running=any(step.running or step.ended for step in steps))
    counts = Counter(step.verdict for step in steps if step.verdict is not None)
    told = [f"{counts[each]} {each.value}" for each in reversed(Verdict) if counts[each]]
    left = len(steps) - sum(counts.values())
    if left:
        told.append(f"{left} open")
    title = visible(state.stages[name].title or name)
    return (mark.cell(tier), (f"  {title:<24} ", "title"), (", ".join(told), "dim"))


def _verdict(state: RunState, causes: Sequence[Cause], tier: Tier) -> Row:
    cells: list[Cell] = [mark_of(state.verdict).cell(tier), ("  the whole run", "title")]
    if causes:
        verdicts = sum(cause.count for cause in causes)
        many = f"  {_many(verdicts, 'verdict')} from {_many(len(causes), 'cause')}"
        cells.append((many, "plain"))
    if state.partial:
        cells.append(("  PARTIAL: judged on what was selected", "warn"))
    if state.run is not None and state.run.inject is not None:
        cells.append((f"  INJECTED: {visible(state.run.inject)}", "warn"))
    if state.run is not None and state.run.simulated:
        cells.append(("  SIMULATED", "dim"))
    return tuple(cells)


class _Draw:
    def __init__(self, width: int, tier: Tier, ladders: int = LADDERS_SHOWN) -> None:
        self._width = width
        self._tier: Tier = tier
        self._ladders = ladders

    def cause(self, cause: Cause) -> Iterator[Row]:
        """One block; labels in one column, words wrapped beside it."""
        mark = mark_of(cause.verdict, cause.reasons[0] if len(cause.reasons) == 1 else None)
        head, role = mark.cell(self._tier)
        title = self._wrapped(visible(cause.title, TITLE_CELLS), len(head) + 2)
        yield ((head, role), (f"  {title[0]}", "title"))
        for line in title[1:]:
            yield ((" " * (len(head) + 2), "plain"), (line, "title"))
        yield from self._labelled("at", f"{cause.stage}/{cause.step}{self._stands_for(cause)}", "plain")
        yield from self._readings(cause.shown[:VALUES_SHOWN])
        if len(cause.shown) > VALUES_SHOWN:
            yield from self._labelled("", f"and {len(cause.shown) - VALUES_SHOWN} more readings", "dim")
        if cause.reasons and not cause.shown:
            yield from self._labelled("reason", ", ".join(cause.reasons), "unknown")
        for message in cause.messages:
            yield from self._labelled("said", visible(message, TITLE_CELLS), "value")
        for place in cause.places[:PLACES_SHOWN]:
            yield from self._labelled("where", visible(place), "plain")
        if len(cause.places) > PLACES_SHOWN:
            yield from self._labelled("", f"and {len(cause.places) - PLACES_SHOWN} more places", "dim")
        yield from self._advice(cause)
        for ladder in cause.ladders[: self._ladders]:
            yield from ladder_rows(ladder, self._width, self._tier)
        if (more := len(cause.ladders) - self._ladders) > 0:
            yield from self._labelled("", f"and {_many(more, 'more link')}, rung by rung", "dim")

    def _readings(self, shown: Sequence[Judgement]) -> Iterator[Row]:
        """Each reading, and its limit once below all that share it."""
        for place, judgement in enumerate(shown):
            yield from self._labelled("read", _read(judgement), "value")
            if judgement.note:
                yield from self._labelled("", visible(judgement.note, TITLE_CELLS), "dim")
            after = shown[place + 1] if place + 1 < len(shown) else None
            shared = after is not None and _limit(after) == _limit(judgement)
            if judgement.limit is not None and not shared:
                yield from self._labelled("limit", _limit(judgement), "dim")

    def _advice(self, cause: Cause) -> Iterator[Row]:
        for place, suspect in enumerate(cause.likely[:SUSPECTS_SHOWN], 1):
            words = visible(suspect.words, TITLE_CELLS)
            yield from self._labelled("likely" if place == 1 else "", f"{place}. {words}", "plain")
            for reason in suspect.reasons_for:
                yield from self._labelled("", f"   for: {visible(reason, TITLE_CELLS)}", "dim")
            for reason in suspect.reasons_against:
                yield from self._labelled("", f"   against: {visible(reason, TITLE_CELLS)}", "dim")
        if cause.history is not None:
            yield from self._labelled("here", cause.history.words, "dim")
        if cause.next_test:
            yield from self._labelled("next", visible(cause.next_test, TITLE_CELLS), "advice")
        yield from self._labelled("remedy", f"{cause.remedy_words} [{cause.remedy}]", "advice")

    def _stands_for(self, cause: Cause) -> str:
        if cause.count == 1:
            return ""
        blocked = f", {len(cause.blocked)} of them blocked by it" if cause.blocked else ""
        return f"  (stands for {cause.count} verdicts{blocked})"

    def leftovers(self, state: RunState) -> Iterator[Row]:
        """What a reader must know besides: margins, waivers, what is altered, in doubt, not reached."""
        marginal = [step.key for step in state.steps.values() if step.verdict is Verdict.MARGINAL]
        waived = [_waiver(state, one) for one in state.waivers]
        altered = [f"{one.subject}: {one.what} (undo: {one.undo})" for one in state.altered]
        doubted = [f"{one.action} on {one.subject}: no outcome" for one in state.in_doubt]
        listed: tuple[tuple[str, Role, list[str]], ...] = (
            ("marginal", "warn", [_named(key) for key in marginal]),
            ("waived", "waived", waived),
            ("left altered (put all back: `bringup resume RUN --put-back`)", "warn", altered),
            ("replaced", "plain", [f"{one.subject}: {one.old} by {one.new}" for one in state.replaced]),
            ("in doubt", "bad", doubted),
            ("not reached", "unknown", [_named(key) for key in state.coverage.unfinished]),
            ("record", "bad", list(state.problems)),
        )
        for label, role, items in listed:
            if items:
                yield ()
                yield ((_counted(label, len(items)), role),)
                for item in items[:LISTED]:
                    text = visible(item, self._width - 2, cut=CUTS[self._tier])
                    yield (("  ", "plain"), (text, "plain"))
                if len(items) > LISTED:
                    yield ((f"  and {len(items) - LISTED} more", "dim"),)

    def _labelled(self, label: str, words: str, role: Role) -> Iterator[Row]:
        for place, line in enumerate(self._wrapped(words, LABEL_CELLS)):
            yield ((f"  {label if place == 0 else '':<{LABEL_CELLS - 2}}", "dim"), (line, role))

    def _wrapped(self, words: str, indent: int) -> list[str]:
        lead = len(words) - len(words.lstrip())
        found = textwrap.wrap(
            words.lstrip(),
            max(20, self._width - indent),
            initial_indent=" " * lead,
            subsequent_indent=" " * lead,
            break_on_hyphens=False,
        )
        return found or [""]


def _counted(label: str, count: int) -> str:
    """`waived: 3`, and what can be done about it behind the number."""
    name, paren, hint = label.partition(" (")
    return f"{name}: {count}{paren}{hint}"


def _waiver(state: RunState, waiver: Waived) -> str:
    """A waiver, with its last day, and whether it still covers anything."""
    step = state.step(waiver.stage, waiver.step, waiver.subject)
    until = f" until {waiver.until}" if waiver.until is not None else ""
    held = step is not None and waiver in (step.waiver, step.offered)
    return f"{waiver.stage}/{waiver.step} {waiver.subject}{until}{'' if held else ' (void)'}: {waiver.why}"


def _named(key: Key) -> str:
    return f"{key.stage}/{key.step} {key.subject}"


def _read(judgement: Judgement) -> str:
    value = amount(judgement.value, judgement.unit, judgement.reading)
    return f"{visible(judgement.subject)}  {judgement.quantity} {value}"


def _limit(judgement: Judgement) -> str:
    standing = f"{judgement.standing.value}: " if judgement.standing is not None else ""
    return f"{visible(judgement.limit or '')}  ({standing}{visible(judgement.source or 'no source')})"


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def plain(row: Row) -> str:
    """A row without its roles, for a file or a pipe."""
    return "".join(text for text, _ in row).rstrip()
