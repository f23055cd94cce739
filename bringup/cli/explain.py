"""Explain a check, quantity, limit, verdict, reason, remedy, fault, event, exit code or finding, in words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from difflib import get_close_matches

import click
import msgspec

from bringup.cli._complete import topic_names
from bringup.cli._topics import Topic, all_topics
from bringup.cli.main import printable
from bringup.model.errors import InputError

NEAR = 4


@click.command("explain")
@click.argument("name", required=False, shell_complete=topic_names)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print.",
)
def explain(name: str | None, form: str) -> None:
    """Explain NAME in words, with its source; without NAME, list all that can be explained.

    \b
    Examples:
      bringup explain rx_power_dbm
      bringup explain clean-both-ends
      bringup explain far_end_not_lit
    """
    topics = all_topics()
    found = topics if name is None else _named(name, topics)
    if form == "json":
        print(json.dumps([msgspec.to_builtins(topic) for topic in found], indent=2, ensure_ascii=False))
    elif name is None:
        print(_listing(found))
    else:
        print("\n\n".join(_text(topic) for topic in found))


def _named(name: str, topics: Sequence[Topic]) -> list[Topic]:
    """Every topic of that name, whatever its case and brackets: summaries print `[clean-both-ends]`."""
    wanted = name.strip("[]").lower()
    found = [topic for topic in topics if topic.name.lower() == wanted]
    if found:
        return found
    names = {topic.name.lower(): topic.name for topic in topics}
    near = [names[each] for each in get_close_matches(wanted, names, NEAR, 0.5)]
    near += [each for lower, each in names.items() if wanted and wanted in lower and each not in near]
    advice = f"Did you mean {', '.join(near[:NEAR])}?" if near else "`bringup explain` lists all names."
    raise InputError(f"nothing is called {name!r}", advice)


def _listing(topics: Sequence[Topic]) -> str:
    kinds = dict.fromkeys(topic.kind for topic in topics)
    width = max(len(topic.name) for topic in topics)
    parts = []
    for kind in kinds:
        lines = [f"{kind}:"]
        lines += [f"  {topic.name:<{width}}  {_first(topic)}" for topic in topics if topic.kind == kind]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _first(topic: Topic) -> str:
    return topic.title.split(". ")[0].rstrip(".")


def _text(topic: Topic) -> str:
    lines = [f"{topic.name} ({topic.kind})", f"  {topic.title}", *(f"  {words}" for words in topic.words)]
    if topic.source:
        lines.append(f"  source: {topic.source}")
    if topic.see:
        lines.append(f"  see also: {', '.join(topic.see)}")
    return printable("\n".join(lines))
