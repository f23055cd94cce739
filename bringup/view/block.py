"""Words in letters of three rows, which are read from across an aisle. Of half blocks, two dots a cell."""

from __future__ import annotations

from types import MappingProxyType

LETTERS = MappingProxyType(
    {
        "A": (".##.", "#..#", "####", "#..#", "#..#"),
        "C": (".###", "#...", "#...", "#...", ".###"),
        "D": ("###.", "#..#", "#..#", "#..#", "###."),
        "E": ("####", "#...", "###.", "#...", "####"),
        "F": ("####", "#...", "###.", "#...", "#..."),
        "G": (".###", "#...", "#.##", "#..#", ".###"),
        "H": ("#..#", "#..#", "####", "#..#", "#..#"),
        "I": ("###", ".#.", ".#.", ".#.", "###"),
        "L": ("#...", "#...", "#...", "#...", "####"),
        "M": ("#...#", "##.##", "#.#.#", "#...#", "#...#"),
        "N": ("#...#", "##..#", "#.#.#", "#..##", "#...#"),
        "O": (".##.", "#..#", "#..#", "#..#", ".##."),
        "P": ("###.", "#..#", "###.", "#...", "#..."),
        "R": ("###.", "#..#", "###.", "#.#.", "#..#"),
        "S": (".###", "#...", ".##.", "...#", "###."),
        "T": ("#####", "..#..", "..#..", "..#..", "..#.."),
        "U": ("#..#", "#..#", "#..#", "#..#", ".##."),
        "W": ("#...#", "#...#", "#.#.#", "##.##", "#...#"),
        " ": ("..", "..", "..", "..", ".."),
    }
)
ROWS = 3
_CELLS = MappingProxyType({"..": " ", "#.": "▀", ".#": "▄", "##": "█"})


def block(words: str) -> tuple[str, ...] | None:
    """Three lines of one length; None where a letter is not in the table."""
    shapes = [LETTERS.get(letter) for letter in words.upper()]
    found = [shape for shape in shapes if shape is not None]
    if not found or len(found) < len(shapes):
        return None
    dots = ["..".join(shape[row] for shape in found) for row in range(5)]
    dots.append("." * len(dots[0]))
    return tuple(
        "".join(_CELLS[upper + lower] for upper, lower in zip(dots[at], dots[at + 1], strict=True))
        for at in range(0, 2 * ROWS, 2)
    )
