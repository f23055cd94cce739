"""A BMC's login sessions: few, and forgotten after a while without use, in the BMC's own time."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import NamedTuple

SLOTS = 16
IDLE_LIMIT_S = 1800.0


class Session(NamedTuple):
    key: str
    token: str
    user: str


class NoSlotError(Exception):
    """All sessions are taken."""


class SessionBook:
    """The open sessions. `now` is world time in seconds."""

    def __init__(self, now: Callable[[], float], slots: int = SLOTS) -> None:
        self._now = now
        self._slots = slots
        self._made = 0
        self._sessions: dict[str, Session] = {}
        self._used_at: dict[str, float] = {}

    def open(self, user: str) -> Session:
        """Raises: NoSlotError."""
        if len(self.all()) >= self._slots:
            raise NoSlotError
        self._made += 1
        session = Session(f"s{self._made:04d}", secrets.token_hex(16), user)
        self._sessions[session.key] = session
        self._used_at[session.key] = self._now()
        return session

    def all(self) -> dict[str, Session]:
        """Sessions by id, without those that have been idle for too long."""
        oldest = self._now() - IDLE_LIMIT_S
        for key in [key for key, used_at in self._used_at.items() if used_at < oldest]:
            self.close(key)
        return dict(self._sessions)

    def of(self, token: str) -> Session | None:
        """Whose token this is; that counts as use."""
        for key, session in self.all().items():
            if secrets.compare_digest(session.token.encode(), token.encode()):
                self._used_at[key] = self._now()
                return session
        return None

    def forget_all(self) -> None:
        """The BMC starts again: nobody is logged in any more."""
        self._sessions.clear()
        self._used_at.clear()

    def close(self, key: str) -> bool:
        """Whether there was such a session."""
        self._used_at.pop(key, None)
        return self._sessions.pop(key, None) is not None
