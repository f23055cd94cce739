"""The fixture of the engine's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.check.trial import StillClock
from tests.engine import stand as engine_stand
from tests.engine.stand import Stand


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Stand]:
    made = Stand(tmp_path)
    yield made
    if hasattr(made, "journal"):
        await made.journal.close()


@pytest.fixture
def still_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time passes only where the session waits for it, however busy the machine is."""
    monkeypatch.setattr(engine_stand, "WorldClock", lambda speed: StillClock())
