"""One dirty plug, seen over SSH, gNMI and eAPI at both of its ends by clients that others wrote."""

import asyncio
import base64
import json
import re
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bringup.lab.clock import HandClock
from bringup.lab.profile import PASSWORD, USER
from bringup.lab.rack import LabRack
from bringup.lab.world import World
from tests.lab.test_ssh_server import SSH, Client

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pygnmi.client import gNMIclient

pytestmark = pytest.mark.skipif(SSH is None, reason="the OpenSSH client is not installed")
NEAR, FAR = "Ethernet8", "Ethernet2/1"
STANDARD_MIN_DBM = -5.9
Lanes = list[float]


@asynccontextmanager
async def standing(folder: Path) -> AsyncIterator[LabRack]:
    rack = LabRack(folder, clock=HandClock())
    await rack.start()
    try:
        yield rack
    finally:
        await rack.stop()


def port_of(rack: LabRack, device: str, service: str) -> int:
    return next(each.port for each in rack.services if (each.device, each.name) == (device, service))


async def over_ssh(folder: Path, rack: LabRack) -> Lanes:
    client = Client(folder, rack.world, "leaf-1", port_of(rack, "leaf-1", "ssh"))
    text = (await client.run(f"show interfaces transceiver eeprom -d {NEAR}")).text
    return [float(power) for power in re.findall(r"RX\dPower: (-?[\d.]+)dBm", text)]


async def over_gnmi(rack: LabRack, device: str, port: str) -> Lanes:
    def blocking() -> Any:
        target = ("127.0.0.1", str(port_of(rack, device, "gnmi")))
        with gNMIclient(
            target=target, username=USER, password=PASSWORD, insecure=True, gnmi_timeout=10
        ) as client:
            return client.get(path=["openconfig:/components"], encoding="json_ietf")

    found: dict[int, float] = {}

    def search(node: Any, inside: bool) -> None:
        if isinstance(node, list):
            for each in node:
                search(each, inside)
        if isinstance(node, dict):
            here = inside or str(node.get("name", "")).endswith(port)
            power = node.get("state", {}).get("input-power") if isinstance(node.get("state"), dict) else None
            if here and power is not None and "index" in node:
                found[int(node["index"])] = float(power["instant"])
            for each in node.values():
                search(each, here)

    search(await asyncio.to_thread(blocking), False)
    lanes = sorted(found)
    return [found[lane] for lane in lanes]


async def over_eapi(rack: LabRack) -> Lanes:
    request = {
        "jsonrpc": "2.0", "id": 1, "method": "runCmds",
        "params": {"version": 1, "cmds": ["show interfaces transceiver detail"], "format": "json"},
    }  # fmt: skip
    url = f"https://127.0.0.1:{port_of(rack, 'leaf-2', 'eapi')}/command-api"
    login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    headers = {"Authorization": f"Basic {login}"}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.post(url, json=request, ssl=False) as reply,
    ):
        told = json.loads(await reply.read())["result"][0]
    channels = told["interfaces"][FAR]["parameters"]["rxPower"]["channels"]
    return [channels[lane] for lane in sorted(channels)]


async def everywhere(folder: Path, rack: LabRack) -> dict[str, Lanes]:
    return {
        "near, SSH": await over_ssh(folder, rack),
        "near, gNMI": await over_gnmi(rack, "leaf-1", NEAR),
        "far, eAPI": await over_eapi(rack),
        "far, gNMI": await over_gnmi(rack, "leaf-2", FAR),
    }


def smear(world: World, depth_db: float) -> None:
    """By hand, without any fault's name: dirt on lane 3 going out and on lane 2 coming in."""
    end = next(end for cable in world.cables for end in (cable.a, cable.b) if end.port == f"leaf-1/{NEAR}")
    with world.changing():
        end.out_db[2] += depth_db
        end.in_db[1] += depth_db


async def test_dirt_on_one_plug_is_seen_at_both_ends_over_every_protocol(tmp_path: Path) -> None:
    async with standing(tmp_path / "lab") as rack:
        clean = await everywhere(tmp_path, rack)
        assert all(len(lanes) == 4 for lanes in clean.values()), clean
        assert all(-3.0 < power < 0.0 for lanes in clean.values() for power in lanes), clean
        smear(rack.world, 5.2)
        dirty = await everywhere(tmp_path, rack)
    for where, lanes in dirty.items():
        low = [lane for lane, power in enumerate(lanes, 1) if power < STANDARD_MIN_DBM]
        assert low == [2 if where.startswith("near") else 3], where
    assert dirty["near, SSH"] == pytest.approx(dirty["near, gNMI"], abs=0.02)
    assert dirty["far, eAPI"] == pytest.approx(dirty["far, gNMI"], abs=0.02)


async def test_cleaning_brings_the_light_back_everywhere(tmp_path: Path) -> None:
    async with standing(tmp_path / "lab") as rack:
        clean = await everywhere(tmp_path, rack)
        rack.faults.add(f"dirty-connector@leaf-1/{NEAR}=6")
        dirty = await everywhere(tmp_path, rack)
        rack.faults.repair()
        again = await everywhere(tmp_path, rack)
    for where in clean:
        assert min(dirty[where]) < STANDARD_MIN_DBM, where
        assert again[where] == pytest.approx(clean[where], abs=0.02), where
