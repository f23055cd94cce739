"""Which tasks of a step are judged together: whoever is in no such company does not wait for others.

A dark lane is a fault or not by what the far end sends, so the ends of a cable belong together; so does every
member of a group that must be alike. One device that hangs holds up only those.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from bringup.model.inventory import Inventory
from bringup.model.plan import Task
from bringup.model.subject import ends, parse_subject


def lots(tasks: Sequence[Task], planned: Sequence[Task], inventory: Inventory) -> list[list[Task]]:
    """`tasks`, in their order, split so that no judgement needs two lots. `planned` is the whole step."""
    if any(limit.same_across for task in planned for each in task.expected for limit in each.limits):
        return [list(tasks)]
    root: dict[str, str] = {}

    def of(name: str) -> str:
        while (above := root.get(name, name)) != name:
            name = above
        return name

    def join(names: Sequence[str]) -> None:
        for name in names[1:]:
            root[of(name)] = of(names[0])

    for task in tasks:
        join(_company(task, inventory))
    found: dict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        found[of(_company(task, inventory)[0])].append(task)
    return list(found.values())


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
