"""Runs in which numbers were read again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bringup.model import event as ev
from bringup.model.verdict import Reading
from bringup.view.scene import Scene
from tests.diagnosis.record import C1, Record
from tests.tui.scenes import good, scene

LANE, OTHER = f"{C1[0]}#lane-2", f"{C1[0]}#lane-1"


def reading(
    number: int, value: object, subject: str = LANE, quantity: str = "rx_power_dbm", every_s: float = 600.0
) -> ev.Measured:
    """The reading of that number, one every ten minutes of the runner's clock."""
    whole = value if isinstance(value, int | float | str) else None
    return ev.Measured(
        stage="watch",
        step="watch",
        attempt=1,
        subject=subject,
        quantity=quantity,
        unit="",
        value=whole,
        reading=Reading.VALUE if whole is not None else Reading.DARK,
        mono_ns=int(number * every_s * 1e9),
    )


def falling(number: int) -> float:
    return -1.5 - 0.2 * number + 0.01 * (number % 3)


def still(number: int) -> float:
    return -1.4


def readings(count: int, of: Callable[[int], float], subject: str = LANE) -> list[ev.Measured]:
    return [reading(number, of(number), subject) for number in range(1, count + 1)]


def soaked(record: Record | None = None, **how: Any) -> Scene:
    """One lane that loses light, one that holds, a temperature without a limit."""
    warm = [reading(number, 48 + number % 2, C1[0], "temperature_c") for number in range(12)]
    events = [*readings(12, falling), *readings(12, still, OTHER), *warm]
    return scene(record if record is not None else good(), *events, **how)
