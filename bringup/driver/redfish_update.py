"""Firmware of a BMC by Redfish: images, tasks, SimpleUpdate into a slot, and the restart that activates it.

Sources: DSP0266 (tasks: 202 with a Location), UpdateService.SimpleUpdate, SoftwareInventory (a slot that
waits is StandbySpare; some services call it `Available-…` or `…staged`), Task (TaskState), Manager.Reset.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bringup.decode.json_field import Json, object_in, objects_in, read_text, text_in
from bringup.decode.redfish_resource import link_in, links_in
from bringup.driver.redfish import ROOT, RedfishReader
from bringup.model.errors import NoData, Refused
from bringup.model.facts import BmcTask, FirmwareState, Image
from bringup.model.measurement import ABSENT, Read, value

ON_RESET = "OnReset"
MAX_TASKS = 64
_WAITS = re.compile(r"[-_ ]?staged\b|^available[-_]", re.IGNORECASE)
_SIMPLE, _RESET = "#UpdateService.SimpleUpdate", "#Manager.Reset"


async def read_tasks(reader: RedfishReader, root: Json) -> tuple[BmcTask, ...]:
    """All tasks that the service still knows; none where it has no task service."""
    service = await reader.linked(root, "Tasks")
    if service is None:
        return ()
    with reader.reading("the task service"):
        path = link_in(service, "Tasks")
    if path is None:
        return ()
    paths = await reader.members(path)
    held = await reader.get_all(paths[-MAX_TASKS:])
    with reader.reading("a task"):
        return tuple(_task(task, where) for task, where in zip(held, paths[-MAX_TASKS:], strict=True))


def _task(task: Json, path: str) -> BmcTask:
    percent = task.get("PercentComplete")
    messages = [text_in(each, "Message") or "" for each in objects_in(task, "Messages")]
    said = "; ".join(message for message in messages if message)[:200]
    return BmcTask(
        path=path,
        name=(text_in(task, "Name") or path)[:80],
        state=read_text(task, "TaskState"),
        percent=value(percent) if isinstance(percent, int) and not isinstance(percent, bool) else ABSENT,
        message=value(said) if said else ABSENT,
    )


async def read_firmware(reader: RedfishReader, device: str) -> FirmwareState:
    """Images, what waits in their slots, and tasks.

    Raises:
        NoData: there is no update service.
    """
    root = await reader.get(ROOT)
    service = await _service(reader, root, device)
    items = await reader.expanded_members(root, service, "FirmwareInventory")
    with reader.reading("the software inventory"):
        enabled = service.get("ServiceEnabled")
        images = tuple(_image(item) for item in items)
    return FirmwareState(
        enabled=value(enabled) if isinstance(enabled, bool) else ABSENT,
        images=images,
        tasks=await read_tasks(reader, root),
    )


async def _service(reader: RedfishReader, root: Json, device: str) -> Json:
    service = await reader.linked(root, "UpdateService")
    if service is None:
        raise NoData(f"{device}: there is no update service", "Update it by its maker's own tool.")
    return service


def _image(item: Json) -> Image:
    """An entry; a staged one has the name of the image that it will be."""
    name = text_in(item, "Id") or text_in(item, "Name") or ""
    state = text_in(object_in(item, "Status"), "State")
    staged = state == "StandbySpare" or _WAITS.search(name) is not None
    updateable: Read = ABSENT
    if isinstance(item.get("Updateable"), bool):
        updateable = value(item["Updateable"] is True and item.get("WriteProtected") is not True)
    return Image(
        path=text_in(item, "@odata.id") or "",
        name=(_WAITS.sub("", name) if staged else name)[:80],
        version=read_text(item, "Version"),
        staged=staged,
        updateable=updateable,
    )


async def stage(reader: RedfishReader, path: str, image: str, device: str) -> str:
    """Start the update; returns the path of its task.

    Raises:
        Refused: the service would not.
        NoData: it takes no image by a URI, or names no task.
    """
    service = await _service(reader, await reader.get(ROOT), device)
    with reader.reading("the update action"):
        target = text_in(object_in(object_in(service, "Actions"), _SIMPLE), "target")
    if target is None:
        raise NoData(f"{device}: its update service takes no image by a URI (SimpleUpdate)")
    body: Json = {
        "ImageURI": image,
        "TransferProtocol": urlsplit(image).scheme.upper(),
        "Targets": [path],
        "@Redfish.OperationApplyTime": ON_RESET,
    }
    task = await reader.start(target, body)
    if task is None:
        raise NoData(f"{device}: the update began, and no task was named", "Look at the BMC's own page.")
    return task


async def activate(reader: RedfishReader, path: str, device: str) -> None:
    """Restart the manager that the image belongs to.

    Raises:
        NoData: it belongs to something else, which its own restart activates.
    """
    item = await reader.get(path)
    with reader.reading("what the image belongs to"):
        related = links_in(item, "RelatedItem")
    root = await reader.get(ROOT)
    with reader.reading("the managers"):
        collection = link_in(root, "Managers")
    managers = [] if collection is None else await reader.members(collection)
    mine = [each for each in related if each in managers]
    if not mine:
        raise NoData(
            f"{device}: {path} belongs to no manager",
            "It is activated by the next restart of the host: `activate = false`, then `host.power`.",
        )
    manager = await reader.get(mine[0])
    with reader.reading("the manager's reset"):
        action = object_in(object_in(manager, "Actions"), _RESET)
        target = text_in(action, "target")
        kinds = action.get("ResetType@Redfish.AllowableValues")
    if target is None:
        raise Refused(f"{device}: the manager has no reset action", "Does the user have the right to it?")
    graceful = not isinstance(kinds, list) or "GracefulRestart" in kinds
    await reader.post(target, {"ResetType": "GracefulRestart" if graceful else "ForceRestart"})
