"""The pictures in the README are what the console draws from the records beside them, each time the same."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

PLACE = Path(__file__).resolve().parents[2] / "screenshots"


@pytest.fixture(scope="module")
def make() -> ModuleType:
    spec = importlib.util.spec_from_file_location("screenshots_make", PLACE / "make.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_two_runs_give_the_same_files_and_these_lie_there(make: ModuleType) -> None:
    made = make.pictures()
    assert made == make.pictures()
    assert made == {place.stem: place.read_text(encoding="utf-8") for place in PLACE.glob("*.svg")}, (
        "look at them, then: make screenshots"
    )


def test_no_picture_loads_anything_from_elsewhere(make: ModuleType) -> None:
    for name, svg in make.pictures().items():
        assert "url(http" not in svg and "@font-face" not in svg, name


def test_the_records_name_neither_machine_nor_person(make: ModuleType) -> None:
    for name in make.RUNS:
        first = make.events_of(name)[0]
        assert (first.host, first.user, first.inventory) == ("cart-1", "tech-1", "inventory.toml")
