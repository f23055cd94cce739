"""`bringup decode` as scripts use it: what it prints, and its exit codes."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from bringup.cli.main import main
from tests.driver.sonic.replies import FEC_STATS, PRESENCE, VERSION


@pytest.fixture
def captured(tmp_path: Path) -> dict[str, str]:
    """Files with captured output, by a short name."""
    texts = {
        "fec": FEC_STATS,
        "version": VERSION,
        "cut": FEC_STATS[:-30],
        "empty": b"",
        "escapes": PRESENCE.replace(b"Ethernet8 ", b"\x1b[31mE8 "),
        "noise": bytes(range(256)) * 20,
    }
    for name, text in texts.items():
        (tmp_path / name).write_bytes(text)
    return {name: str(tmp_path / name) for name in texts}


def objects(printed: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in printed.splitlines()]


def test_a_named_format_and_a_detected_one_give_the_same(
    captured: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["decode", "sonic.fec-stats", captured["fec"]]) == 0
    named = capsys.readouterr().out
    assert main(["decode", captured["fec"]]) == 0
    assert capsys.readouterr().out == named
    (found,) = objects(named)
    assert sorted(found) == ["facts", "format", "measurements", "outcome", "warnings"]
    assert found["format"] == "sonic.fec-stats"


def test_several_files_give_one_object_a_line(
    captured: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["decode", captured["fec"], captured["version"]]) == 0
    assert [one["format"] for one in objects(capsys.readouterr().out)] == ["sonic.fec-stats", "sonic.version"]


@pytest.mark.parametrize(
    ("name", "outcome"), [("cut", "unparsable"), ("empty", "no_data"), ("noise", "unparsable")]
)
def test_what_gives_nothing_exits_three(
    name: str, outcome: str, captured: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["decode", captured[name]]) == 3
    (found,) = objects(capsys.readouterr().out)
    assert (found["outcome"], found["facts"]) == (outcome, {})


def test_one_bad_file_among_good_ones_exits_three_and_hides_none(
    captured: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["decode", captured["fec"], captured["cut"], captured["version"]]) == 3
    assert [one["outcome"] for one in objects(capsys.readouterr().out)] == ["ok", "unparsable", "ok"]


def test_a_format_that_the_text_is_not_in_is_unparsable(captured: dict[str, str]) -> None:
    assert main(["decode", "sonic.version", captured["fec"]]) == 3


@pytest.mark.parametrize(
    "words",
    [[], ["sonic.version"], ["no-such-file"], ["sonic.versoin", "x"], ["--nonsense"], ["."], ["a\0b"]],
)
def test_bad_usage_exits_two_and_prints_no_data(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decode", *words]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err


def test_one_missing_file_is_seen_before_anything_is_printed(
    captured: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["decode", captured["fec"], "no-such-file"]) == 2
    assert capsys.readouterr().out == ""


def test_a_misspelt_format_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    main(["decode", "sonic.versoin", "x"])
    assert "sonic.version" in capsys.readouterr().err


def test_standard_input_is_a_file_called_dash(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(VERSION)))
    assert main(["decode", "-"]) == 0
    assert objects(capsys.readouterr().out)[0]["format"] == "sonic.version"


def test_nothing_that_a_device_printed_can_act_on_a_terminal(
    captured: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    main(["decode", "sonic.presence", captured["escapes"]])
    main(["decode", captured["noise"]])
    printed = capsys.readouterr().out
    assert printed.isascii()
    assert all(char.isprintable() or char == "\n" for char in printed)


def test_the_list_names_every_format_with_its_title(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decode", "--list"]) == 0
    text = capsys.readouterr().out.splitlines()
    assert main(["decode", "--list", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [line.split()[0] for line in text] == [row["format"] for row in rows]
    assert {"sonic.version", "lldp.json0", "ethtool", "linux.ip-link"} <= {row["format"] for row in rows}
    assert all(row["title"] for row in rows)


def test_measurements_are_made_of_the_facts(
    captured: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["decode", captured["version"], "--device", "leaf-1"]) == 0
    (found,) = objects(capsys.readouterr().out)
    told = found["measurements"]
    assert isinstance(told, list) and told
    assert {one["subject"] for one in told} == {"leaf-1"}
    assert "os_version" in {one["quantity"] for one in told}
    assert all(
        set(one) == {"subject", "quantity", "value", "unit", "reading", "age_s", "accuracy"} for one in told
    )


def test_a_device_that_nobody_named_is_a_dash(
    captured: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    main(["decode", "sonic.presence", captured["escapes"]])
    main(["decode", captured["version"]])
    for found in objects(capsys.readouterr().out):
        told = found["measurements"]
        assert isinstance(told, list)
        assert all(one["subject"].split("/")[0] in ("-", "leaf-1", "sonic") for one in told)


def test_a_capture_with_a_host_name_names_its_device(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "name").write_text("leaf-7\n")
    assert main(["decode", "linux.hostname", str(tmp_path / "name")]) == 0
    (found,) = objects(capsys.readouterr().out)
    assert [(one["subject"], one["value"]) for one in found["measurements"]] == [("leaf-7", "leaf-7")]  # type: ignore[index,attr-defined]


def test_json_is_one_document_and_text_is_for_a_person(
    captured: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["decode", "--format", "json", captured["version"]]) == 0
    assert json.loads(capsys.readouterr().out)["format"] == "sonic.version"
    assert main(["decode", "--format", "json", captured["version"], captured["fec"]]) == 0
    assert [one["format"] for one in json.loads(capsys.readouterr().out)] == [
        "sonic.version",
        "sonic.fec-stats",
    ]
    assert main(["decode", "--format", "jsonl", captured["version"]]) == 0
    assert objects(capsys.readouterr().out)[0]["outcome"] == "ok"
    assert main(["decode", "--format", "text", captured["version"], captured["cut"], captured["noise"]]) == 3
    text = capsys.readouterr().out
    assert "sonic.version: ok" in text and "unparsable" in text and "warning:" in text
    assert all(char.isprintable() or char == "\n" for char in text)


@pytest.mark.parametrize("name", ["a/b", "", "a#b", "\x1b"])
def test_what_is_no_device_is_refused(name: str, captured: dict[str, str]) -> None:
    assert main(["decode", captured["version"], "--device", name]) == 2
