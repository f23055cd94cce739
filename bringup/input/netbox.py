"""NetBox CSV in: devices and cables, as its import forms take them or its tables export them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from bringup.input.cables import COLUMNS
from bringup.input.netbox_columns import (
    CABLE_COLUMNS,
    CONNECTED,
    DEVICE_COLUMNS,
    FACES,
    INTERFACE,
    LIVE,
    POWER_OUTLET,
    POWER_PORT,
    header_faults,
    metres,
    named,
    platform_of,
)
from bringup.input.problem import Problem, give_up, nearest
from bringup.input.sheet import Row, read_sheet

MEDIUM, ADDRESS = "medium ", "address "
"""How what NetBox has no column for stands in a description."""
_POWERED = frozenset({POWER_PORT, POWER_OUTLET})


class FromNetbox(msgspec.Struct, frozen=True):
    """What an inventory gets. `left_out` says in words what was not taken, and why."""

    site: str
    racks: tuple[str, ...]
    devices: tuple[dict[str, Any], ...]
    ports: tuple[tuple[str, str], ...]
    cables: tuple[dict[str, str], ...]
    left_out: tuple[str, ...]

    def cable_list(self) -> str:
        """The text of a cable list."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([cable[column] for column in COLUMNS] for cable in self.cables)
        return out.getvalue()


def read_netbox(
    devices: Path,
    cables: Path | None,
    *,
    platforms: Sequence[str],
    given: Mapping[str, str],
) -> FromNetbox:
    """Read both files. `given` maps names of NetBox's platforms, in lower case, to ours.

    Raises:
        InputError: with every problem found in both.
    """
    sheet, problems = read_sheet(devices, partial(header_faults, DEVICE_COLUMNS, ("name", "role")))
    reading = _Reading(platforms, given)
    for row in sheet.rows:
        reading.device(row)
    if cables is not None:
        sheet, found = read_sheet(
            cables, partial(header_faults, CABLE_COLUMNS, ("a_device", "a_name", "b_device", "b_name"))
        )
        problems += found
        for row in sheet.rows:
            reading.cable(row)
    problems += reading.problems
    if problems:
        raise give_up(problems)
    return reading.result()


class _Reading:
    def __init__(self, platforms: Sequence[str], given: Mapping[str, str]) -> None:
        self.problems: list[Problem] = []
        self._platforms = platforms
        self._given = given
        self._devices: dict[str, dict[str, Any]] = {}
        self._rows: dict[str, Row] = {}
        self._sites: dict[str, None] = {}
        self._racks: dict[str, None] = {}
        self._ports: dict[tuple[str, str], None] = {}
        self._cables: list[dict[str, str]] = []
        self._gone: set[str] = set()
        self._left_out: dict[str, int] = {}

    def device(self, row: Row) -> None:
        cells = named(DEVICE_COLUMNS, row.cells)
        name = cells.get("name", "")
        status = cells.get("status", "").lower()
        if not name:
            self._leave("devices without a name")
        elif status not in LIVE:
            self._gone.add(name)
            self._leave(f"devices that are {status}")
        elif name in self._devices:
            wrong = f"{name!a} stands in line {self._rows[name].line} already"
            self.problems.append(row.problem("name", wrong, "export one site at a time"))
        else:
            self._rows[name] = row
            self._devices[name] = dict(self._fields(row, cells))

    def _fields(self, row: Row, cells: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
        yield "name", cells["name"]
        if "site" in cells:
            self._sites[cells["site"]] = None
        if "rack" in cells:
            self._racks[cells["rack"]] = None
            yield "rack", cells["rack"]
        if "position" in cells:
            unit = re.fullmatch(r"(\d{1,3})(?:\.0+)?", cells["position"])
            if unit is None:
                wrong = f"{cells['position'][:40]!a} is no whole rack unit"
                self.problems.append(row.problem("position", wrong, "give a whole number, or nothing"))
            else:
                yield "unit", int(unit[1])
        if cells.get("face", "").lower() in FACES:
            yield "side", FACES[cells["face"].lower()]
        role = cells.get("role", "").lower().replace(" ", "-")
        if not role:
            self.problems.append(row.problem("role", "is empty", "each device has a role"))
        yield "role", role
        yield "platform", self._platform(row, cells)
        yield "address", _address(cells)
        expect = {key: cells[key] for key in ("model", "serial") if key in cells}
        if expect:
            yield "expect", expect

    def _platform(self, row: Row, cells: Mapping[str, str]) -> str:
        text = cells.get("platform", "")
        if not text:
            guess = f"{cells.get('manufacturer', '')} {cells.get('model', '')}"
            found = platform_of(guess, self._platforms, {}) if "pdu" in guess.lower() else None
            if found is None:
                self._leave("platforms (there is none in NetBox: `human` stands in their place)", taken=True)
            return found or "human"
        found = platform_of(text, self._platforms, self._given)
        if found is None:
            wrong = f"no platform of ours is known for {text[:60]!a}"
            right = f"say --platform '{text[:60]}=NAME'; {nearest(text.lower(), self._platforms)}"
            self.problems.append(row.problem("platform", wrong, right))
        return found or "human"

    def cable(self, row: Row) -> None:
        cells = named(CABLE_COLUMNS, row.cells)
        if cells.get("status", "").lower() not in CONNECTED:
            self._leave(f"cables that are {cells['status'].lower()}")
            return
        ends = [(cells.get(f"{side}_device", ""), cells.get(f"{side}_name", "")) for side in "ab"]
        if any(not device or not name for device, name in ends):
            self._leave("cables with an open end")
            return
        kinds = {cells[key] for key in ("a_type", "b_type") if key in cells}
        if any("," in name for _, name in ends) and not kinds:
            column = "termination"
            self.problems.append(row.problem(column, "has several ends on one side", "split it in NetBox"))
        elif self._gone & {device for device, _ in ends}:
            self._leave("cables of devices that were left out")
        elif kinds <= _POWERED and (kinds or self._is_power(ends)):
            self._feed(row, ends)
        elif kinds and kinds != {INTERFACE}:
            self._leave(f"cables that end at {', '.join(sorted(kinds - {INTERFACE}))}")
        else:
            self._link(row, cells, ends)

    def _is_power(self, ends: Sequence[tuple[str, str]]) -> bool:
        """Without types: a PDU and an outlet's name."""
        return any(
            "pdu" in self._devices.get(device, {}).get("role", "") and _outlet(name) is not None
            for device, name in ends
        )

    def _feed(self, row: Row, ends: Sequence[tuple[str, str]]) -> None:
        """An outlet of one device feeds a supply of another."""
        if not all(self._known(row, side, device) for side, (device, _) in zip("ab", ends, strict=True)):
            return
        first_is_pdu = "pdu" in self._devices[ends[0][0]].get("role", "")
        (pdu, outlet_name), (device, supply) = ends if first_is_pdu else reversed(ends)
        outlet = _outlet(outlet_name)
        if outlet is None or "pdu" not in self._devices[pdu].get("role", ""):
            self._leave("power cables that are no outlet of a PDU")
            return
        fed = self._devices[device]
        fed.setdefault("feed", []).append({"pdu": pdu, "outlet": outlet, "supply": supply})
        expect = fed.setdefault("expect", {})
        expect["supplies"] = [*expect.get("supplies", []), supply]

    def _link(self, row: Row, cells: Mapping[str, str], ends: Sequence[tuple[str, str]]) -> None:
        if not all(self._known(row, side, device) for side, (device, _) in zip("ab", ends, strict=True)):
            return
        length = ""
        if "length" in cells:
            found_m = metres(cells["length"], cells.get("length_unit", ""))
            if found_m is None:
                wrong = f"{cells['length'][:40]!a} {cells.get('length_unit', '')!a} is no length"
                self.problems.append(
                    row.problem("length", wrong, "give a number and m, cm, km, ft, in or mi")
                )
            else:
                length = f"{found_m:g}"
        self._ports.update(dict.fromkeys(ends))
        about = cells.get("description", "")
        self._cables.append(
            {
                "a_device": ends[0][0],
                "a_port": ends[0][1],
                "b_device": ends[1][0],
                "b_port": ends[1][1],
                "medium": about.removeprefix(MEDIUM) if about.startswith(MEDIUM) else "",
                "length_m": length,
                "label": cells.get("label", ""),
            }
        )

    def _known(self, row: Row, side: str, device: str) -> bool:
        if device in self._devices:
            return True
        wrong = f"no device is called {device[:60]!a}"
        self.problems.append(row.problem(f"side_{side}_device", wrong, nearest(device, self._devices)))
        return False

    def _leave(self, what: str, *, taken: bool = False) -> None:
        key = what if taken else f"{what} were left out"
        self._left_out[key] = self._left_out.get(key, 0) + 1

    def result(self) -> FromNetbox:
        return FromNetbox(
            site=", ".join(self._sites),
            racks=tuple(self._racks),
            devices=tuple(self._devices.values()),
            ports=tuple(self._ports),
            cables=tuple(self._cables),
            left_out=tuple(f"{count} {what}" for what, count in self._left_out.items()),
        )


def _address(cells: Mapping[str, str]) -> str:
    about = cells.get("description", "")
    if about.startswith(ADDRESS):
        return about.removeprefix(ADDRESS)
    ip = cells.get("ip4") or cells.get("ip") or cells.get("ip6")
    return ip.partition("/")[0] if ip else cells["name"]


def _outlet(name: str) -> int | None:
    """`Outlet 12`, `outlet-12`, `12` -> 12."""
    found = re.fullmatch(r"\D{0,20}?0*([1-9]\d{0,3})", name)
    return int(found[1]) if found is not None else None
