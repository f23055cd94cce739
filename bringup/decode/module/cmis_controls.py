"""Controls of a CMIS module, as bytes of its pages 10h, 11h, 13h and 14h: what they say, and what to write.

Source: OIF-CMIS-05.2, sections 8.9 (page 10h), 8.10 (11h), 8.11 (13h) and 8.12 (14h). All masks are of the
eight lanes of bank 0, the lowest bit for lane 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from struct import unpack_from
from types import MappingProxyType

from bringup.decode.module.scale import f16
from bringup.decode.result import Damaged
from bringup.model.facts_module import (
    LaneTransmitter,
    Loopback,
    Loopbacks,
    PatternLane,
    PatternTest,
    Role,
    Side,
    Transmitters,
)
from bringup.model.measurement import NOT_AVAILABLE, UNSUPPORTED, Read, value

ALL = 0xFF
LANES = 8
TX_DISABLE_PAGE, TX_DISABLE_BYTE = 0x10, 130
OUTPUT_PAGE, TX_OUTPUT_BYTE = 0x11, 133
DIAGNOSTIC_PAGE, FIRST_UPPER = 0x13, 128
CONTROL_BYTES = 56
"""Page 13h from its first byte to the loopback controls."""
RESULT_PAGE, SELECTOR_BYTE = 0x14, 128
RESULT_BYTES = 128
BER_SELECTOR = 1
_LOOPBACKS: tuple[Loopback, ...] = (
    "media-side-output",
    "media-side-input",
    "host-side-output",
    "host-side-input",
)
"""In the order of their bits in 13h:128 and of their controls from 13h:180 on."""
_FIRST_CONTROL = 180 - FIRST_UPPER
PATTERN_BYTES: Mapping[tuple[Side, Role], int] = MappingProxyType(
    {
        ("host", "generator"): 144,
        ("media", "generator"): 152,
        ("host", "checker"): 160,
        ("media", "checker"): 168,
    }
)
"""Where each is enabled, a bit for each lane; which pattern stands four bytes on, a nibble for each lane."""
PATTERN_SELECT = 4
_SUPPORTED: Mapping[tuple[Side, Role], int] = MappingProxyType(
    {
        ("host", "generator"): 132,
        ("media", "generator"): 134,
        ("host", "checker"): 136,
        ("media", "checker"): 138,
    }
)
PRBS_31Q, PRBS_31 = 0, 1
_NOT_LOCKED: Mapping[Side, int] = MappingProxyType({"host": 138, "media": 139})
_RATIOS: Mapping[Side, int] = MappingProxyType({"host": 192, "media": 208})


def lanes_in(mask: int) -> tuple[int, ...]:
    """The lanes of a mask, from 1."""
    return tuple(lane + 1 for lane in range(LANES) if mask >> lane & 1)


def mask_of(lanes: Iterable[int]) -> int:
    """The mask of lanes counted from 1.

    Raises:
        ValueError: bank 0 has no such lane.
    """
    mask = 0
    for lane in lanes:
        if not 1 <= lane <= LANES:
            raise ValueError(f"bank 0 has no lane {lane}")
        mask |= 1 << lane - 1
    return mask


def with_lanes(byte: int, lanes: int, on: bool) -> int:
    """A byte of which only the bits of `lanes` are set or cleared."""
    return byte | lanes if on else byte & ~lanes & ALL


def transmitters(port: str, present: int, disabled: int, sending: int | None) -> Transmitters:
    """What 10h:130 and 11h:133 say of the lanes that the module has; `sending` None: it does not tell."""
    return Transmitters(
        port=port,
        lanes=tuple(
            LaneTransmitter(
                index=lane,
                disabled=value(bool(disabled >> lane - 1 & 1)),
                sending=UNSUPPORTED if sending is None else value(bool(sending >> lane - 1 & 1)),
            )
            for lane in lanes_in(present)
        ),
    )


def loopbacks(port: str, control: bytes) -> Loopbacks:
    """What page 13h says; `control` begins with its byte 128.

    Raises:
        Damaged: it is not all there.
    """
    _whole(control, CONTROL_BYTES)
    on = {
        name: lanes_in(control[_FIRST_CONTROL + at])
        for at, name in enumerate(_LOOPBACKS)
        if control[_FIRST_CONTROL + at]
    }
    return Loopbacks(
        port=port,
        supported=tuple(name for at, name in enumerate(_LOOPBACKS) if control[0] >> at & 1),
        on=on,
    )


def pattern_offered(side: Side, role: Role, control: bytes) -> int | None:
    """PRBS-31Q, else PRBS-31, else None where the module has neither there."""
    _whole(control, CONTROL_BYTES)
    offered = control[_SUPPORTED[side, role] - FIRST_UPPER]
    return next((pattern for pattern in (PRBS_31Q, PRBS_31) if offered >> pattern & 1), None)


def pattern_test(port: str, side: Side, present: int, control: bytes, results: bytes) -> PatternTest:
    """What pages 13h and 14h say of one side; both begin with their byte 128.

    A ratio counts only where a checker runs, has found its pattern, and the page is set to show ratios.

    Raises:
        Damaged: one is not all there.
    """
    _whole(control, CONTROL_BYTES)
    _whole(results, RESULT_BYTES)
    generating = control[PATTERN_BYTES[side, "generator"] - FIRST_UPPER]
    checking = control[PATTERN_BYTES[side, "checker"] - FIRST_UPPER]
    lost = results[_NOT_LOCKED[side] - FIRST_UPPER]
    ratios = unpack_from(">8H", results, _RATIOS[side] - FIRST_UPPER)
    shown = results[0] == BER_SELECTOR
    return PatternTest(
        port=port,
        side=side,
        lanes=tuple(
            PatternLane(
                index=lane,
                generating=value(bool(generating >> lane - 1 & 1)),
                checking=value(bool(checking >> lane - 1 & 1)),
                locked=value(not lost >> lane - 1 & 1) if checking >> lane - 1 & 1 else NOT_AVAILABLE,
                ber=_ratio(ratios[lane - 1]) if shown and checking & ~lost & 1 << lane - 1 else NOT_AVAILABLE,
            )
            for lane in lanes_in(present)
        ),
    )


def _ratio(raw: int) -> Read:
    """0 of a checker that runs and has found its pattern is that it has seen no error."""
    read = f16(raw)
    return value(read) if read <= 1.0 else NOT_AVAILABLE


def _whole(page: bytes, count: int) -> None:
    if len(page) < count:
        raise Damaged(f"{len(page)} bytes of a page came instead of {count}")
