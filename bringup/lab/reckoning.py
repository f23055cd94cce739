"""A world's time: what is due happens when it is due, what hands change has its consequences at that moment.

A world is advanced lazily: each question first brings it to the present. Changes go through methods of the
world or inside `with world.changing():`, which reckons up to now before and looks at the consequences after.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import msgspec

from bringup.lab import breakout, configuration, firmware, links, power
from bringup.lab.clock import WorldClock
from bringup.lab.state import Cable, Device, Plant, Port
from bringup.lab.tally import Tally
from bringup.lab.wiring import Wiring


class Reckoning:
    """The records of a rack, brought to the present at each question."""

    def __init__(self, plant: Plant, clock: WorldClock) -> None:
        self.plant = plant
        self.clock = clock
        self.tally = Tally()
        self._devices = {device.name: device for device in plant.devices}
        self._ports = {port.subject: port for device in plant.devices for port in device.ports}
        for device in plant.devices:
            breakout.share_modules(device)
        self._listeners: list[Callable[[], None]] = []
        self._random = random.Random(f"{plant.seed}/{plant.draws}")
        self._counted = dict.fromkeys(self._ports, plant.at)
        self._wiring = Wiring(plant.cables, self._ports)
        self._port_due: dict[str, float] = {}
        self._device_due = math.inf
        self._react(plant.at)

    # time and change

    def now(self) -> float:
        """World time, with the world brought up to it; counters are, when somebody asks for them."""
        now = max(self.clock.now(), self.plant.at)
        while (due := self._next_due()) <= now:
            if due == self._device_due:
                self._react(due)
            else:
                self._react_at_ports(due)
        self.plant.at = now
        return now

    def _next_due(self) -> float:
        return min(self._device_due, min(self._port_due.values(), default=math.inf))

    @contextmanager
    def changing(self, *subjects: str) -> Iterator[None]:
        """Hands at work: what is changed inside takes effect at one moment; then listeners hear of it.

        With `subjects` only what these ports are told is changed: no plug, no power, no other port.
        """
        self.now()
        if subjects:
            touched = self._touched(self._ports[subject] for subject in subjects)
            self._count_at(touched, self.plant.at)
        else:
            self._count_all()
        yield
        if subjects:
            self._react_at(touched, self.plant.at)
        else:
            self._react(self.plant.at)
        for listener in tuple(self._listeners):
            listener()

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each change made by hands or by a command, not as time passes."""
        self._listeners.append(listener)

    def save(self) -> bytes:
        """The world as JSON."""
        self.now()
        self._count_all()
        self.plant.draws += 1
        return msgspec.json.encode(self.plant)

    # what there is

    @property
    def devices(self) -> tuple[Device, ...]:
        return tuple(self.plant.devices)

    @property
    def cables(self) -> tuple[Cable, ...]:
        return tuple(self.plant.cables)

    def device(self, name: str) -> Device:
        """Raises: KeyError."""
        self.now()
        return self._devices[name]

    def port(self, subject: str) -> Port:
        """By subject, `leaf-1/Ethernet0`. Raises: KeyError."""
        self.now()
        return self._ports[subject]

    def ports(self, device: str) -> tuple[Port, ...]:
        """Those that its configuration makes."""
        return tuple(self.device(device).listed_ports)

    # clocks

    def wall_unix_s(self, device: str) -> float:
        """The device's own clock, seconds since 1970 UTC: real time, plus its skew."""
        return self.wall_of(device, self.clock.now())

    def wall_of(self, device: str, world_s: float) -> float:
        """What the device's clock showed at a moment of world time (for "last change" and the like)."""
        return self.clock.wall_of(world_s) + self._devices[device].clock_skew_s

    def uptime_s(self, device: str) -> float:
        """World seconds since the last boot began; 0 while it is off."""
        now, started = self.now(), self._devices[device].boot_started_at
        return 0.0 if started is None else now - started

    # reckoning

    def _react(self, now: float) -> None:
        """Let follow what is so at `now`: because something was due at a device, or because hands have
        changed it.
        """
        self._count_all(now)
        self.plant.at = now
        self._wiring = Wiring(self.plant.cables, self._ports)
        links.seat_modules(self._wiring)
        power.react(self._devices, now, self.plant.seed)
        configuration.react(self._devices, now)
        firmware.react(self._devices, now)
        links.react(self._wiring, self._devices, now, self._ports.values())
        dues = (
            *power.dues(self.plant.devices),
            *configuration.dues(self.plant.devices),
            *firmware.dues(self.plant.devices),
        )
        self._device_due = min((due for due in dues if due > now), default=math.inf)
        self._port_due.clear()
        self._look_ahead(self._ports.values(), now)

    def _react_at_ports(self, now: float) -> None:
        """The same where something was due at ports alone: in a large rack the others are many."""
        touched = self._touched(self._ports[subject] for subject, at in self._port_due.items() if at <= now)
        self._count_at(touched, now)
        self._react_at(touched, now)

    def _touched(self, ports: Iterable[Port]) -> list[Port]:
        return list({each.subject: each for port in ports for each in self._wiring.touched_by(port)}.values())

    def _count_at(self, ports: Iterable[Port], now: float) -> None:
        for port in ports:
            self._count(port, now)

    def _react_at(self, ports: list[Port], now: float) -> None:
        self.plant.at = now
        links.react(self._wiring, self._devices, now, ports)
        self._look_ahead(ports, now)

    def _look_ahead(self, ports: Iterable[Port], now: float) -> None:
        for port in ports:
            at = min((due for due in links.dues(self._wiring, port, now) if due > now), default=math.inf)
            if at < math.inf:
                self._port_due[port.subject] = at
            else:
                self._port_due.pop(port.subject, None)

    def _count_all(self, until: float | None = None) -> None:
        for port in self._ports.values():
            self._count(port, until)

    def _count(self, port: Port, until: float | None = None) -> None:
        """Bring one receiver's totals up to `until` (default: now)."""
        now = self.plant.at if until is None else until
        links.count(self._wiring, port, self._counted[port.subject], now, self._random)
        self._counted[port.subject] = now
