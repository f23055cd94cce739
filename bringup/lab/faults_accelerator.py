"""What can be wrong with GPUs, and with what they do together."""

from __future__ import annotations

import random
from collections.abc import Iterator

import msgspec

from bringup.lab.fault_kind import FaultKind, Memo, no_value, number, word
from bringup.lab.state import Device
from bringup.lab.state_gpu import Gpu, NvLink, Xid
from bringup.lab.world import World

STARVED_AIRFLOW = 0.18
GPU, LINK = "gpu-", "#nvlink-"


def _all_gpus(world: World) -> Iterator[tuple[Device, Gpu]]:
    for device in world.devices:
        for gpu in device.gpus:
            yield device, gpu


def _gpus(world: World) -> list[str]:
    return [f"{device.name}/{GPU}{gpu.index}" for device, gpu in _all_gpus(world)]


def _gpu(world: World, subject: str) -> Gpu:
    device, _, part = subject.partition("#")[0].partition("/")
    return world.device(device).gpus[int(part.removeprefix(GPU))]


def _say(world: World, gpu: Gpu, *said: tuple[int, str]) -> None:
    """The driver's messages, from now on, or from its next boot on if the node is off."""
    at = world.plant.at
    gpu.xids += [
        Xid(number=code, text=f"pid='<unknown>', name=<unknown>, {text}", at=at) for code, text in said
    ]


# one GPU


def _lose(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    no_value("gpu-missing", value)
    _gpu(world, subject).enumerates = False
    return {}


def _find(world: World, subject: str, memo: Memo) -> None:
    _gpu(world, subject).enumerates = True


def _weaken(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    """A row of its memory gives double-bit errors; the driver wants to map it out at the next reset."""
    count = int(number("gpu-ecc", value, 2, 1, 10_000))
    gpu = _gpu(world, subject)
    before: Memo = {"gpu": msgspec.to_builtins(gpu)}
    gpu.dram_uncorrected += count
    gpu.remapped_rows, gpu.remap_pending = gpu.remapped_rows + 1, True
    _say(
        world,
        gpu,
        (48, "DBE (double bit error) in FB, partition 3"),
        (63, "Row Remapper: new row marked for remapping, reset gpu to activate."),
    )
    return before


def _renew(world: World, subject: str, memo: Memo) -> None:
    old, gpu = msgspec.convert(memo["gpu"], Gpu), _gpu(world, subject)
    gpu.dram_uncorrected, gpu.remapped_rows = old.dram_uncorrected, old.remapped_rows
    gpu.remap_pending, gpu.xids = old.remap_pending, old.xids


def _nvlinks(world: World) -> list[str]:
    return [
        f"{device.name}/{GPU}{gpu.index}{LINK}{number_}"
        for device, gpu in _all_gpus(world)
        for number_ in range(len(gpu.links))
    ]


def _nvlink(world: World, subject: str) -> NvLink:
    return _gpu(world, subject).links[int(subject.partition(LINK)[2])]


def _drop_link(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    no_value("nvlink-down", value)
    gpu, link = _gpu(world, subject), _nvlink(world, subject)
    before: Memo = {"link": msgspec.to_builtins(link), "xids": msgspec.to_builtins(gpu.xids)}
    link.up, link.crc_errors = False, link.crc_errors + dice.randrange(200, 4000)
    place = subject.partition(LINK)[2]
    _say(world, gpu, (74, f"NVLink: fatal error detected on link {place}"))
    return before


def _raise_link(world: World, subject: str, memo: Memo) -> None:
    gpu, link = _gpu(world, subject), _nvlink(world, subject)
    old = msgspec.convert(memo["link"], NvLink)
    link.up, link.crc_errors = old.up, old.crc_errors
    gpu.xids = msgspec.convert(memo["xids"], list[Xid])


def _slow_down(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    how = word("gpu-throttled", value, "brake", ("brake", "heat"))
    gpu = _gpu(world, subject)
    before = {"power_brake": gpu.power_brake, "airflow": gpu.airflow}
    if how == "brake":
        gpu.power_brake = True
    else:
        gpu.airflow = STARVED_AIRFLOW
    return before


def _let_run(world: World, subject: str, memo: Memo) -> None:
    gpu = _gpu(world, subject)
    gpu.power_brake, gpu.airflow = memo["power_brake"], memo["airflow"]


# together


def _gpu_nodes(world: World) -> list[str]:
    return [device.name for device in world.devices if device.gpu_stack is not None]


def _reach_round(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    no_value("slow-collective", value)
    stack = world.device(subject).gpu_stack
    if stack is not None:
        stack.direct_rdma = False
    return {}


def _reach_directly(world: World, subject: str, memo: Memo) -> None:
    stack = world.device(subject).gpu_stack
    if stack is not None:
        stack.direct_rdma = True


def _miscompute(world: World, subject: str, value: str | None, dice: random.Random) -> Memo:
    gpus = world.device(subject).gpus
    index = int(number("wrong-result", value, dice.randrange(len(gpus)), 0, len(gpus) - 1))
    gpus[index].miscomputes = True
    return {"index": index}


def _compute(world: World, subject: str, memo: Memo) -> None:
    world.device(subject).gpus[memo["index"]].miscomputes = False


KINDS = (
    FaultKind(
        name="gpu-missing",
        about="A GPU does not enumerate: the node's driver finds one fewer, and counts those behind it anew.",
        subject_kind="gpu",
        stage="accelerators",
        step="count",
        verdict="FAIL",
        remedy="replace-gpu-or-reseat",
        masks=True,
        usual=_gpus,
        allowed=_gpus,
        apply=_lose,
        mend=_find,
    ),
    FaultKind(
        name="gpu-ecc",
        about="A row of a GPU's memory gives errors that can't be corrected, and waits for a reset.",
        args={"value": "how many (default 2)"},
        subject_kind="gpu",
        stage="accelerators",
        step="ecc",
        verdict="FAIL",
        remedy="reset-gpu-and-retest",
        usual=_gpus,
        allowed=_gpus,
        apply=_weaken,
        mend=_renew,
    ),
    FaultKind(
        name="nvlink-down",
        about="One NVLink between a GPU and the baseboard's switches is down.",
        subject_kind="nvlink",
        stage="accelerators",
        step="nvlink",
        verdict="FAIL",
        remedy="reseat-gpu-baseboard-nvlink",
        usual=_nvlinks,
        allowed=_nvlinks,
        apply=_drop_link,
        mend=_raise_link,
    ),
    FaultKind(
        name="gpu-throttled",
        about="The hardware slows a GPU down: the board holds its power brake, or it gets no air.",
        args={"value": "brake (default) or heat"},
        subject_kind="gpu",
        stage="accelerators",
        step="throttle",
        verdict="FAIL",
        remedy="check-gpu-cooling-and-power",
        usual=_gpus,
        allowed=_gpus,
        apply=_slow_down,
        mend=_let_run,
    ),
    FaultKind(
        name="slow-collective",
        about="A node's adapters reach its GPUs through the CPU: any ring that it is in goes at its pace.",
        subject_kind="device",
        stage="collectives",
        step="all_reduce",
        verdict="FAIL",
        remedy="find-slow-member",
        usual=_gpu_nodes,
        allowed=_gpu_nodes,
        apply=_reach_round,
        mend=_reach_directly,
    ),
    FaultKind(
        name="wrong-result",
        about="A GPU of a node gives wrong sums without any error message.",
        args={"value": "which GPU, from 0 (default: the seed picks one)"},
        subject_kind="device",
        stage="collectives",
        step="node_all_reduce",
        verdict="FAIL",
        remedy="quarantine-and-localise",
        usual=_gpu_nodes,
        allowed=_gpu_nodes,
        apply=_miscompute,
        mend=_compute,
    ),
)
