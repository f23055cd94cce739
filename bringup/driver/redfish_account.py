"""First contact with a BMC: its account, and what its label should say.

`KeepsPassword` and `TellsLabel` are capabilities as those of `bringup.driver.capability`; no `probe` shows
them, for the one reads by logging in.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from bringup.decode.json_field import Json, read_text
from bringup.driver.redfish import RedfishReader
from bringup.model.account import Account, Label, plain_mac
from bringup.model.errors import NoData
from bringup.model.measurement import Read
from bringup.transport.base import HttpExchange, KeepsAccount

MAC_FIELDS = ("PermanentMACAddress", "MACAddress")


@runtime_checkable
class KeepsPassword(Protocol):
    async def account(self) -> Account:
        """Which of the inventory's passwords the device takes."""
        ...

    async def proven_account(self) -> Account:
        """As `account`; the old password is tried, once a run, after the new one was taken."""
        ...

    async def rotate_password(self) -> None: ...

    async def restore_password(self) -> None: ...


@runtime_checkable
class TellsLabel(Protocol):
    async def label(self) -> Label: ...


def keeper(http: HttpExchange, device: str) -> KeepsAccount:
    """Raises `NoData`: no login of the inventory's to change."""
    if isinstance(http, KeepsAccount):
        return http
    raise NoData(
        f"{device}: the inventory gives it no user, so that there is no password to change",
        "Put `user`, `password` and `next_password` into its [device.redfish]",
    )


async def mac_addresses(reader: RedfishReader, manager: Json) -> tuple[str, ...]:
    """Of a manager's Ethernet interfaces; none where it tells none."""
    found: list[str] = []
    for one in await reader.linked_members(manager, "EthernetInterfaces"):
        with reader.reading("a network interface"):
            told: list[Read] = [read_text(one, field) for field in MAC_FIELDS]
        for each in told:
            if isinstance(each.value, str) and plain_mac(each.value) not in found:
                found.append(plain_mac(each.value))
    return tuple(found)
