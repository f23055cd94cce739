"""List runs, newest last, with their verdict."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import click

from bringup.cli._options import runs_option

if TYPE_CHECKING:
    from bringup.journal.epoch import Holder
    from bringup.journal.folder import RunFolder

TAIL_BYTES = 1024 * 1024
MARKS = MappingProxyType({"partial": "only", "injected": "inject", "simulated": "simulated"})
"""What a run is marked with, and the key of run.json that says so."""


@click.command(name="list")
@runs_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def list_runs_command(runs: Path, form: str) -> int:
    """List the runs in a folder.

    \b
    Examples:
      bringup list
      bringup list --runs /var/lib/bringup --format json
    """
    from bringup.cli.main import printable
    from bringup.journal.folder import list_runs

    rows = [describe(folder.path) for folder in list_runs(runs)]
    if form == "json":
        click.echo(json.dumps(rows))
        return 0
    if not rows:
        click.echo(f"no runs in {runs}; `bringup run` and `bringup demo` make them", err=True)
    for row in rows:
        marks = "".join(f"  {mark.upper()}" for mark in MARKS if row[mark])
        click.echo(printable(f"{row['run']}  {row['playbook'] or '?':<12}  {row['state']}{marks}"))
    return 0


def describe(path: Path) -> dict[str, str | bool | None]:
    """One run in a few words, from the end of its record; a folder that is damaged is listed as such.

    What makes its verdict less than that of a rack stands beside it: `partial`, `injected`, `simulated`.
    """
    import msgspec

    from bringup.journal.folder import RunFolder
    from bringup.model.errors import BringupError

    folder = RunFolder(path)
    state, playbook = "not begun", None
    marks = dict.fromkeys(MARKS, False)
    try:
        said = msgspec.json.decode(folder.run_json.read_bytes())
        if isinstance(said, dict):
            playbook = said.get("playbook")
            marks = {mark: bool(said.get(key)) for mark, key in MARKS.items()}
        state = state_of(folder)
    except (OSError, ValueError, RecursionError, BringupError) as error:
        state = f"damaged: {getattr(error, 'strerror', None) or error}"
    return {"run": path.name, "path": str(path), "playbook": playbook, "state": state, **marks}


def state_of(folder: RunFolder) -> str:
    """`running`, `not closed`, or the verdict it was closed with.

    Raises:
        OSError, ValueError, JournalError: the record can't be read.
    """
    if holder_of(folder) is not None:
        return "running"
    last = last_event(folder)
    if last is None:
        return "not begun"
    return str(last.get("verdict")) if last.get("kind") == "RunClosed" else "not closed"


def holder_of(folder: RunFolder) -> Holder | None:
    """Who runs it now. The kernel's list of locks tells, without trying the lock; elsewhere that a process
    has its number.
    """
    from bringup.journal.clock import boot_id
    from bringup.journal.epoch import latest_epoch

    number, epoch = latest_epoch(folder.epoch)
    if epoch is None or epoch.holder.boot != boot_id():
        return None
    pid = epoch.holder.pid
    try:
        rows = [row.split() for row in Path("/proc/locks").read_text().splitlines()]
        inode = (folder.epoch / str(number)).stat().st_ino
    except OSError:
        return epoch.holder if Path(f"/proc/{pid}").exists() else None
    held = any(
        row[1] == "FLOCK" and row[4] == str(pid) and row[5].endswith(f":{inode}")
        for row in rows
        if len(row) > 6
    )
    return epoch.holder if held else None


def last_event(folder: RunFolder) -> dict[str, Any] | None:
    """The last durable event. A closed run ends with RunClosed, and one that was opened again does not.

    Raises:
        JournalError: there is no journal, or its last line is no event.
    """
    import msgspec

    from bringup.journal.error import JournalError
    from bringup.journal.follow import Cursor

    if not folder.journal.is_dir():
        raise JournalError("it holds no journal")
    limit = Cursor(folder).limit()
    for number in range(limit.segment, 0, -1):
        path = folder.segment(number)
        data = tail(path, limit.size if number == limit.segment else path.stat().st_size)
        lines = [line for line in data.split(b"\n")[:-1] if line]
        if lines:
            try:
                return msgspec.json.decode(lines[-1], type=dict[str, Any])
            except (ValueError, RecursionError):
                raise JournalError(f"{path.name} ends with what is no event") from None
    return None


def tail(path: Path, limit: int) -> bytes:
    """The end of a file, up to byte `limit`: enough for its last line, a command with a signature.

    Raises:
        JournalError: it is no plain file: opening a pipe that nobody writes to would never end.
    """
    from bringup.journal.error import JournalError

    if not path.is_file() or path.is_symlink():
        raise JournalError(f"{path.name} is no plain file")
    with path.open("rb") as file:
        size = min(limit, os.fstat(file.fileno()).st_size)
        begin = max(0, size - TAIL_BYTES)
        file.seek(begin)
        return file.read(size - begin)
