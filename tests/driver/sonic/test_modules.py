"""Transmitters, loopbacks and patterns of a SONiC switch: against the lab, and replies written down."""

from __future__ import annotations

import pytest

from bringup.driver.platform.sonic import SonicDriver
from bringup.lab.clock import HandClock
from bringup.lab.world import World
from bringup.model.errors import DeviceError, InputError, NoData, Refused, Unparsable
from bringup.model.measurement import NOT_AVAILABLE, UNSUPPORTED, value
from tests.driver.canned import Canned, CannedLinks, device, failed
from tests.driver.sonic.test_against_lab import leaf
from tests.lab.mini_world import make_booted_world

PORT, FAR = "Ethernet8", "leaf-2/Ethernet2/1"
LINK = f"leaf-1/{PORT}"


def lit(world: World, subject: str) -> list[bool]:
    return [lane.tx_power_dbm is not None for lane in world.lanes(subject)]


def linked() -> tuple[World, HandClock, str, str]:
    """A booted rack, a port of leaf-1 with a link to a port of leaf-2, and both subjects."""
    world, clock = make_booted_world()
    near = next(
        port.subject
        for port in world.ports("leaf-1")
        if port.up and (far := world.far_end(port.subject)) is not None and far.device == "leaf-2"
    )
    far = world.far_end(near)
    assert far is not None
    return world, clock, near, far.subject


async def test_transmitters_are_switched_off_and_on_and_read_back() -> None:
    world, _, near, far = linked()
    driver, port = leaf(world), near.partition("/")[2]
    told = await driver.transmitters(port)
    assert [(lane.index, lane.disabled, lane.sending) for lane in told.lanes] == [
        (lane, value(False), value(True)) for lane in range(1, 5)
    ]
    await driver.set_transmitters(port, (), False)
    told = await driver.transmitters(port)
    assert {(lane.disabled, lane.sending) for lane in told.lanes} == {(value(True), value(False))}
    assert lit(world, near) == [False] * 4
    assert [lane.rx_power_dbm for lane in world.lanes(far)] == [None] * 4
    await driver.set_transmitters(port, (), True)
    assert lit(world, near) == [True] * 4


async def test_one_lane_is_switched_off_by_the_modules_register_and_no_other() -> None:
    world, _, near, far = linked()
    driver, port = leaf(world), near.partition("/")[2]
    await driver.set_transmitters(port, (3,), False)
    assert lit(world, near) == [True, True, False, True]
    assert [lane.rx_power_dbm is None for lane in world.lanes(far)].count(True) == 1
    await driver.set_transmitters(port, (3,), True)
    assert lit(world, near) == [True] * 4


async def test_a_hold_outlives_that_the_port_is_shut_and_opened() -> None:
    world, _, near, _ = linked()
    driver, port = leaf(world), near.partition("/")[2]
    await driver.set_transmitters(port, (), False)
    await driver.set_admin(port, False)
    await driver.set_admin(port, True)
    assert lit(world, near) == [False] * 4


@pytest.mark.parametrize("where", ["host-side-input", "media-side-output"])
async def test_a_near_loopback_links_a_port_to_itself_and_cuts_off_the_far_end(where: str) -> None:
    world, clock, near, far = linked()
    driver, port = leaf(world), near.partition("/")[2]
    assert set((await driver.loopbacks(port)).supported) == {
        "host-side-input",
        "host-side-output",
        "media-side-input",
        "media-side-output",
    }
    await driver.set_loopback(port, where, True)  # type: ignore[arg-type]
    assert (await driver.loopbacks(port)).on == {where: (1, 2, 3, 4)}
    clock.forward(30.0)
    assert world.port(near).up and not world.port(far).up
    await driver.set_loopback(port, where, False)  # type: ignore[arg-type]
    clock.forward(30.0)
    assert world.port(near).up and world.port(far).up
    assert (await driver.loopbacks(port)).on == {}


async def test_a_far_loopback_gives_a_port_its_own_light_back_with_the_errors_of_both_fibres() -> None:
    world, clock, near, far = linked()
    there = world.port(far)
    assert there.optic is not None
    with world.changing():
        there.optic.controls.loopbacks["media-side-input"] = 0x0F
    clock.forward(30.0)
    assert world.port(near).up and not world.port(far).up
    back = world.pre_fec_ber(near)
    assert back is not None and back > 0.0


async def test_a_pattern_is_checked_where_it_arrives_and_only_there() -> None:
    world, _, near, far = linked()
    driver, port = leaf(world), near.partition("/")[2]
    await driver.set_pattern(port, "media", "checker", True)
    told = await driver.pattern_test(port, "media")
    assert {lane.locked for lane in told.lanes} == {value(False)}
    assert {lane.ber for lane in told.lanes} == {NOT_AVAILABLE}
    there = world.port(far)
    assert there.optic is not None
    with world.changing():
        there.optic.controls.generators["media"] = 0x0F
    told = await driver.pattern_test(port, "media")
    assert {lane.locked for lane in told.lanes} == {value(True)}
    for lane, ber in zip(told.lanes, world.pattern_bers(near), strict=True):
        assert lane.ber.value == pytest.approx(ber, rel=0.01)
    await driver.set_pattern(port, "media", "checker", False)
    assert {lane.ber for lane in (await driver.pattern_test(port, "media")).lanes} == {NOT_AVAILABLE}


# replies written down


def read_of(page: int, at: int, size: int) -> str:
    return f"sudo sfputil read-eeprom -p {PORT} -n {page} -o {at} -s {size} --no-format"


ALONE = f'sonic-db-cli CONFIG_DB HGET "PORT|{PORT}" subport'
CMIS: dict[str, Canned] = {
    ALONE: b"\n",
    read_of(0, 0, 3): b"195000\n",
    read_of(0, 210, 1): b"f0\n",
    read_of(16, 130, 1): b"05\n",
    read_of(17, 133, 1): b"0a\n",
    read_of(1, 142, 1): b"20\n",
}


def driver_of(replies: dict[str, Canned]) -> tuple[SonicDriver, list[str]]:
    links = CannedLinks({**CMIS, **replies})
    return SonicDriver(device("sonic"), links), links.canned.asked


async def test_bits_of_both_registers_are_those_of_the_lanes() -> None:
    driver, _ = driver_of({})
    told = await driver.transmitters(PORT)
    assert [(lane.index, lane.disabled.value, lane.sending.value) for lane in told.lanes] == [
        (1, True, False),
        (2, False, True),
        (3, True, False),
        (4, False, True),
    ]


async def test_a_lane_is_switched_without_touching_the_others_bits() -> None:
    write = f"sudo sfputil write-eeprom -p {PORT} -n 16 -o 130 -d 0d"
    driver, asked = driver_of({write: b""})
    await driver.set_transmitters(PORT, (4,), False)
    assert asked[-1] == write


async def test_a_qsfp28_has_its_own_register_and_tells_nothing_of_its_outputs() -> None:
    driver, _ = driver_of({read_of(0, 0, 3): b"110000\n", read_of(0, 86, 1): b"0f\n"})
    told = await driver.transmitters(PORT)
    assert [(lane.disabled, lane.sending) for lane in told.lanes] == [(value(True), UNSUPPORTED)] * 4
    assert (await driver.loopbacks(PORT)).supported == ()


BAD: tuple[tuple[str, dict[str, Canned], type[DeviceError]], ...] = (
    ("a port that shares its cage", {ALONE: b"2\n"}, NoData),
    ("a switch that can't tell", {ALONE: failed(ALONE, 1, "no redis")}, NoData),
    ("an SFP", {read_of(0, 0, 3): b"030400\n"}, NoData),
    ("flat memory", {read_of(0, 0, 3): b"195080\n"}, NoData),
    ("a short reply", {read_of(0, 0, 3): b"19\n"}, Unparsable),
    ("a cut reply", {read_of(16, 130, 1): b"0"}, Unparsable),
    ("words", {read_of(16, 130, 1): b"SFP EEPROM not detected\n"}, Unparsable),
    ("an error with status nought", {read_of(16, 130, 1): b"Error: Failed to read EEPROM!\n"}, Unparsable),
    ("no rights", {read_of(16, 130, 1): failed("it", 1, "Root privileges are required")}, Refused),
)


@pytest.mark.parametrize(("name", "replies", "error"), BAD, ids=[name for name, _, _ in BAD])
async def test_what_cannot_be_read_is_no_reading(
    name: str, replies: dict[str, Canned], error: type[DeviceError]
) -> None:
    driver, _ = driver_of(replies)
    with pytest.raises(error):
        await driver.transmitters(PORT)


async def test_a_tool_that_says_failed_has_refused() -> None:
    text = f"sudo sfputil debug tx-output {PORT} disable"
    said = f"{PORT}: TX disable failed for subport 0\n".encode()
    driver, _ = driver_of({text: failed(text, 255, "", said)})
    with pytest.raises(Refused):
        await driver.set_transmitters(PORT, (), False)


@pytest.mark.parametrize("port", ["Ethernet0; reboot", "", "a b", "-p"])
async def test_what_is_no_port_name_reaches_no_shell(port: str) -> None:
    driver, asked = driver_of({})
    with pytest.raises(InputError):
        await driver.set_transmitters(port, (), False)
    with pytest.raises(InputError):
        await driver.transmitters(port)
    with pytest.raises(InputError):
        await driver.set_loopback(port, "host-side-input", True)
    assert asked == []


@pytest.mark.parametrize("lane", [0, 9, -1])
async def test_a_lane_that_no_bank_has_is_refused(lane: int) -> None:
    driver, asked = driver_of({})
    with pytest.raises(InputError):
        await driver.set_transmitters(PORT, (lane,), False)
    assert not any("write" in text for text in asked)
