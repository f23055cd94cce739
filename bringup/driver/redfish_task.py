"""What a BMC does in its own time (DSP0266, 12.2): 202 and a monitor to ask until it is done.

A task that is not seen to end has an outcome that nobody knows: it is never done by default.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from bringup.decode.json_field import Json, text_in
from bringup.decode.redfish_resource import said
from bringup.decode.result import Damaged, json_of
from bringup.model.errors import DeviceError, NoData, Refused, TimedOut, Unparsable
from bringup.transport.base import HttpExchange, HttpReply
from bringup.transport.redfish_account import is_plain

ASK_EVERY_S = 2.0
ASK_EVERY_AT_MOST_S = 30.0
ASK_DEADLINE_S = 30.0
_RUNNING = frozenset(
    {
        "New",
        "Starting",
        "Running",
        "Suspended",
        "Interrupted",
        "Pending",
        "Stopping",
        "Service",
        "Cancelling",
    }
)
_FAILED = frozenset({"Exception", "Killed", "Cancelled"})
_KEEP_POWER = "Cut no power meanwhile; ask again later, or look at the BMC's task list"

Pause = Callable[[float], Awaitable[None]]


class Progress(msgspec.Struct, frozen=True):
    """How far a task is: `state` is Redfish's TaskState ("" where the monitor tells none)."""

    done: bool
    state: str = ""
    percent: int | None = None


def monitor_of(reply: HttpReply) -> str | None:
    """Where to ask after a 202; None for any other status. A whole URL counts by its path: the BMC is asked
    where it is reached, whatever name it gives itself.

    Raises:
        Damaged: it began something and does not say where to ask, or says it oddly.
    """
    if reply.status != 202:
        return None
    location = reply.headers.get("location", "")
    if "://" in location:
        location = "/" + location.split("://", 1)[1].partition("/")[2]
    if not location:
        held = _object(reply.body)
        location = str(held.get("TaskMonitor") or held.get("@odata.id") or "")
    if not is_plain(location) and not (location.startswith("/taskmon/") and is_plain(f"/redfish{location}")):
        raise Damaged("a task began, and where to ask after it is no path of this service")
    return location


async def follow_task(
    http: HttpExchange,
    device: str,
    monitor: str,
    *,
    deadline_s: float,
    pause: Pause = asyncio.sleep,
) -> Progress:
    """Ask until the task has ended well.

    Raises:
        Refused: it failed, or was cancelled.
        TimedOut: it still runs; how far it is stands in the message.
        NoData: the monitor is gone before it told how it ended.
        Unparsable: it says something that is no task.
        DeviceError: the transport's own.
    """
    progress = Progress(False)
    try:
        async with asyncio.timeout(deadline_s):
            while True:
                reply = await http.request("GET", monitor, deadline_s=ASK_DEADLINE_S)
                progress = _progress(device, reply)
                if progress.done:
                    return progress
                await pause(_wait_s(reply))
    except TimeoutError:
        far = f" ({progress.state}" + (f", {progress.percent} %)" if progress.percent is not None else ")")
        raise TimedOut(
            f"{device}: its task still runs after {deadline_s:g} s" + (far if progress.state else ""),
            _KEEP_POWER,
        ) from None


def _progress(device: str, reply: HttpReply) -> Progress:
    held = _object(reply.body)
    state = text_in(held, "TaskState") if "TaskState" in held else None
    if state is not None and reply.status in (200, 202):
        return _of_state(device, held, state)
    if reply.status == 202:
        return Progress(False)
    if reply.status in (200, 201, 204):
        return Progress(True)
    if reply.status in (404, 410):
        raise NoData(
            f"{device}: its task is gone, and nobody saw how it ended",
            "Read what it was to change, before it is asked for again",
        )
    if reply.status >= 500:
        raise Unparsable(f"{device}: its task's monitor answers with HTTP {reply.status}", _KEEP_POWER)
    raise _failed(device, f"HTTP {reply.status}", held)


def _of_state(device: str, held: Json, state: str) -> Progress:
    status = held.get("TaskStatus")
    if state in _FAILED or (state == "Completed" and status == "Critical"):
        raise _failed(device, state, held)
    percent = held.get("PercentComplete")
    far = percent if isinstance(percent, int) and not isinstance(percent, bool) else None
    if state == "Completed":
        return Progress(True, state, far)
    if state in _RUNNING:
        return Progress(False, state, far)
    raise Unparsable(f"{device}: its task says {state[:40]!a}, which is no state of a task", _KEEP_POWER)


def _failed(device: str, how: str, held: Json) -> DeviceError:
    words = _words(held)
    return Refused(
        f"{device}: its task ended with {how[:40]}" + (f": {words}" if words else ""),
        "Look at the BMC's own log",
    )


def _words(held: Json) -> str:
    """What a task, or an error, says of itself."""
    messages = held.get("Messages")
    for message in messages if isinstance(messages, list) else []:
        text = message.get("Message") if isinstance(message, dict) else None
        if isinstance(text, str):
            return text[:200]
    try:
        return said(held)
    except Damaged:
        return ""


def _wait_s(reply: HttpReply) -> float:
    """What the service asks for, within reason."""
    asked = reply.headers.get("retry-after", "")
    return min(max(float(asked), ASK_EVERY_S), ASK_EVERY_AT_MOST_S) if asked.isdigit() else ASK_EVERY_S


def _object(body: bytes) -> Json:
    """Empty for what is none."""
    try:
        held = json_of(body) if body.strip() else {}
    except Damaged:
        return {}
    return held if isinstance(held, dict) else {}
