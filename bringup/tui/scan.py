"""The gate in front of every key: a barcode scanner types a burst, and none of it may reach a binding.

A printable key is held for `HOLD_S`. Alone, it goes on as a key. Followed in time by another, the burst is
gathered until Enter, Tab, or a gap of `GAP_S`. Four characters or more are a scan. Times come from the caller
(console design, 4.1).
"""

from __future__ import annotations

from typing import NamedTuple

HOLD_S = 0.035
GAP_S = 0.150
LEAST = 4
PREAMBLE = "~"
PREAMBLE_S = 2.0


class Key(NamedTuple):
    """A key that a person pressed."""

    name: str
    character: str | None


class Scan(NamedTuple):
    """What a scanner typed. `whole` when its terminator came; `strange` characters were left out of it."""

    text: str
    whole: bool
    strange: int


Out = Key | Scan
TERMINATORS = frozenset({"enter", "tab"})


class Gate:
    """`press` and `tick` give what comes out, in order. One person's keyboard; no clock of its own."""

    def __init__(self, preamble: str = PREAMBLE) -> None:
        self._preamble = preamble
        self._held: list[tuple[Key, float]] = []
        self._began_s = 0.0
        self._exact = False

    @property
    def waits(self) -> bool:
        """Whether something is held: `tick` must be called soon."""
        return bool(self._held) or self._exact

    def press(self, key: Key, now_s: float) -> list[Out]:
        """One key. Out come the keys and scans that are decided by it."""
        if self._exact:
            return self._in_preamble(key, now_s)
        out = self.tick(now_s)
        if key.character == self._preamble and not self._held:
            self._exact, self._began_s = True, now_s
            return out
        if key.name in TERMINATORS:
            if len(self._held) > 1:
                return [*out, *self._burst(whole=True)]
            return [*out, *self._release(), key]
        if key.character is None or not key.character.isprintable():
            return [*out, *self._release(), key]
        self._held.append((key, now_s))
        return out

    def paste(self, text: str) -> list[Out]:
        """Pasted text never reaches a binding either."""
        clean = "".join(character for character in text if character.isprintable())
        return [*self._release(), Scan(clean, True, len(text.rstrip("\r\n")) - len(clean))]

    def tick(self, now_s: float) -> list[Out]:
        """Time has passed: what was held long enough is decided."""
        if self._exact:
            return self._burst(whole=False) if now_s - self._began_s > PREAMBLE_S else []
        if not self._held:
            return []
        idle_s = now_s - self._held[-1][1]
        if len(self._held) == 1:
            return self._release() if idle_s > HOLD_S else []
        return self._burst(whole=False) if idle_s > GAP_S else []

    def _in_preamble(self, key: Key, now_s: float) -> list[Out]:
        if now_s - self._began_s > PREAMBLE_S:
            return [*self._burst(whole=False), *self.press(key, now_s)]
        if key.name in TERMINATORS:
            return self._burst(whole=True)
        self._held.append((key, now_s))
        return []

    def _release(self) -> list[Out]:
        """What is held was a person's after all."""
        if len(self._held) > 1:
            return self._burst(whole=False)
        keys: list[Out] = [key for key, _ in self._held]
        self._held.clear()
        return keys

    def _burst(self, *, whole: bool) -> list[Out]:
        keys = [key for key, _ in self._held]
        exact, self._exact = self._exact, False
        self._held.clear()
        text = "".join(key.character or "" for key in keys)
        clean = "".join(character for character in text if character.isprintable())
        if len(clean) >= LEAST or exact:
            strange = len(text) - len(clean) + sum(key.character is None for key in keys)
            return [Scan(clean, whole, strange)]
        # Two quick keys of a person; the Enter that ended them is swallowed, for it may be a scanner's.
        return list(keys)
