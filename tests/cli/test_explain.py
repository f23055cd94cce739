"""Every name that the program prints can be explained."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import get_args

import pytest

from bringup.check.catalogue import load_catalogue
from bringup.cli._findings import CONTRADICTIONS, INCOMPLETE
from bringup.cli._topics import all_topics
from bringup.cli.main import main
from bringup.diagnosis import REMEDIES
from bringup.input import list_shipped, load_envelope
from bringup.journal.verify import check
from bringup.lab.faults import fault_kinds
from bringup.model import event, verdict
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


def test_every_topic_says_something_and_where_it_is_from() -> None:
    for topic in all_topics():
        assert topic.title.strip(". "), topic.name
        assert topic.source, topic.name


def test_nothing_of_the_catalogue_lacks_an_explanation() -> None:
    known = {(topic.kind, topic.name): topic for topic in all_topics()}
    names = {name for _, name in known}
    for spec in load_catalogue().specs.values():
        topic = known[spec.kind, spec.name]
        assert spec.about in topic.title
        assert {each.quantity for each in spec.requires} | set(spec.reports) <= set(topic.see)
        assert all(
            any(f"with {field}:" in words for words in topic.words) for field in spec.args.model_fields
        )
    for fault in fault_kinds().values():
        assert ("fault", fault.name) in known
    for kind in get_args(event.Known):
        assert ("event", kind.__name__) in known
    for topic in known.values():
        assert set(topic.see) <= names, f"{topic.name} points at what nobody explains"


def test_every_limit_of_every_shipped_envelope_is_told_with_its_source() -> None:
    quantities = {topic.name: "\n".join(topic.words) for topic in all_topics() if topic.kind == "quantity"}
    for name, path in list_shipped("envelope").items():
        for limit in load_envelope(path).limit:
            assert f"Limit in {name}" in quantities[limit.measure]
            assert limit.source in quantities[limit.measure]


def test_every_exit_code_is_explained() -> None:
    codes = {value for name, value in vars(verdict).items() if name.startswith("EXIT_")}
    assert {topic.name for topic in all_topics() if topic.kind == "exit code"} == {
        str(code) for code in codes
    }


def test_every_finding_of_verify_is_explained() -> None:
    """The verifier knows nothing of words; so its calls are read."""
    found: dict[str, set[str]] = {"contradicts": set(), "lacks": set()}
    for path in Path(check.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in found
            ):
                assert isinstance(node.args[0], ast.Constant)
                found[node.func.attr].add(node.args[0].value)
    assert len(found["contradicts"]) > 20
    assert found["contradicts"] <= set(CONTRADICTIONS)
    assert found["lacks"] <= set(INCOMPLETE) | {"torn-line"}
    assert set(CONTRADICTIONS) | set(INCOMPLETE) <= found["contradicts"] | found["lacks"]
