"""How long a link may take to come up, by what its own modules say of themselves. Pure.

A CMIS module advertises upper bounds of each step of its state machines; the slower end counts. The host's
side trains behind it (network reference, section 6.3).
"""

from __future__ import annotations

import msgspec

from bringup.check.watching import count
from bringup.model.facts import Optic

TRAINING_S = 12.0
"""Auto-negotiation and link training of the host's lanes: up to 3 s at 100 Gb/s a lane, up to 12 s at 200."""
TRIES = 2


class Milestones(msgspec.Struct, frozen=True):
    """When each state of a link was first seen, in seconds from the opening of its port; None: not yet.

    `light_s` only where the transmitter was first seen without light: else nobody knows how old a sample is.
    """

    admin_s: float | None = None
    dark: bool = False
    light_s: float | None = None
    carrier_s: float | None = None
    both_up_s: float | None = None
    fec_s: float | None = None
    neighbor_s: float | None = None

    @property
    def sequence(self) -> str:
        """The states in the order in which they were seen, with their times."""
        seen = (
            ("opened", self.admin_s),
            ("light", self.light_s),
            ("carrier", self.carrier_s),
            ("up at both ends", self.both_up_s),
            ("fec locked", self.fec_s),
            ("neighbour named", self.neighbor_s),
        )
        told = sorted(((at_s, name) for name, at_s in seen if at_s is not None), key=lambda one: one[0])
        return ", ".join(f"{name} {at_s:.1f} s" for at_s, name in told) or "nothing seen"


def budget_s(*modules: Optic | None, poll_s: float = 0.0) -> float | None:
    """What the slower of the modules at both ends may take, with training and one retry; None where not all
    of them say.
    """
    told = [count(module.light_up_max_s) if module is not None else None for module in modules]
    known = [one for one in told if one]  # a bound of 0 is a reserved code, and no deadline
    if not known or len(known) < len(told):
        return None
    return (max(known) + TRAINING_S) * TRIES + poll_s
