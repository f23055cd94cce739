"""What a GPU's own sensors say, from the records of `bringup.lab.state_gpu`. Pure functions.

A GPU warms with its work and with the air that it lacks; above its slowdown temperature, or while the board
holds the power brake, it slows its clock down.
"""

from __future__ import annotations

import math

from bringup.lab.state import Device
from bringup.lab.state_gpu import NVLINKS, Gpu, Xid

SLOWDOWN_C = 87.0
"""Where the hardware slows the clock down; 92 °C would switch the part off."""
CEILING_C = 91.0
"""A slowed GPU draws so much less that it does not get hotter than this."""
INLET_RISE_C = 4.0
WORK_RISE_C = 28.0
WORK_W = 560.0
WARMING_S, COOLING_S = 45.0, 90.0
MAX_MHZ, SLOW_MHZ, IDLE_MHZ, MEMORY_MHZ = 1980, 810, 345, 2619
SLOWED_PACE = 0.45
"""What is left of a GPU's pace while the hardware slows it down."""
DRIVER_UP_S = 35.0
"""World seconds from the start of a boot to the driver's first words."""


def present(node: Device) -> list[Gpu]:
    """The GPUs that the driver finds, in the order of their PCIe addresses: how its tools count them."""
    return [gpu for gpu in node.gpus if gpu.enumerates]


def load(gpu: Gpu, now: float) -> float:
    """How much of its work a GPU feels, 0 to 1: it warms while it works and cools afterwards."""
    if gpu.worked_until <= 0.0:
        return 0.0
    worked_s = min(now, gpu.worked_until) - gpu.worked_since
    reached = -math.expm1(-max(0.0, worked_s) / WARMING_S)
    return reached * math.exp(-max(0.0, now - gpu.worked_until) / COOLING_S)


def working(gpu: Gpu, now: float) -> bool:
    return gpu.worked_since <= now < gpu.worked_until


def temperature_c(node: Device, gpu: Gpu, now: float) -> float:
    """Of the hottest place of the die, as the driver reports it."""
    rise_c = (gpu.rise_c + WORK_RISE_C * load(gpu, now)) / max(gpu.airflow, 0.05)
    return min(CEILING_C, node.ambient_c + INLET_RISE_C + rise_c)


def memory_temperature_c(node: Device, gpu: Gpu, now: float) -> float:
    return min(CEILING_C + 4.0, temperature_c(node, gpu, now) + 9.0)


def hot(node: Device, gpu: Gpu, now: float) -> bool:
    """Whether the hardware slows the clock down because of heat."""
    return temperature_c(node, gpu, now) >= SLOWDOWN_C


def slowed(node: Device, gpu: Gpu, now: float) -> bool:
    return gpu.power_brake or hot(node, gpu, now)


def pace(node: Device, gpu: Gpu, now: float) -> float:
    """Share of its full speed that a GPU computes and copies with."""
    return SLOWED_PACE if slowed(node, gpu, now) else 1.0


def clock_mhz(node: Device, gpu: Gpu, now: float) -> int:
    if not working(gpu, now):
        return IDLE_MHZ
    return SLOW_MHZ if slowed(node, gpu, now) else MAX_MHZ


def power_w(node: Device, gpu: Gpu, now: float) -> float:
    return gpu.idle_w + (WORK_W * pace(node, gpu, now) if working(gpu, now) else 0.0)


def links_up(gpu: Gpu) -> int:
    return sum(link.up for link in gpu.links)


def link_share(gpu: Gpu) -> float:
    """Share of a GPU's NVLink bandwidth that it has."""
    return links_up(gpu) / NVLINKS


def messages(node: Device, gpu: Gpu, now: float) -> list[tuple[float, Xid]]:
    """What the driver has said of a GPU since the node's boot, with the world time of each."""
    if node.boot_started_at is None:
        return []
    driver_up = node.boot_started_at + DRIVER_UP_S
    said = [(max(xid.at, driver_up), xid) for xid in gpu.xids]
    return [(at, xid) for at, xid in said if at <= now]
