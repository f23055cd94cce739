"""Names of NetBox: columns of its import forms and of its table exports, statuses, cable types, lengths.

Import forms use field names (`side_a_device`), exports the headings of the tables (`Device A`). From NetBox's
own documentation and column headings of 2.8 to 4.x; names only.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

DEVICE_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "name": "name",
        "role": "role",
        "device role": "role",
        "device_role": "role",
        "manufacturer": "manufacturer",
        "device_type": "model",
        "device type": "model",
        "type": "model",
        "platform": "platform",
        "serial": "serial",
        "serial number": "serial",
        "status": "status",
        "site": "site",
        "rack": "rack",
        "position": "position",
        "position (u)": "position",
        "face": "face",
        "rack face": "face",
        "primary_ip4": "ip4",
        "ipv4 address": "ip4",
        "primary_ip6": "ip6",
        "ipv6 address": "ip6",
        "primary_ip": "ip",
        "ip address": "ip",
        "description": "description",
    }
)
"""Column in lower case -> what it is here."""
CABLE_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "side_a_device": "a_device",
        "side_a_type": "a_type",
        "side_a_name": "a_name",
        "side_b_device": "b_device",
        "side_b_type": "b_type",
        "side_b_name": "b_name",
        "device a": "a_device",
        "device b": "b_device",
        "termination a": "a_name",
        "termination b": "b_name",
        "label": "label",
        "type": "type",
        "status": "status",
        "length": "length",
        "length_unit": "length_unit",
        "length unit": "length_unit",
        "description": "description",
    }
)
DEVICE_FIELDS = (
    "name",
    "role",
    "manufacturer",
    "device_type",
    "platform",
    "serial",
    "status",
    "site",
    "rack",
    "position",
    "face",
    "description",
)
CABLE_FIELDS = (
    "side_a_device",
    "side_a_type",
    "side_a_name",
    "side_b_device",
    "side_b_type",
    "side_b_name",
    "type",
    "status",
    "label",
    "length",
    "length_unit",
    "description",
)
INTERFACE, POWER_PORT, POWER_OUTLET = "dcim.interface", "dcim.powerport", "dcim.poweroutlet"
LIVE = frozenset({"", "active", "planned", "staged"})
"""Statuses of devices that should be there; others are `offline`, `failed`, `inventory` and the like."""
CONNECTED = frozenset({"", "connected", "planned"})
FACES: Mapping[str, str] = MappingProxyType({"front": "front", "rear": "rear"})
_METRES: Mapping[str, float] = MappingProxyType(
    {
        "": 1.0,
        "km": 1000.0,
        "kilometers": 1000.0,
        "m": 1.0,
        "meters": 1.0,
        "cm": 0.01,
        "centimeters": 0.01,
        "mi": 1609.344,
        "miles": 1609.344,
        "ft": 0.3048,
        "feet": 0.3048,
        "in": 0.0254,
        "inches": 0.0254,
    }
)
_LENGTH = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*([A-Za-z]*)")
_PLATFORMS: Sequence[tuple[str, str]] = (
    ("sonic", "sonic"),
    ("eos", "eos"),
    ("arista", "eos"),
    ("redfish", "redfish-bmc"),
    ("bmc", "redfish-bmc"),
    ("idrac", "redfish-bmc"),
    ("apc", "apc-pdu"),
    ("raritan", "raritan-pdu"),
    ("server technology", "servertech-pdu"),
    ("vertiv", "vertiv-pdu"),
    ("ubuntu", "linux"),
    ("debian", "linux"),
    ("rhel", "linux"),
    ("red hat", "linux"),
    ("rocky", "linux"),
    ("linux", "linux"),
)
_CABLE_TYPES: Sequence[tuple[str, str]] = (
    (r"BASE-[DFLEZ]R", "smf"),
    (r"BASE-(SR|VR)", "mmf"),
    (r"BASE-(CR|KR)", "dac-passive"),
    (r"BASE-T", "cat6a"),
    (r"^AOC|AOC$", "aoc"),
)


def header_faults(
    known: Mapping[str, str], needed: Sequence[str], columns: Sequence[str]
) -> list[tuple[str, str, str]]:
    """Columns that must be there and are not; NetBox has many that are not looked at."""
    found = {known.get(column.lower()) for column in columns}
    return [
        (
            want,
            "this column is missing",
            "export it from NetBox, one of: "
            + ", ".join(name for name, means in known.items() if means == want),
        )
        for want in needed
        if want not in found
    ]


def named(known: Mapping[str, str], cells: Mapping[str, str]) -> dict[str, str]:
    """What the cells of a row are here. `—` is how NetBox shows nothing."""
    found: dict[str, str] = {}
    for column, cell in cells.items():
        means = known.get(column.lower())
        if means is not None and cell not in ("", "—") and means not in found:
            found[means] = cell
    return found


def metres(text: str, unit: str) -> float | None:
    """A length in metres, from `3`, `3.0 m` or `10 Feet`; None where it is none."""
    read = _LENGTH.fullmatch(text.strip())
    if read is None:
        return None
    factor = _METRES.get((read[2] or unit).lower())
    if factor is None:
        return None
    length = float(read[1]) * factor
    return round(length, 6) if math.isfinite(length) else None


def platform_of(text: str, names: Sequence[str], given: Mapping[str, str]) -> str | None:
    """Our platform for NetBox's: as the person said, one of our names, or by what the name holds."""
    if text.lower() in given:
        return given[text.lower()]
    plain = text.lower().replace("_", "-").replace(" ", "-")
    if plain in names:
        return plain
    return next((ours for part, ours in _PLATFORMS if part in text.lower() and ours in names), None)


def cable_type(medium: str) -> str:
    """NetBox's cable type for a medium of ours, empty where none fits."""
    return next((kind for pattern, kind in _CABLE_TYPES if re.search(pattern, medium.upper())), "")
