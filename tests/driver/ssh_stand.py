"""A device's command line behind a real SSH server on loopback: answers from a table or a function."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import asyncssh

from bringup.model.inventory import Device
from bringup.transport.base import Links
from bringup.transport.links import DeviceLinks
from tests.driver.canned import Canned, CannedLinks
from tests.transport.peers import links

PASSWORD = "of-the-stand"
Answer = Callable[[str], bytes | None]
"""What a command prints; None where there is no such command."""


class Stand:
    """What was asked, in order, over how many connections."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.asked: list[str] = []
        self.connections = 0

    async def serve(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        command = process.command or ""
        self.asked.append(command)
        printed = self._answer(command)
        if printed is None:
            process.stderr.write(f"bash: line 1: {command.split()[0]}: command not found\n".encode())
        else:
            process.stdout.write(printed)
        process.exit(127 if printed is None else 0)


class _Replies(dict[str, Canned]):
    """A table that asks a function."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self._answer = answer

    def get(self, key: str, default: object = None) -> Canned | None:  # type: ignore[override]
        return self._answer(key)


class AnsweringLinks(CannedLinks):
    """The same without a wire: every session is the same one."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(_Replies(answer))
        self.fresh_made = 0

    def fresh(self) -> Links:
        self.fresh_made += 1
        return self


class _Server(asyncssh.SSHServer):
    def __init__(self, stand: Stand) -> None:
        self._stand = stand

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._stand.connections += 1

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("admin", PASSWORD)


@contextlib.asynccontextmanager
async def standing(
    folder: Path, platform: str, answer: Answer
) -> AsyncGenerator[tuple[Stand, Device, DeviceLinks], None]:
    """The stand, the device of an inventory that leads to it, and its transports."""
    stand = Stand(answer)
    key = asyncssh.generate_private_key("ssh-ed25519")
    server = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_factory=lambda: _Server(stand),
        server_host_keys=[key],
        process_factory=stand.serve,
        encoding=None,
    )
    (folder / "password").write_text(f"{PASSWORD}\n")
    public = key.export_public_key().decode().strip()
    device = Device.model_validate(
        {
            "name": "leaf-9",
            "role": "leaf",
            "platform": platform,
            "address": "127.0.0.1",
            "ssh": {
                "user": "admin",
                "port": server.get_port(),
                "password": "file:password",
                "host_key": " ".join(public.split()[:2]),
            },
        }
    )
    try:
        async with links(device, folder) as opened:
            yield stand, device, opened
    finally:
        server.close()
        await server.wait_closed()
