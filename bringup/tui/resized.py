"""A resize whose signal was lost: the terminal is asked how large it is, once a second."""

from __future__ import annotations

import os
import sys
from typing import Any

from textual import events
from textual.app import App
from textual.geometry import Size

EVERY_S = 1.0


def look(app: App[Any]) -> None:
    """Tell the app its size where it draws for another. In a browser the page tells it."""
    if app.is_headless or app.is_web or sys.__stderr__ is None:
        return
    try:
        size = Size(*os.get_terminal_size(sys.__stderr__.fileno()))
    except (OSError, ValueError):
        return
    if size.width and size.height and size != app.size:
        app.post_message(events.Resize(size, size))
