"""Redfish equipment that is no host's: power shelves and rack PDUs (PowerDistribution), their circuits and
outlets, and cooling units.

What a property does not tell is absent; one that is null has no value now. Energy is told in kWh. Source:
DMTF DSP8010, schemas PowerDistribution, PowerDistributionMetrics, Circuit, Outlet, CoolingUnit.
"""

from __future__ import annotations

import re
from types import MappingProxyType

from bringup.decode.json_field import Json, object_in, read_real, read_text, text_in
from bringup.decode.part_name import part_name
from bringup.decode.redfish_resource import reading_in, resource, sniffer
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found
from bringup.model.facts import Identity, Inlet, Outlet, Sensor
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

DISTRIBUTION, CIRCUIT, OUTLET, COOLING = "PowerDistribution", "Circuit", "Outlet", "CoolingUnit"
POWER_CONTROL = "#Outlet.PowerControl"
_STATES = MappingProxyType({"On": "on", "Off": "off"})
_NUMBER = re.compile(r"[0-9]{1,4}")


def unit_identity(unit: Json) -> Identity:
    return Identity(
        vendor=read_text(unit, "Manufacturer"),
        model=read_text(unit, "Model"),
        serial=read_text(unit, "SerialNumber"),
        os_version=read_text(unit, "FirmwareVersion"),
    )


def inlet_of(circuit: Json) -> Inlet:
    """Raises `Damaged` for one without a name."""
    power = object_in(circuit, "PowerWatts")
    energy = reading_in(circuit, "EnergykWh")
    return Inlet(
        name=_name(circuit),
        current_a=reading_in(circuit, "CurrentAmps"),
        voltage_v=reading_in(circuit, "Voltage"),
        power_w=reading_in(circuit, "PowerWatts"),
        apparent_va=read_real(power, "ApparentVA"),
        power_factor=read_real(power, "PowerFactor"),
        energy_wh=value(energy.value * 1000) if isinstance(energy.value, float) else energy,
        frequency_hz=reading_in(circuit, "FrequencyHz"),
    )


def outlet_of(outlet: Json) -> Outlet:
    """Raises `Damaged` for one without a number. A state on the way (`PoweringOn`) is none."""
    told = text_in(outlet, "PowerState")
    state = ABSENT if told is None else (value(_STATES[told]) if told in _STATES else NOT_AVAILABLE)
    label = read_text(outlet, "UserLabel")
    return Outlet(
        index=_number(outlet),
        label=label if label.value is not None else read_text(outlet, "Name"),
        state=state,
        power_w=reading_in(outlet, "PowerWatts"),
    )


def sensors_of(unit_name: str, metrics: Json) -> tuple[Sensor, ...]:
    """The temperature of a unit as a whole, where it tells one."""
    read = reading_in(metrics, "TemperatureCelsius")
    return () if read == ABSENT else (Sensor(name=part_name(unit_name), temperature_c=read),)


def control_of(outlet: Json) -> str | None:
    """The path of the action that switches it."""
    return text_in(object_in(object_in(outlet, "Actions"), POWER_CONTROL), "target")


def _name(found: Json) -> str:
    name = text_in(found, "Name") or text_in(found, "Id")
    if name is None:
        raise Damaged("a circuit has neither name nor id")
    return part_name(name)


def _number(outlet: Json) -> int:
    """The number in its id, which is what is printed beside it: the last, for `A12` and `OUTLET-3`."""
    numbers = _NUMBER.findall(text_in(outlet, "Id") or "")
    if not numbers:
        raise Damaged("an outlet has no number")
    return int(numbers[-1])


def _unit(kind: str) -> Format:
    sniff = sniffer(kind)

    def parse(data: bytes) -> Found:
        return Found(facts={"identity": _demanded(unit_identity(resource(data, kind)))})

    return Format(
        name=f"redfish.{'power-distribution' if kind == DISTRIBUTION else 'cooling-unit'}",
        title="Redfish: a power shelf or rack PDU" if kind == DISTRIBUTION else "Redfish: a cooling unit",
        sniff=lambda head: 90 if sniff.search(head) else 0,
        parse=parse,
        facts={"identity": Identity},
    )


def _demanded(identity: Identity) -> Identity:
    reads: tuple[Read, ...] = (identity.vendor, identity.model, identity.serial, identity.os_version)
    if all(read.value is None for read in reads):
        raise Damaged("the unit says nothing of itself")
    return identity


FORMATS = (_unit(DISTRIBUTION), _unit(COOLING))
