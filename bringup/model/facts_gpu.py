"""Typed facts about accelerators, what diagnoses found of them, and collectives over them.

GPUs keep the index of the tool that lists them, from 0; so do their NVLinks. Nothing here is judged.
"""

from __future__ import annotations

import msgspec

from bringup.model.facts import Fact
from bringup.model.measurement import ABSENT, Read


class Accelerator(Fact, frozen=True, kw_only=True):
    """One GPU as its driver tells it. `index` is its place in the tool's list.

    `ecc` and `clock_reasons` hold the single fields behind a sum and a state, under short names of ours:
    `volatile.sram_uncorrectable`, `hw_slowdown`. `ecc_uncorrected` counts since the driver was loaded,
    `ecc_uncorrected_lifetime` since the board was made. `temperature_margin_c` is what the driver itself says
    is left before it slows the GPU down.
    """

    index: int
    model: Read = ABSENT
    uuid: Read = ABSENT
    serial: Read = ABSENT
    vbios: Read = ABSENT
    driver: Read = ABSENT
    pci_address: Read = ABSENT
    pcie_generation: Read = ABSENT
    pcie_generation_max: Read = ABSENT
    pcie_width_lanes: Read = ABSENT
    pcie_width_max_lanes: Read = ABSENT
    pcie_replays: Read = ABSENT
    performance_state: Read = ABSENT
    fan_percent: Read = ABSENT
    utilization_percent: Read = ABSENT
    memory_total_mib: Read = ABSENT
    memory_used_mib: Read = ABSENT
    memory_reserved_mib: Read = ABSENT
    temperature_c: Read = ABSENT
    memory_temperature_c: Read = ABSENT
    temperature_margin_c: Read = ABSENT
    power_w: Read = ABSENT
    power_average_w: Read = ABSENT
    power_limit_w: Read = ABSENT
    persistence: Read = ABSENT
    mig: Read = ABSENT
    recovery_action: Read = ABSENT
    reset_required: Read = ABSENT
    ecc_enabled: Read = ABSENT
    ecc: dict[str, Read] = msgspec.field(default_factory=dict)
    ecc_corrected: Read = ABSENT
    ecc_uncorrected: Read = ABSENT
    ecc_corrected_lifetime: Read = ABSENT
    ecc_uncorrected_lifetime: Read = ABSENT
    remap_pending: Read = ABSENT
    remap_failure: Read = ABSENT
    remapped_corrected: Read = ABSENT
    remapped_uncorrected: Read = ABSENT
    retired_single_bit: Read = ABSENT
    retired_double_bit: Read = ABSENT
    retirement_pending: Read = ABSENT
    clock_reasons: dict[str, Read] = msgspec.field(default_factory=dict)
    fabric_state: Read = ABSENT
    fabric_status: Read = ABSENT
    fabric_clique: Read = ABSENT
    fabric_cluster: Read = ABSENT


class Nvlink(Fact, frozen=True, kw_only=True):
    """One NVLink of a GPU. `up` is False where the tool calls it inactive; it has no rate then.

    `errors` are the counters of the link, by the tool's own names.
    """

    index: int
    up: Read = ABSENT
    rate_gbyte_s: Read = ABSENT
    errors: dict[str, Read] = msgspec.field(default_factory=dict)


class NvlinkPorts(Fact, frozen=True, kw_only=True):
    """The NVLinks that a tool lists of one GPU. `all_inactive`: it says so, and lists none."""

    gpu: int
    uuid: Read = ABSENT
    all_inactive: bool = False
    links: tuple[Nvlink, ...] = ()


class Xid(Fact, frozen=True, kw_only=True):
    """One line `NVRM: Xid` of the kernel's log; `at` as the log prints it."""

    code: int
    pci_address: str
    at: str | None
    text: str


class XidLog(Fact, frozen=True, kw_only=True):
    """What a kernel log holds of NVIDIA's driver.

    `first_at` and `last_at` bound what "none found" is about. `from_boot` is whether the log still begins
    with the kernel's first line; `suppressed` whether the kernel says that it left out lines.
    """

    events: tuple[Xid, ...] = ()
    line_count: int
    first_at: str | None = None
    last_at: str | None = None
    from_boot: bool = False
    suppressed: bool = False
    mentions: dict[str, int] = msgspec.field(default_factory=dict)


class DiagnosisResult(Fact, frozen=True, kw_only=True):
    """What one test found on one entity (`GPU`, 3); `entity` is None where the result names none.

    `status` is `pass`, `fail`, `warn`, `skip`, `not_run` or `unknown`. `warnings` make a pass no pass.
    """

    test: str
    category: str = ""
    entity_group: str | None = None
    entity: int | None = None
    status: str
    warnings: tuple[str, ...] = ()
    error_ids: tuple[int, ...] = ()
    error_categories: tuple[int, ...] = ()
    severities: tuple[int, ...] = ()


class Diagnosis(Fact, frozen=True, kw_only=True):
    """All that one run of `dcgmi diag` says. `exit_status` is that of the tool, where it was run by us."""

    version: Read = ABSENT
    driver: Read = ABSENT
    results: tuple[DiagnosisResult, ...] = ()
    device_ids: tuple[str, ...] = ()
    iterations: int = 1
    overall: Read = ABSENT
    exit_status: Read = ABSENT


class CollectivePass(Fact, frozen=True, kw_only=True):
    """One half of a row: out of place, or in place. Bandwidths in decimal GB/s.

    `wrong` is not available where values were not checked.
    """

    time_us: Read = ABSENT
    algbw_gbyte_s: Read = ABSENT
    busbw_gbyte_s: Read = ABSENT
    wrong: Read = ABSENT


class CollectiveRow(Fact, frozen=True, kw_only=True):
    """One message size."""

    size_bytes: int
    count: int
    type: str
    redop: str | None = None
    root: str | None = None
    out_of_place: CollectivePass | None = None
    in_place: CollectivePass | None = None

    @property
    def halves(self) -> tuple[CollectivePass, ...]:
        """Those that were run."""
        return tuple(half for half in (self.out_of_place, self.in_place) if half is not None)

    @property
    def wrongs(self) -> tuple[Read, ...]:
        """The counts of wrong values, one for each half; a row without a half has told nothing."""
        return tuple(half.wrong for half in self.halves) or (ABSENT,)


class Collective(Fact, frozen=True, kw_only=True):
    """One run of a collective's test. `ranks` counts the devices that its header lists.

    `validation` is whether values were checked, as far as header and rows tell: it takes both. `finished` is
    whether the closing lines came. `out_of_bounds` is the closing count of wrong values.
    """

    ranks: Read = ABSENT
    hosts: tuple[str, ...] = ()
    device_models: tuple[str, ...] = ()
    validation: Read = ABSENT
    rows: tuple[CollectiveRow, ...] = ()
    out_of_bounds: Read = ABSENT
    out_of_bounds_ok: Read = ABSENT
    average_busbw_gbyte_s: Read = ABSENT
    nccl_version: Read = ABSENT
    finished: bool = False
    exit_status: Read = ABSENT

    def row(self, size_bytes: int) -> CollectiveRow | None:
        """The row of that size; None where there is none, or several that differ in it."""
        found = [row for row in self.rows if row.size_bytes == size_bytes]
        return found[0] if len(found) == 1 else None
