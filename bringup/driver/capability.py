"""Capabilities: what a driver may be able to do. A driver has one by having its method.

Every read raises a `DeviceError` (unreachable, refused, timeout, unparsable, no data) and never returns an
empty answer for a damaged one. Names in comments are those of `bringup probe DEVICE CAPABILITY`.
"""

from __future__ import annotations

from typing import Literal, Protocol, runtime_checkable

from bringup.driver.module_memory import ModuleMemory
from bringup.model.facts import (
    Adapter,
    Attached,
    BmcTask,
    Bundle,
    Clock,
    Environment,
    Exercise,
    FecCounters,
    FirmwareState,
    HostPower,
    Identity,
    Inlet,
    LeakDetector,
    Neighbor,
    Optic,
    Outlet,
    Port,
    Processor,
    Trial,
)
from bringup.model.facts_flow import FlowControl
from bringup.model.facts_gpu import Accelerator, Collective, Diagnosis, NvlinkPorts, XidLog
from bringup.model.facts_module import Loopback, Loopbacks, PatternTest, Role, Side, Transmitters
from bringup.model.facts_module_state import ModuleState
from bringup.model.facts_nic import NicHealth, RdmaPort
from bringup.model.facts_port import PortPlan
from bringup.model.measurement import Read


@runtime_checkable
class Identifies(Protocol):  # identity
    async def identity(self) -> Identity: ...


@runtime_checkable
class TellsTime(Protocol):  # clock
    async def clock(self) -> Clock: ...


@runtime_checkable
class HasEnvironment(Protocol):  # environment
    async def environment(self) -> Environment: ...


@runtime_checkable
class HasPorts(Protocol):  # ports
    async def ports(self) -> tuple[Port, ...]: ...


@runtime_checkable
class HasOptics(Protocol):  # optics
    async def optics(self) -> tuple[Optic, ...]: ...


@runtime_checkable
class TellsModuleStates(Protocol):  # module-states
    async def module_states(self) -> tuple[ModuleState, ...]:
        """Ports with a module. On hosts it is read from the modules themselves, which clears their latched
        flags (field rule 8, `consuming`)."""
        ...


@runtime_checkable
class ReadsModules(Protocol):
    async def module_memory(self, port: str) -> ModuleMemory:
        """The whole memory of one module, page by page: `consuming` on hosts, `exclusive` on switches, whose
        own daemon reads it too (field rule 8).
        """
        ...


@runtime_checkable
class CountsFec(Protocol):  # fec
    async def fec_counters(self) -> tuple[FecCounters, ...]: ...


@runtime_checkable
class ControlsFlow(Protocol):  # flow
    async def flow_control(self) -> tuple[FlowControl, ...]: ...


@runtime_checkable
class SeesNeighbors(Protocol):  # neighbors
    async def neighbors(self) -> tuple[Neighbor, ...]: ...


@runtime_checkable
class SeesAttached(Protocol):  # attached
    async def attached(self) -> tuple[Attached, ...]: ...


@runtime_checkable
class DetectsLeaks(Protocol):  # leaks
    async def leak_detectors(self) -> tuple[LeakDetector, ...]: ...


@runtime_checkable
class HasOutlets(Protocol):  # outlets
    async def outlets(self) -> tuple[Outlet, ...]: ...


@runtime_checkable
class HasInlets(Protocol):  # inlets
    async def inlets(self) -> tuple[Inlet, ...]: ...


@runtime_checkable
class SwitchesOutlets(Protocol):
    async def switch_outlet(self, index: int, to: Literal["on", "off", "cycle"]) -> None: ...


@runtime_checkable
class PowersHost(Protocol):  # host-power
    async def host_power(self) -> HostPower: ...

    async def reset_host(self, reset_type: str) -> None:
        """`reset_type` is Redfish's: On, ForceOff, GracefulShutdown, ForceRestart, PowerCycle."""
        ...


@runtime_checkable
class SwitchesPorts(Protocol):
    async def set_admin(self, port: str, up: bool) -> None: ...


@runtime_checkable
class Locates(Protocol):
    async def locate(self, port: str, seconds: float) -> None:
        """Have the port's own light blink for so long; it goes out by itself, whatever becomes of us.

        Raises:
            Refused: the port has no light, or the user may not.
        """
        ...


@runtime_checkable
class PlansPorts(Protocol):
    async def port_plan(self, port: str, what: str, to: str) -> PortPlan:
        """What a change of a port says in the platform's own words, and which ports drop with it. `what` is
        speed, fec or breakout; `to` as `bringup.driver.port_lines` has it.

        Raises:
            InputError: the platform can't be told so.
        """
        ...


@runtime_checkable
class HasBundles(Protocol):  # bundles
    async def bundles(self) -> tuple[Bundle, ...]:
        """Link aggregations; none where there are none."""
        ...


@runtime_checkable
class RunsTasks(Protocol):  # tasks
    async def tasks(self) -> tuple[BmcTask, ...]:
        """Tasks of the BMC; none where it has no task service."""
        ...


@runtime_checkable
class UpdatesFirmware(Protocol):  # firmware
    async def firmware(self) -> FirmwareState: ...

    async def stage_firmware(self, path: str, image: str) -> str:
        """Have the BMC fetch `image` (a URI) into the slot of the image at `path`, to be activated later.

        Returns the path of its task.
        """
        ...

    async def activate_firmware(self, path: str) -> None:
        """Have what is staged for the image at `path` run from now on, which restarts what it belongs to."""
        ...


@runtime_checkable
class ConfiguresOnTrial(Protocol):
    """Changes of configuration that the device itself takes back unless they are kept (field rule 9).

    `name` is that of the trial: letters, digits and hyphens.
    """

    async def config_trial(self, name: str) -> Trial:
        """How a trial stands."""
        ...

    async def config_trials(self) -> tuple[str, ...]:
        """The names of all that is on trial now, whoever began it."""
        ...

    async def config_try(self, name: str, lines: tuple[str, ...], revert_after_s: float) -> None:
        """Arm the way back, then apply `lines`. `revert_after_s` 0: without a way back.

        Raises:
            Refused: a line is none that may be applied so, or the device would not take it.
            NoTimer: the device has no timer; nothing was changed.
        """
        ...

    async def config_keep(self, name: str, save: bool) -> None:
        """Disarm the way back, over a new session."""
        ...

    async def config_revert(self, name: str) -> None:
        """Go back to how it was before the trial, kept or not."""
        ...


@runtime_checkable
class HasAdapters(Protocol):  # adapters
    async def adapters(self) -> tuple[Adapter, ...]: ...


@runtime_checkable
class TellsNicHealth(Protocol):  # nic-health
    async def nic_health(self) -> tuple[NicHealth, ...]: ...


@runtime_checkable
class HasRdma(Protocol):  # rdma
    async def rdma_ports(self) -> tuple[RdmaPort, ...]: ...


@runtime_checkable
class HasProcessor(Protocol):  # processor
    async def processor(self) -> Processor: ...


@runtime_checkable
class RunsExercises(Protocol):
    async def exercise(self, test: str, number: float) -> Exercise:
        """Run one test of the burn-in agent (`bringup.burnin.agent`) with its number: seconds or MiB."""
        ...


@runtime_checkable
class HasAccelerators(Protocol):  # accelerators
    async def accelerators(self) -> tuple[Accelerator, ...]: ...


@runtime_checkable
class HasNvlinks(Protocol):  # nvlinks
    async def nvlinks(self) -> tuple[NvlinkPorts, ...]: ...


@runtime_checkable
class KeepsKernelLog(Protocol):  # xids
    async def xids(self) -> XidLog: ...


@runtime_checkable
class RunsDiagnoses(Protocol):
    async def diagnose(self, level: float) -> Diagnosis:
        """Run the vendor's own diagnosis: level 1 seconds, 2 minutes, 3 a quarter of an hour."""
        ...


@runtime_checkable
class RunsCollectives(Protocol):
    async def collective(
        self, name: str, smallest: str, largest: str, iterations: float, gpus: float
    ) -> Collective:
        """Run a collective over the accelerators of one host; sizes as its tool takes them (8M, 8G)."""
        ...

    async def collective_across(
        self, name: str, smallest: str, largest: str, iterations: float, peers: str, algorithm: str
    ) -> Collective:
        """Run a collective over several hosts (`node-01:8,node-02:8`), asked of the first."""
        ...


@runtime_checkable
class HoldsTransmitters(Protocol):
    """Transmitters of a module switched by the module's own controls, and read back from it."""

    async def transmitters(self, port: str) -> Transmitters: ...

    async def set_transmitters(self, port: str, lanes: tuple[int, ...], on: bool) -> None:
        """Let these lanes send or not; without lanes all those of the port.

        Raises:
            Refused: the device would not, or can't do it for these lanes alone.
        """
        ...


@runtime_checkable
class LoopsModules(Protocol):
    async def loopbacks(self, port: str) -> Loopbacks: ...

    async def set_loopback(self, port: str, where: Loopback, on: bool) -> None: ...


@runtime_checkable
class TestsPatterns(Protocol):
    async def pattern_test(self, port: str, side: Side) -> PatternTest: ...

    async def set_pattern(self, port: str, side: Side, role: Role, on: bool) -> None:
        """Switch a generator or a checker of all lanes of the port; the pattern is PRBS-31 in the port's own
        modulation.
        """
        ...


@runtime_checkable
class PausesPolling(Protocol):
    """The switch's own reading of a module, paused while somebody else uses its registers (field rule 8)."""

    async def polling(self, port: str) -> Read:
        """Whether the switch reads the module by itself."""
        ...

    async def set_polling(self, port: str, on: bool) -> None: ...
