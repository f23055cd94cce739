"""The drivers read from the lab's command lines what its world holds; the two share no code."""

from __future__ import annotations

from bringup.driver.platform.linux import LinuxDriver
from bringup.driver.platform.sonic import SonicDriver
from bringup.lab.clock import HandClock
from bringup.lab.faults import FaultBook
from bringup.lab.profile_first_light import first_light
from bringup.lab.render_linux import LinuxShell
from bringup.lab.render_sonic import SonicShell
from bringup.lab.shell import Shell as LabShell
from bringup.lab.world import World
from bringup.model.measurement import DARK, NOT_AVAILABLE, value
from bringup.transport.base import CommandResult, Shell
from tests.driver.canned import CannedLinks, device
from tests.lab.small_world import forward, small_world

BOOT_S = 600.0


class LabLinks(CannedLinks):
    """A command line of the lab without a wire."""

    def __init__(self, inner: LabShell) -> None:
        super().__init__({})
        self._inner = inner

    async def run(self, command: str, *, deadline_s: float = 20.0) -> CommandResult:
        reply = self._inner.run(command)
        return CommandResult(
            command=command,
            stdout=reply.out.encode(),
            stderr=reply.err.encode(),
            exit_status=reply.status,
        )

    async def shell(self) -> Shell:
        return self


def leaf(world: World) -> SonicDriver:
    return SonicDriver(device("sonic"), LabLinks(SonicShell(world, "leaf-1")))


def node(world: World) -> LinuxDriver:
    return LinuxDriver(device("linux", "node-01"), LabLinks(LinuxShell(world, "node-01")))


def running() -> World:
    """The rack with its node booted."""
    world = small_world()
    world.set_outlet("pdu-1", 5, True)
    world.reset_host("node-01", "On")
    forward(world, BOOT_S)
    assert world.running("node-01")
    return world


async def test_a_switch_is_who_the_world_says() -> None:
    world = small_world()
    found, truth = await leaf(world).identity(), world.device("leaf-1")
    assert (found.model, found.serial, found.vendor) == tuple(
        map(value, (truth.model, truth.serial, truth.vendor))
    )
    assert (found.os_version, found.boot_id) == (value(truth.os_version), value(truth.boot_id))


async def test_the_lanes_of_a_switch_have_the_worlds_light() -> None:
    world = running()
    for optic in await leaf(world).optics():
        if optic.present != value(True):
            continue
        for lane, truth in zip(optic.lanes, world.lanes(f"leaf-1/{optic.port}"), strict=True):
            assert lane.index == truth.index
            light = truth.rx_power_dbm
            told = DARK if light is None else value(round(light, 3))
            assert (lane.rx_power_dbm.reading, lane.rx_power_dbm.value) == (told.reading, told.value)


async def test_an_unlit_far_end_is_dark_on_every_lane() -> None:
    optic = next(optic for optic in await leaf(small_world()).optics() if optic.port == "Ethernet0")
    assert [lane.rx_power_dbm.reading for lane in optic.lanes] == [DARK.reading] * 4


async def test_ports_counters_and_neighbors_of_a_switch_are_the_worlds() -> None:
    world = running()
    made = leaf(world)
    for port in await made.ports():
        truth = world.port(f"leaf-1/{port.name}")
        assert (port.admin_up, port.oper_up) == (value(truth.admin_up), value(truth.up))
        assert port.fec_mode == (value(truth.fec_mode) if truth.up else NOT_AVAILABLE)
    for counters in await made.fec_counters():
        count = world.counters(f"leaf-1/{counters.port}")
        assert counters.corrected_codewords == value(count.corrected_codewords)
        assert counters.uncorrectable_codewords == value(count.uncorrectable_codewords)
    seen = {neighbor.local_port: neighbor.port_id.value for neighbor in await made.neighbors()}
    assert seen["Ethernet0"] == "enp65s0np0"


async def test_a_server_is_read_as_the_world_has_it() -> None:
    world = running()
    made, truth = node(world), world.device("node-01")
    identity, processor = await made.identity(), await made.processor()
    assert (identity.serial, identity.model) == (value(truth.serial), value(truth.model))
    assert processor.cpu_count == value(truth.cpu_count)
    ports = await made.ports()
    assert {port.name: port.oper_up.value for port in ports} == {
        port.name: port.up for port in world.ports("node-01")
    }
    assert {port.fec_mode.value for port in ports} == {"rs544"}
    adapters = {adapter.port: adapter for adapter in await made.adapters()}
    for port in world.ports("node-01"):
        assert port.adapter is not None
        assert adapters[port.name].pcie_width_lanes == value(port.adapter.width)
        assert adapters[port.name].pcie_address == value(port.adapter.pcie_address)
    for optic in await made.optics():
        lanes = world.lanes(f"node-01/{optic.port}")
        light = [lane.rx_power_dbm for lane in lanes]
        assert [lane.rx_power_dbm.value for lane in optic.lanes] == [
            None if each is None else round(each, 2) for each in light
        ]


async def test_a_port_is_switched_off_and_on_again() -> None:
    world = running()
    made = leaf(world)
    await made.set_admin("Ethernet8", False)
    ports = {port.name: port for port in await made.ports()}
    assert (ports["Ethernet8"].admin_up, ports["Ethernet8"].oper_up) == (value(False), value(False))
    await made.set_admin("Ethernet8", True)
    assert world.port("leaf-1/Ethernet8").admin_up


async def test_a_cage_is_broken_out_on_trial_and_told_so_afterwards() -> None:
    clock = HandClock()
    world = World(first_light(1, 1.0, clock.origin_unix_s), clock)
    forward(world, 60.0)
    FaultBook(world, 1).add("wrong-breakout@leaf-1/etp17")
    made = leaf(world)
    plan = await made.port_plan("Ethernet128", "breakout", "4x100")
    assert (plan.now, plan.reached, plan.cage) == (value("1x400"), value(False), ("Ethernet128",))
    await made.config_try("bringup-x", plan.lines, 300.0)
    assert (await made.config_trial("bringup-x")).state == value("pending")
    forward(world, 60.0)
    after = await made.port_plan("Ethernet128", "breakout", "4x100")
    assert (after.now, after.reached) == (value("4x100"), value(True))
    assert after.cage == ("Ethernet128", "Ethernet129", "Ethernet130", "Ethernet131")
