"""Cumulus of the lab, by `nv` and by REST: one tree, and revisions that the switch takes back."""

from __future__ import annotations

import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from bringup.lab.configuration import path_cut
from bringup.lab.nvue_server import NvueServer
from bringup.lab.nvue_shell import NvueShell
from bringup.lab.world import World
from tests.lab.small_world import PASSWORD, USER, forward, serving
from tests.lab.test_eapi import basic
from tests.lab.vendor_world import NVUE, PORTS, vendor_world

FIRST, SECOND, EMPTY = PORTS[NVUE]
MTU = f"nv set interface {FIRST} link mtu 4096"
TRIAL = f"nv config attach applied -y && {MTU} && nv config apply --confirm 300s -y"
APPLY = {"state": "apply", "auto-prompt": {"ays": "ays_yes"}}


@pytest.fixture
def world() -> World:
    return vendor_world()


@pytest.fixture
def shell(world: World) -> NvueShell:
    return NvueShell(world, NVUE)


def said(shell: NvueShell, command: str) -> str:
    reply = shell.run(command)
    assert (reply.status, reply.err) == (0, "")
    return reply.out


def states(shell: NvueShell) -> dict[str, str]:
    held = json.loads(said(shell, "nv config revision -o json"))
    return {number: each["state"] for number, each in held.items()}


class Rest:
    """A client of the REST interface."""

    def __init__(self, http: aiohttp.ClientSession, port: int) -> None:
        self._http = http
        self._root = f"https://127.0.0.1:{port}/nvue_v1"
        self._tls = ssl.create_default_context()
        self._tls.check_hostname, self._tls.verify_mode = False, ssl.CERT_NONE

    async def ask(self, method: str, path: str, body: object = None, status: int = 200) -> Any:
        async with self._http.request(method, self._root + path, json=body, ssl=self._tls) as reply:
            assert reply.status == status, await reply.text()
            return await reply.json(content_type=None)


@asynccontextmanager
async def rest(world: World, password: str = PASSWORD) -> AsyncIterator[Rest]:
    headers = {"Authorization": basic(USER, password)}
    async with serving(NvueServer(world, NVUE)) as port, aiohttp.ClientSession(headers=headers) as http:
        yield Rest(http, port)


def test_a_module_is_told_on_lines_and_as_a_tree_with_the_worlds_light(
    world: World, shell: NvueShell
) -> None:
    with world.changing():
        world.cables[0].b_to_a_db[1] = 60.0
    real = world.lanes(f"{NVUE}/{FIRST}")
    lines = said(shell, f"nv show interface {FIRST} transceiver").splitlines()
    told = {key.strip(): text.strip() for key, _, text in (line.partition(":") for line in lines)}
    assert told["ch-2-rx-power"] == "0.0000 mW / -inf dBm"
    assert told["ch-1-rx-power"].endswith(f"/ {real[0].rx_power_dbm:.2f} dBm")
    tree = said(shell, f"nv show platform transceiver {FIRST}")
    assert f"/ {real[0].rx_power_dbm:.2f} dBm" in tree
    assert tree.count("low-alarm-threshold") == 2 + 3 * 4
    assert "status                 : unplugged" in said(shell, f"nv show interface {EMPTY} transceiver")


async def test_both_ways_tell_one_tree(world: World, shell: NvueShell) -> None:
    world.set_admin(f"{NVUE}/{FIRST}", False)
    places = ("system", "platform/environment/psu", "interface", f"interface/{SECOND}/link/phy-detail")
    async with rest(world) as client:
        for place in places:
            by_shell = json.loads(said(shell, f"nv show {place.replace('/', ' ')} -o json"))
            assert await client.ask("GET", f"/{place}?rev=operational") == by_shell
        link = await client.ask("GET", f"/interface/{FIRST}/link")
    assert (link["admin-status"], link["state"]) == ("down", {"down": {}})


def test_a_ber_has_one_digit_and_none_is_the_smallest_number_there_is(world: World, shell: NvueShell) -> None:
    with world.changing():
        world.cables[0].a.in_db[0] += 4.0
    told = json.loads(said(shell, f"nv show interface {FIRST} link phy-detail -o json"))
    real = world.pre_fec_ber(f"{NVUE}/{FIRST}")
    assert real is not None
    assert float(told["raw-ber"]) == pytest.approx(real, rel=0.5)
    assert len(told["raw-ber"].partition("E")[0]) == 1
    assert json.loads(said(shell, f"nv show interface {EMPTY} link phy-detail -o json"))["raw-ber"] == (
        "15E-255"
    )


@pytest.mark.parametrize(
    "command",
    [
        "nv show nonsense -o json", "nv show interface swp99 transceiver", "nv config apply -y", "reboot",
        f"nv set interface {FIRST} link mtu x", "nv set interface swp99 link mtu 4096", "nv reload",
        "nv set nonsense here now", f"{MTU} && nv config apply", "nv config apply --confirm-yes",
        "nv config apply 77 -y", f"nv set interface {FIRST} link breakout 4x",
        f"nv set interface {EMPTY} link breakout 8x",
    ],
)  # fmt: skip
def test_what_it_refuses_it_says_with_a_status_and_changes_nothing(
    world: World, shell: NvueShell, command: str
) -> None:
    reply = shell.run(command)
    assert reply.status in (1, 127)
    assert reply.err
    assert {port.mtu for port in world.ports(NVUE)} == {9216}


def test_the_first_command_that_fails_ends_a_chain(world: World, shell: NvueShell) -> None:
    chain = f"nv config attach applied -y && nv set nonsense a b && {MTU} && nv config apply -y"
    assert shell.run(chain).status == 1
    assert world.port(f"{NVUE}/{FIRST}").mtu == 9216


def test_a_revision_on_trial_is_taken_back_by_the_switch_unless_it_is_confirmed(
    world: World, shell: NvueShell
) -> None:
    port = world.port(f"{NVUE}/{FIRST}")
    said(shell, TRIAL)
    assert (states(shell), port.mtu) == ({"1": "inactive", "2": "confirm"}, 4096)
    forward(world, 301.0)
    assert (states(shell), port.mtu) == ({"1": "applied", "2": "inactive"}, 9216)
    said(shell, TRIAL)
    assert shell.run(f"{MTU} && nv config apply -y").status == 1  # another apply can't go on meanwhile
    said(shell, "nv config apply --confirm-yes")
    forward(world, 301.0)
    assert port.mtu == 4096
    applied = json.loads(said(shell, "nv config revision --applied -o json"))["applied"]
    assert applied["additional-data"]["parent-revision-id"] == "1"
    said(shell, "nv config apply 1 -y")
    assert port.mtu == 9216


def test_a_revision_is_attached_compared_and_thrown_away(world: World, shell: NvueShell) -> None:
    assert said(shell, "nv config attach applied -y") == "attached [rev_id: 2]\n"
    said(shell, MTU)
    assert said(shell, "nv config diff") == f"{MTU}\n"
    shown = json.loads(said(shell, "nv config show --pending -o json"))
    assert shown["interface"][FIRST]["link"]["mtu"] == 4096
    said(shell, "nv config delete 2")
    assert (states(shell), shell.run("nv config apply -y").status) == ({"1": "applied"}, 1)
    assert world.port(f"{NVUE}/{FIRST}").mtu == 9216


def test_what_goes_into_a_file_stays_and_is_never_read_by_a_shell(world: World, shell: NvueShell) -> None:
    said(shell, "printf '%s\\n' 'a; b && c' > .mark")
    assert said(shell, "cat .mark") == "a; b && c\n"
    assert shell.run("rm -f .mark && cat .mark").status == 1


async def test_a_revision_by_rest_is_made_filled_applied_and_taken_back(world: World) -> None:
    port = world.port(f"{NVUE}/{SECOND}")
    async with rest(world) as client:
        (number,) = await client.ask("POST", "/revision")
        body = {"link": {"state": {"down": {}}, "mtu": 4096}}
        await client.ask("PATCH", f"/interface/{SECOND}?rev={number}", body)
        assert port.admin_up
        staged = await client.ask("GET", f"/interface/{SECOND}/link?rev={number}")
        assert (staged["mtu"], staged["state"]) == (4096, {"down": {}})
        asked = await client.ask("PATCH", f"/revision/{number}", {"state": "apply"})
        assert (asked["state"], port.admin_up) == ("ays", True)
        timed = {**APPLY, "state-controls": {"confirm": 60}}
        assert (await client.ask("PATCH", f"/revision/{number}", timed))["state"] == "apply"
        assert (await client.ask("GET", f"/revision/{number}"))["state"] == "confirm"
        assert (port.admin_up, port.mtu) == (False, 4096)
        forward(world, 61.0)
        assert (await client.ask("GET", f"/revision/{number}"))["state"] == "inactive"
        assert (port.admin_up, port.mtu) == (True, 9216)
        await client.ask("PATCH", f"/interface/{SECOND}?rev={number}", body, status=400)


async def test_a_bad_request_has_the_problem_of_its_kind(world: World) -> None:
    async with rest(world) as client:
        missing = await client.ask("GET", "/interface/swp99", status=404)
        assert missing["title"] == "Not Found"
        await client.ask("GET", "/revision/77", status=404)
        await client.ask("PATCH", f"/interface/{FIRST}?rev=applied", {"link": {"mtu": 1500}}, status=400)
        (number,) = await client.ask("POST", "/revision")
        for body in ({"link": {"mtu": "x"}}, {"nonsense": 1}, {"link": [1]}):
            await client.ask("PATCH", f"/interface/{FIRST}?rev={number}", body, status=400)
        await client.ask("PUT", f"/interface/{FIRST}?rev={number}", {}, status=400)
    async with rest(world, "wrong") as client:
        await client.ask("GET", "/system", status=401)
    assert world.port(f"{NVUE}/{FIRST}").mtu == 9216


def test_a_switch_that_cuts_its_own_management_comes_back_by_its_timer(
    world: World, shell: NvueShell
) -> None:
    said(shell, "nv set interface eth0 link state down && nv config apply --confirm 1m -y")
    assert path_cut(world.device(NVUE))
    forward(world, 61.0)
    assert not path_cut(world.device(NVUE))
