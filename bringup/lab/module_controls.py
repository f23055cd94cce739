"""SONiC's `sfputil` over the world: what a module's lanes are told to do, by commands and by its registers.

Registers are those of OIF-CMIS: identity and lane count on page 00h, diagnostics advertised in 01h:142,
transmitters in 10h and 11h, loopbacks and patterns in 13h, their results in 14h.
"""

from __future__ import annotations

import math
import struct

from bringup.lab.module_loops import FAR, NEAR
from bringup.lab.shell import Handler, Reply
from bringup.lab.state import Optic, Port
from bringup.lab.world import World

CMIS_OSFP, CMIS_5_0 = 0x19, 0x50
LOOPBACKS = ("media-side-output", "media-side-input", "host-side-output", "host-side-input")
FIRST_LOOPBACK = 180
ENABLES = {
    144: ("generators", "host"),
    152: ("generators", "media"),
    160: ("checkers", "host"),
    168: ("checkers", "media"),
}
SETTLES_S = 2.0
"""`tx-output` waits so long before it looks at what became of its command."""
FAILED, NOT_IMPLEMENTED = 255, 5


class ModuleCommands:
    """The commands of one switch."""

    def __init__(self, world: World, device: str) -> None:
        self._world = world
        self._device = device

    def table(self) -> dict[str, Handler]:
        """Pattern -> handler, for the switch's shell."""
        port, size = r"-p (?P<name>\S+) -n (?P<page>\d+) -o (?P<at>\d+)", r"-s (?P<size>\d+)"
        name, verb = r"(?P<name>\S+)", r"(?P<verb>enable|disable)"
        return {
            rf"sudo sfputil debug tx-output {name} {verb}": self._tx_output,
            rf"sudo sfputil debug loopback {name} (?P<mode>\S+) {verb}": self._loopback,
            rf"sudo sfputil read-eeprom {port} {size} --no-format": self._read,
            rf"sudo sfputil write-eeprom {port} -d (?P<data>[0-9a-f]{{2}})": self._write,
            r'sonic-db-cli CONFIG_DB HGET "PORT\|(?P<name>\S+)" subport': self._subport,
            r'sonic-db-cli CONFIG_DB HGET "PORT\|(?P<name>\S+)" dom_polling': self._polling,
            rf"sudo config interface transceiver dom {name} {verb}": self._set_polling,
            r"sfputil .*": lambda: Reply("Root privileges are required for this operation\n", "", 1),
        }

    def _port(self, name: str) -> Port | None:
        ports = self._world.ports(self._device)
        return next((port for port in ports if port.name == name), None)

    def _subport(self, name: str) -> Reply:
        """A port that is broken out has a number in its cage."""
        port = self._port(name)
        if port is None or port.cage is None or port.optic is None:
            return Reply("\n")
        whole = port.lane_count >= len(port.optic.lanes)
        return Reply("0\n" if whole else f"{port.lane_offset // port.lane_count + 1}\n")

    def _polling(self, name: str) -> Reply:
        port = self._port(name)
        paused = port is not None and port.optic is not None and not port.optic.controls.polled
        return Reply("disabled\n" if paused else "\n")

    def _set_polling(self, name: str, verb: str) -> Reply:
        found = self._module(name)
        if isinstance(found, Reply):
            return found
        with self._world.changing():
            found[1].controls.polled = verb == "enable"
        return Reply("")

    def _module(self, name: str) -> tuple[Port, Optic] | Reply:
        port = self._port(name)
        if port is None:
            return Reply(f"Error: invalid port '{name}'\n", "", 6)
        if port.optic is None:
            return Reply(f"{name}: SFP EEPROM not detected\n", "", NOT_IMPLEMENTED)
        return port, port.optic

    def _mask(self, port: Port) -> int:
        first = 0 if port.cage is None else port.lane_offset
        return (1 << port.lane_count) - 1 << first

    def _tx_output(self, name: str, verb: str) -> Reply:
        found = self._module(name)
        if isinstance(found, Reply):
            return found
        port, optic = found
        if optic.medium.upper().endswith(("CR4", "CR8", "DAC")):
            return Reply(f"{name}: TX disable is not applicable for this module\n", "", NOT_IMPLEMENTED)
        with self._world.changing():
            before, mask = optic.controls.tx_disabled, self._mask(port)
            optic.controls.tx_disabled = before & ~mask if verb == "enable" else before | mask
        return Reply(f"{name}: TX output {verb}d on subport 0\n", takes_s=SETTLES_S)

    def _loopback(self, name: str, mode: str, verb: str) -> Reply:
        found = self._module(name)
        if isinstance(found, Reply):
            return found
        if mode not in (*NEAR, *FAR):
            return Reply("", f"Error: Invalid value for '<loopback_mode>': '{mode}' is not one of ...\n", 2)
        port, optic = found
        with self._world.changing():
            on = optic.controls.loopbacks
            lanes = on.get(mode, 0) & ~self._mask(port) | (self._mask(port) if verb == "enable" else 0)
            on[mode] = lanes
        return Reply(f"{name}: {verb} {mode} loopback\n")

    # registers

    def _read(self, name: str, page: str, at: str, size: str) -> Reply:
        found = self._module(name)
        if isinstance(found, Reply):
            return found
        held = self._page(*found, int(page))
        first, count = int(at), int(size)
        if (first < 128 and int(page)) or first + count > 256:
            return Reply("", f"Error: Invalid offset {first}: it must be in range [128, 255]\n", 2)
        return Reply(bytes(held[first : first + count]).hex() + "\n")

    def _page(self, port: Port, optic: Optic, page: int) -> bytearray:
        """Lower memory and one upper page, as far as this module has it."""
        held = bytearray(256)
        held[0], held[1] = CMIS_OSFP, CMIS_5_0
        told = optic.controls
        present = (1 << len(optic.lanes)) - 1
        if page == 0x00:
            held[128], held[210] = CMIS_OSFP, ~present & 0xFF
        elif page == 0x01:
            held[142] = 0x20
        elif page == 0x10:
            held[130] = told.tx_disabled
        elif page == 0x11:
            lit = [lane.tx_power_dbm is not None for lane in self._world.lanes(port.subject)]
            held[133] = sum(1 << at for at, shines in enumerate(lit) if shines)
        elif page == 0x13:
            held[128] = 0x0F
            held[132:140] = bytes((0x03, 0)) * 4
            for at, name in enumerate(LOOPBACKS):
                held[FIRST_LOOPBACK + at] = told.loopbacks.get(name, 0)
            for at, (kind, side) in ENABLES.items():
                held[at] = getattr(told, kind).get(side, 0)
        elif page == 0x14:
            held[128] = told.selector
            self._results(port, optic, held)
        return held

    def _results(self, port: Port, optic: Optic, held: bytearray) -> None:
        """Ratios of the checkers that run and find their pattern; the others are not locked."""
        for side, not_locked, first in (("host", 138, 192), ("media", 139, 208)):
            checking = optic.controls.checkers.get(side, 0)
            ratios = self._world.pattern_bers(port.subject) if side == "media" else ()
            for lane in range(8):
                ratio = ratios[lane] if lane < len(ratios) else None
                if not checking >> lane & 1:
                    continue
                if ratio is None:
                    held[not_locked] |= 1 << lane
                elif optic.controls.selector == 1:
                    held[first + 2 * lane : first + 2 * lane + 2] = struct.pack(">H", f16(ratio))

    def _write(self, name: str, page: str, at: str, data: str) -> Reply:
        found = self._module(name)
        if isinstance(found, Reply):
            return found
        _, optic = found
        place, byte, told = (int(page), int(at)), int(data, 16), optic.controls
        with self._world.changing():
            if place == (0x10, 130):
                told.tx_disabled = byte
            elif place == (0x14, 128):
                told.selector = byte
            elif place[0] == 0x13 and place[1] in ENABLES:
                kind, side = ENABLES[place[1]]
                getattr(told, kind)[side] = byte
        return Reply("")


def f16(ratio: float) -> int:
    """A ratio as CMIS writes it: a mantissa of eleven bits and a power of ten."""
    if ratio <= 0.0:
        return 0
    power = math.floor(math.log10(ratio)) - 2
    mantissa = round(ratio / 10.0**power)
    return max(0, min(31, power + 24)) << 11 | mantissa & 0x7FF
