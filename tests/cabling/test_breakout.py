"""A breakout is one cable: its trunk moves once, and each leg that stands wrong once."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from bringup.cabling.breakout import Cages
from bringup.cabling.link import End, Link
from bringup.cabling.rules import list_faults
from bringup.cabling.solve import solve

LANES = 4


def plan(trunks: int, lanes: int = LANES) -> list[Link]:
    return [
        Link(End("leaf", f"swp{trunk}s{lane}"), End(f"node-{trunk}", f"e{lane}"))
        for trunk in range(trunks)
        for lane in range(lanes)
    ]


def test_two_trunks_that_are_swapped_are_two_moves() -> None:
    found = [
        Link(End("leaf", f"swp{1 - trunk}s{lane}"), End(f"node-{trunk}", f"e{lane}"))
        for trunk in range(2)
        for lane in range(LANES)
    ]
    moves = solve(plan(2), found).moves
    assert [(str(move.from_), str(move.to)) for move in moves] in (
        [("leaf/swp1", "leaf/swp0"), ("leaf/swp0", "leaf/swp1")],
        [("leaf/swp0", "leaf/swp1"), ("leaf/swp1", "leaf/swp0")],
    )


def test_two_legs_that_are_swapped_are_two_moves() -> None:
    found = plan(2)
    found[1], found[6] = Link(found[1].a, found[6].b), Link(found[6].a, found[1].b)
    moves = solve(plan(2), found).moves
    assert (
        {str(move.from_) for move in moves} == {"node-0/e1", "node-1/e2"} == {str(move.to) for move in moves}
    )


def test_a_leg_that_nobody_sees_is_not_moved() -> None:
    solution = solve(plan(2), plan(2)[1:])
    assert not solution.moves
    assert len(solution.unseen) == 1
    assert solution.good == 1


def test_links_under_one_label_are_one_cable_where_they_share_a_cage() -> None:
    expected = [
        Link(End("leaf", f"Ethernet{8 * trunk + 2 * lane}"), End(f"n{trunk}{lane}", "e"), label=f"B-{trunk}")
        for trunk in range(2)
        for lane in range(LANES)
    ]
    assert not list_faults(expected)
    found = [Link(expected[(at + LANES) % (2 * LANES)].a, link.b) for at, link in enumerate(expected)]
    assert {str(move.to) for move in solve(expected, found).moves} == {"leaf/Ethernet0", "leaf/Ethernet8"}
    assert len(solve(expected, found).moves) == 2


def test_a_cage_of_the_inventory_joins_its_ports() -> None:
    expected = [
        Link(End("leaf", f"Ethernet{4 * trunk + lane}"), End(f"n{trunk}{lane}", "e"))
        for trunk in range(2)
        for lane in range(LANES)
    ]
    found = [Link(expected[(at + LANES) % (2 * LANES)].a, link.b) for at, link in enumerate(expected)]
    assert len(solve(expected, found).moves) == 2 * LANES
    given_cages = {End("leaf", f"Ethernet{at}"): str(at // LANES) for at in range(2 * LANES)}
    assert len(solve(expected, found, cages=Cages.of(expected, given_cages)).moves) == 2


def test_a_port_that_is_whole_and_broken_out_is_a_fault() -> None:
    links = [
        Link(End("leaf", "swp1"), End("a", "1"), line=2),
        Link(End("leaf", "swp1s0"), End("b", "1"), line=3),
    ]
    (fault,) = list_faults(links)
    assert (fault.line, fault.field) == (3, "a_port")


def test_lanes_that_arrive_reversed_are_one_mistake() -> None:
    found = [Link(link.a, End("node-0", f"e{LANES - 1 - lane}")) for lane, link in enumerate(plan(1))]
    (hint,) = solve(plan(1), found).hints
    assert "polarity" in hint
    assert not solve(plan(2), plan(2)).hints


@settings(max_examples=150, deadline=None)
@given(st.permutations(range(12)), st.integers(0, 6), st.booleans())
def test_whatever_was_found_each_plug_moves_once_at_most(
    order: list[int], count: int, labelled: bool
) -> None:
    """Subports on both sides, whole ports beside parts of them, ends that nobody saw."""
    ports: list[End | None] = [
        *(End("leaf", f"swp{cage}s{lane}") for cage in range(2) for lane in range(2)),
        *(End("spine", f"swp{cage}s{lane}") for cage in range(2) for lane in range(2)),
        *(End("node", f"e{at}") for at in range(3)),
        None,
    ]
    expected = [Link(ports[at], ports[at + 4], label="B" if labelled else "") for at in range(4)]
    found = [
        Link(ports[order[2 * at]], ports[order[2 * at + 1]])
        for at in range(count)
        if (ports[order[2 * at]], ports[order[2 * at + 1]]) != (None, None)
    ]
    moves = solve(expected, found).moves
    taken = [move.from_ for move in moves if move.from_ is not None]
    put = [move.to for move in moves if move.to is not None]
    assert len(set(taken)) == len(taken)
    assert len(set(put)) == len(put)


@settings(max_examples=60, deadline=None)
@given(st.permutations(range(3)), st.permutations(range(6)))
def test_no_assignment_of_breakouts_moves_fewer_plugs(trunks: list[int], legs: list[int]) -> None:
    expected = plan(3, 2)
    far = [link.b for link in expected]
    found = [
        Link(End("leaf", f"swp{trunks[cable]}s{lane}"), far[legs[2 * cable + lane]])
        for cable in range(3)
        for lane in range(2)
    ]
    best = min(
        sum(
            (trunks[cable] != goal) + sum(legs[2 * cable + lane] != 2 * goal + lane for lane in range(2))
            for cable, goal in enumerate(order)
        )
        for order in itertools.permutations(range(3))
    )
    assert len(solve(expected, found).moves) == best
