"""Names that become subjects: what a device, a component, a stage may be called."""

from __future__ import annotations

from bringup.model.subject import LINK


def device_name_fault(name: str) -> tuple[str, str] | None:
    """What is wrong with a device's name and what would be right, or None."""
    if not name or name != name.strip():
        return f"{name!r} is no name", "give a name without spaces around it"
    bad = next((mark for mark in ("/", "#", LINK, "@") if mark in name), None)
    if bad is not None:
        return f"a device's name can't hold {bad!r}", "subjects are written DEVICE/COMPONENT#PART"
    return _unprintable(name)


def component_name_fault(name: str) -> tuple[str, str] | None:
    """As above for a port, a supply or a fan; `/` is allowed (`Ethernet1/1`)."""
    if not name or name != name.strip():
        return f"{name!r} is no name", "give a name without spaces around it"
    bad = next((mark for mark in ("#", LINK, "@") if mark in name), None)
    if bad is not None:
        return f"a component's name can't hold {bad!r}", "subjects are written DEVICE/COMPONENT#PART"
    return _unprintable(name)


def _unprintable(name: str) -> tuple[str, str] | None:
    if name.isprintable():
        return None
    return f"{name!a} holds control characters", "give a name that can be printed"
