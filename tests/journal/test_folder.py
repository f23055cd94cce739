"""A run's folder and how a person names it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from bringup.journal.error import JournalError
from bringup.journal.folder import RUN_ID, RunFolder, find, list_runs, new_run_id
from bringup.model.errors import InputError
from tests.journal.records import Clock


def test_a_new_id_names_the_time_in_utc_and_chance() -> None:
    clock = Clock()
    assert RUN_ID.fullmatch(new_run_id())
    assert new_run_id(clock).startswith("20270115-080000-")
    assert len({new_run_id(clock) for _ in range(50)}) > 40


def test_a_run_is_found_by_path_id_and_unique_prefix(tmp_path: Path) -> None:
    made = [RunFolder(tmp_path / name) for name in ("20260101-000000-aaaa", "20260101-000000-abbb")]
    for run in made:
        run.journal.mkdir(parents=True)
    (tmp_path / "notes").mkdir()
    (tmp_path / "file").write_text("")
    assert [run.path.name for run in list_runs(tmp_path)] == [run.path.name for run in made]
    assert find(tmp_path, str(made[0].path)).path == made[0].path
    assert find(tmp_path, made[1].path.name).path == made[1].path
    assert find(tmp_path, "20260101-000000-aa").path == made[0].path
    with pytest.raises(InputError, match="2 runs"):
        find(tmp_path, "20260101")
    for nothing in ("", "2027", "notes"):
        with pytest.raises(InputError, match="no run"):
            find(tmp_path, nothing)
    assert list_runs(tmp_path / "missing") == []


def test_the_digests_are_those_of_the_files_as_written(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path)
    digest = folder.write_run_json({"run": folder.path.name, "b": 1})
    assert digest == hashlib.sha256(folder.run_json.read_bytes()).hexdigest()
    assert folder.keep_plan("envelopes/base.toml", b"x") == hashlib.sha256(b"x").hexdigest()
    assert (folder.plan / "envelopes" / "base.toml").read_bytes() == b"x"
    for name in ("../x", "/x", ""):
        with pytest.raises(JournalError):
            folder.keep_plan(name, b"x")


def test_the_id_survives_a_renamed_folder(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path)
    folder.write_run_json({"run": folder.path.name})
    moved = RunFolder(folder.path.rename(tmp_path / "archived"))
    assert moved.run_id == folder.path.name


def test_runner_json_is_read_back_and_nonsense_is_nothing(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path)
    assert folder.read_runner() == {}
    folder.write_runner({"pid": 1, "socket": "/s"})
    assert folder.read_runner() == {"pid": 1, "socket": "/s"}
    for nonsense in ("", "[]", "{"):
        folder.runner_json.write_text(nonsense)
        assert folder.read_runner() == {}


def test_a_place_that_can_not_hold_runs_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match="--runs"):
        RunFolder.create(tmp_path / "file" / "runs")


@pytest.mark.parametrize("content", [b"\xff", b'{"run": "\xff"}', b"[" * 100_000, b"[]", b""])
def test_what_can_not_be_read_names_neither_run_nor_runner(tmp_path: Path, content: bytes) -> None:
    folder = RunFolder.create(tmp_path)
    folder.runner_json.write_bytes(content)
    folder.run_json.write_bytes(content)
    assert folder.read_runner() == {}
    assert folder.run_id == folder.path.name
