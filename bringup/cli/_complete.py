"""What a shell may complete beyond commands and options: runs, shipped files, what a lab can have, names that
`explain` knows. Each list is fetched only when its own word is being typed.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from bringup.input.shipped import Kind

MOST = 200
_ANY_FILE = "file"


def run_names(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Ids of runs under `--runs` (the newest first), and paths, which a RUN may be as well."""
    from bringup.journal.folder import list_runs

    place = ctx.params.get("runs_dir", ctx.params.get("runs")) or Path("runs")
    names = [run.path.name for run in reversed(list_runs(Path(place)))]
    return _with_paths(names, incomplete, "dir")


def playbook_names(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of shipped playbooks, and files."""
    return _with_paths(_shipped("playbook"), incomplete)


def inventory_names(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of shipped inventories, and files."""
    return _with_paths(_shipped("inventory"), incomplete)


def profile_names(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The racks that a lab can be."""
    from bringup.lab.profile import PROFILES

    return _beginning(PROFILES, incomplete)


def fault_names(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """What can be wrong in a lab, each with what it is."""
    from bringup.lab.faults import describe

    return [
        CompletionItem(told["name"], help=_first_line(str(told["about"])))
        for told in describe()
        if told["name"].startswith(incomplete)
    ]


def topic_names(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """What `explain` knows."""
    from bringup.cli._topics import all_topics

    return _beginning((topic.name for topic in all_topics()), incomplete)


def format_names(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Formats that can be decoded, as the first word, and files."""
    from bringup.decode.registry import all_formats

    first = not ctx.params.get("words")
    return _with_paths([made.name for made in all_formats()] if first else [], incomplete)


def verbs(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """What a run can be told."""
    from bringup.engine.desk import VERBS

    return _beginning(VERBS, incomplete)


def _shipped(kind: Kind) -> Iterable[str]:
    from bringup.input.shipped import list_shipped

    return list_shipped(kind)


def _beginning(names: Iterable[str], incomplete: str) -> list[CompletionItem]:
    begun = sorted({name for name in names if name.startswith(incomplete)})
    return [CompletionItem(name) for name in begun[:MOST]]


def _with_paths(names: Iterable[str], incomplete: str, kind: str = _ANY_FILE) -> list[CompletionItem]:
    found = [CompletionItem(name) for name in names if name.startswith(incomplete)][:MOST]
    # First, since bash forgets what came before it.
    return [CompletionItem(incomplete, type=kind), *found]


def _first_line(text: str) -> str:
    return text.partition("\n")[0]
