"""Every name that the program prints can be explained."""

from __future__ import annotations

import json

import pytest

from bringup.cli._topics import all_topics
from bringup.cli.main import main
from bringup.diagnosis import REMEDIES
from bringup.lab.faults import fault_kinds
from bringup.model.units import QUANTITIES
from bringup.model.verdict import Reading, Reason, Standing, Verdict


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("rx_power_dbm", "dBm"),
        ("clean-both-ends", "scope"),
        ("[clean-both-ends]", "scope"),
        ("far_end_not_lit", "not proven"),
        ("pass", "exits 0"),
        ("StepEnded", "because"),
        ("optic.levels", "rx_power_dbm"),
        ("dark", "no light"),
        ("site", "MARGINAL"),
    ],
)
def test_a_name_is_explained_in_words(name: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", name]) == 0
    assert told in capsys.readouterr().out


def test_a_quantity_shows_its_limits_with_their_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "rx_power_dbm"]) == 0
    assert "802.3" in capsys.readouterr().out


def test_an_unknown_name_is_bad_usage_and_names_its_neighbours(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "clean-both-end"]) == 2
    assert "clean-both-ends" in capsys.readouterr().err


def test_without_a_name_everything_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain"]) == 0
    text = capsys.readouterr().out
    assert all(
        f"\n{kind}:" in f"\n{text}" for kind in ("verdict", "reason", "quantity", "check", "remedy", "event")
    )


def test_json_is_data_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "stale", "--format", "json"]) == 0
    (topic,) = json.loads(capsys.readouterr().out)
    assert (topic["name"], topic["kind"]) == ("stale", "reason")


def test_every_closed_list_is_covered() -> None:
    known = {(topic.kind, topic.name) for topic in all_topics()}
    lists = {"verdict": Verdict, "reading": Reading, "reason": Reason, "standing": Standing}
    assert {(kind, each.value) for kind, values in lists.items() for each in values} <= known
    assert {("quantity", name) for name in QUANTITIES} <= known
    assert {("remedy", name) for name in REMEDIES} <= known


def test_every_fault_has_a_remedy_that_is_explained() -> None:
    assert {fault.remedy for fault in fault_kinds().values()} <= set(REMEDIES)


def test_every_topic_says_something() -> None:
    for topic in all_topics():
        assert topic.title.strip(". "), topic.name
