"""What the lanes of a module are told to do. Plain mutable records, as in `bringup.lab.state`."""

from __future__ import annotations

import msgspec


class ModuleControls(msgspec.Struct, kw_only=True):
    """Masks of lanes, the lowest bit for lane 1.

    `loopbacks` by SONiC's names (`host-side-input` …), `generators` and `checkers` of test patterns by side
    (`host`, `media`); `selector` is what the page of results is set to show;
    `polled`: the switch reads the module by itself. `deinit`: lanes whose data path is taken down;
    `initialising` those that came back and send again at `initialised_at`. `latched`: byte of CMIS page 11h
    (below 128: of lower memory) -> flags that have held since they were last read. `frozen`: statistics
    hold still.
    """

    tx_disabled: int = 0
    loopbacks: dict[str, int] = msgspec.field(default_factory=dict)
    generators: dict[str, int] = msgspec.field(default_factory=dict)
    checkers: dict[str, int] = msgspec.field(default_factory=dict)
    selector: int = 0
    polled: bool = True
    rx_disabled: int = 0
    deinit: int = 0
    initialising: int = 0
    initialised_at: float = 0.0
    latched: dict[str, int] = msgspec.field(default_factory=dict)
    frozen: bool = False
