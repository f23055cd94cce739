"""An SSH server for one device (exec and a plain shell), on top of asyncssh."""

from __future__ import annotations

import asyncio
import random
import socket
from contextlib import suppress
from typing import Any

import asyncssh

from bringup.lab.shell import ModalShell, Reply, Sessions, Shell
from bringup.lab.state import Access
from bringup.lab.terminal_line import TerminalLines
from bringup.lab.world import World

BACKLOG = 64
LOGIN_TIMEOUT_S = 60.0
NONSENSE_BYTES = 512


class _Login(asyncssh.SSHServer):
    """Who may come in: by password or by an authorised key, as the device has it now."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (self._access.user, self._access.password)

    def public_key_auth_supported(self) -> bool:
        return bool(self._access.authorized_keys)

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        offered = key.export_public_key().split()[:2]
        known = [line.encode().split()[:2] for line in self._access.authorized_keys]
        return username == self._access.user and offered in known


class SshServer:
    """Listens for one device. Key, credentials and temper of the device are read anew for each connection.

    `shell` is one for all sessions, or makes one for each.
    """

    def __init__(self, world: World, device: str, shell: Shell | Sessions) -> None:
        self._world = world
        self._device = device
        self._shell = shell
        self._listener: socket.socket | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._held: set[socket.socket] = set()
        self._nonsense = random.Random(f"{world.plant.seed}/{device}/nonsense")

    async def start(self, address: str, port: int) -> int:
        """Listen on `address`; `port` 0 takes a free one. Returns the port."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setblocking(False)
        try:
            listener.bind((address, port))
            listener.listen(BACKLOG)
        except OSError:
            listener.close()
            raise
        self._listener = listener
        self._spawn(self._accept(listener))
        return int(listener.getsockname()[1])

    async def stop(self) -> None:
        """Close the listener and every connection."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for held in self._held:
            held.close()
        self._held.clear()

    def _spawn(self, coroutine: Any) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            connection, _ = await loop.sock_accept(listener)
            if self._world.device(self._device).answers == "silent":
                self._held.add(connection)
            else:
                self._spawn(self._serve(connection))

    async def _serve(self, connection: socket.socket) -> None:
        access = self._world.device(self._device).access
        with suppress(asyncssh.Error, OSError):
            served = await asyncssh.run_server(
                connection,
                server_factory=lambda: _Login(access),
                server_host_keys=[asyncssh.import_private_key(access.ssh_host_key)],
                process_factory=self._process,
                gss_host=None,
                encoding=None,
                login_timeout=LOGIN_TIMEOUT_S,
            )
            try:
                await served.wait_closed()
            finally:
                served.abort()

    async def _process(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        shell = self._shell
        if callable(shell):
            shell = shell(terminal=process.command is None)
        with suppress(asyncssh.BreakReceived, asyncssh.TerminalSizeChanged, OSError):
            lines = TerminalLines(process)
            if process.command is None:
                await self._interact(process, lines, shell)
            else:
                process.exit(await self._answer(lines, shell, process.command))

    async def _interact(
        self, process: asyncssh.SSHServerProcess[bytes], lines: TerminalLines, shell: Shell
    ) -> None:
        status = 0
        while True:
            lines.write(shell.prompt)
            line = await lines.read()
            command = (line or "").strip()
            if line is None or _leaves(shell, command):
                break
            if command:
                status = await self._answer(lines, shell, command)
        process.exit(status)

    async def _answer(self, lines: TerminalLines, shell: Shell, command: str) -> int:
        temper = self._world.device(self._device).answers
        if temper == "silent":
            await asyncio.Event().wait()
        if temper == "garbage":
            lines.write_raw(self._nonsense.randbytes(NONSENSE_BYTES))
            return 0
        with self._world.tally.taking(self._device, "ssh"):
            reply: Reply = shell.run(command)
            if reply.takes_s:
                await asyncio.sleep(reply.takes_s / self._world.clock.speed)
        lines.write(reply.out)
        if reply.data:
            lines.write_raw(reply.data)
        lines.complain(reply.err)
        return reply.status


def _leaves(shell: Shell, command: str) -> bool:
    return shell.leaves(command) if isinstance(shell, ModalShell) else command in ("exit", "logout")
