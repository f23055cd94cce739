"""A work order of cables while it is worked: which turn of a hand is next, by what the run has read since.

It begins with a note in the record (`note_of`), so every reader finds the same order. A ring begins with a
plug that is laid aside; each further plug goes into the place that the one before it left, and the one laid
aside comes last. Each plug is seen to be out before the place for the next is told (field rule 21).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum

import msgspec

from bringup.model.cause import PlugMove
from bringup.model.event import Noted, Watched
from bringup.model.inventory import Inventory
from bringup.model.progress import PortSeen, StepState
from bringup.model.watch import Phase
from bringup.view.scene import Scene

ORDER, STATED = "cable order: ", "stated by operator, not observed: "
ARROW, COMMA, LOOSE = " > ", ", ", "(loose)"
NOBODY = "none"
NEIGHBORS = frozenset({"link.neighbors", "management.cabling"})
"""The checks that read who is at the far end: of a link, of a port."""


class Plug(Enum):
    """What a port of the order is known to hold since the order was begun."""

    BEFORE = "as before"
    OUT = "empty"
    IN = "a plug, and nobody has named himself yet"
    WRONG = "the wrong plug"
    RIGHT = "the right plug"


class Turn(msgspec.Struct, frozen=True):
    """One turn of a hand: the plug with that label out of `port`, or into it. `aside`: it is laid aside until
    the end of its ring.
    """

    out: bool
    port: str
    label: str
    aside: bool = False

    @property
    def id(self) -> str:
        return f"{'out of' if self.out else 'into'} {self.port}"


class Order(msgspec.Struct, frozen=True):
    """`since` is the event that began it. `stated` are turns that a person says are done."""

    moves: tuple[PlugMove, ...]
    turns: tuple[Turn, ...]
    since: int
    by: str = ""
    stated: frozenset[str] = frozenset()

    @property
    def ports(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(turn.port for turn in self.turns))


def note_of(moves: Sequence[PlugMove]) -> str:
    """The moves as a line of the record."""
    return ORDER + COMMA.join(f"{move.from_ or LOOSE}{ARROW}{move.to or LOOSE}" for move in moves)


def order_in(scene: Scene, about: Sequence[str] = ()) -> Order | None:
    """The order that was begun last, with `about` one that moves a plug at one of these ports."""
    stated: set[str] = set()
    for note in reversed(scene.state.notes):
        if note.text.startswith(STATED):
            stated.add(note.text.removeprefix(STATED))
        moves = _read(note, scene.inventory)
        if moves and (not about or {end for move in moves for end in (move.from_, move.to)} & set(about)):
            return Order(moves, tuple(turns(moves)), note.seq, note.by, frozenset(stated))
    return None


def _read(note: Noted, inventory: Inventory) -> tuple[PlugMove, ...]:
    """The moves of a note; none where it is another note, or names a port that the cable list has not."""
    if not note.text.startswith(ORDER):
        return ()
    labels = {end: cable.label for cable in inventory.cable for end in (cable.a, cable.b)}
    found: list[PlugMove] = []
    for words in note.text.removeprefix(ORDER).split(COMMA):
        from_, arrow, to = words.partition(ARROW)
        ends = ["" if end == LOOSE else end for end in (from_, to)]
        if not arrow or not any(ends) or any(end and end not in labels for end in ends[1:]):
            return ()
        stays = inventory.far_ends.get(ends[1], "")
        found.append(PlugMove(1, labels.get(ends[1], ""), ends[0], ends[1], stays))
    return tuple(found)


def turns(moves: Sequence[PlugMove]) -> Iterator[Turn]:
    """The turns of a hand, ring after ring."""
    for chain in _chains(moves):
        first = chain[0]
        if first.from_ and chain[-1].to == first.from_:
            yield Turn(True, first.from_, first.label, aside=True)
            for move in reversed(chain[1:]):
                yield from _both(move)
            yield Turn(False, first.to, first.label)
        else:
            for move in chain:
                yield from _both(move)


def _both(move: PlugMove) -> Iterator[Turn]:
    if move.from_:
        yield Turn(True, move.from_, move.label, aside=not move.to)
    if move.to:
        yield Turn(False, move.to, move.label)


def _chains(moves: Sequence[PlugMove]) -> Iterator[list[PlugMove]]:
    """Rings as they are, in which each move frees the place of the one before; all else one by one."""
    left = list(moves)
    while left:
        chain = [left.pop(0)]
        while left and left[0].from_ and left[0].from_ == chain[-1].to and chain[-1].to != chain[0].from_:
            chain.append(left.pop(0))
        if len(chain) > 1 and chain[-1].to != chain[0].from_:
            yield from ([move] for move in reversed(chain))
        else:
            yield chain


def plug_in(scene: Scene, order: Order, port: str) -> Plug:
    """What the run has read of a port since the order was begun."""
    seen = scene.state.ports.get(port, PortSeen())
    expected = scene.inventory.far_ends.get(port, "")
    named = seen.neighbor if seen.neighbor_seq > seen.down_seq and seen.neighbor != NOBODY else ""
    if seen.up is False:
        return Plug.OUT
    if named and named == expected:
        return Plug.RIGHT
    if seen.down_seq < order.since:
        return Plug.BEFORE
    return Plug.WRONG if named else Plug.IN


def done(scene: Scene, order: Order, turn: Turn) -> bool:
    """Whether it was read, or a person has stated it."""
    if turn.id in order.stated:
        return True
    plug = plug_in(scene, order, turn.port)
    return plug is not Plug.BEFORE if turn.out else plug is Plug.RIGHT


def next_turn(scene: Scene, order: Order) -> int:
    """The number of the first turn that is not done; that of all where none is left."""
    for number, turn in enumerate(order.turns):
        if not done(scene, order, turn):
            return number
    return len(order.turns)


def wrong(scene: Scene, order: Order) -> str:
    """What is seen instead of the next turn, in words; empty where nothing is."""
    number = next_turn(scene, order)
    if number == len(order.turns):
        return ""
    turn = order.turns[number]
    ahead = {each.port for each in order.turns[number + 1 :] if each.out} - {turn.port}
    for port in sorted(ahead):
        if turn.out and plug_in(scene, order, port) is Plug.OUT:
            return f"the plug of {port} is out, that of {turn.port} was to come first. Put it back"
    if turn.out:
        return ""
    if plug_in(scene, order, turn.port) is Plug.WRONG and not asking(scene, turn.port):
        named = scene.state.ports[turn.port].neighbor
        return f"{turn.port} names {named}: that plug is another cable's. Take it out, read its label"
    waiting = {each.port for each in order.turns[number + 1 :] if not each.out}
    for port in sorted(waiting - ahead):
        if plug_in(scene, order, port) in (Plug.IN, Plug.WRONG):
            return f"a plug went into {port}. It belongs into {turn.port}"
    return ""


def dropped(scene: Scene, order: Order) -> tuple[str, ...]:
    """Ports that are no part of the order, and whose link went down since it was begun."""
    return tuple(
        port for port, seen in _beside(scene, order) if seen.up is False and seen.lost_seq > order.since
    )


def looked_at(scene: Scene, order: Order) -> int:
    """How many other ports were read since the order was begun."""
    return sum(seen.up_seq > order.since for _, seen in _beside(scene, order))


def _beside(scene: Scene, order: Order) -> Iterator[tuple[str, PortSeen]]:
    """What was read of ports at neither end of a cable that is moved."""
    mine = set(order.ports) | {scene.inventory.far_ends.get(port, "") for port in order.ports}
    mine |= {move.stays for move in order.moves}
    return ((port, seen) for port, seen in scene.state.ports.items() if port not in mine)


def askers(scene: Scene, port: str) -> tuple[StepState, ...]:
    """The steps of the plan that read who is at the far end of that port."""
    mine = (port, cable_of(scene, port))
    return tuple(
        step for key, step in scene.state.steps.items() if step.does in NEIGHBORS and key.subject in mine
    )


def asking(scene: Scene, port: str) -> bool:
    """Whether the run is reading who is at the far end of that port now."""
    return any(step.running for step in askers(scene, port))


def watched(scene: Scene, order: Order) -> dict[str, int | None]:
    """Ports of the order that the last events tell of a watch of: None while it goes on, else the event with
    which it ended.
    """
    found: dict[str, int | None] = {}
    for event in scene.recent:
        if isinstance(event, Watched) and event.subject in order.ports:
            found[event.subject] = event.seq if event.live.phase is Phase.ENDED else None
    return found


def cable_of(scene: Scene, port: str) -> str:
    """The link that belongs at that port, as a subject."""
    return next((cable.subject for cable in scene.inventory.cable if port in (cable.a, cable.b)), "")
