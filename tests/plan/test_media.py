"""Media by name: how many lanes, and whether there is light."""

from __future__ import annotations

import pytest

from bringup.model.media import is_copper, medium_lanes


@pytest.mark.parametrize(
    ("medium", "lanes"),
    [
        ("400GBASE-DR4", 4),
        ("400GBASE-FR4", 4),
        ("400G-SR4", 4),
        ("800GBASE-DR8", 8),
        ("800G-2xFR4", 8),
        ("2xFR4", 8),
        ("800GBASE-SR8", 8),
        ("100GBASE-DR1", 1),
        ("100GBASE-LR1", 1),
        ("800G-DR8-LPO", 8),
        ("400GBASE-CR4", 4),
        ("DAC", None),
        ("", None),
        ("400GBASE-XX4", None),
    ],
)
def test_the_lanes_of_a_medium_are_known_by_its_name(medium: str, lanes: int | None) -> None:
    assert medium_lanes(medium) == lanes


@pytest.mark.parametrize(
    ("medium", "copper"), [("400GBASE-CR4", True), ("AEC", True), ("400GBASE-DR4", False)]
)
def test_copper_carries_no_light(medium: str, copper: bool) -> None:
    assert is_copper(medium) is copper
