"""SONiC: a checkpoint, and a timed job of systemd that goes back to it unless it is stopped before.

SONiC has no commit timer of its own. The job is armed before the first line is applied, and stopped over a
new session. A second checkpoint, NAME-kept, is the mark that the change was kept. Commands: sonic-utilities'
`config checkpoint`, `rollback`, `list-checkpoints`; systemd-run(1).
"""

from __future__ import annotations

import re
import shlex

from bringup.decode.result import Damaged, json_of
from bringup.driver import timed_job
from bringup.driver.reading import change
from bringup.driver.trial import TAKEN_BACK, check_lines, check_name
from bringup.model.errors import Refused, Unparsable
from bringup.model.facts import Trial
from bringup.model.measurement import value
from bringup.transport.base import Shell

KEPT = "-kept"
LIST = "sudo config list-checkpoints"
CONFIG = "/usr/local/bin/config"
DEADLINE_S = 60.0
"""A checkpoint or a rollback takes a switch some seconds."""
_REFUSED = re.compile(
    r"(?!config )|config (save|load|reload|rollback|checkpoint|delete-checkpoint|replace|apply-patch)"
)


async def read_trial(shell: Shell, name: str, *, device: str) -> Trial:
    """`pending` while the job waits, `kept` where the mark is, else `none`."""
    if await timed_job.is_armed(shell, name, device=device):
        return Trial(name=name, state=value("pending"))
    listed = await shell.run(LIST)
    try:
        names = json_of(listed.stdout)
    except Damaged as damaged:
        raise Unparsable(f"{device}: `{LIST}` can't be read: {damaged}") from None
    if not isinstance(names, list):
        raise Unparsable(f"{device}: `{LIST}` is no list")
    return Trial(name=name, state=value("kept" if name + KEPT in names else "none"))


async def read_waiting(shell: Shell, *, device: str) -> tuple[str, ...]:
    """The trials whose job waits, whoever began them; none where there is no systemd."""
    return timed_job.armed_jobs(await shell.run(timed_job.LIST), device=device)


async def begin(
    shell: Shell, name: str, lines: tuple[str, ...], revert_after_s: float, *, device: str
) -> None:
    """Checkpoint, timer, then the lines. The first line that is refused ends it; what was applied before it
    is taken back by the timer.
    """
    commands = [_quoted(line) for line in check_lines(lines, _REFUSED)]
    await _do(shell, f"sudo config checkpoint {check_name(name)}", device)
    if revert_after_s:
        await timed_job.arm(shell, name, revert_after_s, f"{CONFIG} rollback {name}", device=device)
    for command in commands:
        await _do(shell, f"sudo {command}", device)
    if not revert_after_s:
        await _do(shell, f"sudo config checkpoint {name}{KEPT}", device)


async def keep(shell: Shell, name: str, save: bool, *, device: str) -> None:
    """Stop the job, then set the mark: what died between the two reads as not kept, and is begun again.

    Raises:
        Refused: the device has taken the change back already.
    """
    if (await read_trial(shell, name, device=device)).state.value != "pending":
        raise Refused(TAKEN_BACK.format(device=device, name=name))
    await timed_job.disarm(shell, name, device=device)
    await _do(shell, f"sudo config checkpoint {name}{KEPT}", device)
    if save:
        await _do(shell, "sudo config save -y", device)


async def revert(shell: Shell, name: str, *, device: str) -> None:
    """Go back to the checkpoint, take the mark away, and stop the job where it still waits."""
    state = (await read_trial(shell, check_name(name), device=device)).state.value
    await _do(shell, f"sudo config rollback {name}", device)
    if state == "pending":
        await timed_job.disarm(shell, name, device=device)
    if state == "kept":
        await _do(shell, f"sudo config delete-checkpoint {name}{KEPT}", device)


async def _do(shell: Shell, command: str, device: str) -> None:
    await change(shell, command, device=device, deadline_s=DEADLINE_S)


def _quoted(line: str) -> str:
    """The words of a line, and nothing that a shell would read into it."""
    try:
        return shlex.join(shlex.split(line))
    except ValueError as error:
        raise Refused(f"{line[:40]!r} is no line of configuration: {error}") from None
