"""Every case of a change in stages ends as it must, and does to the device what it says and no more."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.action.cases_staged import TABLES
from tests.check.trial import Case, Table, run_cases

ALONE = [(table, one) for table in TABLES for one in table.cases]


@pytest.mark.parametrize(("table", "one"), ALONE, ids=[f"{table.check} {one.name}" for table, one in ALONE])
async def test_every_case_of_a_change_in_stages_ends_as_it_must(
    table: Table, one: Case, tmp_path: Path
) -> None:
    ran = await run_cases(tmp_path, msgspec.structs.replace(table, cases=(one,)))
    assert ran.ended == {one.name: one.expected}
