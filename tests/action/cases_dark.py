"""Both ends of a cable held dark, and let shine again: every way in which that must not be called safe.

Each end has transmitters of its own. `monitors` is what an end's power monitors say after the change: the
truth, nothing, or always light.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bringup.model.errors import Refused, TimedOut, Unreachable
from bringup.model.facts import Identity, Lane, Optic, Port
from bringup.model.facts_module import LaneTransmitter, Transmitters
from bringup.model.measurement import ABSENT, DARK, NOT_AVAILABLE, UNSUPPORTED, Read, value
from bringup.model.subject import link
from tests.action.cases_port import FAR, NEVER_DROPPED, PORT, bundled
from tests.action.cases_power import EXPECT, IN_SERVICE, SERIAL
from tests.check.trial import LACKING, Case, Table, World, case, written

LIT = value(-1.0)
LANES = 4
BUNDLES = tuple(each for each in NEVER_DROPPED if "bundle" in each.name)


class Lasers:
    """One end's transmitters. `stuck`: lanes that go on shining whatever they are told."""

    def __init__(
        self,
        port: str,
        did: list[str],
        *,
        off: bool = False,
        deaf: bool = False,
        stuck: tuple[int, ...] = (),
        loses: Exception | None = None,
        monitor: Callable[[bool], Read] | None = None,
        sends: Callable[[bool], Read] = value,
        lanes: int = LANES,
        disabled: Callable[[bool], Read] = value,
    ) -> None:
        self._port, self._did, self.off, self._deaf, self._stuck = port, did, off, deaf, stuck
        self._loses, self._lanes, self._sends, self._disabled = loses, lanes, sends, disabled
        self._monitor = monitor or (lambda lit: LIT if lit else DARK)

    def switch(self, port: str, lanes: tuple[int, ...], on: bool) -> None:
        self._did.append(f"{self._port} {'on' if on else 'off'}")
        if not self._deaf:
            self.off = not on
        if self._loses is not None:
            raise self._loses

    def admin(self, port: str, up: bool) -> None:
        self.switch(port, (), up)

    def _shines(self, lane: int) -> bool:
        return not self.off or lane in self._stuck

    def told(self, port: str) -> Transmitters:
        return Transmitters(
            port=self._port,
            lanes=tuple(
                LaneTransmitter(
                    index=lane, disabled=self._disabled(self.off), sending=self._sends(self._shines(lane))
                )
                for lane in range(1, self._lanes + 1)
            ),
        )

    def optics(self) -> tuple[Optic, ...]:
        lanes = tuple(
            Lane(index=lane, tx_power_dbm=self._monitor(self._shines(lane)))
            for lane in range(1, self._lanes + 1)
        )
        return (Optic(port=self._port, present=value(True), lanes=lanes),)

    def ports(self) -> tuple[Port, ...]:
        return (Port(name=self._port, admin_up=value(not self.off), oper_up=value(not self.off)),)


def dark_world(
    name: str,
    *,
    here: dict[str, Any] | None = None,
    far: dict[str, Any] | None = None,
    far_by_port: bool = False,
    medium: str = "400GBASE-DR4",
    serial: Read = SERIAL,
    far_serial: Read = SERIAL,
    expect: dict[str, Any] | None = None,
    near_port: dict[str, Any] | None = None,
    far_port: dict[str, Any] | None = None,
    bundles: Any = (),
    neighbors: Any = (),
    far_bundles: Any = (),
    answers: dict[str, Any] | None = None,
    far_answers: dict[str, Any] | None = None,
    intended: dict[str, Any] | None = None,
    answer: str | None = None,
    ports_also: tuple[dict[str, Any], ...] = (),
) -> World:
    did: list[str] = []
    other = f"{name}-far"
    ends = {name: Lasers(PORT, did, **(here or {})), other: Lasers(FAR, did, **(far or {}))}
    table: dict[Any, Any] = {}
    for device, lasers in ends.items():
        told = serial if device == name else far_serial
        table |= {
            (device, "identity"): Identity(serial=told, model=value("M-1")),
            (device, "optics"): lasers.optics,
            (device, "ports"): lasers.ports,
            (device, "neighbors"): neighbors if device == name else (),
            (device, "bundles"): bundles if device == name else far_bundles,
        }
        if device == other and far_by_port:
            table[device, "set_admin"] = lasers.admin
        else:
            table |= {
                (device, "transmitters"): lasers.told,
                (device, "set_transmitters"): lasers.switch,
            }
    for device, over in ((name, answers), (other, far_answers)):
        for method, told_instead in (over or {}).items():
            if told_instead is LACKING:
                table.pop((device, method), None)
            else:
                table[device, method] = told_instead
    cable = {"a_device": name, "a_port": PORT, "b_device": other, "b_port": FAR, "medium": medium}
    return World(
        subject=link(f"{name}/{PORT}", f"{other}/{FAR}"),
        devices=[
            written(name, expect=EXPECT if expect is None else expect),
            written(other, expect=EXPECT),
        ],
        ports=[
            {"device": name, "name": PORT, "optic": medium, **(near_port or {})},
            {"device": other, "name": FAR, "optic": medium, **(far_port or {})},
            *({"device": name, **also} for also in ports_also),
        ],
        cables=[cable],
        table=table,
        did=did,
        intended=intended,
        answer=answer,
    )


OFF = f"{FAR} off; {PORT} off"
ON = f"{FAR} on; {PORT} on"
HELD_BY_US = {
    "first_way": "lanes", "first_off": False, "first_dark": False,
    "second_way": "lanes", "second_off": False, "second_dark": False,
}  # fmt: skip
ALL_OFF = {"here": {"off": True}, "far": {"off": True}}


def blind(lit: bool) -> Read:
    return UNSUPPORTED


def unread(lit: bool) -> Read:
    return NOT_AVAILABLE


DARK_TABLE = Table(
    check="link.dark",
    kind="action",
    world=dark_world,
    reads=(),
    step={"until_s": 5.0, "every_s": 1.0},
    cases=(
        case("both ends go dark", f"PASS; {OFF}"),
        case("dark already, and held from now on", f"PASS; {OFF}", **ALL_OFF),
        case("far end by its port alone", f"PASS; {OFF}", far_by_port=True),
        case("far end by its port, which shines on", f"FAIL; {OFF}", far_by_port=True, far={"stuck": (1,)}),
        case("far end by its port, without any monitor", f"UNKNOWN no_data; {OFF}", far_by_port=True,
             far={"monitor": blind}),
        case("one lane here shines on", f"FAIL; {OFF}", here={"stuck": (3,)}),
        case("one far lane shines on", f"FAIL; {OFF}", far={"stuck": (4,)}),
        case("told to be off and seen lit", f"FAIL; {OFF}", far={"monitor": lambda lit: LIT}),
        case("a floor of minus forty is dark", f"PASS; {OFF}",
             far={"monitor": lambda lit: LIT if lit else value(-40.0)}),
        case("a residue above the standards off power is light", f"FAIL; {OFF}",
             far={"monitor": lambda lit: LIT if lit else value(-18.0)}),
        case("no monitor, its outputs told off", f"PASS; {OFF}", far={"monitor": blind}),
        case("no monitor, its outputs not told", f"UNKNOWN no_data; {OFF}",
             far={"monitor": blind, "sends": unread}),
        case("monitors unread", f"UNKNOWN no_data; {OFF}", far={"monitor": unread, "sends": unread}),
        case("monitors in words", f"UNKNOWN no_data; {OFF}", far={"monitor": lambda lit: value("dark")}),
        case("a sample from before", f"UNKNOWN no_data; {OFF}",
             far={"monitor": lambda lit: value(-40.0, age_s=900.0)}),
        case("a lane too few", f"UNKNOWN no_data; {OFF}", far={"lanes": 3}),
        case("no lane at all", f"UNKNOWN no_data; {OFF}", far={"lanes": 0}),
        case("controls unread", f"UNKNOWN no_data; {OFF}", far={"disabled": lambda off: ABSENT}),
        case("controls in words", f"UNKNOWN no_data; {OFF}", far={"disabled": lambda off: value("off")}),
        case("both deaf", f"FAIL; {OFF}", here={"deaf": True}, far={"deaf": True}),
        case("one deaf", f"FAIL; {OFF}", far={"deaf": True}),
        case("the far end refuses", f"UNKNOWN refused; {OFF}",
             far={"deaf": True, "loses": Refused("it: no")}),
        case("this end refuses", f"UNKNOWN refused; {OFF}",
             here={"deaf": True, "loses": Refused("it: no")}),
        case("its answer is lost", f"PASS; {OFF}", far={"loses": TimedOut("it: too late")}),
        case("far end unreachable", "UNKNOWN unreachable",
             far_answers={"transmitters": Unreachable("it: gone")}),
        case("far end can't be switched", "UNKNOWN no_data",
             far_answers={"transmitters": LACKING, "set_transmitters": LACKING}),
        case("after a crash, dark", "PASS", intended=HELD_BY_US, **ALL_OFF),
        case("after a crash, half dark", f"PASS; {OFF}", intended=HELD_BY_US, far={"off": True}),
        case("copper", "UNKNOWN skipped", medium="400GBASE-CR4"),
        case("field 05 another serial", "FAIL", serial=value("SN-2")),
        case("field 05 another serial at the far end", "FAIL", far_serial=value("SN-2")),
        case("field 05 no serial at the far end", "FAIL", far_serial=ABSENT),
        case("no serial expected", "FAIL", expect={}),
        case("field 06 port in service", "UNKNOWN skipped", near_port=IN_SERVICE),
        case("field 06 far end in service", "UNKNOWN skipped", far_port=IN_SERVICE),
        case("field 06 far end protected", "UNKNOWN skipped", far_port={"protected": True}),
        case("field 06 last member at the far end", "UNKNOWN skipped",
             far_bundles=tuple(
                 type(each)(name=each.name, members=(FAR,), active=(FAR,)) for each in bundled(PORT)
             )),
        *(Case(one.name, one.expected.replace("False", OFF), one.over) for one in BUNDLES),
    ),
)  # fmt: skip
LIGHT_TABLE = Table(
    check="link.light",
    kind="action",
    world=dark_world,
    reads=(),
    begin=ALL_OFF,
    step={"until_s": 5.0, "every_s": 1.0},
    cases=(
        case("both shine again", f"PASS; {ON}"),
        case("both shine already", "PASS", here={}, far={}),
        case("one shines already", f"PASS; {ON}", here={}),
        case("far end by its port alone", f"PASS; {ON}", far_by_port=True),
        case("deaf", f"FAIL; {ON}", far={"off": True, "deaf": True}),
        case("controls unread", f"UNKNOWN no_data; {ON}",
             far={"off": True, "disabled": lambda off: ABSENT}),
        case("it refuses", f"UNKNOWN refused; {FAR} on",
             far={"off": True, "deaf": True, "loses": Refused("it: no")}),
        case("after a crash, shining", "PASS", here={}, far={}, intended=HELD_BY_US),
        case("after a crash, dark", f"PASS; {ON}", intended=HELD_BY_US),
        case("nobody knows of bundles, and nothing can drop", f"PASS; {ON}",
             far_answers={"bundles": LACKING}),
        case("field 05 another serial at the far end", "FAIL", far_serial=value("SN-2")),
        case("field 06 far end in service", "UNKNOWN skipped", far_port=IN_SERVICE),
    ),
)  # fmt: skip
TABLES = (DARK_TABLE, LIGHT_TABLE)
