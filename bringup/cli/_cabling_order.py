"""The work order for cables: as JSON, and as text to print and take to the rack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bringup.cabling.link import End
from bringup.cabling.move import Move, Place, Solution, Unseen
from bringup.view.text import visible

_FAR = {
    "port": "wrong port",
    "device": "wrong device",
    "rack": "wrong rack",
    "surplus": "one too many",
    "unseen": "end not seen",
}
_WIDTH = 110


def as_json(solution: Solution, notes: tuple[str, ...]) -> dict[str, Any]:
    return {
        "moves": [_move(move) for move in solution.moves],
        "unseen": [_unseen(each) for each in solution.unseen],
        "extra": [{"a": _name(link.a), "b": _name(link.b), "label": link.label} for link in solution.extra],
        "good": solution.good,
        "notes": [*solution.hints, *notes],
    }


def _name(end: End | None) -> str | None:
    return None if end is None else str(end)


def _move(move: Move) -> dict[str, Any]:
    return {
        "number": move.number,
        "cycle": move.group,
        "cable": move.label,
        "label_from": move.label_from,
        "from": _name(move.from_),
        "to": _name(move.to),
        "stays": _name(move.stays),
        "wrong": move.wrong,
        "in_hand": move.in_hand,
        "takes_out": move.takes_out,
        "assumed": move.assumed,
        "too_short_m": move.too_short_m,
    }


def _unseen(each: Unseen) -> dict[str, Any]:
    return {
        "a": _name(each.a),
        "b": _name(each.b),
        "cable": each.label,
        "why": each.why,
        "assumed": each.assumed,
    }


def exit_code(solution: Solution) -> int:
    """0 nothing to move, 1 moves to make, 3 only ends that nobody has seen."""
    if solution.moves:
        return 1
    return 3 if solution.unseen else 0


def as_text(solution: Solution, places: Mapping[str, Place], notes: tuple[str, ...]) -> Iterator[str]:
    """A box to tick for each move; names come from files and devices, so they are made visible."""
    moves, unseen = len(solution.moves), len(solution.unseen)
    yield (
        f"Cables: {moves} to move, {unseen} not seen, {solution.good} as planned, "
        f"{len(solution.extra)} that the plan does not name."
    )
    group = 0
    for move in solution.moves:
        if move.group != group:
            group = move.group
            count = sum(each.group == group for each in solution.moves)
            yield ""
            yield f"Group {group}: {count} move{'s' if count > 1 else ''}, one after the other"
        yield from _turn(move, places)
    if solution.unseen:
        yield ""
        yield "Not seen"
        for each in solution.unseen:
            label = f" {_shown(each.label)}" if each.label else ""
            yield f"  [ ] cable{label}: {_where(each.a, places)} -- {_where(each.b, places)}"
            yield f"      {each.why}"
    if solution.extra:
        yield ""
        yield "In no port of the plan, left alone"
        for link in solution.extra:
            yield f"      {_where(link.a, places)} -- {_where(link.b, places)}"
    for note in (*solution.hints, *notes):
        yield f"Note: {visible(note)}"


def _turn(move: Move, places: Mapping[str, Place]) -> Iterator[str]:
    named = _shown(move.label) or "(no label)"
    by = ", by the end that stays" if move.label_from == "plan" else ""
    yield f"  [ ] {move.number}. cable {named}{by}: {_FAR[move.wrong]}"
    hand = " (it is in your hand)" if move.in_hand else ""
    yield f"      from  {_where(move.from_, places)}{hand}"
    if move.to is None:
        yield "      take it out"
    else:
        first = "; first take out what is there and keep it in your hand" if move.takes_out else ""
        yield f"      to    {_where(move.to, places)}{first}"
    if move.stays is not None:
        yield f"      stays {_where(move.stays, places)}"
    if move.assumed:
        yield "      nobody has seen this cable at both ends: follow it before you move it"
    if move.too_short_m is not None:
        yield f"      the cable is {move.too_short_m:g} m shorter than planned there"


def _shown(text: str) -> str:
    """Harmless text as it is: plans have ten thousand rows."""
    return text if text.isascii() and text.isprintable() and len(text) <= _WIDTH else visible(text, _WIDTH)


def _where(end: End | None, places: Mapping[str, Place]) -> str:
    if end is None:
        return "an end that nobody has seen"
    text = f"{_shown(end.device)} {_shown(end.port)}"
    place = places.get(end.device)
    if place is None:
        return text
    told = [
        f"rack {visible(place.rack)}" if place.rack else "",
        f"U{place.unit}" if place.unit is not None else "",
        visible(place.side),
    ]
    stands = ", ".join(each for each in told if each)
    return f"{text} ({stands})" if stands else text
