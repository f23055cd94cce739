"""The decoders, which share no code with the lab, read the world in what its command lines print."""

from typing import Any

import pytest

from bringup.decode.registry import find_format
from bringup.lab.render_linux import LinuxShell
from bringup.lab.render_sonic import SonicShell
from bringup.lab.world import World
from bringup.model.verdict import Reading
from tests.lab.mini_world import make_booted_world, make_world

NIC = "enp65s0np0"
SONIC = {
    "sonic.version": "show version",
    "sonic.syseeprom": "show platform syseeprom",
    "sonic.psustatus": "show platform psustatus --json",
    "sonic.fan": "show platform fan",
    "sonic.temperature": "show platform temperature",
    "sonic.interfaces-status": "show interfaces status",
    "sonic.fec-status": "show interfaces fec status",
    "sonic.fec-stats": "show interfaces counters fec-stats",
    "sonic.presence": "show interfaces transceiver presence",
    "sonic.transceiver-eeprom": "show interfaces transceiver eeprom -d",
    "lldp.json0": "docker exec lldp lldpctl -f json0",
    "linux.date": "date +%s.%N",
    "linux.uptime": "cat /proc/uptime",
    "linux.boot-id": "cat /proc/sys/kernel/random/boot_id",
    "linux.hostname": "hostname",
}
PCIE = ("current_link_width", "max_link_width", "current_link_speed", "max_link_speed")
LINUX = {
    "linux.hostname": "hostname",
    "linux.os-release": "cat /etc/os-release",
    "linux.uname": "uname -srm",
    "linux.dmi": "cat /sys/class/dmi/id/product_serial",
    "linux.boot-id": "cat /proc/sys/kernel/random/boot_id",
    "linux.uptime": "cat /proc/uptime",
    "linux.date": "date +%s.%N",
    "linux.nproc": "nproc",
    "linux.meminfo": "cat /proc/meminfo",
    "linux.ip-link": "ip -j link",
    "linux.timedatectl": "timedatectl show",
    "linux.pcie-link": "cat " + " ".join(f"/sys/class/net/{NIC}/device/{name}" for name in PCIE),
    "linux.pcie-place": f"readlink -f /sys/class/net/{NIC}/device",
    "ethtool": f"ethtool {NIC}",
    "ethtool.driver": f"ethtool -i {NIC}",
    "ethtool.module": f"ethtool -m {NIC}",
    "ethtool.statistics": f"ethtool -S {NIC}",
    "ethtool.fec": f"ethtool -I --show-fec {NIC}",
    "lldp.json0": "lldpcli show neighbors -f json0",
}


def decoded(name: str, text: str) -> Any:
    return find_format(name).decode(text.encode())


def sonic(world: World, name: str) -> Any:
    return decoded(name, SonicShell(world, "leaf-1").run(SONIC[name]).out)


def linux(world: World, name: str) -> Any:
    return decoded(name, LinuxShell(world, "node-01").run(LINUX[name]).out)


@pytest.mark.parametrize("name", SONIC)
def test_every_sonic_reply_is_read_without_a_warning(name: str) -> None:
    found = sonic(make_booted_world()[0], name)
    assert (found.outcome, found.warnings) == ("ok", ())


@pytest.mark.parametrize("name", LINUX)
def test_every_linux_reply_is_read_without_a_warning(name: str) -> None:
    found = linux(make_booted_world()[0], name)
    assert (found.outcome, found.warnings) == ("ok", ())


def test_light_is_read_lane_by_lane_as_it_is_in_the_world_at_both_ends() -> None:
    world, _ = make_booted_world()
    with world.changing():
        world.cables[0].a_to_b_db[1] = 60.0
        world.cables[0].a.in_db[2] += 2.5
    switch = next(
        each for each in sonic(world, "sonic.transceiver-eeprom").facts["optics"] if each.port == "Ethernet0"
    )
    host = linux(world, "ethtool.module").facts["optic"]
    for optic, port in ((switch, "leaf-1/Ethernet0"), (host, f"node-01/{NIC}")):
        assert optic.medium.value == "400GBASE-DR4"
        assert len(optic.lanes) == 4
        for read, real in zip(optic.lanes, world.lanes(port), strict=True):
            assert read.index == real.index
            assert read.tx_power_dbm.value == pytest.approx(real.tx_power_dbm, abs=0.01)
            if real.rx_power_dbm is None:
                assert read.rx_power_dbm.reading is Reading.DARK
            else:
                assert read.rx_power_dbm.value == pytest.approx(real.rx_power_dbm, abs=0.01)
    assert host.lanes[1].rx_power_dbm.reading is Reading.DARK


def test_a_supply_that_is_dead_unplugged_or_gone_is_read_as_that() -> None:
    world, _ = make_world()
    with world.changing():
        world.supply("leaf-1", "psu-1").healthy = False
        world.supply("leaf-1", "psu-2").fitted = False
    first, second = sonic(world, "sonic.psustatus").facts["environment"].supplies
    assert (first.present.value, first.ok.value) == (True, False)
    assert second.present.value is False


def test_a_port_without_a_module_is_read_as_empty() -> None:
    found = sonic(make_booted_world()[0], "sonic.presence").facts["optics"]
    assert {optic.port: optic.present.value for optic in found}["Ethernet24"] is False


def test_counters_are_read_as_they_are_in_the_world() -> None:
    world, _ = make_booted_world()
    with world.changing():
        world.cables[0].b.in_db[0] += 4.0
    (switch,) = [
        each for each in sonic(world, "sonic.fec-stats").facts["fec_counters"] if each.port == "Ethernet0"
    ]
    real = world.counters("leaf-1/Ethernet0")
    assert switch.corrected_codewords.value == real.corrected_codewords
    assert switch.uncorrectable_codewords.value == real.uncorrectable_codewords
