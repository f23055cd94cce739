"""What an EOS switch's show commands say, as the JSON that `| json` gives (keys: EOS 4.3x).

Dark lanes read -30.0 dBm, values that do not exist are absent keys, the LLDP interface id is wrapped in
quotes beside its `_v2` form, and of a port's several PHYs only one faces the line: as the real ones do.
`show interfaces error-correction` gives `interfaceErrCorrStatuses.PORT.errCorrEncodingStatus` = reedSolomon,
fireCode or disabled.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

from bringup.lab import render_eos_counters as counters
from bringup.lab import render_eos_ports as ports
from bringup.lab import render_eos_system as system
from bringup.lab.state import Device
from bringup.lab.world import World

Json = dict[str, Any]
FAN_FULL_SPEED_RPM = 20_000.0


class EosShow:
    """The show commands of one switch. `answer` and `text` take a command as typed, with single spaces."""

    def __init__(self, world: World, device: str) -> None:
        self._world = world
        self._name = device
        self._whole: dict[str, Callable[[], Json]] = {
            "show version": self._version,
            "show hostname": self._hostname,
            "show clock": self._clock,
            "show inventory": self._inventory,
            "show system environment power": self._power,
            "show system environment cooling": self._cooling,
            "show system environment temperature": self._temperature,
        }
        self._by_port: dict[str, Callable[[World, str, list[str]], Json]] = {
            "": ports.interfaces,
            "status": ports.statuses,
            "error-correction": ports.error_correction,
            "phy detail": ports.phy_detail,
            "transceiver detail": ports.transceiver,
            "transceiver dom thresholds": ports.transceiver,
            "description": counters.descriptions,
            "status errdisabled": counters.error_disabled,
            "counters errors": counters.errors,
            "counters discards": counters.discards,
            "counters rates": counters.rates,
            "counters queue detail": counters.queues,
        }
        self._of_system: dict[str, Callable[[World, str], Json]] = {
            "show uptime": system.uptime,
            "show reload cause": system.reload_cause,
            "show system coredump": system.coredump,
            "show processes top once": system.processes,
            "show extensions": system.extensions,
            "show boot-extensions": system.boot_extensions,
            "show system environment temperature transceiver": system.module_temperatures,
        }
        self._of_all_ports: dict[str, Callable[[World, str, list[str]], Json]] = {
            "show priority-flow-control counters": counters.pause,
            "show priority-flow-control counters watchdog": counters.pause_watchdog,
            "show running-config section priority-flow-control": counters.pause_configured,
            "show qos interfaces ecn counters queue": counters.marked,
            "show lacp counters all-ports": counters.bundle_packets,
        }

    def answer(self, command: str) -> Json | None:
        """The JSON of a command, or None for one that this switch has not."""
        whole = self._whole.get(command)
        if whole is not None:
            return whole()
        if command in self._of_system:
            return self._of_system[command](self._world, self._name)
        names = [port.name for port in self._world.ports(self._name)]
        if command in self._of_all_ports:
            return self._of_all_ports[command](self._world, self._name, names)
        if command.startswith("show lldp neighbors"):
            chosen = _chosen(command, r"show lldp neighbors(?P<port> \S+)? detail", names)
            return None if chosen is None else ports.neighbors(self._world, self._name, chosen[1])
        chosen = _chosen(command, r"show interfaces(?P<port> Ethernet[\d/]+)?(?P<what>( [a-z-]+)*)", names)
        if chosen is None or chosen[0] not in self._by_port:
            return None
        return self._by_port[chosen[0]](self._world, self._name, chosen[1])

    def text(self, command: str) -> str | None:
        """What a terminal would show, for the few commands that have a text form here; else None."""
        if command == "show priority-flow-control counters":
            return counters.pause_text(self._world, self._name)
        return system.text(self._world, self._name, command)

    @property
    def _device(self) -> Device:
        return self._world.device(self._name)

    def _version(self) -> Json:
        device, uptime_s = self._device, self._world.uptime_s(self._name)
        mac = device.chassis_id
        return {
            "mfgName": device.vendor,
            "modelName": device.model,
            "hardwareRevision": device.hardware_revision,
            "serialNumber": device.serial,
            "systemMacAddress": mac,
            "hwMacAddress": mac,
            "configMacAddress": "00:00:00:00:00:00",
            "version": device.os_version,
            "architecture": device.machine,
            "internalVersion": f"{device.os_version}-lab",
            "imageFormatVersion": "3.0",
            "kernelVersion": device.kernel,
            "bootupTimestamp": self._world.wall_of(self._name, device.boot_started_at or 0.0),
            "uptime": uptime_s,
            "memTotal": device.memory_kib,
            "memFree": device.memory_kib // 2,
            "isIntlVersion": False,
        }

    def _hostname(self) -> Json:
        return {"hostname": self._device.hostname, "fqdn": self._device.hostname}

    def _clock(self) -> Json:
        wall = self._world.wall_unix_s(self._name)
        now = datetime.datetime.fromtimestamp(wall, datetime.UTC)
        return {
            "utcTime": wall,
            "timezone": "UTC",
            "localTime": {
                "year": now.year,
                "month": now.month,
                "dayOfMonth": now.day,
                "hour": now.hour,
                "min": now.minute,
                "sec": now.second,
                "dayOfWeek": now.weekday(),
                "dayOfYear": now.timetuple().tm_yday,
                "daylightSavingsAdjust": 0,
            },
            "clockSource": {"local": False},
        }

    def _inventory(self) -> Json:
        device = self._device
        slots = {
            str(slot): _module(
                port.optic.vendor, port.optic.part_number, port.optic.serial, port.optic.revision
            )
            if port.optic is not None
            else _module("Not Present", "", "", "")
            for slot, port in enumerate(device.ports, 1)
        }
        supplies = {
            slot_of(supply.name): {"name": supply.model, "serialNum": supply.serial}
            if supply.fitted
            else {"name": "Not Inserted", "serialNum": ""}
            for supply in device.supplies
        }
        return {
            "systemInformation": {
                "name": device.model,
                "description": f"{len(device.ports)}-port switch",
                "mfgDate": "2024-05-06",
                "hardwareRev": device.hardware_revision,
                "hwEpoch": "01.00",
                "serialNum": device.serial,
            },
            "xcvrSlots": slots,
            "powerSupplySlots": supplies,
            "fanTraySlots": {
                slot_of(fan.name): {"name": "FAN-7011H-F", "serialNum": "N/A", "numFans": 1}
                for fan in device.fans
            },
            "cardSlots": {},
            "storageDevices": {},
            "fpgas": {},
            "portCount": len(device.ports) + 1,
            "switchedPortCount": len(device.ports),
            "managementPortCount": 1,
        }

    def _power(self) -> Json:
        """A supply that is not in its bay is not listed; one without input says powerLoss."""
        found: Json = {}
        for supply in self._device.supplies:
            if not supply.fitted:
                continue
            volts = self._world.supply_input_v(self._name, supply.name)
            watts = self._world.supply_output_w(self._name, supply.name)
            ok = self._world.supply_ok(self._name, supply.name)
            found[slot_of(supply.name)] = {
                "modelName": supply.model,
                "capacity": supply.capacity_w,
                "state": "ok" if ok else "powerLoss" if volts == 0.0 else "failed",
                "inputVoltage": volts,
                "inputCurrent": round(watts * 1.06 / volts, 4) if volts else 0.0,
                "outputCurrent": round(watts / 12.0, 3),
                "outputPower": round(watts, 2),
                "managed": True,
                "uptime": self._world.wall_of(self._name, self._device.boot_started_at or 0.0) if ok else 0.0,
                "tempSensors": {},
                "fans": {},
            }
        return {"powerSupplies": found}

    def _cooling(self) -> Json:
        trays = [
            {
                "label": slot_of(fan.name),
                "status": "ok" if fan.turning else "failed",
                "speed": _percent(fan.rpm if fan.turning else 0.0),
                "fans": [
                    {
                        "label": f"{slot_of(fan.name)}/1",
                        "status": "ok" if fan.turning else "failed",
                        "actualSpeed": _percent(fan.rpm if fan.turning else 0.0),
                        "configuredSpeed": _percent(fan.rpm),
                        "maxSpeed": int(FAN_FULL_SPEED_RPM),
                        "speedStable": fan.turning,
                        "uptime": self._world.wall_of(self._name, self._device.boot_started_at or 0.0),
                    }
                ],
            }
            for fan in self._device.fans
        ]
        healthy = all(fan.turning for fan in self._device.fans)
        return {
            "systemStatus": "coolingOk" if healthy else "coolingInsufficientFans",
            "ambientTemperature": self._device.ambient_c,
            "airflowDirection": "frontToBackAirflow",
            "coolingMode": "automatic",
            "fanTraySlots": trays,
            "powerSupplySlots": [],
        }

    def _temperature(self) -> Json:
        sensors = []
        for position, sensor in enumerate(self._device.sensors, 1):
            celsius = self._world.temperature_c(self._name, sensor.rise_c)
            sensors.append(
                {
                    "name": sensor.name,
                    "description": sensor.name,
                    "relPos": str(position),
                    "currentTemperature": round(celsius, 3),
                    "maxTemperature": round(celsius, 3),
                    "overheatThreshold": sensor.high_c,
                    "criticalThreshold": sensor.critical_c,
                    "hwStatus": "ok",
                    "inAlertState": celsius >= sensor.high_c,
                    "alertCount": 0,
                }
            )
        hot = any(sensor["inAlertState"] for sensor in sensors)
        return {
            "systemStatus": "temperatureOverheat" if hot else "temperatureOk",
            "ambientThreshold": 45,
            "shutdownOnOverheat": True,
            "tempSensors": sensors,
            "cardSlots": [],
            "powerSupplySlots": [],
        }


def slot_of(name: str) -> str:
    """EOS numbers its bays: the digits that end a part's name, or the name where there are none."""
    found = re.search(r"\d+$", name)
    return found.group() if found else name


def _module(maker: str, model: str, serial: str, revision: str) -> Json:
    return {"mfgName": maker, "modelName": model, "serialNum": serial, "hardwareRev": revision}


def _percent(rpm: float) -> int:
    return round(100.0 * rpm / FAN_FULL_SPEED_RPM)


def _chosen(command: str, pattern: str, names: list[str]) -> tuple[str, list[str]] | None:
    """(the words after the port, the ports meant), or None where the command or its port is unknown."""
    found = re.fullmatch(pattern, command)
    if found is None:
        return None
    parts = found.groupdict()
    port = (parts.get("port") or "").strip()
    if port and port not in names:
        return None
    return (parts.get("what") or "").strip(), [port] if port else names
