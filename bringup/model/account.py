"""What first contact with a device tells: whose password it takes, and what its label should say."""

from __future__ import annotations

from typing import Literal

import msgspec

from bringup.model.measurement import ABSENT, Read

WhichPassword = Literal["password", "next_password"]


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """The account that the inventory logs in with. `takes` is which of its two secrets the device took;
    `change_required`: it shows nothing else before it has another one; `old_refused`: whether it refused the
    old one after it took the new one, None where that was not tried.
    """

    user: str
    takes: WhichPassword
    change_required: bool = False
    old_refused: bool | None = None


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on the label, as the device itself tells it. MAC addresses as six pairs of lower-case hex
    digits with colons, those of the management port first.
    """

    serial: Read = ABSENT
    mac_addresses: tuple[str, ...] = ()


def plain_mac(text: str) -> str:
    """`AA-BB-CC-00-11-22`, `aabb.cc00.1122`, `AABBCC001122` as `aa:bb:cc:00:11:22`; others as they are."""
    digits = "".join(letter for letter in text.lower() if letter not in ":-. ")
    if len(digits) != 12 or any(letter not in "0123456789abcdef" for letter in digits):
        return text
    return ":".join(digits[place : place + 2] for place in range(0, 12, 2))
