"""Reading a run's record: its state as it is now, and the base of whatever shows it while it grows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bringup.model.event import EventReader
from bringup.model.fold import Fold

if TYPE_CHECKING:
    from bringup.journal.folder import RunFolder
    from bringup.journal.follow import Entry
    from bringup.model.inventory import Inventory
    from bringup.model.state import RunState


class Show(Protocol):
    """Prints a run while it lasts."""

    def event(self, entry: Entry) -> None: ...

    def end(self) -> None:
        """The last summary."""
        ...

    def leave(self) -> None:
        """Give the terminal back as it was. After `end`, or instead of it."""
        ...


class Folded:
    """Base of what shows the state rather than the events."""

    def __init__(self, folder: RunFolder, inventory: Inventory) -> None:
        self.folder = folder
        self.inventory = inventory
        self._reader = EventReader()
        self.fold = Fold()

    def event(self, entry: Entry) -> None:
        self.fold.add(self._reader.read(entry.line))

    def leave(self) -> None:
        """Nothing of the terminal was changed."""


def read_state(folder: RunFolder) -> RunState:
    """What the record says so far; empty when the runner was killed before its first event."""
    from bringup.journal.follow import read

    reader, fold = EventReader(), Fold()
    for entry in read(folder):
        fold.add(reader.read(entry.line))
    return fold.state


def read_inventory(folder: RunFolder) -> Inventory:
    """The inventory that the run was begun with.

    Raises:
        InputError: there is none.
    """
    from pydantic import ValidationError

    from bringup.cli._prepare import INVENTORY
    from bringup.model.errors import InputError
    from bringup.model.inventory import Inventory

    kept = folder.plan / INVENTORY
    try:
        return Inventory.model_validate_json(kept.read_bytes())
    except (OSError, ValidationError) as error:
        raise InputError(
            f"{kept} can't be read, so the run was hardly begun, or is damaged",
            "`--format jsonl` shows what there is; `bringup log verify` what is wrong.",
        ) from error
