"""EOS show commands about the system as such: how long it runs, why it was restarted, load, modules' heat."""

from __future__ import annotations

import datetime
from typing import Any

from bringup.lab.optic_kind import kind_of
from bringup.lab.sonic_optics import module_thresholds
from bringup.lab.world import World

Json = dict[str, Any]
SYNCHRONISED_WITHIN_S = 0.5


def uptime(world: World, device: str) -> Json:
    """`show uptime`: seconds, however fast the world runs."""
    return {
        "currentTime": world.wall_unix_s(device),
        "upTime": world.uptime_s(device),
        "users": 0,
        "loadAvg": [0.21, 0.18, 0.16],
    }


def reload_cause(world: World, device: str) -> Json:
    """`show reload cause`: none is kept of a start after the power came."""
    return {"full": False, "kernelCrashData": [], "resetCauses": []}


def coredump(world: World, device: str) -> Json:
    """`show system coredump`."""
    return {"mode": "compressed", "coreFiles": []}


def processes(world: World, device: str) -> Json:
    """`show processes top once`."""
    memory_kib = world.device(device).memory_kib
    return {
        "cpuInfo": {
            "%Cpu(s)": {"user": 3.1, "system": 1.0, "nice": 0.0, "idle": 95.7, "ioWait": 0.0, "hwIrq": 0.2,
                        "swIrq": 0.0, "stolen": 0.0}
        },
        "memInfo": {
            "physicalMem": {"memTotal": memory_kib, "memFree": memory_kib // 2, "memUsed": memory_kib // 2}
        },
        "timeInfo": {"upTime": world.uptime_s(device), "users": 0, "loadAvg": [0.21, 0.18, 0.16]},
        "processes": {},
    }  # fmt: skip


def extensions(world: World, device: str) -> Json:
    """`show extensions`: none is installed."""
    return {"extensionStoredDir": "flash:", "extensions": {}}


def boot_extensions(world: World, device: str) -> Json:
    """`show boot-extensions`."""
    return {"extensions": []}


def module_temperatures(world: World, device: str) -> Json:
    """`show system environment temperature transceiver`: what a module's monitor tells, cage by cage.

    An empty cage has no sensor, nor has a module without monitors. One over its own warning stands in alert,
    and was once.
    """
    sensors = []
    for cage, port in enumerate(world.ports(device), 1):
        if port.optic is None or kind_of(port.optic.medium).flat:
            continue
        limits = {name: value for name, value, _ in module_thresholds(kind_of(port.optic.medium))}
        celsius = round(world.optic_temperature_c(port.subject), 4)
        hot = celsius >= limits["TempHighWarning"]
        sensors.append(
            {
                "name": f"DomTemperatureSensor{cage}",
                "description": f"Xcvr{cage} temp sensor",
                "relPos": str(cage),
                "currentTemperature": celsius,
                "maxTemperature": celsius,
                "overheatThreshold": limits["TempHighWarning"],
                "criticalThreshold": limits["TempHighAlarm"],
                "hwStatus": "ok",
                "inAlertState": hot,
                "alertCount": int(hot),
                "isPidDriver": False,
                "pidDriverCount": 0,
            }
        )
    return {"tempSensors": sensors, "cardSlots": []}


def text(world: World, device: str, command: str) -> str | None:
    """What a terminal would show of the commands that have a text form here; else None."""
    held = world.device(device)
    now = datetime.datetime.fromtimestamp(world.wall_unix_s(device), datetime.UTC)
    synchronised = abs(held.clock_skew_s) < SYNCHRONISED_WITHIN_S
    return {
        "show hostname": f"Hostname: {held.hostname}\nFQDN:     {held.hostname}\n",
        "show clock": f"{now:%a %b %e %H:%M:%S %Y}\nTimezone: UTC\nClock source: NTP server\n",
        "show version": (
            f"{held.vendor} {held.model}\nHardware version: {held.hardware_revision}\n"
            f"Serial number: {held.serial}\nSoftware image version: {held.os_version}\n"
        ),
        "show agent logs crash": "",
        "show ntp status": (
            "synchronised to NTP server (192.0.2.123) at stratum 3\n"
            "   time correct to within 12 ms\n   polling server every 1024 s\n\n"
            if synchronised
            else "unsynchronised\n   polling server every 64 s\n\n"
        ),
    }.get(command)
