"""`[[device_range]]`: many devices of one kind, counted, joined to the manifest of what was delivered.

    [[device_range]]
    name = "node-{n:02}"            # {n} counts: first, first + step, …
    count = 32
    manifest = "r07-delivered.csv"  # else the inventory's own `manifest`
    address = "{name}.r07.example"
    unit = "{n*2-1}"
    …any other key of a [[device]]…
    [[device_range.port]]
    name = "swp{p}"                 # {p} counts; or names = ["enp65s0np0", …]
    count = 64
    …any other key of a [[port]]…

A cell of the manifest comes before what the range says. Nothing here is judged: what comes out are plain
tables, which the same rules look at as at those that were typed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from bringup.input.document import Document
from bringup.input.expanded import Expanded, Origin, Path
from bringup.input.manifest import FIELDS, Manifest, cell_value
from bringup.input.manifests import Manifests, listed
from bringup.input.problem import Problem, first
from bringup.input.range_model import DEVICE_CAP, FIRST_CAP
from bringup.input.sheet import Row
from bringup.input.template import TemplateFault, Value, fill, fill_value
from bringup.input.validate import SECRET_FIELDS
from bringup.model.inventory import Device, Port

_OWN_BRACES = SECRET_FIELDS | {"console_prompt"}
PORT_CAP = 65_536
"""Ports of all ranges together: more than the largest plant that one run could be about."""


def expand(written: Document) -> tuple[Expanded, list[Problem]]:
    """The document with its ranges and manifests written out, and what is wrong with these."""
    manifests = Manifests(written)
    work = _Expansion(written, manifests)
    for path, table in written.tables("device"):
        work.plain(path, table)
    for path, table in written.tables("device_range"):
        work.range(path, table)
    data = dict(written.data)
    # What is no list, or no table in one, stays in its place: validation tells it, and indices stay so.
    if isinstance(data.get("device", []), list):
        data["device"] = work.devices
    if work.ports and isinstance(data.get("port", []), list):
        data["port"] = [*data.get("port", []), *work.ports]
    problems = [*manifests.problems, *work.problems, *work.same_serials()]
    if work.whole:  # else rows of devices that were never made would be told as strangers
        problems += first(manifests.unused(work.names))
    return Expanded(written, data, work.origins), problems


class _Expansion:
    """The tables so far, and where each is from."""

    def __init__(self, written: Document, manifests: Manifests) -> None:
        raw = written.data.get("device")
        ports = written.data.get("port")
        self.devices: list[Any] = list(raw) if isinstance(raw, list) else []
        self.ports: list[dict[str, Any]] = []
        self.origins: dict[Path, Origin] = {}
        self.problems: dict[Problem, None] = {}
        self.names: dict[str, Path] = {}
        self.whole = True
        self._written = written
        self._manifests = manifests
        self._typed_ports = len(ports) if isinstance(ports, list) else 0

    def plain(self, path: Path, table: dict[str, Any]) -> None:
        """A typed device: the manifest fills what it leaves open, and must not contradict it."""
        name = table.get("name")
        if not isinstance(name, str):
            return
        self.names.setdefault(name, path)
        manifest = self._manifests.of(path, table)
        row = manifest.rows.get(name) if manifest is not None else None
        if row is None:
            return
        filled, cells = _overlaid(table, row.cells)
        for place, column in list(cells.items()):
            typed = self._written.value((*path, *place))
            said = cell_value(column, row.cells[column])
            if typed is not None and typed != said:
                line = self._written.line((*path, *place))
                wrong = f"{row.cells[column][:60]!a} is not what line {line} of {self._written.shown} says"
                self._tell(row.problem(column, wrong, "mend one of them"))
            if typed is not None:
                del cells[place]
        self.devices[_index(path)] = filled
        self.origins[path] = Origin(path, row, cells)

    def range(self, path: Path, table: dict[str, Any]) -> None:
        """The devices and ports of one range; what is misshapen is left to validation."""
        numbers = _numbers(table)
        name = table.get("name")
        if numbers is None or not isinstance(name, str):
            self.whole = False
            return
        manifest = self._manifests.of(path, table)
        missing: list[str] = []
        twice: dict[Path, list[str]] = {}
        for number in numbers:
            try:
                made = fill(name, {"n": number})
            except TemplateFault as fault:
                self._tell(self._written.problem((*path, "name"), fault.wrong, fault.right))
                self.whole = False
                return
            if made in self.names:
                twice.setdefault(self.names[made], []).append(made)
                continue
            self.names[made] = path
            if manifest is not None and manifest.whole and made not in manifest.rows:
                missing.append(made)
            self._device(path, table, made, number, manifest)
        self._tell(*self._range_faults(path, manifest, missing, twice), *self._rule_faults(path))

    def _tell(self, *problems: Problem) -> None:
        self.problems.update(dict.fromkeys(problems))

    def _rule_faults(self, path: Path) -> Iterator[Problem]:
        for rule_path, rule in self._written.tables(*path, "port"):
            if ("name" in rule) == ("names" in rule):
                wrong = "is given beside `name`" if "name" in rule else "is missing, and so is `name`"
                right = 'give `name = "swp{p}"` with `count`, or `names = ["eth0", "eth1"]`'
                yield self._written.problem((*rule_path, "names"), wrong, right)

    def same_serials(self) -> Iterator[Problem]:
        """Rows that expect one serial twice; a host and its own BMC do share theirs."""
        seen: dict[str, dict[str, Any]] = {}
        for path, origin in self.origins.items():
            if origin.row is None or not origin.row.cells.get("serial") or path[0] != "device":
                continue
            device, serial = self.devices[_index(path)], origin.row.cells["serial"]
            other = seen.setdefault(serial, device)
            name, other_name = device.get("name"), other.get("name")
            if other is not device and device.get("bmc") != other_name and other.get("bmc") != name:
                wrong = f"{serial[:60]!a} is the serial of {other_name} already"
                yield origin.row.problem("serial", wrong, "each device has a serial of its own")

    def _range_faults(
        self, path: Path, manifest: Manifest | None, missing: list[str], twice: dict[Path, list[str]]
    ) -> Iterator[Problem]:
        for before, names in twice.items():
            if before == path:
                wrong = f"makes {names[0]} more than once"
                yield self._written.problem((*path, "name"), wrong, "count with {n} in the name")
                continue
            what = "range" if before[0] == "device_range" else "device"
            line = self._written.line(before)
            wrong = f"makes {listed(names)}, which the {what} in line {line} is already"
            yield self._written.problem(
                (*path, "name"), wrong, "ranges don't overlap: mend `first` or `count`"
            )
        if missing and manifest is not None:
            verb = "has" if len(missing) == 1 else "have"
            yield self._written.problem(
                (*path, "name"),
                f"{listed(missing)} {verb} no row in {manifest.file}",
                "add the rows, or mend `first` or `count`",
            )

    def _device(
        self, path: Path, table: dict[str, Any], name: str, number: int, manifest: Manifest | None
    ) -> None:
        """One device of a range with its ports."""
        row = manifest.rows.get(name) if manifest is not None else None
        cells = dict(row.cells) if row is not None else {}
        values: dict[str, Value] = {key: cell for key, cell in cells.items() if cell}
        values |= {"n": number, "name": name}
        # Where the row is missing, or the manifest, that is told, and not each field that wants it.
        told = manifest is not None and row is None
        fill_in = _Filler(self._written, self.problems, row, told)
        known = {key: item for key, item in table.items() if key in Device.model_fields and key != "name"}
        device, overlaid = _overlaid({"name": name, **fill_in(path, known, values)}, cells)
        at: Path = ("device", len(self.devices))
        self.devices.append(device)
        self.origins[at] = Origin(path, row, overlaid)
        for rule_path, rule in self._written.tables(*path, "port"):
            self._port_rule(rule_path, rule, name, values, fill_in)

    def _port_rule(
        self,
        path: Path,
        rule: dict[str, Any],
        device: str,
        values: Mapping[str, Value],
        fill_in: _Filler,
    ) -> None:
        known = {key: item for key, item in rule.items() if key in Port.model_fields and key != "name"}
        for name, number in _port_names(rule):
            if len(self.ports) >= PORT_CAP:
                wrong = f"the ranges make more than {PORT_CAP} ports"
                self._tell(self._written.problem(path, wrong, "mend `count`"))
                return
            filled = fill_in(path, {"name": name, **known}, {**values, "p": number})
            self.origins["port", self._typed_ports + len(self.ports)] = Origin(path)
            self.ports.append({"device": device, **filled})


class _Filler:
    """Fills templates; what can't be filled stays as it is written, and is told once."""

    def __init__(self, written: Document, problems: dict[Problem, None], row: Row | None, told: bool) -> None:
        self._written = written
        self._problems = problems
        self._row = row
        self._told = told

    def __call__(self, path: Path, table: dict[str, Any], values: Mapping[str, Value]) -> dict[str, Any]:
        filled = dict(table)
        for key, item in table.items():
            try:
                filled[key] = fill_value(item, values, key, secret_keys=_OWN_BRACES)
            except TemplateFault as fault:
                problem = self._problem((*path, key), fault)
                if problem is not None:
                    self._problems[problem] = None
        return filled

    def _problem(self, path: Path, fault: TemplateFault) -> Problem | None:
        if self._row is not None and fault.unknown in self._row.cells:
            wrong = f"is empty, and line {self._written.line(path)} of {self._written.shown} wants it"
            return self._row.problem(fault.unknown, wrong, "fill the cell")
        if self._told and fault.unknown:
            return None
        return self._written.problem(path, fault.wrong, fault.right)


def _port_names(rule: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Name, or its template, and number of each port; none where the rule is misshapen."""
    names, name = rule.get("names"), rule.get("name")
    if isinstance(names, list) and name is None:
        return [(each, place) for place, each in enumerate(names, 1) if isinstance(each, str)]
    numbers = _numbers({"count": 1, **rule})
    if numbers is None or not isinstance(name, str) or names is not None:
        return []
    return [(name, number) for number in numbers]


def _numbers(table: Mapping[str, Any]) -> range | None:
    """The numbers that a range counts, or None where that is misshapen or beyond the cap."""
    first, count, step = table.get("first", 1), table.get("count"), table.get("step", 1)
    if not (_whole(first) and _whole(count) and _whole(step)):
        return None
    if not (0 <= first <= FIRST_CAP and 1 <= count <= DEVICE_CAP and 1 <= step <= DEVICE_CAP):
        return None
    return range(first, first + count * step, step)


def _whole(number: object) -> TypeGuard[int]:
    return isinstance(number, int) and not isinstance(number, bool)


def _overlaid(table: dict[str, Any], cells: Mapping[str, str]) -> tuple[dict[str, Any], dict[Path, str]]:
    """The table with the manifest's cells in it, and which fields they fill."""
    filled, places = dict(table), {}
    for column, place in FIELDS.items():
        cell = cells.get(column, "")
        if not cell:
            continue
        if len(place) == 1:
            filled[str(place[0])] = cell_value(column, cell)
        else:
            inner = filled.get(str(place[0]), {})
            if not isinstance(inner, dict):
                continue
            filled[str(place[0])] = {**inner, str(place[1]): cell_value(column, cell)}
        places[place] = column
    return filled, places


def _index(path: Path) -> int:
    assert isinstance(path[1], int)
    return path[1]
