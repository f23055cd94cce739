"""What a Junos switch prints on a terminal: who it is, its parts, its environment, its neighbours.

Shapes: recorded outputs of a QFX5240. A neighbour whose port id is only its own (`locally assigned`) is told
by the description of its port, as Junos does.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

from bringup.lab.lldp import Neighbor
from bringup.lab.state import Device, Port
from bringup.lab.world import World

_BASE = re.compile(r"(800G)BASE-(\w+)")


class JunosText:
    """The texts of one switch."""

    def __init__(self, world: World, device: str) -> None:
        self._world = world
        self._name = device
        self._commands: dict[str, Callable[[], str]] = {
            "show version": self._version,
            "show chassis hardware": self._hardware,
            "show chassis hardware detail": self._hardware,
            "show chassis environment": self._environment,
            "show chassis environment no-forwarding": self._environment,
            "show interfaces terse": self._terse,
            "show lldp neighbors": self._neighbors,
            "show system uptime": self._uptime,
            "show system commit": self._commits,
        }

    def answer(self, command: str) -> str | None:
        """What a command prints; None for one that has no text here."""
        made = self._commands.get(command)
        return None if made is None else made()

    @property
    def _device(self) -> Device:
        return self._world.device(self._name)

    def _version(self) -> str:
        device = self._device
        return (
            f"Hostname: {device.hostname}\nModel: {device.model}\nJunos: {device.os_version}\n"
            f"Yocto: 3.0.2\nLinux Kernel: {device.kernel}\n"
            f"JUNOS-EVO OS 64-bit [junos-evo-install-qfx-ms-x86-64-{device.os_version}]\n"
        )

    def _hardware(self) -> str:
        device = self._device
        model, ports = device.model.upper(), device.listed_ports
        cages = sorted({_cage(port) for port in ports})
        rows = [("Item", "Version", "Part number", "Serial number", "Description")]
        rows.append(("Chassis", "", "", device.serial, model))
        rows += [
            (supply.name.upper().replace("-", " "), "", "", supply.serial, supply.model)
            for supply in device.supplies
            if supply.fitted
        ]
        rows.append(("Routing Engine 0", "", "BUILTIN", "BUILTIN", "RE-QFX5240"))
        rows.append(("CB 0", device.hardware_revision, "650-175147", device.serial, model))
        rows.append(("FPC 0", "", "BUILTIN", "BUILTIN", model))
        speed = max(port.speed_gbps * 8 // port.lane_count for port in ports)
        rows.append(("  PIC 0", "", "BUILTIN", "BUILTIN", f"{cages[-1] + 1}X{speed:.0f}G-OSFP"))
        modules = {_cage(port): port.optic for port in ports if port.optic is not None}
        rows += [
            (f"    Xcvr {cage}", "REV 01", optic.part_number[:12], optic.serial, described(optic.medium))
            for cage, optic in sorted(modules.items())
        ]
        rows += [
            (f"Fan Tray {tray}", "", "", "", f"{model} Fan Tray, Front to Back Airflow - AFO")
            for tray in range((len(device.fans) + 1) // 2)
        ]
        lines = [f"{a:<17}{b:<9}{c:<13}{d:<18}{e}".rstrip() for a, b, c, d, e in rows]
        return "\n".join(["Hardware inventory:", *lines]) + "\n"

    def _environment(self) -> str:
        rows: list[tuple[str, str, str, str]] = []
        for supply in self._device.supplies:
            ok = self._world.supply_ok(self._name, supply.name)
            state = "Absent" if not supply.fitted else "OK" if ok else "Check"
            celsius = _degrees(self._world.temperature_c(self._name, 12.0)) if ok else ""
            rows.append(("Power", supply.name.upper().replace("-", " "), state, celsius))
        for sensor in self._device.sensors:
            celsius_now = self._world.temperature_c(self._name, sensor.rise_c)
            state = "OK" if celsius_now < sensor.high_c else "Check"
            rows.append(("Temp", sensor.name, state, _degrees(celsius_now)))
        for port in self._device.listed_ports:
            if port.optic is not None:
                name = f"FPC 0 xcvr-{port.name.partition('-')[2].partition(':')[0]}"
                heat = _degrees(self._world.optic_temperature_c(port.subject))
                if ("Temp", name, "OK", heat) not in rows:
                    rows.append(("Temp", name, "OK", heat))
        for fan in self._device.fans:
            speed = f"{fan.rpm if fan.turning else 0.0:.0f} RPM"
            rows.append(("Fan", fan.name, "OK" if fan.turning else "Check", speed))
        lines, told = ["Class Item                           Status     Measurement"], ""
        for kind, name, state, measured in rows:
            lines.append(f"{kind if kind != told else '':<6}{name:<30} {state:<10} {measured}".rstrip())
            told = kind
        return "\n".join(lines) + "\n"

    def _terse(self) -> str:
        lines = ["Interface               Admin Link Proto    Local                 Remote"]
        for port in self._device.listed_ports:
            admin, link = ("up" if each else "down" for each in (port.admin_up, port.up))
            lines.append(f"{port.name:<24}{admin:<6}{link}")
        return "\n".join(lines) + "\n"

    def _neighbors(self) -> str:
        head = (
            f"{'Local Interface':<19}{'Parent Interface':<20}{'Chassis Id':<41}{'Port info':<19}System Name\n"
        )
        rows = [
            f"{port.name:<19}{'-':<20}{seen.chassis_id:<41}{_port_info(seen):<18} {seen.system_name}\n"
            for port in self._device.listed_ports
            for seen in self._world.neighbors(port.subject)
        ]
        return head + "".join(rows)

    def _uptime(self) -> str:
        wall, up = self._world.wall_unix_s(self._name), int(self._world.uptime_s(self._name))
        now, booted = (datetime.datetime.fromtimestamp(at, datetime.UTC) for at in (wall, wall - up))
        ago = f"({up // 86_400}d {up // 3600 % 24:02d}:{up // 60 % 60:02d} ago)"
        return (
            f"Current time: {now:%Y-%m-%d %H:%M:%S} UTC\nTime Source:  NTP CLOCK \n"
            f"System booted: {booted:%Y-%m-%d %H:%M:%S} UTC {ago}\n"
        )

    def _commits(self) -> str:
        self._world.now()
        lines = []
        for at, commit in enumerate(self._device.configuration.commits):
            wall = self._world.wall_of(self._name, commit.at)
            made = datetime.datetime.fromtimestamp(wall, datetime.UTC)
            waits = f" commit confirmed, rollback in {commit.confirm_minutes}mins"
            lines.append(
                f"{at:<4}{made:%Y-%m-%d %H:%M:%S} UTC by {commit.user} via {commit.client}"
                f"{waits if commit.confirm_minutes is not None else ''}"
            )
            lines += [f"    {commit.log}"] if commit.log else []
        return "\n".join(lines) + "\n"


def _cage(port: Port) -> int:
    return int(port.name.rpartition("/")[2].partition(":")[0])


def described(medium: str) -> str:
    """A medium as Junos describes a module: `OSFP-800G-DR8`, `QSFP56-DD-400GBASE-DR4`; others as they are."""
    match = _BASE.fullmatch(medium)
    if match is not None:
        return f"OSFP-{match[1]}-{match[2]}"
    return f"QSFP56-DD-{medium}" if "BASE" in medium else medium


def _degrees(celsius: float) -> str:
    return f"{celsius:.0f} degrees C / {celsius * 1.8 + 32.0:.0f} degrees F"


def _port_info(seen: Neighbor) -> str:
    port_id, description = seen.port_id, seen.port_description
    return port_id if port_id == description or not description else description
