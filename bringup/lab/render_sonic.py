"""A SONiC switch's command line over the world (shapes: sonic-utilities' show commands)."""

from __future__ import annotations

import datetime
import json

from bringup.lab.module_controls import ModuleCommands
from bringup.lab.shell import Commands, Handler, Reply, lldp_json0, lldp_json0_interfaces, proc_uptime, table
from bringup.lab.sonic_breakout import BreakoutCommands
from bringup.lab.sonic_config import SonicConfig
from bringup.lab.sonic_optics import dom_block
from bringup.lab.sonic_states import StateCommands
from bringup.lab.state import Port
from bringup.lab.world import World

PLATFORM = "x86_64-labtron_lt9732-r0"
MAC_BYTES = 6
FEC_WORDS = {"rs544": "rs", "rs528": "rs", "fc": "fc", "none": "none"}


class SonicShell:
    """Bash on a SONiC switch: the show and config commands that bring-up needs, and a little of Linux."""

    def __init__(self, world: World, device: str) -> None:
        self._world = world
        self._device = device
        self._commands = Commands(self._table())

    @property
    def prompt(self) -> str:
        device = self._world.device(self._device)
        return f"{device.access.user}@{device.hostname}:~$ "

    def run(self, command: str) -> Reply:
        return self._commands.run(command)

    def _table(self) -> dict[str, Handler]:
        port = r"( (?P<name>\S+))?"
        return {
            r"show version": self._version,
            r"show platform syseeprom": self._syseeprom,
            r"show platform psustatus --json": self._supplies,
            r"show platform fan": self._fans,
            r"show platform temperature": self._temperatures,
            rf"show interfaces status{port}": self._status,
            rf"show interfaces fec status{port}": self._fec_status,
            r"show interfaces counters fec-stats": self._fec_stats,
            r"show interfaces counters fec-histogram( -i)? (?P<name>\S+)": self._fec_histogram,
            rf"show interfaces transceiver presence{port}": self._presence,
            rf"show interfaces transceiver eeprom (-d|--dom){port}": self._eeprom,
            r"(sudo )?docker exec (-i )?lldp lldpctl -f json0": self._neighbors,
            r"(sudo )?docker exec (-i )?lldp lldpcli show interfaces -f json0": self._listening,
            r"sudo config interface (?P<verb>shutdown|startup) (?P<name>\S+)": self._set_admin,
            r"config interface (shutdown|startup) \S+": self._not_root,
            r"(sudo )?sonic-db-dump -n STATE_DB -y -k \"TRANSCEIVER_DOM_SENSOR\|\*\"": self._dom_times,
            r"hostname": lambda: Reply(self._world.device(self._device).hostname + "\n"),
            r"date \+%s\.%N": lambda: Reply(f"{self._world.wall_unix_s(self._device):.9f}\n"),
            r"cat /proc/uptime": lambda: Reply(proc_uptime(self._world.uptime_s(self._device))),
            r"cat /proc/sys/kernel/random/boot_id": self._boot_id,
            **BreakoutCommands(self._world, self._device).table(),
            **ModuleCommands(self._world, self._device).table(),
            **StateCommands(self._world, self._device).table(),
            r"uname -srm": self._uname,
            **SonicConfig(self._world, self._device).table(),
        }

    # who it is

    def _boot_id(self) -> Reply:
        return Reply(self._world.device(self._device).boot_id + "\n")

    def _uname(self) -> Reply:
        device = self._world.device(self._device)
        return Reply(f"Linux {device.kernel} {device.machine}\n")

    def _now(self) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(self._world.wall_unix_s(self._device), datetime.UTC)

    def _version(self) -> Reply:
        device, now = self._world.device(self._device), self._now()
        up = int(self._world.uptime_s(self._device)) // 60
        days, hours, minutes = up // 1440, up // 60 % 24, up % 60
        since = f"{days} days, {hours:2d}:{minutes:02d}" if days else f"{hours:2d}:{minutes:02d}"
        return Reply(
            f"\nSONiC Software Version: SONiC.{device.os_version}\n"
            f"SONiC OS Version: 12\nDistribution: Debian 12.9\nKernel: {device.kernel}\n"
            f"Build commit: 5d0c1e7ab\nBuild date: Tue Feb 18 03:12:44 UTC 2025\nBuilt by: build@lab\n\n"
            f"Platform: {PLATFORM}\nHwSKU: Labtron-{device.model}\nASIC: broadcom\nASIC Count: 1\n"
            f"Serial Number: {device.serial}\nModel Number: {device.model}\n"
            f"Hardware Revision: {device.hardware_revision}\n"
            f"Uptime: {now:%H:%M:%S} up {since},  1 user,  load average: 0.41, 0.38, 0.36\n"
            f"Date: {now:%a %d %b %Y %H:%M:%S}\n\nDocker images:\n"
            f"REPOSITORY        TAG             IMAGE ID       SIZE\n"
            f"docker-orchagent  {device.os_version:<14}  3ab1c05fd2e1   341MB\n"
        )

    def _syseeprom(self) -> Reply:
        device = self._world.device(self._device)
        entries = [
            ("Product Name", "0x21", device.model),
            ("Part Number", "0x22", f"{device.model}-F"),
            ("Serial Number", "0x23", device.serial),
            ("Base MAC Address", "0x24", device.chassis_id.upper()),
            ("Device Version", "0x26", device.hardware_revision),
            ("Platform Name", "0x28", PLATFORM),
            ("Manufacturer", "0x2B", device.vendor),
        ]
        total = sum(len(value) + 2 for _, _, value in entries)
        rows = [
            [name, code, str(MAC_BYTES if "MAC" in name else len(value)), value]
            for name, code, value in entries
        ]
        head = f"TlvInfo Header:\n   Id String:    TlvInfo\n   Version:      1\n   Total Length: {total}\n"
        return Reply(
            head + table(["TLV Name", "Code", "Len", "Value"], rows, "<<><") + "\n(checksum valid)\n"
        )

    # environment

    def _supplies(self) -> Reply:
        device = self._world.device(self._device)
        rows = []
        for number, supply in enumerate(device.supplies, 1):
            good = self._world.supply_ok(self._device, supply.name)
            watts = self._world.supply_output_w(self._device, supply.name)
            volts = 12.05 if good else 0.0
            rows.append(
                {
                    "index": str(number),
                    "name": f"PSU {number}",
                    "presence": "true" if supply.fitted else "false",
                    "status": ("OK" if good else "NOT OK") if supply.fitted else "NOT PRESENT",
                    "led_status": "green" if good else "red",
                    "model": supply.model if supply.fitted else "N/A",
                    "serial": supply.serial if supply.fitted else "N/A",
                    "revision": "02" if supply.fitted else "N/A",
                    "voltage": f"{volts:.2f}" if supply.fitted else "N/A",
                    "current": f"{watts / 12.05:.2f}" if supply.fitted else "N/A",
                    "power": f"{watts:.2f}" if supply.fitted else "N/A",
                }
            )
        return Reply(json.dumps(rows, indent=4) + "\n")

    def _fans(self) -> Reply:
        stamp = f"{self._now():%Y%m%d %H:%M:%S}"
        header = ["Drawer", "LED", "FAN", "Speed", "Direction", "Presence", "Status", "Timestamp"]
        rows = [
            [
                f"drawer{number}",
                "green" if fan.turning else "red",
                fan.name,
                f"{fan.rpm if fan.turning else 0:.0f}RPM",
                "intake",
                "Present",
                "OK" if fan.turning else "Not OK",
                stamp,
            ]
            for number, fan in enumerate(self._world.device(self._device).fans, 1)
        ]
        return Reply(table(header, rows))

    def _temperatures(self) -> Reply:
        stamp = f"{self._now():%Y%m%d %H:%M:%S}"
        header = [
            "Sensor", "Temperature", "High TH", "Low TH", "Crit High TH", "Crit Low TH", "Warning",
            "Timestamp",
        ]  # fmt: skip
        rows = []
        for sensor in self._world.device(self._device).sensors:
            celsius = self._world.temperature_c(self._device, sensor.rise_c)
            warning = str(celsius >= sensor.high_c)
            high, critical = f"{sensor.high_c:.1f}", f"{sensor.critical_c:.1f}"
            rows.append([sensor.name, f"{celsius:.3f}", high, "N/A", critical, "N/A", warning, stamp])
        return Reply(table(header, rows))

    # ports

    def _ports(self, name: str | None = None) -> tuple[Port, ...]:
        ports = self._world.ports(self._device)
        return tuple(port for port in ports if name is None or port.name == name)

    def _status(self, name: str | None) -> Reply:
        header = [
            "Interface", "Lanes", "Speed", "MTU", "FEC", "Alias", "Vlan", "Oper", "Admin", "Type", "Asym PFC",
        ]  # fmt: skip
        rows = [
            [
                port.name,
                ",".join(str(lane) for lane in range(port.index, port.index + port.lane_count)),
                f"{port.speed_gbps:.0f}G",
                str(port.mtu),
                FEC_WORDS[port.fec_mode],
                port.alias,
                "routed",
                "up" if port.up else "down",
                "up" if port.admin_up else "down",
                "OSFP 8X Pluggable Transceiver" if port.optic else "N/A",
                "N/A",
            ]
            for port in self._ports(name)
        ]
        return Reply(table(header, rows))

    def _fec_status(self, name: str | None) -> Reply:
        rows = [
            [port.name, FEC_WORDS[port.fec_mode] if port.up else "N/A", FEC_WORDS[port.fec_mode]]
            for port in self._ports(name)
        ]
        return Reply(table(["Interface", "FEC Oper", "FEC Admin"], rows))

    def _fec_stats(self) -> Reply:
        header = [
            "IFACE", "STATE", "FEC_CORR", "FEC_UNCORR", "FEC_SYMBOL_ERR", "FEC_PRE_BER", "FEC_POST_BER",
            "FEC_PRE_BER_MAX", "FLR(O)", "FLR(P) (Accuracy)", "FEC_MAX_T",
        ]  # fmt: skip
        return Reply(table(header, [self._fec_row(port) for port in self._ports()]))

    def _fec_row(self, port: Port) -> list[str]:
        counters, ber = self._world.counters(port.subject), self._world.pre_fec_ber(port.subject)
        state = "U" if port.up else "X" if not port.admin_up else "D"
        post = 0.0 if counters.uncorrectable_codewords == 0 else (ber or 0.0) * 1e-3
        return [
            port.name,
            state,
            f"{counters.corrected_codewords:,}",
            f"{counters.uncorrectable_codewords:,}",
            f"{counters.symbol_errors:,}",
            "N/A" if ber is None else f"{ber:.2e}",
            "N/A" if ber is None else f"{post:.2e}",
            "N/A" if ber is None else f"{ber * 1.3:.2e}",
            "0" if port.up else "N/A",
            "0" if port.up else "N/A",
            str(max((wrong for wrong, count in enumerate(counters.bins) if count), default=0)),
        ]

    def _fec_histogram(self, name: str) -> Reply:
        port = next(iter(self._ports(name)), None)
        if port is None:
            return Reply(f"Failed to find interface: {name}\n", "", 1)
        bins = self._world.counters(port.subject).bins
        rows = [[f"BIN{wrong}", str(count)] for wrong, count in enumerate(bins)]
        return Reply(table(["Symbol Errors Per Codeword", "Codewords"], rows, "<>"))

    def _presence(self, name: str | None) -> Reply:
        rows = [[port.name, "Present" if port.optic else "Not present"] for port in self._ports(name)]
        return Reply(table(["Port", "Presence"], rows, "<"))

    def _eeprom(self, name: str | None) -> Reply:
        blocks = []
        for port in self._ports(name):
            lanes = self._world.lanes(port.subject)
            celsius = self._world.optic_temperature_c(port.subject)
            blocks.append(dom_block(port.name, port.optic, lanes, celsius))
        return Reply("\n".join(blocks) + "\n")

    def _neighbors(self) -> Reply:
        return Reply(json.dumps(lldp_json0(self._world, self._ports()), indent=2) + "\n")

    def _dom_times(self) -> Reply:
        """When xcvrd read each module, to the second; the monitors that stand beside it are left out."""
        found = {}
        for port in self._ports():
            if port.optic is not None:
                held = port.held_module
                at = self._world.clock.now() if held is None else held.since
                stamp = datetime.datetime.fromtimestamp(self._world.wall_of(self._device, at), datetime.UTC)
                fields = {"last_update_time": f"{stamp:%a %b %d %H:%M:%S %Y}"}
                found[f"TRANSCEIVER_DOM_SENSOR|{port.name}"] = {"type": "hash", "value": fields}
        return Reply(json.dumps(found, indent=2) + "\n")

    def _listening(self) -> Reply:
        return Reply(json.dumps(lldp_json0_interfaces(self._world, self._ports()), indent=2) + "\n")

    # change

    def _set_admin(self, verb: str, name: str) -> Reply:
        if not self._ports(name):
            usage = f"Usage: config interface {verb} [OPTIONS] <interface_name>\n"
            usage += 'Try "config interface -h" for help.\n\n'
            return Reply(
                "", usage + "Error: Interface name is invalid. Please enter a valid interface name!!\n", 2
            )
        self._world.set_admin(f"{self._device}/{name}", verb == "startup")
        return Reply("")

    def _not_root(self) -> Reply:
        return Reply("", "Root privileges are required for this operation\n", 1)
