"""What SONiC, lldpd and ethtool printed on real devices is read as the corpus says that it must be."""

from __future__ import annotations

import pytest

from bringup.decode.registry import detect, find_format
from tests.decode import corpus_map_ethtool, corpus_map_lldp, corpus_map_sonic
from tests.decode.corpus import Case, cases, differences

FORMAT_OF = corpus_map_sonic.FORMAT_OF | corpus_map_lldp.FORMAT_OF | corpus_map_ethtool.FORMAT_OF
VIEWS = corpus_map_sonic.VIEWS | corpus_map_lldp.VIEWS | corpus_map_ethtool.VIEWS


def format_of(command: str) -> str:
    """The format of what a command prints: by its longest beginning in the table."""
    return FORMAT_OF[max((known for known in FORMAT_OF if command.startswith(known)), key=len)]


def ours() -> list[object]:
    """Of Cumulus, what lldpd wrote; the rest is NVUE's and another test's."""
    found = cases("sonic", "lldp", "ethtool")
    for parameter in cases("cumulus"):
        case = getattr(parameter, "values", (None,))[0]
        if case is not None and case.name.startswith("cumulus/net-show-lldp/"):
            found.append(parameter)
    return found


@pytest.mark.parametrize("case", ours())
def test_a_recorded_output_is_read_as_expected(case: Case) -> None:
    name = format_of(case.command)
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
        assert made.name == format_of(case.command)


@pytest.mark.parametrize("case", ours())
def test_a_module_that_can_not_be_believed_gives_no_value(case: Case) -> None:
    if case.facts.get("plausible") is not False:
        return
    decoded = find_format("ethtool.module").decode(case.data)
    view = VIEWS["ethtool.module"](decoded)
    assert [view[name] for name in ("bias_ma", "tx_dbm", "rx_dbm", "temp_c", "volt_v")] == [None] * 5
    assert any("not to be believed" in warning for warning in decoded.warnings)
