"""Leak detectors in Redfish: LeakDetection below ThermalSubsystem, with a group of detectors and each alone.

A detector that is not plugged in stays in the list, as `Absent`: neither wet nor dry.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bringup.lab.redfish_shape import Json, collection, link
from bringup.lab.state import Device
from bringup.lab.state_rack import LeakDetector


def resources(node: Device, chassis: str) -> dict[str, Callable[[], Json]]:
    """Path -> maker, below a chassis; none where the chassis has no detectors."""
    if not node.leak_detectors:
        return {}
    top = f"{chassis}/ThermalSubsystem/LeakDetection"
    paths = {f"{top}/LeakDetectors/{each.name}": each for each in node.leak_detectors}
    found: dict[str, Callable[[], Json]] = {
        top: partial(_detection, top, paths),
        f"{top}/LeakDetectors": lambda: collection("LeakDetector", "Leak Detector", list(paths)),
    }
    return found | {path: partial(_alone, each) for path, each in paths.items()}


def _state(detector: LeakDetector) -> str:
    if not detector.fitted:
        return "Absent"
    return "Critical" if detector.wet else "OK"


def _status(detector: LeakDetector) -> Json:
    if not detector.fitted:
        return {"State": "Absent"}
    return {"State": "Enabled", "Health": _state(detector)}


def _detection(top: str, paths: dict[str, LeakDetector]) -> Json:
    worst = "Critical" if any(each.wet and each.fitted for each in paths.values()) else "OK"
    detectors = [
        {
            "DataSourceUri": path,
            "DeviceName": each.name,
            "DetectorState": _state(each),
            "Status": _status(each),
        }
        for path, each in paths.items()
    ]
    return {
        "@odata.type": "#LeakDetection.v1_0_1.LeakDetection",
        "Id": "LeakDetection",
        "Name": "Leak Detection",
        "Status": {"State": "Enabled", "Health": worst},
        "LeakDetectors": link(f"{top}/LeakDetectors"),
        "LeakDetectorGroups": [{"GroupName": "Chassis", "Detectors": detectors}],
    }


def _alone(detector: LeakDetector) -> Json:
    return {
        "@odata.type": "#LeakDetector.v1_1_0.LeakDetector",
        "Id": detector.name,
        "Name": f"Leak detector {detector.place.lower()}",
        "LeakDetectorType": "Moisture",
        "PhysicalContext": "Chassis",
        "DetectorState": _state(detector),
        "Status": _status(detector),
        "Location": {"PartLocation": {"ServiceLabel": detector.place, "LocationType": "Bay"}},
    }
