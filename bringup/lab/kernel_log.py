"""The kernel log of a server as `dmesg` prints it: the boot, the GPU driver coming up, its complaints."""

from __future__ import annotations

import datetime

from bringup.lab import accelerator
from bringup.lab.shell import Reply
from bringup.lab.state import Device
from bringup.lab.world import World


def kernel_log(world: World, node: Device) -> Reply:
    """`dmesg --time-format iso`: the boot, the driver's first words, and every Xid since."""
    now, booted = world.now(), node.boot_started_at
    if booted is None:
        return Reply("")
    said = [
        (booted, f"Linux version {node.kernel} (buildd@lab) (gcc 11.4.0)"),
        (booted + 0.4, f"DMI: {node.vendor} {node.model}, BIOS {node.firmware.get('bios', '')}"),
    ]
    if node.gpu_stack is not None:
        loaded = f"NVRM: loading NVIDIA UNIX x86_64 Kernel Module  {node.gpu_stack.driver}"
        said.append((booted + accelerator.DRIVER_UP_S, loaded))
    for gpu in node.gpus:
        bus = gpu.pci_address.split(":")[1].lower()
        said += [
            (at, f"NVRM: Xid (PCI:0000:{bus}:00): {xid.number}, {xid.text}")
            for at, xid in accelerator.messages(node, gpu, now)
        ]
    return Reply("".join(f"{_stamp(world, node, at)} {text}\n" for at, text in sorted(said)))


def _stamp(world: World, node: Device, at: float) -> str:
    moment = datetime.datetime.fromtimestamp(world.wall_of(node.name, at), datetime.UTC)
    return moment.isoformat(timespec="microseconds").replace(".", ",")
