"""The table of figures, as text that is Markdown too."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from benchmarks.figure import Figure

HEAD = ("what", "ours", "peer", "value", "reach", "")


def render(figures: Iterable[Figure]) -> str:
    """One line a figure: min / median / max of both, the value that is judged, and what it must reach."""
    rows = [HEAD, *(_row(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    rule = ["-" * width for width in widths]
    return "\n".join(_line(row, widths) for row in (rows[0], rule, *rows[1:]))


def alone(measure: Callable[[Path, int], Sequence[Figure]], rounds: int) -> int:
    """Measure one benchmark in a folder of its own, and print its table; 1 when a reach is missed."""
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        figures = measure(Path(name), rounds)
    print(render(figures))
    return int(any(figure.missed for figure in figures))


def _row(figure: Figure) -> tuple[str, ...]:
    peer = (
        f"{figure.peer_name}: {spread(figure.peer)} {figure.unit}" if figure.peer else figure.peer_name or "-"
    )
    value = f"{figure.value:.2f}×" if figure.peer else f"{number(figure.value)} {figure.unit}"
    return (
        figure.what,
        f"{spread(figure.ours)} {figure.unit}",
        peer,
        value,
        _reach(figure),
        "missed" if figure.missed else "ok",
    )


def _reach(figure: Figure) -> str:
    sign, bound = ("≤", figure.at_most) if figure.at_most is not None else ("≥", figure.at_least)
    return f"{sign} {bound:g}×" if figure.peer else f"{sign} {bound:g} {figure.unit}"


def spread(values: Sequence[float]) -> str:
    """`min / median / max`."""
    return " / ".join(number(value) for value in (min(values), statistics.median(values), max(values)))


def number(value: float) -> str:
    """Three digits that count; no decimals where there are three before the point."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"
