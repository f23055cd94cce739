"""Runs the agent on a host through its shell: the agent travels in the command, nothing is left behind."""

from __future__ import annotations

import shlex
from importlib import resources

import msgspec

from bringup.model.errors import NoData, Unparsable
from bringup.model.facts import Exercise
from bringup.transport.base import Shell

MARGIN_S = 90.0
"""What a test may take beyond its own number of seconds: starting, filling memory, collecting results."""


async def exercise(shell: Shell, device: str, test: str, number: float) -> Exercise:
    """Run one test of the agent on the host behind `shell`.

    Raises:
        NoData: the host has no Python 3.
        Unparsable: the agent failed, or printed something else than its result.
        DeviceError: as the shell.
    """
    source = (resources.files("bringup.burnin") / "agent.py").read_text("utf-8")
    command = f"python3 -c {shlex.quote(source)} {shlex.quote(test)} {number:g}"
    seconds = number if test == "cpu" else 0.0
    result = await shell.run(command, deadline_s=seconds + MARGIN_S)
    if result.exit_status == 127:
        raise NoData(f"{device}: there is no python3 to run the test with", "Install Python 3 on the host.")
    try:
        found = msgspec.json.decode(result.stdout, type=Exercise)
    except msgspec.DecodeError as error:
        last = result.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise Unparsable(
            f"{device}: {test} ended with status {result.exit_status} and no result ({last or error})",
            "Run it by hand on the host; memory may be too small for it.",
        ) from None
    if found.test != test or result.exit_status != 0:
        raise Unparsable(f"{device}: the test {test} ended with status {result.exit_status}")
    return found
