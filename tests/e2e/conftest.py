"""Fixtures of whole runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.runs import SPEED, Nursery, Rack


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    made = Nursery(tmp_path_factory.mktemp("nursery"))
    yield made
    made.end()


@pytest.fixture
def rack(nursery: Nursery, tmp_path: Path) -> Iterator[Rack]:
    made = Rack(nursery, tmp_path / "lab")
    yield made
    made.end()


@pytest.fixture
def make_rack(nursery: Nursery, tmp_path: Path) -> Iterator[Callable[..., Rack]]:
    """Racks with faults."""
    made: list[Rack] = []

    def make(*faults: str, profile: str = "mini", speed: int = SPEED) -> Rack:
        made.append(Rack(nursery, tmp_path / f"lab-{len(made)}", faults, profile, speed))
        return made[-1]

    yield make
    for each in made:
        each.end()
