"""What verdicts depend on, by rules that are data (field rule 22)."""

from __future__ import annotations

import pytest

from bringup.model import event as ev
from bringup.model.dependence import Identities, Scope, identity, is_identity, is_serial, scopes_of
from bringup.model.fold import fold_events
from bringup.model.verdict import Reading
from tests.model.test_state import number, plan

PORT, FAR = "leaf-1/Ethernet0", "node-01/eth0"
LINK = f"{PORT}<->{FAR}"
FAR_ENDS = {PORT: FAR, FAR: PORT}
KNOWN = {
    "serial@leaf-1": "L1",
    "serial@node-01": "N1",
    "boot_id@node-01": "b1",
    "os_version@leaf-1": "4.1",
    f"optic_serial@{PORT}": "M1",
    f"optic_serial@{FAR}": "M2",
    "optic_serial@leaf-1/Ethernet8": "M3",
    f"nic_firmware@{FAR}": "28.1",
    f"cable@{LINK}": "C-001",
    "gpu_serial@node-01/gpu-2": "G2",
    "serial@node-02": "N2",
}


def depends(does: str, subject: str, hosts: tuple[str, ...] = ("node-01", "node-02")) -> set[str]:
    known = Identities()
    for key, value in KNOWN.items():
        quantity, _, of = key.partition("@")
        known.see(quantity, of, value, 0)
    return set(known.of(scopes_of(does, subject, FAR_ENDS, hosts)))


@pytest.mark.parametrize(
    ("does", "subject", "expected"),
    [
        ("optic.presence", PORT, {f"optic_serial@{PORT}", "serial@leaf-1"}),
        (
            "optic.levels",
            PORT,
            {f"optic_serial@{PORT}", f"optic_serial@{FAR}", f"cable@{LINK}", "serial@leaf-1"},
        ),
        (
            "link.state",
            LINK,
            {
                f"optic_serial@{PORT}",
                f"optic_serial@{FAR}",
                f"cable@{LINK}",
                f"nic_firmware@{FAR}",
                "serial@leaf-1",
                "serial@node-01",
                "os_version@leaf-1",
                "boot_id@node-01",
            },
        ),
        ("nic.pcie", FAR, {f"nic_firmware@{FAR}", "serial@node-01", "boot_id@node-01"}),
        ("management.identity", "node-01", {"serial@node-01"}),
        (
            "accelerator.health",
            "node-01",
            {"serial@node-01", "boot_id@node-01", "gpu_serial@node-01/gpu-2"},
        ),
        ("something.new", "node-01", {"serial@node-01", "boot_id@node-01"}),
        ("confirm", "run", set()),
        ("attest", "run", set()),
    ],
)
def test_field_22_a_verdict_depends_on_the_parts_at_both_ends(
    does: str, subject: str, expected: set[str]
) -> None:
    assert depends(does, subject) == expected


def test_field_22_a_collective_of_the_rack_depends_on_every_host_and_nothing_else() -> None:
    found = depends("collectives.all_reduce", "run")
    assert {"serial@node-01", "serial@node-02", "gpu_serial@node-01/gpu-2"} <= found
    assert "serial@leaf-1" not in found


def test_a_value_that_is_read_again_as_it_was_changes_nothing() -> None:
    known = Identities()
    assert not known.see("serial", "leaf-1", "A", 5, "a/b")
    assert not known.see("serial", "leaf-1", "A", 9, "c/d")
    assert known.see("serial", "leaf-1", "B", 12, "c/d")
    seen = known.known["serial@leaf-1"]
    assert (seen.value, seen.since, seen.step) == ("B", 12, "a/b")


@pytest.mark.parametrize(
    ("before", "ended_seq", "expected"),
    [
        ({"serial@leaf-1": "A"}, 20, "serial@leaf-1"),
        ({"serial@leaf-1": "B"}, 5, None),
        ({}, 5, "serial@leaf-1"),
        ({}, 20, None),
    ],
)
def test_what_was_not_read_then_and_has_changed_since_was_another_then(
    before: dict[str, str], ended_seq: int, expected: str | None
) -> None:
    known = Identities()
    known.see("serial", "leaf-1", "A", 1)
    known.see("serial", "leaf-1", "B", 12)
    assert known.outdated([Scope("serial", "leaf-1")], before, ended_seq) == expected


@pytest.mark.parametrize("quantity", ["serial", "optic_serial", "gpu_serial", "boot_id", "os_version"])
def test_serials_firmware_and_boots_are_identities(quantity: str) -> None:
    assert is_identity(quantity)
    assert is_serial(identity(quantity, "a")) is quantity.endswith("serial")


@pytest.mark.parametrize("quantity", ["rx_power_dbm", "uptime_s", "hostname", "serial_errors"])
def test_what_is_measured_is_no_identity(quantity: str) -> None:
    assert not is_identity(quantity)


def told(value: str | None, step: str = "identity", does: str = "management.identity") -> list[ev.Event]:
    """One reading of a serial, in a step of its own."""
    at = {"stage": "management", "step": step, "subject": "leaf-1", "attempt": 1}
    return [
        ev.StepStarted(**at, does=does),
        ev.Measured(
            **at,
            quantity="serial",
            unit="",
            value=value,
            reading=Reading.VALUE if value is not None else Reading.NOT_AVAILABLE,
        ),
    ]


def test_the_fold_knows_what_every_part_was_last_seen_or_declared_to_be() -> None:
    replaced = ev.PartReplaced(
        subject="leaf-1", quantity="serial", old="B", new="C", by="kim", proven_by="management/identity"
    )
    state = fold_events(number([plan(), *told("A"), *told("B"), replaced, *told(None)]))
    seen = state.identities["serial@leaf-1"]
    assert (seen.value, seen.since, seen.step) == ("C", 5, "management/identity")


def test_what_a_person_types_is_no_reading_of_a_part() -> None:
    state = fold_events(number([plan(), *told("A"), *told("Q", "scan", "scan")]))
    assert state.identities["serial@leaf-1"].value == "A"
