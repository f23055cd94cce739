"""How fast, and how right, an all-reduce is on the GPUs of some nodes: as fast as its slowest part.

Time of one operation = latency + size x factor / bus bandwidth, factor 2(n-1)/n. On one node the NVLinks do
it, across nodes a ring over every rail: eight times its slowest adapter, link or path from adapter to GPU.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

from bringup.lab import accelerator, physics
from bringup.lab.state import Device, Port
from bringup.lab.state_gpu import Gpu
from bringup.lab.world import World

NODE_BUSBW_GBYTE_S = 476.6
"""Of eight H100 over four NVSwitches with in-network reduction, as measured in public at 8 GiB."""
NODE_LATENCY_US, RING_LATENCY_US = 28.0, 90.0
RAIL_SHARE = 0.8756
"""What a ring gets out of an adapter's line rate: 350 of 8 x 50 GB/s."""
PCIE_SHARE = 0.85
THROUGH_CPU_GBYTE_S = 17.0
"""What an adapter gets where it reaches its GPU through the CPU and not past it."""
LOSS_WEIGHT = 1e5
"""Lost codewords make the transport send whole windows again."""
SPREAD = 0.004


class Pace(NamedTuple):
    """Bus bandwidth that long messages reach, the latency of short ones, and how many GPUs share the work."""

    busbw_gbyte_s: float
    latency_us: float
    ranks: int

    @property
    def factor(self) -> float:
        return 2.0 * (self.ranks - 1) / self.ranks if self.ranks > 1 else 1.0

    def time_us(self, size_bytes: int) -> float:
        """Of one operation."""
        return self.latency_us + size_bytes * self.factor / (self.busbw_gbyte_s * 1e3)


def node_pace(world: World, node: Device, gpus: Sequence[Gpu]) -> Pace:
    """An all-reduce among GPUs of one node."""
    now = world.now()
    slowest = min(accelerator.link_share(gpu) * accelerator.pace(node, gpu, now) for gpu in gpus)
    return Pace(max(NODE_BUSBW_GBYTE_S * slowest, 0.5), NODE_LATENCY_US, len(gpus))


def ring_pace(world: World, nodes: Sequence[Device]) -> Pace:
    """An all-reduce over all GPUs of several nodes whose rails are up."""
    inside = [node_pace(world, node, accelerator.present(node)) for node in nodes]
    rails = [rail_gbyte_s(world, node, port) for node in nodes for port in node.ports]
    count = min(len(node.ports) for node in nodes)
    across = count * min(rails) * RAIL_SHARE
    slowest = min(across, *(each.busbw_gbyte_s for each in inside))
    return Pace(max(slowest, 0.1), RING_LATENCY_US, sum(each.ranks for each in inside))


def rail_gbyte_s(world: World, node: Device, port: Port) -> float:
    """What one adapter carries between its GPU and the network."""
    rate = port.speed_gbps / 8.0
    if port.adapter is not None:
        rate = min(rate, port.adapter.gt_s * port.adapter.width / 8.0 * PCIE_SHARE)
    if node.gpu_stack is not None and not node.gpu_stack.direct_rdma:
        rate = min(rate, THROUGH_CPU_GBYTE_S)
    loss = physics.uncorrectable_probability(world.pre_fec_ber(port.subject) or 0.0)
    return rate / (1.0 + LOSS_WEIGHT * loss)


def rails_down(node: Device) -> list[Port]:
    """Adapters without a link."""
    return [port for port in node.ports if not port.up]


def spread(world: World, node: Device, what: str) -> float:
    """A factor near 1, the same for the same thing asked again in the same boot."""
    dice = random.Random(f"{world.plant.seed}/{node.name}/{node.boots}/{what}")
    return 1.0 + dice.uniform(-SPREAD, SPREAD)


def work(world: World, node: Device, seconds: float) -> None:
    """Let every GPU of a node work for some world seconds from now on."""
    now = world.now()
    for gpu in accelerator.present(node):
        gpu.worked_since, gpu.worked_until = now, now + seconds
