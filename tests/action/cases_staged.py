"""Changes in stages, on trial or by a task: every way in which they must not be done, or must not pass.

Their devices have a life of their own (`tests.engine`), and one that goes wrong holds back the rest of its
group: so each case runs alone.
"""

from __future__ import annotations

from typing import Any

from bringup.model.errors import Refused, TimedOut, Unparsable, Unreachable
from bringup.model.facts import Identity, Port
from bringup.model.facts_port import PortPlan
from bringup.model.measurement import NOT_AVAILABLE, Read, value
from tests.action.cases_power import EXPECT, SERIAL
from tests.check.trial import Case, Table, World, answering, case, written
from tests.engine.test_config_apply import LINES, Switch
from tests.engine.test_firmware_group import WANTED, Unit

TRIED = "try; keep"


def switch_world(
    name: str,
    *,
    hurts: str = "",
    timer: bool = True,
    state: str = "none",
    serial: Read = SERIAL,
    expect: dict[str, Any] | None = None,
    device: dict[str, Any] | None = None,
    answers: dict[str, Any] | None = None,
) -> World:
    switch = Switch(hurts, timer)
    switch.state = state
    table: dict[Any, Any] = {
        (name, "identity"): lambda: Identity(serial=serial, model=value("M-1")),
        (name, "ports"): switch.ports,
        (name, "bundles"): (),
        (name, "config_trial"): switch.trial,
        (name, "config_trials"): (),
        (name, "config_try"): switch.begin,
        (name, "config_keep"): switch.keep,
        (name, "config_revert"): switch.revert,
    }
    answering(table, answers)
    return World(
        subject=name,
        devices=[written(name, expect=EXPECT if expect is None else expect, **(device or {}))],
        table=table,
        did=switch.did,
    )


def unit_world(
    name: str,
    *,
    spoils: bool = False,
    running: str = "1",
    slot: str | None = None,
    busy: bool = False,
    serial: Read = SERIAL,
    expect: dict[str, Any] | None = None,
    device: dict[str, Any] | None = None,
    answers: dict[str, Any] | None = None,
) -> World:
    unit = Unit(spoils=spoils, running=running)
    unit.slot = slot
    if busy:
        unit.stage(*STAGED)
        unit.left = 1000
    did: list[str] = []

    def stage(path: str, image: str) -> None:
        did.append("stage")
        unit.stage(path, image)

    def activate(path: str) -> None:
        did.append("activate")
        unit.activate(path)

    table: dict[Any, Any] = {
        (name, "identity"): lambda: Identity(serial=serial, model=value("M-1")),
        (name, "firmware"): unit.firmware,
        (name, "tasks"): lambda: unit.firmware().tasks,
        (name, "stage_firmware"): stage,
        (name, "activate_firmware"): activate,
    }
    answering(table, answers)
    return World(
        subject=name,
        devices=[written(name, expect=EXPECT if expect is None else expect, **(device or {}))],
        table=table,
        did=did,
    )


STAGED = ("/redfish/v1/UpdateService/FirmwareInventory/BMC", str(WANTED["image"]))
OTHER = (
    case("another serial", "FAIL", serial=value("SN-2")),
    case("serial unread", "FAIL", serial=NOT_AVAILABLE),
    case("no serial expected", "FAIL", expect={}),
    case("device protected", "UNKNOWN skipped", device={"protected": True}),
    case("identity unreachable", "UNKNOWN unreachable", answers={"identity": Unreachable("it: gone")}),
    case("identity refused", "UNKNOWN refused", answers={"identity": Refused("it: no")}),
    case("identity garbage", "UNKNOWN unparsable", answers={"identity": Unparsable("it: what?")}),
)
APPLY = Table(
    check="config.apply",
    kind="action",
    world=switch_world,
    reads=(),
    step={"every_s": 1.0, "with": {"lines": LINES, "revert_after_s": 60.0}},
    cases=(
        case("to be done", f"PASS; {TRIED}"),
        case("another link drops", "FAIL; try; revert", hurts="link"),
        case("another port moves", "FAIL; try; revert", hurts="mtu"),
        case("nobody can look at it", "FAIL; try", hurts="ports"),
        case("its own path is cut", f"FAIL; {TRIED}", hurts="path"),
        case("no timer", "UNKNOWN refused", timer=False),
        case("trial unread", "UNKNOWN timeout", answers={"config_trial": TimedOut("it: silent")}),
        *OTHER,
    ),
)
REVERT = Table(
    check="config.revert",
    kind="action",
    world=switch_world,
    reads=(),
    step={"every_s": 1.0, "with": {"name": "bringup-1"}},
    begin={"state": "pending"},
    cases=(
        case("to be done", "PASS; revert"),
        case("done already", "PASS", state="none"),
        case("kept meanwhile", "PASS; revert", state="kept"),
        case("trial unread", "UNKNOWN timeout", answers={"config_trial": TimedOut("it: silent")}),
        *OTHER,
    ),
)


class PortSwitch(Switch):
    """A switch that says in its own words what a change of its first port is. `missed`: it takes the change,
    and the port stays as it was; `sibling`: another port of the cage, which no line names, goes with it.
    """

    def __init__(self, hurts: str = "", timer: bool = True, sibling: bool = False) -> None:
        super().__init__(hurts, timer)
        self._sibling = sibling

    def plan(self, port: str, what: str, to: str) -> PortPlan:
        changed = self.state != "none" and self.hurts != "missed"
        cage = ("Ethernet1/1", "Ethernet1/2") if self._sibling else ("Ethernet1/1",)
        return PortPlan(
            lines=tuple(LINES),
            cage=cage,
            now=value("as asked" if changed else "other"),
            reached=value(changed),
        )

    def ports(self) -> tuple[Port, ...]:
        here = (Port(name="Ethernet1/2", admin_up=value(True), oper_up=value(True)),)
        return super().ports() + (here if self._sibling and self.state == "none" else ())


def port_switch_world(
    name: str,
    *,
    hurts: str = "",
    timer: bool = True,
    state: str = "none",
    sibling: bool = False,
    cage: bool = False,
    waits: tuple[str, ...] = (),
    port: dict[str, Any] | None = None,
    serial: Read = SERIAL,
    expect: dict[str, Any] | None = None,
    device: dict[str, Any] | None = None,
    answers: dict[str, Any] | None = None,
) -> World:
    """`cage`: the inventory says which ports share one; `waits` are changes of others on trial."""
    switch = PortSwitch(hurts, timer, sibling)
    world = switch_world(name, serial=serial, expect=expect, device=device)
    switch.state, switch.did = state, world.did
    world.table |= {
        (name, "ports"): switch.ports,
        (name, "config_trial"): switch.trial,
        (name, "config_trials"): waits,
        (name, "config_try"): switch.begin,
        (name, "config_keep"): switch.keep,
        (name, "config_revert"): switch.revert,
        (name, "port_plan"): switch.plan,
    }
    answering(world.table, answers)
    shared = {"cage": "1"} if cage else {}
    world.subject = f"{name}/Ethernet1/1"
    world.ports = [{"device": name, "name": "Ethernet1/1", **shared, **(port or {})}]
    world.ports += [{"device": name, "name": "Ethernet1/2", **shared}] if cage else []
    return world


PORT_CASES = (
    case("to be done", f"PASS; {TRIED}"),
    case("done already", "PASS", state="kept"),
    case("done, and a change of others on trial", "UNKNOWN skipped", state="kept", waits=("x",)),
    case("a change of others on trial", "UNKNOWN skipped", waits=("x",)),
    case("taken, and not so", "FAIL; try; revert", hurts="missed"),
    case("another link drops", "FAIL; try; revert", hurts="link"),
    case("another port moves", "FAIL; try; revert", hurts="mtu"),
    case("a port of its cage goes with it", f"PASS; {TRIED}", sibling=True, cage=True),
    case("a port of its cage that nobody was shown", "UNKNOWN skipped", sibling=True),
    case("nobody can look at it", "FAIL; try", hurts="ports"),
    case("its own path is cut", f"FAIL; {TRIED}", hurts="path"),
    case("no timer", "UNKNOWN refused", timer=False),
    case("port in service", "UNKNOWN skipped", port={"in_service": True}),
    case("trial unread", "UNKNOWN timeout", answers={"config_trial": TimedOut("it: silent")}),
    case("plan unread", "UNKNOWN timeout", answers={"port_plan": TimedOut("it: silent")}),
    *OTHER,
)


def port_table(check: str, cases: tuple[Case, ...], **args: Any) -> Table:
    return Table(
        check=check,
        kind="action",
        world=port_switch_world,
        reads=(),
        step={"every_s": 1.0, "with": {"revert_after_s": 60.0, **args}},
        cases=cases,
    )


UPDATE = Table(
    check="firmware.update",
    kind="action",
    world=unit_world,
    reads=(),
    step={"with": WANTED},
    cases=(
        case("to be done", "PASS; stage; activate"),
        case("done already", "PASS", running="2"),
        case("staged already", "PASS; activate", slot="2"),
        case("its task fails", "FAIL; stage", spoils=True),
        case("another task runs", "UNKNOWN skipped", busy=True),
        case("firmware unread", "UNKNOWN timeout", answers={"firmware": TimedOut("it: silent")}),
        *OTHER,
    ),
)
PORTS = (
    port_table("port.breakout", PORT_CASES, mode="4x100"),
    # what else must hold them back is the same code
    port_table("port.speed", PORT_CASES[:5], speed_gbps=400.0),
    port_table("port.fec", PORT_CASES[:5], mode="rs544"),
)
TABLES = (APPLY, REVERT, UPDATE, *PORTS)
