"""The rung of the state machines, and settings that only a port without a link tells."""

from __future__ import annotations

import pytest

from bringup.model.envelope import Limit
from bringup.model.measurement import DARK, NOT_AVAILABLE, Read, Scalar
from bringup.model.subject import link
from tests.diagnosis.record import C1, C3, Record, Told, healthy, lanes, light, up

NEAR, FAR = C1
ALL_ACTIVE = ("Activated",) * 4


class Stated(Record):
    """With limits for the states of modules, as the shipped envelopes have them."""

    def _limits(self, subject: str, quantity: str) -> tuple[Limit, ...]:
        wanted = {"module_state": "Ready", "data_path_state": "Activated"}.get(quantity)
        if wanted is None:
            return super()._limits(subject, quantity)
        (alike,) = super()._limits(subject, "outcome")
        return (alike.model_copy(update={"measure": quantity, "equals": wanted}),)

    def machine(self, port: str, state: str, *paths: str, fault: str = "none") -> None:
        told: list[Told] = [(port, "module_state", state), (port, "module_fault", fault)]
        told += lanes(port, "data_path_state", *(paths or ALL_ACTIVE))
        self.step("optics", "state", port, told)


def dark_from(record: Record, port: str) -> None:
    """Nothing leaves that port, so nothing arrives at the other."""
    other = record.inventory.far_ends[port]
    record.step("optics", "levels", port, light(port, tx=(DARK,) * 4))
    record.step("optics", "levels", other, light(other, rx=(DARK,) * 4), lit=False)


@pytest.mark.parametrize("state", ["LowPwr", "PwrUp", "PwrDn"])
def test_a_module_that_never_comes_to_ready_is_the_cause_of_the_dark_it_leaves(state: str) -> None:
    record = Stated()
    healthy(record, but=[C1])
    record.machine(FAR, state, *("Deactivated",) * 4)
    record.machine(NEAR, "Ready")
    dark_from(record, FAR)
    cause = record.only_cause
    assert (cause.rule, cause.remedy, cause.subjects[0]) == (
        "module-not-ready",
        "reset-or-replace-optic",
        FAR,
    )
    (ladder,) = cause.ladders
    assert ladder.stops_at == "state machine"
    assert f"at {state}" in ladder.climbed[-1].near
    assert "lane 1 Deactivated" in ladder.climbed[-1].near
    assert ladder.climbed[-1].far == "at Ready, data path: Activated"


def test_a_module_at_fault_is_replaced_and_one_that_is_hot_as_well_is_cooled() -> None:
    for celsius, remedy in ((45.0, "replace-optic"), (85.0, "check-module-cooling")):
        record = Stated()
        healthy(record, but=[C1])
        record.step("optics", "temperature", NEAR, [(NEAR, "temperature_c", celsius)])
        record.machine(NEAR, "Fault", *("Deactivated",) * 4, fault="TEC runaway")
        dark_from(record, NEAR)
        assert {cause.remedy for cause in record.causes} == {remedy}


def test_a_data_path_that_is_not_activated_in_a_ready_module_is_an_application_that_it_lacks() -> None:
    record = Stated()
    healthy(record, but=[C1])
    record.machine(NEAR, "Ready", "Activated", "Activated", "Init", "Init")
    cause = record.only_cause
    assert (cause.rule, cause.remedy) == ("data-path-not-activated", "set-advertised-application")
    assert "lanes 3, 4" in cause.title


def test_a_port_that_is_shut_explains_the_state_of_its_module() -> None:
    record = Stated()
    healthy(record, but=[C1])
    record.step("switches", "ports", NEAR, [(NEAR, "port_present", True), (NEAR, "admin_up", False)])
    record.machine(NEAR, "LowPwr", *("Deactivated",) * 4)
    dark_from(record, NEAR)
    assert record.only_cause.remedy == "switch-on-port"


def test_a_state_that_is_not_told_is_not_taken_for_ready_nor_for_a_fault() -> None:
    record = Stated()
    healthy(record, but=[C1])
    record.step("optics", "state", NEAR, [(NEAR, "module_state", NOT_AVAILABLE)])
    cause = record.only_cause
    assert (cause.reasons, cause.rule) == (("no_data",), "reason-no_data")


# --- what a port without a link is set to


@pytest.mark.parametrize("odd", [0, 1])
@pytest.mark.parametrize(
    ("is_set", "remedy", "said"),
    [
        ({"speed_set_gbps": 200.0, "fec_set": "rs544"}, "set-same-speed", "200 Gb/s"),
        ({"speed_set_gbps": 400.0, "fec_set": "none"}, "set-same-fec", "none"),
    ],
)
def test_an_end_that_tells_only_what_it_is_set_to_is_the_one_that_is_blamed(
    odd: int, is_set: dict[str, Read | Scalar], remedy: str, said: str
) -> None:
    here, there = C3[odd], C3[1 - odd]
    record = Record()
    ports = [
        port.model_copy(update={"fec": "rs544"}) if port.subject in C3 else port
        for port in record.inventory.port
    ]
    record.inventory = record.inventory.model_copy(update={"port": tuple(ports)})
    healthy(record, but=[C3])
    for end in C3:
        record.step("optics", "levels", end, light(end))
    down: dict[str, Read | Scalar] = {
        "oper_up": False,
        "speed_gbps": NOT_AVAILABLE,
        "fec_mode": NOT_AVAILABLE,
    }
    told = [*up(here, **down, **is_set), *up(there, oper_up=False)]
    record.step("links", "state", link(*C3), told)
    cause = record.only_cause
    assert (cause.remedy, cause.subjects[0]) == (remedy, here)
    assert said in cause.title
    (ladder,) = cause.ladders
    assert "set to" in ladder.climbed[-1].near
