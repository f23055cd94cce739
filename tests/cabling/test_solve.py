"""The work order is the shortest there is, with one plug in the hand; doing it makes the plan true."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bringup.cabling.link import End, Link
from bringup.cabling.move import Move, Place, Solution
from bringup.cabling.solve import solve

Pair = tuple[End, End]


def plan(count: int) -> list[Link]:
    return [Link(End("leaf", f"p{at}"), End("spine", f"p{at}"), label=f"C-{at}") for at in range(count)]


def turned(count: int, ring: int) -> list[Link]:
    """The plan with the far ends of the first `ring` cables one further."""
    return [
        Link(End("leaf", f"p{at}"), End("spine", f"p{(at + 1) % ring if at < ring else at}"))
        for at in range(count)
    ]


def pairs(links: Sequence[Link]) -> set[frozenset[End | None]]:
    return {frozenset(link.ends) for link in links}


def done(links: Sequence[Link], moves: Sequence[Move]) -> set[frozenset[End | None]]:
    """What is connected after the moves, made one at a time as the order says, with one hand."""
    at = {
        end: (number, side) for number, link in enumerate(links) for side, end in enumerate(link.ends) if end
    }
    where = {plug: end for end, plug in at.items()}
    hand: tuple[int, int] | None = None
    for move in moves:
        assert move.from_ is not None
        assert move.in_hand == (hand is not None)
        plug = hand if hand is not None else at.pop(move.from_)
        hand = None
        where.pop(plug)
        if move.to is None:
            continue
        assert move.takes_out == (move.to in at), move
        if move.takes_out:
            hand = at[move.to]
        at[move.to] = plug
        where[plug] = move.to
    assert hand is None
    made: dict[int, list[End]] = {}
    for (number, _), end in where.items():
        made.setdefault(number, []).append(end)
    return {frozenset(ends) for ends in made.values()}


def fewest(expected: Sequence[Link], there: Sequence[tuple[End, End]]) -> int:
    """By trying every cable in every link of the plan, both ways round."""
    best = 10**6
    for order in itertools.permutations(expected):
        cost = 0
        for (a, b), goal in zip(there, order, strict=True):
            cost += min((a != goal.a) + (b != goal.b), (a != goal.b) + (b != goal.a))
        best = min(best, cost)
    return best


@pytest.mark.parametrize("ring", [2, 3, 12])
def test_a_ring_of_k_cables_takes_k_moves(ring: int) -> None:
    expected, found = plan(16), turned(16, ring)
    solution = solve(expected, found)
    assert len(solution.moves) == ring
    assert solution.good == 16 - ring
    assert not solution.unseen
    assert done(found, solution.moves) == pairs(expected)
    assert len({move.group for move in solution.moves}) == 1


@pytest.mark.parametrize("ring", [2, 3, 12])
@pytest.mark.parametrize("hidden", ["the link", "its far end", "its near end"])
def test_a_ring_with_one_unknown_is_closed_by_elimination(ring: int, hidden: str) -> None:
    expected, truth = plan(16), turned(16, ring)
    left = {
        "the link": [],
        "its far end": [Link(truth[1].a, None)],
        "its near end": [Link(None, truth[1].b)],
    }[hidden]
    solution = solve(expected, [truth[0], *left, *truth[2:]])
    assert len(solution.moves) == ring
    assert done(truth, solution.moves) == pairs(expected)
    assert [frozenset((each.a, each.b)) for each in solution.unseen] == [frozenset(truth[1].ends)]
    assert solution.unseen[0].assumed
    assert any(move.assumed for move in solution.moves)


def test_nothing_to_move_is_nothing() -> None:
    assert solve(plan(5), plan(5)) == Solution((), (), (), 5)


def test_the_ends_of_a_link_have_no_order() -> None:
    assert not solve(plan(3), [Link(link.b, link.a) for link in plan(3)]).moves


def test_a_link_that_nobody_sees_is_unseen_and_not_moved() -> None:
    solution = solve(plan(3), plan(3)[1:])
    assert not solution.moves
    assert [(each.a, each.b, each.label) for each in solution.unseen] == [(*plan(3)[0].ends, "C-0")]


def test_two_dark_plugs_of_one_link_are_one_cable() -> None:
    first, *rest = plan(3)
    solution = solve(plan(3), [Link(first.a, None), Link(None, first.b), *rest])
    assert not solution.moves
    assert len(solution.unseen) == 1


def test_a_plug_in_a_port_outside_the_plan_moves_to_its_own() -> None:
    found = [Link(End("leaf", "p0"), End("spine", "p9")), *plan(3)[1:]]
    (move,) = solve(plan(3), found).moves
    assert (move.from_, move.to, move.stays) == (End("spine", "p9"), End("spine", "p0"), End("leaf", "p0"))
    assert not (move.takes_out or move.in_hand or move.assumed)
    assert (move.label, move.label_from, move.wrong) == ("C-0", "plan", "port")


def test_a_row_begins_at_the_free_port_so_that_nothing_hangs_loose() -> None:
    expected = plan(4)
    found = [Link(End("leaf", f"p{at}"), End("spine", f"p{at + 1}")) for at in range(4)]
    solution = solve(expected, found)
    assert len(solution.moves) == 4
    assert not any(move.takes_out for move in solution.moves)
    assert done(found, solution.moves) == pairs(expected)


def test_a_cable_too_many_is_taken_out_last_of_its_row() -> None:
    found = [Link(End("leaf", "p0"), End("x", "1")), Link(End("spine", "p0"), End("y", "1"))]
    solution = solve(plan(1), found)
    assert [move.wrong for move in solution.moves].count("surplus") == 1
    assert len(solution.moves) == 2
    assert frozenset(plan(1)[0].ends) in done(found, solution.moves)


def test_cables_that_the_plan_does_not_name_are_left_alone() -> None:
    extra = Link(End("a", "mgmt"), End("b", "mgmt"))
    solution = solve(plan(2), [*plan(2), extra])
    assert not solution.moves
    assert [frozenset(link.ends) for link in solution.extra] == [frozenset(extra.ends)]


def test_the_nearer_end_is_moved() -> None:
    """Two switches in one rack, two nodes in two: the plugs at the switches travel one unit."""
    expected = [
        Link(End("node-1", "e"), End("leaf-1", "p")),
        Link(End("node-2", "e"), End("leaf-2", "p")),
    ]
    found = [Link(expected[0].a, expected[1].b), Link(expected[1].a, expected[0].b)]
    racks = {
        "node-1": Place("A", 1),
        "node-2": Place("B", 1),
        "leaf-1": Place("A", 40),
        "leaf-2": Place("A", 41),
    }
    moves = solve(expected, found, places=racks).moves
    assert {move.from_.device for move in moves if move.from_} == {"leaf-1", "leaf-2"}
    swapped = {**racks, "leaf-2": Place("B", 41), "node-2": Place("A", 2)}
    moves = solve(expected, found, places=swapped).moves
    assert {move.from_.device for move in moves if move.from_} == {"node-1", "node-2"}
    assert {move.wrong for move in moves} == {"device"}


def test_a_plug_in_another_rack_is_said_to_be_in_the_wrong_rack() -> None:
    found = [Link(End("leaf", "p0"), End("other", "p0"))]
    places = {"spine": Place("A", 1), "other": Place("B", 1)}
    (move,) = solve(plan(1), found, places=places).moves
    assert move.wrong == "rack"


def test_the_label_that_was_found_decides_which_end_moves() -> None:
    for labels in (("C-0", "C-1"), ("C-1", "C-0")):
        found = [
            Link(End("leaf", "p0"), End("spine", "p1"), label=labels[0]),
            Link(End("leaf", "p1"), End("spine", "p0"), label=labels[1]),
        ]
        moves = solve(plan(2), found).moves
        for move in moves:
            assert move.to is not None
            assert move.label_from == "found"
            assert move.label.removeprefix("C-") == move.to.port.removeprefix("p")


def test_a_cable_that_is_too_short_is_said() -> None:
    expected = [Link(link.a, link.b, length_m=5.0) for link in plan(2)]
    found = [Link(link.a, link.b, length_m=2.0) for link in turned(2, 2)]
    assert {move.too_short_m for move in solve(expected, found).moves} == {3.0}


@settings(max_examples=150, deadline=None)
@given(st.permutations(range(10)))
def test_no_work_order_is_shorter_than_trying_all_allows(order: list[int]) -> None:
    """Five cables in any ports of ten, left-left and right-right among them."""
    ports = [end for link in plan(5) for end in link.ends if end is not None]
    there = [(ports[order[2 * at]], ports[order[2 * at + 1]]) for at in range(5)]
    found = [Link(*pair) for pair in there]
    solution = solve(plan(5), found)
    assert len(solution.moves) == fewest(plan(5), there)
    assert done(found, solution.moves) == pairs(plan(5))


def by_search(expected: Sequence[Link], there: Sequence[Pair], ports: Sequence[End]) -> int:
    """Dijkstra over what a hand can do: taking a plug out costs nothing, putting it in costs one."""
    goal = pairs(expected)
    start: tuple[End | None, ...] = tuple(end for pair in there for end in pair)
    waiting: list[tuple[int, int, tuple[End | None, ...]]] = [(0, 0, start)]
    count, best = 0, {start: 0}
    while waiting:
        cost, _, state = heapq.heappop(waiting)
        if {frozenset(state[at : at + 2]) for at in range(0, len(state), 2)} == goal:
            return cost
        for at, here in enumerate(state):
            free: list[End | None] = [None] if here else [end for end in ports if end not in state]
            for to in free:
                new = (*state[:at], to, *state[at + 1 :])
                price = cost + (to is not None)
                if price < best.get(new, 10**6):
                    best[new] = price
                    count += 1
                    heapq.heappush(waiting, (price, count, new))
    raise AssertionError("there is no way")


@settings(max_examples=12, deadline=None)
@given(st.permutations(range(6)))
def test_no_sequence_of_single_plugs_is_shorter(order: list[int]) -> None:
    ports = [end for link in plan(2) for end in link.ends if end is not None] + [End("x", "1"), End("x", "2")]
    there = [(ports[order[2 * at]], ports[order[2 * at + 1]]) for at in range(2)]
    solution = solve(plan(2), [Link(*pair) for pair in there])
    if all(frozenset(pair) & frozenset(ports[:4]) for pair in there) and not any(
        move.to is None for move in solution.moves
    ):
        assert len(solution.moves) + 2 * len(solution.unseen) >= by_search(plan(2), there, ports)
        if not solution.unseen:
            assert len(solution.moves) == by_search(plan(2), there, ports)


def readings(rest: Sequence[End]) -> Iterator[list[Pair]]:
    """Every way in which the ports that no whole cable takes may be connected among each other."""
    if not rest:
        yield []
        return
    first, *others = rest
    for at, other in enumerate(others):
        for more in readings([*others[:at], *others[at + 1 :]]):
            yield [(first, other), *more]


@settings(max_examples=60, deadline=None)
@given(st.permutations(range(8)), st.lists(st.sampled_from([0, 1, 2, 3]), min_size=4, max_size=4))
def test_with_unknown_ends_it_is_as_short_as_the_best_reading_of_what_was_seen(
    order: list[int], hidden: list[int]
) -> None:
    ports = [end for link in plan(4) for end in link.ends if end is not None]
    truth = [(ports[order[2 * at]], ports[order[2 * at + 1]]) for at in range(4)]
    seen = [
        (a if mask & 1 == 0 else None, b if mask & 2 == 0 else None)
        for (a, b), mask in zip(truth, hidden, strict=True)
    ]
    whole = [(a, b) for a, b in seen if a is not None and b is not None]
    rest = [end for end in ports if all(end not in pair for pair in whole)]
    solution = solve(plan(4), [Link(*pair) for pair in seen if pair != (None, None)])
    assert len(solution.moves) == min(fewest(plan(4), [*whole, *more]) for more in readings(rest))


def test_a_hundred_random_rings_with_one_unknown_each_come_true() -> None:
    dice = random.Random(5)
    for _ in range(100):
        ring = dice.randint(2, 14)
        expected, truth = plan(20), turned(20, ring)
        gone = dice.randrange(ring)
        cut = [[], [Link(truth[gone].a, None)], [Link(None, truth[gone].b)]][dice.randrange(3)]
        found = [*truth[:gone], *cut, *truth[gone + 1 :]]
        dice.shuffle(found)
        assert done(truth, solve(expected, found).moves) == pairs(expected)
