"""A job of systemd on the device that takes a change back unless it is stopped before: systemd-run(1)."""

from __future__ import annotations

from bringup.driver.reading import change
from bringup.driver.trial import NoTimer, check_name
from bringup.model.errors import NoData, Refused, Unparsable
from bringup.transport.base import CommandResult, Shell

LIST = "systemctl list-units --type=timer --state=active --no-legend --plain bringup-*"
LISTED_BYTES = 64 * 1024
_ACTIVE, _INACTIVE = b"active", (b"inactive", b"failed", b"unknown")


async def is_armed(shell: Shell, name: str, *, device: str) -> bool:
    """
    Raises:
        Unparsable: systemd says neither.
    """
    said = await shell.run(f"systemctl is-active {check_name(name)}.timer")
    word = said.stdout.strip()
    if word != _ACTIVE and word not in _INACTIVE:
        raise Unparsable(f"{device}: systemctl says {word[:40]!a} of the timer {name}")
    return word == _ACTIVE


def armed_jobs(said: CommandResult, *, device: str) -> tuple[str, ...]:
    """The jobs that wait, whoever began them, from what `LIST` said.

    Raises:
        NoData: it could not be listed.
    """
    if said.exit_status != 0:
        raise NoData(f"{device}: `{LIST}` ended with status {said.exit_status}")
    text = said.stdout[:LISTED_BYTES].decode("utf-8", errors="replace")
    names = [line.split()[0] for line in text.splitlines() if line.strip()]
    return tuple(name.removesuffix(".timer")[:80] for name in names if name.endswith(".timer"))


async def arm(shell: Shell, name: str, after_s: float, command: str, *, device: str) -> None:
    """Have `command` run by the device after so many seconds.

    Raises:
        NoTimer: the device would not.
    """
    armed = f"sudo systemd-run --on-active={int(after_s)} --unit={name} {command}"
    try:
        await change(shell, armed, device=device)
    except Refused as refused:
        raise NoTimer(
            f"{device}: no timer could be armed: {refused.message}",
            "Nothing was changed. Name the console server that leads to it: `with = { console = … }`.",
        ) from None


async def disarm(shell: Shell, name: str, *, device: str) -> None:
    await change(shell, f"sudo systemctl stop {name}.timer", device=device)
