"""Faults that only the `hgx-h100` rack has: what each changes, what it leaves alone, how it is mended."""

import pytest

from bringup.lab.faults import FaultBook, describe
from bringup.lab.render_linux import LinuxShell
from bringup.lab.world import World
from bringup.model.errors import InputError
from tests.lab.hgx_world import NODES, booted_world, forward, found_world
from tests.lab.test_faults import hands_see

REMEDIES = {
    "gpu-missing": "replace-gpu-or-reseat",
    "gpu-ecc": "reset-gpu-and-retest",
    "nvlink-down": "reseat-gpu-baseboard-nvlink",
    "gpu-throttled": "check-gpu-cooling-and-power",
    "slow-collective": "find-slow-member",
    "wrong-result": "quarantine-and-localise",
    "crossed-management": "swap-cables-back",
    "leak-detector-missing": "reconnect-leak-detector",
    "coolant-leak": "stop-and-find-leak",
    "wrong-outlet": "check-device-identity",
}
ALONE = "all_reduce_perf -b 8M -e 8G -f 2 -g 8 -c 1 -n 20"
HOSTS = "node-01:8,node-02:8,node-03:8,node-04:8"
ACROSS = f"mpirun -np 32 --host {HOSTS} all_reduce_perf -b 8G -e 8G -f 2 -g 1 -c 1 -n 20"


def book(world: World, seed: int = 1) -> FaultBook:
    return FaultBook(world, seed)


def says(world: World, command: str, node: str = "node-01") -> str:
    return LinuxShell(world, node).run(command).out


@pytest.mark.parametrize(("name", "remedy"), REMEDIES.items())
def test_each_fault_names_stage_step_verdict_and_remedy(name: str, remedy: str) -> None:
    record = next(each for each in describe() if each["name"] == name)
    assert record["remedy"] == remedy
    assert record["stage"] and record["step"]
    assert (record["reason"] is not None) == (record["verdict"] == "UNKNOWN")


@pytest.mark.parametrize("name", list(REMEDIES))
def test_each_fault_changes_the_world_and_its_repair_puts_it_back(name: str) -> None:
    world, _ = found_world()
    before = hands_see(world)
    faults = book(world)
    faults.add(name)
    assert hands_see(world) != before
    forward(world, 30.0)
    faults.repair()
    assert hands_see(world) == before


@pytest.mark.parametrize("name", ["gpu-missing", "gpu-ecc", "gpu-throttled"])
def test_a_fault_of_one_gpu_is_seen_at_that_gpu_and_at_no_other_node(name: str) -> None:
    world = booted_world()
    before = {node: says(world, "nvidia-smi -q -x", node).split("<driver_version>")[1] for node in NODES}
    book(world).add(f"{name}@node-03/gpu-4")
    after = {node: says(world, "nvidia-smi -q -x", node).split("<driver_version>")[1] for node in NODES}
    assert [node for node in NODES if before[node] != after[node]] == ["node-03"]


def test_a_fault_from_before_the_boot_is_in_the_kernel_log_after_it() -> None:
    world, _ = found_world()
    book(world).add("gpu-ecc@node-02/gpu-2=3")
    assert says(world, "dmesg --time-format iso", "node-02") == ""
    for pdu in ("pdu-1", "pdu-2"):
        world.set_outlet(pdu, 5, True)
    forward(world, 90.0)
    world.reset_host("node-02", "On")
    forward(world, 200.0)
    log = says(world, "dmesg --time-format iso", "node-02")
    assert [line.split("): ")[1].split(",")[0] for line in log.splitlines() if "Xid" in line] == ["48", "63"]
    assert "PCI:0000:52:00" in log
    assert "<dram_uncorrectable>3<" in says(world, "nvidia-smi -q -x", "node-02")


def test_heat_and_brake_are_two_causes_of_one_slowdown() -> None:
    for how, reason in (("brake", "hw_power_brake_slowdown"), ("heat", "hw_thermal_slowdown")):
        world = booted_world()
        book(world).add(f"gpu-throttled@node-01/gpu-0={how}")
        assert says(world, "nvidia-smi -q -x").count(f"{reason}>Active<") == 1
        assert says(world, "nvidia-smi -q -x").count("hw_slowdown>Active<") == 1


def test_a_slow_member_shows_only_in_company() -> None:
    world = booted_world()
    book(world).add("slow-collective@node-02")
    rows = [line.split() for line in says(world, ACROSS).splitlines() if not line.startswith("#") and line]
    assert float(rows[-1][7]) < 150.0
    assert "Out of bounds values : 0 OK" in says(world, ALONE, "node-02")


def test_a_wrong_result_has_no_other_sign() -> None:
    world = booted_world()
    book(world).add("wrong-result@node-04")
    assert "FAILED" in says(world, ALONE, "node-04")
    assert "FAILED" in says(world, ACROSS)
    assert '"Fail"' not in says(world, "dcgmi diag -r 2 --json", "node-04")
    assert "Xid" not in says(world, "dmesg --time-format iso", "node-04")


def test_crossed_management_cables_lead_to_each_others_devices() -> None:
    world = booted_world()
    book(world).add("crossed-management@bmc-01=bmc-03")
    found = {owner: world.resident(owner) for owner in ("bmc-01", "bmc-02", "bmc-03")}
    assert {owner: device and device.name for owner, device in found.items()} == {
        "bmc-01": "bmc-03",
        "bmc-02": "bmc-02",
        "bmc-03": "bmc-01",
    }
    book(world)
    with pytest.raises(InputError, match="no cable to cross"):
        book(world).add("crossed-management@bmc-02=node-09")


def test_exchanged_cords_feed_each_others_devices_and_say_so_on_their_labels() -> None:
    world, _ = found_world()
    book(world).add("wrong-outlet@pdu-1/outlet-4=6")
    world.set_outlet("pdu-1", 4, True)
    assert world.outlet("pdu-1", 4).label == "node-03 psu-1"
    assert not world.supply_ok("node-01", "psu-1")
    assert world.supply_ok("node-03", "psu-1")


def test_a_cord_in_a_spare_outlet_leaves_the_planned_one_without_a_load() -> None:
    world, _ = found_world()
    book(world).add("wrong-outlet@pdu-2/outlet-5=20")
    world.set_outlet("pdu-2", 5, True)
    assert (world.outlet("pdu-2", 5).label, world.outlet("pdu-2", 20).label) == ("spare 20", "node-02 psu-2")
    assert (world.outlet_load_w("pdu-2", 5), world.supply_ok("node-02", "psu-2")) == (0.0, False)
    world.set_outlet("pdu-2", 20, True)
    assert world.supply_ok("node-02", "psu-2")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("gpu-missing@node-01/gpu-8", "can't happen"),
        ("gpu-ecc@node-01/gpu-0=none", "out of range"),
        ("nvlink-down@node-01/gpu-0#nvlink-18", "can't happen"),
        ("gpu-throttled=cold", "means nothing"),
        ("wrong-result@node-01=8", "out of range"),
        ("wrong-outlet@pdu-1/outlet-20", "can't happen"),
        ("wrong-outlet@pdu-1/outlet-4=25", "no outlet 25"),
        ("leak-detector-missing@node-01/leak-top", "can't happen"),
    ],
)
def test_what_can_not_be_is_refused_and_changes_nothing(text: str, complaint: str) -> None:
    world, _ = found_world()
    before = hands_see(world)
    with pytest.raises(InputError, match=complaint):
        book(world).add(text)
    assert hands_see(world) == before


def test_a_rack_without_gpus_can_not_lose_one() -> None:
    from tests.lab.mini_world import make_world

    with pytest.raises(InputError, match="can't happen in this rack"):
        book(make_world()[0]).add("gpu-missing")
