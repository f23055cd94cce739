"""Hosts powered and restarted by their BMC, over Redfish."""

from __future__ import annotations

from contextlib import suppress
from types import MappingProxyType
from typing import Literal

from bringup.action.base import Outcome, Plain, State
from bringup.action.drops import dropped_ports
from bringup.action.feeding import Bindings, loads_w, outlets_of, shown_by_step
from bringup.action.identity import boot_id, identity_of
from bringup.action.safety import Doubt
from bringup.action.tasks import no_task_runs
from bringup.check.base import At
from bringup.driver.capability import PowersHost
from bringup.model.catalogue import Requires, Spec
from bringup.model.errors import DeviceError
from bringup.model.facts import HostPower
from bringup.model.inventory import Inventory, Written
from bringup.model.measurement import recordable


class PowerOnArgs(Written):
    """What only powers on takes no other reset: a playbook that says `power_on` can't power off."""

    reset: Literal["On"] = "On"


class PowerArgs(Written):
    """`reset` is Redfish's ResetType."""

    reset: Literal["On", "ForceOff", "GracefulShutdown", "ForceRestart", "PowerCycle"] = "On"


_SETTLES_AT = MappingProxyType({"On": "On", "ForceOff": "Off", "GracefulShutdown": "Off"})
BOOTS_WITHIN_S = 1200.0
"""A server takes 3 to 15 minutes from its reset to an operating system that tells its boot."""
_STATES = ("On", "Off", "PoweringOn", "PoweringOff")


class PowerHost(Plain):
    """Power a host by its BMC. Restarts leave no state to find, so their probe is inconclusive."""

    probe_words = "read the host's PowerState from its BMC"

    def __init__(self, *, only_on: bool = False) -> None:
        self._only_on = only_on
        self._boot: str | None = None
        self._reset = "On"
        self.only_adds = only_on

    def take(self, args: PowerOnArgs | PowerArgs) -> None:
        self._reset = args.reset
        if self._reset not in _SETTLES_AT:
            self.settles_s = BOOTS_WITHIN_S

    def outlets(self, inventory: Inventory, subject: str) -> tuple[str, ...]:
        return outlets_of(inventory, subject)

    def target(self, inventory: Inventory, subject: str) -> str:
        return inventory.devices[subject].bmc or subject

    def affects(self, inventory: Inventory, subject: str) -> tuple[str, ...]:
        """The host's ports and links, whatever the reset: that of a host that is on drops them."""
        return () if self._only_on else dropped_ports(inventory, subject)

    def undo(self, before: State) -> str | None:
        """None also where nobody knows how the host was."""
        was = before.get("power_state")
        return f"power the host {was}" if was in ("On", "Off") else None

    async def _power(self, at: At, subject: str) -> HostPower:
        sample = await at.read(self.target(at.inventory, subject), PowersHost, "host_power")
        told: HostPower = sample.facts
        return told

    async def before(self, at: At, subject: str) -> State:
        """For a restart also the present boot, where the host tells it."""
        state: State = {"power_state": recordable((await self._power(at, subject)).power_state.value)}
        if self._reset not in _SETTLES_AT:
            state["boot_id"] = None
            with suppress(DeviceError):
                state["boot_id"] = await boot_id(at, subject)
            if self._boot is None and isinstance(state["boot_id"], str):
                self._boot = state["boot_id"]
        return state

    async def precautions(self, at: At, subject: str, bindings: Bindings) -> tuple[Doubt, ...]:
        """No power cut while the BMC flashes something (field rule 10)."""
        return () if self._reset == "On" else await no_task_runs(at, subject)

    async def witness(self, at: At, subject: str) -> dict[str, float]:
        """The load of every outlet of its PDUs."""
        if self._reset != "On":
            return {}
        pdus = dict.fromkeys(feed.pdu for feed in at.inventory.devices[subject].feed)
        return await loads_w(at, tuple(pdus))

    def shows(
        self, inventory: Inventory, subject: str, before: dict[str, float], after: dict[str, float]
    ) -> dict[str, str]:
        """A host that comes on is a load step at its outlets, and at no others."""
        return shown_by_step(inventory, subject, before, after)

    def already(self, at: At, before: State) -> bool:
        """Never for a restart, which is wanted whatever the state is."""
        wanted = _SETTLES_AT.get(at.args.reset)
        return wanted is not None and before.get("power_state") == wanted

    async def identify(self, at: At, subject: str) -> State:
        return await identity_of(at, self.target(at.inventory, subject))

    async def apply(self, at: At, subject: str) -> None:
        target = self.target(at.inventory, subject)
        await at.change(target, PowersHost, "reset_host", at.args.reset)

    async def arrived(self, at: At, subject: str) -> Outcome:
        """A host on its way up has been powered on. One on its way down still runs, and may do so for ever
        (a shutdown that hangs).
        """
        wanted = _SETTLES_AT.get(at.args.reset, "On")
        state = (await self._power(at, subject)).power_state.value
        if state not in _STATES:
            return "unknown"
        if self._boot is not None and self._reset not in _SETTLES_AT and state == wanted:
            return "not_done" if await boot_id(at, subject) == self._boot else "done"
        return "done" if state == wanted or (wanted == "On" and state == "PoweringOn") else "not_done"

    async def probe(self, at: At, subject: str, before: State) -> Outcome:
        """A restart ends in the state that it began in: only another boot tells that it happened. A host on
        its way down was told so before the crash, and is not told again.
        """
        wanted = _SETTLES_AT.get(at.args.reset)
        if wanted is None:
            boot = before.get("boot_id")
            self._boot = boot if isinstance(boot, str) else None
            return "unknown" if self._boot is None else await self.arrived(at, subject)
        state = (await self._power(at, subject)).power_state.value
        return "done" if state == f"Powering{wanted}" else await self.arrived(at, subject)


SPECS = (
    Spec(
        name="host.power_on",
        kind="action",
        title="Power on",
        about="Powers a host on through its BMC, after the BMC's identity is proven.",
        over="device",
        args=PowerOnArgs,
        device_of="bmc",
        transport="redfish",
        dangerous=True,
        requires=(Requires("outcome"),),
        run=lambda: PowerHost(only_on=True),
    ),
    Spec(
        name="host.power",
        kind="action",
        title="Host power",
        about="Any Redfish reset of a host, as `with = { reset = … }` says.",
        over="device",
        args=PowerArgs,
        device_of="bmc",
        transport="redfish",
        dangerous=True,
        requires=(Requires("outcome"),),
        run=PowerHost,
    ),
)
