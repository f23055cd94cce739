"""OpenConfig components: optical modules with their lanes and limits.

Source: openconfig-platform, openconfig-platform-transceiver 1.0. Targets differ: channels count from 0 or
from 1, modules are named like their interface or not (`interface/state/transceiver` tells), an empty cage has
a component that is NOT_PRESENT or none at all, identity stands on the component or on its transceiver.
"""

from __future__ import annotations

from types import MappingProxyType

from bringup.decode.openconfig_tree import (
    Tree,
    entries,
    identity,
    node_at,
    number,
    power_dbm,
    text,
    word,
)
from bringup.decode.result import Damaged, Nothing
from bringup.model.facts import Lane, Optic, Threshold
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

_TRANSCEIVER = "TRANSCEIVER"
_PRESENT = MappingProxyType({"PRESENT": value(True), "NOT_PRESENT": value(False)})
_LIMITED = MappingProxyType(
    {
        "rx_power_dbm": "input-power",
        "tx_power_dbm": "output-power",
        "bias_ma": "laser-bias-current",
        "temperature_c": "module-temperature",
        "supply_voltage_v": "supply-voltage",
    }
)


def modules(tree: Tree) -> dict[str, Tree]:
    """Component name -> entry, of all that are transceivers or cages for them."""
    return {
        name: entry
        for name, entry in entries(tree, "components", "component")
        if identity(node_at(entry, "state"), "type") == _TRANSCEIVER or "transceiver" in entry
    }


def optics_of(tree: Tree) -> tuple[Optic, ...]:
    """The module of every interface that has or could have one, then modules that no interface names.

    Raises:
        Nothing: the target tells of no transceiver.
    """
    known = modules(tree)
    found: list[Optic] = []
    named: set[str] = set()
    for port, interface in entries(tree, "interfaces", "interface"):
        state = node_at(interface, "state")
        name = text(state, "transceiver") or port
        if name in known:
            named.add(name)
            found.append(optic(port, known[name], _channels_of(state)))
        elif identity(state, "oper-status") == "NOT_PRESENT":
            found.append(Optic(port=port, present=value(False)))
    found += [optic(name, entry) for name, entry in known.items() if name not in named]
    if not known:
        raise Nothing("the target tells of no transceiver")
    return tuple(found)


def _channels_of(state: Tree) -> frozenset[str] | None:
    """The channels of a module that an interface uses, where it tells: a part of them in a breakout."""
    held = state.get("physical-channel")
    if not isinstance(held, list) or not held:
        return None
    return frozenset(str(channel) for channel in held)


def optic(port: str, entry: Tree, channels: frozenset[str] | None = None) -> Optic:
    """One module; with `channels` only those of its lanes."""
    about, state = node_at(entry, "state"), node_at(entry, "transceiver", "state")
    present = _present(about, state)
    if present.value is False:
        return Optic(port=port, present=present)
    return Optic(
        port=port,
        present=present,
        medium=_medium(identity(state, "ethernet-pmd")),
        vendor=_first(word(state, "vendor"), word(about, "mfg-name")),
        part_number=_first(word(state, "vendor-part"), word(about, "part-no")),
        serial=_first(word(state, "serial-no"), word(about, "serial-no")),
        firmware=_first(word(about, "firmware-version"), word(state, "firmware-version")),
        temperature_c=_first(number(about, "temperature"), number(state, "module-temperature")),
        supply_voltage_v=number(state, "supply-voltage"),
        lanes=_lanes(entry, channels),
        thresholds=_thresholds(entry),
    )


def _present(about: Tree, state: Tree) -> Read:
    told = identity(state, "present")
    if told is not None:
        return _PRESENT.get(told, NOT_AVAILABLE)
    if about.get("empty") is True:
        return value(False)
    return value(True) if text(state, "serial-no") or text(about, "serial-no") else ABSENT


def _medium(pmd: str | None) -> Read:
    """`ETH_400GBASE_DR4` -> 400GBASE-DR4."""
    if pmd is None:
        return ABSENT
    name = pmd.removeprefix("ETH_").replace("_", "-")
    return NOT_AVAILABLE if name == "UNDEFINED" else value(name)


def _first(first: Read, second: Read) -> Read:
    return first if first.value is not None or second is ABSENT else second


def _lanes(entry: Tree, channels: frozenset[str] | None) -> tuple[Lane, ...]:
    """Lanes of the port, counted from 1 in the order of their channels."""
    listed = list(entries(entry, "transceiver", "physical-channels", "channel"))
    if not all(index.isdecimal() and len(index) <= 3 for index, _ in listed):
        raise Damaged("the index of a channel is no number")
    mine = sorted(
        ((int(index), channel) for index, channel in listed if channels is None or index in channels),
        key=lambda pair: pair[0],
    )
    first = min((int(index) for index, _ in listed), default=0)
    offset = 1 if first == 0 else 0
    return tuple(
        _lane(position if channels is not None else index + offset, node_at(channel, "state"))
        for position, (index, channel) in enumerate(mine, 1)
    )


def _lane(index: int, state: Tree) -> Lane:
    return Lane(
        index=index,
        rx_power_dbm=power_dbm(state, "input-power"),
        tx_power_dbm=power_dbm(state, "output-power"),
        bias_ma=number(state, "laser-bias-current"),
    )


def _thresholds(entry: Tree) -> tuple[Threshold, ...]:
    by_severity = {
        severity.rpartition(":")[2]: node_at(threshold, "state")
        for severity, threshold in entries(entry, "transceiver", "thresholds", "threshold")
    }
    alarm, warning = by_severity.get("CRITICAL", {}), by_severity.get("WARNING", {})
    found = (
        Threshold(
            quantity=quantity,
            high_alarm=number(alarm, f"{leaf}-upper"),
            low_alarm=number(alarm, f"{leaf}-lower"),
            high_warning=number(warning, f"{leaf}-upper"),
            low_warning=number(warning, f"{leaf}-lower"),
        )
        for quantity, leaf in _LIMITED.items()
    )
    return tuple(
        limits
        for limits in found
        if not (limits.high_alarm is limits.low_alarm is limits.high_warning is limits.low_warning is ABSENT)
    )
