"""NX-OS: a checkpoint is the way back. Its running configuration has no commit timer, and nothing here
pretends to one: a change with a way back by the switch itself is refused, untouched, with the advice to name
a console.

A second checkpoint, NAME-kept, is the mark that a change was made. Source: NX-OS configuration guide,
"Configuring Rollback": `rollback … atomic` goes back wholly or not at all.
"""

from __future__ import annotations

import re

from bringup.decode.nxos_reply import refuse_error
from bringup.decode.result import Damaged, Nothing
from bringup.driver.trial import NoTimer, check_lines, check_name
from bringup.model.errors import Refused, Unparsable
from bringup.model.facts import Trial
from bringup.model.measurement import value
from bringup.transport.base import Shell

KEPT = "-kept"
LIST = "show checkpoint summary"
DEADLINE_S = 120.0
"""A rollback compares the whole configuration."""
LONGEST = 256 * 1024
_REFUSED = re.compile(
    r"(?:commit|abort|end|exit|configure|rollback|checkpoint|copy|write|delete|reload|install|run|show"
    r"|no feature|boot|terminal|clear|no checkpoint|do)\b|.*[;|]",
    re.IGNORECASE,
)
_HEAD = "user checkpoint summary"
_NAME = re.compile(r"\d{1,3}\) ([A-Za-z][A-Za-z0-9_-]{0,79}):")


async def read_trial(shell: Shell, name: str, *, device: str) -> Trial:
    """`kept` where the mark is, else `none`: nothing is ever pending."""
    names = await _checkpoints(shell, device)
    return Trial(name=name, state=value("kept" if check_name(name) + KEPT in names else "none"))


async def read_waiting(shell: Shell, *, device: str) -> tuple[str, ...]:
    """None: no change waits there to be confirmed."""
    await _checkpoints(shell, device)
    return ()


async def _checkpoints(shell: Shell, device: str) -> frozenset[str]:
    """Names of the checkpoints of people.

    Raises:
        Unparsable: it is no whole list of them.
    """
    said = await shell.run(LIST)
    text = said.stdout[:LONGEST].decode("utf-8", errors="replace")
    try:
        refuse_error(text)
    except (Damaged, Nothing) as damaged:
        raise Unparsable(f"{device}: `{LIST}` can't be read: {damaged}") from None
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    whole = text.endswith("\n") and len(said.stdout) <= LONGEST
    if not whole or not any(line.lower() == _HEAD for line in lines):
        raise Unparsable(f"{device}: `{LIST}` can't be read: it is no whole list")
    return frozenset(match[1] for line in lines if (match := _NAME.fullmatch(line)))


async def begin(
    shell: Shell, name: str, lines: tuple[str, ...], revert_after_s: float, *, device: str
) -> None:
    """A checkpoint, then all lines in one session, which goes on behind a line that is refused: then it is
    taken back by the caller.

    Raises:
        NoTimer: a way back by the switch itself is asked for. Nothing was changed.
    """
    checked = check_lines(lines, _REFUSED)
    check_name(name)
    if revert_after_s:
        raise NoTimer(
            f"{device}: NX-OS takes no change back by itself",
            "Nothing was changed. Name the console server that leads to it: `with = { console = … }`.",
        )
    await _do(shell, f"checkpoint {name}", device)
    await configure(shell, checked, device=device)
    await _do(shell, f"checkpoint {name}{KEPT}", device)


async def keep(shell: Shell, name: str, save: bool, *, device: str) -> None:
    """Nothing waits to be kept; with `save` it is also what the switch starts with.

    Raises:
        Refused: the trial was never made.
    """
    if (await read_trial(shell, name, device=device)).state.value != "kept":
        raise Refused(f"{device}: there is no trial {name}")
    if save:
        await _do(shell, "copy running-config startup-config", device)


async def revert(shell: Shell, name: str, *, device: str) -> None:
    """Go back to the checkpoint, wholly or not at all, and take both marks away."""
    names = await _checkpoints(shell, device)
    if check_name(name) not in names:
        raise Refused(f"{device}: there is no checkpoint {name} to go back to")
    await _do(shell, f"rollback running-config checkpoint {name} atomic", device)
    for each in (name + KEPT, name):
        if each in names:
            await _do(shell, f"no checkpoint {each}", device)


async def configure(shell: Shell, lines: tuple[str, ...], *, device: str) -> None:
    """Lines in one session of configuration, in the running configuration.

    Raises:
        Refused: the switch complained of one.
    """
    await _do(shell, " ; ".join(("configure terminal", *lines, "end")), device)


async def _do(shell: Shell, command: str, device: str) -> None:
    result = await shell.run(command, deadline_s=DEADLINE_S)
    said = (result.stdout + b"\n" + result.stderr)[:LONGEST].decode("utf-8", errors="replace")
    failed = result.exit_status != 0 or "failed" in said.lower()
    try:
        refuse_error(said)
    except (Damaged, Nothing) as damaged:
        raise Refused(f"{device}: {damaged}", "Run the same command by hand and see what it says.") from None
    if failed:
        last = ascii(said.strip().splitlines()[-1][:160]) if said.strip() else "nothing"
        raise Refused(f"{device}: `{command[:80]}` failed and said {last}", "See by hand what it says.")
