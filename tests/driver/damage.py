"""Canned devices of every platform, and links that damage what comes back from one, on any transport."""

from __future__ import annotations

import inspect
import json
import random
from collections.abc import AsyncIterator, Callable, Container, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal

import msgspec

from bringup.driver import capability
from bringup.transport.base import (
    CommandResult,
    GnmiUpdate,
    HttpReply,
    SnmpValue,
    Transcript,
)
from tests.driver.apc_pdu import variables as apc
from tests.driver.canned import CannedLinks
from tests.driver.canned_wires import CannedEapi, CannedGnmi, CannedHttp, CannedSnmp, CannedWires
from tests.driver.eos import replies as eos
from tests.driver.infiniband import test_infiniband as infiniband
from tests.driver.junos import test_junos as junos
from tests.driver.linux import replies as linux
from tests.driver.linux import test_accelerators as accelerators
from tests.driver.nvue import test_nvue as nvue
from tests.driver.nxos import test_nxos as nxos
from tests.driver.openconfig.updates import UPDATES
from tests.driver.raritan_pdu import variables as raritan
from tests.driver.redfish_bmc import resources
from tests.driver.redfish_equipment import resources as equipment
from tests.driver.servertech_pdu import variables as servertech
from tests.driver.snmp_switch import variables as switch
from tests.driver.sonic import replies as sonic
from tests.driver.vertiv_pdu import variables as vertiv

DEVICES: Mapping[str, Callable[[], Any]] = MappingProxyType(
    {
        "apc-pdu": lambda: CannedWires(snmp=CannedSnmp(apc.VARIABLES)),
        "eos": lambda: CannedWires(eapi=CannedEapi(eos.healthy()), gnmi=CannedGnmi(UPDATES)),
        "infiniband": lambda: CannedLinks(dict(infiniband.REPLIES)),
        "junos": lambda: CannedLinks(dict(junos.REPLIES)),
        "linux": lambda: CannedLinks(linux.healthy() | accelerators.REPLIES),
        "nvue": lambda: CannedLinks(dict(nvue.REPLIES)),
        "nxos": lambda: CannedLinks(dict(nxos.REPLIES)),
        "raritan-pdu": lambda: CannedWires(snmp=CannedSnmp(raritan.VARIABLES)),
        "redfish-bmc": lambda: CannedWires(redfish=CannedHttp(resources.healthy())),
        "redfish-equipment": lambda: CannedWires(
            redfish=CannedHttp(equipment.COOLING | equipment.RACK_PDU | equipment.POWER_SHELF)
        ),
        "servertech-pdu": lambda: CannedWires(snmp=CannedSnmp(servertech.VARIABLES)),
        "snmp-switch": lambda: CannedWires(snmp=CannedSnmp(switch.VARIABLES)),
        "sonic": lambda: CannedLinks(sonic.healthy()),
        "vertiv-pdu": lambda: CannedWires(snmp=CannedSnmp(vertiv.VARIABLES)),
    }
)
"""Platform -> a device that answers all that its driver reads."""


def _reads() -> tuple[str, ...]:
    """Every method of every capability that takes nothing: what can be read of a device as such."""
    found = []
    for _, protocol in inspect.getmembers(capability, inspect.isclass):
        if protocol.__module__ == capability.__name__:
            for name, method in vars(protocol).items():
                if inspect.iscoroutinefunction(method) and len(inspect.signature(method).parameters) == 1:
                    found.append(name)
    return tuple(sorted(set(found)))


READS = _reads()
WRONG: tuple[Any, ...] = (None, [], {}, "text", 10**400, [[]], {"value": []}, "\x1b[31mred\x07")
"""Values of no type that is due; the large number is one that no counter can hold."""
ODD: tuple[Any, ...] = (-1, 0, True, False, 1e300, 2**64 - 1, -(2**31), 1e-300)
"""Values that may be due, but were not told."""
DEEP = b"[" * 200_000
MANY_BYTES = 500_000
KEYS = ("name", "port", "local_port", "index", "quantity", "gpu", "link", "id")
"""Members that say whose an entry of a list is."""


class Damage:
    """One way to spoil a reply. The same seed spoils alike; `other` says that a value may become another."""

    def __init__(self, kind: str, seed: int) -> None:
        self.kind = kind
        self._dice = random.Random(seed)

    @property
    def other(self) -> bool:
        return self.kind in ("flipped", "noise", "another value")

    def octets(self, whole: bytes) -> bytes:
        """A reply in bytes, spoilt."""
        if not whole or self.kind == "none":
            return whole
        dice, at = self._dice, self._dice.randrange(len(whole))
        lines = whole.splitlines(keepends=True)
        line = dice.randrange(len(lines))
        match self.kind:
            case "cut":
                return whole[:at]
            case "lines lost" if whole.lstrip()[:1] not in (b"{", b"["):
                return b"".join(lines[:line] + lines[line + dice.randint(1, 3) :])
            case "line twice":
                return b"".join(lines[: line + 1] + lines[line:])
            case "flipped":
                return whole[:at] + bytes([whole[at] ^ (1 << dice.randrange(8))]) + whole[at + 1 :]
            case "noise":
                return whole[:at] + dice.randbytes(dice.randint(1, 8)) + whole[at:]
            case "escapes":
                return b"".join(lines[:line]) + b"\x1b[2J\x1b]0;x\x07" + b"".join(lines[line:])
            case "deep":
                return whole[:at] + DEEP + whole[at:]
            case "more than the cap":
                return whole + b" " * (16 * 1024 * 1024) + b"\n"
            case _:
                return _json_spoilt(whole, self.kind, dice)

    def variables(self, whole: list[tuple[str, SnmpValue]]) -> list[tuple[str, SnmpValue]]:
        """A walk, spoilt: as an agent may lie, not as a message may be damaged (the transport finds that)."""
        if not whole:
            return whole
        at = self._dice.randrange(len(whole))
        oid, _ = whole[at]
        match self.kind:
            case "cut":
                return whole[:at]
            case "lines lost" | "member lost":
                return whole[:at] + whole[at + self._dice.randint(1, 3) :]
            case "wrong type":
                held = self._dice.choice([None, b"\xff\xfe", b"", "1.3.6.1", b"text"])
                return [*whole[:at], (oid, held), *whole[at + 1 :]]
            case "another value":
                return [*whole[:at], (oid, self._dice.choice([-(2**31), 2**64 - 1, -1, 0])), *whole[at + 1 :]]
            case "deep":
                return [*whole[:at], (oid, b"x" * 65_000), *whole[at + 1 :]]
            case "escapes":
                return [*whole[:at], (oid, b"\x1b[2J\x1b]0;x\x07"), *whole[at + 1 :]]
            case _:
                return whole

    def updates(self, whole: tuple[GnmiUpdate, ...]) -> tuple[GnmiUpdate, ...]:
        """A snapshot, spoilt in the same ways."""
        pairs = [(update.path, update.value) for update in whole]
        if self.kind == "none":
            return whole
        if self.kind in ("key twice", "line twice") and pairs:
            at = self._dice.randrange(len(pairs))
            pairs = [*pairs[: at + 1], (pairs[at][0], self._dice.choice(WRONG)), *pairs[at + 1 :]]
        else:
            pairs = self.variables(pairs)  # type: ignore[arg-type, assignment]
        return tuple(GnmiUpdate(path=path, value=held, timestamp_ns=1) for path, held in pairs)


KINDS = (
    "cut", "lines lost", "line twice", "flipped", "noise", "escapes", "deep",
    "wrong type", "another value", "member lost", "key twice", "many members",
)  # fmt: skip


def _json_spoilt(whole: bytes, kind: str, dice: random.Random) -> bytes:
    """JSON with one member spoilt; what is no JSON stays as it is."""
    try:
        top: Any = json.loads(whole)
    except ValueError:
        return whole
    places: list[tuple[Any, Any]] = []

    def walk(node: Any) -> None:
        for key in list(node) if isinstance(node, dict) else range(len(node)):
            places.append((node, key))
            if isinstance(node[key], dict | list):
                walk(node[key])

    if not isinstance(top, dict | list) or not top:
        return whole
    walk(top)
    node, key = dice.choice(places)
    if kind == "member lost":
        if isinstance(node, dict):  # a list that is shorter is another list, which nobody can tell
            del node[key]
    elif kind == "many members":
        node[key] = [node[key]] * (MANY_BYTES // len(json.dumps(node[key])))
    elif kind == "another value":
        node[key] = dice.choice(ODD)
    elif kind == "key twice" and isinstance(node, dict):
        mark = f"twice-{dice.randrange(10**9)}"
        node[mark] = dice.choice(WRONG)
        return json.dumps(top).replace(mark, json.dumps(key)[1:-1]).encode()
    else:
        node[key] = dice.choice(WRONG)
    return json.dumps(top).encode()


class DamagedLinks:
    """Links of one device whose replies are spoilt: all, or those whose number (from 0) is in `only`."""

    def __init__(self, inner: Any, damage: Damage, only: Container[int] | None = None) -> None:
        self._inner = inner
        self._damage = damage
        self._only = only
        self.replies = 0
        self.transcript = Transcript()

    def _hurts(self) -> bool:
        self.replies += 1
        return self._only is None or self.replies - 1 in self._only

    def has(self, transport: Literal["ssh", "snmp", "gnmi", "redfish", "eapi", "nvue"]) -> bool:
        found: bool = self._inner.has(transport)
        return found

    async def shell(self) -> Any:
        return _Shell(self, await self._inner.shell())

    async def snmp(self) -> Any:
        return _Snmp(self, await self._inner.snmp())

    async def eapi(self) -> Any:
        return _Http(self, await self._inner.eapi())

    async def redfish(self) -> Any:
        return _Http(self, await self._inner.redfish())

    async def nvue(self) -> Any:
        return _Http(self, await self._inner.nvue())

    async def gnmi(self) -> Any:
        return _Gnmi(self, await self._inner.gnmi())

    def fresh(self) -> Any:
        return self

    async def close(self) -> None:
        pass


class _Wire:
    def __init__(self, links: DamagedLinks, inner: Any) -> None:
        self._links = links
        self._inner = inner

    async def close(self) -> None:
        pass


class _Shell(_Wire):
    async def run(self, command: str, *, deadline_s: float = 20.0) -> CommandResult:
        reply: CommandResult = await self._inner.run(command, deadline_s=deadline_s)
        if reply.exit_status == 0 and self._links._hurts():
            return msgspec.structs.replace(reply, stdout=self._links._damage.octets(reply.stdout))
        return reply


class _Http(_Wire):
    async def request(self, method: Any, path: str, **more: Any) -> HttpReply:
        reply: HttpReply = await self._inner.request(method, path, **more)
        if self._links._hurts():
            return msgspec.structs.replace(reply, body=self._links._damage.octets(reply.body))
        return reply


class _Snmp(_Wire):
    async def get(self, oids: Sequence[str], *, deadline_s: float = 20.0) -> dict[str, SnmpValue]:
        found: dict[str, SnmpValue] = await self._inner.get(oids)
        return dict(self._links._damage.variables(list(found.items()))) if self._links._hurts() else found

    async def walk(self, oid: str, *, deadline_s: float = 20.0) -> list[tuple[str, SnmpValue]]:
        found: list[tuple[str, SnmpValue]] = await self._inner.walk(oid)
        return self._links._damage.variables(found) if self._links._hurts() else found


class _Gnmi(_Wire):
    async def once(self, paths: Sequence[str], *, deadline_s: float = 20.0) -> tuple[GnmiUpdate, ...]:
        found: tuple[GnmiUpdate, ...] = await self._inner.once(paths)
        return self._links._damage.updates(found) if self._links._hurts() else found

    async def get(self, paths: Sequence[str], *, deadline_s: float = 20.0) -> tuple[GnmiUpdate, ...]:
        return await self.once(paths)

    def stream(self, paths: Sequence[str], **more: Any) -> AsyncIterator[Any]:
        raise AssertionError("a snapshot needs no stream")


def told(facts: object) -> dict[str, object]:
    """Every number and yes-or-no of a driver's facts, by a path that names whose it is."""
    found: dict[str, object] = {}

    def walk(node: object, path: str) -> None:
        if isinstance(node, dict):
            if "reading" in node and "value" in node:
                if node["reading"] == "value" and not isinstance(node["value"], str):
                    found[path] = node["value"]
                return
            for key, part in node.items():
                walk(part, f"{path}/{key}")
        elif isinstance(node, list | tuple):
            seen: dict[str, int] = {}
            for part in node:
                whose = _whose(part)
                seen[whose] = seen.get(whose, 0) + 1
                walk(part, f"{path}[{whose}#{seen[whose]}]")

    walk(msgspec.to_builtins(facts), "")
    return found


def not_told(whole: object, found: object) -> dict[str, object]:
    """What `found` says otherwise than `whole` of a part that `whole` knows. A part whose name was damaged
    is another one, and no inventory expects it; one that is said to be absent passes nothing.
    """
    known = told(whole)
    parts = {path[: path.rindex("]") + 1] for path in known if "]" in path}
    return {
        path: value
        for path, value in told(found).items()
        if known.get(path, ...) != value
        and not (path.endswith("/present") and value is False)
        and ("]" not in path or path[: path.rindex("]") + 1] in parts)
    }


def _whose(entry: object) -> str:
    if not isinstance(entry, dict):
        return ""
    for key in KEYS:
        if key in entry:
            held = entry[key]
            return str(held["value"] if isinstance(held, dict) else held)
    return ""
