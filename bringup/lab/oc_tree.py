"""A YANG data tree: typed leaves, keyed lists, the matching of gNMI paths and both JSON encodings (RFC 7951).

A container is a dict of member name -> node; a name that belongs to another module than its parent's is
written `module:name`. A list is a `Keyed`. Paths are tuples of (name, keys) with bare names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple, TypeAlias, Union

Kind = Literal["text", "flag", "number", "number64", "decimal", "identity"]


class Leaf(NamedTuple):
    """A value with its YANG type: in JSON_IETF `number64` and `decimal` are strings, `identity` qualified.

    A decimal's value is its text.
    """

    kind: Kind
    value: Any


class Keyed(NamedTuple):
    """A list: entries by the value of their one key."""

    key: str
    entries: dict[str, Node]


Node: TypeAlias = Union[Leaf, Keyed, "dict[str, Node]"]
Keys = tuple[tuple[str, str], ...]
Elem = tuple[str, Keys]
Path = tuple[Elem, ...]
WILD = "*"


def text(value: str) -> Leaf:
    return Leaf("text", value)


def flag(value: bool) -> Leaf:
    return Leaf("flag", value)


def number(value: float) -> Leaf:
    return Leaf("number", int(value))


def number64(value: float) -> Leaf:
    return Leaf("number64", int(value))


def decimal(value: float, digits: int) -> Leaf:
    return Leaf("decimal", f"{value:.{digits}f}")


def identity(module: str, name: str) -> Leaf:
    return Leaf("identity", f"{module}:{name}")


def bare(name: str) -> str:
    return name.rpartition(":")[2]


def find(root: Node, path: Path, here: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Every node that `path` names, with its full path.

    A list without keys, or with `*`, is all its entries; the name `*` any member, `...` any depth.
    """
    if not path:
        yield here, root
        return
    (name, keys), rest = path[0], path[1:]
    if name == "...":
        yield from find(root, rest, here)
        for _, place, child in _children(root, here):
            yield from find(child, path, place)
        return
    if not isinstance(root, dict):
        return
    for member, child in root.items():
        if name not in (WILD, bare(member)):
            continue
        if isinstance(child, Keyed):
            wanted = dict(keys).get(child.key, WILD)
            for value, entry in child.entries.items():
                if wanted in (WILD, value):
                    yield from find(entry, rest, (*here, (bare(member), ((child.key, value),))))
        elif not keys:
            yield from find(child, rest, (*here, (bare(member), ())))


def leaves(node: Node, here: Path) -> Iterator[tuple[Path, Leaf]]:
    """Every leaf at and below `node`."""
    if isinstance(node, Leaf):
        yield here, node
        return
    for _, place, child in _children(node, here):
        yield from leaves(child, place)


def _children(node: Node, here: Path) -> Iterator[tuple[str, Path, Node]]:
    if not isinstance(node, dict):
        return
    for member, child in node.items():
        name = bare(member)
        if isinstance(child, Keyed):
            for value, entry in child.entries.items():
                yield name, (*here, (name, ((child.key, value),))), entry
        else:
            yield name, (*here, (name, ())), child


def to_json(node: Node, ietf: bool, module: str = "") -> Any:
    """The node's value. With `module` (and JSON_IETF) the outermost member names are qualified with it."""
    if isinstance(node, Leaf):
        return _leaf_json(node, ietf)
    if isinstance(node, Keyed):
        return [to_json(entry, ietf) for entry in node.entries.values()]
    return {_member(name, ietf, module): to_json(child, ietf) for name, child in node.items()}


def _member(name: str, ietf: bool, module: str) -> str:
    if not ietf:
        return bare(name)
    return f"{module}:{name}" if module and ":" not in name else name


def _leaf_json(leaf: Leaf, ietf: bool) -> Any:
    if leaf.kind == "number64":
        return str(leaf.value) if ietf else leaf.value
    if leaf.kind == "decimal" and not ietf:
        return _plain_number(leaf.value)
    if leaf.kind == "identity" and not ietf:
        return bare(leaf.value)
    return leaf.value


def _plain_number(printed: str) -> Any:
    """A JSON number, except for what JSON has no number for."""
    return printed if "inf" in printed else float(printed)


def without(node: Node, hidden: str) -> Node | None:
    """The node without containers called `hidden`; None when nothing is left."""
    if isinstance(node, Leaf):
        return node
    if isinstance(node, Keyed):
        entries = {key: kept for key, entry in node.entries.items() if (kept := without(entry, hidden))}
        return Keyed(node.key, entries) if entries else None
    members = {
        name: kept
        for name, child in node.items()
        if bare(name) != hidden and (kept := without(child, hidden)) is not None
    }
    return members or None


def module_of(path: Path, modules: Mapping[str, str]) -> str:
    """The YANG module of the members below `path`; `modules` names it for the nodes that change it."""
    found = ""
    for name, _ in path:
        found = modules.get(name, found)
    return found
