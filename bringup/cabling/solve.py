"""The fewest moves that turn found cables into expected ones.

Every plug stands in one port, so the cables that are and those that should be make rows and rings in which
both alternate. In a ring of k cables each moves one plug: k moves, and never fewer, for every cable of it
lies wrong. A row ends at a port where nothing was seen, at a plug whose other end nobody has seen, or at a
port that the plan does not name. Ends that were not seen are closed within their row, which is the one
reading of what was seen that needs the fewest moves; what rests on it is marked as assumed.

Breakouts have more than two plugs, so theirs is an assignment (`breakout.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import msgspec

from bringup.cabling.assign import assign
from bringup.cabling.breakout import Cages, cables_of
from bringup.cabling.link import End, Link
from bringup.cabling.move import Cable, Move, Place, Solution, Step, Unseen, distance, in_turn

NO_PLACES: Mapping[str, Place] = MappingProxyType({})
DARK = "nobody has seen it: look whether it is plugged at both ends, and why it is dark"
HALF = "one end was not seen: look where it is plugged"
ASSUMED = "follows from all other cables: look at both ends before you move it; where there is none, lay it"


def solve(
    expected: Sequence[Link],
    found: Sequence[Link],
    *,
    cages: Cages | None = None,
    places: Mapping[str, Place] = NO_PLACES,
) -> Solution:
    """The shortest work order. In neither list may a port stand twice (`rules.py` finds those)."""
    cages = (cages or Cages.of(expected)).fitting(expected, found)
    return _Solving(cables_of(expected, cages), cables_of(found, cages), places).solution()


class _Solving:
    def __init__(
        self, expected: Sequence[Cable], found: Sequence[Cable], places: Mapping[str, Place]
    ) -> None:
        self.expected, self.found, self.places = expected, found, places
        self.at_expected = {place: at for at, cable in enumerate(expected) for place in cable.places}
        self.at_found = {place: at for at, cable in enumerate(found) for place in cable.places}
        self.groups: list[list[Step]] = []
        self.unseen: list[Unseen] = []
        self.extra: list[Link] = []
        self.hints: list[str] = []
        self.good = 0

    def solution(self) -> Solution:
        for wanted, there in self._components():
            if all(not self.expected[at].legs for at in wanted) and all(
                not self.found[at].legs for at in there
            ):
                self._row_or_ring(wanted, there)
            else:
                self._breakouts(wanted, there)
        moves: list[Move] = []
        for number, steps in enumerate(self._nearest_first(), 1):
            moves += in_turn(steps, number, len(moves) + 1, self.places)
        return Solution(tuple(moves), tuple(self.unseen), tuple(self.extra), self.good, tuple(self.hints))

    def _nearest_first(self) -> list[list[Step]]:
        """Groups of moves: those whose plugs travel least come first."""
        return sorted(
            (group for group in self.groups if group),
            key=lambda group: sum(distance(step.from_, step.to, self.places) for step in group),
        )

    def _components(self) -> list[tuple[list[int], list[int]]]:
        """Cables that share ports, of both kinds, by number."""
        made: list[tuple[list[int], list[int]]] = []
        done = (set[int](), set[int]())
        for kind, cables in enumerate((self.expected, self.found)):
            for at in range(len(cables)):
                if at in done[kind]:
                    continue
                done[kind].add(at)
                parts: tuple[list[int], list[int]] = ([], [])
                waiting = [(kind, at)]
                while waiting:
                    which, number = waiting.pop()
                    parts[which].append(number)
                    other = (self.at_found, self.at_expected)[which]
                    for place in (self.expected, self.found)[which][number].places:
                        near = other.get(place)
                        if near is not None and near not in done[1 - which]:
                            done[1 - which].add(near)
                            waiting.append((1 - which, near))
                made.append(parts)
        return made

    def _row_or_ring(self, wanted: list[int], there: list[int]) -> None:
        if not wanted:
            self.extra += [_link(self.found[at]) for at in there]
            return
        if len(wanted) == len(there) == 1 and set(self.expected[wanted[0]].places) == set(
            self.found[there[0]].places
        ):
            self.good += 1
            return
        row = self._walk(wanted, there)
        if row.spare:
            self._shift(row)
        else:
            self._close(row)

    def _walk(self, wanted: list[int], there: list[int]) -> _Row:
        """From one open end to the other, or once around."""
        cables = [self.found[at] for at in there]
        spare = [place for cable in cables for place in cable.places if place not in self.at_expected]
        halves = [cable for cable in cables if len(cable.places) == 1]
        dark = [place for at in wanted for place in self.expected[at].places if place not in self.at_found]
        return _Row(wanted, cables, sorted(spare), halves, sorted(dark))

    def _close(self, row: _Row) -> None:
        """No port outside the plan: what was not seen closes the row, and all of it is a ring."""
        if len(row.wanted) == 1:
            wanted = self.expected[row.wanted[0]]
            self.unseen.append(_unseen(wanted, HALF if row.cables else DARK))
            return
        cables = list(row.cables)
        assumed = _closing(row)
        if assumed is not None:
            for half in row.halves:
                cables.remove(half)
            cables.append(assumed)
            self.unseen.append(Unseen(*assumed.ends, assumed.label, ASSUMED, assumed=True))
        at = {place: cable for cable in cables for place in cable.places}
        begun = cables[0]
        ways = [self._around(begun, end, at) for end in begun.places]
        self.groups.append(min(ways, key=self._price))

    def _around(self, begun: Cable, leaving: End, at: Mapping[End, Cable]) -> list[Step]:
        """Once around the ring: each cable keeps the plug at `leaving`'s side and moves its other one."""
        steps: list[Step] = []
        cable, keeps = begun, leaving
        while True:
            wanted = self.expected[self.at_expected[keeps]]
            to = _other(wanted, keeps)
            moved = _other(cable, keeps)
            steps.append(Step(cable, moved, to, keeps, wanted.label, wanted.length_m))
            cable, keeps = at[to], _other(at[to], to)
            if cable is begun:
                return steps

    def _price(self, steps: Sequence[Step]) -> tuple[int, int, int, int, list[End]]:
        """What makes one way around worse than the other; the last part only decides between equals."""
        labels = sum(
            bool(step.cable.label and step.label and step.cable.label != step.label) for step in steps
        )
        short = sum(
            step.length_m is not None
            and step.cable.length_m is not None
            and step.cable.length_m < step.length_m
            for step in steps
        )
        # Where the plug that was seen stays, the order is right wherever the other one turns out to be.
        assumed = sum(step.stays in step.cable.assumed for step in steps)
        far = sum(distance(step.from_, step.to, self.places) for step in steps)
        return labels, short, assumed, far, sorted(step.from_ for step in steps if step.from_ is not None)

    def _shift(self, row: _Row) -> None:
        """A plug stands in a port that the plan does not name: all move up by one, up to what is open."""
        at = {place: cable for cable in row.cables for place in cable.places}
        steps: list[Step] = []
        place: End | None = row.spare[0]
        while place is not None:
            cable = at[place]
            known = [end for end in cable.places if end != place]
            keeps = known[0] if known else None
            if keeps is None or keeps not in self.at_expected:
                # The end of the row: there is one cable more than the plan has.
                if place != row.spare[0]:
                    steps.append(Step(cable, place, None, keeps))
                break
            wanted = self.expected[self.at_expected[keeps]]
            to = _other(wanted, keeps)
            steps.append(Step(cable, place, to, keeps, wanted.label, wanted.length_m))
            place = to if to in at else None
        if steps:
            self.groups.append(steps)

    def _breakouts(self, wanted: list[int], there: list[int]) -> None:
        if not wanted:
            self.extra += [_link(self.found[at]) for at in there]
            return
        pairs = assign([self.found[at] for at in there], [self.expected[at] for at in wanted])
        steps: list[Step] = []
        for cable, goal in pairs:
            if cable is None:
                assert goal is not None
                self.unseen.append(_unseen(goal, DARK))
            elif goal is None:
                steps += [
                    Step(cable, place, None, None) for place in cable.places if place in self.at_expected
                ]
            else:
                self._crossed(cable, goal)
                steps += self._pair(cable, goal)
        self.groups.append(steps)

    def _crossed(self, cable: Cable, goal: Cable) -> None:
        """All legs at the right places in another order: one mistake, and none that legs should mend."""
        here, there = dict(cable.legs), dict(goal.legs)
        wrong = [lane for lane in there if here.get(lane) != there[lane]]
        if cable.ends == goal.ends and len(wrong) > 2 and set(here.values()) == set(there.values()):
            self.hints.append(
                f"{goal.ends[0]}: the lanes {', '.join(wrong)} are in another order. Before any leg moves, "
                "look for a wrong polarity (MPO type A or B) or a wrong harness."
            )

    def _pair(self, cable: Cable, goal: Cable) -> list[Step]:
        steps: list[Step] = []
        unseen = False
        for from_, to in _plugs(cable, goal):
            if from_ == to:
                continue
            if from_ is None and to not in self.at_found:
                unseen = True
                continue
            stays = next((end for end in (goal.ends[0], *cable.places) if end not in (None, from_, to)), None)
            steps.append(Step(cable, from_, to, stays, goal.label, goal.length_m))
        if unseen:
            self.unseen.append(_unseen(goal, HALF))
        elif not steps:
            self.good += 1
        return steps


class _Row(msgspec.Struct, frozen=True):
    wanted: list[int]
    cables: list[Cable]
    spare: list[End]
    """Ports that hold a plug and are not in the plan."""
    halves: list[Cable]
    dark: list[End]
    """Ports of the plan where nothing was seen."""


def _closing(row: _Row) -> Cable | None:
    """The cable that closes a row: two halves are one; a half ends where it is dark."""
    known = [end for half in row.halves for end in half.places]
    ends = [*known, *row.dark]
    if not ends:
        return None
    first, second = ends
    label = next((half.label for half in row.halves if half.label), "")
    length_m = next((half.length_m for half in row.halves if half.length_m is not None), None)
    # Of two halves both plugs were seen, but not that they are one cable's.
    assumed = tuple(row.dark) if row.dark else (first, second)
    return Cable((first, second), label=label, length_m=length_m, assumed=assumed)


def _other(cable: Cable, end: End) -> End:
    first, second = cable.ends
    other = second if first == end else first
    assert other is not None
    return other


def _plugs(cable: Cable, goal: Cable) -> list[tuple[End | None, End]]:
    """Where each plug is, and where it should be."""
    if goal.legs:
        legs = dict(cable.legs)
        assert goal.ends[0] is not None
        wanted = [(lane, end) for lane, end in goal.legs if end is not None]
        return [(cable.ends[0], goal.ends[0]), *((legs.get(lane), end) for lane, end in wanted)]
    here, there = list(cable.ends), [end for end in goal.ends if end is not None]
    if here[0] == there[1] or here[1] == there[0]:
        there.reverse()
    return list(zip(here, there, strict=True))


def _unseen(cable: Cable, why: str) -> Unseen:
    second = cable.ends[1] or next((end for _, end in cable.legs), None)
    return Unseen(cable.ends[0], second, cable.label, why)


def _link(cable: Cable) -> Link:
    second = cable.ends[1] or next((end for _, end in cable.legs), None)
    return Link(cable.ends[0], second, label=cable.label)
