"""Port actions: shut and open a port of a switch or host."""

from __future__ import annotations

from bringup.action.base import Alteration, Outcome, Plain, State
from bringup.action.drops import dropped_port
from bringup.action.feeding import Bindings
from bringup.action.identity import identity_of
from bringup.action.safety import Doubt
from bringup.action.tasks import no_trial_waits
from bringup.check.base import At
from bringup.check.port import find_port
from bringup.driver.capability import SwitchesPorts
from bringup.model.catalogue import Requires, Spec
from bringup.model.errors import NoData
from bringup.model.inventory import Inventory
from bringup.model.measurement import recordable
from bringup.model.subject import parse_subject

SHUT = "the port is shut"


class SetAdmin(Plain):
    """Set the administrative state of one port."""

    probe_words = "read the port's administrative state"

    def __init__(self, up: bool) -> None:
        self._up = up
        self.only_adds = up

    def target(self, inventory: Inventory, subject: str) -> str:
        return parse_subject(subject).device

    def affects(self, inventory: Inventory, subject: str) -> tuple[str, ...]:
        """Shutting a port drops it, its far end and the link between them."""
        return () if self._up else dropped_port(inventory, subject)

    def alters(self, before: State) -> tuple[Alteration, ...]:
        if self._up:
            return ()
        undo = self.undo(before)
        return (Alteration(SHUT, undo or "", "port.up" if undo else ""),)

    def restores(self) -> tuple[str, ...]:
        return (SHUT,) if self._up else ()

    def undo(self, before: State) -> str | None:
        """None also where nobody knows how the port was."""
        was = before.get("admin_up")
        if not isinstance(was, bool) or was is self._up:
            return None
        return "open the port" if was else "shut the port"

    async def before(self, at: At, subject: str) -> State:
        port = await find_port(at, subject)
        if port is None:
            raise NoData(
                f"{subject}: the device lists no such port",
                "Check the port's name in the inventory.",
            )
        return {"admin_up": recordable(port.admin_up.value)}

    def already(self, at: At, before: State) -> bool:
        return before.get("admin_up") is self._up

    async def precautions(self, at: At, subject: str, bindings: Bindings) -> tuple[Doubt, ...]:
        """Raises `Unsafe` where a change waits to be taken back, and this with it."""
        return await no_trial_waits(at, parse_subject(subject).device)

    async def identify(self, at: At, subject: str) -> State:
        return await identity_of(at, self.target(at.inventory, subject))

    async def apply(self, at: At, subject: str) -> None:
        end = parse_subject(subject)
        await at.change(end.device, SwitchesPorts, "set_admin", end.component, self._up)

    async def probe(self, at: At, subject: str, before: State) -> Outcome:
        return await self.arrived(at, subject)

    async def arrived(self, at: At, subject: str) -> Outcome:
        state = (await self.before(at, subject)).get("admin_up")
        if not isinstance(state, bool):
            return "unknown"
        return "done" if state is self._up else "not_done"


SPECS = (
    Spec(
        name="port.up",
        kind="action",
        title="Open port",
        about="Switches a port on, after the device's identity is proven.",
        over="port",
        requires=(Requires("outcome"),),
        run=lambda: SetAdmin(True),
    ),
    Spec(
        name="port.down",
        kind="action",
        title="Shut port",
        about="Switches a port off; lists the far end and the link that drop with it.",
        over="port",
        dangerous=True,
        requires=(Requires("outcome"),),
        run=lambda: SetAdmin(False),
    ),
)
