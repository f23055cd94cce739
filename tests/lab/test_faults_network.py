"""What links, modules and devices do while something is wrong with them: time and physics, no names."""

from __future__ import annotations

import pytest

from bringup.lab.clock import HandClock
from bringup.lab.faults import FaultBook
from bringup.lab.render_openconfig import OpenConfig
from bringup.lab.world import World
from bringup.model.errors import InputError
from tests.lab.mini_world import CABLED, make_booted_world, make_world

NEAR, FAR = "leaf-1/Ethernet8", "leaf-2/Ethernet2/1"


def with_fault(text: str) -> tuple[World, HandClock, FaultBook]:
    world, clock = make_booted_world()
    faults = FaultBook(world, 1)
    faults.add(text)
    return world, clock, faults


def transitions(world: World) -> list[int]:
    world.now()
    return [world.counters(port).transitions for port in (NEAR, FAR)]


def test_a_plug_that_is_not_latched_takes_the_link_down_again_and_again_at_both_ends() -> None:
    world, clock, faults = with_fault(f"flapping@{NEAR}=40")
    before = transitions(world)
    clock.forward(400.0)
    grown = [after - was for after, was in zip(transitions(world), before, strict=True)]
    assert grown[0] == grown[1]
    assert 18 <= grown[0] <= 22  # down and up, once in 40 s
    others = [port for port in CABLED if port not in (NEAR, FAR)]
    assert all(world.port(port).up for port in others)
    faults.repair()
    clock.forward(30.0)
    settled = transitions(world)
    clock.forward(400.0)
    assert transitions(world) == settled
    assert world.port(NEAR).up


def test_a_loss_of_contact_is_dark_on_every_lane_for_a_moment() -> None:
    world, clock, _ = with_fault(f"flapping@{NEAR}=40")
    seen = set()
    for _ in range(400):
        clock.forward(0.1)
        seen.add(tuple(lane.rx_power_dbm is None for lane in world.lanes(FAR)))
    assert seen == {(False,) * 4, (True,) * 4}


@pytest.mark.parametrize("risen", ["3e-5", "1e-8", "2e-6"])
def test_a_bad_adaptation_raises_the_ratio_of_one_receiver_in_unchanged_light(risen: str) -> None:
    world, _ = make_booted_world()
    light, far_ber = world.lanes(NEAR), world.pre_fec_ber(FAR)
    before = transitions(world)
    FaultBook(world, 1).add(f"ber-rise@{NEAR}={risen}")
    assert world.pre_fec_ber(NEAR) == pytest.approx(float(risen), rel=1e-3)
    assert (world.lanes(NEAR), world.pre_fec_ber(FAR)) == (light, far_ber)
    assert transitions(world) == [before[0] + 2, before[1]]


def test_another_lock_adapts_afresh() -> None:
    world, clock, _ = with_fault(f"ber-rise@{NEAR}")
    good = world.pre_fec_ber(FAR)
    assert good is not None
    world.set_admin(FAR, False)
    clock.forward(5.0)
    world.set_admin(FAR, True)
    clock.forward(30.0)
    now = world.pre_fec_ber(NEAR)
    assert now is not None and now < 1e-6


def test_a_link_that_is_still_to_come_adapts_badly_when_it_does() -> None:
    world, clock = make_world()
    FaultBook(world, 1).add("ber-rise@leaf-1/Ethernet0=2e-5")
    world.set_outlet("pdu-1", 5, True)
    world.reset_host("node-01", "On")
    clock.forward(300.0)
    assert world.pre_fec_ber("leaf-1/Ethernet0") == pytest.approx(2e-5, rel=1e-3)


def test_counters_that_are_cleared_never_count_for_longer_than_the_period() -> None:
    world, clock, faults = with_fault(f"counters-reset@{NEAR}=30")
    a_second = 400e9 * 1.0625 * (world.pre_fec_ber(NEAR) or 0.0)
    most = 0
    for _ in range(100):
        clock.forward(7.0)
        most = max(most, world.counters(NEAR).corrected_bits)
    assert 15 * a_second < most < 45 * a_second
    faults.repair()
    clock.forward(300.0)
    assert world.counters(NEAR).corrected_bits > 200 * a_second


def test_a_hung_sampler_shows_the_past_and_its_time_and_the_world_goes_on() -> None:
    world, clock, faults = with_fault("stale-samples@leaf-2=both")
    shown = (world.counters(FAR).corrected_bits, world.lanes(FAR), world.pre_fec_ber(FAR))
    place = (("interfaces", ()), ("interface", (("name", "Ethernet2/1"),)), ("state", ()), ("counters", ()))
    then = world.wall_unix_s("leaf-2")
    FaultBook(world, 2).add(f"dirty-connector@{FAR}")
    clock.forward(120.0)
    assert (world.counters(FAR).corrected_bits, world.lanes(FAR), world.pre_fec_ber(FAR)) == shown
    taken = OpenConfig(world, "leaf-2").taken_ns(place)
    assert taken is not None and taken / 1e9 == pytest.approx(then, abs=0.1)
    other = (place[0], ("interface", (("name", "Ethernet8"),)), *place[2:])
    assert OpenConfig(world, "leaf-1").taken_ns(other) is None
    faults.repair()
    assert world.lanes(FAR) != shown[1]
    assert world.counters(FAR).corrected_bits > shown[0]


def test_a_module_for_a_longer_reach_of_the_same_fibre_works_and_one_for_another_fibre_is_dark() -> None:
    world, clock, _ = with_fault(f"wrong-optic@{NEAR}")
    clock.forward(60.0)
    assert world.port(NEAR).up
    world, clock, faults = with_fault(f"wrong-optic@{NEAR}=400GBASE-SR4")
    clock.forward(60.0)
    for port in (NEAR, FAR):
        assert not world.port(port).up
        assert [lane.rx_power_dbm for lane in world.lanes(port)] == [None] * 4
        assert None not in [lane.tx_power_dbm for lane in world.lanes(port)]
    faults.repair()
    clock.forward(60.0)
    assert world.port(NEAR).up


def test_a_module_that_is_held_asleep_sends_nothing_and_is_cold() -> None:
    world, clock, _ = with_fault(f"low-power-stuck@{NEAR}")
    clock.forward(300.0)
    assert [(lane.tx_power_dbm, lane.bias_ma) for lane in world.lanes(NEAR)] == [(None, 0.0)] * 4
    assert world.optic_temperature_c(NEAR) == world.device("leaf-1").ambient_c
    assert [lane.rx_power_dbm for lane in world.lanes(FAR)] == [None] * 4


def test_a_slow_link_is_up() -> None:
    world, clock, _ = with_fault(f"slow-speed@{NEAR}")
    clock.forward(60.0)
    assert [(world.port(port).up, world.port(port).speed_gbps) for port in (NEAR, FAR)] == [(True, 200.0)] * 2


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("three-way-swap@leaf-1/Ethernet0=Ethernet8", "no two other"),
        ("three-way-swap@leaf-1/Ethernet0=Ethernet8,Ethernet8", "no two other"),
        ("three-way-swap@node-01/enp65s0np0", "can't happen"),
        ("wrong-optic@leaf-1/Ethernet0=400GBASE-DR4", "already"),
        ("wrong-optic@leaf-1/Ethernet24", "can't happen"),
        ("low-power-stuck=3", "takes no value"),
        ("hot-optic=0", "out of range"),
        ("slow-speed=400", "already"),
        ("flapping=1", "out of range"),
        ("ber-rise=0.5", "out of range"),
        ("ber-rise=1e-11", "more errors"),
        ("counters-reset=0", "out of range"),
        ("wrong-firmware@leaf-1=202411.3", "already"),
        ("fan-stopped@leaf-1=FAN-9", "no fan"),
        ("half-width-nic=16", "can't fall back"),
        ("half-width-nic=3", "can't fall back"),
        ("clock-skew=0", "already"),
        ("stale-samples=everything", "means nothing"),
    ],
)
def test_what_can_not_be_is_refused(text: str, complaint: str) -> None:
    world, _ = make_booted_world()
    with pytest.raises(InputError, match=complaint):
        FaultBook(world, 1).add(text)
