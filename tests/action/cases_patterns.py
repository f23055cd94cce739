"""Modules that send patterns to each other, and lasers that are switched while others listen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bringup.model.errors import Refused, Unreachable
from bringup.model.facts import Identity, Lane, Optic, Port
from bringup.model.facts_module import LaneTransmitter, PatternLane, PatternTest, Transmitters
from bringup.model.measurement import DARK, NOT_AVAILABLE, Read, value
from tests.action.cases_port import FAR, PORT
from tests.action.cases_power import EXPECT, IN_SERVICE, SERIAL
from tests.check.trial import LACKING, Table, World, case, written

LANES = 4
GOOD, BAD = 1e-9, 1e-4


class Ends:
    """Two modules: what each sends and checks on its media side, and the ratio of each way and lane."""

    def __init__(
        self,
        here: dict[int, float] | None = None,
        far: dict[int, float] | None = None,
        *,
        deaf: tuple[str, ...] = (),
        sticks: bool = False,
        odd: bool = False,
        told: Callable[[float], Read] = value,
        lanes: int = LANES,
    ) -> None:
        self.did: list[str] = []
        self.polled = [True, True]
        self._bers = (here or {}, far or {})
        self._deaf, self._sticks, self._told, self._lanes = deaf, sticks, told, lanes
        self._on: tuple[set[str], set[str]] = ({"generator"} if odd else set(), set())
        self._latched = [True, True]

    def switch(self, end: int) -> Callable[[str, str, str, bool], None]:
        def told(port: str, side: str, role: str, on: bool) -> None:
            self.did.append(f"{end} {role} {'on' if on else 'off'}")
            if role in self._deaf or (self._sticks and not on):
                return
            (self._on[end].add if on else self._on[end].discard)(role)

        return told

    def test(self, end: int) -> Callable[[str, str], PatternTest]:
        def told(port: str, side: str) -> PatternTest:
            on = self._on[end] if side == "media" else set()
            checking, arriving = "checker" in on, "generator" in self._on[1 - end]
            latched = self._latched[end] or not arriving
            self._latched[end] = not arriving  # flags clear on read
            return PatternTest(
                port=port,
                side=side,  # type: ignore[arg-type]
                lanes=tuple(
                    PatternLane(
                        index=lane,
                        generating=value("generator" in on),
                        checking=value(checking),
                        locked=value(not latched and self._ber(end, lane) < 0.1)
                        if checking
                        else NOT_AVAILABLE,
                        ber=self._told(self._ber(end, lane)) if checking else NOT_AVAILABLE,
                    )
                    for lane in range(1, self._lanes + 1)
                ),
            )

        return told

    def _ber(self, end: int, lane: int) -> float:
        return self._bers[end].get(lane, GOOD)

    def poll(self, end: int) -> Callable[[str, bool], None]:
        def told(port: str, on: bool) -> None:
            self.did.append(f"{end} polling {'on' if on else 'off'}")
            self.polled[end] = on

        return told


def pattern_world(
    name: str,
    *,
    far_serial: Read = SERIAL,
    far_port: dict[str, Any] | None = None,
    polls: bool = False,
    speed: float | None = 400,
    answers: dict[str, Any] | None = None,
    far_answers: dict[str, Any] | None = None,
    intended: dict[str, Any] | None = None,
    **ends: Any,
) -> World:
    made = Ends(**ends)
    other = f"{name}-far"
    table: dict[Any, Any] = {}
    for end, device in enumerate((name, other)):
        table |= {
            (device, "identity"): Identity(serial=(SERIAL, far_serial)[end], model=value("M-1")),
            (device, "ports"): (Port(name=(PORT, FAR)[end], admin_up=value(True), oper_up=value(False)),),
            (device, "pattern_test"): made.test(end),
            (device, "set_pattern"): made.switch(end),
            (device, "bundles"): (),
            (device, "neighbors"): (),
        }
        if polls:
            table |= {
                (device, "polling"): lambda port, end=end: value(made.polled[end]),
                (device, "set_polling"): made.poll(end),
            }
    for device, over in ((name, answers), (other, far_answers)):
        for method, told in (over or {}).items():
            if told is LACKING:
                table.pop((device, method), None)
            else:
                table[device, method] = told
    stated = {"optic": "400GBASE-DR4", **({"speed_gbps": speed} if speed else {})}
    return World(
        subject=f"{name}/{PORT}",
        devices=[written(name, expect=EXPECT), written(other, expect=EXPECT)],
        ports=[
            {"device": name, "name": PORT, **stated},
            {"device": other, "name": FAR, **stated, **(far_port or {})},
        ],
        cables=[{"a_device": name, "a_port": PORT, "b_device": other, "b_port": FAR}],
        table=table,
        did=made.did,
        intended=intended,
    )


BEGUN = "0 checker on; 1 checker on; 0 generator on; 1 generator on"
OVER = "0 generator off; 0 checker off; 1 generator off; 1 checker off"
RAN = f"{BEGUN}; {OVER}"
POLLED = "0 generator off; 0 checker off; 0 polling on; 1 generator off; 1 checker off; 1 polling on"
PAUSED = f"0 polling off; 1 polling off; {BEGUN}; {POLLED}"
PATTERNS = Table(
    check="link.patterns",
    kind="action",
    world=pattern_world,
    reads=(),
    envelope=("base", "optics"),
    step={"until_s": 5.0, "every_s": 1.0},
    cases=(
        case("clean both ways", f"PASS; {RAN}"),
        case("field 08 the switch's polling is paused meanwhile", f"PASS; {PAUSED}", polls=True),
        case("no error at all is what so many bits prove", f"PASS; {RAN}",
             here=dict.fromkeys(range(1, 5), 0.0), far=dict.fromkeys(range(1, 5), 0.0)),
        case("one lane here bad", f"FAIL; {RAN}", here={3: BAD}),
        case("one far lane bad", f"FAIL; {RAN}", far={1: BAD}),
        case("one lane between", f"MARGINAL; {RAN}", far={1: 1e-6}),
        case("one lane never finds the pattern", f"FAIL; {RAN}", here={2: 0.5}),
        case("a lane too few", f"UNKNOWN no_data; {RAN}", lanes=3),
        case("no speed to reckon bits by", f"UNKNOWN no_data; {RAN}", speed=None),
        case("no ratio told", f"UNKNOWN no_data; {RAN}", told=lambda ber: NOT_AVAILABLE),
        case("a ratio in words", f"UNKNOWN no_data; {RAN}", told=lambda ber: value("0")),
        case("a generator that does not run", "UNKNOWN refused; 0 checker on; 1 checker on; 0 generator on; "
             "0 generator off; 0 checker off; 1 generator off; 1 checker off", deaf=("generator",)),
        case("the far end has no patterns", "UNKNOWN no_data",
             far_answers={"pattern_test": LACKING, "set_pattern": LACKING}),
        case("the far end refuses", "UNKNOWN refused; 0 checker on; 0 generator off; 0 checker off",
             far_answers={"set_pattern": Refused("it: no")}),
        case("somebody has a pattern on", "UNKNOWN skipped", odd=True),
        case("after a crash, sending", f"PASS; 0 generator off; 0 checker off; {RAN}", odd=True,
             intended={"unusual": ""}),
        case("far end unreachable", "UNKNOWN unreachable",
             far_answers={"pattern_test": Unreachable("it: gone")}),
        case("field 05 another serial at the far end", "FAIL", far_serial=value("SN-2")),
        case("field 06 far end in service", "UNKNOWN skipped", far_port=IN_SERVICE),
    ),
)  # fmt: skip


class Room:
    """A sender, and receivers: `to` says which receiver, and which of its lanes, each sending lane lights."""

    def __init__(
        self,
        name: str,
        to: dict[int, tuple[str, int]],
        *,
        deaf: bool = False,
        blinks: bool = False,
        age_s: float | None = None,
        dark: tuple[str, ...] = (),
    ) -> None:
        self.did: list[str] = []
        self._to, self._deaf, self._blinks, self._age_s, self._dark = to, deaf, blinks, age_s, dark
        self._off: set[int] = set()
        self._turns = 0

    def switch(self, port: str, lanes: tuple[int, ...], on: bool) -> None:
        self.did.append("on" if on else "off")
        self._turns += 1
        if not self._deaf:
            which = set(lanes) or set(range(1, LANES + 1))
            self._off = self._off - which if on else self._off | which

    def told(self, port: str) -> Transmitters:
        lanes = (
            LaneTransmitter(index=lane, disabled=value(lane in self._off)) for lane in range(1, LANES + 1)
        )
        return Transmitters(port=port, lanes=tuple(lanes))

    def receiver(self, end: str) -> Callable[[], tuple[Optic, ...]]:
        def told() -> tuple[Optic, ...]:
            lanes = []
            for lane in range(1, LANES + 1):
                from_lane = next((out for out, at in self._to.items() if at == (end, lane)), None)
                lit = from_lane is None or from_lane not in self._off
                if self._blinks and end == "other":
                    lit = self._turns != 1
                read = value(-2.0, age_s=self._age_s) if lit and end not in self._dark else DARK
                lanes.append(Lane(index=lane, rx_power_dbm=read, tx_power_dbm=value(-1.0)))
            name = FAR if end == "far" else PORT
            return (Optic(port=name, present=value(True), lanes=tuple(lanes)),)

        return told


def straight(end: str) -> dict[int, tuple[str, int]]:
    return {lane: (end, lane) for lane in range(1, LANES + 1)}


def tone_world(
    name: str,
    *,
    to: dict[int, tuple[str, int]] | None = None,
    answers: dict[str, Any] | None = None,
    far_answers: dict[str, Any] | None = None,
    other_answers: dict[str, Any] | None = None,
    **room: Any,
) -> World:
    made = Room(name, straight("far") if to is None else to, **room)
    far, other, third = f"{name}-far", f"{name}-other", f"{name}-third"
    table: dict[Any, Any] = {}
    for end, device in (("here", name), ("far", far), ("other", other)):
        table |= {
            (device, "identity"): Identity(serial=SERIAL, model=value("M-1")),
            (device, "ports"): (Port(name=FAR if end == "far" else PORT, admin_up=value(True)),),
            (device, "optics"): made.receiver(end),
            (device, "bundles"): (),
            (device, "neighbors"): (),
        }
    table |= {(name, "transmitters"): made.told, (name, "set_transmitters"): made.switch}
    for device, over in ((name, answers), (far, far_answers), (other, other_answers)):
        for method, told in (over or {}).items():
            if told is LACKING:
                table.pop((device, method), None)
            else:
                table[device, method] = told
    return World(
        subject=f"{name}/{PORT}",
        devices=[written(each, expect=EXPECT) for each in (name, far, other, third)],
        ports=[{"device": name, "name": PORT, "optic": "400GBASE-DR4"}],
        cables=[
            {"a_device": name, "a_port": PORT, "b_device": far, "b_port": FAR},
            {"a_device": other, "a_port": PORT, "b_device": third, "b_port": FAR},
        ],
        table=table,
        did=made.did,
    )


TWICE = "; ".join(["off", "on"] * 2)
BY_LANE = "; ".join(["off", "on"] * 8)
EACH = {"with": {"lanes": True}}
CROSSED = {1: ("far", 4), 2: ("far", 3), 3: ("far", 2), 4: ("far", 1)}
TONE = Table(
    check="link.tone",
    kind="action",
    world=tone_world,
    reads=(),
    envelope=("base", "optics"),
    cases=(
        case("the planned end follows", f"PASS; {TWICE}"),
        case("another end follows", f"FAIL; {TWICE}", to=straight("other")),
        case("two ends follow", f"FAIL; {TWICE}", to={1: ("far", 1), 2: ("other", 2)}),
        case("nobody follows", f"FAIL; {TWICE}", to={}),
        case("somebody else goes dark once, and stays out of it", f"PASS; {TWICE}", blinks=True),
        case("the planned end was dark before", f"UNKNOWN no_data; {TWICE}", dark=("far",)),
        case("the planned end was dark before, and another follows", f"FAIL; {TWICE}", dark=("far",),
             to=straight("other")),
        case("samples as old as the hills", f"UNKNOWN no_data; {TWICE}", to={}, age_s=3600.0),
        case("deaf", "UNKNOWN refused; off", deaf=True),
        case("a receiver can't be read", "UNKNOWN unreachable",
             other_answers={"optics": Unreachable("it: gone")}),
        case("the planned end tells no optics", f"UNKNOWN no_data; {TWICE}",
             far_answers={"optics": LACKING}),
        case("its platform can't switch light", "UNKNOWN no_data",
             answers={"transmitters": LACKING, "set_transmitters": LACKING}),
        case("it refuses", "UNKNOWN refused", answers={"set_transmitters": Refused("it: no")}),
    ),
)  # fmt: skip
TONE_BY_LANE = Table(
    check="link.tone",
    kind="action",
    world=tone_world,
    reads=(),
    envelope=("base", "optics"),
    step=EACH,
    cases=(
        case("each lane on its own", f"PASS; {BY_LANE}"),
        case("lanes crossed", f"FAIL; {BY_LANE}", to=CROSSED),
        case("one lane heard by nobody", f"FAIL; {BY_LANE}",
             to={lane: ("far", lane) for lane in (1, 2, 3)}),
    ),
)  # fmt: skip
TABLES = (PATTERNS, TONE, TONE_BY_LANE)
