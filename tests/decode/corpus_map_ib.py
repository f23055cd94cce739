"""The facts of mlxlink's and InfiniBand's formats in the words of the corpus."""

from __future__ import annotations

from typing import Any

from bringup.model.facts import Decoded
from tests.decode.corpus import View

FORMAT_OF = {
    "mlxlink": "mlxlink",
    "ibnetdiscover -p": "ib.netdiscover-ports",
    "ibswinfo": "ib.switch-info",
    "perfquery": "ib.perfquery",
}


def _mlxlink(decoded: Decoded) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    optic, details = facts["optic"], facts["details"]
    limits = {limit.quantity: limit for limit in optic.thresholds}

    def limit(quantity: str) -> object:
        found = limits.get(quantity)
        return found and [found.low_alarm.value, found.high_alarm.value]

    def lanes(field: str) -> object:
        return [getattr(lane, field).value for lane in optic.lanes] or None

    volts = optic.supply_voltage_v.value
    return details | {
        "autoneg": details["auto_negotiation"],
        "fw": facts["adapter"] and facts["adapter"].firmware.value,
        "vendor": optic.vendor.value,
        "pn": optic.part_number.value,
        "sn": optic.serial.value,
        "cable": details["cable_type"],
        "temp_c": optic.temperature_c.value,
        "temp_range_c": limit("temperature_c"),
        "volt_mv": volts and round(volts * 1000, 3),
        "rx_dbm": lanes("rx_power_dbm"),
        "tx_dbm": lanes("tx_power_dbm"),
        "bias_ma": lanes("bias_ma"),
        "rx_range_dbm": limit("rx_power_dbm"),
        "tx_range_dbm": limit("tx_power_dbm"),
        "effective_errors": facts["fec"] and facts["fec"].symbol_errors.value,
        "link_down": facts["fec"] and facts["fec"].flap_count.value,
        "ber": facts["fec"] and facts["fec"].pre_fec_ber.value,
    }


def _end(port: dict[str, Any]) -> tuple[object, object]:
    return port["lid"], port["port"]


def _netdiscover(decoded: Decoded) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    ports: list[dict[str, Any]] = facts["ports"]
    switches = [port for port in ports if port["kind"] == "SW"]
    view: dict[str, object] = {
        "lines": len(ports),
        "CA": sum(port["kind"] == "CA" for port in ports),
        "switch_ports": len(switches),
        "down_or_unconnected_switch_ports": sum(not port["linked"] for port in switches),
        "links_unique": len({frozenset((_end(port), _end(port["peer"]))) for port in ports if port["peer"]}),
    }
    for port in ports:
        peer = port["peer"]
        told = port | {"peer": peer and peer["name"], "peer_port": peer and peer["port"]}
        if not port["linked"]:
            told["link"] = f"down, not a degraded {port['width']} {port['speed']} link"
        view[f"{port['guid']}/{port['port']}"] = told
        if port["kind"] == "CA":
            view[port["name"]] = told
    return view


def _switch_info(decoded: Decoded) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    identity, environment, details = facts["identity"], facts["environment"], facts["details"]
    fans = [fan for fan in environment.fans if fan.name != "fans"]
    view: dict[str, object] = {
        "pn": identity.model.value,
        "sn": identity.serial.value,
        "fw": identity.os_version.value,
        "max_temp_c": details["highest_temperature_c"],
        "temp_c": environment.sensors[0].temperature_c.value if environment.sensors else None,
        "fans_rpm": [fan.speed_rpm.value for fan in fans],
    }
    for at, supply in enumerate(environment.supplies):
        view[f"psu{at}_w"] = supply.output_w.value
        view[f"psu{at}_status"] = supply.ok.value
    for fan in fans:
        view[f"{fan.name.replace('-', '')}_rpm"] = fan.speed_rpm.value
    return details | view


def _perfquery(decoded: Decoded) -> dict[str, object]:
    facts: dict[str, Any] = dict(decoded.facts)
    (port,) = facts.get("ports", ({},))
    view: dict[str, object] = port | {"PortXmitData_words": port.get("PortXmitData")}
    return view


VIEWS: dict[str, View] = {
    "mlxlink": _mlxlink,
    "ib.netdiscover-ports": _netdiscover,
    "ib.switch-info": _switch_info,
    "ib.perfquery": _perfquery,
}
