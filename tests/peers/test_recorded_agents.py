"""SNMP agents of real devices, replayed by a simulator that others wrote (snmpsim), read by our drivers.

What a driver makes of the agent's answers is what our decoder makes of the recording itself, and that is what
the corpus says (here for what is walked whole, and for every recording in tests/decode).
"""

from __future__ import annotations

import shutil
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bringup.decode.registry import find_format
from bringup.decode.snmp_record import SnmpValue, variables
from bringup.driver.registry import find_platform
from bringup.model.errors import NoData
from bringup.model.inventory import Device
from bringup.transport.links import DeviceLinks
from bringup.transport.recorded import variables_to_bytes
from tests.decode import corpus_map_snmp
from tests.decode.corpus import Case, cases, differences
from tests.transport.peers import free_port, links, process

FAMILIES = ("snmp-pdu", "snmp-switch", "snmp-bmc")
PLATFORMS = {
    "snmp.apc-pdu": "apc-pdu",
    "snmp.raritan-pdu": "raritan-pdu",
    "snmp.servertech-pdu": "servertech-pdu",
    "snmp.vertiv-pdu": "vertiv-pdu",
    "snmp.switch": "snmp-switch",
}
"""Format -> the platform whose driver reads such an agent. A BMC is read by Redfish: its agent is walked."""
METHODS = ("identity", "outlets", "inlets", "environment", "ports", "neighbors", "optics")
OF_LARGE = ("identity", "neighbors", "optics")
"""What is read of recordings of thousands of variables: the simulator takes a second for each 2,000."""
LACKING = {
    "apc_ap8959eu3": {"environment"},
    "apc_ap8853": {"outlets", "environment"},
    "sentry3_3phase": {"outlets"},
    "vertiv-pdu_mn03edr1": {"outlets"},
    "cumulus_mellanox": {"neighbors", "optics"},
}
"""What these recordings hold nothing of: the driver says that there is no data, never an empty answer."""
SMALL = 3_000
"""Variables: recordings of fewer are walked whole."""
ROOTS = ("1.0", "1.3")


class Simulator(NamedTuple):
    port: int
    folder: Path


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory, corpus: Path) -> Iterator[Simulator]:
    """One agent for all recordings: the community names the recording."""
    folder, port = tmp_path_factory.mktemp("snmpsim"), free_port(socket.SOCK_DGRAM)
    (folder / "data").mkdir()
    for family in FAMILIES:
        for record in (corpus / family).glob("*/*.snmprec"):
            shutil.copyfile(record, folder / "data" / record.name)
            (folder / record.stem).write_text(f"{record.stem}\n")
    command = [
        "env", "SNMPSIM_ALLOW_ROOT=true", f"HOME={folder}", sys.executable, "-W", "ignore",
        str(Path(sys.executable).parent / "snmpsim-command-responder"),
        f"--data-dir={folder / 'data'}", f"--cache-dir={folder / 'cache'}",
        f"--agent-udpv4-endpoint=127.0.0.1:{port}", "--logging-method=stderr",
    ]  # fmt: skip
    # It says that it listens before it does.
    with process(command, folder / "log", lambda: is_bound(port)):
        yield Simulator(port, folder)


def is_bound(port: int) -> bool:
    """Whether somebody has the UDP port of 127.0.0.1."""
    return f" 0100007F:{port:04X} " in Path("/proc/net/udp").read_text()


@asynccontextmanager
async def agent(
    simulator: Simulator, record: str, platform: str
) -> AsyncIterator[tuple[Device, DeviceLinks]]:
    device = Device.model_validate(
        {
            "name": "recorded",
            "role": "any",
            "platform": platform,
            "address": "127.0.0.1",
            "snmp": {"version": "2c", "port": simulator.port, "community": f"file:{record}"},
        }
    )
    async with links(device, simulator.folder) as made:
        yield device, made


def bare(told: SnmpValue) -> SnmpValue:
    """The simulator leaves out blanks at the end of a line of the recording."""
    return told.rstrip() if isinstance(told, bytes) else told


def stem(case: Case) -> str:
    return Path(case.name).stem


def format_of(case: Case) -> str:
    return corpus_map_snmp.FORMAT_OF[Path(case.name).name]


def is_small(case: Case) -> bool:
    return case.data.count(b"\n") < SMALL


def recordings(*, of_drivers: bool) -> list[object]:
    """A parameter for each recording: those that a driver reads, or those that are walked whole."""
    found = []
    for parameter in cases(*FAMILIES):
        (case,) = getattr(parameter, "values", (None,))
        chosen = of_drivers and format_of(case) in PLATFORMS if case else True
        if case and not of_drivers:
            chosen = is_small(case)
        if chosen:
            found.append(parameter)
    return found


@pytest.mark.parametrize("case", recordings(of_drivers=True))
async def test_a_driver_reads_a_replayed_agent_as_it_was_recorded(case: Case, simulator: Simulator) -> None:
    platform = find_platform(PLATFORMS[format_of(case)])
    recorded: dict[str, Any] = dict(find_format(format_of(case)).decode(case.data).facts)
    lacking: set[str] = set()
    read: dict[str, Any] = {}
    async with agent(simulator, stem(case), platform.name) as (device, made):
        driver = platform.open(device, made)
        for method in METHODS if is_small(case) or platform.name != "snmp-switch" else OF_LARGE:
            if not hasattr(driver, method):
                continue
            try:
                read[method] = await getattr(driver, method)()
            except NoData:
                lacking.add(method)
    assert lacking == LACKING.get(stem(case), set())
    assert {"identity"} < read.keys() | lacking
    assert read == {method: recorded[method] for method in read}


@pytest.mark.parametrize("case", recordings(of_drivers=False))
async def test_a_replayed_agent_walked_whole_says_what_the_corpus_says(
    case: Case, simulator: Simulator
) -> None:
    walked: list[Any] = []
    async with agent(simulator, stem(case), "snmp-switch") as (_, made):
        snmp = await made.snmp()
        for root in ROOTS:
            walked += await snmp.walk(root, deadline_s=60.0)
    recorded, _ = variables(case.data)
    assert {oid: bare(told) for oid, told in walked} == {oid: bare(told) for oid, told in recorded.items()}
    decoded = find_format(format_of(case)).decode(variables_to_bytes(walked))
    assert decoded.outcome == case.outcome
    assert differences(case.facts, corpus_map_snmp.VIEWS[format_of(case)](decoded)) == []


@pytest.mark.parametrize("platform", sorted(set(PLATFORMS.values()) - {"snmp-switch"}))
@pytest.mark.parametrize("record", ["cumulus_mellanox", "xclarity_sr665"])
async def test_a_driver_of_a_pdu_finds_no_pdu_in_an_agent_of_another_kind(
    platform: str, record: str, simulator: Simulator
) -> None:
    async with agent(simulator, record, platform) as (device, made):
        driver: Any = find_platform(platform).open(device, made)
        for method in ("identity", "outlets"):
            with pytest.raises(NoData):
                await getattr(driver, method)()
