"""EOS show commands that count or describe: descriptions, errors, discards, rates, pause, queues, bundles.

No traffic but LLDP runs in the lab, so what counts frames says zero; what is up or shut is the world's.
Shapes (EOS 4.3x): `show interfaces description` says up, down or adminDown where `show interfaces status`
says connected, notconnect or disabled; a queue without ECN counts `-`.
"""

from __future__ import annotations

from typing import Any

from bringup.lab.render_eos_ports import protocol_status
from bringup.lab.state import Port
from bringup.lab.world import World

Json = dict[str, Any]
TRAFFIC_CLASSES = 8
ERRORS = (
    "inErrors",
    "frameTooLongs",
    "outErrors",
    "frameTooShorts",
    "fcsErrors",
    "alignmentErrors",
    "symbolErrors",
)
RATES = ("inBpsRate", "inPktsRate", "inPpsRate", "outBpsRate", "outPktsRate", "outPpsRate")


def descriptions(world: World, device: str, names: list[str]) -> Json:
    """`show interfaces description`."""
    return {
        "interfaceDescriptions": {
            port.name: {
                "description": "",
                "interfaceStatus": _status(port),
                "lineProtocolStatus": protocol_status(port),
            }
            for port in _ports(world, device, names)
        }
    }


def errors(world: World, device: str, names: list[str]) -> Json:
    """`show interfaces counters errors`."""
    return {"interfaceErrorCounters": {name: dict.fromkeys(ERRORS, 0) for name in names}}


def discards(world: World, device: str, names: list[str]) -> Json:
    """`show interfaces counters discards`."""
    return {
        "inDiscardsTotal": 0,
        "outDiscardsTotal": 0,
        "interfaces": {name: {"inDiscards": 0, "outDiscards": 0} for name in names},
    }


def rates(world: World, device: str, names: list[str]) -> Json:
    """`show interfaces counters rates`: over five minutes, in bits and packets a second."""
    now = world.wall_unix_s(device)
    quiet: Json = {"description": "", "interval": 300, "lastUpdateTimestamp": now}
    return {"interfaces": {name: quiet | dict.fromkeys(RATES, 0.0) for name in names}}


def error_disabled(world: World, device: str, names: list[str]) -> Json:
    """`show interfaces status errdisabled`: nothing in the lab disables a port for an error."""
    return {"interfaceStatuses": {}}


def queues(world: World, device: str, names: list[str]) -> Json:
    """`show interfaces counters queue detail`."""
    empty = {
        "trafficClasses": {
            f"TC{number}": {
                "dropPrecedences": {
                    "DP0": {
                        "enqueuedPackets": 0,
                        "enqueuedBytes": 0,
                        "droppedPackets": 0,
                        "droppedBytes": 0,
                    }
                }
            }
            for number in range(TRAFFIC_CLASSES)
        }
    }
    return {
        "egressQueueCounters": {"interfaces": {name: {"ucastQueues": empty} for name in names}},
        "ingressVoqCounters": {"interfaces": {}},
    }


def pause(world: World, device: str, names: list[str]) -> Json:
    """`show priority-flow-control counters`."""
    return {"interfaceCounters": {name: {"rxFrames": 0, "txFrames": 0} for name in names}}


def pause_text(world: World, device: str) -> str:
    """The same as a terminal shows it, all priorities together; ports are short there."""
    rows = [f"{'Et' + port.name.removeprefix('Ethernet'):<12}{0:>12}{0:>16}" for port in world.ports(device)]
    return "\n".join([f"{'Port':<12}{'RxPfc':>12}{'TxPfc':>16}", *rows]) + "\n"


def pause_watchdog(world: World, device: str, names: list[str]) -> Json:
    """`show priority-flow-control counters watchdog`: what never happened is left out."""
    return {"interfaces": {}}


def pause_configured(world: World, device: str, names: list[str]) -> Json:
    """`show running-config section priority-flow-control`: no port has it on."""
    return {"cmds": {}}


def marked(world: World, device: str, names: list[str]) -> Json:
    """`show qos interfaces ecn counters queue`: marking is not configured."""
    unmarked = {str(number): "-" for number in range(TRAFFIC_CLASSES)}
    return {"intfQueueCounters": {name: {"queueCounters": unmarked} for name in names}}


def bundle_packets(world: World, device: str, names: list[str]) -> Json:
    """`show lacp counters all-ports`."""
    quiet = {"actorPortStatus": "bundled", "illegalRxCount": 0, "markerResponseRxCount": 0}
    bundles = world.device(device).configuration.bundles
    return {
        "portChannels": {
            bundle: {"interfaces": dict.fromkeys(members, quiet)} for bundle, members in bundles.items()
        },
        "orphanPorts": {},
    }


def _ports(world: World, device: str, names: list[str]) -> list[Port]:
    return [port for port in world.ports(device) if port.name in names]


def _status(port: Port) -> str:
    if not port.admin_up:
        return "adminDown"
    return "up" if port.up else "down"
