"""What a device of the inventory must know for its traps to be believed."""

from __future__ import annotations

import hmac
from collections import deque

from bringup.model.inventory import Device, Snmp
from bringup.transport.credentials import OPEN_COMMUNITY, Secrets
from bringup.transport.snmp_ber import DamagedError
from bringup.transport.snmp_message import Keys, Secured, localized_keys

WINDOW_S = 150
"""RFC 3414, 3.2.7."""
ENGINES_MAX = 16
TRIES_MAX = 4
TRIES_WITHIN_S = 10.0
"""Keys for an engine take some milliseconds of hashing: nobody makes us do that without end."""


class Sender:
    """What a device must know to be believed."""

    def __init__(self, device: Device, settings: Snmp, values: Secrets) -> None:
        self.name = device.name
        self.address = device.address
        self.user = (settings.user or "").encode() if settings.version == "3" else b""
        self._settings = settings

        def secret(reference: str | None) -> str:
            return "" if reference is None else values.value(reference)

        self._community = (secret(settings.community) or OPEN_COMMUNITY).encode()
        self._passwords = (secret(settings.auth_key), secret(settings.priv_key))
        self._keys: dict[bytes, Keys] = {}
        self._tried: deque[float] = deque()
        self._clocks: dict[bytes, tuple[int, int, float]] = {}

    def __repr__(self) -> str:
        return f"<Sender {self.name}>"

    def knows(self, community: bytes) -> bool:
        return self._settings.version == "2c" and hmac.compare_digest(self._community, community)

    def same_keys(self, other: Sender) -> bool:
        return self._passwords == other._passwords and self._settings.auth == other._settings.auth

    def keys(self, engine_id: bytes, now_s: float) -> Keys:
        """Raises `DamagedError`: too many engines for one device in a short time."""
        known = self._keys.get(engine_id)
        if known is not None:
            return known
        if self._settings.auth is not None:
            while self._tried and self._tried[0] < now_s - TRIES_WITHIN_S:
                self._tried.popleft()
            if len(self._tried) >= TRIES_MAX:
                raise DamagedError("another engine again")
            self._tried.append(now_s)
        settings, (auth, priv) = self._settings, self._passwords
        return localized_keys(engine_id, settings.auth, auth, settings.priv, priv, settings.key_extension)

    def remember(self, engine_id: bytes, keys: Keys) -> None:
        """A message fitted these: they need not be made again."""
        if len(self._keys) < ENGINES_MAX:
            self._keys.setdefault(engine_id, keys)

    def check_time(self, message: Secured, now_s: float) -> None:
        """An old trap, sent again by somebody, is none. Raises `DamagedError`."""
        boots, time_s, at_s = self._clocks.get(message.engine_id, (message.boots, message.time_s, now_s))
        expected_s = time_s + (now_s - at_s)
        if message.boots < boots or (message.boots == boots and message.time_s < expected_s - WINDOW_S):
            raise DamagedError("an old message")
        if (message.boots, message.time_s) >= (boots, time_s):
            self._clocks[message.engine_id] = (message.boots, message.time_s, now_s)
