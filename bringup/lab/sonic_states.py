"""The state machines of modules as SONiC's database has them: keys `TRANSCEIVER_STATUS|PORT` of STATE_DB.

The daemon xcvrd reads page 11h of each module and writes it down in words, a key for each port. Flags are
not among what is told here, so nothing is cleared. Shapes: network reference, section 1.1.
"""

from __future__ import annotations

import json
from types import MappingProxyType

from bringup.lab import cmis_lanes
from bringup.lab.optic_kind import kind_of
from bringup.lab.shell import Handler, Reply
from bringup.lab.state import Optic, Port
from bringup.lab.world import World

MODULE_WORDS = MappingProxyType(
    {
        cmis_lanes.LOW_POWER: "ModuleLowPwr",
        cmis_lanes.POWER_UP: "ModulePwrUp",
        cmis_lanes.READY: "ModuleReady",
    }
)
DATA_PATH_WORDS = MappingProxyType(
    {
        cmis_lanes.DEACTIVATED: "DataPathDeactivated",
        cmis_lanes.INIT: "DataPathInit",
        cmis_lanes.ACTIVATED: "DataPathActivated",
        cmis_lanes.TURNING_ON: "DataPathTxTurnOn",
        cmis_lanes.INITIALIZED: "DataPathInitialized",
    }
)
CONFIG_WORDS = MappingProxyType({0: "ConfigUndefined", cmis_lanes.SUCCESS: "ConfigSuccess"})
NO_FAULT = "No Fault detected"
RX_OUTPUT, TX_OUTPUT, CONFIG = 4, 5, 74
"""Places in page 11h, from its first byte: masks of the lanes' outputs, and two lanes a byte."""
Fields = dict[str, str]


class StateCommands:
    """The commands of one switch."""

    def __init__(self, world: World, device: str) -> None:
        self._world = world
        self._device = device

    def table(self) -> dict[str, Handler]:
        """Pattern -> handler, for the switch's shell. No module's diagnostics are in the database."""
        dump = r"(sudo )?sonic-db-dump -n STATE_DB -y -k "
        return {
            dump + r'"TRANSCEIVER_STATUS\|\*"': self._states,
            dump + r'"TRANSCEIVER_VDM_\*\|\*"': lambda: Reply("{}\n"),
        }

    def _states(self) -> Reply:
        found = {
            f"TRANSCEIVER_STATUS|{port.name}": {"type": "hash", "value": self._fields(port, port.optic)}
            for port in self._world.ports(self._device)
            if port.optic is not None
        }
        return Reply(json.dumps(found, indent=2) + "\n")

    def _fields(self, port: Port, optic: Optic) -> Fields:
        """A module of flat memory (passive copper) is always ready, and tells of no data path."""
        told: Fields = {"module_fault_cause": NO_FAULT}
        kind = kind_of(optic.medium)
        if kind.flat:
            return told | {"module_state": MODULE_WORDS[cmis_lanes.READY]}
        # a daemon that hangs tells what it read last
        now = self._world.now() if port.held_module is None else port.held_module.since
        told["module_state"] = MODULE_WORDS[cmis_lanes.module_state(optic, now)]
        page = cmis_lanes.page_11(port, optic, kind, self._world.lanes(port.subject), now)
        for lane in range(cmis_lanes.LANES):
            told |= _lane(page, lane, disabled=bool(optic.controls.tx_disabled >> lane & 1))
        return told


def _lane(page: bytes, lane: int, *, disabled: bool) -> Fields:
    """One lane of page 11h in words; `lane` from 0."""
    at, shift = lane // 2, 4 * (lane & 1)
    name = lane + 1
    return {
        f"DP{name}State": DATA_PATH_WORDS[page[at] >> shift & 0x0F],
        f"config_state_hostlane{name}": CONFIG_WORDS[page[CONFIG + at] >> shift & 0x0F],
        f"tx{name}OutputStatus": str(bool(page[TX_OUTPUT] >> lane & 1)),
        f"rx{name}OutputStatusHostlane": str(bool(page[RX_OUTPUT] >> lane & 1)),
        f"tx{name}disable": str(disabled),
    }
