"""Redfish ComputerSystem, Manager, and the software inventory."""

from __future__ import annotations

import datetime

from bringup.decode.json_field import Json, object_in, read_text, text_in
from bringup.decode.redfish_resource import health_of, resource, sniffer, state_of
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found
from bringup.model.facts import Clock, HostPower, Identity
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

SYSTEM_TYPE, MANAGER_TYPE, SOFTWARE_TYPE = "ComputerSystem", "Manager", "SoftwareInventory"
RESET = "#ComputerSystem.Reset"
ALLOWED = "ResetType@Redfish.AllowableValues"
_STATES = frozenset({"On", "Off", "PoweringOn", "PoweringOff", "Paused"})
_SHOWN = (
    "BiosVersion",
    "Model",
    "SerialNumber",
    "SKU",
    "PartNumber",
    "PowerState",
    "HostName",
    "Manufacturer",
    "SystemType",
    "UUID",
    "Status",
    "MemorySummary",
    "ProcessorSummary",
)


def system_identity(system: Json) -> Identity:
    """The host, as its BMC knows it."""
    firmware = {"bios": read_text(system, "BiosVersion")} if text_in(system, "BiosVersion") else {}
    return Identity(
        hostname=read_text(system, "HostName"),
        vendor=read_text(system, "Manufacturer"),
        model=read_text(system, "Model"),
        serial=read_text(system, "SerialNumber"),
        firmware=firmware,
    )


def power_of(system: Json) -> HostPower:
    """Power state, and what the reset action takes; none where the service does not list it here."""
    state = text_in(system, "PowerState")
    if state is not None and state not in _STATES:
        raise Damaged(f"{state[:40]!r} is no power state")
    told = ABSENT if "PowerState" not in system else NOT_AVAILABLE
    return HostPower(
        power_state=told if state is None else value(state),
        allowed_resets=words_in(object_in(object_in(system, "Actions"), RESET), ALLOWED),
    )


def words_in(parent: Json, key: str) -> tuple[str, ...]:
    """A list of words; none where there is no such key.

    Raises:
        Damaged: it is none.
    """
    held = parent.get(key)
    if held is None:
        return ()
    if not isinstance(held, list) or not all(isinstance(word, str) for word in held):
        raise Damaged(f"{key!r} is no list of words")
    return tuple(held)


def manager_identity(manager: Json) -> Identity:
    """The BMC itself; `os_version` is the firmware that it runs. Most tell no serial of their own."""
    return Identity(
        vendor=read_text(manager, "Manufacturer"),
        model=read_text(manager, "Model"),
        serial=read_text(manager, "SerialNumber"),
        os_version=read_text(manager, "FirmwareVersion"),
        uptime_s=_uptime(manager),
    )


def clock_of(manager: Json) -> Clock:
    """The BMC's clock. A time without an offset from UTC, told nowhere else, can't be compared."""
    told = text_in(manager, "DateTime")
    if told is None:
        return Clock(unix_s=NOT_AVAILABLE if "DateTime" in manager else ABSENT)
    moment = _moment(told, text_in(manager, "DateTimeLocalOffset"))
    return Clock(unix_s=NOT_AVAILABLE if moment is None else value(moment))


def _uptime(manager: Json) -> Read:
    now, reset = text_in(manager, "DateTime"), text_in(manager, "LastResetTime")
    if now is None or reset is None:
        return ABSENT
    offset = text_in(manager, "DateTimeLocalOffset")
    times = (_moment(now, offset), _moment(reset, offset))
    if times[0] is None or times[1] is None or times[0] < times[1]:
        return NOT_AVAILABLE
    return value(round(times[0] - times[1], 3))


def _moment(text: str, offset: str | None) -> float | None:
    """An ISO 8601 time in seconds since 1970; None where it has no offset from UTC.

    Raises:
        Damaged: it is none.
    """
    if len(text) > 40:
        raise Damaged("a time is no time")
    try:
        read = datetime.datetime.fromisoformat(text)
        if read.tzinfo is None and offset is not None:
            read = datetime.datetime.fromisoformat(text + offset)
        return None if read.tzinfo is None else read.timestamp()
    except (ValueError, OverflowError) as error:
        raise Damaged(f"{text[:40]!r} is no time") from error


def software_version(item: Json) -> tuple[str, Read]:
    """(id, version) of one entry of the software inventory."""
    name = text_in(item, "Id") or text_in(item, "Name")
    if name is None:
        raise Damaged("a software has neither id nor name")
    return name, read_text(item, "Version")


def _parse_system(data: bytes) -> Found:
    system = resource(data, SYSTEM_TYPE)
    if not system.keys() & {"SerialNumber", "PowerState", "Model", "Manufacturer"}:
        raise Damaged("the system tells nothing of itself")
    return Found(
        facts={
            "identity": system_identity(system),
            "host_power": power_of(system),
            "details": {key: system[key] for key in _SHOWN if key in system},
        }
    )


def _parse_manager(data: bytes) -> Found:
    manager = resource(data, MANAGER_TYPE)
    if not manager.keys() & {"FirmwareVersion", "DateTime", "Model", "ManagerType"}:
        raise Damaged("the manager tells nothing of itself")
    return Found(
        facts={
            "identity": manager_identity(manager),
            "clock": clock_of(manager),
            "details": {
                "type": text_in(manager, "ManagerType"),
                "health": health_of(manager),
                "state": state_of(manager),
            },
        }
    )


def _parse_software(data: bytes) -> Found:
    name, version = software_version(resource(data, SOFTWARE_TYPE))
    return Found(facts={"identity": Identity(firmware={name: version})})


_SYSTEM, _MANAGER, _SOFTWARE = sniffer(SYSTEM_TYPE), sniffer(MANAGER_TYPE), sniffer(SOFTWARE_TYPE)
SYSTEM = Format(
    name="redfish.system",
    title="Redfish: a ComputerSystem",
    sniff=lambda head: 90 if _SYSTEM.search(head) else 0,
    parse=_parse_system,
    facts={"identity": Identity, "host_power": HostPower, "details": dict[str, object]},
)
MANAGER = Format(
    name="redfish.manager",
    title="Redfish: a Manager (BMC)",
    sniff=lambda head: 90 if _MANAGER.search(head) else 0,
    parse=_parse_manager,
    facts={"identity": Identity, "clock": Clock, "details": dict[str, str | None]},
)
SOFTWARE = Format(
    name="redfish.software",
    title="Redfish: one entry of the software inventory",
    sniff=lambda head: 90 if _SOFTWARE.search(head) else 0,
    parse=_parse_software,
    facts={"identity": Identity},
)
FORMATS = (SYSTEM, MANAGER, SOFTWARE)
