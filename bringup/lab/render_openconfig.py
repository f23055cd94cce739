"""A switch as an OpenConfig data tree (gNMI), in the dialect of its platform.

What the platforms do differently here, as real ones do: EOS counts physical channels from 0, has no component
for an empty cage and prints -30.00 dBm for no light; SONiC counts from 1, lists the empty cage as NOT_PRESENT
and prints -inf. Both name a module's component like its interface and say so in `state/transceiver`.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from types import MappingProxyType

from bringup.lab.oc_component import XCVR, component, module_component, status
from bringup.lab.oc_tree import Keyed, Node, Path, decimal, flag, identity, number, number64, text
from bringup.lab.state import Device, Port
from bringup.lab.world import World

ETHERNET = "openconfig-if-ethernet"
MODULES = MappingProxyType(
    {
        "interfaces": "openconfig-interfaces",
        "ethernet": ETHERNET,
        "components": "openconfig-platform",
        "transceiver": XCVR,
        "lldp": "openconfig-lldp",
        "system": "openconfig-system",
    }
)
"""Node -> the module of what is below it."""
MODELS = (
    ("openconfig-interfaces", "3.8.0"),
    (ETHERNET, "2.18.0"),
    ("openconfig-platform", "0.30.0"),
    (XCVR, "1.0.0"),
    ("openconfig-lldp", "1.1.0"),
    ("openconfig-system", "2.3.0"),
)
FEC_MODES = MappingProxyType(
    {"rs544": "FEC_RS544", "rs528": "FEC_RS528", "fc": "FEC_FC", "none": "FEC_DISABLED"}
)
SMALLEST_BER = 1e-18


class OpenConfig:
    """The data tree of one switch, made anew at each question."""

    def __init__(self, world: World, device: str) -> None:
        self._world = world
        self._name = device
        self._roots: Mapping[str, Callable[[Device], Node]] = {
            "interfaces": self._interfaces,
            "components": self._components,
            "lldp": self._lldp,
            "system": self._system,
        }

    @property
    def roots(self) -> tuple[str, ...]:
        return tuple(self._roots)

    def tree(self, wanted: frozenset[str]) -> dict[str, Node]:
        """The data tree with the `wanted` top-level containers."""
        device = self._world.device(self._name)
        return {name: make(device) for name, make in self._roots.items() if name in wanted}

    def timestamp_ns(self) -> int:
        return int(self._world.wall_unix_s(self._name) * 1e9)

    def taken_ns(self, place: Path) -> int | None:
        """When the reading at a place was taken, by the switch's clock, where that was not just now."""
        names = [name for name, _ in place]
        keys = dict(place[1][1]) if len(place) > 1 else {}
        if "counters" not in names and "pre-fec-ber" not in names:
            return None
        held = self._world.port(f"{self._name}/{keys['name']}").held_counters if "name" in keys else None
        return None if held is None else int(self._world.wall_of(self._name, held.since) * 1e9)

    def _interfaces(self, device: Device) -> Node:
        entries: dict[str, Node] = {port.name: self._interface(port) for port in device.listed_ports}
        return {"interface": Keyed("name", entries)}

    def _interface(self, port: Port) -> Node:
        counters, ber = self._world.counters(port.subject), self._world.pre_fec_ber(port.subject)
        settings: dict[str, Node] = {
            "name": text(port.name),
            "type": identity("iana-if-type", "ethernetCsmacd"),
            "enabled": flag(port.admin_up),
            "mtu": number(port.mtu),
        }
        speed = identity(ETHERNET, f"SPEED_{port.speed_gbps:g}GB")
        coding: dict[str, Node] = {
            "auto-negotiate": flag(False),
            "port-speed": speed,
            "fec-mode": identity(ETHERNET, FEC_MODES[port.fec_mode]),
        }
        lines: dict[str, Node] = {
            **coding,
            "mac-address": text(port.mac),
            "hw-mac-address": text(port.mac),
            "counters": {
                "fec-corrected-blocks": number64(counters.corrected_codewords),
                "fec-uncorrectable-blocks": number64(counters.uncorrectable_codewords),
                "in-symbol-error": number64(counters.symbol_errors),
                "in-crc-errors": number64(0),
                "in-mac-pause-frames": number64(0),
            },
        }
        if ber is not None:
            lines["negotiated-port-speed"] = speed
            lines["pre-fec-ber"] = _ber(ber)
        return {
            "name": text(port.name),
            "config": settings,
            "state": {**settings, **self._interface_state(port, counters.transitions)},
            f"{ETHERNET}:ethernet": {"config": coding, "state": lines},
        }

    def _interface_state(self, port: Port, transitions: int) -> dict[str, Node]:
        booted = self._world.device(port.device).boot_started_at or 0.0
        changed_ns = self._world.wall_of(self._name, max(port.changed_at, booted)) * 1e9
        state: dict[str, Node] = {
            "ifindex": number(port.index),
            "admin-status": text("UP" if port.admin_up else "DOWN"),
            "oper-status": text(_oper_status(port)),
            "last-change": number64(changed_ns),
            "openconfig-platform-port:hardware-port": text(f"{port.name}-Port"),
            "counters": {
                **self._last_clear(port),
                "in-octets": number64(0),
                "out-octets": number64(0),
                "in-errors": number64(0),
                "out-errors": number64(0),
                "in-discards": number64(0),
                "out-discards": number64(0),
                "in-fcs-errors": number64(0),
                "carrier-transitions": number64(transitions),
            },
        }
        if port.optic is not None:
            state[f"{XCVR}:transceiver"] = text(port.name)
        return state

    def _last_clear(self, port: Port) -> dict[str, Node]:
        """EOS tells when the counters were cleared; SONiC's server has no such leaf."""
        if port.cleared_at is None or self._world.device(self._name).platform != "eos":
            return {}
        return {"last-clear": number64(self._world.wall_of(self._name, port.cleared_at) * 1e9)}

    def _components(self, device: Device) -> Node:
        entries: dict[str, Node] = {
            "Chassis": component(
                "Chassis",
                "CHASSIS",
                {
                    "mfg-name": text(device.vendor),
                    "part-no": text(device.model),
                    "serial-no": text(device.serial),
                    "hardware-version": text(device.hardware_revision),
                },
            ),
            "OperatingSystem": component(
                "OperatingSystem", "OPERATING_SYSTEM", {"software-version": text(device.os_version)}
            ),
        }
        entries.update(self._parts(device))
        for port in device.listed_ports:
            if port.optic is not None or device.platform != "eos":
                entries[port.name] = module_component(self._world, device.platform, port)
        return {"component": Keyed("name", entries)}

    def _parts(self, device: Device) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for supply in device.supplies:
            ok = self._world.supply_ok(device.name, supply.name)
            state: dict[str, Node] = {
                "openconfig-platform-psu:enabled": flag(supply.fitted),
                "openconfig-platform-psu:capacity": decimal(supply.capacity_w, 1),
                "openconfig-platform-psu:input-voltage": decimal(
                    self._world.supply_input_v(device.name, supply.name), 1
                ),
                "openconfig-platform-psu:output-power": decimal(
                    self._world.supply_output_w(device.name, supply.name), 2
                ),
            }
            about = {"serial-no": text(supply.serial), "part-no": text(supply.model), **status(ok)}
            found[supply.name] = component(supply.name, "POWER_SUPPLY", about, **{"power-supply": state})
            if not supply.fitted:
                found[supply.name] = component(supply.name, "POWER_SUPPLY", {"empty": flag(True)})
        for fan in device.fans:
            name = f"fan-{fan.name}" if fan.name.isdigit() else fan.name
            rpm: dict[str, Node] = {"openconfig-platform-fan:speed": number(fan.rpm if fan.turning else 0.0)}
            found[name] = component(name, "FAN", status(fan.turning), fan=rpm)
        for sensor in device.sensors:
            celsius = self._world.temperature_c(device.name, sensor.rise_c)
            about = {"temperature": {"instant": decimal(celsius, 1)}, **status(True)}
            found[sensor.name] = component(sensor.name, "SENSOR", about)
        return found

    def _lldp(self, device: Device) -> Node:
        entries: dict[str, Node] = {port.name: self._lldp_port(port) for port in device.listed_ports}
        return {
            "state": {
                "enabled": flag(True),
                "system-name": text(device.hostname),
                "chassis-id": text(device.chassis_id),
                "chassis-id-type": text("MAC_ADDRESS"),
            },
            "interfaces": {"interface": Keyed("name", entries)},
        }

    def _lldp_port(self, port: Port) -> Node:
        neighbors: dict[str, Node] = {}
        for index, heard in enumerate(self._world.neighbors(port.subject), 1):
            state: dict[str, Node] = {
                "id": text(str(index)),
                "system-name": text(heard.system_name),
                "system-description": text(heard.platform),
                "chassis-id": text(heard.chassis_id),
                "chassis-id-type": text("MAC_ADDRESS"),
                "port-id": text(heard.port_id),
                "port-id-type": text("INTERFACE_NAME"),
                "port-description": text(heard.port_description),
                "ttl": number(heard.ttl_s),
                "age": number64(heard.known_for_s),
                "last-update": number64(heard.age_s / self._world.clock.speed),
            }
            neighbors[str(index)] = {"id": text(str(index)), "state": state}
        found: dict[str, Node] = {
            "name": text(port.name),
            "state": {"name": text(port.name), "enabled": flag(True)},
        }
        if neighbors:
            found["neighbors"] = {"neighbor": Keyed("id", neighbors)}
        return found

    def _system(self, device: Device) -> Node:
        wall = self._world.wall_unix_s(device.name)
        now = datetime.datetime.fromtimestamp(wall, datetime.UTC)
        booted = self._world.wall_of(device.name, device.boot_started_at or 0.0)
        return {
            "state": {
                "hostname": text(device.hostname),
                "current-datetime": text(now.isoformat(timespec="milliseconds")),
                "boot-time": number64(booted * 1e9),
                "software-version": text(device.os_version),
            }
        }


def _oper_status(port: Port) -> str:
    if port.up:
        return "UP"
    return "DOWN" if port.optic is not None else "NOT_PRESENT"


def _ber(ber: float) -> Node:
    """Decimals of 18 digits: what is smaller reads 0."""
    printed = decimal(ber if ber >= SMALLEST_BER else 0.0, 18)
    return dict.fromkeys(("instant", "avg", "min", "max"), printed)
