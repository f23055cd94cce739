"""Inventories: good ones load; each kind of mistake is named with its line and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from bringup.input import inventory_files, load_inventory
from bringup.model.errors import InputError
from bringup.model.inventory import Inventory
from tests.input.examples import CABLES, INVENTORY, PLATFORMS, Write, problems_of


def test_a_good_inventory_loads_with_its_cables(write: Write) -> None:
    write("cables.csv", CABLES)
    inventory = load_inventory(write("rack.toml", INVENTORY), platforms=PLATFORMS)
    assert list(inventory.devices) == ["pdu-1", "leaf-1", "node-01"]
    assert inventory.far_ends["leaf-1/Ethernet0"] == "node-01/eth0"
    assert inventory.cable[0].length_m == 3.0
    assert inventory.devices["leaf-1"].feed[1].outlet == 2


def test_cables_may_stand_in_the_file_itself(write: Write) -> None:
    table = '\n[[cable]]\na_device = "leaf-1"\na_port = "Ethernet0"\nb_device = "node-01"\nb_port = "eth0"\n'
    path = write("rack.toml", INVENTORY + table, ('cables = "cables.csv"\n', ""))
    assert len(load_inventory(path).cable) == 1
    assert inventory_files(path) == (path,)


def test_an_inventory_survives_being_kept_as_json(write: Write) -> None:
    write("cables.csv", CABLES)
    inventory = load_inventory(write("rack.toml", INVENTORY))
    assert Inventory.model_validate_json(inventory.model_dump_json(by_alias=True)) == inventory


def test_the_files_that_make_an_inventory_are_named(write: Write) -> None:
    cables = write("cables.csv", CABLES)
    path = write("rack.toml", INVENTORY)
    assert inventory_files(path) == (path, cables)


# what is changed into what -> line and field, what is wrong, what would be right
MISTAKES: dict[str, tuple[tuple[str, str], str, str, str]] = {
    "a duplicate device": (
        ('name = "node-01"\nrack', 'name = "leaf-1"\nrack'),
        "28 device[leaf-1].name",
        "'leaf-1' stands in line 14 already",
        "each device has a name of its own",
    ),
    "a slash in a device's name": (
        ('name = "pdu-1"', 'name = "pdu/1"'),
        "8 device[pdu/1].name",
        "a device's name can't hold '/'",
        "subjects are written DEVICE/COMPONENT#PART",
    ),
    "no address, which would be this machine": (
        ('address = "leaf-1.example"', 'address = ""'),
        "19 device[leaf-1].address",
        "'' is no address",
        "give a host name or an IP address",
    ),
    "an address of two lines": (
        ('address = "leaf-1.example"', 'address = "leaf\\n\\u001b[2J"'),
        "19 device[leaf-1].address",
        "'leaf\\n\\x1b[2J' is no address",
        "give a host name or an IP address",
    ),
    "a user that is no name": (
        ('user = "admin"', 'user = "admin\\u0000"'),
        "24 device[leaf-1].ssh.user",
        "'admin\\x00' is no user's name",
        "give a name that can be printed",
    ),
    "a host key that is none": (
        ('user = "admin"', 'user = "admin"\nhost_key = "ssh-ed25519 AAAA"'),
        "25 device[leaf-1].ssh.host_key",
        "is no SSH public key",
        "give `TYPE BASE64` as in known_hosts, or `SHA256:…`",
    ),
    "a fingerprint that is none": (
        ('[device.ssh]\nuser = "admin"', '[device.eapi]\nfingerprint = "ab:cd"\nuser = "admin"'),
        "24 device[leaf-1].eapi.fingerprint",
        "is no SHA-256 of a certificate",
        "give its 64 hex digits, with colons or without",
    ),
    "a device's name of two lines": (
        ('name = "pdu-1"', 'name = "pdu\\n1"'),
        "8 device[pdu\\n1].name",
        "'pdu\\n1' holds control characters",
        "give a name that can be printed",
    ),
    "an unknown platform": (
        ('platform = "sonic"', 'platform = "sonik"'),
        "18 device[leaf-1].platform",
        "no platform is called 'sonik'",
        "did you mean 'sonic'?",
    ),
    "an unknown rack": (
        ('rack = "r07"\nrole = "leaf"', 'rack = "r7"\nrole = "leaf"'),
        "16 device[leaf-1].rack",
        "no rack is called 'r7'",
        "did you mean 'r07'?",
    ),
    "an unknown BMC": (
        ('platform = "linux"', 'platform = "linux"\nbmc = "leaf1"'),
        "32 device[node-01].bmc",
        "no device is called 'leaf1'",
        "did you mean 'leaf-1'?",
    ),
    "its own BMC": (
        ('platform = "linux"', 'platform = "linux"\nbmc = "node-01"'),
        "32 device[node-01].bmc",
        "a device is not its own BMC",
        "name the BMC's device",
    ),
    "an unknown PDU": (
        ('{ pdu = "pdu-1", outlet = 2', '{ pdu = "pdu-2", outlet = 2'),
        "21 device[leaf-1].feed[2].pdu",
        "no device is called 'pdu-2'",
        "did you mean 'pdu-1'?",
    ),
    "an outlet that feeds two": (
        ("outlet = 2", "outlet = 1"),
        "21 device[leaf-1].feed[2].outlet",
        "outlet 1 of pdu-1 feeds something in line 21 already",
        "one outlet feeds one supply",
    ),
    "an outlet below one": (
        ("outlet = 2", "outlet = 0"),
        "21 device[leaf-1].feed[2].outlet",
        "0 is out of range",
        "give at least 1",
    ),
    "a supply that is not expected": (
        ('supply = "psu-2"', 'supply = "psu-3"'),
        "21 device[leaf-1].feed[2].supply",
        "'psu-3' is none of the supplies expected here",
        "did you mean 'psu-2' or 'psu-1'?",
    ),
    "a supply named twice": (
        ('supplies = ["psu-1", "psu-2"]', 'supplies = ["psu-1", "psu-1", "psu-2"]'),
        "20 device[leaf-1].expect.supplies",
        "'psu-1' stands here twice",
        "name each once",
    ),
    "a port of an unknown device": (
        ('device = "node-01"\nname = "eth0"', 'device = "node-1"\nname = "eth0"'),
        "41 port[eth0].device",
        "no device is called 'node-1'",
        "did you mean 'node-01'?",
    ),
    "a port twice": (
        ('device = "node-01"\nname = "eth0"', 'device = "leaf-1"\nname = "Ethernet0"'),
        "42 port[Ethernet0].name",
        "leaf-1/Ethernet0 stands in line 34 already",
        "one [[port]] for each port",
    ),
    "a hash in a port's name": (
        ('name = "Ethernet0"', 'name = "Ethernet0#1"'),
        "36 port[Ethernet0#1].name",
        "a component's name can't hold '#'",
        "subjects are written DEVICE/COMPONENT#PART",
    ),
    "an unknown key": (
        ('user = "admin"', 'usr = "admin"'),
        "24 device[leaf-1].ssh.usr",
        "is no key that is known here",
        "did you mean 'user'?",
    ),
    "a missing key": (
        ('user = "admin"\n', ""),
        "23 device[leaf-1].ssh.user",
        "is missing",
        "give `user = ...`",
    ),
    "a quoted number": (
        ("speed_gbps = 400", 'speed_gbps = "400"'),
        "37 port[Ethernet0].speed_gbps",
        "must be a number",
        "write it without quotes",
    ),
    "a number where text belongs": (
        ('optic = "400GBASE-DR4"', "optic = 400"),
        "38 port[Ethernet0].optic",
        "must be text",
        "put it in double quotes",
    ),
    "no speed at all": (
        ("speed_gbps = 400", "speed_gbps = 0"),
        "37 port[Ethernet0].speed_gbps",
        "0 is out of range",
        "give more than 0",
    ),
    "infinity": (
        ("speed_gbps = 400", "speed_gbps = inf"),
        "37 port[Ethernet0].speed_gbps",
        "inf is no number to measure by",
        "leave it out, or give a number",
    ),
    "a date": (
        ('serial = "A1"', "serial = 2024-01-01"),
        "20 device[leaf-1].expect.serial",
        "is a date or time",
        'put it in quotes: "2024-01-01"',
    ),
    "a TCP port that is none": (
        ('user = "admin"', 'user = "admin"\nport = 70000'),
        "25 device[leaf-1].ssh.port",
        "70000 is out of range",
        "give at most 65535",
    ),
    "an SNMP version that is none": (
        ('community = "public"', 'community = "public", version = "2"'),
        "12 device[pdu-1].snmp.version",
        "'2' is not right",
        "did you mean '2c'?",
    ),
    "SNMP without a community": (
        ('snmp = { community = "public" }', "snmp = {}"),
        "12 device[pdu-1].snmp.community",
        "is missing",
        'v2c needs it: "public" or a reference',
    ),
    "SNMPv3 without a user": (
        ('snmp = { community = "public" }', 'snmp = { version = "3" }'),
        "12 device[pdu-1].snmp.user",
        "is missing",
        "v3 needs a user",
    ),
    "authentication without its key": (
        ('snmp = { community = "public" }', 'snmp = { version = "3", user = "u", auth = "sha256" }'),
        "12 device[pdu-1].snmp.auth_key",
        "is missing",
        "`auth` needs it",
    ),
    "an environment variable that can't be": (
        ("env:LEAF_PASSWORD", "env:LEAF-PASSWORD"),
        "25 device[leaf-1].ssh.password",
        "is no name of an environment variable",
        "letters, digits and `_`: `env:LEAF_PASSWORD`",
    ),
    "a reference to nothing": (
        ("env:LEAF_PASSWORD", "file:"),
        "25 device[leaf-1].ssh.password",
        "`file:` names nothing",
        "write `env:NAME`, `file:PATH` or `cmd:COMMAND` in place of the password",
    ),
    "no such cable list": (
        ('cables = "cables.csv"', 'cables = "cabels.csv"'),
        "2 cables",
        "there is no file 'cabels.csv' beside this one",
        "the path is relative to this file",
    ),
    "no schema line": (
        ('schema = "bringup.inventory/1"', ""),
        "1 schema",
        "is missing",
        'write `schema = "bringup.inventory/1"` as the first line',
    ),
    "another kind of file": (
        ('schema = "bringup.inventory/1"', 'schema = "bringup.playbook/1"'),
        "1 schema",
        "this is of the kind 'playbook', not 'inventory'",
        'write `schema = "bringup.inventory/1"`',
    ),
    "a schema from the future": (
        ('schema = "bringup.inventory/1"', 'schema = "bringup.inventory/9"'),
        "1 schema",
        "'bringup.inventory/9' is not known here",
        'write `schema = "bringup.inventory/1"`',
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_one_mistake_gives_one_problem_with_line_and_advice(mistake: str, write: Write) -> None:
    change, place, wrong, right = MISTAKES[mistake]
    line, field = place.split()
    expected = f"rack.toml:{line}: {field}: {wrong}; {right}"
    write("cables.csv", CABLES)
    path = write("rack.toml", INVENTORY, change)
    found = problems_of(lambda: load_inventory(path, platforms=PLATFORMS))
    assert expected in found
    # A wrong name may leave dangling what pointed at the right one, and only that.
    assert all(
        "no device is called" in other or "has no port" in other for other in found if other != expected
    )


@pytest.mark.parametrize("secret", ["hunter2", "s3cr3t:with-colon", "ENV:NAME", "private"])
def test_a_literal_secret_is_refused_and_never_shown(secret: str, write: Write) -> None:
    write("cables.csv", CABLES)
    path = write("rack.toml", INVENTORY, ("env:LEAF_PASSWORD", secret), ('"public"', f'"{secret}"'))
    found = problems_of(lambda: load_inventory(path))
    assert [problem.split(": ")[1] for problem in found] == [
        "device[pdu-1].snmp.community",
        "device[leaf-1].ssh.password",
    ]
    assert all("a secret stands here as it is" in problem for problem in found)
    assert secret not in "".join(found)


def test_a_secret_of_the_wrong_type_is_not_shown(write: Write) -> None:
    write("cables.csv", CABLES)
    path = write("rack.toml", INVENTORY, ('"env:LEAF_PASSWORD"', "80085123"))
    assert "80085123" not in "".join(problems_of(lambda: load_inventory(path)))


def test_a_pasted_private_key_is_refused_and_never_shown(write: Write) -> None:
    write("cables.csv", CABLES)
    key = "-----BEGIN OPENSSH PRIVATE KEY----- b3BlbnNzaC1rZXk"
    path = write("rack.toml", INVENTORY, ('user = "admin"', f'user = "admin"\nkey = "{key}"'))
    (found,) = problems_of(lambda: load_inventory(path))
    assert found.startswith("rack.toml:25: device[leaf-1].ssh.key: a private key stands here")
    assert "b3Blb" not in found


def test_public_is_the_one_community_that_may_stand_as_it_is(write: Write) -> None:
    write("cables.csv", CABLES)
    load_inventory(write("rack.toml", INVENTORY))


def test_checking_resolves_no_secret(write: Write) -> None:
    write("cables.csv", CABLES)
    path = write("rack.toml", INVENTORY, ("env:LEAF_PASSWORD", "cmd:touch resolved; exit 1"))
    load_inventory(path)
    assert not (path.parent / "resolved").exists()


def test_all_problems_of_inventory_and_cable_list_are_told_at_once(write: Write) -> None:
    write("cables.csv", CABLES, ("leaf-1,Ethernet0", "leaf-9,Ethernet0"))
    path = write(
        "rack.toml", INVENTORY, ('platform = "sonic"', 'platform = "so"'), ('user = "admin"', 'usr = "admin"')
    )
    found = problems_of(lambda: load_inventory(path, platforms=PLATFORMS))
    assert [problem.split(": ")[0] for problem in found] == [
        "cables.csv:2",
        "rack.toml:18",
        "rack.toml:24",
    ]


def test_a_syntax_error_hides_no_other_file(write: Write) -> None:
    write("cables.csv", "nonsense\n")
    path = write("rack.toml", INVENTORY, ('name = "r07"', 'name = "r07'))
    found = problems_of(lambda: load_inventory(path))
    assert found[0].startswith("rack.toml:5: is no TOML: ")
    assert len(found) == 1  # the cable list is named inside the file that can't be read


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_inventory(tmp_path / "none.toml")
    assert "can't be read: no such file or directory" in caught.value.problems[0]
