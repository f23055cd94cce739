"""EOS `show interfaces phy detail` as JSON: FEC counters and the bit error ratio before correction.

Source: keys as ANTA reads them. A port has several PHYs in a row (switch chip, gearbox), some of which say
nothing; `location` tells which face the line. Where several do, their counts are added and the worst bit
error ratio is taken, so that no PHY hides what another one sees. All of them are in `details`.
"""

from __future__ import annotations

from bringup.decode.eos_reply import reply_of
from bringup.decode.json_field import (
    Json,
    as_object,
    named_objects,
    object_in,
    objects_in,
    read_count,
    read_real,
    text_in,
)
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing
from bringup.model.facts import FecCounters
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

LINE = "line"


def _parse(data: bytes) -> Found:
    table = as_object(reply_of(data, "interfacePhyStatuses")["interfacePhyStatuses"], "interfacePhyStatuses")
    if not table:
        raise Nothing("the switch lists no PHY")
    counters: list[FecCounters] = []
    details: Json = {}
    for name, entry in named_objects(table):
        if "phyStatuses" not in entry:
            raise Damaged(f"{name[:40]!r} has no list of PHYs")
        phys = objects_in(entry, "phyStatuses")
        counters.append(_counters(name, _facing_line(phys)))
        details[name] = {"phys": [_shown(phy) for phy in phys]}
    return Found(facts={"fec_counters": tuple(counters), "details": details})


def _location(phy: Json) -> str | None:
    return text_in(object_in(phy, "description"), "location")


def _facing_line(phys: list[Json]) -> list[Json]:
    """The PHYs that face the line; where no PHY tells where it is, those that count at all."""
    if any(_location(phy) is not None for phy in phys):
        return [phy for phy in phys if _location(phy) == LINE]
    return [phy for phy in phys if object_in(phy, "fec") or object_in(phy, "preFecBer")]


def _counters(port: str, phys: list[Json]) -> FecCounters:
    fecs = [object_in(phy, "fec") for phy in phys]
    bers = [read_real(object_in(phy, "preFecBer"), "value") for phy in phys]
    return FecCounters(
        port=port,
        corrected_codewords=_total([_counted(fec, "correctedCodewords") for fec in fecs]),
        uncorrectable_codewords=_total([_counted(fec, "uncorrectedCodewords") for fec in fecs]),
        pre_fec_ber=_worst(bers),
    )


def _counted(fec: Json, key: str) -> Read:
    return read_count(object_in(fec, key), "value")


def _total(reads: list[Read]) -> Read:
    """Absent where no PHY counts; not available where one that counts has no number now."""
    told = [read for read in reads if read is not ABSENT]
    if not told:
        return ABSENT
    counts = [read.value for read in told if isinstance(read.value, int)]
    return value(sum(counts)) if len(counts) == len(told) else NOT_AVAILABLE


def _worst(reads: list[Read]) -> Read:
    told = [read for read in reads if read is not ABSENT]
    ratios = [read.value for read in told if isinstance(read.value, float)]
    if not all(0.0 <= ratio <= 1.0 for ratio in ratios):
        raise Damaged("a bit error ratio lies outside 0 to 1")
    if not told:
        return ABSENT
    return value(max(ratios)) if len(ratios) == len(told) else NOT_AVAILABLE


def _shown(phy: Json) -> Json:
    description, fec, state = (object_in(phy, key) for key in ("description", "fec", "phyState"))
    return {
        "chip": text_in(description, "phyChipName"),
        "location": text_in(description, "location"),
        "corrected_codewords": _counted(fec, "correctedCodewords").value,
        "uncorrected_codewords": _counted(fec, "uncorrectedCodewords").value,
        "fec_encoding": text_in(fec, "encoding"),
        "pre_fec_ber": read_real(object_in(phy, "preFecBer"), "value").value,
        "state": text_in(state, "value"),
        "state_changes": read_count(state, "changes").value,
    }


PHY_DETAIL = Format(
    name="eos.phy-detail",
    title="EOS: show interfaces phy detail | json",
    sniff=lambda head: 90 if b'"interfacePhyStatuses"' in head else 0,
    parse=_parse,
    facts={"fec_counters": tuple[FecCounters, ...], "details": dict[str, dict[str, object]]},
)
FORMATS = (PHY_DETAIL,)
