"""A process of its own that writes a record with the real writer and says on stdout what became durable.

    python -m tests.journal.writer_child FOLDER KEY HOW COUNT [--hold] [--no-close] [--text N]

HOW is create, reopen or take-over. Lines on stdout: `open EPOCH`, `durable SEQ` after each append, `error
TYPE MESSAGE`, `closed`. With `--hold` it waits for a line on stdin before each append. After an error it does
what the runner does: ends the journal, opens it again, closes the run.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from bringup.journal.error import DiskFull, Fenced, JournalError
from bringup.journal.folder import RunFolder
from bringup.journal.sign import KeySigner
from bringup.journal.write import Journal
from tests.journal.records import closed, note, started


def say(*words: object) -> None:
    print(*words, flush=True)


async def write(given: argparse.Namespace) -> None:
    folder, signer = RunFolder(given.folder), KeySigner.from_file(given.key)
    try:
        if given.how == "create":
            journal = await Journal.create(folder, signer=signer)
        else:
            journal = await Journal.reopen(folder, signer=signer, take_over=given.how == "take-over")
    except JournalError as error:
        say("error", type(error).__name__, error)
        return
    say("open", journal.epoch)
    try:
        if given.how == "create":
            say("durable", await journal.append(started(folder)))
        for number in range(given.count):
            if given.hold and not await asyncio.to_thread(sys.stdin.readline):
                return
            journal.assert_epoch()
            say("durable", await journal.append(note(f"{number} " + "x" * given.text)))
        if not given.no_close:
            await journal.close(closed())
            say("closed")
    except DiskFull as error:
        say("error", type(error).__name__, error)
        await end_on_a_full_disk(folder, signer, journal)
    except Fenced as error:
        say("error", type(error).__name__, error)
        await journal.close()
    except JournalError as error:
        say("error", type(error).__name__, error)
        await end_after_a_fault(folder, signer, journal)


async def end_on_a_full_disk(folder: RunFolder, signer: KeySigner, journal: Journal) -> None:
    try:
        journal.wind_up()
        await journal.close(closed())
        say("closed")
    except JournalError as error:
        say("error", type(error).__name__, error)
        await end_after_a_fault(folder, signer, journal)


async def end_after_a_fault(folder: RunFolder, signer: KeySigner, journal: Journal) -> None:
    """What nobody confirmed may be lost; the record is opened again and ends well."""
    try:
        await journal.close()
        again = await Journal.reopen(folder, signer=signer)
        say("open", again.epoch)
        await again.close(closed())
        say("closed")
    except JournalError as error:
        say("error", type(error).__name__, error)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("key", type=Path)
    options.add_argument("how", choices=["create", "reopen", "take-over"])
    options.add_argument("count", type=int)
    options.add_argument("--hold", action="store_true")
    options.add_argument("--no-close", action="store_true")
    options.add_argument("--text", type=int, default=20)
    asyncio.run(write(options.parse_args()))


if __name__ == "__main__":
    main()
