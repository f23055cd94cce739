"""A table of canned output behind the `Shell` protocol, to try drivers without a wire."""

from __future__ import annotations

from typing import Literal, NoReturn

from bringup.model.errors import DeviceError
from bringup.model.inventory import Device
from bringup.transport.base import CommandResult, GnmiExchange, HttpExchange, Shell, SnmpExchange, Transcript

Canned = bytes | CommandResult | DeviceError


class CannedShell:
    """Answers from a table and remembers what it was asked. A command that is not in it does not exist."""

    def __init__(self, replies: dict[str, Canned]) -> None:
        self.replies = replies
        self.asked: list[str] = []

    async def run(self, command: str, *, deadline_s: float = 20.0) -> CommandResult:
        assert deadline_s > 0
        self.asked.append(command)
        reply = self.replies.get(command)
        if isinstance(reply, DeviceError):
            raise reply
        if isinstance(reply, CommandResult):
            return reply
        if reply is None:
            return failed(command, 127, f"bash: {command.split()[0]}: command not found\n")
        return CommandResult(command=command, stdout=reply, stderr=b"", exit_status=0)

    async def close(self) -> None:
        pass


def failed(command: str, status: int, stderr: str, stdout: bytes = b"") -> CommandResult:
    """A command that ended with `status` and complained."""
    return CommandResult(command=command, stdout=stdout, stderr=stderr.encode(), exit_status=status)


class CannedLinks:
    """A device that has a shell and nothing else."""

    def __init__(self, replies: dict[str, Canned]) -> None:
        self.canned = CannedShell(replies)
        self.transcript = Transcript()

    def has(self, transport: Literal["ssh", "snmp", "gnmi", "redfish", "eapi", "nvue"]) -> bool:
        return transport == "ssh"

    async def shell(self) -> Shell:
        return self.canned

    async def snmp(self) -> SnmpExchange:
        self._none()

    async def redfish(self) -> HttpExchange:
        self._none()

    async def eapi(self) -> HttpExchange:
        self._none()

    async def gnmi(self) -> GnmiExchange:
        self._none()

    async def close(self) -> None:
        pass

    def _none(self) -> NoReturn:
        raise AssertionError("this device has only a shell")


def device(platform: str, name: str = "leaf-1") -> Device:
    """A device of the inventory that has SSH."""
    return Device.model_validate(
        {"name": name, "role": "any", "platform": platform, "address": "192.0.2.1", "ssh": {"user": "admin"}}
    )
