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


VIEWS: dict[str, View] = {"snmp.apc-pdu": _apc, "snmp.switch": _switch}
