"""A device that answers as no good device does, in a whole run: it alone is not accepted, for the right
reason and in time; nothing it says acts on a terminal; the others go on, and the record verifies.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import itertools
import json
import os
import re
import sys
import time
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

import asyncssh
import grpc
import pytest
import tomli_w

from bringup.gnmi_messages import messages
from tests.e2e import hostile_peers as peers
from tests.e2e.runs import Nursery, Rack, events_of, only_run
from tests.transport.peers import Certificate, listener, reset, self_signed
from tests.transport.snmp_agent import Request, agent, octets

PLAYBOOK = """\
schema = "bringup.playbook/1"
name = "hostile"
version = "1"
envelope = ["base"]
[[stage]]
name = "management"
[[stage.step]]
check = "management.reach"
on = { role = ["pdu", "leaf", "bmc"] }
deadline = "DEADLINE"
[[stage.step]]
check = "management.identity"
on = { role = ["pdu", "leaf", "bmc"] }
deadline = "DEADLINE"
[[stage]]
name = "parts"
needs = []
[[stage.step]]
check = "switch.ports"
deadline = "DEADLINE"
[[stage.step]]
check = "power.supplies"
on = { role = "leaf" }
deadline = "DEADLINE"
[[stage]]
name = "outlets"
needs = []
[[stage.step]]
check = "power.outlets"
on = { device = "pdu-1" }
deadline = "DEADLINE"
"""
DEADLINE_S = 10
"""Of a step: whoever answers at all does so in less, on a busy machine too."""
RSS_MOST_KIB = 300 * 1024
CHILD = """
import sys
from bringup.cli.main import main
code = main(sys.argv[1:])
sys.stdout.flush()
print(open("/proc/self/status").read().split("VmHWM:")[1].split()[0], file=sys.stderr)
sys.exit(code)
"""
# ESC, the other C0 controls but the line end, DEL, C1, and what reorders or hides text.
ACTING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


class Told(NamedTuple):
    """How a run ended: of each step of the victim its verdict and reason."""

    status: int
    text: str
    victim: dict[str, tuple[str, str | None]]
    took_s: float


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def standing(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One rack for all of these, brought up whole: nothing here changes it."""
    folder = tmp_path_factory.mktemp("hostile")
    made = Rack(nursery, folder / "lab")
    done = nursery.run(made.run_words("--runs", str(folder / "runs")))
    assert done.status == 0, done.output
    yield made
    made.end()


class Stage:
    """The rack, and one device's place in it taken by a server of ours."""

    def __init__(self, nursery: Nursery, rack: Rack, folder: Path) -> None:
        self._nursery = nursery
        self._folder = folder
        self._lab = rack.folder
        self.data: dict[str, Any] = tomllib.loads((rack.folder / "inventory.toml").read_text())

    def device(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = next(each for each in self.data["device"] if each["name"] == name)
        return found

    async def run(self, victims: Collection[str], deadline_s: int) -> Told:
        inventory = self._folder / "inventory.toml"
        inventory.write_text(tomli_w.dumps(self.data))
        for each in ("cables.csv", "secrets"):
            with contextlib.suppress(FileExistsError):
                (self._folder / each).symlink_to(self._lab / each)
        playbook = self._folder / "hostile.toml"
        playbook.write_text(PLAYBOOK.replace("DEADLINE", f"{deadline_s}s"))
        runs = self._folder / "runs"
        words = ["run", str(playbook), "-i", str(inventory), "--headless", "--runs", str(runs)]
        began = time.monotonic()
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", CHILD, *words),
            env={**os.environ, **self._nursery.environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await asyncio.wait_for(child.communicate(), 300)
        took_s = time.monotonic() - began
        text, said = out.decode(), err.decode()
        assert "Traceback" not in said, said
        assert child.returncode in (1, 3), (child.returncode, text, said)
        peak_kib = int(said.splitlines()[-1]) if said.strip() else 0
        assert not ACTING.search(text), ACTING.findall(text)
        assert max(map(len, text.splitlines())) < 2000
        assert 0 < peak_kib < RSS_MOST_KIB, f"{peak_kib} KiB"
        run = only_run(runs)
        ended = [event for event in events_of(run) if event["kind"] == "StepEnded"]
        others = [event for event in ended if event["subject"].split("/")[0] not in victims]
        assert others
        assert {event["verdict"] for event in others} == {"PASS"}, text
        verify = await asyncio.to_thread(self._nursery.run, ["log", "verify", str(run)])
        assert verify.status == 0, verify.output
        shown = await asyncio.to_thread(self._nursery.run, ["log", "show", str(run)])
        assert not ACTING.search(shown.output)
        mine = {
            f"{event['step']} {event['subject']}": (event["verdict"], event.get("reason"))
            for event in ended
            if event["subject"].split("/")[0] in victims
        }
        return Told(child.returncode, text, mine, took_s)


@pytest.fixture
def stage(nursery: Nursery, standing: Rack, tmp_path: Path) -> Stage:
    return Stage(nursery, standing, tmp_path)


UNREAD = frozenset({"unparsable", "no_data", "blocked"})
LATE = frozenset({"timeout", "blocked"})
BROKEN = frozenset({"unparsable", "refused", "blocked"})
WRONG = UNREAD | {""}
"""Read well enough to be compared, and found to be another device's: a FAIL."""

Prank = Callable[[Stage, Certificate], contextlib.AbstractAsyncContextManager[None]]


class Kind(NamedTuple):
    """What one device does, and the reasons that its steps may end with ("" for FAIL)."""

    device: str
    reasons: frozenset[str]
    prank: Prank
    passing: frozenset[str] = frozenset()
    """Steps that may pass: what they need was told whole."""


# --- SSH

ESC = b"\x1b]0;owned\x07\x1b[2J\x1b[31m\xc2\x9b1m\xe2\x80\xae[bold]\r\n"


def steady(data: bytes) -> peers.Shell:
    """Every command prints this and succeeds."""

    async def answer(command: str, process: asyncssh.SSHServerProcess[bytes]) -> None:
        process.stdout.write(data)
        process.exit(0)

    return answer


async def endless(command: str, process: asyncssh.SSHServerProcess[bytes]) -> None:
    while True:
        process.stdout.write(b"all is well\n" * 5000)
        await process.stdout.drain()


async def dripping(command: str, process: asyncssh.SSHServerProcess[bytes]) -> None:
    while True:
        process.stdout.write(b"x")
        await asyncio.sleep(1)


async def cut_off(command: str, process: asyncssh.SSHServerProcess[bytes]) -> None:
    process.stdout.write(b"Host" * 100)
    await process.stdout.drain()
    process.channel.get_connection().abort()


def shell(answer: peers.Shell | peers.Twist, reasons: frozenset[str], *passing: str) -> Kind:
    """An SSH server in the place of leaf-1; one argument makes a twist of a proxy."""

    @contextlib.asynccontextmanager
    async def prank(stage: Stage, _: Certificate) -> AsyncIterator[None]:
        key, leaf = asyncssh.generate_private_key("ssh-ed25519"), stage.device("leaf-1")
        spoilt = len(inspect.signature(answer).parameters) == 1
        told = peers.ssh_proxy(leaf["ssh"]["port"], cast(peers.Twist, answer)) if spoilt else answer
        async with peers.ssh(key, cast(peers.Shell, told)) as port:
            leaf["ssh"] |= {"port": port, "host_key": key.export_public_key().decode().strip()}
            del leaf["gnmi"]
            yield

    return Kind("leaf-1", reasons, prank, frozenset(passing))


# --- HTTPS

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def replying(head: bytes, body: Callable[[], Iterator[bytes]], pause_s: float = 0) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head)
        for piece in body():
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause_s)

    return talk


def whole(data: bytes) -> Talk:
    return replying(
        HEAD + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(data), lambda: iter([data])
    )


async def torn(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(HEAD + b'Content-Length: 1000\r\n\r\n{"jsonrpc": "2.0", "result": [{')
    await writer.drain()
    reset(writer)


async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


def web(device: str, answer: Talk | peers.Twist, reasons: frozenset[str], *passing: str) -> Kind:
    """An HTTPS server in the place of the switch's eAPI or the BMC's Redfish; as `shell`."""
    service = "eapi" if device == "leaf-2" else "redfish"

    @contextlib.asynccontextmanager
    async def prank(stage: Stage, certificate: Certificate) -> AsyncIterator[None]:
        entry = stage.device(device)
        if len(inspect.signature(answer).parameters) == 1:
            behind = entry[service]["port"]
            serving = peers.https_proxy(certificate, behind, cast(peers.Twist, answer))
        else:
            serving = listener(cast(Talk, answer), tls=certificate.context())
        async with serving as port:
            entry[service] |= {"port": port, "fingerprint": certificate.fingerprint}
            entry.pop("gnmi", None)
            yield

    return Kind(device, reasons, prank, frozenset(passing))


def forever(piece: bytes) -> Callable[[], Iterator[bytes]]:
    return lambda: itertools.repeat(piece)


CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
CHUNK = b"10000\r\n" + b" " * 0x10000 + b"\r\n"


def spoilt_words(data: bytes) -> bytes:
    """The JSON with every text full of what acts on a terminal."""

    def change(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: item if key.startswith("@odata") else change(item) for key, item in value.items()}
        if isinstance(value, list):
            return [change(item) for item in value]
        return value[:3] + ESC.decode() * 300 if isinstance(value, str) else value

    return json.dumps(change(json.loads(data))).encode()


def other_types(data: bytes) -> bytes:
    """Texts become numbers, numbers lists, lists texts; links stay."""

    def change(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: change(item, name) for name, item in value.items()}
        if key.startswith("@odata") or key in ("Members", "jsonrpc", "result", "id"):
            return [change(item) for item in value] if isinstance(value, list) else value
        return {str: 7, list: "none", int: [], float: [], bool: "yes"}.get(type(value))

    return json.dumps(change(json.loads(data))).encode()


def circle(data: bytes) -> bytes:
    """Each collection goes on at itself."""
    found = json.loads(data)
    if "Members" in found:
        found["Members@odata.nextLink"] = found["@odata.id"]
    return json.dumps(found).encode()


def twice(data: bytes) -> bytes:
    """Every name stands twice, the second time with nothing."""
    return re.sub(rb'("(?!@odata|jsonrpc|result|id|Members|Links)[A-Za-z]+"): ?', rb"\1: null, \1: ", data)


# --- SNMP


def snmp(
    answer: Callable[[Request], bytes | None] | peers.Twist, reasons: frozenset[str], *passing: str
) -> Kind:
    """An agent in the place of the PDU's; a twist is named so."""

    @contextlib.asynccontextmanager
    async def prank(stage: Stage, _: Certificate) -> AsyncIterator[None]:
        pdu = stage.device("pdu-1")
        if "data" in inspect.signature(answer).parameters:
            async with peers.udp_proxy(pdu["snmp"]["port"], cast(peers.Twist, answer)) as port:
                pdu["snmp"]["port"] = port
                yield
        else:
            async with agent(cast(Callable[[Request], "bytes | None"], answer)) as (port, _asked):
                pdu["snmp"]["port"] = port
                yield

    return Kind("pdu-1", reasons, prank, frozenset(passing))


def every(value: bytes) -> Callable[[Request], bytes]:
    """Each question answered with this value; each walk by names that go on rising."""

    def answer(request: Request) -> bytes:
        if request.pdu == 0xA5:
            start = request.oids[0]
            last = int(start.rsplit(".", 1)[1])
            base = start.rsplit(".", 1)[0]
            return request.reply([(f"{base}.{last + step}", value) for step in range(1, 30)])
        return request.reply([(name, value) for name in request.oids])

    return answer


def acting_names(data: bytes) -> bytes:
    """Texts of the same length that act on a terminal: the message stays well formed."""
    return re.sub(rb"[A-Za-z0-9. -]{5,}", lambda found: (ESC * 20)[: len(found[0])], data)


# --- gNMI


def gnmi(answer: peers.Subscribed | peers.Twist, reasons: frozenset[str], *passing: str) -> Kind:
    """A target in the place of leaf-1's, which has nothing else then."""

    @contextlib.asynccontextmanager
    async def prank(stage: Stage, _: Certificate) -> AsyncIterator[None]:
        leaf = stage.device("leaf-1")
        twist = len(inspect.signature(answer).parameters) == 1
        given: tuple[Any, ...] = (answer,) if twist else (lambda data: data, answer)
        async with peers.gnmi_proxy(leaf["gnmi"]["port"], *given) as port:
            leaf["gnmi"]["port"] = port
            yield

    return Kind("leaf-1", reasons, prank, frozenset(passing))


def target(value: bytes, *, pause_s: float = 0, times: int = 2**62) -> peers.Subscribed:
    """Updates with this value without an end, or an abort after so many."""
    table = messages()
    path = table.Path(elem=[table.PathElem(name="interfaces"), table.PathElem(name="interface")])
    update = table.Update(path=path, val=table.TypedValue(json_ietf_val=value))
    raw = table.SubscribeResponse(update=table.Notification(timestamp=7, update=[update])).SerializeToString()

    async def subscribed(requests: AsyncIterator[bytes], context: Any) -> AsyncIterator[bytes]:
        for _ in range(times):
            yield raw
            await asyncio.sleep(pause_s)
        await context.abort(grpc.StatusCode.INTERNAL, "\x1b[31mowned")

    return subscribed


OVER_SSH = (
    "management.reach leaf-1",
    "management.identity leaf-1",
    "power.supplies leaf-1/psu-1",
    "power.supplies leaf-1/psu-2",
)
DEVICES = ("pdu-1", "leaf-1", "leaf-2", "bmc-01")
KINDS: dict[str, Kind] = {
    "ssh: endless output": shell(endless, UNREAD | LATE),
    "ssh: one byte a second": shell(dripping, LATE),
    "ssh: a reset in mid reply": shell(cut_off, BROKEN),
    "ssh: nothing at all, with success": shell(steady(b""), UNREAD),
    "ssh: an error text with success": shell(steady(b"Error: cannot connect to the database\n"), UNREAD),
    "ssh: escapes only": shell(steady(ESC * 50), UNREAD),
    "ssh: a line of a million names": shell(steady(b"Ethernet0 " * 100_000), UNREAD),
    # A port whose row came whole is known.
    "ssh: half of each answer": shell(
        lambda data: data[: len(data) // 2], WRONG, "switch.ports leaf-1/Ethernet0"
    ),
    "ssh: escapes in every word": shell(
        lambda data: re.sub(rb"[A-Za-z]{3,}", lambda found: found[0] + ESC.strip(), data), WRONG
    ),
    "ssh: names of 10 kB": shell(
        lambda data: re.sub(rb"[A-Za-z]{4,}", lambda found: found[0] * 2500, data)[: 2**20], WRONG
    ),
    "ssh: no UTF-8 within": shell(
        lambda data: re.sub(rb"[a-z]{4,}", lambda found: found[0][:1] + b"\xff", data), WRONG
    ),
    "eapi: endless body": web("leaf-2", replying(CHUNKED, forever(CHUNK)), UNREAD | LATE),
    "eapi: endless head": web("leaf-2", replying(HEAD, forever(b"X-Y: " + b"z" * 4000 + b"\r\n")), BROKEN),
    "eapi: 100 MB": web("leaf-2", replying(CHUNKED, lambda: itertools.repeat(CHUNK, 1600)), UNREAD | LATE),
    "eapi: one byte a second": web("leaf-2", replying(CHUNKED, forever(b"1\r\n \r\n"), 1), LATE),
    "eapi: a reset in mid reply": web("leaf-2", torn, BROKEN),
    "eapi: accepts and says nothing": web("leaf-2", mute, LATE),
    "eapi: a page with success": web("leaf-2", whole(b"<html>\x1b[2JLog in</html>"), UNREAD),
    "eapi: an error with success": web(
        "leaf-2",
        whole(b'{"jsonrpc":"2.0","id":"bringup","error":{"code":1000,"message":"\\u001b[2J\\u202eno"}}'),
        UNREAD,
    ),
    "eapi: nested 100,000 deep": web("leaf-2", whole(b"[" * 100_000), UNREAD),
    "eapi: millions of empty lists": web(
        "leaf-2", whole(b'{"result":[' + b"[]," * 5_000_000 + b"[]]}"), UNREAD
    ),
    "eapi: other types": web("leaf-2", other_types, WRONG),
    "eapi: names twice": web("leaf-2", twice, WRONG),
    "eapi: half of each answer": web("leaf-2", lambda data: data[: len(data) // 2], UNREAD),
    "redfish: escapes and 10 kB in every text": web("bmc-01", spoilt_words, WRONG),
    "redfish: other types": web("bmc-01", other_types, WRONG),
    "redfish: pages in a circle": web("bmc-01", circle, WRONG),
    "redfish: no UTF-8": web("bmc-01", lambda data: data.replace(b"a", b"\xff"), UNREAD),
    "redfish: nothing, with success": web("bmc-01", lambda data: b"", UNREAD),
    "redfish: accepts and says nothing": web("bmc-01", mute, LATE),
    "redfish: millions of empty objects": web(
        "bmc-01", whole(b'{"Members":[' + b"{}," * 5_000_000 + b"{}]}"), UNREAD | {"refused"}
    ),
    "snmp: no such object": snmp(every(b"\x80\x00"), UNREAD),
    "snmp: null": snmp(every(b"\x05\x00"), UNREAD),
    "snmp: texts for numbers, for ever": snmp(every(octets(ESC)), WRONG | LATE),
    "snmp: a damaged message": snmp(lambda request: b"\x30\x84\xff\xff\xff\xff\x02", UNREAD),
    "snmp: general error": snmp(lambda request: request.reply([], error=5), BROKEN),
    "snmp: silence": snmp(lambda request: None, LATE),
    "snmp: names that act": snmp(lambda data: acting_names(data), WRONG),
    "gnmi: endless tiny updates": gnmi(target(b"1"), UNREAD | LATE, *OVER_SSH),
    "gnmi: endless lists": gnmi(target(b"[" + b"[]," * 500_000 + b"[]]"), UNREAD | LATE, *OVER_SSH),
    "gnmi: one update a second": gnmi(target(b"1", pause_s=1), LATE, *OVER_SSH),
    "gnmi: aborted": gnmi(target(b"1", times=3), BROKEN, *OVER_SSH),
    "gnmi: no protobuf": gnmi(lambda data: b"\xff" * 99, UNREAD, *OVER_SSH),
}


def rounds() -> Iterator[tuple[str, ...]]:
    """Kinds that are tried in one run: of one device each, and a good one is always left."""
    of = {device: [name for name, kind in KINDS.items() if kind.device == device] for device in DEVICES}
    for names in itertools.zip_longest(of["leaf-1"], of["leaf-2"], of["bmc-01"] + of["pdu-1"]):
        yield tuple(name for name in names if name is not None)


@pytest.mark.parametrize("names", list(rounds()), ids=" + ".join)
async def test_hostile_devices(stage: Stage, certificate: Certificate, names: tuple[str, ...]) -> None:
    kinds = {KINDS[name].device: KINDS[name] for name in names}
    async with contextlib.AsyncExitStack() as stack:
        for kind in kinds.values():
            await stack.enter_async_context(kind.prank(stage, certificate))
        told = await stage.run(kinds, DEADLINE_S)
    for step, (verdict, reason) in told.victim.items():
        kind = kinds[step.split()[1].split("/")[0]]
        if step not in kind.passing:
            assert verdict in ("UNKNOWN", "FAIL"), (step, told.victim, told.text)
            assert (reason or "") in kind.reasons, (step, reason, told.text)
