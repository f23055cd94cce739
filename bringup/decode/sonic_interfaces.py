"""SONiC `show interfaces status` and `show interfaces fec status`.

Source: columns as printed by sonic-utilities' intfutil. The FEC of the first table is what is configured;
what runs is told only by the second, and is `N/A` while the port is down.
"""

from __future__ import annotations

import re

from bringup.decode.fec import reed_solomon
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, counter, is_missing
from bringup.decode.sonic_table import Row, read_table, unique
from bringup.model.facts import Port
from bringup.model.measurement import NOT_AVAILABLE, Read, value

_SPEED = re.compile(r"([0-9]{1,7}(?:\.[0-9]{1,3})?)([MGT]?)")
_MBPS_OF = {"": 1.0, "M": 1.0, "G": 1000.0, "T": 1_000_000.0}
_UP_DOWN = {"up": value(True), "down": value(False), "n/a": NOT_AVAILABLE}
_FEC_WORDS = frozenset({"rs", "fc", "none", "auto", "N/A"})
_PORT_CHANNEL = "PortChannel"


def speed_mbps(text: str) -> Read:
    """`400G`, `1000M`, `10M`, a bare number of Mb/s, `N/A`.

    Raises:
        Damaged: something else.
    """
    if is_missing(text):
        return NOT_AVAILABLE
    match = _SPEED.fullmatch(text)
    if match is None:
        raise Damaged(f"{text[:40]!r} is no speed")
    return value(float(match[1]) * _MBPS_OF[match[2]])


def _up(text: str, column: str) -> Read:
    if text.lower() not in _UP_DOWN:
        raise Damaged(f"{text[:40]!r} is no {column} state")
    return _UP_DOWN[text.lower()]


def _fec_word(text: str) -> str | None:
    if text not in _FEC_WORDS:
        raise Damaged(f"{text[:40]!r} is no FEC mode")
    return None if text == "N/A" else text


def fec_in_use(word: str | None, speed_gbps: float | None, lane_count: int | None) -> Read:
    """SONiC's word for FEC as the closed list rs544, rs528, fc, none."""
    if word in ("fc", "none"):
        return value(word)
    return reed_solomon(speed_gbps, lane_count) if word == "rs" else NOT_AVAILABLE


def _port(row: Row) -> Port:
    mbps = speed_mbps(row["Speed"])
    speed = value(float(mbps.value) / 1000) if isinstance(mbps.value, float) else mbps
    mtu = NOT_AVAILABLE if is_missing(row["MTU"]) else value(counter(row["MTU"]))
    oper, admin = _up(row["Oper"], "oper"), _up(row["Admin"], "admin")
    return Port(name=row["Interface"], admin_up=admin, oper_up=oper, speed_gbps=speed, mtu=mtu)


def _details(row: Row) -> dict[str, object]:
    lanes = None if is_missing(row["Lanes"]) else [counter(lane) for lane in row["Lanes"].split(",")]
    return {
        "lanes": lanes,
        "speed_mbps": speed_mbps(row["Speed"]).value,
        "speed_text": row["Speed"],
        "fec_configured": _fec_word(row.get("FEC", "N/A")),
        "alias": None if is_missing(row["Alias"]) else row["Alias"],
        "type": None if is_missing(row["Type"]) else row["Type"],
    }


def _parse_status(data: bytes) -> Found:
    columns = ("Interface", "Lanes", "Speed", "MTU", "Alias", "Oper", "Admin", "Type")
    rows, warnings = read_table(data, columns)
    unique(rows, "Interface")
    return Found(
        facts={
            "ports": tuple(_port(row) for row in rows if not row["Interface"].startswith(_PORT_CHANNEL)),
            "port_channels": tuple(_port(row) for row in rows if row["Interface"].startswith(_PORT_CHANNEL)),
            "details": {row["Interface"]: _details(row) for row in rows},
        },
        warnings=tuple(warnings),
    )


def _parse_fec(data: bytes) -> Found:
    rows, warnings = read_table(data, ("Interface", "FEC Oper", "FEC Admin"))
    unique(rows, "Interface")
    fec: dict[str, object] = {
        row["Interface"]: {"oper": _fec_word(row["FEC Oper"]), "admin": _fec_word(row["FEC Admin"])}
        for row in rows
    }
    return Found(facts={"fec": fec}, warnings=tuple(warnings))


INTERFACES_STATUS = Format(
    name="sonic.interfaces-status",
    title="SONiC: show interfaces status",
    sniff=lambda head: 90 if re.search(rb"Interface +Lanes +Speed +MTU", head) else 0,
    parse=_parse_status,
    facts={
        "ports": tuple[Port, ...],
        "port_channels": tuple[Port, ...],
        "details": dict[str, dict[str, object]],
    },
)
FEC_STATUS = Format(
    name="sonic.fec-status",
    title="SONiC: show interfaces fec status",
    sniff=lambda head: 90 if re.search(rb"Interface +FEC Oper +FEC Admin", head) else 0,
    parse=_parse_fec,
    facts={"fec": dict[str, dict[str, str | None]]},
)
FORMATS = (INTERFACES_STATUS, FEC_STATUS)
