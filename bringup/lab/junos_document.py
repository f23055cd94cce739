"""Junos's replies as one kind of tree, written as XML and as JSON.

An element is a list of (name, what it holds) in order: a text, a text with attributes, or an element. In JSON
everything is a list, and a leaf is `[{"data": TEXT, "attributes": …}]`. Source: Junos documentation, "Mapping
Junos OS command output to JSON".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias, Union
from xml.sax.saxutils import escape, quoteattr

RELEASE = "23.4X100"
NAMESPACE = f"http://xml.juniper.net/junos/{RELEASE}/junos"


class Text(NamedTuple):
    """A leaf with attributes of the `junos` namespace."""

    text: str
    attributes: Mapping[str, str]


Held: TypeAlias = Union[str, Text, "list[tuple[str, Held]]"]
Element = list[tuple[str, Held]]


def to_xml(name: str, held: Element) -> str:
    """A whole reply whose one element is `name`."""
    inner = "\n".join(_lines(name, held, 1))
    return (
        f'<rpc-reply xmlns:junos="{NAMESPACE}">\n{inner}\n'
        "    <cli>\n        <banner></banner>\n    </cli>\n</rpc-reply>\n\n"
    )


def _lines(name: str, held: Held, depth: int) -> list[str]:
    blanks = "    " * depth
    if isinstance(held, str):
        return [f"{blanks}<{name}>{escape(held)}</{name}>"]
    if isinstance(held, Text):
        told = "".join(f" junos:{key}={quoteattr(each)}" for key, each in held.attributes.items())
        return [f"{blanks}<{name}{told}>{escape(held.text)}</{name}>"]
    below = [line for key, each in held for line in _lines(key, each, depth + 1)]
    return [f"{blanks}<{name}>", *below, f"{blanks}</{name}>"]


def to_json(name: str, held: Element) -> str:
    """The same as JSON."""
    return json.dumps({name: [_json(held)]}, indent=4) + "\n\n"


def _json(held: Held) -> dict[str, Any]:
    if isinstance(held, str):
        return {"data": held}
    if isinstance(held, Text):
        attributes = {f"junos:{key}": each for key, each in held.attributes.items()}
        return {"data": held.text, "attributes": attributes}
    found: dict[str, Any] = {}
    for key, each in held:
        found.setdefault(key, []).append(_json(each))
    return found
