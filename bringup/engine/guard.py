"""What no action may touch (field rule 6), whatever a playbook says."""

from __future__ import annotations

from bringup.model.inventory import Inventory
from bringup.model.subject import ends, parse_subject
from bringup.model.verdict import Reason, Verdict


class Refusal(Exception):
    """An action that was not begun. Nothing was changed."""

    def __init__(
        self,
        verdict: Verdict,
        reason: Reason | None,
        message: str,
        advice: str = "",
        cause: str | None = None,
    ) -> None:
        super().__init__(message)
        self.verdict = verdict
        self.reason = reason
        self.message = message
        self.advice = advice
        self.cause = cause


def guard(inventory: Inventory, subject: str, target: str, drops: tuple[str, ...]) -> None:
    """Raise `Refusal` when the action would touch what is protected, in service, or outside this run."""
    for touched in dict.fromkeys((subject, target, *drops)):
        for end in ends(touched):
            _guard_one(inventory, end)


def _guard_one(inventory: Inventory, text: str) -> None:
    subject = parse_subject(text)
    device = inventory.devices.get(subject.device)
    if device is None:
        raise _refusal(f"{text} is outside this run's inventory")
    port = inventory.ports.get(str(subject._replace(part=None)))
    for what, thing in ((subject.device, device), (text, port)):
        if thing is not None and (thing.protected or thing.in_service):
            raise _refusal(f"{what} is {'protected' if thing.protected else 'in service'}")


def _refusal(why: str) -> Refusal:
    return Refusal(
        Verdict.UNKNOWN,
        Reason.SKIPPED,
        f"nothing was changed: {why}",
        "Take it out of the step, or out of service, and say so in the inventory.",
    )
