"""The NVUE driver by REST alone: a real HTTP server that answers with the trees of a switch."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from aiohttp import BasicAuth, web

from bringup.driver import nvue_rest
from bringup.driver.platform.nvue import NvueDriver
from bringup.model.errors import NoData, Refused, Unparsable
from bringup.model.inventory import Device
from bringup.model.measurement import NOT_AVAILABLE, value
from tests.decode.platform_samples import SAMPLES
from tests.driver.nvue.test_nvue import PORTS
from tests.transport.peers import links

PASSWORD = "of-the-stand"
TREES = {
    nvue_rest.PATHS["system"]: SAMPLES["nvue.system"],
    nvue_rest.PATHS["platform"]: SAMPLES["nvue.platform"],
    nvue_rest.PATHS["supplies"]: SAMPLES["nvue.psu"],
    nvue_rest.PATHS["fans"]: SAMPLES["nvue.fan"],
    nvue_rest.PATHS["sensors"]: SAMPLES["nvue.temperature"],
    nvue_rest.PATHS["interfaces"]: PORTS,
    nvue_rest.PATHS["phy"].format(port="swp1"): SAMPLES["nvue.phy-detail"],
}


@contextlib.asynccontextmanager
async def switch(
    folder: Path, trees: dict[str, bytes], *, status: int = 200, password: str = PASSWORD
) -> AsyncGenerator[tuple[NvueDriver, list[tuple[str, str]]], None]:
    """A driver with REST alone, and what was asked of the server: (method, path)."""
    asked: list[tuple[str, str]] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append((request.method, request.path_qs))
        login = BasicAuth.decode(request.headers.get("Authorization", "Basic Og=="))
        if (login.login, login.password) != ("admin", PASSWORD):
            return web.Response(status=401)
        held = trees.get(request.path_qs)
        return web.Response(body=held or b"{}", status=404 if held is None else status)

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    (folder / "password").write_text(f"{password}\n")
    port = runner.addresses[0][1]
    rest = {"port": port, "tls": False, "user": "admin", "password": "file:password"}
    device = Device.model_validate(
        {"name": "leaf-9", "role": "leaf", "platform": "nvue", "address": "127.0.0.1", "nvue": rest}
    )
    try:
        async with links(device, folder) as opened:
            yield NvueDriver(device, opened), asked
    finally:
        await runner.cleanup()


async def test_a_switch_is_read_by_rest_alone_and_only_read(tmp_path: Path) -> None:
    async with switch(tmp_path, TREES) as (driver, asked):
        identity, environment = await driver.identity(), await driver.environment()
        ports, counters = await driver.ports(), await driver.fec_counters()
    assert (identity.hostname, identity.serial) == (value("leaf-3"), value("AC0077"))
    assert identity.uptime_s == value(93784.0)
    assert [supply.ok.value for supply in environment.supplies] == [True, None]
    assert [(port.name, port.oper_up.value) for port in ports] == [("swp1", True), ("swp2", False)]
    assert [entry.pre_fec_ber for entry in counters] == [value(1e-7), NOT_AVAILABLE]
    assert {method for method, _ in asked} == {"GET"}


async def test_what_rest_does_not_tell_is_no_data_with_advice(tmp_path: Path) -> None:
    async with switch(tmp_path, TREES) as (driver, _):
        for read in (driver.clock, driver.optics, driver.neighbors, driver.bundles):
            with pytest.raises(NoData, match="ssh"):
                await read()


@pytest.mark.parametrize("status", [500, 302, 204])
async def test_another_status_is_no_answer(tmp_path: Path, status: int) -> None:
    async with switch(tmp_path, TREES, status=status) as (driver, _):
        with pytest.raises((Unparsable, Refused)):
            await driver.ports()


async def test_a_tree_that_is_not_there_is_no_data(tmp_path: Path) -> None:
    async with switch(tmp_path, {}) as (driver, _):
        for read in (driver.identity, driver.environment, driver.ports):
            with pytest.raises(NoData):
                await read()


async def test_a_wrong_password_is_refused(tmp_path: Path) -> None:
    async with switch(tmp_path, TREES, password="another") as (driver, _):
        with pytest.raises(Refused):
            await driver.ports()


@pytest.mark.parametrize("tree", [b"{", b"[]", b"null", b"<html></html>", PORTS[:-9]])
async def test_a_tree_that_is_damaged_is_refused(tmp_path: Path, tree: bytes) -> None:
    async with switch(tmp_path, {nvue_rest.PATHS["interfaces"]: tree}) as (driver, _):
        with pytest.raises((Unparsable, NoData)):
            await driver.ports()
