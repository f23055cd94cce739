"""Forwarding tables: what was learned on a port, and nothing else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bringup.decode.registry import detect, find_format
from bringup.model.facts import Attached

ONE, TWO = "02:00:00:00:00:01", "02:00:00:00:00:02"


def eos(*entries: tuple[str, str, str]) -> bytes:
    rows = [
        {"vlanId": 10, "macAddress": mac, "interface": port, "entryType": kind, "moves": 1, "lastMove": 1.5}
        for port, mac, kind in entries
    ]
    table = {"tableEntries": rows}
    return json.dumps({"unicastTable": table, "multicastTable": {"tableEntries": []}}).encode()


def linux(*entries: tuple[str, str, dict[str, object]]) -> bytes:
    base = {"vlan": 10, "flags": [], "master": "bridge", "state": ""}
    return json.dumps([{"mac": mac, "ifname": port, **base, **more} for port, mac, more in entries]).encode()


SONIC = f"""\
  No.    Vlan  MacAddress         Port         Type
-----  ------  -----------------  -----------  -------
    1      10  {ONE}  Ethernet0    Dynamic
    2      10  {TWO}  Ethernet8    Dynamic
    3      10  02:00:00:00:00:03  PortChannel1 Dynamic
    4      10  02:00:00:00:00:04  Ethernet8    Static
Total number of entries 4
""".encode()
EOS = eos(("Ethernet1", "0200.0000.0001", "dynamic"), ("Ethernet2", TWO, "dynamic"), ("Po1", TWO, "dynamic"),
          ("Router", "02:00:00:00:00:09", "static"), ("Vxlan1", TWO, "dynamic"))  # fmt: skip
LINUX = linux(
    ("swp1", ONE, {}),
    ("swp2", TWO, {}),
    ("swp2", "02:00:00:00:00:03", {"state": "permanent"}),
    ("vxlan10", "02:00:00:00:00:04", {"dst": "10.0.0.1"}),
    ("swp3", "02:00:00:00:00:05", {"flags": ["extern_learn"]}),
)
SAMPLES = {
    "mac-table.sonic": (SONIC, ("Ethernet0", "Ethernet8")),
    "mac-table.eos": (EOS, ("Ethernet1", "Ethernet2")),
    "mac-table.linux": (LINUX, ("swp1", "swp2")),
}


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_table_is_told_by_itself_and_gives_what_was_learned_on_its_ports(name: str) -> None:
    data, ports = SAMPLES[name]
    made = detect(data)
    assert made is not None and made.name == name
    told = (Attached(port=ports[0], macs=(ONE,)), Attached(port=ports[1], macs=(TWO,)))
    assert made.decode(data).facts["attached"] == told


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("mac-table.sonic", SONIC.replace(b"entries 4", b"entries 5")),
        ("mac-table.sonic", SONIC.replace(ONE.encode(), b"02:00:00:00:00")),
        ("mac-table.sonic", SONIC.rpartition(b"Total")[0]),
        ("mac-table.sonic", SONIC.replace(b"    2      10", b"    1      10")),
        ("mac-table.eos", eos(("Ethernet1", "nobody", "dynamic"))),
        ("mac-table.eos", b'{"unicastTable": {}}'),
        ("mac-table.eos", b'{"errors": ["Invalid input"]}'),
        ("mac-table.eos", EOS[:-1]),
        ("mac-table.linux", linux(("swp1\x1b", ONE, {}))),
        ("mac-table.linux", b"[[]]"),
        ("mac-table.linux", LINUX[:-1]),
    ],
)
def test_what_is_damaged_names_nobody(name: str, data: bytes) -> None:
    decoded = find_format(name).decode(data)
    assert (decoded.outcome, decoded.facts) == ("unparsable", {})


@pytest.mark.parametrize("data", [eos(), linux(), eos(("Router", ONE, "static"))])
def test_a_table_that_learned_nobody_is_no_data(data: bytes) -> None:
    made = detect(data) or find_format("mac-table.linux")
    assert made.decode(data).outcome == "no_data"


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_cut_of_a_table_names_nobody(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(SAMPLES)))
    whole, _ = SAMPLES[name]
    decoded = find_format(name).decode(whole[: data.draw(st.integers(0, len(whole) - 1))])
    assert decoded.outcome != "ok" and decoded.facts == {}
