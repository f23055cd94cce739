"""XML of a device, handed over piece by piece, with nothing in it obeyed: no entity is declared or expanded,
nothing outside is read.
"""

from __future__ import annotations

from typing import NoReturn, Protocol
from xml.parsers import expat

from bringup.decode.result import Damaged


class Handler(Protocol):
    """What makes something of the pieces. It bounds depth, number and length itself."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def characters(self, text: str) -> None: ...


def read_xml(data: bytes, into: Handler, *, doctype: str | None = None) -> None:
    """Hand over a whole document. `doctype` is the one that it may name, without declaring anything in it.

    Raises:
        Damaged: it is not well-formed, ends early, or declares or uses an entity or another document type.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = into.start
    parser.EndElementHandler = into.end
    parser.CharacterDataHandler = into.characters

    def declared(name: str, system: str | None, public: str | None, has_internal_subset: int) -> None:
        if has_internal_subset or name != doctype:
            raise Damaged("its DOCTYPE declares something of its own")

    parser.StartDoctypeDeclHandler = declared
    parser.EntityDeclHandler = _refuse
    parser.UnparsedEntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    parser.SkippedEntityHandler = _refuse
    try:
        parser.Parse(data.lstrip(), True)
    except expat.ExpatError as error:
        raise Damaged(f"no whole XML: {expat.ErrorString(error.code)} in line {error.lineno}") from error
    except (LookupError, ValueError) as error:  # an encoding that nobody has
        raise Damaged(f"no whole XML: {str(error)[:80]}") from error


def _refuse(*declared: object) -> NoReturn:
    raise Damaged("it declares or uses an entity")
