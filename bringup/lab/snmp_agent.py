"""The SNMP agent of one device (v2c and v3) on a UDP socket. pysnmp is imported when it starts."""

from __future__ import annotations

import hashlib
import socket
from types import MappingProxyType
from typing import TYPE_CHECKING

from bringup.lab.render_apc import ApcPdu
from bringup.lab.render_management import ManagementSwitch
from bringup.lab.render_raritan import RaritanPdu
from bringup.lab.snmp_access import SnmpAccess, SnmpUser
from bringup.lab.snmp_mib import SnmpDevice
from bringup.lab.state import Access
from bringup.lab.world import World

if TYPE_CHECKING:
    from bringup.lab.snmp_engine import Engine


ENTERPRISES = MappingProxyType({"apc-pdu": 318, "raritan-pdu": 13742, "snmp-switch": 32473})
"""Platform -> the maker's number in engine ids."""


class SnmpAgent:
    """Answers for `device` as the world has it. A wrong community meets silence, a wrong key a report.

    `auth` is the authentication of the device's one USM user (sha1, sha256 or md5); privacy is AES-128.
    """

    def __init__(self, world: World, device: str, *, auth: str = "sha256") -> None:
        self._world = world
        self._device = device
        self._auth = auth
        self._engine: Engine | None = None

    async def start(self, address: str, port: int) -> int:
        """Listen on `address`; `port` 0 takes a free one. Returns the port."""
        from bringup.lab.snmp_engine import Engine

        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setblocking(False)
        sock.bind((address, port))
        self._engine = Engine(self._renderer(), self._access(), self._engine_id())
        await self._engine.attach(sock, self._admit)
        return int(sock.getsockname()[1])

    async def stop(self) -> None:
        """Close the socket."""
        if self._engine is not None:
            await self._engine.close()
        self._engine = None

    def _renderer(self) -> SnmpDevice:
        platform = self._world.device(self._device).platform
        if platform == "raritan-pdu":
            return RaritanPdu(self._world, self._device)
        if platform == "snmp-switch":
            return ManagementSwitch(self._world, self._device)
        return ApcPdu(self._world, self._device)

    def _admit(self) -> bool:
        """Whether to handle a datagram now, by the credentials of now."""
        answers = self._world.device(self._device).answers
        if self._engine is None or answers == "silent":
            return False
        self._engine.answer(nonsense=answers == "garbage")
        self._engine.grant(self._access())
        with self._world.tally.taking(self._device, "snmp"):
            return True

    def _access(self) -> SnmpAccess:
        access: Access = self._world.device(self._device).access
        user = SnmpUser(
            access.snmp_user,
            self._auth if access.snmp_auth_key else None,
            access.snmp_auth_key,
            "aes128" if access.snmp_priv_key else None,
            access.snmp_priv_key,
        )
        return SnmpAccess(access.read_community, access.write_community, (user,) if user.name else ())

    def _engine_id(self) -> bytes:
        """RFC 3411: the enterprise with the high bit, format 5 (octets), then 8 of the device's own."""
        enterprise = ENTERPRISES[self._world.device(self._device).platform]
        own = hashlib.sha256(f"{self._world.plant.seed}/{self._device}".encode()).digest()[:8]
        return (0x8000_0000 | enterprise).to_bytes(4, "big") + b"\x05" + own
