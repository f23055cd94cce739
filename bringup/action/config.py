"""A change of configuration with a way back that works when the path is cut (field rule 9).

The device itself takes the change back unless it is kept: its own commit timer, or a timed job that is armed
before the first line. It is kept over a new session, so that a change that cuts its own path comes back.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import suppress

from pydantic import Field

from bringup.action.base import Alteration, Outcome, Plain, State
from bringup.action.drops import cage_ports, dropped_port
from bringup.action.feeding import Bindings
from bringup.action.identity import identity_of
from bringup.action.safety import Doubt
from bringup.action.tasks import no_trial_waits
from bringup.check.base import At
from bringup.driver.capability import ConfiguresOnTrial, HasPorts
from bringup.driver.trial import NoTimer
from bringup.model.catalogue import Requires, Spec
from bringup.model.errors import DeviceError, InputError, Refused
from bringup.model.facts import Port, Trial
from bringup.model.inventory import Inventory, Written
from bringup.model.subject import parse_subject

ARMED, UNSAVED = "a change is on trial, and the device will take it back", "a change is in force, not saved"
MARGIN_S = 60.0
"""How much longer than the device's own timer its taking back may take to show."""
WAITS_S = 10.0
"""A route or an access list may take some seconds to be in force: an answer before that proves nothing."""
_MANAGEMENT = re.compile(r"\b(management\d*|mgmt\d*|eth0|ma\d+)\b", re.IGNORECASE)


class ConfigArgs(Written):
    """`revert_after_s`: how long the device waits to be told that the change is kept. `save`: also into what
    it starts with. `console`: the console server and port that lead to it, for a device without a timer.
    """

    lines: tuple[str, ...] = Field(min_length=1, max_length=50)
    revert_after_s: float = Field(default=300.0, ge=60.0, le=3600.0)
    save: bool = False
    console: str | None = None


class ApplyConfig(Plain):
    """Apply lines on trial, and keep them if a new session can be had after that."""

    probe_words = "read whether the change is kept, still on trial, or was taken back by the device"
    final = True
    finishes_after_s = WAITS_S

    def __init__(self) -> None:
        self._name = ""
        self._why: str | None = None
        self._timer = True
        self._ports: dict[str, Port] | None = None
        self._args = ConfigArgs(lines=("none",))
        self._drops: frozenset[str] = frozenset()

    def take(self, args: ConfigArgs) -> None:
        spare_management(args.lines)
        self._args = args
        self.settles_s = args.revert_after_s + MARGIN_S

    def target(self, inventory: Inventory, subject: str) -> str:
        return subject

    def affects(self, inventory: Inventory, subject: str) -> tuple[str, ...]:
        """Every port that a line names, with all others of its cage: a change of speed or lanes drops them
        together.
        """
        found = [
            dropped
            for port in self._named(inventory, subject)
            for each in cage_ports(inventory, port)
            for dropped in dropped_port(inventory, each)
        ]
        return tuple(dict.fromkeys(found))

    def _named(self, inventory: Inventory, device: str) -> Iterator[str]:
        known = {*inventory.ports, *inventory.far_ends}
        for line in self._args.lines:
            for word in line.split():
                if f"{device}/{word}" in known:
                    yield f"{device}/{word}"

    def undo(self, before: State) -> str | None:
        return f"go back to the checkpoint {before.get('trial')}"

    def meanwhile(self, before: State) -> tuple[Alteration, ...]:
        return (self._left(ARMED, before),)

    def alters(self, before: State) -> tuple[Alteration, ...]:
        return () if self._args.save else (self._left(UNSAVED, before),)

    def _left(self, what: str, before: State) -> Alteration:
        name = str(before.get("trial"))
        return Alteration(f"{what} ({name})", self.undo(before) or "", "config.revert", {"name": name})

    async def before(self, at: At, subject: str) -> State:
        """The name of the trial is made once, and known again after a crash from what was intended."""
        if not self._name:
            text = "\n".join(self._args.lines)
            digest = hashlib.sha256(text.encode()).hexdigest()[:8]
            self._name = f"bringup-{digest}-{secrets.token_hex(3)}"
        found = await _trial(at, self.target(at.inventory, subject), self._name)
        console = self._args.console
        return {
            "trial": self._name,
            "trial_state": found,
            "lines": "; ".join(self._args.lines),
            "way_back": "the device's own timer" + (f", else the console {console}" if console else ""),
        }

    def already(self, at: At, before: State) -> bool:
        return False

    async def precautions(self, at: At, subject: str, bindings: Bindings) -> tuple[Doubt, ...]:
        """Raises `Unsafe` where another change waits there."""
        return await no_trial_waits(at, self.target(at.inventory, subject), self._name)

    async def identify(self, at: At, subject: str) -> State:
        return await identity_of(at, self.target(at.inventory, subject))

    async def apply(self, at: At, subject: str) -> None:
        """What is on trial already (an earlier run died here) is not begun again."""
        device = self.target(at.inventory, subject)
        if await _trial(at, device, self._name) != "pending":
            self._ports = await _ports(at, device)
            await self._begin(at, device)

    async def finish(self, at: At, subject: str) -> bool:
        """Keep it over a new session. What cuts a path may take some seconds to do so."""
        if not self._timer:
            return True
        device = self.target(at.inventory, subject)
        try:
            if self._ports is not None and (moved := await self._moved(at, device, self._ports)):
                self._why = f"it changed more than it names: {', '.join(moved)}; it was taken back at once"
                await at.change(device, ConfiguresOnTrial, "config_revert", self._name)
                return True
            if (missed := await self._missed(at, subject)) is not None:
                self._why = f"{missed}; it was taken back at once"
                await at.change(device, ConfiguresOnTrial, "config_revert", self._name)
                return True
            await at.change(device, ConfiguresOnTrial, "config_keep", self._name, self._args.save)
        except DeviceError as error:
            self._why = (
                f"the change was not kept over a new session ({error.message}): the device takes it back by "
                "its own timer"
            )
        return True

    async def _missed(self, at: At, subject: str) -> str | None:
        """In words, what was asked for and is not so, where that can be read."""
        return None

    async def _moved(self, at: At, subject: str, before: dict[str, Port]) -> tuple[str, ...]:
        """Ports that no line names and that are other than before.

        Raises:
            DeviceError: nobody can tell.
        """
        now = await _ports(at, subject) or {}
        named = {
            parse_subject(each).component
            for port in self._named(at.inventory, subject)
            for each in cage_ports(at.inventory, port)
        }
        named |= {word for line in self._args.lines for word in line.split()} | self._drops
        return tuple(name for name in before if name not in named and _worse(before[name], now.get(name)))

    async def _begin(self, at: At, subject: str) -> None:
        """With a way back by the device itself; by its console only where there is no other."""
        try:
            await self._try(at, subject, self._args.revert_after_s)
        except NoTimer:
            if self._args.console is None:
                raise
            self._timer = False
            await self._try(at, subject, 0.0)

    async def _try(self, at: At, subject: str, revert_after_s: float) -> None:
        lines = self._args.lines
        try:
            await at.change(subject, ConfiguresOnTrial, "config_try", self._name, lines, revert_after_s)
        except NoTimer:
            raise
        except Refused:
            # What came before the line that was refused is in force: back at once, not by the timer.
            with suppress(DeviceError):
                await at.change(subject, ConfiguresOnTrial, "config_revert", self._name)
            raise
        except DeviceError as error:
            self._why = f"the answer to the change was lost ({error.message})"

    async def probe(self, at: At, subject: str, before: State) -> Outcome:
        """One that is still on trial is not done: to go on is to keep it, and it is not begun twice."""
        self._name = str(before.get("trial"))
        state = await _trial(at, self.target(at.inventory, subject), self._name)
        if state == "none":
            self._name = ""  # what comes of that name is over: the next is another
        return "done" if state == "kept" else "not_done"

    async def arrived(self, at: At, subject: str) -> Outcome:
        state = await _trial(at, self.target(at.inventory, subject), self._name)
        if state == "pending":
            return "unknown"
        return "done" if state == "kept" else "not_done"

    def why(self) -> str | None:
        return self._why


class RevertArgs(Written):
    """`name` is that of the trial, as the record has it."""

    name: str


class RevertConfig(Plain):
    """Go back to how it was before a trial, whether it was kept or not."""

    probe_words = "read whether the trial is still there"

    def __init__(self) -> None:
        self._name = ""

    def take(self, args: RevertArgs) -> None:
        self._name = args.name

    def target(self, inventory: Inventory, subject: str) -> str:
        """A trial that began at a port is its device's."""
        return parse_subject(subject).device

    def undo(self, before: State) -> str | None:
        return None

    def restores(self) -> tuple[str, ...]:
        return (f"{ARMED} ({self._name})", f"{UNSAVED} ({self._name})")

    async def before(self, at: At, subject: str) -> State:
        return {
            "trial": self._name,
            "trial_state": await _trial(at, self.target(at.inventory, subject), self._name),
        }

    def already(self, at: At, before: State) -> bool:
        return before.get("trial_state") == "none"

    async def identify(self, at: At, subject: str) -> State:
        return await identity_of(at, self.target(at.inventory, subject))

    async def apply(self, at: At, subject: str) -> None:
        device = self.target(at.inventory, subject)
        await at.change(device, ConfiguresOnTrial, "config_revert", self._name)

    async def probe(self, at: At, subject: str, before: State) -> Outcome:
        return await self.arrived(at, subject)

    async def arrived(self, at: At, subject: str) -> Outcome:
        return (
            "done"
            if await _trial(at, self.target(at.inventory, subject), self._name) == "none"
            else "not_done"
        )


def spare_management(lines: Sequence[str]) -> None:
    """Raises `InputError` where a line is about a port by which devices are managed."""
    for line in lines:
        if _MANAGEMENT.search(line):
            raise InputError(
                f"{line[:60]!r} is about the management path of this run, which nothing here may touch",
                "Change that by its console.",
            )


async def _ports(at: At, device: str) -> dict[str, Port] | None:
    """Every port by name; None where the platform tells none.

    Raises:
        DeviceError: they can't be read.
    """
    if not at.can(device, HasPorts):
        return None
    told: tuple[Port, ...] = (await at.read(device, HasPorts, "ports")).facts
    return {port.name: port for port in told}


def _worse(before: Port, after: Port | None) -> bool:
    """Whether a port is configured otherwise, or has lost its link. One that came up is not worse."""
    if after is None:
        return True
    if before.oper_up.value is True and after.oper_up.value is not True:
        return True
    kept = ("admin_up", "speed_gbps", "mtu") if after.oper_up.value is True else ("admin_up",)
    return any(getattr(before, field).value != getattr(after, field).value for field in kept)


async def _trial(at: At, device: str, name: str) -> str:
    sample = await at.read(device, ConfiguresOnTrial, "config_trial", "now", (name,))
    told: Trial = sample.facts
    return str(told.state.value)


SPECS = (
    Spec(
        name="config.apply",
        kind="action",
        title="Change configuration",
        about="Applies lines of configuration that the device takes back by itself unless they are kept over"
        " a new session.",
        over="device",
        args=ConfigArgs,
        dangerous=True,
        requires=(Requires("outcome"),),
        run=ApplyConfig,
    ),
    Spec(
        name="config.revert",
        kind="action",
        title="Take configuration back",
        about="Goes back to how the device was configured before a change on trial.",
        over="device",
        args=RevertArgs,
        dangerous=True,
        requires=(Requires("outcome"),),
        run=RevertConfig,
    ),
)
