"""Loads inventories: what should be there, with its cable list joined in."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from bringup.input.cables import Placed, read_cables
from bringup.input.document import Document, read_document
from bringup.input.inventory_rules import cable_faults, inventory_faults
from bringup.input.problem import Problem, first, give_up
from bringup.input.validate import validated
from bringup.model.inventory import Cable, Inventory


class InventoryFile(Inventory):
    """What stands in the file: `cables` names a cable list, relative to the file."""

    cables: str | None = None


def load_inventory(path: Path, *, platforms: Collection[str] | None = None) -> Inventory:
    """The inventory at `path` and the cable list that it names.

    Args:
        platforms: the names that a device's `platform` may have; None leaves that unchecked.

    Raises:
        InputError: with every problem found in both files. No secret is resolved and none is shown.
    """
    document, problems = read_document(path, "inventory")
    written = None
    cables: list[Placed] = []
    if document is not None:
        written, found = validated(InventoryFile, document)
        problems += found
        cables, found = _all_cables(document)
        problems += found
        problems += inventory_faults(document, platforms)
        problems += first(cable_faults(document, cables))
    if problems or written is None:
        raise give_up(problems)
    fields = {
        name: getattr(written, name) for name in Inventory.model_fields if name not in ("schema_", "cable")
    }
    return Inventory(**fields, cable=tuple(placed.cable for placed in cables))


def inventory_files(path: Path) -> tuple[Path, ...]:
    """The file itself and the cable list that it names: what a record of the run has to keep."""
    document, _ = read_document(path, "inventory")
    named = document.data.get("cables") if document is not None else None
    return (path, path.parent / named) if isinstance(named, str) else (path,)


def _all_cables(document: Document) -> tuple[list[Placed], list[Problem]]:
    """Rows of the cable list and `[[cable]]` tables that are whole enough to be looked at."""
    placed: list[Placed] = []
    problems: list[Problem] = []
    named = document.data.get("cables")
    if isinstance(named, str):
        file = document.path.parent / named
        if file.is_file():
            placed, problems = read_cables(file)
        else:
            wrong = f"there is no file {named!r} beside this one"
            problems = [document.problem(("cables",), wrong, "the path is relative to this file")]
    elif isinstance(named, list):
        right = 'name a CSV here (`cables = "cables.csv"`), or write [[cable]] tables'
        problems = [document.problem(("cables",), "is a list", right)]
    for path, table in document.tables("cable"):
        ends = [table.get(key) for key in ("a_device", "a_port", "b_device", "b_port")]
        if all(isinstance(end, str) for end in ends):
            medium = table.get("medium", "")
            cable = Cable.model_construct(**{**_DEFAULTS, **table, "medium": medium})
            placed.append(Placed(cable, document.shown, document.line(path), document.field(path)))
    return placed, problems


_DEFAULTS = {"medium": "", "length_m": None, "label": ""}
