"""`inventory show --expanded`: every field with the line, or the cell of a manifest, where it is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bringup.cli._file_group import columns
from bringup.cli.main import printable


def print_expanded(path: Path, form: str) -> None:
    """All devices, ports and cables of the inventory at `path`, with the source of each field.

    Raises:
        InputError: the inventory is not good.
    """
    rows = list(_rows(path))
    if form == "json":
        print(json.dumps(rows, indent=1))
        return
    for kind in dict.fromkeys(row["kind"] for row in rows):
        table = [("SUBJECT", "FIELD", "VALUE", "WRITTEN IN")]
        table += [
            (row["subject"], row["field"], _shown(row["value"]), row["source"])
            for row in rows
            if row["kind"] == kind
        ]
        print(f"{kind}s:\n{columns(table, indent='  ')}\n")


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    from bringup.driver.registry import platform_names
    from bringup.input.inventory import load_sourced

    _, document, cables = load_sourced(path, platforms=platform_names())
    for kind in ("rack", "device", "port"):
        for subject, field, value, source in document.fields(kind):
            yield _row(kind, subject, field, value, str(source))
    for placed in cables:
        said = placed.cable.model_dump(exclude_none=True)
        for field, value in said.items():
            if value != "":
                yield _row("cable", placed.cable.subject, field, value, f"{placed.file}:{placed.line}")


def _row(kind: str, subject: str, field: str, value: Any, source: str) -> dict[str, Any]:
    return {"kind": kind, "subject": subject, "field": field, "value": value, "source": source}


def _shown(value: Any) -> str:
    return printable(value if isinstance(value, str) else json.dumps(value))
