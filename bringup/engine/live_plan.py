"""The steps by which one link is watched where no run plans any: the same checks, by the same limits."""

from __future__ import annotations

from collections.abc import Sequence

from bringup.engine.live import JUDGED, of_link
from bringup.model.catalogue import Catalogue
from bringup.model.envelope import Limit
from bringup.model.errors import InputError
from bringup.model.inventory import Inventory
from bringup.model.plan import Task
from bringup.model.playbook import Playbook
from bringup.model.subject import parse_subject
from bringup.model.watch import STAGE
from bringup.plan import make_plan


def link_tasks(
    port: str, inventory: Inventory, limits: Sequence[Limit], catalogue: Catalogue
) -> tuple[Task, ...]:
    """Every check of `JUDGED` that fits the port, its far end or their link. None fits a port that neither
    the inventory's ports nor its cables describe.
    """
    far = inventory.far_ends.get(port)
    named = [parse_subject(each) for each in (port, far) if each is not None]
    on = {"device": [each.device for each in named], "port": [each.component for each in named]}
    found: list[Task] = []
    for does in JUDGED:
        step = {"check": does, "id": does, "on": on, "window_s": 30.0}
        playbook = Playbook.model_validate(
            {
                "schema": "bringup.playbook/1",
                "name": STAGE,
                "envelope": [],
                "stage": [{"name": STAGE, "step": [step]}],
            }
        )
        try:
            plan = make_plan(playbook, inventory, limits, catalogue)
        except InputError:
            continue  # it fits nothing here: what it would judge stays unknown
        found += plan.tasks
    return of_link(found, port, far)
