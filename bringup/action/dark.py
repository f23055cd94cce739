"""Transmitters held off for an inspection, and let shine again (field rule 13).

Before a scope looks into a fibre, or a bulkhead is cleaned, the transmitters of both ends are switched off,
and read to be off at both ends. That is a lease: it stands in the record as something left altered, its
devices hold it by themselves, and nothing but its release lets go of it, neither the end of this program nor
another action of the run. Where one end can't be proven dark the record says so, and never that it is safe;
and a run that goes on after a stop calls nothing safe that it has not proven again.
"""

from __future__ import annotations

from pydantic import Field

from bringup.action.base import Alteration, Outcome, State
from bringup.action.feeding import Bindings
from bringup.action.lights import SETTLES_S, Light, Way, carries_light, light_at, switch
from bringup.action.safety import Doubt, Unsafe
from bringup.action.two_ends import TwoEnds
from bringup.check.base import At
from bringup.model.catalogue import Requires, Spec
from bringup.model.errors import DeviceError
from bringup.model.inventory import Inventory, Written
from bringup.model.measurement import NOT_AVAILABLE, Measurement, Scalar, measured, value
from bringup.model.subject import ends

SAFE = "DARK, SAFE TO INSPECT: the transmitters of both ends are held off"
UNPROVEN = "NOT PROVEN DARK: the transmitters of both ends were told to be off"
HOLD, RELEASE = "link.dark", "link.light"
HOLDS = frozenset({HOLD, RELEASE})
"""What may be done to ports that are held dark."""
NAMES = ("first", "second")
"""The ends of a link, in the order of its name."""
LEAVE = "leave"
"""How an end that was off before is let go of: as it was."""


class LightArgs(Written):
    """How each end is let shine again, in the order of the link's name: `lanes` by its module's controls,
    `port` by opening the port, `leave` where it was off before. The record of a hold knows; without a word it
    is as the platform can.
    """

    first: str = Field(default="", pattern="^(lanes|port|leave|)$")
    second: str = Field(default="", pattern="^(lanes|port|leave|)$")


class _BothEnds(TwoEnds):
    """The light of both ends of a link."""

    probe_words = "read whether the transmitters of both ends are told to be off, and are"
    settles_s: float | None = SETTLES_S

    def __init__(self) -> None:
        self._since_s: float | None = None
        self._why: str | None = None
        self._safe = self._lit = False
        self._subject = ""

    def why(self) -> str | None:
        return self._why

    async def before(self, at: At, subject: str) -> State:
        """Told and seen of each end."""
        self._subject = subject
        state: State = {}
        for name, light in (await self._lights(at, subject)).items():
            state |= {f"{name}_way": light.way, f"{name}_off": light.told_off, f"{name}_dark": light.dark}
        return state

    async def _lights(self, at: At, subject: str) -> dict[str, Light]:
        """Raises `DeviceError` where an end can't be read."""
        found = {
            name: await light_at(at, end, self._since_s)
            for name, end in zip(NAMES, ends(subject), strict=False)
        }
        self._safe = len(found) == 2 and all(light.off for light in found.values())
        self._lit = any(light.told_off is False or light.dark is False for light in found.values())
        return found


class Dark(_BothEnds):
    """Both ends off, held until `link.light`."""

    def __init__(self) -> None:
        super().__init__()
        self._recalled: dict[str, Scalar] = {}

    def recall(self, arguments: dict[str, Scalar]) -> None:
        """How the ends were before they were first held: a second hold finds them off."""
        self._recalled = arguments

    def meanwhile(self, before: State) -> tuple[Alteration, ...]:
        return (self._alteration(UNPROVEN, before),)

    def alters(self, before: State) -> tuple[Alteration, ...]:
        return (self._alteration(SAFE, before),)

    def _alteration(self, what: str, before: State) -> Alteration:
        ways = {
            end: LEAVE if before.get(f"{end}_off") is True else str(before.get(f"{end}_way") or "")
            for end in NAMES
        }
        arguments = self._recalled or {**ways}
        return Alteration(what, "let both ends shine again, when nobody looks in", RELEASE, arguments)

    def unsettles(self) -> tuple[str, ...]:
        """What was safe is so no more, until it is proven again."""
        return (SAFE,)

    def restores(self) -> tuple[str, ...]:
        return (UNPROVEN, SAFE)

    def undo(self, before: State) -> str | None:
        return "let both ends shine again, when nobody looks in"

    def already(self, at: At, before: State) -> bool:
        """Never: what is dark by chance is not held. To switch off what is off costs nothing."""
        return False

    async def precautions(self, at: At, subject: str, bindings: Bindings) -> tuple[Doubt, ...]:
        """Raises `Unsafe` where there is no light to hold off."""
        if not carries_light(at, ends(subject)[0]):
            raise Unsafe(
                f"{subject} carries no light",
                "Leave copper out of the step: it needs no hold.",
                cause=subject,
            )
        return await super().precautions(at, subject, bindings)

    async def apply(self, at: At, subject: str) -> None:
        """Both, whatever the first says."""
        lights = await self._lights(at, subject)
        self._since_s = max(light.at_s for light in lights.values())
        trouble: DeviceError | None = None
        for name, end in zip(NAMES, ends(subject), strict=True):
            try:
                await switch(at, end, lights[name].way, on=False)
            except DeviceError as error:
                trouble = trouble or error
        if trouble is not None:
            raise trouble
        self._since_s = (await light_at(at, ends(subject)[0])).at_s

    async def arrived(self, at: At, subject: str) -> Outcome:
        """Done is proven dark at both ends. Not done is that both still shine: anything between is not known,
        and stays on the list.
        """
        lights = await self._lights(at, subject)
        if self._safe:
            return "done"
        if all(light.told_off is False for light in lights.values()):
            return "not_done"
        lit = [end for end, light in zip(ends(subject), lights.values(), strict=True) if not light.off]
        self._why = f"not proven dark: {', '.join(lit)}"
        return "unknown"

    async def probe(self, at: At, subject: str, before: State) -> Outcome:
        """After a crash: held is held; anything else is switched off again, which harms nobody."""
        await self._lights(at, subject)
        return "done" if self._safe else "not_done"

    def found(self) -> tuple[Measurement, ...]:
        """What is not proven is not known; what is seen to shine is not safe."""
        told = value(self._safe) if self._safe or self._lit else NOT_AVAILABLE
        return (measured(self._subject, "safe_to_inspect", told),) if self._subject else ()


class Shine(_BothEnds):
    """Both ends let shine again. Nothing can drop by it, and yet it can hurt: somebody may still look in."""

    only_adds = True

    def __init__(self) -> None:
        super().__init__()
        self._args = LightArgs()

    def take(self, args: LightArgs) -> None:
        self._args = args

    def affects(self, inventory: Inventory, subject: str) -> tuple[str, ...]:
        return ()

    def recall(self, arguments: dict[str, Scalar]) -> None:
        """The record of the hold knows how each end was; what a playbook says goes before it."""
        if not self._args.first and not self._args.second:
            self._args = LightArgs.model_validate(arguments)

    def restores(self) -> tuple[str, ...]:
        return (SAFE, UNPROVEN)

    def undo(self, before: State) -> str | None:
        return "hold both ends dark again"

    def already(self, at: At, before: State) -> bool:
        return all(before.get(f"{name}_off") is False for name, way in self._ways().items() if way != LEAVE)

    def _ways(self) -> dict[str, str]:
        return dict(zip(NAMES, (self._args.first, self._args.second), strict=True))

    async def apply(self, at: At, subject: str) -> None:
        lights = await self._lights(at, subject)
        for end, (name, given) in zip(ends(subject), self._ways().items(), strict=True):
            if given == LEAVE:
                continue
            way: Way = lights[name].way if not given else ("lanes" if given == "lanes" else "port")
            await switch(at, end, way, on=True)

    async def arrived(self, at: At, subject: str) -> Outcome:
        lights = await self._lights(at, subject)
        told = [lights[name].told_off for name, way in self._ways().items() if way != LEAVE]
        if any(each is None for each in told):
            return "unknown"
        return "not_done" if any(told) else "done"

    async def probe(self, at: At, subject: str, before: State) -> Outcome:
        return await self.arrived(at, subject)


SPECS = (
    Spec(
        name=HOLD,
        kind="action",
        title="Hold both ends dark",
        about="Switches off the transmitters of both ends of a cable and reads at both that they are off, so"
        " that somebody may look into the fibre. They stay off until they are let shine again.",
        over="link",
        dangerous=True,
        requires=(Requires("outcome"), Requires("safe_to_inspect")),
        run=Dark,
    ),
    Spec(
        name=RELEASE,
        kind="action",
        title="Let both ends shine, with nobody looking into the fibre",
        about="Lets the transmitters of both ends of a cable shine again, as they were before they were held"
        " dark. Nobody may be looking into the fibre.",
        over="link",
        args=LightArgs,
        dangerous=True,
        requires=(Requires("outcome"),),
        run=Shine,
    ),
)
