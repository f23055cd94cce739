"""NX-OS of the lab: what it prints against the world, its modes and checkpoints, and what it does not do."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bringup.lab.nxos_shell import NxosShell
from bringup.lab.ssh_server import SshServer
from bringup.lab.world import World
from tests.lab.small_world import forward, serving
from tests.lab.test_ssh_server import SSH, Client
from tests.lab.vendor_world import NXOS, PORTS, vendor_world

FIRST, SECOND, EMPTY = PORTS[NXOS]


@pytest.fixture
def world() -> World:
    return vendor_world()


@pytest.fixture
def shell(world: World) -> NxosShell:
    return NxosShell(world, NXOS)


def said(shell: NxosShell, *commands: str) -> str:
    """What the last of them says; none of them ends with another status than 0, whatever it says."""
    replies = [shell.run(command) for command in commands]
    assert {(reply.status, reply.err) for reply in replies} == {(0, "")}
    return replies[-1].out


def table(shell: NxosShell, command: str, name: str = "interface") -> dict[str, Any]:
    rows = json.loads(said(shell, f"{command} | json"))[f"TABLE_{name}"][f"ROW_{name}"]
    return {row["interface"]: row for row in rows}


def test_light_is_told_lane_by_lane_and_no_light_is_the_smallest_step_with_its_alarm(
    world: World, shell: NxosShell
) -> None:
    with world.changing():
        world.cables[2].b_to_a_db[1] = 60.0
    row = table(shell, "show interface transceiver details")[FIRST]
    lanes = row["TABLE_lane"]["ROW_lane"]
    real = world.lanes(f"{NXOS}/{FIRST}")
    assert [lane["lane_number"] for lane in lanes] == ["1", "2", "3", "4"]
    assert (lanes[1]["rx_pwr"], lanes[1]["rx_pwr_flag"]) == ("-40.00", "--")
    assert (lanes[0]["rx_pwr"], lanes[0]["rx_pwr_flag"]) == (f"{real[0].rx_power_dbm:.2f}", None)
    text = said(shell, f"show interface {FIRST} transceiver details")
    assert re.search(r"Rx Power +-40\.00 dBm --", text)
    assert text.count("Lane Number:") == 4


def test_an_empty_cage_is_not_present_and_a_port_without_a_link_says_why(
    world: World, shell: NxosShell
) -> None:
    assert table(shell, "show interface transceiver details")[EMPTY] == {
        "interface": EMPTY,
        "sfp": "not present",
    }
    said(shell, f"configure terminal ; interface {SECOND} ; shutdown ; end")
    ports = table(shell, "show interface")
    assert (ports[EMPTY]["state"], ports[EMPTY]["state_rsn_desc"]) == ("down", "XCVR not inserted")
    assert (ports[SECOND]["admin_state"], ports[SECOND]["state"]) == ("down", "down")
    assert (ports[FIRST]["eth_speed"], ports[FIRST]["eth_oper_fec_state"]) == ("400 Gb/s", "Kp-fec")


def test_a_table_of_one_row_is_an_object_and_nobody_to_hear_is_told_in_words(
    world: World, shell: NxosShell
) -> None:
    said(shell, f"configure terminal ; interface {SECOND} ; shutdown ; end")
    forward(world, 130.0)
    (_, found), _ = json.loads(said(shell, "show lldp neighbors detail | json")).items()
    assert found["ROW_nbor_detail"]["l_port_id"] == "Eth1/1"
    said(shell, f"configure terminal ; interface {FIRST} ; shutdown ; end")
    forward(world, 130.0)
    assert said(shell, "show lldp neighbors detail | json") == "ERROR: No neighbour information\n"


def test_a_supply_that_is_pulled_is_absent_and_one_without_input_is_shut_down(
    world: World, shell: NxosShell
) -> None:
    with world.changing():
        world.supply(NXOS, "psu-1").fitted = False
        world.supply(NXOS, "psu-2").cord = False
    rows = json.loads(said(shell, "show environment | json"))["powersup"]["TABLE_psinfo"]["ROW_psinfo"]
    assert [row["ps_status"] for row in rows] == ["Absent", "Fail/Shutdown"]


@pytest.mark.parametrize(
    "command",
    [
        "show nonsense", "show nonsense | json", "reload", "shutdown", "interface Ethernet1/1",
        "show interface Ethernet9/9", "rollback running-config", "show inventory details | json",
    ],
)  # fmt: skip
def test_what_it_does_not_know_it_repeats_and_changes_nothing(
    world: World, shell: NxosShell, command: str
) -> None:
    assert said(shell, command).startswith("Syntax error while parsing '")
    assert all(port.admin_up for port in world.ports(NXOS))


def test_lines_behind_one_that_is_refused_are_run_all_the_same(world: World, shell: NxosShell) -> None:
    """Which is why a change has to be taken back by whoever made it."""
    out = said(shell, f"configure terminal ; interface {FIRST} ; mtu nonsense ; mtu 4096 ; end")
    assert "Syntax error while parsing 'mtu nonsense'" in out
    assert world.port(f"{NXOS}/{FIRST}").mtu == 4096


@pytest.mark.parametrize("cage", ["port 1 map 100g-4x", "port 3 map 50g-8x", "port 99 map 100g-4x"])
def test_a_cage_that_can_not_be_broken_out_so_is_left_whole(
    world: World, shell: NxosShell, cage: str
) -> None:
    said_so = said(shell, f"configure terminal ; interface breakout module 1 {cage} ; end")
    assert said_so == "ERROR: This breakout is not supported on this port\n"
    assert [port.name for port in world.ports(NXOS)] == list(PORTS[NXOS])


def test_a_checkpoint_brings_back_what_was_and_nothing_comes_back_by_itself(
    world: World, shell: NxosShell
) -> None:
    port = world.port(f"{NXOS}/{FIRST}")
    said(shell, "checkpoint before", f"configure terminal ; interface {FIRST} ; mtu 4096 ; fec off ; end")
    forward(world, 10_000.0)
    assert (port.mtu, port.fec_mode) == (4096, "none")
    assert "1) before:" in said(shell, "show checkpoint summary")
    assert "successfully" in said(shell, "rollback running-config checkpoint before atomic")
    assert (port.mtu, port.fec_mode) == (9216, "rs544")
    assert said(shell, "rollback running-config checkpoint other atomic").endswith("Rollback Failed\n")
    assert said(shell, "no checkpoint before") == "Done\n"
    assert "before" not in said(shell, "show checkpoint summary")


@pytest.mark.skipif(SSH is None, reason="the OpenSSH client is not installed")
async def test_a_person_at_a_terminal_is_echoed_and_shown_where_the_mistake_is(
    world: World, tmp_path: Path
) -> None:
    async with serving(SshServer(world, NXOS, partial(NxosShell, world, NXOS))) as port:
        client = Client(tmp_path, world, NXOS, port)
        typed = (
            f"show hostnamX\x7fe\rconfigure terminal\rinterface {FIRST}\rshutdown\rbogus\rexit\rexit\rexit\r"
        )
        screen = (await client.run(stdin=typed.encode(), timeout_s=60.0, terminal=True)).text
        once = await client.run("show hostname", timeout_s=60.0)
    assert f"{NXOS}# show hostnamX\x08 \x08e\r\n{NXOS}\r\n" in screen
    assert f"{NXOS}(config-if)# bogus\r\n" in screen
    assert "^\r\n% Invalid command at '^' marker.\r\n" in screen
    assert once.text == f"{NXOS}\n"
    assert not world.port(f"{NXOS}/{FIRST}").admin_up
