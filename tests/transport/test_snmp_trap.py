"""Traps and informs as net-snmp's own tools send them, and datagrams that nobody should believe."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bringup.model.errors import NoData
from bringup.model.inventory import Device
from bringup.transport.credentials import resolve
from bringup.transport.recorded import variables_from_bytes
from bringup.transport.snmp_trap import TrapListener
from tests.transport.peers import device, tool
from tests.transport.snmp_agent import integer, octets, oid, tlv

LINK_DOWN = "1.3.6.1.6.3.1.1.5.3"
IF_INDEX = "1.3.6.1.2.1.2.2.1.1.7"
KEYS = {"auth": "sha256", "auth_key": "file:auth", "priv": "aes256", "priv_key": "file:priv"}
V3 = ("-v3", "-u", "ops", "-l", "authPriv", "-a", "SHA-256", "-A", "auth-secret", "-x", "AES-256")


def known(folder: Path, **snmp: object) -> Device:
    for name in ("auth", "priv", "community"):
        (folder / name).write_text(f"{name}-secret")
    return device(snmp={"port": 161, **snmp})


def by_community(folder: Path) -> Device:
    return known(folder, community="file:community")


def by_user(folder: Path) -> Device:
    return known(folder, version="3", user="ops", **KEYS)


@contextlib.asynccontextmanager
async def listening(folder: Path, *devices: Device, **options: object) -> AsyncGenerator[TrapListener, None]:
    listener = TrapListener(
        devices,
        resolve(devices, folder),
        address="127.0.0.1",
        port=0,
        **options,  # type: ignore[arg-type]
    )
    await listener.open()
    try:
        yield listener
    finally:
        await listener.close()


async def sent(listener: TrapListener, program: str, *options: str, timeout_s: int = 3) -> int:
    """`snmptrap` or `snmpinform` to the listener; its exit status."""
    command = [tool(program), *options, "-t", str(timeout_s), "-r", "0", f"127.0.0.1:{listener.port}"]
    command += ["4200", LINK_DOWN, IF_INDEX, "i", "7"]
    environment = {"MIBS": "", "SNMP_PERSISTENT_DIR": "/nonexistent", "PATH": "/usr/bin:/bin"}
    started = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    return await started.wait()


def user(*, auth: str = "auth-secret", priv: str = "priv-secret") -> tuple[str, ...]:
    return (*(auth if each == "auth-secret" else each for each in V3), "-X", priv)


@pytest.mark.parametrize("program", ["snmptrap", "snmpinform"])
@pytest.mark.parametrize("version", ["2c", "3"])
async def test_what_net_snmp_sends_is_received_and_an_inform_acknowledged(
    tmp_path: Path, program: str, version: str
) -> None:
    sender = by_community(tmp_path) if version == "2c" else by_user(tmp_path)
    options = ("-v2c", "-c", "community-secret") if version == "2c" else user()
    if version == "3" and program == "snmptrap":
        options = (*options, "-e", "0x8000000001020304")
    async with listening(tmp_path, sender, wall_s=lambda: 1000.0) as listener:
        # snmpinform ends with 0 only when it was acknowledged.
        assert await sent(listener, program, *options) == 0
        trap = await asyncio.wait_for(listener.next(), 60)
        assert trap.devices == ("leaf-1",)
        assert (trap.version, trap.inform) == (version, program == "snmpinform")
        assert trap.authenticated is (version == "3")
        assert (trap.trap_oid, trap.uptime_s, trap.at_unix_s) == (LINK_DOWN, 42.0, 1000.0)
        assert trap.variables[2:] == ((IF_INDEX, 7),)
        kept = trap.exchange()
        assert dict(variables_from_bytes(kept.reply))[IF_INDEX] == 7
        assert "secret" not in f"{trap}{kept}{listener!r}"
        assert not listener.dropped


@pytest.mark.parametrize("keys", [{"auth": "another-secret"}, {"priv": "another-secret"}])
@pytest.mark.parametrize("program", ["snmptrap", "snmpinform"])
async def test_wrong_keys_are_not_believed(tmp_path: Path, program: str, keys: dict[str, str]) -> None:
    engine = ("-e", "0x8000000001020304") if program == "snmptrap" else ()
    async with listening(tmp_path, by_user(tmp_path)) as listener:
        status = await sent(listener, program, *user(**keys), *engine, timeout_s=1)
        assert (status == 0) is (program == "snmptrap")
        assert await sent(listener, "snmpinform", *user()) == 0
        assert (await listener.next()).inform and listener.waiting() == ()
        assert listener.dropped["damaged, or without the right credentials"] >= 1


@pytest.mark.parametrize("level", ["noAuthNoPriv", "authNoPriv"])
async def test_less_protection_than_the_inventory_asks_for_is_not_believed(
    tmp_path: Path, level: str
) -> None:
    options = [level if each == "authPriv" else each for each in user()]
    async with listening(tmp_path, by_user(tmp_path)) as listener:
        assert await sent(listener, "snmpinform", *options, timeout_s=1) != 0
        assert listener.waiting() == ()


@pytest.mark.parametrize("options", [("-c", "public"), ("-c", "guessed")])
async def test_a_wrong_community_is_not_believed(tmp_path: Path, options: tuple[str, ...]) -> None:
    async with listening(tmp_path, by_community(tmp_path)) as listener:
        assert await sent(listener, "snmpinform", "-v2c", *options, timeout_s=1) != 0
        assert listener.waiting() == ()


async def test_only_devices_of_the_inventory_are_heard(tmp_path: Path) -> None:
    elsewhere = by_community(tmp_path).model_copy(update={"address": "192.0.2.1"})
    nowhere = elsewhere.model_copy(update={"name": "leaf-2", "address": "leaf-2.invalid"})
    async with listening(tmp_path, elsewhere, nowhere) as listener:
        assert await sent(listener, "snmpinform", "-v2c", "-c", "community-secret", timeout_s=1) != 0
        assert listener.dropped["unknown sender"] == 1
        assert listener.dropped["name without an address"] == 1


async def test_devices_at_one_address_are_told_apart_by_what_they_know(tmp_path: Path) -> None:
    other = by_user(tmp_path).model_copy(update={"name": "leaf-2"})
    twin = by_community(tmp_path).model_copy(update={"name": "leaf-3"})
    async with listening(tmp_path, by_community(tmp_path), other, twin) as listener:
        await sent(listener, "snmpinform", *user())
        await sent(listener, "snmpinform", "-v2c", "-c", "community-secret")
        assert [trap.devices for trap in listener.waiting()] == [("leaf-2",), ("leaf-1", "leaf-3")]


async def test_a_flood_is_bounded_and_what_found_no_room_is_not_acknowledged(tmp_path: Path) -> None:
    async with listening(tmp_path, by_community(tmp_path), queue_max=2) as listener:
        statuses = [
            await sent(listener, "snmpinform", "-v2c", "-c", "community-secret", timeout_s=1)
            for _ in range(3)
        ]
        assert [status == 0 for status in statuses] == [True, True, False]
        assert listener.dropped["no room"] == 1
        assert len(listener.waiting()) == 2


def trap(*variables: bytes, community: bytes = b"community-secret", kind: int = 0xA7) -> bytes:
    pdu = integer(1) + integer(0) + integer(0) + tlv(0x30, b"".join(variables))
    return tlv(0x30, integer(1) + octets(community) + tlv(kind, pdu))


def variable(name: str, value: bytes) -> bytes:
    return tlv(0x30, oid(name) + value)


UPTIME = variable("1.3.6.1.2.1.1.3.0", integer(1, 0x43))
WHICH = variable("1.3.6.1.6.3.1.1.4.1.0", oid(LINK_DOWN))


async def test_garbage_is_dropped_and_the_next_trap_taken(tmp_path: Path) -> None:
    good = trap(UPTIME, WHICH)
    bad = [b"", b"\x00" * 2000, b"\xff" * 60000, trap(), trap(UPTIME), trap(UPTIME, WHICH, kind=0xA0)]
    bad += [good[:length] for length in range(1, len(good))]
    bad += [trap(UPTIME, variable("1.3.6.1.6.3.1.1.4.1.0", integer(1))), trap(UPTIME, WHICH, *[UPTIME] * 999)]
    async with listening(tmp_path, by_community(tmp_path)) as listener:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            for datagram in [*bad, good]:
                sock.sendto(datagram, ("127.0.0.1", listener.port))
                await asyncio.sleep(0)
        got = await asyncio.wait_for(listener.next(), 60)
        assert got.trap_oid == LINK_DOWN and listener.waiting() == ()
        assert listener.dropped["over-long"] >= 2


async def test_a_trap_that_is_sent_again_later_is_an_old_one(tmp_path: Path) -> None:
    now_s = 1000.0
    captured: list[bytes] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as tap:
        tap.bind(("127.0.0.1", 0))
        tap.setblocking(False)

        class Tap(TrapListener):
            @property
            def port(self) -> int:
                return int(tap.getsockname()[1])

        sender = by_user(tmp_path)
        capturing = Tap([sender], resolve([sender], tmp_path))
        await sent(capturing, "snmptrap", *user(), "-e", "0x8000000001020304")
        captured.append(await asyncio.get_running_loop().sock_recv(tap, 65535))
    async with listening(tmp_path, sender, mono_s=lambda: now_s) as listener:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(captured[0], ("127.0.0.1", listener.port))
            assert (await asyncio.wait_for(listener.next(), 60)).authenticated
            now_s += 151
            sock.sendto(captured[0], ("127.0.0.1", listener.port))
        await sent(listener, "snmpinform", *user())
        assert (await listener.next()).inform and listener.waiting() == ()
        assert listener.dropped["damaged, or without the right credentials"] == 1


async def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    async with listening(tmp_path, by_community(tmp_path)) as first:
        second = TrapListener([], resolve([], tmp_path), address="127.0.0.1", port=first.port)
        with pytest.raises(NoData, match="can't be received at port"):
            await second.open()
