"""mlxlink beside ethtool on hosts with NVIDIA adapters, and never where ethtool has an answer."""

from __future__ import annotations

import json

import pytest

from bringup.driver.platform.linux import LinuxDriver
from bringup.model.facts import FecCounters, Optic
from bringup.model.measurement import DARK, NOT_AVAILABLE, UNSUPPORTED, Read, value
from tests.decode.platform_samples import MLXLINK, MLXLINK_JSON
from tests.driver.canned import Canned, CannedLinks, device, failed
from tests.driver.linux.replies import DRIVER, PORT, healthy

ASKED = "mlxlink -d 0000:41:00.0 -m -c --json"
NO_MEMORY = failed("x", 1, "netlink error: Input/output error\n")
NO_STATISTICS = failed("x", 94, "no stats available\n")
NO_FEC = failed("x", 95, "netlink error: Operation not supported\n")


def links(**changed: Canned) -> CannedLinks:
    return CannedLinks({**healthy(), f"ethtool -m {PORT}": NO_MEMORY, **changed})


async def optic(found: CannedLinks) -> Optic:
    return next(each for each in await LinuxDriver(device("linux"), found).optics() if each.port == PORT)


async def test_a_module_that_the_kernel_can_not_read_is_told_by_the_adapter_s_firmware() -> None:
    found = await optic(links(**{ASKED: MLXLINK}))
    assert (found.serial, found.medium) == (value("AC4400001"), value("400GBASE-DR4"))
    assert [lane.rx_power_dbm for lane in found.lanes] == [value(1.1), value(1.2), DARK, value(1.4)]


async def test_root_is_asked_for_where_the_tool_needs_it() -> None:
    refused = failed(ASKED, 1, "-E- Permission denied: you need root privileges\n")
    found = await optic(links(**{ASKED: refused, f"sudo -n {ASKED}": MLXLINK_JSON}))
    assert found.serial == value("AC4400002")


@pytest.mark.parametrize(
    "said",
    [
        b"-E- Failed to open device: 0000:41:00.0\n",
        b"Error: Invalid interface\n",
        MLXLINK[:900],
        json.dumps({"status": {"code": 1, "message": "no"}, "result": {}}).encode(),
        b"",
    ],
)
async def test_what_is_no_answer_of_mlxlink_leaves_what_ethtool_said(said: bytes) -> None:
    found = await optic(links(**{ASKED: said}))
    assert (found.present, found.lanes) == (NOT_AVAILABLE, ())


async def test_a_cage_that_the_firmware_calls_unplugged_is_empty() -> None:
    tables = {"Troubleshooting Info": {"Status Opcode": "1024"}, "Module Info": {"Identifier": "N/A"}}
    told = json.dumps({"status": {"code": 0}, "result": {"output": tables}}).encode()
    assert (await optic(links(**{ASKED: told}))).present == value(False)


@pytest.mark.parametrize(
    "adapter", [DRIVER.replace(b"mlx5_core", b"bnxt_en"), DRIVER.replace(b"0000:41:00.0", b"$(reboot)"), b""]
)
async def test_an_adapter_of_another_make_is_never_asked_by_it(adapter: bytes) -> None:
    found = links(**{f"ethtool -i {PORT}": adapter, ASKED: MLXLINK})
    assert (await optic(found)).present == NOT_AVAILABLE
    assert not any("mlxlink" in command for command in found.canned.asked)


async def test_it_is_not_asked_where_ethtool_has_an_answer() -> None:
    found = CannedLinks({**healthy(), ASKED: MLXLINK})
    host = LinuxDriver(device("linux"), found)
    await host.optics()
    await host.fec_counters()
    assert not any("mlxlink" in command for command in found.canned.asked)


@pytest.mark.parametrize(
    ("said", "ber"),
    [(MLXLINK, value(3e-9)), (MLXLINK_JSON, value(0.0)), (b"", None)],
    ids=["text", "json", "none"],
)
async def test_ber_is_the_firmware_s_where_ethtool_counts_nothing(said: bytes, ber: Read | None) -> None:
    found = links(
        **{f"ethtool -S {PORT}": NO_STATISTICS, f"ethtool -I --show-fec {PORT}": NO_FEC, ASKED: said}
    )
    counters = await LinuxDriver(device("linux"), found).fec_counters()
    entry: FecCounters = next(each for each in counters if each.port == PORT)
    if ber is None:
        assert entry.corrected_codewords == UNSUPPORTED
    else:
        assert entry.pre_fec_ber == ber
