"""Forwarding tables as switches print them: which hardware addresses were learned on which port.

EOS `show mac address-table | json`, SONiC `show mac`, Linux `bridge -j fdb show` (Cumulus and NVOS too). Only
what was learned counts: a switch lists its own addresses, and those that somebody has written there. What is
behind a tunnel or a bundle is somebody's, but of no port.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bringup.decode.eos_reply import reply_of
from bringup.decode.json_field import Json
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, json_of, text_of, whole_lines
from bringup.model.facts import Attached

MAX_LINES, MAX_LINE_CHARS, MOST_ENTRIES = 200_000, 400, 400_000
_MAC = re.compile(r"[0-9a-fA-F]{2}(?:[:-][0-9a-fA-F]{2}){5}|[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}")
_PORT = re.compile(r"[A-Za-z][\w./:-]{0,62}")
_SONIC_HEAD = ("No.", "Vlan", "MacAddress", "Port", "Type")
_SONIC_END = re.compile(r"Total number of entries (\d{1,7})")
Learned = tuple[str, str]
"""Port and address."""


def _found(learned: Iterator[Learned]) -> Found:
    """By port, in the order in which they stand.

    Raises:
        Nothing: nobody was learned.
    """
    ports: dict[str, dict[str, None]] = {}
    for port, mac in learned:
        ports.setdefault(port, {})[mac] = None
    if not ports:
        raise Nothing("no address was learned on any port")
    return Found(
        facts={"attached": tuple(Attached(port=port, macs=tuple(macs)) for port, macs in ports.items())}
    )


def _entry(port: object, mac: object, where: str) -> Learned:
    if (
        not isinstance(port, str)
        or not isinstance(mac, str)
        or not _PORT.fullmatch(port)
        or not _MAC.fullmatch(mac)
    ):
        raise Damaged(f"{where} is no entry of a forwarding table")
    digits = "".join(letter for letter in mac.lower() if letter.isalnum())
    return port, ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def _rows(held: object, what: str) -> list[Json]:
    if (
        not isinstance(held, list)
        or len(held) > MOST_ENTRIES
        or not all(isinstance(row, dict) for row in held)
    ):
        raise Damaged(f"{what} is no list of entries")
    return held


def _parse_eos(data: bytes) -> Found:
    table = reply_of(data, "unicastTable").get("unicastTable")
    if not isinstance(table, dict):
        raise Damaged("it has no unicastTable")
    rows = _rows(table.get("tableEntries"), "tableEntries")
    return _found(
        _entry(row.get("interface"), row.get("macAddress"), f"entry {number}")
        for number, row in enumerate(rows, 1)
        if row.get("entryType") == "dynamic" and str(row.get("interface", "")).startswith(("Ethernet", "Et"))
    )


def _parse_linux(data: bytes) -> Found:
    rows = _rows(json_of(data), "the table")
    return _found(
        _entry(row.get("ifname"), row.get("mac"), f"entry {number}")
        for number, row in enumerate(rows, 1)
        # Own and written addresses are permanent or static; those at a tunnel's far end have a `dst`.
        if row.get("master")
        and not row.get("state")
        and "dst" not in row
        and "extern_learn" not in _flags(row)
    )


def _flags(row: Json) -> list[object]:
    flags = row.get("flags")
    return flags if isinstance(flags, list) else []


def _parse_sonic(data: bytes) -> Found:
    text, _ = text_of(data, max_lines=MAX_LINES)
    lines = [line for line in whole_lines(text, longest=MAX_LINE_CHARS) if line.strip()]
    if len(lines) < 2 or tuple(lines[0].split()) != _SONIC_HEAD:
        raise Damaged("the first line does not name the columns of `show mac`")
    last = _SONIC_END.fullmatch(lines[-1].strip())
    rows = [line.split() for line in lines[1:-1] if set(line) - set("- ")]
    if last is None or int(last[1]) != len(rows):
        raise Damaged("it does not end with the number of its entries: it may be cut")
    for number, row in enumerate(rows, 1):
        if len(row) != len(_SONIC_HEAD) or row[0] != str(number):
            raise Damaged(f"entry {number} has not the cells that it should have")
    return _found(
        _entry(row[3], row[2], f"entry {row[0]}")
        for row in rows
        if row[4].lower() == "dynamic" and row[3].startswith("Ethernet")
    )


def _is_linux(head: bytes) -> int:
    words = (b'"ifname"', b'"mac"', b'"master"')
    return (
        95
        if b'"ifindex"' not in head and head.lstrip().startswith(b"[") and all(word in head for word in words)
        else 0
    )


def _is_eos(head: bytes) -> int:
    return 80 if b'"unicastTable"' in head and b'"tableEntries"' in head else 0


def _is_sonic(head: bytes) -> int:
    first = head.split(b"\n", 1)[0].decode("ascii", "replace")
    return 80 if tuple(first.split()) == _SONIC_HEAD else 0


FACTS = {"attached": tuple[Attached, ...]}
FORMATS = (
    Format(
        name="mac-table.eos",
        title="Forwarding table: EOS `show mac address-table | json`",
        sniff=_is_eos,
        parse=_parse_eos,
        facts=FACTS,
    ),
    Format(
        name="mac-table.linux",
        title="Forwarding table: `bridge -j fdb show`",
        sniff=_is_linux,
        parse=_parse_linux,
        facts=FACTS,
    ),
    Format(
        name="mac-table.sonic",
        title="Forwarding table: SONiC `show mac`",
        sniff=_is_sonic,
        parse=_parse_sonic,
        facts=FACTS,
    ),
)
