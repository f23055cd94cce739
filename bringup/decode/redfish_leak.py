"""Redfish leak detectors: a LeakDetection resource with its groups, and a LeakDetector by itself.

A detector that is absent, unavailable, disabled or without a state has none: unknown, never dry. Source: DMTF
LeakDetection v1 and LeakDetector v1. A group names each detector by `DeviceName` and, where it has a resource
of its own, by a link to it; a rope may have none. Told twice, the worse of both counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import MappingProxyType

from bringup.decode.json_field import Json, object_in, objects_in, text_in
from bringup.decode.part_name import part_name
from bringup.decode.redfish_resource import health_of, reading_in, resource, sniffer, state_of
from bringup.decode.registry import Format
from bringup.decode.result import Found, Nothing
from bringup.model.facts import LeakDetector
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

LEAK_DETECTION_TYPE = "LeakDetection"
LEAK_DETECTOR_TYPE = "LeakDetector"
_TELLING = MappingProxyType({"OK": 0, "Warning": 1, "Critical": 2})
_SILENT = frozenset({"Absent", "Disabled", "UnavailableOffline", "StandbyOffline", "Starting", "InTest"})
"""States of a resource (Status.State) in which what it says of leaks is not known to be so."""


def detector_of(found: Json) -> LeakDetector:
    """One detector, of a group or a resource of its own.

    Raises:
        Damaged: a field is of a wrong type.
    """
    names = (text_in(found, key) for key in ("DeviceName", "Name", "UserLabel", "Id"))
    place = text_in(object_in(object_in(found, "Location"), "PartLocation"), "ServiceLabel")
    context = place or text_in(found, "PhysicalContext")
    return LeakDetector(
        names=tuple(dict.fromkeys(part_name(name) for name in names if name)),
        state=_state(found),
        place=ABSENT if context is None else value(context),
    )


def _state(found: Json) -> Read:
    """A wet detector is wet whatever its status; a dry one only counts where the resource is in use."""
    state = text_in(found, "DetectorState")
    if state is None or state not in _TELLING:
        return NOT_AVAILABLE
    if state == "OK" and (state_of(found) in _SILENT or health_of(found) in ("Warning", "Critical")):
        return NOT_AVAILABLE
    return value(state)


def detectors_in(leak_detection: Json) -> Iterator[tuple[str | None, LeakDetector]]:
    """(link to its own resource, detector) of every detector in the groups.

    Raises:
        Damaged: a field is of a wrong type.
    """
    for group in objects_in(leak_detection, "LeakDetectorGroups"):
        for entry in objects_in(group, "Detectors"):
            yield text_in(entry, "DataSourceUri"), detector_of(entry)


def joined(told: Iterable[LeakDetector]) -> LeakDetector:
    """One detector that was told several times: all its names, and the worst state; a state counts only
    where each telling has one, but a wet one counts always.
    """
    every = list(told)
    states = [one.state for one in every]
    worst = max(states, key=lambda state: _TELLING.get(str(state.value), -1))
    silent = next((state for state in states if state.value is None), None)
    return LeakDetector(
        names=tuple(dict.fromkeys(name for one in every for name in one.names)),
        state=silent if silent is not None and worst.value in (None, "OK") else worst,
        place=next((one.place for one in every if one.place.value is not None), ABSENT),
    )


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
    return Found(
        facts={
            "groups": groups,
            "detectors": tuple(detector for _, detector in detectors_in(found)),
            "details": {"health": health_of(found), "state": state_of(found)},
        }
    )


def _parse_one(data: bytes) -> Found:
    found = resource(data, LEAK_DETECTOR_TYPE)
    detector = detector_of(found)
    if not detector.names or text_in(found, "DetectorState") is None:
        raise Nothing("the resource tells no detector, or no state of it")
    return Found(
        facts={
            "detectors": (detector,),
            "details": {
                "type": text_in(found, "LeakDetectorType"),
                "health": health_of(found),
                "state": state_of(found),
            },
        }
    )


_LEAK = sniffer(LEAK_DETECTION_TYPE)
_ONE = sniffer(LEAK_DETECTOR_TYPE)
LEAK_DETECTION = Format(
    name="redfish.leak-detection",
    title="Redfish: LeakDetection",
    sniff=lambda head: 90 if _LEAK.search(head) else 0,
    parse=_parse,
    facts={
        "groups": list[dict[str, object]],
        "detectors": tuple[LeakDetector, ...],
        "details": dict[str, str | None],
    },
)
LEAK_DETECTOR = Format(
    name="redfish.leak-detector",
    title="Redfish: LeakDetector",
    sniff=lambda head: 90 if _ONE.search(head) else 0,
    parse=_parse_one,
    facts={"detectors": tuple[LeakDetector, ...], "details": dict[str, str | None]},
)
FORMATS = (LEAK_DETECTION, LEAK_DETECTOR)
