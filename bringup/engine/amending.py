"""What is expected after a part was replaced: signed amendments on top of the inventory, which stays as it is
written (field rule 23).
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from bringup.model.envelope import Limit
from bringup.model.event import PartReplaced
from bringup.model.inventory import Device, Inventory
from bringup.model.plan import Expected, Task
from bringup.model.verdict import Standing

SERIAL = "serial"


class Amendments:
    """Mutable: `add` takes in one more. `inventory` and `task` are what holds now."""

    def __init__(self, inventory: Inventory, replaced: Iterable[PartReplaced] = ()) -> None:
        self.inventory = inventory
        self._limits: dict[tuple[str, str], Limit] = {}
        self._proven_by: dict[tuple[str, str], str] = {}
        self.returned: set[str] = set()
        self.last_seq = -1
        for each in replaced:
            self.add(each, each.seq)

    def add(self, event: PartReplaced, seq: int) -> None:
        self.returned.add(event.old)
        self.last_seq = max(self.last_seq, seq)
        if not event.quantity:
            return
        part = (event.subject, event.quantity)
        self._limits[part] = Limit(
            measure=event.quantity,
            equals=event.new,
            source=f"replacement: {event.old} by {event.new}, signed by {event.by} (event {seq})",
            standing=Standing.CONTRACT,
        )
        self._proven_by[part] = event.proven_by
        if event.quantity == SERIAL and event.subject in self.inventory.devices:
            devices = tuple(_with_serial(each, event) for each in self.inventory.device)
            # Built anew: a copy would keep what the old one has looked up.
            fields = {name: getattr(self.inventory, name) for name in Inventory.model_fields}
            self.inventory = Inventory.model_construct(**{**fields, "device": devices})

    def expected(self, subject: str, quantity: str) -> str | None:
        """What was declared to be there instead, if anything."""
        limit = self._limits.get((subject, quantity))
        return str(limit.equals) if limit is not None else None

    def task(self, task: Task) -> Task:
        """The task with every identity judged by what is expected now. A part that the inventory names no
        serial for must be proven where it is read first.
        """
        if not self._limits:
            return task
        known = {(each.subject, each.quantity) for each in (*task.expected, *task.also)}
        where = f"{task.stage}/{task.step}"
        more = tuple(
            Expected(subject, quantity, (limit,))
            for (subject, quantity), limit in self._limits.items()
            if (subject, quantity) not in known
            and self._proven_by[subject, quantity] == where
            and subject in task.subjects
        )
        return msgspec.structs.replace(
            task,
            expected=(*(self._amended(each) for each in task.expected), *more),
            also=tuple(self._amended(each) for each in task.also),
        )

    def _amended(self, expected: Expected) -> Expected:
        limit = self._limits.get((expected.subject, expected.quantity))
        if limit is None:
            return expected
        others = (each for each in expected.limits if each.equals is None and each.matches is None)
        return Expected(expected.subject, expected.quantity, (limit, *others))


def _with_serial(device: Device, event: PartReplaced) -> Device:
    if device.name != event.subject:
        return device
    return device.model_copy(update={"expect": device.expect.model_copy(update={"serial": event.new})})
