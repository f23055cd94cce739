"""The way to a running run's desk: what `tell` and the console send by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from bringup.engine.desk import Command, Reply
    from bringup.journal.folder import RunFolder


async def speak(folder: RunFolder, command: Command) -> Reply:
    """Send one command to the runner of the run; what it replies.

    Raises:
        InputError: no runner is known, none listens, or what answers is none.
    """
    from bringup.engine.desk import Reply
    from bringup.engine.socket import owner_of, send, told_socket
    from bringup.model.errors import InputError

    where = told_socket(folder.read_runner())
    if where is None:
        raise InputError(f"no runner of {folder.run_id} is known", "`bringup resume RUN` goes on with it.")
    line = await send(where, msgspec.json.encode(command), owner_of(folder.path))
    try:
        return msgspec.json.decode(line, type=Reply)
    except ValueError as error:
        raise InputError(f"what answers at {where} is no runner: {error}") from error
