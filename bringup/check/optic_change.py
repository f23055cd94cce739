"""Lanes before and after: what each sends and receives now, against what this run first read of it.

The difference of a monitor with itself says more than two monitors subtracted (field rule 16). What was first
read is in the record of the run; it ends with the module: after another one was put into the cage there is
nothing to compare with before its lanes have been read once.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from bringup.check.base import At, the_one
from bringup.check.optic import find_optic
from bringup.check.watching import in_world_time
from bringup.model.catalogue import Requires, Spec
from bringup.model.measurement import NOT_AVAILABLE, Measurement, Read, measured, value
from bringup.model.verdict import Reading

CHANGES = (("tx_power_dbm", "tx_power_change_db"), ("rx_power_dbm", "rx_power_change_db"))


async def change(at: At) -> AsyncIterator[Measurement]:
    """A lane that was not read before is not measured, and so is missing; one that has gone dark is dark."""
    for subject in at.subjects:
        optic = await find_optic(at, subject)
        if optic is None:
            continue
        same = optic.serial.value is not None and at.first_read(subject, "optic_serial") == optic.serial.value
        yield measured(subject, "same_module", same)
        for lane in optic.lanes if same else ():
            name = f"{subject}#lane-{lane.index}"
            the_one([one for one in optic.lanes if one.index == lane.index], name)
            for quantity, difference in CHANGES:
                now = in_world_time(at, getattr(lane, quantity))
                read = _difference(now, at.first_read(name, quantity))
                if read is not None:
                    yield measured(name, difference, read)


def _difference(now: Read, was: object) -> Read | None:
    """None without a number before; the reading itself where there is no number now."""
    if isinstance(was, bool) or not isinstance(was, int | float):
        return None
    if now.reading is not Reading.VALUE:
        return now
    if isinstance(now.value, bool) or not isinstance(now.value, int | float):
        return NOT_AVAILABLE
    return value(round(now.value - was, 3), age_s=now.age_s)


SPECS = (
    Spec(
        name="optic.change",
        kind="check",
        title="Lanes before and after",
        about="What each lane sends and receives now, against what this run first read of it by the same"
        " module: lanes that hands or tests have made worse show.",
        over="port",
        requires=(
            Requires("same_module"),
            Requires("tx_power_change_db", per="lane"),
            Requires("rx_power_change_db", per="lane"),
        ),
        run=change,
    ),
)
