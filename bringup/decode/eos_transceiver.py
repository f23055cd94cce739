"""EOS `show interfaces transceiver` with or without `detail` or `dom thresholds`, as JSON.

Source: keys as ANTA and NAPALM read them. A port without DOM has its name only, which does not tell an empty
cage from a module without monitors: `show inventory` does. Numbers that do not exist are absent keys.

A receiver that sees nothing prints -30.00 dBm (what EOS prints for 0 µW, and what ANTA takes as "no light")
down to -40 dBm (the smallest step of the module's own register, 0.1 µW). Either is `dark`: no 400G receiver
works below -9 dBm, so nothing at or below -30 dBm is a signal. What is printed stays in `details`. Weak
readings above it, such as -29.6, are values.
"""

from __future__ import annotations

from types import MappingProxyType

from bringup.decode.eos_reply import reply_of
from bringup.decode.json_field import Json, as_object, named_objects, object_in, read_real, real, text_in
from bringup.decode.medium_name import medium_of_eos
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing
from bringup.model.facts import Lane, Optic, Threshold
from bringup.model.measurement import ABSENT, DARK, Read, value

DARK_DBM = -30.0
QUANTITY_OF = MappingProxyType(
    {
        "rxPower": "rx_power_dbm",
        "txPower": "tx_power_dbm",
        "txBias": "bias_ma",
        "temperature": "temperature_c",
        "voltage": "supply_voltage_v",
    }
)
_UNIT_OF = MappingProxyType(
    {"rxPower": "dBm", "txPower": "dBm", "txBias": "mA", "temperature": "C", "voltage": "V"}
)
_SHORT_KEYS = ("rxPower", "txPower", "txBias", "temperature", "voltage")
MAX_LANES = 32


def power(read: Read) -> Read:
    """A power in dBm, or dark at or below `DARK_DBM`."""
    return DARK if isinstance(read.value, int | float) and read.value <= DARK_DBM else read


def _parse(data: bytes) -> Found:
    table = as_object(reply_of(data, "interfaces")["interfaces"], "interfaces")
    optics: list[Optic] = []
    details: Json = {}
    for name, entry in named_objects(table):
        if not entry.keys() <= _KNOWN_KEYS and "interfaceCounters" in entry:
            raise Damaged("this lists interfaces, not transceivers")
        optics.append(_optic(name, entry))
        details[name] = _details(entry)
    if not optics:
        raise Nothing("the switch lists no transceiver")
    if not any(optic.present.value for optic in optics) and not any(optic.lanes for optic in optics):
        raise Nothing(
            "no port has anything to tell of a transceiver", {"optics": tuple(optics), "details": details}
        )
    return Found(facts={"optics": tuple(optics), "details": details})


_KNOWN_KEYS = frozenset(
    {"displayName", "vendorSn", "mediaType", "parameters", "narrowBand", "updateTime", *_SHORT_KEYS}
)


def _optic(name: str, entry: Json) -> Optic:
    serial, medium = text_in(entry, "vendorSn"), text_in(entry, "mediaType")
    parameters = object_in(entry, "parameters") or _from_short(entry)
    known = bool(serial or medium or parameters)
    module = {key: _channels(parameters, key).get("-", ABSENT) for key in ("temperature", "voltage")}
    if module["temperature"] is ABSENT:
        module = {key: _first_channel(parameters, key) for key in module}
    return Optic(
        port=name,
        present=value(True) if known else ABSENT,
        medium=ABSENT if medium is None else value(medium_of_eos(medium)),
        serial=ABSENT if serial is None else value(serial),
        temperature_c=module["temperature"],
        supply_voltage_v=module["voltage"],
        lanes=_lanes(parameters),
        thresholds=tuple(
            _threshold(QUANTITY_OF[key], as_object(held, key).get("threshold"))
            for key, held in parameters.items()
            if key in QUANTITY_OF and as_object(held, key).get("threshold") is not None
        ),
    )


def _from_short(entry: Json) -> Json:
    """The short form has one number a port, which is that of its own lane; shown as its first."""
    return {
        key: {
            "unit": _UNIT_OF[key],
            "channels": {"-" if key in ("temperature", "voltage") else "1": entry[key]},
        }
        for key in _SHORT_KEYS
        if key in entry
    }


def _channels(parameters: Json, key: str) -> dict[str, Read]:
    held = object_in(parameters, key)
    unit = text_in(held, "unit")
    if held and unit is not None and unit != _UNIT_OF[key]:
        raise Damaged(f"{key!r} is in {unit[:20]!r}, not in {_UNIT_OF[key]}")
    return {channel: real(number, key) for channel, number in object_in(held, "channels").items()}


def _first_channel(parameters: Json, key: str) -> Read:
    return next(iter(_channels(parameters, key).values()), ABSENT)


def _lanes(parameters: Json) -> tuple[Lane, ...]:
    read = {key: _channels(parameters, key) for key in ("rxPower", "txPower", "txBias")}
    names = {channel for channels in read.values() for channel in channels if channel != "-"}
    if not all(name.isdecimal() and len(name) <= 3 and 1 <= int(name) <= MAX_LANES for name in names):
        raise Damaged("a channel is no lane number")
    if len({int(name) for name in names}) != len(names):
        raise Damaged("a lane is listed twice")
    return tuple(
        Lane(
            index=int(name),
            rx_power_dbm=power(read["rxPower"].get(name, ABSENT)),
            tx_power_dbm=power(read["txPower"].get(name, ABSENT)),
            bias_ma=read["txBias"].get(name, ABSENT),
        )
        for name in sorted(names, key=int)
    )


def _threshold(quantity: str, held: object) -> Threshold:
    limits = as_object(held, "threshold")
    return Threshold(
        quantity=quantity,
        high_alarm=read_real(limits, "highAlarm"),
        low_alarm=read_real(limits, "lowAlarm"),
        high_warning=read_real(limits, "highWarn"),
        low_warning=read_real(limits, "lowWarn"),
    )


def _details(entry: Json) -> Json:
    """What the switch printed, as it came: a dark lane's number too."""
    return {
        "display_name": text_in(entry, "displayName"),
        "updated_unix_s": read_real(entry, "updateTime").value,
        "parameters": object_in(entry, "parameters")
        or {key: entry[key] for key in _SHORT_KEYS if key in entry},
    }


TRANSCEIVER = Format(
    name="eos.transceiver",
    title="EOS: show interfaces transceiver [detail | dom thresholds] | json",
    sniff=lambda head: (
        85
        if b'"interfaces"' in head
        and (b'"rxPower"' in head or b'"mediaType"' in head)
        and b'"interfaceCounters"' not in head
        else 0
    ),
    parse=_parse,
    facts={"optics": tuple[Optic, ...], "details": dict[str, dict[str, object]]},
)
FORMATS = (TRANSCEIVER,)
