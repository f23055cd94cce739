"""What belongs together is told once, what a keyboard can do comes first, clean-up work is one walk."""

from __future__ import annotations

import msgspec
import pytest

from bringup.diagnosis.grouping import KINDS, in_order
from bringup.diagnosis.ladder import diagnose
from bringup.diagnosis.remedies import REMEDIES
from bringup.diagnosis.rules_device import DEVICE_RULES
from bringup.diagnosis.rules_link import LINK_RULES
from bringup.diagnosis.rules_power import FEED_RULES, HOST_RULES
from bringup.model.cause import Cause
from bringup.model.inventory import Cable, Inventory, Port
from bringup.model.measurement import DARK
from bringup.model.subject import link
from tests.diagnosis.record import C1, C2, C3, C4, Record, light, up

DIRTY = (-1.4, -6.3, -1.5, -1.6)


def dirty(record: Record, *cables: tuple[str, str]) -> None:
    for near, far in cables:
        record.step("optics", "levels", near, light(near, rx=DIRTY))
        record.step("optics", "levels", far, light(far))


def test_field_17_clean_up_work_is_one_list_in_the_order_of_the_walk() -> None:
    record = Record()
    dirty(record, C1, C4, C2)
    cause = record.only_cause
    assert cause.remedy == "clean-both-ends"
    assert [stop.subject for stop in cause.walk] == [C2[0], C1[0], C4[0]]  # leaf-2 is above leaf-1
    assert [stop.place for stop in cause.walk] == [
        "rack r07, U41, leaf-2, port Ethernet1/1",
        "rack r07, U40, leaf-1, port Ethernet0",
        "rack r07, U40, leaf-1, port Ethernet16",
    ]
    assert all(stop.does for stop in cause.walk)
    assert cause.title.startswith("3 cables") and "C-004" in cause.title
    assert len(cause.explains) == 3


def test_one_dirty_cable_is_no_walk() -> None:
    record = Record()
    dirty(record, C1)
    assert record.only_cause.walk == ()


def test_cleaning_by_errors_and_by_light_is_one_walk() -> None:
    record = Record()
    dirty(record, C1)
    for end in C3:
        record.step("optics", "levels", end, light(end, rx=(-1.4, -5.0, -1.5, -1.6)))
    told = [(C3[0], "pre_fec_ber_upper", 4e-5), (C3[0], "uncorrectable_codewords", 0)]
    record.step("links", "errors", link(*C3), told)
    assert len(record.only_cause.walk) == 2


def test_field_18_what_a_keyboard_can_put_right_comes_before_the_work_of_hands() -> None:
    record = Record()
    dirty(record, C1, C4)
    record.step("links", "state", link(*C3), [*up(C3[0], fec_mode="none"), *up(C3[1])])
    remote, hands = record.causes
    assert (remote.remedy, remote.automatic) == ("set-same-fec", True)
    assert (hands.remedy, hands.automatic) == ("clean-both-ends", False)


def rack(*cables: tuple[str, str, str]) -> Inventory:
    """The rack of the record with other cables: (label, end, end)."""
    found = Record().inventory
    rows, ports = [], []
    for label, a, b in cables:
        (a_device, _, a_port), (b_device, _, b_port) = a.partition("/"), b.partition("/")
        rows.append(Cable(a_device=a_device, a_port=a_port, b_device=b_device, b_port=b_port, label=label))
        ports += [Port(device=a_device, name=a_port), Port(device=b_device, name=b_port)]
    return found.model_copy(update={"cable": tuple(rows), "port": tuple(ports)})


def causes(record: Record, inventory: Inventory) -> tuple[Cause, ...]:
    return diagnose(record.state, inventory)


def test_field_18_dark_links_of_one_trunk_are_the_trunk() -> None:
    ends = [(f"leaf-1/Ethernet{8 * number}", f"leaf-2/Ethernet{number}/1") for number in range(1, 5)]
    inventory = rack(*((f"T-7.{number}", *pair) for number, pair in enumerate(ends, 1)))
    record = Record()
    record.inventory = inventory
    for near, far in ends[:3]:
        for end in (near, far):
            record.step("optics", "levels", end, light(end, rx=(DARK,) * 4))
    (cause,) = causes(record, inventory)
    assert (cause.rule, cause.remedy) == ("dark-both-ways", "check-plug-and-polarity")
    assert "3 links of one trunk are dark" in cause.title
    assert len(cause.explains) == 6


def test_dark_links_of_two_trunks_are_two_causes_and_without_a_trunk_each_is_its_own() -> None:
    ends = [(f"leaf-1/Ethernet{8 * number}", f"leaf-2/Ethernet{number}/1") for number in range(1, 7)]
    labels = ("T-7.1", "T-7.2", "T-8.1", "T-8.2", "C-1", "C-2")
    inventory = rack(*((label, *pair) for label, pair in zip(labels, ends, strict=True)))
    record = Record()
    record.inventory = inventory
    for pair in ends:
        for end in pair:
            record.step("optics", "levels", end, light(end, rx=(DARK,) * 4))
    assert [len(cause.explains) for cause in causes(record, inventory)] == [4, 4, 2, 2]


def test_field_18_a_cage_that_is_broken_out_otherwise_is_one_cause_with_all_its_links() -> None:
    ends = [(f"leaf-1/Ethernet{128 + lane}", f"host-{lane}/eth0") for lane in range(4)]
    inventory = rack(*((f"H-{lane}x", *pair) for lane, pair in enumerate(ends)))
    ports = tuple(
        port.model_copy(update={"cage": "etp17"}) if port.device == "leaf-1" else port
        for port in inventory.port
    )
    inventory = inventory.model_copy(update={"port": ports})
    record = Record()
    for near, _ in ends[1:]:
        record.step("switches", "ports", near, [(near, "port_present", False)])
    record.step(
        "links", "state", link(*ends[0]), [*up(ends[0][0], oper_up=False), *up(ends[0][1], oper_up=False)]
    )
    (cause,) = causes(record, inventory)
    assert cause.remedy == "check-port-name-and-breakout"
    assert cause.automatic
    assert cause.subjects[0] == "leaf-1/etp17"
    assert "of 4 ports it lacks Ethernet129, Ethernet130, Ethernet131" in cause.title
    assert (cause.stage, cause.step, len(cause.explains)) == ("switches", "ports", 4)


def test_a_port_that_is_missing_and_shares_its_cage_with_nobody_is_no_breakout() -> None:
    record = Record()
    record.step("switches", "ports", C1[0], [(C1[0], "port_present", False)])
    assert record.only_cause.rule == "port-missing"


def test_devices_out_of_reach_are_one_cause_from_three_on() -> None:
    def seen(*devices: str) -> list[int]:
        record = Record()
        for device in devices:
            record.broken("management", "reach", device, "unreachable", f"{device}: no route to host", device)
        return [len(cause.explains) for cause in record.causes]

    assert seen("leaf-1", "leaf-2") == [1, 1]
    assert seen("leaf-1", "leaf-2", "bmc-01") == [3]


def test_credentials_that_two_switches_of_a_kind_refuse_are_one_cause_and_of_two_kinds_are_two() -> None:
    record = Record()
    for device in ("leaf-1", "leaf-2"):
        record.broken("management", "reach", device, "refused", f"{device}: refused user 'x'", device)
    assert [cause.remedy for cause in record.causes] == ["check-credentials"] * 2


@pytest.mark.parametrize(
    ("names", "walked"),
    [
        (["leaf-1/Ethernet16", "leaf-1/Ethernet8"], ["leaf-1/Ethernet8", "leaf-1/Ethernet16"]),
        (["leaf-1/Ethernet0", "leaf-2/Ethernet9/1"], ["leaf-2/Ethernet9/1", "leaf-1/Ethernet0"]),
        (["node-01/a", "leaf-1/a", "somewhere/a"], ["somewhere/a", "leaf-1/a", "node-01/a"]),
    ],
)
def test_feet_go_from_the_top_down_and_ports_as_they_are_numbered(
    names: list[str], walked: list[str]
) -> None:
    inventory = Record().inventory
    assert sorted(names, key=lambda one: in_order(inventory, one)) == walked


def test_each_rule_that_is_told_together_exists_and_belongs_to_one_kind() -> None:
    rules = {rule.id for rule in (*DEVICE_RULES, *LINK_RULES, *FEED_RULES, *HOST_RULES)}
    named = [rule for kind in KINDS for rule in kind.rules]
    assert set(named) <= rules
    assert len(named) == len(set(named))
    assert all(kind.least >= 2 for kind in KINDS)


def test_no_remedy_that_begins_with_hands_is_called_automatic() -> None:
    hands = {
        "clean-both-ends",
        "insert-optic",
        "swap-cables-back",
        "check-fan-tray",
        "reseat-card",
        "trace-cable",
    }
    assert not any(REMEDIES[name].remote for name in hands)
    assert REMEDIES["power-far-end"].remote and REMEDIES["set-same-fec"].remote
    assert msgspec.structs.fields(type(REMEDIES["retest"]))[-1].default is False


def rolled(*labels: str) -> tuple[Cause, ...]:
    """Links whose far ends come out one place further on."""
    ends = [(f"leaf-1/Ethernet{8 * at}", f"leaf-2/Ethernet{at + 1}/1") for at in range(len(labels))]
    inventory = rack(*((label, *pair) for label, pair in zip(labels, ends, strict=True)))
    record = Record()
    record.inventory = inventory
    for at, (near, far) in enumerate(ends):
        told = [(near, "neighbor", ends[(at + 1) % len(ends)][1]), (far, "neighbor", ends[at - 1][0])]
        record.step("links", "neighbors", link(near, far), told)
    return causes(record, inventory)


def test_field_18_links_of_one_trunk_in_a_ring_are_the_trunk_and_not_so_many_swapped_plugs() -> None:
    (cause,) = rolled("T-7.1", "T-7.2", "T-7.3", "T-7.4")
    assert cause.title == "trunk T-7: 4 of its links come out in each other's places"
    assert cause.likely[0].words.startswith("trunk T-7, its harness")
    assert cause.remedy == "move-cables-round"


def test_a_ring_of_cables_that_share_no_trunk_is_so_many_plugs() -> None:
    (cause,) = rolled("T-7.1", "T-7.2", "C-9")
    assert cause.title.startswith("3 cables are in each other's places")


def test_field_18_the_ports_of_one_module_that_sends_nothing_are_one_module() -> None:
    ends = [(f"leaf-1/Ethernet{128 + lane}", f"host-{lane}/eth0") for lane in range(4)]
    inventory = rack(*((f"H-{lane}x", *pair) for lane, pair in enumerate(ends)))
    in_a_cage = tuple(
        port.model_copy(update={"cage": "etp17"}) if port.device == "leaf-1" else port
        for port in inventory.port
    )
    record = Record()
    for near, _ in ends:
        record.step("optics", "levels", near, light(near, tx=(DARK,), rx=(-1.0,)))
    (cause,) = causes(record, inventory.model_copy(update={"port": in_a_cage}))
    assert (cause.remedy, len(cause.explains)) == ("reset-or-replace-optic", 4)
    assert len(causes(record, inventory)) == 4
