"""A fabric over a real SSH server that answers as infiniband-diags do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bringup.driver.platform.infiniband import COMMANDS, COUNTERS, InfinibandDriver
from bringup.model.errors import NoData, Unparsable
from bringup.model.measurement import NOT_AVAILABLE, value
from tests.decode.platform_samples import SAMPLES
from tests.driver.canned import Canned, CannedLinks, device, failed
from tests.driver.sonic import replies as sonic
from tests.driver.ssh_stand import standing

LINKS = b"""\
0x00a0b0c0d0e0f100 "                     leaf-1"      3   21[  ] ==( 4X    106.25 Gbps Active/  LinkUp)==>  \
0x00a0b0c0d0e0f001      5    1[  ] "node-01 mlx5_0" ( )
0x00a0b0c0d0e0f100 "                     leaf-1"      3   22[  ] ==(                Down/ Polling)==>\
             [  ] "" ( )
0x00a0b0c0d0e0f001 "             node-01 mlx5_0"      5    1[  ] ==( 4X    106.25 Gbps Active/  LinkUp)==>  \
0x00a0b0c0d0e0f100      3   21[  ] "leaf-1" ( )
"""
NODE_COUNTERS = SAMPLES["ib.perfquery"].replace(b"Lid 3 port 21", b"Lid 5 port 1").replace(b".21\n", b".1\n")
REPLIES: dict[str, bytes] = {
    "hostname": b"node-01\n",
    "uname -srm": b"Linux 6.8.0-51-generic x86_64\n",
    "cat /proc/uptime": b"353471.22 2711020.10\n",
    "cat /proc/sys/kernel/random/boot_id": sonic.BOOT_ID,
    "date +%s.%N": b"1795294800.250000000\n",
    COMMANDS["links"].text: LINKS,
    COUNTERS.format(lid=3, port=21): SAMPLES["ib.perfquery"],
    COUNTERS.format(lid=5, port=1): NODE_COUNTERS,
}


def driver(changed: dict[str, Canned]) -> InfinibandDriver:
    replies: dict[str, Canned] = {**REPLIES, **changed}
    return InfinibandDriver(device("infiniband"), CannedLinks(replies))


async def test_a_fabric_tells_its_ports_links_and_counters_over_a_real_ssh_server(tmp_path: Path) -> None:
    async with standing(tmp_path, "infiniband", REPLIES.get) as (stand, written, links):
        fabric = InfinibandDriver(written, links)
        identity, clock = await fabric.identity(), await fabric.clock()
        ports, neighbors = await fabric.ports(), await fabric.neighbors()
        counters = await fabric.fec_counters()
    assert (identity.hostname, clock.unix_s) == (value("node-01"), value(1795294800.25))
    assert [(port.name, port.oper_up, port.speed_gbps) for port in ports] == [
        ("leaf-1/21", value(True), value(425.0)),
        ("leaf-1/22", value(False), NOT_AVAILABLE),
        ("node-01-mlx5_0/1", value(True), value(425.0)),
    ]
    assert [(each.local_port, each.system_name.value, each.port_id.value) for each in neighbors] == [
        ("leaf-1/21", "node-01 mlx5_0", "1"), ("node-01-mlx5_0/1", "leaf-1", "21")
    ]  # fmt: skip
    assert [(entry.port, entry.symbol_errors, entry.flap_count) for entry in counters] == [
        ("leaf-1/21", value(4), value(2)), ("node-01-mlx5_0/1", value(4), value(2))
    ]  # fmt: skip
    assert stand.connections == 1


async def test_nodes_that_share_a_description_are_told_apart_by_their_guids() -> None:
    shared = LINKS.replace(b"             node-01 mlx5_0", b"                     leaf-1")
    names = [port.name for port in await driver({COMMANDS["links"].text: shared}).ports()]
    assert names == ["0x00a0b0c0d0e0f100/21", "0x00a0b0c0d0e0f100/22", "0x00a0b0c0d0e0f001/1"]


async def test_root_is_asked_for_where_the_adapter_may_not_be_opened() -> None:
    text = COMMANDS["links"].text
    refused = failed(text, 1, "ibwarn: mad_rpc_open_port: can't open UMAD port: Permission denied\n")
    assert len(await driver({text: refused, f"sudo -n {text}": LINKS}).ports()) == 3


async def test_counters_of_another_port_are_none_of_the_one_that_was_asked() -> None:
    with pytest.raises(NoData, match="another port"):
        await driver({COUNTERS.format(lid=3, port=21): NODE_COUNTERS}).fec_counters()


@pytest.mark.parametrize(
    "said", [LINKS[:-20], b"ibwarn: [1] no route\n", b"\n", b"Error: x\n", LINKS + LINKS]
)
async def test_what_is_no_answer_is_an_error(said: bytes) -> None:
    fabric = driver({COMMANDS["links"].text: said})
    for read in (fabric.ports, fabric.neighbors, fabric.fec_counters):
        with pytest.raises((Unparsable, NoData)):
            await read()


def test_nothing_is_ever_cleared() -> None:
    commands = (*(command.text for command in COMMANDS.values()), COUNTERS)
    assert not any(re.search(r"\s-[a-zA-Z]*[RKk]\b", text) for text in commands)
