"""The manifests of an inventory: its own, and those that ranges name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from bringup.input.document import Document
from bringup.input.manifest import NAME, Manifest, read_manifest
from bringup.input.positions import Key
from bringup.input.problem import Problem, nearest

SHOWN_NAMES = 6


class Manifests:
    """Each file is read once, however many ranges name it."""

    def __init__(self, document: Document) -> None:
        self.problems: list[Problem] = []
        self._document = document
        self._read: dict[str, Manifest] = {}

    def of(self, path: Sequence[Key], table: Mapping[str, Any]) -> Manifest | None:
        """The manifest of a device or a range: the one it names, else the inventory's own."""
        if path[0] == "device_range" and "manifest" in table:
            return self._named((*path, "manifest"), table["manifest"])
        return self._named(("manifest",), self._document.data.get("manifest"))

    def _named(self, path: Sequence[Key], name: Any) -> Manifest | None:
        if not isinstance(name, str):
            return None
        if name not in self._read:
            file = self._document.path.parent / name
            self._read[name] = Manifest(str(file), {}, whole=False)
            if not name or not file.is_file():
                wrong = f"there is no file {name[:80]!a} beside this one"
                self.problems.append(self._document.problem(path, wrong, "the path is relative to this file"))
            else:
                self._read[name], found = read_manifest(file)
                self.problems += found
        return self._read[name]

    def unused(self, names: Collection[str]) -> Iterator[Problem]:
        """Rows about devices that the inventory does not have."""
        self._named(("manifest",), self._document.data.get("manifest"))
        for manifest in self._read.values():
            for name, row in manifest.rows.items():
                if name not in names:
                    wrong = f"no device is called {name[:60]!a}"
                    yield row.problem(NAME, wrong, nearest(name, names, "the inventory has no device"))


def manifest_names(document: Document) -> list[str]:
    """The files that an inventory names as manifests, each once."""
    named = [document.data.get("manifest")]
    named += [table.get("manifest") for _, table in document.tables("device_range")]
    return list(dict.fromkeys(name for name in named if isinstance(name, str) and name))


def listed(names: Sequence[str]) -> str:
    """The first of many names, in words."""
    shown = list(names[:SHOWN_NAMES])
    if len(names) > SHOWN_NAMES:
        return f"{', '.join(shown)} and {len(names) - SHOWN_NAMES} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
