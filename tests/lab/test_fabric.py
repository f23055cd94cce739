"""The `fabric-800g` rack: its shape, its media, light and errors that agree at both ends of every link."""

from __future__ import annotations

from collections import Counter

import pytest

from bringup.lab import links
from bringup.lab.clock import HandClock
from bringup.lab.faults import FaultBook
from bringup.lab.hand import put_in, take_out
from bringup.lab.profile_fabric import fabric_800g
from bringup.lab.render_sonic import SonicShell
from bringup.lab.state import Cable, CableEnd
from bringup.lab.world import World, restore
from bringup.model.errors import InputError

HEALTHY_BER = 1e-8


@pytest.fixture
def world() -> World:
    clock = HandClock()
    return World(fabric_800g(1, 1.0, clock.origin_unix_s), clock)


def forward(world: World, seconds: float) -> None:
    assert isinstance(world.clock, HandClock)
    world.clock.forward(seconds)
    world.now()


def ends_of(cable: Cable) -> tuple[tuple[CableEnd, CableEnd, list[float]], ...]:
    """(sender, receiver, what is lost between them) both ways."""
    return (cable.a, cable.b, cable.a_to_b_db), (cable.b, cable.a, cable.b_to_a_db)


def test_it_has_two_hundred_links_of_the_media_of_a_real_plant(world: World) -> None:
    assert Counter(device.role for device in world.devices) == {"spine": 2, "leaf": 4, "node": 8, "bmc": 8}
    assert {device.platform for device in world.devices if device.role in ("leaf", "spine")} == {
        "sonic",
        "eos",
        "nvue",
        "nxos",
        "junos",
    }
    assert Counter(cable.medium for cable in world.cables) == {
        "800GBASE-DR8": 128,
        "800G-DR8-LPO": 24,
        "800G-AOC": 24,
        "800GBASE-CR8": 16,
        "400GBASE-DR4": 8,
    }
    plugged = [end.port for cable in world.cables for end in (cable.a, cable.b)]
    assert len(set(plugged)) == 400
    assert all(world.port(port or "").up for port in plugged)
    assert len({cable.label for cable in world.cables}) == 200


def test_one_seed_is_one_fabric_and_another_is_another() -> None:
    one, same, other = (fabric_800g(seed, 1.0, 0.0) for seed in (1, 1, 2))
    assert [each.a_to_b_db for each in one.cables] == [each.a_to_b_db for each in same.cables]
    assert [each.a_to_b_db for each in one.cables] != [each.a_to_b_db for each in other.cables]


def test_what_arrives_is_what_was_sent_less_what_was_lost_on_the_way(world: World) -> None:
    for cable in world.cables:
        for sender, receiver, fibres in ends_of(cable):
            sent, received = world.lanes(sender.port or ""), world.lanes(receiver.port or "")
            for at, (out, come) in enumerate(zip(sent, received, strict=True)):
                assert out.tx_power_dbm is not None and come.rx_power_dbm is not None
                lost = sender.out_db[at] + fibres[at] + receiver.in_db[at]
                assert come.rx_power_dbm == pytest.approx(out.tx_power_dbm - lost, abs=1e-6)


def test_a_healthy_link_of_each_medium_corrects_little_and_counts_what_its_ratio_says(world: World) -> None:
    subjects = {cable.medium: cable.a.port or "" for cable in world.cables}
    before = {subject: world.counters(subject).corrected_bits for subject in subjects.values()}
    forward(world, 600.0)
    for medium, subject in subjects.items():
        ratio = world.pre_fec_ber(subject)
        assert ratio is not None and 1e-11 < ratio < HEALTHY_BER, medium
        bits = world.port(subject).speed_gbps * 1e9 * 1.0625 * 600.0
        counted = world.counters(subject).corrected_bits - before[subject]
        assert counted == pytest.approx(ratio * bits, rel=0.1), medium
        assert world.counters(subject).uncorrectable_codewords == 0


def test_copper_has_no_monitors_and_errors_all_the_same(world: World) -> None:
    subject = "leaf-1/Ethernet0"
    assert world.lanes(subject) == ()
    assert world.pre_fec_ber(subject) is not None
    FaultBook(world, 1).add(f"ber-rise@{subject}=1e-6")
    assert world.pre_fec_ber(subject) == pytest.approx(1e-6, rel=0.01)


def test_a_linear_module_needs_more_light_than_one_with_a_processor() -> None:
    for dbm in (-6.0, -3.0, 0.0):
        assert links.snr_db("800G-DR8-LPO", dbm) < links.snr_db("800GBASE-DR8", dbm)


# what can be taken apart, and what can't


def test_the_plug_of_a_cable_assembly_takes_its_module_along(world: World) -> None:
    near, other = "leaf-1/Ethernet0", "leaf-1/Ethernet8"
    serial = world.port(near).optic.serial  # type: ignore[union-attr]
    label = take_out(world, near)
    assert world.port(near).optic is None
    gone = take_out(world, other)
    put_in(world, label, other)
    assert world.port(other).optic.serial == serial  # type: ignore[union-attr]
    put_in(world, gone, near)
    forward(world, 60.0)
    assert world.port(near).up and world.port(other).up


def test_a_saved_fabric_comes_back_with_the_modules_on_its_plugs(world: World) -> None:
    forward(world, 30.0)
    again = World(restore(world.save()), world.clock)
    cable = next(each for each in again.cables if each.medium == "800G-AOC")
    assert again.port(cable.a.port or "").optic is cable.a.module
    assert all(
        again.port(port).up for each in again.cables for port in (each.a.port or "", each.b.port or "")
    )


@pytest.mark.parametrize(
    "text",
    [
        "dirty-connector@leaf-1/Ethernet0",
        "dirty-connector@leaf-1/Ethernet16",
        "missing-optic@leaf-1/Ethernet16",
        "wrong-optic@leaf-1/Ethernet0",
        "dark-lane@leaf-1/Ethernet0#lane-1",
        "low-power-stuck@leaf-1/Ethernet0",
        "hot-optic@leaf-1/Ethernet0",
        "fibre-out@leaf-1/Ethernet16",
        "dead-laser@leaf-1/Ethernet0#lane-1",
        "swapped-cables@leaf-1/Ethernet0=Ethernet16",
    ],
)
def test_what_can_not_happen_to_a_medium_is_refused(world: World, text: str) -> None:
    with pytest.raises(InputError):
        FaultBook(world, 1).add(text)


def test_plugs_are_confused_with_their_like(world: World) -> None:
    for seed in range(6):
        fault = FaultBook(world, seed)
        applied = fault.add("swapped-cables")
        media = {
            next(cable.medium for cable in world.cables if port in (cable.a.port, cable.b.port))
            for port in (applied.subject, applied.memo["other"])
        }
        assert len(media) == 1 or media == {"800GBASE-DR8", "400GBASE-DR4"} or "800G-DR8-LPO" in media
        fault.repair()


def test_codewords_fall_into_bins_as_the_error_ratio_says_and_the_totals_are_those_of_the_bins(
    world: World,
) -> None:
    subject = "leaf-1/Ethernet144"
    FaultBook(world, 1).add(f"ber-rise@{subject}=1e-5")
    links.clear_counters(world.port(subject), world.now())
    forward(world, 120.0)
    counted = world.counters(subject)
    assert sum(counted.bins) + counted.uncorrectable_codewords == pytest.approx(counted.codewords)
    assert sum(counted.bins[1:]) == counted.corrected_codewords
    assert sum(wrong * count for wrong, count in enumerate(counted.bins)) == counted.symbol_errors
    assert counted.bins[1] / counted.codewords == pytest.approx(5440 * 1e-5, rel=0.06)
    assert counted.bins[2] / counted.bins[1] == pytest.approx(5440 * 1e-5 / 2, rel=0.06)
    assert counted.bins[5] > 0 and counted.bins[9] == 0  # 0.6 and 1e-9 a second at 800G
    told = SonicShell(world, "leaf-1").run("show interfaces counters fec-histogram -i Ethernet144").out
    assert f"BIN1  {counted.bins[1]:>35}".split() == told.splitlines()[3].split()
