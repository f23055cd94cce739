"""`inventory new`: from flags, or from a person's answers, to a new inventory."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from bringup.model.errors import InputError

WORDS = {
    "role": "leaf, node, bmc, pdu, …",
    "platform": "what drives it",
    "name": "its name; with {n:02} in it, many",
    "count": "how many of them",
    "first": "the first number",
    "rack": "its rack",
    "unit": "rack unit; with {n} for many",
    "address": "host name or IP; {name} and {n} stand for themselves",
    "bmc": "the name of its BMC",
    "user": "who logs in",
    "password": "env:NAME, file:PATH or cmd:COMMAND",
    "key": "path of an SSH key",
    "community": "public, or a reference",
    "serial": "expected serial number",
    "model": "expected model",
    "manifest": "CSV of what was delivered",
}
_NUMBERS = ("count", "first", "unit")


def from_flags(added: Sequence[str]) -> list[dict[str, Any]]:
    """What each `--add` says, as words.

    Raises:
        InputError: with every problem of every one.
    """
    said: list[dict[str, Any]] = []
    problems: list[str] = []
    for place, text in enumerate(added, 1):
        words: dict[str, Any] = {}
        try:
            pieces = shlex.split(text)
        except ValueError as error:
            problems.append(f"--add {place}: {error}".lower())
            continue
        for piece in pieces:
            word, equals, value = piece.partition("=")
            if not equals or word not in WORDS:
                problems.append(f"--add {place}: {piece!r}: give WORD=VALUE of {', '.join(WORDS)}")
            elif word in words:
                problems.append(f"--add {place}: {word}: is given twice")
            else:
                words[word] = value
        problems += [
            f"--add {place}: {word}: is missing; {WORDS[word]}"
            for word in ("role", "platform", "name")
            if word not in words
        ]
        said.append(words)
    if problems:
        raise InputError(
            f"{len(problems)} problem{'s' * (len(problems) > 1)} with --add",
            "Nothing was written.",
            problems=tuple(problems),
        )
    return said


def ask(prompt: Callable[..., Any] = click.prompt) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Ask for site, rack, and one kind of device after another; an empty role ends it."""
    from bringup.driver.registry import find_platform, platform_names

    site = _asked(prompt, "site", "")
    rack = _asked(prompt, "rack", "")
    profile = _asked(prompt, "profile of the rack", "") if rack else ""
    kinds: list[dict[str, Any]] = []
    while True:
        role = _asked(prompt, "role of the next devices (empty: that is all)", "")
        if not role:
            break
        names = platform_names()
        platform = prompt("platform", type=click.Choice(names), err=True)
        name = _asked(prompt, "name; {n:02} counts", f"{role}-{{n}}")
        words: dict[str, Any] = {"role": role, "platform": platform, "name": name}
        if "{" in name:
            words["count"] = prompt("how many", type=click.IntRange(1, 4096), err=True)
        words["address"] = _asked(prompt, "address", "{name}")
        transports = find_platform(platform).transports
        if "snmp" in transports:
            words["community"] = _asked(prompt, f"community ({WORDS['community']})", "public")
        elif transports:
            words["user"] = _asked(prompt, "user", "admin")
            words["password"] = _asked(prompt, f"password ({WORDS['password']})", "env:RACK_PASSWORD")
        kinds.append(words)
    return {"site": site, "rack": rack, "profile": profile}, kinds


def _asked(prompt: Callable[..., Any], what: str, default: str) -> str:
    return str(prompt(what, default=default, show_default=bool(default), err=True)).strip()


def compose(head: Mapping[str, str], kinds: Sequence[Mapping[str, Any]], cables: str | None) -> str:
    """The text of the inventory."""
    from bringup.input.new_file import inventory_text

    rack = head.get("rack", "")
    top: dict[str, Any] = {"site": head["site"]} if head.get("site") else {}
    if cables is not None:
        top["cables"] = cables
    tables: list[tuple[str, Mapping[str, Any], Sequence[str]]] = []
    if rack:
        profile = head.get("profile", "")
        tables.append(("rack", {"name": rack, **({"profile": profile} if profile else {})}, ()))
    for words in kinds:
        device = _device({**({"rack": rack} if rack else {}), **words})
        many = "count" in device or "{" in device["name"]
        tables.append(("device_range" if many else "device", device, ()))
    comment = (
        "What should be there. Every field: `bringup schema inventory`; ports and cables are still missing:",
        '[[device_range.port]] or [[port]], and `cables = "FILE.csv"` (' + CABLE_COLUMNS + ").",
    )
    return inventory_text(top, tables, comment=comment)


CABLE_COLUMNS = "a_device,a_port,b_device,b_port,medium,length_m,label"


def _device(words: Mapping[str, Any]) -> dict[str, Any]:
    from bringup.driver.registry import find_platform

    said = {key: _number(value) if key in _NUMBERS else value for key, value in words.items()}
    plain = ("name", "first", "count", "manifest", "rack", "unit", "role", "platform", "address", "bmc")
    device: dict[str, Any] = {key: said[key] for key in plain if said.get(key) not in (None, "")}
    many = "count" in device or "{" in device["name"]
    if many:
        device.setdefault("count", 1)
    device.setdefault("address", "{name}" if many else device["name"])
    if not many:
        device["address"] = str(device["address"]).replace("{name}", device["name"])
    expect = {key: said[key] for key in ("model", "serial") if said.get(key)}
    if expect:
        device["expect"] = expect
    for transport in find_platform(device["platform"]).transports:
        keys = ("community",) if transport == "snmp" else ("user", "password")
        keys = (*keys, "key") if transport == "ssh" else keys
        settings = {key: said[key] for key in keys if said.get(key)}
        if settings:
            device[transport] = settings
    return device


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value


def create(out: Path, head: Mapping[str, str], kinds: Sequence[Mapping[str, Any]]) -> None:
    """Validate and write.

    Raises:
        InputError: it would not be good, or `out` is there already.
    """
    from bringup.driver.registry import platform_names
    from bringup.input.new_file import write_inventory

    write_inventory(out, compose(head, kinds, None), {}, platforms=platform_names())
