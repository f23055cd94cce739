"""SONiC `show interfaces counters`, `… counters fec-stats` and `… counters fec-histogram PORT`.

Source: columns as printed by sonic-utilities' portstat. Older releases (202305) lack the BER and FLR columns.
Counters carry thousands separators and count since an unknown clear.
"""

from __future__ import annotations

import re

from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, counter, is_missing, number, read_count, read_number
from bringup.decode.sonic_table import Row, read_table, unique
from bringup.model.facts import FecCounters

_STATES = frozenset({"U", "D", "X", "N/A"})
_WITH_ACCURACY = re.compile(r"(\S+)(?: +\(([0-9]{1,3})%\))?")
_RATE = re.compile(r"[0-9]+\.[0-9]{2} (?:[KMGT]?B/s)|[0-9]+\.[0-9]{2}/s|N/A")
_PERCENT = re.compile(r"([0-9]+\.[0-9]{2})%")
_BIN = re.compile(r"BIN([0-9]{1,2})")


def _state(row: Row) -> str | None:
    if row["STATE"] not in _STATES:
        raise Damaged(f"{row['STATE'][:40]!r} is no port state")
    return None if row["STATE"] == "N/A" else row["STATE"]


def _maybe(text: str | None) -> float | int | None:
    return None if text is None or is_missing(text) else number(text)


def _loss_ratio(text: str | None) -> tuple[float | int | None, int | None]:
    """`7.81e-10 (89%)` -> the ratio and the accuracy of its prediction in percent."""
    if text is None or is_missing(text):
        return None, None
    match = _WITH_ACCURACY.fullmatch(text)
    if match is None:
        raise Damaged(f"{text[:40]!r} is no frame loss ratio")
    return number(match[1]), int(match[2]) if match[2] else None


def _fec_counters(row: Row) -> FecCounters:
    return FecCounters(
        port=row["IFACE"],
        corrected_codewords=read_count(row["FEC_CORR"]),
        uncorrectable_codewords=read_count(row["FEC_UNCORR"]),
        symbol_errors=read_count(row["FEC_SYMBOL_ERR"]),
        pre_fec_ber=read_number(row.get("FEC_PRE_BER")),
    )


def _fec_details(row: Row) -> dict[str, object]:
    predicted, accuracy = _loss_ratio(row.get("FLR(P) (Accuracy)"))
    highest = _maybe(row.get("FEC_MAX_T"))
    return {
        "state": _state(row),
        "post_fec_ber": _maybe(row.get("FEC_POST_BER")),
        "pre_fec_ber_max": _maybe(row.get("FEC_PRE_BER_MAX")),
        "flr_observed": _maybe(row.get("FLR(O)")),
        "flr_predicted": predicted,
        "flr_predicted_accuracy_pct": accuracy,
        # -1 is SONiC's "invalid"; anything that is no whole bin number is not understood, so unknown
        "highest_bin": int(highest)
        if highest is not None and highest >= 0 and highest == int(highest)
        else None,
    }


def _parse_fec_stats(data: bytes) -> Found:
    rows, warnings = read_table(data, ("IFACE", "STATE", "FEC_CORR", "FEC_UNCORR", "FEC_SYMBOL_ERR"))
    unique(rows, "IFACE")
    return Found(
        facts={
            "fec_counters": tuple(_fec_counters(row) for row in rows),
            "details": {row["IFACE"]: _fec_details(row) for row in rows},
        },
        warnings=tuple(warnings),
    )


def _traffic(row: Row) -> dict[str, object]:
    read: dict[str, object] = {"state": _state(row)}
    for column, text in row.items():
        name = column.lower()
        if column in ("IFACE", "STATE"):
            continue
        if column.endswith(("_BPS", "_PPS")):
            if not _RATE.fullmatch(text):
                raise Damaged(f"{text[:40]!r} is no rate")
            read[f"{name}_text"] = None if is_missing(text) else text
        elif column.endswith("_UTIL"):
            match = _PERCENT.fullmatch(text)
            if match is None and not is_missing(text):
                raise Damaged(f"{text[:40]!r} is no percentage")
            read[f"{name}_pct"] = float(match[1]) if match else None
        else:
            read[name] = None if is_missing(text) else counter(text)
    return read


def _parse_counters(data: bytes) -> Found:
    rows, warnings = read_table(data, ("IFACE", "STATE", "RX_OK", "RX_BPS", "RX_ERR", "TX_OK", "TX_ERR"))
    unique(rows, "IFACE")
    return Found(facts={"counters": {row["IFACE"]: _traffic(row) for row in rows}}, warnings=tuple(warnings))


def _parse_histogram(data: bytes) -> Found:
    rows, warnings = read_table(data, ("Symbol Errors Per Codeword", "Codewords"))
    bins: list[object] = []
    for row in rows:
        match = _BIN.fullmatch(row["Symbol Errors Per Codeword"])
        if match is None or int(match[1]) != len(bins):
            raise Damaged("the bins do not count up from BIN0")
        bins.append(None if is_missing(row["Codewords"]) else counter(row["Codewords"]))
    if len(bins) != 16:
        raise Damaged(f"{len(bins)} bins where RS(544,514) has 16: the table may be cut")
    full = [index for index, count in enumerate(bins) if count]
    return Found(
        facts={"bins": bins, "highest_nonzero_bin": full[-1] if full else None}, warnings=tuple(warnings)
    )


FEC_STATS = Format(
    name="sonic.fec-stats",
    title="SONiC: show interfaces counters fec-stats",
    sniff=lambda head: 90 if re.search(rb"IFACE +STATE +FEC_CORR", head) else 0,
    parse=_parse_fec_stats,
    facts={"fec_counters": tuple[FecCounters, ...], "details": dict[str, dict[str, object]]},
)
COUNTERS = Format(
    name="sonic.counters",
    title="SONiC: show interfaces counters",
    sniff=lambda head: 90 if re.search(rb"IFACE +STATE +RX_OK", head) else 0,
    parse=_parse_counters,
    facts={"counters": dict[str, dict[str, object]]},
)
FEC_HISTOGRAM = Format(
    name="sonic.fec-histogram",
    title="SONiC: show interfaces counters fec-histogram PORT",
    sniff=lambda head: 90 if re.search(rb"Symbol Errors Per Codeword +Codewords", head) else 0,
    parse=_parse_histogram,
    facts={"bins": list[int | None], "highest_nonzero_bin": int | None},
)
FORMATS = (FEC_STATS, COUNTERS, FEC_HISTOGRAM)
