"""`{serial}` and `{name}` in references to secrets: `cmd:vault read rack/{serial}`.

A command is run by a shell, and a manifest is somebody else's file. So only what means nothing to a shell in
any place, quoted or not, nor to a path or an option, is ever put in: letters, digits and `.`, `_`, `:`, `+`,
`-` inside. Any other serial is an error of the file, before anything runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bringup.input.document import Document
from bringup.input.inventory_rules import TRANSPORTS
from bringup.input.problem import Problem
from bringup.input.validate import SECRET_FIELDS

_WORD = re.compile(r"\{(serial|name)\}")
_INERT = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_:+-]|\.(?!\.))*", re.ASCII)


def fill_secrets(document: Document, *, excused: bool = False) -> Iterator[Problem]:
    """Fill the words in place, in `document.data`; what can't be filled is told at the reference.

    Excused: a serial may be missing because its manifest is damaged, which is told already.
    """
    for path, device in document.tables("device"):
        expect = device.get("expect")
        words = {
            "name": device.get("name"),
            "serial": expect.get("serial") if isinstance(expect, dict) else None,
        }
        for transport in TRANSPORTS:
            written: object = device.get(transport)
            if not isinstance(written, dict):
                continue
            filled: dict[str, Any] = dict(written)
            for key in sorted(SECRET_FIELDS & set(filled)):
                reference = filled[key]
                if not isinstance(reference, str) or not reference.startswith(("cmd:", "file:")):
                    continue
                fault = _fault(reference, words)
                if excused and words["serial"] is None:
                    continue
                if fault is not None:
                    yield document.problem((*path, transport, key), *fault)
                else:
                    filled[key] = _filled(reference, words)
            device[transport] = filled


def _fault(reference: str, words: dict[str, Any]) -> tuple[str, str] | None:
    for word in _WORD.findall(reference):
        value = words[word]
        if not isinstance(value, str):
            return f"`{{{word}}}` stands for nothing: the device has none", "give `expect.serial`"
        if not _INERT.fullmatch(value):
            wrong = f"{value[:60]!a} can't stand in a command as its {word}"
            return wrong, "letters, digits and `._:+-` can, beginning with a letter or a digit"
    return None


def _filled(reference: str, words: dict[str, Any]) -> str:
    return _WORD.sub(lambda found: str(words[found[1]]), reference)
