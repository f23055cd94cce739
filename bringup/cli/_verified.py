"""Verifies a record for the console, in a process of its own: it takes no time from keys and frames."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bringup.tui.outside import Verified

WORDS = {
    0: "intact, signed by a known signer",
    3: "intact as far as it goes, but not proven whole",
    4: "THE RECORD CONTRADICTS ITSELF",
}


AGAIN_S = 0.5
"""A record that grows while it is read can look like one that contradicts itself: only what is found twice
is.
"""


async def verified(path: Path) -> Verified:
    """What `bringup log verify` finds. Whoever waits no longer ends that process too.

    Raises:
        OSError: it can't be started.
    """
    found = await _once(path)
    if found.contradicts:
        await asyncio.sleep(AGAIN_S)
        found = await _once(path)
    return found


def _begin(path: Path) -> subprocess.Popen[bytes]:
    """Not the loop's own kind of process: a console that is left meanwhile takes its loop away under it."""
    return subprocess.Popen(
        (sys.executable, "-m", "bringup", "log", "verify", str(path), "--format", "json"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


async def _once(path: Path) -> Verified:
    from bringup.tui.outside import Verified

    begun: list[subprocess.Popen[bytes]] = []
    left = threading.Event()

    def work() -> tuple[bytes, bytes]:
        process = _begin(path)
        begun.append(process)
        if left.is_set():  # nobody waits any more since before it began
            process.kill()
        return process.communicate()

    try:
        output, errors = await asyncio.to_thread(work)
    finally:
        left.set()
        for process in begun:
            if process.poll() is None:
                process.kill()
    try:
        report = json.loads(output)
    except ValueError:
        said = errors.decode(errors="replace").strip().splitlines()
        return Verified(f"not verified: {said[-1] if said else 'no answer'}")
    return told(report)


def told(report: dict[str, Any]) -> Verified:
    """A report in one line; what contradicts, with the digest that was said and the one that was found."""
    from bringup.tui.outside import Verified

    code = report["code"]
    worst = sorted(report["findings"], key=lambda found: (-found["code"], not found.get("said")))
    counted = f"{report['events']} events, {report['covered']} under {report['checkpoints']} checkpoints"
    if code != max(WORDS):
        open_ = f"; {worst[0]['text']}" if worst else ""
        return Verified(f"{WORDS[code]}: {counted}{open_}")
    first = worst[0]
    return Verified(
        f"{WORDS[code]}: {first['where']}: {first['text']}",
        contradicts=first["where"],
        said=first.get("said", ""),
        found=first.get("found", ""),
    )
