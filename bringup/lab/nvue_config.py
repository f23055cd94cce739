"""NVUE's configuration: revisions that are staged, applied, confirmed or taken back by the switch.

A revision gathers `set` and `unset` lines over a parent, which is what is applied at that time. One that is
applied with a time to confirm waits; nobody confirms it: its parent is in force again. Sources: NVUE
reference, "Config and Action Commands" and "NVUE API".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bringup.lab.breakout import mode_of
from bringup.lab.config_state import Revision, Snapshot
from bringup.lab.configuration import MANAGEMENT_DOWN, restore, revert_revision, snapshot
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
from bringup.lab.state import Device, Port
from bringup.lab.world import World

Json = dict[str, Any]
MANAGEMENT = "eth0"
DEFAULT_CONFIRM_S = 600.0
DEFAULT_MTU = 9216
ROOTS = ("acl", "bridge", "evpn", "interface", "maintenance", "mlag", "nve", "platform", "qos", "router",
         "service", "system", "vrf")  # fmt: skip
_TIME = re.compile(r"([0-9]{1,6})([smh]?)")
_RANGE = re.compile(r"([a-z]+)([0-9]+)-([0-9]+)")
_UNIT_S = {"s": 1.0, "m": 60.0, "": 60.0, "h": 3600.0}


class NvueRefusedError(Exception):
    """NVUE would not; the text is its complaint."""


class NvueConfig:
    """The revisions of one switch."""

    def __init__(self, world: World, device: str) -> None:
        self._world = world
        self._name = device

    @property
    def _switch(self) -> Device:
        return self._world.device(self._name)

    @property
    def revisions(self) -> dict[str, Revision]:
        """By number, oldest first; the first is what the switch came with."""
        held = self._switch.configuration.revisions
        if not held:
            after, at = snapshot(self._switch), self._world.plant.at
            held["1"] = Revision(parent="empty", user="root", at=at, state="applied", after=after)
        self._world.now()
        return held

    @property
    def applied(self) -> str:
        """The number of the revision that is in force: one that waits to be confirmed is, too."""
        states = {number: each.state for number, each in self.revisions.items()}
        waiting = [number for number, state in states.items() if state == "confirm"]
        return waiting[0] if waiting else next(number for number in states if states[number] == "applied")

    def revision(self, number: str) -> Revision:
        """Raises: NvueRefusedError."""
        named = self.applied if number in ("applied", "startup") else number
        found = self.revisions.get(self._switch.configuration.attached or "" if named == "pending" else named)
        if found is None:
            raise NvueRefusedError(f"Unknown revision: {number}")
        return found

    def create(self, user: str) -> str:
        """A new revision over what is applied."""
        number = str(max(int(each) for each in self.revisions) + 1)
        with self._world.changing():
            self.revisions[number] = Revision(parent=self.applied, user=user, at=self._world.plant.at)
        return number

    def attach(self) -> str:
        """A new revision, which the lines that follow are for."""
        number = self.create(self._switch.access.user)
        self._switch.configuration.attached = number
        return number

    def detach(self) -> None:
        self._switch.configuration.attached = None

    def delete(self, number: str) -> None:
        """Forget a revision that is pending. Raises: NvueRefusedError."""
        if self.revision(number).state != "pending":
            raise NvueRefusedError(f"Revision {number} can't be deleted")
        with self._world.changing():
            self.revisions.pop(number)
        if self._switch.configuration.attached == number:
            self.detach()

    def stage(self, number: str, words: Sequence[str]) -> None:
        """Add a line, `set …` or `unset …`. Raises: NvueRefusedError for one that is none."""
        revision = self.revision(number)
        if revision.state != "pending":
            raise NvueRefusedError(f"Revision {number} is {revision.state}: it can't be changed")
        self.changes_of(words)
        revision.changes.append(list(words))

    def content(self, number: str) -> Snapshot:
        """What a revision makes of the switch."""
        revision = self.revision(number)
        if revision is self.revisions[self.applied]:
            return snapshot(self._switch)
        if revision.after is not None:
            return revision.after
        changes = [change for words in revision.changes for change in self.changes_of(words)]
        return changed(snapshot(self._switch), changes)

    def apply(self, number: str, confirm_s: float | None = None) -> None:
        """Put a revision in force, for good or until it is confirmed. Raises: NvueRefusedError."""
        revision, before = self.revision(number), self.applied
        current = self.revisions[before]
        if current.state == "confirm" and revision is not current:
            raise NvueRefusedError(f"Revision {before} waits to be confirmed")
        after = self.content(number)
        with self._world.changing():
            current.after = snapshot(self._switch)
            current.state = "inactive"
            revision.parent = before if revision is not current else revision.parent
            revision.state = "applied" if confirm_s is None else "confirm"
            revision.due_at = None if confirm_s is None else self._world.plant.at + confirm_s
            revision.after = after
            restore(self._switch, after)
        self.detach()

    def confirm(self, keep: bool) -> str:
        """Keep the revision that waits, or go back. Raises: NvueRefusedError where none waits."""
        number = self.applied
        revision = self.revisions[number]
        if revision.state != "confirm":
            raise NvueRefusedError("No configuration is waiting to be confirmed")
        with self._world.changing():
            if keep:
                revision.state, revision.due_at = "applied", None
            else:
                revert_revision(self._switch, revision)
        return number

    def told(self, number: str) -> Json:
        """A revision as NVUE tells it."""
        revision = self.revision(number)
        left_s = None if revision.due_at is None else revision.due_at - self._world.plant.at
        return {
            "additional-data": {"parent-revision-id": revision.parent},
            "state": revision.state,
            "state-controls": {} if left_s is None else {"confirm-status": f"{left_s:.0f}"},
            "transition": {"issue": {}, "progress": ""},
        }

    # lines

    def changes_of(self, words: Sequence[str]) -> list[Change]:
        """What a line changes. Raises: NvueRefusedError for a line that is none."""
        if len(words) < 3 or words[0] not in ("set", "unset"):
            raise NvueRefusedError("Incomplete command")
        unset, path = words[0] == "unset", list(words[1:])
        if path[0] not in ROOTS:
            raise NvueRefusedError(f"'{path[0]}' is not one of {list(ROOTS)}")
        if path[0] != "interface":
            held = None if unset or len(path) < 3 else path[-1]
            return [SettingChange(" ".join(path if unset else path[:-1]), held)]
        return [self._of_interface(name, path[2:], unset) for name in self._named(path[1])]

    def _named(self, given: str) -> list[str]:
        cages = {name for cage in self._switch.cages for name in (cage.whole, *cage.ports) if name}
        known = {MANAGEMENT, "lo", *(port.name for port in self._switch.listed_ports), *cages}
        names: list[str] = []
        for part in given.split(","):
            match = _RANGE.fullmatch(part)
            last = min(int(match[3]), 1024) if match else 0
            names += [f"{match[1]}{at}" for at in range(int(match[2]), last + 1)] if match else [part]
        unknown = [name for name in names if name not in known]
        if unknown or not names:
            raise NvueRefusedError(f"'{given[:40]}' is no interface of this switch")
        return names

    def _of_interface(self, name: str, path: list[str], unset: bool) -> Change:
        if path[:1] in (["description"], ["ip"], ["type"], ["router"]):
            return SettingChange(f"interface {name} {path[0]}", None if unset else " ".join(path[1:]))
        if unset and not path:
            return SettingChange(f"interface {name}", None)
        if path[:2] == ["link", "breakout"] and len(path) == (2 if unset else 3):
            return self._of_cage(name, "1x" if unset else path[2])
        if path[:1] != ["link"] or len(path) != (2 if unset else 3):
            raise NvueRefusedError(f"'{' '.join(path)[:60]}' is nothing that an interface has")
        key, told = path[1], None if unset else path[2]
        if name == MANAGEMENT:
            if key != "state":
                raise NvueRefusedError(f"'{key}' of {name} can't be set")
            return SettingChange(MANAGEMENT_DOWN, MANAGEMENT if told == "down" else None)
        if name == "lo":
            raise NvueRefusedError("'link' of lo can't be set")
        return self._of_link(self._world.port(f"{self._name}/{name}"), key, told)

    def _of_cage(self, name: str, told: str) -> Change:
        cage = next((cage for cage in self._switch.cages if cage.whole == name), None)
        mode = mode_of(int(told[:-1])) if re.fullmatch(r"[1-8]x", told) else None
        if cage is None or mode is None:
            raise NvueRefusedError(f"'{told[:20]}' is no breakout of {name}")
        return CageChange(cage.name, mode)

    def _of_link(self, port: Port, key: str, told: str | None) -> Change:
        """`told` None: as it is by default."""
        rs = reed_solomon(port)
        fec = {"rs": rs, "baser": "fc", "off": "none", "auto": rs}
        if key == "state" and told in ("up", "down", None):
            return PortChange(port.name, "admin_up", told != "down")
        if key == "mtu" and (mtu := mtu_of(told or str(DEFAULT_MTU))) is not None:
            return PortChange(port.name, "mtu", mtu)
        if key == "fec" and (told or "auto") in fec:
            return PortChange(port.name, "fec_mode", fec[told or "auto"])
        if key == "speed" and told not in ("auto", None) and (gbps := speed_of(told or "")) is not None:
            return PortChange(port.name, "speed_gbps", gbps)
        if key in ("speed", "auto-negotiate") and told in ("auto", "on", "off", None):
            return SettingChange(f"interface {port.name} link {key}", told)
        raise NvueRefusedError(f"'{told}' is no value of link {key}")


def confirm_s_of(text: str) -> float:
    """Seconds of `300s`, `5m`, `1h` or `5`, which are minutes. Raises: NvueRefusedError."""
    match = _TIME.fullmatch(text)
    if match is None or int(match[1]) == 0:
        raise NvueRefusedError(f"'{text[:20]}' is no time")
    return int(match[1]) * _UNIT_S[match[2]]


def lines_of(path: Sequence[str], body: object, *, unset: bool = False) -> list[list[str]]:
    """Lines that say what a tree says: a leaf is a value, or a key with nothing below it; null unsets."""
    if body is None or unset:
        return [["unset", *path]]
    if not isinstance(body, dict):
        return [["set", *path, str(body)]]
    if not body:
        return [["set", *path]]
    return [line for key, held in body.items() for line in lines_of([*path, str(key)], held)]
