"""What the lanes of a module are told to do. Plain mutable records, as in `bringup.lab.state`."""

from __future__ import annotations

import msgspec


class ModuleControls(msgspec.Struct, kw_only=True):
    """Masks of lanes, the lowest bit for lane 1.

    `loopbacks` by SONiC's names (`host-side-input` …), `generators` and `checkers` of test patterns by side
    (`host`, `media`); `selector` is what the page of results is set to show;
    `polled`: the switch reads the module by itself.
    """

    tx_disabled: int = 0
    loopbacks: dict[str, int] = msgspec.field(default_factory=dict)
    generators: dict[str, int] = msgspec.field(default_factory=dict)
    checkers: dict[str, int] = msgspec.field(default_factory=dict)
    selector: int = 0
    polled: bool = True
