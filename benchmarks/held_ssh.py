"""512 held SSH sessions: the memory of the program that holds them, each after one command.

`held_ssh ours|bare FOLDER` is one measurement; the server is asyncssh's, in a process of its own (512 of
OpenSSH's processes would measure the machine's memory, and not the client's).
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.child import worker
from benchmarks.figure import Benchmark, Figure, interleaved
from benchmarks.served import ready, served, until_closed
from benchmarks.table import alone

SESSIONS = 512
AT_ONCE = 32
REACH_MB = 90
ROUNDS = 5
ADDRESS, USER, COMMAND = "127.0.0.1", "ops", "hostname"


def measure(folder: Path, rounds: int) -> Sequence[Figure]:
    with served("held_ssh", folder):
        ours, bare = interleaved(
            rounds,
            partial(worker, "held_ssh", ["ours", str(folder)], folder),
            partial(worker, "held_ssh", ["bare", str(folder)], folder),
        )
    bare_mb = min(each["rss_mb"] for each in bare)
    return [
        Figure(
            what=f"{SESSIONS} held SSH sessions, memory",
            unit="MB",
            ours=tuple(each["rss_mb"] for each in ours),
            peer_name=f"(bare asyncssh: {bare_mb:.1f} MB)",
            at_most=REACH_MB,
        )
    ]


async def serve(folder: Path) -> None:
    import asyncssh

    class Anyone(asyncssh.SSHServer):
        def begin_auth(self, username: str) -> bool:
            return True

        def public_key_auth_supported(self) -> bool:
            return True

        def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
            return True

    def answer(process: asyncssh.SSHServerProcess[bytes]) -> None:
        process.stdout.write(b"host\n")
        process.exit(0)

    host_key = asyncssh.generate_private_key("ssh-ed25519")
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(folder / "key")
    server = await asyncssh.create_server(
        Anyone,
        ADDRESS,
        0,
        server_host_keys=[host_key],
        process_factory=answer,
        encoding=None,
        login_timeout=120,
        backlog=SESSIONS,
    )
    public = host_key.export_public_key().decode().strip()
    (folder / "known_hosts").write_text(f"[{ADDRESS}]:{server.get_port()} {public}\n")
    (folder / "port").write_text(str(server.get_port()))
    ready({"port": server.get_port()})
    await until_closed()


async def ours(folder: Path) -> None:
    from bringup.model.inventory import Device
    from bringup.transport.credentials import resolve
    from bringup.transport.links import Wiring

    port = int((folder / "port").read_text())
    devices = [
        Device.model_validate(
            {
                "name": f"host-{number}",
                "role": "node",
                "platform": "linux",
                "address": ADDRESS,
                "ssh": {"user": USER, "port": port, "key": str(folder / "key")},
            }
        )
        for number in range(SESSIONS)
    ]
    wiring = Wiring(resolve(devices, folder), folder, known_hosts=folder / "known_hosts")
    room = asyncio.Semaphore(AT_ONCE)

    async def one(device: Device) -> Any:
        async with room:
            links = wiring.links(device)
            done = await (await links.shell()).run(COMMAND)
            assert done.stdout == b"host\n"
            links.transcript.take()
            return links

    held = await asyncio.gather(*(one(device) for device in devices))
    report(len(held))
    await wiring.close()


async def bare(folder: Path) -> None:
    import asyncssh

    port = int((folder / "port").read_text())
    key = asyncssh.read_private_key(folder / "key")
    known = asyncssh.import_known_hosts((folder / "known_hosts").read_text())
    room = asyncio.Semaphore(AT_ONCE)

    async def one() -> asyncssh.SSHClientConnection:
        async with room:
            connection = await asyncssh.connect(
                ADDRESS,
                port,
                config=None,
                username=USER,
                client_keys=[key],
                known_hosts=known,
                agent_path=None,
            )
            done = await connection.run(COMMAND, encoding=None, check=True)
            assert done.stdout == b"host\n"
            return connection

    held = await asyncio.gather(*(one() for _ in range(SESSIONS)))
    report(len(held))
    for connection in held:
        connection.close()


def report(count: int) -> None:
    """The largest resident size so far, while all are held."""
    assert count == SESSIONS
    print(json.dumps({"rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6}), flush=True)


BENCHMARK = Benchmark(name="held-ssh", title="many SSH sessions held at once", measure=measure)


def main(arguments: Sequence[str]) -> int:
    """1 when the reach is missed."""
    if arguments:
        asyncio.run({"serve": serve, "ours": ours, "bare": bare}[arguments[0]](Path(arguments[1])))
        return 0
    return alone(measure, ROUNDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
