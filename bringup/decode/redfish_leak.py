"""Redfish LeakDetection: groups of detectors with the state of each.

A detector that is absent, unavailable or without a state has none: unknown, never dry.
"""

from __future__ import annotations

from bringup.decode.json_field import Json, objects_in, text_in
from bringup.decode.redfish_resource import health_of, reading_in, resource, sniffer, state_of
from bringup.decode.registry import Format
from bringup.decode.result import Found, Nothing

LEAK_DETECTION_TYPE = "LeakDetection"
_TELLING = frozenset({"OK", "Warning", "Critical"})


def _detector(found: Json) -> Json:
    state = text_in(found, "DetectorState")
    return {
        "name": text_in(found, "DeviceName"),
        "state": state if state in _TELLING else None,
        "state_text": state,
        "source": text_in(found, "DataSourceUri"),
    }


def _parse(data: bytes) -> Found:
    found = resource(data, LEAK_DETECTION_TYPE)
    groups: list[object] = []
    detectors = 0
    for group in objects_in(found, "LeakDetectorGroups"):
        members = [_detector(entry) for entry in objects_in(group, "Detectors")]
        detectors += len(members)
        groups.append(
            {
                "name": text_in(group, "GroupName"),
                "humidity_pct": reading_in(group, "HumidityPercent").value,
                "detectors": members,
            }
        )
    if not detectors:
        raise Nothing("the resource lists no leak detector")
    return Found(facts={"groups": groups, "details": {"health": health_of(found), "state": state_of(found)}})


_LEAK = sniffer(LEAK_DETECTION_TYPE)
LEAK_DETECTION = Format(
    name="redfish.leak-detection",
    title="Redfish: LeakDetection",
    sniff=lambda head: 90 if _LEAK.search(head) else 0,
    parse=_parse,
    facts={"groups": list[dict[str, object]], "details": dict[str, str | None]},
)
FORMATS = (LEAK_DETECTION,)
