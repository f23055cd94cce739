"""What tools of Linux tell of network adapters: `devlink -j dev info`, `devlink -j health show`, Broadcom's
`niccli --list` and AMD's `nicctl show card -j`.

devlink speaks for every make whose driver has it (mlx5, bnxt_en, ice, ionic); versions that are `stored` wait
for a reset, those `running` run. The vendors' tools say what a board is called. Source: devlink's
documentation in the kernel, iproute2's devlink(8), Broadcom's and AMD's own printed examples.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bringup.decode.json_field import Json, as_object, object_in, objects_in, read_count, text_in
from bringup.decode.registry import Format
from bringup.decode.result import (
    Damaged,
    Found,
    Nothing,
    json_of,
    read_word,
    refuse_error_text,
    text_of,
    whole_lines,
)
from bringup.model.facts import Adapter
from bringup.model.facts_nic import NicHealth, Reporter
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

_PCI = re.compile(r"pci/([0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])")
_ADDRESS = re.compile(r"(?:([0-9a-f]{4,8}):)?([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])", re.IGNORECASE)
_NICCLI_HEAD = re.compile(r"BoardId +MAC Address +FwVersion +PCIAddr +Type +Mode")
_NICCLI_ROW = re.compile(
    r"([0-9]{1,3})\) +(\S{1,40}) +((?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}) +(\S{1,30})"
    r" +([0-9A-Fa-f]{2}):([0-9A-Fa-f]{2}):([0-9A-Fa-f]{2}):([0-9A-Fa-f]{2}) +\S{1,20} +\S{1,20}"
)
_FIRMWARE = ("fw", "fw.version", "fw.mgmt", "fw.bundle_id")
_STATES = {"healthy": True, "error": False}
MAX_DEVICES = 256


def _top(data: bytes, key: str) -> Json:
    if data.lstrip()[:1] != b"{":
        refuse_error_text(text_of(data)[0])
    held = as_object(json_of(data), "the reply")
    if key not in held:
        raise Damaged(f"the reply has no {key}")
    devices = object_in(held, key)
    if len(devices) > MAX_DEVICES:
        raise Damaged("more devices than a host has")
    if not devices:
        raise Nothing("no driver here speaks devlink")
    return devices


def _functions(devices: Json) -> Iterator[tuple[str, object]]:
    """PCI functions by their addresses; devlink has other buses too."""
    for name, held in devices.items():
        if match := _PCI.fullmatch(name):
            yield match[1], held


def _parse_info(data: bytes) -> Found:
    adapters: list[Adapter] = []
    staged: dict[str, object] = {}
    for address, held in _functions(_top(data, "info")):
        entry = as_object(held, address)
        versions = object_in(entry, "versions")
        running, stored = object_in(versions, "running"), object_in(versions, "stored")
        name = next((name for name in _FIRMWARE if name in running), None)
        adapters.append(
            Adapter(
                port="",
                pcie_address=value(address),
                driver=read_word(text_in(entry, "driver")),
                serial=_serial(entry),
                model=read_word(text_in(object_in(versions, "fixed"), "board.id")),
                firmware=ABSENT if name is None else read_word(text_in(running, name)),
            )
        )
        waiting = None if name is None else text_in(stored, name)
        staged[address] = waiting if name and waiting != text_in(running, name) else None
    if not adapters:
        raise Nothing("no adapter on PCI speaks devlink")
    return Found(facts={"adapters": tuple(adapters), "staged": staged})


def _serial(entry: Json) -> Read:
    """The board's own, where the driver tells one; a function's may be made of its address."""
    for key in ("board.serial_number", "serial_number"):
        read = read_word(text_in(entry, key))
        if read.value is not None:
            return read
    return ABSENT


def _parse_health(data: bytes) -> Found:
    found: dict[str, NicHealth] = {}
    for address, held in _functions(_top(data, "health")):
        if not isinstance(held, list):
            raise Damaged(f"{address} has no list of reporters")
        reporters = [_reporter(as_object(each, "a reporter")) for each in held]
        if len({each.name for each in reporters}) != len(reporters):
            raise Damaged(f"a reporter of {address} stands there twice")
        found[address] = NicHealth(port=address, reporters=tuple(reporters))
    if not found:
        raise Nothing("no adapter on PCI has a health reporter")
    return Found(facts={"health": tuple(found.values())})


def _reporter(entry: Json) -> Reporter:
    name, state = text_in(entry, "reporter"), text_in(entry, "state")
    if name is None or state is None:
        raise Damaged("a reporter has no name or no state")
    healthy = _STATES.get(state)
    return Reporter(
        name=name[:60],
        healthy=NOT_AVAILABLE if healthy is None else value(healthy),
        errors=read_count(entry, "error"),
        recoveries=read_count(entry, "recover"),
    )


def _parse_niccli(data: bytes) -> Found:
    text, warnings = text_of(data)
    refuse_error_text(text)
    lines = [line.strip() for line in whole_lines(text)]
    at = next((number for number, line in enumerate(lines) if _NICCLI_HEAD.fullmatch(line)), None)
    if at is None:
        raise Damaged("the line `BoardId  MAC Address …` is missing")
    adapters: list[Adapter] = []
    for line in lines[at + 1 :]:
        row = _NICCLI_ROW.fullmatch(line)
        if row is None:
            if line:
                raise Damaged(f"a line is no row: {line[:60]!r}")
            continue
        if int(row[1]) != len(adapters) + 1:
            raise Damaged("the rows do not count up from 1")
        domain, bus, slot, function = (int(row[each], 16) for each in (5, 6, 7, 8))
        adapters.append(
            Adapter(
                port="",
                pcie_address=value(f"{domain:04x}:{bus:02x}:{slot:02x}.{function:x}"),
                model=read_word(row[2]),
                firmware=read_word(row[4]),
            )
        )
    if not adapters:
        raise Nothing("the tool lists no adapter")
    return Found(facts={"adapters": tuple(adapters)}, warnings=warnings)


def _parse_nicctl(data: bytes) -> Found:
    """Cards stand under `nic` or `cards`, by release."""
    if data.lstrip()[:1] != b"{":
        refuse_error_text(text_of(data)[0])
    held = as_object(json_of(data), "the reply")
    key = next((key for key in ("nic", "cards") if key in held), None)
    if key is None:
        raise Damaged("the reply has neither nic nor cards")
    adapters: list[Adapter] = []
    for card in objects_in(held, key)[:MAX_DEVICES]:
        if text_in(card, "id") is None:
            raise Damaged("a card has no id")
        place = text_in(card, "pcie_bus_device_function") or text_in(card, "pcie_bdf") or ""
        match = _ADDRESS.fullmatch(place)
        adapters.append(
            Adapter(
                port="",
                pcie_address=value(f"{match[1] or '0000'}:{match[2]}:{match[3]}.{match[4]}".lower())
                if match
                else ABSENT,
                model=read_word(text_in(card, "product_name")),
                serial=read_word(text_in(card, "serial_number")),
            )
        )
    if not adapters:
        raise Nothing("the tool lists no card")
    return Found(facts={"adapters": tuple(adapters)})


DEVLINK_INFO = Format(
    name="linux.devlink-info",
    title="Linux: devlink -j dev info (the interface is not in the output)",
    sniff=lambda head: 90 if re.match(rb'\s*\{"info": ?\{"', head) and b'"versions"' in head else 0,
    parse=_parse_info,
    facts={"adapters": tuple[Adapter, ...], "staged": dict[str, str | None]},
)
DEVLINK_HEALTH = Format(
    name="linux.devlink-health",
    title="Linux: devlink -j health show",
    sniff=lambda head: 90 if re.match(rb'\s*\{"health": ?\{"', head) and b'"reporter"' in head else 0,
    parse=_parse_health,
    facts={"health": tuple[NicHealth, ...]},
)
NICCLI_LIST = Format(
    name="linux.niccli-list",
    title="Broadcom: niccli --list",
    sniff=lambda head: 90 if re.search(rb"BoardId +MAC Address +FwVersion", head) else 0,
    parse=_parse_niccli,
    facts={"adapters": tuple[Adapter, ...]},
)
NICCTL_CARD = Format(
    name="linux.nicctl-card",
    title="AMD: nicctl show card -j",
    sniff=lambda head: 80 if b'"product_name"' in head and re.search(rb'"(?:nic|cards)": ?\[', head) else 0,
    parse=_parse_nicctl,
    facts={"adapters": tuple[Adapter, ...]},
)
FORMATS = (DEVLINK_INFO, DEVLINK_HEALTH, NICCLI_LIST, NICCTL_CARD)
