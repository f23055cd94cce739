"""Every case of every check ends as it must."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.check import cases_host, cases_management, cases_power
from tests.check.trial import Table, all_cases, run_cases

TABLES = (*cases_power.TABLES, *cases_management.TABLES, *cases_host.TABLES)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.check)
async def test_every_case_of_a_check_ends_as_it_must(table: Table, tmp_path: Path) -> None:
    cases = all_cases(table)
    assert len({one.name for one in cases}) == len(cases)
    assert await run_cases(tmp_path, table) == {one.name: one.expected for one in cases}
