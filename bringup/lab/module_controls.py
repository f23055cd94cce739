"""SONiC's `sfputil` over the world: what a module's lanes are told to do, by commands and by its registers.

Registers are those of `bringup.lab.cmis_memory`.
"""

from __future__ import annotations

from bringup.lab.cmis_memory import ModuleMemory
from bringup.lab.module_loops import FAR, NEAR
from bringup.lab.module_text import hexdump, sfputil_hexdump
from bringup.lab.shell import Handler, Reply
from bringup.lab.state import Optic, Port
from bringup.lab.world import World

SETTLES_S = 2.0
"""`tx-output` waits so long before it looks at what became of its command."""
FAILED_READ, NOT_IMPLEMENTED = 1, 5


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
            rf"sudo sfputil read-eeprom {port} {size}(?P<plain> --no-format)?": self._read,
            r"sudo sfputil show eeprom-hexdump -p (?P<name>\S+)( -n (?P<page>[0-9a-fA-F]+))?": self._dump,
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
        with self._world.changing(port.subject):
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
        with self._world.changing(port.subject):
            on = optic.controls.loopbacks
            lanes = on.get(mode, 0) & ~self._mask(port) | (self._mask(port) if verb == "enable" else 0)
            on[mode] = lanes
        return Reply(f"{name}: {verb} {mode} loopback\n")

    # registers

    def _dump(self, name: str, page: str | None) -> Reply:
        port = self._port(name)
        if port is None:
            return Reply(f"Error: invalid port '{name}'\n", "", 6)
        return sfputil_hexdump(self._world, port, int(page or "0", 16))

    def _read(self, name: str, page: str, at: str, size: str, plain: str | None) -> Reply:
        found = self._module(name)
        if isinstance(found, Reply):
            return found
        first, count = int(at), int(size)
        if (first < 128 and int(page)) or first + count > 256:
            return Reply("", f"Error: Invalid offset {first}: it must be in range [128, 255]\n", 2)
        held = ModuleMemory(self._world, found[0].subject).read(int(page), first, count)
        if held is None:
            return Reply("", f"Error: Failed to read EEPROM for offset {first}!\n", FAILED_READ)
        return Reply(held.hex() + "\n" if plain else hexdump(held, first))

    def _write(self, name: str, page: str, at: str, data: str) -> Reply:
        found = self._module(name)
        if isinstance(found, Reply):
            return found
        ModuleMemory(self._world, found[0].subject).write(int(page), int(at), bytes.fromhex(data))
        return Reply("")
