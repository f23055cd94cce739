"""Outlets of PDUs: on, off, and off and on again."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Literal

from bringup.action.base import Alteration, Outcome, Plain, State
from bringup.action.drops import dropped_device, only_fed_by
from bringup.action.feeding import (
    Bindings,
    outlet_now,
    outlet_precautions,
    supplies_alive,
)
from bringup.action.identity import boot_id, identity_of
from bringup.action.safety import Doubt
from bringup.action.tasks import no_task_runs
from bringup.check.base import At
from bringup.check.power import outlet_index
from bringup.driver.capability import SwitchesOutlets
from bringup.model.catalogue import NoArgs, Requires, Spec
from bringup.model.errors import DeviceError
from bringup.model.inventory import Inventory, Written
from bringup.model.measurement import recordable
from bringup.model.subject import parse_subject

OUTLET_OFF = "the outlet is off"


class OutletArgs(Written):
    """`prove`: look whether the supply that should hang on the outlet comes to life with it, which binds the
    two for this run.
    """

    prove: bool = False


class SwitchOutlet(Plain):
    """Switch one outlet on, off, or off and on again."""

    probe_words = "read the outlet's status object (not its command object)"

    def __init__(self, to: Literal["on", "off", "cycle"]) -> None:
        self._to = to
        self._prove = False
        self._boot: str | None = None
        self.only_adds = to == "on"

    def take(self, args: OutletArgs | NoArgs) -> None:
        self._prove = isinstance(args, OutletArgs) and args.prove

    def outlets(self, inventory: Inventory, subject: str) -> tuple[str, ...]:
        return (subject,)

    def target(self, inventory: Inventory, subject: str) -> str:
        return parse_subject(subject).device

    def affects(self, inventory: Inventory, subject: str) -> tuple[str, ...]:
        """The device that has no other feed, its ports and their links; one with another feed keeps
        running.
        """
        if self._to == "on":
            return ()
        return tuple(
            each for name in only_fed_by(inventory, subject) for each in dropped_device(inventory, name)
        )

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
        """For a cycle also the boot of what restarts by it, where that can be read."""
        outlet = await outlet_now(at, subject)
        state: State = {
            "outlet_state": recordable(outlet.state.value),
            "label": recordable(outlet.label.value),
        }
        if self._to == "cycle":
            boot = await self._boot_of_fed(at, subject)
            self._boot = self._boot or boot
            state["boot_id"] = boot
        return state

    async def _boot_of_fed(self, at: At, subject: str) -> str | None:
        for name in only_fed_by(at.inventory, subject):
            with suppress(DeviceError):
                return await boot_id(at, name)
        return None

    async def precautions(self, at: At, subject: str, bindings: Bindings) -> tuple[Doubt, ...]:
        """What it drops hangs there and nowhere else, and is not being flashed."""
        if self._to == "on":
            return ()
        doubts = await outlet_precautions(at, subject, bindings)
        for name in only_fed_by(at.inventory, subject):
            doubts += await no_task_runs(at, name)
        return doubts

    async def witness(self, at: At, subject: str) -> dict[str, float]:
        """Whether the supply that should hang there delivers: 0 or 1."""
        if not (self._to == "on" and self._prove):
            return {}
        return await supplies_alive(at, subject)

    def shows(
        self, inventory: Inventory, subject: str, before: dict[str, float], after: dict[str, float]
    ) -> dict[str, str]:
        """A supply that came to life with its outlet hangs there."""
        alive = [name for name in after if before.get(name) == 0.0 and after[name] == 1.0]
        return {subject: parse_subject(alive[0]).device} if alive and before.keys() == {alive[0]} else {}

    def already(self, at: At, before: State) -> bool:
        return before.get("outlet_state") == self._to

    async def identify(self, at: At, subject: str) -> State:
        """The PDU's serial, and the outlet's label, which must name the device that the inventory feeds by
        it.
        """
        pdu, index = parse_subject(subject).device, outlet_index(subject)
        label = str(recordable((await outlet_now(at, subject)).label.value) or "")
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
        """A cycle is proven by the boot of what restarted, where that could be read before."""
        state = (await outlet_now(at, subject)).state.value
        if state not in ("on", "off"):
            return "unknown"
        if state != ("on" if self._to == "cycle" else self._to):
            return "not_done"
        if self._to != "cycle" or self._boot is None:
            return "done"
        boot = await self._boot_of_fed(at, subject)
        return "unknown" if boot is None else "not_done" if boot == self._boot else "done"

    async def probe(self, at: At, subject: str, before: State) -> Outcome:
        """A cycle leaves a trace only in what restarted by it; where that tells no boot, none."""
        if self._to != "cycle":
            return await self.arrived(at, subject)
        boot = before.get("boot_id")
        self._boot = boot if isinstance(boot, str) else None
        return "unknown" if self._boot is None else await self.arrived(at, subject)


def _outlet_spec(to: Literal["on", "off", "cycle"], title: str, about: str) -> Spec:
    return Spec(
        name=f"power.outlet_{to}",
        kind="action",
        title=title,
        about=about,
        over="outlet",
        device_of="pdu",
        transport="snmp",
        args=OutletArgs if to == "on" else NoArgs,
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
)
