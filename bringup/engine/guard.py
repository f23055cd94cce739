"""What no action may touch (field rule 6), whatever a playbook says."""

from __future__ import annotations

from bringup.model.intent import outlet_subject
from bringup.model.inventory import Inventory
from bringup.model.subject import ends, parse_subject
from bringup.model.verdict import Reason, Verdict

MANAGEMENT_ROLES = frozenset({"mgmt-switch", "management-switch", "console-server"})


class Refusal(Exception):
    """An action that was not begun. Nothing was changed."""

    def __init__(
        self,
        verdict: Verdict,
        reason: Reason | None,
        message: str,
        advice: str = "",
        cause: str | None = None,
        *,
        passing: bool = False,
    ) -> None:
        super().__init__(message)
        self.verdict = verdict
        self.reason = reason
        self.message = message
        self.advice = advice
        self.cause = cause
        self.passing = passing


def guard(
    inventory: Inventory, subject: str, target: str, drops: tuple[str, ...], *, only_adds: bool = False
) -> None:
    """Raise `Refusal` when the action would touch what is protected, in service, outside this run, or on the
    way by which this run reaches its devices. `only_adds`: nothing can drop by it.
    """
    for touched in dict.fromkeys((subject, target, *drops)):
        for end in ends(touched):
            _guard_one(inventory, end)
    if only_adds:
        return
    path = management_path(inventory)
    dark = {touched for touched in (subject, *drops) if touched in inventory.devices and touched not in path}
    for touched in dict.fromkeys((subject, *drops)):
        if touched in path and not _own_leg(inventory, touched, dark):
            raise _refusal(f"{touched} is on the management path of this run")


def _own_leg(inventory: Inventory, touched: str, dark: set[str]) -> bool:
    """Whether it is only the management cable of a device that goes dark as a whole: nobody else's path."""
    if touched in inventory.devices:
        return False
    named = (*ends(touched), *(inventory.far_ends.get(end, end) for end in ends(touched)))
    return any(parse_subject(end).device in dark for end in named)


def management_path(inventory: Inventory) -> frozenset[str]:
    """Devices, ports, links and outlets by which this run reaches what it works on: management switches, what
    the cable list plugs into them, hosts that SSH jumps over, and the outlets of all these.
    """
    jumps = {
        device.ssh.jump.rpartition("@")[2] for device in inventory.device if device.ssh and device.ssh.jump
    }
    on_it = {
        device.name
        for device in inventory.device
        if device.role in MANAGEMENT_ROLES or jumps.intersection((device.name, device.address))
    }
    found = set(on_it)
    for cable in inventory.cable:
        if {cable.a_device, cable.b_device} & on_it:
            found |= {cable.a, cable.b, cable.subject}
    for name in on_it:
        found |= {outlet_subject(feed.pdu, feed.outlet) for feed in inventory.devices[name].feed}
    return frozenset(found)


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
