"""What is judged together, and that nobody else waits for it."""

from __future__ import annotations

import asyncio

from bringup.engine.lots import Known, lots
from bringup.model.facts import Identity
from bringup.model.inventory import Inventory
from bringup.model.measurement import measured
from bringup.model.plan import Expected, Task
from tests.engine.stand import Stand, device, verdicts
from tests.engine.test_session import IS_REACHABLE, REACH, both_answer, identity, limit


def task(on: str, *subjects: str, expected: tuple[Expected, ...] = ()) -> Task:
    return Task(
        stage="a",
        step="b",
        does="c",
        device=on,
        subjects=subjects or (on,),
        expected=expected,
        prerequisites={},
        args=None,
        deadline_s=1.0,
        until_s=None,
        every_s=2.0,
        settle_s=0.0,
        window_s=None,
    )


def inventory() -> Inventory:
    names = ("leaf-1", "leaf-2", "leaf-3")
    return Inventory.model_validate(
        {
            "schema": "bringup.inventory/1",
            "device": [device(name) for name in names],
            "port": [{"device": name, "name": "Ethernet0"} for name in names],
            "cable": [
                {
                    "a_device": "leaf-1",
                    "a_port": "Ethernet0",
                    "b_device": "leaf-3",
                    "b_port": "Ethernet0",
                }
            ],
        }
    )


def split(*tasks: Task, planned: tuple[Task, ...] = ()) -> list[list[str]]:
    return [[each.device for each in lot.tasks] for lot in lots(tasks, planned or tasks, inventory())]


def test_devices_that_are_only_asked_for_themselves_do_not_wait_for_each_other() -> None:
    assert split(task("leaf-1"), task("leaf-2"), task("leaf-3")) == [["leaf-1"], ["leaf-2"], ["leaf-3"]]


def test_the_two_ends_of_a_cable_are_judged_together() -> None:
    ports = [task(name, f"{name}/Ethernet0") for name in ("leaf-1", "leaf-2", "leaf-3")]
    assert split(*ports) == [["leaf-1", "leaf-3"], ["leaf-2"]]


def test_a_link_is_judged_with_the_devices_at_its_ends() -> None:
    link = task("leaf-1<->leaf-2", "leaf-1/Ethernet0<->leaf-2/Ethernet0")
    assert split(task("leaf-2"), link, task("leaf-1"), planned=(link,)) == [
        ["leaf-2", "leaf-1<->leaf-2", "leaf-1"]
    ]


def test_what_must_be_alike_is_judged_together_even_where_only_one_is_read() -> None:
    alike = Expected("leaf-2", "os_version", (limit("os_version", same_across="role"),))
    planned = (task("leaf-1"), task("leaf-2", expected=(alike,)), task("leaf-3"))
    assert split(*planned) == [["leaf-1", "leaf-2", "leaf-3"]]
    assert split(planned[0], planned[2], planned=planned) == [["leaf-1", "leaf-3"]]


def test_what_is_known_is_told_by_device_and_replaced_by_device() -> None:
    port, lane = "leaf-1/Ethernet0", "leaf-1/Ethernet0#lane-1"
    link = f"{port}<->leaf-2/Ethernet0"
    before = [measured(subject, "oper_up", True) for subject in (port, lane, link, "leaf-2/Ethernet0")]
    known = Known()
    known.put(before)
    assert known.of({"leaf-1"}) == before[:3]
    assert known.of({"leaf-3"}) == []
    assert known.of(None) == before
    now = measured(port, "oper_up", False)
    known.put([now], instead_of={"leaf-1"})
    assert known.of(None) == [now, before[3]]
    known.put([now], instead_of=None)
    assert known.of(None) == [now]


async def test_a_device_that_hangs_keeps_no_other_from_its_verdict(stand: Stand) -> None:
    both_answer(stand)
    answers = asyncio.Event()

    async def late() -> Identity:
        await answers.wait()
        return identity("leaf-1")

    stand.table[("leaf-1", "identity")] = late
    stand.limits = (IS_REACHABLE,)
    session = await stand.open({"name": "a", "step": [REACH]})
    running = asyncio.create_task(session.run())

    async def ended() -> None:
        while not stand.book.ledger.ended:  # noqa: ASYNC110 (the session tells nobody)
            await asyncio.sleep(0)

    async with asyncio.timeout(90):
        await ended()
        assert [row[2] for row in stand.book.ledger.ended] == ["leaf-2"]
        answers.set()
        await running
    assert set(verdicts(await stand.state()).values()) == {"PASS"}
