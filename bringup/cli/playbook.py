"""Check, list and show playbooks: what to do, in which order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bringup.cli._file_group import Kit, add_commands, columns

if TYPE_CHECKING:
    from bringup.model.playbook import Playbook, Step


@click.group("playbook")
def playbook() -> None:
    """What to do, in which order. `bringup run PLAYBOOK -i INV --dry-run` shows it on one inventory.

    \b
    Examples:
      bringup playbook check mine.toml
      bringup playbook show mini
    """


def _load(path: Path) -> Playbook:
    from bringup.check.catalogue import load_catalogue
    from bringup.input import load_envelopes, load_playbook

    loaded = load_playbook(path, catalogue=load_catalogue())
    load_envelopes(loaded.envelope, relative_to=path.parent)
    return loaded


def _brief(loaded: Playbook) -> str:
    steps = sum(len(stage.step) for stage in loaded.stage)
    return f"{len(loaded.stage)} stages, {steps} steps, envelopes {', '.join(loaded.envelope)}"


def _text(loaded: Playbook) -> str:
    from bringup.plan import needs_of

    needs = needs_of(loaded)
    parts = [f"{loaded.name} {loaded.version}: {_brief(loaded)}"]
    for stage in loaded.stage:
        waits = f", after {' and '.join(needs[stage.name])}" if needs[stage.name] else ""
        gate = ", gate: stops the run" if stage.gate else ""
        rows = [(step.id, _kind(step), step.does, _selected(step), _times(step)) for step in stage.step]
        parts.append(f"{stage.name}{waits}{gate}\n{columns(rows, indent='  ')}")
    return "\n\n".join(parts)


def _kind(step: Step) -> str:
    return "check" if step.check else "action" if step.action else "ask"


def _selected(step: Step) -> str:
    given = step.on.model_dump(exclude_none=True)
    said = [f"{key}={value if isinstance(value, str) else '|'.join(value)}" for key, value in given.items()]
    return " ".join([*said, "if-any"] if step.if_any else said)


def _times(step: Step) -> str:
    times = (("until", step.until_s), ("window", step.window_s), ("settle", step.settle_s))
    return " ".join(f"{name} {seconds:g}s" for name, seconds in times if seconds)


add_commands(playbook, Kit(kind="playbook", load=_load, brief=_brief, text=_text))
