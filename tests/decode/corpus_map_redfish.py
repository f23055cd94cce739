"""The facts of Redfish's and OpenConfig's formats in the words of the corpus."""

from __future__ import annotations

from typing import Any

from bringup.model.facts import Decoded
from tests.decode.corpus import View

FORMAT_OF = {
    "PowerSupply_Bay1.json": "redfish.power-supply",
    "PowerSupply_Bay2_absent.json": "redfish.power-supply",
    "PowerSupply_Bay1_Metrics.json": "redfish.power-supply-metrics",
    "EnvironmentMetrics.json": "redfish.environment-metrics",
    "System.Embedded.1.json": "redfish.system",
    "HGX_GPU_SXM_1_TEMP_0.json": "redfish.sensor",
    "LeakDetection_cdu.json": "redfish.leak-detection",
    "power.json": "redfish.power",
    "error.json": "redfish.error",
    "component_transceiver_valid.json": "openconfig.component",
    "component_transceiver_invalid_json.txt": "openconfig.component",
}
"""By file: the commands name paths of one service."""


def _facts(decoded: Decoded) -> dict[str, Any]:
    return dict(decoded.facts)


def _supply(decoded: Decoded) -> dict[str, object]:
    details = _facts(decoded)["details"]
    return details | {"sn": details["serial"], "fw": details["firmware"]}


def _metrics(decoded: Decoded) -> dict[str, object]:
    metrics = _facts(decoded)["metrics"]
    return metrics | {"temp_c": metrics["temperature_c"]}


def _environment(decoded: Decoded) -> dict[str, object]:
    metrics = _facts(decoded)["metrics"]
    return {
        "power_w": metrics["power_w"],
        "temp_c": metrics["temperature_c"],
        "limit_w": metrics["power_limit_w"],
        "fans": [
            {"name": fan["name"], "rpm": fan["speed_rpm"], "pct": fan["speed_pct"]} for fan in metrics["fans"]
        ],
    }


def _system(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    identity, details = facts["identity"], facts["details"]
    assert identity.serial.value == details["SerialNumber"]
    assert identity.model.value == details["Model"]
    assert identity.firmware["bios"].value == details["BiosVersion"]
    assert facts["host_power"].power_state.value == details["PowerState"]
    return dict(details)


def _sensor(decoded: Decoded) -> dict[str, object]:
    details = _facts(decoded)["details"]
    return details | {"reading_c": details["reading"], "related": details["related"][0]}


def _leak(decoded: Decoded) -> dict[str, object]:
    groups = _facts(decoded)["groups"]
    detectors = [detector for group in groups for detector in group["detectors"]]
    return {
        "groups": len(groups),
        "detectors": len(detectors),
        "states": [detector["state"] for detector in detectors],
        "names": [detector["name"] for detector in detectors],
        "humidity_pct": groups[0]["humidity_pct"],
    }


def _power(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    for supply, details in zip(facts["environment"].supplies, facts["details"]["supplies"], strict=True):
        assert supply.input_v.value == details["LineInputVoltage"]
        assert supply.output_w.value == details["LastPowerOutputWatts"]
    return {"psus": facts["details"]["supplies"]}


def _error(decoded: Decoded) -> dict[str, object]:
    return _facts(decoded)


def _component(decoded: Decoded) -> dict[str, object]:
    facts = _facts(decoded)
    if not facts:
        # The damaged file: nothing may be taken from it. `would_be` is what a lenient reader would see.
        return {"strict_json": False}
    (optic,) = facts["optics"]
    details = facts["details"][optic.port]
    view: dict[str, object] = {
        "mfg": optic.vendor.value,
        "pn": optic.part_number.value,
        "sn": optic.serial.value,
        "fw": optic.firmware.value,
        "form_factor": details["form_factor"],
        "temp_c": optic.temperature_c.value,
        "volt_v": optic.supply_voltage_v.value,
        "channels": len(optic.lanes),
    }
    for index, powers in details["channels"].items():
        view[f"ch{index}"] = {
            "rx_dbm": powers["input-power"]["instant"],
            "rx_avg_dbm": powers["input-power"]["avg"],
            "tx_dbm": powers["output-power"]["instant"],
        }
    return view


VIEWS: dict[str, View] = {
    "redfish.power-supply": _supply,
    "redfish.power-supply-metrics": _metrics,
    "redfish.environment-metrics": _environment,
    "redfish.system": _system,
    "redfish.sensor": _sensor,
    "redfish.leak-detection": _leak,
    "redfish.power": _power,
    "redfish.error": _error,
    "openconfig.component": _component,
}
