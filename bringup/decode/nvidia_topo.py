"""`nvidia-smi topo -m`: how GPUs and NICs hang together. Cells are split by tabs: one may be empty."""

from __future__ import annotations

import re

from bringup.decode.registry import Format
from bringup.decode.result import Damaged, FactValue, Found, is_missing, refuse_error_text, text_of

_ESCAPE = re.compile(r"\x1b\[[0-9;]{0,8}m")
_UNIT = re.compile(r"(?:GPU|NIC)[0-9]{1,3}|mlx[0-9]_[0-9]{1,3}")
_PATH = re.compile(r"X|SYS|NODE|PHB|PXB|PIX|C2C|NV[0-9]{1,3}")
_AFFINITIES = ("CPU Affinity", "NUMA Affinity", "GPU NUMA ID")
_NIC = re.compile(r"\s+(NIC[0-9]{1,3}): (\S{1,40})")
MAX_UNITS = 512
LONGEST_LINE = 16_384


def _parse(data: bytes) -> Found:
    """`matrix`: name -> name -> path; `affinity`: name -> column -> text, None where it has none.

    Raises:
        Damaged: rows and columns do not fit each other, or the two halves of the matrix contradict.
    """
    text, warnings = text_of(data)
    text = _ESCAPE.sub("", text)
    refuse_error_text(text)
    lines = text.split("\n")
    if max(map(len, lines)) > LONGEST_LINE:
        raise Damaged("a line is longer than any of this tool")
    header = [cell.strip() for cell in lines[0].split("\t")][1:]
    units = [cell for cell in header if _UNIT.fullmatch(cell)]
    if not units or len(units) > MAX_UNITS or header[: len(units)] != units:
        raise Damaged("the first line names no GPU")
    columns = [cell for cell in header[len(units) :] if cell]
    if any(column not in _AFFINITIES for column in columns) or len(set(units)) != len(units):
        raise Damaged("the first line has columns that are not known")
    matrix: dict[str, dict[str, str]] = {}
    affinity: dict[str, dict[str, str | None]] = {}
    for place, name in enumerate(units, 1):
        if place >= len(lines) - 1:
            raise Damaged(f"the row of {name} is missing or has no end: the text may be cut")
        _row(name, lines[place], units, columns, matrix, affinity)
    for one in units:
        for other in units:
            if matrix[one][other] != matrix[other][one] or (matrix[one][other] == "X") != (one == other):
                raise Damaged(f"{one} and {other} contradict each other")
    found: dict[str, FactValue] = {"matrix": dict(matrix), "affinity": dict(affinity)}
    found["nics"] = {match[1]: match[2] for match in map(_NIC.fullmatch, lines[:-1]) if match}
    return Found(facts=found, warnings=warnings)


def _row(
    name: str,
    line: str,
    units: list[str],
    columns: list[str],
    matrix: dict[str, dict[str, str]],
    affinity: dict[str, dict[str, str | None]],
) -> None:
    cells = [cell.strip() for cell in line.split("\t")]
    paths = cells[1 : len(units) + 1]
    if cells[0] != name or len(paths) != len(units) or not all(map(_PATH.fullmatch, paths)):
        raise Damaged(f"the row of {name} does not fit the columns")
    matrix[name] = dict(zip(units, paths, strict=True))
    rest = cells[len(units) + 1 :]
    told: list[str | None] = [cell if cell and not is_missing(cell) else None for cell in rest[:2]]
    last = rest[-1] if len(rest) > 2 else ""
    told += [None] * (2 - len(told)) + [last if last and not is_missing(last) else None]
    affinity[name] = dict(zip(columns, told, strict=False))


TOPO = Format(
    name="nvidia.topo",
    title="NVIDIA: nvidia-smi topo -m",
    sniff=lambda head: 85 if b"GPU0" in head[:40] and b"CPU Affinity" in head[:4096] else 0,
    parse=_parse,
    facts={"matrix": dict[str, object], "affinity": dict[str, object], "nics": dict[str, object]},
)
FORMATS = (TOPO,)
