"""One physical world: state, time, and everything that follows from them.

Renderers ask this class and write what they hear in their own dialect; they never see why something is so.
"""

from __future__ import annotations

import msgspec

from bringup.lab import breakout, links, lldp, management, module_loops, physics, power
from bringup.lab.lldp import Neighbor
from bringup.lab.management import Attached
from bringup.lab.optic_kind import kind_of
from bringup.lab.reckoning import Reckoning
from bringup.lab.state import (
    Counters,
    Device,
    HeldCounters,
    HeldLane,
    HeldModule,
    Outlet,
    Plant,
    Port,
    Supply,
)


class LaneReading(msgspec.Struct, frozen=True):
    """What a module's own monitors say of one lane; None where there is no light (dark)."""

    index: int
    rx_power_dbm: float | None
    tx_power_dbm: float | None
    bias_ma: float


class World(Reckoning):
    """The rack as it can be asked, and as hands and commands can change it."""

    # the management network

    def resident(self, owner: str) -> Device | None:
        """Who is plugged in where the address planned for `owner` leads, as the world was last reckoned."""
        return management.resident(self.plant, self._devices, owner)

    def attached(self, switch: str) -> list[Attached]:
        """Every port of a management switch with whom it holds."""
        return management.attached(self.plant, self._devices, self.device(switch))

    # power

    def powered(self, device: str) -> bool:
        """Whether any supply delivers (for a node: standby power; for a BMC: its node's)."""
        self.now()
        return power.powered(self._devices, self._devices[device])

    def running(self, device: str) -> bool:
        """Whether its operating system answers: powered, switched on, booted."""
        self.now()
        return self._devices[device].booted

    def answering(self, device: str) -> bool:
        """Whether anything at all is at its management address: running, and the management cable in."""
        return self.running(device) and self._devices[device].reachable

    def outlet(self, pdu: str, index: int) -> Outlet:
        """Raises: KeyError."""
        for outlet in self.device(pdu).outlets:
            if outlet.index == index:
                return outlet
        raise KeyError(f"{pdu}/outlet-{index}")

    def outlet_live(self, pdu: str, index: int) -> bool:
        """The actual state, not the commanded one."""
        return power.live(self.outlet(pdu, index))

    def outlet_load_w(self, pdu: str, index: int) -> float:
        """Power drawn from one outlet now."""
        self.now()
        return power.outlet_load_w(self._devices, pdu, index)

    def outlet_loads_w(self, pdu: str) -> dict[int, float]:
        """Outlet -> power drawn from it now."""
        self.now()
        return power.outlet_loads_w(self._devices, pdu)

    def set_outlet(self, pdu: str, index: int, on: bool) -> None:
        """The PDU's command; a tripped outlet stays dead."""
        outlet = self.outlet(pdu, index)
        with self.changing():
            outlet.commanded_on, outlet.on_at, outlet.changed_at = on, None, self.plant.at
            outlet.commands += 1

    def cycle_outlet(self, pdu: str, index: int, off_s: float = 5.0) -> None:
        """Off now, on again after `off_s` of world time."""
        outlet = self.outlet(pdu, index)
        with self.changing():
            outlet.commanded_on, outlet.changed_at = False, self.plant.at
            outlet.on_at = self.plant.at + off_s
            outlet.commands += 1

    def supply(self, device: str, name: str) -> Supply:
        """Raises: KeyError."""
        for supply in self.device(device).supplies:
            if supply.name == name:
                return supply
        raise KeyError(f"{device}/{name}")

    def supply_input_v(self, device: str, name: str) -> float:
        """Input voltage: 0 where no live outlet feeds it."""
        return power.supply_input_v(self._devices, self.supply(device, name))

    def supply_ok(self, device: str, name: str) -> bool:
        """Whether it delivers."""
        return power.delivers(self._devices, self.supply(device, name))

    def supply_output_w(self, device: str, name: str) -> float:
        """Its share of the load."""
        self.now()
        return power.supply_output_w(self._devices, self._devices[device], name)

    def power_state(self, node: str) -> str:
        """On, Off, PoweringOn or PoweringOff, as a BMC tells it."""
        return power.power_state(self.device(node), self.now())

    def reset_host(self, node: str, kind: str) -> None:
        """A Redfish ResetType: On, ForceOff, GracefulShutdown, ForceRestart, GracefulRestart, PowerCycle."""
        with self.changing():
            power.reset(self._devices[node], kind, self.plant.at)

    # environment

    def temperature_c(self, device: str, rise_c: float) -> float:
        """A part of a running device that settles at ambient plus `rise_c`."""
        found = self._devices[device]
        return (
            physics.warmed(found.ambient_c, rise_c, self.uptime_s(device))
            if found.booted
            else found.ambient_c
        )

    def optic_temperature_c(self, subject: str) -> float:
        """Case temperature of a module, ambient while it has no power."""
        port, now = self.port(subject), self.now()
        device = self._devices[port.device]
        if port.held_module is not None:
            return port.held_module.temperature_c
        if port.optic is None or port.optic.ready_at is None:
            return device.ambient_c
        return physics.warmed(device.ambient_c + 8.0, port.optic.rise_c, now - port.optic.ready_at)

    # light and links

    def lanes(self, subject: str) -> tuple[LaneReading, ...]:
        """A module's monitors, lane by lane; empty where there is no module, or one that has none."""
        port, now = self.port(subject), self.now()
        if port.optic is None or kind_of(port.optic.medium).flat:
            return ()
        if port.held_module is not None:
            held = enumerate(port.held_module.lanes, 1)
            return tuple(
                LaneReading(index, one.rx_power_dbm, one.tx_power_dbm, one.bias_ma) for index, one in held
            )
        sent = links.sent_dbm(port, now)
        received = links.received_dbm(self._wiring, subject, now)
        received += [None] * (len(sent) - len(received))
        return tuple(
            LaneReading(index, rx, tx, 0.0 if tx is None else lane.bias_ma)
            for index, (rx, tx, lane) in enumerate(zip(received, sent, links.lanes_of(port), strict=False), 1)
        )

    def pre_fec_ber(self, subject: str) -> float | None:
        """Bit error ratio over all lanes of a receiver before correction; None without a link."""
        port, now = self.port(subject), self.now()
        if port.held_counters is not None:
            return port.held_counters.pre_fec_ber
        return links.ber(self._wiring, subject, now) if port.up else None

    def lane_bers(self, subject: str) -> tuple[float, ...]:
        """The same, lane by lane; empty without a link."""
        port, now = self.port(subject), self.now()
        return tuple(links.lane_bers(self._wiring, subject, now)) if port.up else ()

    def pattern_bers(self, subject: str) -> tuple[float | None, ...]:
        """What a checker of test patterns behind a port's receiver finds, lane by lane; None without a
        pattern.
        """
        port, now = self.port(subject), self.now()
        return module_loops.pattern_bers(self._wiring, port, links.received_bers(self._wiring, subject, now))

    def counters(self, subject: str) -> Counters:
        """Totals of a receiver as its device shows them. Do not change them."""
        port = self.port(subject)
        self._count(port)
        return port.counters if port.held_counters is None else port.held_counters.counters

    def hang_counters(self, device: str) -> None:
        """The process that reads a device's counters hangs: from now on it shows what it read last."""
        for port in self.ports(device):
            ber = self.pre_fec_ber(port.subject)
            port.held_counters = HeldCounters(
                since=self.plant.at,
                counters=msgspec.structs.replace(port.counters, bins=list(port.counters.bins)),
                pre_fec_ber=ber,
            )

    def hang_monitors(self, device: str) -> None:
        """The process that reads a device's modules hangs: from now on it shows what it read last."""
        for port in self.ports(device):
            lanes = [
                HeldLane(rx_power_dbm=one.rx_power_dbm, tx_power_dbm=one.tx_power_dbm, bias_ma=one.bias_ma)
                for one in self.lanes(port.subject)
            ]
            celsius = self.optic_temperature_c(port.subject)
            port.held_module = HeldModule(since=self.plant.at, lanes=lanes, temperature_c=celsius)

    def set_breakout(self, device: str, cage: str, mode: str) -> None:
        """Configure how a cage is shared out. Raises: KeyError for a cage or a mode that there is not."""
        found = self.device(device)
        chosen = {each.name: each for each in found.cages}[cage]
        if mode not in breakout.MODES:
            raise KeyError(mode)
        with self.changing():
            breakout.set_mode(found, chosen, mode)

    def set_admin(self, subject: str, up: bool) -> None:
        """Configure a port up or down."""
        port = self.port(subject)
        with self.changing(subject):
            port.admin_up = up

    def far_end(self, subject: str) -> Port | None:
        """The port at the other end of whatever cable is plugged in here."""
        self.now()
        return self._wiring.far_end(subject)

    def neighbors(self, subject: str) -> tuple[Neighbor, ...]:
        """LLDP neighbours as the port knows them now: heard at least once and not yet expired."""
        port, now = self.port(subject), self.now()
        return tuple(found for heard in port.heard if (found := lldp.neighbor(heard, now)) is not None)


def restore(saved: bytes) -> Plant:
    """A saved world. Raises: msgspec.DecodeError, msgspec.ValidationError."""
    return msgspec.json.decode(saved, type=Plant)
