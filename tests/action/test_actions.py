"""Every case of every action ends as it must, and does to the device what it says and no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.action import cases_account, cases_port, cases_power
from tests.check.trial import Table, all_cases, run_cases

TABLES: tuple[Table, ...] = (*cases_power.TABLES, *cases_port.TABLES, *cases_account.TABLES)
NAMES = [" ".join((table.check, *table.step.get("with", {}).values())) for table in TABLES]


@pytest.mark.parametrize("table", TABLES, ids=NAMES)
async def test_every_case_of_an_action_ends_as_it_must(table: Table, tmp_path: Path) -> None:
    cases = all_cases(table)
    assert len({one.name for one in cases}) == len(cases)
    assert (await run_cases(tmp_path, table)).ended == {one.name: one.expected for one in cases}
