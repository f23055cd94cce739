"""Records on disk for the console: written by the real journal, of any length, without a runner."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from bringup.journal.folder import RunFolder
from bringup.model import event as ev
from bringup.model.cause import Cause
from bringup.model.inventory import Inventory
from bringup.model.state import RunState
from bringup.tui.app import ConsoleApp
from bringup.tui.outside import Outside, Verified
from tests.diagnosis.record import Record
from tests.tui.scenes import AT, dirty, started

CLOCK = "03:04:05Z"


def lines_of(events: Sequence[ev.Known]) -> bytes:
    """Stamped one after the other, as the journal stores them; such a record has no checkpoints."""
    encode = msgspec.json.Encoder().encode
    stamped = (
        msgspec.structs.replace(event, seq=seq, at=AT, epoch=1, boot="b", mono_ns=seq)
        for seq, event in enumerate(events)
    )
    return b"".join(encode(event) + b"\n" for event in stamped)


def folder_of(path: Path, record: Record | None = None, *more: ev.Known) -> RunFolder:
    """A run's folder with these events in its journal."""
    record = record if record is not None else dirty()
    planned = ev.PlanFixed(files={}, planned=tuple(record._planned))
    return written(path, [started(), planned, *record.events, *more])


def written(path: Path, events: Sequence[ev.Known]) -> RunFolder:
    folder = RunFolder(path / "20260102-030405-abcd")
    folder.journal.mkdir(parents=True)
    folder.segment(1).write_bytes(lines_of(events))
    return folder


class World:
    """What the console reaches: what it has sent is kept in `sent`."""

    def __init__(self, *, lives: bool = True) -> None:
        self.sent: list[tuple[str, dict[str, str], str | None]] = []
        self.lives = lives
        self.verified = Verified("verified")

    async def send(self, verb: str, arguments: dict[str, str], why: str | None) -> str:
        self.sent.append((verb, arguments, why))
        return f"{verb}: event 9"

    async def verify(self, path: Path) -> Verified:
        return self.verified

    def diagnose(self, state: RunState, inventory: Inventory) -> tuple[Cause, ...]:
        from bringup.diagnosis import diagnose

        return tuple(diagnose(state, inventory))

    def outside(self) -> Outside:
        return Outside(
            diagnose=self.diagnose,
            send=self.send,
            hand=None,
            verify=self.verify,
            lives=lambda: self.lives,
        )


def app(folder: RunFolder, world: World, inventory: Inventory | None = None) -> ConsoleApp:
    inventory = inventory if inventory is not None else dirty().inventory
    return ConsoleApp(folder, inventory, world.outside(), clock=lambda: CLOCK)


def shown(one: ConsoleApp) -> str:
    """What the widget shows, as text."""
    rows = one._lines._rows
    return "\n".join("".join(text for text, _ in row).rstrip() for row in rows)
