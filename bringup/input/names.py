"""Names that become subjects: what a device, a component, a stage may be called."""

from __future__ import annotations

import re

from bringup.model.subject import LINK

_HOST_KEY = re.compile(r"SHA256:[A-Za-z0-9+/]{43}=?|(?:ssh|ecdsa|sk)-\S+ +[A-Za-z0-9+/]{40,}={0,3}(?: .*)?")
_HOP = re.compile(r"(?:[^\s@,]+@)?(?:\[[0-9A-Fa-f:.%]+\]|[^\s@,\[\]]+)(?::\d{1,5})?")
_FINGERPRINT = re.compile(r"(?:sha-?256)?[0-9a-f]{64}")


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


def address_fault(address: str) -> tuple[str, str] | None:
    """As above for where a device is reached. Nothing at all would reach this very machine."""
    if address and not any(character.isspace() or not character.isprintable() for character in address):
        return None
    return f"{address!a} is no address", "give a host name or an IP address"


def peer_fault(key: str, value: str) -> tuple[str, str] | None:
    """As above for a user, a host key or a certificate's fingerprint; None for all other settings."""
    if key == "user" and not (value and value.isprintable()):
        return f"{value!a} is no user's name", "give a name that can be printed"
    if key == "console_prompt" and not _is_pattern(value):
        return "is no regular expression", "give one that fits the end of the prompt, such as `[#>$] ?$`"
    if key == "jump" and not all(_HOP.fullmatch(hop.strip()) for hop in value.split(",")):
        return f"{value!a} is no jump host", "give `[user@]host[:port]`, several with commas between"
    # PEM and RFC 4716 are read by the SSH library, too.
    known = value.strip().startswith("----")
    if key == "host_key" and not known and not _HOST_KEY.fullmatch(value.strip()):
        return "is no SSH public key", "give `TYPE BASE64` as in known_hosts, or `SHA256:…`"
    if key == "fingerprint" and not _FINGERPRINT.fullmatch(value.strip().lower().replace(":", "")):
        return "is no SHA-256 of a certificate", "give its 64 hex digits, with colons or without"
    return None


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text.encode())
    except re.error:
        return False
    return bool(text)


def _unprintable(name: str) -> tuple[str, str] | None:
    if name.isprintable():
        return None
    return f"{name!a} holds control characters", "give a name that can be printed"
