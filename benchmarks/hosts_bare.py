"""The bare loop: asyncssh, one command a host, so many at a time; nothing else. `hosts_bare FOLDER AT_ONCE`.

Same hosts, same key, same trusted host keys (parsed once), same key exchange and cipher as ours; no
configuration file, no agent. Prints seconds on the wall and of CPU, from the first file read to the last
connection closed.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import asyncssh

from benchmarks.hosts import ADDRESS, COMMAND, user
from benchmarks.watch import Stopwatch


async def loop(folder: Path, at_once: int) -> None:
    ports = json.loads((folder / "hosts.json").read_text())
    key = asyncssh.read_private_key(folder / "key")
    known = asyncssh.import_known_hosts((folder / "known_hosts").read_text())
    room = asyncio.Semaphore(at_once)

    async def one(port: int) -> bytes:
        async with (
            room,
            asyncssh.connect(
                ADDRESS,
                port,
                config=None,
                username=user(),
                client_keys=[key],
                known_hosts=known,
                agent_path=None,
            ) as connection,
        ):
            done = await connection.run(COMMAND, encoding=None, check=True)
            assert isinstance(done.stdout, bytes)
            return done.stdout

    answers = await asyncio.gather(*(one(port) for port in ports))
    assert all(float(answer) > 0 for answer in answers)


if __name__ == "__main__":
    watch = Stopwatch()
    asyncio.run(loop(Path(sys.argv[1]), int(sys.argv[2])))
    print(watch.report())
