"""EOS `show version`, `show hostname`, `show clock` and `show inventory` as JSON.

Source: keys as EOS 4.2x and 4.3x print them (corpus, eAPI command documentation). Slot numbers are unordered
strings; an empty cage is listed with the maker `Not Present`.
"""

from __future__ import annotations

import re

from bringup.decode.eos_reply import reply_of
from bringup.decode.json_field import (
    Json,
    named_objects,
    object_in,
    read_real,
    read_text,
    text_in,
)
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found
from bringup.model.facts import Clock, Identity
from bringup.model.measurement import ABSENT, Read, value

NOT_PRESENT = "Not Present"
_NO_SUPPLY = frozenset({"Not Inserted", "Not Present", ""})


def _parse_version(data: bytes) -> Found:
    reply = reply_of(data, "modelName")
    if text_in(reply, "version") is None or text_in(reply, "modelName") is None:
        raise Damaged("the version or the model is missing")
    identity = Identity(
        vendor=read_text(reply, "mfgName"),
        model=read_text(reply, "modelName"),
        serial=read_text(reply, "serialNumber"),
        os_version=read_text(reply, "version"),
        hardware_revision=read_text(reply, "hardwareRevision"),
        uptime_s=read_real(reply, "uptime"),
        kernel=read_text(reply, "kernelVersion"),
        machine=read_text(reply, "architecture"),
    )
    details: Json = {
        "system_mac": text_in(reply, "systemMacAddress"),
        "bootup_unix_s": read_real(reply, "bootupTimestamp").value,
        "internal_build_id": text_in(reply, "internalBuildId"),
    }
    return Found(facts={"identity": identity, "details": details})


def _parse_hostname(data: bytes) -> Found:
    reply = reply_of(data, "hostname")
    if text_in(reply, "hostname") is None:
        raise Damaged("the host name is empty")
    return Found(
        facts={
            "identity": Identity(hostname=read_text(reply, "hostname")),
            "details": {"fqdn": text_in(reply, "fqdn")},
        }
    )


def _parse_clock(data: bytes) -> Found:
    reply = reply_of(data, "utcTime")
    clock = Clock(unix_s=read_real(reply, "utcTime"), synchronized=_disciplined(reply))
    if clock.unix_s.value is None:
        raise Damaged("the time is no number")
    return Found(facts={"clock": clock, "details": {"timezone": text_in(reply, "timezone")}})


def _disciplined(reply: Json) -> Read:
    """Whether a server, rather than the switch's own oscillator, sets the clock."""
    source = object_in(reply, "clockSource")
    if text_in(source, "ntpServer") is not None:
        return value(True)
    local = source.get("local")
    return value(not local) if isinstance(local, bool) else ABSENT


def _parse_inventory(data: bytes) -> Found:
    reply = reply_of(data, "systemInformation")
    system = object_in(reply, "systemInformation")
    if text_in(system, "name") is None:
        raise Damaged("the system has no name")
    if "xcvrSlots" not in reply:
        raise Damaged("there is no list of transceiver slots")
    slots = {slot: _module(entry) for slot, entry in named_objects(object_in(reply, "xcvrSlots"))}
    supplies: Json = {
        slot: _supply(entry) for slot, entry in named_objects(object_in(reply, "powerSupplySlots"))
    }
    identity = Identity(
        model=read_text(system, "name"),
        serial=read_text(system, "serialNum"),
        hardware_revision=read_text(system, "hardwareRev"),
    )
    return Found(
        facts={
            "identity": identity,
            "slots": dict(slots),
            "transceivers": sum(module is not None for module in slots.values()),
            "supplies": supplies,
            "system": {key: text_in(system, key) for key in system if isinstance(system[key], str)},
        }
    )


def _module(entry: Json) -> Json | None:
    """What sits in a cage, None where it is empty. A maker `Unknown` is a module that EOS can't identify."""
    maker = text_in(entry, "mfgName")
    model, serial = text_in(entry, "modelName"), text_in(entry, "serialNum")
    if maker == NOT_PRESENT:
        if model or serial:
            raise Damaged("a slot is said to be empty and has a module")
        return None
    if maker is None:
        raise Damaged("a transceiver slot has no maker")
    return {"vendor": maker, "model": model, "serial": serial, "revision": text_in(entry, "hardwareRev")}


def _supply(entry: Json) -> Json | None:
    name = text_in(entry, "name")
    if (name or "") in _NO_SUPPLY:
        return None
    return {"model": name, "serial": text_in(entry, "serialNum")}


VERSION = Format(
    name="eos.version",
    title="EOS: show version | json",
    sniff=lambda head: 85 if b'"modelName"' in head and b'"internalVersion"' in head else 0,
    parse=_parse_version,
    facts={"identity": Identity, "details": dict[str, object]},
)
HOSTNAME = Format(
    name="eos.hostname",
    title="EOS: show hostname | json",
    sniff=lambda head: 80 if re.search(rb'"fqdn"\s*:', head) and b'"hostname"' in head else 0,
    parse=_parse_hostname,
    facts={"identity": Identity, "details": dict[str, object]},
)
CLOCK = Format(
    name="eos.clock",
    title="EOS: show clock | json",
    sniff=lambda head: 85 if b'"utcTime"' in head and b'"clockSource"' in head else 0,
    parse=_parse_clock,
    facts={"clock": Clock, "details": dict[str, object]},
)
INVENTORY = Format(
    name="eos.inventory",
    title="EOS: show inventory | json",
    sniff=lambda head: 90 if b'"xcvrSlots"' in head else 0,
    parse=_parse_inventory,
    facts={
        "identity": Identity,
        "slots": dict[str, dict[str, str | None] | None],
        "transceivers": int,
        "supplies": dict[str, dict[str, str | None] | None],
        "system": dict[str, str | None],
    },
)
FORMATS = (VERSION, HOSTNAME, CLOCK, INVENTORY)
