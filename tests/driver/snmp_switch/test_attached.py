"""Who hangs on which port: forwarding tables and LLDP of a switch, from canned variables."""

from __future__ import annotations

import pytest

from bringup.driver.capability import SeesAttached
from bringup.driver.platform.snmp_switch import SnmpSwitchDriver
from bringup.model.errors import DeviceError, NoData, TimedOut, Unparsable
from bringup.transport.base import SnmpValue
from tests.driver.canned_wires import CannedSnmp, CannedWires, wired

IFX = "1.3.6.1.2.1.31.1.1.1.1"
BASE_PORT = "1.3.6.1.2.1.17.1.4.1.2"
FDB, VLAN_FDB = "1.3.6.1.2.1.17.4.3.1", "1.3.6.1.2.1.17.7.1.2.2.1"
LOCAL, REMOTE = "1.0.8802.1.1.2.1.3.7.1", "1.0.8802.1.1.2.1.4.1.1"
A, B, OWN, LOST = "2.26.176.161.0.5", "2.26.176.161.0.6", "2.26.176.161.0.1", "2.26.176.161.0.9"

VARIABLES: dict[str, SnmpValue] = {
    **{f"{IFX}.{100 + at}": f"1/{at}".encode() for at in (1, 2, 3)},
    # bridge ports count otherwise than interfaces
    **{f"{BASE_PORT}.{at}": 100 + at for at in (1, 2, 3)},
    f"{FDB}.2.{A}": 1,
    f"{FDB}.3.{A}": 3,
    f"{FDB}.2.{OWN}": 1,
    f"{FDB}.3.{OWN}": 4,
    f"{FDB}.2.{LOST}": 0,
    f"{FDB}.3.{LOST}": 3,
    **{f"{VLAN_FDB}.2.{vlan}.{mac}": port for vlan, mac, port in ((1, A, 1), (20, A, 1), (1, B, 2))},
    **{f"{VLAN_FDB}.3.{vlan}.{mac}": 3 for vlan, mac in ((1, A), (20, A), (1, B))},
    f"{LOCAL}.2.3": 5,
    f"{LOCAL}.3.3": b"1/3",
    f"{REMOTE}.5.0.3.1": b"x",
    f"{REMOTE}.6.0.3.1": 5,
    f"{REMOTE}.7.0.3.1": b"eth0",
    f"{REMOTE}.9.0.3.1": b"leaf-1",
}


def driver(variables: dict[str, SnmpValue | DeviceError]) -> SnmpSwitchDriver:
    return SnmpSwitchDriver(wired("snmp-switch", "mgmt-1"), CannedWires(snmp=CannedSnmp(variables)))


async def read(**changed: SnmpValue | DeviceError) -> dict[str, tuple[tuple[str, ...], list[object]]]:
    made = driver({**VARIABLES, **changed})
    assert isinstance(made, SeesAttached)
    return {
        one.port: (one.macs, [each.system_name.value for each in one.neighbors])
        for one in await made.attached()
    }


def without(*beginnings: str) -> SnmpSwitchDriver:
    return driver({oid: held for oid, held in VARIABLES.items() if not oid.startswith(beginnings)})


async def test_learned_addresses_are_at_the_port_s_own_name_once_and_the_switch_s_own_are_not() -> None:
    assert await read() == {
        "1/1": (("02:1a:b0:a1:00:05",), []),
        "1/2": (("02:1a:b0:a1:00:06",), []),
        "1/3": ((), ["leaf-1"]),
    }


async def test_either_table_will_do() -> None:
    for table, ports in ((VLAN_FDB, ["1/1", "1/3"]), (FDB, ["1/1", "1/2", "1/3"])):
        assert [one.port for one in await without(f"{table}.").attached()] == ports


async def test_without_the_base_port_table_no_address_is_laid_to_a_port_of_another_count() -> None:
    found = {one.port: one.macs for one in await without(BASE_PORT).attached()}
    assert found["bridge-port-1"] == ("02:1a:b0:a1:00:05",)
    assert not {"1/1", "1/2"} & set(found)


async def test_a_switch_that_heard_nobody_says_so() -> None:
    with pytest.raises(NoData) as caught:
        await without("1.3.6.1.2.1.17.4", "1.3.6.1.2.1.17.7", REMOTE).attached()
    assert "BRIDGE-MIB" in caught.value.advice


async def test_an_index_that_is_no_address_is_unparsable() -> None:
    with pytest.raises(Unparsable):
        await read(**{f"{FDB}.2.2.26.300.161.0.5": 1})
    with pytest.raises(Unparsable):
        await read(**{f"{VLAN_FDB}.2.1.2.3": 1})


async def test_what_the_transport_says_is_passed_on() -> None:
    with pytest.raises(TimedOut):
        await read(**{f"{FDB}.2.{A}": TimedOut("mgmt-1: no answer", "x")})


@pytest.mark.parametrize("wrong", [b"text", -1, 2**64, "1.3.6.1", None, b"\xff\xfe", b"\x1b[2J", b""])
async def test_a_wrong_type_anywhere_is_an_error_or_nobody_and_never_a_crash(wrong: SnmpValue) -> None:
    for oid in VARIABLES:
        try:
            await read(**{oid: wrong})
        except DeviceError as error:
            assert error.reason in ("unparsable", "no_data"), oid
