"""What checks, actions and asks declare about themselves, so that a plan can be made without running them.

The planner is handed a `Catalogue` by whoever starts a run; it never imports a check. The functions behind a
spec (`run`, ...) are opaque here: their shapes are in `bringup.check.base` and `bringup.action.base`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from bringup.model.inventory import Written
from bringup.model.verdict import Nature

Over = Literal["device", "port", "link", "outlet", "supply", "gpu", "end", "leak", "rack", "run"]
"""What one step expands to, always from the inventory:

device  every selected device
port    every port of the inventory on the selected devices
link    every cable with an end on a selected device
outlet  every outlet bound by a feed to a selected device (subject `pdu-1/outlet-3`) or on a selected PDU
supply  every `expect.supplies` of a selected device (subject `leaf-1/psu-1`)
end     every end of a cable at a selected device (subject `mgmt-1/1/5`)
leak    every `expect.leak_detectors` of a selected device (subject `node-01/leak-front`)
gpu     every accelerator that `expect.gpus` of a selected device counts (subject `node-04/gpu-0`)
rack    every rack with a selected device (subject: its name, or `run` for devices without a rack)
run     the run as a whole (subject: the rack's name, or `run`)
"""


class Requires(msgspec.Struct, frozen=True):
    """A quantity that must be measured on each planned subject, or the subject is UNKNOWN `no_data`.

    `per` "lane" means: on each lane that the inventory expects (`SUBJECT#lane-1` ...); "end": on each end of
    a link subject (`leaf-1/Ethernet0` and `node-01/eth0`). `if_expected`: only on subjects for which the
    inventory itself states what it must be (a serial, a speed, a firmware), so that nothing is asked for
    that nobody expects.
    """

    quantity: str
    per: Literal["subject", "lane", "end"] = "subject"
    if_expected: bool = False


class NoArgs(Written):
    """The typed arguments (`with = {...}`) of something that takes none."""


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """One check, action or ask.

    `device_of` says which device's connection a task uses: `self` the subject's own, `bmc` its BMC, `pdu`
    its PDU, `both` both ends of a link, `none` (a person). `reports` names the quantities that it may measure
    beyond those it requires: limits on these belong to its plan. `rests_on` names what else must be good
    before: `gpus` the accelerators expected on its device, `fabric` those of all devices that have any, these
    devices and their cables.
    """

    name: str
    kind: Literal["check", "action", "ask"]
    title: str
    about: str
    over: Over
    args: type[Written] = NoArgs
    requires: tuple[Requires, ...] = ()
    reports: tuple[str, ...] = ()
    device_of: Literal["self", "bmc", "pdu", "both", "none"] = "self"
    transport: str = ""
    nature: Nature = Nature.PURE
    needs_window: bool = False
    rests_on: Literal["self", "gpus", "fabric"] = "self"
    dangerous: bool = False
    run: Callable[..., Any] | None = None


class Catalogue(msgspec.Struct, frozen=True):
    """All specs by name."""

    specs: Mapping[str, Spec]

    def __getitem__(self, name: str) -> Spec:
        return self.specs[name]

    def __contains__(self, name: object) -> bool:
        return name in self.specs
