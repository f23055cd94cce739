"""State machines of modules, good and bad."""

from __future__ import annotations

from typing import Any

from bringup.model.facts_module_state import LaneState, ModuleState
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, UNSUPPORTED, Read, value
from tests.check.trial import Table, World, answering, case, nothing_told, written

PORT, MEDIUM = "Ethernet0", "400GBASE-DR4"
ACTIVATED = value("Activated")


def lane(index: int, data_path: Read = ACTIVATED, **more: Read) -> LaneState:
    return LaneState(index=index, data_path=data_path, **more)


def state_world(
    name: str,
    *,
    states: tuple[ModuleState, ...] | None = None,
    state: Read = value("Ready"),  # noqa: B008 (a frozen value)
    fault: Read = value("none"),  # noqa: B008
    lanes: tuple[LaneState, ...] | None = None,
    optic: str | None = MEDIUM,
    answers: dict[str, Any] | None = None,
) -> World:
    """The module has eight lanes, of which the port's medium has four."""
    idle = tuple(lane(index, value("Deactivated")) for index in range(5, 9))
    signals = {"snr_media_db": value(22.5), "snr_host_db": value(21.0)}
    good = tuple(lane(index, **signals) for index in range(1, 5)) + idle
    told = ModuleState(
        port=PORT, state=state, fault_cause=fault, lanes=good if lanes is None else (*lanes, *idle)
    )
    table: dict[Any, Any] = {(name, "module_states"): (told,) if states is None else states}
    answering(table, answers)
    return World(
        subject=f"{name}/{PORT}",
        devices=[written(name)],
        ports=[{"device": name, "name": PORT, "optic": optic}],
        table=table,
    )


def first(data_path: Read) -> dict[str, Any]:
    return {"lanes": (lane(1, data_path), *(lane(index) for index in (2, 3, 4)))}


STATE = Table(
    check="module.state",
    world=state_world,
    reads=("module_states",),
    cases=(
        case("ready", "PASS"),
        case("in low power", "FAIL", state=value("LowPwr")),
        case("powering up", "FAIL", state=value("PwrUp")),
        case("at fault", "FAIL", state=value("Fault"), fault=value("over-temperature")),
        case("a cause beside ready", "FAIL", fault=value("tx fault")),
        case("no cause told", "PASS", fault=ABSENT),
        case("a cause that is not available", "UNKNOWN no_data", fault=NOT_AVAILABLE),
        case("a lane initialised", "FAIL", **first(value("Initialized"))),
        case("a lane deactivated", "FAIL", **first(value("Deactivated"))),
        case("a lane that is not told", "UNKNOWN no_data", lanes=tuple(lane(at) for at in (1, 2, 3))),
        case("a lane told twice", "UNKNOWN unparsable", lanes=tuple(lane(at) for at in (1, 1, 2, 3, 4))),
        case("no module listed", "UNKNOWN no_data", states=()),
        case("another port listed", "UNKNOWN no_data", states=(ModuleState(port="Ethernet00"),)),
        case("listed twice", "UNKNOWN unparsable",
             states=(ModuleState(port=PORT, state=value("Ready")), ModuleState(port=PORT))),
        case("a module without such a machine", "UNKNOWN no_data", state=UNSUPPORTED),
        *nothing_told("state", "text", lambda read: {"state": read}),
        *nothing_told("data path", "text", first),
    ),
)  # fmt: skip
TABLES = (STATE,)
