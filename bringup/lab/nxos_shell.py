"""An NX-OS command line: one session of it, with its modes, pipes and complaints.

Like the real one it ends with status 0 whatever it says, goes on behind a command that it does not know, and
takes back nothing by itself: a checkpoint and a rollback are all that there is. Sources: NX-OS command
reference, "Configuring Rollback"; recorded sessions.
"""

from __future__ import annotations

import datetime
import json
import re
from typing import Any

import msgspec

from bringup.lab.breakout import WHOLE, mode_of
from bringup.lab.config_state import Snapshot
from bringup.lab.configuration import MANAGEMENT_DOWN, restore, snapshot
from bringup.lab.nxos_show import NxosShow
from bringup.lab.nxos_text import NO_NEIGHBOR, NxosText
from bringup.lab.port_change import (
    CageChange,
    Change,
    PortChange,
    SettingChange,
    changed,
    mtu_of,
    reed_solomon,
    speed_of,
)
from bringup.lab.shell import Reply
from bringup.lab.state import Device, Port
from bringup.lab.world import World

FEC = {
    "fec kp-fec": "rs544",
    "fec rs-cons16": "rs528",
    "fec rs-ieee": "rs528",
    "fec fc-fec": "fc",
    "fec off": "none",
}
BY_SPEED = ("fec rs-fec", "fec auto", "no fec")
"""Reed-Solomon, whichever the speed of a lane wants."""
MANAGEMENT = "mgmt0"
WELCOME = "Enter configuration commands, one per line. End with CNTL/Z.\n"
NO_CHECKPOINT = "ERROR: Checkpoint {name} does not exist\n"
QUIET = re.compile(r"terminal (length|width|session-timeout) \d+|terminal (dont-ask|no monitor)")
_SHOW = re.compile(r"sh(?:o|ow)? ")
_INTERFACE = re.compile(r"int(?:erface)? (eth(?:ernet)?|mgmt) ?([\d/]+)", re.IGNORECASE)
_BREAKOUT = re.compile(
    r"(?P<no>no )?interface breakout module (?P<module>\d+) port (?P<port>\d+)"
    r" map (?P<gbps>\d+)g-(?P<ways>\d)x"
)
_CHECKPOINT = re.compile(r"(?P<no>no )?checkpoint (?P<name>[A-Za-z][A-Za-z0-9_-]{0,79})")
_ROLLBACK = re.compile(
    r"rollback running-config checkpoint (?P<name>\S+)( (?P<how>atomic|best-effort|stop-at-first-failure))?"
)
_ONE_PORT = re.compile(r"show interface (?P<port>eth(?:ernet)? ?[\d/]+)(?P<what>( [a-z]+)*)", re.IGNORECASE)


class NxosShell:
    """One session. A terminal is shown where a mistake is; a command that is given at once is repeated."""

    def __init__(self, world: World, device: str, *, terminal: bool = False) -> None:
        self._world = world
        self._name = device
        self._terminal = terminal
        self._show = NxosShow(world, device)
        self._text = NxosText(world, device)
        self._mode = "exec"
        self._port = ""

    @property
    def prompt(self) -> str:
        mode = {"exec": "", "config": "(config)", "if": "(config-if)"}[self._mode]
        return f"{self._device.hostname}{mode}# "

    @property
    def _device(self) -> Device:
        return self._world.device(self._name)

    def leaves(self, command: str) -> bool:
        """Whether a line ends the session."""
        return command in ("exit", "logout", "quit") and self._mode == "exec"

    def run(self, command: str) -> Reply:
        """What is typed: commands with ` ; ` between them, each run whatever came of the one before."""
        return Reply("".join(self._line(line) for part in command.split(";") if (line := part.strip())))

    def _line(self, typed: str) -> str:
        words, *pipes = (" ".join(part.split()) for part in typed.split("|"))
        said = self._shown(words, pipes) if _SHOW.match(words) else self._done(words)
        if said is None:
            return self._no_such(typed)
        for pipe in pipes:
            kind, _, wanted = pipe.partition(" ")
            if kind in ("include", "inc", "i", "exclude"):
                keep = kind != "exclude"
                lines = [line for line in said.splitlines() if (wanted.strip('"') in line) is keep]
                said = "".join(f"{line}\n" for line in lines)
        return said

    def _no_such(self, typed: str) -> str:
        if not self._terminal:
            return f"Syntax error while parsing '{typed}'\n\n"
        return f"{' ' * len(self.prompt)}^\n% Invalid command at '^' marker.\n"

    # show

    def _shown(self, words: str, pipes: list[str]) -> str | None:
        words = _SHOW.sub("show ", words)
        words = re.sub(r" (?:neighbor|nei)(?= |$)", " neighbors", words)
        if any(pipe.startswith("json") for pipe in pipes):
            found = self._one_port_json(words) or self._show.answer(words)
            if found == {}:
                return NO_NEIGHBOR if "lldp" in words else ""
            pretty = 4 if "json-pretty" in pipes else None
            return None if found is None else json.dumps(found, indent=pretty) + "\n"
        if words == "show checkpoint summary":
            return self._checkpoints()
        if words.startswith("show running-config"):
            return self._running(words.removeprefix("show running-config").strip())
        return self._one_port_text(words) or self._text.answer(words)

    def _asked_port(self, words: str) -> tuple[Port, str] | None:
        match = _ONE_PORT.fullmatch(words)
        name = "" if match is None else self._long(match["port"])
        port = next((each for each in self._world.ports(self._name) if each.name == name), None)
        return None if port is None or match is None else (port, match["what"].strip())

    def _one_port_json(self, words: str) -> dict[str, Any] | None:
        found = self._asked_port(words)
        if found is None:
            return None
        port, what = found
        if not what:
            return self._show.interfaces([port])
        known = ("transceiver", "transceiver details")
        return self._show.transceivers([port], details=what == known[1]) if what in known else None

    def _one_port_text(self, words: str) -> str | None:
        found = self._asked_port(words)
        if found is None:
            return None
        port, what = found
        if not what:
            return self._text.interfaces([port])
        return self._text.transceivers([port]) if what == "transceiver details" else None

    def _long(self, name: str) -> str:
        return "Ethernet" + re.sub(r"^eth(?:ernet)? ?", "", name, flags=re.IGNORECASE)

    def _running(self, what: str) -> str | None:
        wanted = self._long(what.removeprefix("interface ")) if what else None
        lines = [] if wanted else [f"hostname {self._device.hostname}"]
        for port in self._world.ports(self._name):
            if wanted in (None, port.name):
                state = "no shutdown" if port.admin_up else "shutdown"
                fec = next(line for line, mode in FEC.items() if mode == port.fec_mode)
                lines += ["", f"interface {port.name}", f"  mtu {port.mtu}", f"  {fec}", f"  {state}"]
        return "\n".join(lines) + "\n" if lines else None

    # change

    def _done(self, words: str) -> str | None:
        """What a command that changes something says; None for one that there is not here."""
        if QUIET.fullmatch(words):
            return ""
        if words in ("end", "exit"):
            self._mode = "config" if (words, self._mode) == ("exit", "if") else "exec"
            return ""
        if words in ("configure", "configure terminal", "conf t", "config t"):
            self._mode = "config"
            return WELCOME if self._terminal else ""
        if self._mode != "exec":
            return self._configured(words)
        if words in ("copy running-config startup-config", "copy run start"):
            return "[########################################] 100%\nCopy complete, now saving to disk.\n"
        if (match := _CHECKPOINT.fullmatch(words)) is not None:
            return self._checkpoint(match["name"], remove=match["no"] is not None)
        if (match := _ROLLBACK.fullmatch(words)) is not None:
            return self._roll_back(match["name"])
        return None

    def _configured(self, words: str) -> str | None:
        if (match := _BREAKOUT.fullmatch(words)) is not None:
            return self._broken_out(match)
        match = _INTERFACE.fullmatch(words)
        if match is not None:
            name = MANAGEMENT if match[1].lower() == "mgmt" else self._long(match[2])
            if name not in {MANAGEMENT, *(port.name for port in self._world.ports(self._name))}:
                return "Invalid interface format\n" if not self._terminal else None
            self._mode, self._port = "if", name
            return ""
        change = self._of_port(words) if self._mode == "if" else None
        if change is None:
            return "" if words.startswith("description ") and self._mode == "if" else None
        self._make(changed(snapshot(self._device), [change]))
        return ""

    def _broken_out(self, match: re.Match[str]) -> str:
        whole = f"Ethernet{match['module']}/{match['port']}"
        cage = next((cage for cage in self._device.cages if cage.whole == whole), None)
        mode = mode_of(int(match["ways"]), float(match["gbps"]))
        if cage is None or mode is None:
            return "ERROR: This breakout is not supported on this port\n"
        change = CageChange(cage.name, WHOLE if match["no"] else mode)
        self._make(changed(snapshot(self._device), [change]))
        return ""

    def _of_port(self, words: str) -> Change | None:
        if words in ("shutdown", "no shutdown"):
            up = words == "no shutdown"
            if self._port == MANAGEMENT:
                return SettingChange(MANAGEMENT_DOWN, None if up else "mgmt0")
            return PortChange(self._port, "admin_up", up)
        if words in (*FEC, *BY_SPEED) and self._port != MANAGEMENT:
            port = self._world.port(f"{self._name}/{self._port}")
            return PortChange(self._port, "fec_mode", FEC.get(words) or reed_solomon(port))
        verb, _, amount = words.partition(" ")
        mtu, speed = mtu_of(amount), speed_of(amount)
        if verb == "mtu" and mtu is not None and self._port != MANAGEMENT:
            return PortChange(self._port, "mtu", mtu)
        if verb == "speed" and speed is not None and self._port != MANAGEMENT:
            return PortChange(self._port, "speed_gbps", speed)
        return None

    def _make(self, after: Snapshot) -> None:
        with self._world.changing():
            restore(self._device, after)

    # checkpoints

    def _checkpoint(self, name: str, *, remove: bool) -> str:
        held = self._device.configuration.checkpoints
        if remove:
            return "Done\n" if held.pop(name, None) is not None else NO_CHECKPOINT.format(name=name)
        if name in held:
            return f"ERROR: Checkpoint {name} exists already\n"
        with self._world.changing():
            held[name] = msgspec.structs.replace(snapshot(self._device), at=self._world.plant.at)
        return "..........Done\n"

    def _roll_back(self, name: str) -> str:
        held = self._device.configuration.checkpoints.get(name)
        if held is None:
            return NO_CHECKPOINT.format(name=name) + "Rollback Failed\n"
        self._make(held)
        return (
            "Collecting Running-Config\nGenerating Rollback patch for switch profile\n"
            "Executing Rollback Patch\nRollback completed successfully.\n\n"
        )

    def _checkpoints(self) -> str:
        said = "User Checkpoint Summary\n" + "-" * 80 + "\n"
        for at, (name, held) in enumerate(self._device.configuration.checkpoints.items(), 1):
            wall = self._world.wall_of(self._name, held.at or 0.0)
            made = datetime.datetime.fromtimestamp(wall, datetime.UTC)
            said += (
                f"{at}) {name}:\nCreated by {self._device.access.user}\n"
                f"Created at {made:%a, %H:%M:%S %d %b %Y}\nSize is 26,154 bytes\nDescription: None\n\n"
            )
        return said
