"""The SNMP drivers against net-snmp's agent on this machine."""

from __future__ import annotations

import socket
from collections.abc import Generator
from pathlib import Path

import pytest

from bringup.driver.platform.apc_pdu import ApcPduDriver
from bringup.driver.platform.snmp_switch import SnmpSwitchDriver
from bringup.model.errors import InputError, NoData, Refused
from bringup.model.inventory import Device
from bringup.model.measurement import value
from tests.transport.peers import free_port, links, process, tool

USER = {
    "user": "reader",
    "auth": "sha256",
    "auth_key": "file:auth",
    "priv": "aes128",
    "priv_key": "file:priv",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("snmpd")


@pytest.fixture(scope="module")
def port(folder: Path) -> Generator[int, None, None]:
    for name in ("auth", "priv"):
        (folder / name).write_text(f"{name}-passphrase\n")
    (folder / "snmpd.conf").write_text(
        "rocommunity public 127.0.0.1\n"
        "sysDescr Linux leaf-9 6.8.0-51 #1 SMP Cumulus 6.8.0-1+cl5.9.2u1 (2024-08-28) x86_64\n"
        "sysName leaf-9\n"
        'createUser reader SHA-256 "auth-passphrase" AES "priv-passphrase"\n'
        "rouser reader priv\n"
    )
    found = free_port(socket.SOCK_DGRAM)
    log = folder / "log"
    command = [tool("env"), "MIBS=", f"SNMP_PERSISTENT_DIR={folder / 'state'}", tool("snmpd")]
    command += ["-f", "-Lo", "-C", "-c", str(folder / "snmpd.conf"), f"udp:127.0.0.1:{found}"]
    with process(command, log, lambda: b"NET-SNMP version" in log.read_bytes()):
        yield found


def loopback_mtu() -> int:
    return int(Path("/sys/class/net/lo/mtu").read_text())


def agent(port: int, platform: str = "snmp-switch", **snmp: str) -> Device:
    return Device.model_validate(
        {
            "name": "leaf-9",
            "role": "any",
            "platform": platform,
            "address": "127.0.0.1",
            "snmp": {"port": port, "version": "3", **snmp} if snmp else {"port": port, "community": "public"},
        }
    )


@pytest.mark.parametrize("version", [{}, USER], ids=["v2c", "v3"])
async def test_name_description_and_uptime_are_read(port: int, folder: Path, version: dict[str, str]) -> None:
    device = agent(port, **version)
    async with links(device, folder) as peer:
        found = await SnmpSwitchDriver(device, peer).identity()
    assert (found.hostname, found.os_version) == (value("leaf-9"), value("5.9.2u1"))
    assert (found.kernel, str(found.description.value)[:12]) == (value("6.8.0-51"), "Linux leaf-9")
    assert isinstance(found.uptime_s.value, float) and 0 <= found.uptime_s.value < 3600


async def test_interfaces_are_those_of_this_machine(port: int, folder: Path) -> None:
    device = agent(port)
    async with links(device, folder) as peer:
        found = {each.name: each for each in await SnmpSwitchDriver(device, peer).ports()}
    assert found["lo"].mtu == value(loopback_mtu())
    assert (found["lo"].admin_up, found["lo"].oper_up) == (value(True), value(True))


async def test_an_agent_without_lldp_says_so(port: int, folder: Path) -> None:
    device = agent(port)
    async with links(device, folder) as peer:
        with pytest.raises(NoData):
            await SnmpSwitchDriver(device, peer).neighbors()


async def test_a_host_at_a_pdu_s_address_is_no_pdu(port: int, folder: Path) -> None:
    device = agent(port, "apc-pdu")
    async with links(device, folder) as peer:
        driver = ApcPduDriver(device, peer)
        for read in (driver.identity, driver.outlets):
            with pytest.raises(NoData):
                await read()


async def test_a_host_at_a_pdu_s_address_switches_nothing(port: int, folder: Path) -> None:
    device = agent(port, "apc-pdu")
    async with links(device, folder) as peer:
        driver = ApcPduDriver(device, peer)
        with pytest.raises(Refused):
            await driver.switch_outlet(1, "off")
        with pytest.raises(InputError):
            await driver.switch_outlet(0, "off")
