"""Print the JSON Schema of a kind of file, of events, or of what a decoder gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click

from bringup.model.errors import InputError

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DECODE = "decode."


@click.command("schema")
@click.argument("kind", required=False)
@click.option("--list", "list_", is_flag=True, help="Name the kinds.")
def schema(kind: str | None, list_: bool) -> None:
    """Print the JSON Schema of KIND: inventory, playbook, envelope, answers, event, or decode.FORMAT.

    Editors that know JSON Schema for TOML complete and check with it.

    \b
    Examples:
      bringup schema playbook > playbook.schema.json
      bringup schema decode.sonic.fec-stats
    """
    if list_ or kind is None:
        print("\n".join(_kinds()))
        return
    print(json.dumps(find_schema(kind), indent=2, ensure_ascii=False))


def find_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of `kind`.

    Raises:
        InputError: there is none, with the nearest names.
    """
    if kind in _FILES:
        made = _FILES[kind]()
        made["properties"]["schema"] = {"const": f"bringup.{kind}/1"}
        made["required"] = ["schema", *made.get("required", ())]
        return {"$schema": DIALECT, **made}
    if kind == "event":
        return _event_schema()
    if kind.startswith(DECODE):
        from bringup.decode.registry import all_formats

        for each in all_formats():
            if each.name == kind.removeprefix(DECODE):
                return each.schema()
    from bringup.input.problem import nearest

    raise InputError(f"there is no schema {kind!r}: {nearest(kind, _kinds())}", "`schema --list` names them.")


def _kinds() -> list[str]:
    from bringup.decode.registry import all_formats

    return [*_FILES, "event", *(f"{DECODE}{each.name}" for each in all_formats())]


def _inventory() -> dict[str, Any]:
    from bringup.input.inventory import InventoryFile

    return InventoryFile.model_json_schema()


def _playbook() -> dict[str, Any]:
    from bringup.input.playbook import PlaybookFile

    return PlaybookFile.model_json_schema()


def _envelope() -> dict[str, Any]:
    from bringup.model.envelope import Envelope

    return Envelope.model_json_schema()


def _answers() -> dict[str, Any]:
    from bringup.model.answer import Answers

    return Answers.model_json_schema()


def _event_schema() -> dict[str, Any]:
    import msgspec

    from bringup.model.event import Known

    (made,), parts = msgspec.json.schema_components([Known])
    return {"$schema": DIALECT, "title": "One line of a journal", **made, "$defs": parts}


_FILES: dict[str, Callable[[], dict[str, Any]]] = {
    "inventory": _inventory,
    "playbook": _playbook,
    "envelope": _envelope,
    "answers": _answers,
}
