"""Junos `show version`, `show lldp neighbors`, `show chassis environment` and `… hardware`, as text.

A line with a prompt (`user@host> show …`) may stand above. Tables are read by their heads' columns; a cell
that is longer than its column pushes the rest. Part number `NON-JNPR` says that Junos does not know the
module, so that it is none. A cage is told to be empty only where the list of its PIC has an end. Source:
recorded outputs of QFX and vMX.
"""

from __future__ import annotations

import re

import msgspec

from bringup.decode.json_field import Json
from bringup.decode.junos_tree import refuse_error
from bringup.decode.medium_name import medium_in
from bringup.decode.part_name import part_name
from bringup.decode.registry import Format
from bringup.decode.result import Damaged, Found, Nothing, read_number, read_word, text_of, whole_lines
from bringup.model.facts import Environment, Fan, Identity, Neighbor, Optic, Sensor, Supply
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

MAX_LINE_CHARS = 1000
MAX_ITEM_CHARS = 61
_PROMPT = re.compile(r"[\w.-]{1,64}@[\w.-]{1,64}[>#] ?.*|\{[a-z]+(?::\S{1,40})?\}")
_MEMBER = re.compile(r"(?:fpc|node|localre|re|lcc|member)\S{0,20}:")
_FIELD = re.compile(r"(Hostname|Model|Junos|Serial Number): (\S.*)")
_LLDP_HEAD = re.compile(r"Local Interface\s+Parent Interface\s+Chassis Id\s+Port info\s+System Name\s*")
_ROW_HEAD = re.compile(r"Class\s+Item\s+Status\s+Measurement\s*")
_STATE = "OK|Absent|Check|Failed|Testing|Unknown|Online|Offline|Present"
_ENVIRONMENT_ROW = re.compile(
    rf"(Power|Temp|Fans?|Misc)?\s+(\S.{{0,60}}?)\s+({_STATE})"
    r"(?:\s+(\S.{0,60}?))?\s*"
)
_SENSOR_ROW = re.compile(
    rf"(Temp)? +((?!{_STATE})\S+(?: (?!{_STATE})\S+)*)  +OK  +(-?[0-9]{{1,3}}) degrees C"
    r" / -?[0-9]{1,3} degrees F"
)
"""What most rows are: a temperature, in a row where no other word could be the state."""
_CELSIUS = re.compile(r"(-?[0-9]{1,3}) degrees C / -?[0-9]{1,3} degrees F")
_RPM = re.compile(r"([0-9]{1,6}) RPM")
_SUPPLY = re.compile(r"(?:PSM|PEM|PSU|Power Supply) ?\d{1,2}|FPC \d{1,2} (?:PEM|Power Supply) \d{1,2}")
_HARDWARE_HEAD = re.compile(r"Item\s+Version\s+Part number\s+Serial number\s+Description\s*")
_HARDWARE_ITEM = re.compile(
    r"(?:Chassis|Xcvr|FPC|PIC|MIC|PSM|PEM|Power Supply|Fan Tray|Fan|Routing Engine|CB|Midplane|Pseudo CB)"
    r"\b.{0,30}"
)
_OTHER_ITEM = re.compile(r"\s*\S.{0,60}?\s{2,}\S.*")
_SLOT = re.compile(r"0|[1-9][0-9]{0,2}")
_PORTS = re.compile(r"(\d{1,3})X\d{1,4}G\S*")
UNKNOWN_PART = "NON-JNPR"


class _Item(msgspec.Struct):
    """One row of the hardware table; `place` is FPC/PIC/number for a module."""

    name: str
    version: str
    part: str
    serial: str
    description: str
    place: str = ""


def _lines(data: bytes, *, last_may_be_open: bool = False) -> tuple[list[str], tuple[str, ...]]:
    text, warnings = text_of(data)
    if last_may_be_open and text and not text.endswith("\n"):
        text += "\n"
        warnings += ("the last line has no end: its last word may be cut",)
    lines = [
        line
        for told in whole_lines(text, longest=MAX_LINE_CHARS)
        if (line := told.rstrip()) and not (("@" in line or line[0] == "{") and _PROMPT.fullmatch(line))
    ]
    return lines, warnings


def _parse_version(data: bytes) -> Found:
    lines, warnings = _lines(data)
    fields: dict[str, str] = {}
    members = 0
    for line in lines:
        members += bool(_MEMBER.fullmatch(line))
        match = _FIELD.fullmatch(line)
        if match:
            fields.setdefault(match[1], match[2].strip())
    if not {"Hostname", "Model", "Junos"} <= fields.keys() or not lines[-1].startswith(("JUNOS", "Junos ")):
        refuse_error("\n".join(lines))
        raise Damaged("host name, model, release or the list of packages is missing: the text may be cut")
    if members > 1:
        warnings += (f"{members} members: what is told is the first one's",)
    identity = Identity(
        vendor=value("Juniper"),
        hostname=read_word(fields["Hostname"]),
        model=read_word(fields["Model"]),
        serial=read_word(fields.get("Serial Number")),
        os_version=read_word(fields["Junos"]),
    )
    return Found(facts={"identity": identity}, warnings=warnings)


def _parse_lldp(data: bytes, *, whole: bool = False) -> Found:
    lines, warnings = _lines(data, last_may_be_open=not whole)
    at = next((at for at, line in enumerate(lines) if _LLDP_HEAD.fullmatch(line)), None)
    if at is None:
        refuse_error("\n".join(lines))
        raise Damaged("the table has no head")
    starts = (lines[at].index("Port info"), lines[at].index("System Name"))
    neighbors = tuple(_neighbor(line, starts) for line in lines[at + 1 :])
    if not neighbors:
        raise Nothing("the switch hears no neighbour")
    return Found(facts={"neighbors": neighbors}, warnings=warnings)


def _neighbor(line: str, starts: tuple[int, int]) -> Neighbor:
    at_port, at_name = starts
    head = line[:at_port].split()
    if len(head) != 3 or line[at_port - 1 : at_port] != " ":
        refuse_error(line)
        raise Damaged(f"{line[:60]!r} is no row of the table")
    port, name = line[at_port:at_name].strip(), line[at_name:].strip()
    full = line[at_name - 2 : at_name - 1] not in ("", " ")
    if line[at_name - 1 : at_name] not in ("", " ") or (full and " " in name):
        port, _, name = line[at_port:].rpartition(" ")  # the port's text is longer than its column
    return Neighbor(
        local_port=head[0],
        chassis_id=read_word(head[2]),
        port_id=read_word(port.strip()),
        system_name=read_word(name),
    )


def _parse_environment(data: bytes) -> Found:
    lines, warnings = _lines(data)
    at = next((at for at, line in enumerate(lines) if _ROW_HEAD.fullmatch(line)), None)
    if at is None:
        refuse_error("\n".join(lines))
        raise Damaged("the table has no head")
    supplies: list[Supply] = []
    fans: list[Fan] = []
    sensors: list[Sensor] = []
    states: Json = {}
    kind = ""
    for line in lines[at + 1 :]:
        sensor = _sensor(line, kind)
        if sensor is not None and sensor[0] not in states:
            kind = "Temp"
            states[sensor[0]] = "OK"
            sensors.append(sensor[1])
            continue
        row = _ENVIRONMENT_ROW.fullmatch(line)
        if row is None or not (row[1] or kind):
            refuse_error(line)
            raise Damaged(f"{line[:60]!r} is no row of the table")
        kind = row[1] or kind
        if row[2] in states:
            raise Damaged(f"{row[2]!r} stands there twice")
        states[row[2]] = row[3]
        _put(kind, row, supplies, fans, sensors)
    if not states:
        raise Nothing("the table has no row")
    environment = Environment(supplies=tuple(supplies), fans=tuple(fans), sensors=tuple(sensors))
    return Found(facts={"environment": environment, "states": states}, warnings=warnings)


def _sensor(line: str, kind: str) -> tuple[str, Sensor] | None:
    """Item and temperature of a usual row that tells one; None of any other. `kind` is the last row's."""
    row = _SENSOR_ROW.fullmatch(line)
    if row is None:
        return None
    named, item, celsius = row.groups()
    if not (named or kind == "Temp") or len(item) > MAX_ITEM_CHARS:
        return None
    return item, Sensor(name=part_name(item), temperature_c=value(float(celsius)))


def _put(
    kind: str, row: re.Match[str], supplies: list[Supply], fans: list[Fan], sensors: list[Sensor]
) -> None:
    name, measured = part_name(row[2]), row[4] or ""
    celsius = _CELSIUS.fullmatch(measured)
    if celsius:
        sensors.append(Sensor(name=name, temperature_c=value(float(celsius[1]))))
        if kind != "Power":
            return
    rpm, ok = _RPM.fullmatch(measured), _ok(row[3])
    if kind == "Power" and _SUPPLY.fullmatch(row[2]):
        supplies.append(Supply(name=name, present=value(row[3] != "Absent"), ok=ok))
    if kind.startswith("Fan") and not celsius:
        fans.append(Fan(name=name, ok=ok, speed_rpm=read_number(rpm[1]) if rpm else ABSENT))


def _ok(state: str) -> Read:
    if state in ("OK", "Online", "Present"):
        return value(True)
    return value(False) if state in ("Check", "Failed", "Offline") else NOT_AVAILABLE


def _parse_hardware(data: bytes) -> Found:
    lines, warnings = _lines(data)
    at = next((at for at, line in enumerate(lines) if _HARDWARE_HEAD.fullmatch(line)), None)
    if at is None:
        refuse_error("\n".join(lines))
        raise Damaged("the table has no head")
    heads = ("Item", "Version", "Part number", "Serial number", "Description")
    items = _items(lines[at + 1 :], [lines[at].index(head) for head in heads])
    chassis = next((item for item in items if item.name == "Chassis"), None)
    if chassis is None:
        raise Damaged("the chassis is missing")
    modules = {item.place: item for item in items if item.name.startswith("Xcvr ")}
    return Found(
        facts={
            "identity": Identity(
                vendor=value("Juniper"),
                model=read_word(chassis.description),
                serial=read_word(chassis.serial),
            ),
            "optics": tuple(_module(place, item) for place, item in modules.items())
            + tuple(Optic(port=place, present=value(False)) for place in _empty(items, modules)),
            "items": [_told(item) for item in items],
        },
        warnings=warnings,
    )


def _items(lines: list[str], starts: list[int]) -> list[_Item]:
    items: list[_Item] = []
    fpc = pic = ""
    for line in lines:
        bare = line.strip()
        fits = all(line[start - 1 : start] in ("", " ") for start in starts[1:])
        if not fits or not _HARDWARE_ITEM.fullmatch(line[: starts[1]].strip()):
            if not fits and _HARDWARE_ITEM.match(bare):
                raise Damaged(f"{bare[:60]!r} does not fit the columns of the table")
            refuse_error(line)
            # below a PIC stand modules and nothing else: one that can't be read is no empty cage
            below_pic = line.startswith("    ") or "Xcvr" in line
            if below_pic or not _OTHER_ITEM.fullmatch(line):
                raise Damaged(f"{bare[:60]!r} is no row of the table")
            continue
        cells = [line[a:b].strip() for a, b in zip(starts, [*starts[1:], len(line)], strict=True)]
        item = _Item(*cells)
        word, _, number = item.name.partition(" ")
        if word in ("FPC", "PIC", "Xcvr") and not _SLOT.fullmatch(number):
            raise Damaged(f"{item.name!r} has no number of its own")
        fpc = number if word == "FPC" else fpc
        pic = number if word == "PIC" else pic
        if word == "PIC":
            item.place = f"{fpc}/{number}"
        if word == "Xcvr":
            item.place = f"{fpc}/{pic}/{number}"
            if any(other.place == item.place for other in items if other.name == item.name):
                raise Damaged(f"the module {item.place} stands there twice")
        items.append(item)
    return items


def _module(place: str, item: _Item) -> Optic:
    return Optic(
        port=place,
        present=value(True),
        medium=_medium(item.description),
        part_number=NOT_AVAILABLE if item.part == UNKNOWN_PART else read_word(item.part),
        serial=read_word(item.serial),
    )


def _medium(description: str) -> Read:
    found = medium_in(description)
    return found if found.value is not None else read_word(description)


def _empty(items: list[_Item], modules: dict[str, _Item]) -> list[str]:
    """The cages of a PIC that says how many it has (`64X800G-OSFP`), and lists no module in them."""
    found: list[str] = []
    for at, item in enumerate(items):
        ports = _PORTS.fullmatch(item.description) if item.name.startswith("PIC ") else None
        ended = any(not later.name.startswith("Xcvr ") for later in items[at + 1 :])
        if ports and any(_beyond(place, item.place, int(ports[1])) for place in modules):
            raise Damaged(f"{item.name} has {ports[1]} cages, and a module in another")
        if ports and ended:
            places = [f"{item.place}/{number}" for number in range(int(ports[1]))]
            found += [place for place in places if place not in modules]
    return found


def _beyond(place: str, card: str, cages: int) -> bool:
    """Whether a module of `card` stands in a cage that it does not have."""
    here, _, number = place.rpartition("/")
    return here == card and int(number) >= cages


def _told(item: _Item) -> Json:
    return {
        "name": item.name,
        "place": item.place or None,
        "part_number": item.part or None,
        "serial": item.serial or None,
        "description": item.description or None,
    }


VERSION = Format(
    name="junos.text-version",
    title="Junos: show version, as text",
    sniff=lambda head: 90 if re.search(rb"(?:^|\n)Junos: \d", head) and b"Hostname: " in head else 0,
    parse=_parse_version,
    facts={"identity": Identity},
)
LLDP = Format(
    name="junos.text-lldp",
    title="Junos: show lldp neighbors, as text",
    sniff=lambda head: 90 if re.search(rb"Local Interface +Parent Interface +Chassis Id", head) else 0,
    parse=_parse_lldp,
    facts={"neighbors": tuple[Neighbor, ...]},
)
WHOLE_LLDP = Format(
    name="junos.text-lldp",
    title="the same, whose last line must have an end",
    sniff=lambda head: 0,
    parse=lambda data: _parse_lldp(data, whole=True),
    facts=LLDP.facts,
)
"""For drivers: a capture may have lost its last line's end, a reply may not."""
ENVIRONMENT = Format(
    name="junos.text-environment",
    title="Junos: show chassis environment, as text",
    sniff=lambda head: 90 if re.search(rb"Class +Item +Status +Measurement", head) else 0,
    parse=_parse_environment,
    facts={"environment": Environment, "states": dict[str, str]},
)
HARDWARE = Format(
    name="junos.text-hardware",
    title="Junos: show chassis hardware, as text",
    sniff=lambda head: (
        90 if re.search(rb"Item +Version +Part number +Serial number +Description", head) else 0
    ),
    parse=_parse_hardware,
    facts={"identity": Identity, "optics": tuple[Optic, ...], "items": list[dict[str, str | None]]},
)
FORMATS = (VERSION, LLDP, ENVIRONMENT, HARDWARE)
