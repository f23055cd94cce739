"""How leak detectors are found over Redfish: from each chassis, wherever its firmware keeps them.

Groups of `ThermalSubsystem/LeakDetection` (of a cooling unit `LeakDetection` alone) come first, then the
resources of their own that this or the chassis links to. One that both tell is one detector:
`bringup.decode.redfish_leak.joined`.
"""

from __future__ import annotations

from collections.abc import Iterable

from bringup.decode.json_field import Json, text_in
from bringup.decode.redfish_leak import detector_of, detectors_in, joined
from bringup.driver.redfish import RedfishReader
from bringup.model.facts import LeakDetector


async def leak_detectors(reader: RedfishReader, chassis: Iterable[Json]) -> tuple[LeakDetector, ...]:
    """Every detector of every chassis.

    Raises:
        DeviceError: a resource that is linked to can't be read: what it would say is not known.
    """
    found: list[LeakDetector] = []
    for one in chassis:
        found += await _of_chassis(reader, one)
    return tuple(found)


async def _of_chassis(reader: RedfishReader, chassis: Json) -> list[LeakDetector]:
    told: dict[str, list[LeakDetector]] = {}
    subsystem = await reader.linked(chassis, "ThermalSubsystem")
    detection = await reader.linked(chassis if subsystem is None else subsystem, "LeakDetection")
    resources = await reader.linked_members(chassis, "LeakDetectors")
    if detection is not None:
        with reader.reading("the leak detection"):
            for number, (source, detector) in enumerate(detectors_in(detection)):
                told.setdefault(source or f"entry {number}", []).append(detector)
        resources += await reader.linked_members(detection, "LeakDetectors")
    with reader.reading("a leak detector"):
        for number, held in enumerate(resources):
            told.setdefault(text_in(held, "@odata.id") or f"resource {number}", []).append(detector_of(held))
    return [joined(each) for each in told.values()]
