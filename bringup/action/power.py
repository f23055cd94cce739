"""Power actions: PDU outlets by SNMP, hosts by Redfish."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Literal

from bringup.action.base import Alteration, Outcome, Plain, State
from bringup.action.drops import dropped_ports
from bringup.action.identity import identity_of
from bringup.check.base import At, the_one
from bringup.check.power import outlet_index
from bringup.driver.capability import HasOutlets, PowersHost, SwitchesOutlets
from bringup.model.catalogue import Requires, Spec
from bringup.model.errors import NoData
from bringup.model.facts import HostPower, Outlet
from bringup.model.inventory import Inventory, Written
from bringup.model.measurement import recordable
from bringup.model.subject import parse_subject

OUTLET_OFF = "the outlet is off"


async def _outlet(at: At, subject: str) -> Outlet:
    sample = await at.read(parse_subject(subject).device, HasOutlets, "outlets")
    told: tuple[Outlet, ...] = sample.facts
    outlet = the_one([one for one in told if one.index == outlet_index(subject)], subject)
    if outlet is None:
        raise NoData(
            f"{subject}: the PDU lists no such outlet",
            "Check the outlet number of the inventory's feed.",
        )
    return outlet


class SwitchOutlet(Plain):
    """Switch one outlet on, off, or off and on again."""

    probe_words = "read the outlet's status object (not its command object)"

    def __init__(self, to: Literal["on", "off", "cycle"]) -> None:
        self._to = to

    def target(self, inventory: Inventory, subject: str) -> str:
        return parse_subject(subject).device

    def affects(self, inventory: Inventory, subject: str) -> tuple[str, ...]:
        """The device that has no other feed, its ports and their links; one with another feed keeps
        running.
        """
        if self._to == "on":
            return ()
        pdu, index = parse_subject(subject).device, outlet_index(subject)
        dark = [
            device.name
            for device in inventory.device
            if device.feed and all(feed.pdu == pdu and feed.outlet == index for feed in device.feed)
        ]
        return tuple(each for name in dark for each in (name, *dropped_ports(inventory, name)))

    def alters(self, before: State) -> tuple[Alteration, ...]:
        if self._to != "off":
            return ()
        undo = self.undo(before)
        return (Alteration(OUTLET_OFF, undo or "", "power.outlet_on" if undo else ""),)

    def restores(self) -> tuple[str, ...]:
        return () if self._to == "off" else (OUTLET_OFF,)

    def undo(self, before: State) -> str | None:
        """None also where nobody knows how the outlet was."""
        was = before.get("outlet_state")
        if self._to == "cycle" or was == self._to or was not in ("on", "off"):
            return None
        return f"switch the outlet {was}"

    async def before(self, at: At, subject: str) -> State:
        outlet = await _outlet(at, subject)
        return {"outlet_state": recordable(outlet.state.value), "label": recordable(outlet.label.value)}

    def already(self, at: At, before: State) -> bool:
        return before.get("outlet_state") == self._to

    async def identify(self, at: At, subject: str) -> State:
        """The PDU's serial, and the outlet's label, which must name the device that the inventory feeds by
        it.
        """
        pdu, index = parse_subject(subject).device, outlet_index(subject)
        label = str(recordable((await _outlet(at, subject)).label.value) or "")
        fed = [
            device.name
            for device in at.inventory.device
            for feed in device.feed
            if feed.pdu == pdu and feed.outlet == index
        ]
        words = re.split(r"[^A-Za-z0-9.-]+", label)
        matches = any(name in words for name in fed)
        return {
            **await identity_of(at, pdu),
            "label": label,
            "label_names_device": matches,
        }

    async def apply(self, at: At, subject: str) -> None:
        await at.change(
            parse_subject(subject).device,
            SwitchesOutlets,
            "switch_outlet",
            outlet_index(subject),
            self._to,
        )

    async def arrived(self, at: At, subject: str) -> Outcome:
        state = (await _outlet(at, subject)).state.value
        if state not in ("on", "off"):
            return "unknown"
        return "done" if state == ("on" if self._to == "cycle" else self._to) else "not_done"

    async def probe(self, at: At, subject: str, before: State) -> Outcome:
        """A cycle leaves no trace that a later read could find: it is inconclusive by nature."""
        return "unknown" if self._to == "cycle" else await self.arrived(at, subject)


class PowerOnArgs(Written):
    """What only powers on takes no other reset: a playbook that says `power_on` can't power off."""

    reset: Literal["On"] = "On"


class PowerArgs(Written):
    """`reset` is Redfish's ResetType."""

    reset: Literal["On", "ForceOff", "GracefulShutdown", "ForceRestart", "PowerCycle"] = "On"


_SETTLES_AT = MappingProxyType({"On": "On", "ForceOff": "Off", "GracefulShutdown": "Off"})
_STATES = ("On", "Off", "PoweringOn", "PoweringOff")


class PowerHost(Plain):
    """Power a host by its BMC. Restarts leave no state to find, so their probe is inconclusive."""

    probe_words = "read the host's PowerState from its BMC"

    def __init__(self, *, only_on: bool = False) -> None:
        self._only_on = only_on

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
        return {"power_state": recordable((await self._power(at, subject)).power_state.value)}

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
        return "done" if state == wanted or (wanted == "On" and state == "PoweringOn") else "not_done"

    async def probe(self, at: At, subject: str, before: State) -> Outcome:
        """A restart ends in the state that it began in: no reading tells whether it happened. A host on its
        way down was told so before the crash, and is not told again.
        """
        wanted = _SETTLES_AT.get(at.args.reset)
        if wanted is None:
            return "unknown"
        state = (await self._power(at, subject)).power_state.value
        return "done" if state == f"Powering{wanted}" else await self.arrived(at, subject)


def _outlet_spec(to: Literal["on", "off", "cycle"], title: str, about: str) -> Spec:
    return Spec(
        name=f"power.outlet_{to}",
        kind="action",
        title=title,
        about=about,
        over="outlet",
        device_of="pdu",
        transport="snmp",
        dangerous=True,
        requires=(Requires("outcome"),),
        run=lambda: SwitchOutlet(to),
    )


SPECS = (
    _outlet_spec(
        "on",
        "Outlet on",
        "Switches a PDU outlet on, after the PDU and the outlet's label are proven.",
    ),
    _outlet_spec(
        "off",
        "Outlet off",
        "Switches a PDU outlet off; lists every device that has no other feed.",
    ),
    _outlet_spec(
        "cycle",
        "Outlet cycle",
        "Switches a PDU outlet off and on; after a crash a person is asked.",
    ),
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
