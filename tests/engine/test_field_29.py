"""The device's load matters more than ours (field rule 29), counted where the requests arrive."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import pytest

from bringup.driver.capability import HasEnvironment, HasOptics, Identifies, PowersHost, UpdatesFirmware
from bringup.driver.registry import Platform
from bringup.engine import bench as bench_module
from bringup.engine.bench import Bench, Bounds
from bringup.engine.clock import WorldClock
from bringup.engine.desk import Desk
from bringup.engine.round import Round
from bringup.lab.keys import certificate_fingerprint
from bringup.lab.redfish_server import RedfishServer
from bringup.lab.world import World
from bringup.model.envelope import Limit
from bringup.model.facts import Optic
from bringup.model.inventory import Device, Inventory
from bringup.model.measurement import value
from bringup.model.verdict import Standing
from bringup.transport.base import Links, Transcript
from bringup.transport.credentials import resolve
from bringup.transport.links import Wiring
from tests.engine.stand import Stand, device
from tests.lab.small_world import PASSWORD, USER, serving, small_world

SLOW_S = 0.01


class CountingServer(RedfishServer):
    """Takes a moment for each answer, as BMCs do, and counts how many it was asked for at once."""

    def __init__(self, world: World, name: str) -> None:
        super().__init__(world, name)
        self.now = self.most = self.total = 0

    async def _handle(self, request: Any) -> Any:
        self.now += 1
        self.total += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(SLOW_S)
            return await super()._handle(request)
        finally:
            self.now -= 1


async def test_field_29_a_bmc_is_never_asked_for_more_than_two_things_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BMC_PASSWORD", PASSWORD)
    world = small_world()
    server = CountingServer(world, "bmc-01")
    async with AsyncExitStack() as held:
        port = await held.enter_async_context(serving(server))
        pinned = certificate_fingerprint(world.device("bmc-01").access.tls_certificate)
        redfish = {"port": port, "fingerprint": pinned, "user": USER, "password": "env:BMC_PASSWORD"}
        written = device("bmc-01", role="bmc", platform="redfish-bmc", address="127.0.0.1", redfish=redfish)
        inventory = Inventory.model_validate({"schema": "bringup.inventory/1", "device": [written]})
        wiring = Wiring(resolve(inventory.device, tmp_path), tmp_path)
        bench = Bench(inventory, wiring.links, Bounds())
        asked = [
            (Identifies, "identity"),
            (HasEnvironment, "environment"),
            (PowersHost, "host_power"),
            (UpdatesFirmware, "firmware"),
        ]
        calls = [bench.call("bmc-01", capability, method) for capability, method in asked for _ in range(3)]
        await asyncio.gather(*calls)
        await bench.close()
        await wiring.close()
    assert server.total > 50
    assert server.most == 2


class Busy:
    """A driver whose reads wait to be let go; counts those of the modules apart from the others."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.now = {"optics": 0, "identity": 0}
        self.most = {"optics": 0, "identity": 0}

    async def optics(self) -> tuple[Optic, ...]:
        await self._wait("optics")
        return ()

    async def identity(self) -> tuple[Optic, ...]:
        await self._wait("identity")
        return ()

    async def _wait(self, what: str) -> None:
        self.now[what] += 1
        self.most[what] = max(self.most[what], self.now[what])
        await self.go.wait()
        self.now[what] -= 1


class NoWires:
    def __init__(self) -> None:
        self.transcript = Transcript()

    async def close(self) -> None:
        return


def bench_of(monkeypatch: pytest.MonkeyPatch, busy: dict[str, Busy]) -> Bench:
    def open_(device: Device, links: Links) -> object:
        return busy.setdefault(device.name, Busy())

    platform = Platform(
        name="sonic",
        title="",
        transports=("ssh",),
        open=open_,
        samples_s=MappingProxyType({"optics": 60.0}),
    )
    monkeypatch.setattr(bench_module, "find_platform", lambda name: platform)
    leaves = [device("leaf-1"), device("leaf-2")]
    inventory = Inventory.model_validate({"schema": "bringup.inventory/1", "device": leaves})
    return Bench(inventory, lambda device: cast(Links, NoWires()), Bounds())


async def test_field_29_a_switch_reads_its_modules_once_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    busy: dict[str, Busy] = {}
    bench = bench_of(monkeypatch, busy)
    tasks = [
        asyncio.create_task(bench.call(name, capability, method))
        for name in ("leaf-1", "leaf-2")
        for capability, method in ((HasOptics, "optics"), (Identifies, "identity"))
        for _ in range(3)
    ]
    for _ in range(50):
        await asyncio.sleep(0)
    assert {name: each.now["optics"] for name, each in busy.items()} == {"leaf-1": 1, "leaf-2": 1}
    for each in busy.values():
        each.go.set()
    await asyncio.gather(*tasks)
    assert {each.most["optics"] for each in busy.values()} == {1}
    assert {each.most["identity"] for each in busy.values()} == {3}


async def test_field_29_nothing_is_polled_more_often_than_its_platform_looks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    busy: dict[str, Busy] = {}
    bench = bench_of(monkeypatch, busy)
    bench.driver("leaf-1")
    busy["leaf-1"].go.set()
    round_ = Round(bench, WorldClock(), Desk(), 5.0)
    assert round_.pace_s == 0.0
    await round_.read("leaf-1", Identifies, "identity", "now", ())
    assert round_.pace_s == 0.0
    await round_.read("leaf-1", HasOptics, "optics", "now", ())
    assert round_.pace_s == 60.0
    await round_.close()


@pytest.mark.usefixtures("still_clock")
async def test_field_29_a_step_that_waits_for_modules_looks_once_a_period(stand: Stand) -> None:
    stand.inventory = Inventory.model_validate(
        {
            "schema": "bringup.inventory/1",
            "device": [device("leaf-1")],
            "port": [{"device": "leaf-1", "name": "Ethernet0", "optic": "400GBASE-DR4"}],
        }
    )
    there = Limit(measure="optic_present", equals=True, source="this test", standing=Standing.SITE)
    stand.limits = (there,)
    stand.table[("leaf-1", "optics")] = (Optic(port="Ethernet0", present=value(False)),)
    stand.bench.pace_s = lambda name, method: 60.0  # type: ignore[method-assign]
    step = {"check": "optic.presence", "until_s": 100.0, "every_s": 1.0}
    await stand.run({"name": "optics", "step": [step]})
    assert len(stand.bench.calls) == 3
