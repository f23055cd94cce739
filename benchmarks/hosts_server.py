"""Many SSH hosts on loopback, in a process of their own: `hosts_server FOLDER COUNT`.

Each has a port and a host key of its own and answers `date +%s.%N`. Writes FOLDER/hosts.json (ports), a
known_hosts file and the one user's key; says `ready`, and ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

import asyncssh

ADDRESS, USER = "127.0.0.1", "admin"
COMMAND = "date +%s.%N"


async def serve(folder: Path, count: int) -> None:
    user_key = asyncssh.generate_private_key("ssh-ed25519")
    user_key.write_private_key(folder / "key")
    (folder / "key").chmod(0o600)
    admitted = asyncssh.import_authorized_keys(user_key.export_public_key().decode())
    ports: list[int] = []
    known: list[str] = []
    for _ in range(count):
        host_key = asyncssh.generate_private_key("ssh-ed25519")
        listening = await asyncssh.listen(
            ADDRESS,
            0,
            config=None,
            server_host_keys=[host_key],
            authorized_client_keys=admitted,
            process_factory=_answer,
            encoding=None,
            backlog=64,
        )
        ports.append(listening.get_port())
        known.append(f"[{ADDRESS}]:{ports[-1]} {host_key.export_public_key().decode().strip()}\n")
    (folder / "known_hosts").write_text("".join(known))
    (folder / "hosts.json").write_text(json.dumps(ports))
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.read)


def _answer(process: asyncssh.SSHServerProcess[bytes]) -> None:
    known = process.command == COMMAND
    if known:
        process.stdout.write(f"{time.time():.9f}\n".encode())
    process.exit(0 if known else 127)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
