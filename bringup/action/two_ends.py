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
from bringup.model.subject import ends, parse_subject


def both_ends(inventory: Inventory, subject: str) -> tuple[str, ...]:
    """The ends of a link; a port, and the far end of its cable where the cable list tells it."""
    named = ends(subject)
    if len(named) > 1:
        return named
    far = inventory.far_ends.get(subject)
    return named if far is None else (subject, far)


class TwoEnds(Plain):
    """The subject is a link, or a port whose other end is by the cable list."""

    def target(self, inventory: Inventory, subject: str) -> str:
        return parse_subject(ends(subject)[0]).device

    def also(self, inventory: Inventory, subject: str) -> tuple[str, ...]:
        """The other device that is changed."""
        return tuple(parse_subject(end).device for end in both_ends(inventory, subject)[1:])

    def affects(self, inventory: Inventory, subject: str) -> tuple[str, ...]:
        return dropped_port(inventory, ends(subject)[0])

    async def precautions(self, at: At, subject: str, bindings: Bindings) -> tuple[Doubt, ...]:
        """Raises `Unsafe` where the far end is not known, or is not the device that was meant."""
        others = self.also(at.inventory, subject)
        if not others:
            raise Unsafe(
                f"no cable of this run's list ends at {subject}: nobody knows what is at its other end",
                "Add the cable to the list, or take the port out of the step.",
                cause=subject,
            )
        doubts = await no_trial_waits(at, self.target(at.inventory, subject))
        for other in others:
            wrong = mismatch(at.inventory, other, await identity_of(at, other))
            if wrong is not None:
                raise Unsafe(wrong, "Trace the management cable of the far end.", wrong=True, cause=other)
            doubts = (*doubts, *await no_trial_waits(at, other))
        return doubts

    async def identify(self, at: At, subject: str) -> State:
        return await identity_of(at, self.target(at.inventory, subject))
