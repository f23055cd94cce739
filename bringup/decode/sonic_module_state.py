"""SONiC's own database of its modules: `sonic-db-dump -n STATE_DB -y -k "TRANSCEIVER_STATUS|*"`, the state
machines as the daemon xcvrd read them last, and `… -k "TRANSCEIVER_VDM_*|*"`, the versatile diagnostics.

To read them disturbs no module. The table of diagnostics is TRANSCEIVER_VDM_REAL_VALUE in the code, and was
TRANSCEIVER_VDM_CURRENT_SAMPLE in its overview; others beside it hold limits and flags. A ratio of bit errors
of 0 is not available, as it may not be measured at all. Source: sonic-platform-common,
sonic-platform-daemons.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from types import MappingProxyType

from bringup.decode.registry import Format
from bringup.decode.result import (
    Damaged,
    Found,
    Nothing,
    is_missing,
    json_of,
    number,
    refuse_error_text,
    text_of,
)
from bringup.model.facts_module_state import LaneState, ModuleState
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

STATUS, VDM = "TRANSCEIVER_STATUS|", ("TRANSCEIVER_VDM_REAL_VALUE|", "TRANSCEIVER_VDM_CURRENT_SAMPLE|")
LANES = 8
MODULE_STATES = MappingProxyType(
    {f"module{state.lower()}": state for state in ("LowPwr", "PwrUp", "Ready", "PwrDn", "Fault")}
)
DATA_PATH_STATES = MappingProxyType(
    {
        f"datapath{state.lower()}": state
        for state in ("Deactivated", "Init", "Deinit", "Activated", "TxTurnOn", "TxTurnOff", "Initialized")
    }
)
_VDM_FIELD = re.compile(r"(esnr|prefec_ber_curr)_(media|host)_input([1-8])")
_FIELD_OF = MappingProxyType(
    {
        ("esnr", "media"): "snr_media_db",
        ("esnr", "host"): "snr_host_db",
        ("prefec_ber_curr", "media"): "ber_media",
        ("prefec_ber_curr", "host"): "ber_host",
    }
)
MOST_DB = 60.0
_NO_FAULT = "no fault detected"
Fields = dict[str, object]


def _entries(data: bytes, heads: tuple[str, ...], others: str) -> Iterator[tuple[str, Fields]]:
    """(port, fields) of each key that begins with one of `heads`; all begin with `others`.

    Raises:
        Damaged: something else is there.
    """
    if data.lstrip()[:1] != b"{":
        refuse_error_text(text_of(data)[0])
    top = json_of(data)
    if not isinstance(top, dict) or not all(key.startswith(others) for key in top):
        raise Damaged("these are not the tables of modules by port")
    for key, entry in top.items():
        head = next((head for head in heads if key.startswith(head)), None)
        if head is None:
            continue
        fields = entry.get("value") if isinstance(entry, dict) else None
        if not isinstance(fields, dict) or len(key) == len(head):
            raise Damaged(f"{key[:60]!r} has no fields, or no port")
        yield key.removeprefix(head), fields


def _text(fields: Fields, name: str) -> str | None:
    held = fields.get(name)
    if held is not None and not isinstance(held, str):
        raise Damaged(f"{name!r} is no text")
    return held.strip() if isinstance(held, str) else None


def _state(told: str | None, known: MappingProxyType[str, str]) -> Read:
    """A word that is none of the machine's own is not known."""
    if told is None:
        return ABSENT
    found = known.get(told.lower())
    return NOT_AVAILABLE if found is None else value(found)


def _config(told: str | None) -> Read:
    if told is None:
        return ABSENT
    return NOT_AVAILABLE if is_missing(told) else value(told.removeprefix("Config").lower()[:60])


def _fault(told: str | None) -> Read:
    if told is None:
        return ABSENT
    if is_missing(told):
        return NOT_AVAILABLE
    return value("none" if told.lower() == _NO_FAULT else told[:120])


def _parse_status(data: bytes) -> Found:
    states: list[ModuleState] = []
    for port, fields in _entries(data, (STATUS,), STATUS):
        lanes = [
            LaneState(
                index=at,
                data_path=_state(_text(fields, f"DP{at}State"), DATA_PATH_STATES),
                config_status=_config(_text(fields, f"config_state_hostlane{at}")),
            )
            for at in range(1, LANES + 1)
        ]
        told = tuple(lane for lane in lanes if lane != LaneState(index=lane.index))
        states.append(
            ModuleState(
                port=port,
                state=_state(_text(fields, "module_state"), MODULE_STATES),
                fault_cause=_fault(_text(fields, "module_fault_cause")),
                lanes=told,
            )
        )
    if not states:
        raise Nothing("the daemon has read the state of no module")
    return Found(facts={"states": tuple(states)})


def _ratio(told: str, name: str) -> Read:
    """A ratio of 1 and more, and a negative one, are none."""
    if is_missing(told):
        return NOT_AVAILABLE
    read = float(number(told))
    if not 0.0 <= read < 1.0:
        raise Damaged(f"{name!r} is no ratio")
    return value(read) if read > 0.0 else NOT_AVAILABLE


def _decibel(told: str, name: str) -> Read:
    if is_missing(told):
        return NOT_AVAILABLE
    read = float(number(told))
    if not 0.0 <= read <= MOST_DB or not math.isfinite(read):
        raise Damaged(f"{name!r} is no signal-to-noise ratio")
    return value(read) if read > 0.0 else NOT_AVAILABLE


def _parse_vdm(data: bytes) -> Found:
    found: dict[str, dict[int, dict[str, Read]]] = {}
    for port, fields in _entries(data, VDM, "TRANSCEIVER_VDM_"):
        if port in found:
            raise Damaged(f"{port[:40]!r} has two tables of values")
        found[port] = {}
        for name in fields:
            match = _VDM_FIELD.fullmatch(name)
            told = _text(fields, name) if match else None
            if match is None or told is None:
                continue
            read = (_decibel if match[1] == "esnr" else _ratio)(told, name)
            found[port].setdefault(int(match[3]), {})[_FIELD_OF[match[1], match[2]]] = read
    if not any(found.values()):
        raise Nothing("the daemon has read the diagnostics of no module")
    states = tuple(
        ModuleState(port=port, lanes=tuple(LaneState(index=at, **lanes[at]) for at in sorted(lanes)))
        for port, lanes in found.items()
        if lanes
    )
    return Found(facts={"states": states})


MODULE_STATUS = Format(
    name="sonic.module-status",
    title='SONiC: sonic-db-dump -n STATE_DB -y -k "TRANSCEIVER_STATUS|*"',
    sniff=lambda head: 90 if b'"TRANSCEIVER_STATUS|' in head[:400] else 0,
    parse=_parse_status,
    facts={"states": tuple[ModuleState, ...]},
)
MODULE_VDM = Format(
    name="sonic.module-vdm",
    title='SONiC: sonic-db-dump -n STATE_DB -y -k "TRANSCEIVER_VDM_*|*"',
    sniff=lambda head: 90 if b'"TRANSCEIVER_VDM_' in head[:400] else 0,
    parse=_parse_vdm,
    facts={"states": tuple[ModuleState, ...]},
)
FORMATS = (MODULE_STATUS, MODULE_VDM)
