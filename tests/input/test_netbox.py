"""NetBox CSV: out and in again, and as its tables export it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bringup.cli.main import main
from bringup.driver.registry import platform_names
from bringup.input import load_inventory
from bringup.input.netbox import read_netbox
from bringup.input.netbox_columns import CABLE_FIELDS, DEVICE_FIELDS, metres, platform_of
from bringup.model.errors import InputError
from bringup.model.inventory import Device
from tests.conftest import ROOT
from tests.input.examples import problems_of

PLATFORMS = platform_names()
EXPORTED_DEVICES = """\
Name,Status,Site,Hall,Rack,Role,Manufacturer,Type,IP Address,Serial number,Position (U),Rack face,Platform
leaf-1,Active,AMS,Hall 1,r07,Leaf Switch,Arista,DCS-7060,10.0.0.1/24,JP1,41.0,Front,Arista EOS
node-01,Planned,AMS,Hall 1,r07,Node,Acme,G8,—,S1,1,,Ubuntu 22.04
pdu-1,Active,AMS,Hall 1,r07,PDU,APC,AP8853 PDU,10.0.0.9/24,P1,,Rear,
old-1,Decommissioning,AMS,Hall 1,r07,Node,Acme,G7,—,S0,,,Ubuntu 20.04
"""
EXPORTED_CABLES = """\
ID,Label,Termination A,Termination B,Device A,Device B,Status,Type,Length
1,C-1,Ethernet1/1,eth0,leaf-1,node-01,Connected,SMF,10 Feet
2,,Outlet 3,PSU1,pdu-1,leaf-1,Connected,Power,—
3,,Ethernet2/1,eth0,leaf-1,old-1,Connected,SMF,3 m
4,,Ethernet3/1,—,leaf-1,—,Connected,SMF,3 m
5,,Ethernet4/1,eth1,leaf-1,node-01,Decommissioning,SMF,3 m
"""


def reading(
    folder: Path, devices: str = EXPORTED_DEVICES, cables: str | None = EXPORTED_CABLES
) -> tuple[Path, Path | None]:
    (folder / "devices.csv").write_text(devices, encoding="utf-8")
    if cables is None:
        return folder / "devices.csv", None
    (folder / "cables.csv").write_text(cables, encoding="utf-8")
    return folder / "devices.csv", folder / "cables.csv"


def kept(device: Device) -> tuple[object, ...]:
    """What NetBox can carry of a device."""
    expect = device.expect
    fed = tuple(sorted((feed.pdu, feed.outlet, feed.supply) for feed in device.feed))
    place = (device.rack, device.unit, device.side)
    return (
        device.name,
        device.role,
        device.platform,
        device.address,
        expect.model,
        expect.serial,
        fed,
        *place,
    )


@pytest.mark.parametrize("name", ["mini"])
def test_an_inventory_comes_back_as_it_went_out(tmp_path: Path, name: str) -> None:
    source = ROOT / "inventory" / f"{name}.toml"
    assert main(["inventory", "export", str(source), "--out", str(tmp_path / "out")]) == 0
    devices, cables = tmp_path / "out" / "devices.csv", tmp_path / "out" / "cables.csv"
    back = tmp_path / "back.toml"
    assert main(["inventory", "import", str(back), "--devices", str(devices), "--cables", str(cables)]) == 0
    before, after = load_inventory(source), load_inventory(back)
    assert after.site == before.site
    assert after.cable == before.cable
    assert {port.subject for port in after.port} == {port.subject for port in before.port}
    for device in before.device:
        found = after.devices[device.name]
        # A side that nobody wrote is the front where there is a unit: NetBox wants a face there.
        unsaid = device.side is None and found.side == "front"
        assert kept(found.model_copy(update={"side": None}) if unsaid else found) == kept(device)
        if device.feed:
            assert found.expect.supplies == tuple(feed.supply for feed in device.feed if feed.supply)


def test_what_goes_out_has_the_columns_of_the_import_forms(tmp_path: Path) -> None:
    assert main(["inventory", "export", "mini", "--out", str(tmp_path), "--manufacturer", "Acme"]) == 0
    with (tmp_path / "devices.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == DEVICE_FIELDS
    # What the form of NetBox insists on.
    assert all(row[key] for row in rows for key in ("role", "manufacturer", "device_type", "status", "site"))
    with (tmp_path / "cables.csv").open(newline="") as file:
        cables = list(csv.DictReader(file))
    assert tuple(cables[0]) == CABLE_FIELDS
    assert {row["side_a_type"] for row in cables} == {"dcim.interface", "dcim.poweroutlet"}
    assert {row["type"] for row in cables} == {"smf", "power"}
    assert main(["inventory", "export", "mini", "--out", str(tmp_path)]) == 2


def test_an_export_of_the_tables_is_understood(tmp_path: Path) -> None:
    devices, cables = reading(tmp_path)
    found = read_netbox(devices, cables, platforms=PLATFORMS, given={})
    leaf, node, pdu = found.devices
    assert leaf == {
        "name": "leaf-1",
        "rack": "r07",
        "unit": 41,
        "side": "front",
        "role": "leaf-switch",
        "platform": "eos",
        "address": "10.0.0.1",
        "expect": {"model": "DCS-7060", "serial": "JP1", "supplies": ["PSU1"]},
        "feed": [{"pdu": "pdu-1", "outlet": 3, "supply": "PSU1"}],
    }
    assert (node["platform"], node["address"], pdu["platform"], pdu["side"]) == (
        "linux",
        "node-01",
        "apc-pdu",
        "rear",
    )
    (cable,) = found.cables
    assert (cable["a_device"], cable["b_port"], cable["length_m"], cable["label"]) == (
        "leaf-1",
        "eth0",
        "3.048",
        "C-1",
    )
    assert found.left_out == (
        "1 devices that are decommissioning were left out",
        "1 cables of devices that were left out were left out",
        "1 cables with an open end were left out",
        "1 cables that are decommissioning were left out",
    )


def test_every_problem_of_both_files_is_told_at_once(tmp_path: Path) -> None:
    devices, cables = reading(
        tmp_path,
        EXPORTED_DEVICES.replace("Arista EOS", "VRP").replace("41.0", "41.5")
        + "leaf-1,Active,,,,x,,,,,,,SONiC\n",
        EXPORTED_CABLES.replace("10 Feet", "10 parsecs").replace(
            ",leaf-1,node-01,Conn", ",leaf-1,node-99,Conn"
        )
        + "6,C-9,Ethernet9/1,eth9,leaf-1,node-01,Connected,SMF,9 x\n",
    )
    assert [
        problem.partition(";")[0]
        for problem in problems_of(lambda: read_netbox(devices, cables, platforms=PLATFORMS, given={}))
    ] == [
        "cables.csv:2: side_b_device: no device is called 'node-99'",
        "cables.csv:7: length: '9 x' '' is no length",
        "devices.csv:2: platform: no platform of ours is known for 'VRP'",
        "devices.csv:2: position: '41.5' is no whole rack unit",
        "devices.csv:6: name: 'leaf-1' stands in line 2 already",
    ]


def test_a_platform_may_be_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    devices, _ = reading(tmp_path, EXPORTED_DEVICES.replace("Arista EOS", "VRP"), None)
    out = tmp_path / "rack.toml"
    words = ["inventory", "import", str(out), "--devices", str(devices)]
    assert main(words) == 2
    assert "say --platform 'VRP=NAME'" in capsys.readouterr().err
    assert not out.exists()
    assert main([*words, "--platform", "VRP=sonic"]) == 0
    assert load_inventory(out).devices["leaf-1"].platform == "sonic"
    assert main([*words, "--platform", "VRP=nothing"]) == 2


@pytest.mark.parametrize(
    ("text", "unit", "length"),
    [("3", "m", 3.0), ("3.0 m", "", 3.0), ("10 Feet", "", 3.048), ("50", "cm", 0.5), ("1", "mi", 1609.344)],
)
def test_a_length_becomes_metres(text: str, unit: str, length: float) -> None:
    assert metres(text, unit) == length


@pytest.mark.parametrize(
    ("text", "unit"), [("", ""), ("x", "m"), ("-3", "m"), ("3", "parsec"), ("1e99", "m")]
)
def test_what_is_no_length_is_none(text: str, unit: str) -> None:
    assert metres(text, unit) is None


def test_every_platform_of_ours_is_known_by_its_own_name() -> None:
    assert all(platform_of(name, PLATFORMS, {}) == name for name in PLATFORMS)


def test_a_column_that_is_needed_is_named(tmp_path: Path) -> None:
    devices, cables = reading(tmp_path, "Name,Site\nleaf-1,AMS\n", "Label,Type\nC-1,SMF\n")
    found = problems_of(lambda: read_netbox(devices, cables, platforms=PLATFORMS, given={}))
    assert [problem.partition(";")[0] for problem in found] == [
        f"cables.csv:1: {name}: this column is missing"
        for name in ("a_device", "a_name", "b_device", "b_name")
    ] + ["devices.csv:1: role: this column is missing"]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.lists(
            st.sampled_from(
                ["", "—", "leaf-1", "pdu-1", "PDU", "Active", "1", "1.5", "a,b", "SMF", "\x00", "é"]
            )
            | st.text(max_size=8),
            min_size=9,
            max_size=9,
        ),
        max_size=5,
    )
)
def test_no_row_does_more_than_be_refused(tmp_path: Path, rows: list[list[str]]) -> None:
    for name, header in (
        ("devices.csv", "Name,Status,Site,Rack,Role,Type,Platform,Position,Face"),
        ("cables.csv", "ID,Label,Termination A,Termination B,Device A,Device B,Status,Type,Length"),
    ):
        with (tmp_path / name).open("w", encoding="utf-8", errors="replace", newline="") as file:
            file.write(header + "\n")
            csv.writer(file).writerows(rows)
    try:
        found = read_netbox(tmp_path / "devices.csv", tmp_path / "cables.csv", platforms=PLATFORMS, given={})
    except InputError as error:
        assert error.problems
    else:
        assert len(found.devices) <= len(rows)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "devices.csv").write_bytes(data)
    with pytest.raises(InputError):
        read_netbox(tmp_path / "devices.csv", None, platforms=PLATFORMS, given={})
