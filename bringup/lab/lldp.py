"""LLDP as time sees it: who has been heard on a port, how long ago, and when they are forgotten."""

from __future__ import annotations

from typing import NamedTuple

from bringup.lab.state import Device, Heard, Port

FAST_FRAMES = 4
FAST_S = 1.0
INTERVAL_S = 30.0
TTL_S = 120.0
NEVER_S = -1.0e9


class Neighbor(NamedTuple):
    """An LLDP neighbour as a port knows it now. Ages are world seconds."""

    system_name: str
    chassis_id: str
    port_id: str
    port_description: str
    platform: str
    age_s: float
    known_for_s: float
    ttl_s: int


def last_frame(since: float, now: float) -> float | None:
    """When the last frame arrived on a link that came up at `since`: four at 1 s, then one each 30 s."""
    frames = int((now - since) // FAST_S)
    if frames <= 0:
        return None
    fast_end = since + FAST_FRAMES * FAST_S
    if now <= fast_end:
        return since + frames * FAST_S
    return fast_end + ((now - fast_end) // INTERVAL_S) * INTERVAL_S


def neighbor(heard: Heard, now: float) -> Neighbor | None:
    """What a port knows of `heard`, or None before the first frame and after the time to live."""
    last = heard.last_frame if heard.last_frame is not None else last_frame(heard.since, now)
    if last is None or now - last > TTL_S:
        return None
    return Neighbor(
        heard.system_name,
        heard.chassis_id,
        heard.port_id,
        heard.port_description,
        heard.platform,
        now - last,
        now - (heard.since + FAST_S),
        int(TTL_S),
    )


def port_id_of(port: Port) -> str:
    """What a port calls itself in its frames: its alias where it has one (SONiC: `etp1`), else its name."""
    return port.alias or port.name


def begin(port: Port, far: Port, far_device: Device, now: float) -> None:
    """A link came up: `far` is heard from now on; what has expired, or is the same end, is forgotten."""
    kept = [heard for heard in port.heard if heard.last_frame is not None and now - heard.last_frame <= TTL_S]
    port.heard = [
        each for each in kept if (each.chassis_id, each.port_id) != (far_device.chassis_id, port_id_of(far))
    ]
    port.heard.append(
        Heard(
            system_name=far_device.hostname,
            chassis_id=far_device.chassis_id,
            port_id=port_id_of(far),
            port_description=far.name,
            platform=far_device.platform,
            since=now,
        )
    )


def end(port: Port, now: float) -> None:
    """The link went down: the last frame is history, and lives on for its time."""
    for heard in port.heard:
        if heard.last_frame is None:
            frame = last_frame(heard.since, now)
            heard.last_frame = NEVER_S if frame is None else frame


def hears(port: Port, far: Port, far_device: Device) -> bool:
    """Whether the neighbour that is heard now is `far` (it is not after plugs were moved)."""
    now_heard = [heard for heard in port.heard if heard.last_frame is None]
    return all(
        (each.chassis_id, each.port_id) == (far_device.chassis_id, port_id_of(far)) for each in now_heard
    )
