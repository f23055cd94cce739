"""The lists of the swap guide: turns, ports with what they should and do lead to, and what is beside."""

from __future__ import annotations

from collections.abc import Sequence

from bringup.view.fit import count
from bringup.view.frame import shortened
from bringup.view.mark import FAIL, MARGINAL, NONE, PASS, RUNNING, WAITING, Row
from bringup.view.scene import Scene
from bringup.view.text import visible
from bringup.view.work_order import Order, Turn, dropped, looked_at

WIDEST = 110
"""What is read along a line stands no further apart than this."""


def turn_row(scene: Scene, order: Order | None, turn: Turn, at: int, number: int, width: int) -> Row:
    """One line of the list: what, where, and what was seen of it."""
    mark, told = WAITING, ""
    if order is not None and at < number:
        mark, told = PASS, "link down seen" if turn.out else "far end named"
        if turn.id in order.stated:
            mark, told = MARGINAL, "only stated"
    elif order is not None and at == number:
        mark, told = RUNNING, "waiting for it"
    words = "take out " if turn.out else f"put {visible(turn.label or 'the plug', 10)} into "
    room = max(10, min(width, WIDEST) - 24)
    port = shortened(turn.port, max(8, room - len(words)), scene.tier)
    return (
        (f"  {at + 1:>2}. ", "dim"),
        (f"{words + port:<{room}} ", "title" if at == number else "plain"),
        (f"{mark.glyph(scene.tier)} ", mark.role),
        (told, mark.role),
    )


def table(scene: Scene, planned: Sequence[Turn], width: int) -> list[Row]:
    """Each port: what should be at its far end, and who was last named there."""
    half = (min(width, WIDEST) - 12) // 3
    rows: list[Row] = [
        (),
        ((f"  {'PORT':<{half}} {'SHOULD LEAD TO':<{half}} {'LAST NAMED':<{half}}", "dim"),),
    ]
    for port in dict.fromkeys(turn.port for turn in planned):
        seen = scene.state.ports.get(port)
        expected = scene.inventory.far_ends.get(port, "nowhere")
        told = seen.neighbor if seen is not None and seen.neighbor else "not read"
        mark = NONE if told in ("not read", "none") else PASS if told == expected else FAIL
        cells = [f"{shortened(each, half, scene.tier):<{half}}" for each in (port, expected, told)]
        rows.append(((f"  {' '.join(cells)} ", "plain"), (mark.glyph(scene.tier), mark.role)))
    return rows


def beside(scene: Scene, order: Order | None, width: int) -> list[Row]:
    """Only these ports may change; what else is watched is what the run happens to read."""
    if order is None:
        return []
    many, lost = looked_at(scene, order), len(dropped(scene, order))
    told = (
        f"{count(many, 'other port')} read since it began, {lost} lost"
        if many
        else "No other port was read since"
    )
    return [((f" Only these ports may change. {told}."[:width], "bad" if lost else "dim"),)]
