"""A port's speed, its coding, and the breakout of its cage: changes of configuration that the device takes
back unless they are kept (field rule 9).

The device itself says in which words, and which of its ports drop with it: both are written down before, and
whoever approves sees them. Nothing is forced. A change is kept only after every other port was seen as it
was, and the port as it was asked to be; else it is taken back at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from pydantic import Field

from bringup.action.base import State
from bringup.action.config import MARGIN_S, ApplyConfig, ConfigArgs, spare_management
from bringup.action.drops import cage_ports, dropped_port
from bringup.action.feeding import Bindings
from bringup.action.safety import Doubt, Unsafe
from bringup.check.base import At
from bringup.driver.capability import ConfiguresOnTrial, HasPorts, PlansPorts
from bringup.driver.port_lines import BREAKOUT, FEC, SPEED
from bringup.model.catalogue import Requires, Spec
from bringup.model.errors import DeviceError
from bringup.model.facts import Port
from bringup.model.facts_port import PortPlan
from bringup.model.inventory import Inventory, Written
from bringup.model.measurement import recordable
from bringup.model.subject import parse_subject


class PortArgs(Written):
    """`revert_after_s`: how long the device waits to be told that the change is kept. `save`: also into what
    it starts with. `console`: the console server and port that lead to it, for a device without a timer.
    """

    revert_after_s: float = Field(default=300.0, ge=60.0, le=3600.0)
    save: bool = False
    console: str | None = None


class SpeedArgs(PortArgs):
    """`speed_gbps`, and over how many `lanes` where the platform must be told."""

    speed_gbps: float = Field(gt=0.0, le=3200.0)
    lanes: int | None = Field(default=None, ge=1, le=16)


class FecArgs(PortArgs):
    mode: Literal["rs544", "rs528", "fc", "none", "auto"]


class BreakoutArgs(PortArgs):
    """`mode`: ways and Gb/s of each, `4x100`; with the lanes of each behind, `4x100-1`, where the platform
    must be told.
    """

    mode: str = Field(pattern=r"^[1-9]x[0-9]{1,4}(-[1-9])?$")


class ConfigurePort(ApplyConfig):
    """One change of one port."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self._what = what
        self._to = ""
        self._given = PortArgs()

    def take(self, args: PortArgs | ConfigArgs) -> None:
        assert isinstance(args, PortArgs)
        self._given = args
        self.settles_s = args.revert_after_s + MARGIN_S
        if isinstance(args, SpeedArgs):
            self._to = f"{args.speed_gbps:g}" + (f"-{args.lanes}" if args.lanes else "")
        elif isinstance(args, FecArgs | BreakoutArgs):
            self._to = args.mode

    def target(self, inventory: Inventory, subject: str) -> str:
        return parse_subject(subject).device

    def affects(self, inventory: Inventory, subject: str) -> tuple[str, ...]:
        """The port with its far end, and all others of its cage: lanes are shared out anew together."""
        ports = cage_ports(inventory, subject)
        return tuple(dict.fromkeys(each for port in ports for each in dropped_port(inventory, port)))

    async def before(self, at: At, subject: str) -> State:
        """How the port is set, what will be said to the device, and what of it drops with the port."""
        plan = await self._plan(at, subject)
        spare_management(plan.lines)
        given = self._given
        self._args = ConfigArgs(
            lines=plan.lines, revert_after_s=given.revert_after_s, save=given.save, console=given.console
        )
        self._drops = frozenset(plan.cage)
        return {
            **await super().before(at, subject),
            "now": recordable(plan.now.value),
            "to": self._to,
            "reached": plan.reached.value is True and not await self._waits(at, subject),
            "drops": ", ".join(plan.cage),
        }

    def already(self, at: At, before: State) -> bool:
        return before.get("reached") is True

    async def precautions(self, at: At, subject: str, bindings: Bindings) -> tuple[Doubt, ...]:
        """Raises `Unsafe` where a port of the same cage is up that nobody was shown, or that nothing has
        guarded.
        """
        device = self.target(at.inventory, subject)
        told: tuple[Port, ...] = (await at.read(device, HasPorts, "ports")).facts
        shown = {parse_subject(each).component for each in cage_ports(at.inventory, subject)}
        hidden = [
            port.name for port in told if port.name in self._drops - shown and port.oper_up.value is not False
        ]
        if hidden:
            raise Unsafe(
                f"{', '.join(hidden)} share a cage with {subject} and drop with it, which the inventory does"
                " not say",
                "Give all of them one `cage` in the inventory: then who approves sees what drops.",
                cause=device,
            )
        return await super().precautions(at, subject, bindings)

    async def _missed(self, at: At, subject: str) -> str | None:
        plan = await self._plan(at, subject)
        if plan.reached.value is False:
            return f"the device took it, and its {self._what} is {plan.now.value}, not {self._to}"
        return None

    async def _waits(self, at: At, subject: str) -> bool:
        """Whether a change is on trial there, or may be: then how the port is set may be taken back."""
        try:
            device = self.target(at.inventory, subject)
            return bool((await at.read(device, ConfiguresOnTrial, "config_trials")).facts)
        except DeviceError:
            return True

    async def _plan(self, at: At, subject: str) -> PortPlan:
        end = parse_subject(subject)
        asked = (str(end.component), self._what, self._to)
        sample = await at.read(end.device, PlansPorts, "port_plan", "now", asked)
        plan: PortPlan = sample.facts
        return plan


def _spec(name: str, title: str, about: str, args: type[PortArgs], run: Callable[[], ConfigurePort]) -> Spec:
    return Spec(
        name=name,
        kind="action",
        title=title,
        about=about,
        over="port",
        args=args,
        dangerous=True,
        requires=(Requires("outcome"),),
        run=run,
    )


_TAKEN_BACK = (
    " The device takes it back by itself unless it is kept, after all other ports were seen unchanged."
)
SPECS = (
    _spec(
        "port.speed",
        "Set a port's speed",
        "Sets the speed of a port." + _TAKEN_BACK,
        SpeedArgs,
        lambda: ConfigurePort(SPEED),
    ),
    _spec(
        "port.fec",
        "Set a port's coding",
        "Sets the forward error correction of a port." + _TAKEN_BACK,
        FecArgs,
        lambda: ConfigurePort(FEC),
    ),
    _spec(
        "port.breakout",
        "Break out a cage",
        "Shares the lanes of a cage out to other ports; shows which drop, and forces nothing." + _TAKEN_BACK,
        BreakoutArgs,
        lambda: ConfigurePort(BREAKOUT),
    ),
)
