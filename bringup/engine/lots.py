"""Which tasks of a step are judged together: whoever is in no such company does not wait for others.

A dark lane is a fault or not by what the far end sends, so the ends of a cable belong together; so does every
member of a group that must be alike. One device that hangs holds up only those.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from bringup.model.inventory import Inventory
from bringup.model.measurement import Measurement
from bringup.model.plan import Task
from bringup.model.subject import ends, parse_subject


class Lot(msgspec.Struct, frozen=True):
    """Tasks that are judged together, by what is known of `devices`; of all devices where that is None."""

    tasks: list[Task]
    devices: frozenset[str] | None


def lots(tasks: Sequence[Task], planned: Sequence[Task], inventory: Inventory) -> list[Lot]:
    """`tasks`, in their order, split so that no judgement needs two lots. `planned` is the whole step."""
    if any(limit.grouped for task in planned for each in task.expected for limit in each.limits):
        return [Lot(list(tasks), None)]
    root: dict[str, str] = {}

    def of(name: str) -> str:
        while (above := root.get(name, name)) != name:
            name = above
        return name

    companies = [_company(task, inventory) for task in tasks]
    for names in companies:
        for name in names[1:]:
            root[of(name)] = of(names[0])
    found: dict[str, tuple[list[Task], set[str]]] = defaultdict(lambda: ([], set()))
    for task, names in zip(tasks, companies, strict=True):
        members, devices = found[of(names[0])]
        members.append(task)
        devices.update(names)
    return [Lot(members, frozenset(devices)) for members, devices in found.values()]


class Known:
    """The latest measurements of one step, by the device that they are about: a link's first end."""

    def __init__(self) -> None:
        self._by_device: dict[str, dict[tuple[str, str], Measurement]] = defaultdict(dict)

    def of(self, devices: Iterable[str] | None) -> list[Measurement]:
        names = self._by_device if devices is None else devices
        return [one for name in list(names) for one in self._by_device[name].values()]

    def put(self, measurements: Iterable[Measurement], instead_of: Iterable[str] | None = ()) -> None:
        """Add these; what was known of the devices `instead_of` (None: of all) is forgotten first."""
        for name in list(self._by_device) if instead_of is None else instead_of:
            self._by_device[name].clear()
        for one in measurements:
            about = parse_subject(ends(one.subject)[0]).device
            self._by_device[about][(one.subject, one.quantity)] = one


def _company(task: Task, inventory: Inventory) -> list[str]:
    """The devices whose readings a judgement of the task may need."""
    names = list(ends(task.device))
    for subject in task.subjects:
        for end in ends(subject):
            near = parse_subject(end)
            names.append(near.device)
            far = inventory.far_ends.get(str(near._replace(part=None)))
            if far is not None:
                names.append(parse_subject(far).device)
    return list(dict.fromkeys(parse_subject(name).device for name in names))
