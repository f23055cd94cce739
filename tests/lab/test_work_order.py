"""A work order of the solver, worked by a hand in a simulated rack: every port names who belongs there."""

from __future__ import annotations

import pytest

from bringup.cabling.link import End, Link
from bringup.cabling.move import Move
from bringup.cabling.neighbours import links_told
from bringup.cabling.solve import solve
from bringup.lab import hand
from bringup.lab.world import World
from tests.lab.hgx_world import booted_world, forward


def planned(world: World) -> list[Link]:
    """What the cables were before any was crossed."""
    ends = [(cable.a.port or "", cable.b.port or "", cable.label) for cable in world.cables]
    return [Link(end(a), end(b), label=label) for a, b, label in ends]


def end(subject: str) -> End:
    device, _, port = subject.partition("/")
    return End(device, port)


def named(world: World, plan: list[Link], port: End) -> End | None:
    """Who names himself at the far end of a port; SONiC's ports call themselves by an alias first."""
    ports = {each for link in plan for each in link.ends}
    for seen in world.neighbors(str(port)):
        for name in (seen.port_id, seen.port_description):
            if End(seen.system_name, name) in ports:
                return End(seen.system_name, name)
    return None


def found(world: World, plan: list[Link], hidden: set[End]) -> list[Link]:
    """What LLDP tells at every port but the hidden ones."""
    told: list[tuple[End, End | None]] = []
    for here in (each for link in plan for each in link.ends if each is not None and each not in hidden):
        far = named(world, plan, here)
        told.append((here, far if far not in hidden else None))
    return list(links_told(told).links)


def work(world: World, moves: tuple[Move, ...]) -> None:
    """One plug in the hand at any time, as the order says."""
    held = ""
    for move in moves:
        assert move.from_ is not None and move.to is not None and move.in_hand == bool(held)
        label = held or hand.take_out(world, str(move.from_))
        held = hand.take_out(world, str(move.to)) if move.takes_out else ""
        hand.put_in(world, label, str(move.to))
    assert not held


@pytest.fixture(scope="module")
def rack() -> World:
    return booted_world()


@pytest.mark.parametrize(("ring", "unknown"), [(2, 0), (3, 1), (12, 0), (12, 1)])
def test_a_ring_that_is_worked_off_leaves_every_port_as_planned(rack: World, ring: int, unknown: int) -> None:
    plan = planned(rack)
    crossed = [link for link in plan if link.b is not None][:ring]
    plugs = [hand.take_out(rack, str(link.b)) for link in crossed]
    for at, label in enumerate(plugs):
        hand.put_in(rack, label, str(crossed[(at + 1) % ring].b))
    forward(rack, 300.0)
    # The cable that begins at the first of them now is heard by nobody.
    hidden = {each for link in crossed[:unknown] for each in (link.a, crossed[1].b) if each is not None}
    order = solve(plan, found(rack, plan, hidden))
    assert len(order.moves) == ring and order.good == len(plan) - ring
    assert [each.assumed for each in order.unseen] == [True] * unknown
    work(rack, order.moves)
    forward(rack, 300.0)
    # Which of two like cables lies where is nobody's concern: their labels are not seen.
    assert {frozenset(link.ends) for link in planned(rack)} == {frozenset(link.ends) for link in plan}
    assert all(named(rack, plan, link.a) == link.b for link in plan if link.a is not None)
