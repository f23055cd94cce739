"""What may stand in a `[[device_range]]`; `bringup.input.ranges` writes it out."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from bringup.model.inventory import Written

DEVICE_CAP = 4096
"""Devices of one range, and ports of one rule."""
FIRST_CAP = 1_000_000
Count = Annotated[int, Field(ge=1, le=DEVICE_CAP)]
First = Annotated[int, Field(ge=0, le=FIRST_CAP)]
Counted = str | int
"""A number, or a text such as "{n+20}" that becomes one."""


class PortRule(Written):
    """Ports that each device of a range has: `name` with {p} and `count`, or `names`."""

    name: str | None = None
    names: tuple[str, ...] = ()
    first: First = 1
    count: Count = 1
    step: Count = 1
    speed_gbps: Annotated[float, Field(gt=0)] | None = None
    optic: str | None = None
    lanes: int | None = None
    fec: str | None = None
    cage: str | None = None
    protected: bool = False
    in_service: bool = False
    pcie_width_lanes: int | None = None
    pcie_speed_gt_s: float | None = None
    firmware: str | None = None


class DeviceRange(Written):
    """Devices that differ by a number and by their rows in the manifest. The tables of a device are checked
    as they come out, device by device.
    """

    name: str
    first: First = 1
    count: Count
    step: Count = 1
    manifest: str | None = None
    port: tuple[PortRule, ...] = ()
    role: str
    platform: str
    address: str | None = None
    rack: str | None = None
    unit: Counted | None = None
    side: str | None = None
    slot: str | None = None
    mac: str | None = None
    bmc: str | None = None
    pair: str | None = None
    protected: bool = False
    in_service: bool = False
    feed: tuple[dict[str, Any], ...] = ()
    expect: dict[str, Any] | None = None
    ssh: dict[str, Any] | None = None
    snmp: dict[str, Any] | None = None
    gnmi: dict[str, Any] | None = None
    redfish: dict[str, Any] | None = None
    eapi: dict[str, Any] | None = None
    nvue: dict[str, Any] | None = None
