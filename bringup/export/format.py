"""What an export is, and how they are found: every module of this package with an `EXPORT`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator

import msgspec

from bringup import export as package
from bringup.journal.folder import RunFolder
from bringup.journal.follow import read
from bringup.model.event import EventReader
from bringup.model.fold import Fold
from bringup.model.state import RunState


class Source:
    """A run's record, read when asked for: its lines as stored, or what they add up to."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder

    def lines(self) -> Iterator[bytes]:
        """Every durable event, byte for byte, without newlines."""
        for entry in read(self.folder):
            yield entry.line

    def state(self) -> RunState:
        """What the durable events add up to."""
        reader, fold = EventReader(), Fold()
        for entry in read(self.folder):
            fold.add(reader.read(entry.line))
        return fold.state


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """One format. `pieces` are the bytes of the file, in order."""

    name: str
    about: str
    pieces: Callable[[Source], Iterator[bytes]]


def all_exports() -> dict[str, Export]:
    """Every format by name."""
    found = {}
    for info in pkgutil.iter_modules(package.__path__):
        made = getattr(importlib.import_module(f"{package.__name__}.{info.name}"), "EXPORT", None)
        if isinstance(made, Export):
            found[made.name] = made
    return dict(sorted(found.items()))
