"""EOS `show interfaces`, `show interfaces status` and `show interfaces error-correction` as JSON.

Source: keys as EOS 4.2x and 4.3x print them. `bandwidth` is in bit/s. Error correction comes in words that do
not tell RS(544,514) from RS(528,514): which one it is follows from the rate of a lane (`resolve_fec`).
"""

from __future__ import annotations

from types import MappingProxyType

from bringup.decode.eos_reply import reply_of
from bringup.decode.json_field import (
    Json,
    as_object,
    named_objects,
    object_in,
    read_count,
    read_real,
    read_text,
    text_in,
)
from bringup.decode.medium_name import medium_of_eos
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing
from bringup.model.facts import Port
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value
from bringup.model.media import medium_lanes

LINK_STATES = MappingProxyType(
    {
        "connected": (True, True),
        "notconnect": (True, False),
        "disabled": (False, False),
        "errdisabled": (True, False),
    }
)
"""EOS's word -> (switched on by configuration, link). `errdisabled`: EOS itself has shut the port."""
_PROTOCOL_DOWN = frozenset({"down", "notPresent", "lowerLayerDown", "dormant", "testing"})
_NO_FEC, _FIRE_CODE, _REED_SOLOMON = "disabled", "fireCode", "reedSolomon"
PAM4_LANE_GBPS = 50.0
"""From this lane rate on Reed-Solomon is RS(544,514); below it RS(528,514) (IEEE 802.3 clauses 91, 119,
134)."""
ONLY_RS544_GBPS = 200.0
"""From this port rate on there is no RS(528,514) at all (IEEE 802.3 clause 119)."""


def _admin(word: str | None) -> Read:
    if word is None:
        return ABSENT
    return value(LINK_STATES[word][0]) if word in LINK_STATES else NOT_AVAILABLE


def _oper(word: str | None, protocol: str | None) -> Read:
    """Up only where both words say so; not available where either is one that we do not know."""
    if word is None or protocol is None:
        return ABSENT
    link = LINK_STATES[word][1] if word in LINK_STATES else None
    if link is False or protocol in _PROTOCOL_DOWN:
        return value(False)
    return value(True) if link and protocol == "up" else NOT_AVAILABLE


def _gbps(entry: Json) -> Read:
    read = read_real(entry, "bandwidth")
    return value(float(read.value) / 1e9) if isinstance(read.value, int | float) else read


def _medium(entry: Json) -> Read:
    kind = read_text(entry, "interfaceType")
    if kind.value in ("Not Present", "N/A", "Unknown"):
        return NOT_AVAILABLE
    return value(medium_of_eos(kind.value)) if isinstance(kind.value, str) else kind


def _table(data: bytes, key: str) -> Json:
    table = as_object(reply_of(data, key)[key], key)
    if not table:
        raise Nothing("the switch lists no interface")
    return table


def _parse_status(data: bytes) -> Found:
    ports: list[Port] = []
    details: Json = {}
    for name, entry in named_objects(_table(data, "interfaceStatuses")):
        link, protocol = text_in(entry, "linkStatus"), text_in(entry, "lineProtocolStatus")
        if link is None:
            raise Damaged(f"{name[:40]!r} has no link status")
        ports.append(
            Port(
                name=name,
                admin_up=_admin(link),
                oper_up=_oper(link, protocol),
                speed_gbps=_gbps(entry),
                medium=_medium(entry),
            )
        )
        details[name] = {
            "link_status": link,
            "line_protocol": protocol,
            "description": text_in(entry, "description"),
            "type": text_in(entry, "interfaceType"),
            "duplex": text_in(entry, "duplex"),
        }
    return Found(facts={"ports": tuple(ports), "details": details})


def _parse_interfaces(data: bytes) -> Found:
    table = _table(data, "interfaces")
    ports = tuple(_port(name, entry) for name, entry in named_objects(table))
    details: Json = {
        name: {"description": text_in(entry, "description"), "hardware": text_in(entry, "hardware")}
        for name, entry in named_objects(table)
    }
    return Found(facts={"ports": ports, "details": details})


def _port(name: str, entry: Json) -> Port:
    link, protocol = text_in(entry, "interfaceStatus"), text_in(entry, "lineProtocolStatus")
    if link is None:
        raise Damaged(f"{name[:40]!r} has no interface status")
    return Port(
        name=name,
        admin_up=_admin(link),
        oper_up=_oper(link, protocol),
        speed_gbps=_gbps(entry),
        mtu=read_count(entry, "mtu"),
        mac=read_text(entry, "physicalAddress"),
        flap_count=read_count(object_in(entry, "interfaceCounters"), "linkStatusChanges"),
        last_change_unix_s=read_real(entry, "lastStatusChangeTimestamp"),
    )


def _parse_error_correction(data: bytes) -> Found:
    fec: Json = {}
    for name, entry in named_objects(_table(data, "interfaceErrCorrStatuses")):
        word = text_in(entry, "errCorrEncodingStatus")
        if word is None:
            raise Damaged(f"{name[:40]!r} has no encoding status")
        fec[name] = word
    return Found(facts={"fec": fec})


def resolve_fec(word: object, speed_gbps: object, medium: object) -> Read:
    """EOS's word for error correction as rs544, rs528, fc or none; not available where it can't be told.

    `speed_gbps` is the port's rate, `medium` what its module says it is, such as 100GBASE-DR1.
    """
    if word == _NO_FEC:
        return value("none")
    if word == _FIRE_CODE:
        return value("fc")
    if word != _REED_SOLOMON or not isinstance(speed_gbps, int | float) or speed_gbps <= 0:
        return NOT_AVAILABLE
    if speed_gbps >= ONLY_RS544_GBPS:
        return value("rs544")
    lanes = medium_lanes(medium) if isinstance(medium, str) else None
    if lanes is None:
        return value("rs528") if speed_gbps < PAM4_LANE_GBPS else NOT_AVAILABLE
    return value("rs544" if speed_gbps / lanes >= PAM4_LANE_GBPS else "rs528")


INTERFACES_STATUS = Format(
    name="eos.interfaces-status",
    title="EOS: show interfaces status | json",
    sniff=lambda head: 90 if b'"interfaceStatuses"' in head else 0,
    parse=_parse_status,
    facts={"ports": tuple[Port, ...], "details": dict[str, dict[str, str | None]]},
)
INTERFACES = Format(
    name="eos.interfaces",
    title="EOS: show interfaces | json",
    sniff=lambda head: 85 if b'"interfaces"' in head and b'"interfaceCounters"' in head else 0,
    parse=_parse_interfaces,
    facts={"ports": tuple[Port, ...], "details": dict[str, dict[str, str | None]]},
)
ERROR_CORRECTION = Format(
    name="eos.error-correction",
    title="EOS: show interfaces error-correction | json",
    sniff=lambda head: 90 if b'"interfaceErrCorrStatuses"' in head else 0,
    parse=_parse_error_correction,
    facts={"fec": dict[str, str]},
)
FORMATS = (INTERFACES_STATUS, INTERFACES, ERROR_CORRECTION)
