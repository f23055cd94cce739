"""Soak with trends: what was read again and again, its limit, the worst, the last readings, the slope.

It shows what the record holds: readings of steps that repeat, and of watches. Where no load ran, it says so.
"""

from __future__ import annotations

from typing import NamedTuple

from bringup.model.judgement import Judgement
from bringup.model.units import QUANTITIES, unit_of
from bringup.view.fit import chosen, count, fit, rule, wrapped
from bringup.view.frame import Footer, Size, shortened
from bringup.view.mark import STALE, WAITING, Mark, Row, mark_of
from bringup.view.scene import Look, Scene
from bringup.view.text import amount, number, visible
from bringup.view.trend import (
    LEAST_FOR_SLOPE,
    Series,
    bounds,
    hours_left,
    room,
    series_of,
    slope_per_h,
    spark,
    worst,
)

SOAK = "soak"
LINES = 2
"""Of each quantity: numbers, then whose they are."""
ABOUT_LINES = 3
FIXED = 30
"""Cells of a row beside the name, the limit and the line of blocks."""
NO_LOAD = "NO SOAK LOAD RUNS: this playbook has no soak step. Below is what its steps read more than once."


def listed(scene: Scene, look: Look) -> tuple[Series, ...]:
    """What was read more than once: what is judged first, and of that what is nearest to its limit."""
    run = scene.state.run
    found = series_of(scene.recent, run.speed if run is not None else 1.0)
    judged = _judged(scene)
    if not look.follow:
        return found
    return tuple(sorted(found, key=lambda each: _rank(each, judged.get((each.subject, each.quantity)))))


def _rank(series: Series, judgement: Judgement | None) -> tuple[int, float]:
    if judgement is None or judgement.limit is None:
        return 1, 0.0
    low, high = bounds(judgement.limit)
    return -judgement.verdict.severity, room(series.now.value, low, high)


def _judged(scene: Scene) -> dict[tuple[str, str], Judgement]:
    """The worst judgement of what was read last of each."""
    found: dict[tuple[str, str], Judgement] = {}
    for step in scene.state.steps.values():
        for each in step.judgements:
            known = found.get((each.subject, each.quantity))
            if known is None or each.verdict.severity > known.verdict.severity:
                found[each.subject, each.quantity] = each
    return found


def body(scene: Scene, look: Look, size: Size) -> list[Row]:
    width = size.width
    head = [*_load(scene, width), _titles(width), rule(width, scene.tier)]
    every = listed(scene, look)
    if not every:
        return [*head[:-2], *_nothing(scene, width)]
    cursor = min(look.cursor, len(every) - 1)
    judged = _judged(scene)
    many = max(LINES, size.height - len(head) - ABOUT_LINES - 1) // LINES
    top = max(0, min(cursor - many // 2, len(every) - many))
    rows = list(head)
    for place, series in enumerate(every[top : top + many], top):
        first, second = _lines(scene, series, judged.get((series.subject, series.quantity)), width)
        rows += [chosen(fit(first, width, scene.tier)) if place == cursor else first, second]
    rows.append(rule(width, scene.tier, f"{cursor + 1} of {len(every)}"))
    series = every[cursor]
    return [*rows, *_about(series, judged.get((series.subject, series.quantity)), width)]


def _load(scene: Scene, width: int) -> list[Row]:
    """Whether anything soaks, in words."""
    steps = [step for step in scene.state.steps.values() if step.does.startswith(f"{SOAK}.")]
    if not steps:
        return [((f" {line}", "warn"),) for line in wrapped(NO_LOAD, width - 2)]
    running = sum(step.running for step in steps)
    ended = sum(step.verdict is not None for step in steps)
    return [((f" soak: {running} running, {ended} of {len(steps)} ended", "plain"),)]


def _nothing(scene: Scene, width: int) -> list[Row]:
    if not scene.state.events:
        words = "Nothing was read yet."
    else:
        words = "No number was read more than once in what the console holds of this run."
    more = "Steps that repeat until they are good, and a watched port (w), read again and again."
    return [(), *[((f" {line}", "plain"),) for line in (words, *wrapped(more, width - 2))]]


class Columns(NamedTuple):
    """Cells of each column that a width has room for; 0 is one that it has none for: none is cut."""

    name: int
    limit: int
    blocks: int


def _columns(width: int) -> Columns:
    name = 20 if width < 100 else 28
    limit = 12 if width >= 76 else 0
    used = name + (limit + 1 if limit else 0) + FIXED
    return Columns(name, limit, max(0, min(60, width - used - 1)))


def _titles(width: int) -> Row:
    name, limit, blocks = _columns(width)
    bound = f"{'LIMIT':<{limit}} " if limit else ""
    words = f" {'METRIC':<{name}} {'NOW':>9}  {bound}{'WORST':>8}  {'LAST':<{blocks}} STATE"
    return ((words, "dim"),)


def _lines(scene: Scene, series: Series, judgement: Judgement | None, width: int) -> tuple[Row, Row]:
    name, cells, blocks = _columns(width)
    mark = _mark(scene, series, judgement)
    limit = judgement.limit if judgement is not None else None
    far = worst(series, limit)
    values = [each.value for each in series.samples]
    told = f"{number(far):>8}" if far is not None else f"{'-':>8}"
    bound = f"{_limit(limit, cells):<{cells}} " if cells else ""
    first: Row = (
        (f" {shortened(series.quantity, name, scene.tier):<{name}} ", "plain"),
        (f"{number(series.now.value):>9}  ", "value"),
        (f"{bound}{told}  ", "dim"),
        (f"{spark(values, blocks, scene.tier):<{blocks}} ", "value"),
        mark.cell(scene.tier),
    )
    where = shortened(series.subject, max(10, width - 42), scene.tier)
    unit = f"{unit_of(series.quantity)}  " if series.quantity in QUANTITIES else ""
    more = f"   {unit}{where}  {count(len(values), 'reading')}, newest {series.now.clock}Z"
    return first, ((visible(more, width), "dim"),)


def _mark(scene: Scene, series: Series, judgement: Judgement | None) -> Mark:
    """What was judged of that very number; a newer one has no verdict yet, and without a runner it is old."""
    if scene.lost:
        return STALE
    judged = judgement is not None and judgement.value == series.now.value
    return mark_of(judgement.verdict, judgement.reason) if judged and judgement is not None else WAITING


def _limit(limit: str | None, cells: int) -> str:
    """A bound in the room of a column; where it needs more, the lines below the list have it whole."""
    if limit is None:
        return "none"
    low, high = bounds(limit)
    if low is not None and high is not None and low != high:
        limit = f"{number(low)} to {number(high)}"
    words = visible(limit)
    return words if len(words) <= cells else "see below"


def _about(series: Series, judgement: Judgement | None, width: int) -> list[Row]:
    """The chosen one: whole limit and source, slope, and where that leads."""
    limit = judgement.limit if judgement is not None else None
    source = judgement.source if judgement is not None and judgement.source else "no source"
    told = f"limit {visible(limit or 'none', 60)}   {visible(source, 200)}"
    if judgement is not None and judgement.value != series.now.value:
        told = (
            f"judged last: {amount(judgement.value, '', judgement.reading)} {judgement.verdict.value}, {told}"
        )
    span = f"{number(series.least)} to {number(series.most)} over {_time(series)}"
    if series.others:
        span += f", {count(series.others, 'reading')} without a number"
    return [
        ((f" {visible(f'{series.stage}/{series.step}  {series.subject}', width - 2)}   {span}", "plain"),),
        ((f" {told}", "dim"),),
        ((f" {_slope(series, limit)}", "advice"),),
    ]


def _time(series: Series) -> str:
    seconds = series.now.at_s - series.samples[0].at_s
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _slope(series: Series, limit: str | None) -> str:
    """What the slope says, or why there is none."""
    if len(series.samples) < LEAST_FOR_SLOPE:
        return f"{count(len(series.samples), 'reading')}: five are needed for a slope"
    slope = slope_per_h(series.samples)
    if slope is None:
        return "no slope beyond its noise"
    told = f"{'gains' if slope > 0 else 'loses'} {abs(slope):.2g} an hour, by {len(series.samples)} readings"
    left = hours_left(series.now.value, slope, limit)
    return told if left is None else f"{told}; {left:.2g} h to its limit"


def footer(scene: Scene, look: Look) -> Footer:
    many = len(listed(scene, look))
    doing = f"{count(many, 'number')} read more than once" if many else "nothing to show a trend of yet"
    keys = [("j k", "move"), ("o", "worst first"), ("w", "watch port"), ("f", "failures"), ("Esc", "back")]
    if not many:
        return Footer(doing, "Nothing to do now. Esc goes back to the run.", keys[2:])
    return Footer(doing, "Nothing to do now: only steps judge, trends do not.", keys)
