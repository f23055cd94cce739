"""What answers at one address: an SSH banner, an SNMP agent, a Redfish root, an eAPI.

Nothing logs in and nothing is changed: a banner is read, three SNMP objects are got, then the tables that
name whoever is at the far end of a port, two URLs are fetched without credentials. Every step has a deadline
and a cap. A certificate is taken as it is shown, for nothing is trusted by it: its fingerprint is only told.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from bringup.model.errors import DeviceError
from bringup.model.facts import Attached
from bringup.model.facts import Port as Interface

if TYPE_CHECKING:
    from bringup.transport.failure import Peer
    from bringup.transport.snmp import SnmpSession

BANNER_CAP_BYTES = 4096
BODY_CAP_BYTES = 64 * 1024
TABLES_FACTOR = 10.0
"""So many deadlines of a single question may all tables of an agent take together."""
SYS_DESCR, SYS_OBJECT_ID, SYS_NAME = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.2.0", "1.3.6.1.2.1.1.5.0"


class Ports(msgspec.Struct, frozen=True):
    """Where to look; 0 leaves a service out."""

    ssh: int = 22
    snmp: int = 161
    https: int = 443


class Answer(msgspec.Struct, frozen=True):
    """One service that answered: what it said, by name, as plain text."""

    service: str
    port: int
    said: dict[str, str]
    interfaces: tuple[Interface, ...] = ()
    attached: tuple[Attached, ...] = ()


async def ask_all(
    address: str, ports: Ports, community: str, *, deadline_s: float, cables: bool = True
) -> list[Answer]:
    """Every service that answered at `address`, in the order ssh, snmp, redfish or eapi. With `cables` an
    SNMP agent is also asked for its interfaces, and whom it hears on them.
    """
    asked: list[Awaitable[Answer | None]] = []
    if ports.ssh:
        asked.append(_quietly(ssh_banner, address, ports.ssh, deadline_s))
    if ports.snmp:
        asked.append(snmp_system(address, ports.snmp, community, deadline_s, cables=cables))
    if ports.https:
        asked.append(_quietly(https_root, address, ports.https, deadline_s))
    return [answer for answer in await asyncio.gather(*asked) if answer is not None]


Asking = Callable[[str, int, float], Awaitable[Answer | None]]


async def _quietly(ask: Asking, address: str, port: int, deadline_s: float) -> Answer | None:
    """None for whatever does not answer, or answers something else."""
    try:
        async with asyncio.timeout(deadline_s):
            return await ask(address, port, deadline_s)
    except (DeviceError, OSError, TimeoutError, ValueError, asyncio.IncompleteReadError):
        return None


def _peer(address: str, port: int, service: str) -> Peer:
    from bringup.transport.failure import Peer

    return Peer(device=address, address=address, port=port, service=service)


async def ssh_banner(address: str, port: int, deadline_s: float) -> Answer | None:
    """The identification line (RFC 4253, section 4.2); lines may stand before it."""
    reader, writer = await _connected(address, port, deadline_s, None)
    try:
        seen = 0
        while seen < BANNER_CAP_BYTES:
            line = await reader.readline()
            seen += len(line)
            if line.startswith(b"SSH-"):
                return Answer("ssh", port, {"banner": line.decode("ascii", "backslashreplace").strip()})
            if not line:
                return None
        return None
    finally:
        await _close(writer)


async def snmp_system(
    address: str, port: int, community: str, deadline_s: float, *, cables: bool = True
) -> Answer | None:
    """sysDescr, sysObjectID and sysName of an agent that takes the community (version 2c), and whom it
    hears.
    """
    from bringup.transport.base import Transcript
    from bringup.transport.snmp import SnmpSession
    from bringup.transport.snmp_message import CommunityEnvelope

    session = SnmpSession(_peer(address, port, "snmp"), CommunityEnvelope(community), Transcript())
    try:
        found = await session.get([SYS_DESCR, SYS_OBJECT_ID, SYS_NAME], deadline_s=deadline_s)
        tables = await _tables(session, address, deadline_s) if cables else ((), (), "")
    except (DeviceError, OSError):
        return None
    finally:
        await session.close()
    names = {SYS_DESCR: "description", SYS_OBJECT_ID: "object_id", SYS_NAME: "name"}
    said = {names[oid]: _text(value) for oid, value in found.items() if oid in names}
    if tables[2]:
        said["cables"] = f"not known: {tables[2]}"
    return Answer("snmp", port, said, *tables[:2])


async def _tables(
    session: SnmpSession, address: str, deadline_s: float
) -> tuple[tuple[Interface, ...], tuple[Attached, ...], str]:
    """Interfaces, and whom each hears; nothing, and why, where the agent does not tell or takes too long."""
    from bringup.decode import snmp_bridge, snmp_interface
    from bringup.decode.result import Damaged, Nothing
    from bringup.driver.snmp_reading import walked

    try:
        async with asyncio.timeout(TABLES_FACTOR * deadline_s):
            wanted = dict.fromkeys((*snmp_interface.IF_COLUMNS, *snmp_bridge.TABLES))
            mib = await walked(session, wanted, device=address)
        return snmp_interface.ports_of(mib), snmp_bridge.attached_of(mib), ""
    except (DeviceError, OSError, TimeoutError, Damaged, Nothing) as error:
        return (), (), _text(str(error)) or "no answer in time"


def _text(value: object) -> str:
    raw = value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)
    return raw[:400]


async def https_root(address: str, port: int, deadline_s: float) -> Answer | None:
    """The service root of Redfish (which needs no login, DSP0266), else whether an eAPI is there."""
    status, _, body, certificate = await _get(address, port, "/redfish/v1/", deadline_s)
    if status == 200:
        root = _json_object(body)
        if isinstance(root.get("RedfishVersion"), str):
            names = {"RedfishVersion": "version", "Vendor": "vendor", "Product": "product", "UUID": "uuid"}
            said = {ours: root[key][:200] for key, ours in names.items() if isinstance(root.get(key), str)}
            return Answer("redfish", port, {**said, "certificate": certificate})
    status, head, _, certificate = await _get(address, port, "/command-api", deadline_s)
    if status in (401, 405):
        realm = next(
            (line for line in head.split("\r\n") if line.lower().startswith("www-authenticate:")), ""
        )
        said = {"status": str(status), "certificate": certificate}
        return Answer("eapi", port, said | ({"realm": realm[:200]} if realm else {}))
    return None


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


async def _get(address: str, port: int, path: str, deadline_s: float) -> tuple[int, str, bytes, str]:
    """Status, head, body up to the cap, and the certificate's SHA-256 of one GET without credentials."""
    # Nothing is trusted by this, and nothing secret is sent.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    reader, writer = await _connected(address, port, deadline_s, context)
    try:
        shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        host = f"[{address}]" if ":" in address else address
        head_lines = (
            f"GET {path} HTTP/1.0",
            f"Host: {host}",
            "Accept: application/json",
            "Connection: close",
        )
        writer.write("\r\n".join((*head_lines, "", "")).encode())
        await writer.drain()
        raw = b""
        while len(raw) < BODY_CAP_BYTES and (piece := await reader.read(BODY_CAP_BYTES)):
            raw += piece
    finally:
        await _close(writer)
    head, _, body = raw.partition(b"\r\n\r\n")
    words = head.split(b" ", 2)
    if not words[0].startswith(b"HTTP/") or len(words) < 2 or not words[1].isdigit():
        return 0, "", b"", ""
    return int(words[1][:4]), head.decode("latin-1"), body, hashlib.sha256(shown).hexdigest() if shown else ""


async def _connected(
    address: str, port: int, deadline_s: float, context: ssl.SSLContext | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    from bringup.transport.tcp import connect_tcp

    sock = await connect_tcp(_peer(address, port, "scan"), deadline_s=deadline_s)
    try:
        return await asyncio.open_connection(
            sock=sock,
            ssl=context,
            server_hostname="" if context is not None else None,
            ssl_handshake_timeout=deadline_s if context is not None else None,
            limit=BANNER_CAP_BYTES,
        )
    except BaseException:
        sock.close()
        raise


async def _close(writer: asyncio.StreamWriter) -> None:
    """Close without waiting for a peer that does not."""
    writer.close()
    with contextlib.suppress(OSError, TimeoutError, ssl.SSLError):
        async with asyncio.timeout(1.0):
            await writer.wait_closed()


def read_community(reference: str, folder: Path) -> str:
    """What is behind the reference of a community.

    Raises:
        InputError: it can't be had.
    """
    from bringup.model.inventory import Device, Snmp
    from bringup.transport.credentials import resolve

    device = Device(
        name="scan", role="scan", platform="snmp-switch", address="scan", snmp=Snmp(community=reference)
    )
    return resolve([device], folder).value(reference)
