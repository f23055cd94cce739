"""The facts of NVUE's, NX-OS's and Junos's formats in the words of the corpus."""

from __future__ import annotations

from typing import Any

from bringup.model.facts import Decoded, Optic
from tests.decode.corpus import View

FORMAT_OF = {
    "nv show interface swp1 transceiver": "nvue.transceiver",
    "show interface transceiver | json": "nxos.transceiver",
    "show interface transceiver details": "nxos.text-transceiver",
    "show interface status": "nxos.text-interfaces-status",
    "show interfaces diagnostics optics | display xml": "junos.optics",
    "show lldp neighbors interface | display xml": "junos.lldp",
    "show chassis hardware detail": "junos.text-hardware",
    "show chassis environment": "junos.text-environment",
}
BY_PLATFORM = {
    ("nxos", "show lldp neighbors"): "nxos.text-lldp",
    ("nxos", "show lldp neighbors detail"): "nxos.text-lldp-detail",
    ("junos", "show lldp neighbors"): "junos.text-lldp",
    ("junos", "show version"): "junos.text-version",
}
"""Commands that two of them have: the first name is the folder's, or its family's."""


def _facts(decoded: Decoded) -> dict[str, Any]:
    return dict(decoded.facts)


def _lane_values(optic: Optic, field: str) -> list[object]:
    return [getattr(lane, field).value for lane in optic.lanes]


def _nvue_transceiver(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    optic, details = facts["optic"], facts["details"]
    view: dict[str, object] = details | {
        "vendor": optic.vendor.value,
        "pn": optic.part_number.value,
        "sn": optic.serial.value,
        "rev": details["vendor_rev"],
        "oui": details["vendor_oui"],
        "temp_c": optic.temperature_c.value,
        "volt_v": optic.supply_voltage_v.value,
        "rx_dbm": _lane_values(optic, "rx_power_dbm"),
        "tx_dbm": _lane_values(optic, "tx_power_dbm"),
        "bias_ma": _lane_values(optic, "bias_ma"),
    }
    return view


def _nxos_transceiver(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    optics: tuple[Optic, ...] = facts["optics"]
    view: dict[str, object] = {
        "rows": len(optics),
        "transceivers": sum(optic.present.value is True for optic in optics),
        "first_port": optics[0].port,
    }
    for optic in optics:
        details = facts["details"][optic.port]
        flags = details["flags"].get("1", {})
        limits = {limit.quantity: limit for limit in optic.thresholds}
        received = limits.get("rx_power_dbm")
        view[optic.port] = details | {
            "vendor": optic.vendor.value,
            "pn": optic.part_number.value,
            "sn": optic.serial.value,
            "rev": details["revision"],
            "rev_text": details["revision"] or "--",
            "temp_c": optic.temperature_c.value,
            "volt_v": optic.supply_voltage_v.value,
            "bias_ma": optic.lanes[0].bias_ma.value if optic.lanes else None,
            "tx_dbm": optic.lanes[0].tx_power_dbm.value if optic.lanes else None,
            "rx_dbm": optic.lanes[0].rx_power_dbm.value if optic.lanes else None,
            "tx_flag": flags.get("tx_power_dbm"),
            "rx_flag": flags.get("rx_power_dbm"),
            "bias_flag": flags.get("bias_ma"),
            "rx_low_alarm_dbm": received and received.low_alarm.value,
            "rx_low_warn_dbm": received and received.low_warning.value,
        }
    return view


def _nxos_status(decoded: Decoded) -> dict[str, object]:
    rows = _facts(decoded)["details"]
    return {"rows": len(rows)} | {row["port"]: row for row in rows}


def _nxos_lldp(decoded: Decoded) -> dict[str, object]:
    neighbors = _facts(decoded)["neighbors"]
    view: dict[str, object] = {"neighbours": len(neighbors), "total_line": len(neighbors)}
    for each in neighbors:
        view[each.local_port] = [each.system_name.value, each.port_id.value]
    return view


def _junos_optics(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    view: dict[str, object] = {"interfaces": len(facts["optics"])}
    for optic in facts["optics"]:
        flags = facts["details"][optic.port]["flags"]
        limits = {limit.quantity: limit for limit in optic.thresholds}
        (lane,), (printed,) = optic.lanes, facts["details"][optic.port]["printed"]
        view[optic.port] = {
            "bias_ma": lane.bias_ma.value,
            "tx_mw": printed["tx_mw"],
            "tx_dbm_text": printed["tx_dbm"],
            "rx_mw": printed["rx_mw"],
            "tx_dbm": lane.tx_power_dbm.value,
            "rx_dbm": lane.rx_power_dbm.value,
            "temp_c": optic.temperature_c.value,
            "volt_v": optic.supply_voltage_v.value,
            "rx_low_alarm_flag": "laser-rx-power-low-alarm" in flags,
            "rx_low_warn_flag": "laser-rx-power-low-warn" in flags,
            "rx_low_alarm_dbm": limits["rx_power_dbm"].low_alarm.value,
            "tx_low_alarm_dbm": limits["tx_power_dbm"].low_alarm.value,
        }
    return view


def _junos_lldp(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    details = facts.get("details") or [{}] * len(facts["neighbors"])
    view: dict[str, object] = {"neighbours": len(facts["neighbors"])}
    for each, more in zip(facts["neighbors"], details, strict=True):
        view[each.local_port] = more | {
            "system": each.system_name.value,
            "chassis": each.chassis_id.value,
            "port": each.port_id.value,
            "port_id": each.port_id.value,
            "port_descr": each.port_description.value,
            "mgmt": more.get("management_address"),
        }
    return view


def _junos_version(decoded: Decoded) -> dict[str, object]:
    identity = _facts(decoded)["identity"]
    return {
        "hostname": identity.hostname.value,
        "model": identity.model.value,
        "version": identity.os_version.value,
    }


def _junos_environment(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    sensors = {sensor.name: sensor.temperature_c.value for sensor in facts["environment"].sensors}
    modules = {
        name.removeprefix("fpc-0-"): told for name, told in sensors.items() if name.startswith("fpc-0-xcvr-")
    }
    return modules | {
        "psm0_c": sensors["psm-0"],
        "psm1_c": sensors["psm-1"],
        "TH5_max_c": sensors["fpc-0-sensor-th5-max-reading"],
        "xcvr_sensors": len(modules),
        "fans": len(facts["environment"].fans),
        "all_ok": set(facts["states"].values()) == {"OK"},
    }


def _junos_hardware(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    items: list[dict[str, Any]] = facts["items"]
    optics: tuple[Optic, ...] = facts["optics"]
    supplies = [item for item in items if item["name"].startswith("PSM ")]
    view: dict[str, object] = {
        "model": facts["identity"].model.value,
        "chassis_sn": facts["identity"].serial.value,
        "psus": len(supplies),
        "psu0_sn": supplies[0]["serial"],
        "transceivers": sum(optic.present.value is True for optic in optics),
        "ports": len(optics),
        "empty_ports": [int(optic.port.split("/")[2]) for optic in optics if optic.present.value is False],
        "fan_trays": sum(item["name"].startswith("Fan Tray ") for item in items),
    }
    for item in items:
        view[item["name"]] = {
            "sn": item["serial"], "pn": item["part_number"], "descr": item["description"]
        }  # fmt: skip
    return view


VIEWS: dict[str, View] = {
    "nvue.transceiver": _nvue_transceiver,
    "nxos.transceiver": _nxos_transceiver,
    "nxos.text-transceiver": _nxos_transceiver,
    "nxos.text-interfaces-status": _nxos_status,
    "nxos.text-lldp": _nxos_lldp,
    "nxos.text-lldp-detail": _nxos_lldp,
    "junos.optics": _junos_optics,
    "junos.lldp": _junos_lldp,
    "junos.text-lldp": _junos_lldp,
    "junos.text-version": _junos_version,
    "junos.text-environment": _junos_environment,
    "junos.text-hardware": _junos_hardware,
}
