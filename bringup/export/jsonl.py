"""The events byte for byte, in one file."""

from __future__ import annotations

from collections.abc import Iterator

from bringup.export.format import Export, Source


def _pieces(source: Source) -> Iterator[bytes]:
    for line in source.lines():
        yield line + b"\n"


EXPORT = Export(name="jsonl", about="the events byte for byte, in one file", pieces=_pieces)
