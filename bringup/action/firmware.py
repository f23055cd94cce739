"""Firmware as staged tasks (field rule 10): preflight, task, staged, activate, verify.

What is staged still has the old version running, so that a version alone never says whether to flash: the
slot and the tasks are read first, each time, and a run that goes on takes up what it finds.
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from bringup.action.base import Alteration, Outcome, Plain, State
from bringup.action.feeding import Bindings
from bringup.action.identity import identity_of
from bringup.action.safety import Doubt, Unsafe
from bringup.action.tasks import RUNNING, running_tasks
from bringup.check.base import At
from bringup.driver.capability import UpdatesFirmware
from bringup.model.catalogue import Requires, Spec
from bringup.model.errors import DeviceError, NoData
from bringup.model.facts import BmcTask, FirmwareState, Image
from bringup.model.inventory import Inventory, Written
from bringup.model.measurement import recordable

STAGED = "firmware waits in its slot"
POLL_S = 5.0
"""Tasks take minutes; a BMC has better things to do than to be asked."""


class FirmwareArgs(Written):
    """`component` is the image's id as the BMC tells it, `version` what it will tell once `image` (a URI that
    the BMC itself can reach) runs. `activate` False: it is staged only.
    """

    component: str
    version: str
    image: str
    activate: bool = True
    takes_s: float = Field(default=1800.0, ge=60.0, le=14400.0)

    @field_validator("image")
    @classmethod
    def _uri(cls, image: str) -> str:
        parts = urlsplit(image)
        if parts.scheme not in ("http", "https", "tftp", "nfs") or not parts.netloc:
            raise ValueError("not a URI that a BMC could fetch from: http://… or https://…")
        if parts.password is not None:
            raise ValueError("a password in a URI would stand in the record: serve the image without")
        return image


Step = Literal["verified", "staged", "at work", "to stage", "spoilt"]


class UpdateFirmware(Plain):
    """One image of one BMC, from preflight to verified; the next unit waits until this one is good."""

    probe_words = "read the running version, the staged slot and the task"
    one_first = True
    finishes_after_s = POLL_S

    def __init__(self) -> None:
        self._args = FirmwareArgs(component="", version="", image="http://none")
        self._goes_on = False
        self._activated = False
        self._known: frozenset[str] | None = None
        self._why: str | None = None

    def take(self, args: FirmwareArgs) -> None:
        self._args = args
        self.settles_s = args.takes_s

    def target(self, inventory: Inventory, subject: str) -> str:
        return subject

    def undo(self, before: State) -> str | None:
        return f"flash {before.get('running')} again" if before.get("running") else None

    def alters(self, before: State) -> tuple[Alteration, ...]:
        """Staged and not activated: the next restart, whoever makes it, changes what runs."""
        if self._args.activate:
            return ()
        what = f"{STAGED}: {self._args.component} {self._args.version}"
        return (Alteration(what, "activate it, or stage the running version again"),)

    def restores(self) -> tuple[str, ...]:
        return (f"{STAGED}: {self._args.component} {self._args.version}",) if self._args.activate else ()

    async def _state(self, at: At, subject: str) -> FirmwareState:
        sample = await at.read(subject, UpdatesFirmware, "firmware")
        told: FirmwareState = sample.facts
        return told

    def _image(self, state: FirmwareState, subject: str) -> Image:
        found = [each for each in state.images if each.name == self._args.component and not each.staged]
        if len(found) != 1:
            names = ", ".join(sorted(each.name for each in state.images if not each.staged)[:20])
            raise NoData(
                f"{subject}: lists {len(found)} images called {self._args.component!r}",
                f"`component` is one of: {names}.",
            )
        return found[0]

    def _slot(self, state: FirmwareState) -> str | None:
        """The version that waits."""
        waits = [each for each in state.images if each.name == self._args.component and each.staged]
        version = waits[0].version.value if len(waits) == 1 else None
        return version if isinstance(version, str) else None

    async def before(self, at: At, subject: str) -> State:
        state = await self._state(at, subject)
        if self._known is None:
            self._known = frozenset(task.path for task in state.tasks)
        return {
            "component": self._args.component,
            "known_tasks": " ".join(sorted(self._known)),
            "running": recordable(self._image(state, subject).version.value),
            "staged": self._slot(state),
            "tasks": ", ".join(task.path for task in state.tasks if task.state.value in RUNNING) or None,
            "wanted": self._args.version,
        }

    def already(self, at: At, before: State) -> bool:
        wanted = before.get("running") if self._args.activate else before.get("staged")
        return wanted == self._args.version or before.get("running") == self._args.version

    async def identify(self, at: At, subject: str) -> State:
        return await identity_of(at, subject)

    async def precautions(self, at: At, subject: str, bindings: Bindings) -> tuple[Doubt, ...]:
        """Preflight, and the other of a redundant pair, which has to carry on alone.

        Raises:
            Unsafe: it would not take it, it is at work, or the other is not well.
        """
        state = await self._state(at, subject)
        image = self._image(state, subject)
        if state.enabled.value is False:
            raise Unsafe(f"the update service of {subject} is switched off", "Switch it on first.")
        if image.updateable.value is False:
            raise Unsafe(
                f"{subject}: {image.name} is write-protected, or can't be updated", "Unlock it first."
            )
        running = [task for task in state.tasks if task.state.value in RUNNING]
        if running and not self._goes_on:
            raise Unsafe(
                f"{subject} is at work: {', '.join(task.name for task in running)}",
                "Wait until its task has ended.",
                cause=subject,
            )
        await self._other_is_well(at, subject)
        return ()

    async def _other_is_well(self, at: At, subject: str) -> None:
        for other in partners(at.inventory, subject):
            try:
                await identity_of(at, other)
                busy = await running_tasks(at, other)
            except DeviceError as error:
                raise Unsafe(
                    f"{other}, the other of its pair, can't be read: {error.message}",
                    "Never both of a pair: see to the other first.",
                    cause=other,
                ) from error
            if busy:
                raise Unsafe(
                    f"{other}, the other of its pair, is at work", "One after the other.", cause=other
                )

    def _step(self, state: FirmwareState, subject: str) -> Step:
        """Where it stands, by what the BMC tells, not by what was sent to it."""
        if self._image(state, subject).version.value == self._args.version:
            return "verified"
        if any(task.state.value in RUNNING for task in state.tasks):
            return "at work"
        if self._slot(state) == self._args.version:
            return "staged"
        return "spoilt" if self._mine(state) or self._activated else "to stage"

    def _mine(self, state: FirmwareState) -> tuple[BmcTask, ...]:
        """The tasks that were not there before this action."""
        return tuple(task for task in state.tasks if task.path not in (self._known or ()))

    async def apply(self, at: At, subject: str) -> None:
        """Have it staged, unless it is, or is being."""
        state = await self._state(at, subject)
        if self._step(state, subject) != "to stage":
            return
        path = self._image(state, subject).path
        await at.change(subject, UpdatesFirmware, "stage_firmware", path, self._args.image)

    async def finish(self, at: At, subject: str) -> bool:
        """One look at the task; activates once it is staged. True when nothing is left to be done."""
        try:
            state = await self._state(at, subject)
        except DeviceError:
            return False  # BMCs answer late, or refuse, while they write
        step = self._step(state, subject)
        if step == "at work":
            return False
        if step == "staged" and self._args.activate:
            self._activated = True
            path = self._image(state, subject).path
            try:
                await at.change(subject, UpdatesFirmware, "activate_firmware", path)
            except DeviceError as error:
                # It may be gone before its answer is out: what runs afterwards decides.
                self._why = error.message
        if step in ("spoilt", "to stage"):
            self._why = _spoilt(self._mine(state))
            self.final = True
        return True

    async def arrived(self, at: At, subject: str) -> Outcome:
        state = await self._state(at, subject)
        step = self._step(state, subject)
        done = step == "verified" or (step == "staged" and not self._args.activate)
        return "done" if done else "not_done"

    async def probe(self, at: At, subject: str, before: State) -> Outcome:
        """What was begun is gone on with: a task that runs is waited for, a full slot is activated."""
        self._goes_on = True
        self._known = frozenset(str(before.get("known_tasks") or "").split())
        return await self.arrived(at, subject)

    def why(self) -> str | None:
        return self._why


def partners(inventory: Inventory, bmc: str) -> tuple[str, ...]:
    """Who backs this one up: the others of its pair, or the BMCs of the others of its host's pair."""
    hosts = [device for device in inventory.device if device.bmc == bmc]
    mine = [inventory.devices[bmc], *hosts]
    pairs = {device.pair for device in mine if device.pair is not None}
    names = {device.name for device in mine}
    return tuple(
        dict.fromkeys(
            device.bmc or device.name
            for device in inventory.device
            if device.pair in pairs and device.name not in names
        )
    )


def _spoilt(mine: tuple[BmcTask, ...]) -> str:
    if not mine:
        return "no task runs, and nothing waits in the slot"
    said = f": {mine[-1].message.value}" if mine[-1].message.value else ""
    return f"its task ended as {mine[-1].state.value}{said}, and nothing waits in the slot"


SPECS = (
    Spec(
        name="firmware.update",
        kind="action",
        title="Update firmware",
        about="Has a BMC stage an image, activates it and reads the running version; one unit after the"
        " other, and never flashes what is staged already.",
        over="device",
        args=FirmwareArgs,
        transport="redfish",
        dangerous=True,
        requires=(Requires("outcome"),),
        run=UpdateFirmware,
    ),
)
