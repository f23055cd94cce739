"""The drivers of Cumulus, NX-OS and Junos read from the lab what its world holds, and change it on trial; the
two sides share no code.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from bringup.driver.platform.junos import JunosDriver
from bringup.driver.platform.nvue import NvueDriver
from bringup.driver.platform.nxos import NxosDriver
from bringup.driver.port_lines import lines_of, wanted
from bringup.driver.trial import NoTimer
from bringup.lab.configuration import path_cut
from bringup.lab.junos_shell import JunosShell
from bringup.lab.nvue_shell import NvueShell
from bringup.lab.nxos_shell import NxosShell
from bringup.lab.shell import Shell
from bringup.lab.world import World, restore
from bringup.model.errors import DeviceError, InputError, NoData, Refused, Unparsable
from bringup.model.measurement import DARK, NOT_AVAILABLE, value
from bringup.transport.base import CommandResult
from tests.driver.canned import device
from tests.driver.test_trial import FreshLinks
from tests.lab.small_world import forward
from tests.lab.vendor_world import JUNOS, NVUE, NXOS, PORTS, vendor_world

NAME, AFTER_S = "bringup-1", 300.0
METHODS = ("identity", "clock", "environment", "ports", "optics", "neighbors")


class Make(NamedTuple):
    """One platform: its driver, its command line, a change on trial, and one that cuts the way to it."""

    leaf: str
    platform: str
    driver: Callable[..., Any]
    shell: Callable[[World, str], Shell]
    lines: tuple[str, ...]
    bad: tuple[str, ...]
    cuts: tuple[str, ...]


MAKES = (
    Make(
        NVUE, "nvue", NvueDriver, NvueShell, ("set interface swp1 link mtu 4096",), ("set nonsense a b",),
        ("set interface eth0 link state down",),
    ),
    Make(
        NXOS, "nxos", NxosDriver, NxosShell, ("interface Ethernet1/1", "mtu 4096"), ("mtu nonsense",),
        ("interface mgmt0", "shutdown"),
    ),
    Make(
        JUNOS, "junos", JunosDriver, JunosShell, ("set interfaces et-0/0/0 mtu 4096",), ("set nonsense",),
        ("set interfaces re0:mgmt-0 disable",),
    ),
)  # fmt: skip
TIMED = tuple(make for make in MAKES if make.platform != "nxos")
each = pytest.mark.parametrize("make", MAKES, ids=lambda make: make.platform)
each_timed = pytest.mark.parametrize("make", TIMED, ids=lambda make: make.platform)


def driver(world: World, make: Make, links: type[FreshLinks] = FreshLinks) -> Any:
    return make.driver(device(make.platform, make.leaf), links(make.shell(world, make.leaf)))


@each
async def test_a_switch_is_who_the_world_says(make: Make) -> None:
    world = vendor_world()
    found, truth = await driver(world, make).identity(), world.device(make.leaf)
    assert (found.model, found.serial) == (value(truth.model), value(truth.serial))
    assert (found.hostname, found.os_version) == (value(truth.hostname), value(truth.os_version))
    assert found.uptime_s == value(world.uptime_s(make.leaf))
    clock = await driver(world, make).clock()
    assert clock.unix_s.value == pytest.approx(world.wall_unix_s(make.leaf), abs=1.0)


@each
async def test_its_modules_have_the_worlds_light_and_a_dark_lane_is_a_lane(make: Make) -> None:
    world = vendor_world()
    hurt, _, empty = PORTS[make.leaf]
    cable = next(cable for cable in world.cables if cable.a.port == f"{make.leaf}/{hurt}")
    with world.changing():
        cable.b_to_a_db[1] = 60.0
        cable.a.in_db[2] += 5.0
    found = {optic.port: optic for optic in await driver(world, make).optics()}
    assert found[empty].present == value(False)
    optic, held = found[hurt], world.port(f"{make.leaf}/{hurt}").optic
    assert held is not None
    assert (optic.serial, optic.medium) == (value(held.serial), value("400GBASE-DR4"))
    assert optic.temperature_c.value == pytest.approx(
        world.optic_temperature_c(f"{make.leaf}/{hurt}"), abs=0.1
    )
    assert optic.lanes[1].rx_power_dbm == DARK
    for lane, truth in zip(optic.lanes, world.lanes(f"{make.leaf}/{hurt}"), strict=True):
        assert lane.index == truth.index
        assert lane.tx_power_dbm.value == pytest.approx(truth.tx_power_dbm, abs=0.01)
        if truth.rx_power_dbm is not None:
            assert lane.rx_power_dbm.value == pytest.approx(truth.rx_power_dbm, abs=0.01)
    rx = next(limit for limit in optic.thresholds if limit.quantity == "rx_power_dbm")
    assert (rx.low_alarm, rx.low_warning) == (value(-8.9), value(-5.9))


@each
async def test_its_ports_and_neighbors_are_the_worlds(make: Make) -> None:
    world = vendor_world()
    made = driver(world, make)
    for port in await made.ports():
        truth = world.port(f"{make.leaf}/{port.name}")
        assert (port.admin_up, port.oper_up) == (value(truth.admin_up), value(truth.up))
        assert port.fec_mode == (value(truth.fec_mode) if truth.up else NOT_AVAILABLE)
        assert port.speed_gbps == (value(truth.speed_gbps) if truth.up else NOT_AVAILABLE)
        assert port.flap_count == value(world.counters(truth.subject).transitions)
    heard = {each.local_port: each for each in await made.neighbors()}
    assert set(heard) == set(PORTS[make.leaf][:2])
    assert {each.system_name for each in heard.values()} == {value("spine-1")}


@each
async def test_what_a_supply_a_fan_and_a_sensor_tell_is_so(make: Make) -> None:
    world = vendor_world()
    with world.changing():
        world.device(make.leaf).supplies[0].fitted = False
        world.device(make.leaf).supplies[1].cord = False
        world.device(make.leaf).fans[0].turning = False
    found = await driver(world, make).environment()
    told = {supply.name: supply for supply in found.supplies}
    gone, dead = (told[supply.name] for supply in world.device(make.leaf).supplies)
    assert gone.present == value(False)
    assert dead.ok == value(False)
    assert [fan.ok.value for fan in found.fans][:2] == [False, True]
    assert all(sensor.temperature_c.value is not None for sensor in found.sensors)


async def test_errors_that_the_command_lines_tell_are_the_worlds() -> None:
    world = vendor_world()
    (junos,) = [make for make in MAKES if make.platform == "junos"]
    for counters in (await driver(world, junos).fec_counters())[:2]:
        truth = world.counters(f"{JUNOS}/{counters.port}")
        assert counters.corrected_codewords == value(truth.corrected_codewords)
        assert counters.uncorrectable_codewords == value(truth.uncorrectable_codewords)
    (nvue,) = [make for make in MAKES if make.platform == "nvue"]
    for counters in (await driver(world, nvue).fec_counters())[:2]:
        assert counters.pre_fec_ber.value == pytest.approx(
            world.pre_fec_ber(f"{NVUE}/{counters.port}"), rel=0.5
        )
    (nxos,) = [make for make in MAKES if make.platform == "nxos"]
    with pytest.raises(NoData, match="gnmi"):
        await driver(world, nxos).fec_counters()


@each
async def test_a_port_is_shut_and_started(make: Make) -> None:
    world = vendor_world()
    name, made = PORTS[make.leaf][0], driver(world, make)
    await made.set_admin(name, False)
    port = next(port for port in await made.ports() if port.name == name)
    assert (port.admin_up, port.oper_up) == (value(False), value(False))
    await made.set_admin(name, True)
    assert world.port(f"{make.leaf}/{name}").admin_up


@each
async def test_lines_for_a_speed_and_a_coding_are_taken_as_they_are_meant(make: Make) -> None:
    world = vendor_world()
    name, made = PORTS[make.leaf][0], driver(world, make)
    port = world.port(f"{make.leaf}/{name}")
    for at, (what, to) in enumerate((("speed", "200"), ("fec", "none"), ("fec", "rs544"), ("speed", "400"))):
        lines = lines_of(make.platform, wanted(name, what, to))
        await made.config_try(f"{NAME}-{at}", lines, 0.0)
        assert (to if what == "fec" else float(to)) == (port.fec_mode if what == "fec" else port.speed_gbps)


@each
async def test_a_cage_is_broken_out_and_made_whole_again(make: Make) -> None:
    world = vendor_world()
    whole, made = PORTS[make.leaf][2], driver(world, make)
    before = [port.name for port in await made.ports()]
    await made.config_try(NAME, (await made.port_plan(whole, "breakout", "4x100")).lines, 0.0)
    ways = [port.name for port in await made.ports() if port.name not in before]
    assert len(ways) == 4
    assert whole not in [port.name for port in await made.ports()]
    assert {world.port(f"{make.leaf}/{way}").speed_gbps for way in ways} == {100.0}
    if make.platform == "nxos":  # ways without a link do not tell their speed, by which NX-OS undoes the map
        with pytest.raises(InputError, match="not told"):
            await made.port_plan(ways[0], "breakout", "1x400")
        back: tuple[str, ...] = ("no interface breakout module 1 port 3 map 100g-4x",)
    else:
        back = (await made.port_plan(ways[0], "breakout", "1x400")).lines
    await made.config_try(f"{NAME}-2", back, 0.0)
    assert [port.name for port in await made.ports()] == before
    await made.config_revert(f"{NAME}-2")
    assert whole not in [port.name for port in await made.ports()]


async def state(made: Any) -> object:
    return (await made.config_trial(NAME)).state.value


@each_timed
async def test_a_trial_is_in_force_at_once_and_taken_back_by_the_device_unless_it_is_kept(make: Make) -> None:
    world = vendor_world()
    made, port = driver(world, make), world.port(f"{make.leaf}/{PORTS[make.leaf][0]}")
    assert await state(made) == "none"
    await made.config_try(NAME, make.lines, AFTER_S)
    assert (await state(made), port.mtu, await made.config_trials()) == ("pending", 4096, (NAME,))
    forward(world, AFTER_S + 1.0)
    assert (await state(made), port.mtu, await made.config_trials()) == ("none", 9216, ())
    with pytest.raises(Refused, match="taken it back"):
        await made.config_keep(NAME, save=False)
    await made.config_try(NAME, make.lines, AFTER_S)
    await made.config_keep(NAME, save=True)
    forward(world, AFTER_S + 1.0)
    assert (await state(made), port.mtu) == ("kept", 4096)
    await made.config_revert(NAME)
    assert (await state(made), port.mtu) == ("none", 9216)


@each_timed
async def test_a_trial_that_waits_is_taken_back_at_once_when_asked(make: Make) -> None:
    world = vendor_world()
    made = driver(world, make)
    await made.config_try(NAME, make.lines, AFTER_S)
    await made.config_revert(NAME)
    assert (await state(made), {port.mtu for port in world.ports(make.leaf)}) == ("none", {9216})


@each_timed
async def test_field_09_a_change_that_cuts_its_own_way_is_taken_back_by_the_device(make: Make) -> None:
    world = vendor_world()
    await driver(world, make).config_try(NAME, make.cuts, AFTER_S)
    assert path_cut(world.device(make.leaf))
    forward(world, AFTER_S + 1.0)
    assert not path_cut(world.device(make.leaf))


@each_timed
async def test_a_trial_is_taken_back_in_time_although_the_lab_was_stopped_meanwhile(make: Make) -> None:
    world = vendor_world()
    await driver(world, make).config_try(NAME, make.lines, AFTER_S)
    again = World(restore(world.save()), world.clock)
    made, port = driver(again, make), again.port(f"{make.leaf}/{PORTS[make.leaf][0]}")
    assert (await state(made), port.mtu) == ("pending", 4096)
    forward(again, AFTER_S + 1.0)
    assert (await state(made), port.mtu) == ("none", 9216)


@each_timed
async def test_a_line_that_is_refused_leaves_nothing_in_force(make: Make) -> None:
    world = vendor_world()
    with pytest.raises(Refused):
        await driver(world, make).config_try(NAME, (*make.lines, *make.bad), AFTER_S)
    assert {port.mtu for port in world.ports(make.leaf)} == {9216}


async def test_field_09_a_switch_without_a_timer_is_not_changed_on_trial() -> None:
    world = vendor_world()
    (make,) = [make for make in MAKES if make.platform == "nxos"]
    made, port = driver(world, make), world.port(f"{NXOS}/{PORTS[NXOS][0]}")
    with pytest.raises(NoTimer):
        await made.config_try(NAME, make.lines, AFTER_S)
    assert port.mtu == 9216
    await made.config_try(NAME, make.lines, 0.0)
    assert (await state(made), port.mtu) == ("kept", 4096)
    await made.config_keep(NAME, save=True)
    await made.config_revert(NAME)
    assert (await state(made), port.mtu) == ("none", 9216)


class CutLinks(FreshLinks):
    """A command line whose answers are cut somewhere, or hurt in one byte."""

    dice = random.Random(20)

    async def run(self, command: str, *, deadline_s: float = 20.0) -> CommandResult:
        whole = await super().run(command, deadline_s=deadline_s)
        out = whole.stdout
        at = self.dice.randrange(max(1, len(out) - 1))
        hurt = out[:at] if self.dice.random() < 0.5 else out[:at] + b"\xff" + out[at + 1 :]
        return CommandResult(command=command, stdout=hurt, stderr=whole.stderr, exit_status=0)


@each
async def test_answers_that_are_cut_or_hurt_claim_no_light_and_no_link_that_is_not_there(make: Make) -> None:
    world = vendor_world()
    hurt = PORTS[make.leaf][0]
    cable = next(cable for cable in world.cables if cable.a.port == f"{make.leaf}/{hurt}")
    with world.changing():
        cable.b_to_a_db[:] = [60.0] * 4
    made = driver(world, make, CutLinks)
    outcomes = set()
    for _ in range(40):
        for method in METHODS:
            try:
                found = await getattr(made, method)()
            except (Unparsable, NoData, Refused) as error:
                assert isinstance(error, DeviceError)
                outcomes.add(type(error))
                continue
            if method == "ports":
                told = [port.oper_up.value for port in found if port.name == hurt]
                assert True not in told
            if method == "optics":
                lanes = [lane for optic in found if optic.port == hurt for lane in optic.lanes]
                assert all(lane.rx_power_dbm.value is None for lane in lanes)
    assert Unparsable in outcomes
