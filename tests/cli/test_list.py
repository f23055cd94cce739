"""`bringup list`, and what it may import."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bringup.cli.list import describe, last_event
from bringup.journal.folder import RunFolder
from tests.cli.rack import Desk
from tests.cli.test_main import PROTOCOLS, _run
from tests.journal.records import Made, make_now


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_now(tmp_path_factory.mktemp("runs"))


def test_an_empty_folder_and_one_that_is_not_there_have_no_runs(desk: Desk) -> None:
    for folder in (desk.folder, desk.folder / "nowhere"):
        said = desk.do("list", "--runs", str(folder))
        assert (said.code, said.out) == (0, "")
        assert "no runs" in said.err
        assert json.loads(desk.do("list", "--runs", str(folder), "--format", "json").out) == []


@pytest.mark.parametrize("words", [("list", "--runs"), ("log", "verify"), ("log", "show")])
def test_reading_a_real_record_loads_no_protocol_library(made: Made, words: tuple[str, ...]) -> None:
    path = made.folder.path
    _, code, loaded, _ = _run(*words, str(path.parent if words[0] == "list" else path))
    assert code in (0, 3)
    assert PROTOCOLS.isdisjoint(loaded)


def damage(folder: RunFolder, how: str) -> None:
    match how:
        case "run.json":
            folder.run_json.write_bytes(b"\xff{")
        case "deep run.json":
            folder.run_json.write_bytes(b"[" * 100_000)
        case "journal":
            folder.segment(1).write_bytes(b"garbage\n" * 100_000)
        case "no journal":
            for path in folder.journal.iterdir():
                path.unlink()
            folder.journal.rmdir()


@pytest.mark.parametrize("how", ["run.json", "deep run.json", "journal", "no journal"])
def test_a_damaged_run_is_listed_as_such(tmp_path: Path, how: str) -> None:
    folder = make_now(tmp_path).folder
    folder.write_run_json({"run": folder.run_id, "playbook": "mini"}) if not how.endswith(
        "run.json"
    ) else None
    damage(folder, how)
    assert str(describe(folder.path)["state"]).startswith("damaged")


def test_the_last_line_tells_however_long_the_record_is(tmp_path: Path) -> None:
    """Looking at a folder of long runs must not read all of them."""
    folder = make_now(tmp_path).folder
    last = last_event(folder)
    assert last is not None and last["kind"] == "RunClosed"
    with folder.segment(1).open("rb+") as file:
        lines = file.read()
        file.seek(0)
        file.write(b"x" * 200 + lines[200:])
    assert last_event(folder) == last


def test_a_name_with_control_characters_can_not_paint_the_terminal(desk: Desk) -> None:
    evil = desk.runs / "20260101-000000-\x1b[31m"
    (evil / "journal").mkdir(parents=True)
    said = desk.do("list", "--runs", str(desk.runs))
    assert said.code == 0 and "\x1b" not in said.out


def test_the_command_runs_without_a_terminal(made: Made) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bringup", "list", "--runs", str(made.folder.path.parent)],
        capture_output=True,
        text=True,
        env={**os.environ, "TERM": "dumb"},
        check=True,
    )
    assert made.folder.path.name in done.stdout


@pytest.mark.parametrize(
    ("said", "marks"),
    [
        ({}, []),
        ({"only": []}, []),
        ({"only": ["optics"], "simulated": True}, ["PARTIAL", "SIMULATED"]),
        ({"inject": "slow"}, ["INJECTED"]),
    ],
)
def test_a_verdict_of_less_than_a_rack_is_marked_as_such(
    desk: Desk, tmp_path: Path, said: dict[str, object], marks: list[str]
) -> None:
    folder = make_now(tmp_path).folder
    folder.write_run_json({"run": folder.run_id, "playbook": "mini", **said})
    runs = str(folder.path.parent)
    (line,) = desk.do("list", "--runs", runs).out.splitlines()
    assert [word for word in line.split() if word in ("PARTIAL", "INJECTED", "SIMULATED")] == marks
    (row,) = json.loads(desk.do("list", "--runs", runs, "--format", "json").out)
    assert [mark.upper() for mark in ("partial", "injected", "simulated") if row[mark]] == marks


def test_a_pipe_in_place_of_a_segment_is_told_and_does_not_hold_up_the_list(tmp_path: Path) -> None:
    journal = tmp_path / "runs" / "20260101-120000-abcd" / "journal"
    journal.mkdir(parents=True)
    os.mkfifo(journal / "00000001.jsonl")
    done = subprocess.run(
        [sys.executable, "-m", "bringup", "list", "--runs", str(tmp_path / "runs")],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "damaged" in done.stdout
