"""Flow control as switches and hosts tell it: pause frames from one table, and from others, where a platform
has them, what PFC is on for, what its watchdog saw, and what was marked or dropped.

Only the table of pause frames must be there: what another does not tell stays a reading that says so.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import msgspec

from bringup.decode import (
    eos_flow,
    junos_flow,
    linux_flow,
    nvue_flow,
    nxos_flow,
    sonic_flow,
)
from bringup.driver import eapi
from bringup.driver.reading import Command, NotPermitted, facts_of
from bringup.driver.told import fact, facts
from bringup.model.errors import NoData, Refused, Unparsable
from bringup.model.facts import Decoded
from bringup.model.facts_flow import FlowControl
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value
from bringup.transport.base import HttpExchange

Reader = Callable[[Command], Awaitable[Decoded]]
SONIC_PAUSES = Command(text="show pfc counters", format=sonic_flow.PFC_COUNTERS)
SONIC_ENABLED = Command(text="show pfc priority", format=sonic_flow.PFC_PRIORITY)
SONIC_WATCHDOG = Command(text="show pfcwd config", format=sonic_flow.PFCWD_CONFIG)
SONIC_STORMS = Command(text="pfcwd show stats -e", format=sonic_flow.PFCWD_STATS)
SONIC_DROPS = Command(text="show priority-group drop counters", format=sonic_flow.PG_DROPS)
SONIC_MARKS = Command(text="show queue wredcounters", format=sonic_flow.WRED_COUNTERS, deadline_s=60.0)
EOS_PAUSES = "show priority-flow-control counters"
EOS_ENABLED = "show running-config section priority-flow-control"
EOS_STORMS = "show priority-flow-control counters watchdog"
NXOS = Command(text="show interface priority-flow-control | json", format=nxos_flow.PFC)
JUNOS = Command(
    text='show interfaces extensive | match "Physical interface:|Priority :" | no-more',
    format=junos_flow.TEXT_PFC,
    deadline_s=60.0,
)
NVUE_PAUSES = Command(
    text="nv show interface {port} counters qos pfc-stats -o json", format=nvue_flow.PFC_STATS
)
NVUE_COUNTERS = Command(
    text="nv show interface {port} qos roce counters -o json", format=nvue_flow.ROCE_COUNTERS
)
NVUE_STATUS = Command(text="nv show interface {port} qos roce status -o json", format=nvue_flow.ROCE_STATUS)
LINUX_ENABLED = Command(text="dcb -j pfc show dev {port}", format=linux_flow.DCB_PFC)


async def maybe(asked: Awaitable[Decoded]) -> Decoded | None:
    """What was told; None where the device has none of it, or it can't be read."""
    try:
        return await asked
    except (NoData, Unparsable, NotPermitted):
        return None


async def of_sonic(read: Reader) -> tuple[FlowControl, ...]:
    pauses = facts(await read(SONIC_PAUSES), "flow", FlowControl)
    enabled = _table(await maybe(read(SONIC_ENABLED)), "enabled")
    watched = _table(await maybe(read(SONIC_WATCHDOG)), "watchdog")
    storms = _table(await maybe(read(SONIC_STORMS)), "storms")
    drops = _table(await maybe(read(SONIC_DROPS)), "drops")
    marked = _table(await maybe(read(SONIC_MARKS)), "ecn_marked")
    return tuple(
        msgspec.structs.replace(
            flow,
            enabled=_told(enabled, flow.port),
            watchdog=NOT_AVAILABLE if watched is None else value(flow.port in watched),
            storms=_of_queues(storms, flow.port),
            drops=_lossless_drops(drops, enabled, flow.port),
            ecn_marked_packets=_of_queues(marked, flow.port),
        )
        for flow in pauses
    )


async def of_eos(switch: HttpExchange, *, device: str) -> tuple[FlowControl, ...]:
    (reply,) = await eapi.run(switch, (EOS_PAUSES,), device=device, form="text")
    told = facts_of(eos_flow.PFC_COUNTERS, reply, device=device, request=EOS_PAUSES)
    enabled = _table(await maybe(_eos_enabled(switch, device)), "enabled")
    storms = _table(await maybe(_eos_storms(switch, device)), "storms")
    return tuple(
        msgspec.structs.replace(
            flow,
            enabled=_told(enabled, flow.port, "none"),
            storms=_told(storms, flow.port, 0),
        )
        for flow in facts(told, "flow", FlowControl)
    )


async def _eos_enabled(switch: HttpExchange, device: str) -> Decoded:
    """The configuration needs the privileged mode, which a user may not have: then it is not told."""
    try:
        replies = await eapi.run(switch, ("enable", EOS_ENABLED), device=device)
    except Refused as refused:
        raise NoData(refused.message, refused.advice) from None
    return facts_of(eos_flow.PFC_CONFIGURED, replies[-1], device=device, request=EOS_ENABLED)


async def _eos_storms(switch: HttpExchange, device: str) -> Decoded:
    (reply,) = await eapi.run(switch, (EOS_STORMS,), device=device)
    return facts_of(eos_flow.PFC_WATCHDOG, reply, device=device, request=EOS_STORMS)


async def of_nxos(read: Reader) -> tuple[FlowControl, ...]:
    return facts(await read(NXOS), "flow", FlowControl)


async def of_junos(read: Reader) -> tuple[FlowControl, ...]:
    return facts(await read(JUNOS), "flow", FlowControl)


async def of_nvue(read: Reader, port: str) -> FlowControl:
    """One port; three commands, as NVUE tells each port by itself."""
    pauses = fact(await read(_of_port(NVUE_PAUSES, port)), "flow", FlowControl)
    counted = _flow(await maybe(read(_of_port(NVUE_COUNTERS, port))))
    status = _flow(await maybe(read(_of_port(NVUE_STATUS, port))))
    return msgspec.structs.replace(
        pauses,
        port=port,
        enabled=status.enabled,
        drops=counted.drops,
        ecn_marked_packets=counted.ecn_marked_packets,
    )


async def of_linux(read: Reader, port: str, counters: Mapping[str, object]) -> FlowControl:
    """One interface. `dcb` may not be installed, and most drivers have no DCB: then it is not told."""
    told = await maybe(read(_of_port(LINUX_ENABLED, port)))
    enabled = NOT_AVAILABLE if told is None else value(str(told.facts["enabled"]))
    return linux_flow.flow_of(port, counters, enabled)


def _of_port(command: Command, port: str) -> Command:
    """`port` has passed the platform's own pattern of names."""
    return msgspec.structs.replace(command, text=command.text.format(port=port))


def _flow(decoded: Decoded | None) -> FlowControl:
    return FlowControl(port="") if decoded is None else fact(decoded, "flow", FlowControl)


def _table(decoded: Decoded | None, name: str) -> dict[str, object] | None:
    held = None if decoded is None else decoded.facts[name]
    return held if isinstance(held, dict) else None


def _told(table: dict[str, object] | None, port: str, unlisted: int | str | None = None) -> Read:
    """A port's entry; not available where the table says so. One that is not listed is `unlisted`, for tables
    that leave out what is so, else absent.
    """
    if table is None or (port not in table and unlisted is None):
        return ABSENT
    held = table.get(port, unlisted)
    return value(held) if isinstance(held, int | str) else NOT_AVAILABLE


def _of_queues(table: dict[str, object] | None, port: str) -> Read:
    """The sum over all queues of a port (`PORT:QUEUE`); not available where one of them is not told, absent
    where none is listed.
    """
    told = [held for queue, held in (table or {}).items() if queue.rpartition(":")[0] == port]
    counts = [held for held in told if isinstance(held, int)]
    if len(counts) < len(told):
        return NOT_AVAILABLE
    return value(sum(counts)) if counts else ABSENT


def _lossless_drops(drops: dict[str, object] | None, enabled: dict[str, object] | None, port: str) -> Read:
    """Drops of the priority groups that are lossless: a group and its priority have one number, unless a map
    says otherwise. Others are meant to drop."""
    groups, told = (drops or {}).get(port), (enabled or {}).get(port)
    if not isinstance(groups, dict) or not isinstance(told, str) or told == "none":
        return ABSENT
    counts = [groups.get(at) for at in told.split(",")]
    known = [held for held in counts if isinstance(held, int)]
    return value(sum(known)) if len(known) == len(counts) else NOT_AVAILABLE
