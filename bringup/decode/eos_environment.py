"""EOS `show system environment power`, `… cooling` and `… temperature` as JSON.

Source: keys as EOS 4.2x and 4.3x print them. A supply that is not in its bay is not listed. Fan speeds are
percent of an unstated whole, so no speed in rpm. Virtual switches list nothing at all.
"""

from __future__ import annotations

from bringup.decode.eos_reply import reply_of
from bringup.decode.json_field import (
    Json,
    as_object,
    named_objects,
    objects_in,
    read_real,
    text_in,
)
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing
from bringup.model.facts import Environment, Fan, Sensor, Supply
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

_STATE_UNKNOWN = frozenset({"unknown", "unknownHwStatus"})
SUPPLY, FAN = "psu-", "fan-"


def _ok(word: str | None, what: str) -> Read:
    """`ok` is good, every other word but "unknown" is not."""
    if word is None:
        raise Damaged(f"a {what} has no state")
    return NOT_AVAILABLE if word in _STATE_UNKNOWN else value(word == "ok")


def _parse_power(data: bytes) -> Found:
    table = as_object(reply_of(data, "powerSupplies")["powerSupplies"], "powerSupplies")
    if not table:
        raise Nothing("the switch lists no power supply")
    supplies = tuple(
        Supply(
            name=f"{SUPPLY}{slot}",
            present=value(True),
            ok=_ok(text_in(entry, "state"), "supply"),
            input_v=read_real(entry, "inputVoltage"),
            output_w=read_real(entry, "outputPower"),
        )
        for slot, entry in named_objects(table)
    )
    details: Json = {
        f"{SUPPLY}{slot}": {
            "model": text_in(entry, "modelName"),
            "state": text_in(entry, "state"),
            "capacity_w": read_real(entry, "capacity").value,
            "input_a": read_real(entry, "inputCurrent").value,
            "output_a": read_real(entry, "outputCurrent").value,
        }
        for slot, entry in named_objects(table)
    }
    return Found(facts={"environment": Environment(supplies=supplies), "details": details})


def _parse_cooling(data: bytes) -> Found:
    reply = reply_of(data, "fanTraySlots")
    fans: list[Fan] = []
    details: Json = {"system_status": text_in(reply, "systemStatus")}
    for tray in (*objects_in(reply, "fanTraySlots"), *objects_in(reply, "powerSupplySlots")):
        for entry in objects_in(tray, "fans") or [tray]:
            name = _fan_name(text_in(entry, "label"))
            fans.append(Fan(name=name, ok=_ok(text_in(entry, "status"), "fan"), speed_rpm=NOT_AVAILABLE))
            details[name] = {
                "status": text_in(entry, "status"),
                "actual_speed_pct": read_real(entry, "actualSpeed").value,
                "configured_speed_pct": read_real(entry, "configuredSpeed").value,
            }
    if not fans:
        raise Nothing("the switch lists no fan")
    if len({fan.name for fan in fans}) != len(fans):
        raise Damaged("two fans have the same label")
    return Found(facts={"environment": Environment(fans=tuple(fans)), "details": details})


def _fan_name(label: str | None) -> str:
    if label is None:
        raise Damaged("a fan has no label")
    return f"{FAN}{label}" if label[:1].isdigit() else label


def _parse_temperature(data: bytes) -> Found:
    reply = reply_of(data, "tempSensors")
    status = text_in(reply, "systemStatus")
    entries = objects_in(reply, "tempSensors")
    for slot in (*objects_in(reply, "cardSlots"), *objects_in(reply, "powerSupplySlots")):
        entries += objects_in(slot, "tempSensors")
    if not entries:
        raise Nothing(
            f"the switch lists no temperature sensor; its status is {status!r}",
            {"details": {"system_status": status, "sensors": {}}},
        )
    if not all(text_in(entry, "name") for entry in entries):
        raise Damaged("a sensor has no name")
    sensors = tuple(
        Sensor(
            name=text_in(entry, "name") or "",
            temperature_c=_temperature(entry),
            high_c=read_real(entry, "overheatThreshold"),
        )
        for entry in entries
    )
    details: Json = {
        "system_status": status,
        "sensors": {
            sensor.name: {
                "description": text_in(entry, "description"),
                "hardware_status": text_in(entry, "hwStatus"),
                "critical_c": read_real(entry, "criticalThreshold").value,
            }
            for sensor, entry in zip(sensors, entries, strict=True)
        },
    }
    return Found(facts={"environment": Environment(sensors=sensors), "details": details})


def _temperature(entry: Json) -> Read:
    """A sensor that does not say that it works has no temperature."""
    status = text_in(entry, "hwStatus")
    read = read_real(entry, "currentTemperature")
    return read if status == "ok" or read is ABSENT else NOT_AVAILABLE


POWER = Format(
    name="eos.environment-power",
    title="EOS: show system environment power | json",
    sniff=lambda head: 85 if b'"powerSupplies"' in head and b'"managed"' in head else 0,
    parse=_parse_power,
    facts={"environment": Environment, "details": dict[str, dict[str, object]]},
)
COOLING = Format(
    name="eos.environment-cooling",
    title="EOS: show system environment cooling | json",
    sniff=lambda head: 85 if b'"fanTraySlots"' in head and b'"xcvrSlots"' not in head else 0,
    parse=_parse_cooling,
    facts={"environment": Environment, "details": dict[str, object]},
)
TEMPERATURE = Format(
    name="eos.environment-temperature",
    title="EOS: show system environment temperature | json",
    sniff=lambda head: 85 if b'"tempSensors"' in head and b'"ambientThreshold"' in head else 0,
    parse=_parse_temperature,
    facts={"environment": Environment, "details": dict[str, object]},
)
FORMATS = (POWER, COOLING, TEMPERATURE)
