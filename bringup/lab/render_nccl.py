"""What nccl-tests' `all_reduce_perf` prints, alone on a node or under Open MPI's `mpirun` on several.

A rank of a failing test complains as the real one does: a line `Test … failure FILE:LINE 'words'`, then the
way back up; `mpirun` adds its own block. Sizes are powers of the step from `-b` to `-e`.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

import msgspec

from bringup.lab import accelerator
from bringup.lab.collective import Pace, node_pace, rails_down, ring_pace, spread, work
from bringup.lab.shell import Reply
from bringup.lab.state import Device
from bringup.lab.state_gpu import Gpu
from bringup.lab.world import World

PROGRAM = "all_reduce_perf"
FLOAT_BYTES = 4
WARMUPS = 5
PID = 66400
NODE_START_S, RING_START_S, CHECK_S = 4.0, 12.0, 6.0
CUDA_FAILED, NCCL_FAILED = 2, 3
RULE = "-" * 74 + "\n"
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


class Options(msgspec.Struct, frozen=True):
    """The options of one call."""

    first: int = 32 << 20
    last: int = 32 << 20
    factor: int = 2
    gpus: int = 1
    check: bool = True
    iterations: int = 20

    def sizes(self) -> list[int]:
        found, size = [], max(self.first, FLOAT_BYTES)
        while size <= self.last:
            found.append(size)
            size *= max(self.factor, 2)
        return found


def options(words: Sequence[str]) -> Options | None:
    """Of `-b 8M -e 8G -f 2 -g 8 -c 1 -n 20`; None for what the lab's build does not know."""
    names = {"-b": "first", "-e": "last", "-f": "factor", "-g": "gpus", "-c": "check", "-n": "iterations"}
    given: dict[str, int] = {}
    for flag, text in zip(words[::2], words[1::2], strict=False):
        number = re.fullmatch(r"(\d+)([KMG]?)", text)
        if flag not in names or number is None:
            return None
        given[names[flag]] = int(number.group(1)) * _UNITS[number.group(2)]
    if len(words) % 2:
        return None
    checked = bool(given.pop("check", 1))
    return Options(**given, check=checked)


def alone(world: World, node: Device, words: Sequence[str]) -> Reply:
    """`all_reduce_perf OPTIONS` on one node."""
    asked = options(words)
    if asked is None:
        return Reply("", "USAGE: all_reduce_perf \n\t[-t,--nthreads <num threads>] \n", 1)
    found = accelerator.present(node)
    header = _header(asked, [(node, index) for index in range(asked.gpus)])
    if asked.gpus > len(found):
        return _no_device(node, header)
    gpus = found[: asked.gpus]
    pace = node_pace(world, node, gpus)
    return _measured(world, [node], asked, header, pace, gpus)


def across(world: World, node: Device, words: Sequence[str]) -> Reply:
    """`mpirun … --host A:8,B:8 … all_reduce_perf OPTIONS`, asked of `node`."""
    hosts = dict(re.findall(r"([\w.-]+):(\d+)", words[words.index("--host") + 1]))
    asked = options(words[words.index(PROGRAM) + 1 :])
    if asked is None:
        return Reply("", "USAGE: all_reduce_perf \n\t[-t,--nthreads <num threads>] \n" + _aborted(0, 1), 1)
    known = {device.hostname: device for device in world.devices if device.host is not None}
    for name in hosts:
        if name not in known:
            return _not_started(f"ssh: Could not resolve hostname {name}: Name or service not known")
        if known[name] is not node and not world.answering(known[name].name):
            return _not_started(f"ssh: connect to host {name} port 22: No route to host")
    nodes = [known[name] for name in hosts]
    ranks = [(known[name], index) for name, count in hosts.items() for index in range(int(count))]
    return _launched(world, nodes, asked, ranks)


def _launched(world: World, nodes: list[Device], asked: Options, ranks: list[tuple[Device, int]]) -> Reply:
    header = _header(asked, ranks)
    for number, (device, index) in enumerate(ranks):
        if index >= len(accelerator.present(device)):
            return _no_device(device, header, number)
    if len(nodes) == 1:
        found = accelerator.present(nodes[0])[: len(ranks)]
        pace = node_pace(world, nodes[0], found)
        return _measured(world, nodes, asked, header, pace, found)
    for device in nodes:
        if rails_down(device):
            number = next(place for place, (each, _) in enumerate(ranks) if each is device)
            return _no_network(device, header, number)
    gpus = [gpu for device in nodes for gpu in accelerator.present(device)]
    return _measured(world, nodes, asked, header, ring_pace(world, nodes), gpus)


# tables


def _header(asked: Options, ranks: list[tuple[Device, int]]) -> str:
    text = (
        f"# nThread 1 nGpus {asked.gpus} minBytes {asked.first} maxBytes {asked.last}"
        f" step: {asked.factor}(factor) warmup iters: {WARMUPS} iters: {asked.iterations}"
        f" agg iters: 1 validation: {int(asked.check)} graph: 0\n#\n# Using devices\n"
    )
    for rank, (device, index) in enumerate(ranks):
        found = accelerator.present(device)
        if index < len(found):
            pid = PID + (rank if asked.gpus == 1 else 0)
            bus = found[index].pci_address.split(":")[1].lower()
            text += (
                f"#  Rank {rank:>2} Group  0 Pid {pid:>6} on {device.hostname:>10}"
                f" device {index:>2} [0x{bus}] {found[index].model}\n"
            )
    return text + "#\n"


COLUMNS = (
    f"#{'out-of-place':>74}{'in-place':>31}          \n"
    "#       size         count      type   redop    root     time   algbw   busbw #wrong     time   algbw"
    "   busbw #wrong\n"
    "#        (B)    (elements)                               (us)  (GB/s)  (GB/s)            (us)  (GB/s)"
    "  (GB/s)       \n"
)


def _measured(
    world: World, nodes: list[Device], asked: Options, header: str, pace: Pace, gpus: Sequence[Gpu]
) -> Reply:
    rows, bandwidths, bad, spent_us = "", [], 0, 0.0
    for size in asked.sizes():
        wrong = _wrong_elements(size, gpus)
        rows += f"{size:>12}  {size // FLOAT_BYTES:>12}  {'float':>8}  {'sum':>6}  {-1:>6}"
        for half in ("out-of-place", "in-place"):
            time_us = pace.time_us(size) / spread(world, nodes[0], f"{size}/{half}/{len(nodes)}")
            bandwidths.append(size / time_us / 1e3 * pace.factor)
            rows += _half(size, time_us, bandwidths[-1], wrong if asked.check else None)
            spent_us += time_us * (asked.iterations + WARMUPS)
            bad += asked.check and wrong > 0
        rows += "\n"
    mean = sum(bandwidths) / len(bandwidths) if bandwidths else 0.0
    footer = f"# Out of bounds values : {bad} {'FAILED' if bad else 'OK'}\n"
    footer += f"# Avg bus bandwidth    : {mean:g} \n#\n\n"
    takes_s = _start_s(nodes) + spent_us / 1e6 + (CHECK_S if asked.check else 0.0)
    for node in nodes:
        work(world, node, takes_s)
    trouble = _aborted(0, 1) if bad and len(nodes) > 1 else ""
    return Reply(header + COLUMNS + rows + footer, trouble, 1 if bad else 0, takes_s)


def _start_s(nodes: list[Device]) -> float:
    return RING_START_S if len(nodes) > 1 else NODE_START_S


def _wrong_elements(size: int, gpus: Sequence[Gpu]) -> int:
    """A quarter of what passes through a GPU that miscomputes comes out wrong."""
    return size // FLOAT_BYTES * sum(gpu.miscomputes for gpu in gpus) // (4 * len(gpus))


def _half(size: int, time_us: float, busbw: float, wrong: int | None) -> str:
    time = (
        f"{time_us:.2f}" if time_us < 100.0 else f"{time_us:.1f}" if time_us < 10_000.0 else f"{time_us:.0f}"
    )
    counted = "N/A" if wrong is None else f"{wrong:g}"
    return f"  {time:>7}  {size / time_us / 1e3:>6.2f}  {busbw:>6.2f}  {counted:>5}"


# failures


def _no_device(node: Device, header: str, rank: int | None = None) -> Reply:
    """A rank asks for a GPU that the driver does not have."""
    pid = PID + (rank or 0)
    text = (
        f"{node.hostname}: Test CUDA failure common.cu:1008 'invalid device ordinal'\n"
        f" .. {node.hostname} pid {pid}: Test failure common.cu:891\n"
    )
    return _failed(header, text, rank, CUDA_FAILED)


def _no_network(node: Device, header: str, rank: int) -> Reply:
    """An adapter without a link: the transport can't be set up."""
    pid = PID + rank
    text = (
        f"{node.hostname}: Test NCCL failure common.cu:1005 'unhandled system error (run with NCCL_DEBUG=INFO"
        " for details) / '\n"
        f" .. {node.hostname} pid {pid}: Test failure common.cu:891\n"
    )
    return _failed(header, text, rank, NCCL_FAILED)


def _failed(header: str, text: str, rank: int | None, status: int) -> Reply:
    trouble = "" if rank is None else _aborted(rank, status)
    return Reply(header + text, trouble, status, NODE_START_S)


def _aborted(rank: int, status: int) -> str:
    """Open MPI's block after a rank has gone."""
    return (
        f"{RULE}Primary job  terminated normally, but 1 process returned\n"
        f"a non-zero exit code. Per user-direction, the job has been aborted.\n{RULE}{RULE}"
        "mpirun detected that one or more processes exited with non-zero status, thus causing\n"
        "the job to be terminated. The first process to do so was:\n\n"
        f"  Process name: [[40211,1],{rank}]\n  Exit code:    {status}\n{RULE}"
    )


def _not_started(why: str) -> Reply:
    """Open MPI can't start its daemon on a host."""
    text = f"{why}\n{RULE}ORTE was unable to reliably start one or more daemons.\n{RULE}"
    return Reply("", text, 1, 3.0)


def split(command: str) -> list[str]:
    """Words of a command line; empty where quotes are left open."""
    try:
        return shlex.split(command)
    except ValueError:
        return []
