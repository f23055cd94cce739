"""Opens the console on a run: gives it what it may ask for, and nothing else."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from bringup.cli._text import tier

if TYPE_CHECKING:
    from bringup.journal.folder import RunFolder
    from bringup.tui.app import Outside

SMALLEST_TERMINALS = frozenset({"dumb", "unknown", ""})


def can_open() -> bool:
    """Whether both ends are a terminal that can move its cursor, and nobody asked for plain lines."""
    plain = os.environ.get("ACCESSIBLE", "") not in ("", "0")
    moves = os.environ.get("TERM", "dumb") not in SMALLEST_TERMINALS
    return sys.stdin.isatty() and sys.stdout.isatty() and moves and not plain


def open_console(folder: RunFolder, *, watching: bool = False) -> str | None:
    """Show the run until the person leaves; what to show next: a run's id, `""` for the list, None for none.

    Raises:
        InputError: the record holds no inventory.
    """
    from bringup.cli._reader import read_inventory
    from bringup.tui.app import ConsoleApp

    remote = bool(os.environ.get("SSH_CONNECTION"))
    app = ConsoleApp(
        folder,
        read_inventory(folder),
        outside(folder, watching),
        tier=tier(),
        watching=watching,
        remote=remote,
    )
    return app.run()


def outside(folder: RunFolder, watching: bool) -> Outside:
    from bringup.diagnosis import diagnose
    from bringup.journal.verify import verify
    from bringup.tui.app import Outside

    async def send(verb: str, arguments: dict[str, str], why: str | None) -> str:
        from bringup.engine.desk import Command, Reply
        from bringup.engine.socket import send as speak
        from bringup.engine.socket import told_socket
        from bringup.model.errors import InputError

        where = told_socket(folder.read_runner())
        if where is None:
            raise InputError("no runner is known", "`bringup resume RUN` goes on with it.")
        line = await speak(where, msgspec.json.encode(Command(verb, arguments, why)))
        reply = msgspec.json.decode(line, type=Reply)
        if not reply.ok:
            raise InputError(reply.error or "the runner refused")
        return f"{verb}: event {reply.seq}"

    def verified(path: Path) -> str:
        report = verify(path)
        return report.text().splitlines()[0]

    return Outside(
        diagnose=lambda state, inventory: tuple(diagnose(state, inventory)),
        send=None if watching else send,
        verify=verified,
        lives=lambda: runner_lives(folder),
    )


def runner_lives(folder: RunFolder) -> bool:
    """Whether the runner that runner.json names is a process of this machine and this boot."""
    said = folder.read_runner()
    pid = said.get("pid")
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return isinstance(pid, int) and said.get("boot") == boot and Path(f"/proc/{pid}").exists()
