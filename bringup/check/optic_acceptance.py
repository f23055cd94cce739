"""Optics accepted by medium: the module's own limits, its lanes beside each other, itself beside its like,
and for what carries no light, or light from elsewhere, what can be said of that.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from bringup.check.acceptance_room import given, off_median, one_assembly, path_loss_db, room
from bringup.check.base import At, the_one
from bringup.check.optic import find_optic, spread_db
from bringup.check.watching import in_world_time
from bringup.model.catalogue import Requires, Spec
from bringup.model.errors import DeviceError
from bringup.model.facts import Lane, Optic
from bringup.model.intent import Intent
from bringup.model.measurement import NOT_AVAILABLE, Measurement, measured
from bringup.model.media import Family, family_of
from bringup.model.subject import ends
from bringup.model.verdict import Reading

LANE_ROOMS = (
    ("rx_power_dbm", "rx_alarm_room_db"),
    ("tx_power_dbm", "tx_alarm_room_db"),
    ("bias_ma", "bias_alarm_room_ma"),
)
BY_ITSELF: frozenset[Family] = frozenset({"sealed", "linear"})
"""Families for which no public standard bounds the light: without the module's own limits nothing does."""
LIGHT = ("rx_power_dbm", "tx_power_dbm")


async def accept(at: At) -> AsyncIterator[Measurement]:
    """Light, bias and heat of every module with a laser, against the module's own alarms and its like."""
    intent = Intent(at.inventory)
    for subject in at.subjects:
        optic = await find_optic(at, subject)
        if optic is None:
            continue
        family = family_of(intent.medium(subject) or str(optic.medium.value or ""))
        yield measured(subject, "optic_medium", optic.medium)
        yield measured(subject, "module_temperature_c", in_world_time(at, optic.temperature_c))
        if family == "copper":
            continue
        for measurement in _by_thresholds(subject, optic, family, intent.lanes(subject) or 0):
            yield measurement
        for measurement in _beside_each_other(subject, optic):
            yield measurement
        loss = await _loss(at, subject, optic)
        if loss is not None:
            yield loss


def _by_thresholds(subject: str, optic: Optic, family: Family, lanes: int) -> Iterator[Measurement]:
    """Where the module gives no limits the check is left out, and the record says so; but where nothing else
    bounds its light, that is not known.
    """
    told = [each.quantity for each in optic.thresholds if given(optic.thresholds, each.quantity)]
    yield measured(subject, "thresholds_told", ", ".join(sorted(told)) or "none")
    heat = room(optic.temperature_c, given(optic.thresholds, "temperature_c"))
    if heat is not None:
        yield measured(subject, "temperature_alarm_room_c", heat)
    listed = {lane.index for lane in optic.lanes}
    missing = [Lane(index=index) for index in range(1, lanes + 1) if index not in listed]
    for lane in (*optic.lanes, *missing):
        name = f"{subject}#lane-{lane.index}"
        the_one([one for one in optic.lanes if one.index == lane.index], name)
        for quantity, left in LANE_ROOMS:
            read = room(getattr(lane, quantity), given(optic.thresholds, quantity))
            if read is not None:
                yield measured(name, left, read)
            elif family in BY_ITSELF and quantity in LIGHT:
                yield measured(name, left, NOT_AVAILABLE)


def _beside_each_other(subject: str, optic: Optic) -> Iterator[Measurement]:
    for quantity, read in (
        ("tx_power_spread_db", spread_db([lane.tx_power_dbm for lane in optic.lanes])),
        ("rx_power_spread_db", spread_db([lane.rx_power_dbm for lane in optic.lanes])),
    ):
        if read is not None:
            yield measured(subject, quantity, read)
    for lane, off in zip(optic.lanes, off_median([each.bias_ma for each in optic.lanes]), strict=True):
        if off is not None:
            yield measured(f"{subject}#lane-{lane.index}", "bias_off_median", off)


async def _loss(at: At, subject: str, optic: Optic) -> Measurement | None:
    """The hint that two monitors give; nothing is judged by it."""
    other = await _at_far_end(at, subject)
    if other is None:
        return None
    read = path_loss_db(
        [lane.tx_power_dbm for lane in other.lanes], [lane.rx_power_dbm for lane in optic.lanes]
    )
    return measured(subject, "path_loss_db", read) if read is not None else None


async def _at_far_end(at: At, subject: str) -> Optic | None:
    """The module at the other end of the cable; None where its device does not tell it. That another device
    is silent is found where that device is the subject: it says nothing about this one.
    """
    far = at.inventory.far_ends.get(subject)
    try:
        return await find_optic(at, far) if far is not None else None
    except DeviceError:
        return None


async def assembly(at: At) -> AsyncIterator[Measurement]:
    """Both ends of a copper or sealed cable are those of one assembly."""
    intent = Intent(at.inventory)
    for subject in at.subjects:
        if family_of(intent.medium(subject) or "") not in ("copper", "sealed"):
            continue
        found = {end: await find_optic(at, end) for end in ends(subject)}
        serials = [NOT_AVAILABLE if optic is None else optic.serial for optic in found.values()]
        for end, serial in zip(found, serials, strict=True):
            yield measured(end, "optic_serial", serial)
        yield measured(subject, "ends_alike", one_assembly(*serials))


async def external(at: At) -> AsyncIterator[Measurement]:
    """Every wavelength of a module with an external laser: locked, and its light, which is recorded, and
    judged where a profile says by what.
    """
    for subject in at.subjects:
        optic = await find_optic(at, subject)
        if optic is None:
            continue
        if optic.laser_source_ok.reading is not Reading.ABSENT:
            yield measured(subject, "laser_source_ok", optic.laser_source_ok)
        for lane in optic.lanes:
            name = f"{subject}#lane-{lane.index}"
            the_one([one for one in optic.lanes if one.index == lane.index], name)
            yield measured(name, "lane_locked", lane.locked)
            yield measured(name, "rx_power_dbm", in_world_time(at, lane.rx_power_dbm))
            yield measured(name, "tx_power_dbm", in_world_time(at, lane.tx_power_dbm))


SPECS = (
    Spec(
        name="optic.acceptance",
        kind="check",
        title="Modules by their own limits",
        about="Every module against its own alarms, its lanes against each other, itself against its like.",
        over="port",
        requires=(Requires("optic_medium"), Requires("module_temperature_c")),
        reports=(
            "thresholds_told",
            "rx_alarm_room_db",
            "tx_alarm_room_db",
            "bias_alarm_room_ma",
            "temperature_alarm_room_c",
            "rx_power_spread_db",
            "tx_power_spread_db",
            "bias_off_median",
            "path_loss_db",
        ),
        run=accept,
    ),
    Spec(
        name="optic.assembly",
        kind="check",
        title="Ends of one cable",
        about="Both ends of a copper or active optical cable tell the serial number of one assembly.",
        over="link",
        device_of="both",
        requires=(Requires("ends_alike"),),
        reports=("optic_serial",),
        run=assembly,
    ),
    Spec(
        name="optic.external",
        kind="check",
        title="External lasers and locks",
        about="Modules with an external laser: its state, the lock of every wavelength, and its light.",
        over="port",
        requires=(
            Requires("laser_source_ok"),
            Requires("lane_locked", per="lane"),
            Requires("rx_power_dbm", per="lane"),
            Requires("tx_power_dbm", per="lane"),
        ),
        run=external,
    ),
)
