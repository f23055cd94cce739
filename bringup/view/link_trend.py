"""The lane of the near end that is furthest from good, over the last looks."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from bringup.model.watch import Live, LiveEnd, LiveLane
from bringup.view.link_pane import short
from bringup.view.mark import Row, Tier

_SPARKS = MappingProxyType({"unicode": "▁▂▃▄▅▆▇█", "cp437": "░▒▓█", "ascii": "_.-=#"})


def weakest_row(history: Sequence[Live], since: int, width: int, tier: Tier) -> Row:
    """Its level at the last looks, now, and at best: since the plug, or since the look `since`."""
    live = history[-1]
    near = live.ends[0] if live.ends else None
    lane = _weakest(near)
    if near is None or lane is None:
        return ((" No lane of this end tells its level.", "dim"),)
    levels = _levels(history, since, lane.index)
    told = [each for each in levels if each is not None]
    best = f"{max(told):.1f}" if told else "-"
    whole = lane.best_dbm
    if since == 0 and whole is not None:
        best = f"{whole:.1f}"
    room = max(8, min(40, width - 44))
    spark = _spark(levels[-room:], tier)
    now = short(lane.rx)
    return (
        (f" Lane {lane.index} of this end ", "dim"),
        (spark, "value"),
        (f"  now {now}  best {best}", "plain"),
    )


def _weakest(end: LiveEnd | None) -> LiveLane | None:
    if end is None or not end.lanes:
        return None
    return min(end.lanes, key=lambda lane: _level(lane) if _level(lane) is not None else -99.0)  # type: ignore[arg-type,return-value]


def _level(lane: LiveLane) -> float | None:
    gauge = lane.rx
    if gauge is None or isinstance(gauge.value, bool) or not isinstance(gauge.value, int | float):
        return None
    return float(gauge.value)


def _levels(history: Sequence[Live], since: int, index: int) -> list[float | None]:
    """That lane's level at each look since the best was reset."""
    found: list[float | None] = []
    for live in history:
        if live.look <= since or not live.ends:
            continue
        lane = next((each for each in live.ends[0].lanes if each.index == index), None)
        found.append(_level(lane) if lane is not None else None)
    return found


def _spark(levels: Sequence[float | None], tier: Tier) -> str:
    signs = _SPARKS[tier]
    told = [each for each in levels if each is not None]
    if not told:
        return ""
    low, high = min(told), max(told)
    span = max(high - low, 1.0)
    return "".join(
        " " if each is None else signs[min(len(signs) - 1, int((each - low) / span * len(signs)))]
        for each in levels
    )
