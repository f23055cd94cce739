"""OpenConfig components: parts of a switch, and optical modules with their lanes and limits."""

from __future__ import annotations

from collections.abc import Mapping

from bringup.lab.oc_tree import Keyed, Leaf, Node, decimal, flag, identity, number, text
from bringup.lab.optic_kind import OpticKind, kind_of
from bringup.lab.sonic_optics import limits_by_name
from bringup.lab.state import Optic, Port
from bringup.lab.world import LaneReading, World

PLATFORM, TRANSPORT = "openconfig-platform-types", "openconfig-transport-types"
XCVR = "openconfig-platform-transceiver"
LIMITS = (
    ("input-power", "RxPower"),
    ("output-power", "TxPower"),
    ("laser-bias-current", "TxBias"),
    ("module-temperature", "Temp"),
    ("supply-voltage", "Vcc"),
)


def component(name: str, kind: str, about: Mapping[str, Node], **below: Node) -> dict[str, Node]:
    """A component; `below` are containers such as `fan` with their state."""
    state = {"name": text(name), "type": identity(PLATFORM, kind), **about}
    parts: dict[str, Node] = {each: {"state": inner} for each, inner in below.items()}
    return {"name": text(name), "config": {"name": text(name)}, "state": state, **parts}


def status(ok: bool) -> dict[str, Node]:
    return {"oper-status": identity(PLATFORM, "ACTIVE" if ok else "DISABLED")}


def module_component(world: World, platform: str, port: Port) -> dict[str, Node]:
    """A cage and what is in it, named like its interface."""
    optic, parent = port.optic, text(f"{port.name}-Port")
    if optic is None:
        empty: dict[str, Node] = {"state": {"present": text("NOT_PRESENT")}}
        bare_cage = component(port.name, "TRANSCEIVER", {"parent": parent, "empty": flag(True)})
        return {**bare_cage, f"{XCVR}:transceiver": empty}
    about: dict[str, Node] = {
        "parent": parent,
        "removable": flag(True),
        "mfg-name": text(optic.vendor),
        "part-no": text(optic.part_number),
        "serial-no": text(optic.serial),
        "firmware-version": text(optic.firmware),
        "hardware-version": text(optic.revision),
        "temperature": {"instant": decimal(world.optic_temperature_c(port.subject), 1)},
        **status(True),
    }
    module = component(port.name, "TRANSCEIVER", about)
    return {**module, f"{XCVR}:transceiver": _transceiver(world.lanes(port.subject), platform, optic)}


def _transceiver(lanes: tuple[LaneReading, ...], platform: str, optic: Optic) -> Node:
    kind, first = kind_of(optic.medium), 0 if platform == "eos" else 1
    dark = "-30.00" if platform == "eos" else "-inf"
    channels: dict[str, Node] = {
        str(lane.index - 1 + first): _channel(lane, lane.index - 1 + first, dark) for lane in lanes
    }
    severities: dict[str, Node] = {
        severity: _threshold(kind, severity, suffix)
        for severity, suffix in (("CRITICAL", "Alarm"), ("WARNING", "Warning"))
    }
    return {
        "state": {
            "present": text("PRESENT"),
            "form-factor": identity(TRANSPORT, "OSFP"),
            "connector-type": identity(TRANSPORT, "MPO_CONNECTOR"),
            "ethernet-pmd": identity(TRANSPORT, f"ETH_{optic.medium.replace('-', '_')}"),
            "vendor": text(optic.vendor),
            "vendor-part": text(optic.part_number),
            "vendor-rev": text(optic.revision),
            "serial-no": text(optic.serial),
            "fault-condition": flag(False),
            "supply-voltage": {"instant": decimal(optic.supply_voltage_v, 2)},
        },
        "physical-channels": {"channel": Keyed("index", channels)},
        "thresholds": {"threshold": Keyed("severity", severities)},
    }


def _channel(lane: LaneReading, index: int, dark: str) -> Node:
    def power(dbm: float | None) -> Node:
        return {"instant": Leaf("decimal", dark) if dbm is None else decimal(dbm, 2)}

    state: dict[str, Node] = {
        "index": number(index),
        "input-power": power(lane.rx_power_dbm),
        "output-power": power(lane.tx_power_dbm),
        "laser-bias-current": {"instant": decimal(lane.bias_ma, 2)},
        "rx-los": flag(lane.rx_power_dbm is None),
        "tx-failure": flag(False),
    }
    return {"index": number(index), "state": state}


def _threshold(kind: OpticKind, severity: str, suffix: str) -> Node:
    state: dict[str, Node] = {"severity": identity("openconfig-alarm-types", severity)}
    values = limits_by_name(kind.medium)
    for leaf, prefix in LIMITS:
        state[f"{leaf}-upper"] = decimal(values[f"{prefix}High{suffix}"], 2)
        state[f"{leaf}-lower"] = decimal(values[f"{prefix}Low{suffix}"], 2)
    return {"severity": identity("openconfig-alarm-types", severity), "state": state}
