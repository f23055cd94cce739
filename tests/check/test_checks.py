"""Every case of every check ends as it must, and no check is without a case in which it must not pass.

Cases stand in `cases_*.py` beside this file: a new check needs a table there.
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest

from tests.check.trial import Table, all_cases, run_cases

TABLES: tuple[Table, ...] = tuple(
    table
    for found in sorted(pkgutil.iter_modules([str(Path(__file__).parent)]))
    if found.name.startswith("cases_")
    for table in importlib.import_module(f"tests.check.{found.name}").TABLES
)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.check)
async def test_every_case_of_a_check_ends_as_it_must(table: Table, tmp_path: Path) -> None:
    cases = all_cases(table)
    assert len({one.name for one in cases}) == len(cases)
    assert await run_cases(tmp_path, table) == {one.name: one.expected for one in cases}
