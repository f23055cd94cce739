"""`ethtool IF` and `ethtool -i IF`.

Source: output of ethtool 5 and 6. `ethtool` ends with `Link detected:`, and `ethtool -i` with its
`supports-` lines, so that a cut shows; recorders often drop the last newline, which is no cut where the last
word is a whole one.
"""

from __future__ import annotations

import re

from bringup.decode.registry import Format
from bringup.decode.result import (
    Damaged,
    Found,
    Nothing,
    counter,
    is_missing,
    number,
    read_word,
    refuse_error_text,
    text_of,
)
from bringup.model.facts import Adapter, Port
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

_HEAD = re.compile(r"Settings for (\S{1,64}):")
_FIELD = re.compile(r"\t([^:\t][^:]{0,60}):(?: (.*))?|( {8})([^:]{1,60}): (.*)")
_SPEED = re.compile(r"([0-9]{1,8})Mb/s")
_LINK = re.compile(r"\tLink detected: (yes|no)(?: \((.{1,80})\))?")
_NO_SUCH_DEVICE = re.compile(r"no such device|no data available|operation not supported", re.IGNORECASE)
_YES_NO = {"yes": True, "no": False, "on": True, "off": False}


def _fields(lines: list[str]) -> dict[str, str]:
    """Fields by name; a line without a name goes on with the one above."""
    fields: dict[str, str] = {}
    last = ""
    for line in lines:
        match = _FIELD.fullmatch(line)
        if match is None:
            if not last or not line.startswith(("\t   ", "\t\t", "        ")):
                raise Damaged(f"a line is no field: {line.strip()[:60]!r}")
            fields[last] += "\n" + line.strip()
            continue
        last, text = (match[1], match[2]) if match[1] else (match[4], match[5])
        last = last.strip()
        if last in fields:
            raise Damaged(f"the field {last!r} occurs twice")
        fields[last] = (text or "").strip()
    return fields


def _speed_mbps(text: str | None) -> Read:
    if text is None:
        return ABSENT
    if is_missing(text):
        return NOT_AVAILABLE
    match = _SPEED.fullmatch(text)
    if match is None:
        raise Damaged(f"{text[:40]!r} is no speed")
    return value(float(number(match[1])))


def _modes(text: str | None) -> list[object] | None:
    """FEC modes: `None` is the word for an empty list, `Not reported` for not known."""
    if text is None or (is_missing(text) and text != "None"):
        return None
    return [mode for mode in text.split() if mode != "None"]


def _only_speed(text: str | None) -> int | None:
    """The speed of the link modes that a port advertises, such as 800000baseDR8/Full, where they have one."""
    speeds = {int(match) for match in re.findall(r"\b([0-9]{1,8})base", text or "")}
    return speeds.pop() if len(speeds) == 1 else None


def _word(text: str | None) -> str | None:
    return None if text is None or text.startswith("Unknown!") or is_missing(text) else text


def _parse_settings(data: bytes) -> Found:
    text, warnings = text_of(data)
    lines = text.removesuffix("\n").split("\n")
    head = _HEAD.fullmatch(lines[0])
    if head is None:
        if _NO_SUCH_DEVICE.search(text[:200]):
            raise Nothing(f"ethtool says: {text.strip()[:80]}")
        refuse_error_text(text)
        raise Damaged("the text does not begin with `Settings for …`")
    if lines[1:] and _NO_SUCH_DEVICE.search(lines[-1]):
        raise Nothing(f"ethtool says: {lines[-1].strip()[:80]}")
    link = _LINK.fullmatch(lines[-1])
    if link is None:
        raise Damaged("the last line is not `Link detected:`: the text may be cut")
    fields = _fields(lines[1:])
    speed = _speed_mbps(fields.get("Speed"))
    port = Port(
        name=head[1],
        oper_up=value(link[1] == "yes"),
        speed_gbps=value(speed.value / 1000) if isinstance(speed.value, float) else speed,
    )
    details: dict[str, object] = {
        "interface": head[1],
        "speed_mbps": speed.value,
        "lanes": counter(fields["Lanes"]) if "Lanes" in fields else None,
        "duplex": _word(fields.get("Duplex")),
        "autoneg": _YES_NO.get(fields.get("Auto-negotiation", "")),
        "port": _word(fields.get("Port")),
        "link": link[1] == "yes",
        "link_reason": link[2],
        "fec_supported": _modes(fields.get("Supported FEC modes")),
        "fec_advertised": _modes(fields.get("Advertised FEC modes")),
        "speed_advertised_mbps": _only_speed(fields.get("Advertised link modes")),
    }
    return Found(facts={"port": port, "details": details}, warnings=warnings)


def _parse_driver(data: bytes) -> Found:
    text, warnings = text_of(data)
    refuse_error_text(text)
    fields: dict[str, str] = {}
    lines = text.removesuffix("\n").split("\n")
    for line in lines:
        key, colon, rest = line.partition(":")
        if not colon or key in fields or not re.fullmatch(r"[a-z-]{1,40}", key):
            raise Damaged(f"a line is no field: {line.strip()[:60]!r}")
        fields[key] = rest.strip()
    whole = fields.get("supports-priv-flags", fields.get("supports-register-dump"))
    if "driver" not in fields or whole not in ("yes", "no") or not lines[-1].startswith("supports-"):
        raise Damaged("the `supports-` lines at the end are missing: the text may be cut")
    adapter = Adapter(
        port="",
        driver=read_word(fields["driver"]),
        firmware=read_word(fields.get("firmware-version")),
        pcie_address=read_word(fields.get("bus-info")),
    )
    return Found(facts={"adapter": adapter, "details": dict(fields)}, warnings=warnings)


ETHTOOL = Format(
    name="ethtool",
    title="ethtool IF",
    sniff=lambda head: 90 if head.startswith(b"Settings for ") else 0,
    parse=_parse_settings,
    facts={"port": Port, "details": dict[str, object]},
)
DRIVER = Format(
    name="ethtool.driver",
    title="ethtool -i IF (the adapter's port is not in the output: it is left blank)",
    sniff=lambda head: 85 if head.startswith(b"driver: ") and b"bus-info:" in head else 0,
    parse=_parse_driver,
    facts={"adapter": Adapter, "details": dict[str, str]},
)
FORMATS = (ETHTOOL, DRIVER)
