"""A link of five segments, each good, bad or dead, whose signal comes back where its modules are told to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bringup.action.bounce import POLL_S
from bringup.model.errors import Refused, TimedOut, Unreachable
from bringup.model.facts import FecCounters, Identity, Port
from bringup.model.facts_module import Loopbacks
from bringup.model.measurement import ABSENT, Read, value
from tests.action.cases_port import FAR, PORT
from tests.action.cases_power import EXPECT, IN_SERVICE, SERIAL
from tests.check.trial import LACKING, Case, Table, World, case, written

BITS_A_LOOK = 400e9 * 1.0625 * POLL_S
GOOD, BAD, DEAD = 1e-9, 1e-4, 1.0
RUNS = {"speed_gbps": value(400.0), "fec_mode": value("rs544")}
ALL = ("host-side-input", "media-side-output", "media-side-input", "host-side-output")
PASSES = {"host-side-input": 1, "media-side-output": 2, "media-side-input": 3, "host-side-output": 4}
HOST, MODULE, FIBRE, FAR_MODULE, FAR_HOST = range(5)
HERE = frozenset({"host-side-input", "media-side-output"})


class Link:
    """`segments`: the ratio that each adds. Nothing is up for `UP_AFTER` looks after a change."""

    def __init__(
        self,
        segments: tuple[float, ...] = (GOOD,) * 5,
        *,
        here: tuple[str, ...] = ALL,
        far: tuple[str, ...] = ALL,
        deaf: frozenset[str] = frozenset(),
        sticks: bool = False,
        loses: Exception | None = None,
        cleared_every: int | None = None,
        odd: str | None = None,
        flaps: bool = False,
    ) -> None:
        self.did: list[str] = []
        self._segments, self._offers = segments, (here, far)
        self._deaf, self._sticks, self._loses = deaf, sticks, loses
        self._cleared_every, self._flaps = cleared_every, flaps
        self._on: tuple[set[str], set[str]] = ({odd} if odd else set(), set())
        self._looks, self._changed, self._errors = 0, -1000, 0.0

    def switch(self, end: int) -> Callable[[str, str, bool], None]:
        def told(port: str, where: str, on: bool) -> None:
            self.did.append(f"{where} {'on' if on else 'off'}")
            if where in self._deaf or (self._sticks and not on):
                return
            (self._on[end].add if on else self._on[end].discard)(where)
            self._changed = self._looks
            if self._loses is not None:
                raise self._loses

        return told

    def told(self, end: int) -> Callable[[str], Loopbacks]:
        return lambda port: Loopbacks(
            port=port,
            supported=self._offers[end],  # type: ignore[arg-type]
            on=dict.fromkeys(self._on[end], (1, 2, 3, 4)),  # type: ignore[misc]
        )

    def _passed(self) -> int:
        near = [PASSES[where] for where in self._on[0] if where in HERE]
        far = [PASSES[where] for where in self._on[1] if where not in HERE]
        return min((*near, *far), default=5)

    @property
    def ber(self) -> float:
        return sum(self._segments[: self._passed()])

    @property
    def up(self) -> bool:
        if self._flaps and self._looks % 5 == 0:
            return False
        return self.ber < 0.1 and self._looks - self._changed > 3

    def near(self) -> tuple[Port, ...]:
        self._looks += 1
        if self._cleared_every is not None and self._looks % self._cleared_every == 0:
            self._errors = 0.0
        elif self.up:
            self._errors += self.ber * BITS_A_LOOK
        return (Port(name=PORT, admin_up=value(True), oper_up=value(self.up), **RUNS),)

    def far(self) -> tuple[Port, ...]:
        up = self.up and self._passed() == 5
        return (Port(name=FAR, admin_up=value(True), oper_up=value(up), **RUNS),)

    def counters(self) -> tuple[FecCounters, ...]:
        return (FecCounters(port=PORT, corrected_bits=value(int(self._errors))),)


def ladder_world(
    name: str,
    *,
    bad: dict[int, float] | None = None,
    serial: Read = SERIAL,
    far_serial: Read = SERIAL,
    far_port: dict[str, Any] | None = None,
    cabled: bool = True,
    answers: dict[str, Any] | None = None,
    far_answers: dict[str, Any] | None = None,
    intended: dict[str, Any] | None = None,
    **link: Any,
) -> World:
    segments = tuple((bad or {}).get(at, GOOD) for at in range(5))
    made = Link(segments, **link)
    other = f"{name}-far"
    table: dict[Any, Any] = {}
    for end, device in enumerate((name, other)):
        table |= {
            (device, "identity"): Identity(serial=(serial, far_serial)[end], model=value("M-1")),
            (device, "ports"): (made.near, made.far)[end],
            (device, "loopbacks"): made.told(end),
            (device, "set_loopback"): made.switch(end),
            (device, "bundles"): (),
            (device, "neighbors"): (),
        }
    table[name, "fec_counters"] = made.counters
    for device, over in ((name, answers), (other, far_answers)):
        for method, told in (over or {}).items():
            if told is LACKING:
                table.pop((device, method), None)
            else:
                table[device, method] = told
    cable = {"a_device": name, "a_port": PORT, "b_device": other, "b_port": FAR}
    return World(
        subject=f"{name}/{PORT}",
        devices=[written(name, expect=EXPECT), written(other, expect=EXPECT)],
        ports=[
            {"device": name, "name": PORT, "speed_gbps": 400},
            {"device": other, "name": FAR, "speed_gbps": 400, **(far_port or {})},
        ],
        cables=[cable] if cabled else [],
        table=table,
        did=made.did,
        intended=intended,
    )


def climbed(*rungs: str) -> str:
    return "; ".join(f"{rung} {word}" for rung in rungs for word in ("on", "off"))


UP_TO = [climbed(*ALL[:count]) for count in range(5)]
NOBODY = {"loopbacks": LACKING, "set_loopback": LACKING}
LADDER = Table(
    check="link.loopbacks",
    kind="action",
    world=ladder_world,
    reads=(),
    envelope=("base", "optics"),
    cases=(
        case("good all along", f"PASS; {UP_TO[4]}"),
        case("a dead host", f"FAIL; {UP_TO[1]}", bad={HOST: DEAD}),
        case("a noisy host", f"FAIL; {UP_TO[1]}", bad={HOST: BAD}),
        case("a dead module", f"FAIL; {UP_TO[2]}", bad={MODULE: DEAD}),
        case("a dirty fibre", f"FAIL; {UP_TO[3]}", bad={FIBRE: BAD}),
        case("a broken fibre", f"FAIL; {UP_TO[3]}", bad={FIBRE: DEAD}),
        case("a dead far module", f"FAIL; {UP_TO[4]}", bad={FAR_MODULE: DEAD}),
        case("a dead far host", f"FAIL; {UP_TO[4]}", bad={FAR_HOST: DEAD}),
        case("two are bad, the nearer is named", f"FAIL; {UP_TO[2]}", bad={MODULE: BAD, FIBRE: DEAD}),
        case("the far end can't loop", f"PASS; {UP_TO[2]}", far_answers=NOBODY),
        case("the far end can't loop, dirty fibre", f"FAIL; {UP_TO[2]}", bad={FIBRE: DEAD},
             far_answers=NOBODY),
        case("nobody can loop, and it is good", "PASS", here=(), far=()),
        case("nobody can loop, and it is bad", "FAIL", here=(), far=(), bad={FIBRE: DEAD}),
        case("it takes the command and does nothing", "UNKNOWN refused; media-side-input on",
             here=(), far=("media-side-input",), deaf=frozenset({"media-side-input"})),
        case("it does not let go", "FAIL; host-side-input on; "
             + "; ".join(["host-side-input off"] * 33), sticks=True, bad={HOST: DEAD}),
        case("its answers are lost", "UNKNOWN timeout; host-side-input on; host-side-input off",
             loses=TimedOut("it: too late")),
        case("it refuses", "UNKNOWN refused",
             answers={"set_loopback": Refused("it: no")}),
        case("counters cleared all the time", f"UNKNOWN no_data; {UP_TO[1]}", cleared_every=3),
        case("counters without a number", f"UNKNOWN no_data; {UP_TO[1]}",
             answers={"fec_counters": (FecCounters(port=PORT, corrected_bits=ABSENT),)}),
        case("counters unreachable", f"UNKNOWN unreachable; {UP_TO[1]}",
             answers={"fec_counters": Unreachable("it: gone")}),
        case("goes down again and again", f"FAIL; {UP_TO[1]}", flaps=True),
        case("somebody has a loopback on", "UNKNOWN skipped", odd="host-side-output"),
        case("after a crash, in a loopback", f"PASS; host-side-output off; {UP_TO[4]}",
             odd="host-side-output", intended={"unusual": ""}),
        case("far end unreachable", "UNKNOWN unreachable",
             far_answers={"loopbacks": Unreachable("it: gone")}),
        case("no cable", "UNKNOWN skipped", cabled=False),
        case("field 05 another serial", "FAIL", serial=value("SN-2")),
        case("field 05 another serial at the far end", "FAIL", far_serial=value("SN-2")),
        case("field 06 far end in service", "UNKNOWN skipped", far_port=IN_SERVICE),
    ),
)  # fmt: skip
SEGMENTS = {
    HOST: "this end's host and its lanes to the module",
    MODULE: "this end's module",
    FIBRE: "light and fibre between the modules",
    FAR_MODULE: "the far end's module",
    FAR_HOST: "the far end's host and its lanes to the module",
}
NAMED: tuple[Case, ...] = tuple(
    case(f"segment {at} at {ratio:g}", words, bad={at: ratio})
    for at, words in SEGMENTS.items()
    for ratio in (DEAD, BAD)
)
NORMAL = Table(
    check="module.normal",
    kind="action",
    world=ladder_world,
    reads=(),
    step={"until_s": 5.0, "every_s": 1.0},
    cases=(
        case("nothing to put back", "PASS"),
        case("a loopback that somebody left", "PASS; host-side-output off", odd="host-side-output"),
        case("it does not go back", "FAIL; host-side-output off", odd="host-side-output", sticks=True),
        case("it refuses", "UNKNOWN refused", odd="host-side-output",
             answers={"set_loopback": Refused("it: no")}),
        case("after a crash, put back", "PASS", intended={"unusual": "a loopback"}),
        case("the far end unreachable", "UNKNOWN unreachable",
             far_answers={"loopbacks": Unreachable("it: gone")}),
        case("field 05 another serial at the far end to be put back", "FAIL", odd="host-side-output",
             far_serial=value("SN-2")),
        case("field 06 the far end in service", "UNKNOWN skipped", far_port=IN_SERVICE),
    ),
)  # fmt: skip
TABLES = (LADDER, NORMAL)
