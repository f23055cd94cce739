"""An OpenConfig data tree, from gNMI updates or from JSON (RFC 7951, or lists as maps by their key).

Module prefixes of member names are stripped; numbers may come as numbers or as text, as 64-bit integers and
decimals do in JSON_IETF. Source: gNMI specification; RFC 7951.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeGuard

from bringup.decode.result import Damaged, is_missing
from bringup.model.measurement import ABSENT, DARK, NOT_AVAILABLE, Read, value

Tree = dict[str, object]
LIST_KEYS = MappingProxyType(
    {
        "interface": "name",
        "component": "name",
        "channel": "index",
        "neighbor": "id",
        "threshold": "severity",
        "lane": "lane-number",
    }
)
"""The lists that we read, each with its one key."""
MAX_DEPTH = 40
DARK_DBM = -30.0
"""At or below this a receiver has seen nothing: EOS prints -30, others -40 or -inf (gNMI deviations)."""
_IN_A_KEY = frozenset("[]\\")
_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(?:\.[0-9]{0,40})?(?:[eE][+-]?[0-9]{1,3})?")
_MINUS_INFINITY = frozenset({"-inf", "-infinity", "- inf"})
_NO_NUMBER = frozenset({"nan", "inf", "+inf", "infinity"})


def split_path(path: str) -> list[tuple[str, str | None]]:
    """`/interfaces/interface[name=Ethernet1/1]/state` -> names, each with the value of its keys, if any.

    Several keys are joined with a comma. `\\]` stands for a bracket inside a value.

    Raises:
        Damaged: it is no path.
    """
    found: list[tuple[str, str | None]] = []
    position, end = 0, len(path)
    while position < end:
        if path[position] != "/":
            raise Damaged("a path has something between its elements")
        start = position = position + 1
        while position < end and path[position] not in "/[":
            position += 1
        name = _bare(path[start:position])
        if not name:
            if position == end and not found:
                break
            raise Damaged("a path has an element without a name")
        values: list[str] = []
        while position < end and path[position] == "[":
            key, position = _key(path, position + 1)
            values.append(key)
        found.append((name, ",".join(values) if values else None))
    return found


def _key(path: str, position: int) -> tuple[str, int]:
    """The value of a key, and where what follows it begins."""
    equals = path.find("=", position)
    if equals < 0:
        raise Damaged("a key of a path has no value")
    letters: list[str] = []
    position = equals + 1
    while position < len(path):
        if path[position] == "\\" and position + 1 < len(path):
            position += 1
        elif path[position] == "]":
            return "".join(letters), position + 1
        letters.append(path[position])
        position += 1
    raise Damaged("a key of a path has no end")


def grow(tree: Tree, path: str, held: object) -> None:
    """Put a leaf or a subtree at its place. A leaf told again takes the place of the one before.

    Raises:
        Damaged: no path, a leaf where a container is, or nested too deeply.
    """
    elements = split_path(path)
    node = _reach(tree, elements[:-1])
    if not elements:
        _merge(node, held, 0)
        return
    name, key = elements[-1]
    if key is not None or isinstance(held, dict):
        _merge(_below(node, name, key), held, len(elements))
    else:
        _put(node, name, held, len(elements))


def _reach(tree: Tree, elements: Sequence[tuple[str, str | None]]) -> Tree:
    node = tree
    for name, key in elements:
        node = _below(node, name, key)
    return node


def _below(node: Tree, name: str, key: str | None) -> Tree:
    for step in (name,) if key is None else (name, key):
        child = node.setdefault(step, {})
        if not isinstance(child, dict):
            raise Damaged(f"{step[:60]!r} is a leaf and a container")
        node = child
    return node


def _merge(node: Tree, held: object, depth: int) -> None:
    if not isinstance(held, dict) or depth > MAX_DEPTH:
        raise Damaged("a container holds no object, or the tree is nested too deeply")
    for member, child in held.items():
        _put(node, _bare(str(member)), child, depth + 1)


def _put(node: Tree, name: str, held: object, depth: int) -> None:
    key = LIST_KEYS.get(name)
    if isinstance(held, list) and key is not None and _are_objects(held):
        entries = {_entry_key(entry, key): entry for entry in held}
        if len(entries) != len(held):
            raise Damaged(f"two entries of {name!r} have the same key")
        held = entries
    if isinstance(held, dict):
        _merge(_below(node, name, None), held, depth)
        return
    if isinstance(node.get(name), dict):
        raise Damaged(f"{name[:60]!r} is a leaf and a container")
    node[name] = held


def _are_objects(held: list[object]) -> TypeGuard[list[Tree]]:
    return all(isinstance(entry, dict) for entry in held)


def _entry_key(entry: Tree, key: str) -> str:
    for member, held in entry.items():
        if _bare(member) == key and isinstance(held, str | int) and not isinstance(held, bool):
            return str(held)
    raise Damaged(f"an entry of a list has no {key!r}")


def _bare(name: str) -> str:
    return name.rpartition(":")[2]


def node_at(tree: Mapping[str, object], *names: str) -> Tree:
    """The container at `names`; an empty one where there is none.

    Raises:
        Damaged: there is a leaf.
    """
    node: object = tree
    for name in names:
        node = node.get(name) if isinstance(node, Mapping) else None
        if node is None:
            return {}
    if not isinstance(node, dict):
        raise Damaged(f"{names[-1]!r} is no container")
    return node


def entries(tree: Mapping[str, object], *names: str) -> Iterator[tuple[str, Tree]]:
    """(key, entry) of the list at `names`.

    Raises:
        Damaged: an entry is no object.
    """
    for key, entry in node_at(tree, *names).items():
        if not isinstance(entry, dict):
            raise Damaged(f"an entry of {names[-1]!r} is no object")
        yield key, entry


def text(node: Mapping[str, object], name: str) -> str | None:
    """A text leaf without blanks around it; None where it is absent or empty.

    Raises:
        Damaged: it is none.
    """
    held = node.get(name)
    if held is None:
        return None
    if not isinstance(held, str) or len(held) > 4096:
        raise Damaged(f"{name!r} is no text")
    return held.strip() or None


def word(node: Mapping[str, object], name: str) -> Read:
    """A text leaf as a `Read`."""
    held = text(node, name)
    if held is None:
        return ABSENT
    return NOT_AVAILABLE if is_missing(held) else value(held)


def identity(node: Mapping[str, object], name: str) -> str | None:
    """An identity without its module: `openconfig-if-ethernet:SPEED_400GB` -> `SPEED_400GB`."""
    held = text(node, name)
    return None if held is None else _bare(held)


def real(node: Mapping[str, object], name: str) -> Read:
    """A number, as number or as text. A container of statistics stands for its `instant`.

    Raises:
        Damaged: it is none, or out of range.
    """
    held = node.get(name)
    if isinstance(held, dict):
        held, name = held.get("instant"), "instant"
    if held is None:
        return ABSENT
    if isinstance(held, str):
        bare = held.strip().lower()
        if is_missing(bare) or bare in _NO_NUMBER:
            return NOT_AVAILABLE
        if bare in _MINUS_INFINITY:
            return DARK
        if not _NUMBER.fullmatch(bare):
            raise Damaged(f"{name!r} is no number")
        held = float(bare)
    if isinstance(held, bool) or not isinstance(held, int | float):
        raise Damaged(f"{name!r} is no number")
    number = float(held)
    if number == -math.inf:
        return DARK
    if not math.isfinite(number):
        return NOT_AVAILABLE
    return value(number)


def power_dbm(node: Mapping[str, object], name: str) -> Read:
    """Optical power: a value, or dark at or below `DARK_DBM` and at minus infinity."""
    read = real(node, name)
    return DARK if isinstance(read.value, float) and read.value <= DARK_DBM else read


def number(node: Mapping[str, object], name: str) -> Read:
    """A number that can't be dark: minus infinity is not available."""
    read = real(node, name)
    return NOT_AVAILABLE if read is DARK else read


def count(node: Mapping[str, object], name: str) -> Read:
    """A whole, non-negative number of at most 64 bits.

    Raises:
        Damaged: it is none.
    """
    held = node.get(name)
    if held is None:
        return ABSENT
    if isinstance(held, str):
        if is_missing(held):
            return NOT_AVAILABLE
        bare = held.strip()
        if not (bare.isascii() and bare.isdecimal() and len(bare) <= 20):
            raise Damaged(f"{name!r} is no count")
        held = int(bare)
    if isinstance(held, bool) or not isinstance(held, int) or not 0 <= held < 2**64:
        raise Damaged(f"{name!r} is no count")
    return value(held)


def tree_of(updates: Iterable[tuple[str, object]]) -> Tree:
    """One tree from (path, value) pairs.

    Raises:
        Damaged: as `grow`.
    """
    tree: Tree = {}
    known: dict[str, tuple[Tree, int]] = {}
    for path, held in updates:
        parent, slash, leaf = path.rpartition("/")
        name = "" if _IN_A_KEY.intersection(leaf) else _bare(leaf)
        if not (slash and name) or parent.endswith("/") or isinstance(held, dict):
            grow(tree, path, held)
            continue
        # Leaves come by the dozen under one parent, which is looked for once: a tree only grows.
        if parent not in known:
            elements = split_path(parent)
            known[parent] = _reach(tree, elements), len(elements)
        node, depth = known[parent]
        _put(node, name, held, depth + 1)
    return tree
