"""A module's own memory, read page by page: which pages, by what the first ones say, and what they tell.

To read page 11h clears latched flags of the module (field rule 8, `consuming`): whoever else waits for them
does not see them. So it is for hosts, whose kernels poll no module, and for ports that carry nothing.
"""

from __future__ import annotations

import shlex
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

import msgspec

from bringup.decode import sonic_eeprom
from bringup.decode.ethtool_hex import MODULE_HEX
from bringup.decode.module.codes import CMIS_IDENTIFIERS, SFF8636_IDENTIFIERS, SFP_IDENTIFIERS
from bringup.decode.module.facts import Application, Diagnostics, Module, ModuleLane, Observable
from bringup.decode.module.formats import CMIS, SFF8472, SFF8636
from bringup.decode.module.memory import HALF
from bringup.decode.registry import Format
from bringup.driver.reading import Command, facts_of
from bringup.driver.told import Kind, fact, facts
from bringup.model.errors import NoData, Unparsable
from bringup.model.facts import Decoded, Fact, Optic
from bringup.model.facts_module_state import LaneState, ModuleState
from bringup.model.measurement import NOT_AVAILABLE, UNSUPPORTED, Read

ADVERTISING, SUPPORT = 0x01, 142 - HALF
"""Page 01h, and its byte that says which others there are."""
VDM, DIAGNOSTICS = 0x40, 0x20
BANKS = MappingProxyType({0: 1, 1: 2, 2: 4})
"""01h:142, two lowest bits -> banks of eight lanes."""
FLAT = 0x80
SFF8636_FLAT = 0x04
_SNR, _BER = ("snr_media_db", "snr_host_db"), ("pre_fec_ber_media_current", "pre_fec_ber_host_current")


class ModuleMemory(Fact, frozen=True, kw_only=True):
    """All that a module's memory told. `warnings` are what could not be believed of it."""

    port: str
    optic: Optic
    module: Module
    applications: tuple[Application, ...] = ()
    lanes: tuple[ModuleLane, ...] = ()
    observables: tuple[Observable, ...] = ()
    diagnostics: Diagnostics | None = None
    warnings: tuple[str, ...] = ()


class Place(msgspec.Struct, frozen=True):
    """One half of 128 bytes: the lower memory (no page), or an upper page of a bank; `diagnostic` is the
    lower half at the second address of an SFP (A2h).
    """

    page: int | None = None
    bank: int = 0
    diagnostic: bool = False

    @property
    def heading(self) -> str:
        """As a heading of a dump says it."""
        if self.page is None:
            return "Lower page 0h"
        return (
            f"Bank {self.bank} Upper page {self.page:02x}h" if self.bank else f"Upper page {self.page:02x}h"
        )


class ByEthtool:
    """A host's ports, by its kernel. `read` runs a command, the way that works there."""

    def __init__(self, read: Callable[[Command], Awaitable[Decoded]], port: str, device: str) -> None:
        self._read, self._port, self._device = read, port, device

    async def half(self, place: Place) -> bytes:
        where = " i2c 0x51" if place.diagnostic else ""
        if place.page is not None:
            where = f" page {place.page:#x} bank {place.bank:#x}"
        first = 0 if place.page is None else HALF
        text = f"ethtool -m {shlex.quote(self._port)} hex on{where} offset {first} length {HALF}"
        told = await self._read(Command(text=text, format=MODULE_HEX))
        rows = told.facts["rows"]
        assert isinstance(rows, dict)
        if next(iter(rows)) != str(first):
            raise Unparsable(f"{self._device}/{self._port}: what `{text}` gave begins at another place")
        return _whole("".join(map(str, rows.values())), place, f"{self._device}/{self._port}")


class BySfputil:
    """A SONiC port, by the switch's own tool; its daemon reads the same memory beside it (field rule 8)."""

    def __init__(self, read: Callable[[Command], Awaitable[Decoded]], port: str, device: str) -> None:
        self._read, self._port, self._device = read, port, device

    async def half(self, place: Place) -> bytes:
        if place.bank:
            raise NoData(f"{self._device}/{self._port}: sfputil reads no banks", "See lanes 1 to 8.")
        wire = " --wire-addr a2h" if place.diagnostic else ""
        first = 0 if place.page is None else HALF
        text = (
            f"sudo sfputil read-eeprom -p {shlex.quote(self._port)} -n {place.page or 0} -o {first} -s {HALF}"
            f"{wire} --no-format"
        )
        told = await self._read(Command(text=text, format=sonic_eeprom.FORMATS[0], deadline_s=30.0))
        return _whole(fact(told, "hex", str), place, f"{self._device}/{self._port}")


def _whole(digits: str, place: Place, port: str) -> bytes:
    half = bytes.fromhex(digits)
    if len(half) != HALF:
        raise Unparsable(f"{port}: {len(half)} bytes came of the {place.heading.lower()} instead of {HALF}")
    return half


class Halves(Protocol):
    async def half(self, place: Place) -> bytes:
        """The 128 bytes of one place.

        Raises:
            DeviceError: they can't be read; `NoData` where there is no module, or no way to its pages.
        """
        ...


async def read_memory(halves: Halves, port: str, *, device: str) -> ModuleMemory:
    """Raises:
    Unparsable: what came is no module's memory: a check code that is wrong, an identifier that is none.
    """
    lower = await halves.half(Place())
    first = lower[0]
    if first in SFP_IDENTIFIERS:
        return await _sfp(halves, lower, port, device)
    made = CMIS if first in CMIS_IDENTIFIERS else SFF8636 if first in SFF8636_IDENTIFIERS else None
    if made is None:
        raise Unparsable(
            f"{device}/{port}: a module of identifier 0x{first:02x} is none whose memory is known",
            "Is a module in that cage, and seated?",
        )
    held = {Place(): lower, Place(0): await halves.half(Place(0))}
    if made is SFF8636:
        if not lower[2] & SFF8636_FLAT:
            held[Place(3)] = await halves.half(Place(3))
    elif not lower[2] & FLAT:
        held[Place(ADVERTISING)] = await halves.half(Place(ADVERTISING))
        for place in _advertised(held[Place(ADVERTISING)][SUPPORT]):
            held[place] = await halves.half(place)
    return _told(made, _dump(held), port, device)


async def read_places(halves: Halves, port: str, places: Sequence[Place], *, device: str) -> ModuleMemory:
    """Certain pages of a CMIS module beside those that say who it is. Raises: as `read_memory`."""
    held = {place: await halves.half(place) for place in (Place(), Place(0), Place(ADVERTISING), *places)}
    return _told(CMIS, _dump(held), port, device)


def _advertised(support: int) -> Iterator[Place]:
    yield Place(0x02)
    for bank in range(BANKS.get(support & 3, 1)):
        yield Place(0x10, bank)
        yield Place(0x11, bank)
    if support & DIAGNOSTICS:
        yield Place(0x13)
        yield Place(0x14)
    if support & VDM:
        for page in (0x20, 0x24, 0x28, 0x2C):
            yield Place(page)


async def _sfp(halves: Halves, lower: bytes, port: str, device: str) -> ModuleMemory:
    """A0h, and A2h where the module has monitors (A0h:92, bit 6)."""
    held = {Place(): lower, Place(0): await halves.half(Place(0))}
    if lower[92] & 0x40:
        held[Place(diagnostic=True)] = await halves.half(Place(diagnostic=True))
    linear = b"".join(held.values())
    return _told(SFF8472, linear, port, device)


def _dump(held: Mapping[Place, bytes]) -> bytes:
    """The halves as one text with headings, which is what captures look like."""
    lines: list[str] = []
    for place, half in held.items():
        lines.append(place.heading)
        first = 0 if place.page is None else HALF
        lines += [f"0x{first + at:04x}: {half[at : at + 16].hex(' ')}" for at in range(0, HALF, 16)]
    return ("\n".join(lines) + "\n").encode()


def _told(made: Format, data: bytes, port: str, device: str) -> ModuleMemory:
    decoded = facts_of(made, data, device=device, request=f"the memory of the module in {port}")
    return ModuleMemory(
        port=port,
        optic=msgspec.structs.replace(fact(decoded, "optic", Optic), port=port),
        module=msgspec.structs.replace(fact(decoded, "module", Module), port=port),
        applications=_several(decoded, "applications", Application),
        lanes=_several(decoded, "lanes", ModuleLane),
        observables=_several(decoded, "observables", Observable),
        diagnostics=_maybe(decoded),
        warnings=decoded.warnings,
    )


def _several(decoded: Decoded, name: str, kind: type[Kind]) -> tuple[Kind, ...]:
    """All facts under `name`; none where this kind of memory has no such facts."""
    return facts(decoded, name, kind) if name in decoded.facts else ()


def _maybe(decoded: Decoded) -> Diagnostics | None:
    held = decoded.facts.get("diagnostics")
    return held if isinstance(held, Diagnostics) else None


def state_of(memory: ModuleMemory) -> ModuleState:
    """The state machines, and what each lane measures now, of a memory."""
    machine = memory.module.identifier_code in CMIS_IDENTIFIERS
    if not machine or memory.module.flat_memory.value is True:
        return ModuleState(port=memory.port, state=UNSUPPORTED)
    measured = {(each.name, each.lane): each.reading for each in memory.observables}

    def observed(name: str, lane: int) -> Read:
        return measured.get((name, lane), UNSUPPORTED)

    return ModuleState(
        port=memory.port,
        state=memory.module.state,
        fault_cause=memory.module.fault_cause,
        lanes=tuple(
            LaneState(
                index=lane.index,
                data_path=lane.data_path_state,
                config_status=lane.config_status,
                snr_media_db=observed(_SNR[0], lane.index),
                snr_host_db=observed(_SNR[1], lane.index),
                ber_media=observed(_BER[0], lane.index),
                ber_host=observed(_BER[1], lane.index),
            )
            for lane in memory.lanes
        ),
    )


async def states_of(halves_of: Mapping[str, Halves], *, device: str) -> tuple[ModuleState, ...]:
    """The states of several ports; those that have no module, or whose driver has no pages of it, left out.

    Raises:
        NoData: none of them has one.
    """
    found: list[ModuleState] = []
    last: NoData | None = None
    for port, halves in halves_of.items():
        try:
            found.append(state_of(await read_memory(halves, port, device=device)))
        except NoData as none:
            last = none
        except Unparsable:
            found.append(ModuleState(port=port, state=NOT_AVAILABLE))
    if not found:
        raise last or NoData(f"{device}: no port has a module whose memory can be read")
    return tuple(found)


def with_signals(state: ModuleState, measured: ModuleState | None) -> ModuleState:
    """`state` with what `measured` tells of the same lanes' signals."""
    if measured is None:
        return state
    lanes = {lane.index: lane for lane in state.lanes}
    for lane in measured.lanes:
        lanes[lane.index] = msgspec.structs.replace(
            lanes.get(lane.index, LaneState(index=lane.index)),
            snr_media_db=lane.snr_media_db,
            snr_host_db=lane.snr_host_db,
            ber_media=lane.ber_media,
            ber_host=lane.ber_host,
        )
    return msgspec.structs.replace(state, lanes=tuple(lanes[at] for at in sorted(lanes)))
