"""Fixtures of the command line's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.rack import Desk


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A copy of the example, and a home of its own for keys."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("LEAF_PASSWORD", "PDU_COMMUNITY", "BRINGUP_INJECT"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "rack").mkdir()
    return Desk(tmp_path / "rack", capsys)
