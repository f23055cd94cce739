"""What an ssh_config says of a host, put into the inventory where the inventory itself says nothing.

Read when the inventory is loaded, so that a run's kept inventory holds what it used, whatever happens to that
file later. Keywords: Host, Match host/originalhost/all, Include, HostName, Port, User, IdentityFile,
CertificateFile, ProxyJump; the first value found counts, as ssh_config(5) has it. Others are passed over.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import msgspec

from bringup.input.document import Document
from bringup.input.problem import Problem

FILE_CAP_BYTES = 1024 * 1024
INCLUDES_DEEP = 16
"""OpenSSH's own bound."""
HOPS_MAX = 8
_LINE = re.compile(r"\s*(\w+)(?:\s*=\s*|\s+)(.*)")
_KNOWN = ("hostname", "port", "user", "identityfile", "certificatefile", "proxyjump")


class UnusableConfigError(Exception):
    """What is wrong with an ssh_config, and what would be right, with `; ` between."""


class Said(msgspec.Struct, frozen=True):
    """What the file says of one name; None where it says nothing."""

    address: str | None = None
    port: int | None = None
    user: str | None = None
    key: str | None = None
    certificate: str | None = None
    jump: str | None = None


class SshConfig:
    """The lines of one file and what it includes, parsed once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines = list(_lines(path, 0))

    def of(self, name: str, user: str | None = None) -> Said:
        """Raises `UnusableConfigError`."""
        found: dict[str, list[str]] = {}
        applies = True
        for file, number, keyword, words in self._lines:
            at = f"{file}:{number}"
            if keyword == "host":
                applies = _host_fits(words, name)
            elif keyword == "match":
                applies = _match_fits(words, name, found.get("hostname", [name])[0], at)
            elif applies and keyword in _KNOWN and words and keyword not in set(found) - {"identityfile"}:
                # Several identity files are tried in their order; of all others the first counts.
                found.setdefault(keyword, []).append(words[0])
        return _said(found, name, user)

    def jumps(self, text: str) -> tuple[str, str | None]:
        """(`ProxyJump` with every alias resolved, the first key that the hops name)."""
        hops, key = self._hops(text, 0)
        return ",".join(hops), key

    def _hops(self, text: str, depth: int) -> tuple[list[str], str | None]:
        hops: list[str] = []
        key: str | None = None
        for hop in text.split(","):
            user, _, place = hop.strip().removeprefix("ssh://").rpartition("@")
            name, port = _place(place)
            said = self.of(name, user or None)
            # What a hop itself goes through counts for the first one only.
            if said.jump is not None and not hops and depth < HOPS_MAX:
                before, before_key = self._hops(said.jump, depth + 1)
                hops, key = before, before_key
            at = f"{user or said.user}@" if user or said.user else ""
            host = said.address or name
            host = f"[{host}]" if ":" in host else host
            hops.append(f"{at}{host}:{port or said.port or 22}")
            key = key or said.key
            if len(hops) > HOPS_MAX:
                raise UnusableConfigError(f"{self._path}: ProxyJump goes in a circle; name each host once")
        return hops, key


def fill_from_ssh_config(document: Document) -> list[Problem]:
    """Put into each `[device.ssh]` that names a `config` what it leaves out; what stands there, stays."""
    problems: list[Problem] = []
    read: dict[Path, SshConfig] = {}
    for path, device in document.tables("device"):
        settings, address = device.get("ssh"), device.get("address")
        if not isinstance(settings, dict) or not isinstance(settings.get("config"), str):
            continue
        file = document.path.parent / Path(settings["config"]).expanduser()
        try:
            if file not in read:
                read[file] = SshConfig(file)
            if isinstance(address, str):
                device["ssh"] = _filled(settings, address, read[file])
        except UnusableConfigError as error:
            wrong, _, right = str(error).partition("; ")
            problems.append(document.problem((*path, "ssh", "config"), wrong, right))
    return problems


def _filled(written: dict[str, Any], address: str, config: SshConfig) -> dict[str, Any]:
    settings = dict(written)
    said = config.of(settings.get("address") or address, settings.get("user"))
    for key in ("address", "port", "user", "certificate"):
        value = getattr(said, key)
        if value is not None:
            settings.setdefault(key, value)
    if "password" not in settings and said.key is not None:
        settings.setdefault("key", said.key)
    if "jump" not in settings and said.jump is not None:
        settings["jump"], jump_key = config.jumps(said.jump)
        if jump_key is not None:
            settings.setdefault("jump_key", jump_key)
    return settings


def _lines(path: Path, depth: int) -> Iterator[tuple[str, int, str, list[str]]]:
    if depth > INCLUDES_DEEP:
        raise UnusableConfigError(f"{path} includes itself; take the Include out")
    try:
        raw = path.read_bytes()
        if len(raw) > FILE_CAP_BYTES:
            raise UnusableConfigError(f"{path} is larger than {FILE_CAP_BYTES} bytes; is it the right file?")
        text = raw.decode()
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else "no UTF-8"
        raise UnusableConfigError(
            f"{path} can't be read ({what}); the path is relative to this file, or starts with ~"
        ) from None
    for number, line in enumerate(text.splitlines(), start=1):
        found = _LINE.fullmatch(line)
        if found is None:  # empty, or a remark
            continue
        keyword = found[1].lower()
        try:
            words = shlex.split(found[2], comments=True)
        except ValueError:
            raise UnusableConfigError(f"{path}:{number}: quotes are not closed; close them") from None
        if keyword != "include":
            yield str(path), number, keyword, words
            continue
        for word in words:
            pattern = Path(word).expanduser()
            pattern = (path.parent / pattern).absolute()
            for included in sorted(Path(pattern.anchor).glob(str(pattern.relative_to(pattern.anchor)))):
                yield from _lines(Path(included), depth + 1)


def _host_fits(patterns: Sequence[str], name: str) -> bool:
    if any(fnmatchcase(name, pattern[1:]) for pattern in patterns if pattern.startswith("!")):
        return False
    return any(fnmatchcase(name, pattern) for pattern in patterns if not pattern.startswith("!"))


def _match_fits(words: Sequence[str], name: str, address: str, at: str) -> bool:
    left = [word.lower() if place % 2 == 0 else word for place, word in enumerate(words)]
    if left == ["all"]:
        return True
    fits = bool(left) and len(left) % 2 == 0
    for criterion, patterns in zip(left[::2], left[1::2], strict=False):
        if criterion not in ("host", "originalhost"):
            raise UnusableConfigError(
                f"{at}: Match {criterion} is not read here; "
                "keep such lines out of the file that the inventory names"
            )
        fits = fits and _host_fits(patterns.split(","), address if criterion == "host" else name)
    return fits


def _said(found: dict[str, list[str]], name: str, user: str | None) -> Said:
    first = {keyword: values[0] for keyword, values in found.items()}
    port = first.get("port", "")
    address = first.get("hostname")
    if address is not None:
        address = address.replace("%h", name).replace("%%", "%")
    jump = first.get("proxyjump")
    known = {"h": address or name, "n": name, "r": user or first.get("user", ""), "%": "%", "d": "~"}
    keys = [
        re.sub(r"%([hnr%d])", lambda token: known[token[1]], key) for key in found.get("identityfile", ())
    ]
    certificate = first.get("certificatefile")
    return Said(
        address=address,
        port=int(port) if port.isdigit() and 0 < int(port) < 65536 else None,
        user=first.get("user"),
        # OpenSSH passes over identity files that are not there.
        key=next((key for key in keys if Path(key).expanduser().is_file()), None),
        certificate=certificate,
        jump=None if jump is None or jump.lower() == "none" else jump,
    )


def _place(place: str) -> tuple[str, int | None]:
    """`host`, `host:port`, `[v6]:port` or an IPv6 address."""
    if place.startswith("["):
        host, _, port = place[1:].partition("]")
        port = port.removeprefix(":")
    elif place.count(":") == 1:
        host, _, port = place.partition(":")
    else:
        host, port = place, ""
    return host, int(port) if port.isdigit() else None
