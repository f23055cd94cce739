"""The facts of EOS's formats in the words of the corpus."""

from __future__ import annotations

from typing import Any

from bringup.model.facts import Decoded, Optic
from bringup.model.verdict import Reading
from tests.decode.corpus import View

FORMAT_OF = {
    "show interfaces phy detail | json": "eos.phy-detail",
    "show interfaces transceiver dom thresholds | json": "eos.transceiver",
    "show interfaces transceiver | json": "eos.transceiver",
    "show lldp neighbors detail | json": "eos.lldp-detail",
    "show lldp neighbors | json": "eos.lldp",
    "show version | json": "eos.version",
    "show system environment power | json": "eos.environment-power",
    "show system environment temperature | json": "eos.environment-temperature",
    "show inventory | json": "eos.inventory",
    "show interfaces transceiver": "eos.text-transceiver",
    "show interfaces transceiver detail": "eos.text-transceiver-detail",
    "show lldp neighbors": "eos.text-lldp",
    "show version": "eos.text-version",
    "show interfaces status": "eos.text-interfaces-status",
}


def _facts(decoded: Decoded) -> dict[str, Any]:
    return dict(decoded.facts)


def _phy_detail(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    return {
        entry.port: {
            "fec": facts["details"][entry.port]["phys"][0]["fec_encoding"],
            "corrected": entry.corrected_codewords.value,
            "uncorrected": entry.uncorrectable_codewords.value,
            "preFecBer": entry.pre_fec_ber.value,
        }
        for entry in facts["fec_counters"]
    }


def _too_low(optic: Optic) -> list[int]:
    """Lanes that are dark or below the module's own low alarm."""
    limits = {limit.quantity: limit.low_alarm.value for limit in optic.thresholds}
    low = limits.get("rx_power_dbm")
    return [
        lane.index
        for lane in optic.lanes
        if lane.rx_power_dbm.reading is Reading.DARK
        or (
            (isinstance(lane.rx_power_dbm.value, float) and isinstance(low, float))
            and lane.rx_power_dbm.value < low
        )
    ]


def _transceiver(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    view: dict[str, object] = {"interfaces": len(facts["optics"])}
    for optic in facts["optics"]:
        view[optic.port] = facts["details"][optic.port]["parameters"] | _short(optic)
    view["low_rx_lanes"] = {optic.port: low for optic in facts["optics"] if (low := _too_low(optic))}
    view["no_optics"] = [optic.port for optic in facts["optics"] if not optic.lanes]
    return view


def _short(optic: Optic) -> dict[str, object]:
    """A port of one lane."""
    lane = optic.lanes[0] if len(optic.lanes) == 1 else None
    volts = optic.supply_voltage_v.value
    return {
        "media": optic.medium.value,
        "sn": optic.serial.value,
        "temp_c": optic.temperature_c.value,
        "volt_v": round(volts, 4) if isinstance(volts, float) else None,
        "rx_dbm": None if lane is None else lane.rx_power_dbm.value,
        "tx_dbm": None if lane is None else lane.tx_power_dbm.value,
        "bias_ma": None if lane is None else lane.bias_ma.value,
    }


def _lldp_detail(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    view: dict[str, object] = {
        "neighbours": len(facts["neighbors"]),
        "interfaces_listed": len(facts["listening_ports"]),
    }
    for port in facts["listening_ports"]:
        seen = [each for each in facts["neighbors"] if each.local_port == port]
        if len(seen) > 1:
            view[port] = [[each.system_name.value, each.port_id.value] for each in seen]
        elif seen:
            details = facts["details"][port][0]
            view[port] = {
                "system": seen[0].system_name.value,
                "port_id": seen[0].port_id.value,
                "port_id_type": details["port_id_type"],
                "port_descr": seen[0].port_description.value,
                "chassis": seen[0].chassis_id.value,
                "chassis_id_raw": seen[0].chassis_id.value,
                "mgmt": next(iter(details["management_addresses"]), None),
            }
    return view


def _lldp(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    ttl_s = facts["details"]["ttl_s"] if "details" in facts else facts["ttl_s"]
    view: dict[str, object] = {"neighbours": len(facts["neighbors"]), "ttl_s": min(ttl_s)}
    assert len(set(ttl_s)) == 1
    for each in facts["neighbors"]:
        view[each.local_port] = [each.system_name.value, each.port_id.value]
    return view


def _version(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    identity, mac = facts["identity"], facts["details"]["system_mac"]
    return {
        "model": identity.model.value,
        "serial": identity.serial.value,
        "version": identity.os_version.value,
        "system_mac": mac,
        "mac": mac,
        "uptime_s": identity.uptime_s.value,
    }


def _power(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    supplies = facts["environment"].supplies
    view: dict[str, object] = {"psus_min": len(supplies)}
    for supply in supplies:
        details = facts["details"][supply.name]
        view[supply.name.replace("-", "")] = {
            "model": details["model"],
            "state": details["state"],
            "output_w": supply.output_w.value,
            "input_a": details["input_a"],
            "capacity_w": details["capacity_w"],
        }
    return view


def _temperature(decoded: Decoded) -> dict[str, object]:
    details = _facts(decoded)["details"]
    return {"systemStatus": details["system_status"], "sensors": len(details["sensors"])}


def _inventory(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    view: dict[str, object] = {
        "slots": len(facts["slots"]),
        "transceivers": facts["transceivers"],
        "system": facts["system"],
    }
    for slot, module in facts["slots"].items():
        view[slot] = module and {"model": module["model"], "sn": module["serial"]}
    return view


def _text_transceiver(decoded: Decoded) -> dict[str, object]:
    optics: tuple[Optic, ...] = _facts(decoded)["optics"]
    view: dict[str, object] = {
        "rows": len(optics),
        "ports_with_dom": sum(optic.present.value is True for optic in optics),
    }
    for optic in optics:
        view[optic.port] = _short(optic) | {"must_not_be_zero": 0 not in _short(optic).values()}
    return view


_TABLES = {
    "temperature_c": "temperature",
    "supply_voltage_v": "voltage",
    "bias_ma": "current",
    "tx_power_dbm": "tx",
    "rx_power_dbm": "rx",
}


def _text_detail(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    tables = facts["ports_per_table"]
    view: dict[str, object] = {
        "tables": len(tables),
        "ports_per_table": {_TABLES[name]: len(ports) for name, ports in tables.items()},
        "threshold_column_order": "high alarm, high warn, LOW ALARM, LOW WARN",
    }
    for optic in facts["optics"]:
        limits = {limit.quantity: limit for limit in optic.thresholds}
        temperature, received = limits.get("temperature_c"), limits.get("rx_power_dbm")
        view[optic.port] = _short(optic) | {
            "temp_high_alarm_c": temperature and temperature.high_alarm.value,
            "temp_low_alarm_c": temperature and temperature.low_alarm.value,
            "temp_low_warn_c": temperature and temperature.low_warning.value,
            "rx_low_alarm_dbm": received and received.low_alarm.value,
            "rx_low_warn_dbm": received and received.low_warning.value,
        }
    return view


def _text_status(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    view: dict[str, object] = {"rows": len(facts["ports"])}
    for row in facts["details"]:
        view[row["port"]] = row | {"speed": row["speed_text"]}
    return view


VIEWS: dict[str, View] = {
    "eos.phy-detail": _phy_detail,
    "eos.transceiver": _transceiver,
    "eos.lldp-detail": _lldp_detail,
    "eos.lldp": _lldp,
    "eos.version": _version,
    "eos.environment-power": _power,
    "eos.environment-temperature": _temperature,
    "eos.inventory": _inventory,
    "eos.text-version": _version,
    "eos.text-lldp": _lldp,
    "eos.text-transceiver": _text_transceiver,
    "eos.text-transceiver-detail": _text_detail,
    "eos.text-interfaces-status": _text_status,
}
