"""The three memory maps as formats. Which one a capture is, its identifier and its check code tell."""

from __future__ import annotations

from collections.abc import Callable

from bringup.decode.module.cmis import decode_cmis
from bringup.decode.module.codes import CMIS_IDENTIFIERS, IDENTIFIERS, SFF8636_IDENTIFIERS, SFP_IDENTIFIERS
from bringup.decode.module.dump import memory_of
from bringup.decode.module.facts import (
    Application,
    Diagnostics,
    ExternalLaser,
    Module,
    ModuleLane,
    Observable,
)
from bringup.decode.module.memory import A0_LOWER, LOWER, Memory, checksum_of, page_key
from bringup.decode.module.sff8472 import decode_sff8472
from bringup.decode.module.sff8636 import decode_sff8636
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found
from bringup.model.facts import Optic

CHECKED, LIKELY = 95, 60
_HEX = b"0123456789abcdefABCDEF"
LOOKED_AT = 4096
"""Bytes at the head within which a text has to show lower memory."""


def _identifier(memory: Memory) -> int | None:
    first = memory.half(LOWER) or memory.half(A0_LOWER)
    return first[0] if first else None


def _of(identifiers: frozenset[int], decode: Callable[[Memory], Found]) -> Callable[[bytes], Found]:
    def parse(data: bytes) -> Found:
        memory = memory_of(data)
        found = _identifier(memory)
        if found is None:
            raise Damaged("the first 128 bytes of the module are not whole")
        if found not in identifiers:
            name = IDENTIFIERS.get(found, "no kind that is known")
            raise Damaged(f"identifier 0x{found:02x} ({name}) has another memory map")
        return decode(memory)

    return parse


def _sniff(identifiers: frozenset[int]) -> Callable[[bytes], int]:
    def sniff(head: bytes) -> int:
        if not _may_be(head, identifiers):
            return 0
        try:
            memory = memory_of(_whole_part(head))
        except Damaged:
            return 0
        if _identifier(memory) not in identifiers:
            return 0
        return _sureness(memory)

    return sniff


def _may_be(head: bytes, identifiers: frozenset[int]) -> bool:
    """Cheap: raw bytes begin with the identifier; a text has a byte 0x00 column or digits at its start."""
    if not head:
        return False
    if head[0] in identifiers and b"\x00" in head[:256]:
        return True
    start = head[:LOOKED_AT].lower()
    if b"page" in start or b"offset" in start or b"a0h dump" in start:
        return any(b"%02x " % code in start for code in identifiers)
    begin = start.lstrip()[:2]
    return all(char in _HEX for char in begin) and begin in {b"%02x" % code for code in identifiers}


def _whole_part(head: bytes) -> bytes:
    """The head up to its last line's end, for it may be cut where it ends; raw bytes as they are."""
    if b"\x00" in head[:256]:
        return head
    return head[: head.rfind(b"\n") + 1]


def _sureness(memory: Memory) -> int:
    """Sure where the check code of who it is fits; likely where only lower memory was captured."""
    sfp, upper, lower = memory.half(A0_LOWER), memory.half(page_key(0)), memory.half(LOWER)
    if sfp is not None:
        return CHECKED if checksum_of(sfp, 0, 62) == sfp[63] else 0
    if upper is None:
        return (
            LIKELY if lower is not None and lower[0] in CMIS_IDENTIFIERS and lower[1] >> 4 in (3, 4, 5) else 0
        )
    last = 93 if upper[0] in CMIS_IDENTIFIERS else 62
    return CHECKED if checksum_of(upper, 0, last) == upper[last + 1] else 0


SFF8472 = Format(
    name="module.sff8472",
    title="memory of an SFP module (SFF-8472): ethtool -m raw or hex, sysfs, SONiC, digits",
    sniff=_sniff(SFP_IDENTIFIERS),
    parse=_of(SFP_IDENTIFIERS, decode_sff8472),
    facts={"optic": Optic, "module": Module, "details": dict[str, object]},
)
SFF8636 = Format(
    name="module.sff8636",
    title="memory of a QSFP module (SFF-8636): ethtool -m raw or hex, sysfs, SONiC, digits",
    sniff=_sniff(SFF8636_IDENTIFIERS),
    parse=_of(SFF8636_IDENTIFIERS, decode_sff8636),
    facts={"optic": Optic, "module": Module, "lanes": tuple[ModuleLane, ...], "details": dict[str, object]},
)
CMIS = Format(
    name="module.cmis",
    title="memory of a CMIS module (QSFP-DD, OSFP …): ethtool -m raw or hex, sysfs, SONiC, Junos",
    sniff=_sniff(CMIS_IDENTIFIERS),
    parse=_of(CMIS_IDENTIFIERS, decode_cmis),
    facts={
        "optic": Optic,
        "module": Module,
        "applications": tuple[Application, ...],
        "lanes": tuple[ModuleLane, ...],
        "observables": tuple[Observable, ...],
        "diagnostics": Diagnostics | None,
        "external_laser": ExternalLaser | None,
        "details": dict[str, object],
    },
)
FORMATS = (SFF8472, SFF8636, CMIS)
