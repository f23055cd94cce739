"""Typed access to what was decoded."""

from __future__ import annotations

from typing import TypeVar

from bringup.model.facts import Decoded

Kind = TypeVar("Kind")


def fact(decoded: Decoded, name: str, kind: type[Kind]) -> Kind:
    """The one fact under `name`."""
    found = decoded.facts[name]
    assert isinstance(found, kind)
    return found


def facts(decoded: Decoded, name: str, kind: type[Kind]) -> tuple[Kind, ...]:
    """All facts under `name`."""
    found = decoded.facts[name]
    assert isinstance(found, tuple)
    return tuple(each for each in found if isinstance(each, kind))
