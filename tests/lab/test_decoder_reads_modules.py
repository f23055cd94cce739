"""What `bringup decode` makes of a simulated module's bytes is what the world holds: both written apart."""

from __future__ import annotations

import pytest

from bringup.decode.module.facts import Module, ModuleLane, Observable
from bringup.decode.module.formats import CMIS
from bringup.lab.clock import HandClock
from bringup.lab.cmis_memory import ModuleMemory
from bringup.lab.faults import FaultBook
from bringup.lab.optic_kind import kind_of
from bringup.lab.profile_fabric import fabric_800g
from bringup.lab.render_linux import LinuxShell
from bringup.lab.render_sonic import SonicShell
from bringup.lab.world import World
from bringup.model.facts import Decoded, Optic
from bringup.model.verdict import Reading

PORTS = (
    "leaf-1/Ethernet0",
    "leaf-1/Ethernet16",
    "leaf-1/Ethernet40",
    "leaf-1/Ethernet144",
    "leaf-1/Ethernet128",
)
"""Copper, active cable, linear, plain 800G, plain 400G."""
NODE, NIC = "node-06", "enp26s0np0"


def make_world() -> World:
    clock = HandClock()
    world = World(fabric_800g(1, 1.0, clock.origin_unix_s), clock)
    clock.forward(3600.0)
    return world


def dump(world: World, subject: str) -> bytes:
    memory, lines = ModuleMemory(world, subject), list[str]()
    for heading, page, first in (
        ("Lower page 0h", 0, 0),
        *((f"Upper page {page:02x}h", page, 128) for page in memory.pages),
    ):
        held = memory.read(page, first, 128)
        assert held is not None
        lines.append(heading)
        lines += [f"0x{first + at:04x}: {held[at : at + 16].hex(' ')}" for at in range(0, 128, 16)]
    return ("\n".join(lines) + "\n").encode()


def decoded(data: bytes) -> Decoded:
    found = CMIS.decode(data)
    assert (found.outcome, found.warnings) == ("ok", ())
    return found


@pytest.mark.parametrize("subject", PORTS)
def test_identity_monitors_and_limits_are_read_as_the_world_has_them(subject: str) -> None:
    world = make_world()
    facts, held = decoded(dump(world, subject)).facts, world.port(subject).optic
    optic, module = facts["optic"], facts["module"]
    assert isinstance(optic, Optic) and isinstance(module, Module) and held is not None
    kind = kind_of(held.medium)
    assert [optic.vendor.value, optic.part_number.value, optic.serial.value] == [
        held.vendor,
        held.part_number,
        held.serial,
    ]
    assert optic.medium.value == held.medium
    assert module.flat_memory.value is kind.flat
    assert module.max_power_w.value == kind.power_w
    assert module.cable_length_m.value == (held.length_m or None)
    lanes = world.lanes(subject)
    assert len(optic.lanes) == len(lanes) == (0 if kind.flat else kind.lanes)
    for read, lane in zip(optic.lanes, lanes, strict=True):
        assert read.rx_power_dbm.value == pytest.approx(lane.rx_power_dbm, abs=0.01)
        assert read.tx_power_dbm.value == pytest.approx(lane.tx_power_dbm, abs=0.01)
        assert read.bias_ma.value == pytest.approx(lane.bias_ma, abs=0.002)
    if not kind.flat:
        limits = {each.quantity: each for each in optic.thresholds}
        assert limits["rx_power_dbm"].low_alarm.value == pytest.approx(kind.rx.low_alarm, abs=0.01)
        assert limits["bias_ma"].high_warning.value == pytest.approx(kind.bias.high_warning)
        assert optic.temperature_c.value == pytest.approx(world.optic_temperature_c(subject), abs=0.01)
        assert isinstance(optic.light_up_max_s.value, float) and optic.light_up_max_s.value >= held.power_up_s
        assert module.linear.value == ("no" if kind.retimed else "linear")


def test_a_fault_of_the_world_is_in_what_the_decoder_reads() -> None:
    world, subject = make_world(), PORTS[3]
    faults = FaultBook(world, 1)
    faults.add(f"dark-lane@{subject}#lane-5")
    faults.add(f"low-power-stuck@{PORTS[1]}")
    optic = decoded(dump(world, subject)).facts["optic"]
    assert isinstance(optic, Optic)
    assert [lane.index for lane in optic.lanes if lane.rx_power_dbm.reading is Reading.DARK] == [5]
    asleep = decoded(dump(world, PORTS[1])).facts
    module, states = asleep["module"], asleep["lanes"]
    assert isinstance(module, Module) and isinstance(states, tuple)
    assert (module.state.value, module.low_power_requested.value) == ("LowPwr", True)
    assert {lane.data_path_state.value for lane in states if isinstance(lane, ModuleLane)} == {"Deactivated"}


def test_a_module_of_another_kind_says_so_in_its_own_bytes() -> None:
    world, subject = make_world(), PORTS[3]
    FaultBook(world, 1).add(f"wrong-optic@{subject}")
    world.clock.forward(60.0)  # type: ignore[attr-defined]
    optic = decoded(dump(world, subject)).facts["optic"]
    assert isinstance(optic, Optic)
    assert optic.medium.value == "800GBASE-DR8-2"


def test_observables_agree_with_the_error_ratio_that_the_switch_counts() -> None:
    world, subject = make_world(), PORTS[3]
    found = decoded(dump(world, subject)).facts["observables"]
    assert isinstance(found, tuple)
    seen = [
        each for each in found if isinstance(each, Observable) and each.name == "pre_fec_ber_media_current"
    ]
    mean = sum(float(each.reading.value) for each in seen if isinstance(each.reading.value, float)) / len(
        seen
    )
    assert len(seen) == 8
    assert mean == pytest.approx(world.pre_fec_ber(subject), rel=0.01)


def test_what_sfputil_and_ethtool_print_is_decoded_alike() -> None:
    world = make_world()
    by_sonic = decoded(
        SonicShell(world, "leaf-1").run("sudo sfputil show eeprom-hexdump -p Ethernet144").out.encode()
    )
    optic = by_sonic.facts["optic"]
    held = world.port("leaf-1/Ethernet144").optic
    assert isinstance(optic, Optic) and held is not None
    assert (optic.port, optic.serial.value) == ("Ethernet144", held.serial)
    shell = LinuxShell(world, NODE)
    raw = b"".join(
        shell.run(f"ethtool -m {NIC} raw on {where}").data
        for where in ("offset 0", "page 0 offset 128", "page 1", "page 2")
    )
    by_ethtool = decoded(raw).facts["optic"]
    port = world.port(f"{NODE}/{NIC}").optic
    assert isinstance(by_ethtool, Optic) and port is not None
    assert by_ethtool.serial.value == port.serial
