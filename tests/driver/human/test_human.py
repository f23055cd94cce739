"""A device without a wire has no capability, so that nothing about it can be read by accident."""

from __future__ import annotations

from bringup.driver import capability
from bringup.driver.platform.human import HumanDriver
from bringup.driver.registry import find_platform
from tests.driver.canned import CannedLinks, device

CAPABILITIES = [found for found in vars(capability).values() if getattr(found, "_is_runtime_protocol", False)]


def test_it_has_no_capability_and_asks_nothing() -> None:
    links = CannedLinks({})
    made = find_platform("human").open(device("human"), links)
    assert isinstance(made, HumanDriver)
    assert CAPABILITIES
    assert not [found.__name__ for found in CAPABILITIES if isinstance(made, found)]
    assert links.canned.asked == []
