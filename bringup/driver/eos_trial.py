"""EOS: a configuration session, committed with a timer, and confirmed by a second commit.

Source: EOS user manual, "Configure Session" and "commit timer": a commit whose timer runs out is rolled back;
`configure session NAME commit` before that confirms it. A checkpoint under the same name is the way back
after that.
"""

from __future__ import annotations

import re

from bringup.decode.json_field import object_in, text_in
from bringup.decode.result import Damaged, json_of
from bringup.driver import eapi
from bringup.driver.trial import TAKEN_BACK, check_lines, check_name
from bringup.model.errors import Refused, Unparsable
from bringup.model.facts import Trial
from bringup.model.measurement import value
from bringup.transport.base import HttpExchange

SESSIONS = "show configuration sessions"
STATES = {"pendingCommitTimer": "pending", "completed": "kept"}
_REFUSED = re.compile(
    r"(commit|abort|end|exit|quit|configure|rollback|copy|write|delete|reload|bash|boot|erase|enable|disable"
    r"|do|run|show|no configure)\b",
    re.IGNORECASE,
)


async def read_trial(switch: HttpExchange, name: str, *, device: str) -> Trial:
    """How the session `name` stands; one that is open and was never committed is none."""
    (reply,) = await eapi.run(switch, (SESSIONS,), device=device)
    try:
        held = json_of(reply)
        if not isinstance(held, dict) or "sessions" not in held:
            raise Damaged("it has no sessions")
        state = text_in(object_in(object_in(held, "sessions"), name), "state")
    except Damaged as damaged:
        raise Unparsable(f"{device}: `{SESSIONS}` can't be read: {damaged}") from None
    return Trial(name=name, state=value(STATES.get(state or "", "none")))


async def read_waiting(switch: HttpExchange, *, device: str) -> tuple[str, ...]:
    """The sessions whose commit waits to be confirmed, whoever began them."""
    (reply,) = await eapi.run(switch, (SESSIONS,), device=device)
    try:
        held = json_of(reply)
        if not isinstance(held, dict) or "sessions" not in held:
            raise Damaged("it has no sessions")
        sessions = object_in(held, "sessions")
        states = {name: text_in(object_in(sessions, name), "state") for name in sessions}
    except Damaged as damaged:
        raise Unparsable(f"{device}: `{SESSIONS}` can't be read: {damaged}") from None
    return tuple(name[:80] for name, state in states.items() if STATES.get(state or "") == "pending")


async def begin(
    switch: HttpExchange, name: str, lines: tuple[str, ...], revert_after_s: float, *, device: str
) -> None:
    """Commit `lines` with a timer. All in one request, which ends at the first line that is refused: then
    the session is open, and nothing of it in force.
    """
    checked = check_lines(lines, _REFUSED)
    whole = int(revert_after_s)
    timer = f" timer {whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}" if whole else ""
    session = f"configure session {check_name(name)}"
    save = f"configure checkpoint save {name}"
    commands = ("enable", save, session, *checked, "end", session, f"commit{timer}")
    await eapi.change(switch, commands, device=device)


async def keep(switch: HttpExchange, name: str, save: bool, *, device: str) -> None:
    """The second commit; with `save` also into the startup configuration, which a timer's commit is not.

    Raises:
        Refused: the device has taken the change back already.
    """
    if (await read_trial(switch, check_name(name), device=device)).state.value != "pending":
        raise Refused(TAKEN_BACK.format(device=device, name=name))
    saving = ("write memory",) if save else ()
    commands = ("enable", f"configure session {name} commit", *saving)
    await eapi.change(switch, commands, device=device)


async def revert(switch: HttpExchange, name: str, *, device: str) -> None:
    """Abort what is on trial; go back to the checkpoint where it was kept."""
    state = (await read_trial(switch, check_name(name), device=device)).state.value
    if state == "pending":
        await eapi.change(switch, ("enable", f"configure session {name} abort"), device=device)
        return
    back = (f"configure checkpoint restore {name}", f"no configure session {name}")
    await eapi.change(switch, ("enable", *back), device=device)
