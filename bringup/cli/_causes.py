"""What is wrong in a run, by cause, with each link that is not good climbed rung by rung."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bringup.journal.folder import RunFolder
    from bringup.model.cause import Cause


def print_causes(folder: RunFolder, about: tuple[str, ...], form: str) -> None:
    """All of them, or those about a device, a port or a link.

    Raises:
        InputError: the run has no inventory to tell devices by.
    """
    import msgspec

    from bringup.cli._history import with_history
    from bringup.cli._reader import read_inventory, read_state
    from bringup.cli._text import tier, width
    from bringup.diagnosis import diagnose
    from bringup.view.summary import cause_rows, plain

    inventory, state = read_inventory(folder), read_state(folder)
    found = with_history(diagnose(state, inventory), folder, inventory, state)
    causes = [cause for cause in found if not about or _concerns(cause, about)]
    if form == "json":
        sys.stdout.buffer.write(msgspec.json.encode(causes, order="sorted") + b"\n")
        return
    for number, cause in enumerate(causes):
        if number:
            print()
        for row in cause_rows(cause, width=width(), tier=tier(), ladders=len(cause.ladders)):
            print(plain(row))
    if not causes:
        print(f"no cause{' about that' if about else ''}: the run is {state.verdict.value} so far")


def _concerns(cause: Cause, about: Iterable[str]) -> bool:
    from bringup.model.subject import ends

    subjects = [*cause.subjects, *(key.subject for key in (*cause.explains, *cause.blocked))]
    subjects += [end for ladder in cause.ladders for end in (ladder.near, ladder.far)]
    named = {part for subject in subjects for end in ends(subject) for part in _parts(end)} | set(subjects)
    return any(each in named or each.partition("#")[0] in named for each in about)


def _parts(subject: str) -> tuple[str, str, str]:
    """A lane, its port and its device."""
    port = subject.partition("#")[0]
    return subject, port, port.partition("/")[0]
