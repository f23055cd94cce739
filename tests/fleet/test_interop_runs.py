"""Records of runs as sources: one that contradicts itself proves nothing, one without links is no plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from bringup.model.errors import InputError
from bringup.model.verdict import Verdict
from tests.cli.test_history import make
from tests.fleet.test_interop import run_it

NAME = "20260101-120000-aaaa"


async def test_a_run_without_links_has_no_combination(tmp_path: Path) -> None:
    folder = await make(tmp_path / "runs", NAME, Verdict.PASS)
    assert run_it("show", str(folder.path)) == (0, "")
    with pytest.raises(InputError, match="has tried no link"):
        run_it("check", str(folder.path), "--like", str(folder.path))


async def test_a_record_that_contradicts_itself_ends_the_command_with_its_own_code(tmp_path: Path) -> None:
    folder = await make(tmp_path / "runs", NAME, Verdict.FAIL)
    segment = folder.segment(1)
    written = segment.read_bytes()
    assert b"FAIL" in written
    segment.write_bytes(written.replace(b"FAIL", b"PASS"))
    with pytest.raises(SystemExit) as ended:
        run_it("show", str(folder.path))
    assert ended.value.code == 4


def test_a_source_that_is_neither_run_nor_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nosuch"):
        run_it("show", "nosuch", "--runs", str(tmp_path))
