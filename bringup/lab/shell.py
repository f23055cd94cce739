"""A command line as a device has one: text in, what a terminal or an exec channel would show out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, Protocol, runtime_checkable

from bringup.lab.state import Port
from bringup.lab.world import World

NOT_FOUND = 127
HEADER_PADDING = 2
"""tabulate gives each header this much more room than it needs."""


class Reply(NamedTuple):
    """What a command leaves behind, and the world seconds that it takes; `data` is written behind `out`."""

    out: str
    err: str = ""
    status: int = 0
    takes_s: float = 0.0
    data: bytes = b""


class Shell(Protocol):
    """The command line of one device."""

    @property
    def prompt(self) -> str: ...

    def run(self, command: str) -> Reply: ...


@runtime_checkable
class ModalShell(Shell, Protocol):
    """A command line with modes: a session has one of its own, and says itself which line ends it."""

    def leaves(self, command: str) -> bool: ...


class Sessions(Protocol):
    """Makes the command line of a new session; on a `terminal` somebody types."""

    def __call__(self, *, terminal: bool) -> Shell: ...


Handler = Callable[..., Reply]
"""Takes the named groups of its pattern."""


class Commands:
    """Patterns of whole command lines, tried in order; the first that matches answers."""

    def __init__(self, handlers: dict[str, Handler]) -> None:
        self._handlers = [(re.compile(pattern), handler) for pattern, handler in handlers.items()]

    def run(self, command: str) -> Reply:
        line = " ".join(command.split())
        for pattern, handler in self._handlers:
            found = pattern.fullmatch(line)
            if found is not None:
                return handler(**found.groupdict())
        return not_found(line)


def not_found(line: str) -> Reply:
    """What bash says over a non-interactive channel."""
    word = line.split(" ", 1)[0] if line else ""
    return Reply("", f"bash: line 1: {word}: command not found\n" if word else "", NOT_FOUND if word else 0)


def table(header: list[str], rows: list[list[str]], align: str = ">", indent: str = "") -> str:
    """A table as Python's tabulate prints its `simple` format. `align`: < or > for all columns, or each."""
    aligns = align if len(align) == len(header) else align[0] * len(header)
    widths = [
        max(len(name) + HEADER_PADDING, *(len(row[at]) for row in rows), 0) for at, name in enumerate(header)
    ]

    def line(cells: list[str]) -> str:
        padded = (f"{cell:{side}{width}}" for cell, side, width in zip(cells, aligns, widths, strict=True))
        return indent + "  ".join(padded).rstrip() if aligns[-1] == "<" else indent + "  ".join(padded)

    dashes = indent + "  ".join("-" * width for width in widths)
    return "\n".join([line(header), dashes, *(line(row) for row in rows)]) + "\n"


def lldp_json0(world: World, ports: tuple[Port, ...]) -> dict[str, object]:
    """Neighbours in the shape of lldpd's `json0`: every element a list, every text a `value`."""
    interfaces: list[dict[str, object]] = []
    for port in ports:
        for number, seen in enumerate(world.neighbors(port.subject), 1):
            interfaces.append(
                {
                    "name": port.name,
                    "via": "LLDP",
                    "rid": str(number),
                    "age": age(seen.known_for_s),
                    "chassis": [
                        {
                            "id": [{"type": "mac", "value": seen.chassis_id}],
                            "name": [{"value": seen.system_name}],
                            "descr": [{"value": seen.platform}],
                            "capability": [{"type": "Bridge", "enabled": True}],
                        }
                    ],
                    "port": [
                        {
                            "id": [{"type": "ifname", "value": seen.port_id}],
                            "descr": [{"value": seen.port_description}],
                            "ttl": [{"value": str(seen.ttl_s)}],
                        }
                    ],
                }
            )
    return {"lldp": [{"interface": interfaces}] if interfaces else [{}]}


def lldp_json0_interfaces(world: World, ports: tuple[Port, ...]) -> dict[str, object]:
    """Where lldpd listens, in the same shape: every port that is switched on."""
    entries = [
        {
            "name": port.name,
            "status": [{"value": "RX and TX"}],
            "port": [{"id": [{"type": "mac", "value": port.mac}], "descr": [{"value": port.name}]}],
            "ttl": [{"ttl": "120"}],
        }
        for port in ports
        if port.admin_up
    ]
    return {"lldp": [{"interface": entries}] if entries else [{}]}


def age(seconds: float) -> str:
    """`0 day, 00:02:35`."""
    whole = max(0, int(seconds))
    return f"{whole // 86400} day, {whole % 86400 // 3600:02d}:{whole % 3600 // 60:02d}:{whole % 60:02d}"


def proc_uptime(seconds: float) -> str:
    return f"{seconds:.2f} {seconds * 1.9:.2f}\n"
