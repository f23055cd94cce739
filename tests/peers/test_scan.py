"""`inventory scan` against net-snmp's agent and against every kind of device of the lab."""

from __future__ import annotations

from pathlib import Path

from bringup.cli.main import main
from bringup.input import load_inventory
from tests.peers.stand import Lab, snmpd


def scan(out: Path, **ports: int) -> int:
    words = ["inventory", "scan", "127.0.0.1", "--out", str(out)]
    for service in ("ssh", "snmp", "https"):
        words += [f"--{service}-port", str(ports.get(service, 0))]
    return main(words)


def test_every_kind_of_device_of_the_lab_is_found_for_what_it_is(lab: Lab, tmp_path: Path) -> None:
    wanted = {
        "leaf-1": ("ssh", "ssh", "linux"),
        "leaf-2": ("https", "eapi", "eos"),
        "bmc-01": ("https", "redfish", "redfish-bmc"),
        "pdu-1": ("snmp", "snmp", "apc-pdu"),
    }
    for name, (asked, service, platform) in wanted.items():
        out = tmp_path / f"{name}.toml"
        assert scan(out, **{asked: lab.expected(name)[service]["port"]}) == 0, name
        (device,) = load_inventory(out).device
        assert device.found
        assert getattr(device, service).port == lab.expected(name)[service]["port"]
        if name != "leaf-1":  # a banner alone tells no switch from a host
            assert device.platform == platform


def test_net_snmp_s_agent_is_found(tmp_path: Path) -> None:
    with snmpd(tmp_path, community="public", auth="readerpass", priv="readerpriv") as port:
        out = tmp_path / "found.toml"
        assert scan(out, snmp=port) == 0
    assert "found: snmp on port" in out.read_text()
