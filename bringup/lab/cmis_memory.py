"""The memory of a simulated CMIS module, byte for byte: what is read of it, and what a write makes it do.

All of it follows from the world at the moment of the read. Reading flags clears those that were latched.
Flat memories (passive copper) have no more than page 00h; pages that a module does not advertise can't be
read. Diagnostics (pages 13h and 14h) are in `bringup.lab.cmis_diagnostics`.
"""

from __future__ import annotations

import struct

from bringup.lab import cmis_diagnostics, cmis_identity, cmis_lanes, cmis_laser, cmis_observables, links
from bringup.lab.cmis_identity import PAGE
from bringup.lab.optic_kind import TEMPERATURE, VOLTAGE, OpticKind, kind_of
from bringup.lab.state import Optic, Port
from bringup.lab.world import World

LOW_POWER_BIT, RESET_BIT = 0x10, 0x08
"""Of byte 26: low power asked for by software, reset."""
STATE_CHANGED, MODULE_FLAGS = 8, range(8, 12)
DEINIT, TX_DISABLE, RX_DISABLE = (0x10, 128), (0x10, 130), (0x10, 138)
FREEZE = (0x2F, 144)


class ModuleMemory:
    """The memory of the module that sits in a port now."""

    def __init__(self, world: World, subject: str) -> None:
        """Raises: LookupError where no module sits there."""
        self._world, self._subject = world, subject
        self._port = world.port(subject)
        if self._port.optic is None:
            raise LookupError(subject)
        self._optic: Optic = self._port.optic
        self._kind: OpticKind = kind_of(self._optic.medium)
        self._identifier = cmis_identity.form_of(self._kind, self._port.adapter is not None)

    @property
    def pages(self) -> tuple[int, ...]:
        """Upper pages that can be read."""
        if self._kind.flat:
            return (0x00,)
        observed = (0x20, 0x24, 0x28, 0x2C, 0x2F) if self._kind.retimed else ()
        source = () if self._optic.source is None else (0x1A, 0x1B)
        return (0x00, 0x01, 0x02, 0x10, 0x11, 0x13, 0x14, *source, *observed)

    def read(self, page: int | None, at: int, count: int, bank: int = 0) -> bytes | None:
        """`count` bytes from byte `at`: below 128 lower memory, above the upper page; None where there is no
        such page or bank. Flags are cleared by it.
        """
        held = b""
        first, last = at, at + count
        if first < PAGE:
            held += self._lower()[first : min(last, PAGE)]
            self._clear(range(first, min(last, PAGE)), MODULE_FLAGS)
        if last > PAGE:
            upper = self._upper(page or 0) if bank == 0 else None
            if upper is None:
                return None
            start = max(first, PAGE)
            held += upper[start - PAGE : last - PAGE]
            if page == 0x11:
                flags = range(cmis_lanes.LATCHED_FROM, cmis_lanes.LATCHED_TO + 1)
                self._clear(range(start, last), flags)
        return held

    def _clear(self, seen: range, flags: range) -> None:
        """Flags are no part of what hands change: time goes on without a word."""
        for at in set(seen) & set(flags):
            self._optic.controls.latched.pop(str(at), None)

    # halves

    def _lower(self) -> bytes:
        optic, kind, now = self._optic, self._kind, self._world.now()
        held = cmis_identity.lower(optic, kind, self._identifier)
        if kind.flat:
            held[3] = cmis_lanes.READY << 1 | 1
            return bytes(held)
        state = cmis_lanes.module_state(optic, now)
        celsius, volts = self._world.optic_temperature_c(self._subject), optic.supply_voltage_v
        held[9] = _module_flags(celsius, volts) if state == cmis_lanes.READY else 0
        for name, bits in optic.controls.latched.items():
            if int(name) in MODULE_FLAGS:
                held[int(name)] |= bits
        lane_flags = self._page_11()[6:26]
        held[4] = 0x02 if any(lane_flags) else 0x00
        asserted = any(held[4:5]) or any(held[8:12])
        held[3] = state << 1 | (0 if asserted else 1)
        held[14:16] = struct.pack(">h", max(-32768, min(32767, round(celsius * 256))))
        held[16:18] = struct.pack(">H", round(volts / cmis_identity.VOLT_PER_COUNT))
        held[26] = LOW_POWER_BIT if optic.low_power else 0x00
        return bytes(held)

    def _page_11(self) -> bytes:
        lanes = self._world.lanes(self._subject)
        return cmis_lanes.page_11(self._port, self._optic, self._kind, lanes, self._world.now())

    def _upper(self, page: int) -> bytes | None:
        optic, kind, port = self._optic, self._kind, self._port
        if page not in self.pages:
            return None
        match page:
            case 0x00:
                return cmis_identity.page_00(optic, kind, self._identifier)
            case 0x01:
                return cmis_identity.page_01(optic, kind)
            case 0x02:
                return cmis_identity.page_02(kind)
            case 0x10:
                return cmis_lanes.page_10(port, optic)
            case 0x11:
                return self._page_11()
            case 0x13:
                return cmis_diagnostics.page_13(optic)
            case 0x14:
                bers = self._world.pattern_bers(self._subject)
                return cmis_diagnostics.page_14(optic, bers, [snr for snr, _ in self._signals()])
            case 0x1A if optic.source is not None:
                return cmis_laser.page_1a(optic.source)
            case 0x1B if optic.source is not None:
                return cmis_laser.page_1b(optic.source)
            case 0x20:
                return cmis_observables.page_20(len(optic.lanes))
            case 0x28:
                return cmis_observables.page_28()
            case 0x2F:
                return cmis_observables.page_2f(optic.controls.frozen)
        signals = self._signals()
        made = cmis_observables.page_24 if page == 0x24 else cmis_observables.page_2c
        return made([snr for snr, _ in signals], [ber for _, ber in signals])

    def _signals(self) -> list[tuple[float | None, float | None]]:
        """SNR in dB and error ratio behind each receiver; None where there is no light, or nobody awake."""
        received = [lane.rx_power_dbm for lane in self._world.lanes(self._subject)]
        if cmis_lanes.module_state(self._optic, self._world.now()) != cmis_lanes.READY:
            return [(None, None)] * len(received)
        return [
            (None, None) if power is None else links.signal(self._port, self._optic.medium, power)
            for power in received
        ]

    # writes

    def write(self, page: int, at: int, data: bytes) -> None:
        """Do what the bytes say, one after the other. What can't be written stays as it is."""
        with self._world.changing(self._subject):
            for offset, byte in enumerate(data):
                self._write(0 if at + offset < PAGE else page, at + offset, byte)

    def _write(self, page: int, at: int, byte: int) -> None:
        optic, told, now = self._optic, self._optic.controls, self._world.plant.at
        if self._kind.flat:
            return
        if (page, at) == (0, 26):
            if byte & RESET_BIT:
                _reset(optic)
            optic.low_power = bool(byte & LOW_POWER_BIT)
        elif (page, at) == DEINIT:
            freed = told.deinit & ~byte
            told.deinit = byte
            if freed:
                told.initialising = freed
                told.initialised_at = now + optic.power_up_s * (1.0 - cmis_identity.SHARE_OF_POWER_UP)
        elif (page, at) == TX_DISABLE:
            told.tx_disabled = byte
        elif (page, at) == RX_DISABLE:
            told.rx_disabled = byte
        elif (page, at) == FREEZE:
            told.frozen = bool(byte & cmis_observables.FREEZE)
        else:
            cmis_diagnostics.write(told, page, at, byte)


def _reset(optic: Optic) -> None:
    """All controls are what they were when it left the factory, and it wakes anew."""
    optic.controls = type(optic.controls)()
    optic.ready_at = None
    optic.controls.latched[str(STATE_CHANGED)] = 0x01


def _module_flags(celsius: float, volts: float) -> int:
    """Byte 9: four bits of the temperature, four of the supply."""
    bits = 0
    for shift, value, limits in (
        (0, celsius, TEMPERATURE),
        (4, volts, VOLTAGE),
    ):
        bits |= (value >= limits.high_alarm) << shift | (value <= limits.low_alarm) << shift + 1
        bits |= (value >= limits.high_warning) << shift + 2 | (value <= limits.low_warning) << shift + 3
    return bits


def port_memory(world: World, port: Port) -> ModuleMemory | None:
    """The memory of what sits in a port; None where nothing does."""
    return None if port.optic is None else ModuleMemory(world, port.subject)
