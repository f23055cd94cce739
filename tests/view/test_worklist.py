"""The work list: by remedy, then by place, in the order in which one walks (field rule 17)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bringup.model.cause import Cause, Stop
from bringup.model.inventory import Cable, Inventory
from bringup.model.progress import Key
from bringup.model.verdict import Verdict
from bringup.view.summary import plain
from bringup.view.worklist import work_list, work_rows


def device(name: str, rack: str, unit: int, **more: Any) -> dict[str, Any]:
    return {"name": name, "role": "leaf", "platform": "sonic", "address": "192.0.2.1", "rack": rack,
            "unit": unit, **more}  # fmt: skip


INVENTORY = Inventory.model_validate(
    {
        "schema": "bringup.inventory/1",
        "device": [
            device("leaf-1", "r07", 40, side="front"),
            device("leaf-2", "r07", 38, side="front"),
            device("pdu-1", "r07", 1, side="rear"),
            device("leaf-9", "r08", 40),
        ],
    }
)


def cause(remedy: str, *subjects: str) -> Cause:
    return Cause(
        rule="r", verdict=Verdict.FAIL, title="t", subjects=subjects, explains=(Key("a", "b", subjects[0]),),
        remedy=remedy, remedy_words=f"words of {remedy}",
    )  # fmt: skip


CAUSES = (
    cause("clean", "leaf-2/Ethernet8"),
    cause("clean", "leaf-1/Ethernet0<->leaf-9/Ethernet3"),
    cause("clean", "leaf-2/Ethernet0"),
    cause("supply", "pdu-1/outlet-3"),
    cause("clean", "leaf-9/Ethernet7"),
    cause("clean", "leaf-2/Ethernet8"),
)


def test_field_17_work_is_grouped_by_what_is_done_then_by_rack_and_side_and_in_the_order_of_a_walk() -> None:
    batches = work_list(CAUSES, INVENTORY)
    told = [(each.remedy, each.where, [item.words for item in each.items]) for each in batches]
    assert told == [
        (
            "clean",
            "r07 front, U38-U40",
            [
                "U40 leaf-1/Ethernet0, with U40 leaf-9/Ethernet3",
                "U38 leaf-2/Ethernet0",
                "U38 leaf-2/Ethernet8",
            ],
        ),
        ("clean", "r08, U40", ["U40 leaf-9/Ethernet7"]),
        ("supply", "r07 rear, U1", ["U1 pdu-1/outlet-3"]),
    ]


def test_field_17_each_stop_of_a_walk_is_a_piece_of_work_with_its_far_end() -> None:
    cables = [("leaf-1", "Ethernet0", "leaf-9", "Ethernet3"), ("leaf-2", "Ethernet8", "leaf-9", "Ethernet7")]
    inventory = INVENTORY.model_copy(
        update={
            "cable": tuple(
                Cable(a_device=a, a_port=a_port, b_device=b, b_port=b_port) for a, a_port, b, b_port in cables
            )
        }
    )
    ends = [f"{device}/{port}" for row in cables for device, port in (row[:2], row[2:])]
    stops = tuple(Stop(subject=ends[at], place="p", does="inspect") for at in (0, 2))
    one = msgspec.structs.replace(cause("clean", *ends), walk=stops)
    (batch,) = work_list((one,), inventory)
    assert [item.words for item in batch.items] == [
        "U40 leaf-1/Ethernet0, with U40 leaf-9/Ethernet3",
        "U38 leaf-2/Ethernet8, with U40 leaf-9/Ethernet7",
    ]


def test_field_17_the_list_says_how_many_where_and_what_comes_after() -> None:
    text = "\n".join(plain(row) for row in work_rows(work_list(CAUSES, INVENTORY), width=80))
    assert "work list: 5, in any order" in text
    assert "  r07 front, U38-U40: 3 x [clean] words of clean\n      U40 leaf-1/Ethernet0, with " in text
    assert text.endswith("--retest failed`")


def test_one_place_is_no_list() -> None:
    assert list(work_rows(work_list(CAUSES[:1], INVENTORY), width=80)) == []


def test_what_nobody_has_a_remedy_for_is_no_work() -> None:
    assert work_list([cause("", "leaf-1")], INVENTORY) == ()


@pytest.mark.parametrize("subject", ["nowhere/x", "run", "\x1b[2J", "/", "a#b"])
def test_a_subject_of_no_place_is_listed_all_the_same(subject: str) -> None:
    causes = (cause("clean", subject), cause("clean", "leaf-1/Ethernet0"))
    assert sum(len(batch.items) for batch in work_list(causes, INVENTORY)) == 2
    for row in work_rows(work_list(causes, INVENTORY), width=60):
        assert "\x1b" not in plain(row) and len(plain(row)) <= 60
