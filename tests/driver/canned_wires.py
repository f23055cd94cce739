"""Tables of canned replies behind the HTTP, SNMP and gNMI protocols, to try drivers without a wire."""

from __future__ import annotations

import json as jsonlib
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Literal, NoReturn

from bringup.model.errors import DeviceError
from bringup.model.inventory import Device
from bringup.transport.base import (
    GnmiExchange,
    GnmiUpdate,
    HttpExchange,
    HttpReply,
    Shell,
    SnmpExchange,
    SnmpValue,
    Transcript,
)


def json_reply(held: object, status: int = 200) -> HttpReply:
    return HttpReply(status=status, headers={}, body=jsonlib.dumps(held).encode())


def raw_reply(body: bytes, status: int = 200) -> HttpReply:
    return HttpReply(status=status, headers={}, body=body)


class CannedHttp:
    """Answers by path and remembers what it was asked. A path that is not in the table is 404."""

    def __init__(self, replies: Mapping[str, object]) -> None:
        self.replies = dict(replies)
        self.asked: list[tuple[str, str, object]] = []

    async def request(
        self,
        method: Literal["GET", "POST", "PATCH", "DELETE"],
        path: str,
        *,
        json: object | None = None,
        deadline_s: float = 20.0,
    ) -> HttpReply:
        assert deadline_s > 0
        self.asked.append((method, path, json))
        reply = self.replies.get(path if method == "GET" else f"{method} {path}")
        if isinstance(reply, DeviceError):
            raise reply
        if isinstance(reply, HttpReply):
            return reply
        return (
            json_reply({"error": {"code": "x", "message": "no such resource"}}, 404)
            if reply is None
            else (json_reply(reply))
        )

    async def close(self) -> None:
        pass


class CannedEapi(CannedHttp):
    """An EOS switch: a command's JSON by the command; one that it does not have ends the request."""

    def __init__(self, replies: Mapping[str, object]) -> None:
        super().__init__({})
        self.commands: list[tuple[str, ...]] = []
        self.table = dict(replies)
        self.whole: HttpReply | DeviceError | None = None

    async def request(
        self,
        method: Literal["GET", "POST", "PATCH", "DELETE"],
        path: str,
        *,
        json: object | None = None,
        deadline_s: float = 20.0,
    ) -> HttpReply:
        assert (method, path) == ("POST", "/command-api")
        asked: Any = json
        commands = tuple(asked["params"]["cmds"])
        self.commands.append(commands)
        if isinstance(self.whole, DeviceError):
            raise self.whole
        return self.whole or json_reply(self._answer(commands))

    def _answer(self, commands: tuple[str, ...]) -> dict[str, object]:
        results: list[object] = []
        for at, command in enumerate(commands, 1):
            if command not in self.table:
                message = f"CLI command {at} of {len(commands)} '{command}' failed: invalid command"
                data = [*results, {"errors": ["Invalid input (at token 0)"]}]
                return {
                    "jsonrpc": "2.0",
                    "id": "x",
                    "error": {"code": 1002, "message": message, "data": data},
                }
            results.append(self.table[command])
        return {"jsonrpc": "2.0", "id": "x", "result": results}


class CannedSnmp:
    """An agent with a table of variables. A `DeviceError` in it is raised when it is walked or set."""

    def __init__(self, variables: Mapping[str, SnmpValue | DeviceError]) -> None:
        self.variables = dict(variables)
        self.sets: list[tuple[str, int]] = []
        self.walks: list[str] = []

    def _value(self, oid: str) -> SnmpValue:
        held = self.variables[oid]
        if isinstance(held, DeviceError):
            raise held
        return held

    async def get(self, oids: Sequence[str], *, deadline_s: float = 20.0) -> dict[str, SnmpValue]:
        return {oid: self._value(oid) for oid in oids if oid in self.variables}

    async def walk(self, oid: str, *, deadline_s: float = 20.0) -> list[tuple[str, SnmpValue]]:
        assert deadline_s > 0
        self.walks.append(oid)
        found = [each for each in self.variables if each.startswith(f"{oid}.") or each == oid]
        return [(each, self._value(each)) for each in sorted(found, key=_arcs)]

    async def set_integer(self, oid: str, number: int, *, deadline_s: float = 20.0) -> None:
        held = self.variables.get(f"set {oid}")
        if isinstance(held, DeviceError):
            raise held
        self.sets.append((oid, number))

    async def close(self) -> None:
        pass


def _arcs(oid: str) -> tuple[int, ...]:
    return tuple(int(arc) for arc in oid.split("."))


class CannedGnmi:
    """A target whose snapshot is a list of (path, value), whatever was asked for."""

    def __init__(self, updates: Sequence[tuple[str, object]] | DeviceError) -> None:
        self.updates = updates
        self.asked: list[tuple[str, ...]] = []

    async def once(self, paths: Sequence[str], *, deadline_s: float = 20.0) -> tuple[GnmiUpdate, ...]:
        assert deadline_s > 0
        self.asked.append(tuple(paths))
        if isinstance(self.updates, DeviceError):
            raise self.updates
        return tuple(GnmiUpdate(path=path, value=held, timestamp_ns=1) for path, held in self.updates)

    async def get(self, paths: Sequence[str], *, deadline_s: float = 20.0) -> tuple[GnmiUpdate, ...]:
        return await self.once(paths, deadline_s=deadline_s)

    async def capabilities(self, *, deadline_s: float = 20.0) -> dict[str, object]:
        raise AssertionError("nobody needs the capabilities")

    def stream(
        self, paths: Sequence[str], *, sample_interval_s: float | None = None
    ) -> AsyncIterator[GnmiUpdate | Literal["sync"]]:
        raise AssertionError("a snapshot needs no stream")

    async def close(self) -> None:
        pass


class CannedWires:
    """A device that has the transports given and no other."""

    def __init__(
        self,
        *,
        eapi: CannedEapi | None = None,
        redfish: CannedHttp | None = None,
        snmp: CannedSnmp | None = None,
        gnmi: CannedGnmi | None = None,
    ) -> None:
        self._wires: dict[str, Any] = {"eapi": eapi, "redfish": redfish, "snmp": snmp, "gnmi": gnmi}
        self.transcript = Transcript()
        self.opened: list[str] = []

    def has(self, transport: Literal["ssh", "snmp", "gnmi", "redfish", "eapi", "nvue"]) -> bool:
        return self._wires.get(transport) is not None

    def _open(self, transport: str) -> Any:
        self.opened.append(transport)
        assert self._wires[transport] is not None, f"this device has no {transport}"
        return self._wires[transport]

    async def shell(self) -> Shell:
        self._none()

    async def snmp(self) -> SnmpExchange:
        found: SnmpExchange = self._open("snmp")
        return found

    async def redfish(self) -> HttpExchange:
        found: HttpExchange = self._open("redfish")
        return found

    async def eapi(self) -> HttpExchange:
        found: HttpExchange = self._open("eapi")
        return found

    async def gnmi(self) -> GnmiExchange:
        found: GnmiExchange = self._open("gnmi")
        return found

    async def close(self) -> None:
        pass

    def _none(self) -> NoReturn:
        raise AssertionError("this device has no shell")


def wired(platform: str, name: str) -> Device:
    """A device of the inventory; its drivers get their transports from `CannedWires`."""
    return Device.model_validate({"name": name, "role": "any", "platform": platform, "address": "192.0.2.1"})
