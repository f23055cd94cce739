"""Cables of unlike width in each other's ports, harnesses of the wrong kind, and copper, which is dark."""

from __future__ import annotations

from typing import Any

import pytest

from bringup.model.inventory import Cable, Inventory
from bringup.model.measurement import DARK, NOT_AVAILABLE, Read, Scalar
from bringup.model.subject import link
from bringup.model.verdict import Verdict
from tests.diagnosis.record import C1, C3, C4, Record, assert_ends, healthy, light, up

LIT, NO_LIGHT = -1.4, DARK
FIRST_HALF: tuple[Read | Scalar, ...] = (LIT, LIT, NO_LIGHT, NO_LIGHT)
SECOND_HALF: tuple[Read | Scalar, ...] = (NO_LIGHT, NO_LIGHT, LIT, LIT)
EVERY_SECOND: tuple[Read | Scalar, ...] = (LIT, NO_LIGHT, LIT, NO_LIGHT)


def dark(record: Record, cable: tuple[str, str], rx: tuple[Read | Scalar, ...], *, lit: bool = True) -> None:
    for end in cable:
        record.step("optics", "levels", end, light(end, rx=rx), lit=lit)


def two_lanes_in_vain(record: Record, cable: tuple[str, str]) -> None:
    """Good light on both of its lanes at both ends, and no link."""
    for end in cable:
        record.step("optics", "levels", end, light(end, rx=(LIT, LIT), tx=(-0.9, -0.9)))
    record.step("links", "state", link(*cable), [*up(cable[0], oper_up=False), *up(cable[1], oper_up=False)])


@pytest.mark.parametrize("rx", [FIRST_HALF, SECOND_HALF])
def test_a_link_that_is_half_lit_and_a_narrower_one_that_is_lit_in_vain_beside_it_are_swapped(
    rx: tuple[Read | Scalar, ...],
) -> None:
    record = Record()
    healthy(record, but=[C3, C4])
    dark(record, C3, rx)
    two_lanes_in_vain(record, C4)
    cause = record.only_cause
    assert (cause.rule, cause.remedy, cause.verdict) == (
        "unlike-cables-swapped",
        "swap-cables-back",
        Verdict.FAIL,
    )
    assert_ends(cause, *C3, *C4)
    assert {ladder.stops_at for ladder in cause.ladders} == {"cabling"}
    assert "light on 2 lanes of 4" in cause.likely[0].reasons_for[0]
    assert "goes, not that at" in cause.next_test


def test_without_the_narrower_one_beside_it_a_half_lit_link_is_a_harness() -> None:
    record = Record()
    healthy(record, but=[C3])
    dark(record, C3, FIRST_HALF)
    assert (record.only_cause.rule, record.only_cause.remedy) == (
        "lanes-dark-in-pattern",
        "fit-right-harness",
    )


def test_two_half_lit_links_beside_one_another_are_not_told_from_which_is_swapped() -> None:
    record = Record()
    healthy(record, but=[C1, C3, C4])
    dark(record, C3, FIRST_HALF)
    dark(record, C1, FIRST_HALF)
    two_lanes_in_vain(record, C4)
    assert "unlike-cables-swapped" not in {cause.rule for cause in record.causes if cause.subjects[0] in C1}


def test_a_narrow_link_elsewhere_or_with_another_coding_is_not_its_partner() -> None:
    record = Record()
    healthy(record, but=[C3, C4])
    dark(record, C3, FIRST_HALF)
    for end in C4:
        record.step("optics", "levels", end, light(end, rx=(LIT, LIT), tx=(-0.9, -0.9)))
    told = [*up(C4[0], oper_up=False, fec_mode="none"), *up(C4[1], oper_up=False)]
    record.step("links", "state", link(*C4), told)
    assert {cause.remedy for cause in record.causes} == {"fit-right-harness", "set-same-fec"}


@pytest.mark.parametrize("rx", [FIRST_HALF, SECOND_HALF, EVERY_SECOND])
def test_a_half_that_is_dark_both_ways_is_a_jumper_of_the_wrong_kind(rx: tuple[Read | Scalar, ...]) -> None:
    record = Record()
    healthy(record, but=[C1])
    dark(record, C1, rx)
    assert record.only_cause.remedy == "fit-right-harness"


@pytest.mark.parametrize("rx", [(LIT, NO_LIGHT, NO_LIGHT, LIT), (LIT, LIT, LIT, NO_LIGHT)])
def test_lanes_that_are_dark_without_a_pattern_are_fibres(rx: tuple[Read | Scalar, ...]) -> None:
    record = Record()
    healthy(record, but=[C1])
    dark(record, C1, rx)
    assert record.only_cause.remedy == "inspect-fibre-lane"


def test_a_half_that_is_dark_one_way_only_is_no_harness() -> None:
    record = Record()
    healthy(record, but=[C1])
    record.step("optics", "levels", C1[0], light(C1[0], rx=FIRST_HALF))
    record.step("optics", "levels", C1[1], light(C1[1]))
    assert record.only_cause.remedy == "inspect-fibre-lane"


def test_field_02_a_half_that_is_dark_under_senders_that_are_not_proven_on_touches_no_fibre() -> None:
    record = Record()
    healthy(record, but=[C1])
    dark(record, C1, FIRST_HALF, lit=False)
    assert record.only_cause.remedy == "prove-far-transmitter"


def copper(**told: Any) -> Record:
    """The first cable is copper, and its link is down."""
    record = Record()
    rows = [
        Cable(**(row.model_dump() | {"medium": "400GBASE-CR4"})) if row.a == C1[0] else row
        for row in record.inventory.cable
    ]
    whole = {name: getattr(record.inventory, name) for name in ("device", "port")}
    record.inventory = Inventory(**whole, cable=tuple(rows))
    near, far = C1
    told_near = {"oper_up": False} | told
    record.step("links", "state", link(near, far), [*up(near, **told_near), *up(far, oper_up=False)])
    return record


def test_copper_without_a_link_whose_coding_one_end_hides_is_compared_for_it_first() -> None:
    cause = copper(fec_mode=NOT_AVAILABLE).only_cause
    assert (cause.rule, cause.remedy) == ("fec-not-told-over-copper", "set-same-fec")
    assert len(cause.likely) == 3


def test_copper_without_a_link_with_alike_settings_is_a_matter_of_training() -> None:
    cause = copper().only_cause
    assert (cause.rule, cause.remedy) == ("copper-without-link", "check-link-training")


def test_a_cable_of_unknown_kind_is_not_taken_for_copper() -> None:
    record = Record()
    near, far = C1
    record.step("links", "state", link(near, far), [*up(near, oper_up=False), *up(far, oper_up=False)])
    assert record.only_cause.rule == "unexplained"
