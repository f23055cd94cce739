"""EOS show commands that list ports: status, counters, PHYs, modules, neighbours; of the ports `names`."""

from __future__ import annotations

from typing import Any

from bringup.lab.lldp import Neighbor
from bringup.lab.optic_kind import kind_of
from bringup.lab.sonic_optics import limits_by_name
from bringup.lab.state import Port
from bringup.lab.world import World

Json = dict[str, Any]
DARK_DBM = -30.0
"""What the module's monitor prints where no light is seen."""
ENCODINGS = {"rs544": "reedSolomon", "rs528": "reedSolomon", "fc": "fireCode", "none": "disabled"}
PARAMETERS = (
    ("temperature", "C", "Temp"),
    ("voltage", "V", "Vcc"),
    ("txBias", "mA", "TxBias"),
    ("txPower", "dBm", "TxPower"),
    ("rxPower", "dBm", "RxPower"),
)
LIMITS = (
    ("highAlarm", "HighAlarm"),
    ("highWarn", "HighWarning"),
    ("lowAlarm", "LowAlarm"),
    ("lowWarn", "LowWarning"),
)


def statuses(world: World, device: str, names: list[str]) -> Json:
    """`show interfaces status`."""
    found: Json = {}
    for port in _ports(world, device, names):
        found[port.name] = {
            "description": "",
            "linkStatus": _link_status(port),
            "lineProtocolStatus": protocol_status(port),
            "bandwidth": _bandwidth_bps(port),
            "duplex": "duplexFull",
            "autoNegotiateActive": False,
            "interfaceType": kind_of(port.optic.medium).told if port.optic is not None else "Not Present",
            "vlanInformation": {"interfaceMode": "routed", "interfaceForwardingModel": "routed"},
        }
    return {"interfaceStatuses": found}


def interfaces(world: World, device: str, names: list[str]) -> Json:
    """`show interfaces`."""
    found: Json = {}
    for port in _ports(world, device, names):
        found[port.name] = {
            "name": port.name,
            "hardware": "ethernet",
            "description": "",
            "forwardingModel": "routed",
            "interfaceStatus": _link_status(port),
            "lineProtocolStatus": protocol_status(port),
            "bandwidth": _bandwidth_bps(port),
            "mtu": port.mtu,
            "duplex": "duplexFull",
            "autoNegotiate": "off",
            "physicalAddress": port.mac,
            "burnedInAddress": port.mac,
            "lastStatusChangeTimestamp": _changed_unix_s(world, port),
            "interfaceCounters": {
                "counterRefreshTime": world.wall_unix_s(device),
                "linkStatusChanges": world.counters(port.subject).transitions,
                "inOctets": 0,
                "outOctets": 0,
                "inDiscards": 0,
                "outDiscards": 0,
                "totalInErrors": 0,
                "totalOutErrors": 0,
                "inputErrorsDetail": {
                    "runtFrames": 0,
                    "giantFrames": 0,
                    "fcsErrors": 0,
                    "alignmentErrors": 0,
                    "symbolErrors": 0,
                    "rxPause": 0,
                },
                "outputErrorsDetail": {
                    "collisions": 0,
                    "lateCollisions": 0,
                    "deferredTransmissions": 0,
                    "txPause": 0,
                },
            },
        }
    return {"interfaces": found}


def error_correction(world: World, device: str, names: list[str]) -> Json:
    """`show interfaces error-correction`: what is configured, and so what is used."""
    return {
        "interfaceErrCorrStatuses": {
            port.name: {"errCorrEncodingStatus": ENCODINGS[port.fec_mode]}
            for port in _ports(world, device, names)
        }
    }


def phy_detail(world: World, device: str, names: list[str]) -> Json:
    """`show interfaces phy detail`: a chip that says nothing, one towards the switch, one to the line."""
    found: Json = {}
    for port in _ports(world, device, names):
        changed = _changed_unix_s(world, port)
        counters, ber = world.counters(port.subject), world.pre_fec_ber(port.subject)
        state = {
            "value": "linkUp" if port.up else "linkDown",
            "changes": counters.transitions,
            "lastChange": changed,
        }
        line: Json = {
            "description": {"phyChipName": "BCM56990-TSCBH", "location": "line"},
            "operSpeed": f"{port.speed_gbps:g}Gbps",
            "phyState": state,
        }
        if port.fec_mode != "none":
            line["fec"] = {
                "encoding": ENCODINGS[port.fec_mode],
                "correctedCodewords": _counted(counters.corrected_codewords, changed),
                "uncorrectedCodewords": _counted(counters.uncorrectable_codewords, changed),
            }
        if ber is not None:
            line["preFecBer"] = {"value": ber}
        inner: Json = {
            "description": {"phyChipName": "LAB50216", "location": "system"},
            "phyState": {"value": "linkUp", "changes": 1, "lastChange": changed},
            "fec": {"correctedCodewords": _counted(0, 0.0), "uncorrectedCodewords": _counted(0, 0.0)},
            "preFecBer": {"value": 0.0},
        }
        found[port.name] = {
            "phyStatuses": [{"description": {"phyChipName": "LAB50216"}}, inner, line],
            "interfaceState": {},
            "macFaults": {},
        }
    return {"interfacePhyStatuses": found}


def transceiver(world: World, device: str, names: list[str]) -> Json:
    """`show interfaces transceiver detail`; a port without a module has its name only, and so has one whose
    module has no monitors.
    """
    found: Json = {}
    for port in _ports(world, device, names):
        found[port.name] = {"displayName": port.name}
        if port.optic is not None and not kind_of(port.optic.medium).flat:
            found[port.name] |= {
                "vendorSn": port.optic.serial,
                "mediaType": kind_of(port.optic.medium).told,
                "updateTime": _sampled_unix_s(world, port),
                "parameters": _parameters(world, port),
            }
    return {"interfaces": found}


def neighbors(world: World, device: str, names: list[str]) -> Json:
    """`show lldp neighbors detail`; ports without a neighbour have an empty list."""
    return {
        "lldpNeighbors": {
            port.name: {
                "lldpNeighborInfo": [
                    _neighbor(each, world.wall_unix_s(device), world.clock.speed)
                    for each in world.neighbors(port.subject)
                ]
            }
            for port in _ports(world, device, names)
        }
    }


def _ports(world: World, device: str, names: list[str]) -> list[Port]:
    return [port for port in world.ports(device) if port.name in names]


def _changed_unix_s(world: World, port: Port) -> float:
    """By the switch's clock; since boot, where nothing has changed since."""
    booted = world.device(port.device).boot_started_at or 0.0
    return world.wall_of(port.device, max(port.changed_at, booted))


def _link_status(port: Port) -> str:
    if not port.admin_up:
        return "disabled"
    return "connected" if port.up else "notconnect"


def protocol_status(port: Port) -> str:
    """What EOS calls the line protocol of a port."""
    if port.up:
        return "up"
    return "down" if port.optic is not None else "notPresent"


def _bandwidth_bps(port: Port) -> int:
    """What the port runs at, and while it does not run what it is configured to; 0 without a module."""
    return round(port.speed_gbps * 1e9) if port.optic is not None else 0


def _counted(value: int, changed: float) -> Json:
    return {"value": value, "changes": min(value, 1), "lastChange": changed if value else 0.0}


def _sampled_unix_s(world: World, port: Port) -> float:
    """When the module's monitors were read, by the switch's clock."""
    held = port.held_module
    return world.wall_unix_s(port.device) if held is None else world.wall_of(port.device, held.since)


def _parameters(world: World, port: Port) -> Json:
    lanes, optic = world.lanes(port.subject), port.optic
    assert optic is not None
    limits = limits_by_name(optic.medium)
    channels: dict[str, dict[str, float]] = {
        "temperature": {"-": round(world.optic_temperature_c(port.subject), 4)},
        "voltage": {"-": optic.supply_voltage_v},
        "txBias": {str(lane.index): lane.bias_ma for lane in lanes},
        "txPower": {str(lane.index): _dbm(lane.tx_power_dbm) for lane in lanes},
        "rxPower": {str(lane.index): _dbm(lane.rx_power_dbm) for lane in lanes},
    }
    return {
        name: {"unit": unit, "channels": channels[name], "threshold": _thresholds(prefix, limits)}
        for name, unit, prefix in PARAMETERS
    }


def _thresholds(prefix: str, limits: dict[str, float]) -> Json:
    found: Json = {}
    for key, suffix in LIMITS:
        found[key] = limits[prefix + suffix]
        found[f"{key}Overridden"] = False
    return found


def _dbm(power: float | None) -> float:
    return DARK_DBM if power is None else power


def _neighbor(heard: Neighbor, wall_unix_s: float, speed: float) -> Json:
    octets = heard.chassis_id.replace(":", "")
    return {
        "chassisIdType": "macAddress",
        "chassisId": ".".join(octets[start : start + 4] for start in (0, 4, 8)),
        "systemName": heard.system_name,
        "systemDescription": heard.platform,
        "ttl": heard.ttl_s,
        "lastContactTime": wall_unix_s - heard.age_s / speed,
        "neighborDiscoveryTime": wall_unix_s - heard.known_for_s / speed,
        "lastChangeTime": wall_unix_s - heard.known_for_s / speed,
        "managementAddresses": [],
        "systemCapabilities": {"bridge": True, "router": True},
        "neighborInterfaceInfo": {
            "interfaceIdType": "interfaceName",
            "interfaceId": f'"{heard.port_id}"',
            "interfaceId_v2": heard.port_id,
            "interfaceDescription": heard.port_description,
        },
    }
