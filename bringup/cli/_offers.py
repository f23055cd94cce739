"""What can be started from a folder: its unfinished runs, its inventories with the playbooks for their racks,
this host, and simulated racks.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bringup.lab.faults_offered import OFFERED

if TYPE_CHECKING:
    from bringup.view.screen_start import Offer

MOST_FILES = 200
MOST_BYTES = 4 * 1024 * 1024


def offers(here: Path, runs: Path) -> list[Offer]:
    """The most likely first. What can't be read is left out: `bringup inventory check` says why."""
    return [*_unfinished(runs), *_racks(here), *_this_host(), *_demos()]


def _unfinished(runs: Path) -> Iterator[Offer]:
    from bringup.cli.list import describe
    from bringup.journal.folder import list_runs
    from bringup.view.screen_start import Offer

    for folder in reversed(list_runs(runs)):
        told = describe(folder.path)
        if told["state"] == "not closed":
            about = f"{told['playbook'] or 'a run'} without a runner: it goes on where its record ends"
            words = ("resume", folder.run_id)
            yield Offer("GO ON", folder.run_id, about, words)


def _racks(here: Path) -> Iterator[Offer]:
    from bringup.input.shipped import list_shipped
    from bringup.view.screen_start import Offer

    books = {name: name for name in list_shipped("playbook")}
    inventories: list[tuple[Path, dict[str, Any]]] = []
    for file in _files(here):
        found = _read(file)
        schema = str(found.get("schema", ""))
        if schema.startswith("bringup.playbook/"):
            books[str(found.get("name") or file.stem)] = str(file)
        elif schema.startswith("bringup.inventory/"):
            inventories.append((file, found))
    for file, found in inventories:
        racks = [each for each in _list(found, "rack") if isinstance(each, dict)]
        for rack in racks or [{"profile": file.stem}]:
            book = books.get(str(rack.get("profile", ""))) or books.get(file.stem)
            if book is not None:
                name = str(rack.get("name") or file.stem)
                words: tuple[str, ...] = ("run", book, "-i", str(file))
                if len(racks) > 1:
                    words = (*words, "--rack", name)
                many = len(_list(found, "device"))
                yield Offer("RACKS", name, f"{Path(book).stem} on {file}: {many} devices", words)


def _list(found: dict[str, Any], name: str) -> list[Any]:
    """What should be a list there; what is none is the check's to complain of."""
    value = found.get(name)
    return value if isinstance(value, list) else []


def _files(here: Path) -> list[Path]:
    places = (here, here / "inventory", here / "playbooks")
    return [file for place in places for file in sorted(place.glob("*.toml"))][:MOST_FILES]


def _read(file: Path) -> dict[str, Any]:
    try:
        if not file.is_file() or file.stat().st_size > MOST_BYTES:
            return {}
        with file.open("rb") as opened:
            return tomllib.load(opened)
    except (OSError, ValueError, RecursionError):
        return {}


def _this_host() -> Iterator[Offer]:
    from bringup.view.screen_start import Offer

    about = "what this machine itself can be asked: nothing is changed on it"
    yield Offer("THIS HOST", "this host", about, ("run", "this-host"))


def _demos() -> Iterator[Offer]:
    from bringup.input.shipped import list_shipped
    from bringup.lab.profile import PROFILES
    from bringup.view.screen_start import Offer

    books = list_shipped("playbook")
    for name in (each for each in PROFILES if each in books):
        about = f"a simulated {name} rack beside this console: nothing real is touched"
        yield Offer("SIMULATED", f"demo {name}", about, ("demo", "--profile", name))
        if name == "mini":
            words = ("demo", "--profile", name, "--fault", OFFERED)
            about = "the same with a dirty connector to find, clean and measure again"
            yield Offer("SIMULATED", "demo mini, dirty", about, words)
