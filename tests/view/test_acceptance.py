"""The lists at the end of a run: accepted, rejected, unknown, not reached (field rule 25)."""

from __future__ import annotations

from typing import Any

import pytest

from bringup.model.cause import Cause
from bringup.model.event import PlanFixed, RunStarted, StepEnded
from bringup.model.fold import fold_events
from bringup.model.inventory import Inventory
from bringup.model.progress import Key
from bringup.model.state import RunState
from bringup.model.verdict import Reason, Verdict
from bringup.view.acceptance import acceptance, acceptance_rows
from bringup.view.summary import plain, summary_rows
from tests.model.test_state import number

NODES = ("node-01", "node-02", "node-03")


def inventory() -> Inventory:
    def device(name: str, role: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "role": role, "platform": "linux", "address": "192.0.2.1", "rack": "r1", **more}

    def host(place: int, name: str) -> list[dict[str, Any]]:
        feed = [{"pdu": "pdu-1", "outlet": place, "supply": "psu-1"}]
        return [device(name, "node", bmc=f"bmc-{name}", feed=feed), device(f"bmc-{name}", "bmc")]

    hosts = [each for place, name in enumerate(NODES, 1) for each in host(place, name)]
    cables = [
        {"a_device": "leaf-1", "a_port": f"Ethernet{place}", "b_device": name, "b_port": "eth0"}
        for place, name in enumerate(NODES)
    ]
    return Inventory.model_validate(
        {
            "schema": "bringup.inventory/1",
            "device": [device("pdu-1", "pdu"), device("leaf-1", "leaf"), *hosts],
            "cable": cables,
        }
    )


ROWS = (
    ("power", "reach", "pdu-1"),
    *(("power", "outlets", f"pdu-1/outlet-{place}") for place in (1, 2, 3)),
    *(("management", "reach", f"bmc-{name}") for name in NODES),
    *(("hosts", "booted", name) for name in NODES),
    ("switches", "environment", "leaf-1"),
    *(("optics", "levels", f"leaf-1/Ethernet{place}") for place in (0, 1, 2)),
    *(("links", "state", f"leaf-1/Ethernet{place}<->{name}/eth0") for place, name in enumerate(NODES)),
    ("sign-off", "walk", "run"),
)
FAIL, UNKNOWN, PASS = Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS


def state_of(bad: dict[tuple[str, str, str], tuple[Verdict, str | None]], accept: str = "node") -> RunState:
    """Everything passes but `bad`; a row whose verdict is None there never ended."""
    began = RunStarted(
        run="20260101-000000-aaaa", path="p", playbook="x", inventory="i", program="0", host="h", user="u",
        run_json="", accept=accept,
    )  # fmt: skip
    ends = [
        StepEnded(
            stage=row[0], step=row[1], subject=row[2], attempt=1,
            verdict=bad.get(row, (PASS, None))[0], reason=bad.get(row, (PASS, None))[1],
        )
        for row in ROWS
        if row not in bad or bad[row][1] != "open"
    ]  # fmt: skip
    return fold_events(number([began, PlanFixed(files={}, planned=ROWS), *ends]))


def cause(title: str, explains: list[tuple[str, str, str]], *blocked: tuple[str, str, str]) -> Cause:
    return Cause(
        rule="r", verdict=FAIL, title=title, subjects=(), explains=tuple(Key(*row) for row in explains),
        blocked=tuple(Key(*row) for row in blocked),
    )  # fmt: skip


def standings(state: RunState, *causes: Cause, unit: str | None = None) -> dict[str, str]:
    return {each.name: each.standing for each in acceptance(state, inventory(), causes, unit).units}


LINK_2 = ("links", "state", "leaf-1/Ethernet1<->node-02/eth0")


def test_field_25_each_node_is_accepted_or_not_by_its_own_rows() -> None:
    state = state_of(
        {
            LINK_2: (FAIL, None),
            ("hosts", "booted", "node-03"): (UNKNOWN, Reason.TIMEOUT),
        }
    )
    assert standings(state) == {"node-01": "accepted", "node-02": "rejected", "node-03": "unknown"}


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (("power", "outlets", "pdu-1/outlet-2"), "node-02"),
        (("management", "reach", "bmc-node-02"), "node-02"),
        (("optics", "levels", "leaf-1/Ethernet1"), "node-02"),
        (LINK_2, "node-02"),
    ],
)
def test_field_25_outlet_bmc_and_the_far_end_of_its_cable_are_part_of_a_node(
    row: tuple[str, str, str], name: str
) -> None:
    found = standings(state_of({row: (FAIL, None)}))
    assert {each for each, standing in found.items() if standing == "rejected"} == {name}


def test_field_25_what_was_only_blocked_or_never_begun_is_not_reached() -> None:
    found = standings(
        state_of(
            {
                ("hosts", "booted", "node-01"): (UNKNOWN, Reason.BLOCKED),
                ("hosts", "booted", "node-02"): (UNKNOWN, "open"),
                ("hosts", "booted", "node-03"): (UNKNOWN, Reason.ABORTED),
            }
        )
    )
    assert set(found.values()) == {"not_reached"}


def test_field_25_a_shared_cause_is_told_once() -> None:
    hosts = [("hosts", "booted", name) for name in NODES[:2]]
    state = state_of(
        {("power", "reach", "pdu-1"): (FAIL, None), **dict.fromkeys(hosts, (UNKNOWN, Reason.BLOCKED))}
    )
    shared = cause("pdu-1 does not answer", [("power", "reach", "pdu-1")], *hosts)
    found = acceptance(state, inventory(), [shared])
    assert [(each.title, each.units) for each in found.shared] == [("pdu-1 does not answer", NODES[:2])]
    text = "\n".join(plain(row) for row in acceptance_rows(found, width=80))
    assert text.count("pdu-1 does not answer") == 1
    assert "not reached: 2 (node)\n  node-01, node-02\n      pdu-1 does not answer" in text
    assert "accepted: 1 (node)\n  node-03" in text


def test_field_25_what_belongs_to_no_unit_is_told_too() -> None:
    row = ("switches", "environment", "leaf-1")
    found = acceptance(state_of({row: (FAIL, None)}), inventory(), [cause("a fan stands still", [row])])
    assert {unit.standing for unit in found.units} == {"accepted"}
    assert "of no node: 1\n  a fan stands still" in "\n".join(
        plain(row) for row in acceptance_rows(found, width=80)
    )


def test_field_25_a_rack_is_accepted_with_all_that_is_in_it_and_the_run_itself() -> None:
    for row in ROWS:
        assert standings(state_of({row: (FAIL, None)}), unit="rack") == {"r1": "rejected"}
    assert standings(state_of({}), unit="rack") == {"r1": "accepted"}


def test_field_25_a_unit_says_what_would_run_again_and_why_it_is_not_accepted() -> None:
    found = acceptance(state_of({LINK_2: (FAIL, None)}), inventory(), [])
    (unit,) = found.of("rejected")
    assert unit.retest == (Key(*LINK_2),)
    assert unit.reasons == (f"links/state {LINK_2[2]}: FAIL",)


def test_the_record_has_all_four_lists() -> None:
    record = acceptance(state_of({LINK_2: (FAIL, None)}), inventory(), []).record()
    assert list(record) == ["unit", "accepted", "rejected", "unknown", "not_reached", "shared"]
    assert [len(record[name]) for name in ("accepted", "rejected", "unknown", "not_reached")] == [2, 1, 0, 0]  # type: ignore[arg-type]


@pytest.mark.parametrize("width", [60, 80])
def test_no_line_is_wider_than_the_screen_and_device_text_is_written_out(width: int) -> None:
    state = state_of({LINK_2: (FAIL, None)})
    long = cause("\x1b[2J" + "very long " * 30, [LINK_2])
    found = acceptance(state, inventory(), [long])
    for row in summary_rows(state, [], width=width, accepted=found):
        assert len(plain(row)) <= width and "\x1b" not in plain(row)
