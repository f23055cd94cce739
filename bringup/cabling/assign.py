"""Which found cable becomes which cable of the plan, so that as many plugs as possible stay."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from bringup.cabling.link import End
from bringup.cabling.move import Cable

Pair = tuple[Cable | None, Cable | None]
Slot = tuple[str, End]


def assign(found: Sequence[Cable], expected: Sequence[Cable]) -> list[Pair]:
    """Every cable of both once; None for what has no counterpart.

    The most plugs kept is the fewest moved, for each that does not stay moves once. A cable that keeps two
    thirds of its plugs with a goal has that goal in some best assignment: what any other pairing of the two
    keeps is at most two times the third that is left. The rest is solved by augmenting paths.
    """
    kept = _kept(found, expected)
    goal: dict[int, int] = {}
    taken: dict[int, int] = {}
    for (at, to), count in sorted(kept.items(), key=lambda item: (-item[1], item[0])):
        plugs = max(_plugs(found[at]), _plugs(expected[to]))
        if at not in goal and to not in taken and 3 * count >= 2 * plugs:
            goal[at], taken[to] = to, at
    edges: dict[int, dict[int, int]] = {}
    fixed, closed = set(goal), set(taken)
    for (at, to), count in kept.items():
        if at not in fixed and to not in closed:
            edges.setdefault(at, {})[to] = count
    while _augment(edges, goal, taken):
        pass
    pairs: list[Pair] = [(found[at], expected[to]) for at, to in goal.items()]
    left = [expected[to] for to in range(len(expected)) if to not in taken]
    for at, cable in enumerate(found):
        if at not in goal:
            same = next((each for each in left if bool(each.legs) == bool(cable.legs)), None)
            if same is not None:
                left.remove(same)
            pairs.append((cable, same))
    return [*pairs, *((None, cable) for cable in left)]


def _plugs(cable: Cable) -> int:
    return len(cable.legs) + 1 if cable.legs else 2


def _slots(cable: Cable) -> Iterable[Slot]:
    """A breakout's lanes can't take each other's place; the two ends of a plain cable can."""
    yield from (("end" if not cable.legs else "trunk", end) for end in cable.ends if end is not None)
    yield from ((f"lane {lane}", end) for lane, end in cable.legs if end is not None)


def _kept(found: Sequence[Cable], expected: Sequence[Cable]) -> dict[tuple[int, int], int]:
    """(found, expected) -> how many plugs stay, where any does."""
    by_slot = {slot: to for to, cable in enumerate(expected) for slot in _slots(cable)}
    kept: dict[tuple[int, int], int] = {}
    for at, cable in enumerate(found):
        for slot in _slots(cable):
            to = by_slot.get(slot)
            if to is not None:
                kept[at, to] = kept.get((at, to), 0) + 1
    return kept


def _augment(edges: dict[int, dict[int, int]], goal: dict[int, int], taken: dict[int, int]) -> bool:
    """The alternating path that gains most, from any cable without a goal; False where none gains."""
    gain: dict[int, int] = {}
    came: dict[int, int] = {}
    start = {at: 0 for at in edges if at not in goal}
    waiting = deque(start)
    while waiting:
        at = waiting.popleft()
        for to, count in edges.get(at, {}).items():
            if goal.get(at) == to or start[at] + count <= gain.get(to, 0):
                continue
            gain[to], came[to] = start[at] + count, at
            holder = taken.get(to)
            if holder is not None and gain[to] - edges.get(holder, {}).get(to, 0) > start.get(
                holder, -1 << 30
            ):
                start[holder] = gain[to] - edges[holder][to]
                waiting.append(holder)
    # A path may also end at a cable that gives up its goal and stays without.
    best: tuple[int, int, bool] | None = None
    for to, worth in gain.items():
        holder = taken.get(to)
        total = worth if holder is None else worth - edges[holder][to]
        if total > 0 and (best is None or total > best[0]):
            best = total, to, holder is not None
    if best is None:
        return False
    _, to, evicts = best
    if evicts:
        del goal[taken[to]]
    while True:
        at = came[to]
        before = goal.get(at)
        goal[at], taken[to] = to, at
        if before is None:
            return True
        to = before
