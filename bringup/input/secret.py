"""The syntax of references to secrets; `bringup.transport.credentials` resolves them, nothing here does."""

from __future__ import annotations

import re

OPEN_COMMUNITY = "public"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def secret_fault(field: str, text: str) -> tuple[str, str] | None:
    """What is wrong with a reference and what would be right. Never shows `text`: it may be the secret."""
    scheme, colon, rest = text.partition(":")
    example = f"`env:NAME`, `file:PATH` or `cmd:COMMAND` in place of the {field.replace('_', ' ')}"
    if field == "community" and text == OPEN_COMMUNITY:
        return None
    if not colon or scheme not in ("env", "file", "cmd"):
        return "a secret stands here as it is", f"take it out of the file and write {example}"
    if not rest.strip():
        return f"`{scheme}:` names nothing", f"write {example}"
    if scheme == "env" and not _NAME.fullmatch(rest):
        return "is no name of an environment variable", "letters, digits and `_`: `env:LEAF_PASSWORD`"
    return None


def holds_private_key(text: str) -> bool:
    """Whether a key itself was pasted where its path belongs."""
    return "PRIVATE KEY" in text
