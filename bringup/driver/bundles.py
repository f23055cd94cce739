"""Link aggregations of switches, as their command lines tell them: members, and which carry traffic.

Sources: EOS `show port-channel` as JSON (activePorts, inactivePorts); SONiC `show interfaces portchannel`,
where `(S)` behind a port means selected.
"""

from __future__ import annotations

import re

from bringup.decode.json_field import object_in
from bringup.decode.result import Damaged, json_of
from bringup.driver import eapi
from bringup.model.errors import NoData, Unparsable
from bringup.model.facts import Bundle
from bringup.transport.base import HttpExchange, Shell

EOS, SONIC = "show port-channel", "show interfaces portchannel"
LONGEST = 256 * 1024
"""Bytes of a table; a switch has some hundreds of ports."""
_HEADER = re.compile(r"^[ \t]*No\.[ \t]+Team Dev[ \t]+Protocol[ \t]+Ports[ \t\r]*$", re.MULTILINE)
_ROW = re.compile(r"[ \t]*\S{1,8}[ \t]+(PortChannel\S{1,40})[ \t]+(\S{1,40})(?:[ \t]+(.*))?")
_MEMBER = re.compile(r"([^\s()]{1,40})\(([SD*]{1,3})\)")


async def of_eos(switch: HttpExchange, *, device: str) -> tuple[Bundle, ...]:
    """Raises `Unparsable` for an answer that is none."""
    (reply,) = await eapi.run(switch, (EOS,), device=device)
    try:
        held = json_of(reply)
        if not isinstance(held, dict) or "portChannels" not in held:
            raise Damaged("it has no portChannels")
        channels = object_in(held, "portChannels")
        found = []
        for name in channels:
            channel = object_in(channels, name)
            if "activePorts" not in channel:
                raise Damaged(f"{name[:40]!r} tells no active ports")
            active = tuple(object_in(channel, "activePorts"))
            found.append(
                Bundle(name=name, members=(*active, *object_in(channel, "inactivePorts")), active=active)
            )
    except Damaged as damaged:
        raise Unparsable(f"{device}: `{EOS}` can't be read: {damaged}") from None
    return tuple(found)


async def of_sonic(shell: Shell, *, device: str) -> tuple[Bundle, ...]:
    """Raises `NoData` for a switch without the command, `Unparsable` for what is no such table."""
    said = await shell.run(SONIC)
    if len(said.stdout) > LONGEST:
        raise Unparsable(f"{device}: `{SONIC}` can't be read: it is too long")
    text = said.stdout.decode("utf-8", errors="replace")
    if said.exit_status != 0:
        raise NoData(f"{device}: `{SONIC}` ended with status {said.exit_status}")
    header = _HEADER.search(text)
    if header is None or not text.endswith("\n"):
        raise Unparsable(f"{device}: `{SONIC}` can't be read: it is no whole table")
    found = []
    for line in text[header.end() :].splitlines():
        if not line.strip() or set(line) <= set("- "):
            continue
        row = _ROW.fullmatch(line)
        if row is None:
            raise Unparsable(f"{device}: `{SONIC}` can't be read: {line[:60]!a} is no row")
        members = _MEMBER.findall(row[3] or "")
        if _MEMBER.sub("", row[3] or "").strip():
            raise Unparsable(f"{device}: `{SONIC}` can't be read: {row[3][:60]!a} are no ports")
        found.append(
            Bundle(
                name=row[1],
                members=tuple(port for port, _ in members),
                active=tuple(port for port, flags in members if "S" in flags),
            )
        )
    return tuple(found)
