"""What the console says of a record that was verified in a process of its own."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bringup.cli import _verified
from bringup.cli._verified import told, verified
from tests.journal.records import Made, lines, make


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


def spoil(made: Made, seq: int) -> None:
    """One event says something else than what was signed."""
    path = made.folder.segment(1)
    stored = lines(made.folder)
    stored[seq] = re.sub(rb'"text":"[^"]*"', b'"text":"nothing happened"', stored[seq])
    path.write_bytes(b"".join(line + b"\n" for line in stored))


async def test_a_record_that_was_changed_names_both_digests(home: Path) -> None:
    made = await make(home)
    seq = next(number for number, line in enumerate(lines(made.folder)) if b'"text":"note 3"' in line)
    spoil(made, seq)
    found = await verified(made.folder.path)
    assert found.contradicts.startswith("checkpoints/")
    assert found.words.startswith("THE RECORD CONTRADICTS ITSELF: checkpoints/")
    assert re.fullmatch("[0-9a-f]{64}", found.said) and re.fullmatch("[0-9a-f]{64}", found.found)
    assert found.said != found.found


async def test_a_record_as_it_was_signed_contradicts_nothing(home: Path) -> None:
    made = await make(home)
    found = await verified(made.folder.path)
    assert found.contradicts == ""
    assert "intact" in found.words and "events" in found.words


async def test_what_is_no_record_is_not_verified_and_no_alarm(home: Path) -> None:
    found = await verified(home / "nothing")
    assert found.contradicts == ""
    assert found.words.startswith("not verified: ")


async def test_what_contradicts_once_and_not_again_is_no_alarm(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await make(home)
    kept = made.folder.segment(1).read_bytes()
    spoil(made, 3 + next(n for n, line in enumerate(lines(made.folder)) if b'"text":"note 3"' in line))
    once, asked = _verified._once, []

    async def then_mended(path: Path) -> Any:
        found = await once(path)
        asked.append(found.contradicts)
        made.folder.segment(1).write_bytes(kept)
        return found

    monkeypatch.setattr(_verified, "_once", then_mended)
    monkeypatch.setattr(_verified, "AGAIN_S", 0.0)
    assert (await verified(made.folder.path)).contradicts == ""
    assert len(asked) == 2 and asked[0]


async def test_whoever_waits_no_longer_ends_the_process_too(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[subprocess.Popen[bytes]] = []

    def begin(path: Path) -> subprocess.Popen[bytes]:
        begun.append(subprocess.Popen(("sleep", "600"), stdout=subprocess.PIPE, stderr=subprocess.PIPE))
        return begun[-1]

    monkeypatch.setattr(_verified, "_begin", begin)
    task = asyncio.create_task(verified(home))
    async with asyncio.timeout(60):
        while not begun:  # noqa: ASYNC110
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
        assert await asyncio.to_thread(begun[0].wait) == -signal.SIGKILL


def test_of_findings_the_worst_stands_first() -> None:
    report = {
        "code": 4,
        "events": 9,
        "covered": 0,
        "checkpoints": 0,
        "findings": [
            {"code": 3, "where": "a", "text": "open", "said": "", "found": ""},
            {"code": 4, "where": "b", "text": "signature", "said": "", "found": ""},
            {"code": 4, "where": "c", "text": "root", "said": "1f", "found": "2e"},
        ],
    }
    found = told(report)
    assert (found.contradicts, found.said, found.found) == ("c", "1f", "2e")
