"""Fixtures of the tests with programs that others wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.driver.linux.test_wire import pair as pair
from tests.e2e.runs import Nursery
from tests.peers.stand import Answer, Lab, answer_of

LAB_SPEED = 200


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    made = Nursery(tmp_path_factory.mktemp("nursery"))
    yield made
    made.end()


@pytest.fixture(scope="module")
def lab(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One lab for the tests of a module: what they change in it touches none of the others."""
    made = Lab(nursery, tmp_path_factory.mktemp("up") / "lab", speed=LAB_SPEED)
    yield made
    made.end()


@pytest.fixture
def probe(nursery: Nursery) -> Callable[..., Answer]:
    """`bringup probe peer …` on an inventory."""

    def ask(inventory: Path, *words: str, device: str = "peer") -> Answer:
        return answer_of(nursery.run(["probe", device, *words, "-i", str(inventory)]))

    return ask
