"""Each screen in each state looks as it did when a person last looked at it (`tests/tui/picture_set.py`)."""

from __future__ import annotations

import pytest

from tests.tui.picture_set import PLACE, pictures

MADE = dict(pictures())


@pytest.mark.parametrize("name", MADE)
def test_a_picture_is_as_it_was_looked_at(name: str) -> None:
    kept = (PLACE / f"{name}.txt").read_text(encoding="utf-8")
    assert MADE[name] == kept, "look at it, then: python tests/tui/pictures.py --renew"


def test_no_picture_is_kept_that_nothing_makes() -> None:
    assert {place.stem for place in PLACE.glob("*.txt")} == set(MADE)
