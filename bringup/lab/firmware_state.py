"""What a BMC holds of firmware beside what runs: tasks, images in their slots, and how often it was written.

Times are world time.
"""

from __future__ import annotations

import msgspec


class UpdateTask(msgspec.Struct, kw_only=True):
    """One update. `state` is a Redfish TaskState: Running, Completed, Exception."""

    key: str
    image: str
    version: str
    begun_at: float
    ends_at: float
    state: str = "Running"
    message: str = ""


class Firmware(msgspec.Struct, kw_only=True):
    """`staged`: image -> version in its slot. `writes`: image -> how often its slot was written."""

    tasks: list[UpdateTask] = msgspec.field(default_factory=list)
    staged: dict[str, str] = msgspec.field(default_factory=dict)
    writes: dict[str, int] = msgspec.field(default_factory=dict)
    task_s: float = 60.0
    protected: list[str] = msgspec.field(default_factory=list)
