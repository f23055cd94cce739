"""`mlxlink -d DEVICE …`: one port of a ConnectX, BlueField, Quantum or Spectrum, as text or with `--json`.

Both forms have the same titles and keys, and every value is a text: `54 [-5..75]`, `1.886,1.989 [-10.41..6]`,
`N/A`. Source: mstflint, mlxlink's modules. A BER of `15E-255` is what the tool prints where it has seen no
error: here it is 0. Limits beside a reading are taken as the module's alarms, the harder of the two that they
could be.
"""

from __future__ import annotations

import re
from types import MappingProxyType

from bringup.decode.ib_mlxlink_table import Sections, sections_of
from bringup.decode.ib_rate import LANE_GBPS
from bringup.decode.json_field import Json
from bringup.decode.medium_name import medium_in
from bringup.decode.registry import Format
from bringup.decode.result import (
    Damaged,
    FactValue,
    Found,
    Nothing,
    is_missing,
    number,
    read_count,
    read_number,
    read_power_dbm,
    read_word,
)
from bringup.model.facts import Adapter, FecCounters, Lane, Optic, Port, Threshold
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

MAX_LANES = 16
NO_ERRORS_BELOW = 1e-99
"""The tool's floor, `15E-255`, stands for no error at all; no link can measure less than 1e-25."""
UNPLUGGED_OPCODE = "1024"
OPERATION, TROUBLE, TOOL = "Operational Info", "Troubleshooting Info", "Tool Information"
MODULE, COUNTERS, HISTOGRAM = "Module Info", "Physical Counters and BER Info", "Histogram of FEC Errors"
KNOWN = (OPERATION, TROUBLE, MODULE, COUNTERS)
STATES = MappingProxyType(
    {
        "active": (True, True),
        "disable": (False, False),
        "polling": (True, False),
        "training": (True, False),
        "negotiation": (True, False),
        "signal detect": (True, False),
        "physical linkup": (True, False),
        "port pll down": (None, False),
        "close port": (None, False),
        "sleep": (None, False),
        "rx disable": (None, False),
    }
)
"""State -> (switched on, link up). `Physical LinkUp` has no logical link yet: no subnet manager."""

_RANGE = re.compile(r"(.*?)\s*\[(-?[0-9.]{1,12}) ?\.\. ?(-?[0-9.]{1,12})\]")
_ETHERNET = re.compile(r"([0-9]{1,4}(?:\.[0-9])?)G(?:bE)?(?:_[0-9]X)?")
_INFINIBAND = re.compile(r"(?:IB-)?(SDR|DDR|QDR|FDR10|FDR|EDR|HDR|NDR|XDR)", re.IGNORECASE)
_WIDTH = re.compile(r"([0-9]{1,2})x", re.IGNORECASE)
_BER = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3})?E-?[0-9]{1,3}", re.IGNORECASE)


def _parse(data: bytes) -> Found:
    sections, warnings = sections_of(data)
    if not any(title in sections for title in KNOWN):
        raise Damaged("none of mlxlink's tables is there")
    if not any(not is_missing(told) for part in sections.values() for told in part.values()):
        raise Nothing("every field is N/A: the device answers and its port tells nothing")
    return _found(sections, warnings)


def _found(sections: Sections, warnings: tuple[str, ...]) -> Found:
    operation = sections.get(OPERATION)
    port = None if operation is None else _port(operation)
    up = None if port is None else port.oper_up.value
    facts: dict[str, FactValue] = {
        "port": port,
        "optic": _optic(sections),
        "fec": None if COUNTERS not in sections else _fec(sections[COUNTERS], up),
        "adapter": _adapter(sections.get(TOOL, {})),
        "details": _details(sections),
    }
    return Found(facts=facts, warnings=warnings)


def _port(told: dict[str, str]) -> Port:
    state = told.get("State", "").lower()
    on, up = STATES.get(state, (None, None))
    missing = ABSENT if not state else NOT_AVAILABLE
    speed = _speed_gbps(told.get("Speed"), told.get("Width")) if up else NOT_AVAILABLE
    return Port(
        name="",
        admin_up=missing if on is None else value(on),
        oper_up=missing if up is None else value(up),
        speed_gbps=speed,
        fec_mode=_fec_mode(told.get("FEC")) if up else NOT_AVAILABLE,
    )


def _speed_gbps(speed: str | None, width: str | None) -> Read:
    """`400G`, or InfiniBand's `IB-NDR` with its width `4x`, by the rate of a lane."""
    if speed is None:
        return ABSENT
    ethernet, infiniband = _ETHERNET.fullmatch(speed), _INFINIBAND.fullmatch(speed)
    if ethernet:
        return value(float(ethernet[1]))
    lanes = _WIDTH.fullmatch(width or "")
    if infiniband and lanes:
        return value(LANE_GBPS[infiniband[1].upper()] * int(lanes[1]))
    return NOT_AVAILABLE


def _fec_mode(text: str | None) -> Read:
    """One of the closed list; a code that is none of them (low latency, PLR) is not available."""
    if text is None:
        return ABSENT
    low = text.lower()
    if "544,514" in low:
        return value("rs544")
    if "528,514" in low:
        return value("rs528")
    if low.startswith("firecode"):
        return value("fc")
    return value("none") if low == "no fec" else NOT_AVAILABLE


def _optic(sections: Sections) -> Optic | None:
    """The module. Nothing but `N/A` does not tell an empty cage from a module that can't be read: the status
    `cable unplugged` does.
    """
    unplugged = sections.get(TROUBLE, {}).get("Status Opcode") == UNPLUGGED_OPCODE
    told = sections.get(MODULE)
    if told is None:
        return Optic(port="", present=value(False)) if unplugged else None
    names = {key: read_word(told.get(key)) for key in ("Identifier", "Vendor Name", "Vendor Part Number")}
    serial = read_word(told.get("Vendor Serial Number"))
    known = any(read.value is not None for read in (*names.values(), serial))
    if not known:
        return Optic(port="", present=value(False) if unplugged else NOT_AVAILABLE)
    temperature, temperature_limits = _one(told, "Temperature [C]", "temperature_c", 1.0)
    voltage, voltage_limits = _one(told, "Voltage [mV]", "supply_voltage_v", 1000.0)
    lanes, lane_limits = _lanes(told)
    return Optic(
        port="",
        present=value(True),
        medium=medium_in(told.get("Active Set Media Compliance Code"), told.get("Compliance")),
        vendor=names["Vendor Name"],
        part_number=names["Vendor Part Number"],
        serial=serial,
        firmware=read_word(told.get("FW Version")),
        temperature_c=temperature,
        supply_voltage_v=voltage,
        lanes=lanes,
        thresholds=(*temperature_limits, *voltage_limits, *lane_limits),
    )


def _ranged(text: str, quantity: str, per_unit: float) -> tuple[str, tuple[Threshold, ...]]:
    """What stands before `[low..high]`, and these as limits; none where they are equal: not filled in."""
    match = _RANGE.fullmatch(text)
    if match is None:
        return text, ()
    low, high = (float(number(each)) / per_unit for each in (match[2], match[3]))
    if low > high:
        raise Damaged(f"{text[:60]!r} has its limits the wrong way round")
    limits = Threshold(quantity=quantity, low_alarm=value(low), high_alarm=value(high))
    return match[1], (limits,) if low < high else ()


def _one(
    told: dict[str, str], key: str, quantity: str, per_unit: float
) -> tuple[Read, tuple[Threshold, ...]]:
    text, limits = _ranged(told.get(key, ""), quantity, per_unit)
    read = read_number(text)
    if isinstance(read.value, float):
        read = value(round(read.value / per_unit, 6))
    return read, limits


def _lanes(told: dict[str, str]) -> tuple[tuple[Lane, ...], tuple[Threshold, ...]]:
    """Lanes in the order told. A copper cable has none; where one of the three lists is `N/A`, that reading
    is not available on all lanes.
    """
    columns: dict[str, list[Read]] = {}
    limits: list[Threshold] = []
    for key, field in (
        ("Rx Power Current [dBm]", "rx_power_dbm"),
        ("Tx Power Current [dBm]", "tx_power_dbm"),
        ("Bias Current [mA]", "bias_ma"),
    ):
        text, limit = _ranged(told.get(key, ""), field, 1.0)
        limits += limit
        if text and not is_missing(text):
            parts = text.split(",")[: MAX_LANES + 1]
            columns[field] = [_monitor(part, field) for part in parts]
    counts = {len(column) for column in columns.values()}
    if len(counts) > 1 or (counts and max(counts) > MAX_LANES):
        raise Damaged("the lists of lanes are not equally long")
    none = dict.fromkeys(("rx_power_dbm", "tx_power_dbm", "bias_ma"), NOT_AVAILABLE)
    lanes = tuple(
        Lane(index=at + 1, **(none | {field: column[at] for field, column in columns.items()}))
        for at in range(max(counts, default=0))
    )
    return lanes, tuple(limits)


def _monitor(text: str, field: str) -> Read:
    if not text.strip():
        raise Damaged("a lane of a list is blank")
    return read_number(text) if field == "bias_ma" else read_power_dbm(f"{text} dBm")


def _ber(text: str | None) -> Read:
    if text is not None and _BER.fullmatch(text.strip()):
        told = float(text)
        if told > 1.0:
            raise Damaged(f"{text[:20]!r} is no ratio")
        return value(0.0 if told < NO_ERRORS_BELOW else told)
    return read_number(text)


def _fec(told: dict[str, str], up: object) -> FecCounters:
    """Totals since somebody cleared them. A port that is down may still show a ratio of before: that is not
    told on.
    """
    ber = _ber(told.get("Raw Physical BER"))
    if isinstance(ber.value, float) and not 0.0 <= ber.value <= 1.0:
        raise Damaged("the raw BER is no ratio")
    return FecCounters(
        port="",
        symbol_errors=read_count(told.get("Effective Physical Errors")),
        pre_fec_ber=NOT_AVAILABLE if up is False else ber,
        flap_count=read_count(told.get("Link Down Counter")),
    )


def _adapter(told: dict[str, str]) -> Adapter | None:
    firmware = told.get("Firmware Version")
    return None if firmware is None else Adapter(port="", firmware=read_word(firmware))


def _real(text: str | None) -> float | None:
    read = read_number(text)
    return read.value if isinstance(read.value, float) else None


def _details(sections: Sections) -> Json:
    """What has no fact of its own, under plain names; ratios as printed, `15E-255` too."""
    operation, module = sections.get(OPERATION, {}), sections.get(MODULE, {})
    counters, trouble = sections.get(COUNTERS, {}), sections.get(TROUBLE, {})
    per_lane = counters.get("Raw Physical Errors Per Lane")
    return {
        "state": _word(operation.get("State")),
        "physical_state": _word(operation.get("Physical state")),
        "speed": _word(operation.get("Speed")),
        "width": _word(operation.get("Width")),
        "fec": _word(operation.get("FEC")),
        "loopback": _word(operation.get("Loopback Mode")),
        "auto_negotiation": _word(operation.get("Auto Negotiation")),
        "status_opcode": _real(trouble.get("Status Opcode")),
        "recommendation": _word(trouble.get("Recommendation")),
        "identifier": _word(module.get("Identifier")),
        "cable_type": _word(module.get("Cable Type")),
        "cable_technology": _word(module.get("Cable Technology")),
        "length_m": _real(module.get("Transfer Distance [m]")),
        "module_state": _word(module.get("Module State")),
        "data_path_states": _words(module.get("DataPath state [per lane]")),
        "rx_los": _words(module.get("Rx LOS [per lane]")),
        "tx_fault": _words(module.get("Tx Fault [per lane]")),
        "snr_media_db": _reals(module.get("SNR Media Lanes [dB]")),
        "snr_host_db": _reals(module.get("SNR Host Lanes [dB]")),
        "time_since_clear_min": _real(counters.get("Time Since Last Clear [Min]")),
        "effective_ber": _printed_ber(counters.get("Effective Physical BER")),
        "raw_ber": _printed_ber(counters.get("Raw Physical BER")),
        "symbol_ber": _printed_ber(counters.get("Symbol BER")),
        "raw_errors_per_lane": None
        if per_lane is None or is_missing(per_lane)
        else [read_count(part).value for part in per_lane.split(",")[:MAX_LANES]],
        "link_error_recovery": read_count(counters.get("Link Error Recovery Counter")).value,
        "fec_histogram": dict(sections.get(HISTOGRAM, {})),
    }


def _printed_ber(text: str | None) -> float | None:
    return float(text) if text is not None and _BER.fullmatch(text.strip()) else _real(text)


def _word(text: str | None) -> str | None:
    told = read_word(text).value
    return told if isinstance(told, str) else None


def _words(text: str | None) -> list[str] | None:
    return None if _word(text) is None else [part.strip() for part in str(text).split(",")[:MAX_LANES]]


def _reals(text: str | None) -> list[float | None] | None:
    """Figures of lanes; one with limits or a unit in it tells none."""
    if text is None or is_missing(text):
        return None
    bare = _RANGE.fullmatch(text)
    return [_real(part) for part in (bare[1] if bare else text).split(",")[:MAX_LANES]]


_TITLE_SNIFF = re.compile(
    rb"(?:^|\n)(?:\x1b\[[0-9;]*m)?(?:Operational Info|Module Info|Physical Counters and BER Info"
    rb"|Troubleshooting Info)(?:\x1b\[[0-9;]*m)?\s*\n-{4,}"
)


def _sniff(head: bytes) -> int:
    if head.lstrip()[:1] == b"{":
        titled = b'"Operational Info"' in head or b'"Module Info"' in head
        return 90 if b'"output"' in head and titled else 0
    return 90 if _TITLE_SNIFF.search(head) else 0


MLXLINK = Format(
    name="mlxlink",
    title="mlxlink: one port, as text or --json (the port is not in the output: it is left blank)",
    sniff=_sniff,
    parse=_parse,
    facts={
        "port": Port | None,
        "optic": Optic | None,
        "fec": FecCounters | None,
        "adapter": Adapter | None,
        "details": dict[str, object],
    },
)
FORMATS = (MLXLINK,)
