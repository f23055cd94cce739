"""What NVUE tells of a Cumulus Linux switch: one tree, that `nv show … -o json` and the REST interface share.

As the real one: a state is an object whose only key it is; numbers of the environment are texts; BERs have
one digit, and `15E-255` is none. Details of a port stand only where they are asked for by their own path.
Keys: NVUE reference and REST examples of the documentation of Cumulus Linux 5.x.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from bringup.lab import physics
from bringup.lab.config_state import Snapshot
from bringup.lab.nvue_config import MANAGEMENT
from bringup.lab.nvue_text import condensed
from bringup.lab.state import Device, Port
from bringup.lab.world import World

Json = dict[str, Any]
FEC_WORDS = {"rs544": "rs", "rs528": "rs", "fc": "baser", "none": "off"}
NO_ERROR = "15E-255"
BINS = 16
HOST_LANES = 8
DETAILS = ("phy-detail", "transceiver", "lldp")


class NvueTree:
    """The operational tree of one switch, made anew at each question."""

    def __init__(self, world: World, device: str) -> None:
        self._world = world
        self._name = device

    @property
    def _device(self) -> Device:
        return self._world.device(self._name)

    def at(self, path: Sequence[str]) -> object | None:
        """What stands at a path; None for nothing."""
        if path and path[0] == "interface" and path[-1] in DETAILS and len(path) in (3, 4):
            return self._detail(path[1], list(path[2:]))
        made = {"system": self._system, "platform": self._platform, "interface": self._interfaces}
        if not path:
            return {name: make() for name, make in made.items()}
        node: object | None = made[path[0]]() if path[0] in made else None
        for step in path[1:]:
            node = node.get(step) if isinstance(node, dict) else None
        return node

    def _system(self) -> Json:
        device, up = self._device, int(self._world.uptime_s(self._name))
        days, clock = up // 86_400, f"{up // 3600 % 24}:{up // 60 % 60:02d}:{up % 60:02d}"
        return {
            "build": device.os_version,
            "hostname": device.hostname,
            "product-name": "Cumulus Linux",
            "product-release": device.os_version.removeprefix("Cumulus Linux "),
            "timezone": "Etc/UTC",
            "uptime": f"{days} days, {clock}" if days else clock,
        }

    def _platform(self) -> Json:
        device = self._device
        return {
            "asic-model": "Spectrum-4",
            "asic-vendor": "Nvidia",
            "base-mac": device.chassis_id,
            "cpu": "Intel(R) Xeon(R) E-2276ME @ 2.80GHz",
            "disk-size": "119.24 GiB",
            "manufacturer": device.vendor,
            "memory": f"{device.memory_kib / 1024**2:.2f} GiB",
            "part-number": f"{device.model}-M",
            "product-name": device.model,
            "serial-number": device.serial,
            "system-mac": device.chassis_id,
            "environment": self._environment(device),
            "transceiver": {port.name: self._module(port) for port in device.listed_ports if port.optic},
        }

    def _environment(self, device: Device) -> Json:
        supplies = {}
        for supply in device.supplies:
            if not supply.fitted:
                supplies[supply.name] = {"state": "absent"}
                continue
            ok = self._world.supply_ok(self._name, supply.name)
            watts = self._world.supply_output_w(self._name, supply.name) if ok else 0.0
            supplies[supply.name] = {
                "capacity": f"{supply.capacity_w:.1f}",
                "current": f"{watts / 12.0:.2f}",
                "power": f"{watts:.2f}",
                "state": "ok" if ok else "bad",
                "voltage": "12.00" if ok else "0.00",
            }
        fans = {
            fan.name: {
                "current-speed": f"{fan.rpm if fan.turning else 0.0:.0f}",
                "direction": "F2B",
                "max-speed": "12000",
                "min-speed": "3000",
                "state": "ok" if fan.turning else "bad",
            }
            for fan in device.fans
        }
        sensors = {}
        for sensor in device.sensors:
            celsius = self._world.temperature_c(self._name, sensor.rise_c)
            sensors[sensor.name] = {
                "crit": f"{sensor.critical_c:.2f}",
                "current": f"{celsius:.2f}",
                "max": f"{sensor.high_c:.2f}",
                "min": "5.00",
                "state": "ok" if celsius < sensor.high_c else "bad",
            }
        return {"fan": fans, "psu": supplies, "temperature": sensors}

    # interfaces

    def _interfaces(self) -> Json:
        found: Json = {
            MANAGEMENT: {"link": {"state": {"up": {}}, "speed": "1G", "mtu": 1500}, "type": "eth"},
            "lo": {"link": {"state": {"up": {}}, "mtu": 65536}, "type": "loopback"},
        }
        return found | {port.name: self._interface(port) for port in self._device.listed_ports}

    def _interface(self, port: Port) -> Json:
        changes = self._world.counters(port.subject).transitions
        booted = self._device.boot_started_at or 0.0
        changed = self._world.wall_of(self._name, max(port.changed_at, booted))
        stamp = datetime.datetime.fromtimestamp(changed, datetime.UTC)
        state = "up" if port.up else "down"
        link: Json = {
            "admin-status": "up" if port.admin_up else "down",
            "auto-negotiate": "off",
            "duplex": "full",
            "fec": FEC_WORDS[port.fec_mode],
            "lanes": str(port.lane_count),
            "mac-address": port.mac,
            "mtu": port.mtu,
            "oper-status": state,
            "oper-status-last-change": f"{stamp:%Y/%m/%d %H:%M:%S}.{stamp.microsecond // 1000:03d}",
            "protodown": "disabled",
            "speed": f"{port.speed_gbps:g}G",
            "state": {state: {}},
            "stats": {
                "carrier-down-count": changes // 2,
                "carrier-transitions": changes,
                "carrier-up-count": (changes + 1) // 2,
                "in-bytes": 0,
                "in-drops": 0,
                "in-errors": 0,
                "in-pkts": 0,
                "out-bytes": 0,
                "out-drops": 0,
                "out-errors": 0,
                "out-pkts": 0,
            },
        }
        return {"ifindex": port.index + 2, "ip": {"address": {}}, "link": link, "type": "swp"}

    def _module(self, port: Port) -> Json:
        assert port.optic is not None
        optic = port.optic
        return {
            "identifier": "OSFP",
            "vendor-name": optic.vendor,
            "vendor-pn": optic.part_number,
            "vendor-rev": optic.revision,
            "vendor-sn": optic.serial,
        }

    def _detail(self, name: str, path: list[str]) -> Json | None:
        port = next((each for each in self._device.listed_ports if each.name == name), None)
        if port is None:
            return None
        if path == ["transceiver"]:
            return condensed(self._world, port)
        if path == ["link", "phy-detail"]:
            return self._phy(port)
        return {"neighbor": self._heard(port)} if path == ["lldp"] else None

    def _heard(self, port: Port) -> Json:
        return {
            seen.system_name: {
                "age": str(int(seen.known_for_s)),
                "chassis": {"chassis-id": seen.chassis_id, "system-name": seen.system_name},
                "port": {"description": seen.port_description, "name": seen.port_id, "ttl": seen.ttl_s},
            }
            for seen in self._world.neighbors(port.subject)
        }

    def _phy(self, port: Port) -> Json:
        counters, bers = self._world.counters(port.subject), list(self._world.lane_bers(port.subject))
        since = port.cleared_at if port.cleared_at is not None else self._device.boot_started_at or 0.0
        bers += [0.0] * (HOST_LANES - len(bers))
        whole = sum(bers) or 1.0
        wrong = [round(counters.corrected_bits * each / whole) for each in bers]
        clean = counters.codewords - counters.corrected_codewords - counters.uncorrectable_codewords
        bins = [max(0, clean), counters.corrected_codewords] + [0] * (BINS - 2)
        return {
            "time-since-last-clear-min": str(int((self._world.plant.at - since) / 60.0)),
            "phy-received-bits": str(counters.codewords * physics.CODEWORD_BITS),
            "symbol-errors": str(counters.uncorrectable_codewords),
            "effective-errors": str(counters.uncorrectable_codewords),
            **{f"phy-raw-errors-lane{lane}": str(count) for lane, count in enumerate(wrong)},
            "raw-ber": one_digit(self._world.pre_fec_ber(port.subject) or 0.0),
            "symbol-ber": NO_ERROR,
            "effective-ber": NO_ERROR,
            **{f"raw-ber-lane{lane}": one_digit(ber) if ber else "0" for lane, ber in enumerate(bers)},
            **{f"rs-num-corr-err-bin{at}": str(count) for at, count in enumerate(bins)},
        }

    # configuration

    def configured(self, held: Snapshot) -> Json:
        """A revision's tree of configuration."""
        ports: Json = {
            name: {
                "link": {
                    "fec": FEC_WORDS[each.fec_mode],
                    "mtu": each.mtu,
                    "state": {"up" if each.admin_up else "down": {}},
                },
                "type": "swp",
            }
            for name, each in held.ports.items()
        }
        return {"interface": ports, "system": {"hostname": self._device.hostname}}


def one_digit(ber: float) -> str:
    """`3E-6`: a BER as NVIDIA's firmware tells it."""
    if ber <= 0.0:
        return NO_ERROR
    mantissa, _, exponent = f"{ber:.0E}".partition("E")
    return f"{mantissa}E{int(exponent)}"
