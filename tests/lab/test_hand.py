"""A hand at single plugs: out and in, one at a time; a fault that this puts right is none any more."""

import pytest

from bringup.lab import hand
from bringup.lab.faults import FaultBook
from bringup.lab.world import World
from bringup.model.errors import InputError
from tests.lab.mini_world import make_booted_world

EIGHT, SIXTEEN, ZERO = "leaf-1/Ethernet8", "leaf-1/Ethernet16", "leaf-1/Ethernet0"


def book(world: World) -> FaultBook:
    return FaultBook(world, seed=1)


def named(world: World, port: str) -> list[str | None]:
    return [seen.port_id for seen in world.neighbors(port)]


def test_a_plug_that_is_out_leaves_its_port_dark_and_no_other() -> None:
    world, clock = make_booted_world()
    assert hand.take_out(world, EIGHT) == "C-003"
    clock.forward(10.0)
    assert [lane.rx_power_dbm for lane in world.lanes(EIGHT)] == [None] * 4
    assert not world.port(EIGHT).up
    assert world.port(SIXTEEN).up


def test_a_swap_worked_plug_by_plug_is_no_fault_any_more() -> None:
    world, clock = make_booted_world()
    faults = book(world)
    faults.add(f"swapped-cables@{EIGHT}={SIXTEEN}")
    for port, label in ((EIGHT, "C-004"), (SIXTEEN, "C-003")):
        assert hand.take_out(world, port) == label
        assert not faults.let_go()
    hand.put_in(world, "C-003", EIGHT)
    assert not faults.let_go()
    hand.put_in(world, "C-004", SIXTEEN)
    assert [each.name for each in faults.let_go()] == ["swapped-cables"]
    assert not faults.applied
    clock.forward(200.0)
    assert (named(world, EIGHT), named(world, SIXTEEN)) == (["Ethernet2/1"], ["Ethernet3/1"])


def test_a_ring_half_worked_is_still_repaired_whole() -> None:
    world, clock = make_booted_world()
    faults = book(world)
    faults.add(f"three-way-swap@{ZERO}=Ethernet8,Ethernet16")
    hand.take_out(world, ZERO)
    faults.let_go()
    faults.repair()
    clock.forward(200.0)
    assert (named(world, EIGHT), named(world, SIXTEEN)) == (["Ethernet2/1"], ["Ethernet3/1"])
    assert world.port(ZERO).up


@pytest.mark.parametrize("order", [(SIXTEEN, EIGHT), (EIGHT, SIXTEEN)])
def test_a_swap_that_lies_over_another_is_taken_back_without_a_loose_plug(order: tuple[str, str]) -> None:
    world, _ = make_booted_world()
    faults = book(world)
    faults.add(f"swapped-cables@{EIGHT}={SIXTEEN}")
    faults.add(f"swapped-cables@{SIXTEEN}={ZERO}")
    for subject in order:
        faults.repair(f"swapped-cables@{subject}")
    assert {hand.take_out(world, port) for port in (ZERO, EIGHT, SIXTEEN)} == {"C-001", "C-003", "C-004"}


@pytest.mark.parametrize("label", ["C-003", "C-009", ""])
def test_only_a_plug_that_hangs_free_goes_in(label: str) -> None:
    world, _ = make_booted_world()
    hand.take_out(world, ZERO)
    with pytest.raises(InputError, match="hangs free"):
        hand.put_in(world, label, ZERO)


def test_a_port_takes_one_plug_and_gives_one() -> None:
    world, _ = make_booted_world()
    hand.take_out(world, EIGHT)
    with pytest.raises(InputError, match="no plug is in"):
        hand.take_out(world, EIGHT)
    with pytest.raises(InputError, match="holds a plug already"):
        hand.put_in(world, "C-003", SIXTEEN)
