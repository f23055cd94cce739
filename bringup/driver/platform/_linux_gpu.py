"""Accelerators of a Linux host, by the tools that are installed on it: nvidia-smi, dcgmi, dmesg, nccl-tests.

A tool that is not there gives no data, with advice, and so does one that can't reach its driver or daemon. A
diagnosis and a collective have deadlines of their own: the step's is the one that a playbook states.
"""

from __future__ import annotations

import re
from types import MappingProxyType

import msgspec

from bringup.decode.dcgm_diag import DIAG
from bringup.decode.nccl_text import NCCL_TEXT
from bringup.decode.nvidia_nvlink import NVLINK_ERRORS, NVLINK_STATUS
from bringup.decode.nvidia_smi_xml import SMI_XML
from bringup.decode.xid_dmesg import DMESG
from bringup.driver.reading import Command, NotPermitted, facts_of, read
from bringup.driver.told import fact, facts
from bringup.model.errors import DeviceError, InputError, NoData, Unparsable
from bringup.model.facts import Decoded
from bringup.model.facts_gpu import Accelerator, Collective, Diagnosis, Nvlink, NvlinkPorts, XidLog
from bringup.model.inventory import Device
from bringup.model.measurement import value
from bringup.transport.base import CommandResult, Links

SMI_DEADLINE_S = 60.0
"""Without persistence mode the driver starts each GPU first: seconds each."""
SNAPSHOT = Command(text="nvidia-smi -q -x", format=SMI_XML, deadline_s=SMI_DEADLINE_S)
LINK_RATES = Command(text="nvidia-smi nvlink -s", format=NVLINK_STATUS, deadline_s=SMI_DEADLINE_S)
LINK_ERRORS = Command(text="nvidia-smi nvlink -e", format=NVLINK_ERRORS, deadline_s=SMI_DEADLINE_S)
KERNEL_LOG = Command(text="dmesg --time-format iso", format=DMESG)
DIAGNOSIS_S = MappingProxyType({1: 300.0, 2: 1800.0, 3: 7200.0, 4: 4 * 3600.0})
"""What each level may take at most: several times what NVIDIA says that it takes."""
COLLECTIVE_S = 3600.0
PROGRAMS = MappingProxyType(
    {
        "all_reduce": "all_reduce_perf",
        "all_gather": "all_gather_perf",
        "reduce_scatter": "reduce_scatter_perf",
        "all_to_all": "alltoall_perf",
        "broadcast": "broadcast_perf",
        "reduce": "reduce_perf",
        "send_recv": "sendrecv_perf",
    }
)
_SIZE = re.compile(r"[0-9]{1,15}[KMG]?")
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}[A-Za-z0-9_])?")
_WORD = re.compile(r"[A-Za-z0-9_^,]{1,60}")
_NO_GPU = b"No devices were found"
_UNREACHED = re.compile(
    r"couldn't communicate with the NVIDIA driver|failed to initialize NVML|driver/library version mismatch"
    r"|unable to (?:establish a connection|connect)|host engine is not running",
    re.IGNORECASE,
)
GET = MappingProxyType(
    {
        "nvidia-smi": "Install NVIDIA's driver with its tools, and see that its module is loaded.",
        "dcgmi": "Install NVIDIA's DCGM (datacenter-gpu-manager) and start its service nv-hostengine.",
        "all_reduce_perf": "Install nccl-tests so that its programs are in the user's path.",
        "mpirun": "Install Open MPI, the same release on every node, with SSH between the nodes.",
        "dmesg": "Let the user read the kernel's log: sudo for dmesg, or kernel.dmesg_restrict=0.",
    }
)


class LinuxAccelerators:
    """The part of the Linux driver that is about accelerators."""

    _device: Device
    _links: Links

    async def accelerators(self) -> tuple[Accelerator, ...]:
        """Every GPU that the driver lists; none where it says that there is none.

        Raises:
            Unparsable: it lists another number of GPUs than it says are attached.
        """
        result = await self._run(SNAPSHOT)
        if result.stdout.strip() == _NO_GPU:
            return ()
        decoded = SMI_XML.decode(result.stdout)
        if decoded.outcome == "no_data" and "host" in decoded.facts:
            return ()
        decoded = self._decoded(SNAPSHOT, result)
        found, host = decoded.facts["accelerators"], decoded.facts["host"]
        assert isinstance(found, tuple) and isinstance(host, dict)
        if host["attached"] not in (None, len(found)):
            raise Unparsable(
                f"{self._device.name}: nvidia-smi says that {host['attached']} GPUs are attached and lists"
                f" {len(found)}",
                "A part of its answer is missing: ask by hand, and look into the kernel's log.",
            )
        return tuple(one for one in found if isinstance(one, Accelerator))

    async def nvlinks(self) -> tuple[NvlinkPorts, ...]:
        """The NVLinks of every GPU: rates, and the error counters where the tool tells them."""
        rates = facts(self._decoded(LINK_RATES, await self._run(LINK_RATES)), "nvlinks", NvlinkPorts)
        try:
            counted = facts(self._decoded(LINK_ERRORS, await self._run(LINK_ERRORS)), "nvlinks", NvlinkPorts)
        except (NoData, Unparsable):
            counted = ()
        errors = {(port.gpu, link.index): link for port in counted for link in port.links}
        return tuple(
            msgspec.structs.replace(
                port,
                links=tuple(_with_errors(link, errors.get((port.gpu, link.index))) for link in port.links),
            )
            for port in rates
        )

    async def xids(self) -> XidLog:
        """What the kernel's log holds of the GPU driver's errors.

        Raises:
            NoData: this user may not read it.
        """
        try:
            decoded = await read(await self._links.shell(), KERNEL_LOG, device=self._device.name)
        except NotPermitted:
            decoded = await self._xids_as_root()
        return fact(decoded, "log", XidLog)

    async def _xids_as_root(self) -> Decoded:
        as_root = msgspec.structs.replace(KERNEL_LOG, text=f"sudo -n {KERNEL_LOG.text}")
        try:
            return await read(await self._links.shell(), as_root, device=self._device.name)
        except (NotPermitted, NoData) as error:
            raise NoData(error.message, GET["dmesg"]) from None

    async def diagnose(self, level: float) -> Diagnosis:
        """One run of `dcgmi diag`; its exit status goes with it, whatever the results are.

        Raises:
            InputError: there is no such level.
        """
        number = int(level)
        if number not in DIAGNOSIS_S or number != level:
            raise InputError(f"dcgmi has no level {level:g}", "There are 1, 2, 3 and 4.")
        text = f"dcgmi diag -r {number} --json"
        command = Command(text=text, format=DIAG, deadline_s=DIAGNOSIS_S[number])
        result = await self._run(command)
        made = fact(self._decoded(command, result), "diagnosis", Diagnosis)
        return msgspec.structs.replace(made, exit_status=value(result.exit_status))

    async def collective(
        self, name: str, smallest: str, largest: str, iterations: float, gpus: float
    ) -> Collective:
        """A collective over the GPUs of this host, results checked (`-c 1`)."""
        program = _program(name)
        return await self._collective(
            f"{program} {_range(smallest, largest)} -g {int(gpus)} -c 1 -n {int(iterations)}"
        )

    async def collective_across(
        self,
        name: str,
        smallest: str,
        largest: str,
        iterations: float,
        peers: str,
        algorithm: str,
    ) -> Collective:
        """A collective over several hosts, one rank a GPU; `peers` are `host:gpus`, with commas between.

        All hosts give the same number of GPUs.
        """
        hosts = dict(_peer(each) for each in peers.split(","))
        each = set(hosts.values())
        if len(each) != 1 or len(hosts) != len(peers.split(",")):
            raise InputError(f"{peers[:80]!r}: hosts with the same number of GPUs, each once")
        if algorithm and not _WORD.fullmatch(algorithm):
            raise InputError(f"{algorithm[:40]!r} is no algorithm of NCCL", "RING, TREE, NVLS …")
        gpus = each.pop()
        said = f" -x NCCL_ALGO={algorithm}" if algorithm else ""
        return await self._collective(
            f"mpirun --allow-run-as-root -np {gpus * len(hosts)} --host {peers} --map-by ppr:{gpus}:node"
            f"{said} {_program(name)} {_range(smallest, largest)} -g 1 -c 1 -n {int(iterations)}"
        )

    async def _collective(self, text: str) -> Collective:
        command = Command(text=text, format=NCCL_TEXT, deadline_s=COLLECTIVE_S)
        result = await self._run(command)
        made = fact(self._decoded(command, result), "collective", Collective)
        return msgspec.structs.replace(made, exit_status=value(result.exit_status))

    async def _run(self, command: Command) -> CommandResult:
        """Run a tool.

        Raises:
            NoData: it is not there, or can't reach its driver or daemon.
        """
        shell = await self._links.shell()
        result = await shell.run(command.text, deadline_s=command.deadline_s)
        tool = command.text.split()[0]
        said = (result.stderr + result.stdout)[:4096].decode("utf-8", errors="replace")
        if result.exit_status == 127 or _UNREACHED.search(said):
            last = ascii(said.strip().splitlines()[-1][:160]) if said.strip() else "nothing"
            missing = next((name for name in GET if name in last), tool)
            raise NoData(
                f"{self._device.name}: `{command.text}` ended with status {result.exit_status}"
                f" and said {last}",
                GET.get(missing, GET["all_reduce_perf"]),
            )
        return result

    def _decoded(self, command: Command, result: CommandResult) -> Decoded:
        """The reply decoded; a complaint of the tool stands in the error where there is one."""
        try:
            return facts_of(command.format, result.stdout, device=self._device.name, request=command.text)
        except DeviceError as error:
            said = result.stderr.decode("utf-8", errors="replace").strip().splitlines()
            if result.exit_status == 0 or not said:
                raise
            message = f"{error.message}; status {result.exit_status}, it said {said[-1][:160]!a}"
            raise type(error)(message, error.advice) from None


def _with_errors(link: Nvlink, counted: Nvlink | None) -> Nvlink:
    return msgspec.structs.replace(link, errors=counted.errors) if counted is not None else link


def _program(name: str) -> str:
    if name not in PROGRAMS:
        raise InputError(f"no collective is called {name[:40]!r}", f"There are {', '.join(PROGRAMS)}.")
    return PROGRAMS[name]


def _range(smallest: str, largest: str) -> str:
    for size in (smallest, largest):
        if not _SIZE.fullmatch(size):
            raise InputError(f"{size[:40]!r} is no message size", "Write 8M or 8G.")
    return f"-b {smallest} -e {largest} -f 2"


def _peer(text: str) -> tuple[str, int]:
    host, colon, gpus = text.rpartition(":")
    if not colon or not _HOST.fullmatch(host) or not gpus.isdecimal() or not 0 < int(gpus) <= 256:
        raise InputError(f"{text[:80]!r} is no host with its number of GPUs", "Write node-01:8.")
    return host, int(gpus)
