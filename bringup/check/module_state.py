"""State machines of modules: powered up and ready, and every lane of the path through it carrying data."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bringup.check.base import At, the_one
from bringup.driver.capability import TellsModuleStates
from bringup.model.catalogue import Requires, Spec
from bringup.model.facts_module_state import ModuleState
from bringup.model.intent import Intent
from bringup.model.measurement import ABSENT, Measurement, measured
from bringup.model.subject import parse_subject
from bringup.model.verdict import Nature, Reading


async def state(at: At) -> AsyncIterator[Measurement]:
    """A module that its device does not list has no state that anybody knows. Asked for are the lanes that
    the inventory expects: others of the module may be idle by right.
    """
    intent = Intent(at.inventory)
    for subject in at.subjects:
        end = parse_subject(subject)
        sample = await at.read(end.device, TellsModuleStates, "module_states")
        told: tuple[ModuleState, ...] = sample.facts
        found = the_one([each for each in told if each.port == end.component], subject)
        if found is None:
            continue
        yield measured(subject, "module_state", found.state)
        if found.fault_cause.reading is not Reading.ABSENT:
            yield measured(subject, "module_fault", found.fault_cause)
        listed = {lane.index: lane for lane in found.lanes}
        for index in range(1, (intent.lanes(subject) or 0) + 1):
            name = f"{subject}#lane-{index}"
            the_one([lane for lane in found.lanes if lane.index == index], name)
            lane = listed.get(index)
            yield measured(name, "data_path_state", ABSENT if lane is None else lane.data_path)
            if lane is None:
                continue
            for quantity, read in (("snr_media_db", lane.snr_media_db), ("snr_host_db", lane.snr_host_db)):
                if read.reading is Reading.VALUE:
                    yield measured(name, quantity, read)


SPECS = (
    Spec(
        name="module.state",
        kind="check",
        title="Modules ready",
        about="Every module's state machine is at Ready, and the data path of every lane is activated.",
        over="port",
        nature=Nature.CONSUMING,
        requires=(Requires("module_state"), Requires("data_path_state", per="lane")),
        reports=("module_fault", "snr_media_db", "snr_host_db"),
        run=state,
    ),
)
