"""Finds formats by scanning this package for modules with `FORMATS`, and tells which one some bytes are."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Literal

import msgspec

from bringup import decode as package
from bringup.decode.result import Damaged, FactValue, Found, Nothing
from bringup.model.errors import InputError
from bringup.model.facts import Decoded
from bringup.model.measurement import Measurement

INPUT_CAP_BYTES = 16 * 1024 * 1024
SNIFF_BYTES = 64 * 1024
UNKNOWN_FORMAT = "unknown"


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of captured output.

    `sniff` sees the first 64 KiB and tells how sure it is that they are this format: 0 or False is no, True
    is 50, 100 is certain. `parse` returns `Found` or raises `Damaged` or `Nothing`; it must take linear
    time. `facts` maps each name in `Decoded.facts` to its type, for `bringup schema decode.NAME`.
    """

    name: str
    title: str
    sniff: Callable[[bytes], int | bool]
    parse: Callable[[bytes], Found]
    facts: Mapping[str, object] = {}

    def decode(self, data: bytes) -> Decoded:
        """What `data` holds. Never raises: whatever goes wrong is the outcome `unparsable`, with a
        warning."""
        if len(data) > INPUT_CAP_BYTES:
            return self._none("unparsable", f"{len(data)} bytes are more than the cap of {INPUT_CAP_BYTES}")
        if not data.strip():
            return self._none("no_data", "the input is empty")
        try:
            found = self.parse(data)
        except Damaged as damaged:
            return self._none("unparsable", str(damaged), damaged.facts)
        except Nothing as nothing:
            return self._none("no_data", str(nothing), nothing.facts)
        except Exception as error:
            return self._none("unparsable", f"the decoder met what it does not know: {type(error).__name__}")
        return Decoded(
            format=self.name,
            outcome="ok",
            facts=found.facts,
            measurements=found.measurements,
            warnings=found.warnings,
        )

    def schema(self) -> dict[str, Any]:
        """JSON Schema of what `decode` gives, facts included."""
        fields = [(name, kind, msgspec.UNSET) for name, kind in sorted(self.facts.items())]
        facts = msgspec.defstruct(f"{self.name} facts", fields)
        whole = msgspec.defstruct(
            self.name,
            [
                ("format", str),
                ("outcome", Literal["ok", "unparsable", "no_data"]),
                ("facts", facts),
                ("measurements", tuple[Measurement, ...]),
                ("warnings", tuple[str, ...]),
            ],
        )
        (made,), parts = msgspec.json.schema_components([whole], schema_hook=_any_value)
        head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": self.name}
        return {**head, "description": self.title, **made, "$defs": parts}

    def _none(self, outcome: str, why: str, facts: Mapping[str, FactValue] = MappingProxyType({})) -> Decoded:
        return Decoded(format=self.name, outcome=outcome, facts=dict(facts), warnings=(why,))


def _any_value(kind: type) -> dict[str, Any]:
    """`object` stands for any JSON value."""
    if kind is object:
        return {"description": "any JSON value"}
    raise NotImplementedError(f"{kind} has no JSON Schema")


def all_formats() -> tuple[Format, ...]:
    """Every format, sorted by name."""
    found: dict[str, Format] = {}
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        for made in getattr(module, "FORMATS", ()):
            assert isinstance(made, Format) and made.name not in found, made
            found[made.name] = made
    return tuple(found[name] for name in sorted(found))


def find_format(name: str) -> Format:
    """The format called `name`.

    Raises:
        InputError: there is none, with the nearest name.
    """
    formats = {made.name: made for made in all_formats()}
    if name not in formats:
        near = get_close_matches(name, formats, 1)
        advice = f"Did you mean {near[0]!r}?" if near else "`bringup decode --list` names them."
        raise InputError(f"no format is called {name!r}", advice)
    return formats[name]


def detect(data: bytes) -> Format | None:
    """The format that is surest that `data` is its own; None where none is, or two are equally sure."""
    head = data[:SNIFF_BYTES]
    ranked = sorted(((_sureness(made, head), made.name) for made in all_formats()), reverse=True)
    if not ranked or ranked[0][0] == 0:
        return None
    if len(ranked) > 1 and ranked[0][0] == ranked[1][0]:
        return None
    return find_format(ranked[0][1])


def decode_detected(data: bytes) -> Decoded:
    """Detect the format of `data` and decode it; `unknown` and `unparsable` where none fits."""
    if not data.strip():
        return Decoded(format=UNKNOWN_FORMAT, outcome="no_data", warnings=("the input is empty",))
    made = detect(data)
    if made is None:
        return Decoded(
            format=UNKNOWN_FORMAT, outcome="unparsable", warnings=("no known format looks like this",)
        )
    return made.decode(data)


def _sureness(made: Format, head: bytes) -> int:
    try:
        sure = made.sniff(head)
    except Exception:
        return 0
    return (50 if sure else 0) if isinstance(sure, bool) else sure
