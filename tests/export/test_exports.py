"""Exports as somebody else's program reads them."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bringup.cli.main import main
from bringup.export.csv import cell
from bringup.export.format import Source, all_exports
from bringup.journal.folder import RunFolder
from tests.export.record import HOSTILE, PLANNED, SOURCE, write_record

STORABLE = HOSTILE.replace("\ud800", "")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return write_record(tmp_path_factory.mktemp("export"))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return write_record(tmp_path_factory.mktemp("hostile"), hostile=STORABLE)


def exported(folder: RunFolder, name: str) -> str:
    return b"".join(all_exports()[name].pieces(Source(folder))).decode()


def test_every_format_of_the_contract_is_found() -> None:
    assert {"jsonl", "csv", "junit", "prometheus"} <= set(all_exports())


# JUnit


def cases(text: str) -> Iterator[tuple[str, str, ET.Element]]:
    for suite in ET.fromstring(text).iter("testsuite"):
        for case in suite.iter("testcase"):
            yield case.attrib["classname"], case.attrib["name"], case


def test_junit_has_a_case_for_every_planned_subject(folder: RunFolder) -> None:
    found = [(classname, name) for classname, name, _ in cases(exported(folder, "junit"))]
    assert found == [(f"{stage}.{step}", subject) for stage, step, subject in PLANNED]


def test_junit_failure_is_judged_bad_and_error_could_not_be_judged(folder: RunFolder) -> None:
    outcome = {
        name if name != "leaf-1" else classname: [child.tag for child in case if child.tag != "properties"]
        for classname, name, case in cases(exported(folder, "junit"))
    }
    assert outcome == {
        "leaf-1/Ethernet0": [],
        "leaf-1/Ethernet8": ["failure"],
        "leaf-1/Ethernet16": [],
        "optics.identity": ["error"],
        "leaf-1/Ethernet0<->node-01/eth0": ["error"],
    }


def test_junit_says_why_and_by_which_limit(folder: RunFolder) -> None:
    by_name = {(classname, name): case for classname, name, case in cases(exported(folder, "junit"))}
    failed = by_name["optics.levels", "leaf-1/Ethernet8"]
    failure = failed.find("failure")
    assert failure is not None and failure.attrib["type"] == "FAIL"
    assert "-7.25 dBm" in failure.attrib["message"] and SOURCE in failure.attrib["message"]
    properties = {each.attrib["name"]: each.attrib["value"] for each in failed.iter("property")}
    assert properties["verdict"] == "FAIL"
    assert properties["rx_power_dbm leaf-1/Ethernet8#lane-1"] == "-7.25 dBm"
    assert properties["rx_power_dbm leaf-1/Ethernet8#lane-1 source"] == f"standard: {SOURCE}"
    silent = by_name["optics.identity", "leaf-1"].find("error")
    assert silent is not None and silent.attrib == {"message": "no answer", "type": "timeout"}
    unreached = by_name["links.errors", "leaf-1/Ethernet0<->node-01/eth0"].find("error")
    assert unreached is not None and unreached.attrib["type"] == "not_reached"
    waived = by_name["optics.levels", "leaf-1/Ethernet16"]
    assert {"verdict": "WAIVED", "waived": "by kim: spare"}.items() <= {
        each.attrib["name"]: each.attrib["value"] for each in waived.iter("property")
    }.items()


def test_junit_counts_what_it_holds(folder: RunFolder) -> None:
    root = ET.fromstring(exported(folder, "junit"))
    for node in (root, *root.iter("testsuite")):
        assert int(node.attrib["tests"]) == len(list(node.iter("testcase")))
        assert int(node.attrib["failures"]) == len(list(node.iter("failure")))
        assert int(node.attrib["errors"]) == len(list(node.iter("error")))
    assert root.tag == "testsuites"
    for suite in root:
        assert [child.tag for child in suite][:1] == ["properties"]
        assert float(suite.attrib["time"]) >= 0


def test_what_a_device_said_can_not_break_the_xml(hostile: RunFolder) -> None:
    text = exported(hostile, "junit")
    ET.fromstring(text)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", text)


# CSV


def test_csv_is_read_back_with_a_row_for_each_judgement_and_verdict(folder: RunFolder) -> None:
    text = exported(folder, "csv")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    steps = [row for row in rows if row["row"] == "step"]
    assert [(row["stage"], row["step"], row["subject"]) for row in steps] == list(PLANNED)
    assert [row["verdict"] for row in steps] == ["PASS", "FAIL", "WAIVED", "UNKNOWN", "UNKNOWN"]
    assert [row["reason"] for row in steps][3:] == ["timeout", "not_reached"]
    judged = [row for row in rows if row["row"] == "judged" and row["subject"] == "leaf-1/Ethernet8#lane-1"]
    assert [(row["value"], row["limit"], row["verdict"]) for row in judged] == [
        ("-7.25", ">= -5.9", "FAIL"),
        ("-7.25", "<= 4", "PASS"),
    ]
    assert {row["source"] for row in judged} == {SOURCE}


def test_csv_lines_end_as_rfc_4180_says(hostile: RunFolder) -> None:
    text = exported(hostile, "csv")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert len({len(row) for row in rows}) == 1
    assert text.endswith("\r\n")
    assert re.fullmatch(r'(?:(?:"(?:[^"]|"")*"|[^",\r\n]*)(?:,|\r\n))*', text)


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1+1", "＝1+1", "-", "=", "+49 30 1"],
)
def test_no_spreadsheet_runs_a_cell(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-5.9", "+3", "1e-9", "-2.5E+10", "leaf-1", "a=b", "", ".5"])
def test_numbers_and_plain_texts_stay_as_they_are(text: str) -> None:
    assert cell(text) == text


@settings(max_examples=300, deadline=None)
@given(st.text())
def test_a_cell_begins_no_formula(text: str) -> None:
    shown = cell(text).lstrip(" ")
    assert not shown.startswith(("=", "@", "\t", "\r", "\n")) and (
        not shown.startswith(("+", "-")) or float(shown) is not None
    )


# Prometheus: the grammar of the text format 0.0.4, written out by hand

_LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*"'
_SAMPLE = re.compile(
    rf"(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{{(?P<labels>{_LABEL}(?:,{_LABEL})*,?)?\}})? "
    r"(?P<value>[+-]?(?:\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|Inf)|NaN)"
)


def families(text: str) -> dict[str, dict[str, float]]:
    """Family -> series -> value; an AssertionError where promtool would complain."""
    assert text.endswith("\n")
    found: dict[str, dict[str, float]] = {}
    current = ""
    helped: set[str] = set()
    for line in text.removesuffix("\n").split("\n"):
        if line.startswith("# HELP "):
            name = line.split(" ")[2]
            assert name not in helped and len(line.split(" ", 3)[3]) > 5
            helped.add(name)
        elif line.startswith("# TYPE "):
            _, _, current, kind = line.split(" ")
            assert kind == "gauge" and current in helped and current not in found
            found[current] = {}
        else:
            sample = _SAMPLE.fullmatch(line)
            assert sample is not None, line
            assert sample["name"] == current, "the lines of a family stand together"
            series = sample["labels"] or ""
            assert series not in found[current], "a series stands once"
            found[current][series] = float(sample["value"])
    return found


def test_prometheus_holds_verdicts_and_readings(folder: RunFolder) -> None:
    found = families(exported(folder, "prometheus"))
    verdict = {
        re.search(r'verdict="(\w+)"', series)[1]: value
        for series, value in found["bringup_run_verdict"].items()
    }  # type: ignore[index]
    assert verdict == {"PASS": 0, "MARGINAL": 0, "WAIVED": 0, "UNKNOWN": 0, "FAIL": 1}
    (reading,) = [
        (series, value) for series, value in found["bringup_measured"].items() if "Ethernet8#lane-1" in series
    ]
    assert reading[1] == -7.25
    assert 'unit="dBm"' in reading[0] and 'verdict="FAIL"' in reading[0]
    steps = {series: value for series, value in found["bringup_steps"].items() if 'stage="links"' in series}
    assert sum(steps.values()) == 1
    assert [value for series, value in steps.items() if 'verdict="UNKNOWN"' in series] == [1]
    assert len(found["bringup_step_verdict"]) == len(PLANNED)
    assert set(found["bringup_run_closed"].values()) == {0.0}


def test_prometheus_of_hostile_names_is_still_the_format(hostile: RunFolder) -> None:
    families(exported(hostile, "prometheus"))


# The command


def test_an_export_goes_to_a_new_file_or_standard_output(
    folder: RunFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = str(folder.path)
    for name in all_exports():
        out = tmp_path / name
        assert main(["log", "export", run, "--to", name, "--out", str(out)]) == 0
        assert out.read_bytes().decode() == exported(folder, name)
        assert main(["log", "export", run, "--to", name, "--out", str(out)]) == 2
    capsys.readouterr()
    assert main(["log", "export", run, "--to", "junit", "--out", "-"]) == 0
    ET.fromstring(capsys.readouterr().out)


def test_an_unknown_format_names_its_neighbours_and_writes_nothing(
    folder: RunFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["log", "export", str(folder.path), "--to", "junitt", "--out", str(out)]) == 2
    assert "Did you mean 'junit'?" in capsys.readouterr().err
    assert not out.exists()
    assert main(["log", "export", str(folder.path), "--to", "csv"]) == 2


def test_an_empty_record_can_be_exported(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path)
    (folder.journal / "00000001.jsonl").write_bytes(b"")
    ET.fromstring(exported(folder, "junit"))
    families(exported(folder, "prometheus"))
    assert exported(folder, "csv").count("\r\n") == 1
