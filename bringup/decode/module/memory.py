"""A module's memory as captured, in halves of 128 bytes, and the ledger of what can't be believed."""

from __future__ import annotations

import msgspec

from bringup.decode.result import Damaged
from bringup.model.measurement import NOT_AVAILABLE, Read

HALF = 128
LOWER, A0_LOWER, A0_UPPER, A2_LOWER, A2_UPPER = -1, -2, -3, -4, -5
_NAMES = {LOWER: "lower", A0_LOWER: "a0h:0", A0_UPPER: "a0h:128", A2_LOWER: "a2h:0", A2_UPPER: "a2h:128"}
BANKED_FROM = 0x10
"""Pages below have no banks."""


def page_key(page: int, bank: int = 0) -> int:
    """The key of an upper page."""
    return bank << 8 | page


def name_of(key: int) -> str:
    """`lower`, `00h`, `1:11h` (bank 1), `a2h:0`."""
    if key < 0:
        return _NAMES[key]
    bank, page = divmod(key, 256)
    return f"{bank}:{page:02x}h" if bank else f"{page:02x}h"


class Memory(msgspec.Struct, kw_only=True):
    """Whole halves by key, in the order in which they came.

    `cut` names those that were not whole, `said` is what the tool warned of.
    """

    port: str = ""
    halves: dict[int, bytes] = {}
    cut: tuple[str, ...] = ()
    said: tuple[str, ...] = ()

    def half(self, key: int) -> bytes | None:
        return self.halves.get(key)


class Ledger:
    """What one decoding has to say beside its facts."""

    def __init__(self, memory: Memory) -> None:
        self.unparsable: list[str] = []
        self.not_provided: list[str] = []
        self.warnings = [f"page {name} is not whole: nothing of it is given" for name in memory.cut]
        self.warnings += memory.said

    def impossible(self, field: str, why: str) -> Read:
        """Note a field whose bytes can't be true; there is no number for it."""
        self.unparsable.append(field)
        self.warnings.append(f"unparsable: {field}: {why}")
        return NOT_AVAILABLE


def checksum_of(half: bytes, first: int, last: int) -> int:
    """The low byte of the sum of `half[first:last + 1]`, as all three maps reckon it."""
    return sum(half[first : last + 1]) & 0xFF


def demand_checksum(half: bytes, first: int, last: int, what: str) -> None:
    """Refuse a page whose check code is wrong: for pages that tell who the module is.

    Raises:
        Damaged: the byte after `last` is not the sum.
    """
    made, told = checksum_of(half, first, last), half[last + 1]
    if made != told:
        raise Damaged(f"the checksum of {what} is 0x{told:02x}, its bytes give 0x{made:02x}")


def checked(half: bytes | None, first: int, last: int, what: str, ledger: Ledger) -> bytes | None:
    """The page, or None and a warning where its check code is wrong: nothing of such a page is given."""
    if half is None:
        return None
    made, told = checksum_of(half, first, last), half[last + 1]
    if made == told:
        return half
    ledger.warnings.append(
        f"the checksum of {what} is 0x{told:02x}, its bytes give 0x{made:02x}: nothing of it is given"
    )
    return None
