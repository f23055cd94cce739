"""What every server of the lab looks like to the rack that starts it."""

from __future__ import annotations

from typing import Protocol


class LabServer(Protocol):
    """One protocol of one device on loopback.

    A server reads `world.device(name)` at each request: `answers` (`ok`: answer; `garbage`: nonsense bytes as
    the body of the reply, after the login; `silent`: take the request and never reply) and `access`
    (credentials and keys may change while it runs). It need not look at `reachable` or at power: the rack
    stops its listener while nobody is at the address and starts it again, on the same port, when somebody is.
    """

    async def start(self, address: str, port: int) -> int:
        """Listen on `address`; `port` 0 takes a free one. Returns the port."""
        ...

    async def stop(self) -> None:
        """Close the listener and every connection."""
        ...
