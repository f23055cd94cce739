"""The file that results of many runs are merged into: JSON, one object, made by `bringup interop merge`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from bringup.fleet.interop import SCHEMA, Result
from bringup.model.errors import InputError

LARGEST_BYTES = 64 * 1024 * 1024


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """What is in the file."""

    schema: str
    results: tuple[Result, ...]


def read_book(path: Path) -> tuple[Result, ...]:
    """Raises: InputError, where it is no such file."""
    advice = "Give a run, or a file that `bringup interop merge --out FILE` has written."
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise InputError(f"{path} is larger than any book of results", advice)
        book = msgspec.json.decode(path.read_bytes(), type=Book)
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror}", advice) from None
    except msgspec.DecodeError as error:
        raise InputError(f"{path} is no book of interoperability results: {error}", advice) from None
    if book.schema != SCHEMA:
        raise InputError(f"{path}: schema is {book.schema!r}, and {SCHEMA!r} is read here", advice)
    return book.results


def write_book(path: Path, results: Iterable[Result]) -> None:
    """Raises: InputError where the file is there already: what somebody has is never overwritten."""
    data = msgspec.json.format(msgspec.json.encode(Book(schema=SCHEMA, results=tuple(results))), indent=1)
    try:
        with path.open("xb") as file:
            file.write(data + b"\n")
    except FileExistsError:
        raise InputError(f"{path} is there already", "Give another name for --out.") from None
    except OSError as error:
        raise InputError(f"{path} can't be written: {error.strerror}", "Give another place.") from None
