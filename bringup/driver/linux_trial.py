"""Linux hosts: a script that puts things back, and a timed job of systemd that runs it unless it is stopped.

Only lines whose way back can be read beforehand are taken: an interface's FEC, speed and MTU. The script
stands in the user's home, `.bringup/NAME.undo`, before the job is armed; the job is armed before the first
line. `NAME.kept` is the mark that the change was kept. Nothing of it outlives a boot, so that nothing can be
saved. Source: ethtool(8), ip-link(8), systemd-run(1).
"""

from __future__ import annotations

import re
import shlex

from bringup.decode import ethtool_counters, ethtool_settings, linux_link
from bringup.driver import timed_job
from bringup.driver.reading import Command, change, read
from bringup.driver.told import fact, facts
from bringup.driver.trial import TAKEN_BACK, check_lines, check_name
from bringup.model.errors import Refused, Unparsable
from bringup.model.facts import Port, Trial
from bringup.model.measurement import value
from bringup.transport.base import Shell

FOLDER = ".bringup"
NOT_FOUND, NO_SYSTEMD = 127, b"not been booted with systemd"
SBIN = "PATH=$PATH:/usr/sbin:/sbin"
"""Where distributions keep these tools, which is often not in the path of a user."""
_IF = r"([A-Za-z0-9_][A-Za-z0-9_.:-]{0,14})"
_FEC = re.compile(rf"ethtool --set-fec {_IF} encoding ((?:auto|off|rs|baser|llrs)(?: (?:rs|baser|llrs))*)")
_SPEED = re.compile(rf"ethtool -s {_IF} speed [0-9]{{2,7}}(?: lanes [0-9]{{1,2}})? autoneg (?:on|off)")
_MTU = re.compile(rf"ip link set {_IF} mtu [0-9]{{2,5}}")
_REFUSED = re.compile(r"(?!ethtool --set-fec |ethtool -s |ip link set )")
_ENCODINGS = {"Auto": "auto", "None": "off", "Off": "off", "RS": "rs", "BaseR": "baser", "LLRS": "llrs"}


async def read_trial(shell: Shell, name: str, *, device: str) -> Trial:
    """`pending` while the job waits, `kept` where the mark is, else `none`."""
    if await timed_job.is_armed(shell, name, device=device):
        return Trial(name=name, state=value("pending"))
    marked = await shell.run(f"test -e {FOLDER}/{name}.kept")
    if marked.exit_status not in (0, 1):
        raise Unparsable(f"{device}: whether {name} was kept can't be read")
    return Trial(name=name, state=value("kept" if marked.exit_status == 0 else "none"))


async def read_waiting(shell: Shell, *, device: str) -> tuple[str, ...]:
    """The trials whose job waits, whoever began them. Where there is no systemd nothing can wait."""
    said = await shell.run(timed_job.LIST)
    if said.exit_status == NOT_FOUND or NO_SYSTEMD in said.stderr:
        return ()
    return timed_job.armed_jobs(said, device=device)


async def begin(
    shell: Shell, name: str, lines: tuple[str, ...], revert_after_s: float, *, device: str
) -> None:
    """The way back is read and written down, armed, then the lines. The first that is refused ends it; what
    was applied before it is taken back by the job.

    Raises:
        Refused: a line is none of those whose way back is known.
    """
    checked = check_lines(lines, _REFUSED)
    check_name(name)
    back = [await _way_back(shell, line, device) for line in checked]
    script = shlex.join(("printf", "%s\\n", *reversed(back)))
    await change(shell, f"mkdir -p {FOLDER} && {script} > {FOLDER}/{name}.undo", device=device)
    if revert_after_s:
        command = f'/bin/sh "$HOME/{FOLDER}/{name}.undo"'
        await timed_job.arm(shell, name, revert_after_s, command, device=device)
    for line in checked:
        await change(shell, f"sudo {line}", device=device)
    if not revert_after_s:
        await change(shell, f"touch {FOLDER}/{name}.kept", device=device)


async def _way_back(shell: Shell, line: str, device: str) -> str:
    """The command that puts back what `line` changes, as it stands now.

    Raises:
        Refused: there is none, or how it stands is not told.
    """
    if match := _FEC.fullmatch(line):
        asked = Command(text=f"{SBIN} ethtool --show-fec {match[1]}", format=ethtool_counters.FEC)
        details = (await read(shell, asked, device=device)).facts["details"]
        told = details["configured"] if isinstance(details, dict) else None
        words = [_ENCODINGS[word] for word in told if word in _ENCODINGS] if isinstance(told, list) else []
        if words:
            return f"ethtool --set-fec {match[1]} encoding {' '.join(dict.fromkeys(words))}"
    elif match := _SPEED.fullmatch(line):
        return await _speed_back(shell, match[1], device)
    elif match := _MTU.fullmatch(line):
        links = await read(
            shell, Command(text=f"{SBIN} ip -j link", format=linux_link.IP_LINK), device=device
        )
        held = {port.name: port.mtu.value for port in facts(links, "ports", Port)}.get(match[1])
        if isinstance(held, int):
            return f"ip link set {match[1]} mtu {held}"
    raise Refused(
        f"{device}: {line[:60]!r} has no way back that is known",
        "An interface's FEC, speed and MTU can be changed on trial.",
    )


async def _speed_back(shell: Shell, port: str, device: str) -> str:
    """To negotiate again where it did, else to the speed that it had."""
    asked = Command(text=f"{SBIN} ethtool {port}", format=ethtool_settings.ETHTOOL)
    decoded = await read(shell, asked, device=device)
    details, speed = decoded.facts["details"], fact(decoded, "port", Port).speed_gbps.value
    negotiates = details.get("autoneg") if isinstance(details, dict) else None
    if negotiates is True:
        return f"ethtool -s {port} autoneg on"
    if negotiates is False and isinstance(speed, int | float):
        return f"ethtool -s {port} speed {speed * 1000:.0f} autoneg off"
    raise Refused(
        f"{device}: how fast {port} is set to run is not told", "Bring its link up first, or set it by hand."
    )


async def keep(shell: Shell, name: str, save: bool, *, device: str) -> None:
    """Stop the job, then set the mark: what died between the two reads as not kept, and is begun again.

    Raises:
        Refused: the change is taken back already, or was to be saved.
    """
    if save:
        raise Refused(
            f"{device}: what ethtool and ip set is gone with the next boot, and nothing here saves it",
            "Write it into the host's own configuration of its network, and leave out `save`.",
        )
    if (await read_trial(shell, name, device=device)).state.value != "pending":
        raise Refused(TAKEN_BACK.format(device=device, name=name))
    await timed_job.disarm(shell, name, device=device)
    await change(shell, f"touch {FOLDER}/{name}.kept", device=device)


async def revert(shell: Shell, name: str, *, device: str) -> None:
    """Run the script, take the mark away, and stop the job where it still waits."""
    state = (await read_trial(shell, check_name(name), device=device)).state.value
    await change(shell, f'sudo /bin/sh "$HOME/{FOLDER}/{name}.undo"', device=device)
    if state == "pending":
        await timed_job.disarm(shell, name, device=device)
    if state == "kept":
        await change(shell, f"rm -f {FOLDER}/{name}.kept", device=device)
