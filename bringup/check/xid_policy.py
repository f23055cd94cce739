"""What an Xid of NVIDIA's driver says about the hardware: NVIDIA's catalogue in four words.

From the XID catalogue (October 2025) as the accelerators reference has it, section 3.2. In a bring-up what a
running fleet would merely note holds a new board back: a row that was remapped, a high rate of corrections.
"""

from __future__ import annotations

from enum import StrEnum


class Held(StrEnum):
    """What is held against the board."""

    FAULT = "fault"
    APPLICATION = "application"
    NOTED = "noted"
    UNKNOWN = "unknown"


def _span(*codes: int | tuple[int, int]) -> frozenset[int]:
    return frozenset(
        each
        for code in codes
        for each in (range(code[0], code[1] + 1) if isinstance(code, tuple) else (code,))
    )


APPLICATION = _span(8, 11, 13, 25, 31, 32, (39, 41), 60, (68, 72), (75, 77), 80, (82, 86), 88, 89) | _span(
    (96, 105), (126, 135), 139
)
"""NVIDIA: restart the application. Here: our own test has crashed, so run it again."""
HELD_IN_BRINGUP = _span(63, 92, 94)
"""A row was remapped and waits for a reset; many corrections; an error that was contained, not corrected."""
NOTED = _span(37, 38, 43, 44, 66, 67, 93, 106, 107, 121, 137, 141, 152, 153, 157, 160, 161)
FAULT = (
    HELD_IN_BRINGUP
    | _span(45, 46, 48, 54, 62, 64, 74, 78, 79, 95, 109, 110, 119, 120, 136, 140)
    | _span((142, 151), (154, 156), 158, 159)
)
"""Reset, power cycle, service, or a workflow of its own: none of it belongs to a board that is accepted."""


def held_of(code: int) -> Held:
    """`UNKNOWN` for a code that no list explains, or that has no bucket yet (162 and later)."""
    if code in FAULT:
        return Held.FAULT
    if code in APPLICATION:
        return Held.APPLICATION
    return Held.NOTED if code in NOTED else Held.UNKNOWN
