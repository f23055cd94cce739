"""inventory, playbook, envelope: check, list, show; and schema."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bringup.cli.main import main

ENVELOPE = """\
schema = "bringup.envelope/1"
name = "mine"
[[limit]]
measure = "rx_power_dbm"
min = 5.0
max = 4.0
standing = "site"
source = "a test"
"""


@pytest.mark.parametrize(
    ("kind", "name"), [("inventory", "mini"), ("playbook", "mini"), ("envelope", "base")]
)
def test_shipped_files_are_listed_good_and_shown(
    kind: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([kind, "list", "--format", "json"]) == 0
    assert name in [each["name"] for each in json.loads(capsys.readouterr().out)]
    assert main([kind, "check", name]) == 0
    assert ": good: " in capsys.readouterr().out
    assert main([kind, "show", name, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["schema"] == f"bringup.{kind}/1"
    assert main([kind, "show", name]) == 0
    assert capsys.readouterr().out.strip()


def test_check_tells_every_problem_of_every_file_and_exits_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad, worse = tmp_path / "bad.toml", tmp_path / "worse.toml"
    bad.write_text(ENVELOPE)
    worse.write_text("x = \n")
    assert main(["envelope", "check", str(bad), "base", str(worse), "nope"]) == 2
    told = capsys.readouterr()
    assert f"{bad}:5: limit[1].min: 5 is more than max = 4; min is the lower bound" in told.err
    assert f"{worse}:1: is no TOML" in told.err
    assert "no envelope is called 'nope'" in told.err
    assert "base.toml: good: " in told.out


def test_check_under_json_prints_data_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(ENVELOPE)
    assert main(["envelope", "check", str(bad), "--format", "json"]) == 2
    told = capsys.readouterr()
    (one,) = json.loads(told.out)
    assert (one["ok"], len(one["problems"])) == (False, 1)
    assert told.err == ""


def test_show_of_a_bad_file_is_a_message_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(ENVELOPE)
    assert main(["envelope", "show", str(bad)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "Traceback" not in told.err
    assert f"{bad}:5: " in told.err


def test_control_characters_of_a_file_do_not_reach_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "e.toml"
    path.write_text(ENVELOPE.replace("min = 5.0", "min = 3.0").replace("a test", "a \\u001b[31mtest"))
    assert main(["envelope", "show", str(path)]) == 0
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["inventory", "playbook", "envelope", "answers"])
def test_a_schema_names_its_files_schema_line(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", kind]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["properties"]["schema"] == {"const": f"bringup.{kind}/1"}
    assert "schema" in schema["required"]


def test_the_schema_of_events_and_decoders_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "event"]) == 0
    events = json.loads(capsys.readouterr().out)
    assert {"StepEnded", "ActionIntended", "RunClosed"} <= set(events["$defs"])
    assert main(["schema", "--list"]) == 0
    listed = capsys.readouterr().out.split()
    for kind in listed:
        assert main(["schema", kind]) == 0
        json.loads(capsys.readouterr().out)


def test_an_unknown_schema_is_refused_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "playbok"]) == 2
    assert "did you mean 'playbook'?" in capsys.readouterr().err


def test_files_of_the_same_name_are_all_kept(tmp_path: Path) -> None:
    from bringup.cli._prepare import files_written

    for folder in ("cables", "delivered"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "r07.csv").write_text(folder)
    text = 'schema = "bringup.inventory/1"\ncables = "cables/r07.csv"\nmanifest = "delivered/r07.csv"\n'
    (tmp_path / "r07.toml").write_text(text)
    kept = files_written(tmp_path / "playbook.toml", (), tmp_path / "r07.toml")
    assert {path.relative_to(tmp_path).as_posix() for path in kept.values()} == {
        "playbook.toml",
        "r07.toml",
        "cables/r07.csv",
        "delivered/r07.csv",
    }
