"""Accelerators of a Linux host against canned replies of their tools, good and bad."""

from __future__ import annotations

import json

import pytest

from bringup.driver.capability import (
    HasAccelerators,
    HasNvlinks,
    KeepsKernelLog,
    RunsCollectives,
    RunsDiagnoses,
)
from bringup.driver.platform.linux import LinuxDriver
from bringup.model.errors import InputError, NoData, Refused, TimedOut, Unparsable
from bringup.model.measurement import value
from tests.driver.canned import Canned, CannedLinks, device, failed
from tests.driver.linux import gpu_replies as told

ONE_NODE = "all_reduce_perf -b 8M -e 8G -f 2 -g 8 -c 1 -n 20"
ACROSS = (
    "mpirun --allow-run-as-root -np 32 --host node-01:8,node-02:8,node-03:8,node-04:8 --map-by ppr:8:node"
    " -x NCCL_ALGO=RING all_reduce_perf -b 8M -e 8G -f 2 -g 1 -c 1 -n 20"
)
PEERS = "node-01:8,node-02:8,node-03:8,node-04:8"
REPLIES: dict[str, Canned] = {
    "nvidia-smi -q -x": told.SMI_XML,
    "nvidia-smi nvlink -s": told.NVLINK_STATUS,
    "nvidia-smi nvlink -e": told.NVLINK_ERRORS,
    "dcgmi diag -r 1 --json": told.DIAG,
    "dcgmi diag -r 2 --json": told.DIAG,
    "dmesg --time-format iso": told.KERNEL_LOG,
    ONE_NODE: told.NCCL,
    ACROSS: told.nccl(who=told.ranks(32, ("node-01", "node-02", "node-03", "node-04"))),
}


def driver() -> LinuxDriver:
    return LinuxDriver(device("linux", "node-01"), CannedLinks(REPLIES))


def instead(command: str, reply: Canned | None) -> LinuxDriver:
    """A host that answers one command otherwise; None: that tool is not there."""
    replies = {text: told_ for text, told_ in REPLIES.items() if text != command}
    if reply is not None:
        replies[command] = reply
    return LinuxDriver(device("linux", "node-01"), CannedLinks(replies))


def test_the_linux_driver_has_every_capability_of_accelerators() -> None:
    for capability in (HasAccelerators, HasNvlinks, KeepsKernelLog, RunsDiagnoses, RunsCollectives):
        assert isinstance(driver(), capability)


async def test_accelerators_keep_their_tools_numbers() -> None:
    found = await driver().accelerators()
    assert [one.index for one in found] == [0, 1]
    assert [one.serial for one in found] == [value(serial) for serial in told.SERIALS]
    assert {one.driver for one in found} == {value(told.DRIVER)}


@pytest.mark.parametrize(
    "reply",
    [
        failed("nvidia-smi -q -x", 6, "", b"No devices were found\n"),
        told.smi_xml(told.gpu_xml(0), attached=0).replace(told.gpu_xml(0).encode(), b""),
    ],
)
async def test_a_driver_that_finds_no_gpu_lists_none_and_that_is_an_answer(reply: Canned) -> None:
    assert await instead("nvidia-smi -q -x", reply).accelerators() == ()


async def test_a_list_that_is_shorter_than_it_says_is_refused() -> None:
    with pytest.raises(Unparsable, match="8 GPUs are attached and lists 2"):
        await instead(
            "nvidia-smi -q -x", told.smi_xml(told.gpu_xml(0), told.gpu_xml(1), attached=8)
        ).accelerators()


@pytest.mark.parametrize(
    ("reply", "word"),
    [
        (None, "driver with its tools"),
        (
            failed(
                "x", 9, "", b"NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n"
            ),
            "module is loaded",
        ),
        (failed("x", 18, "", b"Failed to initialize NVML: Driver/library version mismatch\n"), "module"),
    ],
)
async def test_a_tool_that_is_missing_or_reaches_nothing_is_no_data_with_advice(
    reply: Canned | None, word: str
) -> None:
    with pytest.raises(NoData) as caught:
        await instead("nvidia-smi -q -x", reply).accelerators()
    assert word in caught.value.advice


async def test_a_gpu_that_is_lost_is_not_read_as_none() -> None:
    lost = b"Unable to determine the device handle for GPU0000:1B:00.0: GPU is lost.\n"
    with pytest.raises(Unparsable):
        await instead("nvidia-smi -q -x", failed("x", 15, "", lost)).accelerators()


@pytest.mark.parametrize("size", [1, 200, len(told.SMI_XML) // 2, len(told.SMI_XML) - 3])
async def test_a_list_that_was_cut_is_refused(size: int) -> None:
    with pytest.raises(Unparsable):
        await instead("nvidia-smi -q -x", told.SMI_XML[:size]).accelerators()


async def test_nvlinks_have_their_rates_and_their_counters() -> None:
    first, second = await driver().nvlinks()
    assert (len(first.links), len(second.links)) == (18, 18)
    assert first.links[17].rate_gbyte_s == value(26.562)
    assert first.links[17].errors["CRC Errors"] == value(0)


async def test_nvlinks_without_counters_keep_their_rates() -> None:
    first, _ = await instead("nvidia-smi nvlink -e", None).nvlinks()
    assert first.links[0].rate_gbyte_s == value(26.562)
    assert first.links[0].errors == {}


async def test_a_host_whose_gpus_have_no_nvlink_has_no_data() -> None:
    with pytest.raises(NoData):
        await instead("nvidia-smi nvlink -s", b"").nvlinks()


async def test_the_kernels_log_is_read_and_reduced_by_us() -> None:
    log = await driver().xids()
    assert [(event.code, event.pci_address) for event in log.events] == [(79, "0000:1b:00")]
    assert log.line_count == 4


REFUSED = failed("x", 1, "dmesg: read kernel buffer failed: Operation not permitted\n")


async def test_a_log_that_this_user_may_not_read_is_read_as_root() -> None:
    links = CannedLinks(
        {"dmesg --time-format iso": REFUSED, "sudo -n dmesg --time-format iso": told.KERNEL_LOG}
    )
    log = await LinuxDriver(device("linux"), links).xids()
    assert len(log.events) == 1


@pytest.mark.parametrize("sudo", [None, failed("x", 1, "sudo: a password is required\n")])
async def test_a_log_that_nobody_lets_us_read_is_no_data_and_never_a_clean_log(sudo: Canned | None) -> None:
    replies: dict[str, Canned] = {"dmesg --time-format iso": REFUSED}
    if sudo is not None:
        replies["sudo -n dmesg --time-format iso"] = sudo
    with pytest.raises(NoData) as caught:
        await LinuxDriver(device("linux"), CannedLinks(replies)).xids()
    assert "dmesg_restrict" in caught.value.advice


async def test_an_empty_log_is_no_data() -> None:
    with pytest.raises(NoData):
        await instead("dmesg --time-format iso", b"").xids()


@pytest.mark.parametrize("level", [1.0, 2.0])
async def test_a_diagnosis_carries_its_tools_exit_status(level: float) -> None:
    made = await driver().diagnose(level)
    assert made.exit_status == value(0)
    assert made.version == value("4.2.3")
    assert len(made.results) == 6


async def test_a_diagnosis_that_passes_and_ends_badly_shows_both() -> None:
    reply = failed("dcgmi diag -r 1 --json", 205, "", told.DIAG)
    made = await instead("dcgmi diag -r 1 --json", reply).diagnose(1.0)
    assert made.exit_status == value(205)
    assert {one.status for one in made.results} == {"pass"}


@pytest.mark.parametrize(
    "reply",
    [
        None,
        failed("x", 255, "Error: unable to establish a connection to the specified host: localhost\n"),
        failed("x", 0, "", b"Error: unable to establish a connection to the specified host: localhost\n"),
        json.dumps({"DCGM Diagnostic": {"runtime_error": "no GPUs"}}).encode(),
    ],
)
async def test_a_diagnosis_that_could_not_run_is_no_data(reply: Canned | None) -> None:
    with pytest.raises(NoData) as caught:
        await instead("dcgmi diag -r 1 --json", reply).diagnose(1.0)
    assert caught.value.advice


@pytest.mark.parametrize("level", [0.0, 5.0, 1.5])
async def test_a_level_that_does_not_exist_is_the_persons_error(level: float) -> None:
    with pytest.raises(InputError, match="no level"):
        await driver().diagnose(level)


async def test_a_collective_on_one_host_asks_for_checked_results() -> None:
    made = await driver().collective("all_reduce", "8M", "8G", 20.0, 8.0)
    assert made.ranks == value(8)
    assert made.validation == value(True)
    assert made.exit_status == value(0)


async def test_a_collective_over_hosts_is_one_run_with_a_rank_for_each_gpu() -> None:
    made = await driver().collective_across("all_reduce", "8M", "8G", 20.0, PEERS, "RING")
    assert made.ranks == value(32)
    assert made.hosts == ("node-01", "node-02", "node-03", "node-04")


@pytest.mark.parametrize(
    ("peers", "algorithm"),
    [
        ("node-01:8,node-02:4", "RING"),
        ("node-01:8,node-01:8", "RING"),
        ("node-01", "RING"),
        ("node-01:0", "RING"),
        ("node-01:8;reboot", "RING"),
        ("$(reboot):8", ""),
        ("node-01:8,node-02:8", "RING; reboot"),
    ],
)
async def test_what_would_be_more_than_a_word_to_a_shell_is_refused(peers: str, algorithm: str) -> None:
    links = CannedLinks(REPLIES)
    with pytest.raises(InputError):
        await LinuxDriver(device("linux"), links).collective_across(
            "all_reduce", "8M", "8G", 20.0, peers, algorithm
        )
    assert links.canned.asked == []


@pytest.mark.parametrize(
    ("name", "smallest", "largest"),
    [("reboot", "8M", "8G"), ("all_reduce", "8M; reboot", "8G"), ("all_reduce", "8M", "$(x)")],
)
async def test_a_collective_that_is_none_is_refused(name: str, smallest: str, largest: str) -> None:
    with pytest.raises(InputError):
        await driver().collective(name, smallest, largest, 20.0, 8.0)


@pytest.mark.parametrize(
    ("reply", "tool"),
    [
        (None, "mpirun"),
        (failed("x", 127, "bash: all_reduce_perf: command not found\n"), "nccl-tests"),
    ],
)
async def test_a_launcher_or_a_test_that_is_missing_is_no_data_with_advice(
    reply: Canned | None, tool: str
) -> None:
    with pytest.raises(NoData) as caught:
        await instead(ACROSS, reply).collective_across("all_reduce", "8M", "8G", 20.0, PEERS, "RING")
    assert tool in caught.value.advice or tool in caught.value.message


async def test_a_run_that_failed_is_not_read_though_its_rows_are_good() -> None:
    reply = failed(ONE_NODE, 3, "", told.nccl(footer=False) + b"x: Test NCCL failure common.cu:1005 'y'\n")
    with pytest.raises(Unparsable, match="the run failed"):
        await instead(ONE_NODE, reply).collective("all_reduce", "8M", "8G", 20.0, 8.0)


async def test_wrong_results_are_told_with_the_exit_status() -> None:
    reply = failed(ONE_NODE, 1, "", told.nccl(told.nccl_row(2**33, wrong="12"), bad=2))
    made = await instead(ONE_NODE, reply).collective("all_reduce", "8M", "8G", 20.0, 8.0)
    assert made.exit_status == value(1)
    assert made.out_of_bounds == value(2)


@pytest.mark.parametrize("error", [TimedOut("node-01: late"), Refused("node-01: no")])
async def test_errors_of_the_wire_pass_as_they_are(error: TimedOut | Refused) -> None:
    with pytest.raises(type(error)):
        await instead("dcgmi diag -r 2 --json", error).diagnose(2.0)
