"""Redfish power supplies: PowerSupply and its metrics, and the older Power resource.

A supply's name is `psu-` and the number on its label, in its name or in its id. A supply that is `Absent` is
a bay without one: not failed, and without a capacity.
"""

from __future__ import annotations

from types import MappingProxyType

import msgspec

from bringup.decode.json_field import Json, object_in, objects_in, read_real, read_text, text_in
from bringup.decode.part_name import numbered, part_name
from bringup.decode.redfish_resource import (
    health_of,
    present,
    reading_in,
    resource,
    sniffer,
    state_of,
    works,
)
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing
from bringup.model.facts import Environment, Supply
from bringup.model.measurement import ABSENT, Read

POWER_TYPE, SUPPLY_TYPE, METRICS_TYPE = "Power", "PowerSupply", "PowerSupplyMetrics"
PSU = "psu-"
_SHOWN_OLD = (
    "Name",
    "Model",
    "SerialNumber",
    "FirmwareVersion",
    "PowerCapacityWatts",
    "LastPowerOutputWatts",
    "PowerOutputWatts",
    "PowerInputWatts",
    "LineInputVoltage",
    "Status",
)


def supply_of(found: Json) -> Supply:
    """One PowerSupply resource, or one entry of the older Power resource; what it measures may be apart."""
    fitted = present(found)
    if fitted.value is False:
        return Supply(name=_name(found), present=fitted)
    return Supply(
        name=_name(found),
        present=fitted,
        ok=works(found),
        input_v=read_real(found, "LineInputVoltage"),
        output_w=_first(read_real(found, "PowerOutputWatts"), read_real(found, "LastPowerOutputWatts")),
        serial=read_text(found, "SerialNumber"),
    )


def measured_by(supply: Supply, metrics: Json) -> Supply:
    """`supply` with what its metrics tell."""
    return msgspec.structs.replace(
        supply,
        input_v=reading_in(metrics, "InputVoltage"),
        output_w=reading_in(metrics, "OutputPowerWatts"),
    )


def supplies_of(power: Json) -> tuple[Supply, ...]:
    """The supplies of the older Power resource."""
    return distinct(tuple(supply_of(entry) for entry in objects_in(power, "PowerSupplies")))


def distinct(supplies: tuple[Supply, ...]) -> tuple[Supply, ...]:
    """`supplies`, each of which has a name of its own.

    Raises:
        Damaged: two have the same, so that neither can be told.
    """
    if len({supply.name for supply in supplies}) != len(supplies):
        raise Damaged("two power supplies have the same name")
    return supplies


def _name(found: Json) -> str:
    label = text_in(object_in(object_in(found, "Location"), "PartLocation"), "ServiceLabel")
    name, own_id = text_in(found, "Name"), text_in(found, "Id") or text_in(found, "MemberId")
    if label is None and name is None and own_id is None:
        raise Damaged("a power supply has neither name nor id")
    return numbered(PSU, label, name, own_id) or part_name(name or own_id or label or "")


def _first(first: Read, second: Read) -> Read:
    return first if first.value is not None or second is ABSENT else second


def _parse_power(data: bytes) -> Found:
    power = resource(data, POWER_TYPE)
    entries = objects_in(power, "PowerSupplies")
    if not entries:
        raise Nothing("the resource lists no power supply")
    return Found(
        facts={
            "environment": Environment(supplies=supplies_of(power)),
            "details": {
                "supplies": [{key: entry[key] for key in _SHOWN_OLD if key in entry} for entry in entries]
            },
        }
    )


def _parse_supply(data: bytes) -> Found:
    found = resource(data, SUPPLY_TYPE)
    supply = supply_of(found)
    if supply.present is ABSENT:
        raise Damaged("the power supply has no state")
    return Found(
        facts={
            "environment": Environment(supplies=(supply,)),
            "details": {
                "model": text_in(found, "Model"),
                "serial": text_in(found, "SerialNumber"),
                "firmware": text_in(found, "FirmwareVersion"),
                "health": health_of(found),
                "state": state_of(found),
                "capacity_w": read_real(found, "PowerCapacityWatts").value,
                "line_input_status": text_in(found, "LineInputStatus"),
            },
        }
    )


_METRICS = MappingProxyType(
    {
        "input_v": "InputVoltage",
        "input_a": "InputCurrentAmps",
        "input_w": "InputPowerWatts",
        "output_w": "OutputPowerWatts",
        "temperature_c": "TemperatureCelsius",
        "fan_pct": "FanSpeedPercent",
        "energy_kwh": "EnergykWh",
        "frequency_hz": "FrequencyHz",
    }
)


def _parse_metrics(data: bytes) -> Found:
    found = resource(data, METRICS_TYPE)
    read: Json = {name: reading_in(found, key).value for name, key in _METRICS.items()}
    read["fan_rpm"] = read_real(object_in(found, "FanSpeedPercent"), "SpeedRPM").value
    if not any(number is not None for number in read.values()):
        raise Nothing("the metrics hold no reading")
    read |= {"health": health_of(found), "state": state_of(found)}
    return Found(facts={"metrics": read})


_POWER, _SUPPLY, _METRICS_OF = sniffer(POWER_TYPE), sniffer(SUPPLY_TYPE), sniffer(METRICS_TYPE)
POWER = Format(
    name="redfish.power",
    title="Redfish: the older Power of a chassis",
    sniff=lambda head: 90 if _POWER.search(head) else 0,
    parse=_parse_power,
    facts={"environment": Environment, "details": dict[str, list[dict[str, object]]]},
)
POWER_SUPPLY = Format(
    name="redfish.power-supply",
    title="Redfish: a PowerSupply",
    sniff=lambda head: 90 if _SUPPLY.search(head) else 0,
    parse=_parse_supply,
    facts={"environment": Environment, "details": dict[str, str | float | None]},
)
POWER_SUPPLY_METRICS = Format(
    name="redfish.power-supply-metrics",
    title="Redfish: the metrics of a PowerSupply",
    sniff=lambda head: 90 if _METRICS_OF.search(head) else 0,
    parse=_parse_metrics,
    facts={"metrics": dict[str, str | float | None]},
)
FORMATS = (POWER, POWER_SUPPLY, POWER_SUPPLY_METRICS)
