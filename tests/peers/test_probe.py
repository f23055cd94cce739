"""`bringup probe` against servers that others wrote."""

from __future__ import annotations

import os
import re
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.peers.stand import Answer, snmpd, value, write_inventory
from tests.transport.peers import Sshd, free_port, process, sshd

Probe = Callable[..., Answer]
SECRETS = {"community": "ask-me-nicely", "auth": "an-auth-passphrase", "priv": "a-priv-passphrase"}
V2C = {"version": "2c", "community": "file:community"}
V3 = {
    "version": "3", "user": "reader",
    "auth": "sha256", "auth_key": "file:auth", "priv": "aes128", "priv_key": "file:priv",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("servers")


@pytest.fixture(scope="module")
def agent(folder: Path) -> Iterator[int]:
    with snmpd(folder, **SECRETS) as port:
        yield port


@pytest.fixture(scope="module")
def openssh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    folder = tmp_path_factory.mktemp("sshd")
    with sshd(folder, lines=(f"SetEnv HOME={folder}",)) as started:  # nobody's .bashrc
        yield started


# net-snmp


@pytest.mark.parametrize("access", [V2C, V3], ids=["v2c", "v3"])
def test_an_snmp_agent_tells_name_description_uptime_and_interfaces(
    agent: int, folder: Path, probe: Probe, access: dict[str, str]
) -> None:
    found = probe(write_inventory(folder, "snmp-switch", snmp={"port": agent, **access}))
    assert (found.status, found.outcome, found.record["format"]) == (0, "ok", "probe.snmp-switch")
    identity = found.facts["identity"]
    assert value(identity["hostname"]) == "spine-7"
    assert value(identity["description"]) == "a switch that others wrote"
    assert 0 <= value(identity["uptime_s"]) < 600
    interfaces = {port["name"]: port for port in found.facts["ports"]}
    assert set(interfaces) == {path.name for path in Path("/sys/class/net").iterdir()}
    assert value(interfaces["lo"]["oper_up"]) is True
    assert value(interfaces["lo"]["mtu"]) == int(Path("/sys/class/net/lo/mtu").read_text())


# OpenSSH


def ssh_to(openssh: Sshd, **more: Any) -> dict[str, Any]:
    login = {"user": "root", "port": openssh.port, "host_key": openssh.host_key}
    return {**login, "key": str(openssh.folder / "user"), **more}


def test_this_machine_tells_all_that_a_linux_host_must_through_sshd(
    openssh: Sshd, tmp_path: Path, probe: Probe
) -> None:
    found = probe(write_inventory(tmp_path, "linux", ssh=ssh_to(openssh)))
    assert (found.status, found.outcome) == (0, "ok"), found.text
    system, identity = os.uname(), found.facts["identity"]
    assert value(identity["hostname"]) == system.nodename
    assert value(identity["kernel"]) == system.release
    assert value(identity["machine"]) == system.machine
    processor = found.facts["processor"]
    assert value(processor["cpu_count"]) == len(os.sched_getaffinity(0))
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    assert value(processor["memory_gib"]) == pytest.approx(pages, rel=0.05)
    nics = {path.name for path in Path("/sys/class/net").iterdir()} - {"lo"}
    assert {port["name"] for port in found.facts["ports"]} <= nics
    assert abs(value(found.facts["clock"]["unix_s"]) - time.time()) < 60


# a Redfish emulator

EMULATOR = """\
SUSHY_EMULATOR_LISTEN_IP = "127.0.0.1"
SUSHY_EMULATOR_FAKE_DRIVER = True
SUSHY_EMULATOR_STATE_DIR = {state!r}
SUSHY_EMULATOR_FAKE_SYSTEMS = [
    {{"uuid": "5d1d9a6e-0001-4d2f-9f5e-0000000000aa", "name": "node-aa", "power_state": "On", "nics": []}}
]
"""


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder, port = tmp_path_factory.mktemp("sushy"), free_port()
    (folder / "emulator.conf").write_text(EMULATOR.format(state=str(folder)))
    program = Path(sys.executable).with_name("sushy-emulator")
    command = [str(program), "--config", str(folder / "emulator.conf"), "--fake"]

    def answers() -> bool:
        with socket.socket() as sock:
            return sock.connect_ex(("127.0.0.1", port)) == 0

    with process([*command, "-i", "127.0.0.1", "-p", str(port)], folder / "log", answers):
        yield port


def test_the_redfish_emulator_tells_who_it_is_and_that_its_host_is_on(
    emulator: int, tmp_path: Path, probe: Probe
) -> None:
    inventory = write_inventory(tmp_path, "redfish-bmc", redfish={"port": emulator, "tls": False})
    found = probe(inventory)
    assert (found.status, found.outcome) == (0, "ok"), found.text
    # It has neither leak detectors nor an inventory of firmware, and that is said.
    assert [warning.partition(":")[0] for warning in found.record["warnings"]] == ["leaks", "firmware"]
    assert value(found.facts["identity"]["vendor"]) == "Sushy Emulator"
    assert re.fullmatch(r"[\d.]+\S*", value(found.facts["identity"]["os_version"]))
    power = found.facts["host-power"]
    assert value(power["power_state"]) == "On"
    assert {"On", "ForceOff", "GracefulShutdown"} <= set(power["allowed_resets"])
    assert abs(value(found.facts["clock"]["unix_s"]) - time.time()) < 60
