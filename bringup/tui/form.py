"""A form: one field after the other, each ended by Enter; nothing is sent before the last."""

from __future__ import annotations

from collections.abc import Sequence

from bringup.view.fit import rule, wrapped
from bringup.view.frame import Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene
from bringup.view.text import visible


def rows(title: str, fields: Sequence[str], scene: Scene, look: Look, size: Size) -> list[Row]:
    """What was entered, the field that is open, and those to come."""
    found: list[Row] = [((f" {line}", "title"),) for line in wrapped(visible(title, 600), size.width - 2)]
    found.append(rule(size.width, scene.tier))
    for number, words in enumerate(fields):
        here = number == len(look.entered)
        found.append(((f"   {words}", "title" if here else "dim"),))
        if number < len(look.entered):
            found.append(((f"     {visible(look.entered[number], size.width - 6)}", "plain"),))
        elif here:
            found.append((("   > ", "title"), (visible(look.typed, size.width - 8), "plain"), ("_", "ask")))
    return found
