"""Junos of the lab: what it prints against the world, its candidates, and commits that it takes back."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from functools import partial
from pathlib import Path

import pytest

from bringup.lab.configuration import path_cut
from bringup.lab.junos_shell import JunosShell
from bringup.lab.ssh_server import SshServer
from bringup.lab.world import World
from tests.lab.small_world import forward, serving
from tests.lab.test_ssh_server import SSH, Client
from tests.lab.vendor_world import JUNOS, PORTS, vendor_world

FIRST, SECOND, EMPTY = PORTS[JUNOS]
MTU = f"set interfaces {FIRST} mtu 4096"


@pytest.fixture
def world() -> World:
    return vendor_world()


@pytest.fixture
def shell(world: World) -> JunosShell:
    return JunosShell(world, JUNOS)


def said(shell: JunosShell, *commands: str) -> str:
    """What the last of them says; none of them ends with another status than 0, whatever it says."""
    replies = [shell.run(command) for command in commands]
    assert {(reply.status, reply.err) for reply in replies} == {(0, "")}
    return replies[-1].out


def commits(shell: JunosShell) -> list[ElementTree.Element]:
    return list(
        ElementTree.fromstring(said(shell, "show system commit | display xml")).iter("commit-history")
    )


def test_xml_and_json_tell_the_same_of_every_lane(world: World, shell: JunosShell) -> None:
    with world.changing():
        world.cables[4].b_to_a_db[2] = 60.0
    command = f"show interfaces diagnostics optics {FIRST}"
    root = ElementTree.fromstring(said(shell, f"{command} | display xml | no-more"))
    in_xml = [node.text for node in root.iter("laser-rx-optical-power-dbm")]
    held = json.loads(said(shell, f"{command} | display json"))["interface-information"][0]
    (diagnostics,) = held["physical-interface"][0]["optics-diagnostics"]
    lanes = diagnostics["optics-diagnostics-lane-values"]
    assert in_xml == [lane["laser-rx-optical-power-dbm"][0]["data"] for lane in lanes]
    real = [lane.rx_power_dbm for lane in world.lanes(f"{JUNOS}/{FIRST}")]
    assert in_xml == ["- Inf" if power is None else f"{power:.2f}" for power in real]
    assert in_xml[2] == "- Inf"
    assert [lane["lane-index"][0]["data"] for lane in lanes] == ["0", "1", "2", "3"]
    assert "junos:celsius" in diagnostics["module-temperature"][0]["attributes"]


def test_counters_of_fec_are_the_worlds_and_0_where_there_is_no_link(world: World, shell: JunosShell) -> None:
    root = ElementTree.fromstring(said(shell, "show interfaces extensive | display xml"))
    told = {node.findtext("name"): node for node in root.iter("physical-interface")}
    assert told[FIRST].findtext(".//fec_ccw_count") == str(
        world.counters(f"{JUNOS}/{FIRST}").corrected_codewords
    )
    assert told[FIRST].findtext(".//enabled_fec_mode") == "FEC119"
    assert (told[EMPTY].findtext(".//fec_ccw_count"), told[EMPTY].find(".//pre-fec-ber")) == ("0", None)


def test_the_hardware_lists_what_is_fitted_and_how_many_cages_there_are(
    world: World, shell: JunosShell
) -> None:
    with world.changing():
        world.supply(JUNOS, "psm-1").fitted = False
    text = said(shell, "show chassis hardware | no-more")
    optic = world.port(f"{JUNOS}/{FIRST}").optic
    assert optic is not None
    assert "3X" in text
    assert optic.serial in text
    assert ("PSM 0" in text, "PSM 1" in text, "Xcvr 2" in text) == (True, False, False)
    assert "PSM 1                          Absent" in said(shell, "show chassis environment")


def test_a_neighbor_whose_port_id_is_its_own_is_told_by_the_description(shell: JunosShell) -> None:
    rows = said(shell, "show lldp neighbors").splitlines()
    assert rows[1].split() == [FIRST, "-", "02:1a:b0:01:00:00", "Ethernet32", "spine-1"]


@pytest.mark.parametrize(
    "command",
    ["show nonsense", "show interfaces et-9/9/9", "set interfaces et-0/0/0 disable", "commit", "request x",
     "show system commit | display yaml"],
)  # fmt: skip
def test_what_it_does_not_know_is_an_error_and_changes_nothing(
    world: World, shell: JunosShell, command: str
) -> None:
    assert said(shell, command).startswith("error: ")
    assert all(port.admin_up for port in world.ports(JUNOS))


def test_a_confirmed_commit_is_taken_back_by_root_unless_a_second_one_comes(
    world: World, shell: JunosShell
) -> None:
    port = world.port(f"{JUNOS}/{FIRST}")
    trial = f'configure exclusive; {MTU}; commit confirmed 5 comment "a; b"; rollback 0; exit'
    assert "rolled back in 5 minutes unless confirmed\ncommit complete" in said(shell, trial)
    assert port.mtu == 4096
    assert commits(shell)[0].findtext("log") == "a; b"
    assert commits(shell)[0].findtext("commit-confirmed") == "rollback pending"
    forward(world, 301.0)
    assert port.mtu == 9216
    newest, tried = commits(shell)[:2]
    assert (newest.findtext("user"), tried.findtext("commit-confirmed")) == ("root", None)
    said(shell, trial, "configure exclusive; commit; exit")
    forward(world, 301.0)
    assert port.mtu == 4096
    said(shell, "configure exclusive; rollback 2; commit; exit")
    assert port.mtu == 9216


def test_lines_behind_one_that_is_refused_are_committed_all_the_same(world: World, shell: JunosShell) -> None:
    """Which is why whoever sends them has to rehearse them first."""
    out = said(shell, f"configure exclusive; {MTU}; set nonsense; commit; exit")
    assert "error: syntax error: nonsense\n" in out
    assert world.port(f"{JUNOS}/{FIRST}").mtu == 4096


def test_a_cage_is_channelised_on_trial_and_whole_again_by_itself(world: World, shell: JunosShell) -> None:
    channels = "set chassis fpc 0 pic 0 port 2 number-of-sub-ports"
    assert "not supported" in said(shell, f"configure exclusive; {channels} 8; exit")
    said(shell, f"configure exclusive; {channels} 4; commit confirmed 1; exit")
    made = [port.name for port in world.ports(JUNOS)]
    assert made == [FIRST, SECOND, *(f"{EMPTY}:{way}" for way in range(4))]
    forward(world, 61.0)
    assert [port.name for port in world.ports(JUNOS)] == list(PORTS[JUNOS])


def test_a_shared_candidate_waits_for_its_commit_and_keeps_others_from_an_exclusive_one(
    world: World, shell: JunosShell
) -> None:
    other = JunosShell(world, JUNOS)
    said(shell, "configure", MTU, "exit")
    assert "error: configuration database modified\n" in said(other, "configure exclusive; commit; exit")
    assert world.port(f"{JUNOS}/{FIRST}").mtu == 9216
    said(other, "configure; commit; exit")
    assert world.port(f"{JUNOS}/{FIRST}").mtu == 4096


def test_a_switch_that_cuts_its_own_management_comes_back_by_its_timer(
    world: World, shell: JunosShell
) -> None:
    said(shell, "configure exclusive; set interfaces re0:mgmt-0 disable; commit confirmed 1; exit")
    assert path_cut(world.device(JUNOS))
    forward(world, 61.0)
    assert not path_cut(world.device(JUNOS))


@pytest.mark.skipif(SSH is None, reason="the OpenSSH client is not installed")
async def test_a_person_at_a_terminal_sees_the_modes_and_where_the_mistake_is(
    world: World, tmp_path: Path
) -> None:
    typed = f"set cli screen-width 511\rconfigure\r{MTU}\rset bogus\rshow | compare\rcommit\rexit\rexit\r"
    async with serving(SshServer(world, JUNOS, partial(JunosShell, world, JUNOS))) as port:
        client = Client(tmp_path, world, JUNOS, port)
        screen = (await client.run(stdin=typed.encode(), timeout_s=60.0, terminal=True)).text
        once = await client.run("show version | match Junos:", timeout_s=60.0)
    assert "Screen width set to 511\r\n" in screen
    assert f"[edit]\r\nadmin@{JUNOS}# set bogus\r\n" in screen
    assert "^\r\nsyntax error.\r\n" in screen
    assert f"+   {MTU}\r\n" in screen
    assert "commit complete\r\n" in screen
    assert once.text == "Junos: 23.4X100-D40.7-EVO\n"
    assert world.port(f"{JUNOS}/{FIRST}").mtu == 4096
