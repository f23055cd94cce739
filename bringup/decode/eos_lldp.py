"""EOS `show lldp neighbors` and `show lldp neighbors detail` as JSON.

Source: keys as EOS and ANTA have them. Two neighbours on one port are two entries. `interfaceId` is wrapped
in quotes; `interfaceId_v2` is not, but older releases lack it. `lastContactTime` is by the switch's clock.
"""

from __future__ import annotations

import re

from bringup.decode.eos_reply import reply_of
from bringup.decode.json_field import (
    Json,
    as_object,
    named_objects,
    object_in,
    objects_in,
    read_real,
    read_text,
    text_in,
)
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing
from bringup.model.facts import Neighbor
from bringup.model.measurement import ABSENT, Read, value

_MAC = re.compile(r"[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}|([0-9a-f]{2}[:-]){5}[0-9a-f]{2}", re.IGNORECASE)


def heard_on(table: Json) -> dict[str, list[Json]]:
    """Port -> its neighbours, for every port on which LLDP listens; an empty list where it hears nobody."""
    heard: dict[str, list[Json]] = {}
    for port, entry in named_objects(table):
        if "lldpNeighborInfo" not in entry:
            raise Damaged(f"{port[:40]!r} has no list of neighbours")
        heard[port] = objects_in(entry, "lldpNeighborInfo")
    return heard


def _parse_detail(data: bytes) -> Found:
    table = as_object(reply_of(data, "lldpNeighbors")["lldpNeighbors"], "lldpNeighbors")
    heard = heard_on(table)
    if not heard:
        raise Nothing("the switch lists no port on which LLDP runs")
    neighbors = tuple(neighbor(port, entry) for port, entries in heard.items() for entry in entries)
    warnings = tuple(
        f"{port}: the chassis id {text_in(entry, 'chassisId')!r} is no whole MAC address"
        for port, entries in heard.items()
        for entry in entries
        if text_in(entry, "chassisIdType") == "macAddress"
        and not _MAC.fullmatch(text_in(entry, "chassisId") or "")
    )
    return Found(
        facts={
            "neighbors": neighbors,
            "last_contacts_unix_s": [
                read_real(entry, "lastContactTime").value for entries in heard.values() for entry in entries
            ],
            "listening_ports": list(heard),
            "details": {port: [_details(entry) for entry in entries] for port, entries in heard.items()},
        },
        warnings=warnings,
    )


def neighbor(port: str, entry: Json) -> Neighbor:
    """One entry of the detailed list."""
    interface = object_in(entry, "neighborInterfaceInfo")
    if text_in(entry, "chassisId") is None or not interface:
        raise Damaged(f"a neighbour on {port[:40]!r} has no chassis id or no port")
    return Neighbor(
        local_port=port,
        system_name=read_text(entry, "systemName"),
        chassis_id=read_text(entry, "chassisId"),
        port_id=_port_id(interface),
        port_description=read_text(interface, "interfaceDescription"),
    )


def _port_id(interface: Json) -> Read:
    told = text_in(interface, "interfaceId_v2") or (text_in(interface, "interfaceId") or "").strip('"')
    return value(told) if told else ABSENT


def _details(entry: Json) -> Json:
    interface = object_in(entry, "neighborInterfaceInfo")
    return {
        "chassis_id_type": text_in(entry, "chassisIdType"),
        "port_id_type": text_in(interface, "interfaceIdType"),
        "system_description": text_in(entry, "systemDescription"),
        "ttl_s": read_real(entry, "ttl").value,
        "management_addresses": [
            text_in(address, "address") for address in objects_in(entry, "managementAddresses")
        ],
    }


def _parse_brief(data: bytes) -> Found:
    entries = objects_in(reply_of(data, "lldpNeighbors"), "lldpNeighbors")
    if not entries:
        raise Nothing("the switch hears no neighbour")
    if not all(text_in(entry, "port") for entry in entries):
        raise Damaged("a neighbour has no local port")
    return Found(
        facts={
            "neighbors": tuple(
                Neighbor(
                    local_port=text_in(entry, "port") or "",
                    system_name=read_text(entry, "neighborDevice"),
                    port_id=read_text(entry, "neighborPort"),
                )
                for entry in entries
            ),
            "ttl_s": [read_real(entry, "ttl").value for entry in entries],
        }
    )


def _is_detail(head: bytes) -> bool:
    return b'"lldpNeighborInfo"' in head


LLDP_DETAIL = Format(
    name="eos.lldp-detail",
    title="EOS: show lldp neighbors detail | json",
    sniff=lambda head: 90 if b'"lldpNeighbors"' in head and _is_detail(head) else 0,
    parse=_parse_detail,
    facts={
        "neighbors": tuple[Neighbor, ...],
        "last_contacts_unix_s": list[float | None],
        "listening_ports": list[str],
        "details": dict[str, list[dict[str, object]]],
    },
)
LLDP = Format(
    name="eos.lldp",
    title="EOS: show lldp neighbors | json",
    sniff=lambda head: 85 if b'"lldpNeighbors"' in head and not _is_detail(head) else 0,
    parse=_parse_brief,
    facts={"neighbors": tuple[Neighbor, ...], "ttl_s": list[float | None]},
)
FORMATS = (LLDP_DETAIL, LLDP)
