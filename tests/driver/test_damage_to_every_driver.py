"""Every driver that the registry finds, over links that damage what its device says: facts that the device
told, or an error that a person reads; never a crash or a value out of nothing, and in no time to speak of.
"""

from __future__ import annotations

import time
from typing import Any

import pytest

from bringup.driver.registry import find_platform, platform_names
from bringup.model.errors import DeviceError, Unparsable
from bringup.model.inventory import Device
from tests.driver.damage import DEVICES, KINDS, READS, Damage, DamagedLinks, not_told

WITHOUT_A_WIRE = frozenset({"human"})
"""A person is asked, not read."""
EACH = 4
"""Places at which each kind of damage is done, for each read of each driver."""
SHELLS = sorted(name for name in DEVICES if "ssh" in find_platform(name).transports)


def opened(platform: str, links: Any) -> Any:
    device = Device.model_validate(
        {"name": "it", "role": "any", "platform": platform, "address": "192.0.2.1"}
    )
    return find_platform(platform).open(device, links)


async def outcome(driver: Any, read: str) -> object:
    """Facts, or the error that a person reads; anything else is a crash."""
    try:
        return await getattr(driver, read)()
    except DeviceError as error:
        assert error.message and len(error.message) < 2000
        return error


async def reads_of(platform: str) -> dict[str, tuple[object, int]]:
    """Read -> the facts of the intact device, and how many replies they took. At least one can be read; what
    follows from a command that is not there has no reply to spoil.
    """
    found = {}
    for read in READS:
        links = DamagedLinks(DEVICES[platform](), Damage("none", 0))
        driver = opened(platform, links)
        if hasattr(driver, read) and not isinstance(whole := await outcome(driver, read), DeviceError):
            found[read] = (whole, links.replies)
    assert found
    return {read: each for read, each in found.items() if each[1] > 0}


def test_every_platform_has_a_canned_device() -> None:
    assert set(DEVICES) == set(platform_names()) - WITHOUT_A_WIRE


@pytest.mark.parametrize("platform", sorted(DEVICES))
@pytest.mark.parametrize("kind", KINDS)
async def test_damage_never_crashes_a_driver_nor_gives_a_value_that_the_device_did_not_tell(
    platform: str, kind: str
) -> None:
    began = time.process_time()
    for read, (whole, replies) in (await reads_of(platform)).items():
        for seed in range(EACH):
            damage = Damage(kind, seed)
            links = DamagedLinks(DEVICES[platform](), damage, only={seed % replies})
            found = await outcome(opened(platform, links), read)
            if not isinstance(found, DeviceError) and not damage.other:
                assert not_told(whole, found) == {}, f"{read}, seed {seed}"
    assert time.process_time() - began < 60.0


@pytest.mark.parametrize("platform", SHELLS)
async def test_a_reply_over_the_cap_is_no_answer(platform: str) -> None:
    """A shell's transport stops earlier; what comes through it all the same is not taken apart."""
    found = {}
    for read in ("identity", "neighbors"):
        driver = opened(platform, DamagedLinks(DEVICES[platform](), Damage("more than the cap", 0)))
        if hasattr(driver, read):
            found[read] = await outcome(driver, read)
    assert found and all(isinstance(each, DeviceError) for each in found.values()), found
    assert any(isinstance(each, Unparsable) for each in found.values())
