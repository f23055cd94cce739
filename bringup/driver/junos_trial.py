"""Junos: `commit confirmed`, kept by a second commit, taken back by `rollback`.

The comment of a commit is the trial's name, of the one that keeps it NAME-kept, of the one that goes back
NAME-back; the newest of the three says how the trial stands. `configure exclusive` refuses where others
have changes that are not committed, and forgets ours if the session ends. A commit is what the switch starts
with: nothing more is saved. The timer counts minutes. Source: Junos documentation, "commit confirmed".
"""

from __future__ import annotations

import math
import re

from bringup.decode import junos_system
from bringup.decode.junos_tree import refuse_error
from bringup.decode.result import Damaged
from bringup.driver.reading import Command, read
from bringup.driver.trial import TAKEN_BACK, check_lines, check_name
from bringup.model.errors import Refused
from bringup.model.facts import Trial
from bringup.model.measurement import value
from bringup.transport.base import Shell

HISTORY = Command(text="show system commit | display xml | no-more", format=junos_system.COMMITS)
KEPT, BACK = "-kept", "-back"
DEADLINE_S = 120.0
"""A commit on a large switch takes half a minute."""
_REFUSED = re.compile(r"(?!(?:set|delete|activate|deactivate) )|.*[;|\"]")
_CHECKED, _DONE = b"configuration check succeeds", b"commit complete"


async def read_trial(shell: Shell, name: str, *, device: str) -> Trial:
    """`pending` while the newest commit is it and its timer runs; `kept` and `none` by the marks."""
    commits = await _commits(shell, device)
    check_name(name)
    at = next((at for at, (log, _) in enumerate(commits) if log in (name, name + KEPT, name + BACK)), None)
    state = "none"
    if at is not None:
        log, waits = commits[at]
        if log == name + KEPT:
            state = "kept"
        elif log == name and at == 0 and waits:
            state = "pending"
    return Trial(name=name, state=value(state))


async def read_waiting(shell: Shell, *, device: str) -> tuple[str, ...]:
    """The commit whose timer runs: by its comment, or `unnamed`."""
    commits = await _commits(shell, device)
    return tuple((log or "unnamed")[:80] for log, waits in commits[:1] if waits)


async def _commits(shell: Shell, device: str) -> list[tuple[str | None, bool]]:
    """(comment, whether its timer runs), newest first."""
    found = (await read(shell, HISTORY, device=device)).facts["commits"]
    assert isinstance(found, list)
    told = [each for each in found if isinstance(each, dict)]
    return [(log if isinstance(log := each["log"], str) else None, each["pending"] is True) for each in told]


async def begin(
    shell: Shell, name: str, lines: tuple[str, ...], revert_after_s: float, *, device: str
) -> None:
    """All lines in one candidate: a line or a commit that is refused leaves nothing in force.

    The command line goes on behind a line that it refuses, to the commit: so they are rehearsed first, up to
    a `commit check`.
    """
    checked = check_lines(lines, _REFUSED)
    await _configure(shell, (*checked, "commit check"), device, done=_CHECKED)
    minutes = math.ceil(revert_after_s / 60)
    comment = f'comment "{check_name(name) if minutes else check_name(name) + KEPT}"'
    commit = f"commit confirmed {minutes} {comment}" if minutes else f"commit {comment}"
    await _configure(shell, (*checked, commit), device)


async def keep(shell: Shell, name: str, save: bool, *, device: str) -> None:
    """The second commit. It is what the switch starts with, whether `save` asks for that or not.

    Raises:
        Refused: the device has taken the change back already.
    """
    if (await read_trial(shell, name, device=device)).state.value != "pending":
        raise Refused(TAKEN_BACK.format(device=device, name=name))
    await _configure(shell, (f'commit comment "{name}{KEPT}"',), device)


async def revert(shell: Shell, name: str, *, device: str) -> None:
    """Load what was in force before the trial's first commit, and commit that.

    Raises:
        Refused: the trial is not among the commits that the switch keeps, or others came after it.
    """
    logs = [log for log, _ in await _commits(shell, device)]
    check_name(name)
    ours = 1 if logs[:1] == [name + KEPT] else 0
    ours += 1 if logs[ours : ours + 1] == [name] else 0
    if not ours:
        if name not in logs and name + KEPT not in logs:
            return
        raise Refused(
            f"{device}: others have committed since the trial {name}: to go back would undo their changes",
            "Compare by hand: `show system commit`, `show | compare rollback N`.",
        )
    await _configure(shell, (f"rollback {ours}", f'commit comment "{name}{BACK}"'), device)


async def set_disabled(shell: Shell, port: str, disabled: bool, *, device: str) -> None:
    word = "set" if disabled else "delete"
    await _configure(shell, (f"{word} interfaces {port} disable", "commit"), device)


async def _configure(shell: Shell, lines: tuple[str, ...], device: str, *, done: bytes = _DONE) -> None:
    """One session of configuration. Whatever was not committed is dropped at its end.

    Raises:
        Refused: the switch complained, or does not say that it is done.
    """
    text = "; ".join(("configure exclusive", *lines, "rollback 0", "exit"))
    result = await shell.run(text, deadline_s=DEADLINE_S)
    said = (result.stdout + b"\n" + result.stderr).decode("utf-8", errors="replace")
    try:
        refuse_error(said)
    except Damaged as damaged:
        raise Refused(f"{device}: {damaged}", "Nothing of it is in force: try it by hand.") from None
    if done not in result.stdout:
        raise Refused(f"{device}: the switch does not say `{done.decode()}`", "Try it by hand.")
