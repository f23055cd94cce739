"""Cables, found by the port that a plug sits in: in a rack of many ports a walk over all of them is long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bringup.lab.state import Cable, Port


class Wiring:
    """Where each plug sits. Made anew whenever hands may have moved one."""

    def __init__(self, cables: Iterable[Cable], ports: Mapping[str, Port]) -> None:
        self.cables = tuple(cables)
        self.ports = ports
        self._plugged: dict[str, tuple[Cable, bool]] = {}
        self._caged: dict[tuple[str, str], list[Port]] = {}
        for port in ports.values():
            if port.cage is not None:
                self._caged.setdefault((port.device, port.cage), []).append(port)
        for cable in self.cables:
            for end, is_a in ((cable.a, True), (cable.b, False)):
                if end.port is not None:
                    self._plugged.setdefault(end.port, (cable, is_a))

    def plugged(self, subject: str) -> tuple[Cable, bool] | None:
        """The cable in a port, and whether its `a` end is the one here."""
        return self._plugged.get(subject)

    def places(self, subject: str) -> tuple[str, ...]:
        """Where the plugs of a port's lanes sit: in itself, and in those that its cage's mode unmakes."""
        port = self.ports[subject]
        if port.cage is None or port.lane_count == 1:
            return (subject,)
        lanes = range(port.lane_offset, port.lane_offset + port.lane_count)
        return tuple(each.subject for each in self._beside(port) if each.lane_offset in lanes)

    def _beside(self, port: Port) -> list[Port]:
        """All ports of its cage."""
        return [port] if port.cage is None else self._caged[port.device, port.cage]

    def touched_by(self, port: Port) -> list[Port]:
        """The ports that have to be looked at again when something happens at this one: those that share its
        module, and what is at the other ends of their plugs, with those that share a module there.
        """
        near = self._beside(port)
        far = [each for one in near if (each := self.far_end(one.subject)) is not None]
        beside = [each for one in far for each in self._beside(one)]
        return list({each.subject: each for each in (*near, *beside)}.values())

    def far_end(self, subject: str) -> Port | None:
        """The port at the other end of whatever is plugged in here."""
        found = self._plugged.get(subject)
        if found is None:
            return None
        cable, here_is_a = found
        there = cable.b.port if here_is_a else cable.a.port
        return None if there is None else self.ports[there]
