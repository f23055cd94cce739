"""What is under way on a device, and must not be cut off or mixed with something else: a BMC's task, which
may be writing firmware (field rule 10), and a change of configuration on trial (field rule 9).
"""

from __future__ import annotations

from bringup.action.safety import Doubt, Unsafe
from bringup.check.base import At
from bringup.driver.capability import ConfiguresOnTrial, RunsTasks
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


async def no_trial_waits(at: At, device: str, mine: str = "") -> tuple[Doubt, ...]:
    """Nothing where no change but `mine` is on trial on `device`; a doubt where that can't be read.

    Raises:
        Unsafe: one is; when the device takes it back, it takes back all that was changed since.
    """
    if not at.can(device, ConfiguresOnTrial):
        return ()
    try:
        sample = await at.read(device, ConfiguresOnTrial, "config_trials")
    except DeviceError as error:
        return (Doubt(f"Whether a change is on trial on {device} can't be read: {error.message}"),)
    told: tuple[str, ...] = sample.facts
    others = [name for name in told if name != mine]
    if others:
        raise Unsafe(
            f"a change is on trial on {device} ({', '.join(others)}), and may be taken back with this one",
            "Wait until it is kept or taken back.",
            cause=device,
        )
    return ()
