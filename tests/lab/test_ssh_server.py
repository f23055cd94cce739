"""The lab's SSH servers, as the OpenSSH client sees them."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from bringup.lab.keys import make_ssh_key, ssh_public
from bringup.lab.render_linux import LinuxShell
from bringup.lab.render_sonic import SonicShell
from bringup.lab.ssh_server import SshServer
from bringup.lab.world import World
from tests.lab.mini_world import make_booted_world

SSH = shutil.which("ssh")
pytestmark = pytest.mark.skipif(SSH is None, reason="the OpenSSH client is not installed")


class Done(NamedTuple):
    status: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()


class Client:
    """OpenSSH with a key of its own, a password through SSH_ASKPASS, and strict host keys."""

    def __init__(self, folder: Path, world: World, device: str, port: int) -> None:
        self._folder, self._port = folder, port
        key = make_ssh_key("test")
        world.device(device).access.authorized_keys.append(ssh_public(key))
        self._key = self._write("key", key, 0o600)
        self._hosts = self._write(
            "hosts", f"[127.0.0.1]:{port} {ssh_public(world.device(device).access.ssh_host_key)}\n"
        )
        self.use_password("lab-password")

    def _write(self, name: str, text: str, mode: int = 0o600) -> Path:
        path = self._folder / name
        path.touch(mode=mode)
        path.write_text(text)
        return path

    def use_password(self, password: str) -> None:
        self._ask = self._write("askpass", f"#!/bin/sh\necho '{password}'\n")
        self._ask.chmod(0o700)

    async def run(
        self,
        *command: str,
        by: str = "publickey",
        stdin: bytes = b"",
        timeout_s: float = 20.0,
        terminal: bool = False,
    ) -> Done:
        options = {
            "UserKnownHostsFile": self._hosts,
            "GlobalKnownHostsFile": "/dev/null",
            "StrictHostKeyChecking": "yes",
            "IdentityFile": self._key,
            "IdentitiesOnly": "yes",
            "PreferredAuthentications": by,
            "NumberOfPasswordPrompts": "1",
            "ConnectTimeout": "2",
        }
        given = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
        given += ["-tt"] if terminal else []
        process = await asyncio.create_subprocess_exec(
            str(SSH), "-F", "/dev/null", *given, "-p", str(self._port), "admin@127.0.0.1", *command,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            env={
                "SSH_ASKPASS": str(self._ask), "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ":9",
                "PATH": "/usr/bin:/bin",
            },
        )  # fmt: skip
        try:
            out, err = await asyncio.wait_for(process.communicate(stdin), timeout_s)
        except TimeoutError:
            process.kill()
            await process.communicate()
            raise
        return Done(process.returncode or 0, out, err.decode(errors="replace"))


@asynccontextmanager
async def connected(folder: Path, device: str) -> AsyncIterator[tuple[Client, World]]:
    world, _ = make_booted_world()
    shell = SonicShell(world, device) if device.startswith("leaf") else LinuxShell(world, device)
    server = SshServer(world, device, shell)
    port = await server.start("127.0.0.1", 0)
    try:
        yield Client(folder, world, device, port), world
    finally:
        await server.stop()


SONIC_COMMANDS = {
    "show version": "SONiC Software Version: SONiC.202411.3",
    "show platform syseeprom": "Serial Number",
    "show platform psustatus --json": '"name": "PSU 2"',
    "show platform fan": "FAN-4",
    "show platform temperature": "ASIC",
    "show interfaces status": "Ethernet24",
    "show interfaces fec status": "FEC Admin",
    "show interfaces counters fec-stats": "FEC_PRE_BER",
    "show interfaces transceiver presence": "Ethernet24  Not present",
    "show interfaces transceiver eeprom -d": "Ethernet24: SFP EEPROM Not detected",
    "docker exec lldp lldpctl -f json0": '"value": "node-01"',
    "date +%s.%N": "1750000",
    "cat /proc/uptime": "3456",
    "cat /proc/sys/kernel/random/boot_id": "-4000-8000-",
    "hostname": "leaf-1",
}
LINUX_COMMANDS = {
    "hostname": "node-01",
    "cat /etc/os-release": 'PRETTY_NAME="Ubuntu 22.04.5 LTS"',
    "uname -srm": "Linux 5.15.0-130-generic x86_64",
    "cat /sys/class/dmi/id/product_name": "LT-G8",
    "nproc": "64",
    "cat /proc/meminfo": "MemTotal:",
    "ip -j link": '"ifname": "enp65s0np0"',
    "ethtool enp65s0np0": "Speed: 400000Mb/s",
    "ethtool -i enp65s0np0": "driver: mlx5_core",
    "ethtool -m enp65s0np0": "Rcvr signal avg optical power (Channel 4)",
    "ethtool -S enp65s0np0": "rx_corrected_bits_phy:",
    "ethtool -I --show-fec enp65s0np0": "Active FEC encoding: RS",
    "lldpcli show neighbors -f json0": '"value": "leaf-2"',
    "cat /sys/class/net/enp65s0np0/device/current_link_width": "16",
    "cat /sys/class/net/enp65s0np0/device/max_link_speed": "32.0 GT/s PCIe",
    "readlink -f /sys/class/net/enp193s0np0/device": "0000:c1:00.0",
    "timedatectl show": "NTPSynchronized=yes",
    "ls -1 /sys/class/net": "lo",
    "sudo cat /sys/class/dmi/id/product_serial": "LG",
}


@pytest.mark.parametrize(
    ("device", "commands"), [("leaf-1", SONIC_COMMANDS), ("node-01", LINUX_COMMANDS)], ids=["sonic", "linux"]
)
async def test_openssh_reads_everything_that_bring_up_asks_for(
    tmp_path: Path, device: str, commands: dict[str, str]
) -> None:
    async with connected(tmp_path, device) as (client, _world):
        replies = await asyncio.gather(*(client.run(command) for command in commands))
        for (command, expected), reply in zip(commands.items(), replies, strict=True):
            assert (reply.status, reply.err) == (0, ""), command
            assert expected in reply.text, command


async def test_openssh_comes_in_by_password_too(tmp_path: Path) -> None:
    async with connected(tmp_path, "leaf-1") as (client, _world):
        assert (await client.run("hostname", by="password")).text == "leaf-1\n"


async def test_another_password_is_refused(tmp_path: Path) -> None:
    async with connected(tmp_path, "leaf-1") as (client, world):
        world.device("leaf-1").access.password = "another"
        refused = await client.run("hostname", by="password")
        assert refused.status == 255
        assert "Permission denied" in refused.err


async def test_another_host_key_is_noticed_at_the_next_connection(tmp_path: Path) -> None:
    async with connected(tmp_path, "leaf-1") as (client, world):
        assert (await client.run("hostname")).status == 0
        world.device("leaf-1").access.ssh_host_key = make_ssh_key()
        changed = await client.run("hostname")
        assert changed.status == 255
        assert "REMOTE HOST IDENTIFICATION HAS CHANGED" in changed.err


async def test_an_unknown_command_is_answered_as_bash_answers(tmp_path: Path) -> None:
    async with connected(tmp_path, "leaf-1") as (client, _world):
        reply = await client.run("frobnicate --all")
        assert (reply.status, reply.out) == (127, b"")
        assert reply.err == "bash: line 1: frobnicate: command not found\n"


async def test_a_plain_shell_takes_commands_until_exit(tmp_path: Path) -> None:
    async with connected(tmp_path, "leaf-1") as (client, _world):
        reply = await client.run(stdin=b"hostname\nfrobnicate\nexit\n")
        assert reply.text.count("admin@leaf-1:~$ ") == 3
        assert "leaf-1\n" in reply.text
        assert "command not found" in reply.err
        assert reply.status == 127


async def test_nonsense_comes_after_the_login_and_is_no_text(tmp_path: Path) -> None:
    async with connected(tmp_path, "leaf-1") as (client, world):
        world.device("leaf-1").answers = "garbage"
        reply = await client.run("show version")
        assert reply.out
        with pytest.raises(UnicodeDecodeError):
            reply.out.decode()


async def test_a_silent_device_takes_the_connection_and_says_nothing(tmp_path: Path) -> None:
    async with connected(tmp_path, "leaf-1") as (client, world):
        world.device("leaf-1").answers = "silent"
        reply = await client.run("hostname", timeout_s=15.0)
        assert reply.status == 255
        assert "timed out" in reply.err


async def test_shutting_a_port_over_ssh_shuts_it_in_the_world(tmp_path: Path) -> None:
    async with connected(tmp_path, "leaf-1") as (client, world):
        assert (await client.run("sudo config interface shutdown Ethernet8")).status == 0
        assert not world.port("leaf-1/Ethernet8").admin_up
        assert not world.port("leaf-2/Ethernet2/1").up
        assert (await client.run("sudo config interface startup Ethernet8")).status == 0
        assert world.port("leaf-1/Ethernet8").admin_up


async def test_a_port_that_is_not_there_can_not_be_shut(tmp_path: Path) -> None:
    async with connected(tmp_path, "leaf-1") as (client, _world):
        reply = await client.run("sudo config interface shutdown Ethernet4096")
        assert reply.status == 2
        assert "Interface name is invalid" in reply.err


async def test_a_dark_lane_is_printed_as_no_light_on_switch_and_host(tmp_path: Path) -> None:
    async with connected(tmp_path, "leaf-1") as (client, world):
        with world.changing():
            cable = next(each for each in world.cables if each.a.port == "leaf-1/Ethernet0")
            cable.b_to_a_db[2] = cable.a_to_b_db[1] = 60.0
        text = (await client.run("show interfaces transceiver eeprom -d Ethernet0")).text
        assert "RX3Power: -infdBm" in text
        assert "RX2Power: -infdBm" not in text
        host = LinuxShell(world, "node-01").run("ethtool -m enp65s0np0").out
        assert "Rcvr signal avg optical power (Channel 2) : 0.0000 mW / -inf dBm" in host


async def test_lldp_of_a_host_names_the_switch_ports_that_its_cables_lead_to(tmp_path: Path) -> None:
    async with connected(tmp_path, "node-01") as (client, _world):
        told = json.loads((await client.run("lldpcli show neighbors -f json0")).out)
        seen = {
            each["name"]: (each["chassis"][0]["name"][0]["value"], each["port"][0]["id"][0]["value"])
            for each in told["lldp"][0]["interface"]
        }
        assert seen == {"enp65s0np0": ("leaf-1", "etp1"), "enp193s0np0": ("leaf-2", "Ethernet1/1")}


@pytest.mark.parametrize("command", ["ethtool eth9", "cat /etc/shadow", "ip link set eth9 up"])
async def test_what_a_host_does_not_have_is_an_error(command: str) -> None:
    world, _ = make_booted_world()
    reply = LinuxShell(world, "node-01").run(command)
    assert reply.status != 0
    assert reply.out == ""
    assert reply.err
