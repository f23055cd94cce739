"""Light that comes from elsewhere: a module's external source, and whether each ring holds its wavelength.

Switches' own tables tell neither, so both are read from the module itself: the source from pages 1Ah and 1Bh,
the locks from the flags of page 11h. Reading flags clears those that were latched (field rule 8): they are
read twice, so that the second reading holds what is so now.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from bringup.driver.module_memory import Halves, ModuleMemory, Place, read_places
from bringup.model.errors import NoData, Unparsable
from bringup.model.facts import Lane, Optic
from bringup.model.measurement import NOT_AVAILABLE, Read, value
from bringup.model.media import family_of

LANES = Place(0x11)
PLACES = (LANES, Place(0x1A), Place(0x1B))
UNLOCKED, READY = "rx_cdr_lol", "Ready"


async def with_external_light(
    optics: tuple[Optic, ...], halves_of: Callable[[str], Halves], *, device: str
) -> tuple[Optic, ...]:
    """`optics`, those whose laser is elsewhere with what their own memory tells of it; no other is asked."""
    return tuple([await _one(optic, halves_of, device) for optic in optics])


async def _one(optic: Optic, halves_of: Callable[[str], Halves], device: str) -> Optic:
    medium = optic.medium.value
    if optic.present.value is not True or not isinstance(medium, str) or family_of(medium) != "external":
        return optic
    halves = halves_of(optic.port)
    try:
        await halves.half(LANES)
        memory = await read_places(halves, optic.port, PLACES, device=device)
    except (NoData, Unparsable):
        return msgspec.structs.replace(optic, laser_source_ok=NOT_AVAILABLE)
    return msgspec.structs.replace(
        optic,
        laser_source_ok=memory.optic.laser_source_ok,
        lanes=tuple(msgspec.structs.replace(lane, locked=_locked(lane, memory)) for lane in optic.lanes),
    )


def _locked(lane: Lane, memory: ModuleMemory) -> Read:
    """Not available while the module is not ready: then its flags say nothing."""
    found = [each for each in memory.lanes if each.index == lane.index]
    if memory.module.state.value != READY or len(found) != 1:
        return NOT_AVAILABLE
    return value(UNLOCKED not in found[0].latched_flags)
