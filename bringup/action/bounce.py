"""Shutting a port and opening it again, with a look at both ends of its cable every few seconds: what tests
of links are made of.

The port is opened again whatever happens: while the test goes on the record says that it is shut, with the
action that opens it (field rule 11); a look that fails is taken again; when the test's time is up the port is
opened and the test has failed. A run that dies in the middle finds the port shut, and goes on by opening it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from bringup.action.base import Alteration, Outcome, Plain, State
from bringup.action.drops import dropped_port
from bringup.action.feeding import Bindings
from bringup.action.identity import identity_of
from bringup.action.port import SHUT
from bringup.action.safety import Doubt, Unsafe
from bringup.action.tasks import no_trial_waits
from bringup.check.base import At, Sample, the_one
from bringup.driver.capability import HasPorts, SwitchesPorts
from bringup.model.errors import DeviceError, NoData
from bringup.model.facts import Port
from bringup.model.inventory import Inventory
from bringup.model.measurement import Measurement, recordable
from bringup.model.subject import parse_subject

POLL_S = 2.0
"""Between two looks: no tighter than devices tell their ports (field rule 29)."""
RESERVE_S = 180.0
"""What is left of the time to open the port, after the test itself has had its share."""
DOWN_S = 2.0
"""How long a port stays shut at least: longer than a receiver holds on to a signal that has gone."""
PATIENCE_S = 60.0
"""How long one look after the other may fail before the test is given up."""


class Both(msgspec.Struct, frozen=True):
    """Both ends of a cable at one moment (seconds of the engine's clock)."""

    here: Port | None
    far: Port | None
    at_s: float

    @property
    def up(self) -> bool:
        return all(port is not None and port.oper_up.value is True for port in (self.here, self.far))

    @property
    def shut(self) -> bool:
        """Switched off, and seen without a link at its own end."""
        return (
            self.here is not None
            and self.here.admin_up.value is False
            and self.here.oper_up.value is not True
        )


Phase = Callable[[At, str, Both], Awaitable[bool]]


class Bounce(Plain):
    """One subject: a port whose cable leads to another port of this run. Tests say what their phases are; a
    phase is called at each look until it returns True, which ends the test, or names another.
    """

    probe_words = "read whether the port is open"
    final = True
    finishes_after_s: float | None = POLL_S
    budget_s = 600.0

    def __init__(self) -> None:
        self._phase: Phase = self.begin
        self._began_s: float | None = None
        self.since_s = 0.0
        self._complete = False
        self._resumed = False
        self._why: str | None = None
        self._trouble: DeviceError | None = None
        self._trouble_s = 0.0
        self._closed = False

    async def begin(self, at: At, subject: str, both: Both) -> bool:
        """The first phase."""
        raise NotImplementedError

    def found(self) -> tuple[Measurement, ...]:
        """What was measured so far."""
        return ()

    def target(self, inventory: Inventory, subject: str) -> str:
        return parse_subject(subject).device

    def affects(self, inventory: Inventory, subject: str) -> tuple[str, ...]:
        return dropped_port(inventory, subject)

    def undo(self, before: State) -> str | None:
        return "open the port"

    def meanwhile(self, before: State) -> tuple[Alteration, ...]:
        return (Alteration(SHUT, "open the port", "port.up"),)

    def why(self) -> str | None:
        return self._why

    async def before(self, at: At, subject: str) -> State:
        both = await self.look(at, subject)
        if both.here is None:
            raise NoData(
                f"{subject}: the device lists no such port", "Check the port's name in the inventory."
            )
        return {
            "admin_up": recordable(both.here.admin_up.value),
            "oper_up": recordable(both.here.oper_up.value),
        }

    def already(self, at: At, before: State) -> bool:
        return False

    async def precautions(self, at: At, subject: str, bindings: Bindings) -> tuple[Doubt, ...]:
        """Raises `Unsafe` where the port is shut by somebody else, or leads nowhere that this run can see."""
        if at.inventory.far_ends.get(subject) is None:
            raise Unsafe(
                f"no cable of this run's list ends at {subject}: there is no far end to measure",
                "Add the cable to the list, or take the port out of the step.",
                cause=subject,
            )
        admin = (await self.before(at, subject))["admin_up"]
        if admin is not True and not self._resumed:
            raise Unsafe(
                f"{subject} is not seen switched on: who shut it may have had a reason",
                "Open the port first, then run the test.",
                cause=subject,
            )
        return await no_trial_waits(at, parse_subject(subject).device)

    async def identify(self, at: At, subject: str) -> State:
        return await identity_of(at, parse_subject(subject).device)

    async def apply(self, at: At, subject: str) -> None:
        """What an earlier run left shut is opened first; the test itself begins with looking."""
        if self._resumed:
            await self.set_admin(at, subject, up=True)

    async def finish(self, at: At, subject: str) -> bool:
        """One look. What can't be read is looked at again for a while: one lost answer must not leave a port
        shut. A test that is given up opens the port first, and then says what was in its way.
        """
        try:
            both = await self.look(at, subject)
        except DeviceError as error:
            self._trouble = error
            return False
        if self._began_s is None:
            self._began_s = both.at_s
        try:
            if await self._phase(at, subject, both):
                return True
        except DeviceError as error:
            if self._closed:
                raise
            self._trouble_s = both.at_s if self._trouble is None else self._trouble_s
            self._trouble = error
            if both.at_s - self._trouble_s > PATIENCE_S:
                self._phase = self.close
            return False
        if self._phase != self.close:
            self._trouble = None
        if both.at_s - self._began_s > self.budget_s and self._phase != self.close:
            self._why = self._why or f"it was not through after {self.budget_s:g} s"
            self._phase = self.close
        return False

    def complete(self) -> bool:
        """Ends the test as one that was carried through."""
        self._complete = True
        return True

    async def opened(self, at: At, subject: str, both: Both) -> bool:
        """The phase after `shut`: the port was just told to open, at `since_s`."""
        raise NotImplementedError

    async def shut(self, at: At, subject: str, both: Both) -> bool:
        """Shut the port and, when it is seen shut, open it again."""
        self.since_s = both.at_s
        self._phase = self._down  # before the command: where its answer is lost, that phase gives it again
        await self.set_admin(at, subject, up=False)
        return False

    async def _down(self, at: At, subject: str, both: Both) -> bool:
        """A command that was lost is given again for a while: shut is shut."""
        if not both.shut and both.at_s - self.since_s > PATIENCE_S:
            self._why = f"{subject} does not shut"
            return self.next(self.close)
        if both.here is not None and both.here.admin_up.value is True:
            await self.set_admin(at, subject, up=False)
        if not both.shut or both.at_s - self.since_s < DOWN_S:
            return False
        self.since_s = both.at_s
        self._phase = self._open
        return await self._open(at, subject, both)

    async def _open(self, at: At, subject: str, both: Both) -> bool:
        """Called again where the answer to the command was lost."""
        if both.here is None or both.here.admin_up.value is not True:
            await self.set_admin(at, subject, up=True)
        return await self.opened(at, subject, both)

    async def close(self, at: At, subject: str, both: Both) -> bool:
        """Opens the port, and is through when it is seen open."""
        if both.here is None or both.here.admin_up.value is not True:
            await self.set_admin(at, subject, up=True)
            return False
        self._closed = True
        if self._trouble is not None:
            raise self._trouble
        return True

    def next(self, phase: Phase) -> bool:
        self._phase = phase
        return False

    async def set_admin(self, at: At, subject: str, *, up: bool) -> None:
        end = parse_subject(subject)
        await at.change(end.device, SwitchesPorts, "set_admin", end.component, up)

    async def look(self, at: At, subject: str) -> Both:
        """Raises `DeviceError` where either end can't be read."""
        far = at.inventory.far_ends.get(subject)
        here_port, at_s = await _port(at, subject)
        return Both(here_port, (await _port(at, far))[0] if far is not None else None, at_s)

    async def probe(self, at: At, subject: str, before: State) -> Outcome:
        """After a crash the test is begun anew: half of it shows nothing."""
        self._resumed = True
        return "not_done"

    async def arrived(self, at: At, subject: str) -> Outcome:
        """A port that is not seen open is not let go of: nobody knows what stands in the way."""
        both = await self.look(at, subject)
        if both.here is None or both.here.admin_up.value is not True:
            return "unknown"
        return "done" if self._complete else "not_done"


async def _port(at: At, subject: str) -> tuple[Port | None, float]:
    end = parse_subject(subject)
    sample: Sample[tuple[Port, ...]] = await at.read(end.device, HasPorts, "ports")
    return the_one([port for port in sample.facts if port.name == end.component], subject), sample.at_s
