"""Recorded memories of modules are read as the corpus says that they must be."""

from __future__ import annotations

import pytest

from bringup.decode.registry import detect, find_format
from tests.decode import corpus_map_module
from tests.decode.corpus import Case, cases, differences
from tests.decode.damage import check_cut, values


def format_of(case: Case) -> str:
    return corpus_map_module.FORMAT_OF[case.name.split("/")[1]]


@pytest.mark.parametrize("case", cases("module-eeprom"))
def test_a_recorded_memory_is_read_as_expected(case: Case) -> None:
    name = format_of(case)
    decoded = find_format(name).decode(case.data)
    assert decoded.outcome == case.outcome, decoded.warnings
    expected = {key: told for key, told in case.facts.items() if key not in corpus_map_module.TOLD_OTHERWISE}
    if decoded.outcome == "ok":
        assert differences(expected, corpus_map_module.VIEWS[name](decoded)) == []
    else:
        assert decoded.facts == {}


@pytest.mark.parametrize("case", cases("module-eeprom"))
def test_the_map_of_a_recorded_memory_is_detected(case: Case) -> None:
    made = detect(case.data)
    assert (made.name if made else None) == (format_of(case) if case.outcome == "ok" else None)


@pytest.mark.parametrize("case", cases("module-eeprom"))
def test_a_cut_of_a_recorded_memory_gives_no_value_that_the_whole_does_not(case: Case) -> None:
    made = find_format(format_of(case))
    all_of_it = values(made.decode(case.data))
    for cut in range(len(case.data)):
        check_cut(made, case.data, cut, all_of_it)


@pytest.mark.parametrize("case", [case for case in cases("module-eeprom") if "qfx" in str(case.id)])  # type: ignore[attr-defined]
def test_every_data_path_of_the_recorded_modules_is_activated(case: Case) -> None:
    decoded = find_format("module.cmis").decode(case.data)
    lanes = decoded.facts["lanes"]
    assert isinstance(lanes, tuple)
    assert [lane.data_path_state.value for lane in lanes] == ["Activated"] * 8  # type: ignore[attr-defined]
    assert any("maybe stale" in warning for warning in decoded.warnings)
