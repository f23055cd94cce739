"""SNMP against net-snmp's agent, and against agents that no one should meet."""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Callable, Generator
from itertools import product
from pathlib import Path

import msgspec
import pytest

from bringup.model.errors import DeviceError, NoData, Refused, TimedOut, Unparsable
from bringup.model.inventory import Device
from bringup.transport.recorded import variables_from_bytes
from tests.transport.peers import device, free_port, links, process, tool
from tests.transport.snmp_agent import (
    END_OF_MIB,
    NO_SUCH_INSTANCE,
    NO_SUCH_OBJECT,
    Agent,
    Request,
    Variable,
    agent,
    integer,
    octets,
    oid,
    tlv,
)

AUTH = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
PRIV = ("des", "aes128", "aes192", "aes256")
NET_SNMP = {"md5": "MD5", "sha1": "SHA", "des": "DES", "aes128": "AES"} | {
    name: f"SHA-{name[3:]}" for name in AUTH[2:]
}
NET_SNMP |= {"aes192": "AES-192", "aes256": "AES-256"}
# How Cisco's agents let a short digest grow: net-snmp calls these ciphers -C.
REEDER = {"aes192": "AES192C", "aes256": "AES256C"}
SYSTEM = "1.3.6.1.2.1.1"
LOCATION = f"{SYSTEM}.6.0"
# net-snmp's own writable integer: whether it caches (nsCacheEnabled).
WRITABLE = "1.3.6.1.4.1.8072.1.5.2.0"


class Snmpd(msgspec.Struct, frozen=True):
    port: int
    folder: Path

    def by_community(self, reference: str | None = None) -> Device:
        return device(snmp={"port": self.port, "community": reference})

    def by_user(self, user: str, **keys: str) -> Device:
        return device(snmp={"port": self.port, "version": "3", "user": user, **keys})


def users() -> list[tuple[str, str | None, str | None]]:
    made: list[tuple[str, str | None, str | None]] = [("open", None, None)]
    made += [(f"only-{auth}", auth, None) for auth in AUTH]
    made += [(f"{auth}-{priv}", auth, priv) for auth, priv in product(AUTH, PRIV)]
    return made


def reeder_users() -> list[tuple[str, str, str]]:
    return [(f"{auth}-{priv}-c", auth, priv) for auth, priv in product(("md5", "sha1"), REEDER)]


@pytest.fixture(scope="module")
def snmpd(tmp_path_factory: pytest.TempPathFactory) -> Generator[Snmpd, None, None]:
    folder = tmp_path_factory.mktemp("snmpd")
    port = free_port(socket.SOCK_DGRAM)
    lines = ["rwcommunity rack-secret 127.0.0.1", "rocommunity public 127.0.0.1", "sysDescr a tested agent"]
    lines += ["rouser open noauth", "syslocation \u00e9tage 7"]
    for user, auth, priv in users():
        keys = f'{NET_SNMP[auth]} "{auth}-secret"' if auth else ""
        keys += f' {NET_SNMP[priv]} "{priv}-secret"' if priv else ""
        lines.append(f"createUser {user} {keys}")
        if auth:
            lines.append(f"rwuser {user} {'priv' if priv else 'auth'}")
    for user, auth, priv in reeder_users():
        lines.append(f'createUser {user} {NET_SNMP[auth]} "{auth}-secret" {REEDER[priv]} "{priv}-secret"')
        lines.append(f"rwuser {user} priv")
    (folder / "snmpd.conf").write_text("\n".join(lines) + "\n")
    for secret in (*AUTH, *PRIV):
        (folder / secret).write_text(f"{secret}-secret\n")
    (folder / "community").write_text("rack-secret\n")
    (folder / "wrong").write_text("some-wrong-secret\n")
    log = folder / "log"
    command = [tool("env"), "MIBS=", f"SNMP_PERSISTENT_DIR={folder / 'state'}", tool("snmpd")]
    command += ["-f", "-Lo", "-C", "-c", str(folder / "snmpd.conf"), f"udp:127.0.0.1:{port}"]
    with process(command, log, lambda: b"NET-SNMP version" in log.read_bytes()):
        yield Snmpd(port, folder)


def bulkwalk(snmpd: Snmpd, under: str) -> list[str]:
    """The names that net-snmp's own tool finds."""
    done = subprocess.run(
        [tool("snmpbulkwalk"), "-v2c", "-cpublic", "-On", "-Oq", f"127.0.0.1:{snmpd.port}", under],
        capture_output=True,
        check=True,
        env={"MIBS": ""},
    )
    lines = [line for line in done.stdout.decode(errors="replace").splitlines() if " No " not in line[:80]]
    return [found[1] for line in lines if (found := re.match(r"\.([0-9.]+) ", line))]


async def test_a_get_brings_each_type_and_leaves_out_what_is_not_there(snmpd: Snmpd) -> None:
    asked = [f"{SYSTEM}.1.0", f"{SYSTEM}.2.0", f"{SYSTEM}.3.0", f"{SYSTEM}.99.0", LOCATION, "1.3.6.1.9.9"]
    async with links(snmpd.by_community(), snmpd.folder) as peer:
        found = await (await peer.snmp()).get(asked)
        assert found[f"{SYSTEM}.1.0"] == b"a tested agent"
        assert str(found[f"{SYSTEM}.2.0"]).startswith("1.3.6.1.4.1.8072.")
        assert isinstance(found[f"{SYSTEM}.3.0"], int)
        assert found[LOCATION] == "\u00e9tage 7".encode()
        assert list(found) == [asked[0], asked[1], asked[2], asked[4]]
        (kept,) = peer.transcript.take()
        assert kept.request == f"get {' '.join(asked)}"
        assert dict(variables_from_bytes(kept.reply)) == found


async def test_a_get_of_hundreds_of_names_is_split(snmpd: Snmpd) -> None:
    names = [f"{SYSTEM}.9.1.3.{row}" for row in range(1, 200)]
    async with links(snmpd.by_community(), snmpd.folder) as peer:
        found = await (await peer.snmp()).get(names)
        walked = dict(await (await peer.snmp()).walk(f"{SYSTEM}.9.1.3"))
    assert found == walked and len(found) > 3


@pytest.mark.parametrize("under", [SYSTEM, "1.3.6.1.2.1.2", "1.3.6.1.6", "1.3.6.1.2.1.9999"])
async def test_a_walk_finds_what_snmpbulkwalk_finds(snmpd: Snmpd, under: str) -> None:
    async with links(snmpd.by_community(), snmpd.folder) as peer:
        ours = [name for name, _ in await (await peer.snmp()).walk(under)]
    assert ours == bulkwalk(snmpd, under)


@pytest.mark.parametrize(("user", "auth", "priv"), users())
async def test_every_kind_of_user_can_read(
    snmpd: Snmpd, user: str, auth: str | None, priv: str | None
) -> None:
    keys = {"auth": auth, "auth_key": f"file:{auth}"} if auth else {}
    keys |= {"priv": priv, "priv_key": f"file:{priv}"} if priv else {}
    async with links(snmpd.by_user(user, **keys), snmpd.folder) as peer:
        session = await peer.snmp()
        assert await session.get([f"{SYSTEM}.1.0"]) == {f"{SYSTEM}.1.0": b"a tested agent"}
        assert [name for name, _ in await session.walk(SYSTEM)] == bulkwalk(snmpd, SYSTEM)


@pytest.mark.parametrize(("user", "auth", "priv"), reeder_users())
async def test_a_short_digest_grows_in_the_way_that_the_inventory_says(
    snmpd: Snmpd, user: str, auth: str, priv: str
) -> None:
    keys = {"auth": auth, "auth_key": f"file:{auth}", "priv": priv, "priv_key": f"file:{priv}"}
    reeder = snmpd.by_user(user, **keys, key_extension="reeder")
    async with links(reeder, snmpd.folder) as peer:
        assert await (await peer.snmp()).get([f"{SYSTEM}.1.0"]) == {f"{SYSTEM}.1.0": b"a tested agent"}
    async with links(snmpd.by_user(user, **keys), snmpd.folder) as peer:
        with pytest.raises(DeviceError) as caught:
            await (await peer.snmp()).get([f"{SYSTEM}.1.0"], deadline_s=1.5)
    assert "key_extension" in caught.value.advice


GOOD = {"auth": "sha256", "auth_key": "file:sha256", "priv": "aes128", "priv_key": "file:aes128"}
REFUSALS = [
    ("nobody", {}, Refused, "knows no such user"),
    ("sha256-aes128", {"auth_key": "file:wrong"}, Refused, "digest is wrong"),
    ("sha256-aes128", {"auth": "sha1"}, Refused, "digest is wrong"),
    ("sha256-aes128", {"priv_key": "file:wrong"}, TimedOut, "no answer"),
    ("sha256-aes128", {"priv": None, "priv_key": None}, Refused, "authorizationError"),
    ("only-sha256", {}, Refused, "security level is not supported"),
]


@pytest.mark.parametrize(("user", "changed", "kind", "what"), REFUSALS)
async def test_a_refused_user_learns_which_part_was_wrong(
    snmpd: Snmpd, user: str, changed: dict[str, str], kind: type[DeviceError], what: str
) -> None:
    async with links(snmpd.by_user(user, **(GOOD | changed)), snmpd.folder) as peer:
        session = await peer.snmp()
        with pytest.raises(kind, match=what) as caught:
            await session.get([f"{SYSTEM}.1.0"], deadline_s=1)
        if kind is TimedOut:
            assert "priv_key" in caught.value.advice
        elif "Error" not in what:
            with pytest.raises(Refused, match="not tried again"):
                await session.walk(SYSTEM)
        assert "secret" not in f"{caught.value.message}{peer.transcript.take()}{session!r}"


async def test_a_community_may_write_and_a_wrong_type_is_refused(snmpd: Snmpd) -> None:
    async with links(snmpd.by_community("file:community"), snmpd.folder) as peer:
        session = await peer.snmp()
        for number in (2, 1):
            await session.set_integer(WRITABLE, number)
            assert await session.get([WRITABLE]) == {WRITABLE: number}
        with pytest.raises(Refused, match="wrongType"):
            await session.set_integer(f"{SYSTEM}.5.0", 1)


async def test_a_community_that_may_only_read_is_refused_a_set(snmpd: Snmpd) -> None:
    async with links(snmpd.by_community(), snmpd.folder) as peer:
        with pytest.raises(Refused, match="noAccess"):
            await (await peer.snmp()).set_integer(WRITABLE, 2)


async def test_a_user_may_write(snmpd: Snmpd) -> None:
    async with links(snmpd.by_user("sha256-aes128", **GOOD), snmpd.folder) as peer:
        session = await peer.snmp()
        await session.set_integer(WRITABLE, 2)
        assert await session.get([WRITABLE]) == {WRITABLE: 2}
        await session.set_integer(WRITABLE, 1)


async def test_a_wrong_community_is_met_with_silence_and_never_shown(snmpd: Snmpd) -> None:
    async with links(snmpd.by_community("file:wrong"), snmpd.folder) as peer:
        with pytest.raises(TimedOut) as caught:
            await (await peer.snmp()).get([LOCATION], deadline_s=0.3)
        assert "community" in caught.value.advice
        assert "some-wrong-secret" not in f"{caught.value}{caught.value!r}{peer.transcript.take()}"


async def test_a_closed_udp_port_is_refused(tmp_path: Path) -> None:
    async with links(device(snmp={"port": free_port(socket.SOCK_DGRAM)}), tmp_path) as peer:
        with pytest.raises(Refused, match="nothing listens"):
            await (await peer.snmp()).get([LOCATION], deadline_s=5)


BASE = "1.3.6.1.4.1.9.1"


def rows(first: int, last: int) -> list[Variable]:
    return [(f"{BASE}.{row}", integer(row)) for row in range(first, last + 1)]


def one_after_another(*answers: Callable[[Request], bytes | None]) -> Callable[[Request], bytes | None]:
    left = iter(answers)
    return lambda request: next(left, answers[-1])(request)


async def walked(answer: Callable[[Request], bytes | None], tmp_path: Path) -> tuple[list[int], Agent]:
    async with agent(answer) as (port, started), links(device(snmp={"port": port}), tmp_path) as peer:
        found = await (await peer.snmp()).walk(BASE, deadline_s=2)
    return [int(name.removeprefix(f"{BASE}.")) for name, _ in found], started


ENDS: dict[str, list[Variable]] = {
    "another subtree": [("1.3.6.1.4.1.9.2", integer(1))],
    "the end of the view": [(f"{BASE}.12", END_OF_MIB)],
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
async def test_a_walk_ends_with_the_subtree(tmp_path: Path, end: list[Variable]) -> None:
    answer = one_after_another(lambda r: r.reply(rows(1, 10)), lambda r: r.reply(rows(11, 12) + end))
    found, started = await walked(answer, tmp_path)
    assert found == list(range(1, 13))
    assert [request.oids for request in started.requests] == [[BASE], [f"{BASE}.10"]]


BROKEN_WALKS: dict[str, tuple[Callable[[Request], bytes | None], type[DeviceError], str]] = {
    "the same page for ever": (lambda r: r.reply(rows(1, 5)), Unparsable, "goes in circles"),
    "a loop in one page": (lambda r: r.reply(rows(1, 3) + rows(2, 3)), Unparsable, "goes in circles"),
    "a step backwards": (
        one_after_another(lambda r: r.reply(rows(10, 12)), lambda r: r.reply(rows(3, 5))),
        Unparsable,
        "goes in circles",
    ),
    "a step backwards between columns": (
        lambda r: r.reply([(f"{BASE}.2.200", integer(1)), (f"{BASE}.1.300", integer(1))]),
        Unparsable,
        "goes in circles",
    ),
    "nothing at all": (lambda r: r.reply([]), Unparsable, "nothing at all"),
    "an error in the middle": (
        one_after_another(lambda r: r.reply(rows(1, 5)), lambda r: r.reply([(BASE, b"\x05\x00")], error=5)),
        Refused,
        "genErr",
    ),
    "a value left out": (
        lambda r: r.reply([*rows(1, 2), (f"{BASE}.3", b"\x05\x00")]),
        Unparsable,
        "no value",
    ),
    "an exception of GET": (lambda r: r.reply([(f"{BASE}.1", NO_SUCH_OBJECT)]), Unparsable, "no value"),
    "an unknown type": (lambda r: r.reply([(f"{BASE}.1", tlv(0x4F, b"x"))]), Unparsable, "unknown type"),
    "an endless integer": (
        lambda r: r.reply([(f"{BASE}.1", tlv(2, b"1" * 40))]),
        Unparsable,
        "impossible size",
    ),
    "an empty integer": (lambda r: r.reply([(f"{BASE}.1", tlv(2, b""))]), Unparsable, "impossible size"),
    "a short address": (lambda r: r.reply([(f"{BASE}.1", tlv(0x40, b"12"))]), Unparsable, "impossible size"),
    "an unended name": (lambda r: r.reply([(f"{BASE}.1", tlv(6, b"\x2b\x86"))]), Unparsable, "does not end"),
    "a datagram cut short": (lambda r: r.reply(rows(1, 9))[:-4], Unparsable, "cut short"),
    "a datagram with more": (lambda r: r.reply(rows(1, 9)) + b"x", Unparsable, "after the end"),
    "noise": (lambda r: b"\x30\x99garbage\xff\x1b[31m", Unparsable, "can't be read"),
    "silence": (lambda r: None, TimedOut, "no answer"),
    "silence in the middle": (
        one_after_another(lambda r: r.reply(rows(1, 5)), lambda r: None),
        TimedOut,
        "no answer",
    ),
    "an answer to another question": (
        lambda r: r.reply(rows(1, 5), request_id=r.request_id + 1),
        TimedOut,
        "no answer",
    ),
}


@pytest.mark.parametrize("name", BROKEN_WALKS)
async def test_a_broken_walk_is_an_error_and_never_a_short_table(tmp_path: Path, name: str) -> None:
    answer, kind, what = BROKEN_WALKS[name]
    with pytest.raises(DeviceError, match=what) as caught:
        await walked(answer, tmp_path)
    assert type(caught.value) is kind


async def test_an_agent_that_lost_a_datagram_is_asked_again(tmp_path: Path) -> None:
    lost = one_after_another(
        lambda r: None, lambda r: r.reply([*rows(1, 3), ("1.3.6.1.4.1.9.2", integer(1))])
    )
    found, started = await walked(lost, tmp_path)
    assert found == [1, 2, 3]
    assert started.requests[0].request_id == started.requests[1].request_id


async def test_a_set_is_sent_once_only(tmp_path: Path) -> None:
    async with agent(lambda r: None) as (port, started), links(device(snmp={"port": port}), tmp_path) as peer:
        with pytest.raises(TimedOut):
            await (await peer.snmp()).set_integer(f"{BASE}.1", 2, deadline_s=1.6)
    assert len(started.requests) == 1


async def test_values_come_as_they_are(tmp_path: Path) -> None:
    values: dict[str, tuple[bytes, object]] = {
        "1": (integer(-5), -5),
        "2": (tlv(0x41, b"\xff\xff\xff\xff"), 2**32 - 1),
        "3": (integer(2**64 - 1, 0x46), 2**64 - 1),
        "4": (octets(b"\xff\x00"), b"\xff\x00"),
        "5": (octets(b"x" * 40_000), b"x" * 40_000),
        "6": (tlv(0x40, bytes((192, 0, 2, 1))), "192.0.2.1"),
        "7": (oid("1.3.6.1.4.1.4294967295.1"), "1.3.6.1.4.1.4294967295.1"),
        "8": (integer(0), 0),
    }
    answer = [(f"{BASE}.{row}", value) for row, (value, _) in values.items()]
    answer += [(f"{BASE}.9", NO_SUCH_INSTANCE), (f"{BASE}.10", NO_SUCH_OBJECT)]
    async with (
        agent(lambda r: r.reply(answer)) as (port, _),
        links(device(snmp={"port": port}), tmp_path) as peer,
    ):
        found = await (await peer.snmp()).get([name for name, _ in answer], deadline_s=2)
        (kept,) = peer.transcript.take()
    assert found == {f"{BASE}.{row}": expected for row, (_, expected) in values.items()}
    assert dict(variables_from_bytes(kept.reply)) == found


async def test_an_answer_to_other_names_is_unparsable(tmp_path: Path) -> None:
    async with (
        agent(lambda r: r.reply(rows(7, 7))) as (port, _),
        links(device(snmp={"port": port}), tmp_path) as peer,
    ):
        with pytest.raises(Unparsable, match="other questions"):
            await (await peer.snmp()).get([f"{BASE}.1"], deadline_s=2)


def grudging(request: Request) -> bytes:
    """Too big for more than two names; answers as version 1 did for the third."""
    if len(request.oids) > 2:
        return request.reply([], error=1)
    if f"{BASE}.3" in request.oids:
        at = request.oids.index(f"{BASE}.3") + 1
        return request.reply([(name, b"\x05\x00") for name in request.oids], error=2, error_index=at)
    return request.reply([(name, integer(1)) for name in request.oids])


async def test_a_small_and_old_agent_is_asked_in_smaller_parts(tmp_path: Path) -> None:
    names = [f"{BASE}.{row}" for row in range(1, 8)]
    async with agent(grudging) as (port, _), links(device(snmp={"port": port}), tmp_path) as peer:
        found = await (await peer.snmp()).get(names, deadline_s=2)
    assert list(found) == [name for name in names if name != f"{BASE}.3"]


async def test_a_device_without_snmp_says_so(tmp_path: Path) -> None:
    async with links(device(), tmp_path) as peer:
        with pytest.raises(NoData, match=r"no \[device.snmp\]"):
            await peer.snmp()
