"""The facts of recorded SNMP walks in the words of the corpus."""

from __future__ import annotations

from typing import Any

from bringup.model.facts import Decoded
from tests.decode.corpus import View

FORMAT_OF = {
    "apc_ap8853.snmprec": "snmp.apc-pdu",
    "apc_ap8959eu3.snmprec": "snmp.apc-pdu",
    "arista_eos.snmprec": "snmp.switch",
    "cumulus_mellanox.snmprec": "snmp.switch",
    "dell-sonic.snmprec": "snmp.switch",
    "raritan-pdu_px3.snmprec": "snmp.raritan-pdu",
    "sentry3_3phase.snmprec": "snmp.servertech-pdu",
    "vertiv-pdu_mn03edr1.snmprec": "snmp.vertiv-pdu",
    "drac_r640.snmprec": "snmp.idrac",
    "xclarity_sr665.snmprec": "snmp.xcc",
}
"""By file: all were recorded by the same command."""


def _facts(decoded: Decoded) -> dict[str, Any]:
    return dict(decoded.facts)


def _only(listed: list[object]) -> object:
    return listed[0] if len(listed) == 1 else listed


def _apc(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    identity, outlets, old = facts["identity"], facts["outlets"], facts["old_load"]
    names = {outlet.index: outlet.label.value for outlet in outlets}
    return {
        **facts["load"],
        "vendor": identity.vendor.value,
        "model": identity.model.value,
        "sn": identity.serial.value,
        "sysName": identity.hostname.value,
        "phase1": facts["phases"]["1"],
        "banks_a": old["banks_a"],
        "total_a": _only(old["total_a"]),
        "rPDULoadStatus_a": _only(old["total_a"]),
        "near_overload_a": _only(old["near_overload_a"]),
        "overload_a": _only(old["overload_a"]),
        "outlets": len(outlets),
        "outlet24_name": names.get(24),
        # a probe that is not plugged in prints -1: it must be no probe, and never -0.1 °C
        "temp_sensor": "noTempSensorInstalled with -1 values -> no sensor, never -0.1 C"
        if facts["environment"].sensors == ()
        else facts["environment"].sensors,
    }


def _switch(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    identity, dom, neighbors = facts["identity"], facts["details"]["dom_mw"], facts["neighbors"]
    view: dict[str, object] = {
        "sysDescr": identity.description.value,
        "sysDescr_os": f"Cumulus {identity.os_version.value}",
        "model": identity.model.value,
        "hwsku": identity.model.value,
        "version": identity.os_version.value,
        "hostname_in_descr": facts["details"]["hostname_in_description"],
        "interfaces": len(facts["ports"]),
        "oper_up": sum(port.oper_up.value is True for port in facts["ports"]),
        "lldp_neighbours": len(neighbors),
        "dom_sensors": sum(len(read) for lanes in dom.values() for read in lanes.values()),
        "dom_ports": len(dom),
        "first_lm_temps_c": [
            sensor.temperature_c.value
            for sensor in facts["environment"].sensors
            if sensor.name.startswith("lm-")
        ][:4],
    }
    for port, lanes in dom.items():
        view[port] = {
            "temp_c": lanes["0"]["temperature_c"],
            "volt_v": lanes["0"]["supply_voltage_v"],
            "bias_ma": lanes["1"]["bias_ma"],
            "tx_mw": lanes["1"]["tx_power_mw"],
            "rx_mw": lanes["1"]["rx_power_mw"],
        }
    for each in neighbors:
        view[f"{each.local_port}_sys"] = each.system_name.value
        if each.local_port not in dom or each.system_name.value:
            view[each.local_port] = [each.system_name.value, each.port_id.value]
    return view


def _inlet(inlet: Any) -> dict[str, object]:
    """By the words of both makes: `a` and `current_a` are the same."""
    current_a, voltage_v, power_w = inlet.current_a.value, inlet.voltage_v.value, inlet.power_w.value
    return {
        "current_a": current_a,
        "voltage_v": voltage_v,
        "active_power_w": power_w,
        "a": current_a,
        "v": voltage_v,
        "w": power_w,
        "va": inlet.apparent_va.value,
        "pf": inlet.power_factor.value,
        "apparent_va": inlet.apparent_va.value,
        "power_factor": inlet.power_factor.value,
        "energy_wh": inlet.energy_wh.value,
        "frequency_hz": inlet.frequency_hz.value,
    }


def _raritan(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    identity, (inlet,) = facts["identity"], facts["inlets"]
    return {
        "model": identity.model.value,
        "sn": identity.serial.value,
        "fw": identity.os_version.value,
        "inlet": _inlet(inlet),
        "outlets": len(facts["outlets"]),
    }


def _servertech(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    identity = facts["identity"]
    (tower,) = facts["towers"]
    return {
        "vendor": f"{identity.vendor.value} Sentry3",
        "fw": identity.os_version.value,
        "tower": tower,
        "model": identity.model.value,
        "sn": identity.serial.value,
        "total_power_w": facts["total_power_w"],
        "infeeds": {inlet.name: _inlet(inlet) for inlet in facts["inlets"]},
    }


def _vertiv(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    return {
        "model": facts["identity"].model.value,
        "fw": facts["identity"].os_version.value,
        "phases": {inlet.name: _inlet(inlet) for inlet in facts["inlets"]},
        "circuits": len(facts["circuits_a"]),
        "lines_a": facts["lines_a"],
        **{f"{name}_a": current_a for name, current_a in facts["circuits_a"].items()},
    }


def _idrac(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    electrical, environment = facts["electrical"], facts["environment"]
    currents_a, voltages_v = electrical["currents_a"], electrical["voltages_v"]
    return {
        "model": facts["identity"].model.value,
        "site": facts["details"]["site"],
        "sysDescr": facts["identity"].description.value or "",
        "system_power_w": electrical["powers_w"]["System Board Pwr Consumption"],
        "ps1_a": currents_a["PS1 Current 1"],
        "ps2_a": currents_a["PS2 Current 2"],
        "ps1_v": voltages_v["PS1 Voltage 1"],
        "temps_c": {sensor.name: sensor.temperature_c.value for sensor in environment.sensors},
        "fans_rpm": [fan.speed_rpm.value for fan in environment.fans],
    }


def _xcc(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    names = [sensor.name for sensor in facts["environment"].sensors]
    return {
        "sysObjectID": facts["details"]["object_id"],
        "temp_sensors": len(names),
        "first_names": names[:4],
    }


VIEWS: dict[str, View] = {
    "snmp.apc-pdu": _apc,
    "snmp.switch": _switch,
    "snmp.raritan-pdu": _raritan,
    "snmp.servertech-pdu": _servertech,
    "snmp.vertiv-pdu": _vertiv,
    "snmp.idrac": _idrac,
    "snmp.xcc": _xcc,
}
