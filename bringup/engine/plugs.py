"""Where a plug went in, from readings of all ports that a hand could mistake for one another. Pure.

Three things show it: a module that was not in its cage, light where it was dark, a link where there was none.
A port counts when it was read without before, so what was there from the start is nobody's plug. Two ports
that the cable list joins and that came up together are another cable, or a host that booted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from bringup.model.putting import PutState

LINK, LIGHT, MODULE = "oper_up", "rx_power_dbm", "optic_present"
"""Quantities by which a plug is seen."""
BY_HAND = 2
"""Ends of one cable: more strange ports at once than that are no hand's doing."""


class PortLook(msgspec.Struct, frozen=True):
    """What was read of one port, and when: True or False by witness; what was not told is not in it."""

    at_s: float
    said: Mapping[str, bool]


class WentIn(msgspec.Struct, frozen=True):
    """A plug that was seen going in: by which reading, and how long before the last one had shown none."""

    witness: str
    at_s: float
    within_s: float


class PutNow(msgspec.Struct, frozen=True, kw_only=True):
    """Where the plug stands. `observed` is the port at which something was seen, `witness` the reading that
    showed it, at most `within_s` after it went in; `named` who names himself at the right port; `belongs`
    where the plug in `observed` is to go.
    """

    state: PutState
    observed: str | None = None
    witness: str = ""
    within_s: float | None = None
    named: str = ""
    belongs: str = ""


class PlugWatch:
    """Follows one cable. `expected` is the port of the plug in hand, `far` that of the other one."""

    def __init__(self, expected: str, far: str, far_ends: Mapping[str, str]) -> None:
        self.expected, self.far = expected, far
        self._far_ends = far_ends
        self._now: dict[str, dict[str, bool]] = {}
        self._out_s: dict[tuple[str, str], float] = {}
        self._risen: dict[str, dict[str, WentIn]] = {}
        self._in_doubt: dict[str, WentIn] = {}
        self._names: dict[str, tuple[str, float]] = {}

    def see(self, port: str, look: PortLook) -> None:
        """One reading of one port; readings of a port come in their order."""
        for witness, there in look.said.items():
            if there:
                self._rises(port, witness, look.at_s)
            else:
                self._falls(port, witness, look.at_s)
            self._now.setdefault(port, {})[witness] = there

    def _rises(self, port: str, witness: str, at_s: float) -> None:
        risen = self._risen.setdefault(port, {})
        if witness == LIGHT and port in self._in_doubt:
            risen[LIGHT] = self._in_doubt.pop(port)
        out_s = self._out_s.get((port, witness))
        if out_s is not None and self._now.get(port, {}).get(witness) is False:
            risen.setdefault(witness, WentIn(witness, at_s, max(0.0, at_s - out_s)))

    def _falls(self, port: str, witness: str, at_s: float) -> None:
        risen = self._risen.setdefault(port, {})
        risen.pop(witness, None)
        self._out_s[port, witness] = at_s
        if witness == LIGHT:
            self._in_doubt.pop(port, None)
        elif witness == LINK and LIGHT in risen:
            # Monitors of light are read seldom: theirs counts again when it is told anew.
            self._in_doubt[port] = risen.pop(LIGHT)

    @property
    def _went_in(self) -> dict[str, WentIn]:
        """Ports where a plug went in and has not come out, each with what showed it first."""
        return {
            port: min(risen.values(), key=lambda each: each.at_s)
            for port, risen in self._risen.items()
            if risen
        }

    def hear(self, port: str, named: str, at_s: float) -> None:
        """Who names himself at the far end of a port, as told by a reading that was asked for at `at_s`."""
        self._names[port] = (named, at_s)

    def now(self, spared: Collection[str] = ()) -> PutNow:
        """Where the plug stands; `spared` are ports that somebody else works at."""
        here = self._now.get(self.expected)
        if here is None:
            return PutNow(state=PutState.READING)
        named = self._named(self.expected)
        if named:
            state = PutState.PROVEN if named == self.far else PutState.WRONG_CABLE
            return self._at(state, self.expected, named=named)
        strangers = self._strangers(spared)
        if self.expected in self._went_in:
            if strangers and len(strangers) <= BY_HAND and not self._lives(self.far):
                return self._at(PutState.WRONG_PORT, strangers[0], belongs=self.far)
            return self._at(PutState.IN_PLACE, self.expected)
        if len(strangers) > BY_HAND:
            return PutNow(state=PutState.UNCLEAR, observed=strangers[0])
        if strangers:
            return self._at(PutState.WRONG_PORT, strangers[0], belongs=self.expected)
        if self._lives(self.expected):
            return PutNow(state=PutState.TAKEN, observed=self.expected)
        if self.far in self._went_in:
            return self._at(PutState.WAITING, self.far)
        return PutNow(state=PutState.WAITING)

    def _at(self, state: PutState, port: str, *, named: str = "", belongs: str = "") -> PutNow:
        seen = self._went_in.get(port)
        return PutNow(
            state=state,
            observed=port,
            witness="neighbor" if named else seen.witness if seen is not None else "",
            within_s=round(seen.within_s, 3) if seen is not None else None,
            named=named,
            belongs=belongs,
        )

    def _lives(self, port: str) -> bool:
        """Whether light or a link is there now. A module alone is no plug: it stays in its cage."""
        said = self._now.get(port, {})
        return bool(said.get(LINK) or said.get(LIGHT))

    def _named(self, port: str) -> str:
        """Who is at the far end of a port whose link is up; what was told before the plug went in is old."""
        named, at_s = self._names.get(port, ("", 0.0))
        seen = self._went_in.get(port)
        up = self._now.get(port, {}).get(LINK) is True
        return named if up and (seen is None or at_s >= seen.at_s) else ""

    def _strangers(self, spared: Collection[str]) -> list[str]:
        """Ports where a plug went in that is not the other end of this cable, those of the same device
        first: there a hand errs.
        """
        device = self.expected.partition("/")[0]
        found = [
            port
            for port in self._went_in
            if port not in (self.expected, self.far) and port not in spared and not self._planned(port)
        ]
        return sorted(found, key=lambda port: (port.partition("/")[0] != device, port))

    def _planned(self, port: str) -> bool:
        """Whether what came up there is that port's own cable."""
        far = self._far_ends.get(port)
        return far is not None and (far in self._went_in or self._named(port) == far)
