"""Fans and temperatures in Redfish: ThermalSubsystem with its fans and metrics, and the older Thermal.

Fans turn and sensors warm up only while the host runs; with the host off fans stand still and say so.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bringup.lab.redfish_shape import Json, collection, condition, link
from bringup.lab.state import Device, Fan, Sensor
from bringup.lab.world import World

FULL_SPEED_RPM = 16_000.0


def resources(world: World, node: Device, chassis: str) -> dict[str, Callable[[], Json]]:
    """Path -> maker, below a chassis."""
    top = f"{chassis}/ThermalSubsystem"
    paths = {f"{top}/Fans/{number}": fan for number, fan in enumerate(node.fans, 1)}
    found: dict[str, Callable[[], Json]] = {
        top: partial(_subsystem, node, top),
        f"{top}/Fans": lambda: collection("Fan", "Fan", list(paths)),
        f"{top}/ThermalMetrics": partial(_metrics, world, node),
        f"{chassis}/Thermal": partial(_old_thermal, world, node, f"{chassis}/Thermal"),
    }
    for number, (path, fan) in enumerate(paths.items(), 1):
        found[path] = partial(_fan, world, node, fan, number)
    return found


def _subsystem(node: Device, top: str) -> Json:
    leaks = {"LeakDetection": link(f"{top}/LeakDetection")} if node.leak_detectors else {}
    return leaks | {
        "@odata.type": "#ThermalSubsystem.v1_2_0.ThermalSubsystem",
        "Id": "ThermalSubsystem",
        "Name": "Thermal Subsystem",
        "Fans": link(f"{top}/Fans"),
        "ThermalMetrics": link(f"{top}/ThermalMetrics"),
        "Status": {
            "State": "Enabled",
            "Health": "OK" if all(fan.turning for fan in node.fans) else "Warning",
        },
    }


def _runs(node: Device) -> bool:
    return node.boot_started_at is not None


def _rpm(node: Device, fan: Fan) -> float:
    return fan.rpm if fan.turning and _runs(node) else 0.0


def _fan_status(node: Device, fan: Fan) -> Json:
    return condition(True, fan.turning) if _runs(node) else {"State": "StandbyOffline", "Health": None}


def _fan(world: World, node: Device, fan: Fan, number: int) -> Json:
    rpm = _rpm(node, fan)
    return {
        "@odata.type": "#Fan.v1_5_0.Fan",
        "Id": str(number),
        "Name": f"Chassis Fan {number}",
        "PhysicalContext": "Chassis",
        "Status": _fan_status(node, fan),
        "SpeedPercent": {"Reading": round(100.0 * rpm / FULL_SPEED_RPM), "SpeedRPM": rpm},
        "Location": {"PartLocation": {"ServiceLabel": f"FAN {number}", "LocationType": "Bay"}},
    }


def _celsius(world: World, node: Device, sensor: Sensor) -> float:
    return round(world.temperature_c(node.name, sensor.rise_c), 1)


def _metrics(world: World, node: Device) -> Json:
    return {
        "@odata.type": "#ThermalMetrics.v1_3_0.ThermalMetrics",
        "Id": "ThermalMetrics",
        "Name": "Chassis Thermal Metrics",
        "TemperatureReadingsCelsius": [
            {"DeviceName": sensor.name, "Reading": _celsius(world, node, sensor)} for sensor in node.sensors
        ],
    }


def _old_thermal(world: World, node: Device, path: str) -> Json:
    fans = [
        {
            "@odata.id": f"{path}#/Fans/{index}",
            "MemberId": str(index),
            "Name": f"Chassis Fan {index + 1}",
            "PhysicalContext": "Chassis",
            "Reading": round(_rpm(node, fan)),
            "ReadingUnits": "RPM",
            "Status": _fan_status(node, fan),
        }
        for index, fan in enumerate(node.fans)
    ]
    temperatures = [
        {
            "@odata.id": f"{path}#/Temperatures/{index}",
            "MemberId": str(index),
            "Name": sensor.name,
            "SensorNumber": index + 1,
            "ReadingCelsius": _celsius(world, node, sensor),
            "UpperThresholdNonCritical": sensor.high_c,
            "UpperThresholdCritical": sensor.critical_c,
            "PhysicalContext": "SystemBoard",
            "Status": {"State": "Enabled", "Health": "OK"},
        }
        for index, sensor in enumerate(node.sensors)
    ]
    return {
        "@odata.type": "#Thermal.v1_7_1.Thermal",
        "Id": "Thermal",
        "Name": "Thermal",
        "Fans": fans,
        "Fans@odata.count": len(fans),
        "Temperatures": temperatures,
        "Temperatures@odata.count": len(temperatures),
        "Redundancy": [],
    }
