"""Counted devices and ports, joined to the manifest of what was delivered."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bringup.cli.main import main
from bringup.input import inventory_files, load_inventory
from bringup.input.range_model import DeviceRange, PortRule
from bringup.input.template import TemplateFault, fill
from bringup.model.errors import InputError
from bringup.model.inventory import Device, Port
from bringup.transport.credentials import resolve
from tests.input.examples import Write, problems_of

RANGES = """\
schema = "bringup.inventory/1"
manifest = "delivered.csv"

[[rack]]
name = "r07"

[[device]]
name = "pdu-1"
role = "pdu"
platform = "apc-pdu"
address = "pdu-1.example"
snmp = { community = "public" }

[[device_range]]
name = "node-{n:02}"
count = 3
rack = "r07"
unit = "{n*2-1}"
role = "node"
platform = "linux"
address = "{name}.{hall}.example"
expect = { hostname = "{name}", supplies = ["psu-1"] }
feed = [{ pdu = "pdu-1", outlet = "{n+4}", supply = "psu-1" }]
ssh = { user = "admin", password = "cmd:printf %s {serial}" }
[[device_range.port]]
names = ["enp1s0", "enp2s0"]
speed_gbps = 400
[[device_range.port]]
name = "eth{p}"
first = 0
count = 2
"""
MANIFEST = """\
name,serial,mac,hall
node-01,S1,AA-BB-CC-00-00-01,east
node-02,S2,aabb.cc00.0002,east
node-03,S3,,west
"""
PLATFORMS = ("apc-pdu", "linux", "redfish-bmc", "sonic")


def told(write: Write, *, inventory: str = RANGES, manifest: str = MANIFEST) -> list[str]:
    write("delivered.csv", manifest)
    path = write("inventory.toml", inventory)
    return problems_of(lambda: load_inventory(path, platforms=PLATFORMS))


def test_a_range_becomes_devices_and_ports_that_differ_by_number_and_row(write: Write) -> None:
    write("delivered.csv", MANIFEST)
    inventory = load_inventory(write("inventory.toml", RANGES), platforms=PLATFORMS)
    assert list(inventory.devices) == ["pdu-1", "node-01", "node-02", "node-03"]
    second = inventory.devices["node-02"]
    assert (second.unit, second.address, second.mac) == (3, "node-02.east.example", "aa:bb:cc:00:00:02")
    assert (second.expect.serial, second.expect.hostname) == ("S2", "node-02")
    assert [feed.outlet for feed in inventory.devices["node-03"].feed] == [7]
    assert inventory.devices["node-03"].mac is None
    assert {port.name for port in inventory.port if port.device == "node-01"} == {
        "enp1s0",
        "enp2s0",
        "eth0",
        "eth1",
    }
    assert len(inventory.port) == 12


def test_the_manifest_belongs_to_what_a_record_keeps(write: Write, tmp_path: Path) -> None:
    write("delivered.csv", MANIFEST)
    assert inventory_files(write("inventory.toml", RANGES)) == (
        tmp_path / "inventory.toml",
        tmp_path / "delivered.csv",
    )


@pytest.mark.parametrize("key", ["device", "port"])
def test_a_range_hides_no_misshapen_table_beside_it(write: Write, key: str) -> None:
    before, _, rest = RANGES.partition("[[rack]]")
    rest = rest.replace("[[device]]", "[[other]]") if key == "device" else rest
    assert f"{key}: must be a list" in "\n".join(told(write, inventory=f"{before}{key} = 5\n[[rack]]{rest}"))
    listed = f"{before}{key} = [5]\n[[rack]]{rest}"
    assert "must be a table" in "\n".join(told(write, inventory=listed))


def test_a_range_takes_all_that_a_device_and_a_port_take() -> None:
    only_scanned = {"found"}
    assert set(Device.model_fields) - only_scanned <= set(DeviceRange.model_fields)
    assert set(Port.model_fields) - {"device"} <= set(PortRule.model_fields)


def test_a_prompt_keeps_its_braces(write: Write) -> None:
    write("delivered.csv", MANIFEST)
    text = RANGES.replace('user = "admin"', 'user = "admin", console = true, console_prompt = "[#$]{1,2} ?$"')
    device = load_inventory(write("inventory.toml", text), platforms=PLATFORMS).devices["node-01"]
    assert device.ssh is not None and device.ssh.console_prompt == "[#$]{1,2} ?$"


@pytest.mark.parametrize(
    ("template", "becomes"),
    [
        ("node-{n:02}", "node-07"),
        ("swp{n}", "swp7"),
        ("Ethernet{n*8}", "Ethernet56"),
        ("{n*2-1}", "13"),
        ("u{n+40:03}", "u047"),
        ("{name}.example", "leaf.example"),
        ("plain", "plain"),
    ],
)
def test_a_template_counts(template: str, becomes: str) -> None:
    assert fill(template, {"n": 7, "name": "leaf"}) == becomes


@pytest.mark.parametrize(
    "template", ["{m}", "{n", "n}", "{}", "{n:x}", "{name+1}", "{n-8}", "{n!r}", "{n.real}"]
)
def test_what_is_no_template_is_refused(template: str) -> None:
    with pytest.raises(TemplateFault):
        fill(template, {"n": 7, "name": "leaf"})


def test_every_problem_is_told_at_once_with_its_own_line(write: Write) -> None:
    manifest = "name,serial,mac,hall\nnode-01,S1,zz,east\nnode-01,S9,,\nnode-9,S1,,\n"
    found = told(
        write, manifest=manifest, inventory=RANGES.replace('platform = "linux"', 'platform = "linus"')
    )
    assert [problem.partition(";")[0] for problem in found] == [
        "delivered.csv:2: mac: 'zz' is no MAC address",
        "delivered.csv:3: name: 'node-01' stands in line 2 already",
        "delivered.csv:4: name: no device is called 'node-9'",
        "inventory.toml:20: device_range[node-{n:02}].platform: no platform is called 'linus'",
    ]


def test_a_cell_that_a_range_wants_is_not_empty(write: Write) -> None:
    assert [
        problem.partition(", and")[0] for problem in told(write, manifest=MANIFEST.replace("west", ""))
    ] == ["delivered.csv:4: hall: is empty"]


def test_a_row_that_is_missing_and_one_about_a_stranger_are_told(write: Write, tmp_path: Path) -> None:
    manifest = MANIFEST.replace("node-03", "node-33")
    stranger, missing = told(write, manifest=manifest)
    assert stranger.startswith("delivered.csv:4: name: no device is called 'node-33'; did you mean 'node-03'")
    assert missing.startswith("inventory.toml:15: device_range[node-{n:02}].name: node-03 has no row in ")
    assert f"{tmp_path}/delivered.csv; add the rows" in missing


def test_ranges_that_overlap_are_told_with_what_both_make(write: Write) -> None:
    more = RANGES + (
        '\n[[device_range]]\nname = "node-{n:02}"\nfirst = 3\ncount = 2\nmanifest = "more.csv"\n'
        'role = "node"\nplatform = "linux"\naddress = "x"\n'
    )
    write("more.csv", "name\nnode-04\n")
    (found,) = told(write, inventory=more)
    assert found.startswith(
        "inventory.toml:34: device_range[node-{n:02}].name: makes node-03, which the range"
    )
    assert "in line 14 is already; ranges don't overlap" in found


def test_a_range_over_a_typed_device_is_told(write: Write) -> None:
    typed = RANGES.replace('name = "pdu-1"', 'name = "node-02"', 1).replace(
        'pdu = "pdu-1"', 'pdu = "node-02"'
    )
    assert "makes node-02, which the device in line 7 is already" in "\n".join(told(write, inventory=typed))


def test_a_serial_is_expected_once_save_on_a_host_and_its_own_bmc(write: Write) -> None:
    found = told(write, manifest=MANIFEST.replace("S3", "S1"))
    assert found == [
        "delivered.csv:4: serial: 'S1' is the serial of node-01 already; each device has a serial of its own"
    ]
    bmc = RANGES + (
        '\n[[device_range]]\nname = "bmc-{n:02}"\ncount = 3\nrole = "bmc"\nplatform = "redfish-bmc"\n'
        'address = "{name}"\n'
    )
    bmc = bmc.replace('address = "{name}.{hall}.example"', 'address = "{name}"\nbmc = "bmc-{n:02}"')
    write("delivered.csv", MANIFEST + "bmc-01,S1,,\nbmc-02,S2,,\nbmc-03,S3,,\n")
    load_inventory(write("inventory.toml", bmc), platforms=PLATFORMS)


def test_a_typed_device_and_its_row_may_not_disagree(write: Write) -> None:
    manifest = MANIFEST + "pdu-1,P9,,\n"
    inventory = RANGES.replace(
        'address = "pdu-1.example"', 'address = "pdu-1.example"\nexpect = { serial = "P1" }'
    )
    assert [problem.split(";")[0] for problem in told(write, inventory=inventory, manifest=manifest)] == [
        f"delivered.csv:5: serial: 'P9' is not what line 12 of {write('x', '').parent}/inventory.toml says"
    ]
    write("delivered.csv", MANIFEST + "pdu-1,P1,,\n")
    load_inventory(write("inventory.toml", inventory), platforms=PLATFORMS)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("count = 3", "count = 0"), "count: 0 is out of range; give at least 1"),
        (("count = 3", "count = 1000000000"), "count: 1000000000 is out of range; give at most 4096"),
        (("count = 3", 'count = "3"'), "count: must be a whole number"),
        (('name = "node-{n:02}"', 'name = "node"'), "makes node more than once"),
        (('name = "node-{n:02}"', 'name = "node/{n}"'), "can't hold '/'"),
        (('role = "node"', 'rolle = "node"'), "rolle: is no key that is known here; did you mean 'role'?"),
        (('names = ["enp1s0", "enp2s0"]\n', ""), "names: is missing, and so is `name`"),
        (('name = "eth{p}"', 'name = "eth{p}"\nnames = ["a"]'), "names: is given beside `name`"),
        (("speed_gbps = 400", "speed_gpbs = 400"), "speed_gpbs: is no key that is known here"),
        (('manifest = "delivered.csv"', 'manifest = "nowhere.csv"'), "there is no file 'nowhere.csv'"),
        (('outlet = "{n+4}"', "outlet = 1"), "outlet 1 of pdu-1 feeds something"),
        (('{ user = "admin"', '{ usr = "admin"'), "usr: is no key that is known here; did you mean 'user'?"),
        (('names = ["enp1s0", "enp2s0"]', 'names = ["eth0"]'), "node-01/eth0 stands in line"),
    ],
)
def test_a_range_that_makes_no_sense_is_told(write: Write, change: tuple[str, str], said: str) -> None:
    assert change[0] in RANGES
    found = told(write, inventory=RANGES.replace(*change))
    assert said in "\n".join(found)


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ("", "delivered.csv:1: header: the file has no header"),
        ("serial\nS1\n", "delivered.csv:1: name: this column is missing"),
        ("name,serail\nnode-01,S1\n", "delivered.csv:1: serail: no such column; did you mean 'serial'?"),
        ("name,name\nnode-01,S1\n", "delivered.csv:1: name: this column stands twice"),
        ("name,PO number\nnode-01,S1\n", "'PO number' is no name for a column"),
        ("name,serial\nnode-01\n", "delivered.csv:2: has 1 cells where the header has 2"),
        ('name,serial\n"node-01,S1\n', "is no CSV"),
        ("name,unit\nnode-01,high\n", "delivered.csv:2: unit: 'high' is no rack unit"),
        ("name,serial\nnode-01,\x1b[2J\n", "delivered.csv:2: serial: '\\x1b[2J' holds control characters"),
    ],
)
def test_a_manifest_that_is_none_is_told(write: Write, manifest: str, said: str) -> None:
    assert said in "\n".join(told(write, manifest=manifest))


def test_expanded_shows_where_each_field_is_written(
    write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import json

    write("delivered.csv", MANIFEST)
    path = write("inventory.toml", RANGES)
    assert main(["inventory", "show", str(path), "--expanded", "--format", "json"]) == 0
    rows = {(row["subject"], row["field"]): row for row in json.loads(capsys.readouterr().out)}
    serial = rows["node-02", "expect.serial"]
    assert (serial["value"], serial["source"]) == ("S2", f"{tmp_path}/delivered.csv:3 column serial")
    assert rows["node-02", "unit"]["source"] == f"{path}:18"
    assert rows["node-03/eth1", "name"]["source"] == f"{path}:29"
    assert rows["pdu-1", "address"]["source"] == f"{path}:11"
    assert main(["inventory", "show", str(path), "--expanded"]) == 0
    assert "delivered.csv:3 column serial" in capsys.readouterr().out


def test_each_device_asks_for_its_own_secret(write: Write, tmp_path: Path) -> None:
    write("delivered.csv", MANIFEST)
    inventory = load_inventory(write("inventory.toml", RANGES), platforms=PLATFORMS)
    secrets = resolve(inventory.device, tmp_path)
    assert [
        secrets.value(device.ssh.password)
        for device in inventory.device
        if device.ssh is not None and device.ssh.password is not None
    ] == ["S1", "S2", "S3"]


@pytest.mark.parametrize(
    "serial",
    [
        "$(touch bad)",
        "`touch bad`",
        "'; touch bad; '",
        "x;touch bad",
        "--output=bad",
        "../../etc/shadow",
        "a b",
        "|",
        "{n}",
        "~",
        "*",
    ],
)
@pytest.mark.parametrize(
    "command", ["cmd:echo {serial}", "cmd:echo '{serial}'", 'cmd:echo "{serial}"', "file:{serial}"]
)
def test_a_hostile_serial_never_reaches_a_command(
    write: Write, tmp_path: Path, serial: str, command: str
) -> None:
    quoted = serial.replace('"', '""')
    found = told(
        write,
        manifest=MANIFEST.replace("S2", f'"{quoted}"'),
        inventory=tomli_w.dumps(_with_password(command)),
    )
    assert len(found) == 1
    assert "can't stand in a command as its serial" in found[0]
    assert not (tmp_path / "bad").exists()


def _with_password(command: str) -> dict[str, object]:
    data = tomllib.loads(RANGES)
    data["device_range"][0]["ssh"]["password"] = command
    return data


def test_no_other_cell_of_a_manifest_goes_into_a_command(write: Write) -> None:
    (found,) = told(write, inventory=RANGES.replace("printf %s {serial}", "pass {hall}"))
    assert "'{hall}' can't stand in the reference of a secret" in found


def test_a_command_of_its_own_braces_stays_as_it_is(write: Write, tmp_path: Path) -> None:
    write("delivered.csv", MANIFEST)
    text = RANGES.replace("printf %s {serial}", "echo a b | awk '{print $2}'")
    inventory = load_inventory(write("inventory.toml", text), platforms=PLATFORMS)
    device = inventory.devices["node-01"]
    assert device.ssh is not None and device.ssh.password == "cmd:echo a b | awk '{print $2}'"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300))
def test_no_manifest_does_more_than_be_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "delivered.csv").write_bytes(data)
    (tmp_path / "inventory.toml").write_text(RANGES)
    with pytest.raises(InputError) as caught:
        load_inventory(tmp_path / "inventory.toml")
    assert all(problem.count("\n") == 0 for problem in caught.value.problems)


_SCALARS = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.just("{n}") | st.just("{p*8}")
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "count", "port", "feed", "first", "names"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=st.dictionaries(
        st.sampled_from(
            ["name", "first", "count", "step", "port", "role", "unit", "expect", "ssh", "feed", "manifest"]
        ),
        _VALUES,
    )
)
def test_no_range_does_more_than_be_refused(tmp_path: Path, table: dict[str, object]) -> None:
    path = tmp_path / "inventory.toml"
    try:
        path.write_text(
            tomli_w.dumps({"schema": "bringup.inventory/1", "device_range": [_without_null(table)]})
        )
    except (UnicodeEncodeError, ValueError):
        return
    with pytest.raises(InputError):
        load_inventory(path, platforms=PLATFORMS)


def _without_null(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_null(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_null(item) for item in value if item is not None]
    return value
