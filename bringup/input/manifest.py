"""The manifest: a CSV of what was delivered, a row a device: `name,serial,mac,…`.

Columns that are known fill fields of the device; any other is free, and may be used as `{column}` in a range.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType

import msgspec

from bringup.input.positions import Key
from bringup.input.problem import Problem
from bringup.input.sheet import Row, read_sheet

NAME = "name"
FIELDS: Mapping[str, tuple[Key, ...]] = MappingProxyType(
    {
        "serial": ("expect", "serial"),
        "model": ("expect", "model"),
        "os": ("expect", "os"),
        "hostname": ("expect", "hostname"),
        "mac": ("mac",),
        "address": ("address",),
        "rack": ("rack",),
        "unit": ("unit",),
        "side": ("side",),
        "slot": ("slot",),
    }
)
"""Column -> the field of the device that it fills."""
_FREE_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_HEX = re.compile(r"[0-9a-f]{12}")


class Manifest(msgspec.Struct, frozen=True):
    """Rows by device name. Not `whole` where some of the file could not be read."""

    file: str
    rows: dict[str, Row]
    whole: bool = True


def read_manifest(path: Path) -> tuple[Manifest, list[Problem]]:
    """The rows that are whole, and what is wrong with the others."""
    sheet, problems = read_sheet(path, _header_faults)
    rows: dict[str, Row] = {}
    macs: dict[str, Row] = {}
    for row in sheet.rows:
        name = row.cells[NAME]
        if not name:
            problems.append(row.problem(NAME, "is empty", "each row names its device"))
            continue
        if name in rows:
            wrong = f"{name!r} stands in line {rows[name].line} already"
            problems.append(row.problem(NAME, wrong, "one row for each device"))
            continue
        problems += _cell_faults(row, macs)
        rows[name] = row
    return Manifest(sheet.file, rows, whole=not problems), problems


def _header_faults(columns: Sequence[str]) -> list[tuple[str, str, str]]:
    faults = []
    if NAME not in columns:
        faults.append((NAME, "this column is missing", "it names the device of each row"))
    known = [NAME, *FIELDS]
    for column in columns:
        if column in known:
            continue
        near = get_close_matches(column.lower(), known, 1, 0.7)
        if near:
            faults.append((column, "no such column", f"did you mean {near[0]!r}?"))
        elif not _FREE_NAME.fullmatch(column):
            right = "a column of your own is lower-case letters, digits and `_`"
            faults.append((column or "header", f"{column[:40]!a} is no name for a column", right))
    return faults


def _cell_faults(row: Row, macs: dict[str, Row]) -> list[Problem]:
    problems = []
    unit = row.cells.get("unit", "")
    if unit and not (unit.isascii() and unit.isdigit() and len(unit) <= 4):
        problems.append(row.problem("unit", f"{unit[:40]!a} is no rack unit", "give a whole number"))
    written = row.cells.get("mac", "")
    if written:
        mac = plain_mac(written)
        if mac is None:
            problems.append(
                row.problem("mac", f"{written[:40]!a} is no MAC address", "give twelve hex digits")
            )
        elif mac in macs:
            wrong = f"{written} stands in line {macs[mac].line} already"
            problems.append(row.problem("mac", wrong, "each device has a MAC address of its own"))
        else:
            macs[mac] = row
    return problems


def plain_mac(text: str) -> str | None:
    """`aa:bb:cc:dd:ee:ff` from any of its spellings, or None where it is none."""
    digits = text.lower().replace(":", "").replace("-", "").replace(".", "")
    if not _HEX.fullmatch(digits):
        return None
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def cell_value(column: str, cell: str) -> str | int:
    """What a cell says, as its field takes it. The cell was found good before."""
    if column == "unit":
        return int(cell) if cell.isascii() and cell.isdigit() else cell
    if column == "mac":
        return plain_mac(cell) or cell
    return cell
