"""The raw evidence behind a verdict: what devices said, by its digest, and one piece of it to read."""

from __future__ import annotations

from bringup.model.progress import Kept, Key
from bringup.view.fit import chosen, fit, middle, page, rule
from bringup.view.frame import Footer, Size
from bringup.view.mark import Row
from bringup.view.scene import Look, Scene
from bringup.view.text import visible

DIGEST_CELLS = 12


def about(scene: Scene, names: str) -> tuple[tuple[Key, Kept], ...]:
    """The evidence of the latest attempts; `names` are the planned rows, one a line, else all."""
    wanted = frozenset(names.split("\n")) if names else frozenset()
    return tuple(
        (key, kept)
        for key, step in scene.state.steps.items()
        if not wanted or named(key) in wanted
        for kept in step.evidence
    )


def named(key: Key) -> str:
    return f"{key.stage}/{key.step}@{key.subject}"


def body(scene: Scene, look: Look, size: Size) -> list[Row]:
    found = about(scene, look.about)
    rows: list[Row] = [rule(size.width, scene.tier, f"EVIDENCE {len(found)}")]
    if not found:
        why = "No evidence was kept for this: its checks read values alone, or have not run."
        return [*rows, ((f" {why}", "plain"),)]
    cursor = min(look.cursor, len(found) - 1)
    lines = [_line(scene, key, kept, size.width) for key, kept in found]
    top, some = page(lines, cursor, max(1, size.height - 1))
    for number, row in enumerate(some, top):
        whole = fit(row, size.width, scene.tier)
        rows.append(chosen(whole) if number == cursor else whole)
    return rows


def _line(scene: Scene, key: Key, kept: Kept, width: int) -> Row:
    subject = middle(visible(kept.subject), max(12, width // 3), scene.tier)
    return (
        (f" {kept.sha256[:DIGEST_CELLS]}  ", "dim"),
        (f"{subject}  ", "plain"),
        (visible(kept.name, 200), "value"),
        (f"  {key.stage}/{key.step}", "dim"),
    )


def footer(scene: Scene, look: Look) -> Footer:
    found = about(scene, look.about)
    if not found:
        return Footer("nothing to read here", "Esc goes back.", [("Esc", "back")])
    doing = "named by the digest of its bytes; the record holds that digest"
    keys = [("j k", "move"), ("Enter", "read it"), ("y", "copy"), ("Esc", "back")]
    return Footer(doing, "Enter reads the chosen piece.", keys)


def raw(scene: Scene, look: Look, size: Size) -> list[Row]:
    """One piece, made harmless line by line, from the line where the cursor stands."""
    rows: list[Row] = [rule(size.width, scene.tier, f"sha256 {look.about}"[: size.width - 6])]
    if not look.text:
        return [*rows, ((" being read ...", "dim"),)]
    top = max(0, min(look.cursor, len(look.text) - size.height + 1))
    return [*rows, *(((f" {line}", "value"),) for line in look.text[top : top + size.height - 1])]


def raw_footer(scene: Scene, look: Look) -> Footer:
    doing = f"{len(look.text)} lines, as the device said it; what could do harm is written out"
    keys = [("j k", "move"), ("g G", "ends"), ("y", "copy"), ("x", "export"), ("Esc", "back")]
    return Footer(doing, "j and k move through it, Esc goes back.", keys)
