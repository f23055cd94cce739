"""Junos's `| display xml` and `| display json` as one kind of tree, taken apart safely.

In JSON everything is a list: a leaf is `[{"data": "-2.5", "attributes": {"junos:celsius": "33"}}]`, an
element `[{…}]`. Prefixes of names are dropped. No entity is expanded, nothing outside is read, depth and
size are bounded. What comes after the document (`{master:0}`, a prompt) is no part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bringup.decode.json_field import as_object
from bringup.decode.result import Damaged, json_of, refuse_error_text, text_of
from bringup.decode.xml_events import read_xml

MAX_DEPTH = 30
MAX_ELEMENTS = 400_000
MAX_TEXT_CHARS = 65_536
_AFTER = re.compile(
    rb"\s*(?:\{[a-z]+(?::[^{}\n]{1,40})?\}\s*)?(?:[\w.-]{1,64}@[\w.-]{1,64}[>#]\s*)?", re.ASCII
)
_ERRORS = ("error:", "unknown command", "syntax error", "invalid command", "missing argument")


class Node:
    """An element: its own text, its attributes, and its children by name, each in order."""

    __slots__ = ("attributes", "children", "text")

    def __init__(self) -> None:
        self.text = ""
        self.attributes: dict[str, str] = {}
        self.children: dict[str, list[Node]] = {}

    def all(self, name: str) -> list[Node]:
        return self.children.get(name, [])

    def one(self, *path: str) -> Node | None:
        """The child at `path`; None where it is not there.

        Raises:
            Damaged: a step stands there more than once.
        """
        here: Node | None = self
        for name in path:
            found = [] if here is None else here.all(name)
            if len(found) > 1:
                raise Damaged(f"{name} stands there {len(found)} times")
            here = found[0] if found else None
        return here

    def told(self, *path: str) -> str | None:
        """The text at `path`, on one line; None where it is not there."""
        found = self.one(*path)
        return None if found is None else " ".join(found.text.split())

    def every(self, name: str) -> Iterator[Node]:
        """All elements of that name, wherever they are, in order."""
        for own, children in self.children.items():
            for child in children:
                if own == name:
                    yield child
                else:
                    yield from child.every(name)


def tree_of(data: bytes) -> Node:
    """A node whose children are the document's.

    Raises:
        Damaged: neither whole XML nor whole JSON, or what Junos says where it fails.
    """
    start = data.lstrip()[:1]
    if start == b"<":
        return _of_xml(data)
    if start == b"{":
        return _of_json(data)
    refuse_error(text_of(data)[0])
    raise Damaged("this is neither XML nor JSON")


def refuse_error(text: str) -> None:
    """Refuse what Junos says where it does not know a command.

    Raises:
        Damaged: it does.
    """
    lines = [line.strip() for line in text[:65_536].splitlines()]
    said = next((line for line in lines if line.lower().startswith(_ERRORS)), None)
    if said is not None or "^" in lines:  # the mark below what it does not know
        raise Damaged(f"the switch says {(said or '^')[:120]!r}")
    refuse_error_text(text)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


class _Reader:
    def __init__(self) -> None:
        self.top = Node()
        self._stack = [self.top]
        self._elements = 0
        self._chars: list[int] = [0]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if len(self._stack) > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise Damaged("the document is deeper or larger than any of Junos")
        node = Node()
        node.attributes = {_local(key): told for key, told in attributes.items()}
        self._stack[-1].children.setdefault(_local(name), []).append(node)
        self._stack.append(node)
        self._chars.append(0)

    def end(self, name: str) -> None:
        self._stack.pop()
        self._chars.pop()

    def characters(self, text: str) -> None:
        self._chars[-1] += len(text)
        if self._chars[-1] > MAX_TEXT_CHARS:
            raise Damaged("a text in the document is longer than any of Junos")
        self._stack[-1].text += text


def _of_xml(data: bytes) -> Node:
    end = data.rfind(b">") + 1
    if not _AFTER.fullmatch(data[end:]):
        raise Damaged(f"something follows the XML: {data[end:].strip()[:40]!r}")
    reader = _Reader()
    read_xml(data[:end], reader)
    _refuse_rpc_error(reader.top)
    return reader.top


def _refuse_rpc_error(top: Node) -> None:
    for name in ("rpc-error", "error"):
        for node in top.every(name):
            raise Damaged(f"the switch says {(node.told('message') or node.told('error-message'))!r}")


def _of_json(data: bytes) -> Node:
    end = data.rstrip().rfind(b"}\n")
    tail = data[end + 1 :] if end >= 0 else b""
    body = data[: end + 1] if tail.strip() and _AFTER.fullmatch(tail) else data
    top = Node()
    _fill(top, as_object(json_of(body), "the reply"), 0)
    _refuse_rpc_error(top)
    return top


def _fill(node: Node, held: dict[str, object], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Damaged("the document is deeper than any of Junos")
    for name, inner in held.items():
        if name in ("attributes", "data"):
            continue
        for entry in inner if isinstance(inner, list) else [inner]:
            child = Node()
            _leaf_or_element(child, entry, depth)
            node.children.setdefault(_local(name), []).append(child)


def _leaf_or_element(child: Node, entry: object, depth: int) -> None:
    if entry is None or entry == [None]:
        return
    if isinstance(entry, str):
        child.text = entry
        return
    told = as_object(entry, "an element")
    attributes = told.get("attributes")
    if isinstance(attributes, dict):
        child.attributes = {_local(key): str(each) for key, each in attributes.items()}
    text = told.get("data")
    if text is not None and text != [None]:
        if not isinstance(text, str):
            raise Damaged("a leaf holds no text")
        child.text = text
    _fill(child, told, depth + 1)
