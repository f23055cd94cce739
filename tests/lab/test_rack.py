"""A whole lab on loopback: what it writes, who answers, what comes back after it was stopped or killed."""

import asyncio
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bringup.input.inventory import load_inventory
from bringup.lab.clock import HandClock
from bringup.lab.control import Control, ask
from bringup.lab.folder_lock import FolderLock
from bringup.lab.presence import presence_of
from bringup.lab.rack import LabRack
from bringup.lab.technician import write_technician
from bringup.model.errors import InputError
from bringup.model.inventory import Inventory
from tests.lab.mini_world import NODE_BOOT_S

CONNECT_S = 0.4
WHOLE_LAB_KIB = 80 * 1024


@pytest.fixture(autouse=True)
def _own_sockets(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control sockets in a folder of the test's own; a short one, for a socket's path may have 107 bytes."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("x")))


@asynccontextmanager
async def standing(folder: Path, **given: Any) -> AsyncIterator[tuple[LabRack, HandClock]]:
    clock = HandClock()
    rack = LabRack(folder, clock=clock, **given)
    await rack.start()
    try:
        yield rack, clock
    finally:
        await rack.stop()


def port_of(rack: LabRack, device: str, service: str) -> int:
    return next(each.port for each in rack.services if (each.device, each.name) == (device, service))


async def knock(port: int) -> str:
    """How a TCP connection to a loopback port goes: the first bytes, `silent`, `refused` or `no answer`."""
    try:
        reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), CONNECT_S)
    except ConnectionRefusedError:
        return "refused"
    except TimeoutError:
        return "no answer"
    try:
        return (await asyncio.wait_for(reader.read(8), CONNECT_S)).decode(errors="replace")
    except TimeoutError:
        return "silent"
    finally:
        writer.close()


async def test_the_inventory_that_a_lab_writes_is_a_valid_one(tmp_path: Path) -> None:
    async with standing(tmp_path / "lab", speed=100.0, seed=4) as (rack, _clock):
        inventory: Inventory = load_inventory(rack.inventory)
    assert inventory.lab is not None
    assert (inventory.lab.speed, inventory.lab.profile, inventory.lab.seed) == (100.0, "mini", 4)
    assert list(inventory.devices) == ["pdu-1", "leaf-1", "leaf-2", "node-01", "bmc-01"]
    assert len(inventory.cable) == 4
    assert inventory.far_ends["leaf-1/Ethernet0"] == "node-01/enp65s0np0"
    assert inventory.devices["node-01"].bmc == "bmc-01"
    assert [feed.outlet for feed in inventory.devices["node-01"].feed] == [5, 6]
    assert {port.subject for port in inventory.port} == set(inventory.far_ends)


async def test_the_inventory_says_what_should_be_and_not_what_is(tmp_path: Path) -> None:
    given = (
        "wrong-serial@leaf-1",
        "missing-optic@leaf-1/Ethernet0",
        "wrong-password@leaf-1",
        "changed-host-key@leaf-1",
    )
    async with standing(tmp_path / "lab", faults=given) as (rack, _clock):
        inventory = load_inventory(rack.inventory)
        assert inventory.devices["leaf-1"].expect.serial != rack.world.device("leaf-1").serial
        assert inventory.ports["leaf-1/Ethernet0"].optic == "400GBASE-DR4"
        secret = (tmp_path / "lab" / "secrets" / "leaf-1.password").read_text().strip()
        assert secret != rack.world.device("leaf-1").access.password
    assert not any(name.split("@")[0] in rack.inventory.read_text() for name in given)


async def test_secrets_are_files_that_only_the_owner_reads_and_stand_nowhere_else(tmp_path: Path) -> None:
    async with standing(tmp_path / "lab") as (rack, _clock):
        pass
    secrets = [
        *(rack.folder / "secrets").iterdir(),
        *(rack.folder / name for name in ("approve-key", "world.json")),
    ]
    assert len(secrets) > 5
    for path in secrets:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert "lab-password" not in rack.inventory.read_text()
    assert "lab-write" not in rack.inventory.read_text()


def test_the_technicians_key_says_that_it_is_simulated(tmp_path: Path) -> None:
    write_technician(tmp_path, "mini")
    assert (tmp_path / "approve-key.pub").read_text().split()[-1] == "simulated"
    shown = subprocess.run(
        ["ssh-keygen", "-y", "-f", tmp_path / "approve-key"], capture_output=True, text=True, check=True
    )
    assert shown.stdout.split()[2] == "simulated"
    answers = tomllib.loads((tmp_path / "answers.toml").read_text())
    assert all(each["by"] == "simulated" for each in answers["answer"])


async def test_a_node_that_is_off_is_not_there_then_booting_then_there(tmp_path: Path) -> None:
    async with standing(tmp_path / "lab") as (rack, clock):
        port = port_of(rack, "node-01", "ssh")
        assert await knock(port) == "no answer"
        rack.world.reset_host("node-01", "On")
        await rack.follow()
        assert await knock(port) == "refused"
        clock.forward(NODE_BOOT_S)
        await rack.follow()
        assert (await knock(port)).startswith("SSH-2.0")


async def test_a_device_whose_cable_is_out_does_not_even_refuse(tmp_path: Path) -> None:
    async with standing(tmp_path / "lab") as (rack, _clock):
        ports = [
            port_of(rack, "leaf-1", "ssh"),
            port_of(rack, "leaf-2", "eapi"),
            port_of(rack, "leaf-2", "gnmi"),
        ]
        rack.faults.add("device-unreachable@leaf-1")
        rack.faults.add("device-unreachable@leaf-2")
        await rack.follow()
        assert await asyncio.gather(*map(knock, ports)) == ["no answer"] * 3
        rack.faults.repair()
        await rack.follow()
        assert [
            port_of(rack, "leaf-1", "ssh"),
            port_of(rack, "leaf-2", "eapi"),
            port_of(rack, "leaf-2", "gnmi"),
        ] == ports
        assert (await knock(ports[0])).startswith("SSH-2.0")
        assert await knock(ports[1]) == "silent"


async def test_presence_follows_power_and_cable(tmp_path: Path) -> None:
    async with standing(tmp_path / "lab") as (rack, clock):
        world = rack.world
        assert presence_of(world.device("leaf-1")) == "there"
        for outlet in (1, 2):
            world.set_outlet("pdu-1", outlet, False)
        assert presence_of(world.device("leaf-1")) == "gone"
        world.set_outlet("pdu-1", 1, True)
        assert presence_of(world.device("leaf-1")) == "closed"
        clock.forward(100.0)
        assert presence_of(world.device("leaf-1")) == "there"


async def test_a_lab_comes_back_on_the_same_ports_with_the_same_keys_and_faults(tmp_path: Path) -> None:
    folder = tmp_path / "lab"
    async with standing(folder, seed=9, faults=("psu-out@leaf-1/psu-2",)) as (rack, _clock):
        ports = [each.port for each in rack.services]
        key = rack.world.device("leaf-1").access.ssh_host_key
        written = rack.inventory.read_text()
        rack.world.set_outlet("pdu-1", 5, True)
    async with standing(folder) as (again, _clock):
        assert again.restored
        assert [each.port for each in again.services] == ports
        assert again.world.device("leaf-1").access.ssh_host_key == key
        assert again.inventory.read_text() == written
        assert again.world.outlet_live("pdu-1", 5)
        assert again.world.plant.seed == 9
        assert not again.world.supply_ok("leaf-1", "psu-2")
        assert [each.text for each in again.faults.repair()] == ["psu-out@leaf-1/psu-2"]
        assert again.world.supply_ok("leaf-1", "psu-2")


async def test_the_world_is_on_disk_as_soon_as_it_has_changed(tmp_path: Path) -> None:
    folder = tmp_path / "lab"
    async with standing(folder) as (rack, _clock):
        rack.world.set_outlet("pdu-1", 7, True)
        saved = json.loads((folder / "world.json").read_bytes())
        outlets = {each["index"]: each["commanded_on"] for each in saved["devices"][0]["outlets"]}
        assert outlets[7] is True


async def test_a_lab_whose_ports_are_taken_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "lab"
    async with standing(folder) as (rack, _clock):
        port = port_of(rack, "leaf-1", "ssh")
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", port))
        squatter.listen()
        with pytest.raises(InputError, match="ports back"):
            async with standing(folder):
                pass


async def test_one_folder_holds_one_lab_at_a_time(tmp_path: Path) -> None:
    async with standing(tmp_path / "lab"):
        with pytest.raises(InputError, match="stands in"):
            FolderLock(tmp_path / "lab", wait_s=0.0)
    FolderLock(tmp_path / "lab", wait_s=0.0).release()


@pytest.mark.parametrize("name", ["lab.json", "world.json"])
async def test_a_damaged_lab_is_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "lab"
    async with standing(folder):
        pass
    (folder / name).write_text('{"profile": ')
    with pytest.raises(InputError):
        LabRack(folder)


@pytest.mark.parametrize("given", [{"profile": "maxi"}, {"speed": 0.0}, {"speed": 2000.0}])
def test_a_lab_that_can_not_be_is_refused(tmp_path: Path, given: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        LabRack(tmp_path / "lab", **given)


async def test_a_fault_that_can_not_be_takes_the_lab_down_again(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no fault is called"):
        async with standing(tmp_path / "lab", faults=("sabotage",)):
            pass


# the control socket


async def test_faults_come_and_go_through_the_control_socket(tmp_path: Path) -> None:
    async with standing(tmp_path / "lab") as (rack, _clock):
        control = Control(rack, asyncio.Event())
        await control.start()
        assert stat.S_IMODE(control.path.stat().st_mode) == 0o600
        assert stat.S_IMODE(control.path.parent.stat().st_mode) == 0o700

        async def do(**request: Any) -> Any:
            return await asyncio.to_thread(ask, rack.folder, request)

        assert await do(do="add", fault="psu-out@leaf-1/psu-1") == "psu-out@leaf-1/psu-1"
        assert not rack.world.supply_ok("leaf-1", "psu-1")
        assert (await do(do="status"))["faults"] == ["psu-out@leaf-1/psu-1"]
        with pytest.raises(InputError, match="no fault is called"):
            await do(do="add", fault="sabotage")
        with pytest.raises(InputError, match="nothing that a lab does"):
            await do(do="dance")
        assert await do(do="repair", fault=None) == ["psu-out@leaf-1/psu-1"]
        assert rack.world.supply_ok("leaf-1", "psu-1")
        await control.stop()


def test_asking_a_lab_that_does_not_stand_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no lab answers"):
        ask(tmp_path, {"do": "status"})


# as a process


def start_process(folder: Path, *arguments: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bringup.lab", "--dir", str(folder), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, json.loads(process.stdout.readline())


def end(process: subprocess.Popen[str], how: Callable[[], Any]) -> int:
    how()
    try:
        return process.wait(20)
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


def test_a_lab_process_says_when_it_stands_and_stays_small(tmp_path: Path) -> None:
    process, told = start_process(tmp_path / "lab", "--speed", "100", "--fault", "dark-lane")
    assert told["ready"] is True
    assert Path(told["inventory"]).exists()
    assert told["pid"] == process.pid
    assert len(told["faults"]) == 1
    status = Path(f"/proc/{process.pid}/status").read_text()
    resident_kib = int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])
    assert end(process, process.terminate) == 0
    assert resident_kib < WHOLE_LAB_KIB


def test_a_lab_process_ends_with_its_parent_when_asked_to(tmp_path: Path) -> None:
    process, _told = start_process(tmp_path / "lab", "--with-parent")
    assert process.stdin is not None
    assert end(process, process.stdin.close) == 0


def test_a_killed_lab_comes_back_as_it_was(tmp_path: Path) -> None:
    process, first = start_process(tmp_path / "lab", "--speed", "50")
    ask(tmp_path / "lab", {"do": "add", "fault": "outlet-off@pdu-1/outlet-1"})
    assert end(process, lambda: os.kill(process.pid, signal.SIGKILL)) == -signal.SIGKILL
    process, again = start_process(tmp_path / "lab")
    assert again["faults"] == ["outlet-off@pdu-1/outlet-1"]
    assert again["speed"] == 50.0
    assert again["devices"]["leaf-1"]["services"] == first["devices"]["leaf-1"]["services"]
    assert end(process, process.terminate) == 0


def test_a_lab_that_can_not_stand_says_why_and_ends_with_2(tmp_path: Path) -> None:
    process, told = start_process(tmp_path / "lab", "--fault", "sabotage")
    assert told["ready"] is False
    assert "no fault is called" in told["error"]
    assert end(process, lambda: None) == 2
