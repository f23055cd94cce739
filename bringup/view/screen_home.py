"""Where one begins: runs to go on with, and what else there is to start from (console design, 3.1)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bringup.model.verdict import Verdict
from bringup.view.fit import chosen, count, fit, page, rule, wrapped
from bringup.view.frame import Footer, Size
from bringup.view.mark import ASK, RUNNING, Mark, Row, Tier, mark_of
from bringup.view.text import visible


class RunLine(msgspec.Struct, frozen=True):
    """One run in the list. `lives` when its runner is there; `asks` are questions that wait."""

    run_id: str
    path: str
    rack: str
    stage: str
    verdict: Verdict | None
    closed: bool
    lives: bool
    asks: int
    simulated: bool

    @property
    def mark(self) -> Mark:
        if self.asks and self.lives:
            return ASK
        if self.lives and not self.closed:
            return RUNNING
        return mark_of(self.verdict)


def body(runs: Sequence[RunLine], cursor: int, word: str, size: Size, tier: Tier) -> list[Row]:
    """The list, and what the chosen one is."""
    rows: list[Row] = [
        ((f"   {'RUN':<20}  {'STATE':<6}  {'RACK':<12} {'STAGE':<12}", "dim"),),
        rule(size.width, tier),
    ]
    if not runs:
        why = f"no run is called like {word!r}" if word else "no run was started here yet"
        first = "+ shows what can be started: a simulated rack, this host, yours by its inventory."
        told: list[Row] = [((f" {line}", "advice"),) for line in wrapped(first, size.width - 2)]
        return [*rows, ((f" {visible(why)}", "plain"),), *told]
    cursor = min(cursor, len(runs) - 1)
    top, some = page([_line(run, tier) for run in runs], cursor, max(1, size.height - 6))
    for number, row in enumerate(some, top):
        whole = fit(row, size.width, tier)
        rows.append(chosen(whole) if number == cursor else whole)
    run = runs[cursor]
    rows += [rule(size.width, tier), ((f" {visible(_about(run), size.width - 2)}", "dim"),)]
    return rows


def _line(run: RunLine, tier: Tier) -> Row:
    where = "closed" if run.closed else run.stage or "not begun"
    asks = f" {run.asks} asked" if run.asks and run.lives else ""
    gone = "" if run.closed or run.lives else " no runner"
    return (
        (f"   {run.run_id:<20}  ", "plain"),
        run.mark.cell(tier),
        (f"  {visible(run.rack, 12):<12} {visible(where, 12):<12}", "plain"),
        (f"{asks}{gone}{' SIMULATED' if run.simulated else ''}", "dim"),
    )


def _about(run: RunLine) -> str:
    """What the line has no room for."""
    if run.closed or run.lives:
        return run.path
    return f"{run.path}   no runner: + goes on with it"


def footer(runs: Sequence[RunLine]) -> Footer:
    waiting = sum(bool(run.asks) and run.lives for run in runs)
    doing = f"{count(len(runs), 'run')} here, {waiting} of them waiting for a person"
    next_ = "Enter opens the chosen run; + starts another." if runs else "+ shows what can be started here."
    keys = [("Enter", "open"), ("+", "new run"), ("j k", "move"), ("/", "filter"), ("Q", "leave")]
    keys.append((":", "doctor, compare"))
    return Footer(doing, next_, keys)
