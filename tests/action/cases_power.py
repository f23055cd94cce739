"""Outlets and hosts: every way in which an action must not be done, or must not pass.

What a case expects is its verdict and, behind it, everything that was done to the device.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bringup.model.errors import Refused, TimedOut, Unreachable
from bringup.model.facts import Environment, HostPower, Identity, Outlet, Supply
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value
from tests.check.trial import Case, Table, World, answering, case, written

STEP = {"until_s": 5.0, "every_s": 1.0}
SERIAL, MODEL = value("SN-1"), value("M-1")
UNREAD = (NOT_AVAILABLE, ABSENT, value(""), value(1))
EXPECT = {"serial": "SN-1", "model": "M-*"}
IN_SERVICE = {"in_service": True}


class Gear:
    """A device with one state, which takes words. `becomes` says what a word makes of the state."""

    def __init__(self, state: Read, becomes: Callable[[str], Read | None], loses: Exception | None) -> None:
        self.state = state
        self.did: list[str] = []
        self._becomes = becomes
        self._loses = loses

    def command(self, *words: object) -> None:
        word = str(words[-1])
        self.did.append(word)
        made = self._becomes(word)
        self.state = self.state if made is None else made
        if self._loses is not None:
            raise self._loses


def obeys(word: str) -> Read:
    return value("on" if word == "cycle" else word)


def deaf(word: str) -> None:
    return None


LOAD = value(240.0)
OTHER_FEED = Outlet(index=4, state=value("on"), power_w=value(230.0))
SUPPLIES = Environment(
    supplies=tuple(
        Supply(name=name, ok=value(True), input_v=value(230.0), output_w=value(220.0))
        for name in ("psu-1", "psu-2")
    )
)


def outlet_world(
    name: str,
    *,
    state: Read | str,
    becomes: Callable[[str], Read | None] = obeys,
    loses: Exception | None = None,
    serial: Read = SERIAL,
    model: Read = MODEL,
    label: str | Read | None = None,
    expect: dict[str, Any] | None = None,
    outlets: tuple[Outlet, ...] | None = None,
    pdu: dict[str, Any] | None = None,
    fed: dict[str, Any] | None = None,
    feeds: int = 1,
    port: dict[str, Any] | None = None,
    far: dict[str, Any] | None = None,
    intended: dict[str, Any] | None = None,
    answers: dict[str, Any] | None = None,
    answer: str | None = "",
    other_feed: Outlet | None = OTHER_FEED,
    load: Read = LOAD,
    supplies: Any = SUPPLIES,
) -> World:
    """`pdu`, `fed`, `port` and `far` are added to the inventory's words of these. `answer` "": the right one,
    when somebody has to scan what hangs on the outlet.
    """
    gear = Gear(value(state) if isinstance(state, str) else state, becomes, loses)
    tag = value(f"{name} psu-1") if label is None else (value(label) if isinstance(label, str) else label)
    power, other = f"{name}-pdu", f"{name}-far"
    table: dict[Any, Any] = {
        (power, "identity"): lambda: Identity(serial=serial, model=model),
        (power, "outlets"): lambda: (
            (
                Outlet(index=3, label=tag, state=gear.state, power_w=load),
                *((other_feed,) if feeds == 2 and other_feed is not None else ()),
            )
            if outlets is None
            else outlets
        ),
        **({(name, "environment"): supplies} if supplies is not None else {}),
        (power, "switch_outlet"): gear.command,
    }
    answering(table, answers)
    hung = [{"pdu": power, "outlet": number, "supply": f"psu-{number - 2}"} for number in (3, 4)[:feeds]]
    return World(
        subject=f"{power}/outlet-3",
        devices=[
            written(power, expect=EXPECT if expect is None else expect, **(pdu or {})),
            written(name, feed=hung, **(fed or {})),
            written(other),
        ],
        ports=[
            {"device": name, "name": "eth0", **(port or {})},
            {"device": other, "name": "eth0", **(far or {})},
        ],
        cables=[{"a_device": name, "a_port": "eth0", "b_device": other, "b_port": "eth0"}],
        table=table,
        did=gear.did,
        intended=intended,
        answer=name if answer == "" else answer,
    )


def supply(number: int, **told: Any) -> Supply:
    return Supply(**{"name": f"psu-{number}", "ok": value(True), "input_v": value(230.0), **told})


ONLY_WHAT_IS_PROVEN = (
    case("field 05 nobody scans what hangs on it", "UNKNOWN no_data", answer=None),
    case("field 05 scan finds another device", "FAIL", answer="SN-of-the-neighbour"),
    case("field 05 outlet carries nothing while its supply delivers", "FAIL", load=value(0.0)),
    case("field 05 outlet carries a load while its supply has no input", "FAIL",
         supplies=Environment(supplies=(supply(1, ok=value(False), input_v=value(0.0)),))),
    case("field 05 device that does not answer, scanned", "PASS; {word}", supplies=Unreachable("it: gone")),
    case("field 04 other feed healthy", "PASS; {word}", feeds=2),
    case("field 04 other supply bad", "UNKNOWN skipped", feeds=2,
         supplies=Environment(supplies=(supply(1), supply(2, ok=value(False))))),
    case("field 04 other supply not told", "UNKNOWN skipped", feeds=2,
         supplies=Environment(supplies=(supply(1),))),
    case("field 04 other supply told twice", "UNKNOWN skipped", feeds=2,
         supplies=Environment(supplies=(supply(1), supply(2), supply(2)))),
    case("field 04 supplies unread", "UNKNOWN skipped", feeds=2, supplies=Unreachable("it: gone")),
    case("field 04 other outlet off", "UNKNOWN skipped", feeds=2,
         other_feed=Outlet(index=4, state=value("off"), power_w=value(0.0))),
    case("field 04 other outlet carries nothing", "UNKNOWN skipped", feeds=2,
         other_feed=Outlet(index=4, state=value("on"), power_w=value(0.0))),
    case("field 04 other outlet not measured", "UNKNOWN skipped", feeds=2,
         other_feed=Outlet(index=4, state=value("on"))),
    case("field 04 other outlet not listed", "UNKNOWN skipped", feeds=2, other_feed=None),
)  # fmt: skip
"""Before a feed is dropped: it is the right one, and the other is healthy."""


def proven(word: str) -> tuple[Case, ...]:
    return tuple(case(one.name, one.expected.format(word=word), **one.over) for one in ONLY_WHAT_IS_PROVEN)


NEVER_TOUCHED = (
    case("another serial", "FAIL", serial=value("SN-2")),
    *(case(f"serial unread {at}", "FAIL", serial=read) for at, read in enumerate(UNREAD)),
    case("another model", "FAIL", model=value("N-1")),
    case("model not available", "FAIL", model=NOT_AVAILABLE),
    case("no serial expected", "FAIL", expect={}),
    case("label of another", "FAIL", label="spare"),
    case("label that only begins alike", "FAIL", label="label-that-only-begins-alike9"),
    case("no label", "FAIL", label=ABSENT),
    case("protected pdu", "UNKNOWN skipped", pdu={"protected": True}),
    case("pdu in service", "UNKNOWN skipped", pdu=IN_SERVICE),
    case("outlet not listed", "UNKNOWN no_data", outlets=()),
    case(
        "outlet listed twice",
        "UNKNOWN unparsable",
        outlets=tuple(Outlet(index=3, state=value(word)) for word in ("on", "off")),
    ),
)
"""Reasons to leave an outlet alone, whatever was asked of it."""


WHAT_IS_FED_IS_SPARED = (
    case("protected device", "UNKNOWN skipped", fed={"protected": True}),
    case("device in service", "UNKNOWN skipped", fed=IN_SERVICE),
    case("its port in service", "UNKNOWN skipped", port=IN_SERVICE),
    case("the far end of its port in service", "UNKNOWN skipped", far=IN_SERVICE),
    case("the far end of its port protected", "UNKNOWN skipped", far={"protected": True}),
)
"""What goes dark with an outlet counts too."""


def outlet_table(to: str, state: str, *cases: Case) -> Table:
    return Table(
        check=f"power.outlet_{to}",
        kind="action",
        world=outlet_world,
        begin={"state": state},
        reads=("outlets", "identity"),
        step=STEP,
        cases=cases,
    )


REFUSES, LOSES = Refused("device: no"), TimedOut("device: no answer")

OUTLET_ON = outlet_table(
    "on",
    "off",
    case("off", "PASS; on"),
    case("on already", "PASS", state="on"),
    case("neither", "PASS; on", state="rebooting"),
    case("unread, and on after that", "PASS; on", state=NOT_AVAILABLE),
    case("deaf", "FAIL; on", becomes=deaf),
    case("unread, and unread after that", "UNKNOWN no_data; on", state=NOT_AVAILABLE, becomes=deaf),
    case("it becomes something else", "UNKNOWN no_data; on", becomes=lambda word: value("tripped")),
    case("it becomes unreadable", "UNKNOWN no_data; on", becomes=lambda word: NOT_AVAILABLE),
    case("it refuses", "UNKNOWN refused; on", becomes=deaf, loses=REFUSES),
    case("its answer is lost", "PASS; on", loses=LOSES),
    case("its answer is lost, and nothing done", "UNKNOWN timeout; on", becomes=deaf, loses=LOSES),
    case("in service what it feeds, and off", "PASS; on", fed=IN_SERVICE, port=IN_SERVICE),
    case("after a crash, done", "PASS", state="on", intended={"outlet_state": "off"}),
    case("after a crash, not done", "PASS; on", intended={"outlet_state": "off"}),
    case("after a crash, unread", "UNKNOWN no_data", state=NOT_AVAILABLE, intended={"outlet_state": "off"}),
    *NEVER_TOUCHED,
)
OUTLET_OFF = outlet_table(
    "off",
    "on",
    case("on", "PASS; off"),
    case("off already", "PASS", state="off"),
    case("deaf", "FAIL; off", becomes=deaf),
    case("it becomes unreadable", "UNKNOWN no_data; off", becomes=lambda word: ABSENT),
    case("a device with another feed, in service", "PASS; off", feeds=2, port=IN_SERVICE),
    case("after a crash, done", "PASS", state="off", intended={"outlet_state": "on"}),
    case("after a crash, not done", "PASS; off", intended={"outlet_state": "on"}),
    *NEVER_TOUCHED,
    *WHAT_IS_FED_IS_SPARED,
    *proven("off"),
)
OUTLET_CYCLE = outlet_table(
    "cycle",
    "on",
    case("on", "PASS; cycle"),
    case("off", "PASS; cycle", state="off"),
    case("it stays off", "FAIL; cycle", becomes=lambda word: value("off")),
    case("it becomes unreadable", "UNKNOWN no_data; cycle", becomes=lambda word: ABSENT),
    case("after a crash, on", "UNKNOWN no_data", intended={"outlet_state": "on"}),
    case("after a crash, off", "UNKNOWN no_data", state="off", intended={"outlet_state": "on"}),
    *NEVER_TOUCHED,
    *WHAT_IS_FED_IS_SPARED,
    *proven("cycle"),
)


def powered(word: str) -> Read:
    return value("Off" if word in ("ForceOff", "GracefulShutdown") else "On")


def host_world(
    name: str,
    *,
    state: Read | str,
    becomes: Callable[[str], Read | None] = powered,
    loses: Exception | None = None,
    serial: Read = SERIAL,
    expect: dict[str, Any] | None = None,
    bmc: dict[str, Any] | None = None,
    host: dict[str, Any] | None = None,
    port: dict[str, Any] | None = None,
    far: dict[str, Any] | None = None,
    intended: dict[str, Any] | None = None,
    answers: dict[str, Any] | None = None,
) -> World:
    gear = Gear(value(state) if isinstance(state, str) else state, becomes, loses)
    own, other = f"{name}-bmc", f"{name}-far"
    table: dict[Any, Any] = {
        (own, "identity"): lambda: Identity(serial=serial, model=MODEL),
        (own, "host_power"): lambda: HostPower(power_state=gear.state),
        (own, "reset_host"): gear.command,
    }
    answering(table, answers)
    return World(
        subject=name,
        devices=[
            written(own, expect=EXPECT if expect is None else expect, **(bmc or {})),
            written(name, bmc=own, **(host or {})),
            written(other),
        ],
        ports=[
            {"device": name, "name": "eth0", **(port or {})},
            {"device": other, "name": "eth0", **(far or {})},
        ],
        cables=[{"a_device": name, "a_port": "eth0", "b_device": other, "b_port": "eth0"}],
        table=table,
        did=gear.did,
        intended=intended,
    )


def host_table(action: str, reset: str | None, state: str, *cases: Case) -> Table:
    return Table(
        check=action,
        kind="action",
        world=host_world,
        begin={"state": state},
        reads=("host_power", "identity"),
        step={**STEP, **({"with": {"reset": reset}} if reset else {})},
        cases=cases,
    )


SPARED = (
    case("another serial", "FAIL", serial=value("SN-2")),
    *(case(f"serial unread {at}", "FAIL", serial=read) for at, read in enumerate(UNREAD)),
    case("no serial expected", "FAIL", expect={}),
    case("protected bmc", "UNKNOWN skipped", bmc={"protected": True}),
    case("host in service", "UNKNOWN skipped", host=IN_SERVICE),
)


HOST_ON = host_table(
    "host.power_on",
    None,
    "Off",
    case("off", "PASS; On"),
    case("on already", "PASS", state="On"),
    case("on its way already", "PASS; On", state="PoweringOn"),
    case("on its way after that", "PASS; On", becomes=lambda word: value("PoweringOn")),
    case("deaf", "FAIL; On", becomes=deaf),
    case("on its way down after that", "FAIL; On", becomes=lambda word: value("PoweringOff")),
    case("unreadable after that", "UNKNOWN no_data; On", becomes=lambda word: ABSENT),
    case("in small letters after that", "UNKNOWN no_data; On", becomes=lambda word: value("on")),
    case("it refuses", "UNKNOWN refused; On", becomes=deaf, loses=REFUSES),
    case("its answer is lost", "PASS; On", loses=LOSES),
    case("its ports in service, and off", "PASS; On", port=IN_SERVICE, far=IN_SERVICE),
    case("after a crash, done", "PASS", state="On", intended={"power_state": "Off"}),
    case("after a crash, on its way", "PASS", state="PoweringOn", intended={"power_state": "Off"}),
    case("after a crash, not done", "PASS; On", intended={"power_state": "Off"}),
    case("after a crash, unread", "UNKNOWN no_data", state=ABSENT, intended={"power_state": "Off"}),
    *SPARED,
)
HOST_DOWN = host_table(
    "host.power",
    "GracefulShutdown",
    "On",
    case("on", "PASS; GracefulShutdown"),
    case("off already", "PASS", state="Off"),
    case("it hangs on its way down", "FAIL; GracefulShutdown", becomes=lambda word: value("PoweringOff")),
    case("deaf", "FAIL; GracefulShutdown", becomes=deaf),
    case("after a crash, on its way down", "PASS", state="PoweringOff", intended={"power_state": "On"}),
    case("after a crash, not done", "PASS; GracefulShutdown", intended={"power_state": "On"}),
    case("its port in service", "UNKNOWN skipped", port=IN_SERVICE),
    case("the far end of its port in service", "UNKNOWN skipped", far=IN_SERVICE),
    *SPARED,
)  # fmt: skip
HOST_RESTART = host_table(
    "host.power",
    "ForceRestart",
    "On",
    case("on", "PASS; ForceRestart"),
    case("nobody knows how it is, and it is done", "PASS; ForceRestart", state=NOT_AVAILABLE),
    case("nobody knows how it is, before and after", "UNKNOWN no_data; ForceRestart",
         state=NOT_AVAILABLE, becomes=deaf),
    case("it stays off", "FAIL; ForceRestart", becomes=lambda word: value("Off")),
    case("it refuses", "UNKNOWN refused; ForceRestart",
         becomes=lambda word: value("Off"), loses=REFUSES),
    case("after a crash, on", "UNKNOWN no_data", intended={"power_state": "On"}),
    case("its port in service", "UNKNOWN skipped", port=IN_SERVICE),
    *SPARED,
)  # fmt: skip

TABLES = (OUTLET_ON, OUTLET_OFF, OUTLET_CYCLE, HOST_ON, HOST_DOWN, HOST_RESTART)
