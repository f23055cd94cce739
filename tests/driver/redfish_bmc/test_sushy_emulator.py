"""The Redfish driver against the emulator of sushy-tools with its fake machines."""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from collections.abc import Generator
from pathlib import Path

import pytest

from bringup.driver.platform.redfish_bmc import RedfishBmcDriver
from bringup.model.errors import Refused
from bringup.model.inventory import Device
from bringup.model.measurement import ABSENT, value
from bringup.model.verdict import Reading
from tests.transport.peers import free_port, links, process

ASKED_AT_MOST, EVERY_S = 300, 0.1
CONFIG = """\
SUSHY_EMULATOR_LISTEN_IP = "127.0.0.1"
SUSHY_EMULATOR_FAKE_DRIVER = True
SUSHY_EMULATOR_STATE_DIR = {state!r}
SUSHY_EMULATOR_FAKE_SYSTEMS = [
    {{"uuid": "5d1d9a6e-0001-4d2f-9f5e-000000000001", "name": "node-01", "power_state": "Off", "nics": []}}
]
"""


def answers(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Generator[int, None, None]:
    folder = tmp_path_factory.mktemp("sushy")
    config = folder / "emulator.conf"
    config.write_text(CONFIG.format(state=str(folder)))
    port = free_port()
    command = [str(Path(sys.executable).with_name("sushy-emulator")), "--config", str(config), "--fake"]
    with process([*command, "-i", "127.0.0.1", "-p", str(port)], folder / "log", lambda: answers(port)):
        yield port


def bmc(port: int) -> Device:
    return Device.model_validate(
        {
            "name": "bmc-01",
            "role": "bmc",
            "platform": "redfish-bmc",
            "address": "127.0.0.1",
            "redfish": {"port": port, "tls": False},
        }
    )


async def test_who_the_bmc_and_its_host_are_is_found_by_links_alone(emulator: int, tmp_path: Path) -> None:
    async with links(bmc(emulator), tmp_path) as peer:
        found = await RedfishBmcDriver(bmc(emulator), peer).identity()
    assert found.vendor == value("Sushy Emulator")
    assert found.os_version.reading is Reading.VALUE
    assert found.serial == ABSENT


async def test_the_bmc_tells_the_time(emulator: int, tmp_path: Path) -> None:
    async with links(bmc(emulator), tmp_path) as peer:
        clock = await RedfishBmcDriver(bmc(emulator), peer).clock()
    assert isinstance(clock.unix_s.value, float)
    assert abs(clock.unix_s.value - time.time()) < 60.0


async def test_a_host_is_powered_on_and_says_so(emulator: int, tmp_path: Path) -> None:
    async with links(bmc(emulator), tmp_path) as peer:
        driver = RedfishBmcDriver(bmc(emulator), peer)
        before = await driver.host_power()
        assert before.power_state == value("Off")
        assert "On" in before.allowed_resets
        await driver.reset_host("On")
        for _ in range(ASKED_AT_MOST):
            if (after := await driver.host_power()).power_state == value("On"):
                break
            await asyncio.sleep(EVERY_S)
    assert after.power_state == value("On")


async def test_a_reset_that_the_emulator_does_not_offer_is_not_sent(emulator: int, tmp_path: Path) -> None:
    async with links(bmc(emulator), tmp_path) as peer:
        with pytest.raises(Refused):
            await RedfishBmcDriver(bmc(emulator), peer).reset_host("PowerCycle")


async def test_fans_and_temperatures_come_from_the_older_resource(emulator: int, tmp_path: Path) -> None:
    async with links(bmc(emulator), tmp_path) as peer:
        found = await RedfishBmcDriver(bmc(emulator), peer).environment()
    assert [(fan.name, fan.ok, fan.speed_rpm) for fan in found.fans] == [
        ("baseboard-system-fan", value(True), value(2100.0)),
        ("baseboard-system-fan-backup", value(True), value(2050.0)),
    ]
    assert {sensor.temperature_c.reading for sensor in found.sensors} == {Reading.VALUE}
    assert found.supplies == ()
