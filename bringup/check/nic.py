"""Network adapters: their PCIe link and their firmware."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bringup.check.base import At, the_one
from bringup.driver.capability import HasAdapters
from bringup.model.catalogue import Requires, Spec
from bringup.model.facts import Adapter
from bringup.model.measurement import Measurement, measured
from bringup.model.subject import parse_subject
from bringup.model.verdict import Reading


async def find_adapter(at: At, subject: str) -> Adapter | None:
    """The adapter behind a host's port, or None when the host does not list it."""
    end = parse_subject(subject)
    sample = await at.read(end.device, HasAdapters, "adapters")
    told: tuple[Adapter, ...] = sample.facts
    return the_one([adapter for adapter in told if adapter.port == end.component], subject)


async def pcie(at: At) -> AsyncIterator[Measurement]:
    for subject in at.subjects:
        adapter = await find_adapter(at, subject)
        if adapter is not None:
            yield measured(subject, "pcie_width_lanes", adapter.pcie_width_lanes)
            yield measured(subject, "pcie_width_max_lanes", adapter.pcie_width_max_lanes)
            yield measured(subject, "pcie_speed_gt_s", adapter.pcie_speed_gt_s)
            yield measured(subject, "pcie_speed_max_gt_s", adapter.pcie_speed_max_gt_s)


async def firmware(at: At) -> AsyncIterator[Measurement]:
    for subject in at.subjects:
        adapter = await find_adapter(at, subject)
        if adapter is not None:
            yield measured(subject, "nic_firmware", adapter.firmware)
            yield measured(subject, "driver_name", adapter.driver)
            if adapter.model.reading is Reading.VALUE:
                yield measured(subject, "nic_model", adapter.model)


SPECS = (
    Spec(
        name="nic.pcie",
        kind="check",
        title="PCIe",
        about="Each network adapter runs at the PCIe width and speed that the inventory expects.",
        over="port",
        transport="ssh",
        requires=(Requires("pcie_width_lanes"), Requires("pcie_speed_gt_s")),
        reports=("pcie_width_max_lanes", "pcie_speed_max_gt_s"),
        run=pcie,
    ),
    Spec(
        name="nic.firmware",
        kind="check",
        title="NIC firmware",
        about="Each network adapter runs the firmware expected, the same everywhere.",
        over="port",
        transport="ssh",
        requires=(Requires("nic_firmware"),),
        reports=("driver_name", "nic_model"),
        run=firmware,
    ),
)
