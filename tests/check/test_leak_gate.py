"""No power before every expected leak detector reads OK: the gate of the stage holds back what follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bringup.input import load_envelopes
from bringup.model.facts import Identity
from bringup.model.inventory import Inventory
from bringup.model.measurement import NOT_AVAILABLE, Read, value
from tests.check.cases_leak import detector, leak_world
from tests.check.trial import CaseBench
from tests.engine.stand import Stand, verdicts

NODE = "node-01"


async def powered(folder: Path, **told: Any) -> dict[str, str]:
    """Verdicts of a leak stage with a gate, and of a stage after it."""
    world = leak_world(NODE, **told)
    stand = Stand(folder)
    stand.inventory = Inventory.model_validate(
        {"schema": "bringup.inventory/1", "device": world.devices, "port": [], "cable": []}
    )
    stand.table |= world.table
    stand.table[NODE, "identity"] = Identity(hostname=value(NODE))
    stand.bench = CaseBench(stand.table, stand.inventory)
    stand.limits = load_envelopes(("base",))
    state = await stand.run(
        {
            "name": "power",
            "gate": True,
            "step": [{"id": "leak", "check": "power.leak", "on": {"device": [NODE]}, "deadline_s": 0.05}],
        },
        {
            "name": "hosts",
            "step": [
                {"id": "reach", "check": "management.reach", "on": {"device": [NODE]}, "deadline_s": 0.05}
            ],
        },
    )
    return verdicts(state)


def reach(told: dict[str, str]) -> str:
    return next(verdict for key, verdict in told.items() if key.startswith("hosts/reach"))


async def test_field_01_hosts_get_power_after_every_expected_leak_detector_reads_ok(tmp_path: Path) -> None:
    assert reach(await powered(tmp_path)) == "PASS"


@pytest.mark.parametrize("state", [value("Warning"), value("Critical"), NOT_AVAILABLE])
async def test_field_03_a_detector_that_is_wet_or_unknown_holds_back_power(
    tmp_path: Path, state: Read
) -> None:
    assert reach(await powered(tmp_path, state=state)) != "PASS"


async def test_field_03_a_detector_that_is_missing_holds_back_power(tmp_path: Path) -> None:
    told = await powered(tmp_path, told=(detector("leak-rear", value("OK")),))
    assert next(verdict for key, verdict in told.items() if key.startswith("power/")) == "UNKNOWN no_data"
    assert reach(told) != "PASS"
