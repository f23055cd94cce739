"""Optical modules: there, of the right kind, not too warm, and every lane with enough light both ways."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Sequence

from bringup.check.base import At, the_one
from bringup.check.watching import in_world_time
from bringup.driver.capability import HasOptics
from bringup.model.catalogue import Requires, Spec
from bringup.model.facts import Optic
from bringup.model.measurement import NOT_AVAILABLE, Measurement, Read, measured, value
from bringup.model.subject import parse_subject
from bringup.model.verdict import Nature, Reading


async def find_optic(at: At, subject: str) -> Optic | None:
    """The module in a port's cage as its device tells it, or None when the device does not list the port."""
    end = parse_subject(subject)
    sample = await at.read(end.device, HasOptics, "optics")
    told: tuple[Optic, ...] = sample.facts
    return the_one([optic for optic in told if optic.port == end.component], subject)


async def presence(at: At) -> AsyncIterator[Measurement]:
    """A port that the device does not list holds no module: a value, and a bad one."""
    for subject in at.subjects:
        optic = await find_optic(at, subject)
        yield measured(subject, "optic_present", False if optic is None else optic.present)
        if optic is not None and optic.present.value is True:
            yield measured(subject, "optic_medium", optic.medium)
            yield measured(subject, "optic_serial", optic.serial)
            for quantity, read in (
                ("optic_part_number", optic.part_number),
                ("optic_firmware", optic.firmware),
            ):
                if read.reading is Reading.VALUE:
                    yield measured(subject, quantity, read)


async def temperature(at: At) -> AsyncIterator[Measurement]:
    for subject in at.subjects:
        optic = await find_optic(at, subject)
        if optic is not None:
            yield measured(subject, "temperature_c", in_world_time(at, optic.temperature_c))
            if optic.supply_voltage_v.reading is not Reading.ABSENT:
                yield measured(subject, "supply_voltage_v", in_world_time(at, optic.supply_voltage_v))


async def levels(at: At) -> AsyncIterator[Measurement]:
    for subject in at.subjects:
        optic = await find_optic(at, subject)
        if optic is None:
            continue
        if optic.serial.reading is Reading.VALUE:
            # Whose light it is: a module that was changed meanwhile makes other verdicts void.
            yield measured(subject, "optic_serial", optic.serial)
        for lane in optic.lanes:
            the_one([one for one in optic.lanes if one.index == lane.index], f"{subject}#lane-{lane.index}")
            name = f"{subject}#lane-{lane.index}"
            yield measured(name, "tx_power_dbm", in_world_time(at, lane.tx_power_dbm))
            yield measured(name, "bias_ma", in_world_time(at, lane.bias_ma))
        for lane in optic.lanes:
            name = f"{subject}#lane-{lane.index}"
            yield measured(name, "rx_power_dbm", in_world_time(at, lane.rx_power_dbm))
        spread = spread_db([lane.rx_power_dbm for lane in optic.lanes])
        if spread is not None:
            yield measured(subject, "rx_power_spread_db", spread)


def spread_db(received: Sequence[Read]) -> Read | None:
    """Highest minus lowest; None where there are not two lanes, or one of them has no number."""
    told = [read.value for read in received if isinstance(read.value, int | float)]
    if len(told) < 2 or len(told) < len(received):
        return None
    spread = max(told) - min(told)
    return value(round(spread, 3)) if math.isfinite(spread) else NOT_AVAILABLE


SPECS = (
    Spec(
        name="optic.presence",
        kind="check",
        title="Modules fitted",
        about="Every port that should hold an optical module holds one of the kind expected.",
        over="port",
        requires=(Requires("optic_present"), Requires("optic_medium")),
        reports=("optic_serial", "optic_part_number", "optic_firmware"),
        run=presence,
    ),
    Spec(
        name="optic.temperature",
        kind="check",
        title="Module temperature",
        about="The case temperature of every module is within its rating.",
        over="port",
        requires=(Requires("temperature_c"),),
        nature=Nature.PURE,
        reports=("supply_voltage_v",),
        run=temperature,
    ),
    Spec(
        name="optic.levels",
        kind="check",
        title="Light on every lane",
        about="Average optical power sent and received, on each lane of the medium: a dark lane is one too.",
        over="port",
        requires=(
            Requires("tx_power_dbm", per="lane"),
            Requires("rx_power_dbm", per="lane"),
        ),
        reports=("bias_ma", "rx_power_spread_db", "optic_serial"),
        run=levels,
    ),
)
