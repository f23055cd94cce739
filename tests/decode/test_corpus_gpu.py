"""What accelerator tools printed on real machines is read as the corpus says that it must be."""

from __future__ import annotations

import pytest

from bringup.decode.registry import detect, find_format
from tests.decode.corpus import Case, differences
from tests.decode.corpus_map_gpu import cases, view_of


@pytest.mark.parametrize("case", cases())
def test_a_recorded_output_is_read_as_expected(case: Case) -> None:
    decoded = find_format(case.command).decode(case.data)
    assert decoded.outcome == case.outcome, decoded.warnings
    if decoded.outcome == "ok" or decoded.facts:
        assert differences(case.facts, view_of(case, decoded)) == []
    else:
        assert case.facts == {}


@pytest.mark.parametrize("case", cases())
def test_the_format_of_a_recorded_output_is_detected(case: Case) -> None:
    if case.outcome == "ok":
        made = detect(case.data)
        assert made is not None
        assert made.name == case.command
