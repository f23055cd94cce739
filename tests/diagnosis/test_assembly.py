"""Cables that tell a serial number at both ends: crossed ones are found before a link is looked at."""

from __future__ import annotations

from bringup.model.envelope import Limit
from bringup.model.subject import link
from bringup.model.verdict import Verdict
from tests.diagnosis.record import C1, C2, C3, C4, LIMITS, Record, Told, assert_ends, healthy, up

SERIALS = {
    C3[0]: "AOC0003A",
    C3[1]: "AOC0004B",
    C4[0]: "AOC0004A",
    C4[1]: "AOC0003B",
}
"""The plugs of the third and fourth cable are exchanged at one end."""


class Assembled(Record):
    """With the limit of `optic.assembly`."""

    def _limits(self, subject: str, quantity: str) -> tuple[Limit, ...]:
        found = super()._limits(subject, "oper_up" if quantity == "ends_alike" else quantity)
        return tuple(one.model_copy(update={"measure": quantity}) for one in found)

    def assembly(self, *ends: str, serials: dict[str, str]) -> None:
        for end in ends:
            told: list[Told] = [(end, "optic_serial", serials[end])] if end in serials else []
            told.append((end, "ends_alike", False))
            self.step("optics", "assembly", end, told)


def test_two_cables_whose_ends_are_of_each_others_assembly_are_swapped() -> None:
    record = Assembled()
    healthy(record, but=[C3, C4])
    record.assembly(*C3, *C4, serials=SERIALS)
    cause = record.only_cause
    assert (cause.rule, cause.remedy, cause.verdict) == ("cables-swapped", "swap-cables-back", Verdict.FAIL)
    assert_ends(cause, *C3, *C4)
    assert f"{C3[0]} is of one assembly with {C4[1]}" in cause.likely[0].reasons_for
    assert {ladder.stops_at for ladder in cause.ladders} == {"cabling"}
    assert "another assembly" in cause.ladders[0].climbed[-1].near
    assert "U41" in " ".join(cause.places) or "U40" in " ".join(cause.places)


def test_three_in_a_ring_are_one_cause_too() -> None:
    record = Assembled()
    healthy(record, but=[C2, C3, C4])
    serials = {C2[0]: "S1A", C2[1]: "S2B", C3[0]: "S2A", C3[1]: "S3B", C4[0]: "S3A", C4[1]: "S1B"}
    record.assembly(*C2, *C3, *C4, serials=serials)
    assert (record.only_cause.remedy, len(record.only_cause.ladders)) == ("move-cables-round", 3)


def test_a_cable_whose_other_end_is_nowhere_to_be_seen_is_told_once_for_both_its_ends() -> None:
    record = Assembled()
    healthy(record, but=[C3])
    record.assembly(*C3, serials={C3[0]: "AOC0003A", C3[1]: "AOC0009B"})
    cause = record.only_cause
    assert (cause.rule, cause.remedy) == ("ends-of-two-assemblies", "trace-cable")
    assert len(cause.explains) == 2
    assert_ends(cause, *C3)


def test_a_serial_number_that_three_plugs_tell_proves_nothing() -> None:
    record = Assembled()
    healthy(record, but=[C2, C3, C4])
    record.assembly(*C2, *C3, *C4, serials=dict.fromkeys((*C2, *C3, *C4), "0000000000"))
    assert {cause.remedy for cause in record.causes} == {"trace-cable"}
    assert len(record.causes) == 3


def test_without_serial_numbers_no_swap_is_guessed() -> None:
    record = Assembled()
    healthy(record, but=[C3, C4])
    record.assembly(*C3, *C4, serials={})
    assert {cause.remedy for cause in record.causes} == {"trace-cable"}


def test_the_end_that_is_not_as_ordered_is_the_near_one_whichever_the_cable_list_names_first() -> None:
    for odd, other in (C1, C1[::-1]):
        record = Record()
        healthy(record, but=[C1])
        told = [*up(odd, oper_up=False, fec_mode="none"), *up(other, oper_up=False)]
        record.step("links", "state", link(*C1), told)
        assert record.only_cause.subjects == (odd, other)
        assert LIMITS["fec_mode"]["equals"] == "rs544"
