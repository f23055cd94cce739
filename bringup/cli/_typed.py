"""How `decode` and `probe` print what was told: one JSON object a line, one JSON document, or text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import click

from bringup.cli._file_group import columns
from bringup.cli.main import printable

Record = dict[str, Any]
typed_format = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "jsonl"]),
    help="jsonl (the default): one object a line. json: one document. text: for a person.",
)


def print_records(records: Sequence[Record], form: str | None, names: Sequence[str]) -> None:
    """Print them; `names` are what each is of, for a person. JSON is ASCII: no byte acts on a terminal."""
    if form == "text":
        click.echo("\n\n".join(_text(record, name) for record, name in zip(records, names, strict=True)))
    elif form == "json":
        click.echo(_json(list(records) if len(records) != 1 else records[0], indent=1))
    else:
        for record in records:
            click.echo(_json(record))


def _json(value: object, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=True, allow_nan=False, sort_keys=True, indent=indent)


def _text(record: Record, name: str) -> str:
    lines = [f"{name}: {record['format']}: {record['outcome']}"]
    lines += [f"  warning: {warning}" for warning in record["warnings"]]
    told = record["measurements"]
    if told:
        rows = [("SUBJECT", "QUANTITY", "VALUE", "UNIT")]
        rows += [(one["subject"], one["quantity"], _shown(one), one["unit"]) for one in told]
        lines.append(columns(rows, indent="  "))
    facts = list(_leaves(record["facts"], ""))
    if facts:
        lines.append(columns([("FACT", "TOLD"), *facts], indent="  "))
    return "\n".join(printable(line) for line in lines)


def _shown(one: Record) -> str:
    return str(one["reading"]) if one["value"] is None else _scalar(one["value"])


def _scalar(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _leaves(value: object, place: str) -> Iterator[tuple[str, str]]:
    """Every value with its place; a reading is shown by what it is, and what is absent is left out."""
    if isinstance(value, dict) and "reading" in value:
        if value["reading"] != "absent":
            yield place, _shown({"value": None, **value})
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            name = item.get("name", item.get("port", item.get("index"))) if isinstance(item, dict) else None
            yield from _leaves(item, f"{place}[{name if name is not None else number}]")
    elif value is not None:
        yield place, _scalar(value)
