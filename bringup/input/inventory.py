"""Loads inventories: what should be there, with ranges written out and manifest and cable list joined in."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from bringup.input.cables import Placed, read_cables
from bringup.input.document import Document, read_document
from bringup.input.expanded import Expanded
from bringup.input.inventory_rules import cable_faults, inventory_faults
from bringup.input.manifests import listed, manifest_names
from bringup.input.problem import Problem, first, give_up
from bringup.input.range_model import DeviceRange
from bringup.input.ranges import expand
from bringup.input.secret_words import fill_secrets
from bringup.input.ssh_config import fill_from_ssh_config
from bringup.input.validate import validated
from bringup.model.errors import InputError
from bringup.model.inventory import Cable, Inventory


class InventoryFile(Inventory):
    """What stands in the file: `cables` names a cable list and `manifest` what was delivered, relative to
    the file; ranges are devices and ports that are counted.
    """

    cables: str | None = None
    manifest: str | None = None
    device_range: tuple[DeviceRange, ...] = ()


def load_inventory(path: Path, *, platforms: Collection[str] | None = None) -> Inventory:
    """The inventory at `path` and the cable list that it names.

    Args:
        platforms: the names that a device's `platform` may have; None leaves that unchecked.

    Raises:
        InputError: with every problem found in both files. No secret is resolved and none is shown.
    """
    return load_sourced(path, platforms=platforms)[0]


def load_sourced(
    path: Path, *, platforms: Collection[str] | None = None
) -> tuple[Inventory, Expanded, list[Placed]]:
    """As `load_inventory`, with the document that tells where each field is written, and the placed cables.

    Raises:
        InputError: as above.
    """
    written, problems = read_document(path, "inventory")
    if written is None:
        raise give_up(problems)
    document, found = expand(written)
    problems += found
    problems += first(fill_secrets(document, excused=bool(found)))
    problems += fill_from_ssh_config(document)
    model, found = validated(InventoryFile, document)
    problems += found
    cables, found = _all_cables(document)
    problems += found
    problems += inventory_faults(document, platforms)
    problems += first(cable_faults(document, cables))
    if problems or model is None:
        raise give_up(problems)
    fields = {
        name: getattr(model, name) for name in Inventory.model_fields if name not in ("schema_", "cable")
    }
    return Inventory(**fields, cable=tuple(placed.cable for placed in cables)), document, cables


def inventory_files(path: Path) -> tuple[Path, ...]:
    """The file itself, the cable list and the manifests that it names: what a record of the run has to
    keep.
    """
    document, _ = read_document(path, "inventory")
    if document is None:
        return (path,)
    cables = document.data.get("cables")
    named = [*([cables] if isinstance(cables, str) else []), *manifest_names(document)]
    return (path, *(path.parent / name for name in dict.fromkeys(named)))


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


_DEFAULTS = {"medium": "", "length_m": None, "label": "", "part": "", "polarity": "", "found": False}


def refuse_found(inventory: Inventory, path: Path) -> None:
    """An inventory is intent: what a scan merely found can't be what a run expects.

    Raises:
        InputError: a device or a cable is marked `found`.
    """
    names = [device.name for device in inventory.device if device.found]
    names += [cable.label or cable.subject for cable in inventory.cable if cable.found]
    if names:
        raise InputError(
            f"{path}: {listed(names)} {'was' if len(names) == 1 else 'were'} found by a scan, and nobody has "
            "said that it should be so",
            "Check each, write what you expect of it, and take `found = true` out.",
        )
