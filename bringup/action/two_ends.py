"""What actions have in common that change the modules at both ends of a cable: both devices are named, locked
and looked at before.
"""

from __future__ import annotations

from bringup.action.base import Plain, State
from bringup.action.drops import dropped_port
from bringup.action.feeding import Bindings
from bringup.action.identity import identity_of, mismatch
from bringup.action.safety import Doubt, Unsafe
from bringup.action.tasks import no_trial_waits
from bringup.check.base import At
from bringup.model.inventory import Inventory
from bringup.model.subject import parse_subject


class TwoEnds(Plain):
    """The subject is a port; the other end is by the cable list."""

    def target(self, inventory: Inventory, subject: str) -> str:
        return parse_subject(subject).device

    def also(self, inventory: Inventory, subject: str) -> tuple[str, ...]:
        """The other device that is changed."""
        far = inventory.far_ends.get(subject)
        return () if far is None else (parse_subject(far).device,)

    def affects(self, inventory: Inventory, subject: str) -> tuple[str, ...]:
        return dropped_port(inventory, subject)

    async def precautions(self, at: At, subject: str, bindings: Bindings) -> tuple[Doubt, ...]:
        """Raises `Unsafe` where the far end is not known, or is not the device that was meant."""
        far = at.inventory.far_ends.get(subject)
        if far is None:
            raise Unsafe(
                f"no cable of this run's list ends at {subject}: nobody knows what is at its other end",
                "Add the cable to the list, or take the port out of the step.",
                cause=subject,
            )
        other = parse_subject(far).device
        wrong = mismatch(at.inventory, other, await identity_of(at, other))
        if wrong is not None:
            raise Unsafe(wrong, "Trace the management cable of the far end.", wrong=True, cause=other)
        doubts = await no_trial_waits(at, parse_subject(subject).device)
        return (*doubts, *await no_trial_waits(at, other))

    async def identify(self, at: At, subject: str) -> State:
        return await identity_of(at, parse_subject(subject).device)
