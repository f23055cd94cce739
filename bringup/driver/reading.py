"""How drivers read over a shell: one command, one decoder, and the error that a bad answer deserves."""

from __future__ import annotations

import re

import msgspec

from bringup.decode.registry import Format
from bringup.decode.result import Damaged, refuse_error_text
from bringup.model.errors import DeviceError, NoData, Refused, Unparsable
from bringup.model.facts import Decoded
from bringup.transport.base import DEFAULT_DEADLINE_S, CommandResult, Shell

_REFUSED = re.compile(
    r"permission denied|operation not permitted|a password is required|a terminal is required|root privileges"
    r"|must be run as root|not in the sudoers",
    re.IGNORECASE,
)
_NOT_THERE = re.compile(
    r"command not found|: not found|no such (?:file or directory|command|container|device)|not supported"
    r"|unsupported|invalid choice|unrecognized|cannot get .{1,60} information"
    r"|failed to connect to devlink netlink|failed to open netlink_rdma",
    re.IGNORECASE,
)
_SAID_CHARS = 160
_LOOKED_AT_BYTES = 4096


class NotPermitted(Refused):
    """The device answered, and this user may not run the command: the connection itself is fine."""


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """One command of a platform, the format of what it prints, and how long it may take."""

    text: str
    format: Format
    deadline_s: float = DEFAULT_DEADLINE_S


def facts_of(made: Format, reply: bytes, *, device: str, request: str) -> Decoded:
    """`reply` decoded as `made`, where that is `ok`.

    Raises:
        Unparsable: the reply can't be read.
        NoData: it is a clean answer that holds nothing.
    """
    decoded = made.decode(reply)
    why = decoded.warnings[0] if decoded.warnings else "no reason given"
    if decoded.outcome == "unparsable":
        raise Unparsable(
            f"{device}: the reply to `{request}` can't be read as {made.name}: {why}",
            "Compare the raw reply, kept as evidence, with what this release of its software prints.",
        )
    if decoded.outcome != "ok":
        raise NoData(
            f"{device}: `{request}` gave nothing: {why}",
            "Run the same command on the device by hand; a device that has just started may need a minute.",
        )
    return decoded


async def read(shell: Shell, command: Command, *, device: str) -> Decoded:
    """Run `command` and decode what it prints. The exit status counts only where the output says nothing.

    Raises:
        NotPermitted: the command may not be run by this user.
        NoData: the device has no such command or no such data.
        Unparsable: what came can't be read.
        DeviceError: the transport's own (unreachable, refused, timeout).
    """
    result = await shell.run(command.text, deadline_s=command.deadline_s)
    try:
        return facts_of(command.format, result.stdout, device=device, request=command.text)
    except DeviceError:
        complaint = _complaint(result, device)
        if complaint is not None:
            raise complaint from None
        raise


async def change(shell: Shell, text: str, *, device: str, deadline_s: float = DEFAULT_DEADLINE_S) -> None:
    """Run a command that changes something and is silent, or talks in plain words, where it succeeds.

    Raises:
        Refused: it failed, or it printed an error, whatever its exit status.
        DeviceError: the transport's own; then whether the change was made is not known.
    """
    result = await shell.run(text, deadline_s=deadline_s)
    if result.exit_status == 127 and text.startswith("sudo ") and b"sudo" in result.stderr:
        # no sudo here, so nothing was done; root needs none
        result = await shell.run(text.removeprefix("sudo "), deadline_s=deadline_s)
    said = _text(result.stderr) + "\n" + _text(result.stdout)
    failed = result.exit_status != 0 or _REFUSED.search(said) is not None
    if not failed:
        try:
            refuse_error_text(said)
        except Damaged:
            failed = True
    if failed:
        raise Refused(
            _what(result, device), "Run the same command on the device by hand and see what it says."
        )


def _complaint(result: CommandResult, device: str) -> DeviceError | None:
    """What a command complained of whose output can't be read; None where it gave no other sign than that."""
    said = _text(result.stderr) or _text(result.stdout)
    if _REFUSED.search(said):
        advice = "Give the user in the inventory the right to run this command without a password."
        return NotPermitted(_what(result, device), advice)
    if result.exit_status == 127 or (result.exit_status != 0 and _NOT_THERE.search(said)):
        advice = "Its software has no such command or no such data; see by hand what it offers."
        return NoData(_what(result, device), advice)
    if result.exit_status != 0:
        return Unparsable(_what(result, device), "Run the same command on the device by hand.")
    return None


def _text(output: bytes) -> str:
    return output.strip()[:_LOOKED_AT_BYTES].decode("utf-8", errors="replace")


def _what(result: CommandResult, device: str) -> str:
    said = _text(result.stderr) or _text(result.stdout)
    shown = ascii(said.splitlines()[-1][:_SAID_CHARS]) if said else "nothing"
    return f"{device}: `{result.command}` ended with status {result.exit_status} and said {shown}"
