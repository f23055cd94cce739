"""What the formats of NX-OS share: tables of its JSON, padded texts, and the marks of its alarms.

`… | json` prints one object; a table of one row is an object and one of several a list. Numbers are texts,
padded, with `--` or `N/A` where there is none. A command that has no JSON prints an error as plain text. Over
NX-API the same objects come in an envelope, which the driver takes off. Source: NX-OS's own output, recorded.
"""

from __future__ import annotations

from types import MappingProxyType

from bringup.decode.json_field import Json, as_object, object_in
from bringup.decode.result import (
    Damaged,
    Nothing,
    counter,
    json_of,
    number,
    read_word,
    refuse_error_text,
    text_of,
)
from bringup.model.measurement import ABSENT, NOT_AVAILABLE, Read, value

MAX_TEXT_CHARS = 400
FLAGS = MappingProxyType({"++": "high_alarm", "+": "high_warning", "--": "low_alarm", "-": "low_warning"})
NO_NEIGHBOR = "no neighbour information"
_ERRORS = ("% ", "syntax error", "error:", "invalid command", "cmd exec error")


def refuse_error(text: str) -> None:
    """Refuse what NX-OS says where it does not know a command, or has nothing.

    Raises:
        Nothing: nobody is heard by LLDP.
        Damaged: an error.
    """
    for line in text[:4096].splitlines():
        said = line.strip().lower()
        if NO_NEIGHBOR in said:
            raise Nothing("the switch hears no neighbour")
        if said.startswith(_ERRORS):
            raise Damaged(f"the switch says {line.strip()[:120]!r}")
    refuse_error_text(text)


def object_of(data: bytes) -> Json:
    """The object that a command printed.

    Raises:
        Damaged: it is none.
        Nothing: nobody is heard by LLDP.
    """
    if data.lstrip()[:1] != b"{":
        refuse_error(text_of(data)[0])
    return as_object(json_of(data), "the reply")


def rows_of(parent: Json, table: str, row: str) -> list[Json]:
    """The rows of `TABLE_x`, each an object; none where there is no such table.

    Raises:
        Damaged: it is no table.
    """
    held = object_in(parent, table).get(row)
    if held is None:
        if parent.get(table):
            raise Damaged(f"{table} has no {row}")
        return []
    rows = held if isinstance(held, list) else [held]
    return [as_object(each, row) for each in rows]


def word(parent: Json, key: str) -> Read:
    """A text; `--` and blank are none."""
    held = parent.get(key)
    if held is None:
        return ABSENT
    if isinstance(held, int) and not isinstance(held, bool):
        held = str(held)
    if not isinstance(held, str) or len(held) > MAX_TEXT_CHARS:
        raise Damaged(f"{key!r} is no text")
    return read_word(held)


def text(parent: Json, key: str) -> str | None:
    """The text under `key`; None where it is none, or says that there is none."""
    told = word(parent, key).value
    return told if isinstance(told, str) else None


def real(parent: Json, key: str, unit: str = "") -> Read:
    """A number, which NX-OS may print as a text, with `unit` behind it or without."""
    held = parent.get(key)
    if isinstance(held, int | float) and not isinstance(held, bool):
        return value(float(held))
    read = word(parent, key)
    if not isinstance(read.value, str):
        return NOT_AVAILABLE if held == "" else read
    return value(float(number(read.value.removesuffix(unit))))


def count(parent: Json, key: str) -> Read:
    """A counter."""
    held = parent.get(key)
    if isinstance(held, int) and not isinstance(held, bool) and held >= 0:
        return value(held)
    read = word(parent, key)
    return value(counter(read.value)) if isinstance(read.value, str) else read


def mac_of(told: str | None) -> Read:
    """`0014.1c57.a48b` with colons; anything else as it is."""
    bare = (told or "").strip().lower().replace(".", "")
    if told and told.count(".") == 2 and len(bare) == 12 and all(each in "0123456789abcdef" for each in bare):
        return value(":".join(bare[at : at + 2] for at in range(0, 12, 2)))
    return read_word(told)
