"""Changes of configuration on trial, against the lab's command lines: refused, armed, kept, taken back."""

from __future__ import annotations

import pytest

from bringup.driver.platform.eos import EosDriver
from bringup.driver.platform.sonic import SonicDriver
from bringup.driver.trial import NoTimer
from bringup.lab.render_sonic import SonicShell
from bringup.lab.shell import Reply
from bringup.lab.world import World
from bringup.model.errors import Refused
from bringup.model.measurement import value
from bringup.transport.base import CommandResult, HttpExchange, Links, Shell
from tests.driver.canned import device
from tests.driver.canned_wires import CannedWires, wired
from tests.driver.eos.test_against_lab import LabEapi
from tests.driver.sonic.test_against_lab import LabLinks
from tests.lab.small_world import forward, small_world

NAME, AFTER_S = "bringup-1", 300.0
LINES = {
    "leaf-1": ("config interface mtu Ethernet8 4096",),
    "leaf-2": ("interface Ethernet2/1", "mtu 4096"),
}
PORTS = {"leaf-1": "leaf-1/Ethernet8", "leaf-2": "leaf-2/Ethernet2/1"}
LEAVES = ("leaf-1", "leaf-2")
MTU = {"leaf-1": 9216, "leaf-2": 9214}


class FreshLinks(LabLinks):
    """Counts the sessions that were opened beside the first."""

    fresh_made = 0

    async def run(self, command: str, *, deadline_s: float = 20.0) -> CommandResult:
        reply = self._inner.run(command)
        return CommandResult(
            command=command,
            stdout=reply.out.encode(),
            stderr=reply.err.encode(),
            exit_status=reply.status,
        )

    def fresh(self) -> Links:
        self.fresh_made += 1
        return self  # type: ignore[return-value]

    async def shell(self) -> Shell:
        return self

    async def close(self) -> None:
        return


class FreshWires(CannedWires):
    fresh_made = 0

    def fresh(self) -> Links:
        self.fresh_made += 1
        return self  # type: ignore[return-value]

    async def eapi(self) -> HttpExchange:
        return await super().eapi()


class NoSystemd(SonicShell):
    def run(self, command: str) -> Reply:
        if "systemd-run" in command:
            return Reply("", "sudo: systemd-run: command not found\n", 1)
        return super().run(command)


def leaf(world: World, name: str) -> SonicDriver | EosDriver:
    if name == "leaf-1":
        return SonicDriver(device("sonic"), FreshLinks(SonicShell(world, name)))
    return EosDriver(wired("eos", name), FreshWires(eapi=LabEapi(world)))


async def state(driver: SonicDriver | EosDriver) -> object:
    return (await driver.config_trial(NAME)).state.value


@pytest.mark.parametrize("name", LEAVES)
async def test_a_trial_is_in_force_at_once_and_taken_back_by_the_device_unless_it_is_kept(name: str) -> None:
    world = small_world()
    driver = leaf(world, name)
    assert await state(driver) == "none"
    await driver.config_try(NAME, LINES[name], AFTER_S)
    assert (await state(driver), world.port(PORTS[name]).mtu) == ("pending", 4096)
    forward(world, AFTER_S + 1.0)
    assert (await state(driver), world.port(PORTS[name]).mtu) == ("none", MTU[name])


@pytest.mark.parametrize("name", LEAVES)
async def test_what_is_kept_over_a_new_session_stays_and_can_still_be_taken_back(name: str) -> None:
    world = small_world()
    driver = leaf(world, name)
    await driver.config_try(NAME, LINES[name], AFTER_S)
    await driver.config_keep(NAME, save=True)
    assert driver._links.fresh_made == 1  # type: ignore[attr-defined]
    forward(world, AFTER_S + 1.0)
    assert (await state(driver), world.port(PORTS[name]).mtu) == ("kept", 4096)
    await driver.config_revert(NAME)
    assert (await state(driver), world.port(PORTS[name]).mtu) == ("none", MTU[name])


@pytest.mark.parametrize("name", LEAVES)
async def test_a_trial_that_waits_is_taken_back_at_once_when_asked(name: str) -> None:
    world = small_world()
    driver = leaf(world, name)
    await driver.config_try(NAME, LINES[name], AFTER_S)
    await driver.config_revert(NAME)
    assert (await state(driver), world.port(PORTS[name]).mtu) == ("none", MTU[name])


@pytest.mark.parametrize("name", LEAVES)
async def test_what_the_device_has_taken_back_is_not_kept_after_all(name: str) -> None:
    world = small_world()
    driver = leaf(world, name)
    await driver.config_try(NAME, LINES[name], AFTER_S)
    forward(world, AFTER_S + 1.0)
    with pytest.raises(Refused, match="taken it back"):
        await driver.config_keep(NAME, save=False)
    assert await state(driver) == "none"


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("leaf-1", ()),
        ("leaf-1", ("config save -y",)),
        ("leaf-1", ("config reload -y",)),
        ("leaf-1", ("reboot",)),
        ("leaf-1", ("config interface mtu Ethernet8 'x",)),
        ("leaf-1", ("config\ninterface",)),
        ("leaf-1", ("config interface mtu Ethernet99 4096",)),
        ("leaf-2", ("commit",)),
        ("leaf-2", ("interface Ethernet2/1", "end", "reload")),
        ("leaf-2", ("interface Ethernet99/1",)),
        ("leaf-2", ("bash rm -rf /",)),
        ("leaf-2", ("x" * 201,)),
    ],
)
async def test_lines_that_no_timer_takes_back_are_refused(name: str, lines: tuple[str, ...]) -> None:
    world = small_world()
    driver = leaf(world, name)
    with pytest.raises(Refused):
        await driver.config_try(NAME, lines, AFTER_S)
    assert {port.mtu for port in world.ports(name)} == {MTU[name]}


@pytest.mark.parametrize("line", ["config interface mtu Ethernet8 4096; reboot", "config $(reboot)"])
async def test_a_line_is_never_read_by_a_shell(line: str) -> None:
    world = small_world()
    with pytest.raises(Refused):
        await leaf(world, "leaf-1").config_try(NAME, (line,), AFTER_S)
    assert world.port("leaf-1/Ethernet8").mtu == 9216


async def test_field_09_without_a_timer_on_the_device_nothing_is_changed() -> None:
    world = small_world()
    driver = SonicDriver(device("sonic"), FreshLinks(NoSystemd(world, "leaf-1")))
    with pytest.raises(NoTimer):
        await driver.config_try(NAME, LINES["leaf-1"], AFTER_S)
    assert world.port("leaf-1/Ethernet8").mtu == 9216
    await driver.config_try(NAME, LINES["leaf-1"], 0.0)
    assert (await driver.config_trial(NAME)).state == value("kept")


async def test_a_switch_that_restarts_comes_back_without_its_open_sessions() -> None:
    world = small_world()
    driver = leaf(world, "leaf-2")
    await driver.config_try(NAME, LINES["leaf-2"], AFTER_S)
    for outlet in (3, 4):
        world.set_outlet("pdu-1", outlet, False)
    world.set_outlet("pdu-1", 3, True)
    forward(world, 200.0)
    assert (await state(driver), world.port(PORTS["leaf-2"]).mtu) == ("none", MTU["leaf-2"])


@pytest.mark.parametrize("name", LEAVES)
async def test_what_waits_on_a_device_is_told_whoever_began_it(name: str) -> None:
    world = small_world()
    driver = leaf(world, name)
    assert await driver.config_trials() == ()
    await driver.config_try(NAME, LINES[name], AFTER_S)
    assert await driver.config_trials() == (NAME,)
    await driver.config_keep(NAME, save=False)
    assert await driver.config_trials() == ()
