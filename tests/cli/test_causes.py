"""`bringup log causes`: what is wrong by cause, and each link that is not good rung by rung."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bringup.cli._causes import print_causes
from bringup.journal.folder import RunFolder
from bringup.model.errors import InputError
from tests.tui.records import folder_of
from tests.tui.scenes import dirty

NEAR, FAR = "leaf-1/Ethernet0", "node-01/enp65s0np0"


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    found = folder_of(tmp_path)
    found.keep_plan("inventory.json", dirty().inventory.model_dump_json(by_alias=True).encode())
    return found


def test_the_first_cause_the_rungs_up_to_it_the_next_test_and_both_ends_are_told(
    folder: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    print_causes(folder, (), "text")
    said = capsys.readouterr().out
    assert f"C-001: {NEAR} to {FAR}" in said
    assert "✗ lane          lane 2 receives -6.3 dBm" in said
    assert "next    take the fibre out" in said
    assert "[clean-both-ends]" in said


@pytest.mark.parametrize("about", [NEAR, FAR, "leaf-1", "node-01", f"{NEAR}#lane-2"])
def test_a_subject_chooses_what_is_about_it(
    about: str, folder: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    print_causes(folder, (about,), "json")
    (cause,) = json.loads(capsys.readouterr().out)
    (ladder,) = cause["ladders"]
    assert (ladder["near"], ladder["far"], ladder["stops_at"]) == (NEAR, FAR, "lane")
    assert [rung["name"] for rung in ladder["rungs"]][:2] == ["power", "presence"]


def test_nothing_is_said_of_what_is_good(folder: RunFolder, capsys: pytest.CaptureFixture[str]) -> None:
    print_causes(folder, ("leaf-2/Ethernet3/1",), "text")
    assert "no cause about that: the run is FAIL" in capsys.readouterr().out


def test_a_run_without_its_inventory_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"inventory\.json can't be read"):
        print_causes(folder_of(tmp_path), (), "text")
