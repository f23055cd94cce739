"""Linux `ip -j link`, and a NIC's place and link on PCIe from sysfs.

Source: iproute2 6; kernel documentation of operstates (UNKNOWN is a driver that does not tell; then the
carrier counts) and of the PCI sysfs attributes current_link_speed, current_link_width, max_link_speed,
max_link_width.
"""

from __future__ import annotations

import re

from bringup.decode.linux_line import the_line
from bringup.decode.registry import Format
from bringup.decode.result import (
    Damaged,
    Found,
    Nothing,
    counter,
    json_of,
    number,
    refuse_error_text,
    text_of,
    whole_lines,
)
from bringup.model.facts import Adapter, Port
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, UNSUPPORTED, Read, value

_IFNAME = re.compile(r"[A-Za-z0-9_.@:-]{1,31}")
_MAC = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5,19}")
_OPERSTATES = {
    "UP": True,
    "DOWN": False,
    "LOWERLAYERDOWN": False,
    "NOTPRESENT": False,
    "DORMANT": False,
    "TESTING": False,
}
_PCI_ADDRESS = re.compile(r"/sys/devices/(?:\S*/)?([0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])(/\S*)?")
_SPEED = re.compile(r"([0-9]{1,3}(?:\.[0-9])?) GT/s(?: PCIe)?")
_WIDTHS = frozenset({1, 2, 4, 8, 12, 16, 32})


def _port(entry: object) -> tuple[Port, str]:
    if not isinstance(entry, dict):
        raise Damaged("an entry is no object")
    name, flags, state = entry.get("ifname"), entry.get("flags"), entry.get("operstate")
    if not isinstance(name, str) or not _IFNAME.fullmatch(name):
        raise Damaged("an interface has no proper name")
    if not isinstance(flags, list) or not isinstance(state, str):
        raise Damaged(f"{name}: its flags or its state are missing")
    if not all(isinstance(flag, str) for flag in flags):
        raise Damaged(f"{name}: its flags are no words")
    mtu, mac = entry.get("mtu"), entry.get("address")
    port = Port(
        name=name,
        admin_up=value("UP" in flags),
        oper_up=_oper_up(state, flags),
        mtu=value(mtu) if isinstance(mtu, int) and not isinstance(mtu, bool) else ABSENT,
        mac=value(mac) if isinstance(mac, str) and _MAC.fullmatch(mac) else ABSENT,
    )
    return port, str(entry.get("link_type", ""))[:40]


def _oper_up(state: str, flags: list[object]) -> Read:
    if state in _OPERSTATES:
        return value(_OPERSTATES[state])
    if state != "UNKNOWN":
        raise Damaged(f"{state[:40]!r} is no state of an interface")
    if "NO-CARRIER" in flags or "UP" not in flags:
        return value(False)
    return value(True) if "LOWER_UP" in flags else NOT_AVAILABLE


def _parse_link(data: bytes) -> Found:
    if data.lstrip()[:1] != b"[":
        refuse_error_text(text_of(data)[0])
    entries = json_of(data)
    if not isinstance(entries, list):
        raise Damaged("the JSON is no list of interfaces")
    read = [_port(entry) for entry in entries if entry != {}]
    if not read:
        raise Nothing("there is no interface")
    if len({port.name for port, _ in read}) != len(read):
        raise Damaged("two interfaces have the same name")
    kinds: dict[str, object] = {port.name: kind for port, kind in read}
    return Found(facts={"ports": tuple(port for port, _ in read), "link_types": kinds})


def _parse_place(data: bytes) -> Found:
    line, warnings = the_line(data)
    match = _PCI_ADDRESS.fullmatch(line)
    if match is None:
        if line.startswith("/sys/"):
            raise Nothing("the interface hangs on no PCI device")
        raise Damaged(f"{line[:60]!r} is no path in /sys")
    adapter = Adapter(port="", pcie_address=value(match[1]))
    return Found(facts={"adapter": adapter, "direct": match[2] is None}, warnings=warnings)


def _width(text: str) -> Read:
    lanes = counter(text)
    if lanes in (0, 255):  # the kernel's words for "no link" and "cannot tell"
        return NOT_AVAILABLE
    if lanes not in _WIDTHS:
        raise Damaged(f"PCIe has no links of {lanes} lanes")
    return value(lanes)


def _speed(text: str) -> Read:
    if text.startswith("Unknown"):
        return NOT_AVAILABLE
    match = _SPEED.fullmatch(text)
    if match is None:
        raise Damaged(f"{text[:40]!r} is no speed of PCIe")
    return value(float(number(match[1])))


def _parse_pcie(data: bytes) -> Found:
    text, warnings = text_of(data)
    refuse_error_text(text)
    lines = [line.strip() for line in whole_lines(text)]
    if len(lines) != 4:
        raise Damaged(f"four lines were expected (width, widest, speed, fastest), {len(lines)} came")
    adapter = Adapter(
        port="",
        pcie_width_lanes=_width(lines[0]),
        pcie_width_max_lanes=_width(lines[1]),
        pcie_speed_gt_s=_speed(lines[2]),
        pcie_speed_max_gt_s=_speed(lines[3]),
    )
    return Found(facts={"adapter": adapter}, warnings=warnings)


NO_PCIE_LINK = Adapter(
    port="",
    pcie_width_lanes=UNSUPPORTED,
    pcie_width_max_lanes=UNSUPPORTED,
    pcie_speed_gt_s=UNSUPPORTED,
    pcie_speed_max_gt_s=UNSUPPORTED,
)
"""What a PCI device without these attributes tells: a virtual one."""

IP_LINK = Format(
    name="linux.ip-link",
    title="Linux: ip -j link",
    sniff=lambda head: 80 if head.lstrip()[:1] == b"[" and b'"ifname"' in head else 0,
    parse=_parse_link,
    facts={"ports": tuple[Port, ...], "link_types": dict[str, str]},
)
PCIE_PLACE = Format(
    name="linux.pcie-place",
    title="Linux: readlink -f /sys/class/net/IF/device (the port is not in the output: it is left blank)",
    sniff=lambda head: 70 if head.startswith(b"/sys/devices/") else 0,
    parse=_parse_place,
    facts={"adapter": Adapter, "direct": bool},
)
PCIE_LINK = Format(
    name="linux.pcie-link",
    title="Linux: cat current_link_width max_link_width current_link_speed max_link_speed, in this order",
    sniff=lambda head: 70 if re.match(rb"[0-9]{1,3}\n[0-9]{1,3}\n\S+ GT/s", head) else 0,
    parse=_parse_pcie,
    facts={"adapter": Adapter},
)
FORMATS = (IP_LINK, PCIE_PLACE, PCIE_LINK)
