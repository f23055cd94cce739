"""The facts of ethtool's formats in the words of the corpus."""

from __future__ import annotations

import re
from typing import Any

from bringup.model.facts import Decoded
from tests.decode.corpus import View

FORMAT_OF = {
    "ethtool -i": "ethtool.driver",
    "ethtool -m": "ethtool.module",
    "ethtool -S": "ethtool.statistics",
    "ethtool -I --show-fec": "ethtool.fec",
    "ethtool": "ethtool",
}


def _settings(decoded: Decoded) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    assert facts["port"].name == facts["details"]["interface"]
    assert facts["port"].oper_up.value is facts["details"]["link"]
    details: dict[str, object] = facts["details"]
    return details


def _driver(decoded: Decoded) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    adapter = facts["adapter"]
    return {
        "driver": adapter.driver.value,
        "version": facts["details"]["version"],
        "firmware": adapter.firmware.value,
        "bus": adapter.pcie_address.value,
    }


def _printed(text: str | None) -> float | str | None:
    """The last number that ethtool printed in a field, and `-inf` as it stands."""
    found = re.findall(r"-?inf|-?[0-9]+\.[0-9]+", text or "")
    return None if not found else found[-1] if "inf" in found[-1] else float(found[-1])


def _module(decoded: Decoded) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    optic, details = facts["optic"], facts["details"]
    printed: dict[str, str] = details["printed"]
    lane = optic.lanes[0]
    rx = next(limit for limit in optic.thresholds if limit.quantity == "rx_power_dbm")
    milliwatt = {
        name: float(printed[name].split()[0])
        for name in ("Laser output power", "Receiver signal average optical power")
    }
    return {
        "identifier": details["identifier"],
        "vendor": optic.vendor.value,
        "oui": details["vendor_oui"],
        "pn": optic.part_number.value,
        "sn": optic.serial.value,
        "rev": details["vendor_rev"],
        "bias_ma": lane.bias_ma.value,
        "tx_dbm": lane.tx_power_dbm.value,
        "tx_mw": milliwatt["Laser output power"],
        "rx_dbm": lane.rx_power_dbm.value,
        "rx_mw": milliwatt["Receiver signal average optical power"],
        "temp_c": optic.temperature_c.value,
        "volt_v": optic.supply_voltage_v.value,
        "rx_low_alarm_dbm": rx.low_alarm.value,
        "rx_low_warn_dbm": rx.low_warning.value,
        "alarms_on": details["alarms_on"],
        "plausible": details["plausible"],
        "bias_ma_printed": _printed(printed["Laser bias current"]),
        "tx_mw_printed": milliwatt["Laser output power"],
        "rx_dbm_printed": _printed(printed["Receiver signal average optical power"]),
        "temp_c_printed": float(printed["Module temperature"].split()[0]),
        "volt_v_printed": _printed(printed["Module voltage"]),
        "rx_high_warn_dbm_printed": _printed(printed["Laser rx power high warning threshold"]),
    }


def _statistics(decoded: Decoded) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    counters: dict[str, object] = facts["counters"]
    return counters


def _fec(decoded: Decoded) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    counters, details = facts["fec"], facts["details"]
    return {
        "interface": counters.port,
        "configured": details["configured"],
        "active": details["active"],
        "corrected": counters.corrected_codewords.value,
        "corrected_lanes": details["lanes"].get("corrected_blocks"),
        "uncorrectable": counters.uncorrectable_codewords.value,
        "uncorrectable_lanes": details["lanes"].get("uncorrectable_blocks"),
    }


VIEWS: dict[str, View] = {
    "ethtool": _settings,
    "ethtool.driver": _driver,
    "ethtool.module": _module,
    "ethtool.statistics": _statistics,
    "ethtool.fec": _fec,
}
