"""No power cut while a BMC has a task running (field rule 10): it may be writing firmware."""

from __future__ import annotations

from bringup.action.safety import Doubt, Unsafe
from bringup.check.base import At
from bringup.driver.capability import RunsTasks
from bringup.model.errors import DeviceError
from bringup.model.facts import BmcTask

RUNNING = frozenset({"New", "Starting", "Running", "Pending", "Stopping", "Cancelling", "Service"})


async def running_tasks(at: At, bmc: str) -> tuple[BmcTask, ...]:
    """The tasks of a BMC that have not ended.

    Raises:
        DeviceError: nobody can tell.
    """
    sample = await at.read(bmc, RunsTasks, "tasks")
    told: tuple[BmcTask, ...] = sample.facts
    return tuple(task for task in told if task.state.value in RUNNING)


async def no_task_runs(at: At, device: str) -> tuple[Doubt, ...]:
    """Nothing where the BMC of `device` does nothing; a doubt where it can't be asked.

    Raises:
        Unsafe: it is at work.
    """
    bmc = at.inventory.devices[device].bmc or device
    if not at.can(bmc, RunsTasks):
        return ()
    try:
        tasks = await running_tasks(at, bmc)
    except DeviceError as error:
        return (Doubt(f"Whether {bmc} is writing firmware can't be read: {error.message}"),)
    if tasks:
        names = ", ".join(f"{task.name} ({task.percent.value or 0} %)" for task in tasks)
        raise Unsafe(
            f"{bmc} is at work: {names}",
            "Wait until its task has ended: a power cut now may leave it without firmware.",
            cause=bmc,
        )
    return ()
