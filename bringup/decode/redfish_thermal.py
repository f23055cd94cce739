"""Redfish fans and temperatures: Sensor, Fan, ThermalMetrics, EnvironmentMetrics, and the older Thermal.

Names become names of parts (`Chassis Fan #1` -> chassis-fan-1); what the service calls them is in `details`.
A sensor that is not `Enabled` has no temperature, whatever it prints.
"""

from __future__ import annotations

from bringup.decode.json_field import Json, object_in, objects_in, read_real, text_in
from bringup.decode.part_name import part_name
from bringup.decode.redfish_resource import (
    health_of,
    link_in,
    links_in,
    reading_in,
    resource,
    sniffer,
    state_of,
    works,
)
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing
from bringup.model.facts import Environment, Fan, Sensor
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

THERMAL_TYPE, SENSOR_TYPE, FAN_TYPE = "Thermal", "Sensor", "Fan"
ENVIRONMENT_METRICS_TYPE = "EnvironmentMetrics"
_CELSIUS, _RPM = "Cel", "RPM"


def fan_of(found: Json) -> Fan:
    """One Fan resource, or one entry of the older Thermal resource. An absent fan is no working one."""
    name = text_in(found, "Name") or text_in(found, "FanName") or text_in(found, "Id")
    if name is None:
        raise Damaged("a fan has no name")
    speed = read_real(object_in(found, "SpeedPercent"), "SpeedRPM")
    if speed is ABSENT and text_in(found, "ReadingUnits") == _RPM:
        speed = read_real(found, "Reading")
    ok = value(False) if state_of(found) == "Absent" else works(found)
    return Fan(name=part_name(name), ok=ok, speed_rpm=speed)


def temperature_of(found: Json) -> Sensor | None:
    """One entry of the older Thermal resource; None where no sensor is fitted."""
    name = text_in(found, "Name")
    if name is None:
        raise Damaged("a temperature has no name")
    if state_of(found) == "Absent":
        return None
    return Sensor(
        name=part_name(name),
        temperature_c=_if_enabled(found, read_real(found, "ReadingCelsius")),
        high_c=read_real(found, "UpperThresholdCritical"),
    )


def sensor_of(found: Json) -> Sensor | None:
    """One Sensor resource as a temperature; None where it measures something else."""
    if text_in(found, "ReadingUnits") != _CELSIUS:
        return None
    name = text_in(found, "Id") or text_in(found, "Name")
    if name is None:
        raise Damaged("a sensor has no name")
    critical = object_in(object_in(found, "Thresholds"), "UpperCritical")
    return Sensor(
        name=part_name(name),
        temperature_c=_if_enabled(found, read_real(found, "Reading")),
        high_c=read_real(critical, "Reading"),
    )


def thermal_of(thermal: Json) -> Environment:
    """The older Thermal resource."""
    sensors = (temperature_of(entry) for entry in objects_in(thermal, "Temperatures"))
    return Environment(
        fans=tuple(fan_of(entry) for entry in objects_in(thermal, "Fans")),
        sensors=tuple(sensor for sensor in sensors if sensor is not None),
    )


def temperatures_of(metrics: Json) -> tuple[Sensor, ...]:
    """The temperatures in ThermalMetrics: a list of excerpts, each named by its device or its sensor."""
    found: list[Sensor] = []
    for entry in objects_in(metrics, "TemperatureReadingsCelsius"):
        source = text_in(entry, "DataSourceUri") or ""
        name = text_in(entry, "DeviceName") or source.rstrip("/").rpartition("/")[2]
        if not name:
            raise Damaged("a temperature has neither device nor source")
        found.append(Sensor(name=part_name(name), temperature_c=read_real(entry, "Reading")))
    return tuple(found)


def _if_enabled(found: Json, read: Read) -> Read:
    state = state_of(found)
    return read if state == "Enabled" or read is ABSENT else NOT_AVAILABLE


def _parse_thermal(data: bytes) -> Found:
    thermal = resource(data, THERMAL_TYPE)
    environment = thermal_of(thermal)
    if not environment.fans and not environment.sensors:
        raise Nothing("the resource lists neither fans nor temperatures")
    names = [text_in(entry, "Name") for entry in objects_in(thermal, "Temperatures")]
    return Found(facts={"environment": environment, "details": {"temperature_names": names}})


def _parse_sensor(data: bytes) -> Found:
    found = resource(data, SENSOR_TYPE)
    if "Reading" not in found:
        raise Damaged("the sensor has no reading")
    temperature = sensor_of(found)
    return Found(
        facts={
            "environment": Environment(sensors=() if temperature is None else (temperature,)),
            "details": {
                "name": text_in(found, "Name"),
                "reading": _if_enabled(found, read_real(found, "Reading")).value,
                "units": text_in(found, "ReadingUnits"),
                "type": text_in(found, "ReadingType"),
                "health": health_of(found),
                "state": state_of(found),
                "context": text_in(found, "PhysicalContext"),
                "related": links_in(found, "RelatedItem"),
            },
        }
    )


def _parse_fan(data: bytes) -> Found:
    found = resource(data, FAN_TYPE)
    if state_of(found) is None and health_of(found) is None:
        raise Damaged("the fan has no status")
    return Found(
        facts={
            "environment": Environment(fans=(fan_of(found),)),
            "details": {"name": text_in(found, "Name"), "speed_pct": reading_in(found, "SpeedPercent").value},
        }
    )


def _parse_environment_metrics(data: bytes) -> Found:
    found = resource(data, ENVIRONMENT_METRICS_TYPE)
    fans = objects_in(found, "FanSpeedsPercent")
    read: Json = {
        "power_w": reading_in(found, "PowerWatts").value,
        "temperature_c": reading_in(found, "TemperatureCelsius").value,
        "power_limit_w": read_real(object_in(found, "PowerLimitWatts"), "SetPoint").value,
        "fans": [
            {
                "name": text_in(fan, "DeviceName"),
                "speed_rpm": read_real(fan, "SpeedRPM").value,
                "speed_pct": read_real(fan, "Reading").value,
            }
            for fan in fans
        ],
    }
    if not fans and all(held is None for name, held in read.items() if name != "fans"):
        raise Nothing("the metrics hold no reading")
    return Found(facts={"metrics": read, "source": link_in(found)})


_THERMAL, _SENSOR, _FAN = sniffer(THERMAL_TYPE), sniffer(SENSOR_TYPE), sniffer(FAN_TYPE)
_ENVIRONMENT = sniffer(ENVIRONMENT_METRICS_TYPE)
THERMAL = Format(
    name="redfish.thermal",
    title="Redfish: the older Thermal of a chassis",
    sniff=lambda head: 90 if _THERMAL.search(head) else 0,
    parse=_parse_thermal,
    facts={"environment": Environment, "details": dict[str, list[str | None]]},
)
SENSOR = Format(
    name="redfish.sensor",
    title="Redfish: a Sensor",
    sniff=lambda head: 90 if _SENSOR.search(head) else 0,
    parse=_parse_sensor,
    facts={"environment": Environment, "details": dict[str, object]},
)
FAN = Format(
    name="redfish.fan",
    title="Redfish: a Fan",
    sniff=lambda head: 90 if _FAN.search(head) else 0,
    parse=_parse_fan,
    facts={"environment": Environment, "details": dict[str, str | float | None]},
)
ENVIRONMENT_METRICS = Format(
    name="redfish.environment-metrics",
    title="Redfish: EnvironmentMetrics",
    sniff=lambda head: 90 if _ENVIRONMENT.search(head) else 0,
    parse=_parse_environment_metrics,
    facts={"metrics": dict[str, object], "source": str | None},
)
FORMATS = (THERMAL, SENSOR, FAN, ENVIRONMENT_METRICS)
