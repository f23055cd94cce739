"""Opens the console on a run: gives it what it may ask for, and nothing else."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from bringup.cli._text import closing_lines

if TYPE_CHECKING:
    from bringup.cli._reader import Show
    from bringup.engine.runner import Job
    from bringup.journal.folder import RunFolder
    from bringup.model.cause import Cause, PlugTurn
    from bringup.model.inventory import Inventory
    from bringup.model.state import RunState
    from bringup.tui.outside import Outside

ANSWERING = frozenset({"answer", "skip", "note"})
"""What may be sent from a browser that answers (contracts, section 7)."""
SIGNED = ("attest", "approve")
HOME = ""
"""What the console ends with when a person goes to the list of runs."""
SMALLEST_TERMINALS = frozenset({"dumb", "unknown", ""})


def can_open() -> bool:
    """Whether a person sits at both ends: then the console opens, full or as plain lines."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def wants_plain() -> bool:
    """Where the cursor can't move, or somebody has said so, the console writes lines. A browser draws,
    whatever the terminal is that its server was started in.
    """
    if "TEXTUAL_DRIVER" in os.environ:
        return False
    wished = os.environ.get("ACCESSIBLE", "") not in ("", "0")
    return wished or os.environ.get("TERM", "dumb") in SMALLEST_TERMINALS


def open_console(
    folder: RunFolder,
    *,
    may: frozenset[str] | None = None,
    key: Path | None = None,
    plain: bool = False,
    attached: bool = False,
) -> str | None:
    """Show the run until the person leaves; what to show next: `""` for the list of runs, None for none.

    `may` are the commands that can be sent from here: all for the run's owner, none for who only watches.
    `plain` writes lines; `attached` stands in the record behind each command. `key` signs what must be
    signed: a file, or by its .pub one of the SSH agent.

    Raises:
        InputError: the record holds no inventory.
    """
    from bringup.cli._reader import read_inventory

    watching = may is not None and not may
    inventory, asked = read_inventory(folder), outside(folder, may, key, attached=attached)
    if plain or wants_plain():
        asyncio.run(plain_console(folder, inventory, asked, watching))
        return None
    from bringup.cli._display import Kept
    from bringup.tui.app import ConsoleApp
    from bringup.tui.ending import leave_with_the_terminal
    from bringup.tui.guardian import terminal_left_clean
    from bringup.tui.rate import this_link

    leave_with_the_terminal()
    kept = Kept()
    app = ConsoleApp(folder, inventory, asked, display=kept.display, watching=watching, link=this_link())
    view = app.console_view
    view.recall(kept.prefs.filters, kept.prefs.drafts_of(folder.run_id))
    with terminal_left_clean():
        told = app.run(mouse=kept.display.mouse)
    if not app.is_web:  # whoever sits at a browser leaves nothing among the owner's preferences
        kept.keep_of(folder.run_id, sound=view.sound, filters=view.filters, drafts=view.drafts)
    return told


async def plain_console(folder: RunFolder, inventory: Inventory, asked: Outside, watching: bool) -> None:
    """Lines out, lines in, until the run is closed or the person leaves."""
    from bringup.cli._display import Kept
    from bringup.tui.feed import Feed
    from bringup.tui.plain import PlainConsole

    def write(line: str) -> None:
        print(line, flush=True)

    shown = Kept().display.tier
    console = PlainConsole(Feed(folder), inventory, asked, write, tier=shown, watching=watching)
    if watching:
        write("WATCHING ONLY: nothing is sent from here")
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    pipe, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), typed_into())
    following = asyncio.create_task(console.follow())
    company = asyncio.create_task(console.company.keep())
    while not (following.done() or console.left):
        typing = asyncio.create_task(reader.readline())
        await asyncio.wait({following, typing}, return_when=asyncio.FIRST_COMPLETED)
        if not typing.done():
            typing.cancel()
        elif line := typing.result():
            await console.line(line.decode(errors="replace"))
        else:
            break
    for task in (following, company):
        task.cancel()
    await asyncio.wait({following, company})
    pipe.close()
    for words in console.last_words():
        write(words)


def typed_into() -> BinaryIO:
    """Standard input, opened anew: the loop reads it without waiting, and a terminal that were left so would
    fail whoever reads or writes there next, the shell and our own lines among them.
    """
    try:
        return Path(os.ttyname(sys.stdin.fileno())).open("rb", buffering=0)
    except OSError:
        return os.fdopen(os.dup(sys.stdin.fileno()), "rb", buffering=0)


def console_apart(
    job: Job, show: Show, pid: int | None, *, key: Path | None = None, plain: bool = False
) -> int:
    """Show a run that another process does, and the list of runs where a person goes there. Leaving does not
    stop it.

    Returns the verdict's code once every row has one, or 3 when left while it goes on.
    """
    from bringup.cli._apart import left, settled
    from bringup.cli._reader import read_state

    if open_console(job.folder, key=key, plain=plain) == HOME:
        from bringup.cli._home import open_home

        open_home(job.folder.path.parent)
    state = read_state(job.folder)
    if not settled(state):
        return left(job)
    for line in closing_lines(job.folder):
        print(line)
    return state.exit_code


def outside(
    folder: RunFolder, may: frozenset[str] | None, key: Path | None, *, attached: bool = False
) -> Outside:
    """What the console may ask for. A hand is lent to the owner only."""
    from bringup.cli._attendance import Attendance
    from bringup.cli._study import Study
    from bringup.cli._verified import verified
    from bringup.cli.list import holder_of
    from bringup.tui.outside import Outside

    def causes(state: RunState, inventory: Inventory) -> tuple[Cause, ...]:
        from bringup.cli._work_order import with_moves
        from bringup.diagnosis import diagnose

        return with_moves(diagnose(state, inventory), state, inventory)

    return Outside(
        diagnose=causes,
        send=None if may is not None and not may else Speaker(folder, key, may, attached=attached).send,
        hand=Hand(folder).work if may is None and not attached and folder.lab.is_dir() else None,
        verify=verified,
        lives=lambda: holder_of(folder) is not None,
        study=Study(folder.path.parent, folder.run_id).find_out,
        here=Attendance(folder, attached=attached).here,
    )


class Speaker:
    """Sends a person's commands to the run's desk, signed where a signature is due."""

    def __init__(
        self,
        folder: RunFolder,
        key: Path | None,
        may: frozenset[str] | None = None,
        *,
        attached: bool = False,
    ) -> None:
        self._folder = folder
        self._key = key
        self._may = may
        # A browser's console is the owner's, who lent it what it may do.
        self._attached = attached and may is None

    async def send(self, verb: str, arguments: dict[str, str], why: str | None) -> str:
        """What the runner says to it.

        Raises:
            BringupError: no runner listens, or it refuses.
        """
        from bringup.cli._desk import speak
        from bringup.cli.tell import own_key, signed
        from bringup.engine.desk import Command
        from bringup.model.errors import InputError
        from bringup.tui.outside import NotSent

        if self._may is not None and not self._allowed(verb, arguments):
            raise InputError(f"`{verb}` is not done from here", "Open the console at the run's own machine.")
        if self._key is not None and verb in ("answer", "waive", "replace"):
            head = await speak(self._folder, Command("head", attached=self._attached))
            signer = own_key(self._key, self._folder)
            arguments = {**arguments, **signed(self._folder.run_id, verb, arguments, why, signer, head)}
        try:
            reply = await speak(self._folder, Command(verb, arguments, why, self._attached))
        except InputError as error:
            raise NotSent(error.message, error.advice) from error
        if not reply.ok:
            raise InputError(reply.error or "the runner refused")
        return f"{verb}: event {reply.seq}"

    def _allowed(self, verb: str, arguments: dict[str, str]) -> bool:
        """Whether it may be sent from here: where only answers are, nothing that is signed or approved."""
        from bringup.cli._reader import read_state

        if self._may is None or verb not in self._may:
            return self._may is None
        if verb != "answer":
            return True
        asks = read_state(self._folder).asks
        return any(ask.question == arguments.get("question") and ask.form not in SIGNED for ask in asks)


class Hand:
    """The simulated technician of a demo: mends what is wrong at the places that a cause names."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder

    def work(self, cause: Cause | PlugTurn) -> str:
        """What was done, in words.

        Raises:
            InputError: the lab is gone, or that plug can't be moved.
        """
        from bringup.lab.control import ask
        from bringup.model.cause import PlugTurn
        from bringup.model.subject import ends

        if isinstance(cause, PlugTurn):
            verb = {"do": "plug", "cable": cause.label} if cause.label else {"do": "unplug"}
            label = ask(self._folder.lab, {**verb, "port": cause.port})
            way = f"put into {cause.port}" if cause.label else f"out of {cause.port}"
            return f"the simulated technician: {label} {way}"
        places = {end.partition("#")[0] for subject in cause.subjects for end in ends(subject)}
        places |= {end.partition("#")[0] for key in cause.explains for end in ends(key.subject)}
        told = ask(self._folder.lab, {"do": "status"})
        mended = [
            fault
            for fault in told["faults"]
            if fault.partition("@")[2].partition("=")[0].partition("#")[0] in places
        ]
        for fault in mended:
            ask(self._folder.lab, {"do": "repair", "fault": fault.partition("=")[0]})
        if not mended:
            return "the simulated technician found nothing to do there"
        return "done by the simulated technician"
