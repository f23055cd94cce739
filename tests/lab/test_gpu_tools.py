"""The accelerator tools of a lab server: read with the standard library's XML, JSON and expressions alone."""

from __future__ import annotations

import asyncio
import json
import re
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from bringup.lab import accelerator
from bringup.lab.render_linux import LinuxShell
from bringup.lab.shell import Reply
from bringup.lab.ssh_server import SshServer
from bringup.lab.state_gpu import Gpu, Xid
from bringup.lab.world import World
from tests.lab.hgx_world import NODES, booted_world, forward
from tests.lab.small_world import serving
from tests.lab.test_ssh_server import Client

ALONE = "all_reduce_perf -b 8M -e 8G -f 2 -g 8 -c 1 -n 20"
ROW = re.compile(
    r"^ +(\d+) +(\d+) +float +sum +-1 +(\S+) +(\S+) +(\S+) +(\S+) +(\S+) +(\S+) +(\S+) +(\S+)$", re.M
)


def across(*hosts: str) -> str:
    places = ",".join(f"{host}:8" for host in hosts)
    return (
        f"mpirun --allow-run-as-root -np {8 * len(hosts)} --host {places} --map-by ppr:8:node"
        " -x NCCL_ALGO=RING all_reduce_perf -b 8M -e 8G -f 2 -g 1 -c 1 -n 20"
    )


@pytest.fixture
def world() -> World:
    return booted_world()


def ask(world: World, command: str, node: str = "node-01") -> Reply:
    return LinuxShell(world, node).run(command)


def gpu_of(world: World, index: int = 2, node: str = "node-01") -> Gpu:
    return world.device(node).gpus[index]


def gpus(world: World, node: str = "node-01") -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(ask(world, "nvidia-smi -q -x", node).out).iter("gpu"))


def busbw(reply: Reply, size: int = 8 << 30) -> float:
    """Of the row of `size`, out of place."""
    return next(float(row[4]) for row in ROW.findall(reply.out) if int(row[0]) == size)


# nvidia-smi


def test_a_healthy_node_shows_eight_gpus_of_one_driver_and_vbios(world: World) -> None:
    root = ElementTree.fromstring(ask(world, "nvidia-smi -q -x").out)
    found = list(root.iter("gpu"))
    assert root.findtext("driver_version") == "550.127.05"
    assert root.findtext("attached_gpus") == "8" == str(len(found))
    assert len({gpu.findtext("serial") for gpu in found}) == len({gpu.findtext("uuid") for gpu in found}) == 8
    assert {gpu.findtext("product_name") for gpu in found} == {"NVIDIA H100 80GB HBM3"}
    assert {gpu.findtext("vbios_version") for gpu in found} == {"96.00.A5.00.01"}
    for gpu in found:
        assert gpu.findtext("pci/pci_gpu_link_info/pcie_gen/current_link_gen") == "5"
        assert gpu.findtext("pci/pci_gpu_link_info/link_widths/current_link_width") == "16x"
        assert gpu.findtext("ecc_errors/volatile/dram_uncorrectable") == "0"
        assert gpu.findtext("remapped_rows/remapped_row_pending") == "No"
        assert gpu.findtext("clocks_event_reasons/clocks_event_reason_hw_slowdown") == "Not Active"
        assert re.fullmatch(r"[3-5]\d C", gpu.findtext("temperature/gpu_temp") or "")


def test_serials_of_the_rack_are_all_different(world: World) -> None:
    assert len({gpu.serial for node in NODES for gpu in world.device(node).gpus}) == 32


def test_a_gpu_that_does_not_enumerate_shifts_the_indexes_behind_it(world: World) -> None:
    gpu_of(world, 2).enumerates = False
    found = gpus(world)
    serials = [gpu.findtext("serial") for gpu in found]
    assert len(found) == 7
    assert serials == [gpu.serial for gpu in world.device("node-01").gpus if gpu.index != 2]
    assert [gpu.findtext("minor_number") for gpu in found] == [str(number) for number in range(7)]
    for command in ("nvidia-smi nvlink -s", "nvidia-smi nvlink -e"):
        assert len(re.findall(r"^GPU \d: NVIDIA H100", ask(world, command).out, re.M)) == 7


def test_a_node_whose_gpus_are_all_gone_says_so_and_fails(world: World) -> None:
    for gpu in world.device("node-01").gpus:
        gpu.enumerates = False
    for command in ("nvidia-smi -q -x", "nvidia-smi nvlink -s"):
        reply = ask(world, command)
        assert (reply.out, reply.status) == ("No devices were found\n", 6)
    assert "runtime_error" in json.loads(ask(world, "dcgmi diag -r 1 --json").out)["DCGM Diagnostic"]


def test_memory_errors_and_a_pending_remap_are_told(world: World) -> None:
    gpu = gpu_of(world)
    gpu.dram_uncorrected, gpu.remapped_rows, gpu.remap_pending = 3, 1, True
    found = gpus(world)[2]
    assert found.findtext("ecc_errors/volatile/dram_uncorrectable") == "3"
    assert found.findtext("ecc_errors/aggregate/dram_uncorrectable") == "3"
    assert found.findtext("remapped_rows/remapped_row_pending") == "Yes"
    assert found.findtext("gpu_reset_status/reset_required") == "Yes"


def test_an_inactive_link_prints_a_word_and_no_number(world: World) -> None:
    gpu_of(world).links[17].up = False
    status = ask(world, "nvidia-smi nvlink -s").out
    assert len(re.findall(r"Link \d+: 26\.562 GB/s$", status, re.M)) == 8 * 18 - 1
    assert status.split("GPU 2:")[1].split("GPU 3:")[0].endswith("Link 17: <inactive>\n")
    for link in gpu_of(world, 6).links:
        link.up = False
    assert "GPU 6" in (told := ask(world, "nvidia-smi nvlink -s").out)
    assert "all links are inactive" in told


def test_a_gpu_without_air_is_hot_and_slowed_and_says_why(world: World) -> None:
    gpu_of(world).airflow = 0.18
    reasons = gpus(world)[2].find("clocks_event_reasons")
    assert reasons is not None
    active = {each.tag.removeprefix("clocks_event_reason_") for each in reasons if each.text == "Active"}
    assert {"hw_slowdown", "hw_thermal_slowdown"} <= active
    assert "hw_power_brake_slowdown" not in active
    assert int((gpus(world)[2].findtext("temperature/gpu_temp") or "").split()[0]) >= 87


def test_work_warms_a_gpu_and_time_cools_it(world: World) -> None:
    node, gpu = world.device("node-01"), gpu_of(world)
    idle = accelerator.temperature_c(node, gpu, world.now())
    ask(world, "dcgmi diag -r 2 --json")
    forward(world, 120.0)
    assert gpus(world)[2].findtext("utilization/gpu_util") == "100 %"
    assert accelerator.temperature_c(node, gpu, world.now()) > idle + 20.0
    forward(world, 900.0)
    assert accelerator.temperature_c(node, gpu, world.now()) == pytest.approx(idle, abs=0.5)


def test_the_kernel_log_names_gpu_and_number_with_the_devices_own_time(world: World) -> None:
    gpu_of(world).xids.append(
        Xid(number=48, text="pid=4711, name=python3, DBE (double bit error)", at=world.now())
    )
    forward(world, 5.0)
    line = ask(world, "dmesg --time-format iso").out.splitlines()[-1]
    stamp = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d,\d{6}\+00:00"
    assert re.fullmatch(rf"{stamp} NVRM: Xid \(PCI:0000:52:00\): 48, pid=4711, .*", line)


# dcgmi


def test_a_healthy_diagnosis_has_a_pass_for_each_gpu_and_test(world: World) -> None:
    assert re.search(r"version: 4\.\d", ask(world, "dcgmi --version").out)
    reply = ask(world, "dcgmi diag -r 2 --json")
    told = json.loads(reply.out)
    tests = [test for part in told["DCGM Diagnostic"]["test_categories"] for test in part["tests"]]
    assert reply.status == 0
    assert reply.takes_s > 60.0 > ask(world, "dcgmi diag -r 1 --json").takes_s
    assert [test["name"] for test in tests] == ["software", "pcie", "memory"]
    for test in tests:
        assert [(each["entity_id"], each["status"]) for each in test["results"]] == [
            (n, "Pass") for n in range(8)
        ]
    serials = {each["serial_num"] for each in told["entity_groups"][0]["entities"]}
    assert serials == {gpu.serial for gpu in world.device("node-01").gpus}


def test_a_diagnosis_finds_what_is_wrong_and_exits_with_it(world: World) -> None:
    gpu_of(world, 1).remap_pending = True
    gpu_of(world, 2).links[4].up = False
    gpu_of(world, 3).dram_uncorrected = 2
    reply = ask(world, "dcgmi diag -r 2 --json")
    tests = [t for part in json.loads(reply.out)["DCGM Diagnostic"]["test_categories"] for t in part["tests"]]
    failed = {
        (test["name"], each["entity_id"], each["warnings"][0]["error_id"])
        for test in tests
        for each in test["results"]
        if each["status"] == "Fail"
    }
    assert failed == {("software", 1, 85), ("pcie", 2, 14), ("memory", 3, 4)}
    assert reply.status != 0


# collectives


def test_a_healthy_node_reduces_at_476_gbyte_s(world: World) -> None:
    for node in NODES:
        reply = ask(world, ALONE, node)
        rows = ROW.findall(reply.out)
        assert [int(row[0]) for row in rows] == [8 << (20 + step) for step in range(11)]
        assert busbw(reply) == pytest.approx(476.0, rel=0.006)
        assert {row[5] for row in rows} == {row[9] for row in rows} == {"0"}
        assert "# Out of bounds values : 0 OK\n" in reply.out
        assert reply.status == 0


def test_four_healthy_nodes_reduce_at_350_gbyte_s(world: World) -> None:
    reply = ask(world, across(*NODES))
    assert busbw(reply) == pytest.approx(350.0, rel=0.006)
    assert len(re.findall(r"^#  Rank +\d+ .* on +node-0\d device +\d ", reply.out, re.M)) == 32


def test_time_algbw_and_busbw_of_a_row_agree(world: World) -> None:
    for reply, ranks in ((ask(world, ALONE), 8), (ask(world, across(*NODES)), 32)):
        for size, _count, time_us, algbw, bandwidth, *_ in ROW.findall(reply.out):
            assert float(algbw) == pytest.approx(int(size) / float(time_us) / 1e3, rel=0.01)
            assert float(bandwidth) == pytest.approx(float(algbw) * 2 * (ranks - 1) / ranks, rel=0.01)


def test_one_slowed_gpu_slows_its_node_and_every_ring_with_it_but_no_other(world: World) -> None:
    gpu_of(world, 5, "node-03").power_brake = True
    assert busbw(ask(world, ALONE, "node-03")) < 300.0
    assert busbw(ask(world, ALONE, "node-02")) > 470.0
    assert busbw(ask(world, across(*NODES))) < 300.0
    assert busbw(ask(world, across("node-01", "node-02"))) == pytest.approx(350.0, rel=0.006)


def test_a_dead_nvlink_costs_its_share(world: World) -> None:
    gpu_of(world).links[3].up = False
    assert busbw(ask(world, ALONE)) == pytest.approx(476.0 * 17 / 18, rel=0.01)


def test_an_adapter_at_half_width_or_a_path_through_the_cpu_slows_the_ring_alone(world: World) -> None:
    adapter = world.port("node-02/enp94s0np0").adapter
    assert adapter is not None
    adapter.width = 8
    assert busbw(ask(world, across(*NODES))) < 250.0
    assert busbw(ask(world, ALONE, "node-02")) > 470.0
    adapter.width = 16
    stack = world.device("node-04").gpu_stack
    assert stack is not None
    stack.direct_rdma = False
    assert busbw(ask(world, across(*NODES))) < 150.0
    assert busbw(ask(world, across("node-01", "node-02", "node-03"))) > 340.0


def test_a_gpu_that_miscomputes_gives_wrong_values_and_a_failure(world: World) -> None:
    gpu_of(world).miscomputes = True
    for command in (ALONE, across(*NODES)):
        reply = ask(world, command)
        rows = ROW.findall(reply.out)
        assert all(float(row[5]) > 0 and float(row[9]) > 0 for row in rows)
        assert "# Out of bounds values : 22 FAILED\n" in reply.out
        assert reply.status == 1
    unchecked = ask(world, ALONE.replace("-c 1", "-c 0"))
    assert {row[5] for row in ROW.findall(unchecked.out)} == {"N/A"}
    assert "Out of bounds values : 0 OK" in unchecked.out
    assert unchecked.status == 0


def test_a_missing_gpu_fails_the_test_before_the_first_row(world: World) -> None:
    gpu_of(world, 7, "node-03").enumerates = False
    alone = ask(world, ALONE, "node-03")
    assert (alone.status, ROW.findall(alone.out)) == (2, [])
    assert "Test CUDA failure" in alone.out
    ring = ask(world, across(*NODES))
    assert (ring.status, ROW.findall(ring.out)) == (2, [])
    assert "Process name: [[40211,1],23]" in ring.err


def test_a_far_node_that_is_down_fails_the_launch(world: World) -> None:
    world.reset_host("node-03", "ForceOff")
    reply = ask(world, across(*NODES))
    assert reply.out == ""
    assert reply.status != 0
    assert "ssh: connect to host node-03 port 22" in reply.err
    assert "ORTE was unable to reliably start" in reply.err
    assert ask(world, across("node-01", "node-09")).err.startswith("ssh: Could not resolve hostname node-09")


def test_a_rail_without_a_link_fails_the_ring_and_not_the_node(world: World) -> None:
    world.set_admin("leaf-1/Ethernet48", False)
    reply = ask(world, across(*NODES))
    assert (reply.status, ROW.findall(reply.out)) == (3, [])
    assert "node-02: Test NCCL failure" in reply.out
    assert busbw(ask(world, ALONE, "node-02")) > 470.0


@pytest.mark.parametrize("command", ["all_reduce_perf -b much", "all_reduce_perf -z 3", "all_reduce_perf -b"])
def test_options_that_the_tool_does_not_know_are_refused(world: World, command: str) -> None:
    assert ask(world, command).status == 1


# over the wire


async def test_openssh_gets_the_tools_output_and_waits_as_long_as_the_world_does(
    world: World, tmp_path: Path
) -> None:
    server = SshServer(world, "node-01", LinuxShell(world, "node-01"))
    async with serving(server) as port:
        client = Client(tmp_path, world, "node-01", port)
        query, errors = await asyncio.gather(
            client.run("nvidia-smi -q -x"), client.run("nvidia-smi nvlink -e")
        )
        begun = time.monotonic()
        diagnosis = await client.run("dcgmi diag -r 2 --json")
        waited_s = time.monotonic() - begun
        ring = await client.run(across(*NODES))
    assert ElementTree.fromstring(query.out).findtext("attached_gpus") == "8"
    assert len(re.findall(r"CRC Errors: 0$", errors.text, re.M)) == 8 * 18
    assert json.loads(diagnosis.text)["metadata"]["version"] == "4.2.3"
    assert waited_s >= 0.13
    assert "Avg bus bandwidth" in ring.text


def test_a_server_without_accelerators_has_none_of_the_tools() -> None:
    from tests.lab.mini_world import make_booted_world

    shell = LinuxShell(make_booted_world()[0], "node-01")
    for command in ("nvidia-smi -q -x", "dcgmi diag -r 1 --json", ALONE):
        assert shell.run(command).status == 127
