"""Power, light, links, counters and neighbours follow from what is physically there."""

import msgspec
import pytest

from bringup.lab import lldp, physics
from bringup.lab.clock import WorldClock
from bringup.lab.state import Cable, CableEnd
from bringup.lab.world import World, restore
from tests.lab.mini_world import CABLED, make_booted_world, make_world

LEAF_LINK = ("leaf-1/Ethernet8", "leaf-2/Ethernet2/1")


def cable_of(world: World, port: str) -> tuple[Cable, CableEnd]:
    for cable in world.cables:
        for end in (cable.a, cable.b):
            if end.port == port:
                return cable, end
    raise KeyError(port)


# power


def test_a_switch_lives_on_one_supply() -> None:
    world, _ = make_world()
    world.set_outlet("pdu-1", 1, False)
    assert not world.supply_ok("leaf-1", "psu-1")
    assert world.supply_ok("leaf-1", "psu-2")
    assert world.running("leaf-1")
    assert world.outlet_load_w("pdu-1", 1) == 0.0
    assert world.outlet_load_w("pdu-1", 2) == pytest.approx(420.0 * 1.06)


def test_a_switch_without_supplies_is_off_and_boots_anew() -> None:
    world, clock = make_world()
    old_boot = world.device("leaf-1").boot_id
    world.set_outlet("pdu-1", 1, False)
    world.set_outlet("pdu-1", 2, False)
    assert not world.running("leaf-1")
    assert not world.port("leaf-2/Ethernet2/1").up
    world.set_outlet("pdu-1", 2, True)
    assert not world.running("leaf-1")
    clock.forward(120.0)
    assert world.running("leaf-1")
    assert world.device("leaf-1").boot_id != old_boot
    assert world.uptime_s("leaf-1") == pytest.approx(120.0)
    assert world.port("leaf-2/Ethernet2/1").up


def test_a_tripped_outlet_stays_off_though_commanded_on() -> None:
    world, _ = make_world()
    with world.changing():
        world.outlet("pdu-1", 1).tripped = True
    world.set_outlet("pdu-1", 1, True)
    assert not world.outlet_live("pdu-1", 1)
    assert world.supply_input_v("leaf-1", "psu-1") == 0.0


def test_a_cycled_outlet_comes_back_by_itself() -> None:
    world, clock = make_world()
    world.cycle_outlet("pdu-1", 3, off_s=5.0)
    assert not world.outlet_live("pdu-1", 3)
    clock.forward(4.0)
    assert not world.outlet_live("pdu-1", 3)
    clock.forward(1.1)
    assert world.outlet_live("pdu-1", 3)


def test_a_node_takes_its_time_to_boot() -> None:
    world, clock = make_world()
    assert world.power_state("node-01") == "Off"
    world.reset_host("node-01", "On")
    assert world.power_state("node-01") == "PoweringOn"
    clock.forward(10.0)
    assert world.power_state("node-01") == "On"
    assert not world.running("node-01")
    clock.forward(150.0)
    assert world.running("node-01")


def test_a_node_told_to_go_down_does_so_in_its_own_time() -> None:
    world, clock = make_booted_world()
    world.reset_host("node-01", "GracefulShutdown")
    assert world.power_state("node-01") == "PoweringOff"
    clock.forward(10.0)
    assert world.power_state("node-01") == "Off"
    assert not world.running("node-01")


def test_telling_a_node_that_is_on_to_go_on_changes_nothing() -> None:
    world, _ = make_booted_world()
    boot = world.device("node-01").boot_id
    world.reset_host("node-01", "On")
    assert world.device("node-01").boot_id == boot
    assert world.running("node-01")


def test_no_board_knows_every_word() -> None:
    world, _ = make_world()
    with pytest.raises(ValueError, match="no reset type"):
        world.reset_host("node-01", "Explode")


def test_a_bmc_goes_with_the_standby_power_of_its_node() -> None:
    world, _ = make_world()
    assert world.running("bmc-01")
    world.set_outlet("pdu-1", 6, False)
    assert not world.running("bmc-01")


# light


def test_received_light_is_what_was_sent_less_what_was_lost() -> None:
    world, _ = make_world()
    near, far = LEAF_LINK
    cable, end = cable_of(world, near)
    other = cable.b if end is cable.a else cable.a
    fibres = cable.b_to_a_db if end is cable.a else cable.a_to_b_db
    for index, lane in enumerate(world.lanes(near)):
        sent = world.lanes(far)[index].tx_power_dbm
        assert sent is not None
        lost = other.out_db[index] + fibres[index] + end.in_db[index]
        assert lane.rx_power_dbm == pytest.approx(sent - lost)


def test_healthy_light_lies_well_inside_the_standard() -> None:
    world, _ = make_booted_world()
    for port in CABLED:
        lanes = world.lanes(port)
        assert len(lanes) == 4
        for lane in lanes:
            assert lane.rx_power_dbm is not None and -3.0 < lane.rx_power_dbm < 1.0
            assert lane.tx_power_dbm is not None and -1.9 < lane.tx_power_dbm < 1.0
        assert 0.0 < (world.pre_fec_ber(port) or 1.0) < 1e-8


def test_a_node_that_is_off_is_dark_for_its_switch() -> None:
    world, _ = make_world()
    assert [lane.rx_power_dbm for lane in world.lanes("leaf-1/Ethernet0")] == [None] * 4
    assert all(lane.tx_power_dbm is not None for lane in world.lanes("leaf-1/Ethernet0"))
    assert [lane.tx_power_dbm for lane in world.lanes("node-01/enp65s0np0")] == [None] * 4


def test_a_port_that_is_shut_sends_no_light() -> None:
    world, _ = make_world()
    near, far = LEAF_LINK
    world.set_admin(near, False)
    assert [lane.tx_power_dbm for lane in world.lanes(near)] == [None] * 4
    assert [lane.bias_ma for lane in world.lanes(near)] == [0.0] * 4
    assert [lane.rx_power_dbm for lane in world.lanes(far)] == [None] * 4
    assert not world.port(far).up


def test_a_port_without_a_module_has_no_lanes() -> None:
    world, _ = make_world()
    assert world.lanes("leaf-1/Ethernet24") == ()


def test_a_module_warms_up_after_its_device_has_booted() -> None:
    world, clock = make_world()
    cold = world.optic_temperature_c("node-01/enp65s0np0")
    world.reset_host("node-01", "On")
    clock.forward(160.0)
    soon = world.optic_temperature_c("node-01/enp65s0np0")
    clock.forward(900.0)
    warm = world.optic_temperature_c("node-01/enp65s0np0")
    assert cold < soon < warm
    assert 40.0 < warm < 60.0


# links


@pytest.mark.parametrize("depth_db", [0.5, 1.0, 2.0, 3.0, 4.0])
def test_dirt_makes_errors_before_it_breaks_the_link(depth_db: float) -> None:
    world, _ = make_world()
    near, _far = LEAF_LINK
    clean = world.pre_fec_ber(near)
    _, end = cable_of(world, near)
    with world.changing():
        end.in_db[2] += depth_db
    dirty = world.pre_fec_ber(near)
    assert clean is not None and dirty is not None and dirty > 1.5 * clean
    assert world.port(near).up


def test_a_lane_without_light_takes_the_link_down_at_both_ends() -> None:
    world, _ = make_world()
    near, far = LEAF_LINK
    cable, end = cable_of(world, near)
    with world.changing():
        (cable.b_to_a_db if end is cable.a else cable.a_to_b_db)[3] = physics.BROKEN_FIBRE_DB
    assert world.lanes(near)[3].rx_power_dbm is None
    assert world.lanes(near)[2].rx_power_dbm is not None
    assert all(lane.rx_power_dbm is not None for lane in world.lanes(far))
    assert not world.port(near).up
    assert not world.port(far).up
    assert world.pre_fec_ber(near) is None


@pytest.mark.parametrize("field", ["fec_mode", "speed_gbps"])
def test_ends_that_differ_have_light_and_no_link(field: str) -> None:
    world, _ = make_world()
    near, far = LEAF_LINK
    with world.changing():
        setattr(world.port(near), field, {"fec_mode": "none", "speed_gbps": 200.0}[field])
    assert not world.port(near).up
    assert not world.port(far).up
    assert all(lane.rx_power_dbm is not None for lane in world.lanes(far))


def test_a_link_takes_seconds_to_train() -> None:
    world, clock = make_world()
    near, _far = LEAF_LINK
    world.set_admin(near, False)
    world.set_admin(near, True)
    assert not world.port(near).up
    clock.forward(1.0)
    assert not world.port(near).up
    clock.forward(10.0)
    assert world.port(near).up
    assert world.port(near).counters.transitions == 3


def test_counters_stand_still_on_a_link_that_is_down() -> None:
    world, clock = make_world()
    near, _far = LEAF_LINK
    world.set_admin(near, False)
    before = msgspec.structs.asdict(world.counters(near))
    clock.forward(1000.0)
    assert msgspec.structs.asdict(world.counters(near)) == before


def test_counters_grow_at_the_rate_that_the_bit_error_ratio_gives() -> None:
    world, clock = make_world()
    near, _far = LEAF_LINK
    _, end = cable_of(world, near)
    with world.changing():
        for lane in range(4):
            end.in_db[lane] += 3.0
    ber = world.pre_fec_ber(near)
    assert ber is not None
    before = world.counters(near).symbol_errors
    clock.forward(60.0)
    grown = world.counters(near).symbol_errors - before
    assert grown == pytest.approx(physics.line_rate_bps(400.0) * 60.0 * ber, rel=0.02)
    assert world.counters(near).uncorrectable_codewords == 0


def test_a_line_near_its_limit_loses_codewords() -> None:
    world, clock = make_world()
    near, _far = LEAF_LINK
    _, end = cable_of(world, near)
    with world.changing():
        for lane in range(4):
            end.in_db[lane] += 5.5
    clock.forward(60.0)
    assert world.port(near).up
    assert world.counters(near).uncorrectable_codewords > 0


def test_counters_never_go_back_however_often_they_are_read() -> None:
    world, clock = make_world()
    near, _far = LEAF_LINK
    last = -1
    for _ in range(200):
        clock.forward(0.05)
        now = world.counters(near).corrected_codewords
        assert now >= last
        last = now


# neighbours


def test_a_neighbour_is_heard_within_seconds_of_link_up_and_named_by_its_cable() -> None:
    world, clock = make_world()
    near, _far = LEAF_LINK
    (known,) = world.neighbors(near)
    assert (known.system_name, known.port_id) == ("leaf-2", "Ethernet2/1")
    assert 0.0 <= known.age_s <= lldp.INTERVAL_S
    world.reset_host("node-01", "On")
    clock.forward(165.0)
    (node,) = world.neighbors("leaf-1/Ethernet0")
    assert (node.system_name, node.port_id) == ("node-01", "enp65s0np0")


def test_a_lost_neighbour_is_remembered_for_its_time_to_live() -> None:
    world, clock = make_world()
    near, far = LEAF_LINK
    world.set_admin(far, False)
    assert len(world.neighbors(near)) == 1
    clock.forward(121.0)
    assert world.neighbors(near) == ()


def test_frames_come_fast_at_first_and_then_each_half_minute() -> None:
    assert lldp.last_frame(0.0, 0.9) is None
    assert lldp.last_frame(0.0, 1.0) == 1.0
    assert lldp.last_frame(0.0, 3.7) == 3.0
    assert lldp.last_frame(0.0, 20.0) == 4.0
    assert lldp.last_frame(0.0, 95.0) == 94.0


def test_after_plugs_were_exchanged_the_new_neighbour_is_heard_and_the_old_one_fades() -> None:
    world, clock = make_world()
    _, one = cable_of(world, "leaf-1/Ethernet8")
    _, two = cable_of(world, "leaf-1/Ethernet16")
    with world.changing():
        one.port, two.port = two.port, one.port
    clock.forward(10.0)
    assert {seen.port_id for seen in world.neighbors("leaf-1/Ethernet8")} == {"Ethernet2/1", "Ethernet3/1"}
    clock.forward(130.0)
    assert [seen.port_id for seen in world.neighbors("leaf-1/Ethernet8")] == ["Ethernet3/1"]
    assert [seen.port_id for seen in world.neighbors("leaf-2/Ethernet3/1")] == ["etp2"]


# time


def test_a_saved_world_goes_on_where_it_was() -> None:
    world, clock = make_booted_world()
    saved = world.save()
    again = World(restore(saved), clock)
    assert again.running("node-01")
    for port in CABLED:
        assert again.port(port).up
        assert again.lanes(port) == world.lanes(port)
        assert again.counters(port) == world.counters(port)
    clock.forward(60.0)
    assert (
        again.counters(CABLED[0]).corrected_codewords
        > world.plant.devices[1].ports[0].counters.corrected_codewords
    )


def test_one_seed_makes_one_rack_and_another_seed_another() -> None:
    one, _ = make_booted_world(7)
    same, _ = make_booted_world(7)
    other, _ = make_booted_world(8)
    assert one.lanes(CABLED[0]) == same.lanes(CABLED[0])
    assert one.device("leaf-1").serial == same.device("leaf-1").serial
    assert one.device("leaf-1").serial != other.device("leaf-1").serial


def test_world_time_runs_at_its_speed_and_device_clocks_do_not() -> None:
    seconds = [0.0]
    clock = WorldClock(1000.0, 100.0, monotonic=lambda: seconds[0])
    seconds[0] = 2.0
    assert clock.now() == 1200.0
    assert clock.wall_of(clock.now()) == 1002.0


@pytest.mark.parametrize("speed", [0.0, 0.5, 1001.0, float("nan")])
def test_a_speed_out_of_range_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match="outside"):
        WorldClock(0.0, speed)


def test_a_clock_that_is_wrong_is_wrong_by_its_skew() -> None:
    world, _ = make_world()
    right = world.wall_unix_s("leaf-1")
    with world.changing():
        world.device("leaf-1").clock_skew_s = 300.0
    assert world.wall_unix_s("leaf-1") == pytest.approx(right + 300.0)


def test_listeners_hear_of_changes_and_not_of_time() -> None:
    world, clock = make_world()
    heard: list[str] = []
    world.on_change(lambda: heard.append("changed"))
    clock.forward(1000.0)
    world.now()
    assert heard == []
    world.set_outlet("pdu-1", 5, True)
    assert heard == ["changed"]
