"""Junos's configuration: candidates, commits, and one that waits for a second commit.

The candidate of `configure` is everybody's and stays until it is committed; that of `configure exclusive` and
`private` is one session's own, and goes with it. A commit that is to be confirmed is taken back at the end of
its minutes, by root, unless there is another commit before. A port that is not there can be configured all
the same. Source: Junos documentation, "Commit the Configuration".
"""

from __future__ import annotations

import re
import shlex

from bringup.lab.breakout import WHOLE, mode_of
from bringup.lab.config_state import Commit, Snapshot
from bringup.lab.configuration import MANAGEMENT_DOWN, restore, snapshot
from bringup.lab.port_change import CageChange, Change, PortChange, SettingChange, changed, mtu_of, speed_of
from bringup.lab.state import Device
from bringup.lab.world import World

FEC = {"fec119": "rs544", "fec91": "rs528", "fec74": "fc", "none": "none"}
MANAGEMENT = ("re0:mgmt-0", "em0", "fxp0")
DEFAULT_MTU = 9216
DEFAULT_MINUTES = 10
KEPT = 50
"""How many commits the switch remembers."""
_COMMIT = re.compile(
    r"commit(?P<check> check)?(?: (?P<confirmed>confirmed)(?: (?P<minutes>\d{1,5}))?)?"
    r"(?: comment (?P<log>\"[^\"]*\"|\S+))?(?P<quit> and-quit)?"
)
_CHASSIS_SPEED = re.compile(r"chassis fpc (\d+) pic (\d+) port (\d+) speed (\S+)")
_SUB_PORTS = re.compile(r"chassis fpc (\d+) pic (\d+) port (\d+) number-of-sub-ports(?: (\d))?")
_CONFIRMED = "commit confirmed will be automatically rolled back in {} minutes unless confirmed\n"


class JunosRefusedError(Exception):
    """A line that Junos refuses; the text is its complaint."""


class JunosConfig:
    """The candidate configuration of one session, and the commits of the switch."""

    def __init__(self, world: World, device: str) -> None:
        self._world = world
        self._name = device
        self._shared = False
        self._lines: list[str] = []
        self._changes: list[Change] = []
        self._loaded: Snapshot | None = None

    @property
    def _switch(self) -> Device:
        return self._world.device(self._name)

    @property
    def commits(self) -> list[Commit]:
        """Newest first; the last is what the switch came with."""
        held = self._switch.configuration.commits
        if not held:
            held.append(Commit(at=self._world.plant.at, after=snapshot(self._switch), user="root"))
        return held

    @property
    def touched(self) -> bool:
        return bool(self._changes) or self._loaded is not None

    def enter(self, *, shared: bool) -> None:
        """Begin with what others have left, where the candidate is everybody's."""
        self._shared = shared
        self._lines, self._changes, self._loaded = [], [], None
        for line in self._switch.configuration.candidate if shared else ():
            self._take(line)

    @property
    def left_over(self) -> bool:
        """Whether somebody's changes wait to be committed."""
        return bool(self._switch.configuration.candidate)

    def discard(self) -> None:
        self._lines, self._changes, self._loaded = [], [], None
        self._remember()

    def _remember(self) -> None:
        if self._shared:
            self._switch.configuration.candidate = list(self._lines)

    def compare(self) -> str:
        """What the candidate adds and takes away, line by line."""
        return "".join(f"{'-' if line.startswith('delete') else '+'}   {line}\n" for line in self._lines)

    def line(self, text: str) -> None:
        """`set …` or `delete …`. Raises: JunosRefusedError."""
        self._take(text)
        self._remember()

    def _take(self, text: str) -> None:
        if text.startswith("rollback "):
            self._load(int(text.removeprefix("rollback ")))
            return
        try:
            verb, *path = shlex.split(text)
        except ValueError:
            raise JunosRefusedError("syntax error: unterminated quote") from None
        self._changes += self._changes_of(path, delete=verb == "delete")
        self._lines.append(text)

    def load(self, number: int) -> None:
        """`rollback N`. Raises: JunosRefusedError."""
        if number >= len(self.commits):
            raise JunosRefusedError(f"rollback {number}: no such file or directory")
        self._load(number)
        self._remember()

    def _load(self, number: int) -> None:
        self._changes, self._loaded = [], self.commits[number].after if number else None
        self._lines = [f"rollback {number}"] if number else []

    def commit(self, text: str) -> tuple[str, bool]:
        """(what it says, whether the session leaves the mode). Raises: JunosRefusedError."""
        match = _COMMIT.fullmatch(text)
        if match is None:
            raise JunosRefusedError(f"syntax error: {text.removeprefix('commit').strip()[:60]}")
        minutes = int(match["minutes"] or DEFAULT_MINUTES) if match["confirmed"] else None
        if minutes is not None and not 1 <= minutes <= 65_535:
            raise JunosRefusedError(f"Value {minutes} is not within range (1..65535)")
        if match["check"]:
            return "configuration check succeeds\n", False
        self._put(minutes, (match["log"] or "").strip('"'))
        said = "" if minutes is None else _CONFIRMED.format(minutes)
        return said + "commit complete\n", match["quit"] is not None

    def _put(self, minutes: int | None, log: str) -> None:
        commits, now = self.commits, self._world.now()
        waits = commits[0].due_at is not None
        if not waits:
            commits[0].after = snapshot(self._switch)
        after = changed(self._loaded or snapshot(self._switch), self._changes)
        with self._world.changing():
            commits[0].due_at = None
            due = None if minutes is None else now + minutes * 60.0
            made = Commit(
                at=now, after=after, user=self._switch.access.user, log=log,
                confirm_minutes=minutes, due_at=due,
            )  # fmt: skip
            commits.insert(0, made)
            del commits[KEPT:]
            restore(self._switch, after)
        self.discard()

    # lines

    def _changes_of(self, path: list[str], *, delete: bool) -> list[Change]:
        words = " ".join(path)
        if (match := _SUB_PORTS.fullmatch(words)) is not None and (match[4] or delete):
            whole = f"et-{match[1]}/{match[2]}/{match[3]}"
            cage = next((cage for cage in self._switch.cages if cage.whole == whole), None)
            mode = WHOLE if delete else mode_of(int(match[4]))
            if cage is None or mode is None:
                raise JunosRefusedError(f"port {match[3]}: this number of sub-ports is not supported")
            return [CageChange(cage.name, mode)]
        if not delete and (match := _CHASSIS_SPEED.fullmatch(words)) is not None:
            name, speed = f"et-{match[1]}/{match[2]}/{match[3]}", speed_of(match[4])
            if speed is None:
                raise JunosRefusedError(f"syntax error: {match[4]}")
            if name in {port.name for port in self._switch.listed_ports}:
                return [PortChange(name, "speed_gbps", speed)]
        if path[:1] != ["interfaces"] or len(path) < 3:
            if (
                path[:1] not in (["system"], ["snmp"], ["protocols"], ["chassis"], ["firewall"])
                or not path[1:]
            ):
                raise JunosRefusedError(f"syntax error: {path[0] if path else 'missing argument'}")
            key = words if delete else " ".join(path[:-1])
            return [SettingChange(key, None if delete else path[-1])]
        name, what = path[1], path[2:]
        if name in MANAGEMENT and what == ["disable"]:
            return [SettingChange(MANAGEMENT_DOWN, None if delete else name)]
        if name in {port.name for port in self._switch.listed_ports}:
            change = self._of_port(name, what, delete=delete)
            if change is not None:
                return [change]
        if what[0] not in (
            "description",
            "unit",
            "disable",
            "mtu",
            "speed",
            "gigether-options",
            "ether-options",
        ):
            raise JunosRefusedError(f"syntax error: {what[0]}")
        return [SettingChange(f"interfaces {name} {what[0]}", None if delete else " ".join(what[1:]))]

    def _of_port(self, name: str, what: list[str], *, delete: bool) -> Change | None:
        """A change of what this world knows of a port; None for what it does not."""
        if what == ["disable"]:
            return PortChange(name, "admin_up", delete)
        if what[0] == "mtu":
            mtu = DEFAULT_MTU if delete else mtu_of(what[-1])
            if mtu is None or (len(what) != 2 and not delete):
                raise JunosRefusedError(f"Value {what[-1][:20]} is not within range (256..9500)")
            return PortChange(name, "mtu", mtu)
        if what[0] == "speed" and not delete:
            speed = speed_of(what[-1])
            if speed is None:
                raise JunosRefusedError(f"syntax error: {what[-1][:20]}")
            return PortChange(name, "speed_gbps", speed)
        if what[0] in ("gigether-options", "ether-options") and what[1:2] in (["fec"], []):
            mode = "rs544" if delete else FEC.get(what[-1])
            if mode is None:
                raise JunosRefusedError(f"syntax error: {what[-1][:20]}")
            return PortChange(name, "fec_mode", mode)
        return None
