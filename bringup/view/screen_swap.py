"""The cable-swap guide: one turn of a hand at a time, each seen before the next is told (design, 3.5).

What is wrong and what to move is the diagnosis'; what was done is what the run has read since the order was
begun (`bringup.view.work_order`), or what a person has stated, which is named so.
"""

from __future__ import annotations

from collections.abc import Sequence

from bringup.model.cause import PlugMove
from bringup.model.progress import StepState
from bringup.view.fit import count, page, rule, spaced, wrapped
from bringup.view.frame import Footer, Size
from bringup.view.mark import PASS, RUNNING, STALE, WAITING, Mark, Row, mark_of
from bringup.view.place import place
from bringup.view.scene import Look, Scene
from bringup.view.screen_ask import LARGE_LINE
from bringup.view.screen_failure import named
from bringup.view.swap_list import beside, table, turn_row
from bringup.view.text import visible
from bringup.view.work_order import (
    Order,
    Plug,
    Turn,
    askers,
    asking,
    cable_of,
    dropped,
    next_turn,
    order_in,
    plug_in,
    turns,
    wrong,
)

SEEN = {
    Plug.BEFORE: "link up as before",
    Plug.OUT: "link down",
    Plug.IN: "link up, nobody named yet",
    Plug.WRONG: "another cable's plug",
    Plug.RIGHT: "right far end named",
}


def about(look: Look) -> tuple[str, ...]:
    """The ports of the cause that the screen was opened on; none where it was opened by name."""
    _, *subjects = look.about.split(" ")
    return tuple(end for subject in subjects for end in subject.split("<->") if end)


def order_of(scene: Scene, look: Look) -> Order | None:
    """The order under way; none where there is none, or plugs are crossed now that are no part of it, or that
    are still crossed when all of it is done.
    """
    order = order_in(scene, about(look))
    crossed = {end for move in moves_of(scene, look) for end in (move.from_, move.to) if end}
    if order is None or not crossed.issubset(order.ports):
        return None
    done = next_turn(scene, order) == len(order.turns)
    return None if done and any(plug_in(scene, order, end) is not Plug.RIGHT for end in crossed) else order


def moves_of(scene: Scene, look: Look) -> tuple[PlugMove, ...]:
    """What is to be moved, by the diagnosis."""
    cause = named(scene, look.about)
    if cause is None and not look.about:
        cause = next((each for each in scene.causes if each.moves), None)
    return cause.moves if cause is not None else ()


def links_of(scene: Scene, order: Order) -> tuple[StepState, ...]:
    """What the run judges of the cables that are moved, and who it has found at their ports."""
    ports = [turn.port for turn in order.turns if not turn.out]
    cables = {cable_of(scene, port) for port in ports}
    about = [step for key, step in scene.state.steps.items() if key.subject in cables]
    about += [step for port in ports for step in askers(scene, port) if step.key.subject not in cables]
    return tuple(about)


def open_steps(scene: Scene, order: Order) -> tuple[StepState, ...]:
    """What is not good yet of these cables, or not known."""
    return tuple(step for step in links_of(scene, order) if not step.counts_as.good)


def body(scene: Scene, look: Look, size: Size) -> list[Row]:
    order, moves = order_of(scene, look), moves_of(scene, look)
    if order is None and not moves:
        return _nothing(scene, size)
    planned = order.turns if order is not None else tuple(turns(moves))
    number = next_turn(scene, order) if order is not None else 0
    rows = [_phases(scene, order, number, len(planned)), rule(size.width, scene.tier)]
    rows += _large(scene, order, planned, number, size.width)
    rows.append(())
    told = [turn_row(scene, order, turn, at, number, size.width) for at, turn in enumerate(planned)]
    others = beside(scene, order, size.width)
    room = max(1, size.height - len(rows) - len(others))
    rows += page(told, number, room)[1]
    ports = table(scene, planned, size.width)
    if len(rows) + len(ports) + len(others) <= size.height:
        rows += ports
    return [*rows, *others]


def _nothing(scene: Scene, size: Size) -> list[Row]:
    """Why there is nothing to move, and what would change that."""
    read = sum(bool(seen.neighbor) for seen in scene.state.ports.values())
    expected = len(scene.inventory.far_ends)
    words = "No neighbour was read yet." if not read else "No cables are known to be crossed."
    more = (
        f"{read} of {count(expected, 'port')} of the cable list have named a far end. A cause with crossed "
        "cables opens this guide: f, Enter, Enter."
    )
    told: list[Row] = [rule(size.width, scene.tier, "CABLE SWAP"), ((f" {words}", "plain"),)]
    told += [((f" {line}", "dim"),) for line in wrapped(more, size.width - 2)]
    return told


def _phases(scene: Scene, order: Order | None, number: int, many: int) -> Row:
    verify = _verdict(scene, order) if order is not None and number == many else WAITING
    moving = WAITING if order is None else PASS if number == many else RUNNING
    told = f"move {min(number + 1, many)} of {many}" if order is not None else f"move, {count(many, 'turn')}"
    phases = ((PASS, "find"), (PASS if order is not None else WAITING, "begin"), (moving, told))
    row: Row = ()
    for mark, words in (*phases, (verify, "verify")):
        row += ((f" {mark.glyph(scene.tier)} ", mark.role), (f"{words}  ", "plain"))
    return row


def _verdict(scene: Scene, order: Order) -> Mark:
    """What the run says of the cables that were moved; waiting as long as one is being read."""
    steps = links_of(scene, order)
    if not steps or any(step.running or step.verdict is None for step in steps):
        return RUNNING if any(step.running for step in steps) else WAITING
    worst = max(steps, key=lambda step: step.counts_as.severity)
    return mark_of(worst.verdict, worst.reason)


def good(scene: Scene, order: Order) -> bool:
    """Whether all is worked off, and every check of these cables is good."""
    return next_turn(scene, order) == len(order.turns) and _verdict(scene, order) is PASS


def _large(scene: Scene, order: Order | None, planned: Sequence[Turn], number: int, width: int) -> list[Row]:
    """What to do now, for eyes at arm's length."""
    if order is not None and number == len(planned):
        return _verified(scene, order, width)
    turn = planned[number]
    instead = trouble(scene, order)
    if instead is not None:
        word, words = instead
        told: list[Row] = [
            ((f"   {line}", "bad"),) for line in wrapped(visible(words, 300), min(width - 6, 66))
        ]
        return [((f"   {spaced(word)}", "bad"),), *told, ((f"   {_seen(scene, order, turn)}", "dim"),)]
    device, _, port = turn.port.partition("/")
    far = scene.inventory.far_ends.get(turn.port, "")
    label = f"label {turn.label}" if turn.label else "no label is in the cable list"
    if turn.out:
        after = "lay it aside, it goes in last" if turn.aside else "keep it in your hand"
        more = f"{label}; {after}"
    else:
        more = f"the plug with {label}" if turn.label else f"the plug whose cable leads to {far}"
    word = "take out" if turn.out else "put in"
    named_ = f"{device.upper()}   PORT {port.upper()}"
    large = LARGE_LINE if width < 100 else width
    return [
        ((f"   {spaced(word)}", "ask"),),
        ((f"   {visible(named_, max(large, width - 6))}", "title"),),
        ((f"   {visible(place(scene.inventory, turn.port), width - 4)}", "plain"),),
        ((f"   {visible(more, width - 4)}", "advice"),),
        ((f"   {_seen(scene, order, turn)}", "dim"),),
    ]


def trouble(scene: Scene, order: Order | None) -> tuple[str, str] | None:
    """A large word and its reason, where something else than the next turn is seen."""
    if order is None:
        return None
    lost = dropped(scene, order)
    if lost:
        more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
        return "stop", f"{lost[0]}{more} lost its link, and is no part of this. Put back what was touched"
    instead = wrong(scene, order)
    return ("wrong port", instead) if instead else None


def _seen(scene: Scene, order: Order | None, turn: Turn) -> str:
    """What the run has read at the port of this turn."""
    if order is None:
        return "not begun: nothing is watched yet"
    seen = scene.state.ports.get(turn.port)
    if seen is None:
        return "the run has read nothing of this port"
    told = SEEN[plug_in(scene, order, turn.port)]
    if scene.lost:
        return f"{STALE.glyph(scene.tier)} {STALE.word}, last read: {told}"
    if not turn.out and asking(scene, turn.port):
        old = f", still {visible(seen.neighbor, 40)}" if seen.neighbor not in ("", "none") else ""
        return f"read: {told}; asking who is there{old}"
    return f"read: {told}"


def _verified(scene: Scene, order: Order, width: int) -> list[Row]:
    """All plugs are where they belong; whether the cables are good is the run's to say."""
    steps = links_of(scene, order)
    bad = sorted(
        (step for step in steps if step.verdict is not None and not step.verdict.good),
        key=lambda step: -step.counts_as.severity,
    )
    mark = _verdict(scene, order)
    told = f"{sum(step.verdict is not None and step.verdict.good for step in steps)} of {len(steps)} good"
    rows: list[Row] = [((f"   {spaced('all in place')}", "good" if mark is PASS else "plain"),)]
    rows.append((("   ", "plain"), mark.cell(scene.tier), (f"  checks of these cables: {told}", "plain")))
    for step in bad[:2]:
        where = visible(f"{step.key.stage}/{step.key.step} {step.key.subject}", width - 14)
        rows.append(
            (("   ", "plain"), mark_of(step.verdict, step.reason).cell(scene.tier), (f"  {where}", "plain"))
        )
    if order.stated:
        rows.append(((f"   {count(len(order.stated), 'turn')} stated by a person, not observed", "warn"),))
    return rows


def footer(scene: Scene, look: Look) -> Footer:
    order, moves = order_of(scene, look), moves_of(scene, look)
    keys = [("Enter", "I did it"), ("w", "watch port"), ("f", "failures"), ("Esc", "pause")]
    if order is None and not moves:
        return Footer("nothing to move", "Esc goes back to the run.", [("f", "failures"), ("Esc", "back")])
    if scene.watching:
        return Footer(_doing(scene, order, look), "You are only watching: nothing is sent.", keys[1:])
    if scene.lost:
        words = "Touch nothing: without a runner no turn is seen. `bringup resume` goes on."
        return Footer(_doing(scene, order, look), words, keys[1:])
    if order is None:
        many = len(tuple(turns(moves)))
        next_ = f"Enter begins: {count(many, 'turn')} of a hand, each seen before the next is told."
        return Footer("nothing was touched yet", next_, [("Enter", "begin"), *keys[1:]])
    number = next_turn(scene, order)
    if number == len(order.turns):
        verdict = _verdict(scene, order)
        if verdict is PASS:
            return Footer(
                "the cables are as planned", "Enter ends the watch: done.", [("Enter", "done"), *keys[1:]]
            )
        return Footer(
            _doing(scene, order, look),
            "Enter measures these cables again.",
            [("Enter", "measure"), *keys[1:]],
        )
    turn = order.turns[number]
    if trouble(scene, order) is not None:
        return Footer(_doing(scene, order, look), "Put it right first; the screen moves on by itself.", keys)
    port = turn.port.partition("/")[2]
    words = f"Take the plug out of {port}" if turn.out else f"Put {turn.label or 'the plug'} into {port}"
    return Footer(_doing(scene, order, look), f"{words}, then Enter.", keys)


def _doing(scene: Scene, order: Order | None, look: Look) -> str:
    if order is None:
        return "nothing was touched yet"
    number = next_turn(scene, order)
    if number == len(order.turns):
        return "all turns are done, the run has the last word"
    turn = order.turns[number]
    return f"waiting for the link of {visible(turn.port, 40)} to {'drop' if turn.out else 'name its far end'}"
