"""A lab in the foreground until it is told to end: by a signal, its control socket or its parent's end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from bringup.lab.control import Control, status
from bringup.lab.rack import LabRack
from bringup.model.errors import BringupError


async def stand(rack: LabRack, ready: Callable[[dict[str, Any]], None], with_parent: bool = False) -> None:
    """Start the lab, say `ready`, and wait for the end. `with_parent`: standard input closing is the end too.

    Raises:
        InputError: it can't stand.
    """
    stopped = asyncio.Event()
    control = Control(rack, stopped)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    try:
        await control.start()
        await rack.start()
        if with_parent:
            _end_with_parent(loop, stopped)
        ready(status(rack))
        await stopped.wait()
    finally:
        await control.stop()
        await rack.stop()


def _end_with_parent(loop: asyncio.AbstractEventLoop, stopped: asyncio.Event) -> None:
    """The parent holds the other end of our standard input, which closes when it dies, however it dies."""

    def readable() -> None:
        with suppress(BlockingIOError):
            if not os.read(descriptor, 4096):
                loop.remove_reader(descriptor)
                stopped.set()

    descriptor = sys.stdin.fileno()
    os.set_blocking(descriptor, False)
    loop.add_reader(descriptor, readable)


@click.command()
@click.option(
    "--dir", "folder", type=click.Path(path_type=Path), required=True, help="Where the lab is written."
)
@click.option("--profile", default="mini")
@click.option("--seed", type=int, default=1)
@click.option("--speed", type=click.FloatRange(1, 1000), default=1.0)
@click.option("--fault", "faults", multiple=True)
@click.option("--with-parent", is_flag=True, help="End when standard input closes.")
def _main(
    folder: Path, profile: str, seed: int, speed: float, faults: tuple[str, ...], with_parent: bool
) -> None:
    """Prints one JSON line when the lab stands."""

    def ready(told: dict[str, Any]) -> None:
        print(json.dumps({"ready": True, **told}), flush=True)

    rack = LabRack(folder, profile=profile, seed=seed, speed=speed, faults=faults)
    asyncio.run(stand(rack, ready, with_parent))


def main(arguments: list[str]) -> int:
    """Exit code: 0 after an orderly end, 2 when the lab can't stand (the reason is a JSON line too)."""
    try:
        _main.main(arguments, prog_name="python -m bringup.lab", standalone_mode=False)
    except click.ClickException as error:
        print(json.dumps({"ready": False, "error": error.format_message(), "advice": ""}), flush=True)
        return 2
    except BringupError as error:
        print(json.dumps({"ready": False, "error": error.message, "advice": error.advice}), flush=True)
        return 2
    return 0
