"""The rows that stand in the same place on every screen: who and how fresh, the stages, what is happening,
what to do now, and the keys (console design, section 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import NamedTuple

from bringup.view.fit import between, exactly, fit, middle, width_of, wrapped
from bringup.view.mark import CUTS, Cell, Role, Row, Tier
from bringup.view.scene import Look, Scene
from bringup.view.text import visible

SMALLEST_WIDTH, SMALLEST_HEIGHT = 60, 20
LETTERS = 2
"""What is left of a stage's name where the whole rail must fit."""
BODY_TOP, BODY_BOTTOM = 2, 3
ARROWS = str.maketrans("←→↑↓", "<>^v")
"""Names of keys, where the terminal has no arrows."""
ALARM = MappingProxyType({"unicode": "█", "cp437": "█", "ascii": "#"})


class Size(NamedTuple):
    width: int
    height: int

    @property
    def body(self) -> Size:
        return Size(self.width, max(0, self.height - BODY_TOP - BODY_BOTTOM))

    @property
    def too_small(self) -> bool:
        return self.width < SMALLEST_WIDTH or self.height < SMALLEST_HEIGHT


class Footer(NamedTuple):
    """What is happening; what a person does now; the keys, the most important first. `helps`: `?` is one."""

    doing: str
    next: str
    keys: Sequence[tuple[str, str]]
    helps: bool = True


def framed(scene: Scene, body: Sequence[Row], footer: Footer, size: Size, title: str = "") -> list[Row]:
    """Exactly `size.height` rows of `size.width` cells."""
    tier = scene.tier
    rows = [identity(scene, size.width, title), rail(scene, size.width)]
    rows += exactly(body, size.width, size.body.height, tier)
    rows += [
        doing_row(scene, footer.doing, size.width),
        fit(((" NEXT  ", "dim"), (visible(footer.next, 400), "advice")), size.width, tier),
        keys_row(footer.keys, size.width, tier, helps=footer.helps),
    ]
    return [drawable(row, tier) for row in rows]


def doing_row(scene: Scene, words: str, width: int) -> Row:
    """What is happening. Without a runner nothing is, and nothing can be sent. A record that can't be trusted
    outweighs both: a bar from edge to edge.
    """
    if scene.alarm:
        block = ALARM[scene.tier]
        bar = f"{block * 2} {visible(scene.alarm, max(8, width - 6))} "
        return fit(((bar + block * max(0, width - len(bar)), "bad"),), width, scene.tier)
    if scene.lost:
        gone = "no runner: all here is old, nothing can be sent; `bringup resume` goes on"
        return fit(((" LOST  ", "bad"), (gone, "bad")), width, scene.tier)
    return fit(((" DOING ", "dim"), (visible(words, 400), "plain")), width, scene.tier)


def first_row(scene: Scene, size: Size, title: str) -> Row:
    """Row 1 alone: all that changes when a second goes by."""
    return drawable(identity(scene, size.width, title), scene.tier)


def drawable(row: Row, tier: Tier) -> Row:
    """The row in characters that the terminal has: of what it lacks, `?` is left, and `~` of a cut."""
    if tier == "unicode":
        return row
    charset = "ascii" if tier == "ascii" else "cp437"
    return tuple(
        (text.replace("…", CUTS[tier]).translate(ARROWS).encode(charset, "replace").decode(charset), role)
        for text, role in row
    )


def identity(scene: Scene, width: int, title: str = "") -> Row:
    """Row 1: the rack, the run and where in it; how fresh this is; the time on this machine's clock."""
    state = scene.state
    rack = visible((state.run.rack or state.run.playbook) if state.run is not None else "bringup", 20)
    names = list(state.stages)
    place = f"stage {names.index(scene.stage) + 1}/{len(names)} {scene.stage}" if scene.stage else ""
    told = title or place or ("closed" if state.closed is not None else "")
    left: Row = (
        (f" {rack} ", "title"),
        (f"  run {scene.run_id[-4:]}", "dim"),
        (f"   {visible(told, 40)}", "plain"),
    )
    marks: list[Cell] = []
    if state.run is not None and state.run.simulated:
        marks.append((" SIMULATED ", "warn"))
    if scene.watching:
        marks.append((" WATCHING ONLY ", "warn"))
    if scene.pace:
        marks.append((f" {scene.pace} ", "warn"))
    fresh: Role = "good" if scene.live in ("LIVE", "REPLAY") else "bad"
    return between(left, (*marks, (f" {scene.live} ", fresh), (f" {scene.clock} ", "dim")), width, scene.tier)


def rail(scene: Scene, width: int) -> Row:
    """Row 2: every stage with its glyph; by name, by two letters, or only the present one, as they fit."""
    for letters in (12, 5, LETTERS):
        row = _rail(scene, letters)
        if width_of(row) <= width:
            return fit(row, width, scene.tier)
    mark = scene.stage_mark(scene.stage)
    names = list(scene.state.stages)
    number = names.index(scene.stage) + 1 if scene.stage in names else len(names)
    here: Row = ((f" {number}/{len(names)} ", "dim"), (scene.stage, "title"), (" ", "plain"))
    return fit((*here, mark.cell(scene.tier)), width, scene.tier)


def _rail(scene: Scene, letters: int) -> Row:
    cells: list[Cell] = [(" ", "plain")]
    for number, name in enumerate(scene.state.stages, 1):
        mark = scene.stage_mark(name)
        short = visible(name)[:letters].rstrip("-")
        short = short.upper() if letters == LETTERS else short
        here = name == scene.stage
        words = f"{number}{short}" if letters > LETTERS else short
        open_, close = ("[", "]") if here else ("", "")
        cells += [(f"{open_}{words}", "title" if here else "dim"), (mark.glyph(scene.tier), mark.role)]
        cells.append((f"{close} ", "title" if here else "dim"))
    return tuple(cells)


def keys_row(keys: Sequence[tuple[str, str]], width: int, tier: Tier, *, helps: bool = True) -> Row:
    """As many as fit; `?` is among them wherever it is no letter of a field."""
    wanted = [key for key in keys if key[0] != "?"]
    last = "? help" if helps else ""
    found: list[Cell] = [(" ", "plain")]
    used = 1
    for key, words in wanted:
        piece = len(key) + 1 + len(words) + 2
        if used + piece + len(last) > width:
            break
        found += [(key, "title"), (f" {words}  ", "dim")]
        used += piece
    if helps:
        found += [("?", "title"), (" help", "dim")]
    return fit(tuple(found), width, tier)


def too_small(scene: Scene, size: Size, look: Look) -> list[Row]:
    """What is left below 60x20: the words that say so, the question, what was typed and what was said to it.
    The question is the one that an answer would go to. Never a crash.
    """
    need = f"too small: {size.width}x{size.height}, needs {SMALLEST_WIDTH}x{SMALLEST_HEIGHT}"
    rows: list[Row] = [((need, "warn"),)]
    width, asks = max(8, size.width), scene.state.asks
    opened = next((each for each in asks if look.screen == "ask" and each.question == look.about), None)
    said = wrapped(visible(look.note, 400), width)[:3] if look.note else []
    under: list[Row] = [((line, "advice"),) for line in said]
    if opened is not None:
        under.insert(0, ((f"> {visible(look.typed)}", "plain"),))
    elif asks:
        under.append((("Space opens it", "dim"),))
    if (ask := opened or next(iter(asks), None)) is not None:
        told = wrapped(visible(ask.text, 400), width)
        rows += [((line, "ask"),) for line in told[: max(1, size.height - 1 - len(under))]]
    found = exactly([*rows, *under], max(size.width, 0), max(size.height, 0), scene.tier)
    return [drawable(row, scene.tier) for row in found]


def shortened(subject: str, width: int, tier: Tier) -> str:
    """A subject in at most `width` cells."""
    return middle(visible(subject), width, tier)
