"""What modules and tables call a medium, and what inventories call it."""

import pytest

from bringup.decode.medium_name import medium_in, medium_of_application, medium_of_eos
from bringup.model.measurement import ABSENT


@pytest.mark.parametrize(
    ("text", "medium"),
    [
        ("400G-BASE DR4", "400GBASE-DR4"),
        ("ETH_800GBASE_DR8", "800GBASE-DR8"),
        ("800G-DR8-LPO", "800G-DR8-LPO"),
        ("ETH_800G_DR8_LPO", "800G-DR8-LPO"),
        ("800GBASE-DR8-LPO", "800G-DR8-LPO"),
        ("ETH_800G_AOC", "800G-AOC"),
        ("800GBASE-CR8 (Clause 162)", "800GBASE-CR8"),
    ],
)
def test_a_medium_is_found_in_the_words_of_a_tool(text: str, medium: str) -> None:
    assert medium_in(text).value == medium


@pytest.mark.parametrize("text", ["", "copper", "LPO", "1800GX-AOCX", "800G_AOCTET", None])
def test_words_that_name_no_medium_give_none(text: str | None) -> None:
    assert medium_in(text) is ABSENT


@pytest.mark.parametrize(
    ("kind", "medium"),
    [("400GBASE-AR8", "400G-AOC"), ("800GBASE-DR8", "800GBASE-DR8"), ("400GBASE-AR", "400GBASE-AR")],
)
def test_what_eos_calls_an_active_optical_cable_is_one(kind: str, medium: str) -> None:
    assert medium_of_eos(kind) == medium


@pytest.mark.parametrize(
    ("host", "media", "technology", "medium"),
    [
        ("800GAUI-8 S C2M", "Active Cable assembly with BER < 10^-6", "850 nm VCSEL", "800G-AOC"),
        ("400GAUI-4-S C2M", "active cable, BER below 1e-6", "copper, linear", "400G-ACC"),
        (
            "400GAUI-4-S C2M",
            "Active Cable assembly with BER < 10^-6",
            "Copper cable, near and far",
            "400G-AEC",
        ),
        ("800GBASE-CR8 (placeholder)", "Copper cable", "Copper cable unequalized", "800GBASE-CR8"),
        ("400G CR8", "Copper cable", "N/A", "400GBASE-CR8"),
        ("IB NDR", "Copper cable", "Copper cable unequalized", None),
        ("800GAUI-8 S C2M", "Active Cable assembly with BER < 10^-6", "", None),
        ("800GAUI-8 S C2M", "800GBASE-DR8 (Cl 124)", "1310 nm EML", None),
    ],
)
def test_a_cable_assembly_is_named_by_its_host_side_and_its_technology(
    host: str, media: str, technology: str, medium: str | None
) -> None:
    assert medium_of_application(host, media, technology) == medium
