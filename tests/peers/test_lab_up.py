"""`bringup lab up` under clients that others wrote, each with the inventory and the secrets that it wrote."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import ssl
import subprocess
import threading
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.runs import until
from tests.peers.stand import Answer, Lab, spoken, value, write_inventory
from tests.transport.peers import make_key, tool

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import sushy
    import sushy.auth
    from pygnmi.client import gNMIclient

QUIET = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
"""pygnmi's reading thread ends with an exception when its stream is closed."""

# net-snmp's tools

OUTLETS = "1.3.6.1.4.1.318.1.1.26.9.2"
NAME, STATE, COMMAND = (f"{OUTLETS}.{column}" for column in ("3.1.3", "3.1.5", "4.1.5"))
SERIAL = "1.3.6.1.4.1.318.1.1.26.2.1.9.1"
ON, OFF = 1, 2


def access(lab: Lab, version: str) -> tuple[str, ...]:
    """How to log in to the PDU, as options of the tools; for version 3 the secrets lie beside."""
    if version == "2c":
        return ("-v2c", "-c", lab.secret(lab.expected("pdu-1")["snmp"]["community"]))
    keys = [lab.secret(f"secrets/pdu-1.{name}") for name in ("snmp-auth", "snmp-priv")]
    user = lab.real("pdu-1")["access"]["snmp_user"]
    return ("-v3", "-l", "authPriv", "-u", user, "-a", "SHA-256", "-A", keys[0], "-x", "AES", "-X", keys[1])


def snmp(lab: Lab, version: str, program: str, *words: str) -> list[str]:
    port = lab.expected("pdu-1")["snmp"]["port"]
    options = ("-On", "-Oq", "-OU", *access(lab, version))
    return spoken(program, *options, f"udp:127.0.0.1:{port}", *words, env={"MIBS": ""}).splitlines()


@pytest.mark.parametrize("version", ["2c", "3"])
def test_the_net_snmp_tools_read_every_outlet_as_it_is(lab: Lab, version: str) -> None:
    outlets = {outlet["index"]: outlet for outlet in lab.real("pdu-1")["outlets"]}
    labels = snmp(lab, version, "snmpbulkwalk", NAME)
    states = snmp(lab, version, "snmpbulkwalk", STATE)
    assert labels == [f'.{NAME}.{index} "{outlet["label"]}"' for index, outlet in outlets.items()]
    live = {index: outlet["commanded_on"] for index, outlet in outlets.items()}
    assert states == [f".{STATE}.{index} {2 if on else 1}" for index, on in live.items()]
    (serial,) = snmp(lab, version, "snmpget", SERIAL)
    assert serial == f'.{SERIAL} "{lab.expected("pdu-1")["expect"]["serial"]}"'


@pytest.mark.parametrize("version", ["2c", "3"])
def test_snmpset_switches_an_outlet_in_the_world(lab: Lab, version: str) -> None:
    spare = 8
    for command, live in ((ON, True), (OFF, False)):
        snmp(lab, version, "snmpset", f"{COMMAND}.{spare}", "i", str(command))
        assert lab.real("pdu-1")["outlets"][spare - 1]["commanded_on"] is live
        assert snmp(lab, version, "snmpget", f"{STATE}.{spare}") == [f".{STATE}.{spare} {2 if live else 1}"]


def test_a_v3_user_in_the_inventory_reads_the_same_pdu(lab: Lab, probe: Callable[..., Answer]) -> None:
    by_user = {
        "version": "3", "port": lab.expected("pdu-1")["snmp"]["port"],
        "user": lab.real("pdu-1")["access"]["snmp_user"],
        "auth": "sha256", "auth_key": "file:secrets/pdu-1.snmp-auth",
        "priv": "aes128", "priv_key": "file:secrets/pdu-1.snmp-priv",
    }  # fmt: skip
    inventory = write_inventory(lab.folder, "apc-pdu", name="by-user", snmp=by_user)
    found = probe(inventory, "outlets")
    assert found.status == 0, found.text
    told = {outlet["index"]: value(outlet["state"]) for outlet in found.facts["outlets"]}
    assert told == {
        each["index"]: "on" if each["commanded_on"] else "off" for each in lab.real("pdu-1")["outlets"]
    }


# the OpenSSH client


def ssh(
    lab: Lab,
    folder: Path,
    name: str,
    command: str,
    *,
    host_key: str | None = None,
    password: str | None = None,
) -> subprocess.CompletedProcess[str]:
    """One command over a connection with a strict host key; the password comes through SSH_ASKPASS."""
    expected = lab.expected(name)["ssh"]
    port, user, secret = lab.login(name, "ssh")
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {host_key or expected['host_key']}\n")
    (folder / "ask").write_text("#!/bin/sh\nprintf '%s\\n' \"$SECRET\"\n")
    (folder / "ask").chmod(0o700)
    options = (
        f"UserKnownHostsFile={folder / 'known_hosts'}", "GlobalKnownHostsFile=/dev/null",
        "StrictHostKeyChecking=yes", "PubkeyAuthentication=no", "NumberOfPasswordPrompts=1",
        "ConnectTimeout=1",
    )  # fmt: skip
    words = [word for option in options for word in ("-o", option)]
    return subprocess.run(
        [tool("ssh"), "-F", "none", *words, "-p", str(port), f"{user}@127.0.0.1", command],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
        env={
            "PATH": os.environ["PATH"], "SECRET": password or secret,
            "SSH_ASKPASS": str(folder / "ask"), "SSH_ASKPASS_REQUIRE": "force",
        },
    )  # fmt: skip


def test_the_openssh_client_runs_a_switch_s_own_commands(lab: Lab, tmp_path: Path) -> None:
    done = ssh(lab, tmp_path, "leaf-1", "show version")
    expected = lab.expected("leaf-1")["expect"]
    assert done.returncode == 0, done.stderr
    assert expected["serial"] in done.stdout and expected["model"] in done.stdout
    lanes = ssh(lab, tmp_path, "leaf-1", "show interfaces transceiver eeprom -d Ethernet8").stdout
    assert lanes.count("dBm") >= 8
    assert ssh(lab, tmp_path, "leaf-1", "show no-such-thing").returncode != 0


def test_the_openssh_client_meets_the_host_key_that_the_inventory_states(lab: Lab, tmp_path: Path) -> None:
    other = make_key(tmp_path / "other")
    refused = ssh(lab, tmp_path, "leaf-1", "show version", host_key=other)
    assert (refused.returncode, refused.stdout) == (255, "")
    assert "Host key verification failed" in refused.stderr


def test_the_openssh_client_with_a_wrong_password_is_denied(lab: Lab, tmp_path: Path) -> None:
    denied = ssh(lab, tmp_path, "leaf-1", "show version", password="not-the-password")
    assert (denied.returncode, denied.stdout) == (255, "")
    assert "Permission denied" in denied.stderr


# pygnmi


@contextmanager
def gnmi(lab: Lab, name: str) -> Iterator[Any]:
    """A connected client; at the end its reading threads have ended, too."""
    port, user, password = lab.login(name, "gnmi")
    login = {"target": ("127.0.0.1", str(port)), "username": user, "password": password}
    try:
        with gNMIclient(**login, insecure=True, gnmi_timeout=20) as client:
            yield client
    finally:
        for thread in threading.enumerate():
            if "enqueue_updates" in thread.name:
                thread.join(10)


def subscription(path: str, list_mode: str, **more: Any) -> dict[str, Any]:
    return {"subscription": [{"path": path, **more}], "mode": list_mode, "encoding": "json_ietf"}


@pytest.mark.parametrize("name", ["leaf-1", "leaf-2"])
def test_pygnmi_reads_capabilities_and_every_port(lab: Lab, name: str) -> None:
    with gnmi(lab, name) as client:
        capabilities = client.capabilities()
        answer = client.get(path=["openconfig:/interfaces/interface[name=*]/state"], encoding="json_ietf")
    assert "openconfig-interfaces" in {model["name"] for model in capabilities["supported_models"]}
    states = [update["val"] for each in answer["notification"] for update in each["update"]]
    told = {state["openconfig-interfaces:name"]: state["openconfig-interfaces:mtu"] for state in states}
    assert told == {port["name"]: port["mtu"] for port in lab.real(name)["ports"]}


@QUIET
def test_pygnmi_subscribes_once_and_hears_who_is_at_the_far_ends(lab: Lab) -> None:
    path = "openconfig:/lldp/interfaces/interface[name=*]/neighbors"
    with gnmi(lab, "leaf-1") as client:
        stream, found = client.subscribe2(subscribe=subscription(path, "once")), []
        while not found or "sync_response" not in found[-1]:
            found.append(stream.get_update(timeout=20))
    updates = [update for each in found for update in each.get("update", {}).get("update", [])]
    names = {update["val"] for update in updates if update["path"].endswith("system-name")}
    assert {"leaf-2"} <= names <= {"leaf-2", "node-01"}


@QUIET
def test_pygnmi_s_stream_sees_a_cable_s_trouble_come_and_go(lab: Lab) -> None:
    path = "openconfig:/interfaces/interface[name=Ethernet3/1]/state/oper-status"
    with gnmi(lab, "leaf-2") as client:
        wanted = subscription(path, "stream", mode="sample", sample_interval=20_000_000)
        stream = client.subscribe2(subscribe=wanted)

        def until_it_says(status: str) -> None:
            assert until(
                lambda: [u for u in next(stream).get("update", {}).get("update", []) if u["val"] == status]
            )

        until_it_says("UP")
        lab.command("fault", "add", "fec-mismatch@leaf-1/Ethernet16")
        until_it_says("DOWN")
        lab.command("repair")
        until_it_says("UP")
        stream.close()


# eAPI, with the standard library


def eapi(lab: Lab, *commands: str) -> list[Any]:
    """Over TLS that trusts the one certificate whose fingerprint the inventory states."""
    port, user, password = lab.login("leaf-2", "eapi")
    shown = ssl.get_server_certificate(("127.0.0.1", port))
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(shown)).hexdigest()
    assert digest == lab.expected("leaf-2")["eapi"]["fingerprint"]
    context = ssl.create_default_context(cadata=shown)
    context.check_hostname = False
    body = {"jsonrpc": "2.0", "id": 1, "method": "runCmds", "params": {"version": 1, "cmds": commands}}
    login = base64.b64encode(f"{user}:{password}".encode()).decode()
    request = urllib.request.Request(
        f"https://127.0.0.1:{port}/command-api",
        json.dumps(body).encode(),
        {"Authorization": f"Basic {login}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30, context=context) as reply:
        found: list[Any] = json.load(reply)["result"]
    return found


def test_a_plain_https_client_reads_eapi_under_the_stated_certificate(lab: Lab) -> None:
    version, modules = eapi(lab, "show version", "show interfaces transceiver detail")
    expected = lab.expected("leaf-2")["expect"]
    assert (version["modelName"], version["serialNumber"]) == (expected["model"], expected["serial"])
    assert version["version"] == expected["os"]
    fitted = {port["name"]: port["optic"] for port in lab.real("leaf-2")["ports"] if port["optic"]}
    told = {
        name: module["vendorSn"] for name, module in modules["interfaces"].items() if module.get("vendorSn")
    }
    assert told == {name: optic["serial"] for name, optic in fitted.items()}


# sushy


def test_sushy_powers_a_node_on_and_its_shell_answers(lab: Lab, tmp_path: Path) -> None:
    port, user, password = lab.login("bmc-01", "redfish")
    shown = tmp_path / "bmc.pem"
    shown.write_text(ssl.get_server_certificate(("127.0.0.1", port)))
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(shown.read_text())).hexdigest()
    assert digest == lab.expected("bmc-01")["redfish"]["fingerprint"]
    auth = sushy.auth.SessionAuth(username=user, password=password)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # urllib3 says that nobody checks the name
        root = sushy.Sushy(f"https://127.0.0.1:{port}/redfish/v1/", auth=auth, verify=False)
        (system,) = root.get_system_collection().get_members()
        node = lab.expected("node-01")["expect"]
        assert (system.serial_number, system.model) == (node["serial"], node["model"])
        assert system.power_state == sushy.PowerState.OFF
        system.reset_system(sushy.ResetType.ON)
        system.refresh(force=True)
        assert system.power_state in (sushy.PowerState.POWERING_ON, sushy.PowerState.ON)
        auth.close()
    until(lambda: ssh(lab, tmp_path, "node-01", "hostname").stdout == "node-01\n")
    assert node["serial"] in ssh(lab, tmp_path, "node-01", "cat /sys/class/dmi/id/product_serial").stdout
