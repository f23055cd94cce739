"""What stands at a device's address while the device does not: nothing that answers (Linux).

`closed`: the address is there and nobody listens (a host that is booting), so a connection is reset. `gone`:
no host is at the address (cable out, power off), so a connection gets no reply at all. The latter is a
listening socket whose queue of connections is full: Linux then drops further SYNs without a word.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Literal

Absence = Literal["closed", "gone"]
FILLERS = 4


class Placeholder:
    """Holds one TCP address so that nobody else takes the port, and answers as an absent device would."""

    def __init__(self, address: str, port: int, absence: Absence) -> None:
        """Raises: OSError when the port is taken."""
        self.absence = absence
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._fillers: list[socket.socket] = []
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((address, port))
            self.port = int(self._socket.getsockname()[1])
            if absence == "gone":
                self._swallow(address)
        except OSError:
            self.close()
            raise

    def _swallow(self, address: str) -> None:
        self._socket.listen(0)
        for _ in range(FILLERS):
            filler = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            self._fillers.append(filler)
            filler.setblocking(False)
            with suppress(BlockingIOError):
                filler.connect((address, self.port))

    def close(self) -> None:
        """Free the address."""
        for each in (*self._fillers, self._socket):
            each.close()
        self._fillers.clear()
