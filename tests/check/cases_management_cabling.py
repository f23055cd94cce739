"""Management cabling: what a switch has heard on its ports, against the cable list."""

from __future__ import annotations

from typing import Any
from zlib import crc32

from bringup.model.facts import Attached, Neighbor
from bringup.model.measurement import ABSENT, value
from tests.check.trial import Table, World, answering, case, written

PORT, OTHER = "1/5", "1/6"
MACS = {"bmc": "02:1a:b0:a1:00:05", "twin": "02:1a:b0:a1:00:06", "guest": "02:1a:b0:a1:00:07"}


def heard(port: str, *who: str) -> Attached:
    """Addresses learned at a port: of the world's devices by their short names, else as they are."""
    return Attached(port=port, macs=tuple(MACS.get(each, each) for each in who))


def cabling_world(
    name: str,
    *,
    told: tuple[Attached, ...] | None = None,
    lldp: tuple[tuple[str, str, str], ...] = (),
    stated_mac: bool = True,
    shouted: bool = False,
    answers: dict[str, Any] | None = None,
) -> World:
    """A switch, a BMC and its twin cabled to it, a guest without a cable; `lldp`: (port, system, port)."""
    names = {each: f"{name}-{each}" for each in MACS}
    neighbors: dict[str, tuple[Neighbor, ...]] = {}
    for port, system, far in lldp:
        one = Neighbor(
            local_port=port,
            system_name=value(names.get(system, system)) if system else ABSENT,
            port_id=value(far),
        )
        neighbors[port] = (*neighbors.get(port, ()), one)
    ports = (heard(PORT, "bmc"), heard(OTHER, "twin")) if told is None else told
    listed = dict.fromkeys([*(one.port for one in ports), *neighbors])
    by_port = [(port, [one for one in ports if one.port == port]) for port in listed]
    attached = tuple(
        Attached(port=port, macs=macs.macs, neighbors=neighbors.get(port, ()))
        for port, found in by_port
        for macs in (found or [Attached(port=port)])
    )
    # addresses of one case's devices must not name another case's
    digits = f"{crc32(name.encode()) % 2**24:06x}"
    own = {who: f"{known[:8]}:{digits[:2]}:{digits[2:4]}:{known[-2:]}" for who, known in MACS.items()}
    back = {known: own[who] for who, known in MACS.items()}
    attached = tuple(
        Attached(
            port=one.port, macs=tuple(back.get(each, each) for each in one.macs), neighbors=one.neighbors
        )
        for one in attached
    )
    table: dict[Any, Any] = {(name, "attached"): attached}
    answering(table, answers)
    stated = {who: mac.upper().replace(":", "-") if shouted else mac for who, mac in own.items()}
    return World(
        subject=f"{name}/{PORT}",
        devices=[
            written(name),
            *(
                written(names[who], **({"mac": stated[who]} if stated_mac or who != "bmc" else {}))
                for who in MACS
            ),
        ],
        cables=[
            {"a_device": name, "a_port": port, "b_device": names[who], "b_port": "mgmt"}
            for port, who in ((PORT, "bmc"), (OTHER, "twin"))
        ],
        table=table,
    )


TABLES = (
    Table(
        check="management.cabling",
        world=cabling_world,
        reads=("attached",),
        # the row of the other port is planned, too; only that of the first is looked at
        cases=(
            case("each where it belongs", "PASS"),
            case("an address written in capitals", "PASS", shouted=True),
            case("by lldp alone", "PASS", told=(heard(OTHER, "twin"),), lldp=((PORT, "bmc", "mgmt"),)),
            case("lldp names the plug otherwise", "PASS", told=(), lldp=((PORT, "bmc", "eth0"),)),
            case("crossed", "FAIL", told=(heard(PORT, "twin"), heard(OTHER, "bmc"))),
            case("crossed and told by lldp", "FAIL", told=(),
                 lldp=((PORT, "twin", "mgmt"), (OTHER, "bmc", "mgmt"))),
            case("both on one port", "FAIL", told=(heard(PORT, "bmc", "twin"),)),
            case("one without a cable shares the port", "PASS", told=(heard(PORT, "bmc", "guest"),)),
            case("one without a cable alone", "FAIL", told=(heard(PORT, "guest"),)),
            case("a stranger by lldp", "FAIL", told=(), lldp=((PORT, "someone", "1"),)),
            case("a strange address", "FAIL", told=(heard(PORT, "02:00:00:00:00:99"),)),
            case("a strange address beside the expected one", "PASS",
                 told=(heard(PORT, "02:00:00:00:00:99", "bmc"),)),
            case("a strange address where none is stated", "UNKNOWN no_data", stated_mac=False,
                 told=(heard(PORT, "02:00:00:00:00:99"),)),
            case("a neighbour without a name", "UNKNOWN no_data", told=(), lldp=((PORT, "", "x"),)),
            case("nobody heard there", "UNKNOWN no_data", told=(heard(OTHER, "twin"),)),
            case("nobody heard at all", "UNKNOWN no_data", told=()),
            case("in a free port", "FAIL", told=(heard("1/9", "bmc"), heard(OTHER, "twin"))),
            case("lldp and the address contradict each other", "FAIL", lldp=((PORT, "twin", "mgmt"),)),
            case("a port listed twice", "UNKNOWN unparsable", told=(heard(PORT, "bmc"), heard(PORT, "twin"))),
        ),
    ),
)  # fmt: skip
