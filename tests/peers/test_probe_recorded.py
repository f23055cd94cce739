"""`bringup probe` through OpenSSH at recordings of real switches: what each printed comes back command by
command."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bringup.driver.platform import infiniband, junos, nvue, nxos
from tests.decode.corpus import ROOT
from tests.decode.platform_samples import SAMPLES
from tests.peers.stand import Answer, value, write_inventory
from tests.transport.peers import Sshd, sshd

Probe = Callable[..., Answer]
REPLAY = """\
#!/bin/sh
reply="{folder}/$(printf %s "$SSH_ORIGINAL_COMMAND" | sha256sum | cut -c1-32)"
[ -f "$reply" ] && exec cat "$reply"
echo "sh: 1: $SSH_ORIGINAL_COMMAND: not found" >&2
exit 127
"""
QFX = "junos/qfx5240-64od"
INTERFACES = b'{"swp1": {"type": "swp", "link": {"oper-status": "up", "speed": "100G"}}}\n'
RECORDED = {
    junos.COMMANDS["neighbors"].text: f"{QFX}/show_lldp_neighbors.txt",
    junos.COMMANDS["environment"].text: f"{QFX}/show_chassis_environment.txt",
    junos.COMMANDS["version"].text: f"{QFX}/show_version.txt",
    junos.COMMANDS["hardware"].text: f"{QFX}/show_chassis_hardware_detail.txt",
    junos.COMMANDS["optics"].text: "junos/napalm/get-interface-optics-diagnostics-information.xml",
    nxos.COMMANDS["optics"].text: "nxos/9.3.4-json/show_interface_transceiver.json",
    nvue.COMMANDS["neighbors"].text: "cumulus/net-show-lldp/leaf01.json",
    nvue.PER_PORT["transceiver"].text.format(port="swp1"): (
        "cumulus/nvue-text/nv_show_interface_swp1_transceiver.txt"
    ),
    infiniband.COUNTERS.format(lid=2052, port=1): "mlxlink-ibdiagnet/perfquery/perfquery_x_one_port.txt",
}
TOLD = {
    junos.COMMANDS["uptime"].text: SAMPLES["junos.uptime"],
    nvue.COMMANDS["interfaces"].text: INTERFACES,
    infiniband.COMMANDS["links"].text: (
        b'0x506b4b03005c2740 "ib-i4l1s01" 2052    1[  ] ==( 4X   25.78125 Gbps Active/  LinkUp)==>'
        b'  0x506b4b0300cc02a6   1432    1[  ] "p0001 HCA-1" ( )\n'
    ),
}
"""What no recording has."""


@pytest.fixture(scope="module")
def replaying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    if not ROOT.is_dir():
        pytest.skip("no corpus: set BRINGUP_CORPUS")
    folder, replies = tmp_path_factory.mktemp("sshd"), tmp_path_factory.mktemp("replies")
    held = {command: (ROOT / path).read_bytes() for command, path in RECORDED.items()}
    for command, reply in (held | TOLD).items():
        (replies / hashlib.sha256(command.encode()).hexdigest()[:32]).write_bytes(reply)
    script = folder / "replay"
    script.write_text(REPLAY.format(folder=replies))
    script.chmod(0o755)
    with sshd(folder, lines=(f"ForceCommand {script}",)) as started:
        yield started


def asked(replaying: Sshd, probe: Probe, folder: Path, platform: str, capability: str) -> Any:
    login = {"user": "root", "port": replaying.port, "host_key": replaying.host_key}
    inventory = write_inventory(folder, platform, ssh={**login, "key": str(replaying.folder / "user")})
    found = probe(inventory, capability)
    assert (found.status, found.outcome) == (0, "ok"), found.text
    return found.facts[capability]


def test_a_recorded_qfx_is_read_through_openssh(replaying: Sshd, tmp_path: Path, probe: Probe) -> None:
    identity = asked(replaying, probe, tmp_path, "junos", "identity")
    assert (value(identity["hostname"]), value(identity["serial"])) == ("leaf-qfx5240-01", "AO40023030")
    assert len(asked(replaying, probe, tmp_path, "junos", "neighbors")) == 36
    environment = asked(replaying, probe, tmp_path, "junos", "environment")
    assert len(environment["fans"]) == 8
    optics = {optic["port"]: optic for optic in asked(replaying, probe, tmp_path, "junos", "optics")}
    assert value(optics["et-0/0/40"]["medium"]) == "800GBASE-DR8"
    assert value(optics["et-0/0/63"]["present"]) is False
    assert value(optics["xe-2/2/2"]["lanes"][0]["rx_power_dbm"]) == -31.55


def test_a_recorded_nexus_is_read_through_openssh(replaying: Sshd, tmp_path: Path, probe: Probe) -> None:
    optics = asked(replaying, probe, tmp_path, "nxos", "optics")
    assert len(optics) == 54
    assert sum(value(optic["present"]) for optic in optics) == 14


def test_a_recorded_cumulus_switch_is_read_through_openssh(
    replaying: Sshd, tmp_path: Path, probe: Probe
) -> None:
    neighbors = asked(replaying, probe, tmp_path, "nvue", "neighbors")
    assert [(each["local_port"], value(each["system_name"])) for each in neighbors] == [
        ("swp1", "spine01"), ("swp2", "spine02")
    ]  # fmt: skip
    (optic,) = asked(replaying, probe, tmp_path, "nvue", "optics")
    assert (optic["port"], value(optic["serial"])) == ("swp1", "MT2108FT02204")


def test_recorded_counters_of_a_fabric_are_read_through_openssh(
    replaying: Sshd, tmp_path: Path, probe: Probe
) -> None:
    (entry,) = asked(replaying, probe, tmp_path, "infiniband", "fec")
    assert (entry["port"], value(entry["flap_count"])) == ("ib-i4l1s01/1", 1)
