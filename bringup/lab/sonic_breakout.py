"""SONiC's commands about breakout: what mode a cage has, and setting another."""

from __future__ import annotations

import re

from bringup.lab.breakout import MODES
from bringup.lab.shell import Handler, Reply
from bringup.lab.state_rack import Cage
from bringup.lab.world import World

HEADER = ("Interface", "Current Breakout Mode")


class BreakoutCommands:
    """The commands of one switch. An interface is named by the first port of its cage."""

    def __init__(self, world: World, device: str) -> None:
        self._world = world
        self._device = device

    def table(self) -> dict[str, Handler]:
        """Pattern -> handler, for the switch's shell."""
        return {
            r"show interfaces breakout current-mode( (?P<name>\S+))?": self._show,
            r"sudo config interface breakout (?P<name>\S+) (?P<mode>\S+)(?P<flags>( -[ylfv])*)": self._set,
        }

    def _cages(self) -> list[Cage]:
        return self._world.device(self._device).cages

    def _show(self, name: str | None) -> Reply:
        rows = [(cage.ports[0], cage.mode) for cage in self._cages() if name in (None, cage.ports[0])]
        return Reply(_grid(HEADER, rows))

    def _set(self, name: str, mode: str, flags: str) -> Reply:
        cage = next((each for each in self._cages() if each.ports[0] == name), None)
        if cage is None:
            return Reply(
                "", f"[ERROR] {name} interface is NOT present in BREAKOUT_CFG table of CONFIG DB\n", 1
            )
        plain = re.sub(r"[\[(].*", "", mode)
        if plain not in MODES:
            return Reply("", f"[ERROR] Target mode {mode} is not available for the port {name}\n", 1)
        if "-y" not in flags:
            return Reply("Do you wish to Continue? [y/N]: \nAborted!\n", "", 1)
        was = cage.mode
        self._world.set_breakout(self._device, cage.name, plain)
        told = f"Running Breakout Mode : {was} \nTarget Breakout Mode : {plain}\n"
        return Reply(told + "Breakout process got successfully completed.\n", takes_s=5.0)


def _grid(header: tuple[str, str], rows: list[tuple[str, str]]) -> str:
    """A table as Python's tabulate prints its `grid` format."""
    widths = [max(len(row[at]) for row in (header, *rows)) for at in (0, 1)]

    def line(cells: tuple[str, str]) -> str:
        return "|" + "|".join(f" {cell:<{width}} " for cell, width in zip(cells, widths, strict=True)) + "|\n"

    def rule(mark: str) -> str:
        return "+" + "+".join(mark * (width + 2) for width in widths) + "+\n"

    return rule("-") + line(header) + rule("=") + "".join(line(row) + rule("-") for row in rows)
