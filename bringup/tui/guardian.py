"""Puts the terminal right after a console that could not do so itself: killed, out of memory, crashed in the
interpreter. A shell of its own waits for its end; it holds the terminal's settings as they were.
"""

from __future__ import annotations

import os
import subprocess
import termios
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from bringup.tui.driver import EMPTY, SIMPLE_TERMINALS

SHELL = "/bin/sh"
GRACE_S = 2.0
SCRIPT = """\
trap '' HUP INT QUIT TERM TTIN TTOU PIPE
read -r how
[ "$how" = clean ] && exit
printf %s "$1"
stty "$2" <&1
"""
"""The end of the pipe is the end of the console; `clean` comes before it when nothing is left to do."""
RESET = (
    "\x1b[?2004l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l\x1b[?1004l\x1b[?2048l\x1b[<u\x1b[?7h"
    "\x1b[?1049l\x1b[?25h\x1b[m"
)
"""Pasted text, mouse, focus, size, keyboard, long lines, the second page, the cursor, colours."""
RESET_SIMPLE = f"{EMPTY}\x1b[?7h\x1b[?25h"


@contextmanager
def terminal_left_clean(environment: Mapping[str, str] = os.environ) -> Iterator[None]:
    """While this lasts somebody watches over the terminal on standard output. Where there is none, or no
    shell, nobody does.
    """
    try:
        settings = stty_words(termios.tcgetattr(1))
        end, ours = os.pipe()
    except (OSError, termios.error):
        yield
        return
    reset = RESET_SIMPLE if environment.get("TERM", "") in SIMPLE_TERMINALS else RESET
    guardian = None
    with suppress(OSError):
        guardian = subprocess.Popen(
            [SHELL, "-c", SCRIPT, "bringup-terminal", reset, settings],
            stdin=end,
            stdout=1,
            stderr=subprocess.DEVNULL,
            process_group=0,
        )
    os.close(end)
    try:
        yield
    finally:
        with suppress(OSError):
            os.write(ours, b"clean\n")
        os.close(ours)
        if guardian is not None:
            with suppress(subprocess.TimeoutExpired):
                guardian.wait(GRACE_S)


def stty_words(settings: list[int | list[bytes | int]]) -> str:
    """What `tcgetattr` gives as `stty` takes it: four flags and the control characters, in hexadecimal."""
    *flags, _, _, characters = settings
    assert isinstance(characters, list)
    codes = [each if isinstance(each, int) else each[0] for each in characters]
    return ":".join(f"{number:x}" for number in (*flags, *codes) if isinstance(number, int))
