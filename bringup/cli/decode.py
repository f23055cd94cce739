"""Turn captured output of a device into typed JSON; nothing is judged."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bringup.cli._complete import format_names
from bringup.cli._typed import print_records, typed_format

if TYPE_CHECKING:
    from bringup.decode.registry import Format
    from bringup.model.facts import Decoded

NOBODY = "-"


@click.command(name="decode")
@click.argument("words", nargs=-1, metavar="[FORMAT] FILE...", shell_complete=format_names)
@click.option("--list", "list_", is_flag=True, help="Name the formats.")
@typed_format
@click.option("--device", metavar="NAME", help="Whose output it is, for the subjects of measurements.")
def decode_command(words: tuple[str, ...], list_: bool, form: str | None, device: str | None) -> int:
    """Turn captured output of a device into the typed JSON that `probe` would give.

    The first word is a FORMAT if --list names it; without one the format is detected. `-` is standard input.
    Several files give one object a line. Measurements are of --device, else of the host name in the capture,
    else of `-`, which stands for a device that nobody named.

    Exit code 3: something could not be read, or held nothing.

    \b
    Examples:
      bringup decode --list
      bringup decode sonic.fec-stats captured.txt
      ssh leaf-1 show interfaces status | bringup decode -
    """
    from bringup.decode.registry import all_formats

    formats = {made.name: made for made in all_formats()}
    if list_:
        _list(formats, form or "text")
        return 0
    made = formats.get(words[0]) if words else None
    files = words[1:] if made else words
    if not files:
        raise click.UsageError("name at least one FILE, or - for standard input; --list names the formats")
    _check_device(device)
    captured = [_captured(file, formats) for file in files]
    decoded = [_decoded(data, made) for data in captured]
    print_records([_record(one, device) for one in decoded], form, files)
    return 0 if all(one.outcome == "ok" for one in decoded) else 3


def _list(formats: dict[str, Format], form: str) -> None:
    if form == "text":
        width = max(len(name) for name in formats)
        for made in formats.values():
            click.echo(f"{made.name:<{width}}  {made.title}")
        return
    rows = [{"format": made.name, "title": made.title} for made in formats.values()]
    if form == "json":
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo(json.dumps(row))


def _captured(file: str, formats: dict[str, Format]) -> bytes:
    """Up to one byte more than the cap, so that the decoder can tell that it is too much.

    Raises:
        InputError: the file can't be read.
    """
    from difflib import get_close_matches

    from bringup.decode.registry import INPUT_CAP_BYTES
    from bringup.model.errors import InputError

    if file == "-":
        return sys.stdin.buffer.read(INPUT_CAP_BYTES + 1)
    try:
        with Path(file).open("rb") as opened:
            return opened.read(INPUT_CAP_BYTES + 1)
    except (OSError, ValueError) as error:
        near = get_close_matches(file, formats, 1)
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(
            f"{file}: {why.lower()}",
            f"Did you mean the format {near[0]!r}?" if near else "Name a file that can be read, or -.",
        ) from error


def _decoded(data: bytes, made: Format | None) -> Decoded:
    from bringup.decode.registry import decode_detected

    return made.decode(data) if made else decode_detected(data)


def _check_device(device: str | None) -> None:
    from bringup.input.names import device_name_fault
    from bringup.model.errors import InputError

    fault = device_name_fault(device) if device is not None else None
    if fault is not None:
        raise InputError(f"--device: {fault[0]}", f"{fault[1][:1].upper()}{fault[1][1:]}.")


def _record(decoded: Decoded, device: str | None) -> dict[str, Any]:
    """As it is printed; measurements from the facts where the decoder gave none."""
    import msgspec

    from bringup.cli._told import as_record, measurements_of
    from bringup.model.facts import Fact

    name = device or _own_name(decoded) or NOBODY
    told = list(decoded.measurements)
    if not told:
        for facts in decoded.facts.values():
            if isinstance(facts, Fact) or (
                isinstance(facts, tuple) and all(isinstance(each, Fact) for each in facts)
            ):
                told += measurements_of(name, facts)
    record: dict[str, Any] = msgspec.to_builtins(decoded)
    return {**record, "measurements": [as_record(one) for one in told]}


def _own_name(decoded: Decoded) -> str | None:
    """The host name in the capture, where it can be a device's name."""
    from bringup.input.names import device_name_fault
    from bringup.model.facts import Identity

    identity = decoded.facts.get("identity")
    name = identity.hostname.value if isinstance(identity, Identity) else None
    return name if isinstance(name, str) and device_name_fault(name) is None else None
