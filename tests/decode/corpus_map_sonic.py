"""The facts of SONiC's formats in the words of the corpus."""

from __future__ import annotations

from typing import Any

from bringup.model.facts import Decoded, Lane, Optic
from bringup.model.measurement import Read
from tests.decode.corpus import View

FORMAT_OF = {
    "show interfaces transceiver eeprom -d": "sonic.transceiver-eeprom",
    "show interfaces transceiver presence": "sonic.presence",
    "show interfaces transceiver pm": "sonic.transceiver-pm",
    "show interfaces counters fec-stats": "sonic.fec-stats",
    "show interfaces counters fec-histogram": "sonic.fec-histogram",
    "show interfaces counters": "sonic.counters",
    "show interfaces status": "sonic.interfaces-status",
    "show interfaces fec status": "sonic.fec-status",
}


def _lanes(optic: Optic, field: str) -> list[object] | None:
    reads: list[Read] = [getattr(lane, field) for lane in optic.lanes if isinstance(lane, Lane)]
    return [read.value for read in reads] if any(read.value is not None for read in reads) else None


def _eeprom(decoded: Decoded) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    optics: tuple[Optic, ...] = facts["optics"]
    view: dict[str, object] = {
        "ports": len(optics),
        "present": sum(optic.present.value is True for optic in optics),
        "absent": [optic.port for optic in optics if optic.present.value is False],
    }
    for optic in optics:
        view[optic.port] = _module(optic, facts["details"][optic.port])
    if len(optics) == 1:
        view |= _module(optics[0], facts["details"][optics[0].port])
    return view


def _module(optic: Optic, details: dict[str, object]) -> dict[str, object]:
    rx = next((limit for limit in optic.thresholds if limit.quantity == "rx_power_dbm"), None)
    return {
        "port": optic.port,
        "vendor": optic.vendor.value,
        "pn": optic.part_number.value,
        "sn": optic.serial.value,
        "oui": details.get("vendor_oui"),
        "rev": details.get("vendor_rev"),
        "identifier": details.get("identifier"),
        "connector": details.get("connector"),
        "cmis_rev": details.get("cmis_rev"),
        "length_m": details.get("cable_length_m"),
        "host_lanes": details.get("host_lane_count"),
        "media_lanes": details.get("media_lane_count"),
        "rx_dbm": _lanes(optic, "rx_power_dbm"),
        "tx_dbm": _lanes(optic, "tx_power_dbm"),
        "bias_ma": _lanes(optic, "bias_ma"),
        "temp_c": optic.temperature_c.value,
        "volt_v": optic.supply_voltage_v.value,
        "rx_low_alarm_dbm": None if rx is None else rx.low_alarm.value,
        "thresholds": optic.thresholds or None,
    }


def _presence(decoded: Decoded) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    return {optic.port: optic.present.value for optic in facts["optics"]}


def _pm(decoded: Decoded) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    ((port, monitors),) = facts["monitors"].items()
    crossing = monitors["Rx Signal Power"]
    return {
        "port": port,
        "tx_power_dbm": monitors["Tx Power"],
        "prefec_ber": monitors["Pre-FEC BER"],
        "osnr_db_avg": monitors["OSNR"]["avg"],
        "rx_signal_power_crossing": {"high": crossing["crossing_high"], "low": crossing["crossing_low"]},
    }


def _fec_stats(decoded: Decoded) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    view: dict[str, object] = {"ports": len(facts["fec_counters"])}
    for counters in facts["fec_counters"]:
        details = facts["details"][counters.port]
        view[counters.port] = {
            "state": details["state"],
            "corr": counters.corrected_codewords.value,
            "uncorr": counters.uncorrectable_codewords.value,
            "symbol_err": counters.symbol_errors.value,
            "pre_ber": counters.pre_fec_ber.value,
            "flr_o": details["flr_observed"],
            "flr_p": details["flr_predicted"],
            "flr_p_accuracy_pct": details["flr_predicted_accuracy_pct"],
        }
    return view


def _histogram(decoded: Decoded) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    view: dict[str, object] = {f"BIN{index}": count for index, count in enumerate(facts["bins"])}
    return view | {"bins": len(facts["bins"]), "highest_nonzero_bin": facts["highest_nonzero_bin"]}


def _counters(decoded: Decoded) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    ports = facts["counters"]
    view: dict[str, object] = {"ports": len(ports)}
    for port, counters in ports.items():
        view[port] = {**counters, "rx_util": counters["rx_util_pct"]}
    return view


def _status(decoded: Decoded) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    words = {True: "up", False: "down", None: None}
    ports, channels = facts["ports"], facts["port_channels"]
    view: dict[str, object] = {
        "rows": len(ports) + len(channels),
        "physical": len(ports),
        "portchannels": len(channels),
    }
    for port in (*ports, *channels):
        details = facts["details"][port.name]
        view[port.name] = {
            "speed_mbps": details["speed_mbps"],
            "speed_text": details["speed_text"],
            "fec": details["fec_configured"],
            "oper": words[port.oper_up.value],
            "admin": words[port.admin_up.value],
            "type": details["type"],
        }
    return view


def _fec_status(decoded: Decoded) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    return {"rows": len(facts["fec"]), **facts["fec"]}


VIEWS: dict[str, View] = {
    "sonic.transceiver-eeprom": _eeprom,
    "sonic.presence": _presence,
    "sonic.transceiver-pm": _pm,
    "sonic.fec-stats": _fec_stats,
    "sonic.fec-histogram": _histogram,
    "sonic.counters": _counters,
    "sonic.interfaces-status": _status,
    "sonic.fec-status": _fec_status,
}
