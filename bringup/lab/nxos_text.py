"""What an NX-OS switch's show commands print on a terminal, for those that people type most.

Shapes: recorded outputs of Nexus 9000. Limits stand in the order high alarm, low alarm, high warning, low
warning; marks beside a reading are the module's alarms.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable

from bringup.lab.nxos_optics import LIMITS, QUANTITIES, limits_of, mark_of, readings
from bringup.lab.nxos_show import NxosShow, dotted, short, type_of
from bringup.lab.state import Port
from bringup.lab.world import LaneReading, World

RULE = "-" * 80
LLDP_HEAD = (
    "Capability codes:\n"
    "  (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device\n"
    "  (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other\n"
    "Device ID            Local Intf      Hold-time  Capability  Port ID  \n"
)
NO_NEIGHBOR = "ERROR: No neighbour information\n"
ROWS = (
    ("Temperature", "temperature", "C"),
    ("Voltage", "voltage", "V"),
    ("Current", "current", "mA"),
    ("Tx Power", "tx_pwr", "dBm"),
    ("Rx Power", "rx_pwr", "dBm"),
)


class NxosText:
    """The texts of one switch's show commands."""

    def __init__(self, world: World, device: str) -> None:
        self._world = world
        self._name = device
        self._show = NxosShow(world, device)
        self._commands: dict[str, Callable[[], str]] = {
            "show version": self._version,
            "show hostname": lambda: world.device(device).hostname + "\n",
            "show clock": self._clock,
            "show interface": lambda: self.interfaces(self._ports),
            "show interface status": self._status,
            "show interface transceiver details": lambda: self.transceivers(self._ports),
            "show lldp neighbors": self._neighbors,
            "show lldp neighbors detail": self._neighbors_detail,
        }

    def answer(self, command: str) -> str | None:
        """What a command prints; None for one that has no text here."""
        made = self._commands.get(command)
        return None if made is None else made()

    @property
    def _ports(self) -> list[Port]:
        return list(self._world.ports(self._name))

    def _now(self) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(self._world.wall_unix_s(self._name), datetime.UTC)

    def _version(self) -> str:
        device, up = self._world.device(self._name), int(self._world.uptime_s(self._name))
        return (
            "Cisco Nexus Operating System (NX-OS) Software\n\nSoftware\n"
            f"  BIOS: version {device.firmware.get('bios', '')}\n  NXOS: version {device.os_version}\n\n"
            f"Hardware\n  cisco {device.model}\n"
            f"  Intel(R) Xeon(R) CPU D-1633N @ 2.50GHz with {device.memory_kib} kB of memory.\n"
            f"  Processor Board ID {device.serial}\n\n  Device name: {device.hostname}\n\n"
            f"Kernel uptime is {up // 86_400} day(s), {up // 3600 % 24} hour(s), {up // 60 % 60} minute(s), "
            f"{up % 60} second(s)\n"
        )

    def _clock(self) -> str:
        now = self._now()
        stamp = f"{now:%H:%M:%S}.{now.microsecond // 1000:03d} UTC {now:%a %b} {now.day} {now.year}"
        return f"{stamp}\nTime source is NTP\n"

    def interfaces(self, ports: list[Port]) -> str:
        """`show interface`, of these ports."""
        return "\n".join(self._interface(port) for port in ports)

    def _interface(self, port: Port) -> str:
        found = self._show.interfaces([port])["TABLE_interface"]["ROW_interface"]
        state = "up" if port.up else f"down ({found['state_rsn_desc']})"
        return (
            f"{port.name} is {state}\nadmin state is {found['admin_state']}, Dedicated Interface\n"
            f"  Hardware: {found['eth_hw_desc']}, address: {dotted(port.mac)} (bia {dotted(port.mac)})\n"
            f"  MTU {port.mtu} bytes, BW {found['eth_bw']} Kbit , DLY 10 usec\n"
            f"  Encapsulation ARPA, medium is broadcast\n"
            f"  {found['eth_duplex']}-duplex, {found['eth_speed']}\n"
            f"    admin fec state is {found['eth_admin_fec_state']}, "
            f"oper fec state is {found['eth_oper_fec_state']}\n"
            f"  {found['eth_reset_cntr']} interface resets\n"
        )

    def _status(self) -> str:
        head = f"{'Port':<14}{'Name':<19}{'Status':<10}{'Vlan':<10}{'Duplex':<8}{'Speed':<8}Type"
        found = self._show.answer("show interface status") or {}
        rows = found["TABLE_interface"]["ROW_interface"]
        lines = [
            f"{short(row['interface']):<14}{'--':<19}{row['state'][:9]:<10}{row['vlan']:<10}"
            f"{row['duplex']:<8}{row['speed']:<8}{row['type'][:11]}"
            for row in (rows if isinstance(rows, list) else [rows])
        ]
        return "\n".join(["", RULE, head, RULE, *lines]) + "\n"

    def transceivers(self, ports: list[Port]) -> str:
        """`show interface transceiver details`, of these ports."""
        return "\n".join(self._transceiver(port) for port in ports)

    def _transceiver(self, port: Port) -> str:
        optic = port.optic
        if optic is None:
            return f"{port.name}\n    transceiver is not present\n"
        lanes = self._world.lanes(port.subject)
        celsius = self._world.optic_temperature_c(port.subject)
        head = (
            f"{port.name}\n    transceiver is present\n    type is {type_of(port)}\n"
            f"    name is {optic.vendor}\n    part number is {optic.part_number}\n"
            f"    revision is {optic.revision}\n    serial number is {optic.serial}\n"
            f"    nominal bitrate is {port.speed_gbps * 1062.5:.0f} MBit/sec\n"
            f"    cisco id is 30\n    number of lanes {len(lanes)}\n"
        )
        return head + "".join(
            _lane_block(lane, celsius, optic.supply_voltage_v, optic.medium) for lane in lanes
        )

    def _neighbors(self) -> str:
        rows = [
            f"{seen.system_name:<21}{short(port.name):<16}{seen.ttl_s:<11}{'BR':<12}{seen.port_id:<14}\n"
            for port in self._ports
            for seen in self._world.neighbors(port.subject)
        ]
        return LLDP_HEAD + "".join(rows) + f"Total entries displayed: {len(rows)}\n" if rows else NO_NEIGHBOR

    def _neighbors_detail(self) -> str:
        blocks = [
            f"\nChassis id: {dotted(seen.chassis_id)}\nPort id: {seen.port_id}\n"
            f"Local Port id: {short(port.name)}\nPort Description: {seen.port_description}\n"
            f"System Name: {seen.system_name}\nSystem Description: {seen.platform}\n"
            f"Time remaining: {max(0, round(seen.ttl_s - seen.age_s))} seconds\n"
            "System Capabilities: B, R\nEnabled Capabilities: B, R\nManagement Address: not advertised\n"
            "Vlan ID: not advertised\n\n"
            for port in self._ports
            for seen in self._world.neighbors(port.subject)
        ]
        total = f"Total entries displayed: {len(blocks)}\n"
        return "\n" + LLDP_HEAD + "".join(blocks) + total if blocks else NO_NEIGHBOR


def _lane_block(lane: LaneReading, celsius: float, volts: float, medium: str) -> str:
    told = readings(lane, celsius, volts)
    tables = {key: limits_of(prefix, medium) for key, _, prefix in QUANTITIES}
    rule = "  " + "-" * 76
    lines = [
        "",
        f"Lane Number:{lane.index} Network Lane",
        "           SFP Detail Diagnostics Information (internal calibration)",
        rule,
        "                Current              Alarms                  Warnings",
        "                Measurement     High        Low         High          Low",
        rule,
    ]
    for title, key, unit in ROWS:
        limits = tables[key]
        ends = "   ".join(f"{limits[end]:7.2f} {unit}" for end, _ in LIMITS)
        lines.append(f"  {title:<11} {told[key]:8.2f} {unit} {mark_of(told[key], limits):<2}   {ends}")
    lines += [
        "  Transmit Fault Count = 0",
        rule,
        "  Note: ++  high-alarm; +  high-warning; --  low-alarm; -  low-warning",
    ]
    return "\n".join(lines) + "\n"
