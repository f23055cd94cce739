"""InfiniBand's ports and what they are linked to: `ibnetdiscover -p` and `iblinkinfo`, with or without `-l`.

One line a port. A port without a far end is down, whatever width and rate are printed beside it (`4x SDR` is
what a port that is down falls back to); `???` is a rate that the tool does not know. A link stands there
twice, once from either end, where both ends are listed. Source: infiniband-diags, the tools' own output.
"""

from __future__ import annotations

import re

from bringup.decode.ib_rate import LANE_GBPS
from bringup.decode.json_field import Json
from bringup.decode.registry import Format
from bringup.decode.result import (
    Damaged,
    Found,
    Nothing,
    counter,
    number,
    refuse_error_text,
    text_of,
    whole_lines,
)

MAX_LINE_CHARS = 600
_GUID = r"0x[0-9a-fA-F]{16}"
_NEAR = rf"(CA|SW|RT)\s+(\d{{1,5}})\s+(\d{{1,3}})\s+({_GUID})\s+(\d{{1,2}}x|\?\?)\s+([A-Z?][A-Z0-9?]{{1,6}})"
_LINKED = re.compile(
    rf"{_NEAR}\s+-\s+(CA|SW|RT)\s+(\d{{1,5}})\s+(\d{{1,3}})\s+({_GUID})\s+"
    r"\( '(.{0,120}?)' - '(.{0,120})' \)"
)
_ALONE = re.compile(rf"{_NEAR}\s+('?)(\S(?:.{{0,118}}\S)?)\s*")
_OWNER = re.compile(rf"(?:CA|Switch|Router): (?:({_GUID}) )?(\S.{{0,160}}?):\s*")
_ROW = re.compile(
    rf'\s*(?:({_GUID})\s+)?(?:"\s*([^"]{{0,120}})"\s+)?(\d{{1,5}})\s+(\d{{1,3}})\[[^\]]{{0,4}}\]\s*'
    r"==\((.{1,80}?)\)==>\s*(.{0,300})"
)
_STATE = re.compile(
    r"\s*(?:(\d{1,2})X\s*([0-9.]{1,9}) Gbps (?:\((FDR10)\) )?\s*)?([A-Z][a-z]+)/\s*([A-Za-z]{3,20})\s*"
)
_FAR = re.compile(
    rf'(?:({_GUID})\s+)?(\d{{1,5}})\s+(\d{{1,3}})\[[^\]]{{0,4}}\]\s+"([^"]{{0,160}})"\s*\((.{{0,120}})\)\s*'
)


def _parse_netdiscover(data: bytes) -> Found:
    text, warnings = text_of(data)
    lines = whole_lines(text, longest=MAX_LINE_CHARS)
    ports: dict[tuple[str, int], Json] = {}
    for at, line in enumerate(lines, 1):
        if not line.strip():
            continue
        made = _netdiscover_port(line)
        if made is None:
            refuse_error_text(line)
            raise Damaged(f"line {at} is no port: {line[:60]!r}")
        _put(ports, made, at)
    return _found(ports, warnings)


def _netdiscover_port(line: str) -> Json | None:
    linked = _LINKED.fullmatch(line.strip())
    alone = None if linked else _ALONE.fullmatch(line.strip())
    match = linked or alone
    if match is None:
        return None
    port = _near(match)
    if linked:
        peer: Json = {
            "kind": linked[7],
            "lid": int(linked[8]),
            "port": int(linked[9]),
            "guid": linked[10].lower(),
            "name": linked[12],
        }
        return port | {"name": linked[11], "peer": peer, "linked": True}
    assert alone is not None
    if alone[7] and not alone[8].endswith("'"):
        return None
    return port | {
        "name": alone[8].removesuffix("'") if alone[7] else alone[8],
        "peer": None,
        "linked": False,
    }


def _near(match: re.Match[str]) -> Json:
    lanes, rate = match[5].removesuffix("x"), match[6]
    gbps = LANE_GBPS.get(rate)
    return {
        "kind": match[1],
        "lid": int(match[2]),
        "port": int(match[3]),
        "guid": match[4].lower(),
        "width": match[5],
        "speed": rate,
        "speed_gbps": gbps * int(lanes) if gbps is not None and lanes.isdigit() else None,
    }


def _parse_linkinfo(data: bytes) -> Found:
    text, warnings = text_of(data)
    ports: dict[tuple[str, int], Json] = {}
    owner: tuple[str | None, str] = (None, "")
    for at, line in enumerate(whole_lines(text, longest=MAX_LINE_CHARS), 1):
        head = _OWNER.fullmatch(line)
        if head:
            owner = (head[1].lower() if head[1] else None), head[2]
            continue
        if not line.strip():
            continue
        row = _ROW.fullmatch(line)
        if row is None:
            refuse_error_text(line)
            raise Damaged(f"line {at} is no port: {line[:60]!r}")
        _put(ports, _linkinfo_port(row, owner, at), at)
    return _found(ports, warnings)


def _linkinfo_port(row: re.Match[str], owner: tuple[str | None, str], at: int) -> Json:
    guid, name = (row[1] or owner[0]), (row[2] or owner[1])
    state, far = _STATE.fullmatch(row[5]), _FAR.fullmatch(row[6])
    if guid is None or state is None or (far is None and not row[6].startswith("[")):
        raise Damaged(f"line {at}: a port without its device, its state or its far end")
    linked = state[5] == "LinkUp" and far is not None
    lane_gbps = number(state[2]) if state[2] else None
    port: Json = {
        "kind": None,
        "lid": int(row[3]),
        "port": int(row[4]),
        "guid": guid.lower(),
        "name": name.strip(),
        "width": f"{state[1]}x" if state[1] else None,
        "speed": state[2],
        "speed_gbps": round(lane_gbps * int(state[1]), 4) if linked and lane_gbps is not None else None,
        "state": state[4],
        "physical_state": state[5],
        "linked": linked,
        "peer": None,
    }
    if linked and far is not None:
        peer: Json = {
            "guid": far[1].lower() if far[1] else None,
            "lid": int(far[2]),
            "port": int(far[3]),
            "name": far[4].strip(),
        }
        port |= {"peer": peer, "could_be": far[5].strip() or None}
    return port


def _put(ports: dict[tuple[str, int], Json], made: Json, at: int) -> None:
    key = str(made["guid"]), counter(str(made["port"]))
    if key in ports:
        raise Damaged(f"line {at}: port {key[1]} of {key[0]} stands there twice")
    ports[key] = made


def _found(ports: dict[tuple[str, int], Json], warnings: tuple[str, ...]) -> Found:
    if not ports:
        raise Nothing("no port is listed")
    return Found(facts={"ports": list(ports.values())}, warnings=warnings)


_PORTS_SNIFF = re.compile(rb"(?:^|\n)(?:CA|SW|RT) +\d{1,5} +\d{1,3} 0x[0-9a-fA-F]{16} +(?:\d{1,2}x|\?\?) ")
NETDISCOVER = Format(
    name="ib.netdiscover-ports",
    title="InfiniBand: ibnetdiscover -p",
    sniff=lambda head: 90 if _PORTS_SNIFF.search(head) else 0,
    parse=_parse_netdiscover,
    facts={"ports": list[dict[str, object]]},
)
LINKINFO = Format(
    name="ib.linkinfo",
    title="InfiniBand: iblinkinfo [-l]",
    sniff=lambda head: 90 if b"] ==(" in head and b")==>" in head else 0,
    parse=_parse_linkinfo,
    facts={"ports": list[dict[str, object]]},
)
FORMATS = (NETDISCOVER, LINKINFO)
