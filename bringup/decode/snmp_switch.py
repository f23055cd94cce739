"""Switches of any make by standard MIBs: system group, interfaces, LLDP, entities and their sensors.

Model and release stand in sysDescr in each vendor's own words; the chassis of the entity table is asked only
for what sysDescr does not tell, and for the serial.
"""

from __future__ import annotations

import re

from bringup.decode.json_field import Json
from bringup.decode.registry import Format
from bringup.decode.result import Found, Nothing
from bringup.decode.snmp_bridge import attached_of
from bringup.decode.snmp_interface import neighbors_of, ports_of
from bringup.decode.snmp_record import Mib, as_word, looks_recorded, variables
from bringup.decode.snmp_sensor import ENTITY, details_of, environment_of, optics_of
from bringup.decode.snmp_system import SYS_DESCR, SYS_NAME, SYS_OBJECT_ID, uptime_s
from bringup.model.facts import Attached, Environment, Identity, Neighbor, Optic, Port

ENTITY_CLASS = f"{ENTITY}.5"
ENTITY_RELEASE, ENTITY_SERIAL, ENTITY_MAKER, ENTITY_MODEL = (
    f"{ENTITY}.{column}" for column in (10, 11, 12, 13)
)
CHASSIS_CLASS = 3
_SCANNED_CHARS = 2000
_PATTERNS = (
    re.compile(
        r"(?P<vendor>Arista) Networks EOS version (?P<version>\S+)"
        r" running on an Arista Networks (?P<model>\S+)"
    ),
    re.compile(r"SONiC Software Version: SONiC\.(?P<version>\S+) - HwSku: (?P<model>\S+)"),
    re.compile(r"Linux (?P<hostname>\S+) (?P<kernel>\S+) .{0,200}?Cumulus \S*?\+cl(?P<version>\S+)"),
    re.compile(r"Linux (?P<hostname>\S+) (?P<kernel>\S+) .{0,200}?(?P<machine>x86_64|aarch64|armv\S+)"),
)


def words_of(description: str) -> dict[str, str]:
    """What is known of the wording of a sysDescr: version, model, hostname, kernel, vendor; or nothing."""
    text = " ".join(description[:_SCANNED_CHARS].strip().strip('"').split())
    for pattern in _PATTERNS:
        match = pattern.search(text)
        if match:
            return match.groupdict()
    return {}


def chassis_of(mib: Mib) -> tuple[int, ...] | None:
    """The entity that is the chassis: the first of that class."""
    return next((index for index, kind in mib.integers(ENTITY_CLASS).items() if kind == CHASSIS_CLASS), None)


def identity_of(mib: Mib) -> Identity:
    """Who the agent says that it is."""
    description = (mib.text(SYS_DESCR) or "").strip('"').strip()
    told, chassis = words_of(description), chassis_of(mib)

    def entity(column: str) -> str | None:
        return None if chassis is None else mib.text(f"{column}.{'.'.join(map(str, chassis))}")

    return Identity(
        hostname=mib.word(SYS_NAME),
        vendor=as_word(told.get("vendor") or entity(ENTITY_MAKER)),
        model=as_word(told.get("model") or entity(ENTITY_MODEL)),
        serial=as_word(entity(ENTITY_SERIAL)),
        os_version=as_word(told.get("version") or entity(ENTITY_RELEASE)),
        uptime_s=uptime_s(mib),
        kernel=as_word(told.get("kernel")),
        machine=as_word(told.get("machine")),
        description=as_word(description),
    )


def _parse(data: bytes) -> Found:
    values, warnings = variables(data)
    mib = Mib(values)
    ports, description = ports_of(mib), mib.text(SYS_DESCR)
    if not ports and description is None:
        raise Nothing("the walk has neither a system description nor interfaces")
    details: Json = {
        "object_id": mib.text(SYS_OBJECT_ID),
        "hostname_in_description": words_of(description or "").get("hostname"),
        "dom_mw": details_of(mib),
    }
    return Found(
        facts={
            "identity": identity_of(mib),
            "ports": ports,
            "neighbors": neighbors_of(mib),
            "attached": attached_of(mib),
            "optics": optics_of(mib),
            "environment": environment_of(mib),
            "details": details,
        },
        warnings=warnings,
    )


SWITCH = Format(
    name="snmp.switch",
    title="A switch by standard MIBs: a recorded walk (.snmprec)",
    sniff=lambda head: 40 if looks_recorded(head) else 0,
    parse=_parse,
    facts={
        "identity": Identity,
        "ports": tuple[Port, ...],
        "neighbors": tuple[Neighbor, ...],
        "attached": tuple[Attached, ...],
        "optics": tuple[Optic, ...],
        "environment": Environment,
        "details": dict[str, object],
    },
)
FORMATS = (SWITCH,)
