"""NX-OS `show interface priority-flow-control | json`: per port whether PFC is in force, and pause frames of
all priorities together.

Where the priorities are told, they are a bitmap in hexadecimal behind the state: `On  (8)` is priority 3.
Keys: `TABLE_module.ROW_module.TABLE_pfc_interface.ROW_pfc_interface` with `if_name_str`, `admin`, `oper`,
`rx-stats`, `tx-stats`. Source: public clients of NX-API, and NX-OS' own text form of the table.
"""

from __future__ import annotations

import re

from bringup.decode.nxos_reply import count, object_of, rows_of, text
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing
from bringup.model.facts_flow import FlowControl
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

_STATE = re.compile(r"(on|off|auto)(?:\s*\(\s*(?:0x)?([0-9a-f]{1,2})\s*\))?", re.IGNORECASE)


def _parse(data: bytes) -> Found:
    told = object_of(data)
    if "TABLE_module" not in told:
        raise Damaged("the reply has no TABLE_module")
    found: dict[str, FlowControl] = {}
    for module in rows_of(told, "TABLE_module", "ROW_module"):
        for row in rows_of(module, "TABLE_pfc_interface", "ROW_pfc_interface"):
            port = text(row, "if_name_str")
            if port is None or port in found:
                raise Damaged("a row has no interface, or one that stands there twice")
            found[port] = FlowControl(
                port=port,
                enabled=_enabled(text(row, "oper")),
                rx_pause_frames=count(row, "rx-stats"),
                tx_pause_frames=count(row, "tx-stats"),
            )
    if not found:
        raise Nothing("the table has no rows")
    return Found(facts={"flow": tuple(found.values())})


def _enabled(told: str | None) -> Read:
    """`On` without its bitmap says that PFC is in force, and not for which priorities."""
    if told is None:
        return ABSENT
    match = _STATE.fullmatch(told.strip())
    if match is None:
        raise Damaged(f"{told[:40]!r} is no state of flow control")
    if match[1].lower() == "off":
        return value("none")
    if match[2] is None:
        return NOT_AVAILABLE
    bits = int(match[2], 16)
    return value(",".join(str(at) for at in range(8) if bits >> at & 1) or "none")


PFC = Format(
    name="nxos.pfc",
    title="NX-OS: show interface priority-flow-control | json",
    sniff=lambda head: 90 if b'"TABLE_pfc_interface"' in head else 0,
    parse=_parse,
    facts={"flow": tuple[FlowControl, ...]},
)
FORMATS = (PFC,)
