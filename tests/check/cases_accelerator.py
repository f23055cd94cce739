"""Accelerators, good and bad: their number, identity, memory, links, slots, clocks and heat.

Each case is a role of its own: driver and firmware must be the same across a role.
"""

from __future__ import annotations

from typing import Any

import msgspec

from bringup.model.facts_gpu import Accelerator, Nvlink, NvlinkPorts, Xid, XidLog
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, UNSUPPORTED, Read, value
from tests.check.trial import Case, Table, World, answering, case, nothing_told, written

MODEL, DRIVER, VBIOS = "NVIDIA H100 80GB HBM3", "550.127.05", "96.00.A5.00.01"
ENVELOPE = ("base", "hgx-h100")
YES, NO = value(True), value(False)
EXPECT: dict[str, Any] = {
    "gpus": 3,
    "gpu_model": MODEL,
    "gpu_driver": DRIVER,
    "gpu_serials": ["S0", "S1", "S2"],
}
"""Three of them: so that fewer than expected still are several."""
REASONS = (
    "idle",
    "sw_power_cap",
    "hw_slowdown",
    "hw_thermal_slowdown",
    "hw_power_brake",
    "sw_thermal_slowdown",
)
QUIET = dict.fromkeys(REASONS, NO)


def gpu(index: int, place: int | None = None, **over: Any) -> Accelerator:
    """A sound one; `place` is where it sits, which its serial number tells."""
    sits = index if place is None else place
    good: dict[str, Any] = {
        "model": value(MODEL),
        "uuid": value(f"GPU-{sits}"),
        "serial": value(f"S{sits}"),
        "vbios": value(VBIOS),
        "driver": value(DRIVER),
        "pcie_generation": value(5),
        "pcie_generation_max": value(5),
        "pcie_width_lanes": value(16),
        "pcie_width_max_lanes": value(16),
        "performance_state": value("P0"),
        "temperature_c": value(45.0),
        "memory_temperature_c": value(50.0),
        "temperature_margin_c": value(42.0),
        "power_w": value(90.0),
        "ecc_enabled": YES,
        "ecc_corrected": value(0),
        "ecc_uncorrected": value(0),
        "ecc_uncorrected_lifetime": value(0),
        "remap_pending": NO,
        "remap_failure": NO,
        "remapped_uncorrected": value(0),
        "clock_reasons": QUIET,
        "fabric_state": value("Completed"),
        "fabric_status": value("Success"),
    }
    return Accelerator(index=index, **{**good, **over})


def links(number: int = 18, **of_last: Any) -> tuple[Nvlink, ...]:
    good = Nvlink(index=0, up=YES, rate_gbyte_s=value(26.562), errors={"CRC Errors": value(0)})
    found = [msgspec.structs.replace(good, index=index) for index in range(number)]
    return (*found[:-1], msgspec.structs.replace(found[-1], **of_last)) if found else ()


def ports(
    second: tuple[Nvlink, ...] | None = None, *, all_inactive: bool = False, uuid: Read | None = None
) -> tuple[NvlinkPorts, ...]:
    """NVLinks of all three; `second` those of the one that is judged."""
    middle = NvlinkPorts(
        gpu=1,
        uuid=uuid or value("GPU-1"),
        all_inactive=all_inactive,
        links=links() if second is None else second,
    )
    rest = [NvlinkPorts(gpu=at, uuid=value(f"GPU-{at}"), links=links()) for at in (0, 2)]
    return (rest[0], middle, rest[1])


def log(*codes: int, **over: Any) -> XidLog:
    events = tuple(Xid(code=code, pci_address="0000:1b:00", at="12:00", text="") for code in codes)
    return XidLog(**{"events": events, "line_count": 900, "from_boot": True, **over})


def gpu_world(
    name: str,
    *,
    told: tuple[Accelerator, ...] | None = None,
    nvlinks: tuple[NvlinkPorts, ...] | None = None,
    kernel_log: XidLog | None = None,
    expect: dict[str, Any] | None = None,
    whole: bool = False,
    reasons: dict[str, Read] | None = None,
    answers: dict[str, Any] | None = None,
    **over: Any,
) -> World:
    """`over` is of the second GPU, which is judged; with `whole` the host is."""
    if reasons is not None:
        over["clock_reasons"] = {**QUIET, **reasons}
    listed = (gpu(0), gpu(1, **over), gpu(2)) if told is None else told
    table: dict[Any, Any] = {
        (name, "accelerators"): listed,
        (name, "nvlinks"): ports() if nvlinks is None else nvlinks,
        (name, "xids"): log() if kernel_log is None else kernel_log,
    }
    answering(table, answers)
    return World(
        subject=name if whole else f"{name}/gpu-1",
        devices=[written(name, expect=EXPECT if expect is None else expect)],
        table=table,
    )


def table(check: str, *cases: Case, reads: tuple[str, ...] = ("accelerators",), **begin: Any) -> Table:
    alike = (case("not listed", "UNKNOWN no_data", told=(gpu(0), gpu(1, place=2))),) if not begin else ()
    return Table(
        check=f"accelerators.{check}",
        world=gpu_world,
        reads=reads,
        envelope=ENVELOPE,
        begin=begin,
        cases=(case("sound", "PASS"), *alike, *cases),
    )


COUNT = table(
    "count",
    case("one is missing", "FAIL", told=(gpu(0), gpu(1, place=2))),
    case("one is missing, and nobody stated serials", "FAIL", told=(gpu(0), gpu(1)), expect={"gpus": 3}),
    case("one more than expected", "FAIL", told=(gpu(0), gpu(1), gpu(2), gpu(3))),
    case("none is listed", "FAIL", told=()),
    case("nobody states how many", "UNKNOWN no_limit", expect={"gpu_model": MODEL}),
    whole=True,
)
IDENTITY = table(
    "identity",
    case("as expected without a serial stated", "PASS", expect={**EXPECT, "gpu_serials": []}),
    case("another serial", "FAIL", serial=value("S9")),
    case("two have changed places", "FAIL", told=(gpu(0), gpu(1, place=2), gpu(2, place=1))),
    case("one before it is gone, so that its number is another", "PASS",
         told=(gpu(0, place=1), gpu(1, place=2))),
    case("another model", "FAIL", model=value("NVIDIA H100 PCIe")),
    case("another driver", "FAIL", driver=value("535.1")),
    case("firmware unlike its neighbours", "FAIL", vbios=value("96.00.99")),
    case("firmware not as pinned", "FAIL", expect={**EXPECT, "gpu_vbios": "97.*"}),
    case("serial not told", "UNKNOWN no_data", serial=NOT_AVAILABLE),
    *nothing_told("firmware", "text", lambda read: {
        "told": tuple(gpu(at, vbios=read) for at in range(3)), "expect": {**EXPECT, "gpu_vbios": "96.*"}}),
)  # fmt: skip
ECC = table(
    "ecc",
    case("one error that was not corrected", "FAIL", ecc_uncorrected=value(1)),
    case("correction is off", "FAIL", ecc_enabled=NO),
    case("many that were corrected", "PASS", ecc_corrected=value(400)),
    case("old ones that were not corrected", "PASS", ecc_uncorrected_lifetime=value(2)),
    *nothing_told("uncorrected", "number", lambda read: {"ecc_uncorrected": read}),
    *nothing_told("correction", "yes or no", lambda read: {"ecc_enabled": read}),
)
REMAP = table(
    "remap",
    case("a row waits for a reset", "FAIL", remap_pending=YES),
    case("a remapping failed", "FAIL", remap_failure=YES),
    case("a failed one with few remaps", "FAIL", remap_failure=YES, remapped_uncorrected=value(2)),
    *nothing_told("pending", "yes or no", lambda read: {"remap_pending": read}),
    *nothing_told("failure", "yes or no", lambda read: {"remap_failure": read}),
)
NVLINK = table(
    "nvlink",
    case("one link inactive", "FAIL", nvlinks=ports(links(up=NO, rate_gbyte_s=NOT_AVAILABLE, errors={}))),
    case("one link not listed", "FAIL", nvlinks=ports(links(17))),
    case("all links inactive", "FAIL", nvlinks=ports((), all_inactive=True)),
    case("one link slow", "FAIL", nvlinks=ports(links(rate_gbyte_s=value(13.281)))),
    case("a rate of zero", "FAIL", nvlinks=ports(links(up=NO, rate_gbyte_s=value(0.0)))),
    case("one link says a word nobody knows", "UNKNOWN no_data",
         nvlinks=ports(links(up=NOT_AVAILABLE, rate_gbyte_s=NOT_AVAILABLE))),
    case("errors on one link", "PASS", nvlinks=ports(links(errors={"CRC Errors": value(12)}))),
    case("no link told", "UNKNOWN no_data", nvlinks=ports(())),
    case("no GPU of that name has links", "UNKNOWN no_data", nvlinks=ports(uuid=value("GPU-other"))),
    case("links told twice", "UNKNOWN no_data", nvlinks=(*ports(), *ports())),
    case("number agrees where no UUID is told", "PASS", nvlinks=ports(uuid=ABSENT)),
    case("registration goes on", "FAIL", fabric_state=value("In Progress")),
    case("registered without success", "FAIL", fabric_status=value("Insufficient Resources")),
    case("no fabric told", "PASS", fabric_state=NOT_AVAILABLE, fabric_status=NOT_AVAILABLE),
    reads=("accelerators", "nvlinks"),
)  # fmt: skip
PCIE = table(
    "pcie",
    case("half as wide", "FAIL", pcie_width_lanes=value(8)),
    case("a generation slower", "FAIL", pcie_generation=value(4)),
    case("slower while it idles", "UNKNOWN no_data", pcie_generation=value(1),
         reasons={"idle": YES}, performance_state=value("P8")),
    case("slower while it idles at full clocks", "FAIL", pcie_generation=value(1), reasons={"idle": YES}),
    case("full speed while it idles", "PASS", reasons={"idle": YES}, performance_state=value("P8")),
    case("a generation nobody knows", "UNKNOWN no_data", pcie_generation=value(99)),
    case("a generation in words", "UNKNOWN no_data", pcie_generation=value("5")),
    case("no generation", "UNKNOWN no_data", pcie_generation=ABSENT),
    *nothing_told("width", "number", lambda read: {"pcie_width_lanes": read}),
)  # fmt: skip
THROTTLE = table(
    "throttle",
    case("hardware slows it down", "FAIL", reasons={"hw_slowdown": YES}),
    case("hardware slows it down for heat", "FAIL", reasons={"hw_thermal_slowdown": YES}),
    case("the power brake is on", "FAIL", reasons={"hw_power_brake": YES}),
    case("the driver slows it down for heat", "FAIL", reasons={"sw_thermal_slowdown": YES}),
    case("at its power limit", "PASS", reasons={"sw_power_cap": YES}),
    case("idle", "PASS", reasons={"idle": YES}),
    case("no reason told at all", "UNKNOWN no_data", clock_reasons={}),
    *nothing_told("slowdown", "yes or no", lambda read: {"reasons": {"hw_slowdown": read}}),
    *nothing_told("brake", "yes or no", lambda read: {"reasons": {"hw_power_brake": read}}),
)
TEMPERATURE = table(
    "temperature",
    case("warm", "MARGINAL", temperature_c=value(86.0)),
    case("too hot", "FAIL", temperature_c=value(96.0)),
    case("memory too hot", "FAIL", memory_temperature_c=value(97.0)),
    case("nearly slowed down", "FAIL", temperature_margin_c=value(0.5)),
    case("a margin of zero, which some boards always tell", "PASS", temperature_margin_c=value(0.0)),
    case("memory's not told", "PASS", memory_temperature_c=UNSUPPORTED),
    *nothing_told("its own", "number", lambda read: {"temperature_c": read}),
)
XID = table(
    "xid",
    case("fell off the bus", "FAIL", kernel_log=log(79)),
    case("a row was remapped", "FAIL", kernel_log=log(63)),
    case("a fault among notes", "FAIL", kernel_log=log(43, 43, 48)),
    case("our own test crashed", "FAIL", kernel_log=log(13)),
    case("only notes", "PASS", kernel_log=log(43, 66)),
    case("a code without a bucket", "UNKNOWN no_data", kernel_log=log(167)),
    case("a code nobody knows", "UNKNOWN no_data", kernel_log=log(9999)),
    case("the kernel left out lines", "UNKNOWN no_data", kernel_log=log(suppressed=True)),
    case("a fault, and lines were left out", "FAIL", kernel_log=log(48, suppressed=True)),
    case("the log does not begin at boot", "PASS", kernel_log=log(from_boot=False)),
    reads=("xids",),
    whole=True,
)
TABLES = (COUNT, IDENTITY, ECC, REMAP, NVLINK, PCIE, THROTTLE, TEMPERATURE, XID)
