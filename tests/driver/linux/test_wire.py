"""The Linux driver against what others wrote: OpenSSH, iproute2, ethtool, and lldpd on a veth pair."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Generator
from pathlib import Path
from typing import NamedTuple

import pytest

from bringup.decode.registry import find_format
from bringup.driver.platform.linux import LinuxDriver
from bringup.model.errors import NoData
from bringup.model.inventory import Device
from bringup.model.measurement import value
from bringup.transport.base import CommandResult, Shell, Transcript
from bringup.transport.local import LocalShell
from tests.driver.canned import CannedLinks
from tests.transport.peers import Sshd, links, poll, process, sshd, tool

DEADLINE_S = 40.0


@pytest.fixture(scope="module")
def openssh(tmp_path_factory: pytest.TempPathFactory) -> Generator[Sshd, None, None]:
    with sshd(tmp_path_factory.mktemp("sshd")) as started:
        yield started


def this_machine(openssh: Sshd) -> Device:
    return Device.model_validate(
        {
            "name": "node-01",
            "role": "node",
            "platform": "linux",
            "address": "127.0.0.1",
            "ssh": {"user": "root", "port": openssh.port, "key": str(openssh.folder / "user")},
        }
    )


def boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def interfaces() -> set[str]:
    return {path.name for path in Path("/sys/class/net").iterdir()}


async def test_a_plain_machine_is_read_through_openssh(openssh: Sshd) -> None:
    device = this_machine(openssh)
    async with links(device, openssh.folder, known_hosts=openssh.known_hosts()) as peer:
        driver = LinuxDriver(device, peer)
        identity, processor = await driver.identity(), await driver.processor()
        ports, clock = await driver.ports(), await driver.clock()
    system, pages = os.uname(), os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    assert (identity.hostname, identity.kernel) == (value(system.nodename), value(system.release))
    assert identity.machine == value(system.machine)
    assert identity.boot_id == value(boot_id())
    assert processor.cpu_count == value(os.cpu_count() or 0)
    assert isinstance(processor.memory_gib.value, float)
    assert processor.memory_gib.value == pytest.approx(pages, rel=0.05)
    assert {port.name for port in ports} <= interfaces() - {"lo"}
    assert isinstance(clock.unix_s.value, float)
    assert abs(clock.unix_s.value - time.time()) < DEADLINE_S


class Host(NamedTuple):
    """A network namespace with an lldpd, and a folder whose `lldpcli` speaks to that one."""

    namespace: str
    port: str
    bin: Path


class NamespaceShell:
    """A shell in a namespace, where the tools of `bin` come first."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._inner = LocalShell("node-01", Transcript())

    async def run(self, command: str, *, deadline_s: float = 20.0) -> CommandResult:
        path = f"{self._host.bin}:{os.environ['PATH']}:/usr/sbin:/sbin"
        inside = (
            f"ip netns exec {self._host.namespace} env PATH={shlex.quote(path)} sh -c {shlex.quote(command)}"
        )
        return await self._inner.run(inside, deadline_s=deadline_s)

    async def close(self) -> None:
        await self._inner.close()


class NamespaceLinks(CannedLinks):
    def __init__(self, host: Host) -> None:
        super().__init__({})
        self._shell = NamespaceShell(host)

    async def shell(self) -> Shell:
        return self._shell


def run(*command: str) -> None:
    subprocess.run([tool(command[0]), *command[1:]], check=True, capture_output=True, timeout=20)


@contextlib.contextmanager
def lldp_host(folder: Path, namespace: str, port: str, system: str) -> Generator[Host, None, None]:
    folder.mkdir()
    socket, bin_ = folder / "lldpd.sock", folder / "bin"
    bin_.mkdir()
    for name in ("lldpcli", "lldpctl"):
        own = folder / "own" / name  # a copy is not setuid, so that it reaches a socket in root's folder
        own.parent.mkdir(exist_ok=True)
        shutil.copyfile(tool(name), own)
        own.chmod(0o755)
        wrapper = bin_ / name
        wrapper.write_text(f'#!/bin/sh\nexec {own} -u {socket} "$@"\n')
        wrapper.chmod(0o755)
    (folder / "lldpd.conf").write_text(f"configure system hostname {system}\n")
    command = [
        "ip", "netns", "exec", namespace, tool("lldpd"), "-d", "-u", str(socket), "-I", port,
        "-O", str(folder / "lldpd.conf"), "-L", str(folder / "own" / "lldpcli"),
    ]  # fmt: skip
    with process(command, folder / "lldpd.log", socket.exists):
        yield Host(namespace, port, bin_)


@pytest.fixture
def pair(tmp_path: Path) -> Generator[tuple[Host, Host], None, None]:
    """Two hosts joined by a veth pair, each with an lldpd of its own."""
    if os.geteuid() != 0:
        pytest.skip("namespaces need root")
    tag = f"{os.getpid() % 100000}"
    names, ports = (f"bua{tag}", f"bub{tag}"), (f"va{tag}", f"vb{tag}")
    with contextlib.ExitStack() as stack:
        for name in names:
            run("ip", "netns", "add", name)
            stack.callback(run, "ip", "netns", "del", name)
        run(
            "ip",
            "link",
            "add",
            ports[0],
            "netns",
            names[0],
            "type",
            "veth",
            "peer",
            ports[1],
            "netns",
            names[1],
        )
        for name, port in zip(names, ports, strict=True):
            run("ip", "netns", "exec", name, "ip", "link", "set", port, "up")
        poll(lambda: _has_carrier(names[0], ports[0]), "the veth pair")
        yield (
            stack.enter_context(lldp_host(tmp_path / "a", names[0], ports[0], "host-a")),
            stack.enter_context(lldp_host(tmp_path / "b", names[1], ports[1], "host-b")),
        )


def _has_carrier(namespace: str, port: str) -> bool:
    command = [tool("ip"), "netns", "exec", namespace, "cat", f"/sys/class/net/{port}/carrier"]
    return subprocess.run(command, capture_output=True, check=False).stdout.strip() == b"1"


async def test_lldpd_at_the_far_end_of_a_cable_is_seen(pair: tuple[Host, Host]) -> None:
    near, far = pair
    peer = NamespaceLinks(near)
    device = Device.model_validate({"name": "host-a", "role": "node", "platform": "linux", "address": "::1"})
    driver = LinuxDriver(device, peer)
    shell = await peer.shell()
    await NamespaceShell(far).run("lldpcli update")
    deadline = time.monotonic() + DEADLINE_S
    while not (told := await driver.neighbors()):  # lldpd tells nobody when it has first heard something
        assert time.monotonic() < deadline
        await asyncio.sleep(0.2)
    (neighbor,) = told
    assert (neighbor.local_port, neighbor.system_name) == (near.port, value("host-b"))
    far_mac = (
        (await NamespaceShell(far).run(f"cat /sys/class/net/{far.port}/address")).stdout.decode().strip()
    )
    assert neighbor.port_id == value(far_mac)
    assert neighbor.port_description == value(far.port)
    text = await shell.run("lldpctl")
    decoded = find_format("lldp.text").decode(text.stdout)
    assert decoded.outcome == "ok", decoded.warnings
    await NamespaceShell(near).run("lldpcli configure system interface pattern 'nothing*'")
    with pytest.raises(NoData, match="does not say that it listens"):
        await driver.neighbors()


async def test_iproute_and_ethtool_tell_of_a_veth_port_and_switch_it(pair: tuple[Host, Host]) -> None:
    near, _ = pair
    device = Device.model_validate({"name": "host-a", "role": "node", "platform": "linux", "address": "::1"})
    driver = LinuxDriver(device, NamespaceLinks(near))
    ports = {port.name: port for port in await driver.ports()}
    assert ports[near.port].oper_up == value(True)
    assert ports[near.port].speed_gbps == value(10.0)
    shell = NamespaceShell(near)
    await shell.run(f"ip link set {near.port} down")
    ports = {port.name: port for port in await driver.ports()}
    assert (ports[near.port].admin_up, ports[near.port].oper_up) == (value(False), value(False))
