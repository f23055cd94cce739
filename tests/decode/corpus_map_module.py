"""The facts of modules' memories in the words of the corpus."""

from __future__ import annotations

from typing import Any

from bringup.model.facts import Decoded
from tests.decode.corpus import View, plain

FORMAT_OF = {
    "qfx5240-osfp-cmis": "module.cmis",
    "sff8472": "module.sff8472",
    "sff8636": "module.sff8636",
}
"""Folder -> format."""
TOLD_OTHERWISE = frozenset(
    {"no_light_values", "datapath_state_nibbles", "vendor_text_in_dump", "bias_scale_note", "datapath"}
)
"""Remarks in prose; what they say has tests of its own."""


def _rounded(read: object, digits: int) -> float | None:
    told = plain(read)  # type: ignore[arg-type]
    return round(told, digits) if isinstance(told, int | float) else None


def _limits(optic: Any) -> dict[str, object]:
    found: dict[str, object] = {}
    short = {"temperature_c": ("temp", "c"), "tx_power_dbm": ("tx", "dbm"), "rx_power_dbm": ("rx", "dbm")}
    short["bias_ma"] = ("bias", "ma")
    for limits in optic.thresholds:
        if limits.quantity in short:
            name, unit = short[limits.quantity]
            for grade, field in (("alarm", "alarm"), ("warning", "warn")):
                for side in ("high", "low"):
                    read = getattr(limits, f"{side}_{grade}")
                    found[f"{name}_{side}_{field}_{unit}"] = _rounded(read, 3)
    return found


def _any(decoded: Decoded) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    optic, module, raw = facts["optic"], facts["module"], facts["details"]["raw"]["bank 0"]
    return {
        "id_byte": f"0x{module.identifier_code:x}",
        "identifier": module.identifier,
        "bytes": 128 * len(module.pages),
        "vendor": plain(optic.vendor),
        "oui": plain(module.vendor_oui),
        "pn": plain(optic.part_number),
        "rev": plain(module.vendor_revision) or "",
        "sn": plain(optic.serial),
        "date": plain(module.date_code),
        "temp_c": _rounded(optic.temperature_c, 4),
        "vcc_v": _rounded(optic.supply_voltage_v, 4),
        "connector": plain(module.connector),
        "wavelength_nm": plain(module.wavelength_nm),
        "max_power_w": plain(module.max_power_w),
        "tx_raw_0.1uW": raw["tx_power"],
        "rx_raw_0.1uW": raw["rx_power"],
        "bias_raw": raw["bias"],
        "tx_dbm": [_rounded(lane.tx_power_dbm, 3) for lane in optic.lanes],
        "rx_dbm": [_rounded(lane.rx_power_dbm, 3) for lane in optic.lanes],
        "bias_ma": [_rounded(lane.bias_ma, 3) for lane in optic.lanes],
    }


def _cmis(decoded: Decoded) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    optic, module = facts["optic"], facts["module"]
    return _any(decoded) | {
        "cmis_rev": plain(module.revision),
        "module_state": plain(module.state_code),
        "media_technology_byte": f"0x{module.technology_code.value:x}",
        "optical": plain(module.optical),
        "port": optic.port,
        "thresholds": _limits(optic),
    }


def _sff8636(decoded: Decoded) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    date = facts["module"].date_code.value
    limits = _limits(facts["optic"])
    return _any(decoded) | {
        "date": f"20{date[:2]}-{date[2:4]}-{date[4:]}",
        "length_byte146_m": facts["module"].cable_length_m.value or 0,
        "bias_high_alarm_ma": limits["bias_high_alarm_ma"],
        "bias_low_alarm_ma": limits["bias_low_alarm_ma"],
    }


def _sff8472(decoded: Decoded) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    optic, module, raw = facts["optic"], facts["module"], facts["details"]["raw"]["bank 0"]
    (lane,) = optic.lanes
    tx = next(limit for limit in optic.thresholds if limit.quantity == "tx_power_dbm")
    return _any(decoded) | {
        "temp_c": _rounded(optic.temperature_c, 3),
        "ddm": plain(lane.tx_power_dbm) is not None,
        "internally_calibrated": plain(module.calibration) == "internal",
        "externally_calibrated": plain(module.calibration) == "external",
        "bias_ma": _rounded(lane.bias_ma, 3),
        "tx_raw": raw["tx_power"][0],
        "rx_raw": raw["rx_power"][0],
        "tx_dbm": _rounded(lane.tx_power_dbm, 3),
        "rx_dbm": _rounded(lane.rx_power_dbm, 3),
        "tx_high_alarm_mw": round(10 ** (tx.high_alarm.value / 10), 4),
    }


VIEWS: dict[str, View] = {"module.cmis": _cmis, "module.sff8636": _sff8636, "module.sff8472": _sff8472}
