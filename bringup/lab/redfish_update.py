"""The update service of a BMC: SimpleUpdate, its tasks, and images that wait in their slots (DSP0266).

What is staged is an entry of the firmware inventory of its own, in state StandbySpare; the running image goes
on to tell its own version until a restart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bringup.lab import firmware
from bringup.lab.firmware_state import UpdateTask
from bringup.lab.redfish_shape import Json, collection, link
from bringup.lab.state import Device
from bringup.lab.world import World

ROOT = "/redfish/v1"
SERVICE = f"{ROOT}/UpdateService"
SIMPLE = f"{SERVICE}/Actions/UpdateService.SimpleUpdate"
INVENTORY = f"{SERVICE}/FirmwareInventory"
TASKS = f"{ROOT}/TaskService/Tasks"
STAGED = "_staged"
SCHEMES = ("HTTP", "HTTPS")
MANAGER_RESETS = ("GracefulRestart", "ForceRestart")


class Update:
    """The update and task services of one BMC."""

    def __init__(self, world: World, bmc: str) -> None:
        self._world = world
        self._bmc = bmc

    @property
    def _held(self) -> Device:
        return self._world.device(self._bmc)

    def service(self) -> Json:
        """The parts of the UpdateService that say that it works."""
        return {
            "ServiceEnabled": True,
            "Status": {"State": "Enabled", "Health": "OK"},
            "Actions": {
                "#UpdateService.SimpleUpdate": {
                    "target": SIMPLE,
                    "TransferProtocol@Redfish.AllowableValues": list(SCHEMES),
                    "@Redfish.OperationApplyTimeSupport": {"SupportedValues": ["OnReset"]},
                }
            },
        }

    def image(self, name: str, related: str) -> Json:
        """What the entry of a running image has beside its version."""
        fixed = name in self._held.firmware_work.protected
        return {
            "Updateable": name in (firmware.BMC, firmware.BIOS),
            "WriteProtected": fixed,
            "RelatedItem": [link(related)],
        }

    def staged(self) -> dict[str, str]:
        """Id -> version of the entries for what is staged."""
        self._world.now()
        return {f"{name}{STAGED}": version for name, version in self._held.firmware_work.staged.items()}

    def resources(self) -> dict[str, Callable[[], Json]]:
        """Path -> maker: the task service, and the entries of what is staged."""
        self._world.now()
        tasks = {f"{TASKS}/{task.key}": task for task in self._held.firmware_work.tasks}
        found: dict[str, Callable[[], Json]] = {
            f"{ROOT}/TaskService": lambda: {
                "@odata.type": "#TaskService.v1_2_0.TaskService",
                "Id": "TaskService",
                "Name": "Task Service",
                "ServiceEnabled": True,
                "Status": {"State": "Enabled", "Health": "OK"},
                "Tasks": link(TASKS),
            },
            TASKS: lambda: collection("Task", "Task", list(tasks)),
        }
        for path, task in tasks.items():
            found[path] = lambda task=task: self.task(task)  # type: ignore[misc]
        for name, version in self.staged().items():
            found[f"{INVENTORY}/{name}"] = lambda name=name, version=version: {  # type: ignore[misc]
                "@odata.type": "#SoftwareInventory.v1_10_0.SoftwareInventory",
                "Id": name,
                "Name": f"{name.removesuffix(STAGED)} image (staged)",
                "Version": version,
                "Updateable": False,
                "Status": {"State": "StandbySpare", "Health": "OK"},
            }
        return found

    def task(self, task: UpdateTask) -> Json:
        """One Task resource."""
        spent = (self._world.now() - task.begun_at) / (task.ends_at - task.begun_at)
        over = task.state != "Running"
        return {
            "@odata.id": f"{TASKS}/{task.key}",
            "@odata.type": "#Task.v1_7_0.Task",
            "Id": task.key,
            "Name": f"Update of {task.image}",
            "TaskState": task.state,
            "TaskStatus": "Critical" if task.state == "Exception" else "OK",
            "PercentComplete": 100 if over else min(99, int(100 * spent)),
            "Messages": [{"Message": task.message}] if task.message else [],
        }

    def begin(self, given: Mapping[str, object]) -> tuple[int, str, Json | None]:
        """SimpleUpdate: (status, complaint, the task)."""
        uri, targets = given.get("ImageURI"), given.get("Targets")
        if not isinstance(uri, str):
            return 400, "The action needs the parameter ImageURI.", None
        if not isinstance(targets, list) or len(targets) != 1:
            return 400, "Targets has to name one image.", None
        name = str(targets[0]).rpartition("/")[2]
        work = self._held.firmware_work
        if name not in (firmware.BMC, firmware.BIOS) or name in work.protected:
            return 400, f"{name} can't be written.", None
        if any(task.state == "Running" for task in work.tasks):
            return 503, "Another update is in progress.", None
        with self._world.changing():
            task = firmware.begin(self._held, name, uri, self._world.plant.at)
        return (400, "There is no image at ImageURI.", None) if task is None else (202, "", self.task(task))

    def reset_manager(self, kind: object) -> bool:
        """Manager.Reset; False for a kind that it has not."""
        if kind not in MANAGER_RESETS:
            return False
        with self._world.changing():
            firmware.activate_bmc(self._held, self._world.plant.at)
        return True

    def host_restarted(self, node: str) -> None:
        """What waits for the host's next start runs from now on."""
        with self._world.changing():
            firmware.activate_host(self._held, self._world.device(node))
