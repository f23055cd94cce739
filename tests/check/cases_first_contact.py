"""Labels: serial and MAC address as the device tells them against what was delivered."""

from __future__ import annotations

from typing import Any

from bringup.model.account import Label
from bringup.model.facts import Identity
from bringup.model.measurement import Read, value
from tests.check.trial import Table, World, answering, case, nothing_told, written

SERIAL, MAC = value("SN-1"), "0a:bc:00:00:00:01"


def label_world(
    name: str,
    *,
    serial: Read = SERIAL,
    macs: tuple[str, ...] = (MAC,),
    mac: str | None = MAC,
    expect: dict[str, Any] | None = None,
    labelled: bool = True,
    answers: dict[str, Any] | None = None,
) -> World:
    table: dict[Any, Any] = {(name, "label"): Label(serial=serial, mac_addresses=macs)}
    if not labelled:
        table = {(name, "identity"): Identity(serial=serial)}
    answering(table, answers)
    stated = {} if mac is None else {"mac": mac}
    return World(
        subject=name,
        devices=[written(name, expect={"serial": "SN-1"} if expect is None else expect, **stated)],
        table=table,
    )


TABLES = (
    Table(
        check="first-contact.label",
        world=label_world,
        reads=("label",),
        cases=(
            case("as delivered", "PASS"),
            case("the address of its second port", "PASS", macs=("0a:bc:00:00:00:02", MAC)),
            case("written in another way", "PASS", mac="0ABC.0000.0001"),
            case("no address stated", "PASS", mac=None),
            case("a platform that tells its serial alone", "PASS", mac=None, labelled=False),
            case("another serial", "FAIL", serial=value("SN-2")),
            case("another address", "FAIL", macs=("0a:bc:00:00:00:02",)),
            case("another address still", "FAIL", mac="0a:bc:00:00:00:09"),
            case("no address told where one is stated", "UNKNOWN no_data", macs=()),
            case("an address where the platform tells none", "UNKNOWN no_data", labelled=False),
            case("no serial stated", "UNKNOWN no_limit", expect={}),
            *nothing_told("serial", "text", lambda read: {"serial": read}),
        ),
    ),
)
