"""Linux hosts: for which priorities PFC is on (`dcb -j pfc show dev IF`), and what an adapter's own counters
(`ethtool -S`) tell of pauses.

The names of the counters are each driver's own: `COUNTERS` has them. Source: the kernel's documentation of
mlx5's counters and the drivers bnxt_en, ice, i40e and ionic; iproute2's dcb(8).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from bringup.decode.json_field import as_object
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, json_of, refuse_error_text, text_of
from bringup.model.facts_flow import FlowControl, Pause
from bringup.model.measurement import ABSENT, Read, value

PRIORITIES = range(8)
RECEIVED = (
    "rx_prio{}_pause",  # mlx5
    "rx_pfc_ena_frames_pri{}",  # bnxt_en
    "rx_priority_{}_xoff.nic",  # ice
    "port.rx_priority_{}_xoff",  # i40e
)
SENT = (
    "tx_prio{}_pause",
    "tx_pfc_ena_frames_pri{}",
    "tx_priority_{}_xoff.nic",
    "port.tx_priority_{}_xoff",
)
DROPPED = ("rx_prio{}_buf_discard", "rx_prio{}_discards")
COUNTERS = MappingProxyType(
    {
        # a queue that was held for longer than the driver finds healthy: mlx5, bnxt_en
        "storms": ("tx_pause_storm_warning_events", "continuous_pause_events"),
        "rx_pause_frames": ("rx_pfc_frames", "frames_rx_pripause", "rx_pause_ctrl_phy"),
        "tx_pause_frames": ("tx_pfc_frames", "frames_tx_pripause", "tx_pause_ctrl_phy"),
    }
)
_FLAGS = MappingProxyType({True: True, False: False, "on": True, "off": False})


def flow_of(port: str, counters: Mapping[str, object], enabled: Read) -> FlowControl:
    """What `counters` tell. Drops are those of priorities that are lossless: others are meant to drop."""
    pauses = [
        Pause(priority=at, rx_frames=_first(counters, RECEIVED, at), tx_frames=_first(counters, SENT, at))
        for at in PRIORITIES
    ]
    told = [pause for pause in pauses if pause.rx_frames.value is not None]
    lossless = str(enabled.value).split(",") if enabled.value not in (None, "none") else []
    drops = [_first(counters, DROPPED, int(at)) for at in lossless]
    counted = [read.value for read in drops if isinstance(read.value, int)]
    totals = {field: _first(counters, names) for field, names in COUNTERS.items()}
    return FlowControl(
        port=port,
        enabled=enabled,
        pauses=tuple(told),
        drops=value(sum(counted)) if drops and len(counted) == len(drops) else ABSENT,
        **totals,
    )


def _first(counters: Mapping[str, object], names: tuple[str, ...], at: int = 0) -> Read:
    held = next((counters[name.format(at)] for name in names if name.format(at) in counters), None)
    return value(held) if isinstance(held, int) else ABSENT


def _parse_dcb(data: bytes) -> Found:
    """Raises `Damaged` unless all eight priorities are told."""
    if data.lstrip()[:1] != b"{":
        refuse_error_text(text_of(data)[0])
    told = as_object(json_of(data), "the reply")
    held = told.get("prio_pfc", told.get("prio-pfc"))
    if not isinstance(held, list) or len(held) != len(PRIORITIES):
        raise Damaged("prio_pfc has not eight priorities")
    if any(not isinstance(each, bool | str) or each not in _FLAGS for each in held):
        raise Damaged("a priority is neither on nor off")
    on = [str(at) for at, each in enumerate(held) if _FLAGS[each]]
    return Found(facts={"enabled": ",".join(on) or "none"})


DCB_PFC = Format(
    name="linux.dcb-pfc",
    title="Linux: dcb -j pfc show dev IF (the interface is not in the output)",
    sniff=lambda head: 90 if re.search(rb'"prio[_-]pfc"', head) else 0,
    parse=_parse_dcb,
    facts={"enabled": str},
)
FORMATS = (DCB_PFC,)
