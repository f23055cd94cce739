"""`nv show interface -o json` and `nv show interface PORT link phy-detail -o json` (Cumulus Linux, NVOS).

All interfaces, logical ones too: `types` tells which is what. A link is up by `oper-status`, on older
releases by `state`; a port of NVOS by its logical state. A BER of `15E-255` is what is told where no error
was seen: here it is 0. Source: NVUE reference and REST examples of its documentation.
"""

from __future__ import annotations

import re
from types import MappingProxyType

from bringup.decode.fec import reed_solomon
from bringup.decode.ib_mlxlink import NO_ERRORS_BELOW
from bringup.decode.json_field import Json, named_objects, object_in
from bringup.decode.nvue_field import amount, first, object_of, whole, word
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, FactValue, Found, Nothing
from bringup.model.facts import FecCounters, Port
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

_SPEED = re.compile(r"([0-9]{1,4}(?:\.[0-9])?)([MG])")
_UP = MappingProxyType({"up": True, "active": True, "linkup": True, "down": False, "initialize": False})
_DOWN_WORDS = frozenset({"armed", "polling", "disabled", "sleep", "lowerlayerdown", "notpresent", "dormant"})
_FEC = MappingProxyType({"off": "none", "none": "none", "baser": "fc"})
_BIN = re.compile(r"rs-num-corr-err-bin(\d{1,2})")
_RAW_LANE = re.compile(r"phy-raw-errors-lane(\d{1,2})")


def _parse_interfaces(data: bytes) -> Found:
    ports: list[Port] = []
    types: dict[str, object] = {}
    for name, entry in named_objects(object_of(data)):
        if "link" not in entry and "type" not in entry:
            raise Damaged(f"{name[:40]!r} is no interface: it has neither a type nor a link")
        types[name] = word(entry.get("type")).value
        ports.append(_port(name, object_in(entry, "link")))
    if not ports:
        raise Nothing("the switch lists no interface")
    return Found(facts={"ports": tuple(ports), "types": types})


def _port(name: str, link: Json) -> Port:
    up = _is_up(link)
    speed = _speed_gbps(link.get("speed"))
    return Port(
        name=name,
        admin_up=_flag(word(link.get("admin-status"))) if "admin-status" in link else ABSENT,
        oper_up=up,
        speed_gbps=speed if up.value is True or speed.value is None else NOT_AVAILABLE,
        fec_mode=_fec_mode(link, speed) if up.value is True else NOT_AVAILABLE,
        mtu=whole(link.get("mtu"), "mtu"),
        mac=word(first(link, "mac", "mac-address")),
        flap_count=_flaps(link),
        speed_set_gbps=speed if up.value is False else ABSENT,
        fec_set=_fec_mode(link, speed) if up.value is False else ABSENT,
    )


def _is_up(link: Json) -> Read:
    held = first(link, "oper-status", "logical-state", "state")
    return ABSENT if held is None else _flag(word(held))


def _flag(read: Read) -> Read:
    """up or down; a word that is neither is not available."""
    told = str(read.value).lower() if read.value is not None else None
    if told is None:
        return read
    if told in _DOWN_WORDS:
        return value(False)
    return value(_UP[told]) if told in _UP else NOT_AVAILABLE


def _speed_gbps(held: object) -> Read:
    read = word(held)
    if not isinstance(read.value, str):
        return read
    match = _SPEED.fullmatch(read.value)
    return value(float(match[1]) / (1000 if match[2] == "M" else 1)) if match else NOT_AVAILABLE


def _fec_mode(link: Json, speed: Read) -> Read:
    """What runs; `auto` is a wish, and `rs` is told apart by the rate of a lane."""
    read = word(link.get("fec"))
    if not isinstance(read.value, str):
        return read
    told = read.value.lower()
    if told in _FEC:
        return value(_FEC[told])
    if told != "rs":
        return NOT_AVAILABLE
    lanes = link.get("lanes")
    count = int(lanes) if isinstance(lanes, str) and lanes.isascii() and lanes.isdigit() else None
    return reed_solomon(speed.value if isinstance(speed.value, float) else None, count)


def _flaps(link: Json) -> Read:
    for parent, key in (("stats", "carrier-transitions"), ("counters", "carrier-transitions")):
        part = object_in(link, parent)
        if key in part:
            return whole(part[key], key)
    return ABSENT


def _parse_phy(data: bytes) -> Found:
    told = object_of(data)
    if not told.keys() & {"raw-ber", "effective-errors", "phy-received-bits"}:
        raise Damaged("this tells nothing of a PHY")
    bins = {int(match[1]): whole(told[key], key).value for key in told if (match := _BIN.fullmatch(key))}
    lanes = {
        int(match[1]): whole(told[key], key).value for key in told if (match := _RAW_LANE.fullmatch(key))
    }
    facts: dict[str, FactValue] = {
        "fec": FecCounters(
            port="",
            symbol_errors=whole(told.get("effective-errors"), "effective-errors"),
            pre_fec_ber=_ber(told.get("raw-ber"), "raw-ber"),
        ),
        "details": {
            "time_since_clear_min": amount(told.get("time-since-last-clear-min"), "minutes").value,
            "received_bits": whole(told.get("phy-received-bits"), "phy-received-bits").value,
            "effective_ber": _ber(told.get("effective-ber"), "effective-ber").value,
            "raw_errors_per_lane": [lanes[lane] for lane in sorted(lanes)],
            "fec_histogram": {str(at): bins[at] for at in sorted(bins)},
        },
    }
    return Found(facts=facts)


def _ber(held: object, name: str) -> Read:
    read = amount(held, name)
    if not isinstance(read.value, float):
        return read
    if not 0.0 <= read.value <= 1.0:
        raise Damaged(f"{name!r} is no ratio")
    return value(0.0) if read.value < NO_ERRORS_BELOW else read


INTERFACES = Format(
    name="nvue.interfaces",
    title="Cumulus, NVOS: nv show interface -o json",
    sniff=lambda head: (
        80
        if head.lstrip()[:1] == b"{"
        and b'"link"' in head
        and re.search(rb'"type": ?"(?:swp|eth|bond|nvl)', head)
        else 0
    ),
    parse=_parse_interfaces,
    facts={"ports": tuple[Port, ...], "types": dict[str, str | None]},
)
PHY_DETAIL = Format(
    name="nvue.phy-detail",
    title="Cumulus, NVOS: nv show interface PORT link phy-detail -o json (the port is left blank)",
    sniff=lambda head: 90 if b'"phy-received-bits"' in head and b'"raw-ber"' in head else 0,
    parse=_parse_phy,
    facts={"fec": FecCounters, "details": dict[str, object]},
)
FORMATS = (INTERFACES, PHY_DETAIL)
