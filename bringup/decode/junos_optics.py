"""Junos `show interfaces diagnostics optics`, as XML or JSON.

A module without lanes tells its one lane at the module itself. Power is told in mW and in dBm, `- Inf` dBm
for none; where the two contradict each other neither is believed. Lanes count from 0 there and from 1 here.
Source: recorded replies, and field names as public readers use them.
"""

from __future__ import annotations

import re
from types import MappingProxyType

from bringup.decode.json_field import Json
from bringup.decode.junos_tree import Node, tree_of
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, counter, read_number, read_power_dbm
from bringup.model.facts import Lane, Optic, Threshold
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value
from bringup.model.verdict import Reading

MAX_LANES = 16
_CELSIUS = re.compile(r"(-?[0-9.]{1,9}) degrees C(?: / -?[0-9.]{1,9} degrees F)?")
_RX = ("laser-rx-optical-power", "rx-signal-avg-optical-power")
_TX = ("laser-output-power",)
_LIMITS = MappingProxyType(
    {
        "temperature_c": ("module-temperature-{}-threshold", ""),
        "supply_voltage_v": ("module-voltage-{}-threshold", ""),
        "bias_ma": ("laser-bias-current-{}-threshold", ""),
        "tx_power_dbm": ("laser-tx-power-{}-threshold-dbm", "dBm"),
        "rx_power_dbm": ("laser-rx-power-{}-threshold-dbm", "dBm"),
    }
)
_ENDS = MappingProxyType(
    {
        "high_alarm": "high-alarm",
        "low_alarm": "low-alarm",
        "high_warning": "high-warn",
        "low_warning": "low-warn",
    }
)


def _parse(data: bytes) -> Found:
    tree = tree_of(data)
    if not any(True for _ in tree.every("interface-information")):
        raise Damaged("the reply has no interface-information")
    optics: list[Optic] = []
    details: Json = {}
    warnings: list[str] = []
    for interface in tree.every("physical-interface"):
        name = interface.told("name")
        if not name or name in details:
            raise Damaged("an interface has no name, or one that stands there twice")
        diagnostics = interface.one("optics-diagnostics")
        if diagnostics is None or diagnostics.one("optic-diagnostics-not-available") is not None:
            optics.append(Optic(port=name, temperature_c=NOT_AVAILABLE))
            details[name] = {"flags": [], "diagnostics": False, "printed": []}
            continue
        optics.append(_optic(name, diagnostics, warnings))
        details[name] = {
            "flags": _flags(diagnostics),
            "diagnostics": True,
            "printed": _printed(diagnostics),
        }
    if not optics:
        raise Nothing("no interface has optics to tell of")
    return Found(facts={"optics": tuple(optics), "details": details}, warnings=tuple(warnings[:20]))


def _optic(name: str, node: Node, warnings: list[str]) -> Optic:
    lanes = node.all("optics-diagnostics-lane-values")
    made = tuple(_lane(lane, name, warnings) for lane in lanes) or _own_lane(node, name, warnings)
    indices = [lane.index for lane in made]
    if len(set(indices)) != len(indices) or len(made) > MAX_LANES:
        raise Damaged(f"the lanes of {name} repeat, or are too many")
    return Optic(
        port=name,
        present=value(True) if made else ABSENT,
        temperature_c=_celsius(node, "module-temperature"),
        supply_voltage_v=read_number(node.told("module-voltage")),
        lanes=made,
        thresholds=tuple(
            Threshold(
                quantity=quantity,
                **{end: _limit(node, form.format(word), unit) for end, word in _ENDS.items()},
            )
            for quantity, (form, unit) in _LIMITS.items()
            if node.one(form.format("high-alarm")) is not None
        ),
    )


def _lane(node: Node, name: str, warnings: list[str]) -> Lane:
    index = node.told("lane-index")
    if index is None or counter(index) >= MAX_LANES:
        raise Damaged(f"a lane of {name} has no index")
    return _readings(node, counter(index) + 1, name, warnings)


def _own_lane(node: Node, name: str, warnings: list[str]) -> tuple[Lane, ...]:
    keys = ("laser-bias-current", *(f"{key}-dbm" for key in (*_TX, *_RX)))
    return (_readings(node, 1, name, warnings),) if any(node.all(key) for key in keys) else ()


def _readings(node: Node, index: int, name: str, warnings: list[str]) -> Lane:
    return Lane(
        index=index,
        rx_power_dbm=_power(node, _RX, f"{name} lane {index} receives", warnings),
        tx_power_dbm=_power(node, _TX, f"{name} lane {index} sends", warnings),
        bias_ma=read_number(node.told("laser-bias-current")),
    )


def _power(node: Node, keys: tuple[str, ...], what: str, warnings: list[str]) -> Read:
    key = next((key for key in keys if node.all(f"{key}-dbm")), None)
    if key is None:
        return ABSENT
    read = read_power_dbm(f"{node.told(f'{key}-dbm')} dBm")
    milliwatt = read_number(node.told(key)).value
    if read.reading is Reading.DARK and isinstance(milliwatt, float) and milliwatt > 0.0001:
        warnings.append(f"{what} {milliwatt} mW and no dBm: the two contradict each other")
        return NOT_AVAILABLE
    return read


def _celsius(node: Node, key: str) -> Read:
    told = node.one(key)
    if told is None:
        return ABSENT
    attribute = told.attributes.get("celsius")
    text = " ".join(told.text.split())
    match = _CELSIUS.fullmatch(text)
    return read_number(attribute if attribute is not None else match[1] if match else text)


def _limit(node: Node, key: str, unit: str) -> Read:
    if key.startswith("module-temperature"):
        return _celsius(node, key)
    read = node.told(key)
    return read_power_dbm(f"{read} dBm") if unit and read is not None else read_number(read)


def _flags(node: Node) -> list[object]:
    """Names of the alarms and warnings that are on, in the module or in a lane."""
    found: list[object] = []
    for at, holder in enumerate((node, *node.all("optics-diagnostics-lane-values"))):
        lane = f"lane {at}: " if at else ""
        flags = [key for key in holder.children if key.endswith(("-alarm", "-warn"))]
        found += [f"{lane}{key}" for key in flags if holder.told(key) == "on"]
    return found


def _printed(node: Node) -> list[object]:
    """Powers of each lane as the switch prints them: in mW as numbers, in dBm as texts."""
    found: list[object] = []
    for holder in node.all("optics-diagnostics-lane-values") or [node]:
        told: Json = {}
        for name, keys in (("tx", _TX), ("rx", _RX)):
            key = next((key for key in keys if holder.all(key)), keys[0])
            told[f"{name}_mw"] = read_number(holder.told(key)).value
            told[f"{name}_dbm"] = holder.told(f"{key}-dbm")
        found.append(told)
    return found


OPTICS = Format(
    name="junos.optics",
    title="Junos: show interfaces diagnostics optics | display xml or json",
    sniff=lambda head: 90 if b"optics-diagnostics" in head and b"interface-information" in head else 0,
    parse=_parse,
    facts={"optics": tuple[Optic, ...], "details": dict[str, dict[str, object]]},
)
FORMATS = (OPTICS,)
