"""The lamp of an adapter's port: on for a while, and out by itself."""

from __future__ import annotations

import pytest

from bringup.driver.capability import Locates
from bringup.driver.platform.linux import LinuxDriver
from bringup.lab.render_linux import LinuxShell
from bringup.model.errors import InputError, Refused
from tests.driver.canned import CannedLinks, device, failed
from tests.driver.linux.replies import PORT, healthy
from tests.lab.mini_world import make_booted_world

FIRST, REST = f"sudo ethtool -p {PORT} 1", f"ethtool -p {PORT} 119"


def links(**replies: object) -> CannedLinks:
    behind = f"(sudo {REST} || {REST}) </dev/null >/dev/null 2>&1 &"
    return CannedLinks(healthy() | {FIRST: b"", behind: b""} | replies)


async def test_a_lamp_blinks_for_a_second_in_the_foreground_and_the_rest_behind() -> None:
    made = links()
    driver = LinuxDriver(device("linux"), made)
    assert isinstance(driver, Locates)
    await driver.locate(PORT, 119.5)
    assert made.canned.asked[0] == FIRST and len(made.canned.asked) == 2
    assert made.canned.asked[1].endswith("</dev/null >/dev/null 2>&1 &")


async def test_an_adapter_without_a_lamp_says_so_and_nothing_goes_on_behind() -> None:
    made = links(**{FIRST: failed("x", 83, "Cannot identify NIC: Operation not supported\n")})
    with pytest.raises(Refused, match="Operation not supported"):
        await LinuxDriver(device("linux"), made).locate(PORT, 120)
    assert made.canned.asked == [FIRST]


@pytest.mark.parametrize("port", ["eth0; reboot", "$(reboot)", "-h", ""])
async def test_what_is_no_interface_name_reaches_no_shell(port: str) -> None:
    made = links()
    with pytest.raises(InputError):
        await LinuxDriver(device("linux"), made).locate(port, 120)
    assert made.canned.asked == []


def test_the_lab_s_host_has_such_a_lamp_at_each_port_and_at_no_other() -> None:
    world, _ = make_booted_world()
    shell = LinuxShell(world, "node-01")
    for command in (FIRST, f"(sudo {REST} || {REST}) </dev/null >/dev/null 2>&1 &"):
        assert shell.run(command).status == 0, command
    assert shell.run("sudo ethtool -p eth9 1").status != 0
