"""Cable lists from files, whichever tool wrote them, with every problem of a file at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import msgspec

from bringup.cabling import fabric
from bringup.cabling.heard import by_device_address, far_end
from bringup.cabling.link import CableList, End, Link, RowFault
from bringup.cabling.neighbours import links_told
from bringup.cabling.rules import list_faults
from bringup.cabling.table import read_table
from bringup.cabling.workbook import NoWorkbook, sheets
from bringup.decode.registry import decode_detected
from bringup.decode.result import MISSING_WORDS
from bringup.input.bounded import read_bounded
from bringup.input.netbox_columns import CABLE_COLUMNS, CONNECTED, INTERFACE, metres, named
from bringup.input.problem import Problem, give_up
from bringup.model.errors import InputError
from bringup.model.facts import Attached, Decoded, Neighbor

CAP_BYTES = 16 * 1024 * 1024
_NETBOX = frozenset({"side_a_device", "side_a_name", "termination a"})


class Planned(msgspec.Struct, frozen=True):
    """What a plan says of ends: each one's far end, and which device has a hardware address."""

    far_ends: Mapping[End, End] = MappingProxyType({})
    addresses: Mapping[str, str] = MappingProxyType({})


NO_PLAN = Planned()


def read_list(
    file: str, *, found: bool = False, devices: Collection[str] | None = None, plan: Planned = NO_PLAN
) -> CableList:
    """A good cable list, or all that is wrong with it. `DEVICE=FILE` names whose neighbours a file holds.

    By the `plan` a neighbour's two names for a port are told apart, and who has an address.

    Raises:
        InputError: with every problem and its row.
    """
    device, path = _named(file) if found else ("", Path(file))
    if found and not device and path.is_dir():
        return _from_run(path)
    try:
        data = read_bounded(path, CAP_BYTES)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(f"{path}: {why.lower()}", "Name a file that can be read.") from error
    if len(data) > CAP_BYTES:
        raise InputError(f"{path} is larger than {CAP_BYTES // 2**20} MiB", "Split it.")
    listed = _parsed(data, device, found, plan)
    faults = [*listed.faults, *list_faults(listed.links, devices=devices)]
    if faults:
        raise give_up(Problem(str(path), each.line, each.field, each.wrong, each.right) for each in faults)
    return listed


def read_expected_and_found(
    expected: str,
    found: Sequence[str],
    devices: Collection[str] | None,
    addresses: Mapping[str, str] = MappingProxyType({}),
) -> tuple[tuple[Link, ...], tuple[Link, ...], tuple[str, ...]]:
    """The plan's links, what was found, and notes. What several files found is taken together. `addresses`
    has devices by their hardware address, as twelve digits.

    Raises:
        InputError: with the problems of every file.
    """
    problems: list[str] = []
    plan, planned = CableList(), NO_PLAN
    try:
        plan = read_list(expected, devices=devices)
        planned = Planned({here: there for link in plan.links for here, there in _ways(link)}, addresses)
    except InputError as error:
        problems += error.problems or [str(error)]
    lists: list[CableList] = []
    for file in found:
        try:
            lists.append(read_list(file, found=True, plan=planned))
        except InputError as error:
            problems += error.problems or [str(error)]
    if problems:
        raise InputError(
            "the lists can't be compared", "Nothing was compared; mend them.", problems=tuple(problems)
        )
    notes = tuple(note for one in (plan, *lists) for note in one.notes)
    once = {frozenset(link.ends): link for one in lists for link in one.links}
    ends = [end for link in once.values() for end in link.ends if end is not None]
    if len(set(ends)) == len(ends):
        return plan.links, tuple(once.values()), notes
    # What one list saw contradicts another, or completes it.
    told = [pair for one in lists for link in one.links for pair in _both(link)]
    joined = links_told(told)
    return plan.links, joined.links, (*notes, *joined.notes)


def _ways(link: Link) -> Iterator[tuple[End, End]]:
    if link.a is not None and link.b is not None:
        yield link.a, link.b
        yield link.b, link.a


def _both(link: Link) -> Iterator[tuple[End, End | None]]:
    if link.a is not None:
        yield link.a, link.b
    elif link.b is not None:
        yield link.b, None


def _named(text: str) -> tuple[str, Path]:
    device, equals, path = text.partition("=")
    return (device, Path(path)) if equals and "/" not in device else ("", Path(text))


def _parsed(data: bytes, device: str, found: bool, plan: Planned) -> CableList:
    if data[:2] == b"PK":
        return _workbook(data, found)
    decoded = decode_detected(data)
    if decoded.format in _DECODED:
        return _from_decoded(decoded, data)
    if decoded.outcome == "ok" and {"neighbors", "attached"} & decoded.facts.keys():
        return _neighbours(decoded, device, plan)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return CableList(faults=(RowFault(line, "", "is no UTF-8", "save it as UTF-8"),))
    head = text[:4096]
    if fabric.is_port_list(head):
        return fabric.read_port_list(text)
    if fabric.is_topology(head):
        return fabric.read_topology(text)
    return _csv(text, found)


def _csv(text: str, found: bool) -> CableList:
    rows: list[tuple[int, list[str]]] = []
    broken: tuple[RowFault, ...] = ()
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    before = 0
    try:
        for cells in reader:
            rows.append((before + 1, cells))
            before = reader.line_num
    except csv.Error as error:
        right = "quotes around a cell are doubled inside it and closed"
        broken = (RowFault(max(reader.line_num, 1), "", f"is no CSV: {error}", right),)
    if rows and _NETBOX & {cell.strip().lower() for cell in rows[0][1]}:
        rows = list(_from_netbox(rows))
    listed = read_table(rows, found=found)
    return CableList(listed.links, (*broken, *listed.faults), listed.notes)


def _from_netbox(rows: Sequence[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """NetBox's columns as ours. Power and patch cables are no links between interfaces."""
    head = [cell.strip() for cell in rows[0][1]]
    yield 1, ["a_device", "a_port", "b_device", "b_port", "medium", "length_m", "label"]
    for line, cells in rows[1:]:
        if len(cells) != len(head):
            if any(cell.strip() for cell in cells):
                yield line, [*cells[:3]]
            continue
        row = named(CABLE_COLUMNS, {name: cell.strip() for name, cell in zip(head, cells, strict=True)})
        kinds = {row[key] for key in ("a_type", "b_type") if key in row}
        if (kinds and kinds != {INTERFACE}) or row.get("status", "").lower() not in CONNECTED:
            continue
        length = row.get("length", "")
        length_m = metres(length, row.get("length_unit", "")) if length else None
        about = row.get("description", "")
        yield (
            line,
            [
                *(row.get(key, "") for key in ("a_device", "a_name", "b_device", "b_name")),
                about.removeprefix("medium ") if about.startswith("medium ") else row.get("type", ""),
                length if length_m is None else f"{length_m:g}",
                row.get("label", ""),
            ],
        )


def _workbook(data: bytes, found: bool) -> CableList:
    """Every sheet that names both ends; notes and legends between them are none."""
    try:
        held = sheets(data)
    except NoWorkbook as error:
        return CableList(faults=(RowFault(0, "", f"is no workbook: {error}", "save it again, or as CSV"),))
    listed = [read_table(rows, found=found) for rows in held if rows]
    cables = [one for one in listed if not any(fault.field == "header" for fault in one.faults)]
    if not cables:
        wrong = "no sheet names both ends"
        return CableList(faults=(RowFault(1, "header", wrong, "A-Node Name, A-Port, Z-Node Name, Z-Port"),))
    return CableList(
        tuple(link for one in cables for link in one.links),
        tuple(fault for one in cables for fault in one.faults),
    )


def _from_decoded(decoded: Decoded, data: bytes) -> CableList:
    """What a decoder of ours reads: it knows no rows but the one where it gave up."""
    if decoded.outcome != "ok":
        why = "; ".join(decoded.warnings) or "it holds no link"
        return CableList(faults=(RowFault(_line_of(why), "", why, "mend the file, or make it again"),))
    links = decoded.facts["links"]
    assert isinstance(links, list)
    return CableList(tuple(_DECODED[decoded.format](decoded, links, data)))


def _line_of(why: str) -> int:
    head, _, rest = why.partition("line ")
    number = rest.partition(" ")[0].rstrip(":")
    return int(number) if not head and number.isascii() and number.isdigit() else 0


def _ptm(decoded: Decoded, links: list[dict[str, str]], data: bytes) -> Iterator[Link]:
    text = data.decode("utf-8", errors="replace")
    lines = [at for at, line in enumerate(text.split("\n"), 1) if "--" in line.partition("#")[0]]
    numbers = lines if len(lines) == len(links) else [0] * len(links)
    for line, link in zip(numbers, links, strict=True):
        yield Link(End(link["a_device"], link["a_port"]), End(link["b_device"], link["b_port"]), line=line)


def _fabric(decoded: Decoded, links: list[dict[str, object]], data: bytes) -> Iterator[Link]:
    """Nodes by what they call themselves; by GUID where two say the same, or one says nothing."""
    nodes = decoded.facts["nodes"]
    assert isinstance(nodes, dict)
    told = {guid: node["name"] for guid, node in nodes.items() if isinstance(node, dict)}
    names = list(told.values())
    called = {guid: name if name and names.count(name) == 1 else guid for guid, name in told.items()}
    for link in links:
        yield Link(
            End(str(called[str(link["a"])]), str(link["a_port"])),
            End(str(called[str(link["b"])]), str(link["b_port"])),
        )


_DECODED: dict[str, Callable[..., Iterator[Link]]] = {"cabling.ptm-dot": _ptm, "ib.netdiscover": _fabric}


def _neighbours(decoded: Decoded, device: str, plan: Planned) -> CableList:
    if not device:
        wrong, right = "does not say whose neighbours these are", "name the device: --found DEVICE=FILE"
        return CableList(faults=(RowFault(0, "", wrong, right),))
    told, attached = decoded.facts.get("neighbors") or (), decoded.facts.get("attached") or ()
    assert isinstance(told, tuple) and isinstance(attached, tuple)
    heard = [each for each in attached if isinstance(each, Attached)]
    neighbors = dict.fromkeys(each for each in told if isinstance(each, Neighbor))
    neighbors |= dict.fromkeys(each for one in heard for each in one.neighbors)
    pairs = [(End(device, each.local_port), far_end(each, plan.far_ends)) for each in neighbors]
    return links_told([*pairs, *by_device_address(device, heard, plan.addresses, plan.far_ends)])


def _from_run(path: Path) -> CableList:
    """What each end of a link saw in a run, the last time that it was asked."""
    from bringup.journal.folder import RunFolder
    from bringup.journal.follow import read
    from bringup.model.event import EventReader, Measured

    reader, last = EventReader(), dict[End, End | None]()
    for entry in read(RunFolder(path)):
        event = reader.read(entry.line)
        if isinstance(event, Measured) and event.quantity == "neighbor":
            here = _end(event.subject)
            if here is not None:
                last[here] = _end(event.value) if isinstance(event.value, str) else None
    if not last:
        raise InputError(f"{path} holds no neighbour", "Name a run whose playbook has `link.neighbors`.")
    return links_told(last.items())


def _end(text: str | None) -> End | None:
    """`leaf-1/Ethernet0`; of `a or b` the first, for a device calls one port by both."""
    if text is None or " and " in text:
        return None
    device, slash, port = text.partition("/")
    port = port.partition(" or ")[0]
    return End(device, port) if slash and port.lower() not in MISSING_WORDS and port != "?" else None
