"""Secrets of an inventory: resolved once, before anything is touched, and kept in memory only.

A reference is `env:NAME`, `file:PATH` (relative to the inventory's folder) or `cmd:COMMAND` (run by `sh` in
that folder; its standard input and error stay the caller's, so that a password manager can ask). No error,
repr or pickle of these objects shows a value, and no error shows a command, which may itself hold one.
"""

from __future__ import annotations

import os
import select
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal, NoReturn

from bringup.input.bounded import read_bounded
from bringup.model.errors import InputError
from bringup.model.inventory import Device

SECRET_CAP_BYTES = 64 * 1024
COMMAND_DEADLINE_S = 60.0
OPEN_COMMUNITY = "public"
"""The one community that may stand in an inventory as it is; it guards nothing."""

_TRANSPORTS: tuple[Literal["ssh", "snmp", "gnmi", "redfish", "eapi", "nvue"], ...] = (
    "ssh",
    "snmp",
    "gnmi",
    "redfish",
    "eapi",
    "nvue",
)
_SECRET_FIELDS = ("password", "next_password", "console_password", "community", "auth_key", "priv_key")
_KEY_FILES = ("key", "jump_key", "certificate")
"""Of `[device.ssh]`: read with the secrets, so that a missing one is told before a device is touched."""
_CERTIFICATE_BESIDE = "-cert.pub"
"""What OpenSSH adds to a key's name for its certificate."""


class Secrets:
    """Reference -> value, and SSH key file -> its bytes, for one run."""

    def __init__(self, values: Mapping[str, tuple[str, str]], keys: Mapping[str, bytes]) -> None:
        self._values = dict(values)
        self._keys = dict(keys)

    def __repr__(self) -> str:
        return f"<Secrets of {len(self._values)} references>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("secrets live in memory only")

    def value(self, reference: str) -> str:
        """The value behind a reference of this inventory. KeyError for one that `resolve` was not shown."""
        if reference == OPEN_COMMUNITY:
            return reference
        return self._values[reference][1]

    def private_key(self, path: str) -> bytes:
        """The bytes of an SSH key or certificate file as the inventory writes its path. KeyError as above."""
        return self._keys[path]

    def certificate_beside(self, path: str) -> bytes | None:
        """The certificate that lies beside a key file, if there is one."""
        return self._keys.get(path + _CERTIFICATE_BESIDE)

    def named(self) -> dict[str, str]:
        """Name -> value, for redaction. The name is the first field using it: `leaf-1.ssh.password`."""
        return dict(self._values.values())


def resolve(devices: Iterable[Device], folder: Path) -> Secrets:
    """Resolve every secret and read every SSH key file of these devices; `folder` is the inventory's.

    Each reference is resolved once, however many devices share it. Raises `InputError` with all problems at
    once.
    """
    values: dict[str, tuple[str, str]] = {}
    keys: dict[str, bytes] = {}
    problems: list[str] = []
    tried: set[str] = set()
    for name, reference, is_key_file in _references(devices):
        if (reference == OPEN_COMMUNITY and name.endswith(".community")) or reference in tried:
            continue
        tried.add(reference)
        try:
            if is_key_file:
                keys[reference] = _read(folder / Path(reference).expanduser())
                beside = folder / Path(reference + _CERTIFICATE_BESIDE).expanduser()
                if beside.is_file():
                    keys[reference + _CERTIFICATE_BESIDE] = _read(beside)
            else:
                values[reference] = (name, _resolve_one(reference, folder))
        except _UnresolvedError as problem:
            problems.append(f"{name}: {problem}")
    if problems:
        raise InputError(
            f"{len(problems)} secret{'s' * (len(problems) > 1)} of the inventory can't be had: {problems[0]}",
            "Nothing was touched; set what is missing and start again",
            problems=tuple(problems),
        )
    return Secrets(values, keys)


class _UnresolvedError(Exception):
    """What is wrong with a reference, and what would be right; never the value."""


def _references(devices: Iterable[Device]) -> Iterator[tuple[str, str, bool]]:
    for device in devices:
        for transport in _TRANSPORTS:
            settings = getattr(device, transport)
            if settings is None:
                continue
            for field in _SECRET_FIELDS:
                reference = getattr(settings, field, None)
                if reference is not None:
                    yield f"{device.name}.{transport}.{field}", reference, False
            for field in _KEY_FILES if transport == "ssh" else ():
                path = getattr(settings, field)
                if path is not None:
                    yield f"{device.name}.ssh.{field}", path, True


def _resolve_one(reference: str, folder: Path) -> str:
    kind, separator, rest = reference.partition(":")
    if not separator or kind not in ("env", "file", "cmd"):
        raise _UnresolvedError(
            "a secret may not stand in the inventory; write env:NAME, file:PATH or cmd:COMMAND"
        )
    if kind == "env":
        value = os.environ.get(rest)
        if value is None:
            raise _UnresolvedError(f"the environment variable {rest} is not set; export it before starting")
        raw = os.fsencode(value)
    elif kind == "file":
        raw = _read(folder / Path(rest).expanduser())
    else:
        raw = _run(rest, folder)
    return _as_text(raw, kind)


def _as_text(raw: bytes, kind: str) -> str:
    """One line end at the end is the editor's, not the secret's."""
    if raw.endswith(b"\n"):
        raw = raw[:-1].removesuffix(b"\r")
    what = {"env": "the environment variable", "file": "the file", "cmd": "what the command printed"}[kind]
    if not raw:
        raise _UnresolvedError(f"{what} is empty; a secret needs at least one character")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise _UnresolvedError(f"{what} is not UTF-8; write the secret as UTF-8 text") from None


def _read(path: Path) -> bytes:
    try:
        raw = read_bounded(path, SECRET_CAP_BYTES)
    except OSError as error:
        raise _UnresolvedError(
            f"{path} can't be read ({error.strerror}); paths are relative to the inventory"
        ) from None
    if len(raw) > SECRET_CAP_BYTES:
        raise _UnresolvedError(f"{path} is larger than {SECRET_CAP_BYTES} bytes; is it the right file?")
    return raw


def _run(command: str, folder: Path) -> bytes:
    try:
        started = subprocess.Popen(["sh", "-c", command], cwd=folder, stdout=subprocess.PIPE)
    except OSError as error:
        raise _UnresolvedError(f"the command can't be started ({error.strerror})") from None
    with started:
        try:
            raw = _printed(started)
        except subprocess.TimeoutExpired:
            raise _UnresolvedError(
                f"the command printed no secret within {COMMAND_DEADLINE_S:.0f} s; run it by hand"
            ) from None
        finally:
            started.kill()
    if len(raw) > SECRET_CAP_BYTES:
        raise _UnresolvedError(
            f"the command printed more than {SECRET_CAP_BYTES} bytes; is it the right command?"
        )
    if started.returncode != 0:
        raise _UnresolvedError(
            f"the command ended with status {started.returncode}; run it by hand to see why"
        )
    return raw


def _printed(started: subprocess.Popen[bytes]) -> bytes:
    """What it prints until it ends, and no more than shows that it is too much."""
    assert started.stdout is not None
    ends_at, raw = time.monotonic() + COMMAND_DEADLINE_S, b""
    while len(raw) <= SECRET_CAP_BYTES:
        left_s = ends_at - time.monotonic()
        if left_s <= 0 or not select.select([started.stdout], [], [], left_s)[0]:
            raise subprocess.TimeoutExpired("the command", COMMAND_DEADLINE_S)
        piece = os.read(started.stdout.fileno(), SECRET_CAP_BYTES + 1)
        if not piece:
            started.wait(max(0.0, ends_at - time.monotonic()))
            break
        raw += piece
    return raw
