"""Parts as a grid: a row is a port or a GPU and a column one lane or NVLink of it; or a row is a node and a
column one of its GPUs; or a row is what a collective ran on and a column what was measured of it. Rows with
something bad come first when asked for. Loss has a shape: a row is a tray or a GPU, a column a switch chip, a
scatter is links (field rule 24). What was not measured is a dot, never blank.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from types import MappingProxyType

import msgspec

from bringup.model.judgement import Judgement
from bringup.model.subject import parse_subject
from bringup.view.fit import chosen, fit, middle, page, rule
from bringup.view.frame import Footer, Size
from bringup.view.mark import STALE, WAITING, Cell, Row
from bringup.view.scene import Look, Scene
from bringup.view.text import amount, visible

NAME_CELLS = 22
COUNT_CELLS = 8
ABOUT_ROWS = 3
KEPT = "screen_matrix.grids"
COLLECTIVE = MappingProxyType(
    {
        "collective_exit_status": "ex",
        "wrong_results": "er",
        "busbw_gbyte_s": "bw",
        "busbw_spread": "sp",
        "collective_ranks": "rk",
        "collective_hosts": "ho",
    }
)
"""What is measured of a collective, and the head of its column; in the order in which one asks."""

FIRST = ("rx_power_dbm", "tx_power_dbm", "pre_fec_ber", "temperature_c", "bias_ma")
"""What one asks of a part first; the other quantities follow by name."""


class Grid(msgspec.Struct, frozen=True):
    """`cells[row][column]` is the worst judgement of that part of that component."""

    kind: str
    quantity: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: dict[tuple[str, str], Judgement]

    @property
    def name(self) -> str:
        return f"{self.kind} x {self.quantity}"

    @property
    def bad(self) -> int:
        return sum(not cell.verdict.good for cell in self.cells.values())


def grids(scene: Scene) -> tuple[Grid, ...]:
    """One grid for each quantity that was judged on numbered parts (`lane-3`, `nvlink-17`) or GPUs (`gpu-3`),
    and one for the collectives.

    Worked out once for a scene: body, last row and keys all ask for it.
    """
    known: tuple[Grid, ...] | None = scene.__dict__.get(KEPT)
    if known is None:
        known = scene.__dict__[KEPT] = tuple(_grids(scene))
    return known


def _grids(scene: Scene) -> Iterator[Grid]:
    found: dict[tuple[str, str], dict[tuple[str, str], Judgement]] = defaultdict(dict)
    for step in scene.state.steps.values():
        for judgement in step.judgements:
            kind, row, column = _place(judgement)
            if not kind:
                continue
            quantity = "measured" if kind == "collective" else judgement.quantity
            cells = found[kind, quantity]
            known = cells.get((row, column))
            if known is None or judgement.verdict.severity > known.verdict.severity:
                cells[row, column] = judgement
    for (kind, quantity), cells in sorted(found.items(), key=_place_in_line):
        yield _grid(kind, quantity, cells)


def _place_in_line(found: tuple[tuple[str, str], object]) -> tuple[str, int, str]:
    (kind, quantity), _ = found
    return kind, FIRST.index(quantity) if quantity in FIRST else len(FIRST), quantity


def _place(judgement: Judgement) -> tuple[str, str, str]:
    """The kind of grid, the row and the column of what was judged; no kind where it belongs to none."""
    if "<->" in judgement.subject:
        return "", "", ""
    if judgement.quantity in COLLECTIVE:
        return "collective", judgement.subject, COLLECTIVE[judgement.quantity]
    subject = parse_subject(judgement.subject)
    kind, _, number = (subject.part or subject.component or "").rpartition("-")
    if not number.isdigit() or not kind or (not subject.part and kind != "gpu"):
        return "", "", ""
    return kind, judgement.subject.partition("#")[0] if subject.part else subject.device, number


def _grid(kind: str, quantity: str, cells: dict[tuple[str, str], Judgement]) -> Grid:
    rows = tuple(dict.fromkeys(row for row, _ in cells))
    heads = tuple(COLLECTIVE.values())
    order = heads.index if kind == "collective" else int
    columns = tuple(sorted({column for _, column in cells}, key=order))
    return Grid(kind, quantity, rows, columns, cells)


def picked(scene: Scene, look: Look) -> Grid | None:
    """The grid that the screen shows, by its name: a quantity that is judged meanwhile changes nothing."""
    found = grids(scene)
    return next((grid for grid in found if grid.name == look.about), found[0] if found else None)


def worst(scene: Scene) -> str:
    """The name of the first grid that holds anything bad, else of the first."""
    found = grids(scene)
    return next((grid.name for grid in found if grid.bad), found[0].name if found else "")


def after(scene: Scene, look: Look) -> str:
    """The name of the grid after the one that is shown."""
    grid, found = picked(scene, look), grids(scene)
    return found[(found.index(grid) + 1) % len(found)].name if grid is not None else ""


def ordered(grid: Grid, worst_first: bool) -> tuple[str, ...]:
    if not worst_first:
        return grid.rows
    return tuple(sorted(grid.rows, key=lambda row: -_badness(grid, row)))


def _badness(grid: Grid, row: str) -> int:
    return sum(not cell.verdict.good for (name, _), cell in grid.cells.items() if name == row)


def body(scene: Scene, look: Look, size: Size) -> list[Row]:
    grid = picked(scene, look)
    if grid is None:
        return [((" No part was measured yet: lanes and NVLinks show here when their stages run.", "plain"),)]
    names = ordered(grid, look.follow)
    cursor = min(look.cursor, len(names) - 1)
    cell_width = _cell_width(size.width, len(grid.columns))
    head: list[Cell] = [
        (f" {grid.name}"[: NAME_CELLS + COUNT_CELLS - 1].ljust(NAME_CELLS + COUNT_CELLS), "dim")
    ]
    head += [(f"{column:>{cell_width}}"[-cell_width:], "dim") for column in grid.columns]
    rows: list[Row] = [tuple(head)]
    lines = [_row(scene, grid, name, cell_width) for name in names]
    top, some = page(lines, cursor, max(1, size.height - ABOUT_ROWS - 2))
    for number, row in enumerate(some, top):
        whole = fit(row, size.width, scene.tier)
        rows.append(_picked_row(row, whole, look.column) if number == cursor else whole)
    rows.append(rule(size.width, scene.tier, names[cursor]))
    return [*rows, *_about(scene, grid, picked_cell(grid, look, names[cursor]), size.width)]


def picked_cell(grid: Grid, look: Look, name: str) -> Judgement | None:
    """The cell that the cursor is on, else the worst of its row; None where the cell was not measured."""
    if look.column >= 0:
        return grid.cells.get((name, grid.columns[min(look.column, len(grid.columns) - 1)]))
    mine = [cell for (row, _), cell in grid.cells.items() if row == name]
    return max(mine, key=lambda cell: cell.verdict.severity)


def _picked_row(row: Row, whole: Row, column: int) -> Row:
    """Reversed, but for the chosen cell: behind the row's name and count stands one cell for each column."""
    found = list(chosen(whole))
    if column >= 0 and column + 2 < len(row):
        found[column + 2] = (row[column + 2][0], "title")
    return tuple(found)


def _cell_width(width: int, columns: int) -> int:
    """Numbers where there is room for them, else the glyphs as far apart as they fit."""
    room = width - NAME_CELLS - COUNT_CELLS
    if width >= 160 and columns * 8 <= room:
        return 8
    return next((cells for cells in (3, 2) if columns * cells <= room), 1)


def _row(scene: Scene, grid: Grid, name: str, cell_width: int) -> Row:
    cells: list[Cell] = [(f" {middle(visible(name), NAME_CELLS - 2, scene.tier):<{NAME_CELLS - 1}}", "plain")]
    for column in grid.columns:
        judgement = grid.cells.get((name, column))
        mark = WAITING if judgement is None else scene.reading_mark(judgement)
        words = mark.glyph(scene.tier)
        if cell_width > 3 and judgement is not None and isinstance(judgement.value, int | float):
            words = f"{words} {judgement.value:.4g}"
        cells.append((f"{words:>{cell_width}}"[:cell_width], mark.role))
    bad = _badness(grid, name)
    verdict = f"{f'{bad} bad' if bad else _tally(scene, grid, name):<{COUNT_CELLS}}"
    return (cells[0], (verdict, "bad" if bad else "dim"), *cells[1:])


def _tally(scene: Scene, grid: Grid, name: str) -> str:
    """Of a row without a bad cell: what is old is not good now, and what was not measured is not good."""
    mine = [cell for (row, _), cell in grid.cells.items() if row == name]
    old = sum(scene.reading_mark(cell) is STALE for cell in mine)
    if old:
        return f"{old} old"
    # A collective across nodes has one quantity more; of all that is due and missing there is a judgement.
    whole = len(mine) == len(grid.columns) or grid.kind == "collective"
    return f"{len(mine)} ok" if whole else f"{len(mine)}/{len(grid.columns)}"


def _about(scene: Scene, grid: Grid, worst: Judgement | None, width: int) -> list[Row]:
    """The chosen cell, or the worst of the chosen row, with limit and source."""
    if worst is None:
        return [(WAITING.cell(scene.tier), (" not measured yet", "plain")), (), ((_shape(grid), "advice"),)]
    mark = scene.reading_mark(worst)
    value = amount(worst.value, worst.unit, worst.reading)
    limit = visible(worst.limit or "no limit", 60)
    return [
        (mark.cell(scene.tier), (f" {visible(worst.subject)}  {worst.quantity} {value}", "plain")),
        ((f"  limit {limit}   source {visible(worst.source or 'none', width)}", "dim"),),
        ((_shape(grid), "advice"),),
    ]


def _shape(grid: Grid) -> str:
    """The shape of what is bad, in words; none where nothing is."""
    bad = [place for place, cell in grid.cells.items() if not cell.verdict.good]
    if grid.kind == "collective":
        return "  " + ", ".join(f"{head} {_short(quantity)}" for quantity, head in COLLECTIVE.items())
    rows, columns = {row for row, _ in bad}, {column for _, column in bad}
    if len(bad) < 2:
        return ""
    if len(rows) == 1:
        return f"  one row holds all {len(bad)}: suspect that component, not its links"
    if len(columns) == 1:
        return f"  one column holds all {len(bad)}: suspect what these parts share at the far side"
    return f"  {len(bad)} in {len(rows)} rows and {len(columns)} columns"


def _short(quantity: str) -> str:
    """A quantity of a collective without what all of them say."""
    words = quantity.removesuffix("_gbyte_s").removeprefix("collective_").removeprefix("busbw_")
    return words.replace("_", " ")


def footer(scene: Scene, look: Look) -> Footer:
    grid = picked(scene, look)
    found = grids(scene)
    doing = f"grid {found.index(grid) + 1} of {len(found)}" if grid is not None else "no grid yet"
    keys = [
        ("j k", "move"),
        ("t", "next grid"),
        ("o", "worst first"),
        ("n", "next bad"),
        ("w", "watch"),
    ]
    if grid is None:
        return Footer(doing, "Esc goes back to the run.", [("Esc", "back")])
    return Footer(
        doing,
        "n walks only the bad rows; w watches the chosen one.",
        [*keys, ("Esc", "back"), ("← →", "cell")],
    )
