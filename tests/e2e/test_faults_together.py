"""Three faults at once that don't hide each other: each named right, once, and what waits for it blocked."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bringup.lab.faults import fault_kinds
from tests.e2e.runs import Nursery, Rack
from tests.e2e.troubles import EVERYWHERE, SMALL, Trouble, bring_up, profiles, tellable, triples

COUNT = {SMALL: 20, "fabric-800g": 0, "nvl72-fabric": 0}
"""The fabrics are tried with many faults at once, elsewhere."""
TELLABLE = 12
"""So many kinds of fault a profile must be able to have, or triples of them say little."""
FEW = 2
"""Of a large rack, whose runs take half a minute each; all twenty where faults are tried everywhere."""


def chosen() -> list[tuple[str, tuple[Trouble, ...]]]:
    everywhere = bool(os.environ.get(EVERYWHERE))
    found = []
    for profile in profiles():
        count = COUNT[SMALL] if everywhere else COUNT.get(profile, FEW)
        if len(tellable(profile)) >= TELLABLE:
            found += [(profile, one) for one in triples(profile, count)]
    return found


@pytest.mark.parametrize(
    ("profile", "troubles"),
    [
        pytest.param(profile, one, id=f"{profile}: " + "+".join(each.text for each in one))
        for profile, one in chosen()
    ],
)
def test_three_faults_at_once_are_three_causes_each_told_once(
    profile: str,
    troubles: tuple[Trouble, ...],
    nursery: Nursery,
    make_rack: Callable[..., Rack],
    tmp_path: Path,
) -> None:
    status, said = bring_up(nursery, make_rack, tmp_path, profile, *(each.text for each in troubles))
    verdicts = {each.kind.verdict for each in troubles}
    assert status == (1 if "FAIL" in verdicts else 3)
    causes = {cause["remedy"]: cause for cause in said["causes"]}
    assert sorted(cause["remedy"] for cause in said["causes"]) == sorted(
        each.kind.remedy for each in troubles
    )
    for each in troubles:
        assert_named(each, causes[each.kind.remedy])
    told = [tuple(key) for cause in said["causes"] for key in (*cause["explains"], *cause["blocked"])]
    assert len(told) == len(set(told))


def assert_named(trouble: Trouble, cause: dict[str, Any]) -> None:
    """At the stage and step that its kind declares, with its verdict and reason, and at its own place."""
    stage, step, _ = cause["explains"][0]
    assert (stage, step) == (trouble.kind.stage, trouble.kind.step), trouble.text
    assert cause["verdict"] == trouble.kind.verdict
    assert trouble.kind.reason is None or trouble.kind.reason in cause["reasons"]
    where = trouble.subject.partition("#")[0]
    named = [end for subject in cause["subjects"] for end in subject.split("<->")]
    at_its_place = any(end == where or end.split("/")[0] == where for end in named)
    its_device = trouble.kind.subject_kind not in ("port", "lane") and where.split("/")[0] in named
    assert at_its_place or its_device or where in cause["title"], f"{trouble.text}: {named}"


def test_the_triples_are_many_kinds() -> None:
    seen = {each.kind.name for profile, one in chosen() if profile == SMALL for each in one}
    assert len(seen) >= 18
    assert seen <= set(fault_kinds())
