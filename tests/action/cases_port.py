"""Ports opened and shut: every way in which it must not be done, or must not pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bringup.model.errors import Unreachable
from bringup.model.facts import Bundle, Identity, Neighbor, Port
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value
from tests.action.cases_power import EXPECT, IN_SERVICE, LOSES, REFUSES, SERIAL, STEP, UNREAD, Gear, deaf
from tests.check.trial import FALSE, LACKING, TRUE, Case, Table, World, answering, case, written

PORT, FAR = "Ethernet1/1", "eth0"


def obeys(word: str) -> Read:
    return value(word == "True")


def port_world(
    name: str,
    *,
    admin: Read,
    becomes: Callable[[str], Read | None] = obeys,
    loses: Exception | None = None,
    serial: Read = SERIAL,
    expect: dict[str, Any] | None = None,
    ports: tuple[Port, ...] | None = None,
    device: dict[str, Any] | None = None,
    port: dict[str, Any] | None = None,
    far: dict[str, Any] | None = None,
    intended: dict[str, Any] | None = None,
    answers: dict[str, Any] | None = None,
    bundles: Any = (),
    neighbors: Any = (),
    up: bool = True,
    ports_also: tuple[dict[str, Any], ...] = (),
    answer: str | None = None,
) -> World:
    gear = Gear(admin, becomes, loses)
    table: dict[Any, Any] = {
        (name, "identity"): lambda: Identity(serial=serial, model=value("M-1")),
        (name, "ports"): lambda: (
            (Port(name=PORT, admin_up=gear.state, oper_up=value(up)),) if ports is None else ports
        ),
        (name, "set_admin"): gear.command,
        (name, "bundles"): bundles,
        (name, "neighbors"): neighbors,
    }
    answering(table, answers)
    other = f"{name}-far"
    return World(
        subject=f"{name}/{PORT}",
        devices=[
            written(name, expect=EXPECT if expect is None else expect, **(device or {})),
            written(other),
        ],
        ports=[
            {"device": name, "name": PORT, **(port or {})},
            {"device": other, "name": FAR, **(far or {})},
            *({"device": name, **also} for also in ports_also),
        ],
        cables=[{"a_device": name, "a_port": PORT, "b_device": other, "b_port": FAR}],
        table=table,
        did=gear.did,
        intended=intended,
        answer=answer,
    )


def heard(system: str, port: str = "eth0") -> tuple[Neighbor, ...]:
    """What LLDP has seen on the port."""
    return (Neighbor(local_port=PORT, system_name=value(system), port_id=value(port)),)


def bundled(*active: str) -> tuple[Bundle, ...]:
    return (Bundle(name="Po1", members=(PORT, "Ethernet2/1"), active=active),)


NEVER_DROPPED = (
    case("field 06 last active member of a bundle", "UNKNOWN skipped", bundles=bundled(PORT)),
    case("field 06 one of two active members", "PASS; False", bundles=bundled(PORT, "Ethernet2/1")),
    case("field 06 member that is not active", "PASS; False", bundles=bundled("Ethernet2/1")),
    case("field 06 bundles unread", "UNKNOWN no_data", bundles=Unreachable("it: gone")),
    case("field 06 bundles unread, person says go on", "PASS; False",
         bundles=Unreachable("it: gone"), answer="go on"),
    case("field 06 bundles unread, person says no", "UNKNOWN skipped",
         bundles=Unreachable("it: gone"), answer="leave it"),
    case("field 06 bundles not told by platform", "UNKNOWN no_data", answers={"bundles": LACKING}),
    case("field 06 far end seen outside this run", "UNKNOWN skipped", neighbors=heard("stranger")),
    case("field 06 far end without a name", "UNKNOWN skipped", neighbors=(Neighbor(local_port=PORT),)),
    case("field 06 stranger on another port", "PASS; False",
         neighbors=(Neighbor(local_port="Ethernet9/1", system_name=value("stranger")),)),
    case("field 06 neighbors unread", "UNKNOWN no_data", neighbors=Unreachable("it: gone")),
    case("field 06 far end seen as planned", "PASS; False",
         neighbors=heard("field-06-far-end-seen-as-planned-far")),
    case("field 06 far end seen elsewhere, in service", "UNKNOWN skipped",
         neighbors=heard("field-06-far-end-seen-elsewhere--in-service"),
         ports_also=({"name": "eth0", "in_service": True},)),
)  # fmt: skip


def port_table(action: str, was: Read, word: str, *cases: Case) -> Table:
    """`word` is what is told a port that `was` otherwise."""
    return Table(
        check=action,
        kind="action",
        world=port_world,
        begin={"admin": was},
        reads=("ports", "identity"),
        step=STEP,
        cases=(
            case("to be done", f"PASS; {word}"),
            case("done already", "PASS", admin=value(not was.value)),
            case("unread, and done after that", f"PASS; {word}", admin=NOT_AVAILABLE),
            case("unread, and unread after that", f"UNKNOWN no_data; {word}", admin=ABSENT, becomes=deaf),
            case("in words", f"UNKNOWN no_data; {word}", admin=value("up"), becomes=deaf),
            case("deaf", f"FAIL; {word}", becomes=deaf),
            case("it refuses", f"UNKNOWN refused; {word}", becomes=deaf, loses=REFUSES),
            case("its answer is lost", f"PASS; {word}", loses=LOSES),
            case("after a crash, done", "PASS", admin=value(not was.value), intended={"admin_up": was.value}),
            case("after a crash, not done", f"PASS; {word}", intended={"admin_up": was.value}),
            case("after a crash, unread", "UNKNOWN no_data", admin=ABSENT, intended={"admin_up": was.value}),
            case("another serial", "FAIL", serial=value("SN-2")),
            *(case(f"serial unread {at}", "FAIL", serial=read) for at, read in enumerate(UNREAD)),
            case("no serial expected", "FAIL", expect={}),
            case("device protected", "UNKNOWN skipped", device={"protected": True}),
            case("port in service", "UNKNOWN skipped", port=IN_SERVICE),
            case("port protected", "UNKNOWN skipped", port={"protected": True}),
            case("port not listed", "UNKNOWN no_data", ports=()),
            case("port listed twice", "UNKNOWN unparsable",
                 ports=(Port(name=PORT, admin_up=was), Port(name=PORT, admin_up=value(not was.value)))),
            *cases,
        ),
    )  # fmt: skip


TABLES = (
    port_table("port.up", FALSE, "True", case("far end in service", "PASS; True", far=IN_SERVICE)),
    port_table("port.down", TRUE, "False", case("far end in service", "UNKNOWN skipped", far=IN_SERVICE),
               *NEVER_DROPPED),
)  # fmt: skip
