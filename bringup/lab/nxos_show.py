"""What an NX-OS switch's show commands say with `| json`.

As the real ones do: a table of one row is an object and one of several a list; most numbers are texts, some
padded; LLDP names ports short (`Eth1/1`); a lane that sees no light reads -40.00 dBm with its alarm beside
it. Keys: outputs of Nexus 9000 (releases 9.3 to 10.4) that public clients are tested with.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bringup.lab.nxos_optics import lane_row
from bringup.lab.state import Device, Port
from bringup.lab.world import World

Json = dict[str, Any]
FEC_STATES = {"rs544": "Kp-fec", "rs528": "Rs-fec", "fc": "Fc-fec", "none": "off"}


class NxosShow:
    """The JSON of one switch's show commands, made anew at each question."""

    def __init__(self, world: World, device: str) -> None:
        self._world = world
        self._name = device
        self._commands: dict[str, Callable[[], Json]] = {
            "show version": self._version,
            "show hostname": lambda: {"hostname": self._device.hostname},
            "show inventory": self._inventory,
            "show environment": self._environment,
            "show interface": lambda: self.interfaces(self._ports),
            "show interface status": self._status,
            "show interface transceiver": lambda: self.transceivers(self._ports, details=False),
            "show interface transceiver details": lambda: self.transceivers(self._ports, details=True),
            "show lldp neighbors detail": self._neighbors,
            "show port-channel summary": self._channels,
        }

    def answer(self, command: str) -> Json | None:
        """The object of a command as typed, with single spaces; None for one that has no JSON here.

        An empty object: there is nothing to tell, which NX-OS says in words.
        """
        made = self._commands.get(command)
        return None if made is None else made()

    @property
    def _device(self) -> Device:
        return self._world.device(self._name)

    @property
    def _ports(self) -> list[Port]:
        return list(self._world.ports(self._name))

    # who it is

    def _version(self) -> Json:
        device, up = self._device, int(self._world.uptime_s(self._name))
        image = f"bootflash:///nxos64-cs.{device.os_version.replace('(', '.').replace(')', '')}.M.bin"
        return {
            "header_str": "Cisco Nexus Operating System (NX-OS) Software\n",
            "bios_ver_str": device.firmware.get("bios", ""),
            "kickstart_ver_str": device.os_version,
            "nxos_ver_str": device.os_version,
            "kick_file_name": image,
            "nxos_file_name": image,
            "chassis_id": device.model,
            "cpu_name": "Intel(R) Xeon(R) CPU D-1633N @ 2.50GHz",
            "memory": device.memory_kib,
            "mem_type": "kB",
            "proc_board_id": device.serial,
            "host_name": device.hostname,
            "bootflash_size": 115_805_708,
            "kern_uptm_days": up // 86_400,
            "kern_uptm_hrs": up // 3600 % 24,
            "kern_uptm_mins": up // 60 % 60,
            "kern_uptm_secs": up % 60,
            "rr_reason": "Unknown",
            "plugins": "Core Plugin, Ethernet Plugin",
            "manufacturer": "Cisco Systems, Inc.",
            "TABLE_package_list": {"ROW_package_list": {"package_id": ""}},
        }

    def _inventory(self) -> Json:
        device = self._device
        parts = [("Chassis", device.model, device.model.split()[1], device.serial)]
        parts += [
            (f"Power Supply {at}", "Nexus Power Supply", supply.model, supply.serial)
            for at, supply in enumerate(device.supplies, 1)
            if supply.fitted
        ]
        rows = [
            {"name": name, "desc": about, "productid": part, "vendorid": "V01", "serialnum": serial}
            for name, about, part, serial in parts
        ]
        return {"TABLE_inv": {"ROW_inv": one_or_many(rows)}}

    # environment

    def _environment(self) -> Json:
        device = self._device
        fans = [
            {
                "fanname": f"Fan{at}(sys_fan{at})",
                "fanmodel": "NXA-FAN-160CFM2-PI",
                "fanhwver": "--",
                "fandir": "back-to-front",
                "fanstatus": "Ok" if fan.turning else "Failure",
            }
            for at, fan in enumerate(device.fans, 1)
        ]
        sensors = []
        for sensor in device.sensors:
            celsius = self._world.temperature_c(self._name, sensor.rise_c)
            sensors.append(
                {
                    "tempmod": "1",
                    "sensor": sensor.name,
                    "majthres": f"{sensor.critical_c:.0f}",
                    "minthres": f"{sensor.high_c:.0f}",
                    "curtemp": f"{celsius:.0f}",
                    "alarmstatus": "Ok" if celsius < sensor.high_c else "Minor",
                }
            )
        return {
            "fandetails": {"TABLE_faninfo": {"ROW_faninfo": one_or_many(fans)}},
            "TABLE_tempinfo": {"ROW_tempinfo": one_or_many(sensors)},
            "powersup": self._power(device),
        }

    def _power(self, device: Device) -> Json:
        rows = []
        for at, supply in enumerate(device.supplies, 1):
            ok, watts = self._world.supply_ok(self._name, supply.name), 0.0
            if ok:
                watts = self._world.supply_output_w(self._name, supply.name)
            state = "Absent" if not supply.fitted else "Ok" if ok else "Fail/Shutdown"
            rows.append(
                {
                    "psnum": at,
                    "psmodel": supply.model if supply.fitted else "------------",
                    "actual_out": f"{watts:5.0f} W",
                    "actual_input": f"{watts * 1.06:5.0f} W",
                    "tot_capa": f"{supply.capacity_w if ok else 0.0:5.0f} W",
                    "ps_status": state,
                }
            )
        summary = {"ps_redun_mode": "PS-Redundant", "tot_pow_alloc_budgeted": "   N/A   "}
        return {
            "voltage_level": 12,
            "power_summary": summary,
            "TABLE_psinfo": {"ROW_psinfo": one_or_many(rows)},
        }

    # ports

    def interfaces(self, ports: list[Port]) -> Json:
        """`show interface`, of these ports."""
        return {"TABLE_interface": {"ROW_interface": one_or_many([self._interface(port) for port in ports])}}

    def _interface(self, port: Port) -> Json:
        row: Json = {
            "interface": port.name,
            "state": "up" if port.up else "down",
            "admin_state": "up" if port.admin_up else "down",
            "share_state": "Dedicated",
            "eth_hw_desc": f"{port.speed_gbps * 1000:.0f} Ethernet",
            "eth_hw_addr": dotted(port.mac),
            "eth_bia_addr": dotted(port.mac),
            "eth_mtu": str(port.mtu),
            "eth_bw": round(port.speed_gbps * 1e6),
            "eth_dly": 10,
            "medium": "broadcast",
            "eth_mode": "routed",
            "eth_duplex": "full" if port.up else "auto",
            "eth_speed": f"{port.speed_gbps:g} Gb/s" if port.up else "auto-speed",
            "eth_autoneg": "on",
            "eth_admin_fec_state": FEC_STATES[port.fec_mode].lower(),
            "eth_oper_fec_state": FEC_STATES[port.fec_mode] if port.up else "auto",
            "eth_clear_counters": "never",
            "eth_reset_cntr": self._world.counters(port.subject).transitions,
            "eth_inbytes": "0",
            "eth_outbytes": "0",
            "eth_crc": "0",
            "eth_inerr": "0",
            "eth_outerr": "0",
        }
        if not port.up:
            row["state_rsn_desc"] = _why_down(port)
        return row

    def _status(self) -> Json:
        rows = [
            {
                "interface": port.name,
                "state": _state_word(port),
                "vlan": "routed",
                "duplex": "full" if port.up else "auto",
                "speed": f"{port.speed_gbps:g}G" if port.up else "auto",
                "type": type_of(port),
            }
            for port in self._ports
        ]
        return {"TABLE_interface": {"ROW_interface": one_or_many(rows)}}

    def transceivers(self, ports: list[Port], *, details: bool) -> Json:
        """`show interface transceiver`, with `details` the monitors too."""
        rows = [self._transceiver(port, details) for port in ports]
        return {"TABLE_interface": {"ROW_interface": one_or_many(rows)}}

    def _transceiver(self, port: Port, details: bool) -> Json:
        optic = port.optic
        if optic is None:
            return {"interface": port.name, "sfp": "not present"}
        row: Json = {
            "interface": port.name,
            "sfp": "present",
            "type": type_of(port),
            "name": f"{optic.vendor:<16}",
            "partnum": f"{optic.part_number:<16}",
            "rev": f"{optic.revision:<2}",
            "serialnum": f"{optic.serial:<16}",
            "nom_bitrate": round(port.speed_gbps * 1062.5),
            "ciscoid": "30",
            "firmware_ver": optic.firmware,
        }
        lanes = self._world.lanes(port.subject)
        if details and lanes:
            row["num_lanes"] = str(len(lanes))
            celsius = self._world.optic_temperature_c(port.subject)
            made = [lane_row(lane, celsius, optic.supply_voltage_v, optic.medium) for lane in lanes]
            row["TABLE_lane"] = {"ROW_lane": one_or_many(made)}
        return row

    # neighbours and channels

    def _neighbors(self) -> Json:
        rows = [
            {
                "chassis_type": "4",
                "chassis_id": dotted(seen.chassis_id),
                "port_type": "5",
                "port_id": seen.port_id,
                "l_port_id": short(port.name),
                "port_desc": seen.port_description,
                "sys_name": seen.system_name,
                "sys_desc": seen.platform,
                "ttl": str(max(0, round(seen.ttl_s - seen.age_s))),
                "system_capability": "B, R",
                "enabled_capability": "B, R",
                "mgmt_addr_type": "IPV4",
                "mgmt_addr": "not advertised",
                "vlan_id": "not advertised",
            }
            for port in self._ports
            for seen in self._world.neighbors(port.subject)
        ]
        if not rows:
            return {}
        return {"TABLE_nbor_detail": {"ROW_nbor_detail": one_or_many(rows)}, "neigh_count": str(len(rows))}

    def _channels(self) -> Json:
        rows = []
        for name, members in self._device.configuration.bundles.items():
            ups = {member: self._world.port(f"{self._name}/{member}").up for member in members}
            told = [{"port": member, "port-status": "P" if up else "D"} for member, up in ups.items()]
            rows.append(
                {
                    "group": name.removeprefix("port-channel"),
                    "port-channel": name,
                    "layer": "R",
                    "status": "U" if any(ups.values()) else "D",
                    "type": "Eth",
                    "prtcl": "LACP",
                    "TABLE_member": {"ROW_member": one_or_many(told)},
                }
            )
        return {"TABLE_channel": {"ROW_channel": one_or_many(rows)}} if rows else {}


def one_or_many(rows: list[Json]) -> Json | list[Json]:
    """How NX-OS writes the rows of a table."""
    return rows[0] if len(rows) == 1 else rows


def dotted(mac: str) -> str:
    """`021a.b001.0008`."""
    octets = mac.replace(":", "")
    return ".".join(octets[start : start + 4] for start in (0, 4, 8))


def short(port: str) -> str:
    return port.replace("Ethernet", "Eth")


def type_of(port: Port) -> str:
    """A medium as NX-OS writes it: `400Gbase-DR4`."""
    return "--" if port.optic is None else port.optic.medium.replace("BASE", "base")


def _state_word(port: Port) -> str:
    if port.up:
        return "connected"
    if not port.admin_up:
        return "disabled"
    return "notconnect" if port.optic is not None else "xcvrAbsent"


def _why_down(port: Port) -> str:
    if not port.admin_up:
        return "Administratively down"
    return "Link not connected" if port.optic is not None else "XCVR not inserted"
