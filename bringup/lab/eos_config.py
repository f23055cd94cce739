"""EOS configuration sessions and checkpoints: lines that take effect at a commit, and a commit with a timer.

A commit with a timer is taken back when the timer runs out, unless it is confirmed by a second commit; the
session of one that was taken back is gone. Commands and states: EOS user manual, "Configure Session".
"""

from __future__ import annotations

import re
from typing import Any

from bringup.lab.config_state import Session
from bringup.lab.configuration import ACL, CONTROL_PLANE, restore, snapshot
from bringup.lab.state import Device, Port
from bringup.lab.world import World

FEC = {
    "error-correction encoding reed-solomon": "rs544",
    "no error-correction encoding": "none",
    "error-correction encoding fire-code": "fc",
}
LEAST_MTU, MOST_MTU = 68, 9214
"""Of a routed port, in bytes."""
_NAME = r"(?P<name>[A-Za-z0-9_.-]+)"
_TIMER = re.compile(r"commit timer (\d\d):(\d\d):(\d\d)")
_SESSION = re.compile(rf"configure session {_NAME}(?P<verb> commit| abort)?")
_REMOVED = re.compile(rf"no configure session {_NAME}")
_CHECKPOINT = re.compile(rf"configure checkpoint (?P<verb>save|restore) {_NAME}")


class NoSuchLineError(Exception):
    """A line that EOS does not know where it stands; the text is its complaint."""


class EosConfig:
    """What one CLI session does to the configuration of one switch. `command` says whether it was one of its
    own.
    """

    def __init__(self, world: World, device: str) -> None:
        self._world = world
        self._device = device
        self._open: str | None = None

    @property
    def _switch(self) -> Device:
        return self._world.device(self._device)

    def command(self, words: str) -> bool:
        """Run `words`, if it is about sessions and checkpoints, or a line inside an open session.

        Raises:
            NoSuchLineError: EOS refuses it.
        """
        if (found := _SESSION.fullmatch(words)) is not None:
            self._session(found["name"], (found["verb"] or "").strip())
        elif (found := _REMOVED.fullmatch(words)) is not None:
            with self._world.changing():
                self._switch.configuration.sessions.pop(found["name"], None)
        elif (found := _CHECKPOINT.fullmatch(words)) is not None:
            self._checkpoint(found["verb"], found["name"])
        elif self._open is None:
            return False
        else:
            self._inside(self._open, words)
        return True

    def _inside(self, name: str, words: str) -> None:
        session = self._switch.configuration.sessions[name]
        if words in ("end", "exit"):
            self._open = None
        elif words == "abort":
            self._session(name, "abort")
        elif words == "commit":
            self._commit(session, None)
            session.state = "completed"
            self._open = None
        elif (found := _TIMER.fullmatch(words)) is not None:
            hours, minutes, seconds = (int(part) for part in found.groups())
            self._commit(session, hours * 3600.0 + minutes * 60.0 + seconds)
            self._open = None
        else:
            _check(self._switch, [*session.lines, words])
            session.lines.append(words)

    def _session(self, name: str, verb: str) -> None:
        sessions = self._switch.configuration.sessions
        if not verb:
            if name in sessions and sessions[name].state != "pending":
                raise NoSuchLineError(f"Cannot enter session {name} (already committed)")
            sessions.setdefault(name, Session())
            self._open = name
            return
        if name not in sessions:
            raise NoSuchLineError(f"Session {name} does not exist")
        session = sessions[name]
        if verb == "abort":
            with self._world.changing():
                if session.state == "pendingCommitTimer" and session.before is not None:
                    restore(self._switch, session.before)
                del sessions[name]
            self._open = None
        elif session.state == "pendingCommitTimer":
            with self._world.changing():
                session.state, session.due_at = "completed", None
        else:
            self._commit(session, None)
            session.state = "completed"

    def _commit(self, session: Session, timer_s: float | None) -> None:
        with self._world.changing():
            session.before = snapshot(self._switch)
            _apply(self._switch, session.lines)
            if timer_s is not None:
                session.state, session.due_at = "pendingCommitTimer", self._world.plant.at + timer_s

    def _checkpoint(self, verb: str, name: str) -> None:
        held = self._switch.configuration.checkpoints
        with self._world.changing():
            if verb == "save":
                held[name] = snapshot(self._switch)
            elif name not in held:
                raise NoSuchLineError(f"Checkpoint {name} does not exist")
            else:
                restore(self._switch, held[name])

    def sessions(self) -> dict[str, Any]:
        """`show configuration sessions`."""
        found = {
            name: {"state": each.state, "commitUser": "", "description": "", "instances": {}}
            for name, each in self._switch.configuration.sessions.items()
        }
        return {"sessions": found, "maxSavedSessions": 1, "maxOpenSessions": 5}

    def bundles(self) -> dict[str, Any]:
        """`show port-channel`."""
        found = {}
        for name, members in self._switch.configuration.bundles.items():
            ports = {member: self._world.port(f"{self._device}/{member}") for member in members}
            active = {
                member: {"timeBecameActive": port.changed_at} for member, port in ports.items() if port.up
            }
            found[name] = {
                "activePorts": active,
                "inactivePorts": {member: {} for member in members if member not in active},
                "recircFeature": [],
                "minLinks": 0,
                "inactiveLag": False,
            }
        return {"portChannels": found}


def _check(device: Device, lines: list[str]) -> None:
    """Whether the last of `lines` may stand there."""
    _walk(device, lines, dry=True)


def _apply(device: Device, lines: list[str]) -> None:
    _walk(device, lines, dry=False)


def _walk(device: Device, lines: list[str], *, dry: bool) -> None:
    settings = dict(device.configuration.settings) if dry else device.configuration.settings
    port: Port | None = None
    acl: str | None = None
    control = False
    for line in lines:
        if line.startswith("interface "):
            port, acl, control = _port(device, line.removeprefix("interface ")), None, False
        elif (found := re.fullmatch(r"ip access-list (?:standard )?(\S+)", line)) is not None:
            port, acl, control = None, found[1], False
            settings.setdefault(ACL + found[1], "")
        elif line == "system control-plane":
            port, acl, control = None, None, True
        elif acl is not None and re.fullmatch(r"(\d+ )?(permit|deny) \S+.*", line):
            settings[ACL + acl] += line + "\n"
        elif control and (found := re.fullmatch(r"ip access-group (\S+)(?: \S+ \S+)? in", line)) is not None:
            settings[CONTROL_PLANE] = found[1]
        elif port is None or not _of_port(port, line, dry=dry):
            raise NoSuchLineError(f"Invalid input (at token 0: '{line.split(' ')[0]}')")


def _port(device: Device, name: str) -> Port:
    for port in device.ports:
        if port.name == name:
            return port
    raise NoSuchLineError(f"Interface does not exist (at token 1: '{name}')")


def _of_port(port: Port, line: str, *, dry: bool) -> bool:
    """A line of an interface; False for one that is none."""
    if line in ("shutdown", "no shutdown"):
        port.admin_up = port.admin_up if dry else line == "no shutdown"
    elif line in FEC:
        port.fec_mode = port.fec_mode if dry else FEC[line]
    elif (found := re.fullmatch(r"mtu (\d{2,5})", line)) is not None:
        if not LEAST_MTU <= int(found[1]) <= MOST_MTU:
            raise NoSuchLineError(f"Invalid input (at token 1: '{found[1]}')")
        port.mtu = port.mtu if dry else int(found[1])
    else:
        return line.startswith("description ")
    return True
