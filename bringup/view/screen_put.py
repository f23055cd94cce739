"""Put-to-port: a label is scanned, its port stands here in large letters, and then where the plug really went
(field rules 14 and 19).

The place is the cable list's; what was seen is what the run has read since (`CablePut`).
"""

from __future__ import annotations

from bringup.model.event import CablePut
from bringup.model.label import LabelEnd, ends_named
from bringup.model.media import is_copper
from bringup.model.putting import LAST, PutState
from bringup.view.block import block
from bringup.view.fit import chosen, fit, rule, spaced, wrapped
from bringup.view.frame import Footer, Size
from bringup.view.link_live import LASERS, WIDE
from bringup.view.mark import Row
from bringup.view.put import BIG, ROLES, part_of, seen, where
from bringup.view.scene import Look, Scene
from bringup.view.text import visible

THIS, STATE, NEXT, HAND = "this", "state", "next", "hand"


def scan_of(look: Look) -> str:
    """The label in hand, or the one that stands in the field."""
    return look.entered[0] if look.entered else look.typed


def ends(scene: Scene, look: Look) -> tuple[LabelEnd, ...]:
    return ends_named(scene.inventory, scan_of(look))


def end_in_hand(scene: Scene, look: Look) -> LabelEnd | None:
    """The plug that is meant: the one that was confirmed, else the first that is not proven yet."""
    found = ends(scene, look)
    if look.entered and look.about:
        return next((end for end in found if end.port == look.about), None)
    left = [end for end in found if not _good(scene, end.port)]
    return next(iter((*left, *found)), None)


def _good(scene: Scene, port: str) -> bool:
    put = scene.state.put.get(port)
    return put is not None and put.state in (PutState.PROVEN, PutState.IN_PLACE, PutState.STATED)


def now(scene: Scene, look: Look) -> CablePut | None:
    """What was seen of the plug in hand since it was confirmed; None before the run has taken it up."""
    put = scene.state.put.get(look.about)
    since = int(look.filter) if look.filter.isdecimal() else -1
    return put if look.entered and put is not None and put.seq > since else None


def choices(scene: Scene, look: Look) -> tuple[tuple[str, str], ...]:
    """What can be chosen with a digit and Enter while a cable is in hand: what it does, and its words."""
    put = now(scene, look)
    found: list[tuple[str, str]] = []
    if (put is not None and put.state in LAST) or (put is not None and put.state is PutState.IN_PLACE):
        found.append((NEXT, "the next cable"))
        others = [end for end in ends(scene, look) if end.port != look.about]
        found += [(end.port, f"the other end of it: {visible(end.port, 60)}") for end in others]
        return tuple(found)
    others = [end for end in ends(scene, look) if end.port != look.about]
    found.append((THIS, "wait: the run looks where it goes in"))
    found += [(end.port, f"it is the other end that I hold: {visible(end.port, 60)}") for end in others]
    found.append((STATE, "it is in, and no reading can show it: I state it"))
    found.append((NEXT, "lay it aside, take the next cable"))
    run = scene.state.run
    if run is not None and run.simulated and put is not None and put.state is PutState.WAITING:
        found.append((HAND, "let the simulated technician plug it in"))
    return tuple(found)


def body(scene: Scene, look: Look, size: Size) -> list[Row]:
    end = end_in_hand(scene, look)
    if end is None:
        return _asking(scene, look, size)
    put = now(scene, look)
    rows = [*_word(put, scene, size), *_place(scene, end, size)]
    if look.entered:
        rows += _seen(scene, put, size)
        rows += [(), *_choices(scene, look, size)]
    else:
        others = [each.port for each in ends(scene, look) if each.port not in (end.port, end.far)]
        if others:  # legs of a breakout
            more = f"   other ends of that label: {visible(', '.join(others), size.width - 30)}"
            rows.append(((more, "dim"),))
        rows += [(), *_field(scene, look, size)]
    return _shorter(rows, size.height)


def _shorter(rows: list[Row], height: int) -> list[Row]:
    """Without what matters least, where not all of it has room: empty rows first, then asides."""
    for least in ("", "dim"):
        while len(rows) > height:
            found = next((row for row in reversed(rows) if (row[0][1] if row else "") == least), None)
            if found is None:
                break
            rows.remove(found)
    return rows


def _asking(scene: Scene, look: Look, size: Size) -> list[Row]:
    rows: list[Row] = [(), ((f"   {spaced('scan a label')}", "ask"),), ()]
    if look.typed:
        words = f"No cable of the list is labelled {visible(look.typed, 60)}."
        rows.append(((f"   {words}"[: size.width], "warn"),))
    else:
        labelled = sum(bool(cable.label) for cable in scene.inventory.cable)
        words = (
            f"Take any of the {labelled} labelled cables of the list, and scan it. This screen says where "
            "its plug goes; the run then looks where it really went in."
        )
        rows += [((f"   {line}", "plain"),) for line in wrapped(words, min(size.width - 6, 68))]
    return [*rows, (), *_field(scene, look, size)]


def _field(scene: Scene, look: Look, size: Size) -> list[Row]:
    return [
        rule(size.width, scene.tier, "Scan or type the label on the cable"),
        (("  > ", "title"), (visible(look.typed, size.width - 8), "plain"), ("_", "ask")),
    ]


def _word(put: CablePut | None, scene: Scene, size: Size) -> list[Row]:
    """What is read at arm's length."""
    state = put.state if put is not None else None
    word, role = (BIG[state], ROLES[state]) if state is not None else ("put it here", "ask")
    if scene.lost:
        word, role = "not seen", "unknown"
    large = block(word) if size.width >= WIDE and scene.tier != "ascii" else None
    if large is not None:
        return [((f"   {line}", role),) for line in large]
    return [((f"   {spaced(word)}", role),)]


def _place(scene: Scene, end: LabelEnd, size: Size) -> list[Row]:
    device, _, port = end.port.partition("/")
    width = size.width - 6
    rows: list[Row] = [
        ((f"   {visible(device.upper(), 40)}   PORT {visible(port.upper(), 40)}"[: size.width], "title"),),
        ((f"   {where(scene.inventory, end.port)}"[: size.width], "title"),),
        ((f"   cable {visible(end.label or 'without a label', 40)}: {part_of(end)}"[: size.width], "value"),),
        ((f"   its other end belongs into {visible(end.far, max(8, width - 28))}", "dim"),),
    ]
    if not is_copper(end.cable.medium):
        rows.append(((f"   {LASERS}", "warn"),))
    return rows


def _seen(scene: Scene, put: CablePut | None, size: Size) -> list[Row]:
    if put is None:
        return [(("   the run has not taken it up yet", "dim"),)]
    words = ("last seen: " if scene.lost else "seen: ") + seen(put, scene.inventory)
    role = ROLES[put.state] if not scene.lost else "unknown"
    rows: list[Row] = [((f"   {line}", role),) for line in wrapped(words, min(size.width - 6, 74))]
    if put.blind:
        words = f"not read now: {visible(', '.join(put.blind), 60)}: a plug there would not be seen"
        rows.append(((f"   {words}"[: size.width], "warn"),))
    if put.light:
        rows.append(((f"   locate light: {visible(put.light, size.width - 20)}", "dim"),))
    return rows


def _choices(scene: Scene, look: Look, size: Size) -> list[Row]:
    rows: list[Row] = []
    listed = choices(scene, look)
    for number, (_, words) in enumerate(listed, 1):
        row: Row = ((f"   {number}", "title"), (f"  {words}", "plain"))
        at = min(look.cursor, len(listed) - 1) == number - 1
        rows.append(chosen(fit(row, size.width, scene.tier)) if at else row)
    return rows


def footer(scene: Scene, look: Look) -> Footer:
    end, put = end_in_hand(scene, look), now(scene, look)
    back = ("Esc", "back")
    if scene.watching:
        return Footer("you are only watching", "Nothing is sent from here.", [back])
    if scene.lost:
        return Footer(
            "nobody does this run now", "Plug nothing in: it would not be seen. `bringup resume`.", [back]
        )
    if end is None:
        return Footer(
            "no cable is in hand",
            "Scan its label. Nothing is sent before Enter.",
            [("Enter", "take it"), back],
        )
    if not look.entered:
        words = f"Enter: the run looks where {visible(end.label or 'it', 40)} goes in."
        return Footer("nothing is looked at yet", words, [("Enter", "take it"), back])
    keys = [("1-9", "choose"), ("Enter", "confirm"), ("w", "watch port"), ("r", "retest"), back]
    doing = f"looking where the plug of {visible(end.label or end.port, 40)} goes in"
    return Footer(doing, _next(put, end), keys)


def _next(put: CablePut | None, end: LabelEnd) -> str:
    port = visible(end.port, 60)
    match put.state if put is not None else None:
        case None | PutState.READING:
            return f"Wait: {port} is being read."
        case PutState.WAITING:
            return f"Plug it into {port} until it clicks. The screen moves on by itself."
        case PutState.WRONG_PORT:
            assert put is not None
            return f"Out of {visible(put.observed or '', 40)}, into {visible(put.belongs, 40)}."
        case PutState.TAKEN | PutState.WRONG_CABLE | PutState.UNCLEAR:
            return "Stop. Read the label at the port before anything is moved."
        case PutState.IN_PLACE:
            return "Hands off: its far end has yet to name itself. Enter takes the next cable."
    return "Enter takes the next cable."
