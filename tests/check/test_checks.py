"""Every case of every check ends as it must, and no check is without a case in which it must not pass.

Cases stand in `cases_*.py` beside this file (those of actions beside their tests): what is new in the
catalogue needs some there.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections import defaultdict
from pathlib import Path

import pytest

from bringup.check.catalogue import load_catalogue
from bringup.model.verdict import Verdict
from tests.action.cases_dark import TABLES as DARK_TABLES
from tests.action.cases_loopback import TABLES as LOOPBACK_TABLES
from tests.action.cases_patterns import TABLES as PATTERN_TABLES
from tests.action.cases_relock import TABLES as RELOCK_TABLES
from tests.action.cases_staged import TABLES as STAGED_TABLES
from tests.action.test_actions import TABLES as ACTION_TABLES
from tests.check.test_fibre import CASES as FIBRE_CASES
from tests.check.test_human import SIGNED, UNSIGNED
from tests.check.test_optic_change import LATER
from tests.check.trial import Table, all_cases, run_cases

TABLES: tuple[Table, ...] = tuple(
    table
    for found in sorted(pkgutil.iter_modules([str(Path(__file__).parent)]))
    if found.name.startswith("cases_")
    for table in importlib.import_module(f"tests.check.{found.name}").TABLES
)
MODULE_TABLES: tuple[Table, ...] = (*DARK_TABLES, *LOOPBACK_TABLES, *PATTERN_TABLES)
NEVER_FAIL = frozenset({"management.reach", "host.booted"})
"""Whether something answers: where it does not, nothing is known, and that is all."""


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.check)
async def test_every_case_of_a_check_ends_as_it_must(table: Table, tmp_path: Path) -> None:
    cases = all_cases(table)
    assert len({one.name for one in cases}) == len(cases)
    ran = await run_cases(tmp_path, table)
    assert ran.ended == {one.name: one.expected for one in cases}
    # Whatever is judged at all, and all that is required, is what fails in some case.
    assert table.check in NEVER_FAIL or ran.judged(*Verdict) == ran.judged(Verdict.FAIL)
    spec = load_catalogue()[table.check]
    required = {need.quantity for need in spec.requires}
    assert required <= ran.judged(Verdict.FAIL, Verdict.UNKNOWN)
    assert required | set(spec.reports) == ran.measured()


def test_nothing_in_the_catalogue_is_without_a_case_in_which_it_must_not_pass() -> None:
    endings: dict[str, set[str]] = defaultdict(set)
    for table in (*TABLES, *ACTION_TABLES, *STAGED_TABLES, *RELOCK_TABLES, *MODULE_TABLES):
        endings[table.check] |= {one.expected.partition(";")[0] for one in all_cases(table)}
    for ask, _, _, expected in (*UNSIGNED, *SIGNED):
        endings[ask].add(expected)
    for _, check, expected, _ in FIBRE_CASES:
        endings[check].add(expected)
    endings["optic.change"] |= {expected for _, expected in LATER.values()}
    for name in load_catalogue().specs:
        assert "PASS" in endings[name], f"{name} has no case in which it passes"
        assert any(end.startswith("UNKNOWN") for end in endings[name]), f"{name} never knows nothing"
        assert "FAIL" in endings[name] or name in NEVER_FAIL, f"{name} has no case in which it must fail"
    assert set(endings) == set(load_catalogue().specs)
