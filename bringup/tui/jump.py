"""Jump mode: a label on every row that can be chosen; the label's key chooses it. A mouse click finds its row
the same way. No screen knows of it: what the cursor would draw is looked for among what stands there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bringup.tui.screen import NO_END, Screen
from bringup.view.frame import Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene
from bringup.view.summary import plain

LABELS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def targets(screen: Screen, scene: Scene, look: Look, size: Size) -> Mapping[int, Look]:
    """For each line of the body that can be chosen, where one then looks."""
    last = screen.last(scene, look)
    if last >= NO_END:
        return {}
    looks = dict.fromkeys(screen.move(scene, look, by, last) for by in range(-size.height, size.height + 1))
    body, _ = screen.draw(scene, look, size)
    shown = [plain(row) for row in body]
    found: dict[int, Look] = {}
    below = 0
    for there in looks:
        drawn, _ = screen.draw(scene, there, size)
        text = next((plain(row) for row in drawn if _chosen(row)), None)
        if text is not None and text in shown[below:]:
            line = shown.index(text, below)
            found[line] = there
            below = line + 1
    return found


def _chosen(row: Row) -> bool:
    return bool(row) and any(role == "chosen" for _, role in row)


def labelled(body: Sequence[Row], lines: Mapping[int, Look]) -> list[Row]:
    """The body with labels in its first column."""
    labels = dict(zip(lines, LABELS, strict=False))
    return [_under(row, labels[number]) if number in labels else row for number, row in enumerate(body)]


def labels(lines: Mapping[int, Look]) -> dict[str, Look]:
    return dict(zip(LABELS, lines.values(), strict=False))


def _under(row: Row, label: str) -> Row:
    text, role = row[0] if row else ("", "plain")
    return ((label, "ask"), (text[1:], role), *row[1:])
