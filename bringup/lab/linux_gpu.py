"""The accelerator tools among a server's commands; a server without accelerators has none of them."""

from __future__ import annotations

from bringup.lab import render_dcgm, render_nccl, render_nvidia
from bringup.lab.kernel_log import kernel_log
from bringup.lab.shell import Handler, Reply, not_found
from bringup.lab.state import Device
from bringup.lab.world import World


class GpuTools:
    """The commands of one server."""

    def __init__(self, world: World, device: str) -> None:
        self._world = world
        self._device = device

    def table(self) -> dict[str, Handler]:
        """Pattern -> handler, for the server's shell."""
        perf, words = render_nccl.PROGRAM, r"(?P<words>.*)"
        return {
            r"nvidia-smi (-q -x|-x -q)": lambda: self._tool(
                "nvidia-smi", lambda node: render_nvidia.query_xml(self._world, node)
            ),
            r"nvidia-smi nvlink (-s|--status)": lambda: self._tool("nvidia-smi", render_nvidia.nvlink_status),
            r"nvidia-smi nvlink (-e|--errorcounters)": lambda: self._tool(
                "nvidia-smi", render_nvidia.nvlink_errors
            ),
            r"dcgmi (--version|-v)": lambda: self._tool("dcgmi", render_dcgm.version),
            r"dcgmi diag -r (?P<level>[12]) (--json|-j)": self._diagnose,
            r"dmesg (--time-format|--time-format=)? ?iso": self._kernel_log,
            rf"(?:\S+/)?{perf}(?: {words})?": self._alone,
            rf"mpirun (?P<words>.*\b{perf}\b.*)": self._across,
        }

    def _tool(self, name: str, make: Handler) -> Reply:
        node = self._node
        return make(node) if node.gpu_stack is not None else not_found(name)

    @property
    def _node(self) -> Device:
        return self._world.device(self._device)

    def _diagnose(self, level: str) -> Reply:
        return self._tool("dcgmi", lambda node: render_dcgm.diagnose(self._world, node, int(level)))

    def _kernel_log(self) -> Reply:
        return kernel_log(self._world, self._node)

    def _alone(self, words: str | None) -> Reply:
        asked = render_nccl.split(words or "")
        return self._tool(render_nccl.PROGRAM, lambda node: render_nccl.alone(self._world, node, asked))

    def _across(self, words: str) -> Reply:
        asked = render_nccl.split(words)
        if "--host" not in asked or render_nccl.PROGRAM not in asked:
            return Reply("", "mpirun: this lab knows only --host and all_reduce_perf\n", 1)
        return self._tool("mpirun", lambda node: render_nccl.across(self._world, node, asked))
