"""A simulated module's memory byte by byte: places and scales by hand from the map, and what a write does.

That `bringup decode` reads the same is in `test_decoders_read_it`; here no decoder is asked.
"""

from __future__ import annotations

import math
import re
import struct

import pytest

from bringup.lab.clock import HandClock
from bringup.lab.cmis_memory import ModuleMemory
from bringup.lab.faults import FaultBook
from bringup.lab.profile_fabric import fabric_800g
from bringup.lab.render_linux import LinuxShell
from bringup.lab.render_sonic import SonicShell
from bringup.lab.world import World

COPPER, ACTIVE, LINEAR, PLAIN = "Ethernet0", "Ethernet16", "Ethernet40", "Ethernet144"
LOWER, UPPER = (0, 0, 128), 128
LOW_PWR, PWR_UP, READY = 1, 2, 3
BOUNDS_S = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 600)


def make_world() -> tuple[World, HandClock]:
    clock = HandClock()
    return World(fabric_800g(1, 1.0, clock.origin_unix_s), clock), clock


def memory(world: World, port: str = PLAIN, device: str = "leaf-1") -> ModuleMemory:
    return ModuleMemory(world, f"{device}/{port}")


def half(found: ModuleMemory, page: int | None) -> bytes:
    held = found.read(*LOWER) if page is None else found.read(page, UPPER, 128)
    assert held is not None and len(held) == 128
    return held


def state_of(found: ModuleMemory) -> int:
    return half(found, None)[3] >> 1 & 7


def data_paths(found: ModuleMemory) -> list[int]:
    pairs = half(found, 0x11)[0:4]
    return [nibble for pair in pairs for nibble in (pair & 15, pair >> 4)]


# bytes where the map has them


@pytest.mark.parametrize("port", [COPPER, ACTIVE, LINEAR, PLAIN])
def test_page_00h_tells_who_the_module_is_and_its_check_code_is_right(port: str) -> None:
    world, _ = make_world()
    optic = world.port(f"leaf-1/{port}").optic
    assert optic is not None
    page = half(memory(world, port), 0x00)
    assert page[0] == half(memory(world, port), None)[0] == 0x19
    assert page[1:17] == optic.vendor.encode().ljust(16)
    assert page[20:36] == optic.part_number.encode().ljust(16)
    assert page[38:54] == optic.serial.encode().ljust(16)
    assert page[94] == sum(page[:94]) & 0xFF


@pytest.mark.parametrize(("page", "first"), [(0x01, 2), (0x02, 0)])
@pytest.mark.parametrize("port", [ACTIVE, LINEAR, PLAIN])
def test_pages_01h_and_02h_end_in_the_sum_of_their_bytes(port: str, page: int, first: int) -> None:
    held = half(memory(make_world()[0], port), page)
    assert held[127] == sum(held[first:127]) & 0xFF


def test_a_flat_memory_has_page_00h_alone_and_says_so() -> None:
    found = memory(make_world()[0], COPPER)
    assert half(found, None)[2] & 0x80
    assert found.pages == (0x00,)
    assert [found.read(page, UPPER, 128) for page in (0x01, 0x02, 0x10, 0x11, 0x20)] == [None] * 5
    page = half(found, 0x00)
    assert (page[84], page[75], page[74]) == (10, 35, 15)  # copper, not separable, 15 times 0.1 m


@pytest.mark.parametrize(
    ("port", "media_type", "application"),
    [
        (COPPER, 3, (73, 1, 0x80, 1)),
        (ACTIVE, 4, (81, 4, 0x88, 1)),
        (LINEAR, 2, (35, 146, 0x88, 1)),
        (PLAIN, 2, (81, 86, 0x88, 1)),
    ],
)
def test_the_first_application_is_that_of_the_medium(
    port: str, media_type: int, application: tuple[int, ...]
) -> None:
    held = half(memory(make_world()[0], port), None)
    assert held[85] == media_type
    assert tuple(held[86:90]) == application
    assert 0xFF in held[90:118:4]


def test_monitors_are_the_worlds_own_in_the_maps_units() -> None:
    world, clock = make_world()
    clock.forward(3600.0)
    subject = f"leaf-1/{PLAIN}"
    lower, lanes = half(memory(world), None), half(memory(world), 0x11)
    celsius = struct.unpack(">h", lower[14:16])[0] / 256
    assert celsius == pytest.approx(world.optic_temperature_c(subject), abs=0.01)
    assert struct.unpack(">H", lower[16:18])[0] * 1e-4 == pytest.approx(3.3, abs=0.05)
    for lane in world.lanes(subject):
        at = 2 * (lane.index - 1)
        sent, bias, received = (
            struct.unpack(">H", lanes[start + at : start + at + 2])[0] for start in (26, 42, 58)
        )
        assert lane.tx_power_dbm is not None and lane.rx_power_dbm is not None
        assert 10 * math.log10(sent * 1e-4) == pytest.approx(lane.tx_power_dbm, abs=0.01)
        assert 10 * math.log10(received * 1e-4) == pytest.approx(lane.rx_power_dbm, abs=0.01)
        assert bias * 2e-3 == pytest.approx(lane.bias_ma, abs=0.002)


def test_limits_stand_high_alarm_low_alarm_high_warning_low_warning() -> None:
    page = half(memory(make_world()[0]), 0x02)
    assert [each / 256 for each in struct.unpack(">4h", page[0:8])] == [75.0, -5.0, 70.0, 0.0]
    rx = [10 * math.log10(each * 1e-4) for each in struct.unpack(">4H", page[64:72])]
    assert rx == pytest.approx([5.0, -8.9, 4.0, -5.9], abs=0.01)
    bias = [each * 2e-3 for each in struct.unpack(">4H", page[56:64])]
    assert bias == pytest.approx([120.0, 20.0, 110.0, 25.0])


def test_a_dark_lane_is_no_light_and_its_flags_and_its_neighbours_are_not() -> None:
    world, _ = make_world()
    FaultBook(world, 1).add(f"dark-lane@leaf-1/{PLAIN}#lane-3")
    page = half(memory(world), 0x11)
    assert struct.unpack(">8H", page[58:74])[2] == 0
    assert page[19] == page[20] == 0b100  # loss of signal, loss of lock
    assert page[22] & page[24] & 0b100  # low alarm, low warning
    assert page[4] == 0b11111011  # what is given to the host
    assert half(memory(world), None)[3] & 1 == 0  # the interrupt is asserted


def test_observables_are_the_noise_and_the_errors_of_each_lane() -> None:
    world, _ = make_world()
    FaultBook(world, 1).add(f"ber-rise@leaf-1/{PLAIN}=1e-6")
    about, values = half(memory(world), 0x20), half(memory(world), 0x24)
    kinds = {(about[2 * at + 1], about[2 * at] & 15): at for at in range(64) if about[2 * at + 1]}
    (raw,) = struct.unpack_from(">H", values, 2 * kinds[15, 0])
    assert (raw & 0x7FF) * 10.0 ** ((raw >> 11) - 24) == pytest.approx(1e-6, rel=0.5)
    (snr,) = struct.unpack_from(">H", values, 2 * kinds[5, 0])
    assert 20.0 < snr / 256 < 20.9  # 1e-6 is 20.42 dB
    assert memory(world, LINEAR).read(0x20, UPPER, 128) is None


# state machines


def test_a_module_comes_from_low_power_to_light_within_the_times_that_it_advertises() -> None:
    world, clock = make_world()
    found, optic = memory(world), world.port(f"leaf-1/{PLAIN}").optic
    assert optic is not None
    found.write(0, 26, b"\x10")
    assert state_of(found) == LOW_PWR
    assert data_paths(found) == [1] * 8
    assert not world.port(f"leaf-1/{PLAIN}").up
    page = half(found, 0x01)
    power_up, init, turn_on = (BOUNDS_S[page[at] & 15] for at in (39, 16, 40))
    found.write(0, 26, b"\x00")
    seen: list[tuple[int, int]] = []
    took = dict.fromkeys(("PwrUp", "Init", "TxTurnOn"), 0.0)
    for _ in range(400):
        step = (state_of(found), data_paths(found)[0])
        if not seen or seen[-1] != step:
            seen.append(step)
        name = "PwrUp" if step[0] == PWR_UP else {2: "Init", 5: "TxTurnOn"}.get(step[1])
        if name:
            took[name] += 0.05
        clock.forward(0.05)
    assert seen == [(PWR_UP, 1), (READY, 2), (READY, 5), (READY, 4)]
    assert 0 < took["PwrUp"] <= power_up and 0 < took["Init"] <= init and 0 < took["TxTurnOn"] <= turn_on
    assert sum(took.values()) == pytest.approx(optic.power_up_s, abs=0.2)
    assert world.port(f"leaf-1/{PLAIN}").up


def test_a_reset_forgets_what_the_module_was_told() -> None:
    world, clock = make_world()
    found = memory(world)
    found.write(0x10, 130, b"\x0f")
    found.write(0, 26, b"\x08")
    assert half(found, None)[8] & 1  # its state has changed since it was last asked
    assert not half(found, None)[8] & 1
    assert state_of(found) == PWR_UP
    assert half(found, 0x10)[2] == 0
    clock.forward(20.0)
    assert state_of(found) == READY


def test_lanes_told_to_be_dark_are_initialized_and_the_far_end_sees_it() -> None:
    world, _ = make_world()
    far = world.far_end(f"leaf-1/{PLAIN}")
    assert far is not None
    memory(world).write(0x10, 130, b"\x03")
    assert data_paths(memory(world)) == [7, 7, 4, 4, 4, 4, 4, 4]
    assert half(memory(world), 0x11)[5] == 0b11111100
    assert [lane.rx_power_dbm is None for lane in world.lanes(far.subject)] == [True, True] + [False] * 6
    assert not far.up


def test_a_data_path_that_is_taken_down_comes_back_in_its_time() -> None:
    world, clock = make_world()
    found = memory(world)
    found.write(0x10, 128, b"\xff")
    assert data_paths(found) == [1] * 8
    assert state_of(found) == READY
    assert not world.port(f"leaf-1/{PLAIN}").up
    found.write(0x10, 128, b"\x00")
    assert data_paths(found) == [2] * 8
    clock.forward(20.0)
    assert data_paths(found) == [4] * 8
    assert world.port(f"leaf-1/{PLAIN}").up


def test_flags_are_latched_until_somebody_reads_them() -> None:
    world, clock = make_world()
    near, far = memory(world), world.far_end(f"leaf-1/{PLAIN}")
    assert far is not None
    half(near, 0x11)
    world.set_admin(far.subject, False)
    clock.forward(5.0)
    world.set_admin(far.subject, True)
    clock.forward(30.0)
    assert world.port(f"leaf-1/{PLAIN}").up
    half(near, 0x10)
    assert half(near, 0x11)[19] == 0xFF
    assert half(near, 0x11)[19] == 0x00


def test_what_can_not_be_written_stays() -> None:
    world, _ = make_world()
    before = [half(memory(world), page) for page in (None, 0x00, 0x01, 0x02)]
    for page, at in ((0, 3), (0, 14), (0x00, 129), (0x01, 142), (0x02, 128)):
        memory(world).write(page, at, b"\xaa")
    assert [half(memory(world), page) for page in (None, 0x00, 0x01, 0x02)] == before
    memory(world, COPPER).write(0, 26, b"\x10")
    assert world.port(f"leaf-1/{COPPER}").up


# tools


def rows_of(text: str) -> bytes:
    return bytes.fromhex("".join(re.findall(r"^0x[0-9a-f]{4}:\s+((?:[0-9a-f]{2} )+)$", text, re.MULTILINE)))


def test_ethtool_prints_the_bytes_of_a_page_and_gives_them_raw() -> None:
    world, _ = make_world()
    shell = LinuxShell(world, "node-06")
    nic = "enp26s0np0"
    held = half(memory(world, nic, "node-06"), 0x10)
    printed = shell.run(f"ethtool -m {nic} hex on page 0x10 bank 0x0 offset 128 length 128")
    assert printed.out.startswith("Offset\t\tValues\n------\t\t------\n0x0080:\t\t")
    assert rows_of(printed.out) == held
    assert shell.run(f"ethtool -m {nic} raw on page 0x10").data == held
    lower = shell.run(f"sudo -n ethtool -m {nic} hex on")
    assert rows_of(lower.out)[:2] == b"\x19\x50"


@pytest.mark.parametrize(
    "options",
    [
        "page 0x03",
        "page 0x10 bank 0x1",
        "offset 100 length 100",
        "page 0x10 offset 200 length 128",
        "i2c 0x51",
    ],
)
def test_ethtool_has_no_page_that_the_module_has_not(options: str) -> None:
    reply = LinuxShell(make_world()[0], "node-06").run(f"ethtool -m enp26s0np0 hex on {options}")
    assert (reply.out, reply.data, reply.status != 0) == ("", b"", True)
    assert "Invalid argument" in reply.err


@pytest.mark.parametrize("options", ["hex maybe", "page ten", "colour on", "page 0x400"])
def test_ethtool_refuses_options_that_it_has_not(options: str) -> None:
    reply = LinuxShell(make_world()[0], "node-06").run(f"ethtool -m enp26s0np0 {options}")
    assert reply.status == 1 and "bad command line" in reply.err


def test_sfputil_dumps_lower_memory_and_one_page_and_reads_and_writes_bytes() -> None:
    world, _ = make_world()
    shell = SonicShell(world, "leaf-1")
    text = shell.run(f"sudo sfputil show eeprom-hexdump -p {PLAIN} -n 11").out
    assert text.startswith(
        f"EEPROM hexdump for port {PLAIN} page 11h\n        Lower page 0h\n        00000000 19 50"
    )
    assert "        Upper page 11h\n        00000080 44 44 44 44" in text
    read = f"sudo sfputil read-eeprom -p {PLAIN} -n 16 -o 130 -s 1 --no-format"
    assert shell.run(read).out == "00\n"
    shell.run(f"sudo sfputil write-eeprom -p {PLAIN} -n 16 -o 130 -d 81")
    assert shell.run(read).out == "81\n"
    assert "00000082 81" in shell.run(read.removesuffix(" --no-format")).out
    assert shell.run(f"sudo sfputil read-eeprom -p {COPPER} -n 17 -o 128 -s 8 --no-format").status != 0
