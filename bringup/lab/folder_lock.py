"""One lab a folder: a lock that ends with its process."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from bringup.model.errors import InputError

NAME = "lab.lock"
WAIT_S = 5.0
"""A lab whose parent was killed needs a moment to go; whoever resumes the run waits for it."""
POLL_S = 0.05


class FolderLock:
    """Held from the making until `release`."""

    def __init__(self, folder: Path, wait_s: float = WAIT_S) -> None:
        """Makes the folder. Raises: InputError where another lab holds it for longer than `wait_s`."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        patience = time.monotonic() + wait_s
        while True:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() >= patience:
                    os.close(self._descriptor)
                    raise InputError(
                        f"a lab stands in {folder} already",
                        "`bringup lab list` shows it; Ctrl-C there ends it.",
                    ) from None
            time.sleep(POLL_S)

    def release(self) -> None:
        """Let go; harmless the second time."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
