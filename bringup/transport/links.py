"""The transports of one device: opened on first use, reused, and closed by whoever made them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from bringup.model.errors import NoData
from bringup.model.inventory import Device, Http, Ssh
from bringup.transport.base import GnmiExchange, HttpExchange, Shell, SnmpExchange, Transcript
from bringup.transport.credentials import OPEN_COMMUNITY, Secrets, resolve
from bringup.transport.failure import Peer
from bringup.transport.gate import CredentialGate

if TYPE_CHECKING:
    from bringup.transport.http import HttpClient, HttpPool
    from bringup.transport.redfish_account import AccountMemory
    from bringup.transport.ssh import SshShell
    from bringup.transport.ssh_client import Login
    from bringup.transport.ssh_keys import SshKeys
    from bringup.transport.ssh_legacy import LegacyShell

CONNECT_DEADLINE_S = 10.0
LOGIN_DEADLINE_S = 15.0

Connection = TypeVar("Connection")
TransportName = Literal["ssh", "snmp", "gnmi", "redfish", "eapi", "nvue"]


class Wiring:
    """What the links of one run share: secrets, trusted host keys (parsed once), the HTTP session.

    `folder` is the inventory's; `known_hosts` defaults to the person's own (`bringup trust` writes it).
    Protocol libraries are imported by the first link that needs them.
    """

    def __init__(
        self,
        secrets: Secrets,
        folder: Path,
        *,
        known_hosts: Path | None = None,
        connect_deadline_s: float = CONNECT_DEADLINE_S,
        login_deadline_s: float = LOGIN_DEADLINE_S,
    ) -> None:
        self.secrets = secrets
        self.folder = folder
        self.connect_deadline_s = connect_deadline_s
        self.login_deadline_s = login_deadline_s
        self._known_hosts = known_hosts
        self._ssh_keys: SshKeys | None = None
        self._http: HttpPool | None = None
        self._made: list[DeviceLinks] = []

    @property
    def http(self) -> HttpPool:
        if self._http is None:
            from bringup.transport.http import HttpPool

            self._http = HttpPool(connect_deadline_s=self.connect_deadline_s)
        return self._http

    @property
    def ssh_keys(self) -> SshKeys:
        if self._ssh_keys is None:
            from bringup.transport.ssh_keys import SshKeys

            self._ssh_keys = SshKeys(self._known_hosts)
        return self._ssh_keys

    def links(self, device: Device, *, this_machine: bool = False) -> DeviceLinks:
        """The links of a device; with `this_machine` its shell is a local one."""
        made = DeviceLinks(device, self, this_machine=this_machine)
        self._made.append(made)
        return made

    async def close(self) -> None:
        """Close all links made here, then what they shared. Raises nothing."""
        made, self._made = self._made, []
        await asyncio.gather(*(links.close() for links in made), return_exceptions=True)
        if self._http is not None:
            await self._http.close()


class DeviceLinks:
    """`Links` of one device. A transport that the inventory does not give it raises `NoData`."""

    def __init__(self, device: Device, wiring: Wiring, *, this_machine: bool = False) -> None:
        self._device = device
        self._wiring = wiring
        self._this_machine = this_machine
        self._transcript = Transcript()
        self._gate = CredentialGate()
        self._opening = asyncio.Lock()
        self._shell: Shell | None = None
        self._snmp: SnmpExchange | None = None
        self._web: dict[str, HttpExchange] = {}
        self._gnmi: GnmiExchange | None = None
        self._account: AccountMemory | None = None
        self._own_pool: HttpPool | None = None

    @property
    def transcript(self) -> Transcript:
        return self._transcript

    def has(self, transport: TransportName) -> bool:
        if transport == "ssh" and self._this_machine:
            return True
        return getattr(self._device, transport) is not None

    async def shell(self) -> Shell:
        """SSH, connected and logged in; or this machine's own shell."""
        async with self._opening:
            if self._shell is None and self._this_machine:
                from bringup.transport.local import LocalShell

                self._shell = LocalShell(self._device.name, self._transcript)
            if self._shell is None:
                self._shell = await self._open_ssh()
            return self._shell

    async def snmp(self) -> SnmpExchange:
        """Nothing is sent yet: SNMP has no connection."""
        if self._snmp is None:
            self._snmp = self._open_snmp()
        return self._snmp

    async def redfish(self) -> HttpExchange:
        """A BMC, logged in with a session where it has sessions."""
        async with self._opening:
            if "redfish" not in self._web:
                self._web["redfish"] = await self._open_redfish()
            return self._web["redfish"]

    async def eapi(self) -> HttpExchange:
        """Nothing is sent yet: each request carries its login."""
        return self._basic("eapi", self._device.eapi)

    async def nvue(self) -> HttpExchange:
        """As `eapi`."""
        return self._basic("nvue", self._device.nvue)

    async def gnmi(self) -> GnmiExchange:
        """gNMI, connected and logged in."""
        async with self._opening:
            if self._gnmi is None:
                self._gnmi = await self._open_gnmi()
            return self._gnmi

    def fresh(self) -> DeviceLinks:
        """Links beside these, with connections of their own; the caller closes them."""
        from bringup.transport.http import HttpPool

        made = DeviceLinks(self._device, self._wiring, this_machine=self._this_machine)
        made._transcript, made._gate = self._transcript, self._gate
        made._account = self._account
        made._own_pool = HttpPool(connect_deadline_s=self._wiring.connect_deadline_s)
        return made

    async def close(self) -> None:
        """Close what is open. The links can be used again afterwards."""
        links = (self._shell, self._snmp, self._gnmi, *self._web.values())
        opened = [link for link in links if link is not None]
        self._shell = self._snmp = self._gnmi = None
        self._web = {}
        await asyncio.gather(*(link.close() for link in opened), return_exceptions=True)
        if self._own_pool is not None:
            await self._own_pool.close()

    async def _open_ssh(self) -> Shell:
        settings = self._device.ssh
        if settings is None:
            raise self._has_none("ssh")
        peer, login = self._ssh(settings)
        opened: SshShell | LegacyShell
        if settings.legacy or settings.console:
            opened = self._legacy(settings, peer, login)
        else:
            from bringup.transport.ssh import SshShell
            from bringup.transport.ssh_login import log_in

            opened = SshShell(
                peer, self._connect(login, lambda **limits: log_in(peer, login, **limits)), self._transcript
            )
        await opened.open()
        return opened

    def _legacy(self, settings: Ssh, peer: Peer, login: Login) -> LegacyShell:
        from bringup.transport.ssh_console import ConsoleShell, ConsoleUser
        from bringup.transport.ssh_legacy import LegacyShell
        from bringup.transport.ssh_legacy_login import log_in_legacy

        connect = self._connect(login, lambda **limits: log_in_legacy(peer, login, **limits))
        if not settings.console:
            return LegacyShell(peer, connect, self._transcript)
        password = self._secret(settings.console_password) or None
        user = ConsoleUser(settings.console_user, password, settings.console_prompt)
        return ConsoleShell(peer, connect, self._transcript, user)

    def _ssh(self, settings: Ssh) -> tuple[Peer, Login]:
        return _login_of(self._device, settings, self._wiring.secrets, self._wiring.ssh_keys)

    def _connect(
        self, login: Login, log_in: Callable[..., Awaitable[Connection]]
    ) -> Callable[[], Awaitable[Connection]]:
        async def connect() -> Connection:
            user, by_password = login.settings.user, login.password is not None
            async with self._gate.attempt("ssh", user, by_password=by_password):
                return await log_in(
                    connect_deadline_s=self._wiring.connect_deadline_s,
                    login_deadline_s=self._wiring.login_deadline_s,
                )

        return connect

    def _open_snmp(self) -> SnmpExchange:
        from bringup.transport.snmp import SnmpSession
        from bringup.transport.snmp_message import CommunityEnvelope, Keys, UserEnvelope, localized_keys

        settings = self._device.snmp
        if settings is None:
            raise self._has_none("snmp")
        peer, secret = self._peer("snmp", settings.port), self._secret
        if settings.version == "2c":
            community = secret(settings.community) or OPEN_COMMUNITY
            return SnmpSession(peer, CommunityEnvelope(community), self._transcript)
        auth, auth_key, priv, priv_key = settings.auth, settings.auth_key, settings.priv, settings.priv_key

        def unlock(engine_id: bytes) -> Keys:
            keys = secret(auth_key), priv, secret(priv_key)
            return localized_keys(engine_id, auth, *keys, settings.key_extension)

        return SnmpSession(peer, UserEnvelope(settings.user or ""), self._transcript, unlock=unlock)

    async def _open_redfish(self) -> HttpExchange:
        from bringup.transport.http import BasicHttp
        from bringup.transport.redfish_account import AccountMemory, Passwords
        from bringup.transport.redfish_session import RedfishSession

        settings = self._device.redfish
        client = self._http_client("redfish", settings)
        if settings is None or settings.user is None:
            return BasicHttp(client, self._gate, None, "")
        following = None if settings.next_password is None else self._secret(settings.next_password)
        passwords = Passwords(self._secret(settings.password), following)
        if self._account is None:
            self._account = AccountMemory()
        session = RedfishSession(
            client,
            self._gate,
            settings.user,
            passwords,
            self._account,
            login_deadline_s=self._wiring.login_deadline_s,
        )
        await session.open()
        return session

    async def _open_gnmi(self) -> GnmiExchange:
        from bringup.transport.gnmi import GnmiSession

        settings = self._device.gnmi
        if settings is None:
            raise self._has_none("gnmi")
        session = GnmiSession(
            self._peer("gnmi", settings.port),
            settings,
            self._secret(settings.password),
            self._wiring.folder,
            self._gate,
            self._transcript,
            connect_deadline_s=self._wiring.connect_deadline_s,
            login_deadline_s=self._wiring.login_deadline_s,
        )
        await session.open()
        return session

    def _basic(self, service: str, settings: Http | None) -> HttpExchange:
        from bringup.transport.http import BasicHttp

        if service not in self._web:
            client = self._http_client(service, settings)
            user = None if settings is None else settings.user
            password = "" if settings is None else self._secret(settings.password)
            self._web[service] = BasicHttp(client, self._gate, user, password)
        return self._web[service]

    def _http_client(self, service: str, settings: Http | None) -> HttpClient:
        from bringup.transport.http import HttpClient

        if settings is None:
            raise self._has_none(service)
        trust = self._wiring.http.trust(settings, self._wiring.folder)
        pool = self._own_pool or self._wiring.http
        return HttpClient(self._peer(service, settings.port), pool, trust, self._transcript)

    def _secret(self, reference: str | None) -> str:
        return "" if reference is None else self._wiring.secrets.value(reference)

    def _peer(self, service: str, port: int) -> Peer:
        return Peer(device=self._device.name, address=self._device.address, port=port, service=service)

    def _has_none(self, transport: str) -> NoData:
        return NoData(
            f"{self._device.name} has no [device.{transport}] in the inventory",
            "Add it, or leave the step out",
        )


def ssh_login_of(device: Device, folder: Path, keys: SshKeys) -> tuple[Peer, Login]:
    """How a device is logged in to by SSH with keys alone, for whoever has no run: no password is resolved.

    Raises `NoData`: it has no SSH; `InputError`: a key file can't be read.
    """
    settings = device.ssh
    if settings is None:
        raise NoData(f"{device.name} has no [device.ssh] in the inventory", "Add it, or leave the step out")
    settings = settings.model_copy(update={"password": None, "console_password": None})
    alone = device.model_copy(
        update={"ssh": settings, **dict.fromkeys(("snmp", "gnmi", "redfish", "eapi", "nvue"))}
    )
    return _login_of(alone, settings, resolve([alone], folder), keys)


def _login_of(device: Device, settings: Ssh, secrets: Secrets, keys: SshKeys) -> tuple[Peer, Login]:
    from bringup.transport.ssh_client import Login

    def file(path: str | None) -> bytes | None:
        return None if path is None else secrets.private_key(path)

    beside = None if settings.key is None else secrets.certificate_beside(settings.key)
    address = settings.address or device.address
    peer = Peer(device=device.name, address=address, port=settings.port, service="ssh")
    return peer, Login(
        settings=settings,
        key=file(settings.key),
        certificate=file(settings.certificate) or beside,
        jump_key=file(settings.jump_key),
        password=None if settings.password is None else secrets.value(settings.password),
        keys=keys,
    )
