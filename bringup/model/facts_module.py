"""Typed facts about what a module is told to do on its lanes: transmitters, loopbacks, test patterns.

Lanes count from 1 and are those of the port that was asked for. Nothing here is judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from bringup.model.facts import Fact
from bringup.model.measurement import ABSENT, Read

Loopback = Literal["host-side-input", "host-side-output", "media-side-input", "media-side-output"]
"""CMIS page 13h. Host-side-input gives the host its own signal back; media-side-output does it behind the
module's signal processor, before the light; media-side-input gives received light back to the far end;
host-side-output does it behind the far module's signal processor.
"""
Side = Literal["host", "media"]
Role = Literal["generator", "checker"]


class LaneTransmitter(Fact, frozen=True, kw_only=True):
    """One transmitter: whether it is told to be off (10h:130), and whether its output is valid (11h:133)."""

    index: int
    disabled: Read = ABSENT
    sending: Read = ABSENT


class Transmitters(Fact, frozen=True, kw_only=True):
    """The transmitters of a port's module, read from the module itself."""

    port: str
    lanes: tuple[LaneTransmitter, ...] = ()


class Loopbacks(Fact, frozen=True, kw_only=True):
    """Loopbacks that a port's module can do, and the lanes on which each is on."""

    port: str
    supported: tuple[Loopback, ...] = ()
    on: Mapping[Loopback, tuple[int, ...]] = MappingProxyType({})


class PatternLane(Fact, frozen=True, kw_only=True):
    """One lane of a test pattern. `ber` is not available where the checker does not run or has no number;
    `locked` False where the checker does not find the pattern.
    """

    index: int
    generating: Read = ABSENT
    checking: Read = ABSENT
    locked: Read = ABSENT
    ber: Read = ABSENT
    snr_db: Read = ABSENT


class PatternTest(Fact, frozen=True, kw_only=True):
    """Pattern generator and checker of one side of a port's module."""

    port: str
    side: Side
    lanes: tuple[PatternLane, ...] = ()
