"""The two ends of a live link side by side: every lane against its limits, and how far each end gets."""

from __future__ import annotations

from collections.abc import Sequence

from bringup.model.verdict import Reading, Verdict
from bringup.model.watch import Gauge, Live, LiveEnd, LiveLane
from bringup.view.fit import BARS, fit, rule, wrapped
from bringup.view.mark import FAIL, WAITING, Cell, Mark, Row, Tier, mark_of
from bringup.view.text import number, visible

WORST_DBM, BEST_DBM = -14.0, 4.0
ROOMY = 36
"""Cells of a pane in which a ladder's words are written out."""


def both_ends(live: Live, width: int, tier: Tier) -> list[Row]:
    """Side by side. A far end that nobody names is said, not left out."""
    left = (width - 1) // 2
    right = width - 1 - left
    near = _pane(live.ends[0], left, tier) if live.ends else []
    if len(live.ends) > 1:
        far = _pane(live.ends[1], right, tier)
    else:
        far = [((f" {line}", "warn"),) for line in wrapped("the inventory names no far end", right - 2)]
    heads = (f"THIS END {live.subject}", f"FAR END {live.far_end or '-'}")
    bar: Cell = (BARS[tier], "dim")
    head: Row = (
        *fit(rule(left, tier, visible(heads[0], left - 1)), left, tier),
        bar,
        *fit(rule(right, tier, visible(heads[1], right - 1)), right, tier),
    )
    rows = [head]
    for at in range(max(len(near), len(far))):
        one = near[at] if at < len(near) else ()
        other = far[at] if at < len(far) else ()
        rows.append((*fit(one, left, tier), bar, *fit(other, right, tier)))
    return rows


def _pane(end: LiveEnd, width: int, tier: Tier) -> list[Row]:
    rows = [_lane(end, lane, width, tier) for lane in end.lanes]
    if end.error is not None:
        silent = f", {end.silent_s:.0f} s" if end.silent_s is not None else ""
        rows.insert(0, ((f" {FAIL.glyph(tier)} no answer: {visible(end.error, 16)}{silent}", "bad"),))
    if not rows:
        rows = [((" no lane was told", "unknown"),)]
    return rows


def _lane(end: LiveEnd, lane: LiveLane, width: int, tier: Tier) -> Row:
    mark = _mark(lane.rx)
    room = max(4, width - 18)
    return (
        (f" {lane.index:<2}{short(lane.rx):>6} ", "value"),
        *_bar(end, lane.rx, mark, room, tier),
        (" ", "plain"),
        mark.cell(tier),
    )


def short(gauge: Gauge | None) -> str:
    """A number in dBm, or which kind of nothing it is, in six cells."""
    if gauge is None:
        return "-"
    if gauge.reading is not Reading.VALUE:
        return {Reading.DARK: "dark", Reading.NOT_AVAILABLE: "n/a", Reading.UNSUPPORTED: "never"}.get(
            gauge.reading, "none"
        )
    if isinstance(gauge.value, bool) or not isinstance(gauge.value, int | float):
        return visible(str(gauge.value), 6)
    return f"{gauge.value:.1f}"[:6]


def _bar(end: LiveEnd, gauge: Gauge | None, mark: Mark, room: int, tier: Tier) -> tuple[Cell, ...]:
    """The level, with the limit and the edge of what is marginal drawn into it."""
    block = "#" if tier == "ascii" else "█"
    told = gauge.value if gauge is not None and gauge.reading is Reading.VALUE else None
    is_number = isinstance(told, int | float) and not isinstance(told, bool)
    full = _cells(float(told), room) if is_number else 0  # type: ignore[arg-type]
    cells: list[Cell] = [(block if at < full else " ", mark.role) for at in range(room)]
    for edge, sign in ((end.marginal_dbm, ":"), (end.low_dbm, BARS[tier])):
        at = _cells(edge, room) if edge is not None else room
        if at < room:
            cells[at] = (sign, "title")
    return tuple(_joined(cells))


def _joined(cells: Sequence[Cell]) -> list[Cell]:
    """Neighbours of one role as one piece."""
    found: list[Cell] = []
    for text, role in cells:
        if found and found[-1][1] == role:
            found[-1] = (found[-1][0] + text, role)
        else:
            found.append((text, role))
    return found


def _cells(dbm: float, room: int) -> int:
    share = (dbm - WORST_DBM) / (BEST_DBM - WORST_DBM)
    return int(max(0.0, min(1.0, share)) * room)


def _mark(gauge: Gauge | None) -> Mark:
    if gauge is None or gauge.verdict is None:
        return WAITING
    return mark_of(gauge.verdict, gauge.reason)


# From light to traffic


def ladders(live: Live, width: int, tier: Tier) -> list[Row]:
    left = (width - 1) // 2
    bar: Cell = (BARS[tier], "dim")
    rows: list[Row] = []
    made = [_ladder(end, tier, left) for end in live.ends] + [[(), ()]]
    for one, other in zip(made[0], made[1], strict=True):
        rows.append((*fit(one, left, tier), bar, *fit(other, width - 1 - left, tier)))
    return rows


def _ladder(end: LiveEnd, tier: Tier, width: int) -> list[Row]:
    """How far it gets: module, light sent, light received, link; then how clean that is."""
    sends = _worst([lane.tx for lane in end.lanes])
    gets = _worst([lane.rx for lane in end.lanes])
    first: list[Cell] = []
    words = ("module", "sends", "gets", "link") if width >= ROOMY else ("mod", "tx", "rx", "up")
    gauges = (end.gauge("optic_present"), sends, gets, end.gauge("oper_up"))
    for word, gauge in zip(words, gauges, strict=True):
        mark = _mark(gauge)
        first.append((f" {word} {mark.glyph(tier)} ", mark.role))
    second: list[Cell] = []
    for quantity, word, unit in (
        ("pre_fec_ber_upper", "BER", ""),
        ("fec_mode", "FEC" if width >= ROOMY else "", ""),
        ("temperature_c", "", "°C"),
    ):
        gauge = end.gauge(quantity)
        mark = _mark(gauge)
        degrees = "C" if tier == "ascii" and unit else unit
        told = " ".join(filter(None, (word, _told(gauge), degrees)))
        second.append((f" {told} {mark.glyph(tier)} ", mark.role))
    return [tuple(first), tuple(second)]


def _worst(gauges: Sequence[Gauge | None]) -> Gauge | None:
    """The worst of the lanes; none of them told anything is nothing."""
    known = [each for each in gauges if each is not None]
    return max(known, key=lambda each: (each.verdict or Verdict.UNKNOWN).severity, default=None)


def _told(gauge: Gauge | None) -> str:
    if gauge is None or gauge.value is None:
        return "-"
    if isinstance(gauge.value, bool):
        return "yes" if gauge.value else "no"
    if isinstance(gauge.value, str):
        return visible(gauge.value, 8)
    if gauge.quantity == "pre_fec_ber_upper":
        return f"{gauge.value:.0e}"
    return number(gauge.value)[:8]
