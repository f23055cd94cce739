"""Links made to lock anew: what a receiver does at each lock, and every way in which that must not pass.

Time goes by the looks at the port: two seconds each, as the engine takes them. So each case runs alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from bringup.action.bounce import POLL_S
from bringup.model.errors import Refused, TimedOut, Unreachable
from bringup.model.facts import FecCounters, Identity, Lane, Neighbor, Optic, Port
from bringup.model.measurement import ABSENT, DARK, Read, value
from tests.action.cases_port import FAR, NEVER_DROPPED, PORT
from tests.action.cases_power import EXPECT, IN_SERVICE, SERIAL
from tests.check.trial import LACKING, Case, Table, World, answering, case, written

BITS_A_LOOK = 400e9 * 1.0625 * POLL_S
GOOD, BAD = 1e-9, 1e-8
RUNS = {"speed_gbps": value(400.0), "fec_mode": value("rs544")}
UP_AFTER = 3
"""Looks from the opening to a link."""
BOUNCED = "; ".join(["False", "True"] * 3)


class Cable:
    """A port, its far end, and what both receivers make of each lock: `here` and `far` are ratios, lock by
    lock (the last goes on). `deaf` commands do nothing; `dies_at` is the lock at which no link comes.
    """

    def __init__(
        self,
        here: Sequence[float],
        far: Sequence[float],
        *,
        up_after: int = UP_AFTER,
        dies_at: int | None = None,
        falls_at: int | None = None,
        deaf: bool = False,
        loses: Exception | None = None,
        admin: bool = True,
        cleared_every: int | None = None,
        named_after: int | None = 2,
        falls_always: bool = False,
    ) -> None:
        self.did: list[str] = []
        self.admin = admin
        self._bers = (here, far)
        self._up_after, self._dies_at, self._falls_at = up_after, dies_at, falls_at
        self._named_after, self._falls_always = named_after, falls_always
        self._deaf, self._loses, self._cleared_every = deaf, loses, cleared_every
        self._lock, self._opened, self._looks = 0, -1000, 0
        self._errors = [0.0, 0.0]

    def command(self, port: str, up: bool) -> None:
        self.did.append(str(up))
        if not self._deaf:
            if up and not self.admin:
                self._lock, self._opened = self._lock + 1, self._looks
            self.admin = up
        if self._loses is not None:
            raise self._loses

    @property
    def up(self) -> bool:
        if not self.admin or self._looks == self._falls_at:
            return False
        if self._falls_always and self._looks - self._opened > 0 and self._looks % 15 == 0:
            return False
        return self._looks - self._opened >= self._up_after and self._lock != self._dies_at

    def near(self) -> tuple[Port, ...]:
        """The port as its device tells it: a look, by which time goes on."""
        self._looks += 1
        if self._cleared_every is not None and self._looks % self._cleared_every == 0:
            self._errors = [0.0, 0.0]
        elif self.up:
            for end, bers in enumerate(self._bers):
                self._errors[end] += bers[min(self._lock, len(bers) - 1)] * BITS_A_LOOK
        return (Port(name=PORT, admin_up=value(self.admin), oper_up=value(self.up), **RUNS),)

    def far(self) -> tuple[Port, ...]:
        return (Port(name=FAR, admin_up=value(True), oper_up=value(self.up), **RUNS),)

    def lanes(self) -> tuple[Optic, ...]:
        """One lane, which sends from the look after the opening on."""
        lit = self.admin and self._looks > self._opened + 1
        read = value(-1.0) if lit else DARK
        return (Optic(port=PORT, present=value(True), lanes=(Lane(index=1, tx_power_dbm=read),)),)

    def heard(self, far: str) -> Callable[[], tuple[Neighbor, ...]]:
        """The far end names itself some looks after the link has come up."""

        def told() -> tuple[Neighbor, ...]:
            after = self._up_after + (self._named_after or 0)
            if not self.up or self._named_after is None or self._looks - self._opened < after:
                return ()
            return (Neighbor(local_port=PORT, system_name=value(far), port_id=value(FAR)),)

        return told

    def counters(self, end: int) -> Callable[[], tuple[FecCounters, ...]]:
        name = (PORT, FAR)[end]
        return lambda: (FecCounters(port=name, corrected_bits=value(int(self._errors[end]))),)


def relock_world(
    name: str,
    *,
    here: Sequence[float] = (GOOD,),
    far: Sequence[float] = (GOOD,),
    serial: Read = SERIAL,
    expect: dict[str, Any] | None = None,
    far_port: dict[str, Any] | None = None,
    cabled: bool = True,
    lives: bool = False,
    takes_s: tuple[Read, Read] = (ABSENT, ABSENT),
    answers: dict[str, Any] | None = None,
    far_answers: dict[str, Any] | None = None,
    intended: dict[str, Any] | None = None,
    bundles: Any = (),
    neighbors: Any = (),
    answer: str | None = None,
    ports_also: tuple[dict[str, Any], ...] = (),
    **cable: Any,
) -> World:
    made = Cable(here, far, **cable)
    other = f"{name}-far"
    table: dict[Any, Any] = {
        (name, "identity"): lambda: Identity(serial=serial, model=value("M-1")),
        (name, "ports"): made.near,
        (name, "fec_counters"): made.counters(0),
        (name, "set_admin"): made.command,
        (name, "bundles"): bundles,
        (name, "neighbors"): neighbors,
        (other, "ports"): made.far,
        (other, "fec_counters"): made.counters(1),
    }
    if lives:
        there = (Optic(port=FAR, present=value(True), light_up_max_s=takes_s[1]),)
        table[(name, "optics")] = lambda: tuple(
            msgspec.structs.replace(one, light_up_max_s=takes_s[0]) for one in made.lanes()
        )
        table[(other, "optics")] = there
        table[(name, "neighbors")] = made.heard(other)
    answering(table, answers)
    table |= {(other, method): told for method, told in (far_answers or {}).items()}
    ends = {"a_device": name, "a_port": PORT, "b_device": other, "b_port": FAR}
    return World(
        subject=f"{name}/{PORT}",
        devices=[written(name, expect=EXPECT if expect is None else expect), written(other)],
        ports=[
            {"device": name, "name": PORT, "speed_gbps": 400},
            {"device": other, "name": FAR, "speed_gbps": 400, **(far_port or {})},
            *({"device": name, **also} for also in ports_also),
        ],
        cables=[ends] if cabled else [],
        table=table,
        did=made.did,
        intended=intended,
        answer=answer,
    )


SHUT_BY_US = {"admin": False, "intended": {"admin_up": True, "oper_up": True}}
RELOCK = Table(
    check="link.relock",
    kind="action",
    world=relock_world,
    reads=(),
    cases=(
        case("the same at each lock", f"PASS; {BOUNCED}"),
        case("so good that nobody can tell", f"PASS; {BOUNCED}", here=(0.0,), far=(1e-12, 5e-11)),
        case("a factor of three", f"MARGINAL; {BOUNCED}", far=(GOOD, GOOD, 3.3e-9)),
        case("silently worse after the second lock", f"FAIL; {BOUNCED}", far=(GOOD, GOOD, BAD, GOOD)),
        case("silently worse as found", f"FAIL; {BOUNCED}", here=(BAD, GOOD)),
        case("from 1e-10 to 1e-8 and back", f"FAIL; {BOUNCED}", here=(1e-10, BAD, 1e-10)),
        case("bad at each lock", f"FAIL; {BOUNCED}", here=(2e-5,), far=(2e-5,)),
        case("no link after the second opening", "FAIL; False; True; False; True", dies_at=2),
        case("a link that is down as found", "FAIL", dies_at=0),
        case("goes down by itself", f"FAIL; {BOUNCED}", falls_at=9),
        case("a slow link", f"MARGINAL; {BOUNCED}", up_after=32),
        case("a link too slow for its limit", f"FAIL; {BOUNCED}", up_after=65),
        case("cleared now and then", f"PASS; {BOUNCED}", cleared_every=45),
        case("cleared all the time", f"UNKNOWN no_data; {BOUNCED}", cleared_every=3),
        case("deaf", "FAIL; " + "; ".join(["False"] * 31), deaf=True),
        case("its answers are lost", f"PASS; {BOUNCED}", loses=TimedOut("it: too late")),
        case("it refuses", "UNKNOWN refused; " + "; ".join(["False"] * 31), deaf=True,
             loses=Refused("it: no")),
        case("counters unreachable", "UNKNOWN unreachable",
             answers={"fec_counters": Unreachable("it: gone")}),
        case("far counters unreachable", "UNKNOWN unreachable",
             far_answers={"fec_counters": Unreachable("it: gone")}),
        case("counters without a number", f"UNKNOWN no_data; {BOUNCED}",
             answers={"fec_counters": (FecCounters(port=PORT),)}),
        case("far counters without a number", f"UNKNOWN no_data; {BOUNCED}",
             far_answers={"fec_counters": (FecCounters(port=FAR, corrected_bits=value("many")),)}),
        case("far port not listed", "FAIL", far_answers={"ports": ()}),
        case("far port unreachable", "UNKNOWN unreachable", far_answers={"ports": Unreachable("it: gone")}),
        case("port not listed", "UNKNOWN no_data", answers={"ports": ()}),
        case("ports in words", "UNKNOWN skipped",
             answers={"ports": (Port(name=PORT, admin_up=value("up")),)}),
        case("ports unread", "UNKNOWN skipped", answers={"ports": (Port(name=PORT, admin_up=ABSENT),)}),
        case("shut by somebody", "UNKNOWN skipped", admin=False),
        case("after a crash, shut by us", f"PASS; True; {BOUNCED}", **SHUT_BY_US),
        case("after a crash, open", f"PASS; True; {BOUNCED}", intended={"admin_up": True, "oper_up": True}),
        case("no cable", "UNKNOWN skipped", cabled=False),
        case("another serial", "FAIL", serial=value("SN-2")),
        case("no serial expected", "FAIL", expect={}),
        case("far end in service", "UNKNOWN skipped", far_port=IN_SERVICE),
        *(Case(one.name, one.expected.replace("False", BOUNCED), one.over) for one in NEVER_DROPPED),
    ),
)  # fmt: skip
ONCE = "False; True"
SECONDS_10 = (value(10.0), value(5.0))
BRING_UP = Table(
    check="link.bring_up",
    kind="action",
    world=relock_world,
    reads=(),
    begin={"lives": True},
    cases=(
        case("comes up, is named, stays up", f"PASS; {ONCE}"),
        case("within what both modules advertise", f"PASS; {ONCE}", takes_s=SECONDS_10),
        case("slower than both modules advertise", f"FAIL; {ONCE}", takes_s=SECONDS_10, up_after=30),
        case("a bound of nothing is no bound", f"PASS; {ONCE}", takes_s=(value(0.0), value(0.0))),
        case("slow", f"MARGINAL; {ONCE}", up_after=70),
        case("too slow for its limit", f"FAIL; {ONCE}", up_after=100),
        case("never comes up", f"FAIL; {ONCE}", dies_at=1),
        case("nobody names itself", f"UNKNOWN no_data; {ONCE}", named_after=None),
        case("named late", f"MARGINAL; {ONCE}", named_after=40),
        case("named too late", f"FAIL; {ONCE}", named_after=70),
        case("falls once", f"FAIL; {ONCE}", falls_at=12),
        case("falls again and again", f"FAIL; {ONCE}", falls_always=True),
        case("deaf", "FAIL; " + "; ".join(["False"] * 31), deaf=True),
        case("its answers are lost", f"PASS; {ONCE}", loses=TimedOut("it: too late")),
        case("optics unreachable", "UNKNOWN unreachable", answers={"optics": Unreachable("it: gone")}),
        case("optics not told by platform", f"PASS; {ONCE}", answers={"optics": LACKING}),
        case("shut by somebody", "UNKNOWN skipped", admin=False),
        case("after a crash, shut by us", f"PASS; True; {ONCE}", **SHUT_BY_US),
        case("no cable", "UNKNOWN skipped", cabled=False),
        case("another serial", "FAIL", serial=value("SN-2")),
        case("far end in service", "UNKNOWN skipped", far_port=IN_SERVICE),
    ),
)  # fmt: skip
TABLES = (RELOCK, BRING_UP)
