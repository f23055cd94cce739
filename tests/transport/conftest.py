"""Peers that several tests of the transports share."""

from __future__ import annotations

import gc
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.transport.peers import Sshd, sshd


@pytest.fixture(scope="session")
def openssh(tmp_path_factory: pytest.TempPathFactory) -> Generator[Sshd, None, None]:
    folder: Path = tmp_path_factory.mktemp("sshd")
    with sshd(folder) as started:
        yield started


@pytest.fixture(autouse=True)
def nothing_is_left_open() -> Generator[None, None, None]:
    """What a test leaves open is reported by that test, and not by whichever runs when it is collected."""
    yield
    gc.collect()
