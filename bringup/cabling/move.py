"""A move of one plug, and the order in which plugs can be moved one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from bringup.cabling.link import End, Link


class Cable(msgspec.Struct, frozen=True, gc=False):
    """A cable by its plugs. `ends` are those of a plain one; a breakout has its trunk at `ends[0]`, and
    `legs` by lane. None is a plug that nobody has seen. `assumed`: nobody has seen the cable itself, or not
    both of its ends; that it lies so follows from all others.
    """

    ends: tuple[End | None, End | None]
    legs: tuple[tuple[str, End | None], ...] = ()
    label: str = ""
    length_m: float | None = None
    assumed: tuple[End, ...] = ()

    @property
    def places(self) -> tuple[End, ...]:
        """Where its plugs were seen."""
        first, second = self.ends
        if first is not None and second is not None and not self.legs:
            return first, second
        every = (*self.ends, *(end for _, end in self.legs))
        return tuple(end for end in every if end is not None)


class Step(msgspec.Struct, frozen=True, gc=False):
    """One plug to be moved, before it has its turn. `to` is None for a cable that is to be taken out."""

    cable: Cable
    from_: End | None
    to: End | None
    stays: End | None
    label: str = ""
    length_m: float | None = None


class Move(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One turn of the work order.

    `in_hand`: the plug was taken out by the move before. `takes_out`: another plug stands at `to`; it is
    taken out first, and is the next move's. `wrong` says how far off the plug was: port, device, rack, or
    `surplus`. `label_from` says who tells the label: the found list, or the plan by the end that stays.
    """

    number: int
    group: int
    from_: End | None
    to: End | None
    stays: End | None
    label: str
    label_from: str
    wrong: str
    in_hand: bool = False
    takes_out: bool = False
    assumed: bool = False
    too_short_m: float | None = None


class Unseen(msgspec.Struct, frozen=True):
    """What nobody has seen: a link of the plan, or (`assumed`) a cable that must lie so if it is there."""

    a: End | None
    b: End | None
    label: str
    why: str
    assumed: bool = False


class Place(msgspec.Struct, frozen=True):
    """Where a device stands; units count from the floor."""

    rack: str = ""
    unit: int | None = None
    side: str = ""


class Solution(msgspec.Struct, frozen=True):
    """`extra` stands in no port of the plan and is left alone."""

    moves: tuple[Move, ...]
    unseen: tuple[Unseen, ...]
    extra: tuple[Link, ...] = ()
    good: int = 0
    """How many cables of the plan are as they should be."""
    hints: tuple[str, ...] = ()


OTHER_RACK, OTHER_UNIT_UNKNOWN = 1000, 50


def distance(one: End | None, other: End | None, places: Mapping[str, Place]) -> int:
    """How far a plug travels: 0 on one device, units in a rack, and more than any of these between racks."""
    if one is None or other is None or one.device == other.device:
        return 0
    here, there = places.get(one.device), places.get(other.device)
    if here is None or there is None:
        return OTHER_UNIT_UNKNOWN
    if here.rack != there.rack:
        return OTHER_RACK
    if here.unit is None or there.unit is None:
        return OTHER_UNIT_UNKNOWN
    return abs(here.unit - there.unit)


def in_turn(steps: Sequence[Step], group: int, first: int, places: Mapping[str, Place]) -> Iterator[Move]:
    """The steps of one group as moves, so that each plug finds its place free, or frees it itself.

    Where the last place of a row is free, one begins there and nothing hangs loose. In a ring one plug is
    in the hand at any time, never two.
    """
    by_from = {step.from_: step for step in steps if step.from_ is not None}
    by_to = {step.to: step for step in steps if step.to is not None}
    number = first
    done: set[int] = set()
    for last in [step for step in steps if step.to is None or step.to not in by_from]:
        step: Step | None = last
        while step is not None:
            done.add(id(step))
            yield _move(step, number, group, places)
            number += 1
            step = by_to.get(step.from_) if step.from_ is not None else None
    for start in steps:
        if id(start) in done:
            continue
        ring = [start]
        while start.from_ is not None and ring[-1].to != start.from_:
            assert ring[-1].to is not None
            ring.append(by_from[ring[-1].to])
        for at, step in enumerate(ring):
            done.add(id(step))
            yield _move(step, number, group, places, in_hand=at > 0, takes_out=at < len(ring) - 1)
            number += 1


def _move(
    step: Step,
    number: int,
    group: int,
    places: Mapping[str, Place],
    *,
    in_hand: bool = False,
    takes_out: bool = False,
) -> Move:
    cable = step.cable
    short = (
        round(step.length_m - cable.length_m, 3)
        if step.length_m is not None and cable.length_m is not None and cable.length_m < step.length_m
        else None
    )
    return Move(
        number=number,
        group=group,
        from_=step.from_,
        to=step.to,
        stays=step.stays,
        label=cable.label or step.label,
        label_from="found" if cable.label else "plan" if step.label else "",
        wrong=_wrong(step, places),
        in_hand=in_hand,
        takes_out=takes_out,
        assumed=step.from_ is None or step.from_ in cable.assumed or step.stays in cable.assumed,
        too_short_m=short,
    )


def _wrong(step: Step, places: Mapping[str, Place]) -> str:
    if step.to is None:
        return "surplus"
    if step.from_ is None:
        return "unseen"
    if step.from_.device == step.to.device:
        return "port"
    here, there = places.get(step.from_.device), places.get(step.to.device)
    if here is not None and there is not None and here.rack != there.rack:
        return "rack"
    return "device"
