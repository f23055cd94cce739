"""One wrong password a device a run: bring-up must not lock an account out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bringup.transport.failure import CredentialRefused


class CredentialGate:
    """Stands before every login to one device.

    Until a transport's credentials were accepted once, attempts go one at a time. After a refused password
    that user's passwords are sent nowhere on this device again; after a refused key only that transport stays
    shut.
    """

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._accepted: set[tuple[str, str]] = set()
        self._refused: dict[tuple[str, str], CredentialRefused] = {}

    @asynccontextmanager
    async def attempt(self, transport: str, user: str, *, by_password: bool = True) -> AsyncIterator[None]:
        """Raises a remembered `CredentialRefused` instead of entering; remembers one leaving the block."""
        shut = ("*" if by_password else transport, user)
        self._stop_if(shut)
        if (transport, user) in self._accepted:
            async with self._remembering(shut):
                yield
            return
        async with self._turn:
            self._stop_if(shut)
            async with self._remembering(shut):
                yield
            self._accepted.add((transport, user))

    def _stop_if(self, shut: tuple[str, str]) -> None:
        refused = self._refused.get(shut)
        if refused is not None:
            raise CredentialRefused(f"{refused.message}; not tried again in this run", refused.advice)

    @asynccontextmanager
    async def _remembering(self, shut: tuple[str, str]) -> AsyncIterator[None]:
        try:
            yield
        except CredentialRefused as refused:
            self._refused[shut] = refused
            raise
