"""What InfiniBand's tools, Cumulus, NX-OS and Junos printed is read as the corpus says that it must be."""

from __future__ import annotations

import pytest

from bringup.decode.registry import decode_detected, detect, find_format
from tests.decode import corpus_map_ib
from tests.decode.corpus import ROOT, Case, cases, differences

FORMAT_OF = corpus_map_ib.FORMAT_OF
VIEWS = corpus_map_ib.VIEWS
FAMILIES = ("mlxlink-ibdiagnet",)


def format_of(case: Case) -> str:
    """The format of what a command prints: by its longest beginning in the table."""
    return FORMAT_OF[max((known for known in FORMAT_OF if case.command.startswith(known)), key=len)]


def ours() -> list[object]:
    return cases(*FAMILIES)


@pytest.mark.parametrize("case", ours())
def test_a_recorded_output_is_read_as_expected(case: Case) -> None:
    name = format_of(case)
    decoded = find_format(name).decode(case.data)
    assert decoded.outcome == case.outcome, decoded.warnings
    if case.outcome == "ok":
        assert differences(case.facts, VIEWS[name](decoded)) == []
    else:
        assert decoded.facts == {}


@pytest.mark.parametrize("case", ours())
def test_the_format_of_a_recorded_output_is_detected(case: Case) -> None:
    if case.outcome == "ok":
        made = detect(case.data)
        assert made is not None
        assert made.name == format_of(case)


def test_six_losses_of_a_carrier_are_six_events() -> None:
    if not ROOT.is_dir():
        pytest.skip("no corpus: set BRINGUP_CORPUS")
    decoded = decode_detected((ROOT / "gpu" / "ib_flap_syslog" / "1dev_6flap_syslog").read_bytes())
    assert decoded.format == "ib.carrier-log"
    events = decoded.facts["events"]
    assert isinstance(events, list)
    told = [each for each in events if isinstance(each, dict)]
    assert {event["interface"] for event in told} == {"ib6"}
    assert [event["carrier"] for event in told] == [False] * 6 + [True] * 6
    assert told[0]["at"] == "Aug 17 06:18:01"
    assert len({event["at"] for event in told if not event["carrier"]}) == 2
