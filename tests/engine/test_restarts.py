"""A restart is proven by another boot, not by a power state that is the same before and after."""

from __future__ import annotations

from typing import Any

import pytest

from bringup.model.errors import Unreachable
from bringup.model.event import ActionIntended
from bringup.model.facts import Identity
from bringup.model.measurement import ABSENT, value
from tests.engine.person import events
from tests.engine.stand import Stand, verdicts
from tests.engine.test_safe_change import AS_PLANNED, Plant, set_up, stage

pytestmark = pytest.mark.usefixtures("still_clock")
RESTART = {
    "action": "host.power",
    "with": {"reset": "ForceRestart"},
    "until_s": 20.0,
    "every_s": 1.0,
}
CYCLE = {"action": "power.outlet_cycle", "until_s": 20.0, "every_s": 1.0}
HOST = {"restart/it@node-1": "PASS"}


class Machine:
    """Something with an operating system: what it says of its boot, reading by reading, once it was told."""

    def __init__(self, *then: str | Exception | None) -> None:
        self.then = list(then)
        self.told = 0

    def identity(self) -> Identity:
        said = "boot-1" if not self.told or not self.then else self.then[0]
        if self.told and len(self.then) > 1:
            self.then.pop(0)
        if isinstance(said, Exception):
            raise said
        return Identity(serial=value("SN-leaf-2"), boot_id=ABSENT if said is None else value(said))


def host(stand: Stand, machine: Machine) -> None:
    plant = Plant(AS_PLANNED)
    plant.host_on = True
    set_up(stand, plant)

    def reset(kind: str) -> None:
        assert kind == "ForceRestart"
        machine.told += 1

    stand.table[("bmc-1", "reset_host")] = reset
    stand.table[("node-1", "identity")] = machine.identity


async def restart(stand: Stand) -> dict[str, str]:
    return verdicts(await stand.run(stage("restart", RESTART, {"device": "node-1"})))


@pytest.mark.parametrize(
    ("then", "ended"),
    [
        (("boot-2",), "PASS"),
        ((Unreachable("node-1: gone"), "boot-1", Unreachable("node-1: gone"), "boot-2"), "PASS"),
        (("boot-1",), "FAIL"),
        ((Unreachable("node-1: gone"),), "UNKNOWN no_data"),
    ],
)
async def test_a_restart_is_done_when_another_boot_runs(
    stand: Stand, then: tuple[str | Exception, ...], ended: str
) -> None:
    machine = Machine(*then)
    host(stand, machine)
    assert await restart(stand) == {"restart/it@node-1": ended}
    assert machine.told == 1
    (intended,) = events(stand, "ActionIntended")
    assert intended["before"]["boot_id"] == "boot-1"


def died(stand: Stand, step: str, subject: str, before: dict[str, Any]) -> None:
    stand.unfinished[(step, "it", subject)] = ActionIntended(
        stage=step,
        step="it",
        subject=subject,
        attempt=1,
        action="host.power",
        before=before,
        identity={},
        drops=(),
        probe="",
        undo=None,
        dangerous=True,
    )


@pytest.mark.parametrize(
    ("boot_before", "ended", "told"),
    [("boot-0", "PASS", 0), ("boot-1", "PASS", 1), (None, "UNKNOWN no_data", 0)],
)
async def test_after_a_crash_the_boot_tells_whether_the_restart_happened(
    stand: Stand, boot_before: str | None, ended: str, told: int
) -> None:
    machine = Machine("boot-2")
    host(stand, machine)
    died(stand, "restart", "node-1", {"power_state": "On", "boot_id": boot_before})
    assert await restart(stand) == {"restart/it@node-1": ended}
    assert machine.told == told


async def test_a_host_that_tells_no_boot_is_judged_by_its_power_state(stand: Stand) -> None:
    machine = Machine(None)
    host(stand, machine)
    stand.table[("node-1", "identity")] = Identity()
    assert await restart(stand) == HOST
    assert machine.told == 1


@pytest.mark.parametrize(("after", "ended"), [("boot-2", "PASS"), ("boot-1", "FAIL")])
async def test_a_cycled_outlet_is_proven_by_the_boot_of_what_it_feeds_alone(
    stand: Stand, after: str, ended: str
) -> None:
    plant, machine = Plant(AS_PLANNED), Machine(after)
    set_up(stand, plant, {"cycle/it": "SN-leaf-2"})

    def switch(index: int, to: str) -> None:
        assert (index, to) == (3, "cycle")
        machine.told += 1

    stand.table[("pdu-1", "switch_outlet")] = switch
    stand.table[("leaf-2", "identity")] = machine.identity
    state = await stand.run(stage("cycle", CYCLE, {"device": "leaf-2"}))
    assert verdicts(state) == {"cycle/it@pdu-1/outlet-3": ended}
