"""`nv show system`, `nv show platform`, `nv show platform environment …` and `nv config revision`, each with
`-o json` (Cumulus Linux, NVOS).

Source: NVUE reference; keys as public clients of it read them.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bringup.decode.json_field import Json, named_objects
from bringup.decode.nvue_field import amount, first, object_of, word
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing
from bringup.model.facts import Environment, Fan, Identity, Sensor, Supply
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

_UPTIME = re.compile(r"(?:(\d{1,5}) days?, )?(\d{1,2}):(\d{2}):(\d{2})(?:\.\d{1,6})?")
_ABSENT_WORDS = frozenset({"absent", "not present", "not_present", "unplugged"})
_BAD_WORDS = frozenset({"bad", "fail", "failed", "fault", "faulty", "error", "not ok", "not_ok", "critical"})
"""A state that is none of these, and not `ok`, is not known."""


def _parse_system(data: bytes) -> Found:
    told = object_of(data)
    release = word(first(told, "build", "product-release", "version"))
    hostname = word(told.get("hostname"))
    if hostname.value is None and release.value is None:
        raise Damaged("neither a host name nor a release is told")
    identity = Identity(hostname=hostname, os_version=release, uptime_s=_uptime_s(told.get("uptime")))
    return Found(facts={"identity": identity})


def _uptime_s(held: object) -> Read:
    """Seconds, or `2 days, 3:04:05`."""
    match = _UPTIME.fullmatch(held) if isinstance(held, str) else None
    if match:
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return value(float(((days * 24 + hours) * 60 + minutes) * 60 + seconds))
    return NOT_AVAILABLE if isinstance(held, str) else amount(held, "uptime")


def _parse_platform(data: bytes) -> Found:
    told = object_of(data)
    model, serial = word(told.get("product-name")), word(told.get("serial-number"))
    if model.value is None and serial.value is None:
        raise Damaged("neither a product nor a serial number is told")
    return Found(
        facts={
            "identity": Identity(
                vendor=word(told.get("manufacturer")), model=model, serial=serial,
                description=word(told.get("part-number")),
            )
        }
    )  # fmt: skip


def _parts(data: bytes, what: str, keys: frozenset[str]) -> list[tuple[str, Json]]:
    """The named parts, each of which has one of `keys` at least."""
    found = list(named_objects(object_of(data)))
    if not found:
        raise Nothing(f"the switch lists no {what}")
    for name, entry in found:
        if not entry.keys() & keys:
            raise Damaged(f"{name[:40]!r} is no {what}")
    return found


def _ok(entry: Json) -> Read:
    read = word(entry.get("state"))
    if read.value is None:
        return read
    low = str(read.value).lower()
    return value(low == "ok") if low == "ok" or low in _BAD_WORDS else NOT_AVAILABLE


def _present(entry: Json) -> Read:
    read = word(entry.get("state"))
    if read.value is None:
        return ABSENT
    if str(read.value).lower() in _ABSENT_WORDS:
        return value(False)
    return value(True) if _ok(entry).value is not None else NOT_AVAILABLE


def _parse_supplies(data: bytes) -> Found:
    parts = _parts(data, "power supply", frozenset({"state", "capacity"}))
    return _environment(
        supplies=tuple(
            Supply(
                name=name,
                present=_present(entry),
                ok=_ok(entry),
                input_v=amount(entry.get("input-voltage"), "input-voltage"),
                output_w=amount(first(entry, "power", "output-power"), "power"),
            )
            for name, entry in parts
        )
    )


def _parse_fans(data: bytes) -> Found:
    parts = _parts(data, "fan", frozenset({"state", "current-speed"}))
    return _environment(
        fans=tuple(
            Fan(
                name=name,
                ok=_ok(entry),
                speed_rpm=amount(first(entry, "current-speed", "speed", "current"), "speed"),
            )
            for name, entry in parts
        )
    )


def _parse_temperatures(data: bytes) -> Found:
    parts = _parts(data, "sensor", frozenset({"state", "current"}))
    return _environment(
        sensors=tuple(
            Sensor(
                name=name,
                temperature_c=amount(entry.get("current"), "current"),
                high_c=amount(first(entry, "max", "crit"), "max"),
            )
            for name, entry in parts
        )
    )


def _environment(
    supplies: tuple[Supply, ...] = (), fans: tuple[Fan, ...] = (), sensors: tuple[Sensor, ...] = ()
) -> Found:
    return Found(facts={"environment": Environment(supplies=supplies, fans=fans, sensors=sensors)})


def _parse_revisions(data: bytes) -> Found:
    states: dict[str, object] = {}
    for name, entry in named_objects(object_of(data)):
        state = word(entry.get("state"))
        if not isinstance(state.value, str):
            raise Damaged(f"the revision {name[:40]!r} has no state")
        states[name] = state.value
    if not states:
        raise Nothing("no revision is listed")
    return Found(facts={"states": states})


def _has(*keys: bytes) -> Callable[[bytes], int]:
    return lambda head: 80 if head.lstrip()[:1] == b"{" and all(key in head for key in keys) else 0


def _has_state_and(key: bytes, but: bytes) -> Callable[[bytes], int]:
    return lambda head: (
        70 if head.lstrip()[:1] == b"{" and b'"state"' in head and key in head and but not in head else 0
    )


_OF_ENVIRONMENT = {"environment": Environment}
SYSTEM = Format(
    name="nvue.system",
    title="Cumulus, NVOS: nv show system -o json",
    sniff=_has(b'"hostname"', b'"build"'),
    parse=_parse_system,
    facts={"identity": Identity},
)
PLATFORM = Format(
    name="nvue.platform",
    title="Cumulus, NVOS: nv show platform -o json",
    sniff=_has(b'"product-name"', b'"serial-number"'),
    parse=_parse_platform,
    facts={"identity": Identity},
)
SUPPLIES = Format(
    name="nvue.psu",
    title="Cumulus, NVOS: nv show platform environment psu -o json",
    sniff=_has_state_and(b'"capacity"', b'"current-speed"'),
    parse=_parse_supplies,
    facts=_OF_ENVIRONMENT,
)
FANS = Format(
    name="nvue.fan",
    title="Cumulus, NVOS: nv show platform environment fan -o json",
    sniff=_has_state_and(b'"current-speed"', b'"capacity"'),
    parse=_parse_fans,
    facts=_OF_ENVIRONMENT,
)
TEMPERATURES = Format(
    name="nvue.temperature",
    title="Cumulus, NVOS: nv show platform environment temperature -o json",
    sniff=_has_state_and(b'"crit"', b'"current-speed"'),
    parse=_parse_temperatures,
    facts=_OF_ENVIRONMENT,
)
REVISIONS = Format(
    name="nvue.revisions",
    title="Cumulus, NVOS: nv config revision -o json",
    sniff=_has_state_and(b'"applied"', b'"current"'),
    parse=_parse_revisions,
    facts={"states": dict[str, str]},
)
FORMATS = (SYSTEM, PLATFORM, SUPPLIES, FANS, TEMPERATURES, REVISIONS)
