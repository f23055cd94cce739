"""Outlets, supplies, hosts: who has power and since when. Works on the records of `bringup.lab.state`."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping

from bringup.lab.state import Device, Outlet, Supply

MAINS_V = 230.0
POWERING_S = 4.0
SHUTDOWN_S = 8.0
STANDBY_W = 25.0
CONVERSION_LOSS = 1.06


def live(outlet: Outlet) -> bool:
    return outlet.commanded_on and not outlet.tripped


def fed(devices: Mapping[str, Device], supply: Supply) -> bool:
    """Whether live mains arrive at a supply's inlet. A supply bound to no outlet hangs on the building."""
    if not supply.fitted or not supply.cord:
        return False
    if supply.pdu is None:
        return True
    return any(live(each) for each in devices[supply.pdu].outlets if each.index == supply.outlet)


def delivers(devices: Mapping[str, Device], supply: Supply) -> bool:
    return supply.healthy and fed(devices, supply)


def supply_input_v(devices: Mapping[str, Device], supply: Supply) -> float:
    return MAINS_V if fed(devices, supply) else 0.0


def powered(devices: Mapping[str, Device], device: Device) -> bool:
    if device.host_device is not None:
        return powered(devices, devices[device.host_device])
    return not device.supplies or any(delivers(devices, supply) for supply in device.supplies)


def _draw_w(device: Device) -> float:
    if device.boot_started_at is None:
        return STANDBY_W if device.host is not None else 0.0
    return device.load_w


def supply_output_w(devices: Mapping[str, Device], device: Device, name: str) -> float:
    """The load is shared by all supplies that deliver."""
    sharing = [supply.name for supply in device.supplies if delivers(devices, supply)]
    return _draw_w(device) / len(sharing) if name in sharing else 0.0


def outlet_load_w(devices: Mapping[str, Device], pdu: str, index: int) -> float:
    return outlet_loads_w(devices, pdu)[index]


def outlet_loads_w(devices: Mapping[str, Device], pdu: str) -> dict[int, float]:
    """Outlet -> power drawn from it, for every outlet of a PDU."""
    loads = dict.fromkeys((outlet.index for outlet in devices[pdu].outlets), 0.0)
    for device in devices.values():
        here = [supply for supply in device.supplies if supply.pdu == pdu and supply.outlet in loads]
        if here:
            sharing = [supply for supply in device.supplies if delivers(devices, supply)]
            for supply in here:
                if supply in sharing and supply.outlet is not None:
                    loads[supply.outlet] += CONVERSION_LOSS * _draw_w(device) / len(sharing)
    return loads


def power_state(node: Device, now: float) -> str:
    host = node.host
    if host is None:
        return "On" if node.boot_started_at is not None else "Off"
    if host.off_at is not None:
        return "PoweringOff"
    if not host.on:
        return "Off"
    return "PoweringOn" if now - host.changed_at < POWERING_S else "On"


def reset(node: Device, kind: str, now: float) -> None:
    """Raises: ValueError for a kind that no board knows."""
    host = node.host
    if host is None:
        raise ValueError(f"{node.name} has no host power")
    host.resets += 1
    if kind in ("On", "ForceOn"):
        _switch_on(node, now)
    elif kind in ("GracefulShutdown", "PushPowerButton") and host.on:
        host.off_at = now + SHUTDOWN_S
    elif kind == "ForceOff":
        host.on, host.off_at, host.changed_at = False, None, now
    elif kind in ("ForceRestart", "GracefulRestart", "PowerCycle"):
        node.boot_started_at, node.booted = None, False
        host.on = False
        _switch_on(node, now)
    elif kind not in ("GracefulShutdown", "PushPowerButton"):
        raise ValueError(f"{kind} is no reset type")


def _switch_on(node: Device, now: float) -> None:
    host = node.host
    if host is None or not host.holds or (host.on and host.off_at is None):
        return
    host.on, host.off_at, host.changed_at = True, None, now


def dues(devices: Iterable[Device]) -> Iterator[float]:
    """Moments at which something happens by itself."""
    for device in devices:
        if device.boot_started_at is not None and not device.booted:
            yield device.boot_started_at + device.boot_s
        if device.host is not None and device.host.off_at is not None:
            yield device.host.off_at
        for outlet in device.outlets:
            if outlet.on_at is not None:
                yield outlet.on_at


def react(devices: Mapping[str, Device], now: float, seed: int) -> None:
    """Let outlets, hosts and boots follow from what is so at `now`."""
    for device in devices.values():
        for outlet in device.outlets:
            if outlet.on_at is not None and outlet.on_at <= now:
                outlet.commanded_on, outlet.changed_at, outlet.on_at = True, outlet.on_at, None
    for device in devices.values():
        _react_device(devices, device, now, seed)


def _react_device(devices: Mapping[str, Device], device: Device, now: float, seed: int) -> None:
    has_power, host = powered(devices, device), device.host
    if host is not None:
        due_off = host.off_at is not None and host.off_at <= now
        if due_off or not has_power or not host.holds:
            host.on, host.off_at = False, None
            host.changed_at = now if due_off else host.changed_at
    if not has_power or (host is not None and not host.on):
        device.boot_started_at, device.booted = None, False
    elif device.boot_started_at is None:
        device.boot_started_at, device.booted = now, False
        device.boots += 1
        device.boot_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{seed}/{device.name}/{device.boots}"))
        for port in device.ports:
            port.counters = type(port.counters)()
    elif now >= device.boot_started_at + device.boot_s:
        device.booted = True
