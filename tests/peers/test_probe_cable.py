"""`bringup probe` in a namespace that a veth cable joins to another: sshd, lldpd, iproute2 and ethtool."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.driver.linux.test_wire import Host
from tests.e2e.runs import Done
from tests.peers.stand import Answer, answer_of, spoken, value, write_inventory
from tests.transport.peers import Sshd, sshd, tool

HEARD_WITHIN_S = 30.0
Pair = tuple[Host, Host]


@pytest.fixture
def openssh(pair: Pair, tmp_path: Path) -> Iterator[Sshd]:
    """An sshd that only the near namespace can reach; in its sessions `lldpcli` is that namespace's."""
    near, _ = pair
    inside = ("ip", "netns", "exec", near.namespace)
    spoken(*inside, "ip", "link", "set", "lo", "up")
    folder = tmp_path / "sshd"
    folder.mkdir()
    path = f"{near.bin}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
    with sshd(folder, lines=(f"SetEnv PATH={path} HOME={folder}",), within=inside) as started:
        yield started


def probe_inside(host: Host, inventory: Path, *words: str) -> Answer:
    """The command as a person types it who stands in that namespace."""
    command = [tool("ip"), "netns", "exec", host.namespace, sys.executable, "-m", "bringup", "probe", "peer"]
    done = subprocess.run(
        [*command, *words, "-i", str(inventory)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False,
    )  # fmt: skip
    return answer_of(Done(done.returncode, done.stdout))


def test_the_far_end_of_a_cable_is_named_as_its_own_lldpd_and_kernel_name_it(
    pair: Pair, openssh: Sshd, tmp_path: Path
) -> None:
    near, far = pair
    login = {"user": "root", "port": openssh.port, "host_key": openssh.host_key}
    inventory = write_inventory(tmp_path, "linux", ssh={**login, "key": str(openssh.folder / "user")})
    spoken("ip", "netns", "exec", far.namespace, str(far.bin / "lldpcli"), "update")
    wait_until_heard(near)
    (neighbor,) = probe_inside(near, inventory, "neighbors").facts["neighbors"]
    told = json.loads(spoken("ip", "netns", "exec", far.namespace, "ip", "-j", "link", "show", far.port))
    assert neighbor["local_port"] == near.port
    assert value(neighbor["system_name"]) == "host-b"
    assert value(neighbor["port_id"]) == told[0]["address"]
    assert value(neighbor["port_description"]) == far.port
    ports = {port["name"]: port for port in probe_inside(near, inventory, "ports").facts["ports"]}
    assert set(ports) == {near.port}, "the loopback is no port, and other namespaces are not seen"
    assert value(ports[near.port]["oper_up"]) is True
    settings = spoken("ip", "netns", "exec", near.namespace, "ethtool", near.port)
    assert f"Speed: {value(ports[near.port]['speed_gbps']) * 1000:g}Mb/s" in settings


@pytest.mark.parametrize(
    ("platform", "transport", "settings"),
    [
        ("linux", "ssh", {"user": "root", "password": "file:secret"}),
        ("snmp-switch", "snmp", {"community": "file:secret"}),
        ("redfish-bmc", "redfish", {"tls": False, "user": "root", "password": "file:secret"}),
        ("sonic", "gnmi", {"tls": False, "user": "root", "password": "file:secret"}),
    ],
)
def test_where_no_way_leads_is_unreachable(
    pair: Pair, tmp_path: Path, platform: str, transport: str, settings: dict[str, object]
) -> None:
    """This namespace has no route to anywhere; TEST-NET-1 (RFC 5737) is nobody's in any case."""
    (tmp_path / "secret").write_text("not-to-be-shown\n")
    inventory = write_inventory(tmp_path, platform, address="192.0.2.1", **{transport: settings})
    found = probe_inside(pair[0], inventory, "ports" if transport == "gnmi" else "identity")
    assert (found.status, found.outcome) == (3, "unreachable"), found.text
    assert "192.0.2.1" in found.text and "not-to-be-shown" not in found.text


def wait_until_heard(host: Host) -> None:
    """lldpd tells nobody when it has heard something for the first time."""
    end = time.monotonic() + HEARD_WITHIN_S
    while "host-b" not in spoken(
        "ip", "netns", "exec", host.namespace, str(host.bin / "lldpcli"), "show", "neighbors"
    ):
        assert time.monotonic() < end
        time.sleep(0.1)
