"""Check, list and show envelopes: what is good enough, and who says so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bringup.cli._file_group import Kit, add_commands
from bringup.cli.main import printable

if TYPE_CHECKING:
    from bringup.model.envelope import Envelope, Limit


@click.group("envelope")
def envelope() -> None:
    """What is good enough: each limit with its source and standing.

    \b
    Examples:
      bringup envelope show base
      bringup envelope check site.toml
    """


def _load(path: Path) -> Envelope:
    from bringup.input import load_envelope

    return load_envelope(path)


def _brief(loaded: Envelope) -> str:
    return f"{len(loaded.limit)} limits"


def _text(loaded: Envelope) -> str:
    parts = [f"{loaded.name}: {_brief(loaded)}"]
    parts += [printable(_limit(limit)) for limit in loaded.limit]
    return "\n\n".join(parts)


def _limit(limit: Limit) -> str:
    from bringup.model.units import unit_of

    when = limit.when.model_dump(exclude_none=True)
    where = ", ".join(
        f"{key} {' or '.join(value) if isinstance(value, list | tuple) else value}"
        for key, value in when.items()
    )
    unit = f" {unit_of(limit.measure)}" if unit_of(limit.measure) else ""
    near = ""
    if limit.marginal is not None:
        near = f", MARGINAL within {limit.marginal:g}{unit} of the edge"
    if limit.marginal_factor is not None:
        near = f", MARGINAL within a factor of {limit.marginal_factor:g} of the edge"
    head = f"{limit.measure} {limit.words}{unit}" + (f" ({where})" if where else "")
    return f"{head}{near}\n  [{limit.standing}] {limit.source}"


add_commands(envelope, Kit(kind="envelope", load=_load, brief=_brief, text=_text))
