"""What there is of accelerators in the simulated rack: plain mutable records, as in `bringup.lab.state`.

Counts of errors are what the part shows after a boot; times are world time.
"""

from __future__ import annotations

import msgspec

NVLINKS = 18
NVLINK_GBYTE_S, NVLINK_5_GBYTE_S = 26.562, 53.125
"""Of one link, in the fourth generation and in the fifth."""


class Xid(msgspec.Struct, kw_only=True):
    """A message of the driver about a GPU: what it says from `at` on, or from its next boot if it is off."""

    number: int
    text: str
    at: float


class NvLink(msgspec.Struct, kw_only=True):
    """One NVLink of a GPU; the baseboard's switch is at its other end."""

    up: bool = True
    crc_errors: int = 0
    replays: int = 0


class Gpu(msgspec.Struct, kw_only=True):
    """One GPU of a node, by the place (`index`) where it sits.

    `enumerates` False: the board does not find it on PCIe. `power_brake`: the board holds the brake signal.
    `airflow`: share of the air that it should get. `miscomputes`: its arithmetic units give wrong sums.
    `worked_since`, `worked_until`: its last work, in world time. Volatile error counts are those since the
    driver came up; `remap_pending` waits for a reset.
    """

    index: int
    model: str
    serial: str
    uuid: str
    vbios: str
    pci_address: str
    enumerates: bool = True
    width: int = 16
    generation: int = 5
    links: list[NvLink] = msgspec.field(default_factory=lambda: [NvLink() for _ in range(NVLINKS)])
    dram_corrected: int = 0
    dram_uncorrected: int = 0
    sram_corrected: int = 0
    sram_uncorrected: int = 0
    remapped_rows: int = 0
    remap_pending: bool = False
    remap_failed: bool = False
    power_brake: bool = False
    airflow: float = 1.0
    rise_c: float = 12.0
    idle_w: float = 72.0
    miscomputes: bool = False
    worked_since: float = 0.0
    worked_until: float = 0.0
    xids: list[Xid] = msgspec.field(default_factory=list)

    @property
    def nvlink_gbyte_s(self) -> float:
        """The rate of one of its links."""
        return NVLINK_5_GBYTE_S if "B200" in self.model or "B300" in self.model else NVLINK_GBYTE_S


class GpuStack(msgspec.Struct, kw_only=True):
    """The software beside the GPUs of a node. `direct_rdma` False: adapters reach GPUs through the CPU."""

    driver: str = "550.127.05"
    cuda: str = "12.4"
    dcgm: str = "4.2.3"
    nccl: str = "2.21.5+cuda12.4"
    direct_rdma: bool = True
