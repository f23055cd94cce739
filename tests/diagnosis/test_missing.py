"""Whatever single observation is taken from a faulted link, it is never called good, and no fibre is blamed
for darkness whose sender nobody has seen send.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pytest

from bringup.judge import transmitter_proven_on
from bringup.model.cause import Cause
from bringup.model.measurement import (
    ABSENT,
    DARK,
    UNSUPPORTED,
    Read,
    Scalar,
    measured,
    value,
)
from bringup.model.subject import ends, link
from bringup.model.verdict import Reason, Verdict
from tests.diagnosis.record import C1, C3, C4, CABLES, POLL_S, Record

NEAR, FAR = C1
LANES = (1, 2, 3, 4)
FIBRE_REMEDIES = frozenset(
    {"clean-both-ends", "inspect-fibre-lane", "check-plug-and-polarity", "fit-attenuator", "trace-cable"}
)
Reads = dict[tuple[str, str], Read | Scalar]
"""(subject, quantity) -> what was told."""
Change = dict[tuple[str, str], Read | Scalar]


class Look(NamedTuple):
    """One step at one subject: which of the readings of a port it takes."""

    stage: str
    step: str
    quantities: tuple[str, ...]
    over: str


LOOKS = (
    Look("switches", "ports", ("port_present", "admin_up"), "port"),
    Look("optics", "presence", ("optic_present", "optic_medium"), "port"),
    Look("optics", "temperature", ("temperature_c",), "port"),
    Look("optics", "levels", ("tx_power_dbm", "rx_power_dbm"), "port"),
    Look("links", "state", ("oper_up", "speed_gbps", "fec_mode"), "link"),
    Look("links", "errors", ("pre_fec_ber_upper", "uncorrectable_codewords"), "link"),
    Look("links", "neighbors", ("neighbor",), "link"),
)


def sound(near: str, far: str) -> Reads:
    told: Reads = {}
    for here, there in ((near, far), (far, near)):
        told |= {
            (here, "port_present"): True,
            (here, "admin_up"): True,
            (here, "optic_present"): True,
            (here, "optic_medium"): "400GBASE-DR4",
            (here, "temperature_c"): 45.0,
            (here, "oper_up"): True,
            (here, "speed_gbps"): 400,
            (here, "fec_mode"): "rs544",
            (here, "pre_fec_ber_upper"): 1e-8,
            (here, "uncorrectable_codewords"): 0,
            (here, "neighbor"): there,
        }
        for lane in LANES:
            told[(f"{here}#lane-{lane}", "tx_power_dbm")] = -0.9
            told[(f"{here}#lane-{lane}", "rx_power_dbm")] = -1.4
    return told


def lanes(port: str, quantity: str, told: Read | Scalar, *which: int) -> Change:
    return {(f"{port}#lane-{lane}", quantity): told for lane in which or LANES}


DOWN: Change = {(NEAR, "oper_up"): False, (FAR, "oper_up"): False}
FAULTS: Mapping[str, tuple[Change, str]] = {
    "a dirty lane": ({**lanes(NEAR, "rx_power_dbm", -6.6, 2), **DOWN}, "clean-both-ends"),
    "a broken fibre": ({**lanes(NEAR, "rx_power_dbm", DARK, 3), **DOWN}, "inspect-fibre-lane"),
    "a plug that is out": (
        {**lanes(NEAR, "rx_power_dbm", DARK), **lanes(FAR, "rx_power_dbm", DARK), **DOWN},
        "check-plug-and-polarity",
    ),
    "a dead laser": (
        {**lanes(FAR, "tx_power_dbm", DARK, 1), **lanes(NEAR, "rx_power_dbm", DARK, 1), **DOWN},
        "replace-optic",
    ),
    "a module asleep": (
        {**lanes(FAR, "tx_power_dbm", DARK), **lanes(NEAR, "rx_power_dbm", DARK), **DOWN},
        "reset-or-replace-optic",
    ),
    "an empty cage": (
        {
            (FAR, "optic_present"): False,
            (FAR, "optic_medium"): ABSENT,
            **lanes(FAR, "tx_power_dbm", ABSENT),
            **lanes(FAR, "rx_power_dbm", ABSENT),
            **lanes(NEAR, "rx_power_dbm", DARK),
            **DOWN,
        },
        "insert-optic",
    ),
    "another module": ({(NEAR, "optic_medium"): "400GBASE-FR4"}, "fit-expected-optic"),
    "a port that is shut": (
        {
            (FAR, "admin_up"): False,
            **lanes(FAR, "tx_power_dbm", DARK),
            **lanes(NEAR, "rx_power_dbm", DARK),
            **DOWN,
        },
        "switch-on-port",
    ),
    "unlike coding": ({(NEAR, "fec_mode"): "none", **DOWN}, "set-same-fec"),
    "unlike speeds": ({(NEAR, "speed_gbps"): 200, **DOWN}, "set-same-speed"),
    "errors in good light": ({(NEAR, "pre_fec_ber_upper"): 4e-5}, "check-signal-quality"),
    "a hot module": ({(NEAR, "temperature_c"): 85.0}, "check-module-cooling"),
    "no neighbour": ({(NEAR, "neighbor"): "none"}, "check-lldp"),
    "a foreign cable": ({(NEAR, "neighbor"): "leaf-9/Ethernet0"}, "trace-cable"),
}
GONE: Mapping[str, Callable[[Read | Scalar], Read]] = {
    "absent": lambda told: ABSENT,
    "unsupported": lambda told: UNSUPPORTED,
    "stale": lambda told: (
        Read(told.reading, told.value, 100 * POLL_S)
        if isinstance(told, Read)
        else value(told, age_s=100 * POLL_S)
    ),
}


def causes_of(readings: Reads, *cables: tuple[str, str]) -> tuple[Cause, ...]:
    return record_of(readings, *cables).causes


def record_of(readings: Reads, *cables: tuple[str, str]) -> Record:
    """Everything that a run asks of these cables (default: the first), sound where `readings` don't say."""
    record = Record()
    chosen = cables or (C1,)
    every: Reads = {}
    for near, far in chosen:
        every |= sound(near, far)
    every |= readings
    for look in LOOKS:
        for near, far in chosen:
            over = (near, far) if look.over == "port" else (link(near, far),)
            for subject in over:
                told = [
                    (at, quantity, read)
                    for end in ends(subject)
                    for (at, quantity), read in every.items()
                    if at.partition("#")[0] == end and quantity in look.quantities
                ]
                far_end = record.inventory.far_ends.get(subject, "")
                record.step(look.stage, look.step, subject, told, lit=sends(every, far_end))
    return record


def sends(readings: Reads, port: str) -> bool:
    """As a run proves it: every lane of the far end is told, now, to send."""
    told = [
        measured(at, quantity, read)
        for (at, quantity), read in readings.items()
        if at.partition("#")[0] == port and quantity == "tx_power_dbm" and read is not ABSENT
    ]
    fresh = [transmitter_proven_on(one) for one in told if one.age_s is None]
    return len(fresh) == len(LANES) and all(fresh)


def cases() -> list[Any]:
    return [pytest.param(name, way, id=f"{name}, {way}") for name in FAULTS for way in GONE]


@pytest.mark.parametrize("name", FAULTS)
def test_with_nothing_missing_each_fault_is_named(name: str) -> None:
    change, remedy = FAULTS[name]
    assert {cause.remedy for cause in causes_of(sound(*C1) | change)} == {remedy}


def test_links_without_a_fault_have_no_cause() -> None:
    assert causes_of({}, *CABLES) == ()


@pytest.mark.parametrize(("name", "way"), cases())
def test_a_fault_with_any_one_observation_missing_is_never_good_and_no_fibre_is_blamed_unproven(
    name: str, way: str
) -> None:
    change, _ = FAULTS[name]
    readings = sound(*C1) | change
    for place, told in unlike(readings).items():
        record = record_of(readings | {place: GONE[way](told)})
        assert not record.state.verdict.good, place
        causes = record.causes
        assert causes, place
        for cause in causes:
            assert not unproven(cause) or cause.remedy not in FIBRE_REMEDIES, (place, cause.rule, cause.title)
            accused = {end.partition("#")[0] for key in cause.explains for end in ends(key.subject)}
            assert accused <= set(C1), (place, cause.rule)


def unlike(readings: Reads) -> Reads:
    """Of lanes that tell the same, one stands for all."""
    kept = {
        (at.partition("#")[0], quantity, told): (at, quantity) for (at, quantity), told in readings.items()
    }
    return {place: readings[place] for place in kept.values()}


def unproven(cause: Cause) -> bool:
    """Whether all that speaks of light in it is darkness under a sender that nobody has seen send."""
    light = [one for one in cause.shown if one.quantity in ("rx_power_dbm", "rx_power_spread_db")]
    dark = [one for one in light if one.reason is Reason.FAR_END_NOT_LIT]
    return bool(dark) and not any(one.verdict is Verdict.FAIL for one in light)


@pytest.mark.parametrize("quantity", ["tx_power_dbm"])
@pytest.mark.parametrize("way", GONE)
def test_a_dark_receiver_whose_sender_is_not_told_at_all_waits_for_proof(quantity: str, way: str) -> None:
    dark = {**lanes(NEAR, "rx_power_dbm", DARK), **lanes(FAR, "rx_power_dbm", DARK), **DOWN}
    untold = {place: GONE[way](-0.9) for end in C1 for place in lanes(end, quantity, -0.9)}
    causes = causes_of(sound(*C1) | dark | untold)
    assert causes
    assert not {cause.remedy for cause in causes} & FIBRE_REMEDIES


def test_crossed_cables_of_which_one_end_is_silent_are_never_good() -> None:
    crossed: Reads = {
        (C3[0], "neighbor"): C4[1],
        (C4[1], "neighbor"): C3[0],
        (C4[0], "neighbor"): C3[1],
        (C3[1], "neighbor"): C4[0],
    }
    assert {cause.remedy for cause in causes_of(crossed, C3, C4)} == {"swap-cables-back"}
    for place in crossed:
        for gone in GONE.values():
            record = record_of(crossed | {place: gone(crossed[place])}, C3, C4)
            assert not record.state.verdict.good
            assert "swap-cables-back" in {cause.remedy for cause in record.causes}, place
