"""The page of platforms claims nothing that a driver can't do, and leaves no platform out."""

from __future__ import annotations

from bringup.cli._platforms import MARK, able, capabilities, page, words
from tests.conftest import ROOT


def claims(text: str) -> set[tuple[str, str]]:
    """(platform, capability in words) of each mark."""
    found: set[tuple[str, str]] = set()
    platforms: list[str] = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if cells and not cells[0]:
            platforms = [cell.strip("`") for cell in cells[1:]]
        found |= {(name, cells[0]) for name, cell in zip(platforms, cells[1:], strict=False) if cell == MARK}
    return found


def test_the_page_in_docs_claims_what_drivers_can_do_and_no_more() -> None:
    """`make man` brings it up to date."""
    true = {(platform, words(name)) for platform, can in able().items() for name in can}
    written = claims((ROOT / "docs" / "platforms.md").read_text())
    assert written <= true
    assert {platform for platform, _ in written} == {platform for platform, can in able().items() if can}


def test_a_page_made_now_has_every_capability_that_any_platform_has() -> None:
    made = claims(page())
    assert made == {(platform, words(name)) for platform, can in able().items() for name in can}
    assert len({words(name) for name in capabilities()}) == len(capabilities())
