"""Accelerators: all there, the right ones, sound memory, links, slots, clocks and heat; what their logs say.

What must be there comes from the inventory (`expect.gpus`, `expect.gpu_serials`). A GPU that is gone shifts
the numbers of those behind it: where fewer are listed than expected, serial numbers tell which is which.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from types import MappingProxyType

from bringup.check.base import At, expected_device
from bringup.check.xid_policy import Held, held_of
from bringup.driver.capability import HasAccelerators, HasNvlinks, KeepsKernelLog
from bringup.model.catalogue import Requires, Spec
from bringup.model.facts_gpu import Accelerator, Nvlink, NvlinkPorts, XidLog
from bringup.model.intent import gpu_index, gpu_subject
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Measurement, Read, measured, value
from bringup.model.subject import parse_subject

GT_S = MappingProxyType({1: 2.5, 2: 5.0, 3: 8.0, 4: 16.0, 5: 32.0, 6: 64.0, 7: 128.0})
"""Transfer rate of a PCIe generation, each lane (PCI-SIG base specifications)."""
MAX_LISTED = 256


async def listed(at: At, device: str) -> tuple[Accelerator, ...]:
    """What the host lists."""
    sample = await at.read(device, HasAccelerators, "accelerators")
    told: tuple[Accelerator, ...] = sample.facts
    return tuple(told)


def bound(at: At, device: str, told: Sequence[Accelerator]) -> dict[int, Accelerator]:
    """Expected number -> the accelerator that is meant.

    By the tool's own number where it lists all that are expected. Where it lists fewer, by serial number;
    those whose serial nobody expects fill no gap, since nobody could say which.
    """
    expect = expected_device(at, device).expect
    by_index = {one.index: one for one in told}
    if not expect.gpus or len(told) >= expect.gpus or not expect.gpu_serials:
        return by_index
    by_serial = {one.serial.value: one for one in told if one.serial.value is not None}
    found = {number: by_serial.get(serial) for number, serial in enumerate(expect.gpu_serials)}
    return {number: one for number, one in found.items() if one is not None}


async def find(at: At, subject: str) -> Accelerator | None:
    """The accelerator of a subject, or None where the host does not list it."""
    device, number = parse_subject(subject).device, gpu_index(subject)
    told = bound(at, device, await listed(at, device))
    return told.get(number) if number is not None else None


async def count(at: At) -> AsyncIterator[Measurement]:
    for subject in at.subjects:
        told = await listed(at, subject)
        yield measured(subject, "gpu_count", len(told))
        there = bound(at, subject, told)
        for number in range(expected_device(at, subject).expect.gpus or 0):
            yield measured(gpu_subject(subject, number), "gpu_present", number in there)


async def identity(at: At) -> AsyncIterator[Measurement]:
    for subject in at.subjects:
        one = await find(at, subject)
        if one is not None:
            yield measured(subject, "gpu_serial", one.serial)
            yield measured(subject, "gpu_model", one.model)
            yield measured(subject, "gpu_driver", one.driver)
            yield measured(subject, "gpu_vbios", one.vbios)


async def ecc(at: At) -> AsyncIterator[Measurement]:
    for subject in at.subjects:
        one = await find(at, subject)
        if one is not None:
            yield measured(subject, "ecc_enabled", one.ecc_enabled)
            yield measured(subject, "ecc_uncorrected", one.ecc_uncorrected)
            yield measured(subject, "ecc_corrected", one.ecc_corrected)
            yield measured(subject, "ecc_uncorrected_lifetime", one.ecc_uncorrected_lifetime)


async def remap(at: At) -> AsyncIterator[Measurement]:
    for subject in at.subjects:
        one = await find(at, subject)
        if one is not None:
            yield measured(subject, "remap_pending", one.remap_pending)
            yield measured(subject, "remap_failure", one.remap_failure)
            yield measured(subject, "remapped_rows", one.remapped_uncorrected)


async def nvlink(at: At) -> AsyncIterator[Measurement]:
    """A link that is inactive has no rate, and a GPU whose links are all inactive lists none: that is zero
    links, while a GPU of which nothing is told has told nothing.
    """
    for subject in at.subjects:
        one = await find(at, subject)
        sample = await at.read(parse_subject(subject).device, HasNvlinks, "nvlinks")
        ports: tuple[NvlinkPorts, ...] = sample.facts
        mine = [port for port in ports if one is not None and belongs_to(port, one)]
        if one is not None:
            for quantity, read in (("fabric_state", one.fabric_state), ("fabric_status", one.fabric_status)):
                if read.value is not None:
                    yield measured(subject, quantity, read)
        if len(mine) == 1 and (mine[0].links or mine[0].all_inactive):
            yield measured(subject, "nvlink_count", links_up(mine[0].links))
            for link in mine[0].links:
                for quantity, read in about(link).items():
                    yield measured(f"{subject}#nvlink-{link.index}", quantity, read)


def belongs_to(port: NvlinkPorts, one: Accelerator) -> bool:
    """By UUID where both tell it, else by number."""
    if port.uuid.value is not None and one.uuid.value is not None:
        return port.uuid.value == one.uuid.value
    return port.gpu == one.index


def links_up(links: Sequence[Nvlink]) -> Read:
    """How many are up; not available where one of them does not say whether it is."""
    if any(link.up.value is None for link in links):
        return NOT_AVAILABLE
    return value(sum(link.up.value is True for link in links))


def about(link: Nvlink) -> dict[str, Read]:
    """An inactive link has neither rate nor counters."""
    found = {"nvlink_up": link.up}
    if link.up.value is not False:
        found["nvlink_gbyte_s"] = link.rate_gbyte_s
        errors = [read.value for read in link.errors.values()]
        counts = [each for each in errors if isinstance(each, int) and not isinstance(each, bool)]
        if counts and len(counts) == len(errors):
            found["nvlink_errors"] = value(sum(counts))
    return found


async def pcie(at: At) -> AsyncIterator[Measurement]:
    for subject in at.subjects:
        one = await find(at, subject)
        if one is not None:
            yield measured(subject, "pcie_width_lanes", one.pcie_width_lanes)
            yield measured(subject, "pcie_width_max_lanes", one.pcie_width_max_lanes)
            yield measured(subject, "pcie_speed_gt_s", speed_in_use(one))
            yield measured(subject, "pcie_speed_max_gt_s", transfer_rate(one.pcie_generation_max))


def transfer_rate(generation: Read) -> Read:
    """Of a PCIe generation; not available for one that nobody knows."""
    number = generation.value
    if number is None:
        return generation
    known = GT_S.get(number) if isinstance(number, int) and not isinstance(number, bool) else None
    return value(known) if known is not None else NOT_AVAILABLE


def speed_in_use(one: Accelerator) -> Read:
    """A GPU that idles may run its link slower: a low reading says nothing then, and a full one says all."""
    speed, most = transfer_rate(one.pcie_generation), transfer_rate(one.pcie_generation_max)
    idle = one.clock_reasons.get("idle", ABSENT).value is True and one.performance_state.value != "P0"
    below = isinstance(speed.value, float) and isinstance(most.value, float) and speed.value < most.value
    return NOT_AVAILABLE if idle and below else speed


THROTTLES = ("hw_slowdown", "hw_thermal_slowdown", "hw_power_brake", "sw_thermal_slowdown", "sw_power_cap")


async def throttle(at: At) -> AsyncIterator[Measurement]:
    for subject in at.subjects:
        one = await find(at, subject)
        for name in THROTTLES if one is not None else ():
            assert one is not None
            yield measured(subject, name, one.clock_reasons.get(name, ABSENT))


async def temperature(at: At) -> AsyncIterator[Measurement]:
    """The driver's own margin counts only where it is one: some boards report zero or less all the time."""
    for subject in at.subjects:
        one = await find(at, subject)
        if one is None:
            continue
        yield measured(subject, "gpu_temperature_c", one.temperature_c)
        margin = one.temperature_margin_c.value
        for quantity, read in (
            ("gpu_memory_temperature_c", one.memory_temperature_c),
            ("gpu_temperature_margin_c", one.temperature_margin_c),
            ("gpu_power_w", one.power_w),
        ):
            ignored = quantity == "gpu_temperature_margin_c" and not (
                isinstance(margin, float) and margin > 0
            )
            if read.value is not None and not ignored:
                yield measured(subject, quantity, read)


async def xid(at: At) -> AsyncIterator[Measurement]:
    """A log that the kernel has thinned out, or a code that no list explains, can't show that there was
    nothing.
    """
    for subject in at.subjects:
        sample = await at.read(subject, KeepsKernelLog, "xids")
        log: XidLog = sample.facts
        held = [held_of(event.code) for event in log.events]
        faults, app = held.count(Held.FAULT), held.count(Held.APPLICATION)
        unclear = not faults and (log.suppressed or Held.UNKNOWN in held)
        yield measured(subject, "xid_faults", NOT_AVAILABLE if unclear else faults)
        yield measured(subject, "xid_app_errors", app)
        named = sorted({f"{event.code} at {event.pci_address}" for event in log.events})
        yield measured(subject, "xid_codes", ", ".join(named[:MAX_LISTED]) or "none")
        yield measured(subject, "kernel_log_lines", log.line_count)
        yield measured(subject, "kernel_log_from_boot", log.from_boot)


def _spec(name: str, title: str, about_: str, requires: tuple[Requires, ...], **more: object) -> Spec:
    """A check of each expected accelerator, over SSH."""
    given = {"over": "gpu", "kind": "check", "transport": "ssh", **more}
    return Spec(name=f"accelerators.{name}", title=title, about=about_, requires=requires, **given)  # type: ignore[arg-type]


SPECS = (
    _spec(
        "count",
        "Accelerators there",
        "The host lists as many accelerators as the inventory expects, each of them.",
        (Requires("gpu_count"),),
        over="device",
        reports=("gpu_present",),
        run=count,
    ),
    _spec(
        "identity",
        "Accelerators' identity",
        "Serial number and model as expected; driver and firmware as expected and the same everywhere.",
        (
            Requires("gpu_serial", if_expected=True),
            Requires("gpu_model", if_expected=True),
            Requires("gpu_driver"),
            Requires("gpu_vbios"),
        ),
        run=identity,
    ),
    _spec(
        "ecc",
        "Accelerators' memory",
        "Memory errors are corrected, and there was none that could not be since the driver was loaded.",
        (Requires("ecc_enabled"), Requires("ecc_uncorrected")),
        reports=("ecc_corrected", "ecc_uncorrected_lifetime"),
        run=ecc,
    ),
    _spec(
        "remap",
        "Accelerators' spare rows",
        "No memory row waits for a reset to be remapped, and no remapping has failed.",
        (Requires("remap_pending"), Requires("remap_failure")),
        reports=("remapped_rows",),
        run=remap,
    ),
    _spec(
        "nvlink",
        "NVLinks",
        "Every NVLink is up at its full rate, and the GPU is registered with its fabric.",
        (Requires("nvlink_count"),),
        reports=("nvlink_up", "nvlink_gbyte_s", "nvlink_errors", "fabric_state", "fabric_status"),
        run=nvlink,
    ),
    _spec(
        "pcie",
        "Accelerators' slots",
        "Each accelerator runs at the PCIe width and speed of its kind.",
        (Requires("pcie_width_lanes"), Requires("pcie_speed_gt_s")),
        reports=("pcie_width_max_lanes", "pcie_speed_max_gt_s"),
        run=pcie,
    ),
    _spec(
        "throttle",
        "Accelerators' clocks",
        "Nothing but idleness or a power limit holds an accelerator's clocks down.",
        tuple(Requires(name) for name in THROTTLES[:3]),
        reports=THROTTLES[3:],
        run=throttle,
    ),
    _spec(
        "temperature",
        "Accelerators' heat",
        "Temperatures of accelerator and memory, and what is left before the driver slows it down.",
        (Requires("gpu_temperature_c"),),
        reports=("gpu_memory_temperature_c", "gpu_temperature_margin_c", "gpu_power_w"),
        run=temperature,
    ),
    _spec(
        "xid",
        "Accelerator errors in the kernel's log",
        "The kernel's log holds no error of the accelerators' driver since the host booted.",
        (Requires("xid_faults"), Requires("xid_app_errors")),
        over="device",
        reports=("xid_codes", "kernel_log_lines", "kernel_log_from_boot"),
        run=xid,
    ),
)
