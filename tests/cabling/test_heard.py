"""Cables that devices tell of by themselves: by LLDP, and by addresses learned."""

from __future__ import annotations

from bringup.cabling.heard import Talker, by_device_address, cables_heard
from bringup.cabling.link import End
from bringup.model.facts import Attached, Neighbor, Port
from bringup.model.measurement import value

LEAF, SPINE, NODE = "02:00:00:00:01:00", "02:00:00:00:02:00", "02:00:00:00:03:01"


def port(name: str, mac: str = "") -> Port:
    return Port(name=name, mac=value(mac)) if mac else Port(name=name)


def hears(here: str, system: str, *ports: str, macs: tuple[str, ...] = ()) -> Attached:
    ids = dict(zip(("port_id", "port_description"), (value(each) for each in ports), strict=False))
    return Attached(
        port=here, macs=macs, neighbors=(Neighbor(local_port=here, system_name=value(system), **ids),)
    )


def learned(here: str, *macs: str) -> Attached:
    return Attached(port=here, macs=macs)


def leaf(*attached: Attached) -> Talker:
    ports = (port("Ethernet1", LEAF), port("Ethernet2", LEAF))
    return Talker(device="leaf-1", system_name="leaf-1.lab.example", ports=ports, attached=attached)


def spine(*attached: Attached) -> Talker:
    return Talker(
        device="found-10-0-0-2", system_name="SPINE-1", ports=(port("swp1", SPINE),), attached=attached
    )


def node() -> Talker:
    return Talker(device="node-01", system_name="node-01", ports=(port("eth0", NODE),))


def pairs(*talkers: Talker) -> list[str]:
    return sorted(f"{link.a}--{link.b}" for link in cables_heard(talkers).links)


def test_a_cable_is_one_however_many_of_its_ends_tell_of_it() -> None:
    here, there = hears("Ethernet1", "spine-1.lab.example", "swp1"), hears("swp1", "leaf-1", "Ethernet1")
    assert pairs(leaf(here), spine(there)) == ["leaf-1/Ethernet1--found-10-0-0-2/swp1"]
    assert pairs(leaf(here), spine()) == ["leaf-1/Ethernet1--found-10-0-0-2/swp1"]


def test_an_alias_of_a_port_is_told_from_its_name_by_the_device_itself() -> None:
    here = hears("Ethernet1", "spine-1", "etp1", "swp1")
    assert pairs(leaf(here), spine()) == ["leaf-1/Ethernet1--found-10-0-0-2/swp1"]


def test_who_did_not_answer_is_a_note_and_no_cable() -> None:
    found = cables_heard([leaf(hears("Ethernet1", "stranger", "eth7"))])
    assert found.links == () and found.notes == ("leaf-1/Ethernet1 sees stranger/eth7, which did not answer",)


def test_an_end_that_the_other_one_denies_is_no_cable() -> None:
    here = (hears("Ethernet1", "spine-1", "swp1"), hears("Ethernet2", "spine-1", "swp1"))
    assert pairs(leaf(*here), spine()) == []
    own_word = pairs(leaf(*here), spine(hears("swp1", "leaf-1", "Ethernet1")))
    assert own_word == ["found-10-0-0-2/swp1--leaf-1/Ethernet1"]


def test_an_address_alone_on_its_port_is_a_cable_where_lldp_is_silent() -> None:
    assert pairs(leaf(learned("Ethernet2", NODE)), node()) == ["leaf-1/Ethernet2--node-01/eth0"]


def test_an_address_behind_an_uplink_or_of_many_interfaces_proves_nothing() -> None:
    assert pairs(leaf(learned("Ethernet2", NODE, SPINE)), node()) == []
    assert pairs(spine(learned("swp1", LEAF)), leaf()) == []
    assert pairs(leaf(learned("Ethernet1", NODE), learned("Ethernet2", NODE)), node()) == [
        "leaf-1/Ethernet1--node-01/eth0"
    ], "one interface has one cable"
    assert pairs(leaf(hears("Ethernet2", "stranger", "x", macs=(NODE,))), node()) == []


def test_two_devices_of_one_name_are_told_apart_by_nobody() -> None:
    twins = [Talker(device=name, system_name="spine-1", ports=(port("swp1"),)) for name in ("one", "two")]
    found = cables_heard([leaf(hears("Ethernet1", "spine-1", "swp1")), *twins])
    assert found.links == ()


def test_a_forwarding_table_leads_to_the_only_plug_of_a_planned_device() -> None:
    plug, other = End("node-01", "eth0"), End("node-01", "eth1")
    here = End("leaf-1", "swp1")
    plan = {plug: here, here: plug}
    told = [learned("swp7", NODE), learned("swp8", NODE, LEAF), hears("swp9", "x", "y", macs=(NODE,))]
    owners = {NODE.replace(":", ""): "node-01"}
    assert list(by_device_address("leaf-1", told, owners, plan)) == [(End("leaf-1", "swp7"), plug)]
    assert list(by_device_address("leaf-2", told, owners, plan)) == [(End("leaf-2", "swp7"), plug)]
    two = {**plan, other: End("leaf-1", "swp2")}
    assert list(by_device_address("leaf-1", told, owners, two)) == []
