"""Takes secrets out of what is about to be written: values, and the forms in which they travel."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

# Names of things that people wrote into inventories and playbooks, digests and signed bytes. A password that
# happens to equal a device's name must not take the record apart; device text never lands in these.
SPARED = frozenset(
    (
        *("kind", "seq", "epoch", "at", "mono_ns", "boot", "run", "stage", "step", "subject", "question"),
        *("quantity", "unit", "reading", "verdict", "reason", "planned", "files", "file", "size", "root"),
        *("sha256", "run_json", "torn_sha256", "signature", "signed_text", "signer"),
    )
)
# Shorter values would turn ordinary words into [redacted:…] and so give themselves away: they are taken out
# only where they stand alone.
SHORTEST_ANYWHERE = 4


class Redactor:
    """Replaces each secret by `[redacted:NAME]`, as written and as base64, URL-encoded, JSON-escaped or hex.

    `secrets` maps the name shown to the value. Empty values are never searched for. Base64 is found at any
    alignment, so `user:password` of a Basic header is caught too.
    """

    def __init__(self, secrets: Mapping[str, str | bytes]) -> None:
        forms: dict[bytes, bytes] = {}
        short: dict[bytes, bytes] = {}
        for name, secret in secrets.items():
            value = secret.encode("utf-8", "surrogateescape") if isinstance(secret, str) else secret
            mark = f"[redacted:{name}]".encode("ascii", "backslashreplace")
            for whole in {value, value.strip()} - {b""}:
                if len(whole) < SHORTEST_ANYWHERE:
                    short.setdefault(whole, mark)
                    continue
                for form in _forms(whole):
                    forms.setdefault(form, mark)
        self._marks = {**short, **forms}
        self._short = frozenset(short)

    def __bool__(self) -> bool:
        return bool(self._marks)

    def data(self, data: bytes) -> bytes:
        """The bytes without secrets."""
        # Substring search first: it is a hundred times faster than the pattern, and nearly always finds
        # nothing.
        found = [form for form in self._marks if form in data]
        if not found:
            return data
        return _pattern(found, self._short).sub(lambda match: self._marks[match.group()], data)

    def text(self, text: str) -> str:
        """The text without secrets."""
        if not self._marks or not text:
            return text
        raw = text.encode("utf-8", "surrogatepass")
        clean = self.data(raw)
        return text if clean == raw else clean.decode("utf-8", "surrogatepass")

    def touches(self, line: bytes) -> bool:
        """Whether an encoded line holds a secret anywhere (cheap; also true for spared fields)."""
        return any(form in line for form in self._marks)

    def fields(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """An event's fields without secrets; names in `SPARED` stay as they are at the top level."""
        return {name: value if name in SPARED else self.value(value) for name, value in fields.items()}

    def value(self, value: Any) -> Any:
        """Any JSON value without secrets, keys too."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(key): self.value(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.value(inner) for inner in value]
        return value


def _forms(value: bytes) -> Iterator[bytes]:
    yield value
    text = value.decode("utf-8", "surrogateescape")
    for encoded in (quote(value, safe=""), quote(value), quote_plus(value)):
        yield encoded.encode("ascii")
        yield re.sub(r"%[0-9A-F]{2}", lambda match: match.group().lower(), encoded).encode("ascii")
    for ascii_only in (True, False):
        escaped = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
        yield escaped.encode("utf-8", "surrogateescape")
        yield escaped.replace("/", "\\/").encode("utf-8", "surrogateescape")
    yield binascii.hexlify(value)
    yield binascii.hexlify(value).upper()
    yield from _base64_forms(value)


def _base64_forms(value: bytes) -> Iterator[bytes]:
    """The characters that are the value's alone, at each of the three alignments it may have in a longer
    text.
    """
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(value)
        yield encode(value).rstrip(b"=")
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + value)
        # The first characters mix with what stands before; the last one with what follows.
        start = (0, 2, 3)[before]
        end = (before + len(value)) * 8 // 6
        core = encoded[start:end]
        if len(core) >= SHORTEST_ANYWHERE:
            yield core
            yield core.translate(bytes.maketrans(b"+/", b"-_"))


def _pattern(found: Iterable[bytes], short: frozenset[bytes]) -> re.Pattern[bytes]:
    """Longest first, so that a secret inside another one does not leave the rest of that standing."""
    parts = []
    for form in sorted(found, key=len, reverse=True):
        literal = re.escape(form)
        parts.append(b"(?<![A-Za-z0-9])" + literal + b"(?![A-Za-z0-9])" if form in short else literal)
    return re.compile(b"|".join(parts))
