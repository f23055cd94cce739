"""NVUE (Cumulus Linux, NVOS): a revision that is applied with `--confirm`, which the switch takes back unless
it is confirmed.

One apply at a time can wait. Revisions have numbers and no names of ours: which trial the last one is stands
in a file in the user's home, written before it is applied, `NAME` and, once it is kept, `NAME kept`. A switch
that took it back has no revision that waits, and the file no `kept`. Source: NVUE documentation, "nv config
apply --confirm"; states of revisions as public clients read them.
"""

from __future__ import annotations

import re
import shlex

from bringup.decode import nvue_system
from bringup.decode.json_field import object_in, text_in
from bringup.decode.result import Damaged, json_of
from bringup.driver.reading import Command, change, read
from bringup.driver.trial import TAKEN_BACK, check_lines, check_name
from bringup.model.errors import NoData, Refused, Unparsable
from bringup.model.facts import Trial
from bringup.model.measurement import value
from bringup.transport.base import Shell

MARK = ".bringup-trial"
REVISIONS = Command(text="nv config revision -o json", format=nvue_system.REVISIONS)
READ_MARK = f"cat {MARK}"
APPLIED = "nv config revision --applied -o json"
WAITS = "confirm"
DEADLINE_S = 120.0
_REFUSED = re.compile(r"(?!(?:nv )?(?:set|unset) )")
_MARK = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,40})( kept)?\n")


async def read_trial(shell: Shell, name: str, *, device: str) -> Trial:
    """`pending` while a revision waits and is this trial's; `kept` by the mark."""
    marked, kept = await _mark(shell, device)
    waits = await _waiting(shell, device)
    state = "none"
    if marked == check_name(name):
        state = "kept" if kept else ("pending" if waits else "none")
    return Trial(name=name, state=value(state))


async def read_waiting(shell: Shell, *, device: str) -> tuple[str, ...]:
    """The revisions that wait to be confirmed, whoever applied them: by our name where it is ours."""
    waits = await _waiting(shell, device)
    marked, kept = await _mark(shell, device)
    return tuple(marked if marked and not kept else f"revision {each}"[:80] for each in waits)


async def _waiting(shell: Shell, device: str) -> tuple[str, ...]:
    states = (await read(shell, REVISIONS, device=device)).facts["states"]
    assert isinstance(states, dict)
    return tuple(revision for revision, state in states.items() if state == WAITS)


async def _mark(shell: Shell, device: str) -> tuple[str | None, bool]:
    """The trial that the file names, and whether it was kept; None where there is no file."""
    said = await shell.run(READ_MARK)
    if said.exit_status == 1 and b"No such file" in said.stderr:
        return None, False
    match = _MARK.fullmatch(said.stdout.decode("utf-8", errors="replace"))
    if said.exit_status != 0 or match is None:
        raise Unparsable(f"{device}: `{READ_MARK}` can't be read", "It holds the name of the last trial.")
    return match[1], match[2] is not None


async def begin(
    shell: Shell, name: str, lines: tuple[str, ...], revert_after_s: float, *, device: str
) -> None:
    """A new revision of what is applied, the lines, the mark, then the apply. The first that fails ends it:
    before the apply nothing is in force.

    Raises:
        Refused: another apply waits, or the switch would not.
    """
    commands = [_quoted(line) for line in check_lines(lines, _REFUSED)]
    check_name(name)
    if waits := await _waiting(shell, device):
        raise Refused(f"{device}: revision {waits[0]} waits to be confirmed", "Confirm or drop it by hand.")
    confirm = f" --confirm {int(revert_after_s)}s" if revert_after_s else ""
    mark = f"{name} kept" if not revert_after_s else name
    applied = (*_staged(commands), _marking(mark), f"nv config apply{confirm} -y")
    await change(shell, " && ".join(applied), device=device, deadline_s=DEADLINE_S)


async def keep(shell: Shell, name: str, save: bool, *, device: str) -> None:
    """Confirm, see that nothing waits any more, then set the mark. NVOS saves only when it is told to.

    Raises:
        Refused: the device has taken the change back already, or still waits.
    """
    if (await read_trial(shell, name, device=device)).state.value != "pending":
        raise Refused(TAKEN_BACK.format(device=device, name=name))
    await change(shell, "nv config apply --confirm-yes", device=device, deadline_s=DEADLINE_S)
    if await _waiting(shell, device):
        raise Refused(f"{device}: the trial {name} still waits after it was confirmed")
    await change(shell, _marking(f"{name} kept"), device=device)
    if save:
        await change(shell, "nv config save", device=device, deadline_s=DEADLINE_S)


async def revert(shell: Shell, name: str, *, device: str) -> None:
    """Drop what waits; else apply the revision that was in force before the one that is.

    Raises:
        Refused: the trial is not the last that was begun there.
    """
    state = (await read_trial(shell, name, device=device)).state.value
    if state == "none":
        return
    if state == "pending":
        await change(shell, "nv config apply --confirm-no", device=device, deadline_s=DEADLINE_S)
    else:
        parent = await _parent(shell, device)
        await change(shell, f"nv config apply {parent} -y", device=device, deadline_s=DEADLINE_S)
    await change(shell, f"rm -f {MARK}", device=device)


async def apply_at_once(shell: Shell, line: str, *, device: str) -> None:
    """One line, in a revision of its own, so that nothing that somebody else has staged goes with it."""
    commands = (*_staged([_quoted(line)]), "nv config apply -y")
    await change(shell, " && ".join(commands), device=device, deadline_s=DEADLINE_S)


async def _parent(shell: Shell, device: str) -> str:
    """The revision before the one that is applied.

    Raises:
        NoData: the switch does not tell.
    """
    said = await shell.run(APPLIED)
    try:
        held = json_of(said.stdout)
        if not isinstance(held, dict):
            raise Damaged("it is no object")
        revision = text_in(object_in(object_in(held, "applied"), "additional-data"), "parent-revision-id")
    except Damaged as damaged:
        raise Unparsable(f"{device}: `{APPLIED}` can't be read: {damaged}") from None
    if revision is None or not re.fullmatch(r"[A-Za-z0-9_./-]{1,60}", revision):
        raise NoData(
            f"{device}: the switch does not tell what was applied before", "See `nv config history`."
        )
    return revision


def _staged(commands: list[str]) -> tuple[str, ...]:
    return ("nv config attach applied -y", *commands)


def _marking(text: str) -> str:
    return f"printf '%s\\n' {shlex.quote(text)} > {MARK}"


def _quoted(line: str) -> str:
    """The words of a line as an `nv` command, and nothing that a shell would read into it."""
    try:
        words = shlex.split(line.removeprefix("nv "))
    except ValueError as error:
        raise Refused(f"{line[:40]!r} is no line of configuration: {error}") from None
    return shlex.join(("nv", *words))
