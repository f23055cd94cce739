"""Servers of benchmarks, in a process of their own: `python -m benchmarks.NAME serve FOLDER` prints one JSON
line when it is ready, and ends when its standard input does.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.child import environment


@contextmanager
def served(module: str, folder: Path) -> Iterator[Any]:
    """What the server said."""
    command = [sys.executable, "-m", f"benchmarks.{module}", "serve", str(folder)]
    with (
        (folder / "server.log").open("wb") as log,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env=environment(folder),
            cwd=folder,
        ) as server,
    ):
        assert server.stdin is not None and server.stdout is not None
        try:
            line = server.stdout.readline()
            if not line:
                raise RuntimeError(f"no server: {(folder / 'server.log').read_text(errors='replace')[-500:]}")
            yield json.loads(line)
        finally:
            server.stdin.close()
            server.terminate()
            server.wait()


def ready(said: object) -> None:
    """Called by the server, once it is."""
    print(json.dumps(said), flush=True)


async def until_closed() -> None:
    """Until standard input ends."""
    import asyncio

    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)
