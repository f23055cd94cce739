"""How the console ends when it is told to from outside: as if a person had left, the terminal as it was; and
where it writes down what went wrong in it.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from bringup.model.verdict import EXIT_UNKNOWN

SIGNALS = (signal.SIGTERM, signal.SIGHUP)
GRACE_S = 3.0
MOST_LOG_BYTES = 1024 * 1024


def on_end(leave: Callable[[], None]) -> Callable[[], None]:
    """Call `leave` when the process is told to end or its terminal has gone; what is returned takes it back.

    Only a program's main thread hears signals; elsewhere nothing is done.
    """
    if threading.current_thread() is not threading.main_thread():
        return lambda: None
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, leave)

    def take_back() -> None:
        for number in SIGNALS:
            loop.remove_signal_handler(number)

    return take_back


def leave_with_the_terminal() -> None:
    """End this process when its terminal has gone and it has not left by itself within a moment.

    What is drawn goes through a thread that a dead terminal ends: whoever writes then waits for it for good,
    the main loop too, and no signal is heard any more. There is nothing to clean up; the run is another's.
    """
    if os.isatty(0):
        threading.Thread(target=_watch_terminal, name="terminal-watch", daemon=True).start()


def _watch_terminal() -> None:
    terminal = select.poll()
    terminal.register(0, 0)  # a hang-up is told without being asked for
    while not any(what & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, what in terminal.poll()):
        pass
    time.sleep(GRACE_S)
    os._exit(EXIT_UNKNOWN)


def write_down(place: Path, error: BaseException) -> str:
    """The whole of an error into the console's own log; what to say of it on one line. The log is bounded."""
    said = f"{type(error).__name__}: {error}"
    told = "".join(traceback.format_exception(error))
    try:
        full = place.exists() and place.stat().st_size > MOST_LOG_BYTES
        with place.open("w" if full else "a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}\n{told}\n")
    except OSError as why:
        return f"{said} (not written down: {why.strerror})"
    return f"{said} (all of it in {place})"
