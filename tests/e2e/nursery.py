"""Starts commands of the program as processes of their own, forked from one that has imported everything.

A real process each, which a real SIGKILL ends, without a second of imports: what makes a kill at every event
affordable. Spoken to in JSON lines: `{"start": [...], ...}` answers `{"pid": N}`, `{"wait": N}` answers
`{"status": N}`. It ends with its standard input, and its children with it.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

PACKAGES = (
    "bringup.cli",
    "bringup.diagnosis",
    "bringup.engine",
    "bringup.journal",
    "bringup.lab",
    "bringup.transport",
)
LIBRARIES = ("aiohttp.web", "asyncssh", "grpc.aio", "pysnmp.hlapi.v3arch.asyncio", "rich.live")


def preload() -> None:
    """Everything that a run, a lab and a resume import; no thread is started by any of it."""
    for name in LIBRARIES:
        importlib.import_module(name)
    for name in PACKAGES:
        package = importlib.import_module(name)
        for found in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not found.name.endswith("__main__"):
                importlib.import_module(found.name)
    from bringup.check.catalogue import load_catalogue
    from bringup.driver.registry import find_platform, platform_names

    load_catalogue()
    for name in platform_names():
        find_platform(name)


def die_when(last: Callable[[dict[str, Any]], bool]) -> None:
    """SIGKILL to ourselves in the moment in which the `last` event is durable, and nothing after it."""
    from bringup.journal.writer import Writer

    commit = Writer._commit

    def fatal(self: Writer, blobs: list[Any], lines: list[Any]) -> None:
        for place, line in enumerate(lines):
            if last(json.loads(line.data)):
                commit(self, blobs, lines[: place + 1])
                os.kill(os.getpid(), signal.SIGKILL)
        commit(self, blobs, lines)

    Writer._commit = fatal  # type: ignore[method-assign]


def event_number(seq: int) -> Callable[[dict[str, Any]], bool]:
    return lambda event: event["seq"] == seq


def events_after(like: dict[str, Any], more: int) -> Callable[[dict[str, Any]], bool]:
    """The event that comes `more` after the first that has all the fields of `like`."""
    left: list[int] = []

    def last(event: dict[str, Any]) -> bool:
        if left:
            left[0] -= 1
        elif all(event.get(name) == value for name, value in like.items()):
            left.append(more)
        return left == [0]

    return last


def die_after_change(number: int) -> None:
    """SIGKILL to ourselves when the `number`-th change has happened, before its outcome is written."""
    from bringup.engine.round import Round

    change = Round.change
    done = 0

    async def fatal(self: Round, *arguments: Any) -> None:
        nonlocal done
        await change(self, *arguments)
        done += 1
        if done == number:
            os.kill(os.getpid(), signal.SIGKILL)

    Round.change = fatal  # type: ignore[method-assign]


def child(request: dict[str, Any]) -> int:
    """What the forked process does: its own session, output into a file, then the command."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in request.get("ignore", ()):
        signal.signal(number, signal.SIG_IGN)
    output = os.open(request["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    os.environ.update(request.get("env", {}))
    os.chdir(request["cwd"])
    if "die_after_event" in request:
        die_when(event_number(request["die_after_event"]))
    if "die_like" in request:
        die_when(events_after(request["die_like"], request["die_more"]))
    if "die_after_change" in request:
        die_after_change(request["die_after_change"])
    entry: Callable[[list[str]], int]
    if request.get("lab"):
        from bringup.lab.process import main as entry
    else:
        from bringup.cli.main import main as entry
    return entry(request["start"])


def main() -> None:
    preload()
    gc.collect()
    gc.freeze()
    children: set[int] = set()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        if "wait" in request:
            _, status = os.waitpid(request["wait"], 0)
            children.discard(request["wait"])
            print(json.dumps({"status": os.waitstatus_to_exitcode(status)}), flush=True)
            continue
        pid = os.fork()
        if pid == 0:
            code = 70
            try:
                code = child(request)
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        children.add(pid)
        print(json.dumps({"pid": pid}), flush=True)
    for pid in children:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
